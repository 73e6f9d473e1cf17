"""Letters: what happened is written down with it, and sent by a task: one event, one letter, sent once.

Whichever way it goes, its person can read it on their own pages too: there the letter itself is what arrives.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from accounts import senders
from accounts.acts import write_last, write_now
from accounts.models import Consent, Letter, Person, User
from accounts.reasons import ENGLISH, Sentence

# Nobody is woken for what can wait; what concerns a bed of this very night cannot.
QUIET_FROM, QUIET_UNTIL = time(22), time(8)
# After each trouble the wait doubles: the last try is about four hours after the first.
MAX_TRIES = 9
NO_PHONE, NO_TEXT, TOO_LATE, NOT_TRUE = "no phone", "no text for this kind", "too late", "no longer true"
# After so many tries in vain with a way that stays silent, the next one is asked, although the first may have sent it.
PATIENT_TRIES = 2
# So many letters in a row that no way answers for: it is not the letters. The others keep their tries.
MOST_IN_A_ROW = 3

Text = Promise | Callable[[Mapping[str, Any]], Sentence]
Still = Callable[[Mapping[str, Any], datetime], bool]


@dataclass(frozen=True)
class Kind:
    text: Text
    urgent: bool
    link: str
    until: str
    still: Still | None


KINDS: dict[str, Kind] = {}


def letter_kind(
    name: str, text: Text, urgent: bool = False, *, link: str = "", until: str = "", still: Still | None = None
) -> None:
    """Say what a letter of the kind ``name`` reads: called by the floors above when they are loaded.

    ``text`` is a `gettext_lazy` with ``%(name)s`` places, or a function of the letter's values that returns a
    Sentence. An ``urgent`` kind is about tonight and is sent at night too. ``link`` is the path it leads to
    (``"/stays/%(code)s/"``); the letter ends with its address. ``until`` names the value that says until when it is
    worth sending: what did not go out by then never does. ``still(values, now)`` is asked last of all, and says whether
    what it tells is still so.
    """
    KINDS[name] = Kind(text, urgent, link, until, still)


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
    so only a crash between the two can repeat it, with a key by which a gateway knows it again. What no way took
    (OSError) waits, longer each time.
    """
    sent = in_a_row = 0
    for letter in due(now)[:limit]:
        try:
            sent += _post(letter, now)
            in_a_row = 0
        except OSError as trouble:
            _tried_in_vain(letter, now, trouble)
            in_a_row += type(trouble) is not senders.NotTaken  # that one is about this letter, or this person
            if in_a_row == MOST_IN_A_ROW:
                break
    return sent


def due(now: datetime):
    """The letters (a queryset) that may go out at ``now``: neither sent nor given up, not too early, not at night."""
    rested = Q(tries=0)
    for tries in range(1, MAX_TRIES):
        rested |= Q(tries=tries, tried_at__lte=now - timedelta(minutes=2 ** (tries - 1)))
    waiting = Letter.objects.filter(rested, posted_at=None, written_at__lte=now)
    if awake(now) > now:
        waiting = waiting.filter(kind__in=[name for name, kind in KINDS.items() if kind.urgent])
    return waiting.select_related("person__user").annotate(by_messenger=_agreed).order_by("written_at", "pk")


def awake(now: datetime) -> datetime:
    """``now``, or where it lies in the hours in which nobody is woken, their end."""
    local = timezone.localtime(now)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return now
    day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    return timezone.make_aware(datetime.combine(day, QUIET_UNTIL))


def say(letter: Letter, language: str) -> str:
    """Return what ``letter`` reads in ``language``; raises KeyError where its kind, or a value of it, is unknown."""
    sentence, path = words(letter, language)
    return f"{sentence} {link(path, language)}" if path else sentence


def words(letter: Letter, language: str) -> tuple[str, str]:
    """What ``letter`` reads in ``language``, and the path it leads to ("" where to none); KeyError as `say`."""
    kind, values = KINDS[letter.kind], _unpacked(letter.values)
    text = kind.text
    sentence = Sentence(text, values) if isinstance(text, str | Promise) else text(values)
    return sentence.say(language), kind.link % values


def link(path: str, language: str) -> str:
    """The whole address of ``path`` on the pages of guests, for somebody who reads ``language``."""
    return f"{settings.ADDRESS}{'/en' if language == ENGLISH else ''}{path}"


def inbox(user: User, now: datetime) -> QuerySet[Letter]:
    """What was written to ``user`` until ``now``, the latest first; not what was no longer so when it was its turn."""
    own = Letter.objects.filter(person__user=user, written_at__lte=now, kind__in=KINDS)
    return own.exclude(trouble__in=[NO_TEXT, NOT_TRUE]).order_by("-written_at", "-pk")


def shown(found: list[Letter], now: datetime) -> None:
    """Remember that the letters ``found`` stood before their person's eyes at ``now``."""
    if unread := [letter.pk for letter in found if letter.read_at is None]:
        Letter.objects.filter(pk__in=unread, read_at=None).update(read_at=now)


# Who wants letters in the messenger has said so; its own name for them is passed on to nobody else's service before.
_agreed = Exists(
    Consent.objects.filter(user=OuterRef("person__user"), purpose=Consent.Purpose.MESSENGER, withdrawn_at=None)
)


def _post(letter, now):
    """Send one letter; 1 where it went out. Raises OSError where no way took it."""
    user = letter.person.user
    if user is None:
        return _give_up(letter, now, NO_PHONE)
    try:
        text = say(letter, user.language)
        if why := _too_late(letter, now):
            return _give_up(letter, now, why)
    except KeyError:
        return _give_up(letter, now, NO_TEXT)
    reader = senders.Address(user.phone, user.messenger_id if letter.by_messenger else "", user.language)
    with transaction.atomic():
        this = Letter.objects.filter(pk=letter.pk)
        if not this.filter(posted_at=None).update(posted_at=now, trouble=""):
            return 0
        patient = letter.tries < PATIENT_TRIES
        this.update(posted_by=senders.deliver(reader, text, letter.kind, key=f"letter-{letter.pk}", patient=patient))
    return 1


def _too_late(letter, now):
    """Why ``letter`` is not sent any more, or nothing."""
    kind, values = KINDS[letter.kind], _unpacked(letter.values)
    if kind.until and values[kind.until] <= now:
        return TOO_LATE
    return NOT_TRUE if kind.still is not None and not kind.still(values, now) else ""


def _tried_in_vain(letter, now, trouble):
    # Only the kind of trouble: what an operator answers may hold the number or the text.
    Letter.objects.filter(pk=letter.pk, posted_at=None).update(
        tries=F("tries") + 1, tried_at=now, trouble=type(trouble).__name__
    )


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
