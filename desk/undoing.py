"""Taking an act at the desk back: for five minutes, and as long as nothing came between.

What the act changed of the stays is put back as its `Act` has kept it from before; the beds and nights it gave to
others are asked for again, as at any other time: nobody who has them by now loses them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.acts import act as one_act
from accounts.acts import attempt
from accounts.models import Letter, User
from accounts.people import erased_already
from accounts.reasons import Reason, Refused, Sentence
from accounts.record import record
from bookings.cancelling import give_back
from bookings.changing import WANT_OF_A_BED
from bookings.freed import served
from bookings.holding import close_lapsed, close_own_lapsed
from bookings.house_plan import Want, find_beds, find_promised
from bookings.letters import tell, this_time
from bookings.lodging import lodging_of
from bookings.models import BedEvent, BedNight, NoShow, Stay
from bookings.moving import places_near
from bookings.quotas import take
from bookings.reasons import bed_gone
from bookings.relocating import put_into
from bookings.undoing import nothing_came_between
from desk import reasons
from desk.acts import kind_of, locked_in_order
from desk.images import images_of
from desk.models import Act, Note
from eligibility.caps import FREE
from hostel.models import Bed, Hostel
from hostel.nights import Nights, end_of_night

# So long after it was written down an act can be taken back.
UNDO = timedelta(minutes=5)

TAKEN_BACK = _(
    "What we wrote a moment ago no longer holds: your stay at %(hostel)s (%(code)s) is from %(arrival)s to "
    "%(departure)s, as it was before"
)
TAKEN_BACK_IN = _(
    "What we wrote a moment ago no longer holds: your stay at %(hostel)s (%(code)s) is from %(arrival)s to "
    "%(departure)s, as it was before; your bed is %(bed)s"
)
letters.letter_kind(
    "taken_back",
    lambda values: Sentence(TAKEN_BACK_IN if values["bed"] else TAKEN_BACK, values),
    urgent=True,
    link="/stays/%(code)s/",
)


# --- whether ----------------------------------------------------------------------------------------------------------
def until(act: Act) -> datetime:
    """The moment from which ``act`` can't be taken back any more."""
    return act.written_at + UNDO


def why_not(act: Act, now: datetime) -> Reason | None:
    """Why ``act`` can't be taken back at ``now``; None where it can, as far as the act itself says. No statement: what
    came between is looked at when it is taken back."""
    if act.undone_at is not None:
        return reasons.undone_already(act)
    if act.outcome == Act.Outcome.CLASH:
        return reasons.settled_elsewhere(act)
    if kind_of(act.what).undo is None:
        return reasons.not_undoable(act)
    return reasons.undo_over(act, until(act)) if until(act) <= now else None


def last_act(stay: Stay, now: datetime) -> Act | None:
    """The last act of its desk that changed ``stay``, if it can be taken back at ``now``. One statement."""
    about = Q(stay=stay) | Q(before__has_key=stay.code) | Q(after__has_key=stay.code)
    recent = Act.objects.select_related("stay").filter(about, hostel=stay.hostel_id, written_at__gt=now - UNDO)
    for act in recent.filter(undone_at=None).order_by("-written_at", "-pk"):
        if act.before != act.after:
            return None if why_not(act, now) else act
    return None


# --- taking it back ---------------------------------------------------------------------------------------------------
def undo(act: Act, *, now: datetime, by: User, chosen: bool = False) -> Act:
    """Take ``act`` back: all of it or nothing; one that is taken back already is only found again. At any time where
    it is ``chosen`` between two versions of what happened (`desk/clashes.py`).

    Raises Refused with UNDO_OVER after five minutes, STATE for what can't be taken back, CLASH for what a tablet sent
    and did not fit, CHANGED where something came between; and as what puts it back does: with BED or UNDO and
    alternatives where somebody else has the bed by now, UNDO_NIGHTS where the guest has used the nights that came back,
    QUOTA, or GONE where the guest was forgotten.
    """
    codes = {*act.before, *act.after}

    def do():
        # Guests before the act, in the order in which acts lock: nothing is done to their stays from here on.
        touched = locked_in_order(Stay.objects.filter(code__in=codes)) if codes else []
        found = Act.objects.select_for_update(of=("self",)).select_related("hostel", "stay").get(pk=act.pk)
        if found.undone_at is not None:
            return found
        if kind_of(found.what).undo is None or not chosen:
            if reason := why_not(found, now):
                raise Refused(reason)
        found.touched = touched
        _nothing_came_between(found, codes)
        put = kind_of(found.what).undo
        assert put is not None  # else there is a reason
        put(found, now, by)
        found.undone_at, found.undone_by = now, by
        found.save(update_fields=["undone_at", "undone_by"])
        _write_down(found, now, by)
        return found

    return one_act(do)


