from datetime import date, datetime, timedelta

import pytest

from eligibility.evaluation import evaluate
from eligibility.facts import Proof
from eligibility.rules.evidence import Evidence
from tests.eligibility.cases import NOW, SHANGHAI, TODAY, answer, facts, policy, stay

ACCEPTED = (
    {"key": "notice", "label": {"zh": "面试通知", "en": "interview notice"}, "purposes": ["interview"]},
    {"key": "contract", "label": {"zh": "实习协议", "en": "contract"}, "purposes": ["internship"]},
    {"key": "employer", "label": {"zh": "用人单位", "en": "employer"}},
)
AT_DESK = Evidence(id="evidence", accepted=ACCEPTED, may_be_shown_at_desk=True)
ON_PAPER = Evidence(id="evidence", accepted=ACCEPTED, may_be_shown_at_desk=False)
ARRIVAL = TODAY + timedelta(5)


def proofs(kind, state, first=None, last=None):
    return facts(proofs=(Proof(kind, state, first, last),), **stay(ARRIVAL, 2))


def test_one_proof_is_said_as_one_and_of_several_one_is_enough():
    def said(accepted):
        rule = Evidence(id="evidence", accepted=accepted, may_be_shown_at_desk=True)
        return answer(rule, facts(purpose="exam")).sentence.say("en")

    another = {"key": "diploma", "label": {"zh": "毕业证", "en": "diploma"}}
    assert said(ACCEPTED[2:]) == "Bring this; the original may be shown at the desk: employer"
    assert said((*ACCEPTED[2:], another)) == (
        "Bring one of these; the original may be shown at the desk: employer / diploma"
    )


@pytest.mark.parametrize("rule, verdict", [(AT_DESK, "met"), (ON_PAPER, "missing")])
def test_a_proof_that_may_be_shown_at_the_desk_stops_nobody(rule, verdict):
    assert answer(rule, facts()).verdict == verdict


@pytest.mark.parametrize(
    "purpose, needed", [("interview", ["notice", "employer"]), ("exam", ["employer"]), (None, ["employer"])]
)
def test_only_proofs_that_serve_the_purpose_are_named(purpose, needed):
    assert answer(AT_DESK, facts(purpose=purpose)).needed == needed


def test_where_none_serves_the_purpose_all_are_named():
    rule = Evidence(id="evidence", accepted=ACCEPTED[:2], may_be_shown_at_desk=True)

    assert answer(rule, facts(purpose="exam")).needed == ["notice", "contract"]


@pytest.mark.parametrize(
    "rule, kind, state, verdict",
    [
        (ON_PAPER, "notice", "accepted", "met"),
        (ON_PAPER, "notice", "sent", "ask"),
        (ON_PAPER, "contract", "accepted", "missing"),  # for an internship, and this is an interview
        (ON_PAPER, "passport", "accepted", "missing"),
        (AT_DESK, "notice", "accepted", "met"),
        (AT_DESK, "notice", "sent", "met"),  # looked at meanwhile
        (AT_DESK, "contract", "sent", "met"),
    ],
)
def test_what_was_handed_in_counts_by_its_state(rule, kind, state, verdict):
    assert answer(rule, proofs(kind, state)).verdict == verdict


def test_an_accepted_proof_counts_beside_one_that_nobody_has_seen_yet():
    both = facts(proofs=(Proof("employer", "sent"), Proof("notice", "accepted")))

    assert answer(ON_PAPER, both).verdict == "met"


@pytest.mark.parametrize(
    "within, now, arrival, by",
    [
        (None, NOW, ARRIVAL, NOW + timedelta(1)),
        ({"value": 48, "unit": "hour"}, NOW, ARRIVAL, NOW + timedelta(2)),
        ({"value": 1, "unit": "working_day"}, NOW, ARRIVAL, datetime(2026, 3, 9, 18, tzinfo=SHANGHAI)),
        # A proof that comes when the first night is over serves no stay.
        ({"value": 3, "unit": "day"}, NOW, TODAY, datetime(2026, 3, 7, 6, tzinfo=SHANGHAI)),
    ],
)
def test_what_is_missing_is_to_be_shown_in_time(within, now, arrival, by):
    rule = Evidence(
        id="evidence", accepted=ACCEPTED, may_be_shown_at_desk=False, **({"within": within} if within else {})
    )

    reason = answer(rule, facts(now=now, **stay(arrival, 2)))

    assert (reason.verdict, reason.fix.kind, reason.by) == ("missing", "evidence", by)


