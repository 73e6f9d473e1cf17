from datetime import datetime

import pytest

from eligibility.rules.review import Review
from tests.eligibility.cases import SHANGHAI, answer, facts

WORKING_DAY = {"value": 1, "unit": "working_day"}


def moment(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "now, within, due",
    [
        (moment(6, 10), WORKING_DAY, moment(9, 18)),  # Friday: until Monday evening
        (moment(6, 23, 59), WORKING_DAY, moment(9, 18)),
        (moment(7, 0, 30), WORKING_DAY, moment(9, 18)),
        (moment(6, 10), {"value": 24, "unit": "hour"}, moment(7, 10)),
        (moment(6, 10), {"value": 3, "unit": "working_day"}, moment(11, 18)),
    ],
)
def test_an_answer_is_due_within_the_span(now, within, due):
    assert Review(id="review", within=within).due(now, frozenset()) == due


def test_a_holiday_is_no_working_day_and_a_worked_saturday_is_one():
    holiday = frozenset({moment(9, 0).date()})
    saturday = frozenset({moment(7, 0).date()})

    assert Review(id="review").due(moment(6, 10), holiday) == moment(10, 18)
    assert Review(id="review").due(moment(6, 10), saturday) == moment(7, 18)


def test_who_answers_is_the_office_where_the_policy_names_nobody():
    named = Review(id="review", by={"zh": "区团委", "en": "the Youth League"})

    assert named.whom.say("zh-hans") == "区团委"
    assert Review(id="review").whom.say("en") == "the office of the hostel network"


def test_it_is_said_with_how_one_is_told_and_without():
    named = Review(
        id="review",
        within={"value": 24, "unit": "hour"},
        by={"zh": "区团委", "en": "the Youth League"},
        notify=("sms", "wechat"),
    )

    assert answer(named, facts()).sentence.say("zh-hans") == (
        "需要人工审核的，由区团委在 24 小时内答复，通知方式：短信、微信"
    )
    silent = answer(Review(id="review", notify=()), facts())
    assert silent.sentence.say("en") == (
        "What a person must decide is answered within 1 working day by the office of the hostel network"
    )
