import pytest

from eligibility.rules.answer import Answer
from tests.eligibility.cases import answer, facts

VETERAN = Answer(id="veteran", policy="gusu/3", question={"zh": "你是退役军人吗？", "en": "Are you a veteran?"})
SEASONS = Answer(
    id="season",
    key="season",
    question={"zh": "你几点到？", "en": "When do you come?"},
    options=(
        {"value": "day", "label": {"zh": "白天", "en": "by day"}},
        {"value": "evening", "label": {"zh": "傍晚", "en": "in the evening"}},
        {"value": "night", "label": {"zh": "半夜", "en": "at night"}},
    ),
    accepted=("day", "evening"),
)


@pytest.mark.parametrize("said, verdict", [("yes", "met"), ("no", "not_met"), (None, "missing")])
def test_a_policy_asks_what_nobody_thought_of(said, verdict):
    assert answer(VETERAN, facts(answers={"gusu-veteran": said} if said else {})).verdict == verdict


@pytest.mark.parametrize("said, verdict", [("day", "met"), ("evening", "met"), ("night", "not_met"), ("x", "missing")])
def test_it_may_have_options_of_its_own(said, verdict):
    assert answer(SEASONS, facts(answers={"season": said})).verdict == verdict


def test_question_and_answer_are_said_back_in_both_languages():
    reason = answer(SEASONS, facts(answers={"season": "night"}))

    assert reason.sentence.say("zh-hans") == "你几点到？要求：白天、傍晚；你填的是：半夜"
    assert reason.sentence.say("en") == "When do you come? Needed: by day, in the evening; you said: at night"


def test_the_refusal_may_have_words_of_its_own():
    refusal = {"zh": "只限军人", "en": "Veterans only"}
    rule = Answer(id="veteran", key="veteran", question=VETERAN.question, refusal=refusal)

    reason = answer(rule, facts(answers={"veteran": "no"}))

    assert (reason.sentence.say("zh-hans"), reason.sentence.say("en")) == ("只限军人", "Veterans only")


def test_the_same_key_is_the_same_question_and_else_it_belongs_to_its_policy():
    (asked,) = VETERAN.questions()
    assert asked.key == "gusu-veteran"
    assert [question.key for question in SEASONS.questions()] == ["season"]


def test_what_is_accepted_must_be_among_the_options():
    assert list(Answer.wrong({"accepted": ["maybe"]})) == [("accepted[0]", "'maybe' is none of the options: yes, no")]
    twice = [{"value": "a"}, {"value": "a"}]
    assert list(Answer.wrong({"options": twice, "accepted": ["a"]})) == [("options", "names a value twice")]
    assert list(Answer.wrong({"options": [{"value": "a"}, {"value": "b"}]})) == [
        ("accepted[0]", "'yes' is none of the options: a, b")
    ]
