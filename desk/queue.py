"""What a tablet did without a line, sent when it had one again: each act once, however often the queue is sent.

What happened (a guest came, left) is never turned away for what the books say: the books follow it as far as they can,
and where they contradict it both versions are kept side by side (`desk/clashes.py`). What was only claimed (a walk-in,
a longer stay, another bed) is true once the house has said so; what it says no to becomes such a clash as well.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.idempotency import KeyReused, well_formed
from accounts.models import Deed, User
from accounts.reasons import Refused, Sentence
from bookings import reasons
from bookings.models import Stay
from desk.acts import Asked, kind_of, kinds, known, locked_in_order, once, write_down
from desk.clashes import (
    ENDED,
    another_bed,
    as_the_books_say,
    bed_tonight,
    both,
    come,
    elsewhere,
    flag,
    holders,
    into_bed,
    of_another_moment,
    open_clash,
    settle,
    stands,
    taken_back,
)
from desk.models import Act, Clash
from desk.reading import YEARS
from desk.shift import who
from hostel.models import Hostel
from hostel.nights import business_day

log = logging.getLogger(__name__)

MOST_ACTS = 50  # of one sending: a tablet sends the next ones when it has the answer to these
# What happened longer ago is a fact all the same, and somebody looks at it.
ODDLY_OLD = timedelta(hours=24)
# What no act has within another, and signs that no database keeps.
MOST_DEPTH = 6
UNKEPT = re.compile(r"[\x00\ud800-\udfff]")
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

# What people have to look at before somebody is let in.
NOT_BY_ITSELF = ("COMPARE", "DOCUMENT", "NOT_TODAY")

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
    next. Only what we could not write down by a fault of our own is not answered, nor what comes after it about the
    same stay: the tablet keeps it and sends it again. Whether ``login`` manages the house is the door's to ask.
    """
    answers, later = [], set()
    for entry in map(_readable, sent):
        about = entry.get("stay") if isinstance(entry, Mapping) else None
        if isinstance(about, str) and about in later:
            continue
        try:
            answers.append(_received(hostel, entry, device, login, now))
        except Exception:
            # Whatever it is that broke, the tablet must not be told that it was taken, nor the other acts lost for it.
            log.exception("an act of a queue could not be written down")
            if isinstance(about, str):
                later.add(about)
    return answers


def open_clashes(hostel: Hostel) -> int:
    """How many acts at ``hostel`` wait for somebody's choice."""
    return Clash.objects.filter(act__hostel=hostel, settled_at=None).count()


def _received(hostel, entry, device, login, now):
    act_id = entry.get("act_id") if isinstance(entry, Mapping) else None
    try:
        asked, knew = _read(hostel, entry, device, login, now)
        if asked.at < now - TOO_OLD and known(asked) is None:
            raise Unreadable(_("This is more than seven days ago. Write it in the shift log and ring the office."))
        done, is_new = _write_down(asked, knew, now)
        # That a guest came, or left, may be known from elsewhere.
        is_news = is_new and (asked.what not in ("check_in", "check_out") or done.before != done.after)
        return _answer(done, DONE if is_news else KNOWN)
    except Unreadable as why:
        return Received(str(act_id or "")[:80], TURNED_AWAY, why.args[0])
    except KeyReused:
        return Received(str(act_id), TURNED_AWAY, _("Another act has this id already."))


# --- reading ----------------------------------------------------------------------------------------------------------
def _readable(value, depth=MOST_DEPTH):
    """``value`` as the books can keep it: without half a sign (a text was cut in the middle of one), a NUL, a number
    that is none, or what is nested so deep that nobody means it."""
    if isinstance(value, str):
        return UNKEPT.sub("\ufffd", value)
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, Mapping):
        return {_readable(str(name)): _readable(each, depth - 1) for name, each in value.items()} if depth else None
    if isinstance(value, list):
        return [_readable(each, depth - 1) for each in value] if depth else None
    return value


