"""Drafting: the next rules of a network are copied, changed, previewed (`bookings/preview.py`), approved by a second.

A version that was approved is never edited: whoever wants it otherwise drafts the next one.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.acts import act
from accounts.models import Deed, Person, User
from accounts.phones import mask_phone
from accounts.record import record
from eligibility.models import Policy
from eligibility.policy_file import FINGERPRINT, WrongFile, errors_in, fingerprint, unsigned
from eligibility.reasons import NOT_MET, Fix, Reason, Refused, Sentence
from hostel.models import Network
from hostel.nights import business_day

# Who writes on a draft does this: nobody who did approves it.
DRAFTED, CHANGED, DISCARDED, APPROVED = "draft_policy", "change_policy", "discard_policy", "approve_policy"


def draft(network: Network, *, based_on: Policy, now: datetime, actor: User) -> Policy:
    """Write a copy of ``based_on`` as the next version of the rules of ``network``: a draft, in force for nobody.

    Raises ValueError where that is a version of another network.
    """
    if based_on.network_id != network.pk:
        raise ValueError("a draft is based on a version of its own network")

    def do():
        newest = Policy.objects.select_for_update().filter(network=network).order_by("-version").first()
        policy = Policy.objects.create(
            network=network,
            version=newest.version + 1,
            rules=_with_fingerprint(unsigned(based_on.rules)),
            drafted_by=called(actor),
            drafter=actor,
            written_at=now,
        )
        _record(DRAFTED, policy, now, actor, based_on=based_on.version)
        return policy

    return act(do)


def change(
    policy: Policy, rules: Mapping[str, Any], *, now: datetime, actor: User, wanted_from: date | None = None
) -> Policy:
    """Give the draft ``policy`` these ``rules`` (the data of a policy file) and, where one is named, its first day.

    What a file says of who drafted and approved it is left out: the office knows that itself. Whatever changes takes
    the preview with it. Raises WrongFile with every error and its place, and Refused with NOT_A_DRAFT.
    """
    try:
        rules = _whole_numbers(unsigned(rules))
        errors = errors_in(rules)
    except RecursionError as wrong:
        raise WrongFile(["is nested too deep"]) from wrong
    if not errors and rules["network"] != policy.network.slug:
        errors = [f"network: must be {policy.network.slug!r}, not {rules['network']!r}"]
    if errors:
        raise WrongFile(errors)

    def do():
        changed = _locked(policy)
        before = changed.rules, changed.wanted_from
        changed.rules = _with_fingerprint(rules)
        changed.wanted_from = wanted_from or changed.wanted_from
        if (changed.rules, changed.wanted_from) != before:
            changed.preview, changed.previewed_at, changed.previewed = None, None, ""
            changed.written_at = now
            changed.save(update_fields=["rules", "wanted_from", "preview", "previewed_at", "previewed", "written_at"])
            _record(CHANGED, changed, now, actor)
        return changed

    return act(do)


def discard(policy: Policy, *, now: datetime, actor: User) -> None:
    """Throw the draft away. Raises Refused with NOT_A_DRAFT where it was approved."""

    def do():
        gone = _locked(policy)
        _record(DISCARDED, gone, now, actor)
        gone.delete()

    act(do)


def approve(policy: Policy, *, now: datetime, actor: User) -> Policy:
    """Put the draft in force from the day it asks for; the coming stays stay as they are.

    Raises Refused with every reason against it: NOT_A_DRAFT, SAME_PERSON (who wrote on it does not approve it),
    NOT_PREVIEWED, CHANGED_SINCE_PREVIEW, NO_DATE, DATE_PAST (it begins tomorrow at the earliest).
    """

    def do():
        approved = _locked(policy)
        if against := list(_against(approved, now, actor)):
            raise Refused(*against)
        name = called(actor)
        # Two people may bear one name; their logins tell them apart.
        approved.approved_by = name if name != approved.drafted_by else f"{name} ({actor})"
        approved.approver, approved.approved_at = actor, now
        approved.in_force_from = approved.wanted_from
        # An approved row is kept for ever, and no person's case with it: how many there were stays.
        approved.preview = _counted(approved.preview)
        approved.save(update_fields=["approved_by", "approver", "approved_at", "in_force_from", "preview"])
        _record(APPROVED, approved, now, actor, in_force_from=approved.in_force_from.isoformat())
        return approved

    return act(do)


def why_not_approve(policy: Policy, *, now: datetime, actor: User) -> list[Reason]:
    """What stands against ``actor`` approving ``policy`` now: nothing, or the reasons that `approve` would raise."""
    return list(_against(policy, now, actor))


def _against(policy: Policy, now: datetime, actor: User) -> Iterator[Reason]:
    if not policy.is_draft:
        yield not_a_draft(policy)
        return
    if has_written_on(policy, actor):
        yield _reason(
            policy,
            "SAME_PERSON",
            Sentence(_("You wrote on this draft yourself; a second person approves it")),
            fix=Fix("second_person", _("Ask another officer"), _address(policy)),
        )
    if policy.previewed_at is None:
        yield _reason(
            policy,
            "NOT_PREVIEWED",
            Sentence(_("Nobody has looked yet whom these rules would hit")),
            fix=_preview(policy),
        )
    elif policy.previewed != mark_of(policy, now):
        yield _reason(
            policy,
            "CHANGED_SINCE_PREVIEW",
            Sentence(
                _("The preview of %(at)s was made for other rules than these, or against others in force"),
                {"at": policy.previewed_at},
            ),
            used=policy.previewed_at,
            fix=_preview(policy),
        )
    if policy.wanted_from is None:
        yield _reason(
            policy, "NO_DATE", Sentence(_("Say from which day these rules are to be in force")), fix=_date(policy)
        )
    elif policy.wanted_from < earliest(now):
        yield _reason(
            policy,
            "DATE_PAST",
            Sentence(
                _("Rules change from tomorrow on at the earliest: %(earliest)s; this draft says %(wanted)s"),
                {"earliest": earliest(now), "wanted": policy.wanted_from},
            ),
            used=policy.wanted_from,
            needed=earliest(now),
            fix=_date(policy),
        )


def standing(networks: Iterable[Network], day: date) -> dict[int, str]:
    """Where each version of ``networks`` stands on ``day``, by its id: draft, coming, in_force or past. One query."""
    found: dict[int, str] = {}
    in_force: set[int] = set()
    versions = Policy.objects.filter(network__in=networks).order_by("-in_force_from", "-version")
    for pk, network, first in versions.values_list("pk", "network_id", "in_force_from"):
        if first is None:
            found[pk] = "draft"
        elif first > day:
            found[pk] = "coming"
        else:
            found[pk] = "past" if network in in_force else "in_force"
            in_force.add(network)
    return found


def earliest(now: datetime) -> date:
    """The first day on which rules approved at ``now`` can be in force: no day on which others decided already."""
    return business_day(now) + timedelta(days=1)


def has_written_on(policy: Policy, user: User) -> bool:
    """Whether ``user`` drafted ``policy`` or changed it: then it is not for them to approve it."""
    if policy.drafter_id == user.pk or (policy.drafter_id is None and policy.drafted_by == called(user)):
        return True
    return Deed.objects.filter(about=_about(policy), what__in=(DRAFTED, CHANGED), actor=user).exists()


def basis_of(policy: Policy, now: datetime) -> Policy | None:
    """The version that would be in force without ``policy`` on the day it asks for (where it names none, tomorrow)."""
    versions = Policy.objects.filter(network=policy.network_id).exclude(pk=policy.pk)
    return versions.in_force(policy.wanted_from or earliest(now)).first()


def mark_of(policy: Policy, now: datetime, basis: Policy | None = None) -> str:
    """What a preview was made for: these rules, from this day on, instead of ``basis`` (looked up where not given)."""
    basis = basis or basis_of(policy, now)
    said = f"{policy.rules[FINGERPRINT]} {policy.wanted_from} {basis.pk if basis else None}"
    return hashlib.sha256(said.encode()).hexdigest()


def not_a_draft(policy: Policy) -> Reason:
    """The reason why an approved version does not change."""
    return _reason(
        policy,
        "NOT_A_DRAFT",
        Sentence(
            _("Version %(version)s was approved by %(name)s and stays as it is"),
            {"version": policy.version, "name": policy.approved_by},
        ),
        used=policy.approved_by,
        fix=Fix("draft", _("Draft the next version"), _address(policy)),
    )


def called(user: User) -> str:
    """How a login of the office is called: by the name of its person, else by its phone without the middle."""
    name = Person.objects.filter(user=user).values_list("name", flat=True).first()
    return name or mask_phone(user.phone)


# --- what differs ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Difference:
    """A value that is another: at ``place`` ("rules.age.max") it was ``old`` and is ``new``; None where it is not."""

    place: str
    old: Any
    new: Any


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """What differs between the data of two policies: by the names of rules, entitlements and proofs, wherever they
    stand; seasons are known by their days. The order of rules says nothing, so it is no difference."""
    return list(_differences("", unsigned(old), unsigned(new)))


def _differences(place, old, new):
    old, new = _by_name(old), _by_name(new)
    if old == new:
        return
    if not (isinstance(old, dict) and isinstance(new, dict)):
        yield Difference(place, old, new)
        return
    for name in dict.fromkeys([*old, *new]):
        yield from _differences(f"{place}.{name}" if place else str(name), old.get(name), new.get(name))


def _by_name(value):
    """A list of things that have names, as {name: thing}: of two with one name the second is "name#2"."""
    if not (isinstance(value, list) and value and all(isinstance(each, dict) for each in value)):
        return value
    named: dict[str, Any] = {}
    for each in value:
        name = _name(each)
        if name is None:
            return value
        again = sum(other.partition("#")[0] == name for other in named)
        named[f"{name}#{again + 1}" if again else name] = each
    return named


def _name(thing):
    if {"from", "until"} <= set(thing):
        return f"{thing['from']}–{thing['until']}"
    return thing.get("id") or thing.get("key")


# --- small things ----------------------------------------------------------------------------------------------------
def _locked(policy):
    """The row, read anew and kept from others; raises Refused where it is no draft any more."""
    row = Policy.objects.select_for_update(of=("self",)).select_related("network").get(pk=policy.pk)
    if not row.is_draft:
        raise Refused(not_a_draft(row))
    return row


def _counted(found):
    """What a preview found, without the cases and the stays that it lists."""
    if isinstance(found, list):
        return [_counted(each) for each in found]
    if not isinstance(found, dict):
        return found
    return {name: _counted(each) for name, each in found.items() if name not in ("cases", "listed")}


def _whole_numbers(rules):
    """A copy in which 3.0 is 3: JSON knows no difference, a policy file does."""

    def number(text):
        return int(float(text)) if float(text).is_integer() else float(text)

    return json.loads(json.dumps(rules), parse_float=number)


def _with_fingerprint(rules):
    return rules | {FINGERPRINT: fingerprint(rules)}


def _reason(policy, code, sentence, *, used=None, needed=None, fix=None):
    return Reason(code, NOT_MET, sentence, policy_version=str(policy), value_used=used, needed=needed, fix=fix)


def _preview(policy):
    return Fix("preview", _("Preview whom it hits"), f"{_address(policy)}#preview")


def _date(policy):
    return Fix("date", _("Choose the day"), f"{_address(policy)}#wanted_from")


def _address(policy):
    return f"/office/policies/{policy.pk}/"


def _about(policy):
    return f"policy {policy.pk}"


def _record(what, policy, now, actor, **values):
    values |= {"network": policy.network.slug, "version": policy.version}
    record(what, now=now, actor=actor, about=_about(policy), **values)
