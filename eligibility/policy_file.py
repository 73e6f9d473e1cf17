"""Policy files: YAML in, one version of a network's rules out; or every error, each with its place."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from datetime import date, datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from accounts.acts import act
from eligibility.models import Assessment, Policy
from eligibility.rules import KINDS
from eligibility.rules.evidence import Evidence
from hostel.models import Network
from hostel.nights import business_day, end_of_night
from hostel.plain_text import type_of_plain_text, unreadable

FRAME = Path(__file__).with_name("policy.schema.json")
NOBODY_NAMED = "load_policy"  # who drafted a file that does not say
FINGERPRINT = "fingerprint"  # what a row keeps beside the data of its file
SIGNATURES = ("drafted_by", "approved_by", "in_force_from")
IN_BRACES = "; in {…} a text with a comma, a colon or a question mark stands in quotes"
WIDTH = 110  # what is longer than a line of a readable file is written one below the other


class WrongFile(Exception):
    """The file cannot be loaded. ``errors`` are sentences, each with the place it speaks of."""

    def __init__(self, errors: list[str]):
        super().__init__("\n".join(errors))
        self.errors = errors


class PlainLoader(yaml.SafeLoader):
    """YAML without surprises: 2023-01-01 and 23:00 stay text; a key written twice and a place repeated are errors."""

    # 23:00 would be the number 1380, 06-10 and 2023-01-01 half text and half date.
    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":int", ":float"))]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent, index):
        # A few lines that repeat each other (*a of *b of *c) are more than any memory holds as soon as they are told.
        if self.check_event(yaml.AliasEvent):
            place = self.peek_event()
            raise yaml.composer.ComposerError(None, None, f"*{place.anchor}: write it out again", place.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node, deep=False):
        written: set[str] = set()
        for key in (key.value for key, _value in node.value if isinstance(key, yaml.ScalarNode)):
            if key in written and key != "<<":
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} is written twice", node.start_mark)
            written.add(key)
        return super().construct_mapping(node, deep)


class PlainDumper(yaml.SafeDumper):
    """Writes what `PlainLoader` reads as the same, as people like to read it: what is short stands in one line."""

    def represent_mapping(self, tag, mapping, flow_style=None):
        node = super().represent_mapping(tag, mapping, flow_style)
        node.flow_style = not {"id", "network"} & set(mapping) and _length(node) <= WIDTH
        return node

    def represent_sequence(self, tag, sequence, flow_style=None):
        node = super().represent_sequence(tag, sequence, flow_style)
        node.flow_style = all(isinstance(each, yaml.ScalarNode) for each in node.value)
        return node

    def ignore_aliases(self, data):
        return True


def _length(node):
    """About how many characters ``node`` takes in one line."""
    if isinstance(node, yaml.ScalarNode):
        return len(node.value) + 2
    return sum(map(_length, chain(*node.value) if isinstance(node, yaml.MappingNode) else node.value))


INT = re.compile(r"^-?[0-9]+$")
for _kind in (PlainLoader, PlainDumper):
    _kind.add_implicit_resolver("tag:yaml.org,2002:int", INT, list("-0123456789"))


def written(rules: Mapping[str, Any]) -> str:
    """Return the data of a policy as a YAML file that people can read and `load_policy` reads back as the same."""
    data = {name: value for name, value in rules.items() if name != FINGERPRINT}
    return yaml.dump(data, Dumper=PlainDumper, allow_unicode=True, sort_keys=False, width=100_000, indent=2)


def unsigned(rules: Any) -> Any:
    """Return the data of a policy without its fingerprint and without who drafted and approved it, and when."""
    if not isinstance(rules, Mapping):
        return rules
    return {name: value for name, value in rules.items() if name not in (FINGERPRINT, *SIGNATURES)}


def load_policy(path: str | Path, *, now: datetime, check: bool = False, network: str | None = None) -> Policy:
    """Write the policy of the YAML file ``path`` as the next version of its network's rules, and return it.

    The same content as the newest version again is that version. With ``check`` nothing is written and the policy
    returned has no row of its own. With two different people and a day in the file it is in force from that day,
    else a draft. ``network`` (a slug) takes the place of the network that the file names. Raises WrongFile with
    every error, and then changes nothing.
    """
    data = read_policy(path) | ({"network": network} if network else {})
    whose = Network.objects.filter(slug=data["network"]).first()
    if whose is None:
        raise WrongFile([f"network: there is no network {data['network']!r} here; load it first with load_network"])

    def write():
        newest = Policy.objects.select_for_update().filter(network=whose).order_by("-version").first()
        rules = data | {FINGERPRINT: fingerprint(data)}
        if newest is not None and newest.rules == rules:
            return newest
        if "in_force_from" in data:
            _refuse_to_decide_again(whose, date.fromisoformat(data["in_force_from"]))
        policy = Policy(
            network=whose,
            version=newest.version + 1 if newest else 1,
            rules=rules,
            drafted_by=data.get("drafted_by", NOBODY_NAMED),
            approved_by=data.get("approved_by", ""),
            in_force_from=date.fromisoformat(data["in_force_from"]) if "in_force_from" in data else None,
            written_at=now,
        )
        if not check:
            policy.save(force_insert=True)
        return policy

    return act(write)


def _refuse_to_decide_again(network, first):
    """Raise WrongFile where other rules decided after the day ``first``: those decisions stand."""
    later = Assessment.objects.filter(policy__network=network, made_at__gte=end_of_night(first))
    last = later.select_related("policy").order_by("made_at").last()
    if last is not None:
        day = business_day(last.made_at)
        raise WrongFile(
            [f"in_force_from: {first} is too early: {last.policy} still decided on {day}; write {day} or later"]
        )


def read_policy(path: str | Path) -> dict:
    """Return the data of the policy file ``path``, checked; raises WrongFile with every error."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError as wrong:
        raise WrongFile([f"{path}: is not text in UTF-8; save it as that"]) from wrong
    except OSError as wrong:
        raise WrongFile([f"{path}: cannot be read ({wrong.strerror})"]) from wrong
    data = read_text(text, str(path))
    if errors := errors_in(data):
        raise WrongFile(errors)
    return data


