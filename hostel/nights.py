"""Nights: how this trade counts days. A night is named by its evening; the departure day is none."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone

TURN_OF_THE_DAY = time(6)


@lru_cache(maxsize=256)
def business_day(now: datetime) -> date:
    """Return the evening that ``now`` belongs to: until 06:00, Asia/Shanghai, it is still the evening before.

    A guest who rings at 01:30 wants yesterday's night.
    """
    return (timezone.localtime(now) - timedelta(hours=TURN_OF_THE_DAY.hour)).date()


def end_of_night(night: date) -> datetime:
    """Return the moment, 06:00 of the next morning, at which ``night`` has been slept."""
    return at(night + timedelta(days=1), TURN_OF_THE_DAY)


def at(day: date, hour: time) -> datetime:
    """Return the aware moment ``hour`` of ``day`` in the house's zone."""
    return timezone.make_aware(datetime.combine(day, hour))


@dataclass(frozen=True)
class Nights:
    """The nights from ``arrival`` to the eve of ``departure``; raises ValueError where there is none."""

    arrival: date
    departure: date

    def __post_init__(self):
        if self.departure <= self.arrival:
            raise ValueError("departure must be after arrival")

    def __iter__(self):
        return (self.arrival + timedelta(days=n) for n in range(len(self)))

    def __len__(self):
        return (self.departure - self.arrival).days

    def __contains__(self, night):
        return self.arrival <= night < self.departure

    def moved(self, days: int) -> "Nights":
        """Return as many nights, ``days`` later (earlier where negative)."""
        return Nights(self.arrival + timedelta(days=days), self.departure + timedelta(days=days))
