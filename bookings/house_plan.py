"""The plan of a house: which bed each guest has, and how it can be made to fit one more.

Where a bed is free it is taken, and only its row is locked. Where none is, the house is read and `bookings.arranging`
asked whether stays that have not come yet can be moved. If not, nothing was locked. If so, house and beds are locked,
everything is read again, and the moves are made together with the promise.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When

from accounts.models import Person
from accounts.record import record
from bookings import reasons
from bookings.alternatives import alternatives
from bookings.arranging import Arrangement, Full, Lodger, Place, arrange
from bookings.availability import free_beds
from bookings.freed import Clock, clock_of, not_public_of
from bookings.letters import tell
from bookings.lodging import PLAIN, Lodging, lodging_of
from bookings.models import Batch, BatchBed, BedNight, Stay
from bookings.statements import first_free_bed
from bookings.turned_away import count_if_refused
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel, OutOfService, Room
from hostel.nights import Nights, business_day
from hostel.prepared import Prepared, SlotNights

# What a bed in a room for one guest has, and a guest needs who wants a room alone without a reason to empty one.
ROOM_FOR_ONE = "room for one"


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

    Inside an act. Who has not come yet may be moved for it: their bed-nights are changed, it is recorded, and whoever
    knew the number of their bed gets a letter. A stay that is being changed and stands in the way has its own nights of
    the want moved too; the rest of the change is the caller's. Raises Refused with FULL (or ALONE) and alternatives
    where no arrangement of the house gives everybody a bed; with BED where a want names its bed.
    """
    if len(wants) == 1 and (bed := _free(hostel, wants[0], now)):
        return [bed]
    # Where rows are locked, nobody waits to hear that the house is full. Where acts follow one another, one look does.
    if _locks_rows() and isinstance(plan_of(hostel, wants, now).arrangement(), Full):
        raise _refused(hostel, wants, now)
    return _rearrange(hostel, wants, now)


def _locks_rows():
    return connection.features.has_select_for_update


def _free(hostel, want, now):
    """The best free bed, its row locked so that of two bookings at once each gets its own.

    Beds that another booking has in hand are stepped over first. If those are all there are, wait for them: only
    when the other booking is done is it known whether the house is full, and `act` then looks again.
    """
    plain = want.bed is None and want.except_stay is None and want.lodging == PLAIN
    if plain and (bed := _first_free(hostel, want, now)):
        return bed
    named = want.bed is not None
    beds = free_beds(hostel, want.nights, want.guest.gender, now, want.except_stay, want.lodging, on_call=named)
    if named:
        return beds.filter(pk=want.bed.pk).select_for_update(of=("self",)).first()
    stepping_over = None if plain else beds.select_for_update(skip_locked=True, of=("self",)).first()
    if stepping_over or (plain and not _locks_rows()):
        return stepping_over
    return beds.select_for_update(of=("self",)).first()


def _first_free(hostel, want, now):
    """What nearly every booking asks, written once."""
    clock = clock_of(hostel.network, now)
    if connection.vendor == "postgresql":
        return first_free_bed(hostel.pk, want.nights, want.guest.gender, clock)
    return _stepping_over.first(
        hostel=hostel.pk,
        arrival=want.nights.arrival,
        departure=want.nights.departure,
        gender=want.guest.gender,
        **vars(clock),
    )


_stepping_over = Prepared(
    lambda hostel, arrival, departure, gender, now, today, public_since, head_start: free_beds(
        hostel, SlotNights(arrival, departure), gender, now, clock=Clock(now, today, public_since, head_start)
    ).select_for_update(skip_locked=True, of=("self",))[:1],
    hostel="number",
    arrival="day",
    departure="day",
    gender="text",
    now="moment",
    today="day",
    public_since="moment",
    head_start="moment",
)


def find_promised(hostel: Hostel, want: Want, now: datetime) -> Bed:
    """`find_beds` for one who changes what was promised: a bed for which the house must be asked is none."""
    [bed] = find_beds(hostel, [want], now)
    if bed.room.supply == Room.Supply.ON_CALL:
        raise full(hostel, [want], now)
    return bed


def _refused(hostel, wants, now):
    named = next((want for want in wants if want.bed is not None), None)
    return Refused(reasons.bed_taken(named.bed, named.nights)) if named else full(hostel, wants, now)


