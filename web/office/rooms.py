"""The rooms of a house over time (O1): which are there from when until when; closed for good, and opened again."""

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.record import record
from accounts.roles import Right, may
from bookings.batch_beds import BatchHit
from bookings.out_of_service import (
    ANYWHERE,
    CANCEL,
    OTHER_HOUSE,
    BedInUse,
    Hit,
    Inventory,
    close_bed,
    close_room,
    inventory,
    reopen,
    reopen_bed,
)
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel, Room
from web.office.access import Office, in_the_office
from web.staff import no_right

CHOICE = "to-"
FIRST, LAST = 2000, 2099  # the years that this house has to do with


@dataclass(frozen=True)
class Ask:
    """What was asked for on the page: ``act`` (close, open) with a room, or one bed of it, from a day on."""

    act: str
    what: str
    room: Room
    bed: Bed | None
    day: date | None

    @property
    def label(self) -> str:
        return str(self.bed or self.room)


@dataclass(frozen=True)
class Choose:
    """One question of the page: where somebody goes whose bed closes; ``options`` are values with their words.

    A batch is asked about once, whatever it has in ``beds``.
    """

    name: str
    hit: Hit | BatchHit
    beds: str
    options: list[tuple[str, str]]
    chosen: str

    @property
    def batch(self):
        return getattr(self.hit, "batch", None)


@in_the_office
@require_http_methods(["GET", "HEAD", "POST"])
def rooms(request: HttpRequest, office: Office, slug: str) -> HttpResponse:
    """The rooms with their beds; a POST closes one or opens it again, or asks where its guests go."""
    hostel = office.hostels().filter(slug=slug).first()
    if hostel is None:
        return no_right(
            request,
            _("This network has no house of that name, or it is not yours to read."),
            _("The overview lists the houses that you may read."),
            status=404,
        )
    may_change = may(office.user, Right.CHANGE_ROOMS, hostel, office.day)
    if request.method != "POST":
        return _answer(request, office, hostel, may_change, done=request.GET.get("done", ""))
    if not may_change:
        return no_right(
            request,
            _("An auditor reads the rooms; closing them is for officers."),
            _("Tell an officer of your network which room, and why."),
        )
    asked = _asked(request, hostel)
    if asked.day is None:
        return _answer(request, office, hostel, may_change, asked=asked, error=_("Choose the day."), status=422)
    try:
        _change(asked, _choices(request, hostel), office)
    except BedInUse as no:
        record("see_hits", now=office.now, actor=office.user, hostel=hostel, about=asked.label)
        questions = [_choose([hit], hit.stay.code, request) for hit in no.hits]
        batches: dict[str, list[BatchHit]] = {}
        for hit in no.batches:
            batches.setdefault(hit.batch.code, []).append(hit)
        questions += [_choose(hits, code, request) for code, hits in batches.items()]
        return _answer(request, office, hostel, may_change, asked=asked, questions=questions, status=409)
    except Refused as no:
        return _answer(request, office, hostel, may_change, asked=asked, refusal=no, status=409)
    return redirect(office.url("office_rooms", slug, done="closed" if asked.act == "close" else "open"))


def _asked(request, hostel):
    act, what = request.POST.get("act", ""), request.POST.get("what", "")
    number, _slash, bed = what.partition("/")
    found = next((each for each in inventory(hostel) if each.room.number == number), None)
    beds = {f"{each.number}": each for each in found.beds} if found else {}
    if found is None or act not in ("close", "open") or (bed and bed not in beds):
        raise Http404
    try:
        day = date.fromisoformat(request.POST.get("from", ""))
    except ValueError:
        day = None
    if day is not None and not FIRST <= day.year <= LAST:
        day = None
    return Ask(act, what, found.room, beds.get(bed), day)


def _choices(request, hostel):
    """What was chosen for each stay and batch: a bed of the house by its name, or one of the other words."""
    beds = {str(bed): bed for each in inventory(hostel) for bed in each.beds}
    said = {name.removeprefix(CHOICE): where for name, where in request.POST.items() if name.startswith(CHOICE)}
    words = {ANYWHERE, OTHER_HOUSE, CANCEL}
    return {code: beds.get(where, where) for code, where in said.items() if where in beds or where in words}


def _change(asked, choices, office):
    how = {"now": office.now, "actor": office.user}
    if asked.act == "close" and asked.bed is not None:
        close_bed(asked.bed, asked.day, choices=choices, **how)
    elif asked.act == "close":
        close_room(asked.room, asked.day, choices=choices, **how)
    elif asked.bed is not None:
        reopen_bed(asked.bed, asked.day, **how)
    else:
        reopen(asked.room, asked.day, **how)


def _choose(hits, code, request):
    hit = hits[0]
    options = [(str(bed), _("Bed %(bed)s") % {"bed": bed}) for bed in hit.beds]
    if len(hits) > 1:
        options = [(ANYWHERE, _("Other beds of the house, as good as these"))]
        options.append((CANCEL, _("None: the batch has these beds less")))
    elif isinstance(hit, BatchHit):
        options.append((CANCEL, _("None: the batch has one bed less")))
    else:
        options.append((ANYWHERE, _("Any other bed of the house")))
        options += [(OTHER_HOUSE, _("The nearest house that has a bed")), (CANCEL, _("None: cancel, and tell them"))]
    beds = ", ".join(str(each.bed) for each in hits)
    return Choose(CHOICE + code, hit, beds, options, request.POST.get(CHOICE + code, ""))


@dataclass(frozen=True)
class Row:
    """A room of the page, and what can be said of it: ``parts`` are its beds that are there, ``closed`` those not."""

    found: Inventory
    parts: list[Bed]
    closed: list[Bed]

    @property
    def room(self) -> Room:
        return self.found.room


def _rows(hostel: Hostel) -> list[Row]:
    return [
        Row(
            each,
            [bed for bed in each.beds if bed.valid_until is None],
            [bed for bed in each.beds if bed.valid_until is not None] if each.room.valid_until is None else [],
        )
        for each in inventory(hostel)
    ]


def _answer(
    request, office, hostel, may_change, *, asked=None, questions=(), refusal=None, error="", done="", status=200
):
    return render(
        request,
        "web/office/rooms.html",
        {
            "office": office,
            "section": "overview",
            "hostel": hostel,
            "rows": _rows(hostel),
            "may_change": may_change,
            "asked": asked,
            "questions": questions,
            "refusal": refusal,
            "error": error,
            "done": done,
            "here": office.url("office_rooms", hostel.slug),
            "back": office.url("office"),
        },
        status=status,
    )
