"""Places: how far it is, and the stations and offices that people name when they say near what."""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.utils.translation import get_language

FILE = Path(__file__).parent / "sample" / "places.yaml"

# Mean radius of the earth (2a + b) / 3 of GRS 80: H. Moritz, "Geodetic Reference System 1980", J. Geodesy 74 (2000).
EARTH_METRES = 6_371_008.8


@dataclass(frozen=True)
class Place:
    """A metro station, an office or a railway station; its position is GCJ-02, as all of ours are."""

    slug: str
    kind: str
    name_zh: str
    name_en: str
    lat: float
    lng: float

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh

    @property
    def position(self) -> tuple[float, float]:
        return self.lat, self.lng


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


@cache
def all_places() -> tuple[Place, ...]:
    """Every place we know, in the order of the file."""
    listed = yaml.safe_load(FILE.read_text(encoding="utf-8"))["places"]
    return tuple(
        Place(
            slug=place["slug"],
            kind=place["kind"],
            name_zh=place["name"]["zh"],
            name_en=place["name"]["en"],
            lat=place["position"]["lat"],
            lng=place["position"]["lng"],
        )
        for place in listed
    )


def place_named(slug: str) -> Place | None:
    """Return the place with this slug, or None where we know of none."""
    return next((place for place in all_places() if place.slug == slug), None)


def place_called(name_zh: str) -> Place | None:
    """Return the place with this Chinese name, or None where we know of none."""
    return next((place for place in all_places() if place.name_zh == name_zh), None)
