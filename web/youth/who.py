"""Who comes: the part of the booking page (Y4) that a person answers whom the house does not know yet."""

from datetime import date

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.documents import read_document, read_name
from accounts.models import Person
from accounts.reasons import Refused

# Documents whose number may say neither gender nor birth date: for these the page shows where to choose them.
SILENT = (
    Person.Document.HK_MACAO_PERMIT,
    Person.Document.TAIWAN_PERMIT,
    Person.Document.PASSPORT,
    Person.Document.FOREIGN_RESIDENT,
)


class WhoForm(forms.Form):
    """Who comes: asked once, of a person whom the house does not know yet."""

    name = forms.CharField(
        label=_("Name, as on the document"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": _("Type your name as on the document")},
    )
    document_kind = forms.ChoiceField(
        label=_("Document"),
        choices=Person.Document.choices,
        initial=Person.Document.RESIDENT,
        error_messages={"required": _("Say which document you have")},
    )
    document_number = forms.CharField(
        label=_("Document number"),
        max_length=30,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Type the document number")},
    )
    gender = forms.ChoiceField(label=_("Gender"), choices=Person.Gender.choices, required=False)
    birth_year = forms.IntegerField(label=_("Year of birth"), required=False)
    birth_month = forms.IntegerField(label=_("Month of birth"), required=False)
    birth_day = forms.IntegerField(label=_("Day of birth"), required=False)
    agreed = forms.BooleanField(
        label=_("You may keep my name and document number for my stays"),
        error_messages={"required": _("Read and tick that we may keep your name and document number")},
    )

    def clean_name(self):
        return _read(read_name, self.cleaned_data["name"])

    def clean(self):
        sent = self.cleaned_data
        sent["birth_date"] = self._birth_date()
        if "document_kind" in sent and "document_number" in sent:
            try:
                document = _read(read_document, sent["document_kind"], sent["document_number"])
            except forms.ValidationError as wrong:
                self.add_error("document_number", wrong)
            else:
                self._ask_what_it_does_not_say(document)
        return sent

    def _birth_date(self):
        parts = [self.cleaned_data.get(f"birth_{part}") for part in ("year", "month", "day")]
        if not all(parts):
            return None
        try:
            return date(*parts)
        except (ValueError, OverflowError):
            self.add_error("birth_year", gettext("This day does not exist: choose year, month and day again"))
            return None

    def _ask_what_it_does_not_say(self, document):
        if not document.gender and not self.cleaned_data.get("gender"):
            self.add_error("gender", gettext("This document does not say your gender: choose it"))
        if not document.birth_date and not self.cleaned_data["birth_date"] and "birth_year" not in self.errors:
            self.add_error("birth_year", gettext("This document does not say your birth date: choose it"))

    def identity(self):
        """The cleaned answers as `complete_person` takes them."""
        names = ("name", "document_kind", "document_number", "gender", "birth_date")
        return {name: self.cleaned_data[name] for name in names}


def _read(reader, *said):
    """What ``reader`` makes of what was typed; its refusal becomes the field's error."""
    try:
        return reader(*said)
    except Refused as no:
        raise forms.ValidationError([str(reason.sentence) for reason in no.reasons]) from no
