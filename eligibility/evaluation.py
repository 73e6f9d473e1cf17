"""The one evaluation behind checker, booking, review and preview: pure, from facts and terms to a decision."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from eligibility.caps import Price
from eligibility.facts import Facts
from eligibility.models import Assessment, Policy, new_code
from eligibility.policies import kept_until, terms_of
from eligibility.reasons import ASK, CHINESE, ENGLISH, MET, MISSING, NOT_MET, ORDER, Reason, Sentence
from eligibility.rule import Rule
from eligibility.rules.nights import Nights
from eligibility.terms import Entitlement, Terms
from hostel.prepared import insert

__all__ = ["Decision", "Price", "assess", "evaluate", "kept_until", "replay"]

YES, NO, TELL_US_MORE, ASK_A_PERSON = "yes", "no", "tell_us_more", "ask_a_person"
# The best first: to say one thing more is quicker than to wait for a person.
BEST = (YES, TELL_US_MORE, ASK_A_PERSON, NO)
# Of alternatives, what can be said at once comes nearer than what a person must look at.
KINDEST = (MET, MISSING, ASK, NOT_MET)
AGREED = Sentence(_("A person has looked at this and agreed"))


@dataclass(frozen=True)
class Decision:
    """May they. ``prices`` has one entry a night wished for, none where the outcome is no.

    ``free_nights`` is how many nights the longest stay beginning on that day would have free; 0 where a rule other
    than the number of nights says no. ``policy`` is "name/version", ``entitlement`` the key of what is given and
    ``label`` what people call it.
    """

    outcome: str
    reasons: tuple[Reason, ...]
    entitlement: str
    label: Sentence
    prices: tuple[Price, ...]
    policy: str
    nights: Nights
    facts: Facts

    @cached_property
    def free_nights(self) -> int:
        refused = any(reason.verdict == NOT_MET and reason.rule_id != self.nights.id for reason in self.reasons)
        return 0 if refused else self.nights.free_nights(self.facts)


def evaluate(policy: Policy, facts: Facts) -> Decision:
    """Decide for ``facts`` under ``policy``: by the entitlement that serves this person best. Reads nothing else."""
    terms = terms_of(policy)
    today = terms.on(facts.day)
    common = judged(today.rules, facts, terms)
    decisions = [_decide(given, common, facts, terms) for given in today.entitlements]
    if len(decisions) == 1:
        return decisions[0]
    distances = [_distance(decision) for decision in decisions]
    nearest = [decision for decision, far in zip(decisions, distances, strict=True) if far == min(distances)]
    # Only among those that are as good: how many nights would be free takes longer to say than all the rest.
    return nearest[0] if len(nearest) == 1 else min(nearest, key=lambda one: (-one.free_nights, one.entitlement))


def judged(rules: Iterable[Rule], facts: Facts, terms: Terms) -> list[tuple[tuple, Reason]]:
    """Ask each rule, and put beside its reason the place that it takes among the others.

    What a person has agreed to is met, and a question to a person says who answers it and by when.
    """
    found = []
    alternatives = {}
    for rule in rules:
        if rule.either:
            alternatives[rule.id] = rule.either
        for place, reason in enumerate(rule.judge(facts)):
            if reason.verdict != MET:
                if rule.may_be_cleared(facts) and facts.is_cleared(rule.id):
                    reason = replace(reason, verdict=MET, sentence=AGREED, fix=None, by=None)
                elif reason.verdict == ASK:
                    due = terms.review.due(facts.now, facts.shifted_days)
                    reason = replace(reason, by=due, whom=terms.review.whom)
                elif reason.verdict == MISSING and not terms.order.books_first:
                    reason = replace(reason, by=None)  # no bed waits for it
            found.append(((ORDER[reason.verdict], rule.rank, rule.id, place), reason))
    return _nearest(found, alternatives) if alternatives else found


def _nearest(found, alternatives):
    """Of the rules that are alternatives the one that comes nearest; what is against the others is not said.

    Where several come as near and none of them is met, each says that one is enough.
    """
    far: dict[str, int] = {}
    for _place, reason in found:
        far[reason.rule_id] = max(far.get(reason.rule_id, 0), KINDEST.index(reason.verdict))
    best = {
        each: min(far[rule] for rule in alternatives if alternatives[rule] == each) for each in alternatives.values()
    }
    said = []
    for place, reason in found:
        each = alternatives.get(reason.rule_id)
        if each is not None:
            if far[reason.rule_id] > best[each]:
                continue
            as_near = [rule for rule in alternatives if alternatives[rule] == each and far[rule] == best[each]]
            if reason.verdict != MET and len(as_near) > 1:
                values = {"said": (reason.sentence.say(CHINESE), reason.sentence.say(ENGLISH))}
                reason = replace(reason, sentence=Sentence(_("One of several is enough: %(said)s"), values))
        said.append((place, reason))
    return said


def _decide(entitlement: Entitlement, common, facts, terms):
    placed = [*common, *judged((*entitlement.rules, entitlement.nights), facts, terms)]
    reasons = tuple(reason for _place, reason in sorted(placed, key=first))
    outcome = _outcome(reasons)
    given = outcome != NO and facts.wish.nights
    prices = tuple(filter(None, entitlement.nights.grant(facts).prices)) if given else ()
    return Decision(
        outcome, reasons, entitlement.key, entitlement.label, prices, terms.version, entitlement.nights, facts
    )


def _distance(decision):
    """How far a decision is from the best that can be: the kindest outcome, the fewest refusals (of who one is before
    those of how many nights), the least to pay, the fewest things still to be said."""
    not_met = [reason.rule_id for reason in decision.reasons if reason.verdict == NOT_MET]
    return (
        BEST.index(decision.outcome),
        len(not_met) - not_met.count(decision.nights.id),
        len(not_met),
        sum(price.weight for price in decision.prices),
        sum(reason.verdict == MISSING for reason in decision.reasons),
    )


def first(pair):
    return pair[0]


def _outcome(reasons):
    verdicts = {reason.verdict for reason in reasons}
    for verdict, outcome in ((NOT_MET, NO), (MISSING, TELL_US_MORE), (ASK, ASK_A_PERSON)):
        if verdict in verdicts:
            return outcome
    return YES


def assess(
    person: Person,
    policy: Policy,
    facts: Facts,
    decision: Decision,
    act: str = Assessment.Act.BOOK,
    about: str = "",
    code: str = "",
) -> Assessment:
    """Keep ``decision`` with all that it was made from: one statement. The arguments are those of `assessment_of`."""
    return insert([assessment_of(person, policy, facts, decision, act, about, code)])[0]


def assessment_of(
    person: Person,
    policy: Policy,
    facts: Facts,
    decision: Decision,
    act: str = Assessment.Act.BOOK,
    about: str = "",
    code: str = "",
) -> Assessment:
    """The row that keeps ``decision`` with all that it was made from, not yet written.

    ``act`` is what asked for it, ``about`` the code of the stay it led to, ``code`` its own where it has one already.
    """
    return Assessment(
        person=person,
        policy=policy,
        made_at=facts.now,
        act=act,
        about=about,
        code=code or new_code(),
        outcome=decision.outcome,
        entitlement=decision.entitlement,
        facts=facts.as_data(),
        verdicts=[reason.as_verdict() for reason in decision.reasons],
    )


def replay(assessment: Assessment) -> Decision:
    """Decide again by the facts and the policy version of ``assessment``: the answer is the same at any time."""
    return evaluate(assessment.policy, Facts.from_data(assessment.facts))
