"""What people would read by a draft and do not read now."""

from copy import deepcopy

import pytest

from eligibility.models import Policy
from eligibility.wording import new_sentences
from tests.conftest import NOW, SATURDAY


@pytest.fixture
def in_force(wuzhong):
    return Policy.objects.get(network=wuzhong)


@pytest.fixture
def sentences(in_force):
    """The sentences of the rules after a change that those in force do not say."""

    def of(change=lambda rules: None):
        rules = deepcopy(in_force.rules)
        change(rules)
        draft = Policy(network=in_force.network, version=2, rules=rules)
        return new_sentences(in_force, draft, now=NOW, day=SATURDAY)

    return of


def test_rules_that_stay_the_same_say_nothing_new(sentences):
    assert sentences() == []


def test_another_age_is_said_before_the_first_answer_and_to_those_whom_it_refuses(sentences):
    found = sentences(lambda rules: rules["rules"][0].update(max=30))

    assert {said.rule for said in found} == {"age"}
    assert [said.en for said in found] == [
        "Age must be 18–30; checked against your ID when you book",
        "Age must be 18–30; your ID says 10",
        "Age must be 18–30; your ID says 90",
    ]
    assert found[1].zh == "年龄要在 18–30 岁，按证件你今年 10 岁"


@pytest.mark.parametrize(
    ("rule", "values", "said"),
    [
        (1, {"min": "bachelor"}, "Needed: Bachelor or above; you said: Secondary vocational school"),
        (2, {"months_after": 24}, "Within 2 years of graduating; you said Jun 1996"),
        (4, {"ahead": {"value": 14, "unit": "day"}}, "Bookable from 28 Mar, 14 days before arrival"),
    ],
)
def test_each_rule_that_changes_says_its_new_sentence(sentences, rule, values, said):
    found = sentences(lambda rules: rules["rules"][rule].update(values))

    assert any(said in each.en for each in found), [each.en for each in found]


def test_a_new_question_is_asked_and_its_refusal_said(sentences):
    first_time = {"id": "first", "kind": "first_time", "place": {"zh": "苏州", "en": "Suzhou"}}
    found = sentences(lambda rules: rules["rules"].append(first_time))

    assert {said.rule for said in found} == {"first"}
    assert found[0].zh == "你是第一次来苏州求职吗？"
    assert len(found) == 2
