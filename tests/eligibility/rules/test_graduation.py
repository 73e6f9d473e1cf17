from datetime import date

import pytest

from eligibility.rules.graduation import Graduation
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
