"""Which beds are free: one look at beds, bed-nights and closures answers every question about them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import BitOr
from django.db import connection
from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    FloatField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Cos, Power, Radians, Sin

from bookings.freed import Clock, clock_of, not_public, not_public_of
from bookings.lodging import PLAIN, Lodging
from bookings.models import BatchBed, BedNight, Stay
from hostel.models import Bed, Hostel, OutOfService, Room
from hostel.nights import Nights, business_day
from hostel.places import distance_m
from hostel.prepared import SlotNights

GENDERS = ("female", "male")
VALID = ("valid_from", "valid_until", "room__valid_from", "room__valid_until")
# So many bits has the number of beds of a house on one night.
WIDTH = 16
MOST_BEDS = (1 << WIDTH) - 1


def free_beds(
    hostel: Hostel,
    nights: Nights | SlotNights,
    gender: str,
    now: datetime,
    except_stay: int | Collection[int] | None = None,
    lodging: Lodging = PLAIN,
    on_call: bool = False,
    clock: Clock | None = None,
) -> QuerySet:
    """Beds of ``hostel`` that a guest of ``gender`` can have on every one of ``nights``, the best choice first.

    A bed in a room for the guest's gender comes before one where such a guest already is, then a room alone, then an
    empty room that anyone could open; who wants the room alone has a single one first. ``lodging`` says what the bed
    must be like; ``on_call`` adds, last, those the house must be asked for. Each row says in ``kept_by_lapsed`` whether
    a hold whose time is over must be closed before it can be taken. ``except_stay`` leaves the nights of one stay out:
    where could it move? (Of several: where could they change places?) Nights that were given back are left out while
    they are the waiting list's (`bookings/freed.py`), but not where the ``lodging`` is an offer of it. ``clock`` says
    what ``now`` means in the hostel's network, where that is known already.
    """
    changing = except_stay if isinstance(except_stay, Collection) else [except_stay]
    bed_nights = BedNight.objects.between(nights).exclude(stay_id__in=changing)
    taken = bed_nights.taken(now)
    lapsed = bed_nights.live().filter(stay__status="held", stay__held_until__lte=now)
    closed = OutOfService.objects.standing().touching(nights)
    company = gender if not lodging.alone else lodging.party.code if lodging.party else ""
    choices = [
        When(room__guests=gender, then=Value(0)),
        When(Exists(taken.filter(room=OuterRef("room_id"))), then=Value(1)),
        When(room__guests=Room.Guests.ANY, then=Value(-1 if lodging.alone else 2)),
    ]
    if on_call:
        choices.insert(0, When(room__supply=Room.Supply.ON_CALL, then=Value(9)))
    beds = Bed.objects.valid_throughout(nights).filter(
        ~Exists(taken.filter(bed=OuterRef("pk"))),
        ~Exists(taken.filter(room=OuterRef("room_id")).exclude(sharing=company)),
        ~Exists(closed.filter(bed=OuterRef("pk"))),
        Q(room__valid_until=None) | Q(room__valid_until__gte=nights.departure),
        room__valid_from__lte=nights.arrival,
        room__hostel=hostel,
        room__guests__in=open_to(gender, lodging),
    )
    if not on_call:
        beds = beds.filter(room__supply=Room.Supply.FIXED)
    kept = BatchBed.objects.keeping(nights, clock.today if clock else business_day(now))
    if lodging.batch is not None:
        beds = beds.filter(batches__batch=lodging.batch)
        kept = kept.exclude(batch=lodging.batch)
    beds = beds.filter(~Exists(kept.filter(bed=OuterRef("pk"))))
    if lodging.offer is None:
        kept_back = not_public(nights, clock or clock_of(hostel.network, now)).exclude(stay_id__in=changing)
        # In a room where somebody sleeps by now, it is they who say with whom it is shared.
        settled = taken.filter(room=OuterRef("room_id"), night=OuterRef("night"))
        beds = beds.filter(
            ~Exists(kept_back.filter(bed=OuterRef("pk"))),
            ~Exists(kept_back.filter(~Exists(settled), room=OuterRef("room_id")).exclude(sharing=company)),
        )
    return (
        having(beds, lodging.needs)
        .annotate(
            kept_by_lapsed=Exists(lapsed.filter(room=OuterRef("room_id"))),
            choice=Case(*choices, default=Value(3), output_field=IntegerField()),
        )
        .select_related("room")
        .order_by("choice", "room__number", "number")
    )


def open_to(gender: str, lodging: Lodging) -> list[str]:
    """Whose rooms (`Room.guests`) a guest of ``gender`` may sleep in; one of several beds is given to a guest alone
    only where there is a reason (`Lodging.may_empty_a_room`)."""
    if lodging.alone and not lodging.may_empty_a_room:
        return [Room.Guests.ANY]
    return [gender, Room.Guests.FLEXIBLE, Room.Guests.ANY]


def having(beds: QuerySet, needs: Iterable[str]) -> QuerySet:
    """The ``beds`` that have all of ``needs`` (`hostel.models.Need`), each in the bed itself or in its room."""
    if not needs:
        return beds
    # As text: SQLite looks into no list of JSON. The words are ours, and in quotes.
    beds = beds.annotate(
        _has=Cast("features", TextField()),
        _room_has=Cast("room__features", TextField()),
    )
    for need in sorted(needs):
        beds = beds.filter(Q(_has__contains=f'"{need}"') | Q(_room_has__contains=f'"{need}"'))
    return beds


@dataclass(frozen=True)
class NightCount:
    """The beds of a house on one night. ``free`` are those that somebody (of the gender asked for) can still have;
    ``on_call`` those beside them for which the house must be asked."""

    night: date
    beds: int
    out_of_service: int
    held: int
    taken: int
    free: int
    on_call: int = 0


@dataclass(frozen=True)
class Found:
    """A house in answer to a search: how far, how many beds free throughout, and its nights one by one."""

    hostel: Hostel
    distance_m: int | None
    free: int
    counts: list[NightCount]


class _Room:
    """Who sleeps in a room when: masks by whom it is shared with."""

    __slots__ = ("alone", "alone_back", "alone_held", "closed", "kept_back", "sharing")

    def __init__(self):
        self.sharing, self.kept_back, self.closed = {}, {}, {}
        self.alone = self.alone_held = self.alone_back = 0

    def waits_alone(self):
        """The nights on which the whole room is kept back, for who had it alone has given it back."""
        waiting = self.alone_back
        for nights in self.sharing.values() if waiting else ():
            waiting &= ~nights
        return waiting

    def closed_to(self, company):
        """The nights on which somebody is there with whom ``company`` cannot share.

        Where somebody sleeps by now, it is they who say so, and not who has given the nights back."""
        nights = self.closed.get(company)
        if nights is None:
            nights = self.closed[company] = self._closed_to(company)
        return nights

    def _closed_to(self, company):
        others = taken = waiting = 0
        for sharing, nights in self.sharing.items():
            taken |= nights
            if sharing != company:
                others |= nights
        for sharing, nights in self.kept_back.items():
            if sharing != company:
                waiting |= nights
        return others | (waiting & ~taken)


class _Bed:
    """A bed's nights, as masks: when it is there, taken, held, kept back for the line, closed, kept for a batch."""

    __slots__ = ("closed", "guests", "held", "kept", "kept_back", "open", "pk", "room", "room_id", "taken", "there")

    def __init__(self, pk, room_id, room, guests, there):
        self.pk, self.room_id, self.room, self.guests, self.there = pk, room_id, room, guests, there
        self.taken = self.held = self.kept_back = self.closed = self.kept = 0
        self.open = {}

    def given(self):
        """The nights on which the bed is held, and those on which it is taken: by a stay that has it, or that has the
        whole room alone. A bed that waits for a guest of a batch, or for the waiting list, is held."""
        there, room = self.there, self.room
        if not (self.kept or self.kept_back or self.held or room.alone or room.alone_back):
            return 0, there & self.taken
        waits = self.kept | self.kept_back | room.waits_alone()
        if not (room.alone or waits):
            return there & self.held, there & self.taken & ~self.held
        others = there & ~self.taken & ~self.closed
        held = (there & self.held) | (others & room.alone_held) | (others & waits & ~room.alone)
        return held, (there & self.taken & ~self.held) | (others & room.alone & ~room.alone_held)


