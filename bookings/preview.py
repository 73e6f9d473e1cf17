"""Preview: whom new rules would hit. The decisions of the last 90 days and the coming stays are made anew by a draft.

What is compared with is the version that would else be in force on the draft's first day: a decision that an older
one made is made anew by both. Rows are read page by page, by key, so that memory does not grow with their number; a
sentence is only said where somebody reads it.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.acts import act
from accounts.models import User
from accounts.record import record
from bookings.cancelling import cancel
from bookings.models import Stay
from eligibility import drafting
from eligibility.evaluation import NO, YES, Decision, evaluate
from eligibility.facts import Facts
from eligibility.models import Assessment, Policy
from eligibility.policies import terms_of
from eligibility.reasons import ASK, CHINESE, ENGLISH, MET, MISSING, NOT_MET, Fix, Refused, not_met
from hostel.nights import business_day

LOOKS_BACK = timedelta(days=90)
PAGE = 2000
CASES = 5  # of each rule; more of the same teach nobody anything
LISTED = 500  # of the coming stays; there are always more beds than an officer would end one by one

REFUSED, ALLOWED, ASKED, SPARED = "newly_refused", "newly_allowed", "newly_asked", "no_longer_asked"
PAYS_MORE, PAYS_LESS = "pays_more", "pays_less"
GROUPS = (REFUSED, ALLOWED, ASKED, SPARED, PAYS_MORE, PAYS_LESS)
HARD = (REFUSED, ASKED, PAYS_MORE)  # what a guest with a bed would want to know


class SaidReason(TypedDict):
    """A reason as a person reads it, in both languages."""

    code: str
    verdict: str
    rule_id: str
    sentence_zh: str
    sentence_en: str


class Case(TypedDict):
    """A decision that would be another: its code and its day, and what the rule said and would say. Never a name."""

    assessment: str
    day: str
    before: str  # outcomes
    after: str
    reasons_before: list[SaidReason]
    reasons_after: list[SaidReason]


class ByRule(TypedDict):
    """How many decisions a rule changes, with up to `CASES` of them, the latest first."""

    rule: str
    kind: str
    count: int
    cases: list[Case]


class Group(TypedDict):
    """Decisions that change in one way. One may stand under several rules, so the total stands apart."""

    count: int
    rules: list[ByRule]


class TouchedStay(TypedDict):
    """A stay to come that the new rules would not give as it was given."""

    stay: str
    hostel: str  # slug
    hostel_zh: str
    hostel_en: str
    arrival: str
    departure: str
    how: str  # one of HARD
    reasons: list[SaidReason]


class Stays(TypedDict):
    seen: int
    touched: int
    listed: list[TouchedStay]


class Preview(TypedDict):
    """What a preview found, as JSON values: so it is kept with the draft.

    Days are ISO dates and the moment RFC 3339; ``compared_with`` is "name/version", or empty where no rules would
    else be in force.
    """

    at: str
    first: str
    last: str
    compared_with: str
    seen: int
    same: int
    newly_refused: Group
    newly_allowed: Group
    newly_asked: Group
    no_longer_asked: Group
    pays_more: Group
    pays_less: Group
    stays: Stays


def preview(policy: Policy, *, now: datetime, actor: User | None = None) -> Preview:
    """Decide anew by the draft ``policy`` what was decided in the last 90 days, and the coming stays.

    The answer is kept with the draft, which can then be approved as long as it does not change. Reads outside of any
    transaction, so that nobody waits for it. Raises Refused with NOT_A_DRAFT.
    """
    basis = drafting.basis_of(policy, now)
    changes = _Changes(policy, basis)
    touched = _Touched(changes)
    for code, made_at, made_by, outcome, facts in _decisions(policy, now):
        changes.see(code, made_at, made_by, outcome, facts)
    for row in _coming(policy, now):
        touched.see(*row)
    found = Preview(
        at=now.isoformat(),
        first=business_day(now - LOOKS_BACK).isoformat(),
        last=business_day(now).isoformat(),
        compared_with=str(basis) if basis else "",
        seen=changes.seen,
        same=changes.seen - sum(changes.counts.values()),
        newly_refused=changes.group(REFUSED),
        newly_allowed=changes.group(ALLOWED),
        newly_asked=changes.group(ASKED),
        no_longer_asked=changes.group(SPARED),
        pays_more=changes.group(PAYS_MORE),
        pays_less=changes.group(PAYS_LESS),
        stays=Stays(seen=touched.seen, touched=touched.count, listed=touched.listed),
    )

    def keep():
        mark = drafting.mark_of(policy, now, basis)
        drafts = Policy.objects.filter(pk=policy.pk).drafts()
        if not drafts.update(preview=found, previewed_at=now, previewed=mark):
            raise Refused(drafting.not_a_draft(policy))
        about = f"policy {policy.pk}"
        record("preview_policy", now=now, actor=actor, about=about, seen=changes.seen, **changes.counts)
        policy.preview, policy.previewed_at, policy.previewed = dict(found), now, mark

    act(keep)
    return found


def approve(policy: Policy, *, now: datetime, actor: User, end_stays: Iterable[str] = ()) -> Policy:
    """Put the draft in force as `drafting.approve` does, and end the stays of these codes; every other stay is kept.

    Each is one that the preview lists; its guest gets a letter, and the nights return. Raises Refused with the
    reasons of `drafting.approve`, NOT_TOUCHED for a stay that the preview does not list, or why one can't be ended.
    """

    def do():
        found = Policy.objects.values_list("preview", flat=True).get(pk=policy.pk)
        approved = drafting.approve(policy, now=now, actor=actor)
        chosen = set(end_stays)
        if unknown := chosen - {stay["stay"] for stay in found["stays"]["listed"]}:
            raise Refused(*map(_not_touched, sorted(unknown)))
        for stay in Stay.objects.standing(now).filter(code__in=chosen, checked_in_at=None).order_by("guest", "pk"):
            cancel(stay, now=now, actor=actor, cause=Stay.Cause.HOUSE, letter="ended_by_new_rules")
        return approved

    return act(do)


def _not_touched(code):
    return not_met(
        "NOT_TOUCHED",
        _("Stay %(code)s is none that these rules touch, so it is not ended"),
        {"code": code},
        value_used=code,
        fix=Fix("preview", _("Preview whom it hits"), "#preview"),
    )


class _Changes:
    """What becomes of decisions: how many, by rule, and a few of each as cases."""

    def __init__(self, policy: Policy, basis: Policy | None):
        self.policy, self.basis = policy, basis
        self.seen = 0
        self.counts = dict.fromkeys(GROUPS, 0)
        self.rules: dict[str, dict[str, ByRule]] = {group: {} for group in GROUPS}
        self.kinds = (_kinds(basis) if basis else {}) | _kinds(policy)

    def see(self, code: str, made_at: datetime, made_by: int, outcome: str, data: dict) -> None:
        self.seen += 1
        change = self.change(made_by, outcome, data)
        if change is None:
            return
        group, before, after = change
        self.counts[group] += 1
        for rule in _rules_of(group, before, after):
            by_rule = self.rules[group].setdefault(
                rule, ByRule(rule=rule, kind=self.kinds.get(rule, ""), count=0, cases=[])
            )
            by_rule["count"] += 1
            if len(by_rule["cases"]) < CASES:
                by_rule["cases"].append(
                    Case(
                        assessment=code,
                        day=business_day(made_at).isoformat(),
                        before=before.outcome,
                        after=after.outcome,
                        reasons_before=said(before, rule),
                        reasons_after=said(after, rule),
                    )
                )

    def change(self, made_by: int, outcome: str, data: dict) -> tuple[str, Decision, Decision] | None:
        """How the decision changes, before and after; None where it stays the same.

        What the compared version decided itself is as it was kept: only where something changes it is made again.
        """
        if self.basis is None:  # no rules would be in force: there is nothing to compare with
            return None
        facts = Facts.from_data(data)
        after = evaluate(self.policy, facts)
        pays = after.outcome == outcome == YES and facts.wish.accept_price
        if made_by == self.basis.pk and after.outcome == outcome and not pays:
            return None
        before = evaluate(self.basis, facts)
        group = _group(before, after)
        return (group, before, after) if group else None

    def group(self, name: str) -> Group:
        rules = sorted(self.rules[name].values(), key=lambda by_rule: (-by_rule["count"], by_rule["rule"]))
        return Group(count=self.counts[name], rules=rules)


class _Touched:
    """The coming stays that would be given otherwise: all are counted, the first are listed."""

    def __init__(self, changes: _Changes):
        self.changes = changes
        self.seen = self.count = 0
        self.listed: list[TouchedStay] = []

    def see(self, code, hostel, hostel_zh, hostel_en, arrival, departure, made_by, outcome, data) -> None:
        self.seen += 1
        change = self.changes.change(made_by, outcome, data)
        if change is None or change[0] not in HARD:
            return
        self.count += 1
        if len(self.listed) < LISTED:
            how, _before, after = change
            self.listed.append(
                TouchedStay(
                    stay=code,
                    hostel=hostel,
                    hostel_zh=hostel_zh,
                    hostel_en=hostel_en,
                    arrival=arrival.isoformat(),
                    departure=departure.isoformat(),
                    how=how,
                    reasons=said(after, after.nights.id if how == PAYS_MORE else ""),
                )
            )


def said(decision: Decision, rule: str = "") -> list[SaidReason]:
    """The reasons of ``decision`` that stand against a yes, and what ``rule`` (its id) says, word for word."""
    reasons = [reason for reason in decision.reasons if reason.verdict != MET or reason.rule_id == rule]
    return [
        SaidReason(
            code=reason.code,
            verdict=reason.verdict,
            rule_id=reason.rule_id,
            sentence_zh=reason.sentence.say(CHINESE),
            sentence_en=reason.sentence.say(ENGLISH),
        )
        for reason in reasons
    ]


def _group(before, after):
    """The way in which a decision changes, if it does."""
    if before.outcome == after.outcome:
        if after.outcome != YES:
            return None
        cost_before, cost_after = (sum(price.weight for price in each.prices) for each in (before, after))
        return PAYS_MORE if cost_after > cost_before else PAYS_LESS if cost_after < cost_before else None
    if NO in (before.outcome, after.outcome):
        return REFUSED if after.outcome == NO else ALLOWED
    if YES in (before.outcome, after.outcome):
        return ASKED if before.outcome == YES else SPARED
    return None


def _rules_of(group, before, after):
    """The ids of the rules by which a decision changes so, each once."""
    if group in (PAYS_MORE, PAYS_LESS):
        return [after.nights.id]
    speaking = after if group in (REFUSED, ASKED) else before
    verdicts = {NOT_MET} if group in (REFUSED, ALLOWED) else {MISSING, ASK}
    return dict.fromkeys(reason.rule_id for reason in speaking.reasons if reason.verdict in verdicts)


def _kinds(policy):
    """The kind of each rule of ``policy``, by its id."""
    terms = terms_of(policy).always
    nights = [given.nights for given in terms.entitlements]
    return {rule.id: rule.kind for rule in (*terms.every_rule(), *nights)}


def _decisions(policy: Policy, now: datetime) -> Iterator[tuple]:
    """Code, moment, version's id, outcome and facts of what was decided in the network, the latest first."""
    made = Assessment.objects.filter(policy__network=policy.network_id, made_at__gt=now - LOOKS_BACK)
    return _by_key(made, "code", "made_at", "policy_id", "outcome", "facts")


def _coming(policy: Policy, now: datetime) -> Iterator[tuple]:
    """The stays to come from the draft's first day on, with what was decided about them."""
    first: date = max(policy.wanted_from or drafting.earliest(now), drafting.earliest(now))
    stays = Stay.objects.standing(now).filter(hostel__network=policy.network_id, arrival__gte=first)
    hostel = ("hostel__slug", "hostel__name_zh", "hostel__name_en")
    decided = ("assessment__policy_id", "assessment__outcome", "assessment__facts")
    return _by_key(stays, "code", *hostel, "arrival", "departure", *decided)


def _by_key(rows: QuerySet[Any], *columns: str) -> Iterator[tuple]:
    """The ``columns`` of ``rows``, the latest first, by pages that begin where the last one ended."""
    rows = rows.order_by("-pk").values_list("pk", *columns)
    page = list(rows[:PAGE])
    while page:
        for _pk, *values in page:
            yield tuple(values)
        last, is_full = page[-1][0], len(page) == PAGE
        page = []  # before the next one is read: two would be twice the memory
        if is_full:
            page = list(rows.filter(pk__lt=last)[:PAGE])
