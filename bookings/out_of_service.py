"""Beds that can be given to nobody for some nights, and rooms that close: whoever is in them is given another first.

Closing is one act with what becomes of the guests: each stay that it hits needs a choice, and without it nothing is
closed. What was said of a closure stays said; a change is a new row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from accounts.acts import act
from accounts.models import Person, User
from accounts.record import record
from bookings import freed, reasons
from bookings.availability import free_beds
from bookings.batch_beds import BatchHit, batches_hit, clear_batches
from bookings.holding import close_lapsed
from bookings.locking import locked
from bookings.lodging import lodging_of
from bookings.models import BedNight, Party, Stay
from bookings.rehousing import House, give_up, houses_near, nights_to_move, to_bed, to_other_house
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel, OutOfService, Room
from hostel.nights import Nights, business_day

ANYWHERE, OTHER_HOUSE, CANCEL = "anywhere", "other_house", "cancel"
MOST_BEDS = 5
# What closes for good closes for longer than anybody books.
FOR_GOOD = timedelta(days=3660)

# What becomes of a stay: a bed of its house, or ANYWHERE in it, OTHER_HOUSE, CANCEL.
Choice = Bed | str


@dataclass(frozen=True)
class Hit:
    """A stay that closing hits: who has the ``bed`` on which ``nights``, and where they could go.

    ``beds`` are others of the house that are free as they need them; ``houses`` the nearest, where there is none.
    """

    stay: Stay
    bed: Bed
    nights: tuple[date, ...]
    beds: tuple[Bed, ...]
    houses: tuple[House, ...]

    def as_data(self) -> dict:
        """The hit as JSON values; of the guest no more than the desk's board says."""
        return {
            "stay": self.stay.code,
            "guest": self.stay.guest.masked_name,
            "status": self.stay.status,
            "arrival": self.stay.arrival.isoformat(),
            "departure": self.stay.departure.isoformat(),
            "bed": str(self.bed),
            "nights": [night.isoformat() for night in self.nights],
            "beds": [str(bed) for bed in self.beds],
            "houses": [house.as_data() for house in self.houses],
        }


class BedInUse(Refused):
    """Somebody has the bed: ``hits`` are the stays, ``batches`` the beds of batches for which no choice was made, each
    with its proposals."""

    def __init__(self, hits: Sequence[Hit], batches: Sequence[BatchHit] = ()):
        stays = [reasons.bed_in_use(hit.stay, hit.bed, hit.nights) for hit in hits]
        super().__init__(*stays, *[reasons.kept_for_batch(hit.kept) for hit in batches])
        self.hits, self.batches = tuple(hits), tuple(batches)


def hits(beds: Iterable[Bed], nights: Nights, now: datetime) -> list[Hit]:
    """The stays that have one of ``beds`` on one of ``nights``, from tonight on, the first to lose it first.

    Who was named for a bed that is kept for their batch goes where that goes (`batch_beds.batches_hit`).
    """
    beds = list(beds)
    closing, along = [bed.pk for bed in beds], _go_along(batches_hit(beds, nights, now))
    found = [each for each in _who_has(closing, nights, now) if each[0].pk not in along]
    return [_with_proposals(stay, bed, lost, closing, now) for stay, bed, lost in found]


def _go_along(batches):
    return {stay.pk for hit in batches for stay in hit.stays}


def _who_has(closing, nights, now):
    """Each stay with the first bed that it loses, and the nights."""
    kept = (
        BedNight.objects.taken(now)
        .between(nights)
        .filter(bed__in=closing, night__gte=business_day(now))
        .select_related("stay__guest__user", "stay__hostel__network", "stay__assessment", "stay__party", "bed__room")
        .order_by("night", "stay_id")
    )
    found: dict[int, tuple[Stay, Bed, list[date]]] = {}
    for each in kept:
        found.setdefault(each.stay_id, (each.stay, each.bed, []))[2].append(each.night)
    return [(stay, bed, tuple(lost)) for stay, bed, lost in found.values()]


def _with_proposals(stay, bed, lost, closing, now):
    nights = nights_to_move(stay, lost[0])
    free = free_beds(stay.hostel, nights, stay.guest.gender, now, stay.pk, lodging_of(stay)).exclude(pk__in=closing)
    beds = tuple(free[:MOST_BEDS])
    return Hit(stay, bed, lost, beds, () if beds else tuple(houses_near(stay, nights, now)))


