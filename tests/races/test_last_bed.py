"""Twenty guests want the last bed, over HTTP, at the same moment."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from hostel.nights import business_day
from tests.house import RunningHouse
from tests.races.conftest import all_at_once, post

BEDS_OF_BAODAIQIAO = """
    SELECT bed.id FROM hostel_bed bed JOIN hostel_room room ON room.id = bed.room_id
    JOIN hostel_hostel house ON house.id = room.hostel_id WHERE house.slug = 'baodaiqiao'
"""
ONE_BED = f"""
    UPDATE hostel_bed SET valid_until = valid_from WHERE id IN ({BEDS_OF_BAODAIQIAO})
    AND id NOT IN ({BEDS_OF_BAODAIQIAO} AND room.number = '201' AND bed.number = 1)
"""
ONE_FLEXIBLE_ROOM = f"""
    UPDATE hostel_bed SET valid_until = valid_from WHERE id IN ({BEDS_OF_BAODAIQIAO})
    AND id NOT IN ({BEDS_OF_BAODAIQIAO} AND room.number = '203')
"""
TAKEN = """
    SELECT bed_id, night, count(*) FROM bookings_bednight WHERE released_at IS NULL GROUP BY bed_id, night
"""


def wish(nights=2, hostel="baodaiqiao", ahead=0):
    arrival = business_day(timezone.now()) + timedelta(days=ahead)
    return {
        "hostel": hostel,
        "arrival": arrival.isoformat(),
        "departure": (arrival + timedelta(days=nights)).isoformat(),
        "purpose": "interview",
    }


def test_the_last_bed_goes_to_one_of_twenty_and_the_others_get_alternatives(house, guests_of):
    tokens = guests_of(house, 20)
    house.rows(ONE_BED)

    answers = all_at_once(*[lambda token=token: post(f"{house.url}/api/v1/stays/", token, wish()) for token in tokens])

    assert Counter(answer.status for answer in answers) == {201: 1, 409: 19}
    for answer in answers:
        if answer.status == 409:
            assert answer.body["code"] == "FULL"
            assert answer.body["alternatives"]
    assert [count for _bed, _night, count in house.rows(TAKEN)] == [1, 1]
    assert house.rows("SELECT count(*) FROM bookings_stay") == [(1,)]


@pytest.mark.postgres
def test_without_the_lock_and_the_promise_the_last_bed_goes_to_several(ground, guests_of):
    """The control: neither is a bed locked, nor does the database say that one guest has it."""
    with RunningHouse(ground, wsgi="tests.races.unlocked", WEB_CONCURRENCY="6") as house:
        tokens = guests_of(house, 12)
        house.rows(ONE_BED)
        house.rows("DROP INDEX one_guest_per_bed_per_night")
        all_at_once(*[lambda token=token: post(f"{house.url}/api/v1/stays/", token, wish()) for token in tokens])

        assert max(count for _bed, _night, count in house.rows(TAKEN)) > 1


def test_an_alternative_that_was_offered_can_be_booked_as_it_stands(house, guests_of):
    first, second = guests_of(house, 2)
    house.rows(ONE_BED)
    assert post(f"{house.url}/api/v1/stays/", first, wish()).status == 201

    offered = post(f"{house.url}/api/v1/stays/", second, wish()).body["alternatives"][0]
    taken = {name: offered[name] for name in ("hostel", "arrival", "departure")} | {"purpose": "interview"}

    assert post(f"{house.url}/api/v1/stays/", second, taken).status == 201


def test_the_same_wish_sent_twenty_times_under_one_key_is_one_stay(house, guests_of):
    [token] = guests_of(house, 1)
    body = wish()

    answers = all_at_once(
        *[lambda: post(f"{house.url}/api/v1/stays/", token, body, key="a double tap") for _ in range(20)]
    )

    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["code"] for answer in answers}) == 1
    assert house.rows("SELECT count(*) FROM bookings_stay") == [(1,)]


def test_a_flexible_room_never_gets_both_genders_in_a_rush(house, guests_of):
    tokens = guests_of(house, 8)
    house.rows("UPDATE accounts_person SET gender = 'male' WHERE id = id / 2 * 2")
    house.rows(ONE_FLEXIBLE_ROOM)

    answers = all_at_once(*[lambda token=token: post(f"{house.url}/api/v1/stays/", token, wish()) for token in tokens])

    assert Counter(answer.status for answer in answers) == {201: 2, 409: 6}
    genders = house.rows(
        """SELECT DISTINCT guest.gender FROM bookings_bednight night JOIN accounts_person guest
        ON guest.id = night.guest_id WHERE night.released_at IS NULL"""
    )
    assert len(genders) == 1
