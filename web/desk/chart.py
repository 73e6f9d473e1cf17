"""The tape chart (D4): beds by floor, fourteen nights. A bar is put elsewhere by drag, menu or key, at one address.

Everything works without scripts: each bar and each free night is a link to its menu, and each menu is forms and links.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from accounts.reasons import Refused
from bookings.actions import actions
from bookings.models import Stay
from desk.chart import BLOCKED, FIRST_LINE, WHOLE_ROOM, Bar, Cell, Row, beds_to_change_to, chart_of, spots_near
from desk.models import Act
from desk.reading import YEARS
from hostel.models import Bed, Room
from hostel.nights import Nights
from web.desk.access import Desk, at_the_desk
from web.desk.acts import act_once, new_act_id
from web.posted import posted
from web.templatetags.house import STATES, day, full_day, span, weekday

NIGHTS = 14
# The night before the first day of a chart is shown too: who leaves on that day slept there.
BEFORE = timedelta(days=1)
# How far from today the chart is turned.
FARTHEST = timedelta(days=400)

# The mark on a bar, so that nobody needs its colour: one sign in Chinese, a short word in English.
MARKS = {
    "due_in": pgettext_lazy("mark of a bar", "due"),
    "arriving_late": pgettext_lazy("mark of a bar", "late"),
    "confirmed": pgettext_lazy("mark of a bar: confirmed", "due"),
    "in_house": pgettext_lazy("mark of a bar", "in"),
    "due_out": pgettext_lazy("mark of a bar", "out"),
    "overdue": pgettext_lazy("mark of a bar", "over"),
    "held": pgettext_lazy("mark of a bar", "held"),
    "no_show": pgettext_lazy("mark of a bar", "n/s"),
    "left": pgettext_lazy("mark of a bar", "left"),
    BLOCKED: pgettext_lazy("mark of a bar", "off"),
    FIRST_LINE: pgettext_lazy("mark of a bar", "line"),
    WHOLE_ROOM: pgettext_lazy("mark of a bar", "room"),
}
WORDS = {name: STATES[name][0] for name in MARKS if name in STATES} | {
    FIRST_LINE: pgettext_lazy("bed", "for the waiting list first"),
    WHOLE_ROOM: pgettext_lazy("bed", "the room is theirs alone"),
}
NOT_READY = {"to_clean": STATES["to_clean"][0], "cleaning": pgettext_lazy("bed", "being cleaned")}
# The order of the legend: the day of a guest, then what is nobody's.
LEGEND = ("due_in", "in_house", "due_out", "overdue", "held", BLOCKED, "no_show", "left", FIRST_LINE, WHOLE_ROOM)


@dataclass(frozen=True)
class Shown:
    """A cell as the page shows it: its ``name`` says all of it, for who hears it and for who rests on it."""

    cell: Cell
    label: str
    name: str
    mark: Promise | str = ""
    text: str = ""
    href: str = ""
    arrival: date | None = None

    @property
    def bar(self) -> Bar | None:
        return self.cell.bar


@dataclass(frozen=True)
class ShownRow:
    """A bed of the page, with what must be known of its room."""

    row: Row
    cells: tuple[Shown, ...]

    @property
    def guests(self) -> str:
        """For whom the room is, in one word; empty where it is for whoever is there first."""
        if self.row.room.supply == Room.Supply.ON_CALL:
            return pgettext("room", "ask first")
        words: dict[str, str] = {
            Room.Guests.FEMALE: pgettext("room", "women"),
            Room.Guests.MALE: pgettext("room", "men"),
            Room.Guests.ANY: pgettext("room", "single"),
        }
        return words.get(self.row.room.guests, "")


@at_the_desk
@require_safe
def chart(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The chart, or the same as a list; with the menu of what was chosen, and what was just done."""
    if request.GET.get("part") == "menu":
        menu = _menu(request, desk)
        if menu is None:
            raise Http404
        return render(request, "web/desk/chart_menu.html", {"desk": desk, "menu": menu})
    return _page(request, desk, menu=_menu(request, desk))


