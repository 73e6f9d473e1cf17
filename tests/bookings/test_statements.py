"""What each verb asks of the database. A number that grows here is a question somebody added: is it needed?"""

from datetime import timedelta

import pytest

from bookings.actions import actions
from bookings.booking import book, confirm
from bookings.cancelling import cancel
from bookings.changing import extend, overstay, shift, shorten
from bookings.desk import beds_for, check_in, check_out, due_in_matching, no_show
from bookings.moving import move, move_to_hostel, swap
from hostel.models import Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, moment


@pytest.fixture
def booked(hostel):
    def book_nights(guest, nights, **said):
        stay = Nights(FRIDAY, FRIDAY + timedelta(days=nights))
        return book(guest=guest, hostel=hostel, nights=stay, purpose="exam", now=NOW, **said)

    return book_nights


@pytest.mark.parametrize("nights", [1, 3, 6])
def test_booking(nights, booked, lin, people, asks):
    booked(people("周梅", "female"), 1)  # the policy is read once in each process

    # BEGIN, guest, hostel, nights, bed, assessment, stay, bed-nights, letter, deed, COMMIT
    with asks(11, together=2):
        booked(lin, nights, accept_price=True)


@pytest.mark.parametrize("nights", [1, 3])
def test_holding_and_confirming(nights, booked, lin, asks):
    booked(lin, 1, hold=True)

    with asks(16, together=1):  # the hold before is let go: read, its nights, itself, its status; no other one
        stay = booked(lin, nights, hold=True)
    with asks(13, together=1):
        confirm(stay, now=NOW)


@pytest.mark.parametrize("nights", [1, 3])
def test_cancelling(nights, booked, lin, asks):
    stay = booked(lin, nights)

    with asks(10, together=1):
        cancel(stay, now=NOW)


@pytest.mark.parametrize("nights", [1, 3])
def test_the_desk(nights, booked, lin, hostel, asks):
    stay = booked(lin, nights)

    with asks(1):
        due_in_matching(hostel, stay.code, NOW)
    with asks(0):
        actions(stay, NOW)
    with asks(2):
        beds_for(stay, NOW)
    with asks(8):
        check_in(stay, compared=True, now=moment(FRIDAY, 18))
    # Two more than before housekeeping: which bed is left, and that it was.
    with asks(11, together=1):
        check_out(stay, now=moment(FRIDAY, 20))


@pytest.mark.parametrize("nights", [1, 3])
def test_not_coming(nights, booked, lin, asks):
    stay = booked(lin, nights)

    with asks(11, together=1):
        no_show(stay, now=moment(FRIDAY, 23))


def test_being_longer_shorter_and_on_other_days(booked, lin, asks):
    stay = booked(lin, 1)

    with asks(15, together=1):
        stay = extend(stay, departure=FRIDAY + timedelta(days=3), now=NOW)
    with asks(9, together=1):
        stay = shorten(stay, departure=FRIDAY + timedelta(days=2), now=NOW)
    with asks(16, together=1):
        shift(stay, nights=Nights(FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=3)), now=NOW)


@pytest.mark.parametrize("nights", [2, 3])
def test_moving(nights, booked, lin, people, beds, asks):
    stay, other = booked(lin, nights), booked(people("周梅", "female"), nights)
    tomorrow, yinshan = FRIDAY + timedelta(days=1), Hostel.objects.get(slug="guoxiang")

    with asks(8):
        move(stay, beds["301-1"], from_night=FRIDAY, now=NOW)
    # The whole house is read; on PostgreSQL once more (6) when its row and its beds are locked.
    with asks(20, together=1 - 6):
        swap(stay, other, from_night=FRIDAY, now=NOW)
    with asks(17, together=1):
        move_to_hostel(stay, yinshan, from_night=tomorrow, now=NOW)


def test_staying_on(booked, lin, asks):
    stay = booked(lin, 1)
    check_in(stay, compared=True, now=moment(FRIDAY, 18))

    with asks(15, together=1):
        overstay(stay, departure=FRIDAY + timedelta(days=2), now=moment(FRIDAY + timedelta(days=1), 13))
