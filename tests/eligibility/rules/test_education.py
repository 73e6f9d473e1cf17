import pytest

from eligibility.rules.education import Education
from tests.eligibility.cases import answer, facts

SAMPLE = Education(id="education", min="junior_college", also=("pre_technician", "technician"))
ZHENGZHOU = Education(id="education", min="bachelor", also=("pre_technician", "technician"))
HANGZHOU = Education(id="education", min="junior_college")


@pytest.mark.parametrize(
    "rule, education, verdict",
    [
        (SAMPLE, "secondary_vocational", "not_met"),
        (SAMPLE, "junior_college", "met"),
        (SAMPLE, "pre_technician", "met"),
        (SAMPLE, "technician", "met"),
        (SAMPLE, "bachelor", "met"),
        (SAMPLE, "master", "met"),
        (SAMPLE, "doctor", "met"),
        (ZHENGZHOU, "junior_college", "not_met"),
        (ZHENGZHOU, "pre_technician", "met"),
        (ZHENGZHOU, "bachelor", "met"),
        (HANGZHOU, "technician", "not_met"),
        (HANGZHOU, "junior_college", "met"),
        (Education(id="education", min="secondary_vocational"), "secondary_vocational", "met"),
        (Education(id="education", min="doctor"), "master", "not_met"),
    ],
)
def test_what_counts(rule, education, verdict):
    assert answer(rule, facts(education=education)).verdict == verdict


def test_education_not_said_is_missing_and_asked_for():
    reason = answer(SAMPLE, facts(education=None))

    assert (reason.verdict, reason.fix.href) == ("missing", "/check/#education")


def test_education_that_is_asked_for_later_stops_nobody():
    assert answer(SAMPLE, facts(education=None, later=frozenset({"education"}))).verdict == "met"


def verdicts(rule, about):
    return {reason.code: reason.verdict for reason in rule.judge(about)}


def test_a_list_accepts_what_it_names_and_nothing_above_it():
    rule = Education(id="education", accepted=("junior_college", "technician"))

    assert answer(rule, facts(education="technician")).verdict == "met"
    reason = answer(rule, facts(education="doctor"))
    assert (reason.verdict, reason.needed) == ("not_met", {"accepted": ["junior_college", "technician"]})
    assert reason.sentence.say("zh-hans") == "学历要是大专、技师之一，你填的是博士"


def test_a_list_of_one_is_said_as_one():
    reason = answer(Education(id="education", accepted=("doctor",)), facts(education="master"))

    assert reason.sentence.say("en") == "Needed: Doctor; you said: Master"


FULL_TIME = Education(id="education", min="junior_college", full_time=True)


@pytest.mark.parametrize("said, verdict", [("yes", "met"), ("no", "not_met"), (None, "missing"), ("maybe", "missing")])
def test_full_time_study_is_asked_for_by_one_tap(said, verdict):
    about = facts(answers={"full_time": said} if said else {})

    assert verdicts(FULL_TIME, about) == {"EDUCATION": "met", "FULL_TIME": verdict}


def test_the_class_of_the_school_is_asked_for_too_and_every_reason_is_said_at_once():
    rule = Education(id="education", min="bachelor", full_time=True, school_class=("double_first_class",))
    key = "school_class-double_first_class"

    assert [question.key for question in rule.questions()] == ["full_time", key]
    assert verdicts(rule, facts(education="junior_college", answers={"full_time": "no", key: "no"})) == dict.fromkeys(
        ["EDUCATION", "FULL_TIME", "SCHOOL_CLASS"], "not_met"
    )
    assert verdicts(rule, facts(answers={"full_time": "yes", key: "yes"})) == dict.fromkeys(
        ["EDUCATION", "FULL_TIME", "SCHOOL_CLASS"], "met"
    )


def test_an_education_that_nobody_knows_is_refused_and_raises_nothing():
    reason = answer(SAMPLE, facts(education="sorcery"))

    assert reason.verdict == "not_met"
    assert "sorcery" in reason.sentence.say("en")


def test_a_rule_that_asks_for_nothing_or_for_two_things_that_exclude_each_other_is_wrong():
    assert list(Education.wrong({})) == [("min", "must be said, or accepted, full_time or school_class")]
    assert list(Education.wrong({"full_time": False})) == list(Education.wrong({}))
    assert list(Education.wrong({"min": "bachelor", "accepted": ["doctor"]})) == [("accepted", "either this or min")]
    assert not list(Education.wrong({"full_time": True}))
