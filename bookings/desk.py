"""The desk: who comes, into which bed; who leaves; who did not come."""

from datetime import datetime

from django.db.models import Q

from accounts.acts import act
from accounts.documents import hash_of_number
from accounts.fields import keyed_hash
from accounts.models import User
from accounts.record import record
from bookings import freed, reasons
from bookings.actions import may
from bookings.availability import free_beds
from bookings.booking import CODE_ALPHABET
from bookings.cancelling import miss
from bookings.locking import locked
from bookings.lodging import lodging_of
from bookings.models import Stay
from bookings.proving import show_at_desk
from bookings.relocating import to_another_bed
from bookings.vacating import beds_had, vacated
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel
from hostel.nights import business_day, end_of_night


def due_in_matching(hostel: Hostel, text: str, now: datetime) -> list[Stay]:
    """Stays that ``text`` may mean at the desk of ``hostel``.

    A code of six characters finds its stay, wherever it is booked and whatever became of it: the desk says which. The
    code of a party finds the stays of all its members, that of a batch those who are due in or still to come. Four
    digits (the last of phone or document) and a whole document number are searched among the people due in here only.
    """
    text = "".join(text.split()).upper()
    stays = Stay.objects.select_related("guest", "hostel__network", "assessment").order_by("arrival", "pk")
    if len(text) == 6 and set(text) <= set(CODE_ALPHABET) and (found := _by_code(stays, text)):
        return found
    expected = stays.filter(hostel=hostel, status=Stay.Status.CONFIRMED, arrival__lte=business_day(now)).filter(
        departure__gt=business_day(now)
    )
    if len(text) == 4:
        digits = keyed_hash(text, "digits")
        return list(expected.filter(Q(guest__document_digits=digits) | Q(guest__phone_digits=digits)))
    return list(expected.filter(guest__document_hash__in=hash_of_number(text))) if text else []


def _by_code(stays, code):
    if found := list(stays.filter(code=code)):
        return found
    expected = Q(status__in=[Stay.Status.HELD, Stay.Status.CONFIRMED])
    return list(stays.filter(party__code=code)) or list(stays.filter(expected, batch__code=code))


def beds_for(stay: Stay, now: datetime) -> list[Bed]:
    """Beds that the guest of ``stay`` could be given now, the one that is kept for them first; the others are as they
    need them."""
    kept_nights = list(stay.bed_nights.live().select_related("bed__room").order_by("night"))
    # Who changes beds during the stay has tonight's.
    to_come = [night.bed for night in kept_nights if night.night >= business_day(now)]
    kept = to_come[0] if to_come else kept_nights[-1].bed if kept_nights else None
    others = free_beds(stay.hostel, stay.nights, stay.guest.gender, now, stay.pk, lodging_of(stay))
    return [kept, *(bed for bed in others if bed != kept)] if kept else list(others)


def check_in(
    stay: Stay,
    *,
    compared: bool,
    now: datetime,
    actor: User | None = None,
    bed: Bed | None = None,
    document_number: str = "",
    evidence_seen: str = "",
    at: datetime | None = None,
) -> Stay:
    """Let the guest in, into ``bed`` or the one kept for them.

    ``compared`` says that the person was compared with the document and registered; a ``document_number`` read in
    addition must be the guest's; ``evidence_seen`` is the kind of proof whose original was shown. ``at`` is the moment
    it happened, ``now`` when it is written down. Raises Refused with STATE, NOT_TODAY, COMPARE, DOCUMENT, BED, KIND or
    MOMENT.
    """
    return act(lambda: _check_in(locked(stay), compared, now, actor, bed, document_number, evidence_seen, at or now))


def _check_in(stay, compared, now, actor, bed, document_number, evidence_seen, at):
    if at > now or at < stay.booked_at:
        raise Refused(reasons.wrong_moment(at, now))
    may(stay, "check_in", at)
    if not compared:
        raise Refused(reasons.not_compared())
    if document_number and stay.guest.document_hash not in hash_of_number(document_number):
        raise Refused(reasons.another_document())
    nights = stay.bed_nights.live()
    if bed is not None and nights.exclude(bed=bed).exists() and not nights.filter(_tonight(at), bed=bed).exists():
        to_another_bed(stay, stay.nights, bed, now)
    if evidence_seen and actor:
        show_at_desk(stay, kind=evidence_seen, now=now, actor=actor)
    stay.checked_in_at = at
    stay.save(update_fields=["checked_in_at"])
    stay.refresh_from_db(fields=["status"])
    stay.guest.document_seen_at = at
    stay.guest.save(update_fields=["document_seen_at"])
    record(
        "check_in",
        now=now,
        actor=actor,
        person=stay.guest,
        hostel=stay.hostel,
        about=stay.code,
        at=at.isoformat(),
        document_read=bool(document_number),
    )
    return stay


def _tonight(at):
    return Q(night=business_day(at))


def check_out(stay: Stay, *, now: datetime, actor: User | None = None, at: datetime | None = None) -> Stay:
    """Let the guest go: nights that end after the moment they left go back at once.

    ``at`` is the moment it happened. Leaving before 06:00 gives the running night back too, also where the night
    audit was quicker and had counted it. Raises Refused with STATE or MOMENT.
    """
    return act(lambda: leave(locked(stay), now, actor, at or now))


def leave(stay: Stay, now: datetime, actor: User | None, at: datetime, reason: str = "") -> Stay:
    """What `check_out` does to a stay whose guest's row is locked; the night audit closes forgotten ones with it."""
    may(stay, "check_out", now)
    assert stay.checked_in_at is not None  # only who is in house may leave
    if at > now or at < stay.checked_in_at:
        raise Refused(reasons.wrong_moment(at, now))
    vacated(beds_had(stay.bed_nights.live().values_list("night", "bed_id"), stay.checked_in_at, at), actor)
    unslept = [night for night in stay.nights if end_of_night(night) > at]
    returned = stay.bed_nights.live().filter(night__in=unslept).update(released_at=at, slept_at=None)
    freed.served(now)
    stay.checked_out_at = at
    stay.save(update_fields=["checked_out_at"])
    stay.refresh_from_db(fields=["status"])
    record(
        "check_out",
        now=now,
        actor=actor,
        person=stay.guest,
        hostel=stay.hostel,
        about=stay.code,
        reason=reason,
        at=at.isoformat(),
        returned=returned,
    )
    return stay


def no_show(stay: Stay, *, now: datetime, actor: User | None = None) -> Stay:
    """Say that the guest has not come: all nights go back, and it is remembered until it is lifted.

    It happened at the moment until which the bed was kept, whenever it is written down, so that the books are the
    same days later. Raises Refused with STATE, or KEPT before that moment.
    """
    return act(lambda: _no_show(locked(stay), now, actor))


def _no_show(stay, now, actor):
    may(stay, "no_show", now)
    return miss(stay, now, actor)
