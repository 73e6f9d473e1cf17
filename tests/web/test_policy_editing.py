"""Rules, seasons and entitlements are added to the data of a policy, and taken out of all that names them."""

from copy import deepcopy

import pytest

from eligibility.policy_file import errors_in
from tests.web.policy_pages import rule_of
from web.office.policy_editing import add, remove


@pytest.mark.parametrize(
    ("place", "chosen"),
    [("rules", "nights"), ("rules", "no such kind"), ("rules", ""), ("title", ""), ("nowhere.rules", "age"),
     ("seasons.0.set.rules", "no such rule"), ("seasons.7.set.rules", "age"), ("", ""),
     ("entitlements.x.rules", "age")],
)  # fmt: skip
def test_what_can_not_be_added_changes_nothing(sample, place, chosen):
    before = deepcopy(sample)

    assert add(sample, place, chosen) == ""
    assert sample == before


@pytest.mark.parametrize("place", ["", "rules", "rules.99", "nowhere.1", "title.zh.x", "seasons.0.set.rules.age"])
def test_what_is_not_there_can_not_be_removed(sample, place):
    before = deepcopy(sample)
    if place == "rules":
        before.pop("rules")
        remove(sample, place)
        assert sample == before  # `errors_in` then says that it is missing
        return
    remove(sample, place)
    assert sample == before


def test_a_rule_that_is_removed_leaves_the_seasons_too(sample):
    sample["seasons"][0]["set"]["rules"] = {"age": {"max": 40}}
    remove(sample, "rules.0")

    assert sample["seasons"][0]["set"] == {"caps": {"per_stay": 5}}
    assert errors_in(sample) == []


def test_a_purpose_that_is_removed_leaves_all_that_named_it(sample):
    remove(sample, "purposes.interview")
    remove(sample, "purposes.exam")

    assert "interview" not in sample["entitlements"][0]["purposes"]
    assert "purposes" not in rule_of(sample, "evidence")["accepted"][0]
    assert errors_in(sample) == []


def test_the_last_season_that_is_removed_takes_the_list_along(sample):
    remove(sample, "seasons.0")

    assert "seasons" not in sample
    assert errors_in(sample) == []
