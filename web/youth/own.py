"""What is mine (Y17): what is held of me, why and until when; a file of all of it; consents; and going for good."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.consents import consents_of, withdraw
from accounts.exporting import export
from accounts.forgetting import Erased, Kept, done_by, erase, hinders, holds, keeps
from accounts.looks import looks_at
from accounts.reasons import CHINESE, ENGLISH, Refused
from hostel.nights import business_day

ERASED = "erased"  # in the session of the browser that went: what was said when it did
SHOWN_FOR = 60 * 60  # seconds
LOOKS_SHOWN = 10
# What is gone at once, of all that is held.
GOES = ("phone", "identity", "answers", "needs", "proofs", "letters", "consents")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_page(request):
    """All that is held, who looked at it, and what was agreed to; a POST takes one consent back."""
    if request.method != "POST":
        return _own(request)
    try:
        withdraw(request.user, request.POST.get("withdraw", ""), now=timezone.now())
    except Refused as no:
        return _own(request, no=no, status=HTTPStatus.CONFLICT)
    messages.success(request, _("Taken back, and what follows from it is done"))
    return redirect("own_data")


def _own(request, status=HTTPStatus.OK, **said):
    now = timezone.now()
    looks = looks_at(request.user)
    return render(
        request,
        "web/youth/own.html",
        {
            "section": "me",
            "held": holds(request.user, now),
            "looks": looks[:LOOKS_SHOWN],
            "earlier": looks[LOOKS_SHOWN:],
            "consents": consents_of(request.user),
            **said,
        },
        status=status,
    )


@login_required
@never_cache
@require_GET
def export_zip(request):
    """All of it as a file, in the language of the page it was asked for on."""
    now = timezone.now()
    try:
        packed = export(request.user, now=now, language=get_language() or CHINESE)
    except Refused as no:
        return _own(request, no=no, status=HTTPStatus.TOO_MANY_REQUESTS)
    name = f"suqingyi-{business_day(now).isoformat()}.zip"
    return FileResponse(packed, as_attachment=True, filename=name, content_type="application/zip")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase_page(request):
    """What goes and what must stay, said before; then it is done, and said once more to who is logged out by it."""
    if not request.user.is_authenticated:
        if ERASED in request.session:
            return render(request, "web/youth/own_erased.html", _told(request.session[ERASED]))
        return redirect_to_login(request.get_full_path())
    now = timezone.now()
    if request.method != "POST":
        return _before(request, now, hinders(request.user, now))
    try:
        erased = erase(request.user, now=now, actor=request.user)
    except Refused as no:
        return _before(request, now, no.reasons, status=HTTPStatus.CONFLICT)
    logout(request)
    request.session[ERASED] = _kept_to_tell(erased)
    request.session.set_expiry(SHOWN_FOR)
    return redirect("own_erase")


def _before(request, now, against, status=HTTPStatus.OK):
    held = [each for each in holds(request.user, now) if each.key in GOES]
    shown = {
        "section": "me",
        "against": against,
        "held": held,
        "kept": keeps(request.user, now),
        "done_by": done_by(now),
    }
    return render(request, "web/youth/own_erase.html", shown, status=status)


# --- what was said, kept in the session without a name ----------------------------------------------------------------
def _kept_to_tell(erased: Erased) -> dict[str, Any]:
    return {
        "at": erased.at.isoformat(),
        "done_by": erased.done_by.isoformat(),
        "kept": {language: [_in_words(kept, language) for kept in erased.kept] for language in (CHINESE, ENGLISH)},
    }


def _in_words(kept: Kept, language: str) -> dict[str, str]:
    return {
        "key": kept.key,
        "what": kept.what.say(language),
        "why": kept.why.say(language),
        "until_said": kept.until_said.say(language),
    }


def _told(said: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": datetime.fromisoformat(said["at"]),
        "done_by": date.fromisoformat(said["done_by"]),
        "kept": said["kept"].get(get_language() or CHINESE, said["kept"][CHINESE]),
    }
