from datetime import date, timedelta

import pytest

from eligibility.rules.graduation import Graduation, read_graduation, say_graduation, say_months
from tests.eligibility.cases import answer, facts, stay

SAMPLE = Graduation(id="graduation", months_before=12, months_after=36)


@pytest.mark.parametrize(
    "graduation, arrival, verdict",
    [
        ("2022-03", date(2025, 3, 31), "met"),  # the last day of the 36th month
        ("2022-03", date(2025, 4, 1), "not_met"),
        ("2021-02", date(2024, 2, 29), "met"),
        ("2021-02", date(2024, 3, 1), "not_met"),
        ("2026-06", date(2025, 6, 1), "met"),  # the first day of the 12th month before
        ("2026-06", date(2025, 5, 31), "not_met"),
        ("2025-12", date(2026, 1, 1), "met"),
        ("2022-12", date(2025, 12, 31), "met"),
        ("2022-12", date(2026, 1, 1), "not_met"),
    ],
)
def test_months_count_whole_at_both_ends(graduation, arrival, verdict):
    assert answer(SAMPLE, facts(graduation=graduation, **stay(arrival, 1))).verdict == verdict


@pytest.mark.parametrize(
    "graduation, verdict",
    [
        ("2025", "met"),  # any month of it
        ("2022", "not_met"),  # 36 months ended in 2025, whichever month
        ("2021", "not_met"),
        ("2023", "missing"),  # January to March 2023 are over, June is not
        ("2026", "met"),
        ("2027", "missing"),  # until March 2027, not after
        ("2028", "not_met"),
    ],
)
def test_a_year_alone_means_june_and_asks_for_the_month_only_where_it_decides(graduation, verdict):
    assert answer(SAMPLE, facts(graduation=graduation, **stay(date(2026, 4, 1), 1))).verdict == verdict


def test_the_month_decides_both_ways():
    arrival = stay(date(2026, 4, 1), 1)

    assert answer(SAMPLE, facts(graduation="2023-03", **arrival)).verdict == "not_met"
    assert answer(SAMPLE, facts(graduation="2023-04", **arrival)).verdict == "met"


@pytest.mark.parametrize(
    "rule, graduation, verdict",
    [
        (Graduation(id="graduation", months_after=24), "2035-06", "met"),
        (Graduation(id="graduation", months_before=0), "1990-06", "met"),
        (Graduation(id="graduation", months_before=0, months_after=0), "2026-03", "met"),
        (Graduation(id="graduation", months_before=0, months_after=0), "2026-02", "not_met"),
        (Graduation(id="graduation", months_before=0, months_after=0), "2026", "missing"),
    ],
)
def test_an_end_left_out_is_no_limit(rule, graduation, verdict):
    assert answer(rule, facts(graduation=graduation)).verdict == verdict


def test_graduation_not_said_is_missing():
    assert answer(SAMPLE, facts(graduation=None)).verdict == "missing"
    assert answer(SAMPLE, facts(graduation=None, later=frozenset({"graduation"}))).verdict == "met"


def test_while_the_dates_are_open_graduation_is_seen_from_today():
    open_dates = {"arrival": None, "departure": None}

    assert answer(SAMPLE, facts(graduation="2023-03", **open_dates)).verdict == "met"
    assert answer(SAMPLE, facts(graduation="2023-02", **open_dates)).verdict == "not_met"


@pytest.mark.parametrize(
    "graduation, arrival, verdict",
    [
        ("2022-06-25", date(2025, 6, 25), "met"),  # the last day, 36 months after
        ("2022-06-25", date(2025, 6, 26), "not_met"),
        ("2026-06-25", date(2025, 6, 25), "met"),  # the first day, 12 months before
        ("2026-06-25", date(2025, 6, 24), "not_met"),
        ("2025-06-25", date(2025, 6, 25), "met"),  # the day of graduation itself
        ("2024-02-29", date(2027, 2, 28), "met"),  # there is no 29 February in 2027
        ("2024-02-29", date(2027, 3, 1), "not_met"),
        ("2028-02-29", date(2027, 2, 28), "met"),
        ("2028-02-29", date(2027, 2, 27), "not_met"),
        ("2022-12-31", date(2025, 12, 31), "met"),
        ("2022-12-31", date(2026, 1, 1), "not_met"),
    ],
)
def test_from_a_day_of_graduation_months_are_counted_to_the_day(graduation, arrival, verdict):
    assert answer(SAMPLE, facts(graduation=graduation, **stay(arrival, 1))).verdict == verdict