class Grid:
    """Beds by nights of some houses, read with three statements however many there are.

    With ``lodging`` only the beds that have what is needed are read, and rooms alone are looked for where it says so.
    Nights that were given back are nobody's while they are the waiting list's, but not where it is an offer of it.

    The nights of a bed are one number, a *mask*: bit n says something of the n-th night. So all of them are asked at
    once, and the database sends one row a bed instead of one a night.
    """

    def __init__(self, hostels: Iterable[Hostel], nights: Nights, now: datetime, lodging: Lodging = PLAIN):
        hostels = list(hostels)
        houses = [hostel.pk for hostel in hostels]
        self.nights = nights
        self.lodging = lodging
        self.beds: dict[int, list[_Bed]] = defaultdict(list)
        self.on_call: dict[int, list[_Bed]] = defaultdict(list)
        self._first = nights.arrival
        self._all = (1 << len(nights)) - 1
        self._wide: dict[int, int] = {0: 0}
        rooms: dict[int, _Room] = {}
        beds: dict[int, _Bed] = {}
        for pk, room, house, guests, supply, *days in (
            having(Bed.objects.filter(room__hostel__in=houses), lodging.needs)
            .filter(Q(valid_until=None) | Q(valid_until__gt=nights.arrival), valid_from__lt=nights.departure)
            .order_by("pk")
            .values_list("pk", "room_id", "room__hostel_id", "room__guests", "room__supply", *VALID)
        ):
            there = self._all
            if days[1] or days[3] or days[0] > self._first or days[2] > self._first:
                there = self._between(days[0], days[1]) & self._between(days[2], days[3])
            if room not in rooms:
                rooms[room] = _Room()
            bed = beds[pk] = _Bed(pk, room, rooms[room], guests, there)
            (self.beds if supply == Room.Supply.FIXED else self.on_call)[house].append(bed)
        for pk, room_id, sharing, is_held, is_taken, mask in self._given_nights(hostels, now):
            # What lies in a room without a bed that is looked for says with whom it is shared, too.
            room = rooms.get(room_id) or rooms.setdefault(room_id, _Room())
            given = beds.get(pk)
            of_room = room.sharing if is_taken else room.kept_back
            of_room[sharing] = of_room.get(sharing, 0) | mask
            if is_taken and sharing not in GENDERS:
                room.alone |= mask
                room.alone_held |= mask if is_held else 0
            elif sharing not in GENDERS:
                room.alone_back |= mask
            if given is not None:
                given.taken |= mask if is_taken else 0
                given.held |= mask if is_taken and is_held else 0
                given.kept_back |= 0 if is_taken else mask
        for pk, first, until, is_closed in self._kept_away(houses, now):
            if away := beds.get(pk):
                nights_away = self._between(first, until)
                if is_closed:
                    away.closed |= nights_away
                else:
                    away.kept |= nights_away

    def _between(self, first, until):
        """The mask of the nights from ``first`` to the eve of ``until`` (None: to the end)."""
        if first <= self._first and (until is None or until >= self.nights.departure):
            return self._all
        begin = max((first - self._first).days, 0)
        end = len(self.nights) if until is None else min((until - self._first).days, len(self.nights))
        return ((1 << (end - begin)) - 1) << begin if end > begin else 0

    def _mask(self, nights):
        mask = 0
        for night in nights:
            mask |= 1 << (night - self._first).days
        return mask

    def _kept_away(self, houses, now):
        """Beds out of service, and those kept for the guests of a batch, with from when until when: one statement."""
        closed = OutOfService.objects.standing().touching(self.nights).filter(bed__room__hostel__in=houses)
        kept = BatchBed.objects.keeping(self.nights, business_day(now)).filter(bed__room__hostel__in=houses)
        return closed.values_list("bed_id", "first_night", "until", Value(1)).union(
            kept.values_list("bed_id", "batch__arrival", "batch__departure", Value(0)), all=True
        )

    def _given_nights(self, hostels, now):
        """The bed-nights that keep others out, ``is_taken`` or the waiting list's: in one look at the rows.

        By bed, room, with whom it is shared, whether it is held, whether it is taken: the mask of the nights."""
        taken = Q(released_at=None) & ~Q(stay__in=Stay.objects.lapsed(now))
        held = Stay.objects.filter(status=Stay.Status.HELD, hostel__in=hostels)
        rows = (
            BedNight.objects.between(self.nights)
            .filter(hostel__in=hostels)
            .annotate(
                is_held=Case(When(stay__in=held, then=True), default=False),
                is_taken=Case(When(taken, then=True), default=False),
            )
            .filter(taken if self.lodging.offer is not None else taken | not_public_of(hostels, now))
        )
        return masks_of(rows, self.nights, "bed_id", "room_id", "sharing", "is_held", "is_taken")

    def _opened(self, beds, gender):
        """The ``beds`` of a house, each with the nights on which a guest of ``gender`` could have it (`_Bed.open`)."""
        if beds and gender not in beds[0].open:
            guests, company = open_to(gender, self.lodging), self._company(gender)
            for bed in beds:
                nights = 0
                if bed.guests in guests:
                    away = bed.taken | bed.kept_back | bed.closed | bed.kept
                    nights = bed.there & ~(away | bed.room.closed_to(company))
                bed.open[gender] = nights
        return beds

    def _anybodys(self, beds, gender):
        """The nights on which a guest of ``gender``, or of any, could have each of ``beds``."""
        if gender:
            return [bed.open[gender] for bed in self._opened(beds, gender)]
        for each in GENDERS:
            self._opened(beds, each)
        women, men = GENDERS
        return [bed.open[women] | bed.open[men] for bed in beds]

    def _company(self, gender):
        """With whom a room may be shared: nobody is "", for no row says that."""
        if not self.lodging.alone:
            return gender
        return self.lodging.party.code if self.lodging.party else ""

    def free(self, hostel: Hostel, nights: Iterable[date], gender: str = "") -> int:
        """How many beds of ``hostel`` one guest could have on every one of ``nights``; the house need not be asked."""
        return self._count_free(self.beds[hostel.pk], nights, gender)

    def free_on_call(self, hostel: Hostel, nights: Iterable[date], gender: str = "") -> int:
        """As `free`, of the beds for which the house must be asked."""
        return self._count_free(self.on_call[hostel.pk], nights, gender)

    def _count_free(self, beds, nights, gender):
        asked, genders = self._mask(nights), [gender] if gender else GENDERS
        opened = [[bed.open[each] & asked == asked for bed in self._opened(beds, each)] for each in genders]
        return sum(map(any, zip(*opened, strict=True)))

    def free_from_the_first(self, hostel: Hostel) -> dict[int, int]:
        """By a bed's id, on how many nights from the first of the `nights` on, without a gap, somebody can have it;
        the house need not be asked."""
        open_nights = self._anybodys(self.beds[hostel.pk], "")
        # The lowest bit that is not set stands where the run of nights ends.
        return {
            bed.pk: ((~nights) & (nights + 1)).bit_length() - 1
            for bed, nights in zip(self.beds[hostel.pk], open_nights, strict=True)
        }

    def fits(self, hostel: Hostel, nights: Iterable[date], genders: Sequence[str], *, together: bool = False) -> bool:
        """Whether guests of these ``genders`` can each have a bed of ``hostel`` on every one of ``nights``, all at
        once; ``together`` in one room. Where the `lodging` is alone they have their room with nobody else.

        Nobody is moved for it, and the beds are dealt out one by one: what it says fits, can be booked."""
        asked = self._mask(nights)
        beds = self.beds[hostel.pk]
        for gender in genders:
            self._opened(beds, gender)
        if len(genders) == 1:
            return any(bed.open[genders[0]] & asked == asked for bed in beds)
        by_room = defaultdict(list)
        for bed in beds:
            by_room[bed.room_id].append(bed)
        if together or self.lodging.alone:
            return any(self._dealt({room: there}, asked, genders) for room, there in by_room.items())
        return self._dealt(by_room, asked, genders)

    def _dealt(self, by_room, asked, genders):
        """Deal the beds out, to each guest first those of a room for their gender alone."""
        company, used = {}, set()
        for gender in genders:
            mine = self._company(gender)
            choice = [
                (bed.guests != gender, company.get(bed.room_id) != mine, bed.guests == Room.Guests.ANY, bed.pk, bed)
                for room in by_room.values()
                for bed in room
                if bed.pk not in used and company.get(bed.room_id, mine) == mine and bed.open[gender] & asked == asked
            ]
            if not choice:
                return False
            *_order, bed = min(choice)
            used.add(bed.pk)
            # In a room for one guest alone nobody else sleeps, unless the party has it together.
            company[bed.room_id] = mine if bed.guests != Room.Guests.ANY or self.lodging.alone else None
        return True

    def count(self, hostel: Hostel, night: date, gender: str = "") -> NightCount:
        """The beds of ``hostel`` on ``night``."""
        return self.counts(hostel, [night], gender)[0]

    def counts(self, hostel: Hostel, nights: Iterable[date], gender: str = "") -> list[NightCount]:
        """The beds of ``hostel`` on each of ``nights``."""
        of_house, all_nights = self.beds[hostel.pk], self._all
        beds = closed = held = taken = free = on_call = throughout = 0
        for bed, nights_free in zip(of_house, self._anybodys(of_house, gender), strict=True):
            nights_held, nights_taken = bed.given()
            if bed.there == all_nights:
                throughout += 1
            else:
                beds += self._widened(bed.there)
            if bed.closed:
                closed += self._widened(bed.there & bed.closed)
            if nights_held:
                held += self._widened(nights_held)
            taken += self._widened(nights_taken)
            free += self._widened(nights_free)
        beds += throughout * self._widened(all_nights)
        for nights_free in self._anybodys(self.on_call[hostel.pk], gender):
            on_call += self._widened(nights_free)
        sums = (beds, closed, held, taken, free, on_call)
        return [
            NightCount(night, *(each >> WIDTH * (night - self._first).days & MOST_BEDS for each in sums))
            for night in nights
        ]

    def _widened(self, mask):
        """The mask with room for a number at each night: such can be added up, all nights at once."""
        wide = self._wide.get(mask)
        if wide is None:
            wide, rest, place = 0, mask, 0
            while rest:
                wide |= (rest & 1) << place
                rest >>= 1
                place += WIDTH
            self._wide[mask] = wide
        return wide