def full(hostel: Hostel, wants: Sequence[Want], now: datetime) -> Refused:
    """The refusal for want of a bed, with what could be booked instead: FULL, or ALONE where a room of several beds is
    free, but there is no reason to give it to one guest. The nights count as wished for and not had; of a stay that is
    being changed it knows who changes it which they are."""
    want, *others = wants
    if want.lodging.offer is None and want.except_stay is None:
        count_if_refused([each.guest for each in wants], hostel, want.nights, now)
    genders = [each.guest.gender for each in others]
    offered = alternatives(hostel, want.nights, want.guest.gender, now, want.lodging, genders)
    if want.lodging.alone and not want.lodging.may_empty_a_room:
        shared = replace(want.lodging, alone=False)
        in_the_room = BedNight.objects.between(want.nights).taken(now).filter(room=OuterRef("room_id"))
        beds = free_beds(hostel, want.nights, want.guest.gender, now, want.except_stay, shared)
        if beds.exclude(room__guests=Room.Guests.ANY).filter(~Exists(in_the_room)).exists():
            return Refused(reasons.not_alone(hostel, want.nights), alternatives=offered)
    return Refused(reasons.full(hostel, want.nights, want.lodging), alternatives=offered)


# --- reading ----------------------------------------------------------------------------------------------------------
@dataclass
class Plan:
    """A house from tonight on as `arrange` sees it, and what its rows said."""

    beds: dict[int, Bed]
    places: list[Place]
    lodgers: list[Lodger]
    fixed: dict[tuple[int, date], str]
    wishes: list[Lodger]
    rooms_of: dict[str, int]
    has: dict[int, set[tuple[int, date]]]  # by stay its nights, each with its bed

    def arrangement(self) -> Arrangement | Full:
        return arrange(self.places, self.lodgers, self.fixed, self.wishes, self.rooms_of)


def plan_of(hostel: Hostel, wants: Sequence[Want], now: datetime) -> Plan:
    """Read ``hostel`` with five statements: who has which bed on which night, how they are lodged; its beds, what is
    closed, what is kept for batches."""
    today = business_day(now)
    first = min(today, *(want.nights.arrival for want in wants))
    taken, kept_back = _given_nights(hostel, first, wants, now)
    beds = {bed.pk: bed for bed in Bed.objects.filter(room__hostel=hostel).select_related("room").order_by("pk")}
    kept = _kept_for_batches(hostel, today)
    there_until = [night + timedelta(days=1) for nights in taken.values() for night in nights]
    window = Nights(first, max([*there_until, *(want.nights.departure for want in wants)]))
    changing = {want.except_stay: want.nights for want in wants if want.except_stay is not None}
    lodgers, rooms_of = [], {}
    fixed: dict[tuple[int, date], str] = {}
    for stay in _lodged(taken):
        nights = taken[stay.pk]
        [bed, *others] = {beds[bed] for bed, _sharing in nights.values()}
        if stay.pk in changing:
            nights = {night: has for night, has in nights.items() if night not in changing[stay.pk]}
        elif not others and _can_be_moved(stay, nights, bed, today):
            lodgers.append(_lodger(stay, bed, kept))
            continue
        elif stay.party and stay.party.together:
            rooms_of[stay.party.code] = bed.room_id
        fixed |= {(bed, night): sharing for night, (bed, sharing) in nights.items()}
    company: dict[tuple[int, date], str] = {}
    in_use: set[tuple[int, date]] = set()
    for nights in taken.values():
        in_use |= {(bed, night) for night, (bed, _sharing) in nights.items()}
        company |= {(beds[bed].room_id, night): sharing for night, (bed, sharing) in nights.items()}
    for bed, night, sharing in kept_back:
        if (bed, night) not in in_use:
            # In a room where somebody sleeps by now, it is they who say with whom it is shared.
            fixed[bed, night] = company.get((beds[bed].room_id, night), sharing)
    return Plan(
        beds=beds,
        places=_places(hostel, beds.values(), window, kept),
        lodgers=lodgers,
        fixed=fixed,
        wishes=[_wish(number, want, kept) for number, want in enumerate(wants, start=1)],
        rooms_of=rooms_of,
        has={stay: {(bed, night) for night, (bed, _sharing) in nights.items()} for stay, nights in taken.items()},
    )


def _given_nights(hostel, first, wants, now):
    """From ``first`` on, by stay and night the bed and with whom its room is shared; and what is the waiting list's."""
    is_taken = Q(released_at=None) & ~Q(stay__in=Stay.objects.lapsed(now))
    asked = is_taken
    if all(want.lodging.offer is None for want in wants):
        own = [want.except_stay for want in wants if want.except_stay is not None]
        asked |= not_public_of([hostel], now) & ~Q(stay__in=own)
    rows = (
        BedNight.objects.filter(asked, hostel=hostel, night__gte=first)
        .annotate(is_taken=Case(When(is_taken, then=True), default=False))
        .values_list("stay_id", "bed_id", "night", "sharing", "is_taken")
    )
    taken, kept_back = defaultdict(dict), []
    for stay, bed, night, sharing, there in rows:
        if there:
            taken[stay][night] = bed, sharing
        else:
            kept_back.append((bed, night, sharing))
    return taken, kept_back


