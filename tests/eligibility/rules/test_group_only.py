import pytest

from eligibility.rules.group_only import GroupOnly
from tests.eligibility.cases import answer, facts


@pytest.mark.parametrize("access, verdict", [("individual", "met"), ("group", "not_met")])
def test_some_hostels_take_groups_only(access, verdict):
    assert answer(GroupOnly(id="group_only"), facts(access=access)).verdict == verdict
