"""Some things are given only for arrivals on some days: a holiday, a campaign."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, NOT_MET, Fix
from eligibility.rule import Rule, month_and_day
from eligibility.seasons import Season


@dataclass(frozen=True, kw_only=True)
class During(Rule):
    """The day of arrival is in one of ``spans``."""

    kind = "during"
    code = "SEASON"
    rank = 55
    of_entitlement = True
    clearable = False

    spans: tuple[Season, ...]

    def judge(self, facts):
        covered = any(span.covers(facts.day) for span in self.spans)
        said = [span.said for span in self.spans]
        values = {
            "day": month_and_day(facts.day),
            "spans": ("、".join(zh for zh, _en in said), ", ".join(en for _zh, en in said)),
        }
        text = (
            _("Given for arrivals on %(day)s (%(spans)s)")
            if covered
            else _("This is given for arrivals from %(spans)s; you wish to arrive on %(day)s")
        )
        yield self.reason(
            MET if covered else NOT_MET,
            text,
            values,
            used=facts.day,
            needed=[f"{span.first}/{span.last}" for span in self.spans],
            fix=None if covered else Fix("change_dates", _("Choose other dates"), "/"),
        )