def read_text(text: str, name: str) -> Any:
    """Return what the YAML ``text`` says, not yet checked; raises WrongFile, speaking of the file as ``name``."""
    try:
        return yaml.load(text, PlainLoader)  # noqa: S506 (a SafeLoader)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else name
        # What goes wrong in braces is nearly always a text that would have needed quotes.
        hint = IN_BRACES if wrong.context == "while parsing a flow mapping" else ""
        raise WrongFile([f"{place}: {wrong.problem}{hint}"]) from wrong
    except (ValueError, yaml.YAMLError, RecursionError) as wrong:
        raise WrongFile([unreadable(text, wrong) or f"{name}: {wrong}"]) from wrong


def fingerprint(data: dict) -> str:
    """Return what tells one content from another."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def errors_in(data: Any) -> list[str]:
    """Return what is wrong with the data of a policy, each with its place; the office's editor asks here too."""
    found = sorted(_validator().iter_errors(data), key=lambda error: list(map(str, error.absolute_path)))
    errors = [f"{_place(error.absolute_path)}{_said(error)}" for error in found]
    # What spans several places is only looked for where each place alone is right.
    return list(dict.fromkeys(errors)) or [f"{place}: {wrong}" for place, wrong in _contradictions(data)]


@cache
def schema() -> dict:
    """Return the whole JSON Schema of a policy file: the frame, with every kind of rule in it."""
    whole = json.loads(FRAME.read_text(encoding="utf-8"))
    rule = whole["$defs"]["rule"]
    kinds = {name: kind for name, kind in sorted(KINDS.items()) if not kind.of_entitlement}
    rule["properties"]["kind"] = {"enum": list(kinds)}
    rule["allOf"] = [
        {
            "if": {"properties": {"kind": {"const": name}}, "required": ["kind"]},
            "then": {
                "properties": dict.fromkeys(rule["properties"], True) | deepcopy(dict(kind.values)),
                "required": list(kind.required),
                "additionalProperties": False,
            },
        }
        for name, kind in kinds.items()
    ]
    return whole


