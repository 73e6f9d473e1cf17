"""Nights wished for and not had: what a year's wishes found no bed for, by the house that was asked first."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import ExtractMonth

from bookings.models import BedNight, TurnAway
from hostel.models import Hostel

NIGHTS, PEOPLE = Count("pk"), Count("guest", distinct=True)


@dataclass(frozen=True)
class UnmetMonth:
    """Nights of one month (1 to 12) that people wished for in a hostel and did not have, and how many people."""

    month: int
    nights: int
    people: int


@dataclass(frozen=True)
class UnmetHostel:
    """One hostel's year; ``months`` has twelve places, ``None`` where every wish was met."""

    hostel: Hostel
    months: tuple[UnmetMonth | None, ...]
    people: int

    @property
    def nights(self) -> int:
        return sum(month.nights for month in self.months if month)


@dataclass(frozen=True)
class Unmet:
    """A year; ``hostels`` only those where a wish was not met. ``people`` are different people."""

    year: int
    hostels: tuple[UnmetHostel, ...]
    people: int

    @property
    def nights(self) -> int:
        return sum(hostel.nights for hostel in self.hostels)


def unmet(hostels: Iterable[Hostel], year: int) -> Unmet:
    """Count the nights of ``year`` that were wished for in ``hostels`` and not had anywhere: three statements.

    A night counts once for each person, whatever they tried. Who got a bed for it in the end, in whichever house, did
    have it.
    """
    houses = list(hostels)
    had = BedNight.objects.live().filter(guest=OuterRef("guest"), night=OuterRef("night"))
    missed = TurnAway.objects.filter(~Exists(had), hostel__in=houses, night__year=year).order_by()
    by_month = {
        (row["hostel"], row["month"]): UnmetMonth(row["month"], row["nights"], row["people"])
        for row in missed.annotate(month=ExtractMonth("night"))
        .values("hostel", "month")
        .annotate(nights=NIGHTS, people=PEOPLE)
    }
    people = dict(missed.values_list("hostel").annotate(people=PEOPLE))
    return Unmet(
        year=year,
        hostels=tuple(
            UnmetHostel(hostel, tuple(by_month.get((hostel.pk, month)) for month in range(1, 13)), people[hostel.pk])
            for hostel in houses
            if hostel.pk in people
        ),
        people=missed.aggregate(people=PEOPLE)["people"],
    )
