"""Names of a batch, one by one or as a list: the same form for the office and for a school's contact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, User
from accounts.reasons import Refused
from bookings.models import Batch
from bookings.name_lists import LONGEST_FILE, Unreadable, read_names
from bookings.naming import Named, name_list

YES_NO = [("no", _("no home in the district")), ("yes", _("a home in the district"))]


class Guest(forms.Form):
    """One guest of the batch."""

    name = forms.CharField(max_length=60, error_messages={"required": _("Type the name as on the document")})
    document_kind = forms.ChoiceField(choices=Person.Document.choices, initial=Person.Document.RESIDENT)
    document_number = forms.CharField(max_length=40, error_messages={"required": _("Type the document number")})
    gender = forms.ChoiceField(choices=[("", "—"), *Person.Gender.choices], required=False)
    birth_date = forms.DateField(required=False)
    education = forms.ChoiceField(choices=[("", "—"), *Person.Education.choices], required=False)
    graduation = forms.RegexField(
        r"\A(19|20)[0-9]{2}-(0[1-9]|1[0-2])\Z", required=False, error_messages={"invalid": _("Like 2025-06")}
    )
    home = forms.ChoiceField(choices=[("", "—"), *YES_NO], required=False)
    arrival = forms.DateField(required=False)
    departure = forms.DateField(required=False)

    def named(self) -> Named:
        """The cleaned answers, those that were given."""
        said = self.cleaned_data
        about = {name: said[name] for name in ("gender", "birth_date", "education", "graduation") if said[name]}
        if said["home"]:
            about["home_in_district"] = said["home"] == "yes"
        who = (said["name"], said["document_kind"], said["document_number"])
        return Named(*who, about, arrival=said["arrival"], departure=said["departure"])


class NameList(forms.Form):
    """A list: a file, or cells that were pasted."""

    file = forms.FileField(required=False, allow_empty_file=True)
    text = forms.CharField(required=False, max_length=LONGEST_FILE, strip=False)

    def content(self) -> bytes | str:
        """What is to be read; the file where there is one."""
        if file := self.cleaned_data.get("file"):
            return file.read(LONGEST_FILE + 1)
        return self.cleaned_data.get("text", "")


@dataclass(frozen=True)
class Line:
    """A row of the list as the page says it: ``sentences`` say what is wrong with it."""

    number: int
    name: str
    code: str = ""
    sentences: Sequence[str] = ()


@dataclass(frozen=True)
class Answer:
    """What became of the names that were sent: or the forms with what is wrong in them."""

    guest: Guest
    list: NameList
    lines: Sequence[Line] = ()
    named: int = 0
    checked: bool = False
    refusal: Refused | None = None
    status: int = 200


def take_names(request: HttpRequest, batch: Batch, now: datetime, actor: User) -> Answer:
    """Name what was sent: the one guest, or the list (``check``: only say what would become of it)."""
    if "list" not in request.POST:
        return _one(request, batch, now, actor)
    form, empty = NameList(request.POST, request.FILES), Guest()
    if not form.is_valid():
        return Answer(empty, form, status=422)
    try:
        rows = read_names(form.content())
    except Unreadable as no:
        form.add_error("file", str(no.sentence))
        return Answer(empty, form, status=422)
    check = "check" in request.POST
    readable = [row for row in rows if row.named]
    try:
        outcomes = name_list(batch, [row.named for row in readable if row.named], now=now, actor=actor, check=check)
    except Refused as no:
        return Answer(empty, form, refusal=no, status=409)
    by_row = {row.number: outcome for row, outcome in zip(readable, outcomes, strict=True)}
    codes = {number: outcome.stay.code for number, outcome in by_row.items() if outcome.stay}
    lines = [
        Line(row.number, row.name, sentences=[str(row.wrong)])
        if row.wrong
        else Line(
            row.number,
            row.name,
            codes.get(row.number, ""),
            [str(reason.sentence) for reason in by_row[row.number].reasons],
        )
        for row in rows
    ]
    return Answer(empty, form, lines, sum(bool(line.code) for line in lines), checked=check)


def _one(request, batch, now, actor):
    form, empty = Guest(request.POST), NameList()
    if not form.is_valid():
        return Answer(form, empty, status=422)
    try:
        [outcome] = name_list(batch, [form.named()], now=now, actor=actor)
    except Refused as no:
        return Answer(form, empty, refusal=no, status=409)
    if outcome.stay is None:
        for reason in outcome.reasons:
            field = reason.field if reason.field in form.fields else "name"
            form.add_error(field, str(reason.sentence))
        return Answer(form, empty, status=409)
    return Answer(Guest(), empty, [Line(1, outcome.name, outcome.stay.code)], 1)
