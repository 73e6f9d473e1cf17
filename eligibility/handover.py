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
    deeds = Deed.objects.filter(about=f"policy {policy.pk}", what=HANDED_OVER, at__gte=policy.written_at)
    return deeds.select_related("actor").order_by("-at", "-pk").first()


def last_change(policy: Policy) -> Deed | None:
    """When and by whom the draft was written on last."""
    deeds = Deed.objects.filter(about=f"policy {policy.pk}", what__in=(drafting.DRAFTED, drafting.CHANGED))
    return deeds.select_related("actor").order_by("-at", "-pk").first()
