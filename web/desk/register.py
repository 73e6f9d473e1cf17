"""The guest register as a file: of a night or of a month, for a reason that is written down."""

from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.models import Deed
from desk.reading import YEARS
from desk.register import FORMATS, InnRegister, Why, export, month_of
from desk.shift import name_of
from eligibility.reasons import Refused
from hostel.nights import Nights
from web.desk.access import Desk, at_the_desk

MONTHS = 13
SHOWN = 20  # of the exports before this one
NIGHT, MONTH = "night", "month"


def in_reach(day: date) -> None:
    """A day with a day after it, and none that nobody means."""
    if day.year not in YEARS:
        raise ValidationError(_("Write the night as 2026-03-06."))


class Export(forms.Form):
    """Of which nights, as what, what for."""

    span = forms.ChoiceField(choices=[(NIGHT, _("one night")), (MONTH, _("a month"))])
    night = forms.DateField(
        required=False, validators=[in_reach], error_messages={"invalid": _("Write the night as 2026-03-06.")}
    )
    month = forms.DateField(required=False, validators=[in_reach], input_formats=["%Y-%m"])
    form = forms.ChoiceField(choices=[(key, each.words) for key, each in FORMATS.items()])
    file_type = forms.ChoiceField(choices=[("xlsx", "XLSX"), ("csv", "CSV")])
    why = forms.ChoiceField(
        choices=Why.choices, error_messages={"required": _("Say what the register is for: it is written down.")}
    )

    def clean(self):
        said = super().clean()
        if said.get("span") in (NIGHT, MONTH) and not said.get(said["span"]) and said["span"] not in self.errors:
            self.add_error(said["span"], _("Choose the night or the month."))
        return said

    def nights(self) -> Nights:
        """The nights that are meant, of a form that is valid."""
        said = self.cleaned_data
        if said["span"] == MONTH:
            return month_of(said["month"])
        return Nights(said["night"], said["night"] + timedelta(days=1))


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask for which nights and what for; a POST answers with the file."""
    if request.method != "POST":
        first = {"span": NIGHT, "night": desk.day, "form": InnRegister.key, "file_type": "xlsx"}
        return _page(request, desk, Export(initial=first))
    form = Export(request.POST)
    if not form.is_valid():
        return _page(request, desk, form, status=422)
    said = form.cleaned_data
    try:
        made = export(
            desk.hostel,
            form.nights(),
            why=said["why"],
            form=said["form"],
            file_type=said["file_type"],
            now=desk.now,
            actor=desk.user,
        )
    except Refused as no:
        form.add_error(said["span"], str(no.reasons[0].sentence))
        return _page(request, desk, form, status=409)
    response = HttpResponse(made.content, content_type=made.content_type)
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _page(request, desk, form, status=200):
    shown = {
        "desk": desk,
        "section": "register",
        "action": desk.url("desk_register"),
        "form": form,
        "months": _months(desk.day),
        "before": _before(desk),
    }
    return render(request, "web/desk/register.html", shown, status=status)


def _months(day):
    months = [day.replace(day=1)]
    while len(months) < MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months


def _before(desk):
    """The exports before, the latest first: when, of what, what for, by whom, how many guests."""
    deeds = Deed.objects.filter(what="export_register", hostel=desk.hostel).select_related("actor__person")
    return [
        {
            "at": deed.at,
            "span": deed.about,
            "why": Why(deed.reason).label if deed.reason in Why.values else deed.reason,
            "by": name_of(deed.actor) if deed.actor else "",
            "guests": deed.values.get("guests"),
            "file": deed.values.get("form", "").rpartition(".")[2].upper(),
        }
        for deed in deeds.order_by("-at", "-pk")[:SHOWN]
    ]
