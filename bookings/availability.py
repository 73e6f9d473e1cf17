"""Which beds are free: one look at beds, bed-nights and closures answers every question about them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast

from bookings.freed import Clock, clock_of, not_public, not_public_of
from bookings.lodging import PLAIN, Lodging
from bookings.models import BatchBed, BedNight
from hostel.models import Bed, Hostel, OutOfService, Room
from hostel.nights import Nights, business_day
from hostel.places import distance_m

GENDERS = ("female", "male")


def free_beds(
    hostel: Hostel,
    nights: Nights,
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


class Grid:
    """Beds by nights of some houses, read with three statements however many there are.

    With ``lodging`` only the beds that have what is needed are read, and rooms alone are looked for where it says so.
    Nights that were given back are nobody's while they are the waiting list's, but not where it is an offer of it.
    """

    def __init__(self, hostels: Iterable[Hostel], nights: Nights, now: datetime, lodging: Lodging = PLAIN):
        hostels = list(hostels)
        houses = [hostel.pk for hostel in hostels]
        self.nights = nights
        self.lodging = lodging
        self.beds = defaultdict(list)
        self.on_call = defaultdict(list)
        for bed in (
            having(Bed.objects.filter(room__hostel__in=houses), lodging.needs)
            .filter(Q(valid_until=None) | Q(valid_until__gt=nights.arrival), valid_from__lt=nights.departure)
            .values("pk", "room_id", "valid_from", "valid_until")
            .annotate(
                house=F("room__hostel_id"),
                guests=F("room__guests"),
                supply=F("room__supply"),
                room_from=F("room__valid_from"),
                room_until=F("room__valid_until"),
            )
            .order_by("pk")
        ):
            of_its_kind = self.beds if bed["supply"] == Room.Supply.FIXED else self.on_call
            of_its_kind[bed["house"]].append(bed)
        self._taken = {}
        self._sharing = {}
        self._alone = {}
        self._kept_back = set()
        kept_back = {}
        for bed, room, night, sharing, status, is_taken in self._given_nights(
            hostels, nights, now, lodging
        ).values_list("bed_id", "room_id", "night", "sharing", "stay__status", "is_taken"):
            if not is_taken:
                self._kept_back.add((bed, night))
                kept_back[room, night] = sharing
                continue
            self._taken[bed, night] = status
            self._sharing[room, night] = sharing
            if sharing not in GENDERS:
                self._alone[room, night] = status
        # In a room where somebody sleeps by now, it is they who say with whom it is shared.
        self._sharing = kept_back | self._sharing
        self._closed, self._kept = set(), set()
        for bed, first, until, is_closed in self._kept_away(houses, nights, now):
            cells = self._closed if is_closed else self._kept
            cells.update((bed, night) for night in Nights(max(first, nights.arrival), min(until, nights.departure)))

    @staticmethod
    def _kept_away(houses, nights, now):
        """Beds out of service, and those kept for the guests of a batch, with from when until when: one statement."""
        closed = OutOfService.objects.standing().touching(nights).filter(bed__room__hostel__in=houses)
        kept = BatchBed.objects.keeping(nights, business_day(now)).filter(bed__room__hostel__in=houses)
        return closed.values_list("bed_id", "first_night", "until", Value(1)).union(
            kept.values_list("bed_id", "batch__arrival", "batch__departure", Value(0)), all=True
        )

    @staticmethod
    def _given_nights(hostels, nights, now, lodging):
        """The bed-nights that keep others out, ``is_taken`` or the waiting list's: in one look at the rows."""
        taken = Q(released_at=None) & ~Q(stay__status="held", stay__held_until__lte=now)
        rows = (
            BedNight.objects.between(nights)
            .filter(hostel__in=hostels)
            .annotate(is_taken=Case(When(taken, then=True), default=False))
        )
        return rows.filter(taken if lodging.offer is not None else taken | not_public_of(hostels, now))

    def _there(self, bed, night) -> bool:
        return (
            bed["valid_from"] <= night
            and bed["room_from"] <= night
            and (bed["valid_until"] is None or night < bed["valid_until"])
            and (bed["room_until"] is None or night < bed["room_until"])
        )

    def _open_to(self, bed, night, gender) -> bool:
        return (
            self._there(bed, night)
            and (bed["pk"], night) not in self._taken
            and (bed["pk"], night) not in self._kept_back
            and (bed["pk"], night) not in self._closed
            and (bed["pk"], night) not in self._kept
            and bed["guests"] in open_to(gender, self.lodging)
            and self._sharing.get((bed["room_id"], night), self._company(gender)) == self._company(gender)
        )

    def _company(self, gender):
        """With whom a room may be shared: nobody is "", for no row says that."""
        if not self.lodging.alone:
            return gender
        return self.lodging.party.code if self.lodging.party else ""

    def _given(self, bed, night):
        """The status of the stay that keeps others out of the bed: it has the bed, or the whole room alone. A bed that
        waits for a guest of a batch is held."""
        if (bed["pk"], night) in self._taken or (bed["pk"], night) in self._closed:
            return self._taken.get((bed["pk"], night))
        return self._alone.get((bed["room_id"], night)) or ("held" if (bed["pk"], night) in self._kept else None)

    def free(self, hostel: Hostel, nights: Iterable[date], gender: str = "") -> int:
        """How many beds of ``hostel`` one guest could have on every one of ``nights``; the house need not be asked."""
        return self._count_free(self.beds[hostel.pk], nights, gender)

    def free_on_call(self, hostel: Hostel, nights: Iterable[date], gender: str = "") -> int:
        """As `free`, of the beds for which the house must be asked."""
        return self._count_free(self.on_call[hostel.pk], nights, gender)

    def _count_free(self, beds, nights, gender):
        asked = list(nights)
        return sum(
            any(all(self._open_to(bed, night, each) for night in asked) for each in ([gender] if gender else GENDERS))
            for bed in beds
        )

    def fits(self, hostel: Hostel, nights: Iterable[date], genders: Sequence[str], *, together: bool = False) -> bool:
        """Whether guests of these ``genders`` can each have a bed of ``hostel`` on every one of ``nights``, all at
        once; ``together`` in one room. Where the `lodging` is alone they have their room with nobody else.

        Nobody is moved for it, and the beds are dealt out one by one: what it says fits, can be booked."""
        asked = list(nights)
        beds = self.beds[hostel.pk]
        if len(genders) == 1:
            return bool(self._count_free(beds, asked, genders[0]))
        by_room = defaultdict(list)
        for bed in beds:
            by_room[bed["room_id"]].append(bed)
        if together or self.lodging.alone:
            return any(self._dealt({room: there}, asked, genders) for room, there in by_room.items())
        return self._dealt(by_room, asked, genders)

    def _dealt(self, by_room, nights, genders):
        """Deal the beds out, to each guest first those of a room for their gender alone."""
        company, used = {}, set()
        for gender in genders:
            mine = self._company(gender)
            choice = [
                (
                    bed["guests"] != gender,
                    company.get(bed["room_id"]) != mine,
                    bed["guests"] == Room.Guests.ANY,
                    bed["pk"],
                )
                for room in by_room.values()
                for bed in room
                if bed["pk"] not in used
                and company.get(bed["room_id"], mine) == mine
                and all(self._open_to(bed, night, gender) for night in nights)
            ]
            if not choice:
                return False
            *_order, taken = min(choice)
            bed = next(bed for room in by_room.values() for bed in room if bed["pk"] == taken)
            used.add(taken)
            # In a room for one guest alone nobody else sleeps, unless the party has it together.
            company[bed["room_id"]] = mine if bed["guests"] != Room.Guests.ANY or self.lodging.alone else None
        return True

    def count(self, hostel: Hostel, night: date, gender: str = "") -> NightCount:
        """The beds of ``hostel`` on ``night``."""
        there = [bed for bed in self.beds[hostel.pk] if self._there(bed, night)]
        closed = sum((bed["pk"], night) in self._closed for bed in there)
        given = [status for bed in there if (status := self._given(bed, night))]
        return NightCount(
            night=night,
            beds=len(there),
            out_of_service=closed,
            held=given.count("held"),
            taken=len(given) - given.count("held"),
            free=self.free(hostel, [night], gender),
            on_call=self.free_on_call(hostel, [night], gender),
        )


