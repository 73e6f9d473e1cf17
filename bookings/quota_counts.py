"""Quotas, counted: what was granted to whom, how many free bed-nights are taken of it, and what one more would need.

A *scope* is what quota rows stand in together: a house's month, or a network's year. Where a scope has no row there is
no limit. Every number is counted from bed-nights when it is asked for.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from bookings.models import BedNight
from hostel.models import Hostel, Quota
from hostel.nights import Nights, business_day

EVERYBODY = ""


@dataclass(frozen=True)
class Scope:
    """A house's month (``hostel`` is its id), or a network's year (``network`` is its id, ``hostel`` is None)."""

    hostel: int | None
    network: int | None
    first_day: date

    @property
    def nights(self) -> Nights:
        """The nights that are counted together."""
        if self.hostel is None:
            return Nights(self.first_day, date(self.first_day.year + 1, 1, 1))
        return Nights(self.first_day, (self.first_day + timedelta(days=31)).replace(day=1))


def scope_of(row: Quota) -> Scope:
    """The scope in which ``row`` stands."""
    return Scope(row.hostel_id, None if row.hostel_id else row.network_id, row.first_day)


def scopes_of(hostel: Hostel, nights: Iterable[date]) -> list[Scope]:
    """The scopes that ``nights`` in ``hostel`` (with its network) fall into, the house's first.

    A district's nights count in the year of the city above it too.
    """
    nights = list(nights)
    networks = [hostel.network_id, hostel.network.parent_id]
    return [
        *[Scope(hostel.pk, None, month) for month in sorted({night.replace(day=1) for night in nights})],
        *[
            Scope(None, network, year)
            for network in networks
            if network is not None
            for year in sorted({night.replace(month=1, day=1) for night in nights})
        ],
    ]


@dataclass
class Balance:
    """One scope: its rows by group, and by group how many free bed-nights are taken, and how many of them slept."""

    scope: Scope
    rows: dict[str, Quota]
    taken: Counter[str] = field(default_factory=Counter)
    slept: Counter[str] = field(default_factory=Counter)

    @property
    def granted(self) -> int:
        """Bed-nights granted to everybody and to all groups together."""
        return sum(row.nights for row in self.rows.values())

    @property
    def used(self) -> int:
        """Free bed-nights taken, whoever has them."""
        return sum(self.taken.values())

    def reserved(self, group: str, night: date, today: date) -> int:
        """Bed-nights that are kept for groups other than ``group`` and not released yet for ``night``, on ``today``."""
        return sum(
            max(row.nights - self.taken[other], 0)
            for other, row in self.rows.items()
            if other not in (EVERYBODY, group) and not released(row, night, today)
        )

    def left(self, group: str, night: date, today: date) -> int:
        """How many more free bed-nights ``group`` could have on ``night``; less than none where a group had others'."""
        return self.granted - self.used - self.reserved(group, night, today)

    @property
    def beyond_all(self) -> int:
        """How many bed-nights are taken beyond all that was granted."""
        return max(self.used - self.granted, 0)

    @property
    def uncovered(self) -> int:
        """How many of the bed-nights taken are covered neither by what their group was granted nor by everybody's:
        others' that were released, or else a promise to others that is broken."""
        return max(sum(self._beyond().values()) - self._granted_to(EVERYBODY), 0)

    def _granted_to(self, group):
        return self.rows[group].nights if group in self.rows else 0

    def _beyond(self):
        """By group how many of its nights go beyond what it was granted itself: they are of everybody's."""
        over = {g: self.taken[g] - self._granted_to(g) for g in self.taken if g != EVERYBODY}
        return {group: nights for group, nights in over.items() if nights > 0} | {EVERYBODY: self.taken[EVERYBODY]}

    def groups_beyond(self) -> set[str]:
        """The groups whose nights lean on what everybody was granted."""
        return {group for group, nights in self._beyond().items() if nights}

    def used_and_kept(self, group: str) -> tuple[int, int]:
        """What counts for the row of ``group``: bed-nights slept, and bed-nights kept for what is to come.

        A group's own nights, up to what it was granted; what goes beyond that counts for everybody's row.
        """
        if group != EVERYBODY:
            mine = min(self.taken[group], self._granted_to(group))
            slept = min(self.slept[group], mine)
            return slept, mine - slept
        counted = [self.used_and_kept(other) for other in self.rows if other != EVERYBODY]
        slept = sum(self.slept.values()) - sum(slept for slept, _kept in counted)
        return slept, self.used - sum(slept + kept for slept, kept in counted) - slept


def released(row: Quota, night: date, today: date) -> bool:
    """Whether what the group of ``row`` has not taken of ``night`` is everybody's on the business day ``today``."""
    return row.release_days is not None and night - timedelta(days=row.release_days) <= today


