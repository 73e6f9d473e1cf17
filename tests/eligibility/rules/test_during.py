from datetime import date

import pytest

from eligibility.rules.during import During
from eligibility.seasons import Season
from tests.eligibility.cases import answer, facts, stay

FESTIVAL = During(id="d", spans=(Season("2026-02-08", "2026-02-24"),))
WINTER = During(id="d", spans=(Season("12-20", "01-10"), Season("02-28", "02-29")))


@pytest.mark.parametrize(
    "rule, arrival, verdict",
    [
        (FESTIVAL, date(2026, 2, 7), "not_met"),
        (FESTIVAL, date(2026, 2, 8), "met"),
        (FESTIVAL, date(2026, 2, 24), "met"),
        (FESTIVAL, date(2026, 2, 25), "not_met"),
        (FESTIVAL, date(2027, 2, 10), "not_met"),  # once
        (WINTER, date(2026, 12, 31), "met"),  # every year, over its turn
        (WINTER, date(2027, 1, 10), "met"),
        (WINTER, date(2027, 1, 11), "not_met"),
        (WINTER, date(2028, 2, 29), "met"),
        (WINTER, date(2026, 3, 1), "not_met"),
    ],
)
def test_what_is_given_on_some_days_is_judged_by_the_day_of_arrival(rule, arrival, verdict):
    assert answer(rule, facts(**stay(arrival, 2))).verdict == verdict


def test_the_days_are_said_in_both_languages():
    reason = answer(FESTIVAL, facts(**stay(date(2026, 3, 7), 2)))

    assert reason.code == "SEASON"
    assert "2026年2月8日 至 2026年2月24日" in reason.sentence.say("zh-hans")
    assert reason.sentence.say("en") == (
        "This is given for arrivals from 8 Feb 2026 to 24 Feb 2026; you wish to arrive on 7 Mar"
    )
