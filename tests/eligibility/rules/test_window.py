from datetime import date, datetime, timedelta

import pytest

from eligibility.rules.window import Window
from tests.eligibility.cases import SHANGHAI, TODAY, answer, facts, stay

SAMPLE = Window(id="window", ahead={"value": 30, "unit": "day"})
THREE_DAYS_NOTICE = Window(id="window", notice={"value": 3, "unit": "day"})


@pytest.mark.parametrize(
    "rule, in_days, verdict",
    [
        (SAMPLE, -1, "not_met"),
        (SAMPLE, 0, "met"),
        (SAMPLE, 30, "met"),
        (SAMPLE, 31, "not_met"),
        (THREE_DAYS_NOTICE, 2, "not_met"),
        (THREE_DAYS_NOTICE, 3, "met"),
        (THREE_DAYS_NOTICE, 300, "met"),
    ],
)
def test_first_and_last_day_of_arrival(rule, in_days, verdict):
    assert answer(rule, facts(**stay(TODAY + timedelta(in_days), 2))).verdict == verdict


@pytest.mark.parametrize(
    "now, verdict",
    [
        (datetime(2026, 3, 6, 23, 59, tzinfo=SHANGHAI), "met"),
        (datetime(2026, 3, 7, 1, 30, tzinfo=SHANGHAI), "met"),
        (datetime(2026, 3, 7, 5, 59, tzinfo=SHANGHAI), "met"),
        (datetime(2026, 3, 7, 6, 0, tzinfo=SHANGHAI), "not_met"),
    ],
)
def test_until_six_in_the_morning_tonight_is_the_evening_before(now, verdict):
    assert answer(SAMPLE, facts(now=now, **stay(date(2026, 3, 6), 1))).verdict == verdict


def test_open_dates_stop_nobody_and_say_until_when_one_may_book():
    reason = answer(SAMPLE, facts(arrival=None, departure=None))

    assert reason.verdict == "met"
    assert reason.needed == {"first": "2026-03-06", "last": "2026-04-05"}


def test_too_early_says_from_when_and_offers_the_last_day_there_is():
    reason = answer(SAMPLE, facts(**stay(date(2026, 4, 19), 1)))

    assert reason.sentence.say("zh-hans") == "最早提前 30 天订，3月20日 起可订"
    assert reason.fix.href == "/?in=2026-04-05"
