import pytest

from eligibility.rules.employer import Employer
from tests.eligibility.cases import answer, facts

RULE = Employer(id="employer", zone={"zh": "经开区", "en": "the zone"})


@pytest.mark.parametrize("said, verdict", [("yes", "met"), ("no", "not_met"), (None, "missing")])
def test_the_employer_must_be_in_the_zone(said, verdict):
    assert answer(RULE, facts(answers={"employer-the-zone": said} if said else {})).verdict == verdict


def test_an_employer_elsewhere_is_said_back():
    reason = answer(RULE, facts(answers={"employer-the-zone": "no"}))

    assert reason.code == "EMPLOYER"
    assert reason.sentence.say("zh-hans") == "用人单位要在经开区，你填了在别处"
