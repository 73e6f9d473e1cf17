"""Who is on shift: come on by PIN, lock the desk, set one's PIN."""

from datetime import timedelta

from allauth.account.internal.flows.login import get_authentication_records
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.people import be_called
from accounts.pins import DIGITS, check_pin, set_pin
from accounts.record import record
from desk.shift import colleagues
from eligibility.reasons import Refused
from web.desk.access import Desk, beside_the_desk, come_on, lock

# Who has just logged in by phone may set a PIN without the one they have forgotten.
FRESH = timedelta(minutes=10)


def digits(**how) -> forms.CharField:
    """A field of six digits that shows dots, and that no browser keeps."""
    keys = {"inputmode": "numeric", "autocomplete": "off", "maxlength": DIGITS, "pattern": r"\d{6}"}
    return forms.CharField(max_length=40, widget=forms.PasswordInput(attrs=keys), **how)


class OwnPin(forms.Form):
    """A new PIN, twice; and the one that was."""

    old = digits(required=False)
    pin = digits()
    again = digits()

    def clean(self):
        said = super().clean()
        if said.get("pin") and said.get("again") and said["pin"] != said["again"]:
            self.add_error("again", _("The two are not the same: type the new PIN twice."))
        return said


@beside_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def shift(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who is on, and how somebody else comes on; it is also the page of a desk that is locked."""
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "lock" and desk.has_pin:
            lock(request)
            return redirect(desk.url("desk_shift"))
        if act == "own_pin" and not desk.locked:
            return _own_pin(request, desk)
        if act == "own_name" and not desk.locked:
            return _own_name(request, desk)
        return _come_on(request, desk)
    if not desk.locked and desk.has_pin:
        if "idle" in request.GET:
            lock(request)
            return redirect(desk.url("desk_shift", next=_back(request)))
        if "here" in request.GET:
            come_on(request, desk.user, desk.now)
    return _page(request, desk)


def _come_on(request, desk):
    chosen = request.POST.get("user", "")
    known = {str(each.user.pk): each for each in colleagues(desk.hostel, desk.now)}
    if chosen not in known:
        return _page(request, desk, error=_("Choose who you are."), status=422)
    colleague = known[chosen]
    try:
        check_pin(colleague.user, request.POST.get("pin", ""), now=desk.now)
    except Refused as no:
        return _page(request, desk, error=str(no.reasons[0].sentence), chosen=chosen, status=422)
    come_on(request, colleague.user, desk.now)
    record("come_on", now=desk.now, actor=colleague.user, hostel=desk.hostel, about=f"user {colleague.user.pk}")
    return HttpResponseRedirect(_back(request) or desk.home)


def _own_name(request, desk):
    try:
        be_called(desk.user, request.POST.get("called", ""), now=desk.now)
    except Refused as no:
        return _page(request, desk, name_error=str(no.reasons[0].sentence), status=422)
    messages.success(request, _("From now on colleagues read this name beside what you do."))
    return redirect(desk.url("desk_shift"))


def _own_pin(request, desk):
    form = OwnPin(request.POST)
    if form.is_valid():
        try:
            if desk.has_pin and not _fresh(request, desk):
                check_pin(desk.user, form.cleaned_data["old"], now=desk.now)
            set_pin(desk.user, form.cleaned_data["pin"], now=desk.now)
        except Refused as no:
            reason = no.reasons[0]
            form.add_error("pin" if reason.code == "PIN_FORM" else "old", str(reason.sentence))
        else:
            come_on(request, desk.user, desk.now)
            messages.success(request, _("Your PIN is set. The desk locks itself after ten minutes without anybody."))
            return redirect(desk.url("desk_shift"))
    return _page(request, desk, form=form, status=422)


def _fresh(request, desk):
    """Whether who is on has logged in by phone within the last minutes."""
    if desk.user.pk != desk.login.pk:
        return False
    shown = [each["at"] for each in get_authentication_records(request, desk.login)]
    return bool(shown) and desk.now.timestamp() - max(shown) < FRESH.total_seconds()


def _back(request):
    """Where who comes on was going; "" where that is not our house."""
    back = request.POST.get("next") or request.GET.get("next") or ""
    return back if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()) else ""


def _page(request, desk, *, error="", chosen="", form=None, name_error="", status=200):
    known = colleagues(desk.hostel, desk.now)
    with_pin = [each for each in known if each.pin]
    if not chosen:
        # Locked, it is mostly the same person who comes back; otherwise it is somebody else.
        mine = [each for each in with_pin if (each.user.pk == desk.login.pk) == desk.locked]
        chosen = str(mine[0].user.pk) if len(mine) == 1 else ""
    shown = {
        "desk": desk,
        "section": "shift",
        "colleagues": [each for each in with_pin if desk.locked or each.user.pk != desk.user.pk],
        "without_pin": [each for each in known if not each.pin and each.user.pk != desk.user.pk],
        "error": error,
        "name_error": name_error,
        "chosen": chosen,
        "form": form or OwnPin(),
        "asks_old": desk.has_pin and not _fresh(request, desk),
        "next": _back(request),
    }
    return render(request, "web/desk/shift.html", shown, status=status)