@at_the_desk
@posted(up=1)
def place(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Put a bar down elsewhere: the stay in another bed, or on other days. Who asks for JSON gets no page.

    A guest who changes beds during the stay has a bar in each: one of the later ones (``from_night``) is moved alone.
    """
    code = request.POST.get("stay", "").replace("\0", "").upper()[:6]
    stay = Stay.objects.filter(code=code, hostel=desk.hostel).select_related("guest", "hostel__network").first()
    if stay is None:
        raise Http404
    bed, arrival = request.POST.get("bed", "").replace("\0", "")[:12], _day(request.POST.get("arrival", ""))
    if arrival is None:
        raise SuspiciousOperation("a bar is put down on a day")
    from_night = _day(request.POST.get("from_night", ""))
    wants_json = "application/json" in request.headers.get("Accept", "")
    if from_night and arrival == stay.arrival:
        said: dict[str, Any] = {"what": "move", "bed": bed, "from_night": from_night.isoformat()}
    else:
        said, from_night = {"what": "place", "bed": bed, "arrival": arrival.isoformat()}, None
    try:
        act = act_once(request, desk, said.pop("what"), stay, **said)
    except Refused as no:
        refused = _refused(desk, stay, no, bed, arrival, from_night)
        if not wants_json:
            return _page(request, desk, refused=refused, status=409)
        return JsonResponse(
            {
                "code": no.code,
                "reasons": [reason.as_data() for reason in no.reasons],
                "places": [{"bed": spot["bed"], "arrival": spot["arrival"].isoformat()} for spot in refused["spots"]],
                "html": render_to_string("web/desk/chart_refused.html", {"desk": desk, "refused": refused}, request),
            },
            status=409,
        )
    href = desk.url("desk_chart", **{"from": request.POST.get("from", "")[:10], "done": str(act.pk)})
    return JsonResponse({"act": act.pk, "href": href}) if wants_json else redirect(href, permanent=False)


def _day(text):
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _page(request, desk, *, menu=None, refused=None, status=200):
    asked = _day((request.POST if refused else request.GET).get("from", ""))
    usual = desk.day - BEFORE
    first = asked if asked and abs(asked - desk.day) <= FARTHEST else usual
    view = "list" if request.GET.get("view") == "list" else ""
    read = chart_of(desk.hostel, Nights(first, first + timedelta(days=NIGHTS)), desk.now)
    from_day = "" if first == usual else first.isoformat()

    def here(**query):
        return desk.url("desk_chart", **({"from": from_day, "view": view} | query))

    shown = {
        "desk": desk,
        "section": "chart",
        "chart": read,
        "days": [
            {
                "night": count.night,
                "short": _short(count.night, first),
                "has_month": _has_month(count.night, first),
                "free": count.free,
                "weekday": weekday(count.night),
                "over": count.night < desk.day,
            }
            for count in read.counts
        ],
        "from_day": from_day,
        "view": view,
        "here": here(),
        "turned": {
            "earlier": here(**{"from": (first - timedelta(days=7)).isoformat()}),
            "usual": here(**{"from": ""}) if from_day else "",
            "later": here(**{"from": (first + timedelta(days=7)).isoformat()}),
            "chart": here(view=""),
            "list": here(view="list"),
        },
        "menu": menu,
        "refused": refused,
        "done": _done(request, desk),
        "act_id": new_act_id(),
        "legend": [(state, MARKS[state], WORDS[state]) for state in LEGEND],
    }
    if view:
        shown["bars"] = _bars(desk, read, here)
    else:
        shown["floors"] = [(floor, [_row(desk, row, here) for row in rows]) for floor, rows in read.floors]
    return render(request, "web/desk/chart.html", shown, status=status)


def _short(night, first):
    """The day of the month; with its month where that begins."""
    if _has_month(night, first):
        return day(night)
    return pgettext("day of a month", "%(number)s") % {"number": night.day}


def _has_month(night, first):
    return night == first or night.day == 1


def _row(desk, row, here):
    return ShownRow(row, tuple(_shown(desk, row, cell, here) for cell in row.cells))


def _shown(desk, row, cell, here):
    bar = cell.bar
    if bar is None:
        return _shown_free(desk, row, cell, here)
    return Shown(
        cell,
        row.label,
        _name(row, cell),
        MARKS[bar.state],
        _text(bar),
        here(at=f"{row.label}.{cell.night.isoformat()}"),
        bar.stay.arrival if bar.stay else None,
    )


def _shown_free(desk, row, cell, here):
    night = full_day(cell.night)
    if not cell.there:
        return Shown(cell, row.label, _("%(bed)s, %(night)s, not in use") % {"bed": row.label, "night": night})
    if cell.night < desk.day:
        return Shown(cell, row.label, _("%(bed)s, %(night)s, nobody slept here") % {"bed": row.label, "night": night})
    name = _("%(bed)s, %(night)s, free") % {"bed": row.label, "night": night}
    between = pgettext("between the parts of what a bar is", ", ")
    text = {"female": pgettext("free in a shared room", "women"), "male": pgettext("free in a shared room", "men")}
    if cell.only:
        name += between + text[cell.only]
    if cell.cleaning:
        name += between + str(NOT_READY[cell.cleaning])
    href = here(at=f"{row.label}.{cell.night.isoformat()}")
    return Shown(cell, row.label, name, text=text.get(cell.only, ""), href=href)


def _whose(bar):
    """Whose the bar is, in a few characters: a masked name, an organisation, why a bed is closed."""
    if bar.stay:
        return bar.stay.guest.masked_name
    if bar.batch:
        return bar.batch.organisation
    return str(bar.closure.get_reason_display()) if bar.closure else ""


def _text(bar):
    """What stands on the bar beside its mark."""
    return _whose(bar) or str(WORDS[bar.state])


def _name(row, cell):
    """What a bar is, in words: person, bed, both dates, state."""
    bar = cell.bar
    parts = [_whose(bar), row.label, span(_dates(bar))]
    parts.append(str(WORDS[bar.state]))
    if bar.goes_on:
        parts.append(_("another bed on the other nights"))
    if cell.cleaning:
        parts.append(_("the bed is %(state)s") % {"state": NOT_READY[cell.cleaning]})
    return pgettext("between the parts of what a bar is", ", ").join(part for part in parts if part)


def _dates(bar):
    """The dates that a bar says: of a guest who should have left, those of the stay."""
    return bar.stay.nights if bar.stay and bar.state == "overdue" else bar.nights


def _bars(desk, read, here):
    """The chart as a list: each bar once, by bed and night."""
    return [
        {
            "label": row.label,
            "whose": _whose(cell.bar),
            "stay": cell.bar.stay,
            "nights": _dates(cell.bar),
            "word": WORDS[cell.bar.state],
            "mark": MARKS[cell.bar.state],
            "state": cell.bar.state,
            "cleaning": NOT_READY.get(cell.cleaning, ""),
            "href": here(at=f"{row.label}.{cell.night.isoformat()}"),
        }
        for row in read.rows
        for cell in row.cells
        if cell.bar is not None
    ]


# --- the menu ---------------------------------------------------------------------------------------------------------
def _menu(request, desk):
    """The menu of the bed and night named in the address, or None where nothing is."""
    label, _dot, night_said = request.GET.get("at", "").rpartition(".")
    night = _day(night_said)
    if night is None or abs(night - desk.day) > FARTHEST:
        return None
    read = chart_of(desk.hostel, Nights(night, night + timedelta(days=1)), desk.now)
    row = next((row for row in read.rows if row.label == label), None)
    if row is None or not row.cells[0].there:
        return None
    cell = row.cells[0]
    first = _day(request.GET.get("from", ""))
    menu = {
        "label": label,
        "night": night,
        "cell": cell,
        "bar": cell.bar,
        "cleaning": NOT_READY.get(cell.cleaning, ""),
        "from_day": first.isoformat() if first else "",
        "close": desk.url("desk_chart", **{"from": first.isoformat() if first else ""}),
        "act_id": new_act_id(),
        "rooms": desk.url("desk_rooms"),
    }
    if cell.bar is None:
        return menu | _menu_of_free(desk, label, night)
    menu |= {"word": WORDS[cell.bar.state], "mark": MARKS[cell.bar.state], "whose": _whose(cell.bar)}
    return menu | (_menu_of_stay(desk, cell.bar) if cell.bar.stay else {})


def _menu_of_free(desk, label, night):
    to_come = night >= desk.day
    return {
        "walk_in": desk.url("desk_walkin", bed=label) if night == desk.day else "",
        "block": desk.url("desk_block", beds=label, **{"from": night.isoformat()}) if to_come else "",
    }


def _menu_of_stay(desk, bar):
    """Another bed, other days, the stay itself; and why not, where it may not be."""
    stay = Stay.objects.select_related("guest", "hostel__network", "party", "batch").get(pk=bar.stay.pk)
    can = actions(stay, desk.now, ("move", "shift"))
    beds = beds_to_change_to(stay, desk.now, bar.from_night) if bar.moves else []
    return {
        "stay": stay,
        "dates": _dates(bar),
        "beds": beds,
        "why_not": None if bar.moves else can["move"].reason,
        "least": max(stay.arrival - timedelta(days=30), desk.day),
        "open": desk.url("desk_stay", stay.code),
        "check_in": desk.url("desk_checkin", stay=stay.code) if bar.state in ("due_in", "arriving_late") else "",
        "check_out": desk.url("desk_check_out", stay.code) if bar.state in ("due_out", "overdue") else "",
    }


# --- after the act ----------------------------------------------------------------------------------------------------
def _done(request, desk):
    """The act that the page before this one did, named in the address, with what became of the bar."""
    number = request.GET.get("done", "")
    if not number.isdecimal() or len(number) > 18:
        return None
    acts = Act.objects.filter(pk=number, hostel=desk.hostel, what__in=("place", "move"), undone_at=None)
    act = acts.select_related("stay__guest", "stay__hostel", "hostel").first()
    if act is None or act.stay is None:
        return None
    return {"act": act, "stay": act.stay, "bed": act.said.get("bed", "")}


def _refused(desk, stay, no, label, arrival, from_night):
    """Why a bar can't be put down there, and the two places nearest to it that would do."""
    room, _dash, number = label.rpartition("-")
    named = Bed.objects.select_related("room").filter(room__hostel=desk.hostel, room__number=room)
    wanted = named.filter(number=number).order_by("-pk").first() if number.isdecimal() and len(number) <= 3 else None
    length = timedelta(days=len(stay.nights))
    return {
        "stay": stay,
        "reasons": no.reasons,
        "bed": label,
        "nights": Nights(arrival, arrival + length),
        "from_night": from_night.isoformat() if from_night else "",
        "close": desk.url("desk_chart"),
        "spots": [
            {"bed": str(spot.bed), "arrival": spot.arrival, "nights": Nights(spot.arrival, spot.arrival + length),
             "act_id": new_act_id(), "same_days": spot.arrival == stay.arrival}
            for spot in spots_near(stay, wanted, arrival, desk.now, from_night)
        ],
    }  # fmt: skip
