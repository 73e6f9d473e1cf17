"""How long a bed is kept on the day of arrival, and what follows when a guest stays away again and again."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, NOT_MET, Fix
from eligibility.rule import Rule, month_and_day
from hostel.nights import business_day

DAYS = {"type": "integer", "minimum": 1, "maximum": 730}
HOUR = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}


@dataclass(frozen=True, kw_only=True)
class NoShow(Rule):
    """``count`` no-shows within ``within_days`` pause booking for ``pause_days`` after the latest of them.

    ``kept_until`` ("23:00") is when the bed of a guest who has not come is given away; booked late, it is kept for
    at least ``kept_at_least_hours``. Who says on the day that they come late finds it kept until ``late_until``
    ("01:00": of the night that follows); where that is left out, nothing of the kind is offered. No-shows that were
    lifted are not among the facts.
    """

    kind = "no_show"
    name = _("Kept bed and no-shows")
    says = _(
        "A bed is kept until {kept_until}, after a late booking for at least {kept_at_least_hours} hours, for who says "
        "that they come late until {late_until}; {count} no-shows within {within_days} days pause booking "
        "for {pause_days} days"
    )
    code = "PAUSED"
    rank = 90
    once = True
    clearable = False
    values = {
        "kept_until": HOUR,
        "kept_at_least_hours": {"type": "integer", "minimum": 0, "maximum": 24},
        "late_until": HOUR,
        "count": {"type": "integer", "minimum": 1},
        "within_days": DAYS,
        "pause_days": DAYS,
    }
    required = ("kept_until", "count", "within_days", "pause_days")

    kept_until: str
    kept_at_least_hours: int = 0
    late_until: str = ""
    count: int
    within_days: int
    pause_days: int

    def judge(self, facts):
        days = sorted(business_day(moment) for moment in facts.history.no_shows)
        needed = {"count": self.count, "within_days": self.within_days, "pause_days": self.pause_days}
        if pause := self._pause(days, facts.today):
            missed, until = pause
            yield self.reason(
                NOT_MET,
                _("Paused until %(until)s after %(missed)s no-shows"),
                {"until": month_and_day(until), "missed": missed},
                used=missed,
                needed=needed | {"until": until.isoformat()},
                fix=Fix("explain", _("Tell us why"), "/me/"),
            )
            return
        lately = len([day for day in days if (facts.today - day).days <= self.within_days])
        yield self.reason(
            MET,
            _("No-shows on record: %(missed)s; booking pauses at %(count)s"),
            {"missed": lately, "count": self.count},
            used=lately,
            needed=needed,
        )

    def _pause(self, days, today):
        """The latest pause that is not over on ``today``, as (no-shows that led to it, its first free day), or None."""
        for place, latest in reversed(list(enumerate(days))):
            until = latest + timedelta(days=self.pause_days)
            missed = len([day for day in days[: place + 1] if (latest - day).days <= self.within_days])
            if missed >= self.count and today < until:
                return missed, until
        return None
