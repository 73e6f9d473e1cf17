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
