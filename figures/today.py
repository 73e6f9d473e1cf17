"""Today at the desk: who comes, who is here, who goes, who did not come."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from django.db.models import Count, Q

from bookings.models import Stay
from hostel.models import Hostel


@dataclass(frozen=True)
class Today:
    """Stays of one business day. ``…_left`` are those still to be done; those of the day before count as left too."""

    due_in: int = 0
    due_in_left: int = 0
    in_house: int = 0
    due_out: int = 0
    due_out_left: int = 0
    no_shows: int = 0

    def __add__(self, other: "Today") -> "Today":
        return Today(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


def today(hostels: Iterable[Hostel], day: date) -> dict[int, Today]:
    """Return by a hostel's id its stays of the business day ``day``: one statement, however many hostels."""
    houses = list(hostels)
    to_come = Q(status=Stay.Status.CONFIRMED, arrival__lte=day)
    came = Q(arrival=day, checked_in_at__isnull=False, cancelled_at=None)
    missed = Q(status=Stay.Status.NO_SHOW, arrival=day)
    to_go = Q(status=Stay.Status.IN_HOUSE, departure__lte=day)
    gone = Q(status=Stay.Status.LEFT, departure=day)
    counted = (
        Stay.objects.filter(hostel__in=houses)
        .filter(to_come | came | missed | to_go | gone | Q(status=Stay.Status.IN_HOUSE))
        .order_by()
        .values_list("hostel")
        .annotate(
            due_in=Count("pk", filter=to_come | came | missed),
            due_in_left=Count("pk", filter=to_come),
            staying=Count("pk", filter=Q(status=Stay.Status.IN_HOUSE)),
            due_out=Count("pk", filter=to_go | gone),
            due_out_left=Count("pk", filter=to_go),
            no_shows=Count("pk", filter=missed),
        )
    )
    # The columns stand in the order of Today's fields.
    found = {hostel: Today(*counts) for hostel, *counts in counted}
    return {hostel.pk: found.get(hostel.pk, Today()) for hostel in houses}
