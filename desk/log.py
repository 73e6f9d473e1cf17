"""The shift log: notes, what is to do until somebody has done it, and the handover from one shift to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext_lazy as _

from accounts.acts import act
from accounts.models import User
from accounts.reasons import Fix, Refused, not_met
from accounts.record import record
from accounts.roles import is_manager
from bookings.models import Stay
from desk.acts import Asked, kind
from desk.models import Act, Handover, Note
from desk.reading import YEARS
from hostel.models import Hostel
from hostel.nights import business_day

LONGEST = 500
# What is done rather than known: it carries over until somebody says that it is done.
TO_DO = (Note.Kind.TODO, Note.Kind.REPORT)
# The same two do not hand over twice within so long.
SAME_HANDOVER = timedelta(minutes=1)
LOG = Fix("desk_log", _("The shift log"), "/desk/log/")
# What the shift did is counted from its acts; who did not come also where nobody was at the desk to say so.
NO_SHOW = "no_show"


def nobody(asked: Asked) -> list[Stay]:
    """A note changes no stay."""
    return []


def _reopen(done: Act, now: datetime, by: User) -> None:
    Note.objects.filter(pk=done.said.get("note"), hostel=done.hostel_id).update(done_at=None, done_by=None)


@kind("note", _("wrote a note"), is_fact=True, touches=nobody)
def note(asked, now):
    """``said``: ``kind`` (of `Note.Kind`, else it is a note), ``text``, ``due`` (a moment, RFC 3339)."""
    said_kind = asked.said.get("kind")
    due = _moment(asked.said.get("due"))
    written = Note.objects.create(
        hostel=asked.hostel,
        kind=said_kind if said_kind in Note.Kind.values else Note.Kind.TODO if due else Note.Kind.NOTE,
        text=str(asked.said.get("text", "")).strip()[:LONGEST],
        stay=asked.stay,
        by=asked.by,
        at=asked.at,
        due_at=due,
    )
    _write_down("note", asked, written, now)
    if asked.stay:
        yield asked.stay


@kind("note_done", _("did what was to do"), is_fact=True, touches=nobody, undo=_reopen)
def note_done(asked, now):
    """``said``: ``note``, its number. Done twice it stays with who was first."""
    number = asked.said.get("note")
    is_number = str(number).isdecimal() and len(str(number)) < 19
    found = _notes(asked.hostel).filter(pk=number).first() if is_number else None
    if found is None:
        raise Refused(
            not_met(
                "NOTE",
                _("There is no such note in this house's log: open the log"),
                value_used=str(number)[:20],
                fix=LOG,
            )
        )
    if Note.objects.filter(pk=found.pk, done_at=None).update(done_at=asked.at, done_by=asked.by):
        _write_down("note_done", asked, found, now)
    return ()


def _write_down(what, asked, written, now):
    """That it was written, or done, is on record; the words are not: they may be about somebody, and go with them."""
    stay = written.stay
    record(
        what,
        now=now,
        actor=asked.by,
        person=stay.guest if stay else None,
        hostel=asked.hostel,
        about=stay.code if stay else "",
        note=written.pk,
        kind=written.kind,
    )


def _notes(hostel):
    return Note.objects.filter(hostel=hostel).select_related("stay__guest")


def _moment(text: Any) -> datetime | None:
    """What a moment says; None for none, or one that can't be read."""
    try:
        read = parse_datetime(str(text)) if text else None
    except ValueError:
        return None
    return read if read and is_aware(read) and read.year in YEARS else None


@dataclass(frozen=True)
class Shift:
    """The shift that runs: since when, from whom it was taken over, what was done in it by kind, what is open."""

    since: datetime | None
    last: Handover | None
    counts: Mapping[str, int]
    open: tuple[Note, ...]


def shift_now(hostel: Hostel, now: datetime) -> Shift:
    """The shift of ``hostel`` that runs: four statements."""
    last = (
        Handover.objects.filter(hostel=hostel)
        .select_related("given_by__person", "taken_by__person")
        .order_by("-at", "-pk")
        .first()
    )
    # Before the first handover a shift is the day's.
    since = last.at if last else None
    acts = Act.objects.filter(hostel=hostel, outcome=Act.Outcome.DONE, undone_at=None, written_at__lte=now)
    missed = Stay.objects.filter(hostel=hostel, no_show_at__lte=now)
    if since:
        acts, missed = acts.filter(written_at__gt=since), missed.filter(no_show_at__gt=since)
    else:
        day = business_day(now)
        acts, missed = acts.filter(written_at__date__gte=day), missed.filter(no_show_at__date__gte=day)
    # Who came or left is counted once, also where two tablets said so.
    acts = acts.exclude(what__in=("check_in", "check_out"), after={})
    counts = dict(acts.exclude(what=NO_SHOW).values_list("what").annotate(Count("pk")))
    if not_come := missed.count():
        counts[NO_SHOW] = not_come
    return Shift(since, last, counts, tuple(open_notes(hostel)))


def open_notes(hostel: Hostel):
    """What is to do in ``hostel``, the most urgent first: one statement, whoever wrote it."""
    notes = Note.objects.filter(hostel=hostel, kind__in=TO_DO, done_at=None)
    return notes.select_related("by__person", "stay__guest").order_by(F("due_at").asc(nulls_last=True), "at", "pk")


def hand_over(hostel: Hostel, *, given_by: User, taken_by: User, now: datetime) -> Handover:
    """Write down that ``taken_by`` has the desk now, with what the shift did and what is left to do.

    That it is they says their PIN, at the door. Raises Refused with HANDOVER for oneself, or for somebody who does not
    manage the house.
    """

    def do():
        if given_by.pk == taken_by.pk:
            raise Refused(
                not_met("HANDOVER", _("A shift is handed over to somebody else: choose who comes on"), fix=LOG)
            )
        if not is_manager(taken_by, hostel, business_day(now)):
            raise Refused(not_met("HANDOVER", _("Who comes on must be a manager of this house today"), fix=LOG))
        # The button tapped twice, or on two tablets, is one handover: who waits behind this lock finds it.
        User.objects.select_for_update().get(pk=taken_by.pk)
        shift = shift_now(hostel, now)
        done = shift.last
        if done and (done.given_by, done.taken_by) == (given_by, taken_by) and done.at > now - SAME_HANDOVER:
            return done
        counts = {**shift.counts, "open": len(shift.open)}
        made = Handover.objects.create(hostel=hostel, given_by=given_by, taken_by=taken_by, at=now, counts=counts)
        record("hand_over", now=now, actor=given_by, hostel=hostel, about=f"user {taken_by.pk}", **counts)
        return made

    return act(do)
