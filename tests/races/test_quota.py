"""Twelve guests want the last three free nights of a quota, over HTTP, at the same moment."""

from collections import Counter
from datetime import date

import pytest

from tests.house import RunningHouse
from tests.races.conftest import all_at_once, post
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
