"""Nights: a night is named by its evening, the departure day is none, and the day turns at six."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostel.nights import Nights, at, business_day, end_of_night
from tests.conftest import FRIDAY, MONDAY, SATURDAY, SUNDAY, moment


def test_the_departure_day_is_not_a_night():
    assert list(Nights(FRIDAY, SUNDAY)) == [FRIDAY, SATURDAY]
    assert len(Nights(FRIDAY, SUNDAY)) == 2
    assert SATURDAY in Nights(FRIDAY, SUNDAY)
    assert SUNDAY not in Nights(FRIDAY, SUNDAY)


@pytest.mark.parametrize("departure", [FRIDAY, FRIDAY - timedelta(days=1)])
def test_there_is_no_stay_without_a_night(departure):
    with pytest.raises(ValueError, match="departure must be after arrival"):
        Nights(FRIDAY, departure)


def test_nights_can_be_moved():
    assert Nights(FRIDAY, SUNDAY).moved(1) == Nights(SATURDAY, MONDAY)
    assert Nights(SATURDAY, MONDAY).moved(-1) == Nights(FRIDAY, SUNDAY)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (moment(SATURDAY, 1, 30), FRIDAY),
        (moment(SATURDAY, 5, 59), FRIDAY),
        (moment(SATURDAY, 6), SATURDAY),
        (moment(SATURDAY, 23, 59), SATURDAY),
        (datetime(2026, 3, 6, 21, 59, tzinfo=UTC), FRIDAY),
        (datetime(2026, 3, 6, 22, 0, tzinfo=UTC), SATURDAY),
    ],
)
def test_until_six_in_shanghai_it_is_still_the_evening_before(now, day):
    assert business_day(now) == day


def test_a_night_has_been_slept_at_six_the_next_morning():
    assert end_of_night(FRIDAY) == moment(SATURDAY, 6)
    assert at(FRIDAY, time(23)) == moment(FRIDAY, 23)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_every_night_ends_on_the_business_day_after_it(arrival, count):
    nights = Nights(arrival, arrival + timedelta(days=count))

    assert len(list(nights)) == len(nights) == count
    for night in nights:
        assert business_day(end_of_night(night)) == night + timedelta(days=1)
        assert business_day(end_of_night(night) - timedelta(microseconds=1)) == night
