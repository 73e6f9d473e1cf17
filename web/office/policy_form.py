"""A policy as a page: its rules as sentences with the values inside them, made from the schema of its file.

The same walk over the schema makes the fields of the page (`PolicyForm`) and reads what was typed back into the data
of a policy file (`read_form`). Whatever was typed stays in that data as it was typed; `errors_in` says what is wrong.
A field is named by its place: ``rules.0.min`` is ``data["rules"][0]["min"]``.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from eligibility.policy_file import schema
from eligibility.rules import KINDS
from web.office.policy_words import ERRORS, SAYS, choices_of, name_of

ABSENT: Any = object()  # nothing was typed, and nothing is written
HERE, NULL = "~here", "~null"  # marks of the form: this thing is there; this value is null, which is "no limit"
HIDDEN = ("key", "value")  # of a row: what the house calls it; nobody has to see it
NEW = "~new"  # the key of a purpose that has none yet
PLACE = re.compile(r"^([\w~-]+(?:\[\d+\]|\.[^.\[\]: ]+)*): (.*)$", re.DOTALL)
GAP = re.compile(r"\{(\w+)\}")
LONG = {"clause", "refusal", "words", "sample", "question"}
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


class PolicyForm:
    """The page of the data of a policy, with ``errors`` (as `errors_in` writes them) at their places."""

    def __init__(self, data: Mapping[str, Any], errors: Iterable[str] = ()):
        self.data = data
        self.places: dict[str, Field | Card] = {}
        self.choices = Choices(data)
        whole = schema()["properties"]
        self.title = self._field("title", whole["title"], data.get("title", ABSENT), "title", is_required=True)
        words = schema()["$defs"]["words"]
        purposes = {**_dict(data.get("purposes")), NEW: ABSENT}
        self.purposes = [
            self._field(key, words, value, f"purposes.{key}", is_required=key != NEW) for key, value in purposes.items()
        ]
        for purpose in self.purposes:
            purpose.label = in_language(purpose.value) or str(name_of("purposes"))
        self.rules = self._rules(data.get("rules"), "rules")
        self.caps = self._caps(whole["caps"], data.get("caps", ABSENT), "caps")
        self.entitlements = [
            self._entitlement(given, f"entitlements.{n}") for n, given in enumerate(_list(data.get("entitlements")))
        ]
        self.seasons = [self._season(given, f"seasons.{n}") for n, given in enumerate(_list(data.get("seasons")))]
        order = {f"#f-{path}": n for n, path in enumerate(self.places)}
        self.problems = sorted(self._place_errors(errors), key=lambda problem: order.get(problem[0], len(order)))

    @property
    def kinds(self) -> list[tuple[str, Any]]:
        """The kinds of rule that can be added."""
        kinds = ((name, kind) for name, kind in KINDS.items() if not kind.of_entitlement)
        return sorted(((name, kind.name or name_of(name)) for name, kind in kinds), key=lambda each: str(each[1]))

    @property
    def without_offer(self) -> list[str]:
        """The purposes (their words) that no entitlement names: who comes for one of them gets nothing."""
        named = {purpose for given in _list(self.data.get("entitlements")) for purpose in given.get("purposes", [])}
        purposes = _dict(self.data.get("purposes"))
        return [in_language(words) for key, words in purposes.items() if key not in named]

    def changeable(self) -> list[tuple[str, str]]:
        """The rules whose values a season may change: id, and what they are called."""
        return [(rule.fixed["id"], rule.title) for rule in self.every_rule() if rule.fields]

    # --- cards ------------------------------------------------------------------------------------------------------
    def _rules(self, rules, path):
        return [self._rule(rule, f"{path}.{n}", rule.get("kind", "")) for n, rule in enumerate(_list(rules))]

    def _rule(self, rule, path, name, is_change=False):
        kind = KINDS.get(name)
        frame = {} if is_change else {key: schema()["$defs"]["rule"]["properties"][key] for key in OF_RULES}
        values = dict(kind.values) if kind else {}
        fields = {
            key: self._field(
                key,
                each,
                rule.get(key, ABSENT),
                f"{path}.{key}",
                where=name,
                is_required=not is_change and kind is not None and key in kind.required,
                owner=rule,
            )
            for key, each in {**values, **frame}.items()
        }
        fixed = {} if is_change else {"id": rule.get("id", ""), "kind": name}
        title = str((kind and kind.name) or name_of(name))
        if "key" in fields and "{key}" not in str(kind.says):  # what people never see stays as it is
            fixed["key"] = fields.pop("key").text
        return self._keep(Card(path, title, fields, str(kind.says) if kind else "", fixed, kind=name))

    def _entitlement(self, given, path):
        whole = schema()["properties"]["entitlements"]["items"]["properties"]
        fields = {
            name: self._field(
                name, whole[name], given.get(name, ABSENT), f"{path}.{name}", is_required=name in ("label", "purposes")
            )
            for name in ("label", "purposes", "after", "during", "clause")
        }
        fields["caps"] = self._caps(whole["caps"], given.get("caps", ABSENT), f"{path}.caps")
        title = in_language(given.get("label")) or _("New entitlement")
        card = Card(path, title, fields, fixed={"key": given.get("key", "")})
        card.rules = self._rules(given.get("rules"), f"{path}.rules")
        return self._keep(card)

    def _season(self, given, path):
        whole = schema()["properties"]["seasons"]["items"]["properties"]
        changes = _dict(given.get("set"))
        fields = {
            name: self._field(
                name, whole[name], given.get(name, ABSENT), f"{path}.{name}", is_required=name in ("from", "until")
            )
            for name in ("title", "from", "until", "entitlements")
        }
        parts = whole["set"]["properties"]
        fields["caps"] = self._caps(parts["caps"], changes.get("caps", ABSENT), f"{path}.set.caps", lifted=True)
        fields["after"] = self._field("after", parts["after"], changes.get("after", ABSENT), f"{path}.set.after")
        title = in_language(given.get("title")) or _("Season")
        card = Card(path, title, fields, str(SAYS["season"]), apart=("title", "caps", "after"))
        kinds = {rule.fixed["id"]: rule.fixed["kind"] for rule in self.every_rule()}
        card.rules = [
            self._rule(values, f"{path}.set.rules.{rule}", kinds.get(rule, ""), is_change=True)
            for rule, values in _dict(changes.get("rules")).items()
        ]
        return self._keep(card)

    def every_rule(self) -> list["Card"]:
        """The rules of all and those of each entitlement."""
        return [*self.rules, *(rule for given in self.entitlements for rule in given.rules)]

    def _caps(self, about, value, path, lifted=False):
        found = self._field("caps", about, value, path, where="caps")
        for part in found.parts:
            part.may_be_lifted = lifted
        found.says = str(SAYS["caps"])
        return found

    def _keep(self, card):
        self.places[card.path] = card
        return card

    # --- fields -----------------------------------------------------------------------------------------------------
    def _field(self, name, about, value, path, where="", is_required=False, owner=None):
        about, shape = shape_of(about, name)
        found = Field(path, name, str(name_of(name, where)), shape, value, is_required=is_required)
        self.places[path] = found
        found.is_long = name in LONG or (isinstance(value, dict) and any("\n" in str(each) for each in value.values()))
        match shape:
            case "words" | "group" | "span":
                inside = {"span": "", "caps": ""}.get(name, name)
                values = value if isinstance(value, dict) else {}
                found.parts = [
                    self._field(
                        part,
                        each,
                        values.get(part, ABSENT),
                        f"{path}.{part}",
                        where=inside,
                        is_required=part in about.get("required", ()),
                        owner=values,
                    )
                    for part, each in about["properties"].items()
                ]
                if shape == "words":
                    for part in found.parts:
                        part.is_long = found.is_long
                else:
                    found.says = str(SAYS.get(name, ""))
            case "rows":
                rows = [*_list(value), ABSENT]
                found.rows = [self._field("", about["items"], row, f"{path}.{n}") for n, row in enumerate(rows)]
                for row in found.rows:
                    self._shape_row(row, name)
            case "choice" | "many":
                found.choices = self.choices.of(about, name, where, owner, value)
        return found

    def _shape_row(self, row, name):
        """A row of ``name``: its sentence, where it has one."""
        row.label = str(name_of(name))
        if row.kind != "group":
            return
        row.says = str({"after": SAYS["tier"], "during": SAYS["days"]}.get(name, ""))
        for part in row.parts:
            part.label = str(name_of(part.name, "tier" if name == "after" else ""))

    # --- errors -----------------------------------------------------------------------------------------------------
    def _place_errors(self, errors):
        """Put each error at its field, and yield (anchor, what is called so, sentence) for the summary."""
        for error in errors:
            path, said = parted_error(error)
            place = self._nearest(path)
            while place is not None and place.path.endswith((".key", ".id", ".value")):
                place = self._nearest(place.path.rpartition(".")[0])
            sentence = said_error(said)
            if place is None:
                yield "", "", f"{path}: {sentence}" if path else sentence
            elif sentence not in place.errors:
                place.errors.append(sentence)
                yield f"#f-{place.path}", self._called(place), sentence

    def _nearest(self, path):
        """The field or the card at ``path``, or the nearest around it."""
        while path and path not in self.places:
            path = path.rpartition(".")[0]
        return self.places.get(path)

    def _called(self, place):
        """The name of a field, with that of the card it stands on."""
        if isinstance(place, Card):
            return place.title
        path = place.path
        while path and not isinstance(self.places.get(path), Card):
            path = path.rpartition(".")[0]
        label = place.label
        if place.name in ("zh", "en") and (around := self.places.get(place.path.rpartition(".")[0])):
            label = f"{around.label} ({label})"
        return f"{self.places[path].title} › {label}" if path else label


class Choices:
    """What may be chosen, where that depends on the policy itself."""

    def __init__(self, data: Mapping[str, Any]):
        self.purposes = {key: in_language(words) or key for key, words in _dict(data.get("purposes")).items()}
        self.entitlements = {
            given.get("key", ""): in_language(given.get("label")) or given.get("key", "")
            for given in _list(data.get("entitlements"))
        }

    def of(self, about, name, where, owner, value) -> list[tuple[Any, Any]]:
        """The choices of a field, with those that were taken although they are none: they are there to be taken out."""
        if about.get("type") == "boolean":
            return [(True, pgettext("yes or no", "yes")), (False, pgettext("yes or no", "no"))]
        items = resolve(about.get("items", about))
        if name == "purposes":
            found = list(self.purposes.items())
        elif name == "entitlements":
            found = list(self.entitlements.items())
        elif "enum" in items:
            found = choices_of(items["enum"], name, where)
        else:  # the accepted answers to a question of the policy's own
            options = _list(_dict(owner).get("options"))
            found = [(option.get("value", ""), in_language(option.get("label"))) for option in options]
            found = found or [("yes", pgettext("yes or no", "yes")), ("no", pgettext("yes or no", "no"))]
        known = {key for key, _words in found}
        taken = value if isinstance(value, list) else [] if value in (ABSENT, None) else [value]
        return found + [(each, str(each)) for each in taken if each not in known]


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


# --- reading what was typed ------------------------------------------------------------------------------------------
def read_form(post: QueryDict, before: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a policy that was typed over ``before``, which is kept for what the page does not show."""
    typed = _Typed(post, before)
    whole = schema()["properties"]
    data = dict(before)
    data["title"] = typed.read("title", whole["title"], "title", {})
    data["purposes"] = typed.purposes()
    data["rules"] = typed.rules("rules")
    _put(data, "caps", typed.read("caps", whole["caps"], "caps"))
    data["entitlements"] = [typed.entitlement(f"entitlements.{n}") for n in typed.numbers("entitlements")]
    seasons = [typed.season(f"seasons.{n}") for n in typed.numbers("seasons")]
    _put(data, "seasons", seasons or (seasons if before.get("seasons") == [] else ABSENT))
    for n, given in enumerate(data["entitlements"]):
        if not given["key"]:
            taken = [other["key"] for other in data["entitlements"]]
            data["entitlements"][n] = given | {"key": new_key(given["label"].get("en", ""), "offer", taken)}
    return data


