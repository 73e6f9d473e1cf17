from datetime import datetime, timedelta

import pytest

from eligibility.rules.sanction import Sanction
from tests.eligibility.cases import SHANGHAI, answer, facts

FOUND = datetime(2026, 1, 10, 15, 0, tzinfo=SHANGHAI)
FOR_EVER = Sanction(id="s", of=("false_proof",), pause_days=None)
A_YEAR = Sanction(id="s", of=("false_proof",), pause_days=365)
TWICE = Sanction(id="s", of=("no_show",), count=2, pause_days=None)


def later(days):
    return FOUND + timedelta(days)


@pytest.mark.parametrize(
    "rule, days, verdict",
    [(FOR_EVER, 1, "not_met"), (FOR_EVER, 3000, "not_met"), (A_YEAR, 364, "not_met"), (A_YEAR, 365, "met")],
)
def test_a_false_proof_closes_booking_for_a_time_or_for_ever(rule, days, verdict):
    assert answer(rule, facts(now=later(days), false_proofs=(FOUND,))).verdict == verdict


def test_nobody_is_barred_for_nothing_or_for_something_else():
    assert answer(FOR_EVER, facts()).verdict == "met"
    assert answer(FOR_EVER, facts(no_shows=(FOUND,))).verdict == "met"


def test_missed_stays_may_close_it_too_once_they_are_enough():
    assert answer(TWICE, facts(no_shows=(FOUND,))).verdict == "met"
    assert answer(TWICE, facts(no_shows=(FOUND, later(9)))).verdict == "not_met"


def test_it_says_since_when_until_when_and_how_to_speak_against_it():
    reason = answer(A_YEAR, facts(false_proofs=(FOUND,)))

    assert reason.sentence.say("zh-hans") == "2026年1月10日查实材料不实，2027年1月10日 前不能预订"
    assert reason.sentence.say("en") == (
        "Booking is closed to you until 10 Jan 2027: on 10 Jan 2026 a proof was found to be false"
    )
    assert (reason.code, reason.fix.kind) == ("BARRED", "explain")
    for_ever = answer(FOR_EVER, facts(false_proofs=(FOUND,)))
    assert for_ever.sentence.say("zh-hans") == "2026年1月10日查实材料不实，不能再预订"
    missed = answer(TWICE, facts(no_shows=(FOUND, later(9))))
    assert missed.sentence.say("en") == "Booking is closed to you after what happened on 19 Jan 2026"


def test_the_words_of_the_policy_are_said_to_everybody():
    rule = Sanction(id="s", of=("false_proof",), pause_days=None, words={"zh": "依法追究", "en": "There is a law"})

    assert answer(rule, facts()).sentence.say("zh-hans") == "依法追究"
