import pytest

from eligibility.rules.arrival import Arrival
from tests.eligibility.cases import answer, facts

FIVE_DAYS = {"value": 5, "unit": "working_day"}


@pytest.mark.parametrize(
    "rule, zh, en",
    [
        (
            Arrival(id="a", opens="14:00", closes="22:00", day="booked_day"),
            "到店时间：14:00–22:00，预订当天",
            "Arrive between 14:00 and 22:00 on the day you booked",
        ),
        (Arrival(id="a", opens="14:00", closes="22:00"), "到店时间：14:00–22:00", "Arrive between 14:00 and 22:00"),
        (Arrival(id="a", closes="22:00"), "到店时间：22:00 前", "Arrive until 22:00"),
        (
            Arrival(id="a", opens="14:00", day="any"),
            "到店时间：14:00 起，入住期间任意一天",
            "Arrive from 14:00 onwards on any day of your stay",
        ),
        (Arrival(id="a", day="booked_day"), "到店时间：预订当天", "Arrive on the day you booked"),
        (
            Arrival(id="a", within=FIVE_DAYS),
            "收到通过通知后 5 个工作日内入住",
            "Move in within 5 working days of being told that you may",
        ),
    ],
)
def test_when_one_may_arrive_is_said(rule, zh, en):
    reason = answer(rule, facts())

    assert (reason.verdict, reason.sentence.say("zh-hans"), reason.sentence.say("en")) == ("met", zh, en)


def test_a_rule_that_says_nothing_or_closes_before_it_opens_is_wrong():
    assert list(Arrival.wrong({})) == [("closes", "must be said, or opens, day or within")]
    assert list(Arrival.wrong({"opens": "22:00", "closes": "14:00"})) == [("opens", "must be before closes")]
    assert not list(Arrival.wrong({"opens": "22:00"}))
    assert not list(Arrival.wrong({"day": "any"}))
