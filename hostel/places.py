"""Places: how far it is, the stations, companies and offices that people name when they say near what, and the way."""

import math
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.utils.translation import get_language

FILE = Path(__file__).parent / "sample" / "places.yaml"

# Mean radius of the earth (2a + b) / 3 of GRS 80: H. Moritz, "Geodetic Reference System 1980", J. Geodesy 74 (2000).
EARTH_METRES = 6_371_008.8

METRO, RAILWAY, COMPANY, PARK, CAMPUS, OFFICE, TOWN = "metro", "railway", "company", "park", "campus", "office", "town"
STATIONS = (METRO, RAILWAY)

# Of a longer text so many letters must be a place's name before the place is taken to be meant.
LEAST_OF_A_NAME = {"chinese": 2, "other": 4}
LONGEST_TEXT = 60
# How well a name fits what was typed, the best first.
EXACT, BEGINS, HOLDS, NOT = range(4)

WALK, BIKE, BY_METRO, BUS = "walk", "bike", "metro", "bus"
# How much longer the way is than the straight line, for China: R. H. Ballou, H. Rahardja, N. Sakai, "Selected country
# circuity factors for road travel distance estimation", Transportation Research A 36 (2002), p. 843.
DETOUR = 1.33
WALKED_UP_TO, CYCLED_UP_TO = 1_500, 4_000  # metres of the straight line
METRES_A_MINUTE = {WALK: 80, BIKE: 200, BUS: 300, BY_METRO: 600}
# Minutes that go before anything moves: a bicycle unlocked and locked, a bus or a train waited for.
WAITED = {WALK: 0, BIKE: 3, BUS: 10, BY_METRO: 6}
# Nobody walks further than that to a station, in metres of the straight line.
STATION_WITHIN = 1_500


class _Bilingual:
    """What has a name in both languages."""

    name_zh: str
    name_en: str

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


@dataclass(frozen=True)
class Place(_Bilingual):
    """A station, a company, an office or a town; its position is GCJ-02, as all of ours are. ``also`` are other names,
    and streets that stand for it."""

    slug: str
    kind: str
    name_zh: str
    name_en: str
    lat: float
    lng: float
    also: tuple[str, ...] = ()

    @property
    def position(self) -> tuple[float, float]:
        return self.lat, self.lng


@dataclass(frozen=True)
class Line(_Bilingual):
    """A metro line: of its stops those that we know as places, in their order."""

    name_zh: str
    name_en: str
    stops: tuple[Place, ...]


@dataclass(frozen=True)
class Water(_Bilingual):
    """A lake, by some corners (lat, lng) of its shore."""

    name_zh: str
    name_en: str
    shore: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Way:
    """How one gets there and in about how many minutes: ``how`` is walk, bike, metro or bus."""

    how: str
    minutes: int