def block(
    beds: Sequence[Bed],
    nights: Nights,
    *,
    reason: str,
    now: datetime,
    reference: str = "",
    choices: Mapping[str, Choice] | None = None,
    actor: User | None = None,
) -> list[OutOfService]:
    """Take ``beds`` out of service for ``nights``, and move who is in them as ``choices`` say (by the stay's code).

    A bed that is kept for a batch needs a choice too, by the batch's code: another bed, ANYWHERE for one as good, or
    CANCEL, and the batch has one less; its guests who were named for it move along. ``reason`` is of
    `OutOfService.Reason`, ``reference`` what the house calls it (a repair's number). All of it happens or nothing.
    Raises `BedInUse` with the stays and batches for which there is no choice, CLOSED where a bed is closed then
    already, DATES for nights that are over, and what moving a guest raises.
    """

    def do():
        _see_the_day(nights.arrival, now)
        guests = _guests_locked(choices, beds)
        for bed in _locked(beds):
            if closed := OutOfService.objects.standing().touching(nights).filter(bed=bed).first():
                raise Refused(reasons.closed_already(bed, closed))
        rows = [
            OutOfService.objects.create(
                bed=bed, first_night=nights.arrival, until=nights.departure, reason=reason, reference=reference,
                written_at=now,
            )
            for bed in beds
        ]  # fmt: skip
        _clear(beds, nights, choices or {}, guests, now, actor)
        for row in rows:
            _record("block", row, now, actor)
        return rows

    return act(do)


def revise(
    closure: OutOfService,
    *,
    nights: Nights,
    now: datetime,
    reason: str | None = None,
    reference: str | None = None,
    choices: Mapping[str, Choice] | None = None,
    actor: User | None = None,
) -> OutOfService:
    """Say anew for which nights (and why) a bed is closed: a new row that revises ``closure``, which stays as it is.

    Nights that are over stay closed. Who has the bed on a night that is added needs a choice as in `block`; nights
    taken out are everybody's at once.
    Raises as `block` does, and with STATE where ``closure`` was revised before.
    """

    def do():
        guests = _guests_locked(choices, [closure.bed])
        last = _standing(closure)
        asked = nights
        if last.first_night < business_day(now):
            # The nights that are over stay closed as they were.
            asked = Nights(last.first_night, max(nights.departure, business_day(now)))
        else:
            _see_the_day(nights.arrival, now)
        others = OutOfService.objects.standing().touching(asked).filter(bed=last.bed_id).exclude(pk=last.pk)
        if closed := others.first():
            raise Refused(reasons.closed_already(closure.bed, closed))
        row = OutOfService.objects.create(
            bed=last.bed,
            first_night=asked.arrival,
            until=asked.departure,
            reason=last.reason if reason is None else reason,
            reference=last.reference if reference is None else reference,
            revises=last,
            written_at=now,
        )
        _clear([last.bed], asked, choices or {}, guests, now, actor)
        freed.served(now)
        _record("revise_block", row, now, actor)
        return row

    return act(do)


def lift(closure: OutOfService, *, now: datetime, actor: User | None = None) -> OutOfService:
    """Put the bed back into service, from tonight: nights that are over stay closed in every figure.

    Raises Refused with STATE where ``closure`` was revised or lifted before, with DATES where it is over.
    """

    def do():
        last, today = _standing(closure), business_day(now)
        _see_the_day(last.until - timedelta(days=1), now)
        over = last.first_night < today < last.until
        row = OutOfService.objects.create(
            bed=last.bed,
            first_night=last.first_night,
            until=today if over else last.until,
            reason=last.reason,
            reference=last.reference,
            lifted=not over,
            revises=last,
            written_at=now,
        )
        freed.served(now)
        _record("lift_block", row, now, actor)
        return row

    return act(do)


def _standing(closure):
    """The last word on the closure, behind the lock of its bed; what two say at once is said one after the other."""
    _locked([closure.bed])
    last = OutOfService.objects.standing().select_related("bed__room__hostel").filter(pk=closure.pk).first()
    if last is None:
        raise Refused(reasons.closure_changed(closure))
    return last


def _see_the_day(day, now):
    if day < business_day(now):
        raise Refused(reasons.nights_are_over(day))


def _locked(beds):
    """The rows of ``beds``, locked as whoever takes one locks it: of a booking and a closing at once, one is first."""
    found = Bed.objects.select_related("room").filter(pk__in=[bed.pk for bed in beds]).order_by("pk")
    return list(found.select_for_update(of=("self",)))


