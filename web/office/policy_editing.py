"""Adding things to the data of a policy and taking them out, with the keys that nobody has to think of."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.text import slugify

from eligibility.rules import KINDS
from web.office.policy_fields import dict_of, list_of


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
            for rule in list_of(gone.get("rules")):
                _forget_rule(data, rule.get("id"))
            for season in list_of(data.get("seasons")):
                _without(season, "entitlements", gone.get("key"))
        if not holder and around[-1] not in ("rules", "entitlements", "accepted"):
            _at(data, around[:-1]).pop(around[-1])
    elif isinstance(holder, dict) and last in holder:
        del holder[last]
        if around == ["purposes"]:
            for thing in (*list_of(data.get("entitlements")), *rules_of(data)):
                _without(thing, "purposes", last)
                for proof in list_of(thing.get("accepted")):
                    if isinstance(proof, dict):
                        _without(proof, "purposes", last)
        elif not holder and around[-1] == "rules":
            _at(data, around[:-1]).pop("rules")


def _forget_rule(data, gone):
    for season in list_of(data.get("seasons")):
        changes = season["set"]
        if gone in dict_of(changes.get("rules")):
            del changes["rules"][gone]
            if not changes["rules"]:
                del changes["rules"]


def _without(thing, name, gone):
    """Take ``gone`` out of the list ``name`` of a thing; where it was the last, the list goes where it may."""
    if gone in list_of(thing.get(name)):
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


def rules_of(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every rule of the data: those of all and those of each entitlement."""
    lists = [data.get("rules"), *(given.get("rules") for given in list_of(data.get("entitlements")))]
    return [rule for rules in lists for rule in list_of(rules)]


def new_key(words: str, what: str, taken: Iterable[str]) -> str:
    """A key made of the English ``words``, else of ``what``, that is none of ``taken``."""
    start = re.sub(r"[^a-z0-9]+", "_", slugify(words)).strip("_")[:30] or what
    taken, number, key = set(taken), 1, start
    while key in taken:
        number += 1
        key = f"{start}_{number}"
    return key
