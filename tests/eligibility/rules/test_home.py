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
