from datetime import date

import pytest

from eligibility.rules.age import Age, full_years
from tests.eligibility.cases import answer, facts

AGE = Age(id="age", min=18, max=35)


@pytest.mark.parametrize(
    "born, day, age",
    [
        (date(2000, 3, 7), date(2026, 3, 6), 25),
        (date(2000, 3, 7), date(2026, 3, 7), 26),
        (date(2004, 2, 29), date(2022, 2, 28), 17),
        (date(2004, 2, 29), date(2022, 3, 1), 18),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
        (date(2000, 12, 31), date(2026, 1, 1), 25),
    ],
)
def test_a_year_is_completed_on_the_birthday(born, day, age):
    assert full_years(born, day) == age


@pytest.mark.parametrize(
    "born, verdict",
    [
        (date(2008, 3, 7), "met"),  # 18 on the day of arrival
        (date(2008, 3, 8), "not_met"),  # the day after
        (date(1990, 3, 8), "met"),  # 35 for one more day
        (date(1990, 3, 7), "not_met"),  # 36 on the day of arrival
    ],
)
def test_age_is_that_on_the_day_of_arrival(born, verdict):
    assert answer(AGE, facts(birth_date=born)).verdict == verdict


def test_while_the_dates_are_open_age_is_that_of_today():
    born = date(2008, 3, 7)

    assert answer(AGE, facts(birth_date=born, arrival=None, departure=None)).value_used == 17


@pytest.mark.parametrize("rule, age", [(Age(id="age", max=35), 12), (Age(id="age", min=18), 80), (Age(id="age"), 3)])
def test_a_limit_left_out_is_none(rule, age):
    assert answer(rule, facts(birth_date=date(2026 - age, 1, 1))).verdict == "met"


def test_a_birth_date_that_is_asked_for_later_stops_nobody():
    reason = answer(AGE, facts(birth_date=None, later=frozenset({"birth_date"})))

    assert (reason.verdict, reason.value_used, reason.fix) == ("met", None, None)
    assert reason.sentence.say("zh-hans") == "年龄要在 18–35 岁，订房时按证件核对"


def test_a_birth_date_that_nobody_said_is_missing():
    assert answer(AGE, facts(birth_date=None)).verdict == "missing"


def test_too_old_says_what_was_used_where_it_came_from_and_what_is_open_all_the_same():
    reason = answer(AGE, facts(birth_date=date(1990, 1, 1), sources={"birth_date": "verified"}))

    assert (reason.code, reason.value_used, reason.value_source) == ("AGE", 36, "verified")
    assert reason.needed == {"min": 18, "max": 35}
    assert reason.fix.href == "/events/"


def test_a_limit_that_lets_nobody_in_is_wrong():
    assert list(Age.wrong({"min": 40, "max": 35})) == [("min", "must not be above max")]
    assert not list(Age.wrong({"min": 40}))


BY_DEGREE = Age(
    id="age", max=35, by_education=({"education": ["master"], "max": 40}, {"education": ["doctor"], "max": 45})
)


@pytest.mark.parametrize(
    "education, age, verdict",
    [
        ("bachelor", 35, "met"),
        ("bachelor", 36, "not_met"),
        ("master", 40, "met"),
        ("master", 41, "not_met"),
        ("doctor", 45, "met"),
        ("doctor", 46, "not_met"),
        (None, 35, "met"),  # whatever the degree
        (None, 36, "missing"),
        (None, 45, "missing"),
        (None, 46, "not_met"),
    ],
)
def test_the_limit_may_depend_on_the_degree(education, age, verdict):
    about = facts(birth_date=date(2026 - age, 3, 7), education=education)

    assert answer(BY_DEGREE, about).verdict == verdict


def test_where_the_degree_decides_it_is_asked_for_and_the_limit_said_is_that_of_the_degree():
    asked = answer(BY_DEGREE, facts(birth_date=date(1988, 1, 1), education=None))
    refused = answer(BY_DEGREE, facts(birth_date=date(1980, 1, 1), education="master"))

    assert asked.fix.href == "/check/#education"
    assert refused.sentence.say("en") == "Age must be 40 or under; your ID says 46"


def test_what_a_degree_leaves_out_is_as_for_everybody():
    rule = Age(id="age", min=18, max=35, by_education=({"education": ["doctor"], "max": 45},))

    assert answer(rule, facts(birth_date=date(2009, 1, 1), education="doctor")).needed == {"min": 18, "max": 45}


def test_limits_by_degree_are_checked_as_well():
    twice = [{"education": ["master"], "max": 40}, {"education": ["master", "doctor"], "max": 45}]
    assert list(Age.wrong({"max": 35, "by_education": twice})) == [
        ("by_education[1].education", "names master a second time")
    ]
    assert list(Age.wrong({"min": 18, "by_education": [{"education": ["master"], "max": 17}]})) == [
        ("by_education[0].min", "must not be above max")
    ]
