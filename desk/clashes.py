"""Acts made without a line that the books contradict: both versions side by side, until somebody chooses one.

Nothing of such an act is lost, and nothing is decided for the people of the house: each choice says beforehand what it
would do (it was tried, and rolled back), or why that can't be.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.acts import act, after_refusal, attempt
from accounts.models import User
from accounts.names import mask_name
from accounts.reasons import CHINESE, ENGLISH, MET, NOT_MET, Fix, Reason, Refused, Sentence, not_met
from accounts.record import record
from bookings import changing, desk
from bookings.availability import free_beds
from bookings.coming_anyway import stand_again
from bookings.lodging import lodging_of
from bookings.models import BedNight, NoShow, Stay
from bookings.relocating import to_another_bed
from desk.acts import Asked, kind_of, locked_in_order
from desk.images import images_of
from desk.models import Act, Clash
from desk.reading import bed_called
from desk.undoing import undo
from hostel.models import Hostel
from hostel.nights import Nights, business_day

LOCAL, ONLINE = Clash.Choice.LOCAL, Clash.Choice.ONLINE
ENDED = (Stay.Status.CANCELLED, Stay.Status.NO_SHOW)
MOST_BEDS = 3  # so many other beds are tried for a proposal

Values = dict[str, Any]


# --- words ------------------------------------------------------------------------------------------------------------
def both(text: Promise | str, **values: Any) -> dict[str, str]:
    """``text`` with its values in both languages, as it is kept: {"zh", "en"}."""
    said = Sentence(text, values)
    return {"zh": said.say(CHINESE), "en": said.say(ENGLISH)}


def in_words(reason: Reason) -> dict[str, str]:
    """The sentence of ``reason`` in both languages."""
    return {"zh": reason.sentence.say(CHINESE), "en": reason.sentence.say(ENGLISH)}


def bed_tonight(stay: Stay, day: date) -> str:
    """The label of the bed that ``stay`` has on ``day``, else on its first night to come, else on its last; "" where it
    has none."""
    nights = list(stay.bed_nights.live().select_related("bed__room").order_by("night"))
    to_come = [night for night in nights if night.night >= day]
    return str((to_come or nights[-1:])[0].bed) if nights else ""


def as_the_books_say(stay: Stay, hostel: Hostel, now: datetime) -> dict[str, str]:
    """What the books say of ``stay`` now, in a sentence."""
    bed = bed_tonight(stay, business_day(now)) or "–"
    if stay.hostel_id != hostel.pk:
        return both(_("The guest has a bed in %(hostel)s now"), hostel=(stay.hostel.name_zh, stay.hostel.name_en))
    match stay.state(now):
        case Stay.Status.CONFIRMED:
            return both(
                _("Expected from %(arrival)s to %(departure)s, bed %(bed)s"),
                arrival=stay.arrival,
                departure=stay.departure,
                bed=bed,
            )
        case Stay.Status.IN_HOUSE:
            return both(
                _("In house since %(moment)s, bed %(bed)s, until %(departure)s"),
                moment=stay.checked_in_at,
                bed=bed,
                departure=stay.departure,
            )
        case Stay.Status.LEFT:
            return both(_("Left on %(moment)s"), moment=stay.checked_out_at)
        case Stay.Status.NO_SHOW:
            return both(_("Written down as a no-show: had not come by %(moment)s"), moment=stay.no_show_at)
        case Stay.Status.CANCELLED if stay.cancelled_at:
            return both(
                _("%(cause)s on %(moment)s"),
                cause=tuple(_label(Stay.Cause(stay.cancel_cause).label, each) for each in (CHINESE, ENGLISH)),
                moment=stay.cancelled_at,
            )
    state = Stay.Status(stay.state(now)).label
    return both(_("The stay is now: %(state)s"), state=(_label(state, CHINESE), _label(state, ENGLISH)))


def _label(text, language):
    return Sentence(text).say(language)


def _as_the_tablet_said(asked: Asked, knew: Mapping[str, Any]) -> list[dict[str, str]]:
    """What the tablet said beside who and when, in short sentences; nothing personal that the books would not show."""
    said = asked.said
    lines = []
    if bed := _text(said.get("bed") or (knew.get("bed") if asked.what == "check_in" else "")):
        lines.append(both(_("Bed %(bed)s"), bed=bed))
    if beds := said.get("beds"):
        labels = [_text(each) for each in beds] if isinstance(beds, list) else [_text(beds)]
        lines.append(both(_("Beds %(beds)s"), beds=", ".join(labels[:20])))
    if asked.what == "walk_in":
        lines.append(both(_("Guest %(name)s"), name=mask_name(_text(said.get("name"), 40))))
    for name, text in (
        ("arrival", _("from %(day)s")),
        ("from", _("from %(day)s")),
        ("from_night", _("from %(day)s")),
        ("departure", _("until %(day)s")),
        ("until", _("until %(day)s")),
    ):
        if said.get(name):
            lines.append(both(text, day=_day(said[name])))
    if said.get("with"):
        lines.append(both(_("with stay %(code)s"), code=_text(said["with"])))
    return lines


def _text(value, most=12):
    return str(value or "")[:most]


def _day(value):
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return _text(value)


# --- opening ----------------------------------------------------------------------------------------------------------
def open_clash(asked: Asked, knew: Mapping[str, Any], no: Refused, now: datetime) -> Act:
    """Keep what was ``asked``, inside an act, although the books say ``no``: nothing of it is in them, and somebody
    will choose."""
    touched = locked_in_order([asked.stay]) if asked.stay else []
    stay = touched[0] if touched else None
    kept = Act.objects.create(
        hostel=asked.hostel,
        act_id=asked.act_id,
        what=asked.what,
        stay=asked.stay,
        by=asked.by,
        device=asked.device,
        happened_at=asked.at,
        written_at=now,
        said=dict(asked.said),
        outcome=Act.Outcome.CLASH,
    )
    online = [as_the_books_say(stay, asked.hostel, now) if stay else both(_("The books have nothing of this"))]
    _write(kept, knew, no.reasons, online, _proposals(replace(asked, stay=stay), no, now))
    return kept


def flag(
    done: Act, knew: Mapping[str, Any], reasons: Iterable[Reason], online: list[dict[str, str]], proposals: Values
) -> Act:
    """Say that something about ``done`` is odd, although the books followed it: what they said before is ``online``."""
    done.outcome = Act.Outcome.CLASH
    done.save(update_fields=["outcome"])
    _write(done, knew, reasons, online, proposals)
    return done


def _write(kept, knew, reasons, online, proposals):
    Clash.objects.create(
        act=kept,
        reasons=[reason.as_data() for reason in _in_the_way(reasons)],
        local={"lines": _as_the_tablet_said(_asked_of(kept), knew)},
        online={"lines": online},
        proposals=proposals,
    )


def _in_the_way(reasons):
    """Those that say no; where none does, what is missing or to be asked."""
    return [reason for reason in reasons if reason.verdict == NOT_MET] or [
        reason for reason in reasons if reason.verdict != MET
    ]


def stands(text: Promise | str, **values: Any) -> Values:
    """The choice that leaves everything as it is."""
    return {"do": "stands", "text": both(text, **values), "can": True}


def taken_back(done: Act, text: Promise | str, now: datetime, **values: Any) -> Values:
    """The choice that takes ``done`` back, said with whether that can be."""
    why_not = _why_not(lambda: _take_back(done, now, done.by))
    return _proposed("take_back", {}, both(text, **values), why_not)


def into_bed(stay: Stay, label: str, now: datetime) -> Values:
    """The choice that gives ``stay`` the bed it was said to be in, whoever of those to come has to have another."""
    others = holders(stay, label)
    if here := [other for other in others if other.status == Stay.Status.IN_HOUSE]:
        text = both(_("Give the guest bed %(bed)s"), bed=label)
        return _proposed("into_bed", {"bed": label}, text, Refused(_lies_in_it(label, here[0])))
    if others:
        text = both(
            _("Give the guest bed %(bed)s; %(others)s, not here yet, get another bed of the house"),
            bed=label,
            others=", ".join(f"{other.guest.masked_name} ({other.code})" for other in others),
        )
    else:
        text = both(_("Give the guest bed %(bed)s"), bed=label)
    why_not = _why_not(lambda: _into_bed(stay, label, now))
    return _proposed("into_bed", {"bed": label}, text, why_not)


def _proposed(do, said, text, why_not):
    proposal = {"do": do, "said": said, "text": text, "can": why_not is None}
    return proposal | ({"reason": in_words(why_not.reasons[0])} if why_not else {})


def holders(stay: Stay, label: str) -> list[Stay]:
    """Who else has the bed called ``label`` on nights of ``stay``."""
    room, _dash, number = label.rpartition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= 3):
        return []
    nights = BedNight.objects.live().filter(
        hostel=stay.hostel_id, room__number=room, bed__number=int(number), night__in=list(stay.nights)
    )
    found = Stay.objects.filter(pk__in=nights.values("stay")).exclude(pk=stay.pk)
    return list(found.select_related("guest", "hostel").order_by("pk"))


# --- what is proposed -------------------------------------------------------------------------------------------------
def _proposals(asked: Asked, no: Refused, now: datetime) -> Values:
    """Both choices for an act that is not in the books: the first way to it that works now, or to try again later."""
    local = None
    for do, said, text in _ways(asked, now):
        if _why_not(partial(_HOW[do], asked, said, now)) is None:
            local = {"do": do, "said": said, "text": text, "can": True}
            break
    again = both(_("Try again as the tablet said it: it can be done when what is in the way has gone"))
    return {
        "local": local or _proposed("again", {}, again, no),
        "online": {"do": "let_be", "text": _left_be(asked), "can": True},
    }


def _left_be(asked):
    if asked.stay is None:
        return both(_("Leave the books as they are: nothing of this was done"))
    return both(_("Leave the books as they are"))


def _ways(asked: Asked, now: datetime) -> Iterator[tuple[str, Values, dict[str, str]]]:
    """Ways in which an act that was refused might be done all the same: how, with what said otherwise, in words."""
    said = asked.said
    if asked.stay is not None and asked.stay.hostel_id != asked.hostel.pk:
        return
    match asked.what:
        case "check_in":
            yield from _ways_in(asked)
        case "check_out":
            yield "let_go", {}, both(_("Write down that the guest has left, and give the nights to come back"))
            yield "in_and_out", {}, both(_("Write down that the guest was here and has left"))
        case "extend":
            changed, priced = {"change_of_bed": True}, {"accept_price": True}
            yield "again", changed, both(_("Extend as it was said, with a change of bed"))
            yield "again", priced, both(_("Extend as it was said, at a price: ask the guest first"))
            yield "again", changed | priced, both(_("Extend with a change of bed, at a price: ask the guest first"))
            for departure in _sooner(asked.stay, said.get("departure")):
                less = {"departure": departure.isoformat(), "change_of_bed": True}
                yield "again", less, both(_("Extend until %(day)s only"), day=departure)
        case "walk_in":
            yield "again", {"bed": ""}, both(_("Book the guest into another bed of the house"))
            priced = {"accept_price": True}
            yield "again", priced, both(_("Book the guest in at a price: ask the guest first"))
            yield "again", priced | {"bed": ""}, both(_("Book the guest into another bed, at a price: ask first"))
        case "move" | "place":
            for bed in _other_beds(asked, now):
                yield "again", {"bed": bed}, both(_("Put the guest into bed %(bed)s instead"), bed=bed)


def _ways_in(asked):
    stay, day = asked.stay, business_day(asked.at)
    if not asked.said.get("compared"):
        text = _("Let the guest in: person and document were compared")
        yield "come", {"compared": True}, both(text)
    if asked.said.get("document_number"):
        text = _("Let the guest in: the document was looked at again, and it is theirs")
        yield "come", {"document_number": ""}, both(text)
    if stay.status == Stay.Status.CONFIRMED and day not in stay.nights:
        text = _("Let the stay begin on %(day)s, with as many nights, and let the guest in")
        yield "come", {"begin": day.isoformat()}, both(text, day=day)
    if stay.status == Stay.Status.LEFT:
        yield "come", {}, both(_("The guest is here again: take the leaving back"))
    yield "come", {}, both(_("Let the guest in now"))


def _sooner(stay, wanted):
    """Days of leaving between the one the stay has and the one that was wanted, the latest first."""
    try:
        last = date.fromisoformat(str(wanted)) - timedelta(days=1)
    except ValueError:
        return
    first = stay.departure
    for days in range(min((last - first).days, 14), 0, -1):
        yield first + timedelta(days=days)


def _other_beds(asked, now):
    """Beds free for the rest of the stay, in which its guest could be instead."""
    stay, first = asked.stay, max(asked.stay.arrival, business_day(now))
    if stay.departure <= first or stay.hostel_id != asked.hostel.pk:
        return []
    nights = Nights(first, stay.departure)
    beds = free_beds(stay.hostel, nights, stay.guest.gender, now, stay.pk, lodging_of(stay)).select_related("room")
    here = bed_tonight(stay, first)
    return [str(bed) for bed in beds[: MOST_BEDS + 1] if str(bed) != here][:MOST_BEDS]


class _OnlyTried(Exception):
    """What was tried works; it is not done."""


def _why_not(do: Callable[[], object]) -> Refused | None:
    """Why ``do`` would be refused now, None where it would not: tried inside the act that is running, and rolled
    back."""
    try:
        with attempt():
            do()
            raise _OnlyTried
    except _OnlyTried:
        return None
    except Refused as no:
        return no


# --- the ways ---------------------------------------------------------------------------------------------------------
def _again(asked, said, now):
    return list(kind_of(asked.what).do(replace(asked, said={**asked.said, **said}), now))


def come(asked: Asked, said: Mapping[str, Any], now: datetime) -> list[Stay]:
    """Let a guest in who is here, whatever the books say: a stay that has ended stands again; the bed that was said
    where nobody has it, or the one that is kept, or another of the house."""
    stay = asked.stay
    assert stay is not None
    at = max(asked.at, stay.booked_at)
    said = {**asked.said, **said}
    if stay.status in (*ENDED, Stay.Status.LEFT):
        stay = stand_again(stay, at=at, now=now, actor=asked.by)
        if stay.status == Stay.Status.IN_HOUSE:
            return [stay]
    if begin := said.pop("begin", None):
        arrival = date.fromisoformat(begin)
        nights = Nights(arrival, arrival + timedelta(days=len(stay.nights)))
        stay = changing.shift(stay, nights=nights, now=now, actor=asked.by)

    def into(bed):
        # Whether it was made ready, who was there has seen.
        plain = {**said, "bed": bed, "before_clean": True}
        return list(kind_of("check_in").do(replace(asked, stay=stay, at=at, said=plain), now))

    if (bed := str(said.get("bed") or "")) and not holders(stay, bed):
        with suppress(Refused), attempt():
            return into(bed)
    return into("")


def _let_go(asked, said, now):
    """Who is in house left; at the moment they came, where the tablet's clock says that it was before."""
    stay = asked.stay
    at = max(asked.at, stay.checked_in_at) if stay.checked_in_at else asked.at
    return list(kind_of("check_out").do(replace(asked, at=at), now))


