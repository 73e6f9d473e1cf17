"""Letters: what happened is written down with it, and sent by a task: one event, one letter, sent once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise

from accounts import senders
from accounts.acts import write_last, write_now
from accounts.models import Letter, Person
from accounts.reasons import Sentence

# Nobody is woken for what can wait; what concerns a bed of this very night cannot.
QUIET_FROM, QUIET_UNTIL = time(22), time(8)
# After each trouble the wait doubles: the last try is about four hours after the first.
MAX_TRIES = 9
NO_PHONE, NO_TEXT = "no phone", "no text for this kind"


@dataclass(frozen=True)
class Kind:
    text: Promise | Callable[[Mapping[str, Any]], Sentence]
    urgent: bool


KINDS: dict[str, Kind] = {}


def letter_kind(name: str, text: Promise | Callable[[Mapping[str, Any]], Sentence], urgent: bool = False) -> None:
    """Say what a letter of the kind ``name`` reads: called by the floors above when they are loaded.

    ``text`` is a `gettext_lazy` with ``%(name)s`` places, or a function of the letter's values that returns a
    Sentence. An ``urgent`` kind is about tonight and is sent at night too.
    """
    KINDS[name] = Kind(text, urgent)


def write(person: Person, kind: str, about: str, now: datetime, **values) -> None:
    """Write a letter to ``person`` about the thing with the code ``about``; it is sent once this act is in the books.

    A second letter of the same kind about the same thing is not written. Values are JSON values, days, moments, or
    [Chinese, English]: they are what the kind's text says.
    """
    letter = Letter(person=person, kind=kind, about=about, written_at=now, values=_packed(values))
    write_last(letter, ignore_conflicts=True)


def unwrite(person: Person, about: str, kind: str = "") -> int:
    """Take back what was written to ``person`` about this and not sent yet (of one ``kind``, or all); returns how many
    letters that were."""
    write_now()
    found = Letter.objects.filter(person=person, about=about, posted_at=None)
    return (found.filter(kind=kind) if kind else found).delete()[0]


def post_due(now: datetime, limit: int = 200) -> int:
    """Send the letters that wait, the oldest first, and return how many went out.

    Run twice or in parallel, each letter goes out once: its row is stamped and the text is sent in one transaction,
    so only a crash between the two can repeat it. What the sender could not send (OSError) waits, longer each time.
    """
    return sum(_post(letter, now) for letter in due(now)[:limit])


def due(now: datetime):
    """The letters (a queryset) that may go out at ``now``: neither sent nor given up, not too early, not at night."""
    rested = Q(tries=0)
    for tries in range(1, MAX_TRIES):
        rested |= Q(tries=tries, tried_at__lte=now - timedelta(minutes=2 ** (tries - 1)))
    waiting = Letter.objects.filter(rested, posted_at=None, written_at__lte=now)
    if awake(now) > now:
        waiting = waiting.filter(kind__in=[name for name, kind in KINDS.items() if kind.urgent])
    return waiting.select_related("person__user").order_by("written_at", "pk")


def awake(now: datetime) -> datetime:
    """``now``, or where it lies in the hours in which nobody is woken, their end."""
    local = timezone.localtime(now)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return now
    day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    return timezone.make_aware(datetime.combine(day, QUIET_UNTIL))


def say(letter: Letter, language: str) -> str:
    """Return what ``letter`` reads in ``language``; raises KeyError where its kind, or a value of it, is unknown."""
    text, values = KINDS[letter.kind].text, _unpacked(letter.values)
    sentence = Sentence(text, values) if isinstance(text, str | Promise) else text(values)
    return sentence.say(language)


def _post(letter, now):
    user = letter.person.user
    if user is None:
        return _give_up(letter, now, NO_PHONE)
    try:
        text = say(letter, user.language)
    except KeyError:
        return _give_up(letter, now, NO_TEXT)
    try:
        with transaction.atomic():
            if not Letter.objects.filter(pk=letter.pk, posted_at=None).update(posted_at=now, trouble=""):
                return 0
            senders.send(user.phone, text)
    except OSError as trouble:
        # Only the kind of trouble: what an operator answers may hold the number or the text.
        Letter.objects.filter(pk=letter.pk, posted_at=None).update(
            tries=F("tries") + 1, tried_at=now, trouble=type(trouble).__name__
        )
        return 0
    return 1


def _give_up(letter, now, trouble):
    Letter.objects.filter(pk=letter.pk, posted_at=None).update(tries=MAX_TRIES, tried_at=now, trouble=trouble)
    return 0


def _packed(value):
    """JSON has no days and moments: they are kept by name, so that each reader gets them in their own way."""
    match value:
        case dict():
            return {name: _packed(each) for name, each in value.items()}
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
    return value


def _unpacked(values):
    return {name: _unpacked_one(value) for name, value in values.items()}


def _unpacked_one(value):
    match value:
        case {"moment": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
        case [chinese, english]:
            return (chinese, english)
    return value
