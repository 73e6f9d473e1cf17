"""What stands on the page of a policy: fields, sentences with fields inside them, and cards of both.

A field is named by its place: ``rules.0.min`` is ``data["rules"][0]["min"]``. What kind of field a value is, the schema
of the policy's file says (`shape_of`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eligibility.policy_file import schema

ABSENT: Any = object()  # nothing was typed, and nothing is written
HIDDEN = ("key", "value")  # of a row: what the house calls it; nobody has to see it
GAP = re.compile(r"\{(\w+)\}")
OF_RULES = ("clause", "otherwise", "either")


@dataclass
class Field:
    """A value on the page. ``kind``: number, text, choice, many, words, group (its ``parts``), rows (``rows``)."""

    path: str
    name: str
    label: str
    kind: str
    value: Any = ABSENT
    choices: list[tuple[Any, Any]] = field(default_factory=list)
    parts: list["Field"] = field(default_factory=list)
    rows: list["Field"] = field(default_factory=list)
    says: str = ""
    is_required: bool = False
    is_long: bool = False
    may_be_lifted: bool = False  # null means something else here than nothing: no limit in these days
    errors: list[str] = field(default_factory=list)

    @property
    def is_set(self) -> bool:
        return self.value is not ABSENT and self.value not in ({}, [])

    @property
    def text(self) -> str:
        """What stands in the input."""
        return "" if self.value is ABSENT or self.value is None else str(self.value)

    @property
    def is_null(self) -> bool:
        return self.value is None

    @property
    def offers_to_lift(self) -> bool:
        """Whether a tick for "no limit" stands beside it: not where a limit is said."""
        return self.may_be_lifted and not (self.is_set and not self.is_null)

    @property
    def is_new(self) -> bool:
        """Whether it is the empty row below the others."""
        return self.kind != "rows" and not self.is_set

    @property
    def is_block(self) -> bool:
        """Whether it takes lines of its own inside a sentence."""
        return self.kind in ("rows", "words") or (self.kind == "many" and len(self.choices) > 3)

    @property
    def picked(self) -> list[tuple[Any, Any, bool]]:
        """The choices, and whether each is taken."""
        taken = self.value if isinstance(self.value, list) else [self.value]
        return [(value, words, value in taken) for value, words in self.choices]

    @property
    def shown(self) -> list["Field"]:
        """Of a group without a sentence the parts that stand open: what is needed or said, and all of a new one."""
        parts = self.parts
        return [part for part in parts if self.is_new or part.is_required or part.is_set or part.has_errors]

    @property
    def folded(self) -> list["Field"]:
        return [part for part in self.parts if part not in self.shown]

    @property
    def segments(self) -> list["Segment"]:
        return segments(self.says, {part.name: part for part in self.parts})

    @property
    def said_segments(self) -> list["Segment"]:
        return [segment for segment in self.segments if segment.is_shown]

    @property
    def has_errors(self) -> bool:
        return bool(self.errors) or any(each.has_errors for each in (*self.parts, *self.rows))

    @property
    def said(self) -> str:
        """The value as a person reads it, in the language of the page."""
        if self.value is None:
            return _("no limit")
        if not self.is_set:
            return _("any") if self.kind in ("number", "choice", "many", "span") else "…"
        match self.kind:
            case "choice":
                return str(dict(self.choices).get(self.value, self.value))
            case "many":
                words = dict(self.choices)
                return _(", ").join(str(words.get(each, each)) for each in self.value)
            case "words":
                return in_language(self.value)
            case "group" if self.says:
                return "".join(said_segments(self.segments))
            case "group":
                first = [part.said for part in self.parts if part.name == "label"]
                rest = _("; ").join(
                    _("{name}: {value}").format(name=part.label, value=part.said)
                    for part in self.parts
                    if part.is_set and part.name not in (*HIDDEN, "label")
                )
                if first and rest:
                    return _("{name} ({rest})").format(name=first[0], rest=rest)
                return first[0] if first else rest
            case "span":
                return " ".join(part.said for part in self.parts)
            case "rows":
                return _("; ").join(row.said for row in self.rows if row.is_set)
        return str(self.value)


@dataclass
class Segment:
    """A part of a sentence: pieces of text, and the fields between them."""

    parts: list[str | Field]

    @property
    def fields(self) -> list[Field]:
        return [part for part in self.parts if isinstance(part, Field)]

    @property
    def is_shown(self) -> bool:
        """Whether it says something: else it stands folded away."""
        fields = self.fields
        return not fields or any(each.is_set or each.is_required or each.has_errors for each in fields)


def segments(says: str, fields: Mapping[str, Field]) -> list[Segment]:
    """Part the sentence ``says`` at its semicolons, with ``fields`` in their places."""
    found = []
    for piece in re.split(r"[;；]\s*", says):
        texts = GAP.split(piece)
        parts: list[str | Field] = []
        for n, text in enumerate(texts):
            if n % 2:
                parts.append(fields.get(text, f"{{{text}}}"))
            elif text:
                parts.append(text)
        if parts:
            found.append(Segment(parts))
    return found


def said_segments(parted: Iterable[Segment]) -> Iterator[str]:
    """The segments that say something, one after the other, without any field."""
    between = ""
    for segment in parted:
        if segment.is_shown:
            yield between + "".join(part.said if isinstance(part, Field) else part for part in segment.parts)
            between = _("; ")


@dataclass
class Card:
    """A thing of the policy on the page: a rule, an entitlement, a season."""

    path: str
    title: str
    fields: dict[str, Field]
    says: str = ""
    fixed: dict[str, str] = field(default_factory=dict)  # hidden values: they stay as they are
    rules: list["Card"] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    kind: str = ""  # of a rule
    apart: tuple[str, ...] = OF_RULES  # fields that stand in places of their own

    @cached_property
    def parted(self) -> list[Segment]:
        return segments(self.says, self.fields)

    @property
    def shown(self) -> list[Segment]:
        return [segment for segment in self.parted if segment.is_shown]

    @property
    def folded(self) -> list[Segment]:
        return [segment for segment in self.parted if not segment.is_shown]

    @property
    def beside(self) -> list[Field]:
        """The values that the sentence does not name, without what stands in places of its own."""
        said = {*GAP.findall(self.says), *self.apart}
        return [each for name, each in self.fields.items() if name not in said]

    @property
    def frame(self) -> list[Field]:
        """What every rule has: its clause, and what follows where it is not met."""
        return [each for name, each in self.fields.items() if name in OF_RULES]

    @property
    def head(self) -> list[Field]:
        """What stands first on an entitlement or a season."""
        return [each for name, each in self.fields.items() if name in ("title", "label", "purposes")]

    @property
    def tail(self) -> list[Field]:
        """What only some entitlements have."""
        return [each for name, each in self.fields.items() if name == "during"]

    @property
    def clause(self) -> Field | None:
        return self.fields.get("clause")

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it was said yet: then all that may be said stands open."""
        return not any(each.is_set for each in self.fields.values())

    @property
    def said(self) -> str:
        """The sentence with its values, for reading."""
        sentence = "".join(said_segments(self.parted))
        beside = (_("{name}: {value}").format(name=each.label, value=each.said) for each in self.beside if each.is_set)
        return _("; ").join(filter(None, [sentence, *beside]))


