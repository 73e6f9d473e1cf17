"""What was typed on the page of a policy, read back into the data of its file.

The same walk over the schema makes the fields of the page (`policy_form.PolicyForm`). Whatever was typed stays in that
data as it was typed.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from eligibility.policy_file import schema
from eligibility.rules import KINDS
from web.office.policy_editing import new_key
from web.office.policy_fields import ABSENT, HIDDEN, OF_RULES, dict_of, resolve, shape_of
from web.office.policy_form import NEW

HERE, NULL = "~here", "~null"  # marks of the form: this thing is there; this value is null, which is "no limit"


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


def _name_rows(rows, about):
    """Give the proofs or the answers of a list the keys that they lack."""
    key = next((each for each in HIDDEN if each in resolve(about).get("properties", ())), "")
    for n, row in enumerate(rows):
        if key and key not in row:
            taken = [other[key] for other in rows if key in other]
            rows[n] = {key: new_key(dict_of(row.get("label")).get("en", ""), "choice", taken), **row}