def masks_of(bed_nights: QuerySet, nights: Nights, *fields: str) -> Iterator[tuple]:
    """Rows of ``fields`` with the mask of the nights for which there are ``bed_nights`` with these values.

    On PostgreSQL the database puts the masks together; SQLite has no such sum, and has few nights.
    """
    if connection.vendor != "postgresql":
        by_fields: dict[tuple, int] = {}
        for *values, night in bed_nights.values_list(*fields, "night"):
            key = tuple(values)
            by_fields[key] = by_fields.get(key, 0) | 1 << (night - nights.arrival).days
        return ((*values, mask) for values, mask in by_fields.items())
    rows = bed_nights.values(*fields).annotate(mask=BitOr(_Bit(nights))).values_list(*fields, "mask")
    return ((*values, int(mask, 2)) for *values, mask in rows.order_by())


class _Bit(Func):
    """Of a bed-night the bit that says its night, as PostgreSQL's text of zeros and ones."""

    arg_joiner = " - "

    def __init__(self, nights):
        super().__init__(F("night"), Value(nights.arrival, DateField()), output_field=CharField())
        self.template = f"(1::bit({len(nights)}) << (%(expressions)s))"


def night_table(
    hostels: Iterable[Hostel], nights: Nights, now: datetime, gender: str = ""
) -> dict[int, list[NightCount]]:
    """Return by a hostel's id its beds on each of ``nights``: three statements, however many hostels."""
    hostels = list(hostels)
    grid = Grid(hostels, nights, now)
    return {hostel.pk: grid.counts(hostel, nights, gender) for hostel in hostels}


