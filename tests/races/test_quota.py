"""Twelve guests want the last three free nights of a quota, over HTTP, at the same moment."""

import json
import urllib.error
import urllib.request
from collections import Counter
from datetime import date

import pytest

from tests.house import RunningHouse
from tests.races.conftest import all_at_once, post
from tests.races.test_batches import MAKE_OFFICER
from tests.races.test_last_bed import wish
from tests.races.test_last_nights import FREE_NIGHTS, HOUSES

LEFT = 3
GRANT = """
from hostel.models import Hostel, Quota
house = Hostel.objects.get(slug="baodaiqiao")
Quota.objects.create(network=house.network, hostel={hostel}, first_day="{first_day}", nights={nights})
"""


def grant_to_the_house(house):
    house.django(GRANT.format(hostel="house", first_day=first_night().replace(day=1), nights=LEFT))


def grant_to_the_network(house):
    house.django(GRANT.format(hostel="None", first_day=first_night().replace(month=1, day=1), nights=LEFT))


def first_night():
    return date.fromisoformat(wish(1)["arrival"])


def all_want(house, tokens, houses):
    wishes = [wish(1, houses[number % len(houses)]) for number in range(len(tokens))]
    calls = [
        lambda token=token, each=each: post(f"{house.url}/api/v1/stays/", token, each)
        for token, each in zip(tokens, wishes, strict=True)
    ]
    return all_at_once(*calls)


@pytest.mark.parametrize(
    ("grant", "houses"),
    [(grant_to_the_house, ["baodaiqiao"]), (grant_to_the_network, HOUSES)],
    ids=["of a house", "of the network"],
)
def test_the_last_free_nights_are_given_once_each_and_the_others_learn_the_numbers(house, guests_of, grant, houses):
    tokens = guests_of(house, 12)
    grant(house)

    answers = all_want(house, tokens, houses)

    assert Counter(answer.status for answer in answers) == {201: LEFT, 409: 12 - LEFT}
    refused = [answer.body for answer in answers if answer.status == 409]
    assert {(body["code"], body["reasons"][0]["value_used"]) for body in refused} == {("QUOTA", LEFT)}
    assert all(bool(body["alternatives"]) == (grant is grant_to_the_house) for body in refused)
    assert house.rows(FREE_NIGHTS)[0][0] == LEFT


@pytest.mark.postgres
def test_without_the_lock_on_its_row_a_quota_is_overrun(ground, guests_of):
    """The control: the same race in a house whose row locks are taken away. If it were safe, the lock would be idle."""
    given = []
    with RunningHouse(ground, wsgi="tests.races.unlocked", WEB_CONCURRENCY="6") as house:
        tokens = guests_of(house, 6 * len(HOUSES))
        grant_to_the_network(house)
        # One in each house: two who want the same bed would wait for one another all the same.
        while tokens and max(given, default=0) <= LEFT:
            answers = all_want(house, tokens[: len(HOUSES)], HOUSES)
            given.append(sum(answer.status == 201 for answer in answers))
            house.rows("UPDATE bookings_bednight SET released_at = CURRENT_TIMESTAMP WHERE released_at IS NULL")
            del tokens[: len(HOUSES)]

    assert max(given) > LEFT


# --- the first quota of a house ---------------------------------------------------------------------------------------
OF_THE_HOUSE = """
    SELECT count(*) FROM bookings_bednight night JOIN hostel_hostel house ON house.id = night.hostel_id
    WHERE night.released_at IS NULL AND night.price_class = 'free' AND house.slug = %s
"""
GRANTED_TO = """
    SELECT count(*) FROM hostel_quota quota JOIN hostel_hostel house ON house.id = quota.hostel_id WHERE house.slug = %s
"""
SIX = 6


def put(url, token, body):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="PUT")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as no:
        return no.code


def granted_while_booked(house, officer, tokens, number):
    """Six want a night in a house without a quota, and in the middle of it is said that it gives none in the month."""
    slug, asked = HOUSES[number], wish(1, HOUSES[number], ahead=number)
    grant = {"nights": 0, "release_days": None}
    cell = {"hostel": slug, "group": "", "first_day": f"{asked['arrival'][:7]}-01", "grant": grant}
    books = [lambda token=token: post(f"{house.url}/api/v1/stays/", token, asked) for token in tokens]
    grants = lambda: put(f"{house.url}/api/v1/quotas/", officer, {"cells": [cell]})  # noqa: E731
    all_at_once(*books[:2], grants, *books[2:])
    [(kept,)], [(rows,)] = house.rows(OF_THE_HOUSE, slug), house.rows(GRANTED_TO, slug)
    return kept, bool(rows)


def test_the_first_quota_of_a_house_is_granted_only_where_it_covers_what_is_booked_at_that_moment(house, guests_of):
    tokens, officer = guests_of(house, SIX), json.loads(house.django(MAKE_OFFICER))

    found = [granted_while_booked(house, officer, tokens, number) for number in range(4)]

    # Where it was not granted the bookings were quicker.
    assert all(kept == 0 if granted else kept > 0 for kept, granted in found)


@pytest.mark.postgres
def test_without_waiting_for_the_bookings_under_way_the_first_quota_is_overrun(ground, guests_of):
    """The control: the same in a house where nobody locks, so that there is nothing to wait for."""
    with RunningHouse(ground, wsgi="tests.races.unlocked", WEB_CONCURRENCY="6") as house:
        tokens, officer = guests_of(house, SIX), json.loads(house.django(MAKE_OFFICER))
        for number in range(len(HOUSES)):
            kept, granted = granted_while_booked(house, officer, tokens, number)
            if granted and kept:
                break
        else:
            pytest.fail("all went well without the locks")
