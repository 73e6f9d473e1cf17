"""Block beds (D6): who has one of them then, where each could go, and a choice for each before anything is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings.batch_beds import BatchHit, batches_hit
from bookings.out_of_service import ANYWHERE, CANCEL, OTHER_HOUSE, BedInUse, Hit, hits
from desk.reading import MOST_BEDS, YEARS
from eligibility.reasons import Refused
from hostel.models import Bed, OutOfService
from hostel.nights import Nights
from web.desk.access import Desk, at_the_desk
from web.desk.acts import act_once, new_act_id

CHOICE = "choice-"  # before the code of the stay or batch that it is about
LONGEST = timedelta(days=3660)


@dataclass(frozen=True)
class Asked:
    """What the form says, as it was sent; the days are None where they do not read."""

    beds: tuple[str, ...]
    first: date | None
    until: date | None
    reason: str
    reference: str
    choices: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)  # by field


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def block(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The form, with who is hit by what it says so far; a POST blocks, or says for whom a choice is still needed."""
    beds = _beds(desk)
    if request.method != "POST":
        asked = _read(request.GET, desk, beds)
        return _page(request, desk, beds, asked, *_hit(desk, beds, asked))
    asked = _read(request.POST, desk, beds)
    wrong = _wrong(asked, desk)
    if wrong:
        shown = Asked(**{**vars(asked), "wrong": wrong})
        return _page(request, desk, beds, shown, *_hit(desk, beds, asked), status=422)
    said = {
        "beds": list(asked.beds),
        "from": asked.first.isoformat() if asked.first else "",
        "until": asked.until.isoformat() if asked.until else "",
        "reason": asked.reason,
        "reference": asked.reference,
        "choices": dict(asked.choices),
    }
    try:
        act = act_once(request, desk, "block", **said)
    except BedInUse as no:
        return _page(request, desk, beds, asked, no.hits, no.batches, is_asked=True, status=409)
    except Refused as no:
        return _page(request, desk, beds, asked, *_hit(desk, beds, asked), refusal=no, status=409)
    return redirect(desk.url("desk_rooms", done=str(act.pk)))


def _beds(desk):
    """The beds that are there today or later, by their labels, in the order of floors and rooms."""
    there = Bed.objects.filter(room__hostel=desk.hostel).exclude(valid_until__lte=desk.day)
    rows = there.select_related("room").order_by("room__floor", "room__number", "number", "-valid_from")
    return {str(bed): bed for bed in rows}


def _read(sent, desk, beds):
    labels = [label for label in dict.fromkeys([*sent.getlist("beds"), *sent.getlist("bed")]) if label in beds]
    first = _day(sent.get("from")) or (None if "from" in sent else desk.day)
    until = _day(sent.get("until")) or (None if "until" in sent or first is None else first + timedelta(days=1))
    codes = {name.removeprefix(CHOICE): where for name, where in sent.items() if name.startswith(CHOICE) and where}
    return Asked(
        beds=tuple(labels[:MOST_BEDS]),
        first=first,
        until=until,
        reason=sent.get("reason", ""),
        reference=sent.get("reference", "").strip()[:80],
        choices=codes,
    )


def _day(text):
    try:
        day = parse_date(text or "")
    except ValueError:
        return None
    return day if day and day.year in YEARS else None


def _wrong(asked, desk):
    wrong = {}
    if not asked.beds:
        wrong["beds"] = _("Choose at least one bed.")
    if asked.first is None or asked.first < desk.day:
        wrong["from"] = _("Choose tonight or a later night.")
    if asked.until is None or (asked.first and not asked.first < asked.until <= asked.first + LONGEST):
        wrong["until"] = _("Choose a day after the first night.")
    if asked.reason not in OutOfService.Reason.values:
        wrong["reason"] = _("Say first why the bed is blocked.")
    return wrong


def _hit(desk, beds, asked):
    """Whom blocking would hit, and which beds of batches: nobody where the form does not say beds and days yet."""
    if not asked.beds or asked.first is None or asked.until is None:
        return (), ()
    if not asked.first < asked.until <= asked.first + LONGEST:
        return (), ()
    chosen, nights = [beds[label] for label in asked.beds], Nights(asked.first, asked.until)
    return hits(chosen, nights, desk.now), batches_hit(chosen, nights, desk.now)


@dataclass(frozen=True)
class Row:
    """Somebody who is hit, with the ways that can be chosen for them; ``chosen`` is the one that was."""

    code: str
    hit: Hit | BatchHit
    chosen: str
    is_needed: bool
    is_batch: bool = False


def _page(request, desk, beds, asked, found, batches, *, refusal=None, is_asked=False, status=200):
    rows = [Row(hit.stay.code, hit, asked.choices.get(hit.stay.code, ""), is_asked) for hit in found]
    rows += [Row(hit.batch.code, hit, asked.choices.get(hit.batch.code, ""), is_asked, True) for hit in batches]
    by_floor = groupby(beds.values(), key=lambda bed: bed.room.floor)
    return render(
        request,
        "web/desk/block.html",
        {
            "desk": desk,
            "section": "rooms",
            "asked": asked,
            "floors": [
                (floor, [(str(bed), str(bed) in asked.beds) for bed in in_floor]) for floor, in_floor in by_floor
            ],
            "reasons": OutOfService.Reason.choices,
            "rows": rows,
            "is_asked": is_asked,
            "refusal": refusal,
            "anywhere": ANYWHERE,
            "other_house": OTHER_HOUSE,
            "cancel": CANCEL,
            "last_day": desk.day + LONGEST,
            "back": desk.url("desk_rooms"),
            "act_id": request.POST.get("act_id") or new_act_id(),
        },
        status=status,
    )
