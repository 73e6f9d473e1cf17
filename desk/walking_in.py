"""A guest who comes to the desk without a booking: an act of the desk."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.reasons import Refused, Sentence, not_met
from bookings import walking_in as verbs
from bookings.availability import free_beds
from desk.acts import Asked, kind
from desk.housekeeping import bed_states
from desk.reading import bed_called, day_said
from desk.undoing import put_back_who_came
from hostel.models import Bed, Hostel
from hostel.nights import Nights, business_day

LONGEST = {"name": 40, "document_kind": 30, "document_number": 40, "gender": 10, "purpose": 20}
PROFILE = ("education", "graduation", "school", "school_city")
MOST_NIGHTS = 30
# As a program says it, and as a form does.
YES_NO = {True: True, False: False, "yes": True, "no": False}
OWN = "a-"  # before the key of a question that a policy asks of its own, in a form


@kind("walk_in", _("let in without a booking"), undo=put_back_who_came)
def walk_in(asked: Asked, now: datetime):
    """``said``: ``name``, ``document_kind``, ``document_number``, where the document does not say them ``gender`` and
    ``birth_date``; ``education``, ``graduation``, ``school``, ``school_city``, ``home_in_district``, ``answers``;
    ``departure``, ``purpose``, ``accept_price``, ``compared``, ``bed``; answers also as a form of the desk names them
    ("yes", "a-" before the key of a question, ``month`` beside the year of graduation, ``wished`` for a bed). The first
    night is that of the moment it happened. Without a ``bed`` it is one that is clean, where there is one."""
    said, nights = asked.said, nights_said(asked.said, asked.at)
    try:
        guest = verbs.guest_at_the_desk(now=now, actor=asked.by, **person_said(said))
    except ValidationError as wrong:
        raise Refused(_unreadable(next(iter(wrong.message_dict)))) from wrong
    label = said.get("bed") or said.get("wished")
    bed = bed_called(asked.hostel, nights, label) if label else clean_bed(asked.hostel, nights, guest.gender, now)
    yield verbs.walk_in(
        hostel=asked.hostel,
        guest=guest,
        nights=nights,
        purpose=_text(said, "purpose"),
        compared=bool(said.get("compared")),
        now=now,
        actor=asked.by,
        bed=bed,
        accept_price=bool(said.get("accept_price")),
        at=asked.at,
    )


def clean_bed(hostel: Hostel, nights: Nights, gender: str, now: datetime) -> Bed | None:
    """The best bed that a guest of ``gender`` could have on ``nights`` and that is ready now; None where none is: then
    any will do, and the key is for later."""
    free = list(free_beds(hostel, nights, gender, now))
    states = bed_states(hostel, now, free) if free else {}
    return next((bed for bed in free if bed.pk in states and states[bed.pk].is_ready), None)


def nights_said(said: Mapping[str, Any], at: datetime) -> Nights:
    """The nights from that of ``at`` to the ``departure`` said; raises Refused with DATES."""
    arrival, departure = business_day(at), day_said(said, "departure")
    if not 0 < (departure - arrival).days <= MOST_NIGHTS:
        raise Refused(
            not_met(
                "DATES",
                _("%(departure)s is no day on which this guest could leave: choose how many nights"),
                {"departure": departure},
                value_used=departure,
                field="departure",
            )
        )
    return Nights(arrival, departure)


def person_said(said: Mapping[str, Any]) -> dict[str, Any]:
    """What ``said`` holds of the guest, as `guest_at_the_desk` takes it; raises Refused for what is none of it."""
    person: dict[str, Any] = {name: _text(said, name) for name in ("name", "document_kind", "document_number")}
    person |= {name: _text(said, name) for name in (*PROFILE, "gender") if said.get(name)}
    if said.get("birth_date"):
        try:
            person["birth_date"] = date.fromisoformat(_text(said, "birth_date"))
        except ValueError:
            raise Refused(_unreadable("birth_date")) from None
    if person.get("gender", "") not in ("", *Person.Gender.values):
        raise Refused(_unreadable("gender"))
    if said.get("home_in_district") not in (None, ""):
        if not isinstance(said["home_in_district"], (bool, str)) or said["home_in_district"] not in YES_NO:
            raise Refused(_unreadable("home_in_district"))
        person["home_in_district"] = YES_NO[said["home_in_district"]]
    month = _text(said, "month")
    if month and len(person.get("graduation", "")) == 4:
        person["graduation"] = f"{person['graduation']}-{month}"
    answers = said.get("answers") or {}
    if not isinstance(answers, Mapping):
        raise Refused(_unreadable("answers"))
    own = {name.removeprefix(OWN): value for name, value in said.items() if name.startswith(OWN) and value}
    if answers or own:
        person["answers"] = {str(key): value for key, value in answers.items()} | own
    return person


def _text(said, name):
    value = said.get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST.get(name, 80) or "\0" in value:
        raise Refused(_unreadable(name))
    return value


FIELDS = {
    "name": _("name"),
    "document_kind": _("document"),
    "document_number": _("document number"),
    "gender": _("gender"),
    "birth_date": _("date of birth"),
    "education": _("education"),
    "graduation": _("graduation"),
    "school": _("school"),
    "school_city": _("city of the school"),
    "home_in_district": _("home in the district"),
    "answers": _("answers"),
    "purpose": _("purpose"),
}


def _unreadable(field):
    called = FIELDS.get(field, field)
    pair = tuple(Sentence("%(field)s", {"field": called}).say(language) for language in ("zh-hans", "en"))
    return not_met(
        "FIELD",
        _("This does not read as it should: %(field)s. Fill it in again"),
        {"field": pair},
        value_used=field,
        field=field,
    )
