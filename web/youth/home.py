"""Where can I sleep tonight: the search (Y1) and one house (Y3)."""

from collections.abc import Sequence
from datetime import time, timedelta
from urllib.parse import urlencode

from django.db.models import F, FilteredRelation, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.reasons import Refused
from bookings.alternatives import halves
from bookings.availability import Found, Grid, find
from bookings.booking import book_for
from bookings.lodging import Lodging
from bookings.quota_counts import Left, nights_left
from eligibility.policies import policy_in_force, terms_of
from hostel.models import Bed, Hostel, Need, Photo, Room
from hostel.nights import Nights, business_day
from hostel.places import BIKE, BUS, BY_METRO, WALK, Place, distance_m, place_named, to_metro, way
from web.youth import asked
from web.youth.booking import choose_again, refused
from web.youth.maps import apps_at
from web.youth.near import grouped, near_of, remember
from web.youth.visitor import hold_of, person_of

# How many houses a wish that begins at a full network waits for.
WAITED_FOR = 3
# What a card says of a house, the most telling first, and how much of it.
FACTS = (
    Hostel.Facility.PRIVATE_BATHROOM,
    Hostel.Facility.WOMENS_FLOOR,
    Hostel.Facility.STEP_FREE,
    Hostel.Facility.LIFT,
    Hostel.Facility.DOOR_LOCK,
    Hostel.Facility.WASHING_MACHINE,
    Hostel.Facility.AIR_CONDITIONING,
    Hostel.Facility.WIFI,
    Hostel.Facility.KITCHEN,
    Hostel.Facility.LUGGAGE_ROOM,
)
FACTS_SHOWN = 4
# How long the way is, in words, by how one goes.
WAYS = {
    WALK: _("about {minutes} min on foot"),
    BIKE: _("about {minutes} min by bike"),
    BY_METRO: _("about {minutes} min by metro"),
    BUS: _("about {minutes} min by bus"),
}
# What a house says of its rooms, by what a guest may need.
HAS = {Need.LOWER_BUNK: _("lower bunks"), Need.ACCESSIBLE: _("step-free"), Need.QUIET: _("quiet")}


class Card:
    """A house in the list: what the search found, and what to say where it has no bed."""

    def __init__(self, found: Found, nights: Nights, keep: dict[str, str], quota: Left | None, to_place: "_ToPlace"):
        self.hostel, self.free, self.distance_m = found.hostel, found.free, found.distance_m
        # Said only where the free nights do not reach for the nights asked for.
        self.quota = quota if quota and quota.in_all < len(nights) else None
        self.group = found.hostel.access == Hostel.Access.GROUP
        self.next = next((count for count in found.counts if count.free), None)
        self.photo = _first_photo(found.hostel)
        self.place = 0  # in the list, once it is in order
        self.facts = facts_of(found.hostel)[:FACTS_SHOWN]
        self.way = to_place.in_words(found.hostel, found.distance_m)
        # Where the place is the house's own station, the card's line says how far it is.
        self.own_station = to_place.is_station_of(found.hostel)
        self.href = asked.address(reverse("hostel", args=[found.hostel.slug]), asked.span(nights), keep)

    @property
    def rank(self):
        """Houses with a bed first, then those that are full, then those for groups; by distance where a place is named,
        else the emptiest first."""
        state = 3 if self.group else 2 if not self.free else 1 if self.quota else 0
        return state, self.distance_m if self.distance_m is not None else -self.free


class _ToPlace:
    """The way from a house to the place chosen, if one is."""

    def __init__(self, place: Place | None):
        self.place = place
        self.from_metro = to_metro(place) if place else None

    def in_words(self, hostel, metres):
        """About how long the ``metres`` take, and how one goes; "" where no place is chosen."""
        if self.place is None:
            return ""
        walked = None
        if self.from_metro is not None and hostel.metro_metres is not None:
            walked = self.from_metro + hostel.metro_metres
        there = way(metres, walked)
        return WAYS[there.how].format(minutes=there.minutes)

    def is_station_of(self, hostel):
        return self.place is not None and self.place.name_zh == hostel.metro_station


def facts_of(hostel: Hostel) -> list[str]:
    """What the house has, in the reader's words, the most telling first."""
    return [str(fact.label) for fact in FACTS if fact in hostel.facilities]


