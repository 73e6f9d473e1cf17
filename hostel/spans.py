"""Spans of time as rules and deadlines state them: hours, days, working days. Pure: they are told the shifted days.

A *shifted* day is one on which work is the other way round than the weekday says: a weekday that is a holiday, a
Saturday or Sunday that is worked. `hostel/working_days.py` knows which they are.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from django.utils import timezone

from hostel.nights import at

CLOSE = time(18)  # a working day is over, and so is whatever had to be done on it
UNITS = ("hour", "day", "working_day")
SATURDAY = 5
DAY = timedelta(days=1)


def worked_by_weekday(day: date) -> bool:
    """Whether ``day`` is a Monday to Friday."""
    return day.weekday() < SATURDAY


def is_working(day: date, shifted: Collection[date]) -> bool:
    """Whether ``day`` is worked, where work on the ``shifted`` days is the other way round than the weekday says."""
    return worked_by_weekday(day) != (day in shifted)


def add_working_days(day: date, n: int, shifted: Collection[date]) -> date:
    """Return the ``n``-th working day after ``day``, or before it where ``n`` is negative.

    With 0 it is ``day`` itself where that is worked, else the next working day.
    """
    if n == 0:
        return day if is_working(day, shifted) else add_working_days(day, 1, shifted)
    step = DAY if n > 0 else -DAY
    for _nth in range(abs(n)):
        day += step
        while not is_working(day, shifted):
            day += step
    return day


@dataclass(frozen=True)
class Span:
    """A length of time as rules and deadlines state it: ``value`` hours, days or working days, 0 or more."""

    value: int
    unit: str

    def __post_init__(self):
        if self.unit not in UNITS or self.value < 0:
            raise ValueError(f"no span of time: {self.value} {self.unit}")

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Return the span that ``{"value": 48, "unit": "hour"}`` states; raises ValueError for another unit."""
        return cls(data["value"], data["unit"])

    def after(self, moment: datetime, shifted: Collection[date]) -> datetime:
        """Return the aware moment at which the span that begins at ``moment`` is over.

        Hours are counted to the minute. Days end at the same time of day. Working days end at 18:00 of the n-th
        working day after the calendar day of ``moment``; with 0 it is the next 18:00 of a working day.
        """
        if self.unit == "hour":
            return moment + timedelta(hours=self.value)
        local = timezone.localtime(moment)
        if self.unit == "day":
            return local + timedelta(days=self.value)
        end = at(add_working_days(local.date(), self.value, shifted), CLOSE)
        return end if end >= moment else at(add_working_days(local.date(), 1, shifted), CLOSE)

    def days_after(self, day: date, shifted: Collection[date]) -> date:
        """Return the day that lies this span after ``day``; raises ValueError for hours."""
        if self.unit == "hour":
            raise ValueError("hours have no whole days")
        if self.unit == "day":
            return day + timedelta(days=self.value)
        return add_working_days(day, self.value, shifted)

    @property
    def said(self) -> tuple[str, str]:
        """The span in words, as (Chinese, English): ("3 个工作日", "3 working days")."""
        zh, en = {"hour": ("小时", "hour"), "day": ("天", "day"), "working_day": ("个工作日", "working day")}[self.unit]
        return f"{self.value} {zh}", f"{self.value} {en}{'' if self.value == 1 else 's'}"
