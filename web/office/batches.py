"""Batches: beds allotted to schools and organisations: the list, a new one, one with its names."""

import secrets
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.idempotency import Answer as Kept
from accounts.idempotency import Write, once
from accounts.models import Person
from accounts.people import login_for
from accounts.phones import mask_phone, read_phone
from accounts.record import record
from accounts.roles import hostels_of_officer
from bookings.allotting import MOST_BEDS, allot
from bookings.batches import balance, cancel_batch, release, with_guests
from bookings.models import Batch
from eligibility.policies import policy_in_force, terms_of
from eligibility.reasons import Refused, Sentence
from hostel.nights import Nights
from web.names import Answer, Guest, NameList, take_names
from web.office.access import Office, in_the_office
from web.posted import key_of
from web.staff import no_right

FIRST, LAST = 2000, 2099  # the years that this house has to do with
SHOWN = 100  # batches of the list, the latest first


def _day(words):
    return dict.fromkeys(["required", "invalid"], words)


class Allotment(forms.Form):
    """A new batch."""

    hostel = forms.ChoiceField(error_messages={"required": gettext_lazy("Choose the house.")})
    arrival = forms.DateField(error_messages=_day(gettext_lazy("Choose the first day.")))
    departure = forms.DateField(error_messages=_day(gettext_lazy("Choose the day of leaving.")))
    beds = forms.IntegerField(
        min_value=1,
        max_value=MOST_BEDS,
        error_messages=dict.fromkeys(["required", "invalid"], gettext_lazy("Say how many beds.")),
    )
    women = forms.IntegerField(min_value=0, max_value=MOST_BEDS, required=False)
    men = forms.IntegerField(min_value=0, max_value=MOST_BEDS, required=False)
    applicant = forms.ChoiceField(choices=Batch.Applicant.choices, initial=Batch.Applicant.SCHOOL)
    organisation = forms.CharField(
        max_length=80, error_messages={"required": gettext_lazy("Say which school or organisation it is.")}
    )
    contact = forms.CharField(max_length=40, required=False)
    purpose = forms.ChoiceField(error_messages={"required": gettext_lazy("Choose what they come for.")})
    release_on = forms.DateField(
        error_messages=_day(gettext_lazy("Choose the day from which beds without a name are everybody's."))
    )
    free_nights = forms.IntegerField(min_value=0, required=False)

    def __init__(self, *args, hostels, purposes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["hostel"].choices = [(hostel.slug, hostel.name) for hostel in hostels]
        self.fields["purpose"].choices = purposes

    def clean_contact(self):
        said = self.cleaned_data["contact"].strip()
        try:
            return read_phone(said) if said else ""
        except ValueError as wrong:
            raise forms.ValidationError(_("This is no phone number.")) from wrong

    def clean(self):
        said = self.cleaned_data
        for name in ("arrival", "departure", "release_on"):
            if name in said and not FIRST <= said[name].year <= LAST:
                self.add_error(name, self.fields[name].error_messages["invalid"])
        if {"arrival", "departure"} <= set(said) and said["departure"] <= said["arrival"]:
            self.add_error("departure", _("This day must be after the first one."))
        return said


def for_officers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in the officers of the network that is looked at; an auditor reads which right is missing."""

    @in_the_office
    @wraps(view)
    def guarded(request: HttpRequest, office: Office, *args, **kwargs) -> HttpResponse:
        if not _hostels(office).exists():
            return no_right(
                request,
                _("Beds for schools and organisations are allotted by officers of the network."),
                _("The committee gives this right. Ask it to add you as an officer or an auditor of your network."),
            )
        return view(request, office, *args, **kwargs)

    return guarded


def _hostels(office):
    """The houses, of those looked at, in which this login may allot beds."""
    return office.hostels().filter(pk__in=hostels_of_officer(office.user, office.day))


@for_officers
@require_http_methods(["GET", "HEAD", "POST"])
def batches(request: HttpRequest, office: Office) -> HttpResponse:
    """The batches of the network's houses; a POST allots a new one."""
    hostels = list(_hostels(office).order_by("slug"))
    how = {"hostels": hostels, "purposes": _purposes(hostels, office)}
    if request.method != "POST":
        return _list(request, office, Allotment(**how))
    form = Allotment(request.POST, **how)
    if not form.is_valid():
        return _list(request, office, form, status=422)
    said = form.cleaned_data
    phone, slug = said.pop("contact"), said.pop("hostel")
    house = next(hostel for hostel in hostels if hostel.slug == slug)
    said |= {"nights": Nights(said.pop("arrival"), said.pop("departure"))}
    said |= {"women": said["women"] or 0, "men": said["men"] or 0}

    def do():
        contact = login_for(phone, office.now) if phone else None
        batch = allot(hostel=house, contact=contact, now=office.now, actor=office.user, **said)
        return Kept(HTTPStatus.FOUND, {"code": batch.code})

    key = key_of(request)
    write = Write.of(office.user, "POST", request.path, key, {}) if key else None
    try:
        code = once(write, do, office.now).body["code"]
    except Refused as no:
        for reason in no.reasons:
            form.add_error(reason.field if reason.field in form.fields else "beds", str(reason.sentence))
        return _list(request, office, form, status=409)
    return redirect(office.url("office_batch", code, done="allotted"))


def _purposes(hostels, office):
    """What the rules of the houses let one come for: (key, name)."""
    found = {}
    for network in {hostel.network_id for hostel in hostels}:
        try:
            found |= terms_of(policy_in_force(network, office.day)).purposes
        except Refused:  # no rules are in force there
            continue
    return [(key, str(Sentence("%(name)s", {"name": names}))) for key, names in found.items()]


def _list(request, office, form, status=200):
    there = Batch.objects.filter(hostel__in=_hostels(office)).select_related("hostel")
    found = there.order_by("-arrival", "-pk")[:SHOWN]
    return render(
        request,
        "web/office/batches.html",
        {
            "office": office,
            "section": "batches",
            "rows": [
                (
                    batch,
                    batch.state(office.day),
                    office.url("office_batch", batch.code),
                    batch.names_until,
                )
                for batch in found[:SHOWN]
            ],
            "form": form,
            "key": secrets.token_urlsafe(16),  # sent twice, the beds are kept once
            "here": office.url("office_batches"),
        },
        status=status,
    )


@for_officers
@require_http_methods(["GET", "HEAD"])
def batch(request: HttpRequest, office: Office, code: str) -> HttpResponse:
    """One batch: its beds and who was named; that the names were looked at is on record."""
    return _page(request, office, _batch(office, code), Answer(Guest(), NameList()))


def an_act(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What changes a batch and is shown on its page: who had to log in first, or changed the language, goes there."""

    @for_officers
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, office: Office, code: str) -> HttpResponse:
        if request.method != "POST":
            return redirect(office.url("office_batch", _batch(office, code).code))
        return view(request, office, code)

    return guarded


@an_act
def names(request: HttpRequest, office: Office, code: str) -> HttpResponse:
    """Name one guest, or a list."""
    found = _batch(office, code)
    return _page(request, office, found, take_names(request, found, office.now, office.user))


@an_act
def release_page(request: HttpRequest, office: Office, code: str) -> HttpResponse:
    """Give back now what nobody was named for."""
    return _act(request, office, code, "released", lambda found: release(found, now=office.now, actor=office.user))


@an_act
def cancellation(request: HttpRequest, office: Office, code: str) -> HttpResponse:
    """Take the batch back; with ``end_stays`` the stays of who was named end too."""
    end = "end_stays" in request.POST
    return _act(
        request,
        office,
        code,
        "cancelled",
        lambda found: cancel_batch(found, now=office.now, actor=office.user, end_stays=end),
    )


def _act(request, office, code, done, verb):
    found = _batch(office, code)
    try:
        verb(found)
    except Refused as no:
        return _page(request, office, found, Answer(Guest(), NameList(), refusal=no, status=409))
    return redirect(office.url("office_batch", found.code, done=done))


def _batch(office, code):
    here = Q(hostel__in=_hostels(office), code=code.upper())
    found = Batch.objects.filter(here).select_related("hostel", "contact").first()
    if found is None:
        raise Http404
    return found


def _page(request, office, found, answer):
    record("see_batch", now=office.now, actor=office.user, hostel=found.hostel, about=found.code)
    return render(
        request,
        "web/office/batch.html",
        {
            "office": office,
            "section": "batches",
            "batch": found,
            "counted": balance(found, office.now),
            "beds": with_guests(found, office.now),
            "contact": mask_phone(found.contact.phone) if found.contact else "",
            "answer": answer,
            "documents": Person.Document.choices,
            "here": office.url("office_batch_names", found.code),
            "release": office.url("office_batch_release", found.code),
            "cancellation": office.url("office_batch_cancellation", found.code),
            "list": office.url("office_batches"),
            "done": request.GET.get("done", "") if request.method != "POST" else "",
        },
        status=answer.status,
    )