def _in_and_out(asked, said, now):
    """Who was never let in, and left: both at the moment at which they left, which is all that is known."""
    desk.check_in(asked.stay, compared=True, now=now, actor=asked.by, at=asked.at)
    return [desk.check_out(asked.stay, now=now, actor=asked.by, at=asked.at)]


def _into_bed(stay, label, now):
    first = max(stay.arrival, business_day(now))
    if stay.status != Stay.Status.IN_HOUSE or stay.departure <= first:
        raise Refused(_over(stay, now))
    nights = Nights(first, stay.departure)
    to_another_bed(stay, nights, bed_called(stay.hostel, nights, label), now)
    return [stay]


_HOW: dict[str, Callable[[Asked, Values, datetime], list[Stay]]] = {
    "again": _again,
    "come": come,
    "let_go": _let_go,
    "in_and_out": _in_and_out,
    "into_bed": lambda asked, said, now: _into_bed(asked.stay, said["bed"], now),
}


def _take_back(done, now, by):
    if kind_of(done.what).undo is None:
        raise Refused(_for_good(done))
    undo(done, now=now, by=by, chosen=True)
    stay = done.stay
    if stay is not None and (missed_at := done.before.get(stay.code, {}).get("stay", {}).get("no_show_at")):
        # Who is not here after all had not come: it is remembered as it was.
        when = {"guest_id": stay.guest_id, "at": datetime.fromisoformat(missed_at)}
        NoShow.objects.get_or_create(stay=stay, defaults=when)


