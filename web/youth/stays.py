"""One stay (Y6), and giving it back (Y10). A stay is shown to its guest alone; to others there is none."""

from dataclasses import replace
from datetime import datetime
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

from accounts.reasons import ASK, MISSING, NOT_MET, Refused
from bookings.actions import UNDO_CANCEL, actions, comes_back, late_hour
from bookings.alternatives import WAITLIST
from bookings.arriving import come_late, say_coming
from bookings.cancelling import LONGEST_REASON, cancel, cancellation, is_too_late
from bookings.models import Stay
from bookings.no_shows import appeal, pause_after
from bookings.undoing import undo
from eligibility.evaluation import replay
from eligibility.evidence import accepted_by
from eligibility.rule import two_languages
from hostel.nights import business_day
from web.templatetags.house import hour
from web.youth import asked
from web.youth.check import without_their_time
from web.youth.full import alternative_address
from web.youth.reviews import about_stay

# What is answered to whether one still comes tonight.
COMING = {"on_time": say_coming, "late": come_late, "no": cancel}


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


def shown_state(stay: Stay, now: datetime) -> str:
    """The word for ``stay`` at ``now``: its status, but of a held one what it waits for, and of who comes late that."""
    state = stay.state(now)
    if state == Stay.Status.HELD and stay.awaits in (Stay.Awaits.PROOF, Stay.Awaits.REVIEW):
        return f"held_{stay.awaits}"
    return "arriving_late" if state == Stay.Status.CONFIRMED and stay.late_at else state


def _stay_page(request, stay, now, status=HTTPStatus.OK, **said):
    state = stay.state(now)
    doable, missing = actions(stay, now), _missing(stay, state)
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
            "shown": shown_state(stay, now),
            "actions": doable,
            "late_until": late_hour(stay) if doable["come_late"].ok else None,
            "undo_until": stay.cancelled_at + UNDO_CANCEL if doable["undo_cancel"].ok else None,
            "beds": _beds(stay),
            "has_pass": state in (Stay.Status.CONFIRMED, Stay.Status.IN_HOUSE),
            "hold_ended": hold_ended,
            "is_looked_for": stay.is_looked_for(now),
            "question": about_stay(stay, now),
            "can_say_late": is_too_late(stay, now),
            "nights_over": stay.departure <= business_day(now),
            "missing": missing,
            "proof": _proof(stay, missing),
            "against": _against(stay, state),
            "again_href": asked.address(reverse("book", args=[stay.hostel.slug]), asked.span(stay.nights)),
            **said,
        },
        status=status,
    )


def _proof(stay, missing):
    """What a held bed waits for in a word, where that is one proof: the one most people have."""
    if len(missing) != 1:
        return None
    accepted = next(iter(accepted_by(stay.assessment).values()), None)
    return two_languages(accepted["label"]) if accepted else None


def _against(stay, state):
    """What was not met, or had to be looked at, when a stay was not passed: each with its next step."""
    if state != Stay.Status.REFUSED:
        return []
    reasons = replay(stay.assessment).reasons
    # By when it would be answered is no matter any more.
    return [replace(each, by=None) for each in reasons if each.verdict in (NOT_MET, ASK)]


def _missing(stay, state):
    """What a held bed still waits for, as it was said when it was booked; until when stands above it."""
    if state != Stay.Status.HELD or stay.awaits != Stay.Awaits.PROOF:
        return []
    return without_their_time(reason for reason in replay(stay.assessment).reasons if reason.verdict == MISSING)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_page(request, code):
    """Say what giving the stay back does, then do it; with ``undo`` take it back again."""
    now = timezone.now()
    stay = own_stay(request, code)
    if request.method != "POST":
        return _cancel(request, stay, now)
    if "undo" in request.POST:
        return _take_back(request, stay, now)
    nights, late = stay.free_nights, request.POST.get("late") == "1"
    try:
        done = cancel(stay, now=now, actor=request.user, reason=request.POST.get("reason", ""), late=late)
    except Refused as no:
        found = own_stay(request, code)
        if actions(found, now, ["undo_cancel"])["undo_cancel"].ok:  # tapped twice: what the first tap did stands there
            return redirect("stay", code=stay.code)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if no.reasons[0].field else HTTPStatus.CONFLICT
        return _cancel(request, found, now, no, status)
    if done.status == Stay.Status.CANCELLED:
        _say_cancelled(request, nights)
    return redirect("stay", code=stay.code)


def _say_cancelled(request, nights):
    said = ngettext("Cancelled. {number} night returned", "Cancelled. {number} nights returned", nights)
    messages.success(request, said.format(number=nights))


def _cancel(request, stay, now, no=None, status=HTTPStatus.OK):
    would = cancellation(stay, now)
    page = {
        "section": "me",
        "now": now,
        "stay": stay,
        "would": would,
        "comes_back": comes_back(stay),
        "follows": pause_after(stay, now) if would.too_late else None,
        "no": no,
        "wrong": no.reasons[0] if no and no.reasons[0].field else None,
        "reason": request.POST.get("reason", ""),
        "most": LONGEST_REASON,
    }
    return render(request, "web/youth/cancel.html", page, status=status)


def _take_back(request, stay, now):
    try:
        undo(stay, now=now, actor=request.user)
    except Refused as no:
        others = [{"to": to, "href": alternative_address(to), "waits": to.kind == WAITLIST} for to in no.alternatives]
        found = own_stay(request, stay.code)
        return _stay_page(request, found, now, HTTPStatus.CONFLICT, undo_no=no, undo_other=others)
    messages.success(request, _("Taken back: your booking stands again"))
    return redirect("stay", code=stay.code)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def coming_page(request, code):
    """Do they still come tonight? On time, late (the bed is kept longer), or not at all."""
    now = timezone.now()
    stay = own_stay(request, code)
    if request.method != "POST":
        return _coming(request, stay, now)
    answer, nights = request.POST.get("answer", ""), stay.free_nights
    try:
        answered = COMING[answer](stay, now=now, actor=request.user) if answer in COMING else None
    except Refused as no:
        return _coming(request, own_stay(request, code), now, no, HTTPStatus.CONFLICT)
    if answered is None:
        return _coming(request, stay, now, None, HTTPStatus.UNPROCESSABLE_ENTITY)
    if answer == "no":
        _say_cancelled(request, nights)
    elif answer == "late":
        said = _("Your bed is kept until {hour}. Travel safely").format(hour=hour(answered.kept_until))
        messages.success(request, said)
    else:
        messages.success(request, _("Good: see you tonight"))
    return redirect("stay", code=stay.code)


def _coming(request, stay, now, no=None, status=HTTPStatus.OK):
    doable = actions(stay, now, ("say_coming", "come_late", "cancel"))
    page = {
        "section": "me",
        "now": now,
        "stay": stay,
        "state": shown_state(stay, now),
        "actions": doable,
        "late_until": late_hour(stay) if doable["come_late"].ok else None,
        "no": no,
        "wrong": status == HTTPStatus.UNPROCESSABLE_ENTITY,
    }
    return render(request, "web/youth/coming.html", page, status=status)
