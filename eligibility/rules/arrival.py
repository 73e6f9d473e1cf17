"""When one may arrive, until when a bed waits on the day of arrival, and how long after a yes one must move in."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, Sentence
from eligibility.rule import Statement, joined
from hostel.spans import Span

HOUR = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
DAYS = {
    "booked_day": _("on the day you booked"),
    "any": _("on any day of your stay"),
}


@dataclass(frozen=True, kw_only=True)
class Arrival(Statement):
    """Guests are let in between ``opens`` and ``closes``, on the ``day`` they booked or on any of their stay.

    Who was told yes moves in ``within`` a span. Until ``closes`` of the first day a bed is kept, where no rule of
    no-shows says another hour.
    """

    kind = "arrival"
    name = _("Time of arrival")
    says = _("Guests arrive between {opens} and {closes} on {day}; they move in within {within} of being told yes")
    code = "ARRIVAL"
    rank = 85
    once = True
    values = {"opens": HOUR, "closes": HOUR, "day": {"enum": list(DAYS)}, "within": {"$ref": "#/$defs/span"}}

    opens: str = ""
    closes: str = ""
    day: str = ""
    within: Mapping | None = None

    @classmethod
    def wrong(cls, data):
        if not data.keys() & cls.values.keys():
            yield "closes", "must be said, or opens, day or within"
        elif data.get("opens", "") >= data.get("closes", "24:00"):
            yield "opens", "must be before closes"

    def statement(self):
        return self.reason(MET, "%(said)s", {"said": joined(self._parts())}, needed=self.closes or None)

    def _parts(self):
        hours = {"opens": self.opens, "closes": self.closes}
        day = Sentence(DAYS[self.day]) if self.day else None
        when = None
        if self.opens and self.closes:
            when = Sentence(_("between %(opens)s and %(closes)s"), hours)
        elif self.opens or self.closes:
            when = Sentence(_("from %(opens)s onwards") if self.opens else _("until %(closes)s"), hours)
        if when or day:
            yield Sentence(_("Arrive %(when)s"), {"when": joined(filter(None, [when, day]), "，", " ")})
        if self.within:
            text = _("Move in within %(within)s of being told that you may")
            yield Sentence(text, {"within": Span.read(self.within).said})