def _with_first_photo(houses):
    """The houses with their first photo, in the same statement: all that a card shows."""
    joined = houses.annotate(first=FilteredRelation("photos", condition=Q(photos__position=0)))
    return joined.annotate(
        photo_digest=F("first__digest"), photo_width=F("first__width"), photo_height=F("first__height")
    )


def _first_photo(house):
    """The photo that came with the house, or None."""
    if house.photo_digest is None:
        return None
    return Photo(hostel=house, digest=house.photo_digest, width=house.photo_width, height=house.photo_height)


@require_safe
def home(request):
    """The houses of the network with beds on the nights asked for, nearest first."""
    now = timezone.now()
    today = business_day(now)
    nights = asked.nights(request.GET, today)
    near = near_of(request)
    place = near.place
    person = person_of(request)
    houses = _with_first_photo(Hostel.objects.valid_throughout(nights).with_quotas().select_related("network"))
    position = place.position if place else None
    found = list(find(houses, nights, now, gender=person.gender if person else "", near=position))
    said = asked.answers(request.GET)
    keep = ({"near": place.slug} if place else {}) | said
    quotas = nights_left([each.hostel for each in found], nights.arrival, now)
    to_place = _ToPlace(place)
    cards = [Card(each, nights, keep, quotas.get(each.hostel.pk), to_place) for each in found]
    cards.sort(key=lambda card: card.rank)
    for number, card in enumerate(cards):
        card.place = number
    open_now = [card for card in cards if card.free and not card.group]
    others = [card for card in cards if not (card.free and not card.group)]
    window = asked.strip(nights, today)
    span = asked.span(nights)
    response = render(
        request,
        "web/youth/home.html",
        {
            "section": "stay",
            "now": now,
            "today": today,
            "nights": nights,
            "place": place,
            "places": grouped(),
            "typed": near.typed,
            "choices": [_to(each, span, said) for each in near.choices],
            "recent": [_to(each, span, said) for each in near.recent if each != place],
            "forget_href": asked.address(reverse("home"), span, keep, {"forget": "1"}),
            "days": [
                {
                    "date": day,
                    "on": day == nights.arrival,
                    "href": asked.address(
                        reverse("home"),
                        {"in": day.isoformat(), "nights": str(len(nights)) if len(nights) > 1 else ""},
                        keep,
                    ),
                }
                for day in window
            ],
            "later": _from(window.departure, keep),
            "earlier": _from(window.arrival - timedelta(days=asked.STRIP), keep) if window.arrival > today else "",
            "said": said,
            "hold": hold_of(person, now),
            "lengths": [
                {
                    "number": number,
                    "on": number == len(nights),
                    "href": asked.address(
                        reverse("home"), {"in": nights.arrival.isoformat(), "nights": str(number)}, keep
                    ),
                }
                for number in range(1, asked.LONGEST + 1)
            ],
            "open_now": open_now,
            "others": others,
            "next_bed": None if open_now else _soonest(others, keep),
            "wait": None if open_now else _line(others, nights),
        },
    )
    return remember(request, response, near)


def _to(place, span, said):
    """The way to the houses near ``place``: the place and the address."""
    return {"place": place, "href": asked.address(reverse("home"), span, {"near": place.slug}, said)}


def _line(cards, nights):
    """Where one waits for a bed in the nearest houses at once: ``href`` and ``houses``; None where there is none."""
    nearest = [card.hostel for card in cards if not card.group][:WAITED_FOR]
    return {"href": wait_address(nearest[0], nights, nearest[1:]), "houses": nearest} if nearest else None


def wait_address(hostel: Hostel, nights: Nights, also: Sequence[Hostel] = ()) -> str:
    """Where a wish for ``nights`` in ``hostel``, or in one of ``also``, is put in line."""
    address = asked.address(reverse("wish_new"), {"hostel": hostel.slug}, asked.span(nights))
    others = urlencode([("also", each.slug) for each in also])
    return f"{address}&{others}" if others else address


def _from(first, keep):
    return asked.address(reverse("home"), {"in": first.isoformat()}, keep)


