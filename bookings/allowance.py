"""The allowance: free nights granted, kept and used, counted from bed-nights, never kept as a number."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models.functions import Coalesce

from accounts.models import Person
from accounts.reasons import Sentence
from bookings.models import BedNight
from eligibility import caps as limits
from eligibility.facts import Extra, KeptNight
from eligibility.models import ExtraNights
from eligibility.policies import policy_in_force, terms_of
from hostel.models import Network, NetworkCap
from hostel.nights import business_day

# What people mean by "nights left" comes first, what a single stay may have last.
ORDER = (
    limits.PerYear,
    limits.Lifetime,
    limits.Rolling,
    limits.StaysPerYear,
    limits.StaysInAll,
    limits.StaysRolling,
    limits.CityCap,
    limits.PerStay,
)


@dataclass(frozen=True)
class Cap:
    """One limit on free nights, or on stays: how many it grants, how many are kept for what is to come, used, left.

    ``granted`` holds the extra nights that an officer gave for today. ``returns_on`` is the day on which all of them
    are there again; None where there is no such day. ``given`` says for what it holds, where that is not everything
    that the policy gives. ``of_stays`` says that stays are counted, not nights.
    """

    code: str
    label: Sentence
    given: tuple[Sentence, ...]
    granted: int
    kept: int
    used: int
    returns_on: date | None
    of_stays: bool = False
    per_stay: bool = False

    @property
    def left(self) -> int:
        return max(self.granted - self.kept - self.used, 0)


def allowance_of(person: Person | None, network: Network, now: datetime) -> list[Cap]:
    """Each cap of the policy in force in ``network`` today, the city's included, and what ``person`` has of it.

    The first is the one that people mean by "nights left", where there is one. Two statements, and two more for a
    person, whatever the caps and however many nights; raises Refused with NO_POLICY.
    """
    today = business_day(now)
    terms = terms_of(policy_in_force(network, today))
    entitlements = terms.on(today).entitlements
    holds_for: dict[limits.Cap, list[Sentence]] = {}
    for entitlement in entitlements:
        for cap in dict.fromkeys(entitlement.nights.caps):
            holds_for.setdefault(cap, []).append(entitlement.label)
    above = NetworkCap.objects.valid_on(today).filter(network=network.parent_id).order_by("-valid_from").first()
    if above:
        holds_for[limits.CityCap(above.free_nights_per_year)] = [each.label for each in entitlements]
    kept, slept = _nights_of(person, terms.history_from(today), now) if person else ([], [])
    extras = extras_of(person, network) if person else []
    return [
        _counted(cap, () if len(labels) == len(entitlements) else tuple(labels), kept, slept, extras, today)
        for cap, labels in sorted(holds_for.items(), key=lambda each: ORDER.index(type(each[0])))
    ]


def extras_of(person: Person, network: Network | int) -> list[Extra]:
    """The extra nights of ``person`` in ``network`` (or its id) that were not taken back, as the rules see them."""
    standing = ExtraNights.objects.filter(person=person, network=network, withdrawn_at=None).order_by("pk")
    return [Extra(*row) for row in standing.values_list("nights", "valid_from", "valid_until")]


def _nights_of(person, first, now):
    """All nights that count for ``person`` from ``first`` on (None: all), and those of them that were slept."""
    rows = BedNight.objects.taken(now).filter(guest=person).order_by("night")
    if first is not None:
        rows = rows.filter(night__gte=first)
    read = [
        (KeptNight(night, price_class, network, "", "", stay, entitlement, arrival, excused_at is None), slept_at)
        for night, price_class, network, stay, entitlement, arrival, excused_at, slept_at in rows.values_list(
            "night",
            "price_class",
            "hostel__network__slug",
            Coalesce("stay__continues__code", "stay__code"),
            "stay__assessment__entitlement",
            Coalesce("stay__continues__arrival", "stay__arrival"),
            "excused_at",
            "slept_at",
        )
    ]
    return [night for night, _at in read], [night for night, slept_at in read if slept_at is not None]


def _counted(cap, given, kept, slept, extras, today):
    days = cap.days(kept)
    taken, used = cap.used(today, days), cap.used(today, cap.days(slept))
    return Cap(
        code=cap.code,
        label=cap.said,
        given=given,
        granted=cap.granted(today, extras),
        kept=taken - used,
        used=used,
        returns_on=cap.returns_on(today, days)
        if taken or not isinstance(cap, limits.Rolling | limits.StaysRolling)
        else None,
        of_stays=cap.of_stays,
        per_stay=isinstance(cap, limits.PerStay),
    )
