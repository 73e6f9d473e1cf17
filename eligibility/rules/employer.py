"""Where the employer is that one comes for."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, NOT_MET, Fix, Sentence
from eligibility.rule import YES_OR_NO, Question, Rule, key_of, named


@dataclass(frozen=True, kw_only=True)
class Employer(Rule):
    """The employer one comes for (an interview, an internship, a job) is in ``zone``."""

    kind = "employer"
    name = _("Employer in the zone")
    says = _("The employer is in {zone}")
    code = "EMPLOYER"
    rank = 46
    values = {"zone": {"$ref": "#/$defs/words"}}
    required = ("zone",)

    zone: dict[str, str]

    def questions(self):
        yield self._question

    def judge(self, facts):
        said = self.answer(facts, self._question)
        if said is None:
            yield self.unanswered(facts, self._question, "yes")
            return
        met = said == "yes"
        yield self.reason(
            MET if met else NOT_MET,
            _("You said that the employer is in %(zone)s")
            if met
            else _("The employer you come for must be in %(zone)s; you said that it is elsewhere"),
            self._question.text.values,
            used=said,
            source=facts.source(self._question.key),
            needed="yes",
            fix=None if met else Fix("change_answer", _("Change the answer"), f"/check/#{self._question.key}"),
        )

    @cached_property
    def _question(self):
        text = Sentence(_("Is the employer you come for in %(zone)s?"), {"zone": named(self.zone)})
        return Question(key_of("employer", self.zone), text, YES_OR_NO)
