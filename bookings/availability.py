"""Which beds are free: one look at beds, bed-nights and closures answers every question about them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from bookings.models import BedNight
from hostel.models import Bed, Hostel, OutOfService, Room
from hostel.nights import Nights
from hostel.places import distance_m

GENDERS = ("female", "male")


def free_beds(hostel: Hostel, nights: Nights, gender: str, now: datetime, except_stay: int | None = None) -> QuerySet:
    """Beds of ``hostel`` that a guest of ``gender`` can have on every one of ``nights``, the best choice first.

    A bed in a room for the guest's gender comes before one where such a guest already is, then a room alone, then an
    empty room that anyone could open. Each row says in ``kept_by_lapsed`` whether a hold whose time is over must be
    closed before it can be taken. ``except_stay`` leaves the nights of one stay out: where could it move?
    """
    bed_nights = BedNight.objects.between(nights).exclude(stay_id=except_stay)
    taken = bed_nights.taken(now)
    lapsed = bed_nights.live().filter(stay__status="held", stay__held_until__lte=now)
    closed = OutOfService.objects.standing().touching(nights)
    return (
        Bed.objects.valid_throughout(nights)
        .filter(
            ~Exists(taken.filter(bed=OuterRef("pk"))),
            ~Exists(taken.filter(room=OuterRef("room_id")).exclude(sharing=gender)),
            ~Exists(closed.filter(bed=OuterRef("pk"))),
            Q(room__valid_until=None) | Q(room__valid_until__gte=nights.departure),
            room__valid_from__lte=nights.arrival,
            room__hostel=hostel,
            room__supply=Room.Supply.FIXED,
            room__guests__in=[gender, Room.Guests.FLEXIBLE, Room.Guests.ANY],
        )
        .annotate(
            kept_by_lapsed=Exists(lapsed.filter(room=OuterRef("room_id"))),
            choice=Case(
                When(room__guests=gender, then=Value(0)),
                When(Exists(taken.filter(room=OuterRef("room_id"))), then=Value(1)),
                When(room__guests=Room.Guests.ANY, then=Value(2)),
                default=Value(3),
                output_field=IntegerField(),
            ),
        )
        .select_related("room")
        .order_by("choice", "room__number", "number")
    )


@dataclass(frozen=True)
class NightCount:
    """The beds of a house on one night. ``free`` are those that somebody (of the gender asked for) can still have."""

    night: date
    beds: int
    out_of_service: int
    held: int
    taken: int
    free: int


@dataclass(frozen=True)
class Found:
    """A house in answer to a search: how far, how many beds free throughout, and its nights one by one."""

    hostel: Hostel
    distance_m: int | None
    free: int
    counts: list[NightCount]


class Grid:
    """Beds by nights of some houses, read with three statements however many there are."""

    def __init__(self, hostels: Iterable[Hostel], nights: Nights, now: datetime):
        houses = [hostel.pk for hostel in hostels]
        self.nights = nights
        self.beds = defaultdict(list)
        for bed in (
            Bed.objects.filter(room__hostel__in=houses, room__supply=Room.Supply.FIXED)
            .filter(Q(valid_until=None) | Q(valid_until__gt=nights.arrival), valid_from__lt=nights.departure)
            .values("pk", "room_id", "valid_from", "valid_until")
            .annotate(
                house=F("room__hostel_id"),
                guests=F("room__guests"),
                room_from=F("room__valid_from"),
                room_until=F("room__valid_until"),
            )
            .order_by("pk")
        ):
            self.beds[bed["house"]].append(bed)
        self._taken = {}
        self._sharing = {}
        for bed, room, night, sharing, status in (
            BedNight.objects.taken(now)
            .between(nights)
            .filter(hostel__in=houses)
            .values_list("bed_id", "room_id", "night", "sharing", "stay__status")
        ):
            self._taken[bed, night] = status
            self._sharing[room, night] = sharing
        self._closed = {
            (bed, night)
            for bed, first, until in OutOfService.objects.standing()
            .touching(nights)
            .filter(bed__room__hostel__in=houses)
            .values_list("bed_id", "first_night", "until")
            for night in Nights(max(first, nights.arrival), min(until, nights.departure))
        }

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
            and (bed["pk"], night) not in self._closed
            and bed["guests"] in (gender, Room.Guests.FLEXIBLE, Room.Guests.ANY)
            and self._sharing.get((bed["room_id"], night), gender) == gender
        )

    def free(self, hostel: Hostel, nights: Iterable[date], gender: str = "") -> int:
        """How many beds of ``hostel`` one guest could have on every one of ``nights``."""
        asked = list(nights)
        return sum(
            any(all(self._open_to(bed, night, each) for night in asked) for each in ([gender] if gender else GENDERS))
            for bed in self.beds[hostel.pk]
        )

    def count(self, hostel: Hostel, night: date, gender: str = "") -> NightCount:
        """The beds of ``hostel`` on ``night``."""
        there = [bed for bed in self.beds[hostel.pk] if self._there(bed, night)]
        closed = sum((bed["pk"], night) in self._closed for bed in there)
        given = [self._taken[bed["pk"], night] for bed in there if (bed["pk"], night) in self._taken]
        return NightCount(
            night=night,
            beds=len(there),
            out_of_service=closed,
            held=given.count("held"),
            taken=len(given) - given.count("held"),
            free=self.free(hostel, [night], gender),
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
