"""Beds come free at the same moment, and an offer is taken by many taps at once: over HTTP."""

from collections import Counter

import pytest

from tests.house import RunningHouse
from tests.races.conftest import all_at_once, post
from tests.races.test_last_bed import BEDS_OF_BAODAIQIAO, wish

BEDS = 4
ONE_ROOM = f"""
    UPDATE hostel_bed SET valid_until = valid_from WHERE id IN ({BEDS_OF_BAODAIQIAO})
    AND id NOT IN ({BEDS_OF_BAODAIQIAO} AND room.number = '201')
"""
FILLED = "SELECT code FROM bookings_waiting WHERE filled_at IS NOT NULL ORDER BY made_at, id"
DEEDS = "SELECT count(*) FROM accounts_deed WHERE what = 'accept_offer'"
STAY_OF = """
    SELECT stay.code FROM bookings_stay stay JOIN bookings_offer offer ON offer.id = stay.offer_id
    JOIN bookings_waiting waiting ON waiting.id = offer.waiting_id WHERE waiting.code = %s
"""
TAPS = 8


def full_house_with_a_line(house, guests_of, waiting):
    """Four beds taken for tomorrow; return the tokens and codes of their guests, and of those who wait."""
    tokens = guests_of(house, BEDS + waiting)
    house.rows(ONE_ROOM)
    tomorrow = wish(1, ahead=1)
    stays = []
    for token in tokens[:BEDS]:
        answer = post(f"{house.url}/api/v1/stays/", token, tomorrow)
        assert answer.status == 201
        stays.append((token, answer.body["code"]))
    line = []
    for number, token in enumerate(tokens[BEDS:]):
        asked = {name: value for name, value in tomorrow.items() if name != "hostel"}
        asked |= {"hostels": ["baodaiqiao"], "automatic": number < BEDS}
        answer = post(f"{house.url}/api/v1/waitlist/", token, asked)
        assert answer.status == 201
        line.append((token, answer.body["code"]))
    return stays, line


def cancel(house, token, code):
    return post(f"{house.url}/api/v1/stays/{code}/cancellation/", token, {})


def take(house, token, code):
    return post(f"{house.url}/api/v1/waitlist/{code}/acceptance/", token, {})


def test_beds_freed_at_once_go_down_the_line_and_an_offer_tapped_often_is_taken_once(house, guests_of):
    stays, line = full_house_with_a_line(house, guests_of, BEDS + 1)

    given_back = all_at_once(*[lambda each=each: cancel(house, *each) for each in stays])

    assert {answer.status for answer in given_back} == {200}
    assert [code for (code,) in house.rows(FILLED)] == [code for _token, code in line[:BEDS]]
    assert house.rows("SELECT count(*) FROM bookings_bednight WHERE released_at IS NULL") == [(BEDS,)]

    # One of those who got a bed leaves it: it is offered to the last, who taps and taps.
    [(code,)] = house.rows(STAY_OF, line[0][1])
    assert cancel(house, line[0][0], code).status == 200
    answers = all_at_once(*[lambda: take(house, *line[BEDS]) for _tap in range(TAPS)])

    assert Counter((answer.status, answer.body["status"]) for answer in answers) == {(200, "filled"): TAPS}
    assert house.rows(DEEDS) == [(1,)]


@pytest.mark.postgres
def test_without_the_guest_s_lock_who_took_the_offer_is_told_that_they_may_not(ground, guests_of):
    """The control: the same taps in a house whose row locks are taken away. Were they all well, the lock would be idle.

    The bed is promised once all the same: the stay is looked at again before it is confirmed."""
    with RunningHouse(ground, wsgi="tests.races.unlocked", WEB_CONCURRENCY="6") as house:
        stays, line = full_house_with_a_line(house, guests_of, BEDS + 1)
        for each in stays:
            assert cancel(house, *each).status == 200
        house.rows("UPDATE bookings_waiting SET automatic = FALSE")
        [(code,)] = house.rows(STAY_OF, line[0][1])
        assert cancel(house, line[0][0], code).status == 200
        answers = all_at_once(*[lambda: take(house, *line[BEDS]) for _tap in range(3 * TAPS)])

        assert {answer.status for answer in answers} == {200, 409}
