"""What this floor holds of people: what a desk wrote about a guest, and the PIN of who works there.

Of an act stays what became of it: what was said with it is needed as long as it may be taken back or asked about.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.acts import act
from accounts.forgetting import Fact, Held, Holder, Section, Whose, holder, without
from accounts.models import DeskPin
from accounts.reasons import CHINESE, Sentence
from desk.models import Act, Clash, Note

NOTES_KEPT = timedelta(days=90)
SAID_KEPT = timedelta(days=7)
WIPED: dict[str, Any] = {"reasons": [], "local": {}, "online": {}, "proposals": {}}


def forget(now: datetime) -> int:
    """Wipe what no desk needs any more: texts of the log after ninety days (what is still to do stays), what was said
    with acts after seven, unless a clash is open. Returns how many rows; may run twice or late."""

    def do():
        over = Q(kind__in=(Note.Kind.NOTE, Note.Kind.KEYS, Note.Kind.LOST)) | Q(done_at__isnull=False)
        notes = Note.objects.filter(over, at__lte=now - NOTES_KEPT).exclude(text="").update(text="")
        old = Act.objects.filter(written_at__lte=now - SAID_KEPT).exclude(clash__in=_open())
        settled = Clash.objects.filter(settled_at__lte=now - SAID_KEPT).exclude(local={}, online={})
        return notes + old.exclude(said="").update(said={}) + settled.update(**WIPED)

    return act(do)


def _open():
    return Clash.objects.filter(settled_at=None)


# --- what this floor holds --------------------------------------------------------------------------------------------
def _notes_about(whose: Whose):
    return Note.objects.filter(stay__guest=whose.person) if whose.person else Note.objects.none()


def _holds(whose: Whose, now: datetime) -> Iterator[Held]:
    if written := _notes_about(whose).exclude(text="").count():
        yield Held(
            "desk", Sentence(_("Notes of a desk about your stays: %(number)s"), {"number": written}), None, "record"
        )


def _tells(whose: Whose, now: datetime, language: str) -> Iterator[Section]:
    notes = [
        [
            Fact("stay", _("Stay"), note.stay.code),
            Fact("at", _("When"), note.at, [_said(note.at, language)]),
            Fact("text", _("What the desk wrote"), note.text, [note.text]),
        ]
        for note in _notes_about(whose).exclude(text="").select_related("stay").order_by("at")
        if note.stay
    ]
    if notes:
        yield Section("desk", _("Notes of a desk"), notes)


def _said(moment, language):
    return Sentence("%(moment)s", {"moment": moment}).say(language if language else CHINESE)


def _forgets(whose: Whose, now: datetime) -> None:
    DeskPin.objects.filter(user=whose.user).delete()
    if whose.person is None:
        return
    _notes_about(whose).update(text="")
    theirs = Act.objects.filter(stay__guest=whose.person)
    Clash.objects.filter(act__in=theirs).update(**WIPED)
    theirs.update(said={})
    # What was noted without saying whose stay it is about: their name and numbers are taken out of it.
    for note in Note.objects.filter(stay=None).exclude(text=""):
        if (left := without(note.text, whose)) != note.text:
            note.text = left
            note.save(update_fields=["text"])


holder("desk", Holder(holds=_holds, tells=_tells, forgets=_forgets))
