import pytest

from eligibility.rules.home import Home
from tests.eligibility.cases import answer, facts

HOME = Home(id="home", district={"zh": "吴中", "en": "Wuzhong"})


@pytest.mark.parametrize("home, verdict", [(False, "met"), (True, "not_met"), (None, "missing")])
def test_rooms_go_to_who_has_no_home_here(home, verdict):
    assert answer(HOME, facts(home_in_district=home)).verdict == verdict


def test_where_the_policy_says_so_a_person_looks_at_it_instead():
    asking = Home(id="home", district={"zh": "吴中", "en": "Wuzhong"}, otherwise="ask")

    assert answer(asking, facts(home_in_district=True)).verdict == "ask"
    assert answer(asking, facts(home_in_district=False)).verdict == "met"


def test_a_home_that_is_asked_for_later_stops_nobody():
    assert answer(HOME, facts(home_in_district=None, later=frozenset({"home_in_district"}))).verdict == "met"


@pytest.mark.parametrize(
    "what, question, refusal",
    [
        (
            "own_or_family",
            "Do you, or your parents, have a home in Wuzhong?",
            "Rooms go first to people without a home in Wuzhong; you said you have one",
        ),
        (
            "own",
            "Do you yourself own a home in Wuzhong?",
            "Rooms go to people who own no home in Wuzhong; you said you own one",
        ),
        (
            "fixed",
            "Do you have a fixed place to live in Wuzhong?",
            "Rooms go to people without a fixed place to live in Wuzhong; you said you have one",
        ),
    ],
)
def test_what_counts_as_a_home_is_asked_and_answered_in_its_own_words(what, question, refusal):
    rule = Home(id="home", district={"zh": "吴中", "en": "Wuzhong"}, what=what)

    assert rule.question_text.say("en") == question
    assert answer(rule, facts(home_in_district=True)).sentence.say("en") == refusal
    assert not list(rule.questions())  # the fact has a place of its own