def _guests_locked(choices, beds):
    """The ids of the guests of the stays and batches that are chosen for, locked: a guest before a bed, always.

    Then the house's row: to find them other beds others may have to be moved, and whoever moves them locks the house
    before its beds. A closing that had its bed first would wait for them, and they for it.
    """
    if not choices:
        return frozenset()
    houses = {bed.room.hostel_id for bed in beds}
    codes = list(choices)
    of_batches = Q(batch__code__in=codes, bed_nights__bed__in=[bed.pk for bed in beds])
    stays = Stay.objects.filter(Q(code__in=codes) | of_batches, hostel__in=houses)
    # Their friends too: what becomes of one of a party is felt by the others (`locking.locked`).
    parties = Party.objects.filter(stays__in=stays.values("pk"))
    travel = Stay.objects.filter(Q(pk__in=stays.values("pk")) | Q(party__in=parties.values("pk")))
    named = Person.objects.filter(stays__in=travel.values("pk"))
    rows = Person.objects.filter(pk__in=named.values("pk")).order_by("pk").select_for_update(no_key=True)
    guests = frozenset(person.pk for person in rows)
    list(Hostel.objects.filter(pk__in=houses).order_by("pk").select_for_update(no_key=True))
    return guests


def _clear(beds, nights, choices, guests, now, actor):
    """Move whoever has one of ``beds``, each as chosen. Stays that nobody chose for are told, and nothing is done."""
    for bed in beds:
        # A hold whose time is over ends here: else its guest, confirming at this very moment, would have a closed bed.
        bed.kept_by_lapsed = True
        close_lapsed(bed, now)
    closing = [bed.pk for bed in beds]
    batches = clear_batches(beds, nights, choices, guests, now, actor, anywhere=ANYWHERE, give_up=CANCEL)
    along = _go_along(batches)
    found = [each for each in _who_has(closing, nights, now) if each[0].pk not in along]
    left = [each for each in found if each[0].code not in choices or each[0].guest_id not in guests]
    if left or batches:
        raise BedInUse([_with_proposals(stay, bed, lost, closing, now) for stay, bed, lost in left], batches)
    for stay, bed, lost in found:
        # A move before this one may have made room and moved this guest too.
        if not stay.bed_nights.live().filter(bed__in=closing, night__in=lost).exists():
            continue
        chosen, stay = choices[stay.code], locked(stay)
        if chosen == CANCEL or (chosen == OTHER_HOUSE and stay.awaits == Stay.Awaits.OFFER):
            # Whoever is offered this house has not said yes to another: the offer ends, and the wish keeps its place.
            give_up(stay, lost[0], now, actor)
        elif chosen == OTHER_HOUSE:
            if to_other_house(stay, lost[0], now, actor, reason=f"bed {bed} is closed") is None:
                raise Refused(reasons.no_other_house(stay))
        else:
            to_bed(stay, lost[0], chosen if isinstance(chosen, Bed) else None, now, actor)


def _record(what, row, now, actor):
    record(
        what,
        now=now,
        actor=actor,
        hostel=row.bed.room.hostel,
        about=f"closure {row.pk}",
        reason=row.reference,
        bed=str(row.bed),
        first_night=row.first_night.isoformat(),
        until=row.until.isoformat(),
        why=row.reason,
    )


# --- for good ---------------------------------------------------------------------------------------------------------
def close_bed(
    bed: Bed,
    from_day: date,
    *,
    now: datetime,
    choices: Mapping[str, Choice] | None = None,
    actor: User | None = None,
) -> Bed:
    """Take ``bed`` out of the house from the night ``from_day`` on, tonight at the earliest.

    Who has it then needs a choice, and so does a batch for which it is kept, as in `block`; raises as that does, and
    with STATE where the bed is closed by then anyway.
    """

    def do():
        _close([bed], bed.room, from_day, choices, now, actor)
        record("close_bed", now=now, actor=actor, hostel=bed.room.hostel, bed=str(bed), from_day=from_day.isoformat())
        return bed

    return act(do)


def close_room(
    room: Room,
    from_day: date,
    *,
    now: datetime,
    choices: Mapping[str, Choice] | None = None,
    actor: User | None = None,
) -> Room:
    """As `close_bed`, of all beds of ``room`` and the room itself."""

    def do():
        open_beds = room.beds.select_related("room__hostel").exclude(valid_until__lte=from_day).order_by("pk")
        _close(list(open_beds), room, from_day, choices, now, actor)
        room.valid_until = from_day
        room.save(update_fields=["valid_until"])
        record("close_room", now=now, actor=actor, hostel=room.hostel, room=room.number, from_day=from_day.isoformat())
        return room

    return act(do)


