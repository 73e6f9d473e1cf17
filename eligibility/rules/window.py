"""How early and how late one may book: the first and the last day of arrival, seen from today."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, NOT_MET, Fix
from eligibility.rule import Rule, month_and_day

SPAN = {
    "type": "object",
    "properties": {"value": {"type": "integer", "minimum": 0, "maximum": 730}, "unit": {"enum": ["day"]}},
    "required": ["value", "unit"],
    "additionalProperties": False,
}


@dataclass(frozen=True, kw_only=True)
class Window(Rule):
    """Arrival not before today plus ``notice``, not after today plus ``ahead``; one left out is no limit.

    Today is the business day, so that at 01:30 one may still arrive "tonight".
    """

    kind = "window"
    code = "WINDOW"
    rank = 70
    values = {"ahead": SPAN, "notice": SPAN}
    always = True  # nobody arrives before today, whatever a policy says

    ahead: dict[str, int | str] | None = None
    notice: dict[str, int | str] = field(default_factory=lambda: {"value": 0, "unit": "day"})

    def judge(self, facts):
        arrival, today = facts.wish.arrival, facts.today
        notice = timedelta(days=self.notice["value"])
        ahead = timedelta(days=self.ahead["value"]) if self.ahead else None
        first, last = today + notice, today + ahead if ahead is not None else None
        about = {
            "used": arrival,
            "source": facts.source("arrival"),
            "needed": {"first": first.isoformat(), "last": last.isoformat() if last else None},
        }
        if arrival is None:
            text = _("Bookable for arrival until %(last)s") if last else _("Bookable as early as you like")
            yield self.reason(MET, text, {"last": last}, **about)
        elif arrival < first:
            text = _("%(arrival)s is past or too soon; the earliest arrival is %(first)s")
            fix = Fix("change_dates", _("Choose other dates"), f"/?in={first}")
            yield self.reason(
                NOT_MET, text, {"arrival": month_and_day(arrival), "first": month_and_day(first)}, fix=fix, **about
            )
        elif last is not None and arrival > last:
            text = _("Bookable from %(opens)s, %(ahead)s days before arrival")
            fix = Fix("change_dates", _("Choose other dates"), f"/?in={last}")
            yield self.reason(
                NOT_MET, text, {"opens": month_and_day(arrival - ahead), "ahead": ahead.days}, fix=fix, **about
            )
        else:
            yield self.reason(
                MET, _("Arrival on %(arrival)s can be booked now"), {"arrival": month_and_day(arrival)}, **about
            )