class _Typed:
    """What was typed, by its place."""

    def __init__(self, post, before):
        self.post, self.before = post, before

    def purposes(self):
        words = schema()["$defs"]["words"]
        prefix = "purposes."
        names = [name for name in self.post if name.startswith(prefix) and name.endswith((".zh", ".en"))]
        keys = dict.fromkeys(name.removeprefix(prefix).rpartition(".")[0] for name in names)
        found: dict[str, Any] = {}
        for key in keys:
            said = self.read(key, words, f"{prefix}{key}", ABSENT if key == NEW else {})
            if said is not ABSENT:
                found[key if key != NEW else new_key(said.get("en", ""), "purpose", found)] = said
        return found

    def rules(self, path):
        return [self.rule(f"{path}.{n}") for n in self.numbers(path)]

    def rule(self, path):
        kind = self.post.get(f"{path}.kind", "")
        rule: dict[str, Any] = {"id": self.post.get(f"{path}.id", ""), "kind": kind}
        about = schema()["$defs"]["rule"]["properties"]
        for name in OF_RULES:
            _put(rule, name, self.read(name, about[name], f"{path}.{name}"))
        if kind in KINDS:
            rule |= self.values(path, KINDS[kind])
        return rule

    def values(self, path, kind, is_change=False):
        found: dict[str, Any] = {}
        for name, about in kind.values.items():
            empty = ABSENT
            if not is_change and name in kind.required:
                empty = _nothing(about)
            _put(found, name, self.read(name, about, f"{path}.{name}", empty))
        return found

    def entitlement(self, path):
        whole = schema()["properties"]["entitlements"]["items"]["properties"]
        given: dict[str, Any] = {"key": self.post.get(f"{path}.key", "")}
        for name, empty in (
            ("label", {}),
            ("clause", ABSENT),
            ("purposes", []),
            ("caps", {}),
            ("after", ABSENT),
            ("during", ABSENT),
        ):
            _put(given, name, self.read(name, whole[name], f"{path}.{name}", empty))
        rules = self.rules(f"{path}.rules")
        _put(given, "rules", rules or (rules if self.was(f"{path}.rules") == [] else ABSENT))
        return given

    def season(self, path):
        whole = schema()["properties"]["seasons"]["items"]["properties"]
        season: dict[str, Any] = {}
        for name in ("title", "from", "until", "entitlements"):
            empty = "" if name in ("from", "until") else ABSENT
            _put(season, name, self.read(name, whole[name], f"{path}.{name}", empty))
        changes: dict[str, Any] = {}
        for name in ("caps", "after"):
            _put(changes, name, self.read(name, whole["set"]["properties"][name], f"{path}.set.{name}"))
        rules = {}
        prefix = f"{path}.set.rules."
        for name in self.post:
            if name.startswith(prefix) and name.endswith(HERE):
                rule = name.removeprefix(prefix).removesuffix(HERE)
                kind = KINDS.get(self.post.get(f"{prefix}{rule}~kind", ""))
                rules[rule] = self.values(f"{prefix}{rule}", kind, is_change=True) if kind else {}
        _put(changes, "rules", rules or ABSENT)
        season["set"] = changes
        return season

    def read(self, name, about, path, empty=ABSENT):
        """The value at ``path``; ``empty`` is what it is where nothing was typed."""
        about, shape = shape_of(about, name)
        if self.post.get(path + NULL) and not self._any_text(path):
            return None
        match shape:
            case "number":
                found = _number(self.post.get(path, ""))
                if found is ABSENT and empty is not ABSENT and "null" in about["type"]:
                    return None
            case "choice" if about.get("type") == "boolean":
                found = {"True": True, "False": False}.get(self.post.get(path, ""), ABSENT)
            case "choice":
                found = self.post.get(path, "") or ABSENT
            case "many":
                found = [each for each in self.post.getlist(path) if each] or ABSENT
                was = self.was(path)
                if found is not ABSENT and isinstance(was, list) and sorted(map(str, was)) == sorted(found):
                    found = was  # as it was ordered
                if found is ABSENT and was == []:
                    found = []
            case "words" | "group" | "span":
                found = {}
                for part, each in about["properties"].items():
                    if part not in HIDDEN or shape == "span":
                        _put(found, part, self.read(part, each, f"{path}.{part}"))
                # A key that nobody sees says nothing; a unit alone neither.
                if shape == "span" and "value" not in found:
                    found = {}
                if shape == "group" and found:
                    for part in HIDDEN:
                        if kept := self.post.get(f"{path}.{part}", ""):
                            found = {part: kept, **found}
                found = found or ({} if self.was(path) == {} else ABSENT)
            case "rows":
                rows = [self.read("", about["items"], f"{path}.{n}") for n in self.numbers(path)]
                rows = [row for row in rows if row is not ABSENT]
                found = rows or ([] if self.was(path) == [] else ABSENT)
                _name_rows(rows, about["items"])
            case _:
                found = _plain(self.post.get(path, ""), about) or ABSENT
        return empty if found is ABSENT else found

    def numbers(self, path) -> list[int]:
        """The numbers of the things in the list at ``path``, in their order."""
        prefix = f"{path}."
        inside = (name.removeprefix(prefix) for name in self.post if name.startswith(prefix))
        found = {name.partition(".")[0].partition("~")[0] for name in inside}
        return sorted(int(each) for each in found if each.isascii() and each.isdigit() and len(each) < 5)

    def was(self, path):
        """What stood at ``path`` before; ABSENT where nothing did."""
        found: Any = self.before
        for step in path.split("."):
            if isinstance(found, list) and step.isdigit() and int(step) < len(found):
                found = found[int(step)]
            elif isinstance(found, dict) and step in found:
                found = found[step]
            else:
                return ABSENT
        return found

    def _any_text(self, path):
        names = [name for name in self.post if name == path or name.startswith(f"{path}.")]
        return any(value.strip() for name in names for value in self.post.getlist(name))