def _lodged(stays):
    of_stay = ("code", "status", "arrival", "departure", "needs", "alone", "bed_told_at", "awaits", "guest", "hostel")
    of_others = ("guest__gender", "party__code", "party__together", "batch__code")
    found = Stay.objects.filter(pk__in=stays).select_related("guest", "party", "batch").order_by("pk")
    return found.only(*of_stay, *of_others)


def _kept_for_batches(hostel, today):
    """By bed and batch the nights that are that batch's alone."""
    kept: dict[int, dict[str, frozenset[date]]] = defaultdict(dict)
    standing = Batch.objects.standing(today).filter(hostel=hostel)
    for bed, code, arrival, departure in BatchBed.objects.filter(batch__in=standing).values_list(
        "bed_id", "batch__code", "batch__arrival", "batch__departure"
    ):
        kept[bed][code] = frozenset(Nights(arrival, departure))
    return kept


def _can_be_moved(stay, nights, bed, today):
    """Who has not come yet, has one bed for all nights, and for whom the house was not asked."""
    return (
        stay.status in (Stay.Status.CONFIRMED, Stay.Status.HELD)
        and stay.arrival >= today
        and len(nights) == len(stay.nights)
        and bed.room.supply == Room.Supply.FIXED
        and stay.awaits != Stay.Awaits.HOUSE
    )


def _places(hostel, beds, window, kept):
    closed = defaultdict(set)
    for bed, first, until in (
        OutOfService.objects.standing()
        .touching(window)
        .filter(bed__room__hostel=hostel)
        .values_list("bed_id", "first_night", "until")
    ):
        closed[bed] |= {night for night in Nights(first, until) if night in window}
    for bed in beds:
        for valid in (bed, bed.room):
            if valid.valid_from > window.arrival or (valid.valid_until or date.max) < window.departure:
                until = valid.valid_until or date.max
                closed[bed.pk] |= {night for night in window if not valid.valid_from <= night < until}
    return [
        Place(
            bed=bed.pk,
            room=bed.room_id,
            guests=bed.room.guests,
            features=frozenset(bed.features) | frozenset(bed.room.features) | _room_for_one(bed.room),
            on_call=bed.room.supply == Room.Supply.ON_CALL,
            closed=frozenset(closed[bed.pk]),
            kept=kept.get(bed.pk, {}),
        )
        for bed in sorted(beds, key=lambda bed: (bed.room.number, bed.number))
    ]


def _room_for_one(room):
    return {ROOM_FOR_ONE} if room.guests == Room.Guests.ANY else set()


def _lodger(stay, bed, kept):
    together = stay.party.code if stay.party and stay.party.together else ""
    return Lodger(
        key=stay.pk,
        arrival=stay.arrival,
        departure=stay.departure,
        gender=stay.guest.gender,
        together=together,
        bed=bed.pk,
        told=stay.bed_told_at is not None,
        **_how(lodging_of(stay), stay.code, kept),
    )


def _wish(number, want, kept):
    """A wish as `arrange` wants it: stays have their ids for a key, wishes -1, -2, ... Who is to have a certain bed, or
    changes what was promised, need not be with their friends."""
    party = want.lodging.party if want.bed is None and want.except_stay is None else None
    return Lodger(
        key=-number,
        arrival=want.nights.arrival,
        departure=want.nights.departure,
        gender=want.guest.gender,
        together=party.code if party and party.together else "",
        bed=want.bed.pk if want.bed else None,
        **_how(want.lodging, f"wish {number}", kept),
    )


def _how(lodging, own_code, kept):
    needs, alone = frozenset(lodging.needs), ""
    if lodging.alone and lodging.may_empty_a_room:
        alone = lodging.party.code if lodging.party else own_code
    elif lodging.alone:
        needs |= {ROOM_FOR_ONE}
    standing = {code for by_batch in kept.values() for code in by_batch}
    batch = lodging.batch.code if lodging.batch and lodging.batch.code in standing else ""
    return {"needs": needs, "alone": alone, "batch": batch}


