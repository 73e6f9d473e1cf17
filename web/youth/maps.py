"""Where things are: the list of hostels, stations, companies and parks with a schematic picture (Y18), and the ways
into a map of one's own."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from statistics import median
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from hostel.models import Hostel
from hostel.nights import business_day
from hostel.places import (
    CAMPUS,
    COMPANY,
    METRO,
    OFFICE,
    PARK,
    RAILWAY,
    all_lines,
    all_places,
    all_waters,
    distance_m,
)
from web.youth import asked
from web.youth.near import KINDS

HOSTEL = "hostel"
# What the picture and the list show, besides the hostels, in the order of the page.
SHOWN = (METRO, RAILWAY, COMPANY, PARK, CAMPUS, OFFICE)
MOST_HOSTELS = 50

# The picture's own units: at 320 pixels it is a little smaller than this, elsewhere larger.
WIDE, HIGH, EDGE = 320, 300, 16
# Half of what a mark takes, and what stays free between two.
HOSTEL_MARK, PLACE_MARK, GAP = 11, 5, 2
# Degrees from the middle within which the picture is nearly to scale; beyond, distances shrink more and more.
NEARBY = 0.05
ROUNDS = 80  # of pushing apart what overlaps
LETTER = 13  # how high a name in the picture is
# How far a name may stand from the middle of what it names, the least first.
SHIFTS = sorted(product(range(-60, 61, 6), repeat=2), key=lambda shift: math.hypot(*shift))

Position = tuple[float, float]


def apps_at(hostel: Hostel) -> list[dict]:
    """The maps that phones here have, opened at the house: ``name`` and ``href``. Both take GCJ-02."""
    amap = {"position": f"{hostel.lng},{hostel.lat}", "name": hostel.name_zh, "src": "suqingyi"}
    marker = f"coord:{hostel.lat},{hostel.lng};title:{hostel.name_zh};addr:{hostel.address}"
    return [
        {"name": _("Amap"), "href": f"https://uri.amap.com/marker?{urlencode(amap)}"},
        {
            "name": _("Tencent Maps"),
            "href": "https://apis.map.qq.com/uri/v1/marker?" + urlencode({"marker": marker, "referer": "suqingyi"}),
        },
    ]


@require_safe
def map_page(request):
    """The hostels and the places that people name, as a list, and a schematic picture of them. ``kind`` in the address
    shows one kind."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in (HOSTEL, *SHOWN) else ""
    hostels = sorted(Hostel.objects.valid_on(business_day(timezone.now()))[:MOST_HOSTELS], key=lambda each: each.lng)
    places = [place for place in all_places() if place.kind in SHOWN]
    shown = [place for place in places if kind in ("", place.kind)]
    here = reverse("map")
    return render(
        request,
        "web/youth/map.html",
        {
            "kind": kind,
            "kinds": [
                {"words": words, "kind": each, "on": each == kind, "href": asked.address(here, {"kind": each})}
                for each, words in {"": _("Everything"), HOSTEL: _("Hostels"), **{k: KINDS[k] for k in SHOWN}}.items()
            ],
            "hostels": list(enumerate(hostels, 1)) if kind in ("", HOSTEL) else [],
            "groups": [
                {"kind": each, "words": KINDS[each], "rows": [_row(place, hostels) for place in rows]}
                for each in SHOWN
                if (rows := [place for place in shown if place.kind == each])
            ],
            "picture": _picture(hostels, places, shown),
        },
    )


def _row(place, hostels):
    """A line of the list: the ``place``, the ``nearest`` house with how far it is in ``metres``, and where the houses
    near it are shown."""
    nearest = min(hostels, key=lambda each: distance_m(place.position, each.position), default=None)
    return {
        "place": place,
        "nearest": nearest,
        # Both positions are known to some ten metres at best.
        "metres": round(distance_m(place.position, nearest.position), -1) if nearest else None,
        "href": asked.address(reverse("home"), {"near": place.slug}),
    }


@dataclass(frozen=True)
class _Frame:
    """How a position on the earth becomes one in the picture: nearly to scale in the middle, ever denser outwards, so
    that houses a few streets apart and one at the far end of the district are both in it."""

    middle: Position
    least: Position
    most: Position

    @classmethod
    def around(cls, positions: Sequence[Position], middle: Position):
        bent = [_bent(each, middle) for each in positions]
        xs, ys = zip(*bent, strict=True)
        return cls(middle, (min(xs), min(ys)), (max(xs), max(ys)))

    def at(self, position: Position) -> Position:
        bent = _bent(position, self.middle)
        x, y = ((each - low) / ((high - low) or 1) for each, low, high in zip(bent, self.least, self.most, strict=True))
        return EDGE + x * (WIDE - 2 * EDGE), HIGH - EDGE - y * (HIGH - 2 * EDGE)


