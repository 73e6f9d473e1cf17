"""A question that the policy itself asks, in its own words: for what nobody thought of when the kinds were written."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, NOT_MET, Fix
from eligibility.rule import YES_OR_NO, Question, Rule, joined, named, two_languages


@dataclass(frozen=True, kw_only=True)
class Answer(Rule):
    """The answer to ``question`` is one of ``accepted``. Without ``options`` it is yes or no, and yes is accepted.

    ``key`` names the answer: two rules with the same key ask once. Left out, it is the policy's name and the rule's id.
    ``refusal`` are the words for who answers otherwise.
    """

    kind = "answer"
    name = _("A question of one's own")
    says = _(
        "Asked: {question}; to choose from: {options}; accepted: {accepted}; otherwise it is said: {refusal} "
        "(kept as {key})"
    )
    code = "ANSWER"
    rank = 48
    values = {
        "key": {"$ref": "#/$defs/key"},
        "question": {"$ref": "#/$defs/words"},
        "options": {
            "type": "array",
            "minItems": 2,
            "maxItems": 12,
            "items": {
                "type": "object",
                "properties": {"value": {"$ref": "#/$defs/key"}, "label": {"$ref": "#/$defs/words"}},
                "required": ["value", "label"],
                "additionalProperties": False,
            },
        },
        "accepted": {"type": "array", "items": {"$ref": "#/$defs/key"}, "minItems": 1, "uniqueItems": True},
        "refusal": {"$ref": "#/$defs/words"},
    }
    required = ("question",)

    key: str = ""
    question: dict[str, str]
    options: tuple[Mapping, ...] = ()
    accepted: tuple[str, ...] = ("yes",)
    refusal: dict[str, str] | None = None

    @classmethod
    def wrong(cls, data):
        there_are = [option["value"] for option in data.get("options", [])] or ["yes", "no"]
        if len(set(there_are)) < len(there_are):
            yield "options", "names a value twice"
        for n, accepted in enumerate(data.get("accepted", ["yes"])):
            if accepted not in there_are:
                yield f"accepted[{n}]", f"{accepted!r} is none of the options: {', '.join(there_are)}"

    def questions(self):
        yield self._question

    def judge(self, facts):
        said = self.answer(facts, self._question)
        needed = list(self.accepted)
        if said is None:
            yield self.unanswered(facts, self._question, needed)
            return
        met = said in self.accepted
        labels = dict(self._question.options)
        values = {
            "question": named(self.question),
            "said": joined([labels[said]]),
            "accepted": joined([labels[one] for one in self.accepted], "、", ", "),
        }
        if met:
            text = _("%(question)s You said: %(said)s")
        elif self.refusal:
            text, values = "%(refusal)s", {"refusal": named(self.refusal)}
        else:
            text = _("%(question)s Needed: %(accepted)s; you said: %(said)s")
        yield self.reason(
            MET if met else NOT_MET,
            text,
            values,
            used=said,
            source=facts.source(self._question.key),
            needed=needed,
            fix=None if met else Fix("change_answer", _("Change the answer"), f"/check/#{self._question.key}"),
        )

    @cached_property
    def _question(self):
        options = tuple((option["value"], two_languages(option["label"])) for option in self.options)
        key = self.key or "-".join(filter(None, [self.policy.partition("/")[0], self.id]))
        return Question(key, two_languages(self.question), options or YES_OR_NO)
