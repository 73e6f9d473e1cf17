"""Guests who change beds: to another, to one in another house, or with one another; from a night on, all or nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from accounts.acts import act
from accounts.models import User
from accounts.record import record
from bookings import reasons
from bookings.actions import may
from bookings.availability import free_beds
from bookings.booking import desk_code
from bookings.freed import served
from bookings.holding import close_lapsed
from bookings.house_plan import Want, find_beds, find_promised, sharing
from bookings.letters import tell, this_time
from bookings.locking import lock_friends, locked
from bookings.lodging import lodging_of
from bookings.models import BedNight, Stay
from bookings.quotas import take
from bookings.relocating import go_on, put_into, to_another_bed
from bookings.vacating import vacated
from eligibility.caps import Price
from eligibility.models import Assessment, new_code
from eligibility.policies import kept_until
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel
from hostel.nights import Nights, business_day

MOST_PLACES = 2


# --- to another bed ---------------------------------------------------------------------------------------------------
def move(
    stay: Stay, bed: Bed, *, from_night: date, now: datetime, actor: User | None = None, because: str = ""
) -> Stay:
    """Have the guest of ``stay`` sleep in ``bed``, of the same house, from ``from_night`` on.

    Before arrival and in house. The guest is told where they knew the bed, and always where it changes during the stay;
    ``because`` is said to them. Raises Refused with STATE, with DATES where that night is none of those to come, or
    with BED and the nearest places that would do (`Place`).
    """
    return act(lambda: _move(locked(stay), bed, from_night, now, actor, because))


def _move(stay, bed, from_night, now, actor, because):
    may(stay, "move", now)
    nights = _nights_from(stay, from_night, now)
    moved = stay.bed_nights.live().filter(night__gte=from_night)
    left = sorted({str(night.bed) for night in moved.select_related("bed__room").exclude(bed=bed)})
    if not left:
        return stay
    try:
        found = to_another_bed(stay, nights, bed, now)
    except Refused as no:
        if no.code != "BED":
            raise
        raise Refused(*no.reasons, alternatives=places_near(stay, bed, nights, now)) from no
    _tell_bed(stay, found, from_night, now, because)
    _write_down("move", stay, now, actor, because, from_night=from_night.isoformat(), left=left, bed=str(found))
    return stay


@dataclass(frozen=True)
class Place:
    """A bed that could be had instead of the one that was asked for, on the same nights."""

    hostel: Hostel
    arrival: date
    departure: date
    bed: Bed
    kind: str = "bed"

    def as_data(self) -> dict:
        """The place as JSON values, with the keys of an alternative."""
        return {
            "kind": self.kind,
            "hostel": self.hostel.slug,
            "arrival": self.arrival.isoformat(),
            "departure": self.departure.isoformat(),
            "distance_m": 0,
            "href": "",
            "bed": str(self.bed),
        }


def places_near(stay: Stay, wanted: Bed, nights: Nights, now: datetime) -> tuple[Place, ...]:
    """The beds that the guest could have on ``nights``, the nearest to ``wanted`` first: in the room, on the floor."""
    have = set(stay.bed_nights.live().filter(night__gte=nights.arrival).values_list("bed", flat=True))
    free = free_beds(stay.hostel, nights, stay.guest.gender, now, stay.pk, lodging_of(stay)).exclude(pk__in=have)
    nearest = sorted(
        free,
        key=lambda bed: (
            bed.room_id != wanted.room_id,
            abs(bed.room.floor - wanted.room.floor),
            bed.room.number,
            bed.number,
        ),
    )
    return tuple(Place(stay.hostel, nights.arrival, nights.departure, bed) for bed in nearest[:MOST_PLACES])


def _nights_from(stay: Stay, from_night: date, now: datetime) -> Nights:
    """The nights of ``stay`` from ``from_night`` on, which is tonight or later; raises Refused with DATES."""
    first = max(stay.arrival, business_day(now))
    if not first <= from_night < stay.departure:
        raise Refused(reasons.not_among_nights(stay, from_night, first))
    return Nights(from_night, stay.departure)


def _tell_bed(stay, bed, from_night, now, because):
    """Who never knew the number of their bed, and comes to the new one, hears it at the desk."""
    if stay.bed_told_at is None and stay.checked_in_at is None and from_night == stay.arrival:
        return
    stay.bed_told_at = now
    stay.save(update_fields=["bed_told_at"])
    said = {"from_night": from_night, "bed": str(bed), "because": _said(because)}
    tell(stay, "moved", now, about=this_time(stay, now), **said)


def _said(because):
    return f". {because}" if because else ""


def _write_down(what, stay, now, actor, because, **values):
    record(
        what,
        now=now,
        actor=actor,
        person=stay.guest,
        hostel=stay.hostel,
        about=stay.code,
        reason=because,
        **values,
    )


# --- with one another -------------------------------------------------------------------------------------------------
def swap(
    stay: Stay, other: Stay, *, from_night: date, now: datetime, actor: User | None = None, because: str = ""
) -> tuple[Stay, Stay]:
    """Have two guests of one house change beds from ``from_night`` on, which both are still to sleep here.

    No third bed is needed. Raises Refused with SWAP where it is not the stay of another guest of the house, with STATE,
    DATES, or with BED where one of them can't have the other's on all of their nights.
    """
    return act(lambda: _swap(stay, other, from_night, now, actor, because))


def _swap(stay, other, from_night, now, actor, because):
    if stay.guest_id == other.guest_id or stay.hostel_id != other.hostel_id:
        raise Refused(reasons.not_two(other))
    lock_friends(stay, other)
    both = [locked(each) for each in sorted((stay, other), key=lambda each: each.guest_id)]
    nights, rows = {}, {}
    for each in both:
        may(each, "swap", now)
        nights[each.pk] = _nights_from(each, from_night, now)
        kept = each.bed_nights.live().filter(night__gte=from_night)
        rows[each.pk] = list(kept.select_related("bed__room").order_by("night"))
    if both[0].hostel_id != both[1].hostel_id:  # moved meanwhile
        raise Refused(reasons.not_two(other))
    beds = {each.pk: rows[partner.pk][0].bed for each, partner in zip(both, reversed(both), strict=True)}
    wants = [
        Want(each.guest, nights[each.pk], lodging_of(each), bed=beds[each.pk], except_stay=each.pk) for each in both
    ]
    for bed in find_beds(both[0].hostel, wants, now):
        close_lapsed(bed, now)
    # The database looks at each row as it is written: both step aside before either comes in.
    everything = BedNight.objects.filter(pk__in=[night.pk for each in both for night in rows[each.pk]])
    everything.update(released_at=now)
    for each in both:
        bed = beds[each.pk]
        if each.checked_in_at and from_night == business_day(now):
            vacated({rows[each.pk][0].bed_id: now}, actor)
        put_into(bed, each, BedNight.objects.filter(pk__in=[night.pk for night in rows[each.pk]]))
        _tell_bed(each, bed, from_night, now, because)
        partner = both[1] if each is both[0] else both[0]
        _write_down("swap", each, now, actor, because, from_night=from_night.isoformat(), bed=str(bed), to=partner.code)
    return (both[0], both[1]) if both[0].pk == stay.pk else (both[1], both[0])


# --- to another house -------------------------------------------------------------------------------------------------
def move_to_hostel(
    stay: Stay, hostel: Hostel, *, from_night: date, now: datetime, actor: User | None = None, because: str = ""
) -> Stay:
    """Have the guest of ``stay`` sleep in ``hostel``, of the same network, from ``from_night`` on.

    From the first night on it is the same stay, which then begins there. Later the old stay ends on that day, and a new
    one goes on from it (`Stay.continues`): caps count both as one. Returns the stay in the other house. The nights keep
    what they are given as; those at a price cost it of the new house's rate. Raises Refused with STATE, DATES, HOSTEL,
    GROUP_ONLY, QUOTA, or with FULL and alternatives.
    """
    return act(lambda: _move_to_hostel(locked(stay), hostel, from_night, now, actor, because))


def _move_to_hostel(stay, hostel, from_night, now, actor, because):
    may(stay, "move_to_hostel", now)
    nights, left = _nights_from(stay, from_night, now), stay.hostel
    there = Hostel.objects.on(from_night).valid_throughout(nights).filter(pk=hostel.pk).first()
    if there is None or there.pk == left.pk or there.network_id != left.network_id:
        raise Refused(reasons.not_this_hostel(hostel))
    if there.access == Hostel.Access.GROUP and stay.batch_id is None:
        raise Refused(reasons.group_only(there))
    given = list(stay.bed_nights.live().filter(night__gte=from_night).order_by("night"))
    if stay.checked_in_at and from_night == stay.arrival:
        # Who goes on in a stay of their own is checked out of this one as they go.
        vacated({given[0].bed_id: now}, actor)
    BedNight.objects.filter(pk__in=[night.pk for night in given]).update(released_at=now)
    bed = find_promised(there, Want(stay.guest, nights, lodging_of(stay), except_stay=stay.pk), now)
    close_lapsed(bed, now)
    goes_on = _begins_there(stay, there, now) if from_night == stay.arrival else _goes_on(stay, there, nights, now)
    goes_on.kept_nights = _give_again(goes_on, bed, given, there, now)
    served(now)
    tell(
        goes_on,
        "moved_to_hostel",
        now,
        about=this_time(goes_on, now),
        from_night=from_night,
        because=_said(because),
    )
    _write_down(
        "move_to_hostel", goes_on, now, actor, because, from_night=from_night.isoformat(), left=left.slug, of=stay.code
    )
    return goes_on


def _begins_there(stay, there, now):
    """The same stay, in the other house: whoever had been let in is let in there."""
    stay.hostel, stay.checked_in_at, stay.bed_told_at = there, None, None
    kept = kept_until(stay.assessment.policy, stay.arrival, now)
    stay.kept_until = max(kept, stay.kept_until) if stay.late_at else kept  # who said that they come late still does
    stay.save(update_fields=["hostel", "checked_in_at", "bed_told_at", "kept_until"])
    stay.refresh_from_db(fields=["status"])
    return stay


def _goes_on(stay, there, nights, now):
    """End ``stay`` on the first of ``nights``, and make the one that goes on from it."""
    stay.departure = nights.arrival
    stay.save(update_fields=["departure"])
    return go_on(stay, there, nights, _copied(stay.assessment, desk_code()), now)


def _copied(assessment: Assessment, about: str) -> Assessment:
    """What was decided, kept once more: with the code of the stay that goes on by it."""
    return Assessment.objects.create(
        code=new_code(),
        person_id=assessment.person_id,
        policy=assessment.policy,
        made_at=assessment.made_at,
        act=assessment.act,
        outcome=assessment.outcome,
        entitlement=assessment.entitlement,
        about=about,
        facts=assessment.facts,
        verdicts=assessment.verdicts,
    )


def _give_again(stay: Stay, bed: Bed, given: Iterable[BedNight], hostel: Hostel, now: datetime) -> list[BedNight]:
    """Write in ``bed`` the nights that were ``given`` in another house, as what they were given."""
    given = list(given)
    free = [night.night for night in given if night.price_class == BedNight.PriceClass.FREE]
    take(stay, hostel, free, stay.assessment.entitlement, now)
    return BedNight.objects.bulk_create(
        BedNight(
            stay=stay,
            guest=stay.guest,
            hostel=hostel,
            room=bed.room,
            bed=bed,
            night=night.night,
            sharing=sharing(bed, stay),
            price_class=night.price_class,
            percent=night.percent,
            rate_fen=hostel.rate_fen or 0,
            price_fen=_price_of(night).cost(hostel.rate_fen),
        )
        for night in given
    )


def _price_of(night: BedNight) -> Price:
    """The price that was decided for ``night``, which costs something else in another house."""
    return Price(night.price_class, night.percent, 0 if night.percent else night.price_fen)
