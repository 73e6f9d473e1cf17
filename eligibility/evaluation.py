"""The one evaluation behind checker, booking, review and preview: pure, from facts and terms to a decision."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Person
from eligibility.caps import Price
from eligibility.facts import Facts
from eligibility.models import Assessment, Policy
from eligibility.policies import kept_until, terms_of
from eligibility.reasons import ASK, MISSING, NOT_MET, ORDER, Reason
from eligibility.rule import Rule
from eligibility.terms import Entitlement

__all__ = ["Decision", "Price", "assess", "evaluate", "kept_until", "replay"]

YES, NO, TELL_US_MORE, ASK_A_PERSON = "yes", "no", "tell_us_more", "ask_a_person"
# The best first: to say one thing more is quicker than to wait for a person.
BEST = (YES, TELL_US_MORE, ASK_A_PERSON, NO)


@dataclass(frozen=True)
class Decision:
    """May they. ``prices`` has one entry a night wished for where the outcome is yes, else none.

    ``free_nights`` is how many nights the longest stay beginning on that day would have free; 0 where a rule other
    than the number of nights says no. ``policy`` is "name/version", ``entitlement`` the key of what is given.
    """

    outcome: str
    reasons: tuple[Reason, ...]
    entitlement: str
    prices: tuple[Price, ...]
    free_nights: int
    policy: str


def evaluate(policy: Policy, facts: Facts) -> Decision:
    """Decide for ``facts`` under ``policy``: by the entitlement that serves this person best. Reads nothing else."""
    terms = terms_of(policy)
    common = judged(terms.rules, facts)
    decisions = [_decide(entitlement, common, facts, terms.version) for entitlement in terms.entitlements]
    _distance, best = min(decisions, key=first)
    return best


def judged(rules: Iterable[Rule], facts: Facts) -> list[tuple[tuple, Reason]]:
    """Ask each rule, and put beside its reason the place that it takes among the others."""
    return [
        ((ORDER[reason.verdict], rule.rank, rule.id, place), reason)
        for rule in rules
        for place, reason in enumerate(rule.judge(facts))
    ]


def _decide(entitlement: Entitlement, common, facts, version):
    """The decision about one entitlement, after how far it is from the best that can be: the kindest outcome, the
    fewest refusals (of who one is before those of how many nights), the least to pay, the most free nights."""
    nights = entitlement.nights_on(facts.day)
    placed = [*common, *judged((*entitlement.rules, nights), facts)]
    reasons = tuple(reason for _place, reason in sorted(placed, key=first))
    outcome = _outcome(reasons)
    not_met = [reason.rule_id for reason in reasons if reason.verdict == NOT_MET]
    refused = len(not_met) - not_met.count(nights.id)
    prices = tuple(filter(None, nights.grant(facts).prices)) if outcome == YES and facts.wish.nights else ()
    free_nights = 0 if refused else nights.free_nights(facts)
    distance = (
        BEST.index(outcome),
        refused,
        len(not_met),
        sum(price.percent for price in prices),
        -free_nights,
        entitlement.key,
    )
    return distance, Decision(outcome, reasons, entitlement.key, prices, free_nights, version)


def first(pair):
    return pair[0]


def _outcome(reasons):
    verdicts = {reason.verdict for reason in reasons}
    for verdict, outcome in ((NOT_MET, NO), (MISSING, TELL_US_MORE), (ASK, ASK_A_PERSON)):
        if verdict in verdicts:
            return outcome
    return YES


def assess(person: Person, policy: Policy, facts: Facts, decision: Decision) -> Assessment:
    """Keep ``decision`` with all that it was made from, and return it: one statement."""
    return Assessment.objects.create(
        person=person,
        policy=policy,
        made_at=facts.now,
        outcome=decision.outcome,
        entitlement=decision.entitlement,
        facts=facts.as_data(),
        verdicts=[reason.as_verdict() for reason in decision.reasons],
    )


def replay(assessment: Assessment) -> Decision:
    """Decide again by the facts and the policy version of ``assessment``: the answer is the same at any time."""
    return evaluate(assessment.policy, Facts.from_data(assessment.facts))