def _bent(position, middle):
    """Eastward and northward of ``middle``, the farther the denser."""
    north = position[0] - middle[0]
    east = (position[1] - middle[1]) * math.cos(math.radians(middle[0]))
    return math.asinh(east / NEARBY), math.asinh(north / NEARBY)


def _picture(hostels, places, shown):
    """What is drawn: ``hostels`` with their numbers, ``places`` with their kinds, ``lines`` and ``waters``; None where
    there is nothing to draw."""
    if not hostels:
        return None
    marks = tuple((each.lat, each.lng, HOSTEL_MARK) for each in hostels)
    marks += tuple((each.lat, each.lng, PLACE_MARK) for each in places)
    frame, found = _laid_out(marks)
    spot = dict(zip([*hostels, *places], found, strict=True))
    taken = [(x, y, mark[2], mark[2]) for (x, y), mark in zip(found, marks, strict=True)]
    shores = [(water.name, [frame.at(each) for each in water.shore]) for water in all_waters()]
    return {
        "wide": WIDE,
        "high": HIGH,
        "waters": [
            {"name": name, "points": _points(shore), "at": _label(name, shore, taken)} for name, shore in shores
        ],
        "lines": [
            {"number": number, "name": line.name, "points": _points(spot[stop] for stop in line.stops)}
            for number, line in enumerate(all_lines(), 1)
        ],
        "places": [(place.kind, *spot[place]) for place in shown],
        "hostels": [(number, *spot[hostel]) for number, hostel in enumerate(hostels, 1)],
    }


@lru_cache(maxsize=8)
def _laid_out(marks):
    """The frame, and where each of ``marks`` (lat, lng, half its size) stands in it once none covers another.

    Schematic: two marks that overlap push each other apart, a little each round, the larger one less.
    """
    positions = [mark[:2] for mark in marks]
    houses = [mark[:2] for mark in marks if mark[2] == HOSTEL_MARK]
    frame = _Frame.around(positions, (median(lat for lat, _lng in houses), median(lng for _lat, lng in houses)))
    spots = [list(frame.at(each)) for each in positions]
    for _round in range(ROUNDS):
        still = True
        for one, spot in enumerate(spots):
            for other in range(one):
                still &= not _push_apart(spot, spots[other], marks[one][2], marks[other][2])
        if still:
            break
    return frame, tuple((round(x, 1), round(y, 1)) for x, y in spots)


def _push_apart(one, other, size, other_size):
    """Move two spots that are too close away from each other, in place; return whether they were."""
    x, y = one[0] - other[0], one[1] - other[1]
    apart, wanted = math.hypot(x, y), size + other_size + GAP
    if apart >= wanted - 0.1:
        return False
    if not apart:
        x, apart = 1.0, 1.0
    push = (wanted - apart) / 2 / apart
    share = 2 * other_size / (size + other_size)
    for spot, way, part in ((one, 1, share), (other, -1, 2 - share)):
        spot[0] = min(max(spot[0] + way * x * push * part, EDGE), WIDE - EDGE)
        spot[1] = min(max(spot[1] + way * y * push * part, EDGE), HIGH - EDGE)
    return True


def _points(spots):
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)


def _label(name, shore, taken):
    """Where the name of a water stands: as near to the middle of what is seen of it as nothing else is; None where none
    of it is seen. ``taken`` are boxes (their middle, half their width and height); the name's own is added to them."""
    seen = [(x, y) for x, y in shore if 0 <= x <= WIDE and 0 <= y <= HIGH]
    if not seen:
        return None
    middle_x, middle_y = sum(x for x, _y in seen) / len(seen), sum(y for _x, y in seen) / len(seen)
    wide = len(name) * LETTER * (0.28 if name.isascii() else 0.5)
    for shift_x, shift_y in SHIFTS:
        x, y = middle_x + shift_x, middle_y + shift_y
        inside = wide < x < WIDE - wide and LETTER < y < HIGH - LETTER
        if inside and all(
            abs(x - t_x) >= wide + t_wide or abs(y - t_y) >= LETTER / 2 + t_high for t_x, t_y, t_wide, t_high in taken
        ):
            taken.append((x, y, wide, LETTER / 2))
            return round(x, 1), round(y, 1)
    return None
