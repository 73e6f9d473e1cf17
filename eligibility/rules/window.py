"""How early and how late one may book: the first and the last day of arrival, seen from now."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eligibility.facts import Facts
from eligibility.reasons import MET, NOT_MET, Fix
from eligibility.rule import Rule, month_and_day
from hostel.nights import TURN_OF_THE_DAY, at
from hostel.spans import DAY, UNITS, Span, add_working_days

SPAN = {
    "type": "object",
    "properties": {"value": {"type": "integer", "minimum": 0, "maximum": 730}, "unit": {"enum": list(UNITS)}},
    "required": ["value", "unit"],
    "additionalProperties": False,
}


@dataclass(frozen=True, kw_only=True)
class Window(Rule):
    """Arrival ``notice`` after now at the earliest, ``ahead`` of now at the latest; one left out is no limit.

    Days and working days are counted from the business day, so that at 01:30 one may still arrive "tonight". Three
    working days of notice mean: on the third working day after today, or later. Hours run from now until the time
    ``hours_until`` of the day of arrival. A notice of 0 in any unit, and every horizon, leaves tonight open.
    """

    kind = "window"
    name = _("Notice and horizon")
    says = _("Book at least {notice} and at most {ahead} before arrival; hours are counted until {hours_until}")
    code = "WINDOW"
    rank = 70
    values = {
        "ahead": SPAN,
        "notice": SPAN,
        "hours_until": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    }
    always = True  # nobody arrives before today, whatever a policy says

    ahead: Mapping[str, Any] | None = None
    notice: Mapping[str, Any] = field(default_factory=lambda: {"value": 0, "unit": "day"})
    hours_until: str = "14:00"

    @classmethod
    def wrong(cls, data):
        notice, ahead = data.get("notice"), data.get("ahead")
        if notice and ahead and notice["unit"] == ahead["unit"] and notice["value"] > ahead["value"]:
            yield "notice", "must not be longer than ahead: nobody could ever book"

    def may_be_cleared(self, facts):
        return facts.wish.extends or facts.day >= facts.today  # no person can agree to yesterday

    def judge(self, facts):
        arrival, first, last = facts.wish.arrival, self._first(facts), self._last(facts)
        about = {
            "used": arrival,
            "source": facts.source("arrival"),
            "needed": {"first": first.isoformat(), "last": last.isoformat() if last else None},
        }
        if arrival is None:
            yield self.reason(MET, *self._open(first, last), **about)
        elif facts.wish.extends:
            yield self.reason(MET, _("The stay stands already and becomes longer"), **about)
        elif arrival < facts.today:
            yield replace(self._too_soon(arrival, first, about), verdict=NOT_MET)
        elif arrival < first:
            yield self._too_soon(arrival, first, about)
        elif last is not None and arrival > last:
            text = _("Bookable from %(opens)s, %(ahead)s before arrival")
            ahead = Span.read(self.ahead)
            values = {"opens": self._opens(facts, arrival, ahead), "ahead": ahead.said}
            yield self.reason(NOT_MET, text, values, fix=_other_dates(last), **about)
        else:
            text = _("Arrival on %(arrival)s can be booked now")
            yield self.reason(MET, text, {"arrival": month_and_day(arrival)}, **about)

    def _open(self, first, last):
        """Say the window while the dates are open."""
        notice = Span.read(self.notice)
        if not notice.value:
            text = _("Bookable for arrival until %(last)s") if last else _("Bookable as early as you like")
            return text, {"last": last}
        if last:
            text = _("Book at least %(notice)s before arrival: now from %(first)s until %(last)s")
        else:
            text = _("Book at least %(notice)s before arrival: now from %(first)s on")
        return text, {"notice": notice.said, "first": month_and_day(first), "last": last}

    def _too_soon(self, arrival, first, about):
        notice = Span.read(self.notice)
        values = {"arrival": month_and_day(arrival), "first": month_and_day(first), "notice": notice.said}
        if not notice.value:
            text = _("%(arrival)s is past or too soon; the earliest arrival is %(first)s")
        elif notice.unit == "hour":
            text = _("Book at least %(notice)s before %(hours_until)s on the day of arrival; the earliest is %(first)s")
            values["hours_until"] = self.hours_until
        else:
            text = _("Book at least %(notice)s before arrival; the earliest arrival is %(first)s")
        return self.reason(NOT_MET, text, values, fix=_other_dates(first), **about)

    def _first(self, facts: Facts) -> date:
        """The first day of arrival that can be booked at the moment of ``facts``."""
        notice = Span.read(self.notice)
        if not notice.value:
            return facts.today
        if notice.unit != "hour":
            return notice.days_after(facts.today, facts.shifted_days)
        ready = timezone.localtime(notice.after(facts.now, facts.shifted_days))
        day = ready.date()
        return max(facts.today, day if self._arriving(day) >= ready else day + DAY)

    def _last(self, facts: Facts) -> date | None:
        """The last day of arrival that can be booked at the moment of ``facts``; None where there is no limit."""
        if self.ahead is None:
            return None
        ahead = Span.read(self.ahead)
        if not ahead.value:
            return facts.today
        if ahead.unit != "hour":
            return ahead.days_after(facts.today, facts.shifted_days)
        end = timezone.localtime(ahead.after(facts.now, facts.shifted_days))
        day = end.date()
        return max(facts.today, day if self._arriving(day) <= end else day - DAY)

    def _opens(self, facts: Facts, arrival: date, ahead: Span) -> tuple[str, str] | datetime:
        """When ``arrival`` becomes bookable: a day, or a moment where hours are counted."""
        if ahead.unit == "hour":
            return min(self._arriving(arrival) - timedelta(hours=ahead.value), at(arrival, TURN_OF_THE_DAY))
        if ahead.unit == "working_day" and ahead.value:
            return month_and_day(add_working_days(arrival, -ahead.value, facts.shifted_days))
        return month_and_day(arrival - timedelta(days=ahead.value))

    def _arriving(self, day: date) -> datetime:
        return at(day, time.fromisoformat(self.hours_until))


def _other_dates(day: date) -> Fix:
    return Fix("change_dates", _("Choose other dates"), f"/?in={day}")