def _number(text):
    """A whole number, or what was typed instead of one; digits of a Chinese keyboard are digits."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return ABSENT
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else text


def _plain(text, about):
    text = text.replace("\r\n", "\n").strip()
    # What has a form is written by its form: 23：00 is 23:00.
    return unicodedata.normalize("NFKC", text) if "pattern" in about else text


def _nothing(about):
    """What stands for a needed value where nothing was typed: for what has no such thing, it is simply missing."""
    about, shape = shape_of(about, "")
    if shape == "number" and "null" in about.get("type", ()):
        return None
    return {"rows": [], "many": []}.get(shape, ABSENT)


def _put(data, name, value):
    if value is ABSENT:
        data.pop(name, None)
    else:
        data[name] = value


# --- keys that nobody has to think of ---------------------------------------------------------------------------------
def new_key(words: str, what: str, taken: Iterable[str]) -> str:
    """A key made of the English ``words``, else of ``what``, that is none of ``taken``."""
    start = re.sub(r"[^a-z0-9]+", "_", slugify(words)).strip("_")[:30] or what
    taken, number, key = set(taken), 1, start
    while key in taken:
        number += 1
        key = f"{start}_{number}"
    return key


def _name_rows(rows, about):
    """Give the proofs or the answers of a list the keys that they lack."""
    key = next((each for each in HIDDEN if each in resolve(about).get("properties", ())), "")
    for n, row in enumerate(rows):
        if key and key not in row:
            taken = [other[key] for other in rows if key in other]
            rows[n] = {key: new_key(_dict(row.get("label")).get("en", ""), "choice", taken), **row}


def rules_of(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every rule of the data: those of all and those of each entitlement."""
    lists = [data.get("rules"), *(given.get("rules") for given in _list(data.get("entitlements")))]
    return [rule for rules in lists for rule in _list(rules)]


