"""What is held of somebody as one file for them: a page to read, the same for programs, and their pictures."""

import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import IO, Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.acts import act
from accounts.forgetting import Fact, Section, files, holds, tells
from accounts.looks import looks_at
from accounts.models import Deed, Person, User
from accounts.reasons import Fix, Refused, not_met
from accounts.record import record

EXPORTED = "export_own"
# Each opens everything that is sealed, and the pictures: often enough for whoever lost the file.
MOST_AN_HOUR = 10
KEPT_IN_MEMORY = 4 * 1024 * 1024  # bytes; what is more waits on the disk until it is sent


def as_data(user: User, *, now: datetime, language: str) -> dict[str, Any]:
    """All that is held of ``user`` as JSON values; sentences in ``language``. That it was asked for is on record.

    Raises Refused with TOO_OFTEN after ten times in an hour.
    """
    if Deed.objects.filter(actor=user, what=EXPORTED, at__gt=now - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise Refused(_too_often())
    record(EXPORTED, now=now, actor=user, person=Person.objects.filter(user=user).first())
    with translation.override(language):
        sections = tells(user, now, language)
        return {
            "made_at": now.isoformat(),
            "held": [
                {
                    "key": held.key,
                    "what": str(held.title),
                    "value": str(held.what),
                    "why": str(held.why),
                    "until": str(held.until_when),
                    "value_source": held.source,
                }
                for held in holds(user, now)
            ],
            "looks": [
                {"at": look.at.isoformat(), "who": str(look.who), "what": str(look.what), "about": look.about}
                for look in looks_at(user)
            ],
            **{
                each.key: [{fact.key: _plain(fact.value) for fact in entry} for entry in each.entries]
                for each in sections
            },
        }


def export(user: User, *, now: datetime, language: str) -> IO[bytes]:
    """The same as an open zip file: ``index.html`` to be read in ``language`` without a network, ``data.json``, and the
    pictures of proofs that are still kept. Who sends it closes it. Raises Refused as `as_data` does."""
    data = act(lambda: as_data(user, now=now, language=language))
    pictures = [name for proof in data.get("proofs", ()) for name in proof["files"]]
    whole = tempfile.SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115  # it outlives this function
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("index.html", _page(user, now, language, pictures))
        packed.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2))
        for name, content in files(user, now):
            packed.writestr(name, content, zipfile.ZIP_STORED)
    whole.seek(0)
    return whole


@dataclass(frozen=True)
class Line:
    """One value as it is read: what it is called, and its texts."""

    label: str
    texts: list[str]


def _too_often():
    return not_met(
        "TOO_OFTEN",
        gettext_lazy("This was asked for %(times)s times within an hour: try again later"),
        {"times": MOST_AN_HOUR},
        value_used=MOST_AN_HOUR,
        fix=Fix("own", gettext_lazy("Read it on the page"), "/me/data/"),
    )


def _page(user, now, language, pictures):
    with translation.override(language):
        sections = [(each.key, str(each.title), list(_entries(each))) for each in tells(user, now, language)]
        shown = {
            "now": timezone.localtime(now),
            "language": "en" if language == "en" else "zh-Hans",
            "held": holds(user, now),
            "looks": looks_at(user),
            "sections": sections,
            "pictures": pictures,
        }
        return render_to_string("accounts/export.html", shown)


def _entries(section: Section) -> Iterator[list[Line]]:
    for entry in section.entries:
        lines = (Line(str(fact.label), _read(fact)) for fact in entry)
        yield [line for line in lines if line.texts]


def _read(fact: Fact) -> list[str]:
    value = fact.value
    if fact.said is not None:
        return fact.said
    if isinstance(value, list):
        return [_said(each) for each in value]
    return [said] if (said := _said(value)) else []


def _said(value: Any) -> str:
    match value:
        case None | "":
            return ""
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case dict():
            return " · ".join(f"{key} {_said(each)}" for key, each in value.items() if each not in (None, "", {}, []))
    return str(value)


def _plain(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case None | bool() | int() | str() | list() | dict():
            return value
    return str(value)
