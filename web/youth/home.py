"""Where can I sleep tonight: the search (Y1) and one house (Y3)."""

from datetime import timedelta

from django.db.models import F, FilteredRelation, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.reasons import Refused
from bookings.availability import Found, Grid, find
from bookings.booking import book_for
from bookings.lodging import Lodging
from bookings.quota_counts import Left, nights_left
from hostel.models import Hostel, Need, Photo, Room
from hostel.nights import Nights, business_day
from hostel.places import all_places, place_named
from web.youth import asked
from web.youth.booking import choose_again, refused
from web.youth.visitor import hold_of, person_of

# What a house says of its rooms, by what a guest may need.
HAS = {Need.LOWER_BUNK: _("lower bunks"), Need.ACCESSIBLE: _("step-free"), Need.QUIET: _("quiet")}


class Card:
    """A house in the list: what the search found, and what to say where it has no bed."""

    def __init__(self, found: Found, nights: Nights, keep: dict[str, str], quota: Left | None):
        self.hostel, self.free, self.distance_m = found.hostel, found.free, found.distance_m
        # Said only where the free nights do not reach for the nights asked for.
        self.quota = quota if quota and quota.in_all < len(nights) else None
        self.group = found.hostel.access == Hostel.Access.GROUP
        self.next = next((count for count in found.counts if count.free), None)
        self.photo = _first_photo(found.hostel)
        self.place = 0  # in the list, once it is in order
        self.href = asked.address(reverse("hostel", args=[found.hostel.slug]), asked.span(nights), keep)

    @property
    def rank(self):
        """Houses with a bed first, then those that are full, then those for groups; by distance where a place is named,
        else the emptiest first."""
        state = 3 if self.group else 2 if not self.free else 1 if self.quota else 0
        return state, self.distance_m if self.distance_m is not None else -self.free


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
    place = place_named(request.GET.get("near", ""))
    person = person_of(request)
    houses = _with_first_photo(Hostel.objects.valid_throughout(nights).with_quotas().select_related("network"))
    near = place.position if place else None
    found = list(find(houses, nights, now, gender=person.gender if person else "", near=near))
    said = asked.answers(request.GET)
    keep = ({"near": place.slug} if place else {}) | said
    quotas = nights_left([each.hostel for each in found], nights.arrival, now)
    cards = [Card(each, nights, keep, quotas.get(each.hostel.pk)) for each in found]
    cards.sort(key=lambda card: card.rank)
    for number, card in enumerate(cards):
        card.place = number
    open_now = [card for card in cards if card.free and not card.group]
    others = [card for card in cards if not (card.free and not card.group)]
    window = asked.strip(nights, today)
    return render(
        request,
        "web/youth/home.html",
        {
            "section": "stay",
            "now": now,
            "today": today,
            "nights": nights,
            "place": place,
            "places": all_places(),
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
            "wait_href": "" if open_now else _line(others, nights),
        },
    )


def _line(cards, nights):
    """Where one waits for a bed in the nearest house; "" where there is none."""
    nearest = next((card.hostel for card in cards if not card.group), None)
    return wait_address(nearest, nights) if nearest else ""


def wait_address(hostel: Hostel, nights: Nights) -> str:
    """Where a wish for ``nights`` in ``hostel`` is put in line."""
    return asked.address(reverse("wish_new"), {"hostel": hostel.slug}, asked.span(nights))


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
    window = asked.strip(nights, today)
    counts, free, on_call = _counts(hostel, window, nights, now, person)
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
            "can_hold": bool(person and person.gender and person.document_hash),
            "person": person,
            "hold": hold_of(person, now),
            "first": window.arrival,
            "last": window.departure - timedelta(days=1),
            "today": today,
            "days": _days(counts, nights, hostel, request.GET),
            "picking": request.GET.get("pick") == "last",
            "later": asked.address(request.path, {"in": window.departure.isoformat()}),
            "earlier": asked.address(request.path, {"in": (window.arrival - timedelta(asked.STRIP)).isoformat()})
            if window.arrival > today
            else "",
            "wait_href": wait_address(hostel, nights),
            "may_fit": not free and not on_call and _may_fit(nights, counts),
            "shorter": None if free else _shorter(hostel, nights, counts),
            "book_href": _book_address(hostel, nights, request.GET),
            "rooms": _rooms(hostel, nights.arrival),
            "map_href": f"https://uri.amap.com/marker?position={hostel.lng},{hostel.lat}&name={hostel.name_zh}",
        },
    )


def _counts(hostel, window, nights, now, person):
    """The counts of each night of the strip; how many beds are free throughout ``nights``, and beside them those for
    which the house must be asked."""
    gender = person.gender if person else ""
    grid = Grid([hostel], Nights(window.arrival, max(window.departure, nights.departure)), now)
    counts = [grid.count(hostel, night, gender) for night in grid.nights]
    return counts, grid.free(hostel, nights, gender), grid.free_on_call(hostel, nights, gender)


def _days(counts, nights, hostel, query):
    """The buttons of the strip: a first tap picks the first night, a second one the last."""
    path = reverse("hostel", args=[hostel.slug])
    extending = query.get("pick") == "last"
    for count in counts[: asked.STRIP]:
        length = (count.night - nights.arrival).days + 1
        if extending and 1 <= length <= asked.LONGEST:
            chosen = {"in": nights.arrival.isoformat(), "out": (count.night + timedelta(days=1)).isoformat()}
        else:
            chosen = {"in": count.night.isoformat(), "pick": "last"}
        keep = {name: query[name] for name in ("near", *asked.ANSWERS) if name in query}
        yield {
            "count": count,
            "on": count.night in nights,
            "href": asked.address(path, chosen, keep) + "#nights",
        }


def _may_fit(nights, counts):
    """Whether each of ``nights`` has a bed that nobody sleeps in: then guests who have not come yet may be moved so
    that one is free throughout, or for this gender. Whether it can be done is seen when the nights are asked for."""
    return all(each.taken + each.out_of_service < each.beds for each in counts if each.night in nights)


def _shorter(hostel, nights, counts):
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
    return {"nights": run, "href": asked.address(reverse("hostel", args=[hostel.slug]), asked.span(run))}


def _rooms(hostel, day):
    """The rooms by kind and by who may sleep in them: ``kind``, ``guests`` (words), ``rooms``, ``beds``."""
    groups: dict = {}
    for room in hostel.rooms.valid_on(day).prefetch_related("beds"):
        key = room.kind, room.guests, room.supply
        group = groups.setdefault(
            key, {"kind": room.kind, "guests": Room.Guests(room.guests).label, "rooms": 0, "beds": 0, "has": {}}
        )
        group["on_call"] = room.supply == Room.Supply.ON_CALL
        # Where a whole room has low beds, it has no bunks to speak of.
        said = [*(need for bed in room.beds.all() for need in bed.features), *room.features]
        group["has"] |= {need: HAS[need] for need in said if need != Need.LOWER_BUNK or need not in room.features}
        group["rooms"] += 1
        group["beds"] += len(room.beds.all())
    return list(groups.values())


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