def balances(
    scopes: Collection[Scope], now: datetime, *, lock: bool = False, except_stay: int | None = None
) -> dict[Scope, Balance]:
    """Read and count the ``scopes`` that have rows: one statement, and a second where there are any.

    With ``lock`` the rows are locked in the order of their ids, and counted behind the lock. A hold whose time is over
    takes nothing, nor do a batch's guests, who have a quota of their own; ``except_stay`` leaves one stay out.
    """
    if not scopes:
        return {}
    rows = Quota.objects.filter(_within(scopes)).order_by("pk")
    return counted(rows.select_for_update(no_key=True, of=("self",)) if lock else rows, now, except_stay=except_stay)


def without_rows(scopes: Collection[Scope]) -> set[Scope]:
    """Those of ``scopes`` in which nothing was granted yet: one statement."""
    return set(scopes) - {scope_of(row) for row in Quota.objects.filter(_within(scopes))} if scopes else set()


def _within(scopes):
    """The rows of ``scopes``: as many conditions as there are months and years, however many houses."""
    places = defaultdict(set)
    for scope in scopes:
        places[scope.hostel is None, scope.first_day].add(scope.network if scope.hostel is None else scope.hostel)
    return reduce(
        or_,
        (
            Q(first_day=day, hostel=None, network__in=pks) if of_network else Q(first_day=day, hostel__in=pks)
            for (of_network, day), pks in places.items()
        ),
    )


def counted(
    rows: Iterable[Quota], now: datetime, *, except_stay: int | None = None, also: Iterable[Scope] = ()
) -> dict[Scope, Balance]:
    """Count what is taken of ``rows``, which must be all of their scopes: one statement, none where there is no row.

    ``also`` names scopes to be counted although they may have no row.
    """
    found: dict[Scope, Balance] = {scope: Balance(scope, {}) for scope in also}
    for row in rows:
        scope = scope_of(row)
        found.setdefault(scope, Balance(scope, {})).rows[row.group] = row
    for scope, group, taken, slept in _taken(found, now, except_stay) if found else ():
        found[scope].taken[group] += taken
        found[scope].slept[group] += slept
    return found


def _taken(scopes: Mapping[Scope, Balance], now, except_stay):
    """Scope, group, free bed-nights taken and slept: the groups of one scope may come in several parts."""
    hostels = {scope.hostel for scope in scopes if scope.hostel is not None}
    networks = {scope.network for scope in scopes if scope.hostel is None}
    where = Q(hostel__in=hostels)
    if networks:
        where |= Q(hostel__network__in=networks) | Q(hostel__network__parent__in=networks)
    spans = [scope.nights for scope in scopes]
    span = Nights(min(each.arrival for each in spans), max(each.departure for each in spans))
    taken = (
        BedNight.objects.taken(now)
        .free_of_charge()
        .between(span)
        .filter(where, stay__batch=None)
        .exclude(stay=except_stay)
        .values_list("hostel", "hostel__network", "hostel__network__parent", "stay__assessment__entitlement")
        .annotate(month=TruncMonth("night"), nights=Count("pk"), slept=Count("slept_at"))
        .order_by()
    )
    for hostel, network, above, group, month, nights, slept in taken:
        year = month.replace(month=1)
        for scope in (Scope(hostel, None, month), Scope(None, network, year), Scope(None, above, year)):
            if scope in scopes:
                yield scope, group, nights, slept


def would_lack(
    found: Mapping[Scope, Balance], hostel: Hostel, nights: Iterable[date], group: str, now: datetime
) -> tuple[Balance, date] | None:
    """Where ``group`` cannot have all of ``nights`` in ``hostel`` free: the balance and the night on which it lacks.

    Nights are given in their order. ``found`` are the balances of `scopes_of` these nights, and stay as they are.
    """
    nights, today = sorted(nights), business_day(now)
    for scope in scopes_of(hostel, nights):
        if balance := found.get(scope):
            inside = [night for night in nights if night in scope.nights]
            for given, night in enumerate(inside):
                # A night given to the group takes nothing from what is kept for the others.
                if balance.left(group, night, today) - given < 1:
                    return balance, night
    return None


@dataclass(frozen=True)
class Left:
    """Free bed-nights that can still be given in a month: to anybody, and in all, with what is kept for groups."""

    anybody: int
    in_all: int


def nights_left(hostels: Iterable[Hostel], night: date, now: datetime) -> dict[int, Left]:
    """By a hostel's id the free bed-nights left in the month of ``night``, for such a night; houses without a limit are
    left out. One statement, and a second where there are quotas, however many houses (with their networks); none where
    rows of `Hostel.objects.with_quotas` know that there are no quotas at all."""
    hostels, today = [hostel for hostel in hostels if hostel.may_have_quotas], business_day(now)
    scopes = {hostel.pk: scopes_of(hostel, [night]) for hostel in hostels}
    found = balances({scope for each in scopes.values() for scope in each}, now)
    left = {}
    for pk, each in scopes.items():
        if here := [found[scope] for scope in each if scope in found]:
            left[pk] = Left(
                anybody=max(min(balance.left(EVERYBODY, night, today) for balance in here), 0),
                in_all=max(min(balance.granted - balance.used for balance in here), 0),
            )
    return left