def _read(hostel, entry, device, login, now):
    """The act that ``entry`` tells of, and what the tablet knew; raises Unreadable."""
    if not isinstance(entry, Mapping):
        raise Unreadable(_("This is no act."))
    act_id, what = entry.get("act_id"), entry.get("what")
    if not isinstance(act_id, str) or not well_formed(act_id):
        raise Unreadable(_("An act has an id of 1 to 80 printable characters."))
    if what not in WITHOUT_A_LINE or what not in kinds():
        raise Unreadable(_("This can only be done with a connection. Do it again now."))
    said, knew = entry.get("said") or {}, entry.get("knew") or {}
    if not isinstance(said, Mapping) or not isinstance(knew, Mapping):
        raise Unreadable(_("This is no act."))
    moment = _moment(entry.get("happened_at"), now)
    stay = _stay(hostel, entry.get("stay"))
    if stay is None and what in ("check_in", "check_out", "extend", "shorten", "move", "swap", "place"):
        raise Unreadable(_("An act like this is about a stay."))
    by = _on_shift(entry.get("by"), hostel, moment) or login
    return Asked(hostel, act_id, what, by, moment, stay, dict(said), str(device)[:40]), dict(knew)


def _on_shift(by, hostel, moment):
    """Who stood there then, as their token says; None without one that is ours: then it is who the tablet is with."""
    return who(by["token"], hostel, moment) if isinstance(by, Mapping) and by.get("token") else None


def _moment(text, now):
    try:
        moment = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment.year not in YEARS:
        raise Unreadable(_("An act says when it happened."))
    # A clock that is far ahead says nothing of when it was: before the queue came is all that is known.
    return min(moment, now)


def _stay(hostel, code):
    if not code:
        return None
    named = str(code).upper()[:6]
    stays = Stay.objects.select_related("guest", "hostel").filter(code=named)
    stay = stays.first() if named.isascii() and named.isalnum() else None
    # Somebody may have been given a bed elsewhere since the tablet read its list: they were this house's.
    if stay is None or (
        stay.hostel_id != hostel.pk and not Deed.objects.filter(hostel=hostel, about=stay.code).exists()
    ):
        raise Unreadable(_("No house of yours has a stay with this code."))
    return stay


# --- writing down -----------------------------------------------------------------------------------------------------
def _write_down(asked, knew, now):
    if asked.stay is not None and asked.stay.hostel_id != asked.hostel.pk:
        return once(asked, lambda: open_clash(asked, knew, Refused(elsewhere(asked.stay)), now))
    try:
        if asked.what == "check_in":
            return _came(asked, knew, now)
        return once(asked, lambda: _old_is_odd(write_down(asked, now), knew, now))
    except Refused as no:
        refusal = no  # the name of an exception ends with its block

        def otherwise():
            if asked.what == "check_out" and _as_it_is(asked.stay).checked_out_at is not None:
                return _nothing_new(asked, now)
            return open_clash(asked, knew, refusal, now)

        return once(asked, otherwise)


def _as_it_is(stay):
    return Stay.objects.select_related("guest", "hostel").get(pk=stay.pk)


def _came(asked, knew, now):
    """A guest came: the books follow as far as they can, and say where they could not."""
    bed = str(asked.said.get("bed") or knew.get("bed") or "")
    said = {**asked.said, "bed": bed, "before_clean": True}

    def as_it_was():
        # Whose bed was given away meanwhile is not put into it over somebody's head.
        if bed and (others := holders(asked.stay, bed)):
            raise Refused(reasons.bed_taken(bed, others[0].nights))
        kind = kind_of("check_in")
        done = write_down(asked, now, lambda asked, now: kind.do(replace(asked, said=said), now))
        return _old_is_odd(done, knew, now)

    try:
        done, is_new = once(asked, as_it_was)
    except Refused as no:
        done, is_new = _followed(asked, knew, bed, no, now)
    if is_new and done.after:
        _settle_what_waited(done, now)
    return done, is_new


def _here_already(asked, knew, bed, now):
    """Let in already, by another tablet or a page: the same fact, unless it says another bed, or that they are back."""
    stay = asked.stay
    if stay.checked_out_at is not None and asked.at > stay.checked_out_at:
        return open_clash(asked, knew, Refused(reasons.wrong_state(stay, now)), now)
    done = _nothing_new(asked, now)
    given = bed_tonight(stay, business_day(now))
    if bed and given and bed != given and stay.status == Stay.Status.IN_HOUSE:
        online = [as_the_books_say(stay, asked.hostel, now)]
        flag(done, knew, [another_bed(stay, bed, given)], online, _two_beds(stay, bed, given, now))
    return done


