from datetime import datetime

from eligibility.rules.appeal import Appeal
from tests.eligibility.cases import SHANGHAI, answer, facts

RULE = Appeal(id="appeal", within={"value": 2, "unit": "working_day"})


def test_somebody_else_answers_within_the_span():
    friday = datetime(2026, 3, 6, 10, tzinfo=SHANGHAI)

    assert RULE.due(friday, frozenset()) == datetime(2026, 3, 10, 18, tzinfo=SHANGHAI)


def test_it_is_said_before_one_books():
    reason = answer(RULE, facts())

    assert (reason.verdict, reason.code) == ("met", "APPEAL")
    assert reason.sentence.say("en") == (
        "If a person says no, you may appeal: somebody else answers within 2 working days "
        "(the office of the hostel network)"
    )