def night_table(
    hostels: Iterable[Hostel], nights: Nights, now: datetime, gender: str = ""
) -> dict[int, list[NightCount]]:
    """Return by a hostel's id its beds on each of ``nights``: three statements, however many hostels."""
    hostels = list(hostels)
    grid = Grid(hostels, nights, now)
    return {hostel.pk: [grid.count(hostel, night, gender) for night in nights] for hostel in hostels}


def nearest_first(hostels: Iterable[Hostel], near: tuple[float, float] | None) -> list[tuple[Hostel, int | None]]:
    """Hostels with their distance in metres from ``near`` (latitude, longitude, GCJ-02), the nearest first."""
    if near is None:
        return [(hostel, None) for hostel in hostels]
    measured = [(round(distance_m(near, (hostel.lat, hostel.lng))), hostel) for hostel in hostels]
    return [(hostel, metres) for metres, hostel in sorted(measured, key=lambda pair: pair[0])]


def find(
    hostels: Iterable[Hostel],
    nights: Nights,
    now: datetime,
    gender: str = "",
    near: tuple[float, float] | None = None,
    shown: int = 14,
) -> list[Found]:
    """Search ``hostels`` for beds on all of ``nights``, nearest first; ``counts`` shows ``shown`` nights from arrival.

    A house without a free bed is in the answer too: its other nights may help.
    """
    window = Nights(nights.arrival, max(nights.departure, nights.arrival + timedelta(days=shown)))
    ordered = nearest_first(hostels, near)
    grid = Grid([hostel for hostel, _ in ordered], window, now)
    return [
        Found(hostel, metres, grid.free(hostel, nights, gender), [grid.count(hostel, n, gender) for n in window])
        for hostel, metres in ordered
    ]
