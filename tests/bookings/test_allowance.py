from datetime import date, timedelta

import pytest

from bookings.allowance import allowance_of
from bookings.booking import book
from bookings.desk import check_in, check_out
from bookings.night_audit import audit
from hostel.models import Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SUNDAY, moment


def of(person, network, now=NOW):
    return {cap.code: (cap.granted, cap.kept, cap.used, cap.left) for cap in allowance_of(person, network, now)}


def test_a_new_person_has_all_that_the_policy_and_the_city_grant(lin, wuzhong):
    assert of(lin, wuzhong) == {"NIGHTS": (7, 0, 0, 7), "CITY_CAP": (14, 0, 0, 14), "STAY_NIGHTS": (3, 0, 0, 3)}


def test_nights_are_kept_when_booked_and_used_when_slept(hostel, lin, wuzhong):
    stay = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="exam", now=NOW)
    assert of(lin, wuzhong)["NIGHTS"] == (7, 3, 0, 4)

    check_in(stay, compared=True, now=moment(FRIDAY, 18))
    audit(moment(SUNDAY, 6))
    assert of(lin, wuzhong, moment(SUNDAY, 7))["NIGHTS"] == (7, 1, 2, 4)

    check_out(stay, now=moment(SUNDAY, 9))
    assert of(lin, wuzhong, moment(SUNDAY, 9))["NIGHTS"] == (7, 0, 2, 5)


def test_the_year_begins_anew_on_the_first_of_january(hostel, lin, wuzhong):
    december = date(2026, 12, 30)
    book(
        guest=lin,
        hostel=hostel,
        nights=Nights(december, december + timedelta(days=3)),
        purpose="exam",
        now=moment(december, 9),
    )

    assert of(lin, wuzhong, moment(december, 9))["NIGHTS"] == (7, 2, 0, 5)
    assert of(lin, wuzhong, moment(date(2027, 1, 1), 9))["NIGHTS"] == (7, 1, 0, 6)
    assert allowance_of(lin, wuzhong, NOW)[0].returns_on == date(2027, 1, 1)


def test_a_hold_counts_until_its_time_is_over(hostel, lin, wuzhong):
    book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="exam", now=NOW, hold=True)

    assert of(lin, wuzhong)["NIGHTS"][3] == 5
    assert of(lin, wuzhong, NOW + timedelta(minutes=10))["NIGHTS"][3] == 7


def test_who_has_no_person_yet_is_shown_what_is_granted(wuzhong):
    assert of(None, wuzhong)["NIGHTS"] == (7, 0, 0, 7)


@pytest.mark.parametrize("stays", [0, 1, 3])
def test_the_allowance_costs_four_statements_whatever_was_slept(stays, lin, wuzhong, django_assert_num_queries):
    hostels = list(Hostel.objects.filter(access="individual")[:stays])
    for number, hostel in enumerate(hostels):
        arrival = FRIDAY + timedelta(days=number)
        book(guest=lin, hostel=hostel, nights=Nights(arrival, arrival + timedelta(days=1)), purpose="exam", now=NOW)

    with django_assert_num_queries(4):
        allowance_of(lin, wuzhong, NOW)
