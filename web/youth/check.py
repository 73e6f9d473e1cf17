"""May I: a few taps, and every rule answers (Y2). The answers live in the address; nothing is stored."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Person
from accounts.reasons import ASK, MET, MISSING, NOT_MET, Reason, Refused, Sentence
from bookings.awaiting import held_until, waits_for
from bookings.decisions import Decided
from bookings.facts import facts_of_stranger
from bookings.models import Stay
from eligibility.evaluation import evaluate
from eligibility.policies import policy_in_force, terms_of
from eligibility.questions import GRADUATION, every_question, question_of, questions_about
from hostel.models import Hostel
from hostel.nights import business_day
from hostel.spans import Span
from web.youth import asked
from web.youth.questions import groups, months, purposes_of

WINDOW = "WINDOW"


@require_safe
def check(request):
    """Ask what the policy in force asks; once anything is answered, list every rule with its verdict."""
    now = timezone.now()
    today = business_day(now)
    said = asked.answers(request.GET)
    house = Hostel.objects.on(today).order_by("pk").first()
    try:
        policy = policy_in_force(house.network_id if house else 0, today)
    except Refused as no:
        return render(request, "web/youth/check.html", {"section": "stay", "no": no})
    # Whether one takes a price is asked where nights are chosen: here the answer says that there is one.
    wish = {"purpose": said.get("purpose"), "accept_price": True}
    facts = facts_of_stranger(house, policy, now, **wish, **asked.profile(said))
    month_decides = GRADUATION.key in {question.key for question in questions_about(policy, facts)}
    page = {
        "section": "stay",
        "said": said,
        "questions": groups(every_question(policy, facts), said, today, {}),
        "months": months() if "month" in said or ("graduation" in said and month_decides) else [],
        "purposes": purposes_of(policy),
        "here": asked.address(request.path, said),
        "book_href": asked.address(reverse("home"), said),
    }
    if said:
        words = in_words(Decided(Person(), policy, facts, evaluate(policy, facts)))
        page |= words | {
            "looked_at_by": _who_may_agree(policy, today, words),
            "against": [reason for reason in words["listed"] if reason.verdict != MET],
            "others": [reason for reason in words["listed"] if reason.verdict == MET],
        }
    return render(request, "web/youth/check.html", page)


def _who_may_agree(policy, today, words):
    """Who may be asked to look where all is answered and it is no: ``whom``, ``within``; None where it is counted."""
    terms, review = terms_of(policy).on(today), terms_of(policy).review
    against = {reason.rule_id for reason in words["decision"].reasons if reason.verdict in (NOT_MET, ASK)}
    clearable = {rule.id for rule in terms.every_rule() if rule.clearable}
    if not words["not_met"] or words["answers"] or not against <= clearable:
        return None
    return {"whom": review.whom, "within": Sentence("%(within)s", {"within": Span.read(review.within).said})}


def in_words(decided: Decided) -> dict:
    """What a page says of a decision: the ``decision``, its reasons as they are ``listed``, how many rules are
    ``not_met``, how many ``answers`` and ``proofs`` are missing, for what a bed would wait (``awaits``) and until when
    (``waits_until``), and the reason that a person has to look at (``person``)."""
    reasons = decided.decision.reasons
    missing = [reason for reason in reasons if reason.verdict == MISSING]
    answers = [reason for reason in missing if question_of(reason)]
    awaits = waits_for(decided)
    until = held_until(decided, awaits, _arrival(decided), decided.facts.now) if awaits else None
    return {
        "decision": decided.decision,
        "listed": without_their_time(reasons) if awaits == Stay.Awaits.PROOF else reasons,
        "not_met": sum(reason.verdict == NOT_MET for reason in reasons),
        "missing": len(missing),
        "answers": len(answers),
        "proofs": len(missing) - len(answers),
        "awaits": awaits,
        "waits_until": until,
        "person": next((reason for reason in reasons if reason.verdict == ASK), None),
    }


def without_their_time(reasons: Iterable[Reason]) -> list[Reason]:
    """The reasons, with no time of its own at what is missing: for pages that say until when the bed waits for it."""
    return [replace(reason, by=None) if reason.verdict == MISSING else reason for reason in reasons]


def _arrival(decided):
    """The day of arrival that was chosen, else the first that can be booked now: with notice that is not today."""
    facts = decided.facts
    if facts.wish.arrival is not None:
        return facts.wish.arrival
    opens = [reason.needed["first"] for reason in decided.decision.reasons if reason.code == WINDOW]
    return max([facts.day, *map(date.fromisoformat, opens)])
