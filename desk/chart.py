"""The tape chart: the beds of a house by floor, and who has which of them on which nights. Read, never written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from django.db.models import Case, CharField, F, Q, Value, When

from bookings.actions import actions
from bookings.availability import GENDERS, NightCount, free_beds, night_table
from bookings.changing import foreseen_cost
from bookings.freed import not_public_of
from bookings.lodging import lodging_of
from bookings.models import Batch, BatchBed, BedNight, Stay
from desk.housekeeping import BedState, bed_states
from hostel.models import Bed, Hostel, OutOfService, Room
from hostel.nights import Nights, business_day

# What a bar may say, beside the states of a stay and those derived of today.
BLOCKED, FIRST_LINE, WHOLE_ROOM = "blocked", "first_line", "whole_room"
TAKEN, KEPT_BACK, MISSED = "taken", "kept_back", "missed"
NOT_READY = ("to_clean", "cleaning")
# So far on both sides of what is shown bed-nights are read, so that a bar knows where it begins and ends.
BESIDE = timedelta(days=31)
# Other days are looked for within so many days of the ones that were wanted.
SHIFTS = (0, 1, -1, 2, -2, 3, -3)
MOST_PLACES = 2
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Bar:
    """Nights one after the other for which a bed is not anybody's, and why: whose they are, or why nobody has them.

    ``nights`` are all of them, also those before and after what is shown. ``moves`` says whether it can be put into
    another bed, ``shifts`` whether on other days. ``from_night`` is the night from which another bed would be slept in:
    a guest who changes beds has a bar in each.
    """

    state: str
    nights: Nights
    stay: Stay | None = None
    batch: Batch | None = None
    closure: OutOfService | None = None
    moves: bool = False
    shifts: bool = False
    from_night: date | None = None
    goes_on: bool = False  # the guest has another bed before or after


@dataclass(frozen=True)
class Cell:
    """Nights of a bed as the chart shows them: of one bar as many as are shown, else one that is free or not there."""

    night: date
    span: int = 1
    bar: Bar | None = None
    there: bool = True  # the bed exists on this night
    cut_before: bool = False
    cut_after: bool = False
    only: str = ""  # the gender for which alone the bed is free, because somebody sleeps in the room
    cleaning: str = ""  # tonight, where the bed is not ready: to_clean or cleaning

    @property
    def nights(self) -> Nights:
        return Nights(self.night, self.night + timedelta(days=self.span))


@dataclass(frozen=True)
class Row:
    """A bed by its label; where it closed and came back, both of it."""

    label: str
    room: Room
    cells: tuple[Cell, ...]
    first_of_room: bool


@dataclass(frozen=True)
class Chart:
    """What is shown: the nights, the beds by floor, and for each night how many beds are free."""

    nights: Nights
    today: date
    floors: tuple[tuple[int, tuple[Row, ...]], ...]
    counts: tuple[NightCount, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for _floor, rows in self.floors for row in rows)


def chart_of(hostel: Hostel, nights: Nights, now: datetime) -> Chart:
    """Read the chart of ``hostel`` for ``nights``: as many statements, whoever is in it."""
    today = business_day(now)
    beds = list(
        Bed.objects.filter(room__hostel=hostel)
        .filter(Q(valid_until=None) | Q(valid_until__gt=nights.arrival), valid_from__lt=nights.departure)
        .filter(Q(room__valid_until=None) | Q(room__valid_until__gt=nights.arrival))
        .filter(room__valid_from__lt=nights.departure)
        .select_related("room")
        .order_by("room__floor", "room__number", "number", "pk")
    )
    given = _Given(hostel, nights, now, today)
    states = bed_states(hostel, now)
    rows: list[Row] = []
    for label, same in groupby(beds, key=str):
        of_label = list(same)
        room = of_label[-1].room
        is_first = not rows or rows[-1].room.number != room.number
        rows.append(Row(label, room, tuple(_cells(of_label, given, nights, today, states)), is_first))
    floors = tuple((floor, tuple(of_floor)) for floor, of_floor in groupby(rows, key=attrgetter("room.floor")))
    return Chart(nights, today, floors, tuple(night_table([hostel], nights, now)[hostel.pk]))


class _Given:
    """Who has which bed on which nights, or why nobody can: by bed and night the bar."""

    def __init__(self, hostel: Hostel, nights: Nights, now: datetime, today: date):
        self.hostel, self.nights, self.now, self.today = hostel, nights, now, today
        self.by_bed: dict[int, dict[date, Bar]] = defaultdict(dict)
        # By room and night with whom it is shared, and which stay says so.
        self.company: dict[tuple[int, date], tuple[str, Bar]] = {}
        taken, kept_back, missed, rooms = self._bed_nights()
        stays = self._stays({*taken, *missed})
        for stay in sorted(taken):
            if stay in stays:
                self._put_stay(stays[stay], taken[stay], rooms)
        for bed, bar in self._closures():
            self._put(bed, bar)
        for bed, bar in self._batches():
            self._put(bed, bar)
        for stay in stays.values():
            self._put_overdue(stay, taken.get(stay.pk, {}))
        for stay, (bed, night) in missed.items():
            if stay in stays:
                self._put(bed, Bar("no_show", Nights(night, night + ONE), stays[stay]))
        for bed, nights_back in kept_back.items():
            for run in _runs(nights_back):
                self._put(bed, Bar(FIRST_LINE, run))

    def _bed_nights(self):
        """By stay its nights, each with its bed; by bed those that are the waiting list's; by stay that was missed its
        bed and night; by bed its room and with whom the room is shared: in one statement."""
        wide = Nights(self.nights.arrival - BESIDE, self.nights.departure + BESIDE)
        missed = Q(
            stay__in=Stay.objects.filter(hostel=self.hostel, status=Stay.Status.NO_SHOW),
            night=F("stay__arrival"),
        )
        is_taken = Q(released_at=None) & ~Q(stay__in=Stay.objects.lapsed(self.now))
        rows = (
            BedNight.objects.between(wide)
            .filter(is_taken | missed | not_public_of([self.hostel], self.now), hostel=self.hostel)
            .annotate(
                why=Case(
                    When(is_taken, then=Value(TAKEN)),
                    When(missed, then=Value(MISSED)),
                    default=Value(KEPT_BACK),
                    output_field=CharField(),
                )
            )
            .order_by("pk")
            .values_list("why", "stay_id", "bed_id", "room_id", "night", "sharing")
        )
        taken: dict[int, dict[date, int]] = defaultdict(dict)
        kept_back: dict[int, set[date]] = defaultdict(set)
        not_come: dict[int, tuple[int, date]] = {}
        rooms: dict[tuple[int, date], tuple[int, str]] = {}
        for why, stay, bed, room, night, sharing in rows:
            if why == TAKEN:
                taken[stay][night] = bed
                rooms[bed, night] = room, sharing
            elif why == MISSED:
                not_come[stay] = bed, night
            else:
                kept_back[bed].add(night)
        return taken, kept_back, not_come, rooms

    def _stays(self, wanted):
        """Those of the stays that are seen, and the guests who should have left before today. No document is opened."""
        seen = Q(pk__in=wanted, arrival__lt=self.nights.departure, departure__gt=self.nights.arrival)
        overdue = Q(hostel=self.hostel, status=Stay.Status.IN_HOUSE, departure__lt=self.today)
        found = Stay.objects.filter(seen | overdue).select_related("guest").defer("guest__document")
        stays = {stay.pk: stay for stay in found}
        for stay in stays.values():
            stay.hostel = self.hostel
        return stays

    def _put_stay(self, stay: Stay, nights: Mapping[date, int], rooms) -> None:
        runs = _runs_in_beds(nights)
        can = actions(stay, self.now, ("move", "shift"))
        first = max(stay.arrival, self.today)
        for bed, run in runs:
            bar = Bar(
                state_of(stay, self.today),
                run,
                stay,
                moves=can["move"].ok and run.departure > self.today,
                shifts=can["shift"].ok and len(runs) == 1,
                from_night=run.arrival if run.arrival > first else None,
                goes_on=len(runs) > 1,
            )
            self._put(bed, bar)
            for night in run:
                room, sharing = rooms[bed, night]
                self.company[room, night] = sharing, bar

    def _put_overdue(self, stay, nights):
        """Whoever should have left before is in their last bed still, as far as anybody knows."""
        if nights and state_of(stay, self.today) == "overdue":
            self._put(nights[max(nights)], Bar("overdue", Nights(self.today, self.today + ONE), stay))

    def _closures(self):
        closed = OutOfService.objects.standing().touching(self.nights).filter(bed__room__hostel=self.hostel)
        for closure in closed.order_by("pk"):
            yield closure.bed_id, Bar(BLOCKED, Nights(closure.first_night, closure.until), closure=closure)

    def _batches(self):
        kept = BatchBed.objects.keeping(self.nights, self.today).filter(batch__hostel=self.hostel)
        for each in kept.select_related("batch").order_by("pk"):
            taken = self.by_bed[each.bed_id]
            # Whoever was named for it has the nights they were named for.
            for run in _runs({night for night in each.batch.nights if night not in taken}):
                yield each.bed_id, Bar("held", run, batch=each.batch)

    def _put(self, bed: int, bar: Bar) -> None:
        nights = self.by_bed[bed]
        for night in bar.nights:
            nights.setdefault(night, bar)

    def bar(self, bed: Bed, night: date) -> Bar | None:
        """The bar that the bed has on the night; where somebody has the whole room, theirs."""
        if (bar := self.by_bed[bed.pk].get(night)) is not None:
            return bar
        sharing, of = self.company.get((bed.room_id, night), ("", None))
        if of is None or sharing in GENDERS or sharing == "":
            return None
        return Bar(WHOLE_ROOM, of.nights, of.stay)

    def only(self, bed: Bed, night: date) -> str:
        """For whom alone the bed is free, because of who sleeps in the room."""
        if bed.room.guests in GENDERS:
            return ""
        sharing, _bar = self.company.get((bed.room_id, night), ("", None))
        return sharing if sharing in GENDERS else ""


def state_of(stay: Stay, today: date) -> str:
    """What the chart calls ``stay`` on the business day ``today``: its status, or what is derived of today."""
    if stay.status == Stay.Status.IN_HOUSE and stay.departure <= today:
        return "due_out" if stay.departure == today else "overdue"
    if stay.status == Stay.Status.CONFIRMED and stay.arrival <= today:
        return "arriving_late" if stay.late_at else "due_in"
    return stay.status


def _runs(nights: Iterable[date]) -> list[Nights]:
    """The ``nights`` as runs of nights that follow one another."""
    return [run for _bed, run in _runs_in_beds(dict.fromkeys(nights, 0))]


def _runs_in_beds(nights: Mapping[date, int]) -> list[tuple[int, Nights]]:
    """The ``nights`` with their beds as runs of nights that follow one another in one bed."""
    runs: list[tuple[int, Nights]] = []
    for night in sorted(nights):
        bed = nights[night]
        if runs and runs[-1] == (bed, Nights(runs[-1][1].arrival, night)):
            runs[-1] = bed, Nights(runs[-1][1].arrival, night + ONE)
        else:
            runs.append((bed, Nights(night, night + ONE)))
    return runs


def _cells(beds: list[Bed], given: _Given, nights: Nights, today: date, states: Mapping[int, BedState]) -> list[Cell]:
    """The cells of the beds of one label; of two that followed one another each on its own nights."""
    cells: list[Cell] = []
    for night in nights:
        bed = next((bed for bed in beds if _is_there(bed, night)), None)
        if bed is None:
            cells.append(Cell(night, there=False))
            continue
        bar = given.bar(bed, night)
        if bar is None:
            cells.append(Cell(night, only=given.only(bed, night)))
        elif cells and cells[-1].bar == bar:
            cells[-1] = replace(cells[-1], span=cells[-1].span + 1)
        else:
            cells.append(Cell(night, bar=bar, cut_before=bar.nights.arrival < night))
        state = states[bed.pk].state if night == today and bed.pk in states else ""
        if state in NOT_READY:
            cells[-1] = replace(cells[-1], cleaning=state)
    return [
        replace(cell, cut_after=bool(cell.bar and cell.bar.nights.departure > cell.nights.departure)) for cell in cells
    ]


def _is_there(bed, night):
    return all(
        each.valid_from <= night and (each.valid_until is None or night < each.valid_until) for each in (bed, bed.room)
    )


# --- where else -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Spot:
    """Where a bar could be put down: a bed, and the day of arrival."""

    bed: Bed
    arrival: date


def beds_to_change_to(stay: Stay, now: datetime, from_night: date | None = None) -> list[Bed]:
    """The beds that the guest of ``stay`` could have from a night on (without it from tonight or the arrival on)."""
    first = from_night or max(stay.arrival, business_day(now))
    if first >= stay.departure:
        return []
    nights = Nights(first, stay.departure)
    has = set(stay.bed_nights.live().between(nights).values_list("bed", flat=True))
    free = free_beds(stay.hostel, nights, stay.guest.gender, now, stay.pk, lodging_of(stay))
    return [bed for bed in free if has != {bed.pk}]


def spots_near(
    stay: Stay, wanted: Bed | None, arrival: date, now: datetime, from_night: date | None = None
) -> list[Spot]:
    """The two places nearest to the one that was ``wanted``, from ``arrival`` on, where ``stay`` could be put down as
    it is: on the days that were wanted first, in the room, on the floor.

    Other days only where they can be had for nothing, by the rules, and without a bed that must be asked for.
    """
    found: list[Spot] = []
    today = business_day(now)
    may_shift = from_night is None and actions(stay, now, ("shift",))["shift"].ok
    days = [arrival + timedelta(days=by) for by in SHIFTS] if may_shift else []
    if stay.arrival not in days:
        days.append(stay.arrival)
    for day in days:
        if day == stay.arrival:
            beds = beds_to_change_to(stay, now, from_night)
        elif day >= today and _costs_nothing(stay, day, now):
            nights = Nights(day, day + timedelta(days=len(stay.nights)))
            beds = list(free_beds(stay.hostel, nights, stay.guest.gender, now, stay.pk, lodging_of(stay)))
        else:
            continue
        found += [Spot(bed, day) for bed in sorted(beds, key=lambda bed: _distance(bed, wanted))]
        if len(found) >= MOST_PLACES:
            break
    return found[:MOST_PLACES]


def _costs_nothing(stay, arrival, now):
    costs = foreseen_cost(stay, Nights(arrival, arrival + timedelta(days=len(stay.nights))), now)
    return costs is not None and not any(costs)


def _distance(bed, wanted):
    if wanted is None:
        return (0, 0, bed.room.number, bed.number)
    return (bed.room_id != wanted.room_id, abs(bed.room.floor - wanted.room.floor), bed.room.number, bed.number)
