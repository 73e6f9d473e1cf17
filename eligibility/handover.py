"""Handing a draft over: its author says that it is ready, and a second person takes it from there."""

from datetime import datetime

from accounts.acts import act
from accounts.models import Deed, User
from accounts.record import record
from eligibility import drafting
from eligibility.models import Policy
from eligibility.reasons import Refused

HANDED_OVER = "hand_over_policy"


def hand_over(policy: Policy, *, now: datetime, actor: User) -> None:
    """Write down that the draft waits for a second person from ``now`` on.

    Raises Refused with every reason for which nobody could approve it: not previewed, no day, not a draft any more.
    """

    def do():
        locked = Policy.objects.select_for_update().get(pk=policy.pk)
        against = drafting.why_not_approve(locked, now=now, actor=actor)
        if others := [reason for reason in against if reason.code != "SAME_PERSON"]:
            raise Refused(*others)
        record(
            HANDED_OVER,
            now=now,
            actor=actor,
            about=f"policy {locked.pk}",
            network=locked.network.slug,
            version=locked.version,
        )

    act(do)


def last(policy: Policy) -> Deed | None:
    """When and by whom ``policy`` was handed over, None where it changed since."""
    deed = _last_of(policy, HANDED_OVER, drafting.DRAFTED, drafting.CHANGED)
    return deed if deed is not None and deed.what == HANDED_OVER else None


def last_change(policy: Policy) -> Deed | None:
    """When and by whom the draft was written on last."""
    return _last_of(policy, drafting.DRAFTED, drafting.CHANGED)


def _last_of(policy, *what):
    deeds = Deed.objects.filter(about=f"policy {policy.pk}", what__in=what)
    return deeds.select_related("actor").order_by("-pk").first()
