"""Some cities house those who come to look for work for the first time."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, NOT_MET, Fix, Sentence
from eligibility.rule import YES_OR_NO, Question, Rule, key_of, named


@dataclass(frozen=True, kw_only=True)
class FirstTime(Rule):
    """The first time that one comes to ``place`` to look for work."""

    kind = "first_time"
    name = _("First time here")
    says = _("For the first time in {place} to look for work")
    code = "FIRST_TIME"
    rank = 44
    values = {"place": {"$ref": "#/$defs/words"}}
    required = ("place",)

    place: dict[str, str]

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
            _("You said that it is your first time in %(place)s to look for work")
            if met
            else _("For those who look for work in %(place)s for the first time; you said that you did before"),
            self._question.text.values,
            used=said,
            source=facts.source(self._question.key),
            needed="yes",
            fix=None if met else Fix("change_answer", _("Change the answer"), f"/check/#{self._question.key}"),
        )

    @cached_property
    def _question(self):
        text = Sentence(_("Is it your first time in %(place)s to look for work?"), {"place": named(self.place)})
        return Question(key_of("first_time", self.place), text, YES_OR_NO)
