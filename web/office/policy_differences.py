"""What differs between two versions, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from eligibility.drafting import differences
from web.office.policy_fields import in_language
from web.office.policy_form import PolicyForm
from web.office.policy_words import choices_of, name_of


@dataclass(frozen=True)
class Change:
    """One difference: where, what it was and what it is; "" where there was or is nothing."""

    place: str
    old: str
    new: str


def changes_between(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """The differences from ``old`` to ``new``, both the data of a policy, as a person reads them."""
    before, after = _Words(old), _Words(new)
    return [
        Change(
            after.place(each.place, before),
            before.said(each.place, each.old),
            after.said(each.place, each.new),
        )
        for each in differences(old, new)
    ]


class _Words:
    """The words of one version: what its rules and entitlements are called, and what they say."""

    def __init__(self, data):
        form = PolicyForm(data)
        self.rules = {rule.fixed["id"]: rule for rule in form.every_rule()}
        self.entitlements = {given.fixed["key"]: given for given in form.entitlements}
        self.seasons = {f"{card.fields['from'].text}–{card.fields['until'].text}": card for card in form.seasons}
        self.purposes = form.choices.purposes
        self.proofs = {
            (rule.fixed["id"], proof.value["key"]): in_language(proof.value.get("label"))
            for rule in form.every_rule()
            if rule.kind == "evidence"
            for proof in rule.fields["accepted"].rows
            if isinstance(proof.value, dict) and "key" in proof.value
        }

    def place(self, place, other):
        """The way to a value, in names."""
        return " › ".join(self._steps(place.split("."), other))

    def _steps(self, steps, other):
        where = ""
        for n, step in enumerate(steps):
            before = steps[n - 1] if n else ""
            if before == "rules":
                rule = self.rules.get(step) or other.rules.get(step)
                where = rule.fixed["kind"] if rule else ""
                yield rule.title if rule else step
            elif before == "entitlements":
                given = self.entitlements.get(step) or other.entitlements.get(step)
                yield given.title if given else step
            elif before == "seasons":
                season = self.seasons.get(step) or other.seasons.get(step)
                yield f"{season.title} ({step})" if season else step
            elif before == "purposes" and n == 1:
                yield self.purposes.get(step) or other.purposes.get(step) or step
            elif before == "accepted" and (proof := (steps[n - 2], step)) in self.proofs | other.proofs:
                yield self.proofs.get(proof) or other.proofs.get(proof) or step
            elif step not in ("set",) and not (step == "rules" and n + 1 < len(steps)):
                yield str(name_of(step, where))

    def said(self, place, value):
        """A value in words."""
        steps = place.split(".")
        if value is None:
            return ""
        around = steps[-2] if len(steps) > 1 else ""
        if around == "rules" and steps[-1] in self.rules and isinstance(value, dict) and "kind" in value:
            return self.rules[steps[-1]].said
        if around == "entitlements" and steps[-1] in self.entitlements and isinstance(value, dict):
            given = self.entitlements[steps[-1]]
            return _("{name}: {value}").format(name=given.title, value=given.fields["caps"].said)
        if around == "seasons" and steps[-1] in self.seasons and isinstance(value, dict):
            season = self.seasons[steps[-1]]
            return _("{name}: {value}").format(name=season.said, value=season.fields["caps"].said)
        kind = next((self.rules[step].fixed["kind"] for step in steps if step in self.rules), "")
        return self._plain(value, steps[-1], kind)

    def _plain(self, value, name, kind):
        if isinstance(value, bool):
            return pgettext("yes or no", "yes") if value else pgettext("yes or no", "no")
        if isinstance(value, list):
            return _(", ").join(self._plain(each, name, kind) for each in value)
        if isinstance(value, dict):
            if words := in_language(value) or in_language(value.get("label")):
                return words
            inside = (f"{name_of(each, kind)} {self._plain(some, each, kind)}" for each, some in value.items())
            return _(", ").join(inside)
        if name in ("purposes", "entitlements"):
            return self.purposes.get(value) or str(value)
        return str(choices_of([value], name, kind)[0][1]) if isinstance(value, str) else str(value)
