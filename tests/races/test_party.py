"""Friends who wait for each other, and two who leave at the same moment: the third is never left waiting for nobody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.house import RunningHouse
from tests.races.conftest import all_at_once, post
from tests.races.test_last_bed import wish

ROUNDS = 6
MADE = """
    INSERT INTO bookings_party (code, made_by_id, made_at, together, alone)
    SELECT code, guest_id, booked_at, FALSE, FALSE FROM bookings_stay WHERE code = %s
"""
JOINED = """
    UPDATE bookings_stay SET party_id = (SELECT id FROM bookings_party WHERE code = %s), held_until = %s,
    confirmed_at = NULL, awaits = %s WHERE code = %s
"""
# The party that is waited for, though of it nobody is left who waits for anything else.
STUCK = """
    SELECT count(*) FROM bookings_stay waits WHERE waits.status = 'held' AND waits.awaits = 'party' AND NOT EXISTS (
        SELECT 1 FROM bookings_stay other
        WHERE other.party_id = waits.party_id AND other.status = 'held' AND other.awaits <> 'party'
    )
"""


def party_of_three(house, tokens, ahead):
    """Two who owe a proof and one who waits only for them; the codes of their stays in the order of ``tokens``."""
    url = f"{house.url}/api/v1/stays/"
    codes = [post(url, token, wish(1, ahead=ahead)).body["code"] for token in tokens]
    until = timezone.now() + timedelta(hours=3)
    kept = until if house.ground.on_postgres else f"{until:%Y-%m-%d %H:%M:%S.%f}"
    house.rows(MADE, codes[0])
    for code, awaits in zip(codes, ("proof", "proof", "party"), strict=True):
        house.rows(JOINED, codes[0], kept, awaits, code)
    return codes


def two_leave_at_once(house, tokens, ahead):
    codes = party_of_three(house, tokens, ahead)
    url = f"{house.url}/api/v1/stays/"
    leaving = zip(codes[:2], tokens[:2], strict=True)
    return all_at_once(*[lambda each=each: post(f"{url}{each[0]}/cancellation/", each[1], {}) for each in leaving])


def test_who_waited_for_two_that_leave_at_once_waits_for_nobody(house, guests_of):
    tokens = guests_of(house, 3)

    for ahead in range(1, ROUNDS):
        assert {answer.status for answer in two_leave_at_once(house, tokens, ahead)} == {200}

    assert house.rows(STUCK) == [(0,)]


@pytest.mark.postgres
def test_without_the_locks_somebody_waits_for_nobody(ground, guests_of):
    """The control: the same in a house whose row locks are taken away."""
    with RunningHouse(ground, wsgi="tests.races.unlocked", WEB_CONCURRENCY="4") as house:
        tokens = guests_of(house, 3)
        for ahead in range(1, ROUNDS):
            two_leave_at_once(house, tokens, ahead)
            if house.rows(STUCK) != [(0,)]:
                break
        else:
            pytest.fail("all went well without the locks")
