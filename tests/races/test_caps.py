"""One person books twenty nights at once, in different hostels: no cap of any kind is ever overrun."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from tests.house import RunningHouse
from tests.races.conftest import all_at_once, post
from tests.races.test_last_bed import wish
from tests.races.test_last_nights import HOUSES

# The sample's rules with one cap alone and nothing at a price; half of the houses stand in a sister district.
RULES = """
from django.utils import timezone
from eligibility.models import Policy
from hostel.models import Hostel, Network, NetworkCap
old = Policy.objects.get()
rules = {{**old.rules, "seasons": []}}
rules.pop("fingerprint", None)
rules["entitlements"] = [{{**rules["entitlements"][0], "caps": {caps}, "after": []}}]
def write(network, version):
    Policy.objects.create(
        network=network, version=version, rules={{**rules, "network": network.slug}}, drafted_by="甲", approved_by="乙",
        in_force_from=old.in_force_from, written_at=timezone.now(),
    )
write(old.network, old.version + 1)
NetworkCap.objects.update(free_nights_per_year={city})
if {sister}:
    sister = Network.objects.create(slug="gusu", name_zh="姑苏", name_en="Gusu", parent=old.network.parent)
    write(sister, 1)
    Hostel.objects.filter(slug__in={houses}).update(network=sister)
"""


@dataclass(frozen=True)
class Case:
    """One cap: as the rules state it, the code of its refusal, and how much of it the nights booked have used."""

    caps: dict
    code: str
    most: int
    used: Callable[[list[date]], int]
    city: int = 365
    sister: bool = False


def fullest(nights, days):
    """The most nights in any ``days`` days that follow one another."""
    return max(sum(first <= night < first + timedelta(days=days) for night in nights) for first in nights)


def fullest_year(nights):
    return max(sum(night.year == year for night in nights) for year in {night.year for night in nights})


CASES = {
    "a year": Case({"per_year": 4}, "NIGHTS", 4, fullest_year),
    "a lifetime": Case({"lifetime": 5}, "NIGHTS", 5, len),
    "a rolling window": Case(
        {"rolling": {"nights": 3, "days": 7}}, "NIGHTS", 3, lambda nights: fullest(nights, days=7)
    ),
    "stays": Case({"stays_lifetime": 3}, "STAYS", 3, len),
    "the city": Case({}, "CITY_CAP", 4, fullest_year, city=4, sister=True),
}


def change_the_rules(house, case):
    # Every second house, so that the twenty wishes go back and forth between the districts.
    house.django(RULES.format(caps=case.caps, city=case.city, sister=case.sister, houses=HOUSES[::2]))


def everything_at_once(house, token):
    """Twenty wishes for a night each, on different nights, so that only the allowance meets."""
    wishes = [wish(1, HOUSES[number % len(HOUSES)], ahead=number) for number in range(20)]
    return all_at_once(*[lambda each=each: post(f"{house.url}/api/v1/stays/", token, each) for each in wishes])


def booked(answers):
    return [date.fromisoformat(answer.body["arrival"]) for answer in answers if answer.status == 201]


def not_met(answer):
    return {reason["code"] for reason in answer.body["reasons"] if reason["verdict"] == "not_met"}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_no_cap_is_overrun_whatever_is_booked_at_once(house, guests_of, case):
    change_the_rules(house, case)
    [token] = guests_of(house, 1)

    answers = everything_at_once(house, token)

    assert {answer.status for answer in answers} == {201, 409}
    assert all(case.code in not_met(answer) for answer in answers if answer.status == 409)
    nights = booked(answers)
    assert case.used(nights) == case.most
    kept = house.rows("SELECT count(*) FROM bookings_bednight WHERE released_at IS NULL AND price_class = 'free'")
    assert kept[0][0] == len(nights)


@pytest.mark.postgres
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_without_the_lock_on_the_person_every_cap_is_overrun(ground, guests_of, case):
    """The control: the same race in a house whose row locks are taken away. If it were safe, the lock would be idle."""
    with RunningHouse(ground, wsgi="tests.races.unlocked", WEB_CONCURRENCY="6") as house:
        change_the_rules(house, case)
        used = [case.used(booked(everything_at_once(house, token))) for token in guests_of(house, 5)]

    assert max(used) > case.most
