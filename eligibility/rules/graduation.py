"""How long before or after graduation one may come. Counted in calendar months, both ends included."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, MISSING, NOT_MET, Fix
from eligibility.rule import MONTHS, Rule

JUNE = 6
WINDOW = {"type": "integer", "minimum": 0, "maximum": 1200}


@dataclass(frozen=True, kw_only=True)
class Graduation(Rule):
    """From ``months_before`` before the month of graduation to ``months_after`` after it; one left out is no limit."""

    kind = "graduation"
    code = "GRAD"
    rank = 30
    values = {"months_before": WINDOW, "months_after": WINDOW}

    months_before: int | None = None
    months_after: int | None = None

    def judge(self, facts):
        needed = {"months_before": self.months_before, "months_after": self.months_after}
        if facts.graduation is None:
            yield self.unknown(facts, "graduation", _("Tell us when you graduate or graduated"), needed=needed)
            return
        year, month = read_month(facts.graduation)
        said = {"said": say_month(year, month)}
        apart = self._apart(year, month or JUNE, facts.day)
        fits = self._fits(apart)
        about = {"used": facts.graduation, "source": facts.source("graduation"), "needed": needed}
        # A year alone means June; ask for the month only where it decides.
        if month is None and any(self._fits(self._apart(year, other, facts.day)) != fits for other in range(1, 13)):
            fix = Fix("answer", _("Say the month"), "/check/#graduation")
            yield self.reason(
                MISSING, _("You said %(said)s: which month you graduate in decides"), said, fix=fix, **about
            )
        elif fits:
            yield self.reason(MET, _("Your graduation is within the time: %(said)s"), said, **about)
        else:
            fix = Fix("change_answer", _("Change the answer"), "/check/#graduation")
            if apart < 0:
                text, limit = _("From %(limit)s months before graduating; you said %(said)s"), self.months_before
            elif self.months_after % 12 or self.months_after <= 12:
                text, limit = _("Within %(limit)s months of graduating; you said %(said)s"), self.months_after
            else:
                text, limit = _("Within %(limit)s years of graduating; you said %(said)s"), self.months_after // 12
            yield self.reason(NOT_MET, text, said | {"limit": limit}, fix=fix, **about)

    def _apart(self, year, month, day):
        """Months from graduation to ``day``: negative before it."""
        return (day.year - year) * 12 + day.month - month

    def _fits(self, apart):
        return (self.months_before is None or apart >= -self.months_before) and (
            self.months_after is None or apart <= self.months_after
        )


def read_month(graduation: str) -> tuple[int, int | None]:
    """Return year and month of ``2025-06``; the month is None where only the year was said."""
    year, _dash, month = graduation.partition("-")
    return int(year), int(month) if month else None


def say_month(year: int, month: int | None) -> tuple[str, str]:
    """Return the month as (Chinese, English), as it reads inside a sentence."""
    return (f"{year} 年 {month} 月", f"{MONTHS[month - 1]} {year}") if month else (f"{year} 年", f"{year}")