# --- adding and removing ----------------------------------------------------------------------------------------------
def add(data: dict[str, Any], path: str, chosen: str = "") -> str:
    """Add an empty thing to the list at ``path``, a rule of the kind ``chosen`` or a change of the rule ``chosen``.

    Returns the path of what was added, "" where nothing can be.
    """
    if path in ("entitlements", "seasons"):
        new = {"key": "", "label": {}, "purposes": [], "caps": {}} if path == "entitlements" else _new_season()
        things = data.setdefault(path, [])
        things.append(new)
        return f"{path}.{len(things) - 1}"
    steps = path.split(".")
    if steps[-1] != "rules":
        return ""
    around = _at(data, steps[:-1])
    if not isinstance(around, dict):
        return ""
    if steps[0] == "seasons":
        if any(rule["id"] == chosen for rule in rules_of(data)):
            around.setdefault("rules", {}).setdefault(chosen, {})
            return f"{path}.{chosen}"
        return ""
    if chosen not in KINDS or KINDS[chosen].of_entitlement:
        return ""
    rules = around.setdefault("rules", [])
    rules.append({"id": new_key(chosen, "rule", [rule["id"] for rule in rules_of(data)]), "kind": chosen})
    return f"{path}.{len(rules) - 1}"


def _new_season():
    return {"from": "", "until": "", "set": {}}


