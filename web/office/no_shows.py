"""No-shows: what guests say of a missed stay, and what an officer answers."""

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.record import record
from bookings.models import NoShow
from bookings.no_shows import answer, why_no_answer
from eligibility.reasons import Refused
from web.office.access import Office, in_the_office
from web.staff import no_right

SHOWN = 50
WAITING = Q(appealed_at__isnull=False, answered_at=None, lifted_at=None)


class Answer(forms.Form):
    """What an officer answers, and why."""

    lift = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")],
        coerce=lambda said: said == "yes",
        error_messages={"required": gettext_lazy("Choose whether it is taken back.")},
    )
    because = forms.CharField(
        max_length=200, error_messages={"required": gettext_lazy("Say why: the person reads it.")}
    )


@in_the_office
@require_safe
def no_shows(request: HttpRequest, office: Office) -> HttpResponse:
    """Those that wait for an answer, the longest first; with ``?all=1`` every missed stay, the latest first."""
    if not office.may_review:
        return _officers_only(request)
    every = request.GET.get("all") == "1"
    found = _of(office)
    waiting = found.filter(WAITING)
    shown = found.order_by("-at", "-pk") if every else waiting.order_by("appealed_at", "pk")
    page = Paginator(shown, SHOWN).get_page(request.GET.get("page"))
    return render(
        request,
        "web/office/no_shows.html",
        {
            "office": office,
            "section": "reviews",
            "every": every,
            "waiting": waiting.count() if every else page.paginator.count,
            "page": page,
            "rows": [(missed, office.url("office_no_show", missed.stay.code)) for missed in page],
            "tabs": {"waiting": office.url("office_no_shows"), "all": office.url("office_no_shows", all=1)},
        },
    )


@in_the_office
@require_http_methods(["GET", "HEAD", "POST"])
def no_show(request: HttpRequest, office: Office, code: str) -> HttpResponse:
    """One missed stay, with what its guest says; a POST answers."""
    if not office.may_review:
        return _officers_only(request)
    missed = _of(office).filter(stay__code=code.upper()).first()
    if missed is None:
        raise Http404
    if request.method != "POST":
        about = {"person": missed.guest, "hostel": missed.stay.hostel, "about": missed.stay.code}
        record("see_no_show", now=office.now, actor=office.user, **about)
        return _page(request, office, missed)
    form = Answer(request.POST)
    if not form.is_valid():
        return _page(request, office, missed, form=form, status=422)
    try:
        answer(missed, now=office.now, actor=office.user, **form.cleaned_data)
    except Refused as no:
        missed.refresh_from_db()
        return _page(request, office, missed, form=form, refusal=no, status=409)
    return redirect(office.url("office_no_show", missed.stay.code, done=1))


def _of(office):
    networks = office.reviewed_networks().values("pk")
    return NoShow.objects.select_related("stay__hostel", "guest", "answered_by").filter(
        stay__hostel__network__in=networks
    )


def _page(request, office, missed, *, form=None, refusal=None, status=200):
    before = NoShow.objects.filter(guest=missed.guest, at__lt=missed.at).order_by("-at")
    return render(
        request,
        "web/office/no_show.html",
        {
            "office": office,
            "section": "reviews",
            "missed": missed,
            "before": before.select_related("stay__hostel")[:10],
            "form": form or Answer(),
            "refusal": refusal,
            "may_lift": why_no_answer(missed, office.user, lift=True) is None,
            "may_leave": why_no_answer(missed, office.user, lift=False) is None,
            "done": request.GET.get("done") == "1",
            "here": office.url("office_no_show", missed.stay.code),
            "back": office.url("office_no_shows"),
        },
        status=status,
    )


def _officers_only(request):
    return no_right(
        request,
        _("No-shows are answered by officers; an auditor sees their number in the figures."),
        _("Tell an officer of your network which stay you ask about."),
    )
