"""What each verb asks of the database. A number that grows here is a question somebody added: is it needed?"""

from datetime import timedelta

import pytest

from bookings.booking import actions, book, cancel, confirm
from bookings.desk import beds_for, check_in, check_out, due_in_matching, no_show
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

    with django_assert_num_queries(15):  # the hold before is let go: read, its nights, itself, its status
        stay = booked(lin, nights, hold=True)
    with django_assert_num_queries(13):
        confirm(stay, now=NOW)


@pytest.mark.parametrize("nights", [1, 3])
def test_cancelling(nights, booked, lin, django_assert_num_queries):
    stay = booked(lin, nights)

    with django_assert_num_queries(8):
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
    with django_assert_num_queries(7):
        check_in(stay, compared=True, now=moment(FRIDAY, 18))
    with django_assert_num_queries(7):
        check_out(stay, now=moment(FRIDAY, 20))


@pytest.mark.parametrize("nights", [1, 3])
def test_not_coming(nights, booked, lin, django_assert_num_queries):
    stay = booked(lin, nights)

    with django_assert_num_queries(9):
        no_show(stay, now=moment(FRIDAY, 23))
