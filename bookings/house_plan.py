"""The plan of a house: which bed each guest has, and how it can be made to fit one more."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Exists, OuterRef

from accounts.models import Person
from bookings import reasons
from bookings.alternatives import alternatives
from bookings.availability import free_beds
from bookings.lodging import PLAIN, Lodging
from bookings.models import BedNight
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel, Room
from hostel.nights import Nights


@dataclass(frozen=True)
class Want:
    """One guest who wants one bed for all of ``nights``: ``bed`` if it must be that one; ``except_stay`` is the id of
    the stay that is being changed, whose own nights stand in nobody's way who is among the same wants: so two guests
    change places."""

    guest: Person
    nights: Nights
    lodging: Lodging = PLAIN
    bed: Bed | None = None
    except_stay: int | None = None


def find_beds(hostel: Hostel, wants: Sequence[Want], now: datetime) -> list[Bed]:
    """Find a bed in ``hostel`` for each of ``wants`` (all of them or none), its row locked until the act ends.

    Raises Refused with FULL and alternatives; with BED where a want names its bed.
    """
    changing = [want.except_stay for want in wants if want.except_stay is not None]
    found: list[Bed] = []
    for want in wants:
        found.append(_find(hostel, want, changing, now, list(zip(wants, found, strict=False))))
    return found


def _beside(beds, want, given):
    """Of ``beds`` those that are left beside what the others of a party are ``given``: pairs of a want and its bed."""
    beds = beds.exclude(pk__in=[bed.pk for _other, bed in given])
    for other, bed in given:
        shares = want.lodging.alone or other.guest.gender == want.guest.gender
        if want.lodging.party and want.lodging.party.together:
            beds = beds.filter(room=bed.room_id)
        elif not shares or bed.room.guests == Room.Guests.ANY:
            beds = beds.exclude(room=bed.room_id)
    return beds


def _find(hostel, want, changing, now, given=()):
    """The best free bed, its row locked so that of two bookings at once each gets its own.

    Beds that another booking has in hand are stepped over first. If those are all there are, wait for them: only
    when the other booking is done is it known whether the house is full, and `act` then looks again.
    """
    gender, lodging = want.guest.gender, want.lodging
    beds = free_beds(hostel, want.nights, gender, now, changing, lodging, on_call=want.bed is not None)
    beds = _beside(beds, want, given)
    if want.bed is not None:
        bed = beds.filter(pk=want.bed.pk).select_for_update(of=("self",)).first()
        if bed is None:
            raise Refused(reasons.bed_taken(want.bed, want.nights))
        return bed
    if bed := _locked(beds):
        return bed
    # The house is asked only where nothing else is free.
    asked = free_beds(hostel, want.nights, gender, now, changing, lodging, on_call=True)
    if bed := _locked(_beside(asked, want, given)):
        return bed
    raise full(hostel, want, now)


def _locked(beds):
    return (
        beds.select_for_update(skip_locked=True, of=("self",)).first() or beds.select_for_update(of=("self",)).first()
    )


def full(hostel: Hostel, want: Want, now: datetime) -> Refused:
    """The refusal for want of a bed, with what could be booked instead: FULL, or ALONE where a room of several beds is
    free, but there is no reason to give it to one guest."""
    offered = alternatives(hostel, want.nights, want.guest.gender, now, want.lodging)
    if want.lodging.alone and not want.lodging.may_empty_a_room:
        shared = replace(want.lodging, alone=False)
        in_the_room = BedNight.objects.between(want.nights).taken(now).filter(room=OuterRef("room_id"))
        beds = free_beds(hostel, want.nights, want.guest.gender, now, want.except_stay, shared)
        if beds.exclude(room__guests=Room.Guests.ANY).filter(~Exists(in_the_room)).exists():
            return Refused(reasons.not_alone(hostel, want.nights), alternatives=offered)
    return Refused(reasons.full(hostel, want.nights, want.lodging), alternatives=offered)
