"""Where is room: beds free by hostel and night, beside the same weekday of the week before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bookings.availability import NightCount, night_table
from hostel.models import Hostel
from hostel.nights import Nights

WEEK = 7
LEVELS = 5


@dataclass(frozen=True)
class HeatCell:
    """One hostel on one night. ``change``: how many beds more (or fewer) are free than on the weekday before."""

    count: NightCount
    change: int

    @property
    def night(self) -> date:
        return self.count.night

    @property
    def free(self) -> int:
        return self.count.free

    @property
    def beds(self) -> int:
        return self.count.beds

    @property
    def closed(self) -> bool:
        """Whether no bed is to be had at all: none is there, or every one is out of service."""
        return self.count.out_of_service >= self.beds

    @property
    def level(self) -> int:
        """The tint, the deeper the fuller: 1 has up to a quarter of its beds given, 4 nearly all, 5 is full.

        0 is closed, which is not the same as full.
        """
        if self.closed:
            return 0
        return 1 + (self.beds - self.free) * (LEVELS - 1) // self.beds if self.free else LEVELS


@dataclass(frozen=True)
class HeatRow:
    """One hostel and its cells, one a night."""

    hostel: Hostel
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True)
class HeatTable:
    """Hostels by nights; ``free`` and ``beds`` are the sums of a night over all hostels, in the order of ``nights``."""

    nights: Nights
    rows: tuple[HeatRow, ...]

    @property
    def free(self) -> tuple[int, ...]:
        return tuple(sum(row.cells[place].free for row in self.rows) for place in range(len(self.nights)))

    @property
    def beds(self) -> tuple[int, ...]:
        return tuple(sum(row.cells[place].beds for row in self.rows) for place in range(len(self.nights)))


def heat_table(hostels: Iterable[Hostel], first_night: date, now: datetime, nights: int = 14) -> HeatTable:
    """Return ``hostels`` by ``nights`` from ``first_night`` on: three statements, however many hostels.

    The numbers are those of `bookings.availability.night_table`, which the search and the API print too.
    """
    houses = list(hostels)
    shown = Nights(first_night, first_night + timedelta(days=nights))
    counts = night_table(houses, Nights(first_night - timedelta(days=WEEK), shown.departure), now)
    return HeatTable(
        nights=shown,
        rows=tuple(
            HeatRow(
                hostel,
                tuple(
                    HeatCell(count, count.free - before.free)
                    for before, count in zip(counts[hostel.pk], counts[hostel.pk][WEEK:], strict=False)
                ),
            )
            for hostel in houses
        ),
    )
