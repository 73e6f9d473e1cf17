"""Asking a person about a decision (人工复核), and how that question stands. Shown to who it is about alone."""

from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.reasons import ASK, NOT_MET, Refused, Sentence
from bookings import reviewing
from bookings.models import Stay
from eligibility import reviews
from eligibility.evaluation import replay
from eligibility.models import Assessment, Review
from eligibility.policies import terms_of
from eligibility.rules.evidence import leading_to
from hostel.spans import Span
from web.posted import posted
from web.youth import asked

SHOWN_FOR = timedelta(days=30)  # so long an answer stands on the page of the person


def state_of(review: Review, stay: Stay | None, now: datetime) -> dict:
    """What a page says of ``review``: how it stands, why, what can be done next; for `web/youth/_review.html`."""
    terms = terms_of(review.assessment.policy)
    held = stay if stay is not None and stay.state(now) == Stay.Status.HELD else None
    until = held.held_until if held and held.awaits == Stay.Awaits.REVIEW else None
    return {
        "asked": review,
        "stay": stay,
        "stay_waits": held is not None and held.awaits != "",
        "lacks_proof": held is not None and held.awaits == Stay.Awaits.PROOF,
        # The office has days to answer, a bed is kept until the night of arrival: who waits must know which ends first.
        "bed_goes_first": review.decided_at is None and until is not None and until < review.due_at,
        "stay_stands": stay is not None and stay.state(now) in (Stay.Status.CONFIRMED, Stay.Status.IN_HOUSE),
        "late": review.decided_at is None and review.due_at < now,
        "because": [reviews.BECAUSE[key].sentence for key in review.because],
        "appeal": reviewing.person_actions(review)["appeal"],
        "appeal_within": _said(terms.appeal or terms.review),
        "in_question": _in_question(review),
    }


def _said(rule):
    """How long an answer takes by ``rule``, in words."""
    return Sentence("%(within)s", {"within": Span.read(rule.within).said})


def _in_question(review):
    """What a person looks at, as it was said; nothing where that is answered."""
    if review.decided_at is not None:
        return []
    reasons = replay(review.assessment).reasons
    # By when it is answered stands above: an appeal has a time of its own.
    return [replace(reason, by=None) for reason in reasons if reason.verdict in (NOT_MET, ASK)]


def about_stay(stay: Stay, now: datetime) -> dict | None:
    """How the last question about ``stay`` stands; None where nobody was asked, or nothing depends on it any more."""
    about = Q(assessment__about=stay.code) | Q(assessment=stay.assessment_id)
    review = reviews.with_all().filter(about).order_by("-asked_at", "-pk").first()
    if review is None or stay.status in (Stay.Status.LEFT, Stay.Status.CANCELLED, Stay.Status.NO_SHOW):
        return None
    return state_of(review, stay, now)


def questions_of(user, now: datetime) -> list[Review]:
    """What this person asked and waits for, or has been answered lately, the latest first; without those of stays."""
    recent = Q(decided_at=None) | Q(decided_at__gt=now - SHOWN_FOR)
    own = reviews.with_all().filter(recent, assessment__person__user=user).order_by("-asked_at", "-pk")[:20]
    known = reviewing.stays_about(own)
    return [review for review in own if review.pk not in known]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_page(request: HttpRequest) -> HttpResponse:
    """Ask a person to look at the decision ``?about=``: what it said, and room for what they should know."""
    now = timezone.now()
    assessment = _own_decision(request)
    if request.method != "POST":
        return _ask(request, assessment, now)
    note = request.POST.get("note", "").strip()
    try:
        review = reviewing.ask_for_review(assessment, person=assessment.person, note=note, now=now)
    except Refused as no:
        if no.code == "ASKED" and not no.reasons[0].field:
            return _asked_already(request, assessment, no)
        return _ask(request, assessment, now, note=note, no=no)
    messages.success(request, _("Asked. You need not do anything until the answer comes"))
    return _to(review)


def _own_decision(request):
    code = request.GET.get("about", "").upper()
    found = Assessment.objects.select_related("person__user", "policy__network").filter(
        code=code, person__user=request.user
    )
    assessment = found.first()
    if assessment is None:
        raise Http404
    return assessment


def _ask(request, assessment, now, note="", no=None):
    reason = reviewing.why_not_ask(assessment, now) if no is None else None
    decision = replay(assessment)
    wrong = next((each for each in no.reasons if each.field), None) if no else None
    status = HTTPStatus.OK if no is None else HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.CONFLICT
    if reason and reason.code == "ASKED":
        return _asked_already(request, assessment, Refused(reason))
    return render(
        request,
        "web/youth/review_new.html",
        {
            "section": "me",
            "now": now,
            "assessment": assessment,
            "reasons": decision.reasons,
            "within": _said(terms_of(assessment.policy).review),
            "whom": terms_of(assessment.policy).review.whom,
            "note": note,
            "most": reviewing.LONGEST_NOTE,
            "wrong": wrong,
            "why_not": reason or (no.reasons[0] if no and not wrong else None),
            "path": asked.address(request.path, {"about": assessment.code}),
        },
        status=status,
    )


def _asked_already(request, assessment, no):
    """Somebody looks at it, or has answered: there that stands."""
    messages.info(request, str(no.reasons[0].sentence))
    own = Review.objects.filter(assessment__person=assessment.person_id).order_by("-asked_at", "-pk")
    review = own.filter(assessment=assessment).first() or own.filter(decided_at=None).first()
    return _to(reviews.with_all().get(pk=review.pk)) if review else redirect("me")


def _to(review):
    """Where a question stands to be read: on the page of its stay, else on its own."""
    stay = reviewing.stays_about([review]).get(review.pk)
    return redirect("stay", code=stay.code) if stay else redirect("review", number=review.pk)


@login_required
@never_cache
@require_safe
def review_page(request: HttpRequest, number: int) -> HttpResponse:
    """How one question stands, and what can be done next."""
    return _show(request, _own_review(request, number), timezone.now())


@login_required
@never_cache
@posted()
def appeal_page(request: HttpRequest, number: int) -> HttpResponse:
    """Have a second person look at a refusal."""
    now = timezone.now()
    review = _own_review(request, number)
    note = request.POST.get("note", "").strip()
    try:
        again = reviewing.appeal(review, person=review.assessment.person, note=note, now=now)
    except Refused as no:
        return _show(request, _own_review(request, number), now, note=note, no=no)
    messages.success(request, _("Asked. Somebody else looks at it now; you need not do anything until then"))
    return _to(reviews.with_all().get(pk=again.pk))


def _own_review(request, number):
    review = (
        reviews.with_all()
        .select_related("assessment__person__user")
        .filter(pk=number, assessment__person__user=request.user)
        .first()
    )
    if review is None:
        raise Http404
    return review


def _proofs_of(assessment, stay):
    """The page on which a proof for it is handed in."""
    if stay is not None:
        return f"/stays/{stay.code}/evidence/"
    return f"/decisions/{assessment.code}/evidence/"


def _show(request, review, now, note="", no=None):
    stay = reviewing.stays_about([review]).get(review.pk)
    wrong = next((each for each in no.reasons if each.field), None) if no else None
    status = HTTPStatus.OK if no is None else HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.CONFLICT
    return render(
        request,
        "web/youth/review.html",
        {
            "section": "me",
            "now": now,
            "question": state_of(review, stay, now),
            "review": review,
            "reasons": leading_to(_proofs_of(review.assessment, stay), replay(review.assessment).reasons),
            "note": note,
            "wrong": wrong,
            "no": None if wrong else no,
        },
        status=status,
    )
