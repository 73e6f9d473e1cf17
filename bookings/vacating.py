"""Beds that a guest has left: written down as it happens, so that it is known which bed is to be cleaned."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import pairwise

from accounts.acts import write_last
from accounts.models import User
from bookings.models import BedEvent, Stay
from hostel.nights import Nights, business_day, end_of_night


def vacated(beds: Mapping[int, datetime], by: User | None) -> None:
    """Write down that guests left ``beds`` (ids), each at its moment, with the last statement of the act."""
    for bed, at in beds.items():
        write_last(BedEvent(bed_id=bed, kind=BedEvent.Kind.LEFT, at=at, by=by), ignore_conflicts=True)


def bed_tonight(stay: Stay, nights: Nights, now: datetime) -> int | None:
    """The id of the bed that the guest of ``stay`` leaves at once if they have another on ``nights``: the one they have
    tonight. None for who is not in house, and who changes on another day: what is planned is no news yet."""
    tonight = business_day(now)
    if stay.checked_in_at is None or nights.arrival > tonight:
        return None
    return stay.bed_nights.live().filter(night=tonight).values_list("bed_id", flat=True).first()


def beds_had(nights: Iterable[tuple[date, int]], came: datetime, at: datetime) -> dict[int, datetime]:
    """The beds that a guest who ``came`` in and leaves at ``at`` has left, and when: ``nights`` are the stay's, each
    with its bed (id)."""
    nights = sorted(nights)
    had = [each for each in nights if each[0] <= business_day(at)] or nights[:1]
    return changed(had, came) | {bed: at for _night, bed in had[-1:]}


def changed(nights: Iterable[tuple[date, int]], came: datetime) -> dict[int, datetime]:
    """The beds that a guest changed for another during the stay, as it was planned: each is left at 06:00 of the day on
    which they have the next. ``nights`` in their order, each with its bed."""
    left = {bed: end_of_night(night) for (night, bed), (_next, then) in pairwise(nights) if then != bed}
    return {bed: at for bed, at in left.items() if at > came}
