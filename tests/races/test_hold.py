"""A hold is confirmed at the very moment at which its time ends, while others want its bed: one of them has it."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.house import RunningHouse
from tests.races.conftest import all_at_once, post
from tests.races.test_last_bed import ONE_BED, wish

TAKERS = 3
BROKEN = """
    SELECT count(*) FROM bookings_stay stay WHERE stay.confirmed_at IS NOT NULL AND (
        stay.cancelled_at IS NOT NULL OR 1 <> (
            SELECT count(*) FROM bookings_bednight night WHERE night.stay_id = stay.id AND night.released_at IS NULL
        )
    )
"""


def ends_at(house, code, moment):
    """Have the hold of this code end at ``moment``, as each database keeps moments."""
    kept = moment if house.ground.on_postgres else f"{moment:%Y-%m-%d %H:%M:%S.%f}"
    house.rows("UPDATE bookings_stay SET held_until = %s WHERE code = %s", kept, code)


def race(house, holder, takers, ahead):
    """What the one who holds the bed is answered to a confirmation, and the others to a booking, around its end."""
    url, night = f"{house.url}/api/v1/stays/", wish(1, ahead=ahead)
    code = post(url, holder, night | {"hold": True}).body["code"]
    end = datetime.now(UTC) + timedelta(seconds=0.25)
    ends_at(house, code, end)

    def at(milliseconds, call):
        def wait_and_call():
            time.sleep(max((end - datetime.now(UTC)).total_seconds() + milliseconds / 1000, 0))
            return call()

        return wait_and_call

    calls = [at(-4 - ahead % 5 * 4, lambda: post(f"{url}{code}/confirmation/", holder, {}))]
    for number, token in enumerate(takers):
        calls.append(at(1 + 6 * number, lambda token=token: post(url, token, night)))
    confirmed, *booked = all_at_once(*calls)
    return confirmed.status, [answer.status for answer in booked]


def test_whoever_is_told_that_the_bed_is_theirs_has_it(house, guests_of):
    holder, *takers = guests_of(house, 1 + TAKERS)
    house.rows(ONE_BED)

    for ahead in range(6):
        confirmed, booked = race(house, holder, takers, ahead)
        assert confirmed in (200, 409)
        assert set(booked) <= {201, 409}
        assert [confirmed, *booked].count(200) + booked.count(201) == 1

    assert house.rows(BROKEN) == [(0,)]


@pytest.mark.postgres
def test_without_the_locks_who_was_told_that_the_bed_is_theirs_loses_it(ground, guests_of):
    """The control: the same race in a house whose row locks are taken away. Were it safe, the locks would be idle."""
    with RunningHouse(ground, wsgi="tests.races.unlocked", WEB_CONCURRENCY="6") as house:
        holder, *takers = guests_of(house, 1 + TAKERS)
        house.rows(ONE_BED)
        for ahead in range(24):
            confirmed, booked = race(house, holder, takers, ahead)
            if (confirmed == 200) + booked.count(201) > 1 or max(confirmed, *booked) >= 500:
                break
        else:
            pytest.fail("all went well without the locks")
