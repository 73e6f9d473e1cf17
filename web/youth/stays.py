"""One stay (Y6), and giving it back (Y10). A stay is shown to its guest alone; to others there is none."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, Sum
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.reasons import MISSING, Refused
from bookings.actions import actions
from bookings.cancelling import cancel, cancellation
from bookings.models import Stay
from bookings.no_shows import appeal
from eligibility.evaluation import replay
from web.youth import asked
from web.youth.check import without_their_time
from web.youth.reviews import about_stay


def own_stay(request, code: str) -> Stay:
    """The stay with this code, if it is the reader's own: with its hostel, its priced nights and what they cost."""
    live = Q(bed_nights__released_at=None)  # what was given back by a change neither returns again nor is to pay
    stay = (
        Stay.objects.of(request.user)
        .select_related("guest", "hostel", "hostel__network", "missed", "assessment__policy", "party")
        .annotate(
            free_nights=Count("bed_nights", filter=live & Q(bed_nights__price_class="free")),
            to_pay_fen=Sum("bed_nights__price_fen", filter=live),
        )
        .filter(code=code.upper())
        .first()
    )
    if stay is None:
        raise Http404
    return stay


@login_required
@never_cache
@require_safe
def stay_page(request, code):
    """The stay's state, where it is, the pass, and what can be done now."""
    return _stay_page(request, own_stay(request, code), timezone.now())


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appeal_page(request, code):
    """Keep what the guest says of a stay they missed, for an officer to answer; the form stands on the stay's page."""
    now, stay, text = timezone.now(), own_stay(request, code), request.POST.get("text", "")
    if request.method != "POST":  # who had to log in first, or looks at the answer again
        return redirect("stay", code=stay.code)
    try:
        appeal(stay, text=text, now=now, actor=request.user)
    except Refused as no:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if no.code == "EXPLAIN" else HTTPStatus.CONFLICT
        said = {"appeal_no": no, "appeal_text": text}
        return _stay_page(request, own_stay(request, code), now, status=status, **said)
    messages.success(request, _("Sent. An officer reads it and answers"))
    return redirect("stay", code=stay.code)


def _beds(stay):
    """Where the guest changes beds: each bed with its first night; nothing where one bed is theirs throughout."""
    beds, last = [], None
    for night in stay.bed_nights.live().select_related("bed__room").order_by("night"):
        if night.bed_id != last:
            beds.append((night.night, str(night.bed)))
        last = night.bed_id
    return beds if len(beds) > 1 else []


def _stay_page(request, stay, now, status=HTTPStatus.OK, **said):
    state = stay.state(now)
    hold_ended = state == Stay.Status.CANCELLED and (
        stay.cancel_cause == Stay.Cause.HOLD_ENDED or stay.status == Stay.Status.HELD
    )
    return render(
        request,
        "web/youth/stay.html",
        {
            "section": "me",
            "now": now,
            "stay": stay,
            "state": state,
            "actions": actions(stay, now),
            "beds": _beds(stay),
            "has_pass": state in (Stay.Status.CONFIRMED, Stay.Status.IN_HOUSE),
            "hold_ended": hold_ended,
            "is_looked_for": stay.is_looked_for(now),
            "question": about_stay(stay, now),
            "missing": _missing(stay, state),
            "again_href": asked.address(reverse("book", args=[stay.hostel.slug]), asked.span(stay.nights)),
            **said,
        },
        status=status,
    )


def _missing(stay, state):
    """What a held bed still waits for, as it was said when it was booked; until when stands above it."""
    if state != Stay.Status.HELD or stay.awaits != Stay.Awaits.PROOF:
        return []
    return without_their_time(reason for reason in replay(stay.assessment).reasons if reason.verdict == MISSING)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_page(request, code):
    """Say what giving the stay back does, then do it."""
    now = timezone.now()
    stay = own_stay(request, code)
    would = cancellation(stay, now)
    page = {"section": "me", "now": now, "stay": stay, "action": would.action, "ends": would.ends}
    if request.method != "POST":
        return render(request, "web/youth/cancel.html", page)
    try:
        cancel(stay, now=now, actor=request.user)
    except Refused as no:
        return render(request, "web/youth/cancel.html", page | {"no": no}, status=HTTPStatus.CONFLICT)
    messages.success(
        request,
        ngettext("Cancelled. {number} night returned", "Cancelled. {number} nights returned", stay.free_nights).format(
            number=stay.free_nights
        ),
    )
    return redirect("stay", code=stay.code)
