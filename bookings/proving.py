"""Proving: a guest's proof for a stay, sent or shown at the desk; what follows for the bed; who may see pictures."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.acts import act
from accounts.models import User
from accounts.roles import Right, is_manager, may
from bookings import reasons
from bookings.awaiting import EVIDENCE, look_again
from bookings.locking import locked, still_known
from bookings.models import Stay
from bookings.reviewing import DECISIONS, pass_review
from eligibility import reviews
from eligibility.evaluation import TELL_US_MORE
from eligibility.evidence import KeptPage, accepted_by, hand_in, rules_about
from eligibility.models import Assessment, Evidence, Review
from eligibility.policies import terms_of
from eligibility.reasons import MISSING, Fix, Reason, Refused, not_met
from eligibility.rules.evidence import Evidence as EvidenceRule
from hostel.nights import business_day

# So long before the arrival the desk may see what a guest has sent, to know what to ask for.
DESK_LOOKS_AHEAD = timedelta(days=3)
# So long a decision without a stay takes a proof: later the rules, and what is true of the person, may be others.
DECISION_STANDS = timedelta(days=30)


def proofs_for(stay: Stay) -> dict[str, Mapping]:
    """The proofs that are accepted for ``stay``, by their keys (`eligibility.evidence.accepted_by`)."""
    return accepted_by(stay.assessment)


def evidence_for(stay: Stay):
    """The proofs shown for ``stay`` (a queryset), the latest first: handed in for any decision about it."""
    about = Q(assessment__about=stay.code) | Q(assessment=stay.assessment_id)
    return Evidence.objects.filter(about).order_by("-handed_in_at", "-pk")


def needs_original(stay: Stay) -> dict[str, Mapping]:
    """The proofs one of which the desk should see, by their keys: empty where one is accepted, or none is asked for."""
    accepted = proofs_for(stay)
    # Counted as the rules do: a proof that was good for the stay before serves this one too.
    counting = Evidence.objects.of(stay.guest_id).filter(kind__in=accepted, state=Evidence.State.ACCEPTED)
    network = stay.assessment.policy.network_id
    known = counting.filter(assessment__policy__network=network, purge_on__gt=stay.arrival)
    return {} if not accepted or known.exists() else accepted


def why_not_prove(stay: Stay, now: datetime) -> Reason | None:
    """Why no proof can be handed in for ``stay`` at ``now``, or None."""
    if stay.state(now) in (Stay.Status.HELD, Stay.Status.CONFIRMED):
        return None
    if stay.status == Stay.Status.HELD or stay.cancel_cause == Stay.Cause.HOLD_ENDED:
        return reasons.hold_ended(stay)
    return reasons.wrong_state(stay, now)


def prove(
    stay: Stay,
    *,
    kind: str,
    now: datetime,
    actor: User,
    pages: Sequence[KeptPage] = (),
    code: str = "",
    first: date | None = None,
    last: date | None = None,
    agreed: bool = False,
) -> Evidence:
    """Hand in a proof for a stay that is held or confirmed.

    A person is asked to look at it; a bed that waited for it waits for that person, or is promised where the policy
    does not wait.

    ``pages`` are of `eligibility.evidence.kept_files`, which stands around this. Raises Refused with STATE or
    HOLD_ENDED, and as `eligibility.evidence.hand_in` does.
    """

    def do():
        held = locked(stay)
        if reason := why_not_prove(held, now):
            raise Refused(reason)
        evidence = hand_in(held.assessment, kind, now=now, actor=actor, pages=pages, code=code, first=first, last=last,
                           agreed=agreed)  # fmt: skip
        held.guest.has_proofs = True  # known since a moment: the rules must read it
        if held.awaits:
            held = look_again(held, now=now, actor=actor)
        if not Review.objects.open().filter(assessment__about=held.code).exists():
            due_at = reviews.due(held.assessment.policy, now, Review.Kind.PROOF)
            rules = rules_about(held.assessment, kind)
            reviews.ask(held.assessment, Review.Kind.PROOF, rules=rules, due_at=due_at, now=now, actor=actor)
        return evidence

    return act(do)


# --- without a stay ---------------------------------------------------------------------------------------------------
def wanted_for(assessment: Assessment) -> dict[str, Mapping]:
    """The proofs that the decision lacks, by their keys: each of those will do that its rule accepts."""
    missing = rules_wanting(assessment)
    return {
        key: proof
        for key, proof in accepted_by(assessment).items()
        if missing.intersection(rules_about(assessment, key))
    }


def evidence_about(assessment: Assessment):
    """The proofs handed in for a decision without a stay (a queryset), the latest first."""
    return Evidence.objects.filter(assessment=assessment).order_by("-handed_in_at", "-pk")


def rules_wanting(assessment: Assessment) -> set[str]:
    """The ids of the rules that lack a proof, as the decision said: each of them wants one of its own."""
    verdicts = assessment.verdicts
    return {each["rule_id"] for each in verdicts if each["code"] == EVIDENCE and each["verdict"] == MISSING}


def why_not_qualify(assessment: Assessment, now: datetime) -> Reason | None:
    """Why no proof can be handed in for the kept decision at ``now``, or None."""
    if assessment.about:
        return _no(
            "HAS_STAY",
            _("This decision led to stay %(code)s: the proof is handed in there"),
            Fix("evidence", _("Hand in a proof"), f"/stays/{assessment.about}/evidence/"),
            code=assessment.about,
        )
    wanting = rules_wanting(assessment)
    if assessment.outcome != TELL_US_MORE or not wanting:
        return _no(
            "NOT_WANTED",
            _("It is no proof that is missing here"),
            Fix("check", _("See what fits"), "/check/"),
        )
    answered = Review.objects.filter(assessment=assessment).order_by("-asked_at", "-pk").first()
    if answered and answered.decision == DECISIONS.REFUSED:
        return _no(
            "ANSWERED",
            _("Somebody answered this on %(moment)s"),
            Fix("review", _("See how it stands"), f"/reviews/{answered.pk}/"),
            moment=answered.decided_at,
        )
    accepted = evidence_about(assessment).filter(state=Evidence.State.ACCEPTED).values_list("kind", flat=True)
    if wanting <= {rule for kind in accepted for rule in rules_about(assessment, kind)}:
        return _no("PROVED", _("Your proof has been accepted: you can book now"), Fix("book", _("Find a bed"), "/"))
    if assessment.made_at <= now - DECISION_STANDS:
        return _no(
            "TOO_OLD",
            _("This was decided on %(moment)s; after %(days)s days it is decided anew"),
            Fix("book", _("Book again, then hand it in"), "/"),
            moment=assessment.made_at,
            days=DECISION_STANDS.days,
        )
    return None


def _no(reason_code, text, fix, **values):
    return not_met(reason_code, text, values, fix=fix)


def qualify(
    assessment: Assessment,
    *,
    kind: str,
    now: datetime,
    actor: User,
    pages: Sequence[KeptPage] = (),
    code: str = "",
    first: date | None = None,
    last: date | None = None,
    agreed: bool = False,
) -> Evidence:
    """Hand in a proof for a decision that led to no stay for want of one: a person is asked to look at it.

    Once that is passed the proof counts, and the same wish can be booked. ``pages`` are of
    `eligibility.evidence.kept_files`, which stands around this. Raises Refused with HAS_STAY, NOT_WANTED, ANSWERED,
    PROVED or TOO_OLD, and as `eligibility.evidence.hand_in` does.
    """

    def do():
        # What one person hands in, and what is answered about it, follow one another.
        still_known(assessment.person_id)
        if reason := why_not_qualify(assessment, now):
            raise Refused(reason)
        evidence = hand_in(assessment, kind, now=now, actor=actor, pages=pages, code=code, first=first, last=last,
                           agreed=agreed)  # fmt: skip
        due_at = reviews.due(assessment.policy, now, Review.Kind.PROOF)
        rules = rules_about(assessment, kind)
        reviews.ask(assessment, Review.Kind.PROOF, rules=rules, due_at=due_at, now=now, actor=actor)
        return evidence

    return act(do)


def still_wanted(user: User, now: datetime) -> Assessment | None:
    """The last decision about this person, where it lacks a proof for which nothing has been handed in yet."""
    handed_in = Review.objects.filter(assessment=OuterRef("pk"))
    latest = (
        Assessment.objects.filter(person__user=user, made_at__gt=now - DECISION_STANDS)
        .annotate(asked=Exists(handed_in))
        .order_by("-made_at", "-pk")
        .first()
    )
    if latest is None or latest.outcome != TELL_US_MORE or latest.about or latest.asked:
        return None
    return latest if rules_wanting(latest) else None


# --- at the desk, and pictures ----------------------------------------------------------------------------------------
def show_at_desk(stay: Stay, *, kind: str, now: datetime, actor: User) -> Evidence:
    """The desk has seen the original of a proof for ``stay``: it is accepted, and what was asked about it is answered.

    For stays that are held, confirmed, or in house. Raises Refused with STATE or HOLD_ENDED, and where ``kind`` is none
    that is accepted.
    """

    def do():
        held = locked(stay)
        if held.status != Stay.Status.IN_HOUSE and (reason := why_not_prove(held, now)):
            raise Refused(reason)
        evidence = hand_in(held.assessment, kind, now=now, actor=actor, at_desk=True)
        _answer(held, now, actor)
        held = locked(held)
        held.guest.has_proofs = True
        if held.awaits:
            look_again(held, now=now, actor=actor)
        return evidence

    return act(do)


def _answer(stay, now, actor):
    """Close the open question about the proof of ``stay``: the original says more than its picture."""
    for review in Review.objects.open().filter(assessment__about=stay.code, kind=Review.Kind.PROOF):
        try:
            pass_review(review, actor=actor, now=now)
        except Refused:
            continue  # somebody of the office has it open, and answers it: the desk does not wait for that
        # The guest stands before the desk, and need not be written to.
        letters.unwrite(stay.guest, f"review {review.pk}")


def may_see_pictures(user: User, evidence: Evidence, now: datetime) -> str:
    """As what ``user`` may see the pictures of ``evidence`` at ``now``: "own", "review", "desk", or "" for not at all.

    The desk of the stay's house may from three days before the arrival until the departure.
    """
    about, today = evidence.assessment, business_day(now)
    if about.person.user_id == user.pk:
        return "own"
    if may(user, Right.REVIEW, about.policy.network, today):
        return "review"
    stay = Stay.objects.select_related("hostel").filter(code=about.about).first() if about.about else None
    if stay and is_manager(user, stay.hostel, today) and stay.state(now) in SHOWN_AT_THE_DESK:
        return "desk" if stay.arrival - DESK_LOOKS_AHEAD <= today <= stay.departure else ""
    return ""


SHOWN_AT_THE_DESK = (Stay.Status.HELD, Stay.Status.CONFIRMED, Stay.Status.IN_HOUSE)


def may_be_shown_at_desk(stay: Stay) -> bool:
    """Whether the policy promises that the original may be shown at the desk on arrival."""
    rules = terms_of(stay.assessment.policy).on(stay.arrival).every_rule()
    return all(rule.may_be_shown_at_desk for rule in rules if isinstance(rule, EvidenceRule))
