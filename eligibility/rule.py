"""What a kind of rule is: data, a verdict, and sentences in two languages.

A kind lives in one file of `eligibility/rules/` and makes itself known by being a subclass with a ``kind``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar, Self

from django.utils.functional import lazy
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from eligibility.facts import RECORD, Facts
from eligibility.reasons import ASK, CHINESE, ENGLISH, MET, MISSING, NOT_MET, Fix, Reason, Sentence

CHECKED_LATER = _("Checked when you book")
NO_CLAUSE = Sentence("")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Question:
    """Something a rule asks of the person that no other fact says: answered by one tap, kept under ``key``.

    ``options`` are (value, label) pairs; the answer is a value. The same key in two rules is the same question.
    """

    key: str
    text: Sentence
    options: tuple[tuple[str, Sentence], ...]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of one policy. The fields of a kind are the values of its data, by the same names."""

    id: str
    policy: str = ""  # "name/version", said with every reason
    policy_title: Sentence = NO_CLAUSE  # what people call it
    clause: Sentence = NO_CLAUSE
    otherwise: str = "no"  # "ask": where the rule is not met, a person looks instead of a refusal
    either: str = ""  # of the rules beside it that name the same, one that is met is enough

    kinds: ClassVar[dict[str, type["Rule"]]] = {}
    kind: ClassVar[str]
    name: ClassVar[Any] = ""  # what the office calls the kind
    says: ClassVar[Any] = ""  # the rule as a sentence, with its values as {places}: what the office edits
    code: ClassVar[str]
    rank: ClassVar[int]  # the place of its reason among reasons of the same verdict
    values: ClassVar[Mapping[str, Any]] = {}  # JSON Schema of each value
    required: ClassVar[tuple[str, ...]] = ()
    always: ClassVar[bool] = False  # stands in every policy, also in one that does not name it
    of_entitlement: ClassVar[bool] = False  # made from an entitlement's own data, not from the list of rules
    clearable: ClassVar[bool] = True  # a person may agree although the rule is not met
    once: ClassVar[bool] = False  # stands once in a policy, among the rules of all that is given: it steers the house

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "kind" in cls.__dict__:
            cls.kinds[cls.kind] = cls

    @classmethod
    def read(cls, data: Mapping, policy: str, policy_title: Sentence = NO_CLAUSE) -> Self:
        """Make the rule from its (checked) data in the policy file."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        del values["kind"]
        clause = two_languages(data["clause"]) if "clause" in data else policy_title
        about = {"policy": policy, "policy_title": policy_title, "clause": clause}
        return cls(**values | about)

    @classmethod
    def wrong(cls, data: Mapping) -> Iterable[tuple[str, str]]:
        """Yield (name of the value, what is wrong) for what a JSON Schema can not say."""
        return ()

    @classmethod
    def purposes_in(cls, data: Mapping) -> Iterable[tuple[str, list[str]]]:
        """Yield (place in the data, purposes) for each list of purposes that a rule names."""
        return ()

    @property
    def counts_working_days(self) -> bool:
        """Whether its answer needs the working calendar: where one of its values is a span of working days."""
        values = (getattr(self, name, None) for name in self.values)
        return any(isinstance(value, Mapping) and value.get("unit") == "working_day" for value in values)

    def questions(self) -> Iterable[Question]:
        """What this rule wants answered beside the facts that everybody is asked for."""
        return ()

    def may_be_cleared(self, facts: Facts) -> bool:
        """Whether what a person has agreed to counts for ``facts``: there are things that nobody can agree to."""
        return self.clearable

    def judge(self, facts: Facts) -> Iterable[Reason]:
        """Answer for ``facts``: pure, and raising nothing."""
        raise NotImplementedError

    def reason(
        self,
        verdict: str,
        text: Any,
        values: Mapping[str, Any] | None = None,
        *,
        code: str = "",
        used: Any = None,
        source: str = RECORD,
        needed: Any = None,
        fix: Fix | None = None,
        by: datetime | None = None,
    ) -> Reason:
        """Answer with ``verdict``; where this rule only asks, what is not met becomes a question to a person."""
        if verdict == NOT_MET and self.otherwise == "ask":
            verdict = ASK
        return Reason(
            code=code or self.code,
            verdict=verdict,
            sentence=Sentence(text, values or {}),
            rule_id=self.id,
            policy_version=self.policy,
            policy_title=self.policy_title,
            clause=self.clause,
            value_used=used,
            value_source=source,
            needed=needed,
            fix=fix,
            by=by,
        )

    def answer(self, facts: Facts, question: Question) -> str | None:
        """What the person answered to ``question``, or None; an answer that is no option counts as none."""
        said = facts.answers.get(question.key)
        return said if any(said == value for value, _label in question.options) else None

    def unanswered(self, facts: Facts, question: Question, needed: Any = None) -> Reason:
        """Answer where ``question`` was not answered yet."""
        return self.unknown(facts, question.key, question.text.text, question.text.values, needed=needed)

    def unknown(
        self,
        facts: Facts,
        fact: str,
        text: Any,
        values: Mapping[str, Any] | None = None,
        *,
        needed: Any,
        later: Any = CHECKED_LATER,
    ) -> Reason:
        """Answer where ``fact`` was not said: judged later where the door does not ask for it, else missing."""
        if fact in facts.later:
            return self.reason(MET, later, values, source=facts.source(fact), needed=needed)
        fix = Fix("answer", _("Answer this"), f"/check/#{fact}")
        return self.reason(MISSING, text, values, source=facts.source(fact), needed=needed, fix=fix)


class Statement(Rule):
    """A rule that refuses nobody and needs no facts: it tells everybody, before they book, what holds here."""

    clearable = False

    def statement(self) -> Reason:
        """What it tells: a reason that is met."""
        raise NotImplementedError

    def judge(self, facts: Facts) -> Iterable[Reason]:
        return (self._statement,)

    @cached_property
    def _statement(self):
        return self.statement()


YES_OR_NO = (("yes", Sentence(_("Yes"))), ("no", Sentence(_("No"))))


class YesOrNo(Rule):
    """A rule of one question of its own, answered by yes or no."""

    @property
    def asked(self) -> Question:
        """The question; the values of its text are those that the sentences may say."""
        raise NotImplementedError

    @property
    def wanted_answer(self) -> str:
        """The answer by which the rule is met."""
        return "yes"

    def words(self, said: str, met: bool) -> Any:
        """The sentence for the answer ``said``."""
        raise NotImplementedError

    def questions(self) -> Iterable[Question]:
        yield self.asked

    def judge(self, facts: Facts) -> Iterable[Reason]:
        asked = self.asked
        said = self.answer(facts, asked)
        if said is None:
            yield self.unanswered(facts, asked, self.wanted_answer)
            return
        met = said == self.wanted_answer
        yield self.reason(
            MET if met else NOT_MET,
            self.words(said, met),
            asked.text.values,
            used=said,
            source=facts.source(asked.key),
            needed=self.wanted_answer,
            fix=None if met else Fix("change_answer", _("Change the answer"), f"/check/#{asked.key}"),
        )


def _in_two_languages(zh: str, en: str) -> str:
    return en if (get_language() or "").startswith(ENGLISH) else zh


# Words whose kind brings their translation along, for where the catalogue has none: in_two_languages("宠物", "Pets").
in_two_languages = lazy(_in_two_languages, str)


def key_of(what: str, *places: Mapping[str, str]) -> str:
    """Return the key of a question about ``places``: two networks ask the same only where they ask of the same."""
    names = [
        slugify(place["en"].replace("/", " ")) or slugify(place["zh"].replace("/", " "), allow_unicode=True)
        for place in places
    ]
    return "-".join([what, *sorted(names)])


def named(*words: Mapping[str, str]) -> tuple[str, str]:
    """Return names ``{zh, en}`` one after the other, as (Chinese, English)."""
    return "、".join(name["zh"] for name in words), ", ".join(name["en"] for name in words)


def joined(parts: Iterable[Sentence], zh: str = "；", en: str = "; ") -> tuple[str, str]:
    """Return parts of a sentence as one text, as (Chinese, English), with ``zh`` and ``en`` between them."""
    said = [(part.say(CHINESE), part.say(ENGLISH)) for part in parts]
    return zh.join(chinese for chinese, _english in said), en.join(english for _chinese, english in said)


def two_languages(words: Mapping[str, str] | None) -> Sentence:
    """Return the sentence of ``{zh, en}``: words of a policy bring their own translation."""
    return Sentence("%(words)s", {"words": (words["zh"], words["en"])}) if words else NO_CLAUSE


def month_and_day(day: date) -> tuple[str, str]:
    """Return ``day`` without its year, as (Chinese, English)."""
    return f"{day.month}月{day.day}日", f"{day.day} {MONTHS[day.month - 1]}"
