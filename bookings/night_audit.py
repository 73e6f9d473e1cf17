"""The night audit: turns the day at 06:00, marks the nights that were slept, closes what was left open.

It goes by the moments at which things happened, never by the moment it runs: twice, or days late, gives the same books.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db.models import Q

from accounts.acts import act
from accounts.models import Person
from bookings import desk
from bookings.holding import end_holds
from bookings.locking import locked
from bookings.models import BedNight, Stay
from hostel.nights import at, business_day, end_of_night


@dataclass(frozen=True)
class AuditResult:
    """What an audit changed: nights marked as slept, nights given back unslept, stays closed."""

    slept: int
    given_back: int
    no_shows: int
    closed: int


def audit(now: datetime, night: date | None = None) -> AuditResult:
    """Close every night that has ended by ``now`` (or the one ``night``); raises ValueError if it has not ended."""
    if night is not None and end_of_night(night) > now:
        raise ValueError(f"the night of {night} ends at {end_of_night(night):%Y-%m-%d %H:%M}, it cannot be audited yet")
    end_holds(now)
    missed = close_no_shows(now if night is None else end_of_night(night))
    ended = BedNight.objects.live().filter(slept_at=None, night__lt=business_day(now))
    nights = [night] if night else ended.order_by("night").values_list("night", flat=True).distinct()
    slept = given_back = 0
    for each in list(nights):
        marked, returned = act(partial(_close, each))
        slept, given_back = slept + marked, given_back + returned
    return AuditResult(slept, given_back, missed, _close_overdue(now))


def _close(night):
    """Mark ``night`` slept for everybody who was in house at its end; give back what nobody slept."""
    end = end_of_night(night)
    open_nights = BedNight.objects.live().filter(night=night, slept_at=None)
    # The guests' rows, in one order: a check-out at this very moment comes before or after, never between.
    list(Person.objects.filter(bed_nights__in=open_nights).order_by("pk").select_for_update(of=("self",), no_key=True))
    in_house = Q(stay__checked_in_at__lt=end) & (Q(stay__checked_out_at=None) | Q(stay__checked_out_at__gte=end))
    slept = open_nights.filter(in_house).update(slept_at=end)
    given_back = open_nights.filter(stay__status__in=[Stay.Status.IN_HOUSE, Stay.Status.LEFT]).update(released_at=end)
    return slept, given_back


def close_no_shows(now: datetime) -> int:
    """Close the stays whose guest has not come by the moment until which the bed was kept; return how many."""
    closed = 0
    for stay in Stay.objects.filter(status=Stay.Status.CONFIRMED, kept_until__lte=now).order_by("kept_until", "pk"):

        def do(stay=stay):
            missed = locked(stay)
            if missed.status != Stay.Status.CONFIRMED or missed.kept_until > now:
                return 0
            desk.no_show(missed, now=now)
            return 1

        closed += act(do)
    return closed


def _close_overdue(now):
    """Close stays whose departure day is over: the guest is taken to have left when the house asks them to."""
    closed = 0
    for stay in Stay.objects.overdue(business_day(now)).select_related("hostel").order_by("pk"):

        def do(stay=stay):
            left = locked(stay)
            # Whoever stays on, the desk may have written it down meanwhile.
            if left.status != Stay.Status.IN_HOUSE or left.departure >= business_day(now):
                return 0
            moment = max(at(left.departure, left.hostel.check_out_by), left.checked_in_at)
            desk.leave(left, now, None, moment, reason="closed by the night audit")
            return 1

        closed += act(do)
    return closed
