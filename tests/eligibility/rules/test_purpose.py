import pytest

from eligibility.rules.purpose import Purpose
from tests.eligibility.cases import answer, facts

PURPOSE = Purpose(
    id="free.purposes",
    purposes=("interview", "exam"),
    names={"interview": ("面试", "an interview"), "exam": ("考试", "an exam"), "tourism": ("游玩", "tourism")},
)


@pytest.mark.parametrize(
    "purpose, verdict", [("interview", "met"), ("exam", "met"), ("tourism", "not_met"), (None, "missing")]
)
def test_what_one_comes_for(purpose, verdict):
    assert answer(PURPOSE, facts(purpose=purpose)).verdict == verdict


def test_a_purpose_that_no_policy_knows_is_said_as_it_came():
    assert answer(PURPOSE, facts(purpose="karaoke")).sentence.say("en").endswith("you said karaoke")


def test_a_purpose_that_is_asked_for_later_stops_nobody():
    assert answer(PURPOSE, facts(purpose=None, later=frozenset({"purpose"}))).verdict == "met"
