"""Counting hours, days and working days. The shifted days are written out here, as the notices have them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostel.spans import Span, add_working_days, is_working
from tests.conftest import moment

# 国庆、中秋 2025: off 1 to 8 October; worked on Sunday 28 September and Saturday 11 October.
NATIONAL_DAY = frozenset({date(2025, 9, 28), date(2025, 10, 11)} | {date(2025, 10, d) for d in (1, 2, 3, 6, 7, 8)})
# 春节 2026: off 15 to 23 February; worked on Saturday 14 and Saturday 28 February.
SPRING_FESTIVAL = frozenset({date(2026, 2, d) for d in (14, 16, 17, 18, 19, 20, 23, 28)})
days = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2025, 9, 28), True),  # a Sunday that is worked
        (date(2025, 9, 30), True),
        (date(2025, 10, 1), False),
        (date(2025, 10, 4), False),  # a Saturday within the holiday
        (date(2025, 10, 8), False),
        (date(2025, 10, 9), True),
        (date(2025, 10, 11), True),  # a Saturday that is worked
        (date(2025, 10, 12), False),
    ],
)
def test_a_day_is_worked_as_its_weekday_says_unless_it_is_shifted(day, worked):
    assert is_working(day, NATIONAL_DAY) is worked


@pytest.mark.parametrize(
    ("day", "n", "end"),
    [
        (date(2025, 9, 26), 1, date(2025, 9, 28)),  # Friday: the next is the Sunday that is worked
        (date(2025, 9, 30), 1, date(2025, 10, 9)),
        (date(2025, 9, 30), 3, date(2025, 10, 11)),
        (date(2025, 9, 30), 4, date(2025, 10, 13)),
        (date(2025, 10, 4), 1, date(2025, 10, 9)),
        (date(2025, 10, 9), -1, date(2025, 9, 30)),
        (date(2025, 10, 13), -4, date(2025, 9, 30)),
        (date(2025, 10, 4), 0, date(2025, 10, 9)),
        (date(2025, 10, 11), 0, date(2025, 10, 11)),
    ],
)
def test_working_days_over_the_national_day(day, n, end):
    assert add_working_days(day, n, NATIONAL_DAY) == end


@pytest.mark.parametrize(
    ("day", "n", "end"),
    [
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 14), 1, date(2026, 2, 24)),
        (date(2026, 2, 13), 3, date(2026, 2, 25)),
        (date(2026, 2, 27), 1, date(2026, 2, 28)),  # over the end of a month
        (date(2026, 2, 27), 2, date(2026, 3, 2)),
    ],
)
def test_working_days_over_the_spring_festival(day, n, end):
    assert add_working_days(day, n, SPRING_FESTIVAL) == end


@given(days, st.integers(1, 30))
def test_as_many_working_days_lie_between_as_were_added(day, n):
    end = add_working_days(day, n, SPRING_FESTIVAL | NATIONAL_DAY)

    after = [day + timedelta(step) for step in range(1, (end - day).days + 1)]
    assert sum(is_working(each, SPRING_FESTIVAL | NATIONAL_DAY) for each in after) == n
    assert is_working(end, SPRING_FESTIVAL | NATIONAL_DAY)


@given(days, st.integers(1, 30))
def test_counting_back_from_a_working_day_undoes_counting_on(day, n):
    begun = add_working_days(day, 0, NATIONAL_DAY)

    assert add_working_days(add_working_days(begun, n, NATIONAL_DAY), -n, NATIONAL_DAY) == begun


def test_a_span_is_read_as_rules_write_it():
    assert Span.read({"value": 48, "unit": "hour"}) == Span(48, "hour")


@pytest.mark.parametrize(("value", "unit"), [(3, "week"), (3, ""), (-1, "day")])
def test_another_unit_and_less_than_nothing_are_no_span(value, unit):
    with pytest.raises(ValueError, match="no span of time"):
        Span.read({"value": value, "unit": unit})


@pytest.mark.parametrize(
    ("span", "begins", "ends"),
    [
        (Span(48, "hour"), moment(date(2028, 2, 28), 9, 17), moment(date(2028, 3, 1), 9, 17)),  # over 29 February
        (Span(2, "day"), moment(date(2028, 2, 28), 23, 59), moment(date(2028, 3, 1), 23, 59)),
        (Span(0, "day"), moment(date(2026, 1, 31), 9), moment(date(2026, 1, 31), 9)),
        (Span(1, "working_day"), moment(date(2026, 2, 13), 9), moment(date(2026, 2, 14), 18)),
        (Span(1, "working_day"), moment(date(2026, 2, 13), 23, 59), moment(date(2026, 2, 14), 18)),
        (Span(1, "working_day"), moment(date(2026, 2, 14), 0, 0), moment(date(2026, 2, 24), 18)),
        (Span(0, "working_day"), moment(date(2026, 2, 13), 18), moment(date(2026, 2, 13), 18)),
        (Span(0, "working_day"), moment(date(2026, 2, 13), 18, 1), moment(date(2026, 2, 14), 18)),
        (Span(0, "working_day"), moment(date(2026, 2, 21), 9), moment(date(2026, 2, 24), 18)),
    ],
)
def test_when_a_span_is_over(span, begins, ends):
    assert span.after(begins, SPRING_FESTIVAL) == ends


def test_a_moment_of_another_zone_is_counted_by_the_day_in_shanghai():
    late = datetime(2026, 2, 12, 16, 0, tzinfo=UTC)  # midnight of the 13th in Shanghai

    assert Span(1, "working_day").after(late, SPRING_FESTIVAL) == moment(date(2026, 2, 14), 18)


def test_whole_days_after_a_day():
    assert Span(3, "day").days_after(date(2026, 2, 27), SPRING_FESTIVAL) == date(2026, 3, 2)
    assert Span(3, "working_day").days_after(date(2026, 2, 26), SPRING_FESTIVAL) == date(2026, 3, 2)
    with pytest.raises(ValueError, match="whole days"):
        Span(48, "hour").days_after(date(2026, 2, 26), SPRING_FESTIVAL)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Span(48, "hour"), ("48 小时", "48 hours")),
        (Span(1, "hour"), ("1 小时", "1 hour")),
        (Span(3, "day"), ("3 天", "3 days")),
        (Span(1, "day"), ("1 天", "1 day")),
        (Span(3, "working_day"), ("3 个工作日", "3 working days")),
        (Span(1, "working_day"), ("1 个工作日", "1 working day")),
        (Span(0, "day"), ("0 天", "0 days")),
    ],
)
def test_a_span_in_words(span, words):
    assert span.said == words
