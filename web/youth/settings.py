"""How the pages look in this browser; and for somebody logged in, in which language they are written to."""

from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from web.templatetags.house import SETTINGS

A_YEAR = 365 * 24 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
def page_settings(request):
    """Text size and colours, kept in this browser; for somebody logged in, also the language letters are written in."""
    if request.method != "POST":
        return render(request, "web/youth/settings.html", {"back": request.GET.get("back", "")})
    language = request.POST.get("language", "")
    if language in ("zh-hans", "en") and request.user.is_authenticated and request.user.language != language:
        request.user.language = language
        request.user.save(update_fields=["language"])
    return _kept(request, SETTINGS)


# It stands at the foot of every page, and a form with a token would put a cookie on everybody who only looks. All that
# another site could do by it is to make somebody's letters larger.
@csrf_exempt
@require_POST
def text_size(request):
    """The size of the letters alone, chosen at the foot of any page."""
    return _kept(request, ["size"])


def _kept(request, names):
    """The way back, with what was chosen of ``names`` kept in this browser."""
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, None):
        back = ""
    response = HttpResponseRedirect(back) if back else redirect("page_settings")
    for name in names:
        chosen = request.POST.get(name, "")
        if chosen in SETTINGS[name]:
            response.set_cookie(name, chosen, max_age=A_YEAR, samesite="Lax", httponly=True)
        elif name in request.POST:
            response.delete_cookie(name)
    return response
