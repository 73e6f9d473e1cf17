"""A cancellation is taken back at the moment at which others take the bed, or its guest uses the nights again."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from hostel.nights import business_day
from tests.house import RunningHouse
from tests.races.conftest import all_at_once, post
from tests.races.test_last_bed import ONE_BED, TAKEN, wish

ROUNDS = 3
FREE_NIGHTS = "SELECT count(*) FROM bookings_bednight WHERE released_at IS NULL AND price_class = 'free'"
A_YEAR = 7


def first_ahead():
    """So many days ahead a fortnight begins that lies in one year: free nights are counted by the year."""
    today = business_day(timezone.now())
    new_year = date(today.year + 1, 1, 1)
    return 1 if today + timedelta(days=15) < new_year else (new_year - today).days


def booked(house, token, body):
    """The code of a stay that is booked now."""
    answer = post(f"{house.url}/api/v1/stays/", token, body)
    assert answer.status == 201, answer.body
    return answer.body["code"]


def cancelled(house, token, code):
    assert post(f"{house.url}/api/v1/stays/{code}/cancellation/", token, {}).status == 200


def undo_against_others(house, guest, takers):
    """Tonight's last bed is given back; at once its guest wants it again, and others book it: who has it, by codes."""
    url = f"{house.url}/api/v1/stays/"
    code = booked(house, guest, wish(1))
    cancelled(house, guest, code)
    undone, *taken = all_at_once(
        lambda: post(f"{url}{code}/cancellation/undo/", guest, {}),
        *[lambda token=token: post(url, token, wish(1)) for token in takers],
    )
    assert {undone.status, *(answer.status for answer in taken)} <= {200, 201, 409}
    if undone.status == 409:
        assert undone.body["code"] == "UNDO"
        assert undone.body["alternatives"]
    have = [(guest, code)] if undone.status == 200 else []
    have += [(token, answer.body["code"]) for token, answer in zip(takers, taken, strict=True) if answer.status == 201]
    return have


def undo_against_oneself(house, guest, ahead):
    """Three of seven free nights are taken, three given back: at once they come back, and are used for another stay."""
    url = f"{house.url}/api/v1/stays/"
    codes = [booked(house, guest, wish(3, "guoxiang", ahead)), booked(house, guest, wish(3, "guoxiang", ahead + 4))]
    cancelled(house, guest, codes[0])
    undone, other = all_at_once(
        lambda: post(f"{url}{codes[0]}/cancellation/undo/", guest, {}),
        lambda: post(url, guest, wish(3, "guoxiang", ahead + 8)),
    )
    return undone, other, codes


def test_the_bed_and_the_nights_are_had_once(house, guests_of):
    guest, *takers = guests_of(house, 3)
    house.rows(ONE_BED)
    for _round in range(ROUNDS):
        [(token, code)] = undo_against_others(house, guest, takers)
        assert {count for _bed, _night, count in house.rows(TAKEN)} == {1}
        cancelled(house, token, code)

    for round_ in range(2):
        undone, other, codes = undo_against_oneself(house, guest, first_ahead() + round_)
        assert sorted([undone.status, other.status]) in ([200, 409], [201, 409])
        assert undone.body.get("code") in (codes[0], "UNDO_NIGHTS")
        assert house.rows(FREE_NIGHTS)[0][0] <= A_YEAR
        for code in (codes[1], other.body["code"] if other.status == 201 else codes[0]):
            cancelled(house, guest, code)


@pytest.mark.postgres
def test_without_the_locks_and_the_promise_the_bed_or_the_nights_are_had_twice(ground, guests_of):
    """The control: neither guest nor bed is locked, nor does the database say that one guest has it."""
    with RunningHouse(ground, wsgi="tests.races.unlocked", WEB_CONCURRENCY="6") as house:
        guest, other, *takers = guests_of(house, 6)
        house.rows(ONE_BED)
        house.rows("DROP INDEX one_guest_per_bed_per_night")
        for _round in range(6):
            have = undo_against_others(house, guest, takers)
            if bed_twice := len(have) > 1:
                break
            for token, code in have:
                cancelled(house, token, code)
        for round_ in range(6):
            undone, again, codes = undo_against_oneself(house, other, first_ahead() + round_)
            if nights_twice := (undone.status, again.status) == (200, 201):
                break
            done = [codes[1], *([codes[0]] if undone.status == 200 else [])]
            for code in done + ([again.body["code"]] if again.status == 201 else []):
                cancelled(house, other, code)

    assert (bed_twice, nights_twice) == (True, True)
