"""Age on the day of arrival, in full years."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.models import Person
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


@dataclass(frozen=True)
class Limits:
    """The least and the most years; None is no limit."""

    min: int | None
    max: int | None

    def hold(self, age: int) -> bool:
        return (self.min is None or age >= self.min) and (self.max is None or age <= self.max)

    def of_three(self, both, youngest, oldest):
        """Of three sentences the one that names the limits there are; without any the age is nobody's concern."""
        if self.min is None and self.max is None:
            return CHECKED_LATER
        return oldest if self.min is None else youngest if self.max is None else both


@dataclass(frozen=True, kw_only=True)
class Age(Rule):
    """From ``min`` to ``max`` years of age, both included; either may be left out.

    ``by_education`` names other limits for some: ``[{"education": ["master"], "max": 40}]``; what is left out there
    is as for everybody.
    """

    kind = "age"
    name = _("Age")
    says = _("Aged {min} to {max} in full years on the day of arrival; for some education otherwise: {by_education}")
    code = "AGE"
    rank = 10
    values = {
        "min": YEARS,
        "max": YEARS,
        "by_education": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {
                    "education": {
                        "type": "array",
                        "items": {"enum": Person.Education.values},
                        "minItems": 1,
                        "uniqueItems": True,
                    },
                    "min": YEARS,
                    "max": YEARS,
                },
                "required": ["education"],
                "additionalProperties": False,
            },
        },
    }

    min: int | None = None
    max: int | None = None
    by_education: tuple[Mapping, ...] = ()

    @classmethod
    def wrong(cls, data):
        if data.get("min", 0) > data.get("max", 150):
            yield "min", "must not be above max"
        named: set[str] = set()
        for n, other in enumerate(data.get("by_education", ())):
            if other.get("min", data.get("min", 0)) > other.get("max", data.get("max", 150)):
                yield f"by_education[{n}].min", "must not be above max"
            if twice := named.intersection(other["education"]):
                yield f"by_education[{n}].education", f"names {', '.join(sorted(twice))} a second time"
            named.update(other["education"])

    def judge(self, facts):
        limits = self._limits(facts.education)
        if facts.birth_date is None:
            needed = {"min": limits.min, "max": limits.max}
            yield self.unknown(
                facts,
                "birth_date",
                _("Your birth date is still needed: this offer has an age limit"),
                needed,
                needed=needed,
                later=limits.of_three(LATER, LATER_YOUNG, LATER_OLD),
            )
            return
        age = full_years(facts.birth_date, facts.day)
        met = limits.hold(age)
        if facts.education is None and any(self._limits(other).hold(age) != met for other in Person.Education.values):
            text = _("How old you may be depends on your education: tell us what you study or studied")
            yield self.unknown(facts, "education", text, needed=[dict(other) for other in self.by_education])
            return
        needed = {"min": limits.min, "max": limits.max}
        yield self.reason(
            MET if met else NOT_MET,
            _("Your age fits: %(age)s") if met else limits.of_three(TOO_YOUNG_OR_OLD, TOO_YOUNG, TOO_OLD),
            needed | {"age": age},
            used=age,
            source=facts.source("birth_date"),
            needed=needed,
            fix=None if met else Fix("events", _("Events are open to you all the same"), "/events/"),
        )

    def _limits(self, education):
        """The limits for ``education``; while it is not known, the widest there are."""
        every = [Limits(self.min, self.max)]
        for other in self.by_education:
            limits = Limits(other.get("min", self.min), other.get("max", self.max))
            if education in other["education"]:
                return limits
            every.append(limits)
        if education is not None:
            return every[0]
        return Limits(
            None if any(limits.min is None for limits in every) else min(limits.min for limits in every),
            None if any(limits.max is None for limits in every) else max(limits.max for limits in every),
        )


def full_years(born: date, day: date) -> int:
    """Return the years completed on ``day``; who is born on 29 February completes one on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
