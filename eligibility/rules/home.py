"""Rooms go to those who have no home in the district: of their own or their parents', of their own, or a fixed one."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, NOT_MET, Fix, Sentence
from eligibility.rule import Rule, named

# What counts as a home: what is asked, what is missing, what is said where there is one, and where there is none.
WORDS = {
    "own_or_family": (
        _("Do you, or your parents, have a home in %(district)s?"),
        _("Tell us whether you have a home in %(district)s"),
        _("Rooms go first to people without a home in %(district)s; you said you have one"),
        _("You said you have no home in %(district)s"),
    ),
    "own": (
        _("Do you yourself own a home in %(district)s?"),
        _("Tell us whether you own a home in %(district)s"),
        _("Rooms go to people who own no home in %(district)s; you said you own one"),
        _("You said you own no home in %(district)s"),
    ),
    "fixed": (
        _("Do you have a fixed place to live in %(district)s?"),
        _("Tell us whether you have a fixed place to live in %(district)s"),
        _("Rooms go to people without a fixed place to live in %(district)s; you said you have one"),
        _("You said you have no fixed place to live in %(district)s"),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Home(Rule):
    """No home in ``district``, which is its short name in both languages; ``what`` says which homes count."""

    kind = "home"
    name = _("Home in the district")
    says = _("No home in {district}; what counts as one: {what}")
    code = "LOCAL"
    rank = 40
    values = {"district": {"$ref": "#/$defs/words"}, "what": {"enum": list(WORDS)}}
    required = ("district",)

    district: dict[str, str]
    what: str = "own_or_family"

    @property
    def question_text(self) -> Sentence:
        """What the doors ask for the fact `home_in_district`."""
        return Sentence(WORDS[self.what][0], {"district": named(self.district)})

    def judge(self, facts):
        _question, missing, has_one, has_none = WORDS[self.what]
        district = {"district": named(self.district)}
        home = facts.home_in_district
        if home is None:
            yield self.unknown(facts, "home_in_district", missing, district, needed=False)
            return
        yield self.reason(
            NOT_MET if home else MET,
            has_one if home else has_none,
            district,
            used=home,
            source=facts.source("home_in_district"),
            needed=False,
            fix=Fix("explain", _("Explain it"), "/help/") if home else None,
        )
