"""The working calendar of China: which days are shifted, as the library of holidays knows and officers correct it.

The library `holidays` has what the State Council announces each year: the holidays, and the Saturdays and Sundays that
are worked for them (调休). An officer's corrections stand over it. Counting days is `hostel/spans.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

import holidays
from django.utils.translation import get_language

from hostel.models import WorkdayCorrection
from hostel.nights import business_day
from hostel.spans import is_working, worked_by_weekday

BEHIND, AHEAD = timedelta(days=7), timedelta(days=400)  # how far decisions look


def shifted_days(first: date, last: date) -> frozenset[date]:
    """Return the days from ``first`` to ``last``, both included, on which work is not as the weekday says.

    A weekday among them is off, a Saturday or Sunday among them is worked. Costs one statement, for the corrections.
    For years not yet announced (`is_announced`) the library predicts: the fixed holidays and the lunar ones, those
    that fall on a weekend moved to the next weekday, and no worked weekends. Officers correct what comes otherwise.
    """
    shifted = {
        day for year in range(first.year, last.year + 1) for day in _by_the_library(year) if first <= day <= last
    }
    corrections = WorkdayCorrection.objects.standing().filter(day__range=(first, last))
    for day, working in corrections.values_list("day", "is_working"):
        if working == worked_by_weekday(day):
            shifted.discard(day)
        else:
            shifted.add(day)
    return frozenset(shifted)


def reach(now: datetime) -> frozenset[date]:
    """Return the shifted days around ``now`` that decisions carry among their facts: a week back, 400 days ahead."""
    today = business_day(now)
    return shifted_days(today - BEHIND, today + AHEAD)


@dataclass(frozen=True)
class CalendarDay:
    """A day of the calendar as the office reads it: its name in the library, and the correction that stands over it."""

    day: date
    is_working: bool  # with the correction, where there is one
    name_zh: str
    name_en: str
    correction: WorkdayCorrection | None

    @property
    def name(self) -> str:
        """What the library calls it, in the reader's language; empty for a plain day."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh

    @property
    def is_shifted(self) -> bool:
        return self.is_working != worked_by_weekday(self.day)


def calendar_of(year: int) -> list[CalendarDay]:
    """Return the shifted days of ``year`` and those with a standing correction, in their order; one statement."""
    corrections = {row.day: row for row in WorkdayCorrection.objects.standing().filter(day__year=year)}
    return [_read(day, corrections.get(day)) for day in sorted(_by_the_library(year) | corrections.keys())]


def calendar_day(day: date) -> CalendarDay:
    """Return any one day as the office reads it; one statement."""
    return _read(day, WorkdayCorrection.objects.standing().filter(day=day).first())


def _read(day, correction):
    worked = correction.is_working if correction else is_working(day, _by_the_library(day.year))
    names = [_names(day.year, language).get(day, "") for language in ("zh_CN", "en_US")]
    return CalendarDay(day, worked, *names, correction)


def is_announced(year: int) -> bool:
    """Whether the library has the State Council's notice for ``year``; without it, it can only predict."""
    return year in holidays.China(years=year).special_public_holidays


@cache
def _by_the_library(year: int) -> frozenset[date]:
    # The next year's notice may name working days at the end of this one.
    china = holidays.China(years=(year, year + 1))
    days = (date(year, 1, 1) + timedelta(n) for n in range(366))
    return frozenset(day for day in days if day.year == year and china.is_working_day(day) != worked_by_weekday(day))


@cache
def _names(year: int, language: str) -> Mapping[date, str]:
    """What each day of ``year`` is called: the holidays as the library has them, the exchanged days by each other."""
    english = language == "en_US"
    names = dict(holidays.China(years=year, language=language))
    for off, worked in [*_exchanged(year), *_exchanged(year + 1)]:
        names[off] = f"day off, worked on {_short(worked)}" if english else f"调休，{_zh(worked)}上班"
        names[worked] = f"worked, off on {_short(off)}" if english else f"上班，{_zh(off)}调休"
    return names


def _exchanged(year):
    """(day off, day worked for it) of each exchange in the notice for ``year``."""
    for entry in holidays.China(years=year).special_public_holidays.get(year, ()):
        if len(entry) >= 4:  # others are whole holidays of their own
            off_month, off_day, month, day, *other_year = entry
            yield date(year, off_month, off_day), date(other_year[0] if other_year else year, month, day)


def _zh(day):
    return f"{day.month}月{day.day}日"


def _short(day):
    return f"{day.day} {day:%b}"