def _nothing_came_between(act, codes):
    if not codes:
        return
    later = Act.objects.filter(hostel=act.hostel_id, written_at__gte=act.written_at, pk__gt=act.pk, undone_at=None)
    for other in later.order_by("-pk"):
        if other.before != other.after and codes.intersection({*other.before, *other.after}):
            raise Refused(reasons.came_after(act, kind_of(other.what).words, other))
    if _standing(images_of(act.touched)) != _standing(act.after):
        raise Refused(reasons.changed_since(act))
    if any(stay.guest.forgotten_at for stay in act.touched):
        raise Refused(erased_already())


def _standing(images):
    """The images without nights that were given back: what was done since, and taken back, has left such nights."""
    return {
        code: image | {"nights": [night for night in image["nights"] if night[2] is None]}
        for code, image in images.items()
    }


def _write_down(act, now, by):
    what, said = f"undo_{act.what}", {"act": act.act_id}
    for stay in act.touched:
        record(what, now=now, actor=by, person=stay.guest, hostel=stay.hostel, about=stay.code, **said)
    if not act.touched:
        beds = {"beds": act.said["beds"]} if "beds" in act.said else {}
        record(what, now=now, actor=by, hostel=act.hostel, **said, **beds)


# --- stays and their nights -------------------------------------------------------------------------------------------
def put_back(act: Act, now: datetime, by: User) -> None:
    """Put the stays of ``act`` back as they were, in the very beds they had; what it made is cancelled by the house.

    Raises Refused with BED and the nearest places that would do where somebody else has one of these beds by now.
    """
    _put_back(act, now, _own_beds)


def put_back_in_any_bed(act: Act, now: datetime, by: User) -> None:
    """`put_back`, in another bed of the house where somebody else has the one they had; raises Refused with UNDO and
    alternatives where the house has none."""
    _put_back(act, now, _own_beds_or_others)


def put_back_who_came(act: Act, now: datetime, by: User) -> None:
    """`put_back_in_any_bed`, and nobody is to be reported to the police who did not come."""
    Note.objects.filter(
        stay__in=act.touched, kind=Note.Kind.REPORT, at=act.happened_at, by=act.by_id, done_at=None
    ).delete()
    _put_back(act, now, _own_beds_or_others)


def put_back_who_missed(act: Act, now: datetime, by: User) -> None:
    """`put_back_in_any_bed`, and nothing is remembered of a no-show. Raises Refused with CHANGED where the guest wrote
    about it already: then an officer answers."""
    missed = NoShow.objects.filter(stay__in=act.touched)
    if missed.exclude(appealed_at=None, answered_at=None).exists():
        raise Refused(reasons.changed_since(act))
    missed.delete()
    _put_back(act, now, _own_beds_or_others)


@dataclass
class _Part:
    """A stay that is put back: the image it goes back to, and those of its bed-nights that change by that."""

    stay: Stay
    before: dict
    rows: list[BedNight]  # as they are now, in the order of the nights
    beds: dict[int, Bed]  # by the row's number, the bed it had

    @property
    def back(self) -> list[BedNight]:
        """The bed-nights that were given back, and are asked for again."""
        return [row for row in self.rows if row.released_at is not None]

    def wants(self) -> Iterable[tuple[Want, list[BedNight]]]:
        """For each run of nights in one bed what is wanted, and the bed-nights it is wanted for."""
        run: list[BedNight] = []
        for row in self.rows:
            if run and (self.beds[row.pk] != self.beds[run[-1].pk] or row.night - run[-1].night > timedelta(days=1)):
                yield self._want(run), run
                run = []
            run.append(row)
        if run:
            yield self._want(run), run

    def _want(self, run):
        nights = Nights(run[0].night, run[-1].night + timedelta(days=1))
        return Want(self.stay.guest, nights, lodging_of(self.stay), bed=self.beds[run[0].pk], except_stay=self.stay.pk)