def _close(beds, room, from_day, choices, now, actor):
    _see_the_day(from_day, now)
    nights = Nights(from_day, from_day + FOR_GOOD)
    guests = _guests_locked(choices, beds)
    # The room before its beds, as whoever opens it again: what two say of it is said one after the other.
    until = _room_locked(room).valid_until
    if until is not None and until <= from_day:
        raise Refused(reasons.room_is_closed(room, until))
    for bed in _locked(beds):
        if bed.valid_until is not None and bed.valid_until <= from_day:
            raise Refused(reasons.bed_is_closed(bed))
        bed.valid_until = from_day
        bed.save(update_fields=["valid_until"])
    _clear(beds, nights, choices or {}, guests, now, actor)


def _room_locked(room):
    return Room.objects.select_for_update(of=("self",), no_key=True).get(pk=room.pk)


def reopen(room: Room, from_day: date, *, now: datetime, actor: User | None = None) -> Room:
    """Have ``room`` with its beds again from the night ``from_day`` on, tonight at the earliest.

    One that was to close is as if nothing had been said; one that has closed is a new row, so that the days between
    stay closed in every figure. Raises Refused with STATE where the room is open, or its number is another's by now.
    """

    def do():
        starts, last = max(from_day, business_day(now)), _room_locked(room)
        if last.valid_until is None or last.hostel.rooms.filter(number=last.number, valid_until=None).exists():
            raise Refused(reasons.room_is_open(last))
        # One that was closed before it came back may have two rows by now that end on the same day.
        beds = _by_number(last.beds.filter(valid_until=last.valid_until))
        if last.valid_until >= starts:
            again = last
            for each in [*beds, last]:
                each.valid_until = None
                each.save(update_fields=["valid_until"])
        else:
            said = {name: getattr(last, name) for name in ("number", "floor", "kind", "guests", "supply", "features")}
            again = Room.objects.create(hostel=last.hostel, valid_from=starts, **said)
            Bed.objects.bulk_create(
                Bed(room=again, number=bed.number, features=bed.features, valid_from=starts) for bed in beds
            )
        freed.served(now)
        record("reopen_room", now=now, actor=actor, hostel=last.hostel, room=last.number, from_day=starts.isoformat())
        return again

    return act(do)


def reopen_bed(bed: Bed, from_day: date, *, now: datetime, actor: User | None = None) -> Bed:
    """As `reopen`, of one ``bed`` of a room that is open; of a room that closes it is the room that is opened again.

    One that closed before its room did and came back without it is opened in the room as it is since.
    Raises Refused with STATE where the bed is open, another has its number by now, or its room closes.
    """

    def do():
        room = _room_locked(_as_it_is(bed.room))
        starts, last = max(from_day, business_day(now), room.valid_from), Bed.objects.get(pk=bed.pk)
        if room.valid_until is not None:
            raise Refused(reasons.room_is_closed(room, room.valid_until))
        if last.valid_until is None or room.beds.filter(number=last.number, valid_until=None).exists():
            raise Refused(reasons.bed_is_open(bed))
        again = last
        if last.room_id == room.pk and last.valid_until >= starts:
            last.valid_until = None
            last.save(update_fields=["valid_until"])
        else:
            again = Bed.objects.create(room=room, number=last.number, features=last.features, valid_from=starts)
        freed.served(now)
        record("reopen_bed", now=now, actor=actor, hostel=room.hostel, bed=str(bed), from_day=starts.isoformat())
        return again

    return act(do)


def _as_it_is(room):
    """The row of ``room`` that is open: itself, or where it closed and came back, the one since."""
    return Room.objects.filter(hostel=room.hostel_id, number=room.number, valid_until=None).first() or room


def _by_number(rows):
    """Of ``rows`` (rooms of a house, or beds of rooms of one number) the last of each number, by their numbers.

    What was closed again before its first night never was there: what was there before it is the last.
    """

    def age(row):
        return row.valid_until is None or row.valid_until > row.valid_from, row.valid_from, row.pk

    last = {row.number: row for row in sorted(rows, key=age)}
    return [row for _number, row in sorted(last.items())]


@dataclass(frozen=True)
class Inventory:
    """A room of a house with its beds, as it is from a day on: of a number that closed and came back the last.

    A bed that closed before its room did is still one of them when the room has come back.
    """

    room: Room
    beds: tuple[Bed, ...]


def inventory(hostel: Hostel) -> list[Inventory]:
    """The rooms of ``hostel``, those that have closed too, by their numbers: two statements."""
    rooms = list(hostel.rooms.prefetch_related("beds"))
    beds: dict[str, list[Bed]] = {}
    for room in rooms:
        beds.setdefault(room.number, []).extend(room.beds.all())
    return [Inventory(room, tuple(_by_number(beds[room.number]))) for room in _by_number(rooms)]