def test_where_its_own_rule_names_no_deadline_the_order_of_steps_does():
    def two_days(rules):
        proof = next(rule for rule in rules["rules"] if rule["kind"] == "evidence")
        proof["may_be_shown_at_desk"] = False
        rules["rules"].append(
            {"id": "order", "kind": "order", "first": "book", "proof_within": {"value": 2, "unit": "day"}}
        )

    decision = evaluate(policy(two_days), facts(**stay(ARRIVAL, 2)))

    assert [reason.by for reason in decision.reasons if reason.code == "EVIDENCE"] == [NOW + timedelta(2)]


DATED = Evidence(
    id="evidence",
    accepted=({"key": "notice", "label": {"zh": "面试通知", "en": "interview notice"}, "dated": True},),
    may_be_shown_at_desk=False,
    days_around=3,
)


@pytest.mark.parametrize(
    "first, last, verdict",
    [
        (ARRIVAL - timedelta(3), None, "met"),
        (ARRIVAL - timedelta(4), None, "missing"),
        (ARRIVAL + timedelta(2 + 3), None, "met"),  # three days after the day of leaving
        (ARRIVAL + timedelta(2 + 4), None, "missing"),
        (ARRIVAL - timedelta(30), ARRIVAL + timedelta(30), "met"),  # the nights are within its days
        (ARRIVAL - timedelta(30), ARRIVAL - timedelta(4), "missing"),
        (None, None, "met"),  # who accepted it has seen the days
    ],
)
def test_a_dated_proof_speaks_of_days_near_the_nights(first, last, verdict):
    assert answer(DATED, proofs("notice", "accepted", first, last)).verdict == verdict


def test_a_proof_of_other_days_is_told_which_days_it_speaks_of():
    reason = answer(DATED, proofs("notice", "sent", date(2026, 1, 5)))

    assert reason.sentence.say("zh-hans") == "你交的材料写的是 2026年1月5日，和入住日期对不上；还差对应日期的面试通知"
    assert reason.sentence.say("en") == (
        "Your proof speaks of other days (5 Jan 2026); still needed, for your days: interview notice"
    )


@pytest.mark.parametrize("purpose, verdict", [("interview", "missing"), ("exam", "met"), (None, "missing")])
def test_a_proof_may_be_asked_for_some_purposes_only(purpose, verdict):
    rule = Evidence(id="notice", accepted=ACCEPTED, purposes=("interview",), may_be_shown_at_desk=False)

    assert answer(rule, facts(purpose=purpose)).verdict == verdict


def test_several_proofs_are_all_needed():
    def two(rules):
        first = next(rule for rule in rules["rules"] if rule["kind"] == "evidence")
        first["may_be_shown_at_desk"] = False
        rules["rules"].append(first | {"id": "diploma", "accepted": [{"key": "diploma", "label": first["clause"]}]})

    def missing(*kinds):
        decision = evaluate(policy(two), facts(proofs=tuple(Proof(kind, "accepted") for kind in kinds)))
        return [reason.rule_id for reason in decision.reasons if reason.verdict == "missing"]

    assert missing() == ["diploma", "evidence"]
    assert missing("diploma") == ["evidence"]
    assert missing("diploma", "interview_notice") == []


def test_what_contradicts_itself_is_wrong():
    twice = {"accepted": [{"key": "a"}, {"key": "a"}]}
    assert list(Evidence.wrong(twice)) == [("accepted[1].key", "'a' stands twice")]
    assert list(Evidence.wrong({"accepted": [{"key": "a"}], "days_around": 3})) == [
        ("days_around", "needs a proof that is dated")
    ]


def test_it_needs_the_working_calendar_only_where_a_person_looks():
    assert ON_PAPER.counts_working_days
    assert not AT_DESK.counts_working_days
