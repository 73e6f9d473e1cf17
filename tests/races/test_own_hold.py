"""One person asks for two beds at the same moment: they hold one."""

import pytest

from tests.house import RunningHouse
from tests.races.conftest import all_at_once, post
from tests.races.test_last_bed import wish

AT_ONCE, ROUNDS = 4, 4
# The control: what the database itself says against a second one, and nothing else, is taken away.
WITHOUT_ITS_PROMISE = "DROP INDEX one_hold_of_one_s_own_at_a_time"
HELD = "SELECT count(*) FROM bookings_stay WHERE status = 'held'"


def hold_at_once(house, token, first):
    """Ask for beds on different nights, at the same moment."""
    body = [wish(1, ahead=first + number) | {"hold": True} for number in range(AT_ONCE)]
    return all_at_once(*[lambda each=each: post(f"{house.url}/api/v1/stays/", token, each) for each in body])


def test_who_asks_for_several_beds_at_once_holds_one(house, guests_of):
    [token] = guests_of(house, 1)

    for round_ in range(ROUNDS):
        answers = hold_at_once(house, token, round_ * AT_ONCE)
        assert {answer.status for answer in answers} == {201}
        assert house.rows(HELD) == [(1,)]


@pytest.mark.postgres
def test_without_the_promise_of_the_database_somebody_holds_several(ground, guests_of):
    with RunningHouse(ground, wsgi="tests.races.unhurried", WEB_CONCURRENCY="4") as house:
        [token] = guests_of(house, 1)
        house.rows(WITHOUT_ITS_PROMISE)
        for round_ in range(ROUNDS * 3):
            hold_at_once(house, token, round_ % ROUNDS * AT_ONCE)
            if house.rows(HELD)[0][0] > 1:
                break
        else:
            pytest.fail("all went well without it")
