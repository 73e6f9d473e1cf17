"""All about one stay (D5): who, which nights in which beds, what happened to it, and what can be done with it now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.documents import mask
from accounts.looks import DONE
from accounts.models import Deed
from accounts.phones import mask_phone
from accounts.reasons import MET
from accounts.record import record
from bookings.actions import actions, first_kept
from bookings.alternatives import CHANGE_OF_BED, NEARBY, distance
from bookings.availability import night_table
from bookings.models import BedNight, Stay
from bookings.moving import Place
from desk.acts import kinds
from desk.chart import beds_to_change_to
from desk.shift import name_of
from desk.undoing import last_act
from eligibility.reasons import Reason, Refused
from hostel.models import Bed, Hostel
from hostel.nights import Nights
from web.desk.access import Desk, at_the_desk
from web.desk.acts import act_once, new_act_id
from web.staff import no_right
from web.templatetags.desk import state_today
from web.templatetags.house import full_day, metres

SHOWN = 60  # lines of the timeline, the latest first
MOST_ADDED = 7  # nights that one tap offers to add


@dataclass(frozen=True)
class Step:
    """Something that can be done to a stay at the desk: its address, its words, its icon."""

    name: str
    words: Promise | str
    icon: str
    page: str  # the name of its address; "" for the small forms of this module
    said: tuple[str, ...] = ()  # the fields of its form, as the act says them
    needs_line: bool = True  # it can't wait in a tablet's queue

    @property
    def slug(self) -> str:
        return self.name.replace("_", "-")


STEPS = {
    step.name: step
    for step in (
        Step("check_in", gettext_lazy("Check in"), "key", "desk_checkin", needs_line=False),
        Step("check_out", gettext_lazy("Check out"), "out", "desk_check_out", needs_line=False),
        Step("no_show", gettext_lazy("Did not come"), "block", "desk_no_show"),
        Step("overstay", gettext_lazy("Is still here"), "clock", "", ("departure",)),
        Step("extend", gettext_lazy("Extend"), "calendar", "", ("departure", "change_of_bed", "accept_price"), False),
        Step("move", gettext_lazy("Change bed"), "bed", "", ("bed", "from_night", "because"), False),
        Step("shorten", gettext_lazy("Leave early"), "back", "", ("departure",), False),
        Step("swap", gettext_lazy("Swap beds"), "sync", "", ("with", "from_night", "because"), False),
        Step("move_to_hostel", gettext_lazy("To another house"), "building", "", ("hostel", "from_night", "because")),
    )
}
FORMS = {step.slug: step for step in STEPS.values() if not step.page}
# Deeds on record about a stay that nobody else calls by a word.
WORDS = {
    "move": gettext_lazy("changed the bed"),
    "swap": gettext_lazy("changed beds with another guest"),
    "move_to_hostel": gettext_lazy("moved to another house"),
    "move_house": gettext_lazy("moved to another house"),
    "move_by_house": gettext_lazy("was moved by the house"),
    "came_anyway": gettext_lazy("came although the books said otherwise"),
    "ask_house": gettext_lazy("the house was asked for the bed"),
    "house_silent": gettext_lazy("the house did not answer"),
    "house_answer": gettext_lazy("the house answered"),
    "overstay": gettext_lazy("stayed on after the day of leaving"),
    "settle_clash": gettext_lazy("two versions were settled"),
}
# What is done when its time has come, by nobody.
BY_THE_CLOCK = ("no_show", "hold_ended", "check_out", "house_silent")


@dataclass(frozen=True)
class Line:
    """A line of the timeline: when, what, by whom, and the values that belong to it."""

    at: datetime
    words: Promise | str
    who: str
    more: str


def stay_of(request: HttpRequest, desk: Desk, code: str) -> Stay | HttpResponse:
    """The stay of a house of this desk, or the answer that there is none."""
    found = Stay.objects.filter(code=code.upper(), hostel__in=desk.hostels)
    stay = found.select_related("guest__user", "hostel__network", "assessment__policy", "continues").first()
    if stay is not None:
        return stay
    return no_right(
        request,
        _("No house of yours has a stay with this code."),
        _("A stay is handled where it is booked. The guest's own page says where that is."),
        status=404,
    )


# --- the page ---------------------------------------------------------------------------------------------------------
@at_the_desk
@require_safe
def stay_page(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """All about one stay. That it was opened is on record."""
    stay = stay_of(request, desk, code)
    if isinstance(stay, HttpResponse):
        return stay
    desk = desk.of(stay)
    record("see_stay", now=desk.now, actor=desk.user, person=stay.guest, hostel=stay.hostel, about=stay.code)
    doable, act = actions(stay, desk.now, STEPS), last_act(stay, desk.now)
    nights = list(stay.bed_nights.live().select_related("bed__room").order_by("night"))
    shown = {
        "desk": desk,
        "section": "stay",
        "stay": stay,
        "state": _state(stay, desk),
        "document": mask(stay.guest.document),
        "phone": mask_phone(stay.guest.user.phone) if stay.guest.user else "",
        "beds": _runs(nights),
        "price_fen": sum(night.price_fen for night in nights),
        "steps": [(step, _address(desk, step, stay)) for step in _in_order(stay, desk) if doable[step.name].ok],
        "why_not": [(step, doable[step.name].reason) for step in STEPS.values() if not doable[step.name].ok],
        "act": act,
        "act_words": kinds()[act.what].words if act else "",
        "note_id": new_act_id(),
        "notes": stay.notes.select_related("by__person", "done_by__person").order_by("-at")[:SHOWN],
        "timeline": _timeline(stay),
        "continued": stay.continued_by.select_related("hostel").first(),
    }
    return render(request, "web/desk/stay.html", shown)


def _state(stay, desk):
    """A key of the states in `web.templatetags.house`."""
    state = stay.state(desk.now)
    if state == Stay.Status.HELD:
        return {"proof": "held_proof", "review": "held_review"}.get(stay.awaits, state)
    return state if state == Stay.Status.CANCELLED else state_today(stay, desk.day)


def _in_order(stay, desk):
    """The steps as they come; the first is what is next. Who is long in house leaves first on their last day only."""
    steps = list(STEPS.values())
    if stay.status == Stay.Status.IN_HOUSE and stay.departure > desk.day:
        steps.sort(key=lambda step: step.name != "extend")
    if stay.kept_until <= desk.now:
        steps.sort(key=lambda step: step.name != "no_show")
    return steps


def _address(desk, step, stay):
    if step.name == "check_in":
        return desk.url(step.page, stay=stay.code)
    return desk.url(step.page, stay.code) if step.page else desk.url("desk_stay_act", stay.code, step.slug)


def _runs(nights: list[BedNight]) -> list[tuple[Bed, Nights]]:
    """Which bed from when until when."""
    runs: list[tuple[Bed, Nights]] = []
    for night in nights:
        after = night.night + timedelta(days=1)
        if runs and runs[-1][0].pk == night.bed_id and runs[-1][1].departure == night.night:
            runs[-1] = (runs[-1][0], Nights(runs[-1][1].arrival, after))
        else:
            runs.append((night.bed, Nights(night.night, after)))
    return runs


def _timeline(stay) -> list[Line]:
    """What is on record about the stay, the latest first, without who looked at it: one statement."""
    deeds = Deed.objects.filter(about=stay.code).exclude(what__startswith="see_").order_by("-at", "-pk")
    lines = []
    for deed in deeds.select_related("actor__person")[:SHOWN]:
        if words := _words(deed.what):
            if deed.actor is None:
                who = _("the house's clock") if deed.what in BY_THE_CLOCK else ""
            elif deed.actor_id == stay.guest.user_id:
                who = _("the guest")
            else:
                who = name_of(deed.actor)
            more = [str(deed.values[name]) for name in ("bed", "from_night") if deed.values.get(name)]
            lines.append(Line(deed.at, words, who, " · ".join([*more, deed.reason] if deed.reason else more)))
    return lines


def _words(what: str) -> Promise | str:
    """A deed in words; "" for what only programs read."""
    if words := WORDS.get(what) or DONE.get(what):
        return words
    if what.startswith("undo_") and (undone := _words(what.removeprefix("undo_"))):
        return _("took back: %(what)s") % {"what": undone}
    return kinds()[what].words if what in kinds() else ""


# --- the small forms --------------------------------------------------------------------------------------------------
@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def act_page(request: HttpRequest, desk: Desk, code: str, act: str) -> HttpResponse:
    """One act on its own small page: what it asks for, and what it is refused with."""
    if (step := FORMS.get(act)) is None:
        raise Http404
    stay = stay_of(request, desk, code)
    if isinstance(stay, HttpResponse):
        return stay
    desk, no = desk.of(stay), None
    sent = request.POST if request.method == "POST" else request.GET
    said = {name: sent[name].strip()[:120] for name in step.said if sent.get(name, "").strip()}
    if request.method == "POST":
        try:
            done = act_once(request, desk, step.name, stay, **said)
        except Refused as refused:
            no = refused
            stay.refresh_from_db()
        else:
            messages.success(request, _("Done: %(what)s") % {"what": kinds()[step.name].words})
            # Who has moved to a house that this desk does not know is not looked for here.
            here = Stay.objects.filter(pk=done.stay_id, hostel__in=desk.hostels).first() if done.stay_id else None
            return redirect(desk.url("desk_stay", here.code) if here else desk.url("desk", act=str(done.pk)))
    return _ask(request, desk, stay, step, said, no)


def _ask(request, desk, stay, step, said, no):
    reason: Reason | None = actions(stay, desk.now, [step.name])[step.name].reason
    shown: dict[str, Any] = {
        "desk": desk,
        "section": "stay",
        "stay": stay,
        "step": step,
        "said": said,
        "beds": _runs(list(stay.bed_nights.live().select_related("bed__room").order_by("night"))),
        "reason": reason,
        "no": [each for each in no.reasons if each.verdict != MET] if no else [],
        "ways": _ways(desk, step, said, no) if no else [],
        "act_id": new_act_id(),
        "back": desk.url("desk_stay", stay.code),
    }
    if reason is None:
        shown |= OPTIONS[step.name](stay, desk, said)
    return render(request, "web/desk/stay_act.html", shown, status=409 if no else 200)


@dataclass(frozen=True)
class Way:
    """A way on after a no: what its button says, and what it sends; without fields it is only said."""

    words: str
    said: Mapping[str, str]
    act_id: str


def _ways(desk, step, said, no) -> list[Way]:
    ways = []
    if any(each.fix is not None and each.fix.kind == "accept_price" for each in no.reasons):
        ways.append(Way(_("The guest pays the price"), {**said, "accept_price": "1"}, new_act_id()))
    for each in no.alternatives:
        if isinstance(each, Place):
            ways.append(Way(_("Bed %(bed)s") % {"bed": each.bed}, {**said, "bed": str(each.bed)}, new_act_id()))
        elif each.kind == CHANGE_OF_BED and "change_of_bed" in step.said:
            ways.append(Way(_("In another bed from then on"), {**said, "change_of_bed": "1"}, new_act_id()))
        elif each.kind == NEARBY:
            words = _("%(hostel)s has room, %(distance)s away: ring %(phone)s") % {
                "hostel": each.hostel.name,
                "distance": metres(each.distance_m or 0),
                "phone": each.hostel.phone,
            }
            ways.append(Way(words, {}, ""))
    return ways


def _days(first: date, last: date, stay: Stay) -> list[tuple[str, str, int]]:
    """The days of leaving from ``first`` to ``last``: value, words, by how many nights it differs."""
    days = [first + timedelta(days=by) for by in range((last - first).days + 1)]
    return [(day.isoformat(), full_day(day), (day - stay.departure).days) for day in days]


def _longer(stay, desk, said):
    return {"days": _days(stay.departure + timedelta(days=1), stay.departure + timedelta(days=MOST_ADDED), stay)}


def _shorter(stay, desk, said):
    first = first_kept(stay, desk.now) + timedelta(days=1)
    return {"days": _days(first, stay.departure - timedelta(days=1), stay)}


def _still_here(stay, desk, said):
    return {"days": _days(stay.departure + timedelta(days=1), desk.day + timedelta(days=1), stay)}


def _from_nights(stay, desk):
    first = max(stay.arrival, desk.day)
    return [(night.isoformat(), full_day(night)) for night in stay.nights if night >= first]


def _chosen_night(stay, desk, said):
    known = dict(_from_nights(stay, desk))
    return date.fromisoformat(said["from_night"]) if said.get("from_night") in known else max(stay.arrival, desk.day)


def _other_beds(stay, desk, said):
    beds = beds_to_change_to(stay, desk.now, _chosen_night(stay, desk, said))
    return {"free": beds, "from_nights": _from_nights(stay, desk)}


def _other_guests(stay, desk, said):
    """Who else sleeps here on a night that is to come."""
    there = Stay.objects.filter(hostel=stay.hostel, status__in=[Stay.Status.CONFIRMED, Stay.Status.IN_HOUSE])
    nights = Nights(max(stay.arrival, desk.day), stay.departure)
    others = (
        BedNight.objects.live()
        .filter(stay__in=there.exclude(pk=stay.pk).exclude(guest=stay.guest_id))
        .filter(night__gte=nights.arrival, night__lt=nights.departure, stay__guest__gender=stay.guest.gender)
        .select_related("stay__guest", "bed__room")
        .order_by("night", "bed__room__number", "bed__number")
    )
    first = {night.stay_id: night for night in reversed(others)}
    rows = sorted(first.values(), key=lambda night: (night.bed.room.number, night.bed.number))
    return {"others": [(night.stay, night.bed) for night in rows], "from_nights": _from_nights(stay, desk)}


def _other_houses(stay, desk, said):
    """The houses of the network with a bed on each of the nights that are left, the nearest first."""
    first = _chosen_night(stay, desk, said)
    nights = Nights(first, stay.departure)
    open_then = Hostel.objects.valid_throughout(nights).filter(network=stay.hostel.network_id)
    houses = [each for each in open_then.exclude(pk=stay.hostel_id) if each.access != Hostel.Access.GROUP]
    counts = night_table(houses, nights, desk.now, stay.guest.gender)
    free = [(each, min(night.free for night in counts[each.pk]), distance(stay.hostel, each)) for each in houses]
    return {
        "houses": sorted([row for row in free if row[1]], key=lambda row: row[2]),
        "from_nights": _from_nights(stay, desk),
    }


OPTIONS = {
    "extend": _longer,
    "shorten": _shorter,
    "overstay": _still_here,
    "move": _other_beds,
    "swap": _other_guests,
    "move_to_hostel": _other_houses,
}