def remove(data: dict[str, Any], path: str) -> None:
    """Take what stands at ``path`` out, and out of all that names it."""
    *around, last = path.split(".")
    holder = _at(data, around)
    if isinstance(holder, list) and last.isdigit() and int(last) < len(holder):
        gone = holder.pop(int(last))
        if around[-1] == "rules":
            _forget_rule(data, gone.get("id"))
        elif around == ["entitlements"]:
            for rule in _list(gone.get("rules")):
                _forget_rule(data, rule.get("id"))
            for season in _list(data.get("seasons")):
                _without(season, "entitlements", gone.get("key"))
        if not holder and around[-1] not in ("rules", "entitlements", "accepted"):
            _at(data, around[:-1]).pop(around[-1])
    elif isinstance(holder, dict) and last in holder:
        del holder[last]
        if around == ["purposes"]:
            for thing in (*_list(data.get("entitlements")), *rules_of(data)):
                _without(thing, "purposes", last)
                for proof in _list(thing.get("accepted")):
                    if isinstance(proof, dict):
                        _without(proof, "purposes", last)
        elif not holder and around[-1] == "rules":
            _at(data, around[:-1]).pop("rules")


def _forget_rule(data, gone):
    for season in _list(data.get("seasons")):
        changes = season["set"]
        if gone in _dict(changes.get("rules")):
            del changes["rules"][gone]
            if not changes["rules"]:
                del changes["rules"]


