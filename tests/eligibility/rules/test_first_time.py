import pytest

from eligibility.rules.first_time import FirstTime
from tests.eligibility.cases import answer, facts

RULE = FirstTime(id="first", place={"zh": "深圳", "en": "Shenzhen"})


@pytest.mark.parametrize("said, verdict", [("yes", "met"), ("no", "not_met"), (None, "missing")])
def test_only_the_first_time_counts(said, verdict):
    assert answer(RULE, facts(answers={"first_time-shenzhen": said} if said else {})).verdict == verdict


def test_who_came_before_is_told_so():
    reason = answer(RULE, facts(answers={"first_time-shenzhen": "no"}))

    assert (reason.code, reason.sentence.say("zh-hans")) == ("FIRST_TIME", "只限首次来深圳求职，你填了以前来过")
