"""How long before or after graduation one may come. Counted in calendar months, both ends included."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from eligibility.caps import later_by_months
from eligibility.reasons import MET, MISSING, NOT_MET, Fix
from eligibility.rule import MONTHS, Rule

JUNE, SEPTEMBER = 6, 9
WINDOW = {"type": "integer", "minimum": 0, "maximum": 1200}


class Graduated(NamedTuple):
    """A graduation as it was said: month and day are None where they were not."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def first(self) -> date:
        """The first day that it may have been on; a year alone means June."""
        return date(self.year, self.month or JUNE, self.day or 1)


class Limit(NamedTuple):
    """One end of the time, or both: the first and the last day of arrival, and how it is said."""

    first: date | None
    last: date | None
    text: Any
    limit: Any = ""

    def holds(self, day: date) -> bool:
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


@dataclass(frozen=True, kw_only=True)
class Graduation(Rule):
    """From ``months_before`` graduation to ``months_after`` it; one left out is no limit.

    They are counted from the day of graduation where a day is said, else from its month, whose first and last day
    both count. ``same_year`` wants the arrival in the calendar year of graduation; ``final_year`` lets those who have
    not graduated come from 1 September before they do; ``students: false`` lets nobody come before graduation.
    ``classes`` are the years of graduation (届) that count, where a policy names them.
    """

    kind = "graduation"
    name = _("Time around graduation")
    says = _(
        "From {months_before} months before to {months_after} months after graduation; only in the year of graduation: "
        "{same_year}; only of the years {classes}; before graduation only in the final school year: {final_year}; "
        "students may come: {students}"
    )
    code = "GRAD"
    rank = 30
    values = {
        "months_before": WINDOW,
        "months_after": WINDOW,
        "same_year": {"type": "boolean"},
        "final_year": {"type": "boolean"},
        "students": {"type": "boolean"},
        "classes": {
            "type": "array",
            "items": {"type": "integer", "minimum": 1950, "maximum": 2099},
            "minItems": 1,
            "uniqueItems": True,
        },
    }

    months_before: int | None = None
    months_after: int | None = None
    same_year: bool = False
    final_year: bool = False
    students: bool = True
    classes: tuple[int, ...] = ()

    def judge(self, facts):
        needed = {"months_before": self.months_before, "months_after": self.months_after}
        needed |= {name: True for name in ("same_year", "final_year") if getattr(self, name)}
        if not self.students:
            needed["students"] = False
        if self.classes:
            needed["classes"] = list(self.classes)
        graduated = read_graduation(facts.graduation)
        if graduated is None:
            yield self.unknown(facts, "graduation", _("Tell us when you graduate or graduated"), needed=needed)
            return
        said = {"said": say_graduation(graduated)}
        fits = self._fits(graduated, facts.day)
        about = {"used": facts.graduation, "source": facts.source("graduation"), "needed": needed}
        # A year alone means June; ask for the month only where it decides.
        if graduated.month is None and any(
            self._fits(graduated._replace(month=month), facts.day) != fits for month in range(1, 13)
        ):
            fix = Fix("answer", _("Say the month"), "/check/#graduation")
            yield self.reason(
                MISSING, _("You said %(said)s: which month you graduate in decides"), said, fix=fix, **about
            )
        elif fits:
            yield self.reason(MET, _("Your graduation is within the time: %(said)s"), said, **about)
        else:
            crossed = next(limit for limit in self._limits(graduated) if not limit.holds(facts.day))
            fix = Fix("change_answer", _("Change the answer"), "/check/#graduation")
            yield self.reason(NOT_MET, crossed.text, said | {"limit": crossed.limit}, fix=fix, **about)

    def _fits(self, graduated, day):
        return all(limit.holds(day) for limit in self._limits(graduated))

    def _limits(self, graduated: Graduated) -> Iterator[Limit]:
        first = graduated.first
        if self.classes and graduated.year not in self.classes:
            named = "、".join(f"{year} 届" for year in self.classes), ", ".join(map(str, self.classes))
            yield Limit(date.max, None, _("Only those who graduate in %(limit)s; you said %(said)s"), named)
        if self.same_year:
            year = date(first.year, 1, 1), date(first.year, 12, 31)
            yield Limit(*year, _("Only in the calendar year of graduating; you said %(said)s"))
        if not self.students or self.months_before == 0:
            yield Limit(first, None, _("Only from graduation on; you said %(said)s"))
        elif self.final_year:
            september = date(first.year - (first.month < SEPTEMBER), SEPTEMBER, 1)
            text = _("Before graduating only in the final school year, from 1 September; you said %(said)s")
            yield Limit(september, None, text)
        if self.months_before:
            earliest = later_by_months(first, -self.months_before)
            text = _("From %(limit)s before graduating; you said %(said)s")
            yield Limit(earliest, None, text, say_months(self.months_before))
        if self.months_after == 0:
            yield Limit(None, self._last(graduated, 0), _("Only until graduation; you said %(said)s"))
        elif self.months_after:
            text = _("Within %(limit)s of graduating; you said %(said)s")
            yield Limit(None, self._last(graduated, self.months_after), text, say_months(self.months_after))

    def _last(self, graduated, months):
        last = later_by_months(graduated.first, months)
        return last if graduated.day else last.replace(day=monthrange(last.year, last.month)[1])


@lru_cache(maxsize=4096)
def read_graduation(text: str | None) -> Graduated | None:
    """Return what ``2025-06-25``, ``2025-06`` or ``2025`` says; None where it is no such text."""
    try:
        graduated = Graduated(*map(int, text.split("-"))) if text else None
        return graduated if graduated and 1900 <= graduated.first.year < 2100 else None
    except (TypeError, ValueError, OverflowError):
        return None


def say_graduation(graduated: Graduated) -> tuple[str, str]:
    """Return it as (Chinese, English), as it reads inside a sentence."""
    year, month, day = graduated
    if month is None:
        return f"{year} 年", f"{year}"
    if day is None:
        return f"{year} 年 {month} 月", f"{MONTHS[month - 1]} {year}"
    return f"{year} 年 {month} 月 {day} 日", f"{day} {MONTHS[month - 1]} {year}"


def say_months(months: int) -> tuple[str, str]:
    """Return so many months as (Chinese, English); from two years on, whole years are said as years."""
    if months % 12 or months <= 12:
        return f"{months} 个月", f"{months} month{'' if months == 1 else 's'}"
    return f"{months // 12} 年", f"{months // 12} years"