def _nothing_new(asked, now):
    """Keep an act that says what the books say already: it touches nothing, and is known when it is sent again."""
    done = write_down(asked, now, lambda asked, now: [])
    done.stay, done.before = asked.stay, {}
    done.save(update_fields=["stay", "before"])
    return done


def _followed(asked, knew, bed, no, now):
    """The guest is let in all the same: into the bed that is kept, or into one of a stay that had ended; what the books
    said before and where they say otherwise is flagged. Where they can't follow it is kept as a clash alone."""

    def do():
        [stay] = locked_in_order([asked.stay])
        if stay.checked_in_at is not None and stay.status not in ENDED:
            return _here_already(replace(asked, stay=stay), knew, bed, now)
        if no.code in NOT_BY_ITSELF:
            raise no
        online = [as_the_books_say(stay, asked.hostel, now)]
        ended = stay.status in ENDED
        online += [_has(bed, other, now) for other in (holders(stay, bed) if bed else [])]
        said = {"bed": bed} | ({"evidence_seen": ""} if no.code == "KIND" else {})
        done = write_down(replace(asked, stay=stay), now, lambda asked, now: come(asked, said, now))
        stay = done.stay
        given = bed_tonight(stay, business_day(now))
        if ended:
            there = into_bed(stay, bed, now) if bed and given != bed else {"can": False}
            kept = stands(_("Keep it so: the guest is in house, in bed %(bed)s"), bed=given)
            proposals = {
                "local": there if there["can"] else kept,
                "online": taken_back(done, _("The guest is not here: take the check-in back"), now),
            }
        elif bed and given != bed:
            proposals = _two_beds(stay, bed, given, now)
        else:
            proposals = _kept(done, now)
        return flag(done, knew, no.reasons, online, proposals)

    try:
        return once(asked, do)
    except Refused as why:
        both_noes = Refused(*no.reasons, *_others(why, no))
        return once(asked, lambda: open_clash(asked, knew, both_noes, now))


def _others(why, no):
    """Reasons that are not said already."""
    codes = {reason.code for reason in no.reasons}
    return [reason for reason in why.reasons if reason.code not in codes]


def _has(bed, other, now):
    values = {"bed": bed, "guest": other.guest.masked_name, "code": other.code}
    if other.status == Stay.Status.IN_HOUSE:
        return both(_("Bed %(bed)s: %(guest)s (%(code)s) is in it"), **values)
    return both(_("Bed %(bed)s is promised to %(guest)s (%(code)s)"), **values)


def _two_beds(stay, said, given, now):
    return {
        "local": into_bed(stay, said, now),
        "online": stands(_("Leave the guest in bed %(bed)s, as the books have it"), bed=given),
    }


def _kept(done, now):
    return {
        "local": stands(_("Keep it as it was said")),
        "online": taken_back(done, _("Take it back"), now),
    }


def _old_is_odd(done, knew, now):
    """Flag ``done`` where it is reported so late that the books may have gone on without it."""
    if done.happened_at < now - ODDLY_OLD:
        online = [as_the_books_say(done.stay, done.hostel, now)] if done.stay else []
        flag(done, knew, [of_another_moment(done)], online, _kept(done, now))
    return done


def _settle_what_waited(came, now):
    """Who left was not in house for the books, because the tablet that let them in had no line yet: now they were."""
    waiting = Clash.objects.filter(
        act__stay=came.stay, act__what="check_out", act__happened_at__gte=came.happened_at, settled_at=None
    )
    for clash in waiting.select_related("act__by"):
        # The first time what was proposed when nobody was in house is in the way, the second time what can be done now.
        for _time in range(2):
            with suppress(Refused):
                settle(clash, Clash.Choice.LOCAL, now=now, by=clash.act.by)
                break


def _answer(done: Act, outcome: str) -> Received:
    clash = Clash.objects.filter(act=done, settled_at=None).first()
    stay = done.stay.code if done.stay else None
    if clash is not None:
        return Received(done.act_id, CLASH, _("The books say otherwise: choose under sync."), clash.pk, stay)
    return Received(done.act_id, outcome, kind_of(done.what).words, None, stay)