@cache
def _validator() -> Draft202012Validator:
    return extend(Draft202012Validator, {"type": type_of_plain_text})(schema())


def _place(path: Iterable[str | int], last: str = "") -> str:
    """Return ``entitlements[0].caps.per_year: ``, or nothing for the whole file."""
    said = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in [*path, *([last] if last else [])])
    return f"{said.removeprefix('.')}: " if said else ""


def _said(error: Any) -> str:
    """What is wrong, in a sentence that says what to write instead."""
    asked = error.validator_value
    match error.validator:
        case "minimum":
            return f"must be {asked} or more"
        case "maximum":
            return f"must be {asked} or less"
        case "required":
            missing = next(name for name in asked if name not in error.instance and repr(name) in error.message)
            return f"{missing} is missing"
        case "additionalProperties":
            known = error.schema.get("properties", {})
            unknown = ", ".join(sorted(str(name) for name in error.instance if name not in known))
            return f"does not know {unknown}; it takes {', '.join(known)}"
        case "enum":
            return f"{error.instance!r} is not one of {', '.join(map(str, asked))}"
        case "type":
            kinds = " or ".join([asked] if isinstance(asked, str) else asked)
            return f"must be of type {kinds}, not {error.instance!r}"
        case "pattern":
            return f"{error.instance!r} must look like {asked}"
        case "minItems" | "minProperties" | "minLength":
            return "must not be empty"
        case "maxLength":
            return f"must not be longer than {asked}"
        case "uniqueItems":
            return "names something twice"
    return error.message


def _contradictions(data: dict) -> Iterator[tuple[str, str]]:
    """Yield (place, what is wrong) where values do not go together."""
    yield from _signatures(data)
    ids: set[str] = set()
    keys: set[str] = set()
    steering: set[str] = set()
    lists = [("rules", data["rules"])]
    for n, given in enumerate(data["entitlements"]):
        place = f"entitlements[{n}]"
        lists.append((f"{place}.rules", given.get("rules", [])))
        if given["key"] in keys:
            yield f"{place}.key", f"{given['key']!r} stands twice"
        keys.add(given["key"])
        yield from _unknown(given["purposes"], data["purposes"], f"{place}.purposes", "purposes")
        yield from _wrong_nights(given, place)
        for m, span in enumerate(given.get("during", [])):
            yield from _wrong_days(span, f"{place}.during[{m}]")
    for place, rules in lists:
        for n, rule in enumerate(rules):
            if rule["id"] in ids:
                yield f"{place}[{n}].id", f"{rule['id']!r} stands twice"
            ids.add(rule["id"])
            if KINDS[rule["kind"]].once and (place != "rules" or rule["kind"] in steering):
                yield f"{place}[{n}].kind", "stands once in a policy, among the rules of all that is given"
            steering.add(rule["kind"])
            if rule.get("otherwise") == "ask" and not KINDS[rule["kind"]].clearable:
                yield f"{place}[{n}].otherwise", "no person can agree where a rule of this kind is not met"
            if "either" in rule:
                yield from _wrong_alternative(rule, rules, f"{place}[{n}].either")
            for name, purposes in KINDS[rule["kind"]].purposes_in(rule):
                yield from _unknown(purposes, data["purposes"], f"{place}[{n}].{name}", "purposes")
            for name, wrong in KINDS[rule["kind"]].wrong(rule):
                yield f"{place}[{n}].{name}", wrong
    for n, season in enumerate(data.get("seasons", [])):
        yield from _unknown(season.get("entitlements", []), keys, f"seasons[{n}].entitlements", "entitlements")
        yield from _wrong_days(season, f"seasons[{n}]")
        yield from _wrong_nights(season["set"], f"seasons[{n}].set")
        for changed, values in season["set"].get("rules", {}).items():
            rule = next((rule for _place, rules in lists for rule in rules if rule["id"] == changed), None)
            place = f"seasons[{n}].set.rules.{changed}"
            if rule is None:
                yield place, "is the id of none of the rules of this file"
            else:
                yield from _wrong_in_season(data, rule, values, place)


