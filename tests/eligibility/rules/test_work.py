import pytest

from eligibility.rules.work import Work
from tests.eligibility.cases import answer, facts

XIAMEN = {"zh": "厦门", "en": "Xiamen"}


@pytest.mark.parametrize(
    "wanted, said, verdict",
    [
        ("none", "no", "met"),
        ("none", "yes", "not_met"),
        ("some", "yes", "met"),
        ("some", "no", "not_met"),
        ("none", None, "missing"),
    ],
)
def test_work_in_the_place_is_unwanted_or_wanted(wanted, said, verdict):
    rule = Work(id="work", place=XIAMEN, wanted=wanted)

    assert answer(rule, facts(answers={"work-either-xiamen": said} if said else {})).verdict == verdict


@pytest.mark.parametrize(
    "counts, question",
    [
        ("either", "你在厦门有工作或社保吗？"),
        ("job", "你在厦门有工作吗？"),
        ("social_insurance", "你在厦门有社保吗？"),
    ],
)
def test_the_question_names_what_counts(counts, question):
    (asked,) = Work(id="work", place=XIAMEN, counts=counts).questions()

    assert (asked.key, asked.text.say("zh-hans")) == (f"work-{counts}-xiamen", question)


def test_what_was_said_is_said_back():
    reason = answer(Work(id="work", place=XIAMEN), facts(answers={"work-either-xiamen": "yes"}))

    assert reason.sentence.say("zh-hans") == "只限在厦门还没有工作或社保的青年，你填了有"
    assert reason.sentence.say("en") == (
        "For people who do not have a job or social insurance in Xiamen yet; you said that you do"
    )