# Which bed each run of bed-nights goes into.
Placed = list[tuple[Stay, Bed, list[BedNight]]]


def _put_back(act, now, place):
    parts = _parts(act)
    _give_up_what_is_new(act, parts, now)
    for part in parts:
        _restore(part)
    _not_used_meanwhile(act, parts, now)
    placed = place(parts, now)
    for part in parts:
        if part.back:
            _take_nights(part, now)
    for stay, bed, rows in placed:
        close_lapsed(bed, now)
        put_into(bed, stay, BedNight.objects.filter(pk__in=[row.pk for row in rows]))
    for part in parts:
        _slept_again(part)
    _nobody_left(act, parts, now)
    for part in parts:
        _take_letters_back(part.stay, act, now)


def _parts(act):
    """What changes of the stays that were there before."""
    had = {stay.code: _nights_in(act.before[stay.code]) for stay in act.touched if stay.code in act.before}
    changed = {
        pk: bed
        for code, nights in had.items()
        for pk, (bed, *rest) in nights.items()
        if rest[0] is None and _nights_in(act.after[code])[pk] != (bed, *rest)
    }
    rows = defaultdict(list)
    if changed:
        for row in BedNight.objects.filter(pk__in=changed).select_related("bed__room").order_by("night"):
            rows[row.stay_id].append(row)
    beds = Bed.objects.select_related("room").in_bulk(set(changed.values())) if changed else {}
    return [
        _Part(
            stay,
            act.before[stay.code],
            rows[stay.pk],
            {row.pk: beds[changed[row.pk]] for row in rows[stay.pk]},
        )
        for stay in act.touched
        if stay.code in act.before
    ]


def _nights_in(image):
    """By the number of its row each bed-night of ``image``: its bed, when it was given back, when it was slept."""
    return {pk: tuple(values) for pk, *values in image["nights"]}


def _give_up_what_is_new(act, parts, now):
    """Nights that the act added are gone, and stays that it made are cancelled by the house."""
    new = [
        pk
        for part in parts
        for pk, (_bed, released, _slept) in _nights_in(act.after[part.stay.code]).items()
        if released is None and pk not in _nights_in(part.before)
    ]
    if new:
        # As if they had never been given: they were everybody's before, and are not kept for the line now.
        BedNight.objects.filter(pk__in=new).delete()
        served(now)
    for part in parts:
        after = _nights_in(act.after[part.stay.code])
        for pk, (_bed, released, _slept) in _nights_in(part.before).items():
            if released is not None and after[pk][1] is None:
                BedNight.objects.filter(pk=pk).update(released_at=datetime.fromisoformat(released), slept_at=None)
                served(now)
    for stay in act.touched:
        if stay.code not in act.before:
            give_back(stay, now, Stay.Cause.HOUSE)
            # Nobody was in house who was not: a cancelled stay counts as none.
            stay.checked_in_at = None
            stay.save(update_fields=["checked_in_at"])
            served(now)
            if not _unwritten(stay, act):
                tell(stay, "cancelled", now, nights=len(act.after[stay.code]["nights"]))


def _restore(part):
    """The stay says again what it said, before its nights do: the database holds them to it."""
    stay = part.stay
    for name, value in part.before["stay"].items():
        setattr(stay, name, Stay._meta.get_field(name).to_python(value))
    stay.save(update_fields=list(part.before["stay"]))
    stay.refresh_from_db(fields=["status"])
    seen = part.before["seen"] and datetime.fromisoformat(part.before["seen"])
    if stay.guest.document_seen_at != seen:
        stay.guest.document_seen_at = seen
        stay.guest.save(update_fields=["document_seen_at"])


def _not_used_meanwhile(act, parts, now):
    by_guest = defaultdict(list)
    for part in parts:
        if part.back:
            by_guest[part.stay.guest_id].append(part)
    for own in by_guest.values():
        rows = {part.stay.pk: [row.pk for row in part.back] for part in own}
        nothing_came_between(
            [part.stay for part in own],
            lambda stay, rows=rows: BedNight.objects.filter(pk__in=rows[stay.pk]),
            act.written_at,
            now,
        )


def _take_nights(part, now):
    """The free nights among those that came back are taken again: of the guest, and of the house's quota."""
    close_own_lapsed(part.stay, now)
    free = [row.night for row in part.back if row.price_class == FREE]
    hostel = Hostel.objects.on(part.stay.arrival).get(pk=part.stay.hostel_id)
    take(part.stay, hostel, free, part.stay.assessment.entitlement, now)


