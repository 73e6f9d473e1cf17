"""Near what: a place that is picked, or typed, or was chosen lately. Nothing of it is kept here: the address carries
the choice, and a cookie of the reader's own browser the last few."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from hostel.places import (
    CAMPUS,
    COMPANY,
    LONGEST_TEXT,
    METRO,
    OFFICE,
    PARK,
    RAILWAY,
    TOWN,
    Place,
    all_places,
    place_named,
    places_like,
)

COOKIE = "near"
KEPT_SECONDS = 90 * 24 * 60 * 60
KEPT = 4
# More than so many that a text may mean help nobody: then it is better typed further.
MOST_CHOICES = 8

KINDS = {
    METRO: _("Metro stations"),
    RAILWAY: _("Railway stations"),
    COMPANY: _("Companies"),
    PARK: _("Industrial parks"),
    CAMPUS: _("Campuses"),
    OFFICE: _("Offices, job fairs"),
    TOWN: _("Towns and streets"),
}


@dataclass(frozen=True)
class Near:
    """What the reader says: the ``place`` that is meant, if it is one; what was ``typed`` where it is not, with the
    ``choices`` it may mean; and the places chosen lately, the last one first."""

    place: Place | None
    typed: str
    choices: tuple[Place, ...]
    recent: tuple[Place, ...]


def near_of(request: HttpRequest) -> Near:
    """Read ``q`` (what was typed), else ``near`` (what was picked), and the cookie."""
    recent = _recent(request)
    typed = " ".join(request.GET.get("q", "")[:LONGEST_TEXT].split())
    if not typed:
        return Near(place_named(request.GET.get("near", "")), "", (), recent)
    meant = places_like(typed)
    if len(meant) == 1:
        return Near(meant[0], "", (), recent)
    return Near(None, typed, tuple(meant[:MOST_CHOICES]), recent)


def grouped() -> list[tuple[str, list[Place]]]:
    """Every place under the name of its kind, for a picker."""
    return [(str(words), [place for place in all_places() if place.kind == kind]) for kind, words in KINDS.items()]


def remember(request: HttpRequest, response: HttpResponse, near: Near) -> HttpResponse:
    """Have the browser keep the place chosen among its last few; with ``forget`` in the address, have it drop them."""
    if "forget" in request.GET:
        if COOKIE in request.COOKIES:
            response.delete_cookie(COOKIE, samesite="Lax")
    elif near.place is not None and near.recent[:1] != (near.place,):
        slugs = [near.place.slug, *(place.slug for place in near.recent if place != near.place)]
        response.set_cookie(
            COOKIE,
            ".".join(slugs[:KEPT]),
            max_age=KEPT_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure(),
        )
    return response


def _recent(request):
    if "forget" in request.GET:
        return ()
    known = [place_named(slug) for slug in request.COOKIES.get(COOKIE, "")[:200].split(".")]
    # Each once: whoever writes a cookie by hand may write anything.
    return tuple(dict.fromkeys(place for place in known if place is not None))[:KEPT]
