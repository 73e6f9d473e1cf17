"""Rooms go to those who have no home of their own, or of their parents, in the district."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, NOT_MET, Fix
from eligibility.rule import Rule


@dataclass(frozen=True, kw_only=True)
class Home(Rule):
    """No home in ``district``, which is its short name in both languages."""

    kind = "home"
    code = "LOCAL"
    rank = 40
    values = {"district": {"$ref": "#/$defs/words"}}
    required = ("district",)

    district: dict[str, str]

    def judge(self, facts):
        district = {"district": (self.district["zh"], self.district["en"])}
        home = facts.home_in_district
        if home is None:
            text = _("Tell us whether you have a home in %(district)s")
            yield self.unknown(facts, "home_in_district", text, district, needed=False)
            return
        yield self.reason(
            NOT_MET if home else MET,
            _("Rooms go first to people without a home in %(district)s; you said you have one")
            if home
            else _("You said you have no home in %(district)s"),
            district,
            used=home,
            source=facts.source("home_in_district"),
            needed=False,
            fix=Fix("explain", _("Explain it"), "/help/") if home else None,
        )
