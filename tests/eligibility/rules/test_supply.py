import pytest

from eligibility.rules.supply import Supply
from tests.eligibility.cases import answer, facts


@pytest.mark.parametrize(
    "rule, zh, en",
    [
        (Supply(id="s", how="fixed"), "床位固定", "These beds are always there for this"),
        (Supply(id="s", how="share", percent=10), "全部房源中留出 10%", "Of the whole house 10 % are kept for this"),
        (
            Supply(id="s", how="on_call", words={"zh": "另备 13 间", "en": "13 more are in reserve"}),
            "床位不固定，由驿站确认有没有；另备 13 间",
            "These beds are there on call: the house says whether it has one; 13 more are in reserve",
        ),
    ],
)
def test_where_the_beds_come_from_is_said(rule, zh, en):
    reason = answer(rule, facts())

    assert (reason.verdict, reason.sentence.say("zh-hans"), reason.sentence.say("en")) == ("met", zh, en)


@pytest.mark.parametrize("who, code, verdict", [("self", "GROUP_ONLY", "not_met"), ("school", "SUPPLY", "met")])
def test_beds_for_groups_are_booked_by_groups(who, code, verdict):
    reason = answer(Supply(id="s", how="group_only"), facts(applicant=who))

    assert (reason.code, reason.verdict) == (code, verdict)


def test_a_share_and_nothing_else_has_its_percent():
    assert list(Supply.wrong({"how": "share"}))
    assert list(Supply.wrong({"how": "fixed", "percent": 10}))
    assert not list(Supply.wrong({"how": "share", "percent": 10}))
