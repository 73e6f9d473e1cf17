"""Facts and rules to try: somebody who may stay, and what is changed about them."""

from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from eligibility.facts import Facts, History, KeptNight, Wish
from eligibility.models import Policy
from eligibility.policy_file import read_policy
from hostel.nights import business_day

SAMPLE = Path(__file__).resolve().parents[2] / "eligibility/sample/wuzhong.yaml"
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 6, 10, 0, tzinfo=SHANGHAI)
TODAY = date(2026, 3, 6)
SAMPLE_RULES = read_policy(SAMPLE)


def facts(now=NOW, **changes) -> Facts:
    """Facts of somebody who may stay two nights from tomorrow, but for ``changes`` to them, their wish or history."""
    wish = {"purpose": "interview", "arrival": TODAY + timedelta(1), "departure": TODAY + timedelta(3)}
    wish |= {name: changes.pop(name) for name in list(changes) if name in Wish.__dataclass_fields__}
    history = {name: changes.pop(name) for name in list(changes) if name in History.__dataclass_fields__}
    return replace(
        Facts(
            now=now,
            today=business_day(now),
            wish=Wish(**wish | {"network": "wuzhong"}),
            history=History(**history),
            gender="female",
            birth_date=date(2001, 5, 6),
            education="bachelor",
            graduation="2025-06",
            school="安徽大学",
            school_city="合肥",
            home_in_district=False,
        ),
        **changes,
    )


def kept(*nights, price_class="free", network="wuzhong"):
    """Nights that a person has already."""
    return tuple(KeptNight(night, price_class, network, "苏青驿·石湖站", "Shihu hostel", "ABC234") for night in nights)


def days(first, count):
    return [first + timedelta(n) for n in range(count)]


def stay(arrival, count):
    """The dates of a wish for ``count`` nights from ``arrival``."""
    return {"arrival": arrival, "departure": arrival + timedelta(count)}


def policy(change=None) -> Policy:
    """The sample policy, not written anywhere; ``change`` may alter its data first."""
    rules = deepcopy(SAMPLE_RULES)
    if change:
        change(rules)
    return Policy(version=1, rules=rules)


def answer(rule, about):
    """The one reason with which ``rule`` answers."""
    (reason,) = rule.judge(about)
    return reason