def nearest_first(hostels: Iterable[Hostel], near: tuple[float, float] | None) -> list[tuple[Hostel, int | None]]:
    """Hostels with their distance in metres from ``near`` (latitude, longitude, GCJ-02), the nearest first."""
    if near is None:
        return [(hostel, None) for hostel in hostels]
    measured = [(round(distance_m(near, (hostel.lat, hostel.lng))), hostel) for hostel in hostels]
    return [(hostel, metres) for metres, hostel in sorted(measured, key=lambda pair: pair[0])]


class Findings(Sequence[Found]):
    """The answer to a search, worked out only for those houses that are looked at: slice it, and the others cost
    nothing. A slice is four statements."""

    def __init__(self, ordered: Any, nights: Nights, window: Nights, now: datetime, gender: str, near):
        self._ordered, self._nights, self._window = ordered, nights, window
        self._now, self._gender, self._near = now, gender, near

    def __len__(self):
        return len(self._ordered)

    def __iter__(self):
        return iter(self._found(self._ordered))

    def __getitem__(self, which):
        if isinstance(which, slice):
            return self._found(self._ordered[which])
        return self._found(self._ordered[which : which + 1])[0]

    def _found(self, hostels):
        hostels = list(hostels)
        grid = Grid(hostels, self._window, self._now)
        return [
            Found(
                hostel,
                distance_m(self._near, hostel.position) if self._near else None,
                grid.free(hostel, self._nights, self._gender),
                grid.counts(hostel, self._window, self._gender),
            )
            for hostel in hostels
        ]


def find(
    hostels: Iterable[Hostel],
    nights: Nights,
    now: datetime,
    gender: str = "",
    near: tuple[float, float] | None = None,
    shown: int = 14,
) -> Findings:
    """Search ``hostels`` for beds on all of ``nights``, nearest first; ``counts`` shows ``shown`` nights from arrival.

    A house without a free bed is in the answer too: its other nights may help.
    """
    window = Nights(nights.arrival, max(nights.departure, nights.arrival + timedelta(days=shown)))
    if isinstance(hostels, QuerySet):
        ordered: Any = hostels.order_by(farness(near), "slug") if near else hostels
    else:
        ordered = [hostel for hostel, _metres in nearest_first(hostels, near)]
    return Findings(ordered, nights, window, now, gender, near)


def farness(near: tuple[float, float]):
    """What grows with the distance from ``near`` and with nothing else, in the database: half a haversine."""
    lat, lng = near
    northward = Power(Sin(Radians(F("lat") - lat) / 2), 2)
    eastward = Power(Sin(Radians(F("lng") - lng) / 2), 2)
    return northward + Cos(Radians(Value(lat, FloatField()))) * Cos(Radians("lat")) * eastward
