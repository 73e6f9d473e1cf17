"""Reviews: what is put to a person, who has it open, and the one answer it gets.

What an answer does to a stay is `bookings/reviewing.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.acts import act
from accounts.models import User
from accounts.phones import mask_phone
from accounts.record import record
from eligibility.facts import Facts
from eligibility.models import Assessment, Evidence, Policy, Review
from eligibility.policies import terms_of
from eligibility.reasons import CHINESE, ENGLISH, MISSING, Fix, Reason, Refused, Sentence, not_met
from hostel.nights import business_day
from hostel.working_days import reach

LOOK = timedelta(minutes=5)  # so long the others see that somebody has it open
UNDO = timedelta(minutes=5)  # so long an answer can be taken back, and is not told
CLEARS_AT_MOST = timedelta(days=3660)
ANSWERS = (Review.Decision.PASSED, Review.Decision.SENT_BACK, Review.Decision.REFUSED)  # what a reviewer may say
LONGEST_WORDS = 500


@dataclass(frozen=True)
class Because:
    """Why a reviewer does not pass something, as the person is told; ``number`` is its key on the keyboard."""

    key: str
    number: int
    sentence: Sentence
    refuses: bool = False  # nothing that could be sent again would help


def _because(number: int, key: str, text: Any, refuses: bool = False) -> Because:
    return Because(key, number, Sentence(text), refuses)


BECAUSE = {
    each.key: each
    for each in (
        _because(1, "BLURRED", _("it cannot be read: too dark, blurred or cut off")),
        _because(2, "WRONG_DOCUMENT", _("it is not one of the accepted proofs")),
        _because(3, "WRONG_NAME", _("it is not in your name")),
        _because(4, "OUT_OF_DATE", _("its dates do not fit the nights you asked for")),
        _because(5, "NOT_THE_PURPOSE", _("it does not show what you come for")),
        _because(6, "PAGES_MISSING", _("pages are missing")),
        _because(7, "NOT_VERIFIED", _("it could not be verified")),
        _because(8, "FALSE_PROOF", _("it is not genuine"), refuses=True),
        _because(9, "OTHER", _("another reason")),
    )
}
FALSE_PROOF = "FALSE_PROOF"


# --- asking ---------------------------------------------------------------------------------------------------------
def due(policy: Policy, when: Facts | datetime, kind: str) -> datetime:
    """Return the moment by which a question of this kind is answered, by the policy and the working calendar.

    ``when`` is the moment it is asked, or the facts that carry it (and the shifted days: no statement then).
    """
    terms = terms_of(policy)
    now, shifted = (when.now, when.shifted_days) if isinstance(when, Facts) else (when, reach(when))
    if kind == Review.Kind.APPEAL and terms.appeal:
        return terms.appeal.due(now, shifted)
    return terms.review.due(now, shifted)


def ask(
    assessment: Assessment,
    kind: str,
    *,
    rules: Iterable[str],
    due_at: datetime,
    now: datetime,
    note: str = "",
    appeal_of: Review | None = None,
    actor: User | None = None,
) -> Review:
    """Put a question about ``assessment`` to a person, who answers until ``due_at``; ``rules`` are ids of rules.

    There is one open question about a decision: where one stands already, it is returned.
    """

    def do():
        if asked := Review.objects.filter(assessment=assessment, decided_at=None).first():
            return asked
        named = list(dict.fromkeys(rules))
        review = Review.objects.create(
            assessment=assessment,
            kind=kind,
            rules=named,
            note=note,
            asked_at=now,
            due_at=due_at,
            appeal_of=appeal_of,
            not_by=appeal_of.decided_by if appeal_of else None,
        )
        record("ask_review", now=now, actor=actor, person=assessment.person, about=assessment.code, kind=kind,
               rules=named)  # fmt: skip
        return review

    return act(do)


def withdraw(found: QuerySet[Review], now: datetime) -> int:
    """Close the open ones of ``found``, which nobody needs to answer any more; return how many."""
    return found.filter(decided_at=None).update(
        decided_at=now, decision=Review.Decision.WITHDRAWN, looked_at_by=None, looked_at_until=None
    )


def put_back(found: QuerySet[Review], withdrawn_at: datetime) -> int:
    """Open those of ``found`` again that were withdrawn at that moment, for what they are about is there again; return
    how many."""
    taken = found.filter(decision=Review.Decision.WITHDRAWN, decided_at=withdrawn_at)
    return taken.update(decided_at=None, decision="")


# --- reading --------------------------------------------------------------------------------------------------------
def with_all() -> QuerySet[Review]:
    """Reviews with their decision, person, policy and reviewers, in one statement."""
    return Review.objects.select_related(
        "assessment__person", "assessment__policy__network", "looked_at_by__person", "decided_by__person", "appeal_of"
    )


def history(review: Review) -> list[Review]:
    """The other reviews of this person in this network, the latest first: one statement."""
    about = review.assessment
    others = with_all().filter(assessment__person=about.person_id, assessment__policy__network=about.policy.network_id)
    return list(others.exclude(pk=review.pk).order_by("-asked_at", "-pk")[:50])


def evidence_of(review: Review) -> QuerySet[Evidence]:
    """The proofs that the review is about: handed in for this decision, or for another about the same stay."""
    return Evidence.objects.filter(_same_matter(review)).order_by("-handed_in_at", "-pk")


def later_than(review: Review) -> QuerySet[Review]:
    """The reviews of the same matter that were asked when this one was answered, or later."""
    assert review.decided_at is not None  # it is asked of answered ones
    return Review.objects.filter(_same_matter(review), asked_at__gte=review.decided_at).exclude(pk=review.pk)


def _same_matter(review):
    about = review.assessment
    return Q(assessment=about) | Q(assessment__about=about.about) if about.about else Q(assessment=about)


def see(review: Review, *, viewer: User, now: datetime) -> None:
    """Write down that ``viewer`` reads what the person told and sent."""
    about = review.assessment
    record("see_review", now=now, actor=viewer, person=about.person, about=about.code, review=review.pk)


def looked_at(review: Review, now: datetime) -> User | None:
    """Who has it open at ``now``."""
    return review.looked_at_by if review.looked_at_until and review.looked_at_until > now else None


def name_of(user: User) -> str:
    """How a member of staff is named to another: as the person they are, else by their masked phone."""
    try:
        name = user.person.name
    except ObjectDoesNotExist:
        name = ""
    return name or mask_phone(user.phone)


# --- looking --------------------------------------------------------------------------------------------------------
def look(review: Review, *, user: User, now: datetime) -> Review:
    """Open ``review`` for ``user`` for five minutes; looking again keeps it open longer.

    Raises Refused with LOOKED_AT, which names who has it and until when, or with DECIDED.
    """

    def do():
        free = Q(looked_at_by=None) | Q(looked_at_by=user) | Q(looked_at_until=None) | Q(looked_at_until__lte=now)
        mine = Review.objects.filter(free, pk=review.pk, decided_at=None)
        if not mine.update(looked_at_by=user, looked_at_until=now + LOOK):
            raise Refused(_why_not_mine(with_all().get(pk=review.pk)))
        return with_all().get(pk=review.pk)

    return act(do)


def let_go(review: Review, *, user: User) -> Review:
    """Close ``review`` again, so that another can have it; what somebody else has open stays open."""
    Review.objects.filter(pk=review.pk, looked_at_by=user).update(looked_at_by=None, looked_at_until=None)
    return with_all().get(pk=review.pk)


# --- answering ------------------------------------------------------------------------------------------------------
def why_not_decide(review: Review, user: User, now: datetime) -> Reason | None:
    """Why ``user`` may not answer ``review`` at ``now``, or None. That they may review at all is the door's."""
    if review.decided_at is not None:
        return _decided(review)
    if review.not_by_id == user.pk:
        return _second_person(_("You decided what this appeal is about: somebody else answers it"))
    if review.assessment.person.user_id == user.pk:
        return _second_person(_("This is about yourself: somebody else answers it"))
    holder = looked_at(review, now)
    return _looked_at(review) if holder and holder.pk != user.pk else None


