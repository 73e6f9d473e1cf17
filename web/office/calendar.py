"""The working calendar: the year's days on which work is not as the weekday says, and what an officer corrects."""

from datetime import date
from itertools import groupby

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.roles import networks_of_officer
from eligibility.calendar import correct_day, withdraw_correction
from eligibility.reasons import Refused
from hostel.working_days import calendar_of, is_announced
from web.office.access import Office, in_the_office
from web.posted import posted
from web.staff import no_right

FIRST, LAST = 2000, 2099


class Correction(forms.Form):
    """What an officer says of one day, and why."""

    day = forms.DateField(
        error_messages={"required": gettext_lazy("Choose the day."), "invalid": gettext_lazy("Choose the day.")}
    )
    work = forms.ChoiceField(
        choices=[("off", gettext_lazy("nobody works")), ("working", gettext_lazy("it is a working day"))],
        error_messages={"required": gettext_lazy("Choose whether this day is worked.")},
    )
    because = forms.CharField(
        max_length=120,
        error_messages={"required": gettext_lazy("Say why, so that others can check it: which notice says so?")},
    )

    def clean_day(self):
        day = self.cleaned_data["day"]
        if not FIRST <= day.year <= LAST:
            raise forms.ValidationError(_("Choose the day."))
        return day


@in_the_office
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest, office: Office) -> HttpResponse:
    """The calendar of ``?year=``; a POST corrects a day."""
    if request.method != "POST":
        return _page(request, office, _year(request.GET.get("year", ""), office.day))
    if not _is_officer(office):
        return _officers_only(request)
    form = Correction(request.POST)
    if not form.is_valid():
        return _page(request, office, _year(request.GET.get("year", ""), office.day), form=form, status=422)
    said = form.cleaned_data
    try:
        correct_day(
            said["day"],
            is_working=said["work"] == "working",
            because=said["because"],
            now=office.now,
            actor=office.user,
        )
    except Refused as no:
        return _page(request, office, said["day"].year, form=form, refusal=no, status=409)
    return redirect(office.url("office_calendar", year=said["day"].year, corrected=said["day"]))


@in_the_office
@posted(up=2)
def withdrawal(request: HttpRequest, office: Office, day: str) -> HttpResponse:
    """Withdraw the correction of a day."""
    if not _is_officer(office):
        return _officers_only(request)
    which = _day(day)
    if which is None:
        raise Http404
    try:
        withdraw_correction(which, now=office.now, actor=office.user)
    except Refused as no:
        return _page(request, office, which.year, refusal=no, status=409)
    return redirect(office.url("office_calendar", year=which.year, withdrawn=which))


def _page(request, office, year, *, form=None, refusal=None, status=200):
    days = calendar_of(year)
    return render(
        request,
        "web/office/calendar.html",
        {
            "office": office,
            "section": "calendar",
            "year": year,
            "announced": is_announced(year),
            "months": [
                [(each, office.url("office_calendar_withdrawal", each.day)) for each in month]
                for _month, month in groupby(days, lambda each: each.day.month)
            ],
            "off": sum(each.is_shifted and not each.is_working for each in days),
            "worked": sum(each.is_shifted and each.is_working for each in days),
            "before": office.url("office_calendar", year=year - 1) if year > FIRST else "",
            "after": office.url("office_calendar", year=year + 1) if year < LAST else "",
            "here": office.url("office_calendar", year=year),
            "is_officer": _is_officer(office),
            "form": form or Correction(),
            "refusal": refusal,
            "corrected": _day(request.GET.get("corrected", "")),
            "withdrawn": _day(request.GET.get("withdrawn", "")),
        },
        status=status,
    )


def _is_officer(office):
    # The calendar is the whole country's: an officer of any network may correct it.
    return networks_of_officer(office.user, office.day).exists()


def _officers_only(request):
    return no_right(
        request,
        _("An auditor reads the calendar; correcting it is for officers."),
        _("Tell an officer of your network which day is wrong, and which notice says so."),
    )


def _year(text, today):
    fits = text.isascii() and text.isdigit() and FIRST <= int(text) <= LAST
    return int(text) if fits else today.year


def _day(text):
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST <= day.year <= LAST else None
