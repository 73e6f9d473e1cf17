"""Reasons: how a rule, or the house, answers. Each has a code, the value used, and a next step, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import formats, timezone, translation
from django.utils.functional import Promise

MET, NOT_MET, MISSING, ASK = "met", "not_met", "missing", "ask"
ORDER = {NOT_MET: 0, MISSING: 1, ASK: 2, MET: 3}
CHINESE, ENGLISH = "zh-hans", "en"


@dataclass(frozen=True)
class Sentence:
    """A sentence to be said in either language: a lazy translation with the values put in when it is said.

    ``text`` is a `gettext_lazy` with ``%(name)s`` places; a value may be a date, which is written as the reader
    writes it, or a pair (Chinese, English), of which the reader's is taken.
    """

    text: Promise | str
    values: Mapping[str, Any] = field(default_factory=dict)

    def say(self, language: str) -> str:
        with translation.override(language):
            return self._say(language)

    def _say(self, language):
        """As `say`, where that language is spoken already."""
        said = {name: _said(value, language) for name, value in self.values.items()}
        return str(self.text) % said if said else str(self.text)

    def __str__(self):
        return self.say(translation.get_language() or CHINESE)


def _said(value: Any, language: str) -> Any:
    if isinstance(value, tuple):
        return value[0] if language == CHINESE else value[1]
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        return f"{formats.date_format(local, 'n月j日' if language == CHINESE else 'j M')} {local:%H:%M}"
    if isinstance(value, date):
        return formats.date_format(value, "DATE_FORMAT" if language == CHINESE else "j M Y")
    return value


@dataclass(frozen=True)
class Fix:
    """A next step: what kind of step, how it is called, and where it leads."""

    kind: str
    label: Promise | str
    href: str


@dataclass(frozen=True)
class Reason:
    """One answer of one rule. ``code`` is for programs and never changes; ``sentence`` holds the value used."""

    code: str
    verdict: str
    sentence: Sentence
    rule_id: str = ""
    policy_version: str = ""
    policy_title: Sentence | str = ""  # what people call that policy
    clause: Sentence | str = ""  # what the policy says, in its own words
    value_used: Any = None
    value_source: str = "record"
    needed: Any = None
    fix: Fix | None = None
    by: datetime | None = None  # until when to show what is missing, or when a person will have answered
    whom: Sentence | str = ""  # who looks at it, where a person does
    field: str = ""  # of what was sent, where the reason is about no more than how that reads

    def as_data(self) -> dict:
        """The reason as JSON values, with the keys of the reason contract; both languages always."""
        sentence_zh, whom_zh, label_zh = self._said_in(CHINESE)
        sentence_en, whom_en, label_en = self._said_in(ENGLISH)
        return {
            "code": self.code,
            "verdict": self.verdict,
            "rule_id": self.rule_id,
            "policy_version": self.policy_version,
            "clause": str(self.clause),
            "sentence_zh": sentence_zh,
            "sentence_en": sentence_en,
            "value_used": _plain(self.value_used),
            "value_source": self.value_source,
            "needed": _plain(self.needed),
            "by": self.by.isoformat() if self.by else None,
            "whom_zh": whom_zh,
            "whom_en": whom_en,
            "fix": None
            if self.fix is None
            else {"kind": self.fix.kind, "label_zh": label_zh, "label_en": label_en, "href": self.fix.href},
        }

    def _said_in(self, language):
        """The sentence, who looks at it, and what the next step is called: the language is changed once for all."""
        with translation.override(language):
            whom = self.whom if isinstance(self.whom, str) else self.whom._say(language)
            return self.sentence._say(language), whom, str(self.fix.label) if self.fix else ""

    def as_verdict(self) -> dict:
        """What an assessment keeps of the reason: enough to compare a later evaluation with."""
        return {
            "code": self.code,
            "verdict": self.verdict,
            "rule_id": self.rule_id,
            "value_used": _plain(self.value_used),
            "needed": _plain(self.needed),
        }


def not_met(code: str, text: Promise | str, values: Mapping[str, Any] | None = None, **parts: Any) -> Reason:
    """The reason for a no: ``text`` with its ``values``, as in `Sentence`, and other ``parts`` of a `Reason`."""
    return Reason(code, NOT_MET, Sentence(text, values or {}), **parts)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


class Refused(Exception):
    """The house says no. ``code`` names the first reason; ``alternatives`` are what could be booked instead.

    ``assessment`` is the code of the decision that was kept, where the rules decided: a person may ask about it.
    """

    def __init__(self, *reasons: Reason, alternatives: tuple = (), assessment: str = ""):
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = tuple(sorted(reasons, key=lambda reason: ORDER[reason.verdict]))
        self.alternatives = tuple(alternatives)
        self.assessment = assessment

    @property
    def code(self) -> str:
        return self.reasons[0].code