def _own_beds(parts: Sequence[_Part], now: datetime) -> Placed:
    """Each in the bed they had: all of them, or nobody."""
    asked = [(part, want, run) for part in parts for want, run in part.wants()]
    # The database looks at each row as it is written: all step aside before anyone comes in.
    BedNight.objects.filter(pk__in=[row.pk for part in parts for row in part.rows]).update(released_at=now)
    placed: Placed = []
    for hostel in {part.stay.hostel_id: part.stay.hostel for part, _want, _run in asked}.values():
        here = [(part, want, run) for part, want, run in asked if part.stay.hostel_id == hostel.pk]
        try:
            beds = find_beds(hostel, [want for _part, want, _run in here], now)
        except Refused as no:
            if no.code != "BED":
                raise
            part, want, _run = here[0]
            assert want.bed is not None  # each names the bed it had
            raise Refused(*no.reasons, alternatives=places_near(part.stay, want.bed, want.nights, now)) from no
        placed += [(part.stay, bed, run) for bed, (part, _want, run) in zip(beds, here, strict=True)]
    return placed


def _own_beds_or_others(parts: Sequence[_Part], now: datetime) -> Placed:
    """Each in the bed they had, else in another of their house; who has one by now keeps it."""
    placed: Placed = []
    for part in parts:
        if not part.rows:
            continue
        try:
            with attempt():
                placed += _own_beds([part], now)
        except Refused as no:
            if no.code not in WANT_OF_A_BED:
                raise
            if part.back:
                placed.append(_in_another(part, now))
    return placed


def _in_another(part, now):
    stay, nights = part.stay, Nights(part.rows[0].night, part.rows[-1].night + timedelta(days=1))
    if stay.bed_told_at is not None:
        stay.bed_told_at = None  # the number they knew is no longer theirs
        stay.save(update_fields=["bed_told_at"])
    try:
        bed = find_promised(stay.hostel, Want(stay.guest, nights, lodging_of(stay), except_stay=stay.pk), now)
    except Refused as no:
        if no.code not in WANT_OF_A_BED:
            raise
        raise Refused(bed_gone(stay), alternatives=no.alternatives) from None
    return stay, bed, part.rows


def _slept_again(part):
    """The night that was counted before its guest was said to have left is slept after all."""
    nights = _nights_in(part.before)
    for row in part.rows:
        _bed, _released, slept = nights[row.pk]
        if slept is not None:
            BedNight.objects.filter(pk=row.pk).update(slept_at=datetime.fromisoformat(slept))


def _nobody_left(act, parts, now):
    """A bed that was written down as left by this act was not left."""
    if not parts:
        return
    beds = {bed for part in parts for bed, released, _slept in _nights_in(part.before).values() if released is None}
    moments = {act.happened_at, act.written_at}
    for part in parts:
        moments |= {end_of_night(night) for night in part.stay.nights if part.stay.checked_in_at}
    left = BedEvent.objects.filter(kind=BedEvent.Kind.LEFT, bed__in=beds, at__in=moments, undone_at=None)
    left.update(undone_at=now)


# --- letters ----------------------------------------------------------------------------------------------------------
def _unwritten(stay, act):
    """Take back what the act wrote to the guest of ``stay`` and did not go out yet; whether nothing else did."""
    # A no-show happened at the moment until which the bed was kept, whenever it was written down.
    ended = act.after[stay.code]["stay"]["cancelled_at"]
    since = min(act.written_at, datetime.fromisoformat(ended)) if ended else act.written_at
    written = Letter.objects.filter(person=stay.guest_id, about__startswith=stay.code, written_at__gte=since)
    written.filter(posted_at=None).delete()
    posted = list(written)
    for letter in posted:
        if letter.about == stay.code:
            # Of what happens again later they are told again.
            letter.about = this_time(stay, letter.written_at)
            letter.save(update_fields=["about"])
    return not posted


def _take_letters_back(stay, act, now):
    if not _unwritten(stay, act):
        bed = stay.bed_nights.live().select_related("bed__room").order_by("night").last() if stay.bed_told_at else None
        tell(stay, "taken_back", now, this_time(stay, now), bed=str(bed.bed) if bed else "")
