"""The plan of a house: which bed each guest has, and how it can be made to fit one more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Person
from bookings import reasons
from bookings.alternatives import alternatives
from bookings.availability import free_beds
from bookings.lodging import PLAIN, Lodging
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel
from hostel.nights import Nights


@dataclass(frozen=True)
class Want:
    """One guest who wants one bed for all of ``nights``: ``bed`` if it must be that one; ``except_stay`` is the id of
    the stay that is being changed, whose own nights do not stand in its way."""

    guest: Person
    nights: Nights
    lodging: Lodging = PLAIN
    bed: Bed | None = None
    except_stay: int | None = None


def find_beds(hostel: Hostel, wants: Sequence[Want], now: datetime) -> list[Bed]:
    """Find a bed in ``hostel`` for each of ``wants`` (all of them or none), its row locked until the act ends.

    Raises Refused with FULL and alternatives; with BED where a want names its bed.
    """
    return [_find(hostel, want, now) for want in wants]


def _find(hostel, want, now):
    """The best free bed, its row locked so that of two bookings at once each gets its own.

    Beds that another booking has in hand are stepped over first. If those are all there are, wait for them: only
    when the other booking is done is it known whether the house is full, and `act` then looks again.
    """
    beds = free_beds(hostel, want.nights, want.guest.gender, now, want.except_stay)
    if want.bed is not None:
        bed = beds.filter(pk=want.bed.pk).select_for_update(of=("self",)).first()
        if bed is None:
            raise Refused(reasons.bed_taken(want.bed, want.nights))
        return bed
    bed = beds.select_for_update(skip_locked=True, of=("self",)).first() or beds.select_for_update(of=("self",)).first()
    if bed is None:
        offered = alternatives(hostel, want.nights, want.guest.gender, now)
        raise Refused(reasons.full(hostel, want.nights), alternatives=offered)
    return bed
