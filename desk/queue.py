"""What a tablet did without a line, sent when it had one again: each act once, however often the queue is sent.

What happened (a guest came, left) is never turned away for what the books say: the books follow it as far as they can,
and where they contradict it both versions are kept side by side (`desk/clashes.py`). What was only claimed (a walk-in,
a longer stay, another bed) is true once the house has said so; what it says no to becomes such a clash as well.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.acts import act
from accounts.idempotency import KeyReused, well_formed
from accounts.models import Deed, User
from accounts.reasons import Refused, Sentence
from bookings.models import Stay
from desk.acts import Asked, kinds, known, perform
from desk.clashes import oddly_done, open_clash
from desk.models import Act, Clash
from hostel.models import Hostel

log = logging.getLogger(__name__)

MOST_ACTS = 50  # of one sending: a tablet sends the next ones when it has the answer to these
# After a week the books of those days are closed.
TOO_OLD = timedelta(days=7)
# What a tablet may have done by itself.
WITHOUT_A_LINE = (
    "check_in",
    "check_out",
    "begin_cleaning",
    "cleaned",
    "soiled",
    "note",
    "note_done",
    "walk_in",
    "extend",
    "shorten",
    "move",
    "swap",
    "place",
    "block",
)

DONE, KNOWN, CLASH, TURNED_AWAY = "done", "known", "clash", "turned_away"


@dataclass(frozen=True)
class Received:
    """What became of one act of a queue. ``outcome``: done; known from before; clash (``clash`` is its number, somebody
    will choose); turned_away: it can't be read, or is not this house's, and stays on the tablet until somebody has read
    the ``sentence``."""

    act_id: str
    outcome: str
    sentence: Sentence | Promise | str
    clash: int | None = None
    stay: str | None = None

    def as_data(self) -> dict[str, Any]:
        """As JSON values, the sentence in the language spoken."""
        return {
            "act_id": self.act_id,
            "outcome": self.outcome,
            "clash": self.clash,
            "stay": self.stay,
            "sentence": str(self.sentence),
        }


class Unreadable(Exception):
    """An entry of a queue that no act can be made of; the first argument says why, in a sentence."""


def receive(hostel: Hostel, sent: Iterable[object], *, device: str, login: User, now: datetime) -> list[Received]:
    """Write down what the tablet ``device`` did at the desk of ``hostel`` while it had no line, in the order ``sent``.

    Each of ``sent`` is {"act_id", "what", "stay" (a code, or null), "happened_at" (RFC 3339), "said", "by", "knew"} as
    JSON values; ``login`` is whose login the tablet has, who stood there is in "by". Every entry has an answer of its
    own, in the same order; nothing is raised for what stands in one, and what one is answered changes nothing for the
    next. Whether ``login`` manages the house is the door's to ask.
    """
    return [_received(hostel, entry, device, login, now) for entry in sent]


def open_clashes(hostel: Hostel) -> int:
    """How many acts at ``hostel`` wait for somebody's choice."""
    return Clash.objects.filter(act__hostel=hostel, settled_at=None).count()


def _received(hostel, entry, device, login, now):
    act_id = entry.get("act_id") if isinstance(entry, Mapping) else None
    try:
        asked, knew = _read(hostel, entry, device, login, now)
        written = _write_down(asked, knew, now)
    except Unreadable as why:
        return Received(str(act_id or "")[:80], TURNED_AWAY, why.args[0])
    except KeyReused:
        return Received(str(act_id), TURNED_AWAY, _("Another act has this id already."))
    except Exception:
        # Whatever is wrong with one act, the others are taken; this one stays on the tablet.
        log.exception("an act of a queue could not be written down")
        return Received(str(act_id or "")[:80], TURNED_AWAY, _("This could not be read. Write it down on paper, too."))
    return written


# --- reading ----------------------------------------------------------------------------------------------------------
def _read(hostel, entry, device, login, now):
    """The act that ``entry`` tells of, and what the tablet knew; raises Unreadable."""
    if not isinstance(entry, Mapping):
        raise Unreadable(_("This is no act."))
    act_id, what = entry.get("act_id"), entry.get("what")
    if not isinstance(act_id, str) or not well_formed(act_id):
        raise Unreadable(_("An act has an id of 1 to 80 printable characters."))
    if what not in WITHOUT_A_LINE or what not in kinds():
        raise Unreadable(_("This can only be done with a line. Do it again now."))
    said, knew = entry.get("said") or {}, entry.get("knew") or {}
    if not isinstance(said, Mapping) or not isinstance(knew, Mapping):
        raise Unreadable(_("This is no act."))
    moment = _moment(entry.get("happened_at"), now)
    stay = _stay(hostel, entry.get("stay"))
    if stay is None and what in ("check_in", "check_out", "extend", "shorten", "move", "swap", "place"):
        raise Unreadable(_("An act like this is about a stay."))
    return Asked(hostel, act_id, what, login, moment, stay, dict(said), str(device)[:40]), dict(knew)


def _moment(text, now):
    moment = parse_datetime(text) if isinstance(text, str) else None
    if moment is None or moment.tzinfo is None:
        raise Unreadable(_("An act says when it happened."))
    if moment < now - TOO_OLD:
        raise Unreadable(_("This is more than seven days ago. Write it in the shift log and ring the office."))
    # A clock that is far ahead says nothing of when it was: before the queue came is all that is known.
    return min(moment, now)


def _stay(hostel, code):
    if not code:
        return None
    stay = Stay.objects.select_related("guest", "hostel").filter(code=str(code).upper()[:6]).first()
    # Somebody may have been given a bed elsewhere since the tablet read its list: they were this house's.
    if stay is None or (
        stay.hostel_id != hostel.pk and not Deed.objects.filter(hostel=hostel, about=stay.code).exists()
    ):
        raise Unreadable(_("No house of yours has a stay with this code."))
    return stay


# --- writing down -----------------------------------------------------------------------------------------------------
def _write_down(asked, knew, now):
    if (done := known(asked)) is not None:
        return _answer(done, KNOWN)
    try:
        return _answer(act(lambda: oddly_done(perform(asked, now=now), knew, now)), DONE)
    except Refused as no:
        return _answer(open_clash(asked, knew, no, now), DONE)


def _answer(done: Act, outcome: str) -> Received:
    clash = Clash.objects.filter(act=done).first()
    stay = done.stay.code if done.stay else None
    if clash is not None and clash.settled_at is None:
        return Received(done.act_id, CLASH, _("The books say otherwise: choose under sync."), clash.pk, stay)
    return Received(done.act_id, outcome, kinds()[done.what].words, None, stay)
