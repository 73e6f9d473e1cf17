"""When one may arrive, and until when a bed waits on the day of arrival."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET
from eligibility.rule import Rule

HOUR = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}


@dataclass(frozen=True, kw_only=True)
class Arrival(Rule):
    """Guests are let in between ``opens`` and ``closes`` on the day they booked for."""

    kind = "arrival"
    name = _("Time of arrival")
    says = _("Guests arrive between {opens} and {closes} on the day booked")
    code = "ARRIVAL"
    rank = 85
    clearable = False
    values = {"opens": HOUR, "closes": HOUR}
    required = ("closes",)

    opens: str = "14:00"
    closes: str

    @classmethod
    def wrong(cls, data):
        if data.get("opens", "00:00") >= data["closes"]:
            yield "opens", "must be before closes"

    def judge(self, facts):
        text = _("Arrive between %(opens)s and %(closes)s on the day you booked")
        yield self.reason(MET, text, {"opens": self.opens, "closes": self.closes}, needed=self.closes)
