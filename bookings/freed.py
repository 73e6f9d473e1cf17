"""Nights that were given back belong to those who wait, before they are everybody's.

A night from tomorrow on that a promised stay gave back is the waiting list's until the hour at which the network makes
such nights public. Nobody gains by watching for them, or by passing a bed on to a friend. Tonight's can't wait for that
hour: they are public at once, but where somebody waits for that house and night the line has two minutes to be served.

The rows say it themselves: a bed-night that was given back stands there with its moment. To everybody but the line it
counts as if it were still taken.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.acts import afterwards
from bookings.models import BedNight, BedNightQuerySet, Stay, Waiting
from hostel.models import Hostel, Network
from hostel.nights import Nights, at, business_day
from hostel.prepared import SlotNights

# So long the line has for what can't wait for the public hour. It is served as soon as the nights are given back.
HEAD_START = timedelta(minutes=2)

_line: list[Callable[[datetime], object]] = []


def the_line(serve: Callable[[datetime], object]) -> Callable[[datetime], object]:
    """Have ``serve`` run, with the moment, once an act that gave nights back is in the books."""
    _line.append(serve)
    return serve


def served(now: datetime) -> None:
    """Say, inside an act, that nights were given back: the line is served when the act is in the books."""
    for serve in _line:
        afterwards(serve, now)


def public_since(network: Network, now: datetime) -> datetime:
    """The last moment at which nights that had been given back became everybody's."""
    today = at(timezone.localtime(now).date(), network.freed_public_at)
    return today if today <= now else today - timedelta(days=1)


@dataclass(frozen=True)
class Clock:
    """A moment, and what it means in a network for nights that were given back: since when they are public, which
    night is tonight's, and since when the line has had its head start."""

    now: datetime
    today: date
    public_since: datetime
    head_start: datetime


def clock_of(network: Network, now: datetime) -> Clock:
    """What ``now`` means in ``network``."""
    return Clock(now, business_day(now), public_since(network, now), now - HEAD_START)


def given_back(clock: Clock) -> Q:
    """Bed-nights that are free again, and not public at this moment."""
    waited_for = Exists(
        Waiting.objects.standing(clock.now).filter(
            hostels=OuterRef("hostel_id"), arrival__lte=OuterRef("night"), departure__gt=OuterRef("night")
        )
    )
    # Only of nights that were given back the stay is looked up: nearly all nights were not.
    stay = Stay.objects.filter(pk=OuterRef("stay_id"))
    promised = Q(confirmed_at__isnull=False)
    to_come = Q(released_at__gte=clock.public_since, night__gt=clock.today) & Exists(stay.filter(promised))
    just_now = Q(released_at__gt=clock.head_start) & Exists(stay.filter(promised | ~Q(awaits="")))
    # A bed that waited for its guest's answer, and whose time is over, was given back at that moment.
    ended = Stay.objects.lapsed(clock.now).filter(held_until__gt=clock.head_start).exclude(awaits="")
    return to_come | ((just_now | Q(released_at=None, stay__in=ended)) & waited_for)


def not_public(nights: Nights | SlotNights, clock: Clock) -> BedNightQuerySet:
    """Bed-nights among ``nights`` that were given back and are nobody's but the waiting list's."""
    return BedNight.objects.between(nights).filter(given_back(clock))


def not_public_of(hostels: Iterable[Hostel], now: datetime) -> Q:
    """The same of several ``hostels``, of whatever networks: one statement more where their networks are not read."""
    hostels = list(hostels)
    network = Hostel._meta.get_field("network")
    known = {hostel.network_id: hostel.network for hostel in hostels if network.is_cached(hostel)}
    missing = {hostel.network_id for hostel in hostels} - set(known)
    if missing:
        known |= Network.objects.in_bulk(missing)
    by_clock: dict[Clock, list[int]] = {}
    for hostel in hostels:
        by_clock.setdefault(clock_of(known[hostel.network_id], now), []).append(hostel.pk)
    if len(by_clock) == 1:
        return given_back(*by_clock)
    found = Q(pk__in=())
    for clock, houses in by_clock.items():
        found |= Q(hostel__in=houses) & given_back(clock)
    return found
