"""The waiting list as the office sees it: who waits since when, and moving somebody up, with a reason."""

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.roles import is_officer
from bookings.models import Offer, Waiting
from bookings.wishing import move_up
from eligibility.reasons import Refused
from hostel.models import Hostel
from web.office.access import Office, in_the_office
from web.staff import no_right

SHOWN = 100


class Because(forms.Form):
    """Whom an officer moves up, and why."""

    code = forms.CharField(max_length=6)
    because = forms.CharField(max_length=200, error_messages={"required": gettext_lazy("Say why: it goes on record.")})


def waiting_in(office: Office) -> QuerySet[Waiting]:
    """The wishes that wait for houses of the office's network, in the order of the line."""
    here = Hostel.objects.filter(waitings=OuterRef("pk"), pk__in=office.hostels().values("pk"))
    return Waiting.objects.standing(office.now).filter(Exists(here))


@in_the_office
@require_http_methods(["GET", "HEAD", "POST"])
def waiting(request: HttpRequest, office: Office) -> HttpResponse:
    """The line; a POST moves somebody to its head."""
    may_move = is_officer(office.user, office.network, office.day)
    if request.method != "POST":
        return _page(request, office, may_move)
    if not may_move:
        return no_right(
            request,
            _("Only an officer of this network moves somebody up."),
            _("Tell an officer of your network whom you mean, and why."),
        )
    form = Because(request.POST)
    chosen = waiting_in(office).filter(code=request.POST.get("code", "")[:6].upper()).first()
    if chosen is None:
        raise Http404
    if not form.is_valid():
        return _page(request, office, may_move, form=form, code=chosen.code, status=422)
    try:
        move_up(chosen, because=form.cleaned_data["because"], now=office.now, actor=office.user)
    except Refused as no:
        messages.warning(request, str(no.reasons[0].sentence))
    else:
        messages.success(request, _("Moved to the head of the line; the reason is on record"))
    return redirect(office.waiting)


def _page(request, office, may_move, form=None, code="", status=200):
    offered = Offer.objects.filter(waiting=OuterRef("pk"), accepted_at=None, declined_at=None, until__gt=office.now)
    rows = (
        waiting_in(office)
        .annotate(offered=Exists(offered))
        .select_related("guest")
        .prefetch_related("hostels", "guests")
    )
    return render(
        request,
        "web/office/waiting.html",
        {
            "office": office,
            "section": "waiting",
            "rows": rows[:SHOWN],
            "may_move": may_move,
            "form": form,
            "code": code,
        },
        status=status,
    )