def _wrong_alternative(rule, beside, place):
    kind = KINDS[rule["kind"]]
    if not kind.clearable or kind.once or kind is Evidence:
        yield place, "a rule of this kind is no alternative to another"
    elif sum(other.get("either") == rule["either"] for other in beside) < 2:
        yield place, f"no other rule beside it names {rule['either']!r}"


def _wrong_days(span, place):
    for end in ("from", "until"):
        # A day of every year may be 29 February.
        if not _is_date(span[end] if len(span[end]) == 10 else f"2024-{span[end]}"):
            yield f"{place}.{end}", f"{span[end]!r} is no day"
    if len(span["from"]) != len(span["until"]):
        yield f"{place}.until", "must be with a year or without one, as from is"
    elif len(span["from"]) == 10 and span["from"] > span["until"]:
        yield f"{place}.until", "must not be before from"


def _wrong_nights(given, place):
    """Caps and prices of an entitlement, or of a season's changes to it."""
    caps = given.get("caps", {})
    if by_proof := caps.get("per_stay_by_proof"):
        if by_proof["min"] > by_proof["max"]:
            yield f"{place}.caps.per_stay_by_proof.min", "must not be above max"
        if caps.get("per_stay") is not None:
            yield f"{place}.caps.per_stay", "either this or per_stay_by_proof"
    for n, tier in enumerate(given.get("after", [])):
        if len(tier.keys() & {"per_stay", "months", "years"}) != 1:
            yield f"{place}.after[{n}]", "must say one of per_stay, months, years"
        if len(tier.keys() & {"percent", "yuan"}) != 1:
            yield f"{place}.after[{n}]", "must say one of percent, yuan"


def _wrong_in_season(data, rule, values, place):
    """What is wrong with ``rule`` where a season has given it other values."""
    if fixed := values.keys() & {"id", "kind"}:
        yield f"{place}.{min(fixed)}", "stays as it is"
        return
    changed = {**rule, **values}
    alone = {
        "name": "x",
        "network": "x",
        "title": data["title"],
        "purposes": data["purposes"],
        "entitlements": [],
        "rules": [changed],
    }
    wrong = [error for error in _validator().iter_errors(alone) if list(error.absolute_path)[:1] == ["rules"]]
    for error in wrong:
        where = _place(["x", *list(error.absolute_path)[2:]]).removeprefix("x").removesuffix(": ")
        yield f"{place}{where}", _said(error)
    if not wrong:
        yield from ((f"{place}.{name}", what) for name, what in KINDS[rule["kind"]].wrong(changed))


def _signatures(data):
    signed = [name for name in ("approved_by", "in_force_from") if name in data]
    if signed and "drafted_by" not in data:
        yield "drafted_by", "must be said where the file is approved"
    if len(signed) == 1:
        yield ("in_force_from" if signed == ["approved_by"] else "approved_by"), "must be said as well"
    if data.get("approved_by", "") and data.get("approved_by") == data.get("drafted_by"):
        yield "approved_by", "must be another person than drafted_by"
    if "in_force_from" in data and not _is_date(data["in_force_from"]):
        yield "in_force_from", f"{data['in_force_from']!r} is no day"


def _unknown(named, known, place, what):
    for n, name in enumerate(named):
        if name not in known:
            yield f"{place}[{n}]", f"{name!r} is none of the {what} of this file: {', '.join(known)}"


def _is_date(text):
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
