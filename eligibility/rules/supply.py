"""Where the beds come from: always the same ones, on call, a share of something larger, or for groups alone."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, NOT_MET, Fix, Sentence
from eligibility.rule import Rule, joined, two_languages

HOW = {
    "fixed": _("These beds are always there for this"),
    "on_call": _("These beds are there on call: the house says whether it has one"),
    "share": _("Of the whole house %(percent)s %% are kept for this"),
    "group_only": _("These beds are for groups of schools and organisations"),
}


@dataclass(frozen=True, kw_only=True)
class Supply(Rule):
    """``how`` beds come to the offer; ``percent`` of a share, ``words`` of the policy's own.

    Where they are for groups only, nobody books one for oneself.
    """

    kind = "supply"
    name = _("Where the beds come from")
    says = _("Beds are {how}; of a share {percent} percent; {words}")
    code = "SUPPLY"
    rank = 155
    clearable = False
    values = {
        "how": {"enum": list(HOW)},
        "percent": {"type": "integer", "minimum": 1, "maximum": 100},
        "words": {"$ref": "#/$defs/words"},
    }
    required = ("how",)

    how: str
    percent: int | None = None
    words: dict[str, str] | None = None

    @classmethod
    def wrong(cls, data):
        if (data["how"] == "share") != ("percent" in data):
            yield "percent", "must be said of a share, and of nothing else"

    def judge(self, facts):
        if self.how == "group_only" and facts.wish.applicant == "self":
            yield self.reason(
                NOT_MET,
                _("This hostel takes groups from schools and organisations only"),
                code="GROUP_ONLY",
                used=facts.wish.applicant,
                needed=["school", "organisation"],
                fix=Fix("nearby", _("See the other hostels"), "/"),
            )
            return
        yield self.reason(MET, "%(said)s", {"said": self._said}, needed=self.how)

    @cached_property
    def _said(self):
        parts = [Sentence(HOW[self.how], {"percent": self.percent} if self.percent else {})]
        return joined([*parts, *([two_languages(self.words)] if self.words else [])])
