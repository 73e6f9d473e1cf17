"""Who came all the same: a stay that the books had ended stands again, because its guest is in the house.

What happened at a desk without a line is not argued with. The nights to come are the guest's again, in the bed they had
or in another one of the house; those that are over stay as they were closed.
"""

from datetime import datetime

from accounts import letters
from accounts.acts import act
from accounts.models import User
from accounts.people import erased_already
from accounts.record import record
from bookings import reasons
from bookings.cancelling import restore_what_hangs
from bookings.holding import close_lapsed, close_own_lapsed
from bookings.locking import locked
from bookings.models import BedNight, NoShow, Stay
from bookings.quotas import take
from bookings.relocating import put_into
from bookings.undoing import beds_again, nothing_came_between
from eligibility.caps import FREE
from eligibility.reasons import Refused
from hostel.models import Hostel
from hostel.nights import Nights, business_day

ENDED = (Stay.Status.CANCELLED, Stay.Status.NO_SHOW, Stay.Status.LEFT)


def stand_again(stay: Stay, *, at: datetime, now: datetime, actor: User | None = None) -> Stay:
    """Have ``stay``, which was cancelled, missed or left, stand from the night of ``at`` on as it stood before: who had
    left is in house, who was not in yet is still to be let in.

    Raises Refused with STATE for a stay that stands or was not passed, NOT_TODAY where it has no night then, OVERLAP or
    UNDO_NIGHTS where its guest has these nights elsewhere or has used them, QUOTA, or with UNDO and alternatives where
    the house has no bed.
    """

    def do():
        back = locked(stay)
        if back.guest.forgotten_at:
            raise Refused(erased_already())
        if back.status not in ENDED:
            raise Refused(reasons.wrong_state(back, now))
        if business_day(at) not in back.nights:
            raise Refused(reasons.not_today(back))
        moment = _ended_at(back)
        rows = _given_back(back, Nights(max(back.arrival, business_day(at)), back.departure))
        if not rows:
            raise Refused(reasons.wrong_state(back, now))
        taken = BedNight.objects.live().filter(guest=back.guest, night__in=[row.night for row in rows])
        if (other := taken.select_related("stay__hostel").first()) is not None:
            raise Refused(reasons.sleeps_elsewhere(other.stay))
        nothing_came_between([back], lambda _stay: rows, moment, now)
        hostel = Hostel.objects.on(back.arrival).get(pk=back.hostel_id)
        beds = beds_again(back, hostel, rows, now)
        close_own_lapsed(back, now)
        free = [row.night for row in rows if row.price_class == FREE]
        take(back, hostel, free, back.assessment.entitlement, now)
        was = back.status
        _stands(back, moment, now)
        numbers = [row.pk for row in rows]
        for bed, nights in beds:
            close_lapsed(bed, now)
            put_into(bed, back, BedNight.objects.filter(pk__in=numbers).between(nights))
        record(
            "came_anyway",
            now=now,
            actor=actor,
            person=back.guest,
            hostel=back.hostel,
            about=back.code,
            at=at.isoformat(),
            before=was,
        )
        return back

    return act(do)


def _ended_at(stay: Stay) -> datetime:
    moment = stay.cancelled_at or stay.no_show_at or stay.checked_out_at
    assert moment is not None  # it has ended
    return moment


def _given_back(stay: Stay, nights: Nights) -> list[BedNight]:
    """The bed-nights that ``stay`` had on ``nights``, the last of each night, in their order: one run without a gap."""
    rows = stay.bed_nights.between(nights).exclude(released_at=None).select_related("bed__room").order_by("night", "pk")
    last = {row.night: row for row in rows}
    run = []
    for night in nights:
        if night not in last:
            break
        run.append(last[night])
    return run


def _stands(stay: Stay, moment: datetime, now: datetime) -> None:
    """Take back what ended ``stay``, and what was told of it and not sent yet."""
    cancelled, missed = stay.cancelled_at is not None, stay.no_show_at is not None
    stay.cancelled_at, stay.cancel_cause, stay.cancel_reason = None, "", ""
    stay.no_show_at = stay.checked_out_at = None
    stay.save(update_fields=["cancelled_at", "cancel_cause", "cancel_reason", "no_show_at", "checked_out_at"])
    stay.refresh_from_db(fields=["status"])
    if cancelled:
        restore_what_hangs(stay, moment, now)
        letters.unwrite(stay.guest, stay.code, "cancelled")
    if missed:
        NoShow.objects.filter(stay=stay).delete()
        letters.unwrite(stay.guest, stay.code, "no_show")