# --- settling ---------------------------------------------------------------------------------------------------------
def settle(clash: Clash, choice: str, *, now: datetime, by: User) -> Clash:
    """Do what ``choice`` of ``clash`` proposes, all of it or nothing; chosen once, the same choice is only found again.

    Raises Refused with SETTLED where the other was chosen already, or with what is in its way: then what is proposed is
    what can be done now.
    """

    def do():
        found = _behind_its_lock(clash)
        if found.settled_at is not None:
            if found.choice != choice:
                raise Refused(_settled(found))
            return found
        try:
            # What was said of a guest who was forgotten is gone; so is what could be done.
            _carry_out(found.act, found.proposals.get(choice, {"do": "let_be"}), now, by)
        except Refused as no:
            after_refusal(partial(_propose_anew, clash, no, now))
            raise
        found.settled_at, found.settled_by, found.choice = now, by, choice
        found.save(update_fields=["settled_at", "settled_by", "choice"])
        record(
            "settle_clash",
            now=now,
            actor=by,
            person=found.act.stay.guest if found.act.stay else None,
            hostel=found.act.hostel,
            about=found.act.stay.code if found.act.stay else f"clash {found.pk}",
            choice=str(choice),
            act=found.act.what,
        )
        return found

    return act(do)


def _behind_its_lock(clash):
    acts = ("act__hostel", "act__stay__guest", "act__stay__hostel", "act__by", "settled_by__person")
    return Clash.objects.select_for_update(of=("self",)).select_related(*acts).get(pk=clash.pk)


