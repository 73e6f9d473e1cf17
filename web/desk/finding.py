"""What the first line of the desk finds: one stay that can come in, several, or the reason why none can."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, prefetch_related_objects

from accounts.documents import digits_hash, hash_of_number
from accounts.models import Deed
from bookings.actions import actions
from bookings.desk import due_in_matching
from bookings.models import BedNight, Stay
from desk.shift import name_of
from hostel.models import Bed
from hostel.places import distance_m
from web.desk.access import Desk

READY, SEVERAL, HERE_ALREADY, ELSEWHERE, NOT_TODAY = "ready", "several", "here_already", "elsewhere", "not_today"
HELD, CANCELLED, HOLD_ENDED, MISSED, GONE, UNKNOWN = "held", "cancelled", "hold_ended", "missed", "gone", "unknown"

# A pass may be scanned as the address of its page; the code is in it.
CODE_IN_ADDRESS = re.compile(r"/stays/([0-9A-Za-z]{6})(?:/|$)")


@dataclass(frozen=True)
class Finding:
    """What was found: one of the kinds above, with its stay, or with the stays to choose from."""

    kind: str
    stay: Stay | None = None
    stays: tuple[Stay, ...] = ()


def find(desk: Desk, text: str) -> Finding:
    """Find the stay meant by ``text``: a code or the address of a pass, four digits, a whole document number, a room
    or a bed ("302", "302-1"), a name or its beginning.

    All but a code is looked for among the people of this house only: those due in, then those who came already, then
    those of today whose bed is only held, or who were written down as not having come.
    """
    address = CODE_IN_ADDRESS.search(text)
    text = address[1] if address else text
    stays = due_in_matching(desk.hostel, text, desk.now) or _by_document(desk, text) or _by_room_or_name(desk, text)
    if not stays:
        return Finding(UNKNOWN)
    return look_at(desk, stays[0]) if len(stays) == 1 else Finding(SEVERAL, stays=tuple(stays))


def _by_document(desk, text):
    """Of the people who are in the house or may come today: whose document or phone ends so, or is this one."""
    typed = "".join(text.split()).upper()
    if len(typed) == 4:
        digits = digits_hash(typed)
        meant = Q(guest__document_digits=digits) | Q(guest__phone_digits=digits)
    else:
        meant = Q(guest__document_hash__in=hash_of_number(typed))
    return _firm(
        Stay.objects.filter(meant, _of_today(desk)).select_related("guest", "hostel").order_by("arrival", "pk")
    )


def _by_room_or_name(desk, text):
    """Of the same people: who has that room or bed tonight; else who is called so.

    A name is meant by its beginning, or by that of one of its words.
    """
    typed = " ".join(text.split()).casefold()
    kept = BedNight.objects.live().select_related("bed__room").order_by("night")
    people = (
        Stay.objects.filter(_of_today(desk), guest__forgotten_at=None)
        .select_related("guest", "hostel")
        .defer("guest__document")
        .prefetch_related(Prefetch("bed_nights", kept, to_attr="kept_nights"))
        .order_by("status", "arrival", "pk")
    )
    if not typed:
        return []
    beds = [(stay, bed_tonight(stay, desk.day)) for stay in people]
    there = [stay for stay, bed in beds if bed and typed in (bed.room.number.casefold(), str(bed).casefold())]
    return _firm(there or [stay for stay, _bed in beds if _is_called(stay.guest.name.casefold(), typed)])


def _of_today(desk):
    tonight = Q(arrival__lte=desk.day, departure__gt=desk.day)
    waits = tonight & Q(status=Stay.Status.HELD, held_until__gt=desk.now)
    may_come = tonight & Q(status__in=[Stay.Status.CONFIRMED, Stay.Status.NO_SHOW]) | waits
    return Q(hostel=desk.hostel) & (may_come | Q(status=Stay.Status.IN_HOUSE))


def _firm(stays):
    """Those who have a bed; where nobody has, the others: who came back after a no-show is one person and not two."""
    stays = list(stays)
    return [stay for stay in stays if stay.status in (Stay.Status.CONFIRMED, Stay.Status.IN_HOUSE)] or stays


def _is_called(name, typed):
    return name.startswith(typed) or any(word.startswith(typed) for word in name.replace("·", " ").split())


def bed_tonight(stay: Stay, day: date) -> Bed | None:
    """The bed of ``stay``, read with its `kept_nights`, on the night of ``day``: else the one it had last, or will have
    first."""
    if not stay.kept_nights:
        return None
    to_come = [night for night in stay.kept_nights if night.night >= day]
    return (to_come[0] if to_come else stay.kept_nights[-1]).bed


def look_at(desk: Desk, stay: Stay) -> Finding:
    """Say what the desk can do with ``stay`` now."""
    return Finding(_kind(desk, stay), stay)


def _kind(desk, stay):
    state = stay.state(desk.now)
    if state == Stay.Status.CANCELLED:
        lapsed = stay.status == Stay.Status.HELD or stay.cancel_cause == Stay.Cause.HOLD_ENDED
        return HOLD_ENDED if lapsed else CANCELLED
    if state in OVER:
        return OVER[state]
    if stay.hostel_id != desk.hostel.pk:
        return ELSEWHERE
    if state == Stay.Status.IN_HOUSE:
        return HERE_ALREADY
    if state == Stay.Status.HELD:
        return HELD
    return READY if actions(stay, desk.now)["check_in"].ok else NOT_TODAY


OVER = {Stay.Status.NO_SHOW: MISSED, Stay.Status.LEFT: GONE}


def metres_to(desk: Desk, stay: Stay) -> int:
    """How far the house of ``stay`` is from this one, as the crow flies."""
    return distance_m(desk.hostel.position, stay.hostel.position)


def let_in_by(stay: Stay) -> str:
    """How colleagues call who checked ``stay`` in; "" where nobody is on record."""
    deed = Deed.objects.filter(what="check_in", about=stay.code).select_related("actor__person").order_by("at").last()
    return name_of(deed.actor) if deed and deed.actor else ""


def beds_of(stays: Iterable[Stay], day: date) -> dict[int, Bed]:
    """The bed of each of ``stays`` on the night of ``day``, as `bed_tonight` says, by the stay's id: one statement."""
    stays = list(stays)
    kept = BedNight.objects.live().select_related("bed__room").order_by("night")
    prefetch_related_objects(stays, Prefetch("bed_nights", kept, to_attr="kept_nights"))
    return {stay.pk: bed for stay in stays if (bed := bed_tonight(stay, day))}


def bed_of(stay: Stay):
    """The bed that ``stay`` keeps, or None where all its nights went back."""
    kept: Iterable[BedNight] = stay.bed_nights.live().select_related("bed__room").order_by("-night")
    return next((bed_night.bed for bed_night in kept), None)
