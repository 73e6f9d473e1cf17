"""What is done at a desk: each act once, with what was before it and what is after it.

Whichever way an act comes (a page, the REST door, the queue of a tablet that had no line), it is `Asked` in plain
words, and `perform` does it. What can be done is what the modules beside this one register with `kind`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from accounts.acts import act
from accounts.idempotency import KeyReused
from accounts.models import User
from accounts.reasons import Refused
from bookings.locking import lock_friends, locked
from bookings.models import Stay
from desk.images import images_of
from desk.models import Act
from hostel.models import Hostel


@dataclass(frozen=True)
class Asked:
    """An act as it was asked for: where, under which id, what, by whom, when it happened, about which stay.

    ``said`` is the rest in JSON values, the same whichever way it came: beds by their labels ("302-1"), days as
    "2026-03-06", stays by their codes.
    """

    hostel: Hostel
    act_id: str
    what: str
    by: User
    at: datetime
    stay: Stay | None = None
    said: Mapping[str, Any] = field(default_factory=dict)
    device: str = ""


# Does what was asked, and returns the stays that it touched or made: the first is the one it is about.
Do = Callable[[Asked, datetime], Iterable[Stay]]
# Puts back what an act did, at a moment, for somebody (`desk/undoing.py` calls it, and says what it has looked at).
Undo = Callable[[Act, datetime, User], object]


@dataclass(frozen=True)
class Kind:
    """A kind of act: what it is called, how it is done, which stays it may change, how it is taken back.

    A fact has happened, and is never turned away for what the books say; a claim is true once the house has said so.
    What has no ``undo`` can't be taken back.
    """

    name: str
    words: Promise | str
    do: Do
    is_fact: bool
    touches: Callable[[Asked], Iterable[Stay]]
    undo: Undo | None = None


_KINDS: dict[str, Kind] = {}


def _the_stay(asked: Asked) -> Iterable[Stay]:
    return [asked.stay] if asked.stay else []


def kind(
    name: str,
    words: Promise | str,
    *,
    is_fact: bool = False,
    touches: Callable[[Asked], Iterable[Stay]] = _the_stay,
    undo: Undo | None = None,
) -> Callable[[Do], Do]:
    """Register the function below as what does acts called ``name``; ``words`` say what was done ("checked in").

    ``undo`` takes one back: `undoing.put_back` for what only changes stays and their nights.
    """

    def register(do: Do) -> Do:
        _KINDS[name] = Kind(name, words, do, is_fact, touches, undo)
        return do

    return register


def kind_of(name: str) -> Kind:
    """The kind of act called ``name``; raises KeyError where there is none."""
    return _KINDS[name]


def kinds() -> Mapping[str, Kind]:
    """All kinds of acts, by their names."""
    return _KINDS


def known(asked: Asked) -> Act | None:
    """The act of this id, if it is done already; raises KeyReused where the id was used for something else."""
    found = Act.objects.select_related("stay__guest", "stay__hostel").filter(hostel=asked.hostel, act_id=asked.act_id)
    if (done := found.first()) is None:
        return None
    if done.what != asked.what or (asked.stay and done.stay_id not in (None, asked.stay.pk)):
        raise KeyReused
    return done


def perform(asked: Asked, *, now: datetime) -> Act:
    """Do what was asked, all of it or nothing, and keep it; an act that is done already is only found again.

    ``asked.at`` is when it happened, ``now`` when it is written down. Raises what its verb refuses with, and KeyReused
    for an id that names another act.
    """
    return once(asked, lambda: write_down(asked, now))[0]


def once(asked: Asked, do: Callable[[], Act]) -> tuple[Act, bool]:
    """Have ``do`` done for ``asked``, all of it or nothing: the act, and whether it was done now, or is only found
    again. Raises what ``do`` refuses with, and KeyReused for an id that names another act."""

    def look_and_do():
        return (done, False) if (done := known(asked)) is not None else (do(), True)

    try:
        return act(look_and_do)
    except Refused:
        # Refused only because its twin, sent at the same moment, went through.
        if (done := known(asked)) is None:
            raise
        return done, False


def write_down(asked: Asked, now: datetime, by_way: Do | None = None) -> Act:
    """`perform` for an act that is not done yet, inside an act; ``by_way`` does it in another way than its kind does,
    where the books have to follow what happened."""
    chosen = kind_of(asked.what)
    touched = locked_in_order(chosen.touches(asked))
    before = images_of(touched)
    # As it is behind the lock: what was read before may be another's by now.
    fresh = replace(asked, stay=next((each for each in touched if each == asked.stay), asked.stay))
    stays = list((by_way or chosen.do)(fresh, now))
    return Act.objects.create(
        hostel=asked.hostel,
        act_id=asked.act_id,
        what=asked.what,
        stay=stays[0] if stays else None,
        by=asked.by,
        device=asked.device,
        happened_at=asked.at,
        written_at=now,
        said=dict(asked.said),
        before=before,
        after=images_of(_as_they_are(stays, touched, fresh)),
    )


def _as_they_are(stays: Iterable[Stay], touched: Iterable[Stay], asked: Asked) -> Iterator[Stay]:
    """A verb returns a stay as it became; the one that was asked about and only handed through is read anew, or left
    out where the act does not touch it."""
    numbers = {stay.pk for stay in touched}
    for stay in stays:
        if stay is not asked.stay:
            yield stay
        elif stay.pk in numbers:
            yield Stay.objects.select_related("guest").get(pk=stay.pk)


def locked_in_order(stays: Iterable[Stay]) -> list[Stay]:
    """The ``stays`` as they are behind the locks of their guests, taken in the order of the guests' numbers."""
    stays = sorted(stays, key=lambda stay: stay.guest_id)
    if len(stays) > 1:
        lock_friends(*stays)
    return [locked(stay) for stay in stays]
