"""Whether one works in the place already: some house those who do not, some those who do."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, NOT_MET, Fix, Sentence
from eligibility.rule import YES_OR_NO, Question, Rule, key_of, named

COUNTS = {
    "job": _("a job"),
    "social_insurance": _("social insurance"),
    "either": _("a job or social insurance"),
}


@dataclass(frozen=True, kw_only=True)
class Work(Rule):
    """``wanted``: none or some of what ``counts`` (a job, social insurance, either) in ``place``."""

    kind = "work"
    name = _("Work in the place")
    says = _("Wanted: {wanted} in {place}; what counts: {counts}")
    code = "WORK"
    rank = 42
    values = {
        "place": {"$ref": "#/$defs/words"},
        "wanted": {"enum": ["none", "some"]},
        "counts": {"enum": list(COUNTS)},
    }
    required = ("place",)

    place: dict[str, str]
    wanted: str = "none"
    counts: str = "either"

    def questions(self):
        yield self._question

    def judge(self, facts):
        said = self.answer(facts, self._question)
        needed = "no" if self.wanted == "none" else "yes"
        if said is None:
            yield self.unanswered(facts, self._question, needed)
            return
        met = said == needed
        if met:
            text = (
                _("You said that you have %(what)s in %(place)s")
                if said == "yes"
                else _("You said that you do not have %(what)s in %(place)s")
            )
        elif said == "yes":
            text = _("For people who do not have %(what)s in %(place)s yet; you said that you do")
        else:
            text = _("For people who have %(what)s in %(place)s; you said that you do not")
        yield self.reason(
            MET if met else NOT_MET,
            text,
            self._question.text.values,
            used=said,
            source=facts.source(self._question.key),
            needed=needed,
            fix=None if met else Fix("change_answer", _("Change the answer"), f"/check/#{self._question.key}"),
        )

    @cached_property
    def _question(self):
        values = {"what": COUNTS[self.counts], "place": named(self.place)}
        text = Sentence(_("Do you have %(what)s in %(place)s?"), values)
        return Question(key_of(f"work-{self.counts}", self.place), text, YES_OR_NO)
