import pytest

from eligibility.rules.evidence import Evidence
from tests.eligibility.cases import answer, facts

ACCEPTED = (
    {"key": "notice", "label": {"zh": "面试通知", "en": "interview notice"}, "purposes": ["interview"]},
    {"key": "contract", "label": {"zh": "实习协议", "en": "contract"}, "purposes": ["internship"]},
    {"key": "employer", "label": {"zh": "用人单位", "en": "employer"}},
)


@pytest.mark.parametrize("at_desk, verdict", [(True, "met"), (False, "missing")])
def test_a_proof_that_may_be_shown_at_the_desk_stops_nobody(at_desk, verdict):
    rule = Evidence(id="evidence", accepted=ACCEPTED, may_be_shown_at_desk=at_desk)

    assert answer(rule, facts()).verdict == verdict


@pytest.mark.parametrize(
    "purpose, proofs", [("interview", ["notice", "employer"]), ("exam", ["employer"]), (None, ["employer"])]
)
def test_only_proofs_that_serve_the_purpose_are_named(purpose, proofs):
    rule = Evidence(id="evidence", accepted=ACCEPTED, may_be_shown_at_desk=True)

    assert answer(rule, facts(purpose=purpose)).needed == proofs


def test_where_none_serves_the_purpose_all_are_named():
    rule = Evidence(id="evidence", accepted=ACCEPTED[:2], may_be_shown_at_desk=True)

    assert answer(rule, facts(purpose="exam")).needed == ["notice", "contract"]