@pytest.mark.parametrize(
    "months, graduation, last",
    [
        (1, "2026-01-31", date(2026, 2, 28)),
        (1, "2024-01-31", date(2024, 2, 29)),
        (18, "2024-08-31", date(2026, 2, 28)),
        (6, "2025-08-31", date(2026, 2, 28)),
    ],
)
def test_where_a_month_has_no_such_day_its_last_one_counts(months, graduation, last):
    rule = Graduation(id="graduation", months_after=months)

    assert answer(rule, facts(graduation=graduation, **stay(last, 1))).verdict == "met"
    assert answer(rule, facts(graduation=graduation, **stay(last + timedelta(1), 1))).verdict == "not_met"


@pytest.mark.parametrize(
    "graduation, arrival, verdict",
    [
        ("2026-06", date(2026, 1, 1), "met"),
        ("2026-06", date(2026, 12, 31), "met"),
        ("2026-06", date(2025, 12, 31), "not_met"),
        ("2026-06-25", date(2027, 1, 1), "not_met"),
        ("2026", date(2026, 3, 7), "met"),  # no month could change it
        ("2025", date(2026, 3, 7), "not_met"),
    ],
)
def test_of_this_year_only(graduation, arrival, verdict):
    rule = Graduation(id="graduation", same_year=True)

    assert answer(rule, facts(graduation=graduation, **stay(arrival, 1))).verdict == verdict


@pytest.mark.parametrize(
    "graduation, arrival, verdict",
    [
        ("2026-06", date(2025, 9, 1), "met"),  # the last school year begins
        ("2026-06", date(2025, 8, 31), "not_met"),
        ("2026-06-30", date(2025, 9, 1), "met"),
        ("2026-01", date(2025, 9, 1), "met"),
        ("2025-12", date(2025, 9, 1), "met"),
        ("2025-12", date(2025, 8, 31), "not_met"),
        ("2026-06", date(2028, 6, 30), "met"),
        ("2026-06", date(2028, 7, 1), "not_met"),
        ("2026", date(2025, 9, 1), "missing"),  # who graduates in September to December is a year behind
    ],
)
def test_before_graduating_only_in_the_final_school_year(graduation, arrival, verdict):
    rule = Graduation(id="graduation", final_year=True, months_after=24)

    assert answer(rule, facts(graduation=graduation, **stay(arrival, 1))).verdict == verdict


@pytest.mark.parametrize(
    "graduation, arrival, verdict",
    [
        ("2025-06-25", date(2025, 6, 25), "met"),
        ("2025-06-25", date(2025, 6, 24), "not_met"),
        ("2025-06", date(2025, 6, 1), "met"),  # the month is all that is known
        ("2025-06", date(2025, 5, 31), "not_met"),
    ],
)
def test_students_may_be_left_out(graduation, arrival, verdict):
    rule = Graduation(id="graduation", students=False, months_after=36)

    reason = answer(rule, facts(graduation=graduation, **stay(arrival, 1)))

    assert reason.verdict == verdict
    assert reason.needed == {"months_before": None, "months_after": 36, "students": False}


@pytest.mark.parametrize("text", ["", "soon", "2025-13", "2025-02-30", "0001-01", "2025-06-25-01", "20250625"])
def test_what_is_no_graduation_counts_as_not_said(text):
    assert answer(SAMPLE, facts(graduation=text)).verdict == "missing"


@pytest.mark.parametrize(
    "months, zh, en",
    [
        (1, "1 个月", "1 month"),
        (12, "12 个月", "12 months"),
        (18, "18 个月", "18 months"),
        (24, "2 年", "2 years"),
    ],
)
def test_months_are_said_as_people_say_them(months, zh, en):
    assert say_months(months) == (zh, en)


def test_a_day_is_said_as_a_day():
    assert say_graduation(read_graduation("2025-06-25")) == ("2025 年 6 月 25 日", "25 Jun 2025")


@pytest.mark.parametrize(
    "graduation, verdict", [("2024", "met"), ("2025-12-31", "met"), ("2026-01-01", "not_met"), ("2023", "not_met")]
)
def test_a_policy_may_name_the_years_of_graduation(graduation, verdict):
    rule = Graduation(id="graduation", classes=(2024, 2025))

    said = answer(rule, facts(graduation=graduation))

    assert said.verdict == verdict
    if verdict == "not_met":
        assert "Only those who graduate in 2024, 2025; you said" in said.sentence.say("en")
        assert "只给 2024 届、2025 届 毕业生" in said.sentence.say("zh-hans")
