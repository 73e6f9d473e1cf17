"""Rules under which people must look: a home in the district and proofs are questions to a person."""

from datetime import date, datetime, timedelta
from typing import Any

from eligibility.models import Assessment, Evidence, Policy
from hostel.models import Network


def rules_with_people(network: Network, now: datetime, version: int = 2, **of_rules: dict[str, Any]) -> Policy:
    """Put rules in force that ask a person about a home here, and want a proof before the bed is promised.

    ``of_rules`` changes values of single rules, by their id: ``evidence={"may_be_shown_at_desk": True}``.
    """
    sample = Policy.objects.filter(network=network).order_by("version").first()
    rules = [dict(rule) for rule in sample.rules["rules"]]
    for rule in rules:
        if rule["id"] == "home":
            rule["otherwise"] = "ask"
        if rule["id"] == "evidence":
            rule["may_be_shown_at_desk"] = False
    rules += [
        {"id": "review", "kind": "review", "within": {"value": 2, "unit": "working_day"}, "holds_days": 20},
        {"id": "appeal", "kind": "appeal", "within": {"value": 3, "unit": "working_day"}},
        {"id": "order", "kind": "order", "first": "book", "proof_within": {"value": 6, "unit": "hour"}},
        {"id": "false_proof", "kind": "sanction", "of": ["false_proof"], "count": 1, "pause_days": 365},
    ]
    for rule in rules:
        rule.update(of_rules.get(rule["id"], {}))
    return Policy.objects.create(
        network=network,
        version=version,
        rules={**sample.rules, "rules": rules, "fingerprint": f"with people {of_rules} {version}"},
        drafted_by="起草人",
        approved_by="批准人",
        in_force_from=date(2023, 1, 2),
        written_at=now,
        approved_at=now,
    )


def proof_for(assessment: Assessment, now: datetime, **values: Any) -> Evidence:
    """A proof that was handed in for ``assessment`` as a verification code."""
    return Evidence.objects.create(
        **{
            "assessment": assessment,
            "kind": "interview_notice",
            "way": Evidence.Way.CODE,
            "code": "ABCD-EFGH-JKLM",
            "handed_in_at": now,
            "purge_on": now.date() + timedelta(days=40),
        }
        | values
    )
