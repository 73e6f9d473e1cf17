"""The allowance: free nights granted, kept and used, counted from bed-nights, never kept as a number."""

from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import Person
from accounts.reasons import Sentence
from bookings.models import BedNight
from eligibility.caps import CityCap, PerStay
from eligibility.facts import KeptNight
from eligibility.policies import policy_in_force, terms_of
from hostel.models import Network, NetworkCap
from hostel.nights import business_day


@dataclass(frozen=True)
class Cap:
    """One limit on free nights: how many it grants, how many are kept for stays to come, used, and left.

    ``returns_on`` is the day on which they are all there again; None where there is no such day.
    """

    code: str
    label: Sentence
    granted: int
    kept: int
    used: int
    returns_on: date | None

    @property
    def left(self) -> int:
        return max(self.granted - self.kept - self.used, 0)


def allowance_of(person: Person | None, network: Network, now: datetime) -> list[Cap]:
    """Each cap of the policy in force in ``network`` today, the city's included, and what ``person`` has of it.

    The first is the cap of a calendar year where there is one: what people mean by "nights left". Three statements;
    raises Refused with NO_POLICY.
    """
    today = business_day(now)
    caps = list(terms_of(policy_in_force(network, today)).caps_on(today))
    above = NetworkCap.objects.valid_on(today).filter(network=network.parent_id).order_by("-valid_from").first()
    if above:
        caps.append(CityCap(above.free_nights_per_year, network.slug))
    rows = _free_nights(person, today.year, now) if person else []
    return [_counted(cap, rows, today) for cap in sorted(caps, key=_order)]


def _order(cap):
    return isinstance(cap, PerStay), isinstance(cap, CityCap)


def _free_nights(person, year, now):
    """The free nights of a calendar year: (the night as the rules see it, whether it was slept)."""
    free = BedNight.objects.taken(now).free_of_charge().filter(guest=person, night__year=year)
    return [
        (KeptNight(night, BedNight.PriceClass.FREE, network), slept_at is not None)
        for night, network, slept_at in free.values_list("night", "hostel__network__slug", "slept_at")
    ]


def _counted(cap, rows, today):
    window = cap.window(today)
    counting = [slept for kept, slept in rows if cap.counts(kept) and cap.window(kept.night) == window]
    return Cap(
        code=cap.code,
        label=Sentence(cap.label),
        granted=cap.nights,
        kept=counting.count(False),
        used=counting.count(True),
        returns_on=cap.returns_on(today),
    )
