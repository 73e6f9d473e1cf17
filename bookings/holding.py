"""Beds held for a time: kept longer, let go of, and ended when their time is over."""

from datetime import datetime, timedelta
from typing import Any

from accounts.acts import act
from accounts.models import Person, User
from accounts.record import record
from bookings import freed
from bookings.actions import may
from bookings.awaiting import still_held
from bookings.cancelling import give_back
from bookings.locking import locked
from bookings.models import BedNight, Stay

HOLD = timedelta(minutes=10)


def extend_hold(stay: Stay, *, now: datetime, actor: User | None = None) -> Stay:
    """Keep a held bed ten minutes longer, once; raises Refused with EXTENDED, HOLD_ENDED or STATE."""

    def do():
        held = locked(stay)
        may(held, "extend_hold", now)
        still_held(held)
        held.held_until, held.hold_extended = held.held_until + HOLD, True
        held.save(update_fields=["held_until", "hold_extended"])
        record("extend_hold", now=now, actor=actor, person=held.guest, hostel=held.hostel, about=held.code)
        return held

    return act(do)


def close_lapsed(bed: Any, now: datetime) -> None:
    """Close the holds whose time is over in the room of ``bed``, a row of `free_beds`: it is about to be given."""
    if bed.kept_by_lapsed:
        # Its guest may be confirming at this very moment, having asked just before the end: first come, and look again.
        kept = BedNight.objects.live().filter(room=bed.room_id, stay__in=Stay.objects.lapsed(now))
        list(kept.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
        for lapsed in Stay.objects.lapsed(now).filter(bed_nights__room=bed.room_id).distinct():
            end_hold(lapsed)


def close_own_lapsed(stay: Stay, now: datetime) -> None:
    """Close the other holds of its guest whose time is over: a bed for one of their nights is about to be written for
    ``stay``. Behind the guest's lock; no statement where it is known that they hold nothing."""
    if getattr(stay.guest, "has_hold", True):
        for lapsed in Stay.objects.lapsed(now).filter(guest=stay.guest_id).exclude(pk=stay.pk):
            end_hold(lapsed)


def end_hold(stay):
    """Give back the bed of a hold whose time is over. Where a house had not answered, the wish goes on without it:
    `bookings/on_call.py` finds another bed."""
    if stay.awaits == Stay.Awaits.HOUSE:
        stay.bed_nights.live().update(released_at=stay.held_until)
        return
    give_back(stay, stay.held_until, Stay.Cause.HOLD_ENDED)


def let_go_of_holds(guest: Person, now: datetime) -> None:
    """A person holds one bed at a time: what they held before goes back when they ask for another. A bed that waits for
    a proof or an answer is more than a hold, and stays."""
    for stay in Stay.objects.filter(guest=guest, status=Stay.Status.HELD):
        if stay.held_until is None or stay.held_until <= now:
            end_hold(stay)
        elif not stay.awaits:
            give_back(stay, now, Stay.Cause.GUEST)
            freed.served(now)


def end_holds(now: datetime) -> int:
    """Close the holds whose time is over and return how many. Nobody waits for it: every question knows the time."""
    ended = 0
    for lapsed in Stay.objects.lapsed(now).exclude(awaits=Stay.Awaits.HOUSE).order_by("pk"):

        def do(lapsed=lapsed):
            stay = locked(lapsed)
            if stay.status != Stay.Status.HELD or stay.held_until > now:
                return 0
            end_hold(stay)
            freed.served(now)
            record("hold_ended", now=now, person=stay.guest, hostel=stay.hostel, about=stay.code)
            return 1

        ended += act(do)
    return ended