def _carry_out(done, proposal, now, by):
    how = proposal["do"]
    if how == "let_be":
        return
    if how == "take_back":
        _take_back(done, now, by)
        done.undone_at, done.undone_by = now, by
    elif how != "stands":
        # What happened was done by who was there; what was only claimed is done by who says yes to it now.
        asked = _asked_of(done)
        asked = asked if kind_of(done.what).is_fact else replace(asked, by=by)
        touched = locked_in_order(kind_of(done.what).touches(asked))
        before = images_of(touched)
        if asked.stay is not None:
            asked = replace(asked, stay=next((each for each in touched if each.pk == asked.stay.pk), asked.stay))
            if asked.stay.hostel_id != asked.hostel.pk:
                raise Refused(elsewhere(asked.stay))
        stays = _HOW[how](asked, proposal.get("said", {}), now)
        done.before, done.after = done.before or before, images_of(stays)
        done.stay = done.stay or (stays[0] if stays else None)
    done.outcome = Act.Outcome.CLASH if how == "take_back" else Act.Outcome.DONE
    done.save(update_fields=["before", "after", "stay", "outcome", "undone_at", "undone_by"])


def _propose_anew(clash, no, now):
    """What was proposed can't be done any more: say what can, for who looks again."""

    def do():
        found = _behind_its_lock(clash)
        if found.settled_at is None:
            asked = _asked_of(found.act)
            if asked.stay is not None:
                [stay] = locked_in_order([asked.stay])
                asked = replace(asked, stay=stay)
                found.online = {"lines": [as_the_books_say(stay, asked.hostel, now)]}
            if found.act.after:
                local = found.proposals["local"]
                found.proposals["local"] = _proposed(local["do"], local.get("said", {}), local["text"], no)
            else:
                found.proposals = _proposals(asked, no, now)
            found.reasons = [reason.as_data() for reason in _in_the_way(no.reasons)]
            found.save(update_fields=["online", "proposals", "reasons"])

    act(do)


