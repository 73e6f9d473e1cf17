"""Let a guest in, let them go, write down that they did not come: acts of a desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.reasons import Fix, Reason, Refused, not_met
from bookings import desk as verbs
from bookings.cancelling import goes_on_with
from bookings.models import Stay
from bookings.on_call import answer
from bookings.proving import show_at_desk
from desk.acts import Asked, kind
from desk.housekeeping import OCCUPIED, READY, BedState, bed_states
from desk.models import Note
from desk.reading import bed_called
from desk.undoing import put_back_in_any_bed, put_back_who_came, put_back_who_missed
from hostel.models import Bed

# Guests with these documents are reported to the police by the house within a day of their coming.
REPORTED = (Person.Document.PASSPORT, Person.Document.FOREIGN_RESIDENT)
REPORT_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class Choice:
    """A bed that a guest could be given now, and whether it is clean; ``is_kept`` is the one kept for them."""

    bed: Bed
    state: BedState
    is_kept: bool


def beds_to_choose(stay: Stay, now: datetime) -> list[Choice]:
    """The beds that the guest of ``stay`` could be given now, the one that is kept for them first."""
    states = bed_states(stay.hostel, now)
    beds = verbs.beds_for(stay, now)
    # A bed that is not there tonight is nobody's to clean.
    return [Choice(bed, states.get(bed.pk) or BedState(bed, READY), is_kept=bed == beds[0]) for bed in beds]


def chosen(stay: Stay, choices: Sequence[Choice]) -> Choice | None:
    """The bed to offer first: the one kept for the guest where it is ready, else the first that is, in the same room
    before another; the kept one again where none is. Who is together with friends is not sent to another room."""
    if not choices:
        return None
    kept = choices[0]
    ready = [each for each in choices if each.state.is_ready]
    beside = [each for each in ready if each.bed.room_id == kept.bed.room_id]
    elsewhere = [] if stay.party_id or stay.alone else ready
    return next(iter([each for each in beside if each.is_kept] + beside + elsewhere), kept)


def not_clean(bed: Bed, state: BedState) -> Reason:
    """The bed that was to be given is not ready: when it may be, and what to do until then."""
    if state.state == OCCUPIED:
        text = _("Bed %(bed)s is not free yet: its last guest has not been checked out")
    elif state.ready_at is not None:
        text = _("Bed %(bed)s is not clean yet: ready about %(moment)s")
    else:
        text = _("Bed %(bed)s is not clean yet")
    return not_met(
        "NOT_CLEAN",
        text,
        # It is never far: the hour is enough.
        {"bed": str(bed), "moment": f"{timezone.localtime(state.ready_at):%H:%M}" if state.ready_at else ""},
        value_used=state.state,
        needed=READY,
        fix=Fix("rooms", _("Open the rooms to clean"), "/desk/rooms/"),
        field="bed",
    )


@kind("check_in", _("checked in"), is_fact=True, undo=put_back_who_came)
def check_in(asked, now):
    """``said``: ``compared``, ``bed`` (a label; without it the one that is kept), ``document_number``,
    ``evidence_seen``, ``before_clean`` (let in now, the key follows when the bed is clean).

    What a tablet sends later has happened: nobody is kept out of a bed that they sleep in. Raises Refused with
    NOT_CLEAN, and as `bookings.desk.check_in` does.
    """
    stay, label = asked.stay, asked.said.get("bed")
    bed = bed_called(asked.hostel, stay.nights, label) if label else None
    waits = asked.device or asked.said.get("before_clean")
    unready = None if waits else _unready(stay, bed, now)
    stay = verbs.check_in(
        stay,
        compared=bool(asked.said.get("compared")),
        bed=bed,
        document_number=asked.said.get("document_number", ""),
        evidence_seen=asked.said.get("evidence_seen", ""),
        now=now,
        actor=asked.by,
        at=asked.at,
    )
    if unready:
        raise Refused(unready)
    if stay.guest.document_kind in REPORTED and not _report_of(stay).exists():
        Note.objects.create(
            hostel=asked.hostel,
            kind=Note.Kind.REPORT,
            stay=stay,
            by=asked.by,
            at=asked.at,
            due_at=asked.at + REPORT_WITHIN,
        )
    yield stay


def _unready(stay, bed, now):
    """Why the bed can't be slept in now; None where it can, or where there is none to look at."""
    kept = bed or next(iter(verbs.beds_for(stay, now)[:1]), None)
    state = kept and bed_states(stay.hostel, now).get(kept.pk)
    return not_clean(kept, state) if state and not state.is_ready else None


def _report_of(stay):
    return Note.objects.filter(stay=stay, kind=Note.Kind.REPORT, done_at=None)


@kind("check_out", _("checked out"), is_fact=True, undo=put_back_in_any_bed)
def check_out(asked, now):
    """Nothing else is said."""
    yield verbs.check_out(asked.stay, now=now, actor=asked.by, at=asked.at)


def _with_what_goes_on(asked: Asked) -> list[Stay]:
    """The stay, and those in other houses that end with it if its guest does not come."""
    assert asked.stay is not None  # it is about one
    return [asked.stay, *goes_on_with(asked.stay)]


@kind("no_show", _("written down as a no-show"), touches=_with_what_goes_on, undo=put_back_who_missed)
def no_show(asked, now):
    """Nothing else is said. What goes on from the stay in other houses ends with it."""
    missed = verbs.no_show(asked.stay, now=now, actor=asked.by)
    yield missed
    if missed.goes_on:
        ended = Stay.objects.filter(guest=missed.guest, cancelled_at=missed.no_show_at, arrival__gt=missed.arrival)
        yield from ended.select_related("guest", "hostel")


@kind("house_answer", _("answered for the house"))
def house_answer(asked, now):
    """``said``: ``can_be_had``."""
    yield answer(asked.stay, bool(asked.said["can_be_had"]), now=now, actor=asked.by)


@kind("original_seen", _("saw the original"))
def original_seen(asked, now):
    """``said``: ``evidence_seen``, the kind of proof."""
    show_at_desk(asked.stay, kind=asked.said["evidence_seen"], now=now, actor=asked.by)
    yield asked.stay