def decide(
    review: Review,
    decision: str,
    *,
    actor: User,
    now: datetime,
    because: Sequence[str] = (),
    words: str = "",
    clears_until: date | None = None,
) -> Review:
    """Write the answer to ``review``, once: whoever comes second is refused and told who was first.

    ``because`` are keys of BECAUSE, at least one where it is not passed; ``words`` are for the person. Raises Refused
    with DECIDED, LOOKED_AT or SECOND_PERSON, or naming the field that is wrong.
    """
    if reason := why_not_decide(review, actor, now) or _wrong(review, decision, because, words, clears_until, now):
        raise Refused(reason)
    open_to = Q(looked_at_by=None) | Q(looked_at_by=actor) | Q(looked_at_until__lte=now)
    answered = Review.objects.filter(open_to, pk=review.pk, decided_at=None).update(
        decided_at=now,
        decided_by=actor,
        decision=decision,
        because=list(because),
        words=words,
        clears_until=clears_until,
        looked_at_by=None,
        looked_at_until=None,
    )
    if not answered:
        raise Refused(_why_not_mine(with_all().get(pk=review.pk)))
    return with_all().get(pk=review.pk)


def why_not_undo(review: Review, user: User, now: datetime) -> Reason | None:
    """Why ``user`` may not take the answer back at ``now``, or None."""
    if review.decided_at is None:
        return no_undo(_("There is no answer to take back"))
    if review.decided_by_id != user.pk:
        return no_undo(_("Only who gave the answer can take it back"))
    if now >= review.decided_at + UNDO:
        return no_undo(_("An answer can be taken back for five minutes; since then it is told"))
    return None


