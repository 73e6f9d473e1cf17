"""Age on the day of arrival, in full years."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, NOT_MET, Fix
from eligibility.rule import CHECKED_LATER, Rule

YEARS = {"type": "integer", "minimum": 0, "maximum": 150}
TOO_YOUNG_OR_OLD = _("Age must be %(min)s–%(max)s; your ID says %(age)s")
TOO_YOUNG = _("Age must be %(min)s or over; your ID says %(age)s")
TOO_OLD = _("Age must be %(max)s or under; your ID says %(age)s")
# While the birth date is not known.
LATER = _("Age must be %(min)s–%(max)s; checked against your ID when you book")
LATER_YOUNG = _("Age must be %(min)s or over; checked against your ID when you book")
LATER_OLD = _("Age must be %(max)s or under; checked against your ID when you book")


@dataclass(frozen=True, kw_only=True)
class Age(Rule):
    """From ``min`` to ``max`` years of age, both included; either may be left out."""

    kind = "age"
    code = "AGE"
    rank = 10
    values = {"min": YEARS, "max": YEARS}

    min: int | None = None
    max: int | None = None

    @classmethod
    def wrong(cls, data):
        if data.get("min", 0) > data.get("max", 150):
            yield "min", "must not be above max"

    def judge(self, facts):
        needed = {"min": self.min, "max": self.max}
        if facts.birth_date is None:
            yield self.unknown(
                facts,
                "birth_date",
                _("Your birth date is still needed: this offer has an age limit"),
                needed,
                needed=needed,
                later=self._limits(LATER, LATER_YOUNG, LATER_OLD),
            )
            return
        age = full_years(facts.birth_date, facts.day)
        if (self.min is None or age >= self.min) and (self.max is None or age <= self.max):
            verdict, text, fix = MET, _("Your age fits: %(age)s"), None
        else:
            verdict = NOT_MET
            text = self._limits(TOO_YOUNG_OR_OLD, TOO_YOUNG, TOO_OLD)
            fix = Fix("events", _("Events are open to you all the same"), "/events/")
        yield self.reason(
            verdict, text, needed | {"age": age}, used=age, source=facts.source("birth_date"), needed=needed, fix=fix
        )

    def _limits(self, both, youngest, oldest):
        """Of three sentences the one that names the limits there are; without any the age is nobody's concern."""
        if self.min is None and self.max is None:
            return CHECKED_LATER
        return oldest if self.min is None else youngest if self.max is None else both


def full_years(born: date, day: date) -> int:
    """Return the years completed on ``day``; who is born on 29 February completes one on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
