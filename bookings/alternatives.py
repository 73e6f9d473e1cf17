"""What could be booked instead: a refusal for want of a bed never leaves a person without a next step."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bookings.availability import Grid, nearest_first
from bookings.lodging import PLAIN, Lodging
from hostel.models import Hostel
from hostel.nights import Nights, business_day

SHIFTS = (1, -1, 2, -2, 3, -3)
MOST_NEARBY = 3


@dataclass(frozen=True)
class Alternative:
    """A stay that has a bed as it stands: ``kind`` is shorter, shifted or nearby."""

    kind: str
    hostel: Hostel
    arrival: date
    departure: date
    distance_m: int | None

    @property
    def href(self) -> str:
        return f"/book/{self.hostel.slug}/?in={self.arrival}&out={self.departure}"

    def as_data(self) -> dict:
        """The alternative as JSON values."""
        return {
            "kind": self.kind,
            "hostel": self.hostel.slug,
            "arrival": self.arrival.isoformat(),
            "departure": self.departure.isoformat(),
            "distance_m": self.distance_m,
            "href": self.href,
        }


def alternatives(
    hostel: Hostel, nights: Nights, gender: str, now: datetime, lodging: Lodging = PLAIN
) -> tuple[Alternative, ...]:
    """Find what is near to ``nights`` in ``hostel``: nearest houses first, then a shorter stay, then shifted ones.

    Each has what ``lodging`` asks of a bed; a house for groups is never among them."""
    today = business_day(now)
    houses = Hostel.objects.filter(network=hostel.network_id).valid_throughout(nights)
    houses = [house for house in houses if house.access == Hostel.Access.INDIVIDUAL]
    first = max(today, nights.arrival - timedelta(days=max(SHIFTS)))
    grid = Grid([hostel, *houses], Nights(first, nights.departure + timedelta(days=max(SHIFTS))), now, lodging)

    near = [
        Alternative("nearby", house, nights.arrival, nights.departure, metres)
        for house, metres in nearest_first(houses, (hostel.lat, hostel.lng))
        if house.pk != hostel.pk and grid.free(house, nights, gender)
    ]
    return (
        *near[:MOST_NEARBY],
        *_shorter(grid, hostel, nights, gender),
        *_shifted(grid, hostel, nights, gender, first),
    )


def _shorter(grid, hostel, nights, gender):
    """The longest stay inside the wanted one, the earliest of the longest."""
    for length in range(len(nights) - 1, 0, -1):
        for skipped in range(len(nights) - length + 1):
            arrival = nights.arrival + timedelta(days=skipped)
            inside = Nights(arrival, arrival + timedelta(days=length))
            if grid.free(hostel, inside, gender):
                yield Alternative("shorter", hostel, inside.arrival, inside.departure, 0)
                return


def _shifted(grid, hostel, nights, gender, first):
    """As many nights, the nearest shift of up to three days."""
    for days in SHIFTS:
        moved = nights.moved(days)
        if moved.arrival >= first and grid.free(hostel, moved, gender):
            yield Alternative("shifted", hostel, moved.arrival, moved.departure, 0)
            return
