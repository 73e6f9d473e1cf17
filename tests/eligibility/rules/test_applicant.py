import pytest

from eligibility.rules.applicant import Applicant
from tests.eligibility.cases import answer, facts

GROUPS = Applicant(id="who", by=("school", "organisation"))


@pytest.mark.parametrize("who, verdict", [("self", "not_met"), ("school", "met"), ("organisation", "met")])
def test_an_application_comes_from_those_who_may(who, verdict):
    assert answer(GROUPS, facts(applicant=who)).verdict == verdict


def test_who_may_and_who_did_is_said():
    reason = answer(GROUPS, facts())

    assert reason.sentence.say("zh-hans") == "这里可由学校、单位或机构申请；这次申请的是本人"
    assert reason.sentence.say("en") == (
        "Those who may apply here: a school, an organisation; this wish comes from: the guests themselves"
    )


def test_the_policy_may_say_how_in_its_own_words():
    words = {"zh": "到窗口办理", "en": "At the counter"}

    assert answer(Applicant(id="who", by=("self",), words=words), facts()).sentence.say("en") == "At the counter"


def test_somebody_nobody_knows_raises_nothing():
    assert answer(GROUPS, facts(applicant="robot")).verdict == "not_met"