def take_back(review: Review, *, actor: User, now: datetime) -> None:
    """Make ``review`` a question again, as it was; raises Refused with UNDO.

    With another rule still in question, the answer had opened the next review: while nobody has answered that, it goes.
    """
    if reason := why_not_undo(review, actor, now):
        raise Refused(reason)
    assert review.decided_at is not None  # else there was nothing to take back
    later = later_than(review)
    if later.exclude(asked_at=review.decided_at, decided_at=None, appeal_of=None).exists():
        raise Refused(no_undo(_("The next step has been taken already")))
    later.delete()
    taken_back = Review.objects.filter(pk=review.pk, decided_by=actor, decided_at=review.decided_at).update(
        decided_at=None, decided_by=None, decision="", because=[], words="", clears_until=None
    )
    if not taken_back:
        raise Refused(no_undo(_("There is no answer to take back")))


def _wrong(review, decision, because, words, clears_until, now):
    passes, today = decision == Review.Decision.PASSED, business_day(now)
    if decision not in ANSWERS:
        return _field("decision", _("The answer is passed, sent_back or refused"))
    if review.kind == Review.Kind.APPEAL and decision == Review.Decision.SENT_BACK:
        return _field("decision", _("An appeal is answered by yes or no"))
    if passes and because:
        return _field("because", _("What is passed needs no reason"))
    if not passes and not because:
        return _field("because", _("Say why, so that the person knows what to do"))
    if unknown := [key for key in because if key not in BECAUSE]:
        return _field("because", _("There is no such reason: %(key)s"), key=str(unknown[0])[:40])
    if decision == Review.Decision.SENT_BACK and any(BECAUSE[key].refuses for key in because):
        return _field("because", _("What is not genuine is not sent back but not passed"))
    if "OTHER" in because and not words.strip():
        return _field("words", _("Say in words what the other reason is"))
    if len(words) > LONGEST_WORDS:
        return _field("words", _("At most %(most)s characters"), most=LONGEST_WORDS)
    if clears_until and not (today <= clears_until <= today + CLEARS_AT_MOST):
        return _field("clears_until", _("A day from today on, at most ten years ahead"))
    return None


# --- reasons --------------------------------------------------------------------------------------------------------
def _why_not_mine(review):
    return _decided(review) if review.decided_at else _looked_at(review)


def _decided(review):
    if review.decision == Review.Decision.WITHDRAWN:
        return not_met(
            "DECIDED",
            _("This is no longer asked: the stay that it was about was cancelled on %(moment)s"),
            {"moment": review.decided_at},
            value_used=review.decided_at,
            fix=Fix("next", _("To the next one"), "/office/reviews/"),
        )
    return not_met(
        "DECIDED",
        _("%(who)s has answered this already on %(moment)s: %(decision)s"),
        {
            "who": name_of(review.decided_by),
            "moment": review.decided_at,
            "decision": Review.Decision(review.decision).label,
        },
        value_used=review.decided_at,
        fix=Fix("next", _("To the next one"), "/office/reviews/"),
    )


def _looked_at(review):
    return not_met(
        "LOOKED_AT",
        _("%(who)s is looking at this until %(moment)s"),
        {"who": name_of(review.looked_at_by), "moment": review.looked_at_until},
        value_used=review.looked_at_until,
        fix=Fix("next", _("To the next one"), "/office/reviews/"),
    )


def _second_person(text):
    return not_met("SECOND_PERSON", text, fix=Fix("next", _("To the next one"), "/office/reviews/"))


def no_undo(text: Any, **values: Any) -> Reason:
    """Why an answer can not be taken back."""
    return not_met("UNDO", text, values, fix=Fix("next", _("To the next one"), "/office/reviews/"))


def _field(name, text, **values):
    return Reason(name.upper(), MISSING, Sentence(text, values), field=name)


def because_said(keys: Iterable[str]) -> tuple[str, str]:
    """The reasons of a reviewer in words, as (Chinese, English)."""
    said = [BECAUSE[key].sentence for key in keys if key in BECAUSE]
    return "；".join(each.say(CHINESE) for each in said), "; ".join(each.say(ENGLISH) for each in said)
