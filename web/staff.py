"""What the desk and the office share: the page that says which right is missing, and the language of the person."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User

LANGUAGES = {"zh-hans": "中文", "en": "English"}


def no_right(request: HttpRequest, missing: str, ask: str, status: int = 403) -> HttpResponse:
    """Answer 403 (or 404 for what one may not know of) with the right that is missing and whom to ask for it."""
    return render(request, "web/staff/no_right.html", {"missing": missing, "ask": ask}, status=status)


def speak(request: HttpRequest, user: User, home: str) -> HttpResponse:
    """Keep the language that ``user`` chose, in their own setting, and lead back to where they were."""
    language, back = request.POST.get("language", ""), request.POST.get("next", "")
    if language in LANGUAGES:
        user.language = language
        user.save(update_fields=["language"])
        translation.activate(language)
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if safe else home)
