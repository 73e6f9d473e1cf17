"""Stays that change at the desk: longer, shorter, in another bed or house, with one another, on other days."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.reasons import Refused, not_met
from bookings import changing as verbs
from bookings import moving
from bookings.models import Stay
from desk.acts import Asked, kind
from desk.reading import bed_called, day_said, stay_said
from desk.undoing import put_back
from hostel.models import Hostel
from hostel.nights import Nights, business_day


@kind("extend", _("extended the stay"), undo=put_back)
def extend(asked, now):
    """``said``: ``departure``, ``change_of_bed``, ``accept_price``."""
    yield verbs.extend(
        asked.stay,
        departure=day_said(asked.said, "departure"),
        change_of_bed=bool(asked.said.get("change_of_bed")),
        accept_price=bool(asked.said.get("accept_price")),
        now=now,
        actor=asked.by,
    )


@kind("shorten", _("made the stay shorter"), undo=put_back)
def shorten(asked, now):
    """``said``: ``departure``."""
    yield verbs.shorten(asked.stay, departure=day_said(asked.said, "departure"), now=now, actor=asked.by)


@kind("overstay", _("wrote down that the guest is still there"), undo=put_back)
def overstay(asked, now):
    """``said``: ``departure``, tomorrow at most."""
    yield verbs.overstay(asked.stay, departure=day_said(asked.said, "departure"), now=now, actor=asked.by)


@kind("move", _("changed the bed"), undo=put_back)
def move(asked, now):
    """``said``: ``bed``, ``from_night`` (without it from tonight, or from the arrival on), ``because``."""
    first = _first_night(asked, now)
    bed = bed_called(asked.hostel, _nights_from(asked.stay, first), asked.said.get("bed", ""))
    because = asked.said.get("because", "")
    yield moving.move(asked.stay, bed, from_night=first, now=now, actor=asked.by, because=because)


def _both(asked: Asked) -> list[Stay]:
    assert asked.stay is not None
    return [asked.stay, stay_said(asked.hostel, asked.said, "with")]


@kind("swap", _("changed beds with one another"), touches=_both, undo=put_back)
def swap(asked, now):
    """``said``: ``with`` (a code), ``from_night`` (without it the first on which both are there), ``because``."""
    stay, other = _both(asked)
    first = _first_night(asked, now, other)
    because = asked.said.get("because", "")
    yield from moving.swap(stay, other, from_night=first, now=now, actor=asked.by, because=because)


@kind("shift", _("put the stay on other days"), undo=put_back)
def shift(asked, now):
    """``said``: ``arrival``, ``departure``, ``accept_price``."""
    arrival, departure = day_said(asked.said, "arrival"), day_said(asked.said, "departure")
    price = bool(asked.said.get("accept_price"))
    nights = Nights(arrival, max(departure, arrival + timedelta(days=1)))
    yield verbs.shift(asked.stay, nights=nights, now=now, actor=asked.by, accept_price=price)


@kind("place", _("put the stay elsewhere"), undo=put_back)
def place(asked, now):
    """``said``: ``bed`` and ``arrival``, where a bar of the chart was put down, ``accept_price``.

    The same days in another bed, or as many other days, in that very bed: both in one act.
    """
    stay, arrival = asked.stay, day_said(asked.said, "arrival")
    nights = Nights(arrival, arrival + timedelta(days=len(stay.nights)))
    bed = bed_called(asked.hostel, nights, asked.said.get("bed", ""))
    if arrival != stay.arrival:
        price = bool(asked.said.get("accept_price"))
        stay = verbs.shift(stay, nights=nights, now=now, actor=asked.by, accept_price=price)
    yield moving.move(stay, bed, from_night=max(arrival, business_day(now)), now=now, actor=asked.by)


@kind("move_to_hostel", _("moved to another house"), undo=put_back)
def move_to_hostel(asked, now):
    """``said``: ``hostel`` (a slug), ``from_night``, ``because``. The stay there is the same, or goes on from it."""
    slug = str(asked.said.get("hostel", ""))[:50]
    there = Hostel.objects.filter(slug=slug).first() if "\0" not in slug else None
    if there is None:
        raise Refused(
            not_met(
                "HOSTEL",
                _("There is no house called %(slug)s: choose one of the network"),
                {"slug": slug},
                value_used=slug,
                field="hostel",
            )
        )
    first, because = _first_night(asked, now), asked.said.get("because", "")
    goes_on = moving.move_to_hostel(asked.stay, there, from_night=first, now=now, actor=asked.by, because=because)
    if goes_on.pk != asked.stay.pk:
        yield Stay.objects.select_related("guest", "hostel__network").get(pk=asked.stay.pk)
    yield goes_on


def _first_night(asked: Asked, now: datetime, *others: Stay) -> date:
    """The night that was said, else the first that is still to come of the stay, and of each of ``others``."""
    if asked.said.get("from_night"):
        return day_said(asked.said, "from_night")
    assert asked.stay is not None  # these acts are about one
    return max(business_day(now), asked.stay.arrival, *(stay.arrival for stay in others))


def _nights_from(stay: Stay, first: date) -> Nights:
    """The nights of ``stay`` from ``first`` on; one at least, for the verb to say that it is none of them."""
    return Nights(first, max(stay.departure, first + timedelta(days=1)))