def _soonest(cards, keep):
    """Where no house has a bed on all nights: the soonest night on which one has, and how long the search can be."""
    open_later = [card for card in cards if card.next and not card.group]
    if not open_later:
        return None
    card = min(open_later, key=lambda card: (card.next.night, -card.next.free))
    return {
        "night": card.next.night,
        "hostel": card.hostel,
        "free": card.next.free,
        "href": asked.address(reverse("home"), {"in": card.next.night.isoformat(), "nights": "1"}, keep),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def house(request, slug):
    """One house with its next fourteen nights. A POST keeps a bed for ten minutes and goes on to the booking."""
    now = timezone.now()
    today = business_day(now)
    nights = asked.nights(request.GET, today)
    houses = Hostel.objects.valid_throughout(nights).with_quotas()
    houses = houses.select_related("network").prefetch_related("photos")
    hostel = get_object_or_404(houses, slug=slug)
    person = person_of(request)
    here = asked.address(request.path, asked.span(nights), asked.answers(request.GET))
    if request.method == "POST":
        if asked.are_over(request.GET, today):
            return choose_again(request, here)
        return _hold(request, hostel, nights, person, now)
    place = place_named(request.GET.get("near", ""))
    to_place = _ToPlace(place)
    distance = distance_m(place.position, hostel.position) if place else None
    keep = ({"near": place.slug} if place else {}) | asked.answers(request.GET)
    window = asked.strip(nights, today)
    seen = _Seen(hostel, window, nights, now, person)
    counts, free, on_call = seen.counts, seen.free, seen.on_call
    quota = nights_left([hostel], nights.arrival, now).get(hostel.pk)
    return render(
        request,
        "web/youth/house.html",
        {
            "section": "stay",
            "now": now,
            "hostel": hostel,
            "group": hostel.access == Hostel.Access.GROUP,
            "nights": nights,
            "free": free,
            "on_call": on_call,
            "quota": quota if quota and quota.in_all < len(nights) else None,
            "here": here,
            "place": place,
            "distance_m": distance,
            "way": to_place.in_words(hostel, distance),
            "own_station": to_place.is_station_of(hostel),
            "back_href": asked.address(reverse("home"), asked.span(nights), keep),
            "can_hold": bool(person and person.gender and person.document_hash),
            "person": person,
            "hold": hold_of(person, now),
            "first": window.arrival,
            "last": window.departure - timedelta(days=1),
            "today": today,
            "days": _days(counts, nights, hostel, request.GET, keep),
            "picking": request.GET.get("pick") == "last",
            "picked": "in" in request.GET and request.GET.get("pick") != "last",
            "tonight": nights.arrival == today and len(nights) == 1,
            "later": asked.address(request.path, {"in": window.departure.isoformat()}, keep),
            "earlier": asked.address(request.path, {"in": (window.arrival - timedelta(asked.STRIP)).isoformat()}, keep)
            if window.arrival > today
            else "",
            "wait_href": wait_address(hostel, nights),
            "may_fit": not free and not on_call and _may_fit(nights, counts),
            "shorter": None if free else _shorter(hostel, nights, counts, keep),
            "parts_href": "" if free or on_call else _in_parts(seen, hostel, nights, request.GET),
            "book_href": _book_address(hostel, nights, request.GET),
            "rooms": _rooms(hostel, nights.arrival),
            "facts": facts_of(hostel),
            "rules": _rules(hostel, today),
            "maps": apps_at(hostel),
        },
    )


class _Seen:
    """What one look at the house says: the ``counts`` of each night of the strip; how many beds are ``free`` throughout
    ``nights``, and beside them, ``on_call``, those for which the house must be asked."""

    def __init__(self, hostel, window, nights, now, person):
        self.gender = person.gender if person else ""
        self.grid = Grid([hostel], Nights(window.arrival, max(window.departure, nights.departure)), now)
        self.counts = [self.grid.count(hostel, night, self.gender) for night in self.grid.nights]
        self.free = self.grid.free(hostel, nights, self.gender)
        self.on_call = self.grid.free_on_call(hostel, nights, self.gender)


def _days(counts, nights, hostel, query, keep):
    """The buttons of the strip: a first tap picks the first night, a second one the last."""
    path = reverse("hostel", args=[hostel.slug])
    extending = query.get("pick") == "last"
    for count in counts[: asked.STRIP]:
        length = (count.night - nights.arrival).days + 1
        if extending and 1 <= length <= asked.LONGEST:
            chosen = {"in": nights.arrival.isoformat(), "out": (count.night + timedelta(days=1)).isoformat()}
            goes_to = "#picked"
        else:
            chosen = {"in": count.night.isoformat(), "pick": "last"}
            goes_to = "#nights"
        yield {
            "night": count.night,
            "free": count.free,
            "on": count.night in nights,
            "href": asked.address(path, chosen, keep) + goes_to,
        }


def _may_fit(nights, counts):
    """Whether each of ``nights`` has a bed that nobody sleeps in: then guests who have not come yet may be moved so
    that one is free throughout, or for this gender. Whether it can be done is seen when the nights are asked for."""
    return all(each.taken + each.out_of_service < each.beds for each in counts if each.night in nights)


def _shorter(hostel, nights, counts, keep):
    """The longest run of nights with a bed inside ``nights``, the earliest of the longest; None where there is none.

    Each night alone has a bed; whether one bed has them all is seen when the run is asked for.
    """
    open_on = {count.night for count in counts if count.free}
    runs: list[list] = [[]]
    for night in nights:
        if night in open_on:
            runs[-1].append(night)
        else:
            runs.append([])
    best = max(runs, key=len)
    if not best or len(best) == len(nights):
        return None
    run = Nights(best[0], best[-1] + timedelta(days=1))
    return {"nights": run, "href": asked.address(reverse("hostel", args=[hostel.slug]), asked.span(run), keep)}


def _in_parts(seen, hostel, nights, query):
    """Where all of ``nights`` can be booked with one change of bed; "" where they cannot."""
    for before, after in halves(nights):
        if seen.grid.free(hostel, before, seen.gender) and seen.grid.free(hostel, after, seen.gender):
            change = asked.lodging_query(Lodging(change_of_bed=True))
            return asked.address(reverse("book", args=[hostel.slug]), asked.span(nights), change, asked.answers(query))
    return ""


def _rooms(hostel, day):
    """The rooms by kind and by who may sleep in them: ``kind``, ``guests`` (words), ``rooms``, ``beds``."""
    groups: dict = {}
    beds = Bed.objects.valid_on(day).filter(room__in=hostel.rooms.valid_on(day)).select_related("room")
    for bed in beds.order_by("room__number", "number"):
        room = bed.room
        key = room.kind, room.guests, room.supply
        group = groups.setdefault(
            key, {"kind": room.kind, "guests": Room.Guests(room.guests).label, "rooms": set(), "beds": 0, "has": {}}
        )
        group["on_call"] = room.supply == Room.Supply.ON_CALL
        # Where a whole room has low beds, it has no bunks to speak of.
        said = [*bed.features, *room.features]
        group["has"] |= {need: HAS[need] for need in said if need != Need.LOWER_BUNK or need not in room.features}
        group["rooms"].add(room.pk)
        group["beds"] += 1
    return [group | {"rooms": len(group["rooms"])} for group in groups.values()]


def _rules(hostel, today):
    """What the policy says of not coming, ``no_show``, and until when on the day of arrival a bed is kept,
    ``kept_until`` (a time); None where no policy says so."""
    try:
        no_show = terms_of(policy_in_force(hostel.network_id, today)).no_show
    except Refused:
        return None
    return {"no_show": no_show, "kept_until": time.fromisoformat(no_show.kept_until)} if no_show else None


def _book_address(hostel, nights, query):
    return asked.address(reverse("book", args=[hostel.slug]), asked.span(nights), asked.answers(query))


def _hold(request, hostel, nights, person, now):
    to_book = _book_address(hostel, nights, request.GET)
    if not (request.user.is_authenticated and person and person.gender and person.document_hash):
        return redirect(to_book)
    purpose = asked.answers(request.GET).get("purpose", "")
    lodging = Lodging(needs=frozenset(person.needs))
    try:
        book_for(
            user=request.user, slug=hostel.slug, nights=nights, purpose=purpose, now=now, hold=True, lodging=lodging
        )
    except Refused as no:
        return refused(request, hostel, nights, no, now, lodging=lodging)
    return redirect(to_book)
