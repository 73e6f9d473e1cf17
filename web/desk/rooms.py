"""Housekeeping (D6): each room with the one step that is next for its beds, the most urgent first."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from desk.housekeeping import CLEANING, STATES, TO_CLEAN, BedState, bed_states
from desk.models import Act
from eligibility.reasons import Refused
from hostel.models import Room
from web.desk.access import Desk, at_the_desk
from web.desk.acts import act_once, new_act_id

STEPS = ("begin_cleaning", "cleaned", "soiled")


@dataclass(frozen=True)
class Card:
    """A room with the states of its beds, and what is to do there."""

    room: Room
    beds: tuple[BedState, ...]

    def labels(self, state: str) -> list[str]:
        """The beds of the room in ``state``, by their labels."""
        return [str(each.bed) for each in self.beds if each.state == state]

    @property
    def to_clean(self) -> list[str]:
        return self.labels(TO_CLEAN)

    @property
    def cleaning(self) -> list[str]:
        return self.labels(CLEANING)

    @property
    def waited_for(self) -> bool:
        """Whether somebody is expected tonight, or is in house, whose bed is not ready yet."""
        return any(self._waits(each) for each in self.beds)

    @property
    def urgency(self) -> int:
        """0 for the room that comes first."""
        return 0 if self.waited_for else 1 if self.to_clean else 2 if self.cleaning else 3

    @staticmethod
    def _waits(each):
        return each.state in (TO_CLEAN, CLEANING) and (each.due_in or each.guest_until is not None)


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def rooms(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The rooms; a POST says what was done to some beds, and leads back to their room."""
    if request.method == "POST":
        return _act(request, desk)
    states = bed_states(desk.hostel, desk.now)
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in STATES else ""
    cards = sorted(_cards(states.values(), chosen), key=lambda card: (card.urgency, card.room.floor, card.room.number))
    number = request.GET.get("done", "")
    done = Act.objects.filter(hostel=desk.hostel, pk=number) if number.isascii() and number.isdigit() else None
    act = done.select_related("by__person").first() if done is not None and len(number) < 19 else None
    counted = [each.state for each in states.values()]
    return render(
        request,
        "web/desk/rooms.html",
        {
            "desk": desk,
            "section": "rooms",
            "counts": [(state, counted.count(state), desk.url("desk_rooms", show=state)) for state in STATES],
            "show": chosen,
            "all_href": desk.url("desk_rooms"),
            "block_href": desk.url("desk_block"),
            "act_id": new_act_id(),
            "to_do": [card for card in cards if card.urgency < 3],
            "floors": _by_floor(card for card in cards if card.urgency == 3),
            "done": act,
            "done_room": str(act.said.get("beds", [""])[0]).rpartition("-")[0] if act and act.what in STEPS else "",
        },
    )


def _cards(states: Iterable[BedState], chosen: str) -> list[Card]:
    """The rooms of which a bed is as ``chosen``, or all."""
    by_room = groupby(states, key=lambda each: each.bed.room)
    cards = [Card(room, tuple(beds)) for room, beds in by_room]
    return [card for card in cards if not chosen or any(each.state == chosen for each in card.beds)]


def _by_floor(cards):
    return [(floor, list(rooms)) for floor, rooms in groupby(cards, key=lambda card: card.room.floor)]


def _act(request, desk):
    """One step for some beds, or a closure lifted; where it could not be, the page says why."""
    what = request.POST.get("what", "")
    if what == "lift":
        said = {"closure": request.POST.get("closure", "")}
    elif what in STEPS:
        said = {"beds": request.POST.getlist("beds")}
    else:
        raise SuspiciousOperation("housekeeping has three steps, and puts beds back into service")
    try:
        act = act_once(request, desk, what, **said)
    except Refused as no:
        messages.warning(request, str(no.reasons[0].sentence))
        return redirect(desk.url("desk_rooms", show=request.GET.get("show", "")))
    if what == "lift":
        messages.success(request, _("Back in service, from tonight on"))
        return redirect(desk.url("desk_rooms", show=request.GET.get("show", "")))
    room = said["beds"][0].rpartition("-")[0]
    return redirect(desk.url("desk_rooms", show=request.GET.get("show", ""), done=str(act.pk)) + f"#room-{room}")
