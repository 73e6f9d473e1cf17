"""Which bed is ready for a guest: by what happened to it last and by who is in it. Nothing says so for itself.

A bed is to be cleaned when its last guest left, and ready when it was cleaned after that. Who is let in before does not
make it clean. Moments count as they happened, in whatever order they came to be written down.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, IntegerField, OuterRef, Q, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.record import record
from bookings.models import BedEvent, BedNight, Stay
from bookings.vacating import changed
from desk.acts import Asked, kind
from desk.models import Act
from desk.reading import beds_called
from hostel.models import Bed, Hostel, OutOfService
from hostel.nights import TURN_OF_THE_DAY, at, business_day

READY, TO_CLEAN, CLEANING, OCCUPIED, BLOCKED = "ready", "to_clean", "cleaning", "occupied", "blocked"
STATES = (TO_CLEAN, CLEANING, READY, OCCUPIED, BLOCKED)

# How long a bed takes to be made ready, from the first towel to the last: what a guest who waits is told.
CLEANING_TAKES = timedelta(minutes=20)
# A guess is said in steps of so many minutes.
STEP = 5

# Of two things at one moment the later in this list counts: whoever says that a bed is not clean is believed.
ORDER = (BedEvent.Kind.LEFT, BedEvent.Kind.BEGAN, BedEvent.Kind.CLEANED, BedEvent.Kind.SOILED)
MEANS = {
    BedEvent.Kind.LEFT: TO_CLEAN,
    BedEvent.Kind.BEGAN: CLEANING,
    BedEvent.Kind.CLEANED: READY,
    BedEvent.Kind.SOILED: TO_CLEAN,
}


@dataclass(frozen=True)
class BedState:
    """How a bed is at a moment, ``since`` when, and about when it could be ``ready_at`` (None where nobody can say).

    ``event`` is what happened to it last, if anything is written. A bed that is to be cleaned may have somebody in it
    all the same: ``guest_until`` is the day on which they leave; ``due_in`` says that who is expected tonight has it.
    """

    bed: Bed
    state: str
    since: datetime | None = None
    ready_at: datetime | None = None
    event: BedEvent | None = None
    guest_until: date | None = None
    due_in: bool = False
    closure: OutOfService | None = None

    @property
    def is_ready(self) -> bool:
        return self.state == READY


@dataclass(frozen=True)
class _Guest:
    """Who is in a bed: since when, and until which day."""

    since: datetime
    until: date


def bed_states(hostel: Hostel, now: datetime, beds: Collection[Bed] | None = None) -> dict[int, BedState]:
    """How each bed of ``hostel`` that is there tonight (or each of ``beds``) is at ``now``, by its id: four statements.

    A bed that can be given to nobody tonight is blocked. Else it is to clean, or being cleaned, as its last event says;
    where it is clean, it is occupied by who is in house, or ready. Who changes beds during the stay has left the
    earlier one at 06:00 of that day, without anybody writing it down.
    """
    day = business_day(now)
    there = _beds(hostel, day, now, beds)
    events = BedEvent.objects.select_related("by__person").in_bulk({bed.last for bed in there if bed.last is not None})
    guests, left, due_in = _who_is_in(hostel, day)
    closures = OutOfService.objects.standing().filter(first_night__lte=day, until__gt=day, bed__room__hostel=hostel)
    closed = {closure.bed_id: closure for closure in closures}
    return {
        bed.pk: _state(
            bed,
            events.get(bed.last),
            left.get(bed.pk),
            guests.get(bed.pk),
            closed.get(bed.pk),
            bed.pk in due_in,
            hostel.check_out_by,
            now,
        )
        for bed in there
    }


def _beds(hostel, day, now, beds):
    order = Case(*(When(kind=kind, then=Value(place)) for place, kind in enumerate(ORDER)), output_field=IntegerField())
    events = BedEvent.objects.standing().filter(bed=OuterRef("pk"), at__lte=now).order_by("-at", -order)
    there = Bed.objects.valid_on(day).filter(
        Q(room__valid_until=None) | Q(room__valid_until__gt=day), room__valid_from__lte=day, room__hostel=hostel
    )
    if beds is not None:
        there = there.filter(pk__in=[bed.pk for bed in beds])
    last = Subquery(events.values("pk")[:1])
    return there.select_related("room").annotate(last=last).order_by("room__floor", "room__number", "number")


def _who_is_in(hostel, day):
    """By bed: who is in it; when it was left by who has another by now. And the beds of those expected tonight."""
    rows = (
        BedNight.objects.live()
        .filter(
            Q(stay__status=Stay.Status.IN_HOUSE) | Q(stay__status=Stay.Status.CONFIRMED, night=day),
            hostel=hostel,
        )
        .order_by("stay_id", "night")
        .values_list("stay_id", "night", "bed_id", "stay__checked_in_at", "stay__departure")
    )
    nights: dict[int, list[tuple[date, int]]] = {}
    stays: dict[int, tuple[datetime, date]] = {}
    due_in = set()
    for stay, night, bed, came, departure in rows:
        if came is None:
            due_in.add(bed)
        else:
            nights.setdefault(stay, []).append((night, bed))
            stays[stay] = came, departure
    guests: dict[int, _Guest] = {}
    left: dict[int, datetime] = {}
    for stay, all_nights in nights.items():
        came, departure = stays[stay]
        had = [each for each in all_nights if each[0] <= day] or all_nights[:1]
        changes = changed(had, came)
        bed, guest = had[-1][1], _Guest(max([came, *changes.values()]), departure)
        # Where the next one was let in before the last had gone, it is the last who is waited for.
        guests[bed] = min(guest, guests.get(bed, guest), key=lambda each: each.until)
        for earlier, moment in changes.items():
            left[earlier] = max(moment, left.get(earlier, moment))
    return guests, left, due_in


def _state(bed, event, left_at, guest, closure, due_in, check_out_by, now):
    means, since = (MEANS[event.kind], event.at) if event else (READY, None)
    if left_at is not None and (since is None or left_at > since):
        means, since, event = TO_CLEAN, left_at, None
    ready_at = None
    if closure is not None:
        means, since = BLOCKED, at(closure.first_night, TURN_OF_THE_DAY)
    elif means == CLEANING:
        ready_at = rounded(max(since + CLEANING_TAKES, now))
    elif means == TO_CLEAN:
        ready_at = rounded(now + CLEANING_TAKES)
    elif guest is not None:
        means, since = OCCUPIED, guest.since
        if guest.until <= business_day(now):
            ready_at = rounded(max(at(guest.until, check_out_by), now) + CLEANING_TAKES)
    return BedState(
        bed=bed,
        state=means,
        since=since,
        ready_at=ready_at,
        event=event,
        guest_until=guest.until if guest else None,
        due_in=due_in,
        closure=closure,
    )


def rounded(moment: datetime) -> datetime:
    """``moment``, to the next five minutes: nobody knows it better."""
    local = timezone.localtime(moment)
    over = timedelta(minutes=local.minute % STEP, seconds=local.second, microseconds=local.microsecond)
    return local if not over else local - over + timedelta(minutes=STEP)


# --- what happens to a bed --------------------------------------------------------------------------------------------
KINDS = {
    "begin_cleaning": BedEvent.Kind.BEGAN,
    "cleaned": BedEvent.Kind.CLEANED,
    "soiled": BedEvent.Kind.SOILED,
}


def _undo(act: Act, now: datetime, by: User) -> None:
    """It did not happen: the beds are as what happened to them before says."""
    beds = beds_called(act.hostel, act.said["beds"], business_day(act.happened_at))
    moment = min(act.happened_at, act.written_at)
    events = BedEvent.objects.standing().filter(bed__in=beds, kind=KINDS[act.what], at=moment)
    events.update(undone_at=now)


@kind("begin_cleaning", _("began cleaning"), is_fact=True, undo=_undo)
def begin_cleaning(asked: Asked, now: datetime) -> Iterable[Stay]:
    """``said``: ``beds``, their labels."""
    return _happened(asked, now)


@kind("cleaned", _("cleaned"), is_fact=True, undo=_undo)
def cleaned(asked: Asked, now: datetime) -> Iterable[Stay]:
    """``said``: ``beds``, their labels."""
    return _happened(asked, now)


@kind("soiled", _("said that it is to be cleaned after all"), is_fact=True, undo=_undo)
def soiled(asked: Asked, now: datetime) -> Iterable[Stay]:
    """``said``: ``beds``, their labels."""
    return _happened(asked, now)


def _happened(asked, now):
    # The clock of a tablet may go fast: what it says of the next minute happened now.
    moment = min(asked.at, now)
    beds = beds_called(asked.hostel, asked.said.get("beds"), business_day(moment))
    events = [BedEvent(bed=bed, kind=KINDS[asked.what], at=moment, by=asked.by) for bed in beds]
    BedEvent.objects.bulk_create(events, ignore_conflicts=True)
    record(
        asked.what,
        now=now,
        actor=asked.by,
        hostel=asked.hostel,
        beds=[str(bed) for bed in beds],
        at=moment.isoformat(),
    )
    return ()
