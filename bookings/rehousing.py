"""The house takes a bed back: where its guest goes is for the house to find, and costs the guest nothing.

Used where a bed is closed (`bookings/out_of_service.py`), or an on-call bed cannot be had (`bookings/on_call.py`). The
guest's row is locked by the caller. A stay whose guest has not come moves with all of its nights; one in house from a
given night on: within the house it goes on in another bed, in another house a new stay `continues` it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import User
from accounts.record import record
from bookings.availability import Grid, nearest_first
from bookings.booking import desk_code
from bookings.cancelling import cancel
from bookings.decisions import decide
from bookings.desk import leave
from bookings.holding import close_lapsed
from bookings.house_plan import Want, find_beds
from bookings.letters import tell, this_time
from bookings.lodging import lodging_of
from bookings.models import BedNightQuerySet, Stay
from bookings.quotas import take
from bookings.relocating import go_on, put_into, to_another_bed
from bookings.vacating import bed_tonight, vacated
from eligibility.evaluation import YES
from eligibility.models import Assessment
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel, Room
from hostel.nights import Nights

MOST_HOUSES = 3


@dataclass(frozen=True)
class House:
    """Another house that has a bed for somebody, and how far it is, in metres."""

    hostel: Hostel
    distance_m: int

    def as_data(self) -> dict:
        """The house as JSON values."""
        return {"hostel": self.hostel.slug, "distance_m": self.distance_m}


def nights_to_move(stay: Stay, first: date) -> Nights:
    """The nights that move when ``stay`` loses its bed on the night ``first``: all, or the rest of who is in house."""
    return Nights(first if stay.checked_in_at else stay.arrival, stay.departure)


def houses_near(stay: Stay, nights: Nights, now: datetime) -> list[House]:
    """The nearest houses, three at most, with a bed free on all of ``nights`` that the guest of ``stay`` could have."""
    open_to_all = Hostel.objects.filter(network=stay.hostel.network_id, access=Hostel.Access.INDIVIDUAL)
    houses = list(open_to_all.valid_throughout(nights).select_related("network").exclude(pk=stay.hostel_id))
    grid = Grid(houses, nights, now, lodging_of(stay))
    near = [
        House(house, metres or 0)
        for house, metres in nearest_first(houses, stay.hostel.position)
        if grid.free(house, nights, stay.guest.gender)
    ]
    return near[:MOST_HOUSES]


def to_bed(stay: Stay, first: date, bed: Bed | None, now: datetime, actor: User | None) -> Bed:
    """Give ``stay`` another bed of its house, because it loses the one it has on the night ``first``: ``bed``, or one
    that the house's arrangement finds. Raises Refused with FULL or BED.

    Who has not come has it for all nights; only where no bed is free for all of them they change on that night.
    """
    nights = nights_to_move(stay, first)
    try:
        return _to_bed(stay, nights, bed, now, actor)
    except Refused:
        if nights.arrival == first:
            raise
        return _to_bed(stay, Nights(first, stay.departure), bed, now, actor)


def _to_bed(stay, nights, bed, now, actor):
    found = to_another_bed(stay, nights, bed, now)
    if stay.checked_in_at or stay.bed_told_at or nights.arrival > stay.arrival:
        # They know their bed, or will have two: who has not come and knows of none is shown the new one at the desk.
        tell(stay, "moved_bed", now, this_time(stay, now), bed=str(found), first=nights.arrival)
        Stay.objects.filter(pk=stay.pk).update(bed_told_at=now)
        stay.bed_told_at = now
    record("move_bed", now=now, actor=actor, person=stay.guest, hostel=stay.hostel, about=stay.code, bed=str(found),
           first=nights.arrival.isoformat())  # fmt: skip
    return found


def to_other_house(stay: Stay, first: date, now: datetime, actor: User | None, reason: str = "") -> Stay | None:
    """Find the guest of ``stay`` a bed in the nearest house where the same rules give them one; None where none does.

    Returns the stay as it is then: itself, or the one that continues it. Prices stay what the guest was promised.
    """
    nights = nights_to_move(stay, first)
    for near in houses_near(stay, nights, now):
        house = Hostel.objects.on(nights.arrival).get(pk=near.hostel.pk)
        accepted = stay.assessment.facts["wish"]["accept_price"]
        how = {"accept_price": accepted, "except_stay": stay.pk, "applicant": stay.applicant}
        decided = decide(stay.guest, house, stay.nights, stay.purpose, now, **how)
        if decided.decision.outcome != YES:
            continue
        try:
            [bed] = find_beds(house, [Want(stay.guest, nights, lodging_of(stay))], now)
            if bed.room.supply == Room.Supply.ON_CALL:
                continue  # one house that has to be asked is enough
            free = rows_of(stay, nights).free_of_charge()
            whole = nights == stay.nights
            take(stay, house, free.values_list("night", flat=True), decided.decision.entitlement, now, anew=whole)
        except Refused:
            continue
        close_lapsed(bed, now)
        return _to_other_house(stay, house, nights, bed, decided, now, actor, reason)
    return None


def _to_other_house(stay, house, nights, bed, decided, now, actor, reason):
    before = stay.hostel
    # Where a house has not answered in time, somebody may be taking its bed: they or we give the nights back.
    list(stay.bed_nights.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    kept = rows_of(stay, nights)
    has = bed_tonight(stay, nights, now)
    if nights.arrival > stay.arrival:
        moved = go_on(stay, house, nights, decided.keep(Assessment.Act.REVIEW, desk_code()), now)
        stay.departure = nights.arrival
        stay.save(update_fields=["departure"])
    else:
        # Who goes on in a stay of their own is checked out of this one as they go.
        vacated({has: now} if has else {}, actor)
        moved = stay
        moved.hostel, moved.checked_in_at, moved.bed_told_at = house, None, None
        moved.assessment = decided.keep(Assessment.Act.REVIEW, stay.code)
        if moved.confirmed_at is None:
            moved.confirmed_at, moved.awaits = now, ""
        moved.save(update_fields=["hostel", "checked_in_at", "bed_told_at", "assessment", "confirmed_at", "awaits"])
    put_into(bed, moved, kept, hostel=house, rate_fen=house.rate_fen or 0)
    moved.refresh_from_db(fields=["status"])
    left = [before.name_zh, before.name_en]
    tell(moved, "moved_house", now, this_time(moved, now), before=left, first=nights.arrival)
    record("move_house", now=now, actor=actor, person=stay.guest, hostel=house, about=stay.code, reason=reason,
           before=before.slug, became=moved.code)  # fmt: skip
    return moved


def rows_of(stay: Stay, nights: Nights) -> BedNightQuerySet:
    """The bed-nights of ``stay`` on ``nights``; where its bed was given back because a house had not answered, those
    it had."""
    rows = stay.bed_nights.filter(night__in=nights)
    if stay.awaits == Stay.Awaits.HOUSE and not stay.bed_nights.live().exists():
        return rows.filter(released_at=stay.held_until)
    return rows.live()


def give_up(stay: Stay, first: date, now: datetime, actor: User | None) -> None:
    """Cancel ``stay`` because the house is at fault: all nights go back, and the guest is told.

    Who is in house keeps the nights before ``first``, and leaves on that day. Raises Refused where it is over already.
    """
    if not stay.checked_in_at:
        cancel(stay, now=now, actor=actor, cause=Stay.Cause.HOUSE, letter="closed_by_house")
        return
    unslept = stay.bed_nights.live().filter(night__gte=first)
    if first == stay.arrival:
        returned = unslept.count()
        leave(stay, now, actor, now, reason="the bed was closed")
    else:
        returned = unslept.update(released_at=now)
        stay.departure = first
        stay.save(update_fields=["departure"])
        record("shorten", now=now, actor=actor, person=stay.guest, hostel=stay.hostel, about=stay.code,
               reason="the bed was closed", returned=returned)  # fmt: skip
    tell(stay, "ended_by_house", now, this_time(stay, now), last=first, nights=returned)
