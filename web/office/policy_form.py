"""A policy as a page: its rules as sentences with the values inside them, made from the schema of its file.

What is typed there is read back into the data of the file by `policy_typed.read_form`, and stays in that data as it was
typed; `errors_in` says what is wrong, and it is shown here at its place.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from eligibility.policy_file import schema
from eligibility.rules import KINDS
from web.office.policy_fields import ABSENT, OF_RULES, Card, Field, dict_of, in_language, list_of, resolve, shape_of
from web.office.policy_words import ERRORS, SAYS, choices_of, name_of

NEW = "~new"  # the key of a purpose that has none yet
PLACE = re.compile(r"^([\w~-]+(?:\[\d+\]|\.[^.\[\]: ]+)*): (.*)$", re.DOTALL)
LONG = {"clause", "refusal", "words", "sample", "question"}


class PolicyForm:
    """The page of the data of a policy, with ``errors`` (as `errors_in` writes them) at their places."""

    def __init__(self, data: Mapping[str, Any], errors: Iterable[str] = ()):
        self.data = data
        self.places: dict[str, Field | Card] = {}
        self.choices = Choices(data)
        whole = schema()["properties"]
        self.title = self._field("title", whole["title"], data.get("title", ABSENT), "title", is_required=True)
        words = schema()["$defs"]["words"]
        purposes = {**dict_of(data.get("purposes")), NEW: ABSENT}
        self.purposes = [
            self._field(key, words, value, f"purposes.{key}", is_required=key != NEW) for key, value in purposes.items()
        ]
        for purpose in self.purposes:
            purpose.label = in_language(purpose.value) or str(name_of("purposes"))
        self.rules = self._rules(data.get("rules"), "rules")
        self.caps = self._caps(whole["caps"], data.get("caps", ABSENT), "caps")
        self.entitlements = [
            self._entitlement(given, f"entitlements.{n}") for n, given in enumerate(list_of(data.get("entitlements")))
        ]
        self.seasons = [self._season(given, f"seasons.{n}") for n, given in enumerate(list_of(data.get("seasons")))]
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
        named = {purpose for given in list_of(self.data.get("entitlements")) for purpose in given.get("purposes", [])}
        purposes = dict_of(self.data.get("purposes"))
        return [in_language(words) for key, words in purposes.items() if key not in named]

    def changeable(self) -> list[tuple[str, str]]:
        """The rules whose values a season may change: id, and what they are called."""
        return [(rule.fixed["id"], rule.title) for rule in self.every_rule() if rule.fields]

    # --- cards ------------------------------------------------------------------------------------------------------
    def _rules(self, rules, path):
        return [self._rule(rule, f"{path}.{n}", rule.get("kind", "")) for n, rule in enumerate(list_of(rules))]

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
        changes = dict_of(given.get("set"))
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
            for rule, values in dict_of(changes.get("rules")).items()
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
                rows = [*list_of(value), ABSENT]
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
        self.purposes = {key: in_language(words) or key for key, words in dict_of(data.get("purposes")).items()}
        self.entitlements = {
            given.get("key", ""): in_language(given.get("label")) or given.get("key", "")
            for given in list_of(data.get("entitlements"))
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
            options = list_of(dict_of(owner).get("options"))
            found = [(option.get("value", ""), in_language(option.get("label"))) for option in options]
            found = found or [("yes", pgettext("yes or no", "yes")), ("no", pgettext("yes or no", "no"))]
        known = {key for key, _words in found}
        taken = value if isinstance(value, list) else [] if value in (ABSENT, None) else [value]
        return found + [(each, str(each)) for each in taken if each not in known]


# --- errors -----------------------------------------------------------------------------------------------------------
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
