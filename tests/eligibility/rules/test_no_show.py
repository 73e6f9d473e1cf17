from datetime import datetime, timedelta

import pytest

from eligibility.rules.no_show import NoShow
from tests.eligibility.cases import SHANGHAI, answer, facts

SAMPLE = NoShow(id="no_show", kept_until="23:00", count=2, within_days=180, pause_days=60)
MISSED = datetime(2026, 1, 10, 23, 0, tzinfo=SHANGHAI)


def missed(*days_before):
    return tuple(MISSED - timedelta(n) for n in days_before)


def in_days(days):
    return MISSED.replace(hour=12) + timedelta(days)


@pytest.mark.parametrize(
    "no_shows, days_later, verdict",
    [
        (missed(), 1, "met"),
        (missed(0), 1, "met"),
        (missed(0, 180), 1, "not_met"),  # within 180 days, the 180th included
        (missed(0, 181), 1, "met"),
        (missed(0, 30), 59, "not_met"),
        (missed(0, 30), 60, "met"),  # the day named in the sentence is free again
        (missed(30, 40), 20, "not_met"),  # the pause began with the later of them, 30 days before
        (missed(30, 40), 30, "met"),
        (missed(0, 30, 60), 1, "not_met"),
        (missed(0, 400, 410), 1, "met"),  # an old pause is over and does not come back
    ],
)
def test_two_no_shows_pause_booking_for_a_time(no_shows, days_later, verdict):
    assert answer(SAMPLE, facts(now=in_days(days_later), no_shows=no_shows)).verdict == verdict


def test_a_no_show_of_half_past_one_belongs_to_the_evening_before():
    after_midnight = (MISSED + timedelta(hours=2.5), MISSED - timedelta(5))

    assert answer(SAMPLE, facts(now=in_days(60), no_shows=after_midnight)).verdict == "met"


def test_the_pause_says_until_when_and_how_to_speak_against_it():
    reason = answer(SAMPLE, facts(now=in_days(1), no_shows=missed(0, 10, 20)))

    assert reason.sentence.say("zh-hans") == "3 次没来也没取消，3月11日 前暂停预订"
    assert (reason.value_used, reason.needed["until"], reason.fix.kind) == (3, "2026-03-11", "explain")


def test_the_order_in_which_they_are_known_does_not_matter():
    assert answer(SAMPLE, facts(now=in_days(1), no_shows=missed(10, 0))) == answer(
        SAMPLE, facts(now=in_days(1), no_shows=missed(0, 10))
    )
