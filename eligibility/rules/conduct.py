"""How one lives in the house, and what ends a stay before its last day."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, Sentence
from eligibility.rule import Statement, joined, two_languages

ENDS = {
    "employed": _("you have found a job"),
    "cumulative_reached": _("all the nights you may have are used"),
    "breach": _("the rules of the house are broken"),
    "not_arrived": _("you do not move in in time"),
}


@dataclass(frozen=True, kw_only=True)
class Conduct(Statement):
    """``points`` of the rules of the house, in the policy's words; ``ends_stay``: what ends one."""

    kind = "conduct"
    name = _("Conduct and end of a stay")
    says = _("In the house: {points}; a stay ends when {ends_stay}")
    code = "CONDUCT"
    rank = 160
    values = {
        "points": {"type": "array", "items": {"$ref": "#/$defs/words"}, "minItems": 1},
        "ends_stay": {"type": "array", "items": {"enum": list(ENDS)}, "minItems": 1, "uniqueItems": True},
    }

    points: tuple[dict[str, str], ...] = ()
    ends_stay: tuple[str, ...] = ()

    @classmethod
    def wrong(cls, data):
        if not data.keys() & {"points", "ends_stay"}:
            yield "points", "must be said, or ends_stay"

    def statement(self):
        parts = []
        if self.points:
            points = joined([two_languages(point) for point in self.points])
            parts.append(Sentence(_("In the house: %(points)s"), {"points": points}))
        if self.ends_stay:
            ends = joined([Sentence(ENDS[end]) for end in self.ends_stay], "、", ", ")
            parts.append(Sentence(_("The stay ends when: %(ends)s"), {"ends": ends}))
        return self.reason(MET, "%(said)s", {"said": joined(parts, "。", ". ")}, needed=list(self.ends_stay))