# --- the schema -------------------------------------------------------------------------------------------------------
def resolve(about: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema itself, where ``about`` only refers to it."""
    return schema()["$defs"][about["$ref"].rpartition("/")[2]] if "$ref" in about else about


def shape_of(about: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], str]:
    """The schema of a value, and what kind of field it is."""
    about = resolve(about)
    types = about.get("type", "")
    properties = set(about.get("properties", ()))
    if properties == {"zh", "en"}:
        return about, "words"
    if properties == {"value", "unit"} and "enum" in resolve(about["properties"]["unit"]):
        return about, "span"
    if properties:
        return about, "group"
    if types == "array":
        items = resolve(about["items"])
        return about, "rows" if items.get("properties") else "many"
    if "enum" in about or types == "boolean":
        return about, "choice"
    return about, "number" if "integer" in types else "text"


# --- words and data ---------------------------------------------------------------------------------------------------
def in_language(words: Any) -> str:
    """Of words in two languages those of the page; where it has none, the others."""
    if not isinstance(words, dict):
        return ""
    first, second = ("en", "zh") if (get_language() or "").startswith("en") else ("zh", "en")
    return str(words.get(first) or words.get(second) or "")


def dict_of(value: Any) -> dict[str, Any]:
    """``value``; where somebody wrote something else in its place, an empty one."""
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    """``value``; where somebody wrote something else in its place, an empty one."""
    return value if isinstance(value, list) else []