def _asked_of(done: Act) -> Asked:
    """The act as the tablet asked for it."""
    return Asked(done.hostel, done.act_id, done.what, done.by, done.happened_at, done.stay, done.said, done.device)


# --- reasons ----------------------------------------------------------------------------------------------------------
def _settled(clash):
    return not_met(
        "SETTLED",
        _("Somebody has chosen already, on %(moment)s: look at how it stands now"),
        {"moment": clash.settled_at},
        value_used=clash.choice,
        fix=Fix("sync", _("Open what does not fit"), "/desk/sync/"),
    )


def _for_good(done):
    return not_met(
        "STATE",
        _("This can't be taken back here: change it at the stay"),
        value_used=done.what,
        fix=Fix("stay", _("Open the stay"), f"/desk/stays/{done.stay.code}/") if done.stay else None,
    )


def _lies_in_it(label, other):
    return not_met(
        "BED",
        _("%(guest)s (%(code)s) is in bed %(bed)s since %(moment)s: ask them to change first"),
        {"guest": other.guest.masked_name, "code": other.code, "bed": label, "moment": other.checked_in_at},
        value_used=label,
        fix=Fix("stay", _("Open the stay"), f"/desk/stays/{other.code}/"),
    )


def _over(stay, now):
    return not_met(
        "STATE",
        _("Stay %(code)s has no night to come in which its guest could have another bed"),
        {"code": stay.code},
        value_used=str(stay.state(now)),
    )


def elsewhere(stay: Stay) -> Reason:
    """The guest was given a bed in another house meanwhile."""
    return not_met(
        "HOSTEL",
        _("The guest has a bed in %(hostel)s by now: ring that house, and show the guest the way"),
        {"hostel": (stay.hostel.name_zh, stay.hostel.name_en)},
        value_used=stay.hostel.slug,
    )


def of_another_moment(done: Act) -> Reason:
    """What is reported long after it happened."""
    return not_met(
        "OLD",
        _("This happened on %(moment)s, more than 24 hours before it was sent: look whether it still fits"),
        {"moment": done.happened_at},
        value_used=done.happened_at,
    )


def another_bed(stay: Stay, said: str, given: str) -> Reason:
    """The books give a guest another bed than the tablet did."""
    return not_met(
        "BED",
        _("The tablet said bed %(said)s, the books have bed %(given)s for this guest"),
        {"said": said, "given": given},
        value_used=given,
        needed=said,
    )