def distance_m(here: tuple[float, float], there: tuple[float, float]) -> int:
    """Return the metres, as the crow flies, between two points (lat, lng) of GCJ-02.

    Haversine: R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984), p. 159. GCJ-02 moves two points
    of one city by nearly the same few hundred metres, so that the distance between them hardly changes.
    """
    (lat, lng), (other_lat, other_lng) = [map(math.radians, point) for point in (here, there)]
    half = math.sin((other_lat - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(other_lat) * math.sin((other_lng - lng) / 2) ** 2
    # Rounding may lift the sum over 1 at opposite ends of the earth.
    return round(2 * EARTH_METRES * math.asin(math.sqrt(min(half, 1.0))))


def way(metres: int, on_foot: int | None = None) -> Way:
    """Estimate the way over ``metres`` of straight line; ``on_foot`` are those to and from the metro together, None
    where one end has none near.

    Up to 1.5 km one walks, up to 4 km one cycles, further one takes the metro where both ends have a station, else the
    bus. The straight line is lengthened by DETOUR and divided by the speed (walking 80 m a minute, cycling 200, bus
    300, metro 600 with its stops); what is waited and, for the metro, walked comes on top. The result is rounded up:
    from ten minutes on to full five. It knows no timetable and is said with "about".
    """
    if metres <= WALKED_UP_TO:
        how = WALK
    elif metres <= CYCLED_UP_TO:
        how = BIKE
    else:
        how = BUS if on_foot is None else BY_METRO
    minutes = WAITED[how] + metres * DETOUR / METRES_A_MINUTE[how]
    if how == BY_METRO and on_foot is not None:
        minutes += on_foot * DETOUR / METRES_A_MINUTE[WALK]
    whole = max(math.ceil(minutes), 1)
    return Way(how, whole if whole < 10 else math.ceil(whole / 5) * 5)


def to_metro(place: Place) -> int | None:
    """Return the metres, as the crow flies, from ``place`` to the nearest metro station; None where none is near."""
    if place.kind in STATIONS:
        return 0
    metres = min(
        (distance_m(place.position, each.position) for each in all_places() if each.kind == METRO), default=None
    )
    return metres if metres is not None and metres <= STATION_WITHIN else None


@cache
def all_places() -> tuple[Place, ...]:
    """Every place we know, in the order of the file."""
    return tuple(
        Place(
            slug=place["slug"],
            kind=place["kind"],
            name_zh=place["name"]["zh"],
            name_en=place["name"]["en"],
            lat=place["position"]["lat"],
            lng=place["position"]["lng"],
            also=tuple(place.get("also", ())),
        )
        for place in _listed()["places"]
    )


@cache
def all_lines() -> tuple[Line, ...]:
    """The metro lines, as far as we know their stops."""
    return tuple(
        Line(line["name"]["zh"], line["name"]["en"], tuple(_by_slug()[stop] for stop in line["stops"]))
        for line in _listed()["lines"]
    )


@cache
def all_waters() -> tuple[Water, ...]:
    """The larger lakes."""
    return tuple(
        Water(water["name"]["zh"], water["name"]["en"], tuple((lat, lng) for lat, lng in water["shore"]))
        for water in _listed()["waters"]
    )


def place_named(slug: str) -> Place | None:
    """Return the place with this slug, or None where we know of none."""
    return _by_slug().get(slug)


def place_called(name_zh: str) -> Place | None:
    """Return the place with this Chinese name, or None where we know of none."""
    return next((place for place in all_places() if place.name_zh == name_zh), None)


def places_like(text: str) -> list[Place]:
    """Return the places that ``text``, as somebody typed it, may mean: the likeliest first, none where it fits none.

    A text that is a place's whole name means that place alone. Else those whose name begins with it, then those whose
    name holds it; and where there are none, those whose name (or street) stands in it, as in an address: of these the
    longest name only. Case, spaces, full width and marks between the words do not count.
    """
    typed = _plain(text[:LONGEST_TEXT])
    if not typed:
        return []
    ranked: dict[int, list[Place]] = {}
    for place, names in _names():
        ranked.setdefault(min(_rank(typed, name) for name in names), []).append(place)
    if EXACT in ranked:
        return ranked[EXACT]
    if BEGINS in ranked or HOLDS in ranked:
        return [*ranked.get(BEGINS, ()), *ranked.get(HOLDS, ())]
    inside = {place: _longest_inside(typed, names) for place, names in _names()}
    longest = max(inside.values())
    return [place for place, long in inside.items() if long == longest] if longest else []


def _rank(typed, name):
    if name == typed:
        return EXACT
    if name.startswith(typed):
        return BEGINS
    return HOLDS if typed in name else NOT


def _longest_inside(typed, names):
    """How long the longest of ``names`` is that stands in ``typed`` and is long enough to mean something."""
    least = [LEAST_OF_A_NAME["other" if name.isascii() else "chinese"] for name in names]
    return max(
        (len(name) for name, long in zip(names, least, strict=True) if len(name) >= long and name in typed), default=0
    )


def _plain(text):
    """``text`` as it is compared: letters and figures only, half width, in small letters."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


@cache
def _names():
    return tuple(
        (place, tuple(_plain(name) for name in (place.name_zh, place.name_en, *place.also))) for place in all_places()
    )


@cache
def _listed():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


@cache
def _by_slug():
    return {place.slug: place for place in all_places()}
