"""Nights given: what a year of the network was, counted from slept bed-nights and from nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import ExtractMonth

from bookings.models import BedNight
from hostel.models import Hostel

FREE = Count("pk", filter=Q(price_class=BedNight.PriceClass.FREE))
PRICED = Count("pk", filter=~Q(price_class=BedNight.PriceClass.FREE))
PEOPLE = Count("guest", distinct=True)


@dataclass(frozen=True)
class HostelMonth:
    """Slept bed-nights of one hostel in one month (1 to 12), and the different people who slept them."""

    hostel: Hostel
    month: int
    free: int
    priced: int
    people: int

    @property
    def nights(self) -> int:
        return self.free + self.priced


@dataclass(frozen=True)
class HostelYear:
    """Slept bed-nights of one hostel in a year; ``months`` has twelve places, ``None`` where nobody slept."""

    hostel: Hostel
    months: tuple[HostelMonth | None, ...]
    people: int

    @property
    def free(self) -> int:
        return sum(month.free for month in self.months if month)

    @property
    def priced(self) -> int:
        return sum(month.priced for month in self.months if month)

    @property
    def nights(self) -> int:
        return self.free + self.priced


@dataclass(frozen=True)
class NightsGiven:
    """A year: rows per hostel and month where somebody slept, and totals.

    ``people`` are different people, so a total is less than the sum of its rows where one came back.
    """

    year: int
    rows: tuple[HostelMonth, ...]
    hostels: tuple[HostelYear, ...]  # every hostel asked for, also one where nobody slept
    people: int

    @property
    def free(self) -> int:
        return sum(row.free for row in self.rows)

    @property
    def priced(self) -> int:
        return sum(row.priced for row in self.rows)

    @property
    def nights(self) -> int:
        return self.free + self.priced

    @property
    def months(self) -> tuple[int, ...]:
        """Nights of all hostels, January to December."""
        return tuple(sum(row.nights for row in self.rows if row.month == month) for month in range(1, 13))


def nights_given(hostels: Iterable[Hostel], year: int) -> NightsGiven:
    """Count the bed-nights slept in ``hostels`` whose evening lies in ``year``: three statements, however many.

    Rows stand in the order of ``hostels``, then by month. The last evening of December belongs to its own year.
    """
    houses = list(hostels)
    slept = BedNight.objects.slept().filter(hostel__in=houses, night__year=year).order_by()
    by_month = {
        (row.pop("hostel"), row["month"]): row
        for row in slept.annotate(month=ExtractMonth("night"))
        .values("hostel", "month")
        .annotate(free=FREE, priced=PRICED, people=PEOPLE)
    }
    people = dict(slept.values_list("hostel").annotate(people=PEOPLE))
    years = tuple(
        HostelYear(
            hostel=hostel,
            months=tuple(
                HostelMonth(hostel, **by_month[hostel.pk, month]) if (hostel.pk, month) in by_month else None
                for month in range(1, 13)
            ),
            people=people.get(hostel.pk, 0),
        )
        for hostel in houses
    )
    return NightsGiven(
        year=year,
        rows=tuple(month for hostel in years for month in hostel.months if month),
        hostels=years,
        people=slept.aggregate(people=PEOPLE)["people"],
    )
