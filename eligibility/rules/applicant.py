"""Who may apply: the guest, a school, an organisation."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, NOT_MET, Fix, Sentence
from eligibility.rule import Rule, joined, named

WHO = {"self": _("the guests themselves"), "school": _("a school"), "organisation": _("an organisation")}


@dataclass(frozen=True, kw_only=True)
class Applicant(Rule):
    """The wish comes from one of ``by``; ``words`` say how, where it is not here: at a counter, by a letter."""

    kind = "applicant"
    name = _("Who may apply")
    says = _("Applications come from {by}; how: {words}")
    code = "APPLICANT"
    rank = 57
    clearable = False
    values = {
        "by": {"type": "array", "items": {"enum": list(WHO)}, "minItems": 1, "uniqueItems": True},
        "words": {"$ref": "#/$defs/words"},
    }
    required = ("by",)

    by: tuple[str, ...]
    words: dict[str, str] | None = None

    def judge(self, facts):
        said = facts.wish.applicant
        met = said in self.by
        values = {
            "who": joined([Sentence(WHO[one]) for one in self.by], "、", ", "),
            "said": WHO.get(said, said),
        }
        if not met:
            text = _("Those who may apply here: %(who)s; this wish comes from: %(said)s")
        elif self.words:
            text, values = "%(words)s", {"words": named(self.words)}
        else:
            text = _("Those who may apply here: %(who)s")
        yield self.reason(
            MET if met else NOT_MET,
            text,
            values,
            used=said,
            needed=list(self.by),
            fix=None if met else Fix("help", _("Ask the office"), "/help/"),
        )
