"""One person books twenty nights at once, in different hostels: never more free nights than are granted."""

from collections import Counter

import pytest

from tests.house import RunningHouse
from tests.races.conftest import all_at_once, post
from tests.races.test_last_bed import wish

HOUSES = ["baodaiqiao", "guoxiang", "yuexi", "shihu", "mudu", "xukou", "xiangshan", "luzhi", "hengjing"]
FREE_NIGHTS = """
    SELECT count(*) FROM bookings_bednight WHERE released_at IS NULL AND price_class = 'free'
"""


def everything_at_once(house, token):
    """Twenty wishes for a night each, on different nights in the year to come, so that only the allowance meets."""
    wishes = [wish(1, HOUSES[number % len(HOUSES)], ahead=number) for number in range(20)]
    return all_at_once(*[lambda each=each: post(f"{house.url}/api/v1/stays/", token, each) for each in wishes])


def granted(answers):
    """The nights that may be free: seven in each calendar year that was booked."""
    years = Counter(answer.body["arrival"][:4] for answer in answers if answer.status == 201)
    return years, max(years.values())


def test_free_nights_never_exceed_the_allowance_whatever_is_booked_at_once(house, guests_of):
    [token] = guests_of(house, 1)

    answers = everything_at_once(house, token)

    assert {answer.status for answer in answers} == {201, 409}
    assert {answer.body["code"] for answer in answers if answer.status == 409} == {"NIGHTS"}
    years, most = granted(answers)
    assert most == 7
    assert house.rows(FREE_NIGHTS)[0][0] == sum(years.values())


@pytest.mark.postgres
def test_without_the_lock_on_the_person_the_allowance_is_overrun(ground, guests_of):
    """The control: the same race in a house whose row locks are taken away. If it were safe, the lock would be idle."""
    with RunningHouse(ground, wsgi="tests.races.unlocked", WEB_CONCURRENCY="6") as house:
        most = [granted(everything_at_once(house, token))[1] for token in guests_of(house, 5)]

    assert max(most) > 7
