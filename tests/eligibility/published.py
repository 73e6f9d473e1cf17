"""The published policies to decide by, and the facts of somebody who may stay under each of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from eligibility.facts import Facts, KeptNight, Proof
from eligibility.models import Policy
from eligibility.policy_file import fingerprint, read_policy
from tests.eligibility.cases import NOW, SHANGHAI, facts, stay

FILES = {path.stem: path for path in sorted((Path(__file__).resolve().parents[2] / "eligibility/published").iterdir())}
BOOKED_ON = date(2026, 3, 6)  # a Friday


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


@cache
def published(name: str) -> Policy:
    """The policy of a published file, not written anywhere; its number lets its terms be read once."""
    rules = read_policy(FILES[name])
    return Policy(pk=-1 - list(FILES).index(name), version=1, rules=rules | {"fingerprint": fingerprint(rules)})


def accepted(*kinds: str) -> tuple[Proof, ...]:
    return tuple(Proof(kind, "accepted") for kind in kinds)


def sent(*kinds: str) -> tuple[Proof, ...]:
    return tuple(Proof(kind, "sent") for kind in kinds)


def stayed(network: str, *arrivals: date, nights: int = 1, entitlement: str = "", price_class: str = "free"):
    """Nights of one stay from each day of arrival."""
    return tuple(
        KeptNight(
            arrival + timedelta(n), price_class, network, "驿站", "hostel", f"STAY{place}", entitlement, arrival=arrival
        )
        for place, arrival in enumerate(arrivals)
        for n in range(nights)
    )


# Who may stay under each of them: what differs from the facts of `tests/eligibility/cases.py`.
FITTING: Mapping[str, Mapping[str, Any]] = {
    "zhengzhou_2023": {
        "purpose": "job_seeking",
        "proofs": accepted("interview_notice", "student_card"),
        **stay(date(2026, 3, 11), 2),
    },
    "zibo_2020_2023": {"purpose": "job_seeking", **stay(date(2026, 3, 9), 2)},
    "shanghai_minhang_2025": {
        "purpose": "interview",
        "answers": {"full_time": "yes", "employer-minhang": "yes"},
        "proofs": accepted("diploma", "interview_notice", "employer"),
        **stay(date(2026, 3, 8), 3),
    },
    "wuhan_wuchang_2022_2024": {"purpose": "job_seeking", "proofs": accepted("education_proof")},
    "xiamen_2024": {
        "purpose": "job_seeking",
        "answers": {
            "full_time": "yes",
            "hukou-xiamen": "elsewhere",
            "student_origin-xiamen": "elsewhere",
            "work-either-xiamen": "no",
        },
        **stay(date(2026, 3, 7), 60),
    },
    "hangzhou": {"answers": {"full_time": "yes"}},
    "hainan": {
        "answers": {"hukou-haikou-qiongshan": "elsewhere"},
        "proofs": (Proof("ticket", "accepted", date(2026, 3, 10)), Proof("notice", "accepted")),
        **stay(date(2026, 3, 10), 2),
    },
    "nanjing_2023": {},
    "beijing_bda": {"graduation": "2026-06", "answers": {"employer-the-zone": "yes"}, **stay(date(2026, 3, 7), 3)},
    "tangshan_guye": {"purpose": "interview"},
    "yinchuan": {"purpose": "interview"},
    "fuzhou": {
        "purpose": "job_seeking",
        "answers": {"hukou-fuzhou-minhou": "elsewhere"},
        "proofs": accepted("education_proof"),
    },
    "shenzhen_2014": {"purpose": "job_seeking", "answers": {"first_time-shenzhen": "yes"}},
    "shanghai_dormitories": {
        "applicant": "school",
        "answers": {"hukou-shanghai": "elsewhere"},
        **stay(date(2026, 3, 8), 3),
    },
    "dongguan_spring_festival": {},
    "nanning": {"purpose": "job_seeking"},
    "chengdu": {
        "purpose": "interview",
        "graduation": "2026-06",
        "proofs": accepted("notice"),
        **stay(date(2026, 3, 13), 2),
    },
    "huaian": {},
}


def fitting(name: str, **changes: Any) -> Facts:
    """Facts of somebody who may stay under the published policy ``name``, but for ``changes``."""
    about = dict(FITTING[name])
    if "answers" in changes:
        changes["answers"] = {**about.get("answers", {}), **changes["answers"]}
    # The day of booking stands where the dates are given; the network is that of the policy.
    made = facts(**{"now": NOW, **about, **changes})
    return replace(made, wish=replace(made.wish, network=published(name).rules["network"]))
