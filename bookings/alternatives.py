"""What could be booked instead: a refusal for want of a bed never leaves a person without a next step."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from bookings.availability import Grid, farness
from bookings.decisions import Decided
from bookings.lodging import PLAIN, Lodging
from bookings.quota_counts import balances, scopes_of, would_lack
from eligibility.caps import FREE
from eligibility.evaluation import NO, evaluate
from eligibility.reasons import Refused
from hostel.models import Hostel
from hostel.nights import Nights, at, business_day
from hostel.places import distance_m

SHIFTS = (1, -1, 2, -2, 3, -3)
MOST_NEARBY = 3
# So many of the nearest houses are looked at first: in a large network one of them nearly always has a bed.
LOOKED_AT = 12
# Until then somebody may wait for a bed of a night, on its evening.
LAST_CUT_OFF = time(23)
CHANGE_OF_BED, SHORTER, SHIFTED, NEARBY, WAITLIST = "change_of_bed", "shorter", "shifted", "nearby", "waitlist"


@dataclass(frozen=True)
class Alternative:
    """What can be booked as it stands: ``kind`` is change_of_bed, shorter, shifted, nearby; or waited for: waitlist."""

    kind: str
    hostel: Hostel
    arrival: date
    departure: date
    distance_m: int | None

    @property
    def nights(self) -> Nights:
        return Nights(self.arrival, self.departure)

    @property
    def href(self) -> str:
        if self.kind == WAITLIST:
            return f"/waitlist/new/?hostel={self.hostel.slug}&in={self.arrival}&out={self.departure}"
        change = "&change=1" if self.kind == CHANGE_OF_BED else ""
        return f"/book/{self.hostel.slug}/?in={self.arrival}&out={self.departure}{change}"

    def as_data(self) -> dict:
        """The alternative as JSON values."""
        return {
            "kind": self.kind,
            "hostel": self.hostel.slug,
            "arrival": self.arrival.isoformat(),
            "departure": self.departure.isoformat(),
            "distance_m": self.distance_m,
            "href": self.href,
        }


def alternatives(
    hostel: Hostel,
    nights: Nights,
    gender: str,
    now: datetime,
    lodging: Lodging = PLAIN,
    others: Sequence[str] = (),
) -> tuple[Alternative, ...]:
    """Find what is near to ``nights`` in ``hostel``: with one change of bed, shorter, shifted by up to three days, in
    the nearest houses; and the waiting list. Four statements, more only where the nearest houses are all full.

    Each has what ``lodging`` asks of a bed, for a guest of ``gender`` and the ``others`` of their party (genders too);
    a house for groups is never among them. For whom beds are kept already, there is nothing else to look for.
    """
    if lodging.offer is not None or lodging.batch is not None:
        return ()
    today = business_day(now)
    houses = (
        Hostel.objects.filter(network=hostel.network_id, access=Hostel.Access.INDIVIDUAL)
        .exclude(pk=hostel.pk)
        .valid_throughout(nights)
        .with_quotas()
        .select_related("network")
        .order_by(farness(hostel.position), "slug")
    )
    nearest = list(houses[:LOOKED_AT])
    first = max(today, nights.arrival - timedelta(days=max(SHIFTS)))
    window = Nights(min(first, nights.arrival), nights.departure + timedelta(days=max(SHIFTS)))
    look = _Look(Grid([hostel, *nearest], window, now, lodging), hostel, nights, (gender, *others))
    near = look.nearby(nearest)
    if not near and len(nearest) == LOOKED_AT:
        near = look.far(houses, now)
    found = [*look.changed(), *look.shorter(), *look.shifted(first), *near]
    if now < at(nights.arrival, LAST_CUT_OFF) and hostel.access == Hostel.Access.INDIVIDUAL:
        found.append(Alternative(WAITLIST, hostel, nights.arrival, nights.departure, 0))
    return tuple(found)


def allowed(no: Refused, decided: Decided) -> Refused:
    """The refusal with those of its alternatives that the rules, by which the wish was ``decided``, do not refuse, and
    whose free nights the quotas have. One statement where there are quotas, two where they are about these nights."""
    now = decided.facts.now
    limited = [each for each in no.alternatives if each.kind != WAITLIST and each.hostel.may_have_quotas]
    quotas = balances({scope for each in limited for scope in scopes_of(each.hostel, each.nights)}, now)

    def may_be(alternative):
        wish = replace(decided.facts.wish, arrival=alternative.arrival, departure=alternative.departure)
        decision = evaluate(decided.policy, replace(decided.facts, wish=wish))
        if decision.outcome == NO or alternative.kind == WAITLIST:
            return decision.outcome != NO
        given = zip(alternative.nights, decision.prices, strict=True)
        free = [night for night, price in given if price.cls == FREE]
        return not would_lack(quotas, alternative.hostel, free, decision.entitlement, now)

    no.alternatives = tuple(each for each in no.alternatives if may_be(each))
    return no


def distance(one: Hostel, other: Hostel) -> int:
    """Metres between two houses, 0 from a house to itself."""
    return 0 if one.pk == other.pk else round(distance_m(one.position, other.position))


@dataclass(frozen=True)
class _Look:
    grid: Grid
    hostel: Hostel
    nights: Nights
    genders: tuple[str, ...]

    def _fits(self, hostel, nights):
        party = self.grid.lodging.party
        return self.grid.fits(hostel, nights, self.genders, together=party is not None and party.together)

    def _here(self, kind, nights):
        return Alternative(kind, self.hostel, nights.arrival, nights.departure, 0)

    def changed(self):
        """All nights with one change of bed; friends would have to change together, and are not asked to."""
        if len(self.genders) == 1 and any(
            self._fits(self.hostel, before) and self._fits(self.hostel, after) for before, after in halves(self.nights)
        ):
            yield self._here(CHANGE_OF_BED, self.nights)

    def shorter(self):
        """The longest stay inside the wanted one, the earliest of the longest."""
        for length in range(len(self.nights) - 1, 0, -1):
            for skipped in range(len(self.nights) - length + 1):
                arrival = self.nights.arrival + timedelta(days=skipped)
                inside = Nights(arrival, arrival + timedelta(days=length))
                if self._fits(self.hostel, inside):
                    yield self._here(SHORTER, inside)
                    return

    def shifted(self, first):
        """As many nights, the nearest shift of up to three days."""
        for days in SHIFTS:
            moved = self.nights.moved(days)
            if moved.arrival >= first and self._fits(self.hostel, moved):
                yield self._here(SHIFTED, moved)
                return

    def nearby(self, houses):
        """The same nights in the first of ``houses``, which are in order of their distance."""
        near = (
            Alternative(NEARBY, house, self.nights.arrival, self.nights.departure, distance(house, self.hostel))
            for house in houses
            if self._fits(house, self.nights)
        )
        return list(islice(near, MOST_NEARBY))

    def far(self, houses, now):
        """The same where the nearest are all full: ever more of the others are looked at, until one has beds."""
        first = LOOKED_AT
        while next_ones := list(houses[first : first * 4]):
            grid = Grid(next_ones, self.nights, now, self.grid.lodging)
            if found := replace(self, grid=grid).nearby(next_ones):
                return found
            first *= 4
        return []


def halves(nights: Nights) -> list[tuple[Nights, Nights]]:
    """The ways to part ``nights`` in two, the latest change first."""
    days = [nights.arrival + timedelta(days=n) for n in range(len(nights) - 1, 0, -1)]
    return [(Nights(nights.arrival, day), Nights(day, nights.departure)) for day in days]
