"""One person (O12): what happened to them, the nights they have, and what an officer grants beside the policy.

Who looks for somebody says why, and who opens a person's page is written down.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.documents import mask
from accounts.names import without
from accounts.phones import mask_phone
from accounts.record import record
from accounts.roles import networks_of_officer
from bookings.allowance import Cap, allowance_of
from bookings.granting import MOST_NIGHTS, excuse, grant_extra, unexcuse, withdraw_extra
from bookings.models import BedNight, Stay
from bookings.people import find_people, known_in
from eligibility.models import Assessment, ExtraNights, Review
from eligibility.reasons import Refused
from hostel.models import Network
from web.office.access import Office, in_the_office
from web.posted import posted
from web.staff import no_right

SHOWN = 60  # events of the timeline, the latest first
WHY = gettext_lazy("Say why: it goes on record.")
TELLS = gettext_lazy("Say why: the person reads it.")

OUTCOMES = {
    "yes": (pgettext_lazy("decision", "allowed"), "check", "ok"),
    "no": (pgettext_lazy("decision", "not allowed"), "block", "danger"),
    "tell_us_more": (pgettext_lazy("decision", "something is missing"), "alert", "warn"),
    "ask_a_person": (pgettext_lazy("decision", "a person looks"), "people", "warn"),
}


class Search(forms.Form):
    """Whom an officer looks for, and why."""

    text = forms.CharField(
        max_length=40, error_messages={"required": gettext_lazy("Type a code, a whole phone number, or a name.")}
    )
    why = forms.CharField(max_length=200, error_messages={"required": WHY})


class Extra(forms.Form):
    """Extra nights to be granted."""

    nights = forms.IntegerField(
        error_messages={
            "required": gettext_lazy("Say how many nights."),
            "invalid": gettext_lazy("Say how many nights."),
        }
    )
    valid_from = forms.DateField(
        error_messages=dict.fromkeys(["required", "invalid"], gettext_lazy("Choose the first night."))
    )
    valid_until = forms.DateField(
        error_messages=dict.fromkeys(["required", "invalid"], gettext_lazy("Choose the day on which they end."))
    )
    because = forms.CharField(max_length=200, error_messages={"required": TELLS})


class Excuse(forms.Form):
    """Nights that are not to count."""

    nights = forms.TypedMultipleChoiceField(
        coerce=date.fromisoformat, error_messages={"required": gettext_lazy("Tick at least one night.")}
    )
    because = forms.CharField(max_length=200, error_messages={"required": TELLS})

    def __init__(self, *args, nights=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["nights"].choices = [(night.isoformat(), night.isoformat()) for night in nights]


@dataclass(frozen=True)
class Event:
    """Something that happened to a person: when, of which kind, and the row that it is."""

    at: datetime
    kind: str
    row: Any
    tag: tuple[Promise | str, str, str] | None = None


def for_officers(view):
    """Let in the officers of the network that is looked at; an auditor reads which right is missing."""

    @in_the_office
    @wraps(view)
    def guarded(request: HttpRequest, office: Office, *args, **kwargs) -> HttpResponse:
        if not _networks(office).exists():
            return no_right(
                request,
                _("People's pages are for officers of the network; an auditor reads counts and the record."),
                _("The committee gives this right. Ask it to add you as an officer or an auditor of your network."),
            )
        return view(request, office, *args, **kwargs)

    return guarded


@for_officers
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, office: Office) -> HttpResponse:
    """Look for somebody by code, phone or name. What was typed stands in no address, and why is on record."""
    form, found = Search(request.POST if request.method == "POST" else None), None
    if form.is_valid():
        said = form.cleaned_data
        kind, persons = find_people(said["text"], _networks(office))
        why = without(said["why"], [said["text"].strip()])  # whom one looks for is nobody's business later
        record("search_people", now=office.now, actor=office.user, reason=why, by=kind, found=len(persons))
        found = [(person, office.url("office_person", person.pk)) for person in persons]
    shown = {
        "office": office,
        "section": "people",
        "form": form,
        "found": found,
        "searched": found is not None,
    }
    return render(request, "web/office/people.html", shown, status=422 if form.errors else 200)


@for_officers
@require_safe
def person(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """The page of one person; that it was opened is on record."""
    return _page(request, office, _person(office, number))


@for_officers
@posted()
def extra(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """Grant extra nights."""
    somebody, form = _person(office, number), Extra(request.POST)
    network = get_object_or_404(_networks(office), slug=request.POST.get("network", ""))
    if not form.is_valid():
        return _page(request, office, somebody, extra=form, status=422)
    try:
        grant_extra(somebody, network, now=office.now, actor=office.user, **form.cleaned_data)
    except Refused as no:
        if not no.reasons[0].field:
            return _page(request, office, somebody, refusal=no, status=409)
        for reason in no.reasons:
            form.add_error(reason.field or None, str(reason.sentence))
        return _page(request, office, somebody, extra=form, status=422)
    return redirect(office.url("office_person", number, done="extra"))


@for_officers
@posted(up=3)
def extra_back(request: HttpRequest, office: Office, number: int, extra: int) -> HttpResponse:
    """Take extra nights back."""
    somebody = _person(office, number)
    granted = get_object_or_404(
        ExtraNights.objects.select_related("person"), pk=extra, person=somebody, network__in=_networks(office)
    )
    try:
        withdraw_extra(granted, now=office.now, actor=office.user)
    except Refused as no:
        return _page(request, office, somebody, refusal=no, status=409)
    return redirect(office.url("office_person", number, done="back"))


@for_officers
@posted(up=3)
def excuses(request: HttpRequest, office: Office, number: int, code: str) -> HttpResponse:
    """Have nights of a stay not count; with ``again``, have all that are excused count again."""
    somebody = _person(office, number)
    stays = Stay.objects.filter(guest=somebody, hostel__network__in=_networks(office)).select_related("hostel", "guest")
    stay = get_object_or_404(stays, code=code)
    if "again" in request.POST:
        do, done = (lambda: unexcuse(stay, now=office.now, actor=office.user)), "counted"
    else:
        form = Excuse(request.POST, nights=stay.nights)
        if not form.is_valid():
            return _page(request, office, somebody, excuse=(stay.code, form), status=422)
        said = form.cleaned_data
        do, done = (
            (lambda: excuse(stay, said["nights"], because=said["because"], now=office.now, actor=office.user)),
            "excused",
        )
    try:
        do()
    except Refused as no:
        return _page(request, office, somebody, refusal=no, status=409)
    return redirect(office.url("office_person", number, done=done))


def _networks(office):
    """The networks with houses, of those looked at, in which this login is an officer."""
    mine = networks_of_officer(office.user, office.day).exclude(hostels=None)
    return (mine.filter(pk=office.network.pk) | mine.filter(parent=office.network)).distinct()


def _person(office, number):
    found = known_in(_networks(office)).select_related("user").filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _page(request, office, somebody, *, extra=None, excuse=None, refusal=None, status=200):
    record("see_person", now=office.now, actor=office.user, person=somebody, about=f"person {somebody.pk}")
    networks = list(_networks(office).select_related("parent").order_by("slug"))
    return render(
        request,
        "web/office/person.html",
        {
            "office": office,
            "section": "people",
            "person": somebody,
            "phone": mask_phone(somebody.user.phone) if somebody.user else "",
            "document": mask(somebody.document) if somebody.document else "",
            "allowances": [(network, _allowance(somebody, network, office.now)) for network in networks],
            "timeline": _timeline(somebody, networks, office.now),
            "nights": _nights(somebody, networks, office, excuse),
            "extra": extra or Extra(),
            "most": MOST_NIGHTS,
            "here": office.url("office_person", somebody.pk),
            "add_extra": office.url("office_person_extra", somebody.pk),
            "search": office.url("office_people"),
            "refusal": refusal,
            "done": request.GET.get("done", "") if request.method != "POST" else "",
        },
        status=status,
    )


def _allowance(somebody, network: Network, now) -> list[Cap]:
    try:
        return allowance_of(somebody, network, now)
    except Refused:  # no rules are in force there
        return []


def _nights(somebody, networks, office, wrong):
    """The stays whose guest came: which of their nights have begun, which do not count, and the form for it."""
    begun = (
        BedNight.objects.live()
        .filter(guest=somebody, hostel__network__in=networks, night__lte=office.day)
        .exclude(stay__checked_in_at=None)
        .select_related("stay__hostel")
        .order_by("-stay__arrival", "night")
    )
    stays: dict[Stay, list[BedNight]] = {}
    for night in begun:
        stays.setdefault(night.stay, []).append(night)
    return [
        {
            "stay": stay,
            "counting": [night.night for night in nights if not night.excused_at],
            "excused": [night for night in nights if night.excused_at],
            "action": office.url("office_person_excuses", somebody.pk, stay.code),
            "form": wrong[1] if wrong and wrong[0] == stay.code else None,
        }
        for stay, nights in stays.items()
    ]


def _timeline(somebody, networks, now):
    """All that happened to a person in ``networks``, the latest first."""
    stays = Stay.objects.filter(guest=somebody, hostel__network__in=networks).select_related("hostel")
    decisions = Assessment.objects.filter(person=somebody, policy__network__in=networks)
    reviews = Review.objects.filter(assessment__person=somebody, assessment__policy__network__in=networks)
    extras = ExtraNights.objects.filter(person=somebody, network__in=networks)
    events = [
        *(
            Event(stay.booked_at, "stay", {"stay": stay, "state": stay.state(now)})
            for stay in _latest(stays, "booked_at")
        ),
        *(
            Event(made.made_at, "decision", made, OUTCOMES.get(made.outcome))
            for made in _latest(decisions.defer("facts", "verdicts"), "made_at")
        ),
        *(
            Event(review.asked_at, "review", review)
            for review in _latest(
                reviews.select_related("assessment").defer("assessment__facts", "assessment__verdicts"), "asked_at"
            )
        ),
        *(Event(extra.granted_at, "extra", extra) for extra in _latest(extras, "granted_at")),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)[:SHOWN]


def _latest(rows, moment):
    return rows.order_by(f"-{moment}")[:SHOWN]
