"""The calendar of working days: the library's, and what an officer corrects in it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from hostel.models import WorkdayCorrection
from hostel.spans import is_working
from hostel.working_days import calendar_of, is_announced, reach, shifted_days
from tests.conftest import FRIDAY, NOW, moment

pytestmark = pytest.mark.django_db


def correct(day, is_working, **more):
    return WorkdayCorrection.objects.create(
        day=day, is_working=is_working, because="国办通知", written_by="user 1", written_at=NOW, **more
    )


def in_october(year):
    return sorted(day.day for day in shifted_days(date(year, 10, 1), date(year, 10, 31)))


# --- what the library knows, against the notices of the State Council -------------------------------------------------
@pytest.mark.parametrize(
    ("first", "last", "off", "worked"),
    [
        # the notice for 2025
        (date(2025, 9, 20), date(2025, 10, 20), [(10, d) for d in (1, 2, 3, 6, 7, 8)], [(9, 28), (10, 11)]),
        (date(2025, 1, 20), date(2025, 2, 15), [(1, 28), (1, 29), (1, 30), (1, 31), (2, 3), (2, 4)], [(1, 26), (2, 8)]),
        # the notice for 2026
        (date(2026, 2, 1), date(2026, 3, 10), [(2, d) for d in (16, 17, 18, 19, 20, 23)], [(2, 14), (2, 28)]),
        (date(2026, 1, 1), date(2026, 1, 31), [(1, 1), (1, 2)], [(1, 4)]),
    ],
)  # fmt: skip
def test_holidays_and_the_weekends_worked_for_them_are_those_announced(first, last, off, worked):
    shifted = shifted_days(first, last)

    assert sorted((d.month, d.day) for d in shifted if d.weekday() < 5) == off
    assert sorted((d.month, d.day) for d in shifted if d.weekday() >= 5) == worked


def test_both_ends_belong_to_the_time_that_is_asked_for():
    assert shifted_days(date(2025, 10, 1), date(2025, 10, 8)) == {date(2025, 10, d) for d in (1, 2, 3, 6, 7, 8)}
    assert shifted_days(date(2025, 10, 2), date(2025, 10, 7)) == {date(2025, 10, d) for d in (2, 3, 6, 7)}


def test_a_weekend_at_the_end_of_a_year_may_be_worked_for_a_holiday_of_the_next():
    """In 2001 the notice for 2002 had the last weekend of December worked."""
    assert {date(2001, 12, 29), date(2001, 12, 30)} <= shifted_days(date(2001, 12, 1), date(2001, 12, 31))


def test_a_time_over_the_turn_of_the_year_has_the_days_of_both():
    assert shifted_days(date(2025, 12, 30), date(2026, 1, 4)) == {date(2026, 1, d) for d in (1, 2, 4)}


def test_a_year_that_is_not_announced_has_its_plain_holidays_and_no_worked_weekend():
    shifted = shifted_days(date(2099, 1, 1), date(2099, 12, 31))

    assert not is_announced(2099)
    assert is_announced(2026)
    assert {date(2099, 1, 1), date(2099, 5, 1), date(2099, 10, 1), date(2099, 10, 2)} <= shifted
    assert all(day.weekday() < 5 for day in shifted)


# --- corrections over it ----------------------------------------------------------------------------------------------
def test_a_correction_makes_a_day_off_or_worked():
    saturday, monday = date(2026, 10, 17), date(2026, 10, 19)
    correct(saturday, True)
    correct(monday, False)

    shifted = shifted_days(date(2026, 10, 12), date(2026, 10, 31))
    assert shifted == {saturday, monday}
    assert is_working(saturday, shifted)
    assert not is_working(monday, shifted)


def test_a_correction_may_say_that_a_holiday_is_worked_and_that_a_worked_weekend_is_off():
    assert in_october(2026) == [1, 2, 5, 6, 7, 10]
    correct(date(2026, 10, 7), True)
    correct(date(2026, 10, 10), False)

    assert in_october(2026) == [1, 2, 5, 6]


def test_a_correction_that_says_what_the_library_says_changes_nothing():
    correct(date(2026, 10, 7), False)
    correct(date(2026, 10, 10), True)

    assert in_october(2026) == [1, 2, 5, 6, 7, 10]


def test_what_was_withdrawn_no_longer_counts():
    correct(date(2026, 10, 19), False, withdrawn_at=NOW)

    assert in_october(2026) == [1, 2, 5, 6, 7, 10]


def test_a_day_has_one_standing_correction():
    correct(FRIDAY, False, withdrawn_at=NOW)
    correct(FRIDAY, False)

    with pytest.raises(IntegrityError), transaction.atomic():
        correct(FRIDAY, True)


def test_corrections_cost_one_statement_however_long_the_time_and_however_many_they_are():
    for week in range(60):
        correct(FRIDAY + timedelta(weeks=week), False)

    with CaptureQueriesContext(connection) as asked:
        shifted_days(FRIDAY, FRIDAY + timedelta(days=800))
    assert len(asked) == 1


# --- what decisions carry, and what the office reads ------------------------------------------------------------------
def test_decisions_look_a_week_back_and_four_hundred_days_ahead_of_the_business_day():
    ends = (FRIDAY - timedelta(7), FRIDAY + timedelta(400))
    for day in (*ends, ends[0] - timedelta(1), ends[1] + timedelta(1)):
        correct(day, day.weekday() >= 5)

    for now in (moment(FRIDAY, 6), moment(FRIDAY + timedelta(1), 5, 59)):
        days = reach(now)
        assert (min(days), max(days)) == ends


def test_what_decisions_carry_is_small():
    assert len(reach(NOW)) < 50


def test_the_calendar_of_a_year_names_the_days_and_shows_the_corrections():
    correct(date(2026, 10, 7), True)
    row = correct(date(2026, 12, 12), True)

    days = {each.day: each for each in calendar_of(2026)}
    assert list(days) == sorted(days)
    assert (days[date(2026, 10, 1)].name_zh, days[date(2026, 10, 1)].name_en) == ("国庆节", "National Day")
    assert not days[date(2026, 10, 1)].is_working
    assert (days[date(2026, 1, 2)].name_zh, days[date(2026, 1, 2)].name_en) == (
        "调休，1月4日上班",
        "day off, worked on 4 Jan",
    )
    assert (days[date(2026, 1, 4)].name_zh, days[date(2026, 1, 4)].name_en) == (
        "上班，1月2日调休",
        "worked, off on 2 Jan",
    )
    assert days[date(2026, 10, 10)].is_working
    # Corrected to what the weekday says: not shifted any more, but there to be seen and withdrawn.
    assert days[date(2026, 10, 7)].is_working
    assert not days[date(2026, 10, 7)].is_shifted
    assert days[date(2026, 12, 12)].correction == row
    assert days[date(2026, 12, 12)].is_shifted


def test_the_calendar_of_a_year_and_the_days_decisions_carry_agree():
    correct(date(2026, 10, 7), True)
    correct(date(2026, 12, 12), True)

    assert {each.day for each in calendar_of(2026) if each.is_shifted} == shifted_days(
        date(2026, 1, 1), date(2026, 12, 31)
    )
