"""What the first line of the desk finds: one stay that can come in, several, or the reason why none can."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from accounts.documents import digits_hash, hash_of_number
from accounts.models import Deed
from accounts.phones import mask_phone
from bookings.actions import actions
from bookings.desk import due_in_matching
from bookings.models import BedNight, Stay
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
    """Find the stay meant by ``text``: a code or the address of a pass, four digits, or a whole document number.

    Digits and numbers are looked for among the people of this house only: those due in, then those who came already.
    """
    address = CODE_IN_ADDRESS.search(text)
    stays = due_in_matching(desk.hostel, address[1] if address else text, desk.now) or _in_house(desk, text)
    if not stays:
        return Finding(UNKNOWN)
    return look_at(desk, stays[0]) if len(stays) == 1 else Finding(SEVERAL, stays=tuple(stays))


def _in_house(desk, text):
    typed = "".join(text.split()).upper()
    if len(typed) == 4:
        digits = digits_hash(typed)
        meant = Q(guest__document_digits=digits) | Q(guest__phone_digits=digits)
    else:
        meant = Q(guest__document_hash__in=hash_of_number(typed))
    here = Stay.objects.filter(meant, hostel=desk.hostel, status=Stay.Status.IN_HOUSE)
    return list(here.select_related("guest", "hostel").order_by("arrival", "pk"))


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
    """The name of who checked ``stay`` in: as they wrote it, else their masked phone; "" where nobody is on record."""
    deed = Deed.objects.filter(what="check_in", about=stay.code).select_related("actor__person").order_by("at").last()
    if deed is None or deed.actor is None:
        return ""
    person = getattr(deed.actor, "person", None)
    return person.name if person and person.name else mask_phone(deed.actor.phone)


def bed_of(stay: Stay):
    """The bed that ``stay`` keeps, or None where all its nights went back."""
    kept: Iterable[BedNight] = stay.bed_nights.live().select_related("bed__room").order_by("-night")
    return next((bed_night.bed for bed_night in kept), None)