# --- moving -----------------------------------------------------------------------------------------------------------
def _rearrange(hostel: Hostel, wants: Sequence[Want], now: datetime) -> list[Bed]:
    """Move whoever must be moved, behind the house's lock, and return the beds of ``wants``."""
    # One at a time; and with their beds locked, nobody else can be promised one meanwhile.
    Hostel.objects.select_for_update(no_key=True).get(pk=hostel.pk)
    rooms = Room.objects.filter(hostel=hostel)
    list(Bed.objects.filter(room__in=rooms).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    while True:
        plan = plan_of(hostel, wants, now)
        answer = plan.arrangement()
        if isinstance(answer, Full):
            raise _refused(hostel, wants, now)
        if (moving := _locked(plan, answer.moved)) is not None:
            break
    _close_lapsed(hostel, now)
    beds = [plan.beds[answer.beds[wish.key]] for wish in plan.wishes]
    if moving:
        to_bed = {stay.pk: plan.beds[answer.beds[stay.pk]] for stay in moving}
        _move(hostel, moving, to_bed, _given_up(wants, beds), now)
    for bed in beds:
        bed.kept_by_lapsed = False  # type: ignore[attr-defined]  # as on a row of `free_beds`: nothing is left to close
    return beds


def _locked(plan, moved):
    """The stays that are to be moved, they and their nights locked; None where one of them is no longer as it was read:
    its guest came, say, or cancelled."""
    nights = BedNight.objects.live().filter(stay__in=moved).order_by("pk").select_for_update()
    has = defaultdict(set)
    for stay, bed, night in nights.values_list("stay_id", "bed_id", "night"):
        has[stay].add((bed, night))
    found = Stay.objects.filter(pk__in=moved).select_related("guest__user", "hostel", "party").order_by("pk")
    stays = list(found.select_for_update(of=("self",)))
    before = {lodger.key: (lodger.arrival, lodger.departure) for lodger in plan.lodgers}
    for stay in stays:
        is_coming = stay.status in (Stay.Status.CONFIRMED, Stay.Status.HELD)
        if not is_coming or (stay.arrival, stay.departure) != before[stay.pk] or has[stay.pk] != plan.has[stay.pk]:
            return None
    return stays


def _close_lapsed(hostel, now):
    """End the holds of the house whose time is over, for their beds are about to be given. Where the house had not
    answered, the wish goes on without its bed (`bookings/on_call.py`)."""
    lapsed = Stay.objects.lapsed(now).filter(hostel=hostel)
    if not lapsed.exists():
        return
    ended_at = Stay.objects.filter(pk=OuterRef("stay_id")).values("held_until")
    kept = BedNight.objects.live().filter(stay__in=lapsed)
    # As `holding.close_lapsed`: its guest may be confirming at this very moment.
    list(kept.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    kept.update(released_at=Subquery(ended_at))
    lapsed.exclude(awaits=Stay.Awaits.HOUSE).update(cancelled_at=F("held_until"), cancel_cause=Stay.Cause.HOLD_ENDED)


def _given_up(wants, beds):
    """The nights that are still in the old bed of a stay that is being changed, and where its want has them now."""
    for want, bed in zip(wants, beds, strict=True):
        if want.except_stay is not None:
            nights = BedNight.objects.live().between(want.nights).filter(stay=want.except_stay).exclude(bed=bed)
            for night in nights.select_related("stay__guest", "stay__party"):
                yield night, bed


def _move(hostel: Hostel, stays: Sequence[Stay], to_bed: dict[int, Bed], given_up, now: datetime) -> None:
    """Put each of ``stays`` into its bed of ``to_bed``, on all its nights, and tell who knew the number of theirs.

    Of the pairs ``given_up`` each night goes into its bed, too.
    """
    nights = BedNight.objects.live().filter(stay__in=stays).select_related("bed__room")
    moves = [(night, to_bed[night.stay_id]) for night in nights]
    left = {night.stay_id: night.bed for night, _bed in moves}
    by_pk = {stay.pk: stay for stay in stays}
    everybody = [*((night, bed, by_pk[night.stay_id]) for night, bed in moves)]
    everybody += [(night, bed, night.stay) for night, bed in given_up]
    rows = BedNight.objects.filter(pk__in=[night.pk for night, _bed, _stay in everybody])
    # The database looks at each row as it is written: all step aside before anyone comes in.
    rows.update(released_at=now)
    rows.update(
        released_at=None,
        bed=Case(*(When(pk=night.pk, then=Value(bed.pk)) for night, bed, _stay in everybody)),
        room=Case(*(When(pk=night.pk, then=Value(bed.room_id)) for night, bed, _stay in everybody)),
        sharing=Case(*(When(pk=night.pk, then=Value(sharing(bed, stay))) for night, bed, stay in everybody)),
    )
    for stay in stays:
        before, after = str(left[stay.pk]), str(to_bed[stay.pk])
        if stay.bed_told_at is not None:
            stay.bed_told_at = now
            stay.save(update_fields=["bed_told_at"])
            tell(stay, "bed_moved", now, about=f"{stay.code}-{now:%m%d%H%M%S}", bed=after)
        record("move_by_house", now=now, person=stay.guest, hostel=hostel, about=stay.code, left=before, bed=after)


def sharing(bed: Bed, stay: Stay) -> str:
    """With whom ``bed``'s room can be shared: guests of one gender, the stay's party, or nobody."""
    if stay.alone and stay.party is not None:
        return stay.party.code
    return stay.code if stay.alone or bed.room.guests == Room.Guests.ANY else stay.guest.gender
