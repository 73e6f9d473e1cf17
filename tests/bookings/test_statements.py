"""What each verb asks of the database. A number that grows here is a question somebody added: is it needed?"""

from datetime import timedelta

import pytest
from django.db import connection

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
def test_booking(nights, booked, lin, people, django_assert_num_queries):
    booked(people("周梅", "female"), 1)  # the policy is read once in each process

    # BEGIN, guest, hostel, nights, bed, assessment, stay, bed-nights, letter, deed, COMMIT
    with django_assert_num_queries(11):
        booked(lin, nights, accept_price=True)


@pytest.mark.parametrize("nights", [1, 3])
def test_holding_and_confirming(nights, booked, lin, django_assert_num_queries):
    booked(lin, 1, hold=True)

    with django_assert_num_queries(16):  # the hold before is let go: read, its nights, itself, its status; no other one
        stay = booked(lin, nights, hold=True)
    with django_assert_num_queries(13):
        confirm(stay, now=NOW)


@pytest.mark.parametrize("nights", [1, 3])
def test_cancelling(nights, booked, lin, django_assert_num_queries):
    stay = booked(lin, nights)

    with django_assert_num_queries(10):
        cancel(stay, now=NOW)


@pytest.mark.parametrize("nights", [1, 3])
def test_the_desk(nights, booked, lin, hostel, django_assert_num_queries):
    stay = booked(lin, nights)

    with django_assert_num_queries(1):
        due_in_matching(hostel, stay.code, NOW)
    with django_assert_num_queries(0):
        actions(stay, NOW)
    with django_assert_num_queries(2):
        beds_for(stay, NOW)
    with django_assert_num_queries(8):
        check_in(stay, compared=True, now=moment(FRIDAY, 18))
    with django_assert_num_queries(9):
        check_out(stay, now=moment(FRIDAY, 20))


@pytest.mark.parametrize("nights", [1, 3])
def test_not_coming(nights, booked, lin, django_assert_num_queries):
    stay = booked(lin, nights)

    with django_assert_num_queries(11):
        no_show(stay, now=moment(FRIDAY, 23))


def test_being_longer_shorter_and_on_other_days(booked, lin, django_assert_num_queries):
    stay = booked(lin, 1)

    with django_assert_num_queries(15):
        stay = extend(stay, departure=FRIDAY + timedelta(days=3), now=NOW)
    with django_assert_num_queries(9):
        stay = shorten(stay, departure=FRIDAY + timedelta(days=2), now=NOW)
    with django_assert_num_queries(16):
        shift(stay, nights=Nights(FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=3)), now=NOW)


@pytest.mark.parametrize("nights", [2, 3])
def test_moving(nights, booked, lin, people, beds, django_assert_num_queries):
    stay, other = booked(lin, nights), booked(people("周梅", "female"), nights)
    tomorrow, yinshan = FRIDAY + timedelta(days=1), Hostel.objects.get(slug="guoxiang")

    with django_assert_num_queries(8):
        move(stay, beds["301-1"], from_night=FRIDAY, now=NOW)
    # The whole house is read; on PostgreSQL once more when its row and its beds are locked.
    with django_assert_num_queries(26 if connection.vendor == "postgresql" else 21):
        swap(stay, other, from_night=FRIDAY, now=NOW)
    with django_assert_num_queries(17):
        move_to_hostel(stay, yinshan, from_night=tomorrow, now=NOW)


def test_staying_on(booked, lin, django_assert_num_queries):
    stay = booked(lin, 1)
    check_in(stay, compared=True, now=moment(FRIDAY, 18))

    with django_assert_num_queries(15):
        overstay(stay, departure=FRIDAY + timedelta(days=2), now=moment(FRIDAY + timedelta(days=1), 13))