def _without(thing, name, gone):
    """Take ``gone`` out of the list ``name`` of a thing; where it was the last, the list goes where it may."""
    if gone in _list(thing.get(name)):
        thing[name] = [each for each in thing[name] if each != gone]
        if not thing[name] and "caps" not in thing:
            del thing[name]


def _at(data, steps):
    for step in steps:
        if isinstance(data, list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        elif isinstance(data, dict):
            data = data.get(step)
        else:
            return None
    return data


# --- words ------------------------------------------------------------------------------------------------------------
def in_language(words: Any) -> str:
    """Of words in two languages those of the page; where it has none, the others."""
    if not isinstance(words, dict):
        return ""
    first, second = ("en", "zh") if (get_language() or "").startswith("en") else ("zh", "en")
    return str(words.get(first) or words.get(second) or "")


def parted_error(error: str) -> tuple[str, str]:
    """An error of `errors_in` as (place, what is wrong); what is missing has a place of its own."""
    found = PLACE.match(error)
    path, said = (re.sub(r"\[(\d+)\]", r".\1", found[1]), found[2]) if found else ("", error)
    if missing := re.fullmatch(r"([\w-]+) is missing", said):
        path = f"{path}.{missing[1]}".removeprefix(".")
    return path, said


def said_error(said: str) -> str:
    """What is wrong, in the language of the page; what has no words of ours is said as it is."""
    for pattern, words in ERRORS.items():
        if found := re.fullmatch(pattern, said, re.DOTALL):
            return str(words).format(*found.groups())
    return said


def _dict(value) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value) -> list[Any]:
    return value if isinstance(value, list) else []
