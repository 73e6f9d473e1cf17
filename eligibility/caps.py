"""Caps: how many nights one person may have free, counted in what window; and what the nights after cost.

Nights are granted one by one in their order: free where no cap stands against it, else at the next price that is
left, else not at all. What was used is counted from the kept nights among the facts.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from eligibility.facts import Extra, KeptNight
from eligibility.reasons import Sentence

FREE, PRICED = "free", "priced"


@dataclass(frozen=True)
class Price:
    """What a night costs its guest: its class, and how many percent of the house's rate, or how much in fen."""

    cls: str
    percent: int
    fen: int = 0

    @property
    def weight(self) -> int:
        """How dear it is beside other prices, whatever the house's rate."""
        return self.percent * 100 + self.fen

    def cost(self, rate_fen: int | None) -> int:
        """What the guest pays in fen, in a house whose rate is ``rate_fen``: rounded, half a fen up."""
        return self.fen or ((rate_fen or 0) * self.percent + 50) // 100

    @property
    def said(self) -> tuple[str, str]:
        """The price in words, as (Chinese, English)."""
        if self.fen:
            yuan = f"{self.fen // 100}" if self.fen % 100 == 0 else f"{self.fen / 100:.2f}"
            return f"每晚 ¥{yuan}", f"¥{yuan} a night"
        return f"房价的 {self.percent}%", f"{self.percent} % of the house's rate"


NOTHING = Price(FREE, 0)


@dataclass(frozen=True)
class Tier:
    """After the free nights, at ``price``: ``nights`` of a stay, or its next ``months``."""

    price: Price
    nights: int = 0
    months: int = 0

    def is_over(self, night: date, taken: Sequence[date]) -> bool:
        """Whether ``night`` is beyond this tier, of which the nights ``taken`` were given already."""
        if self.nights:
            return len(taken) >= self.nights
        return bool(taken) and night >= later_by_months(taken[0], self.months)


@dataclass(frozen=True)
class Cap:
    """At most ``most`` free nights (or stays) in a window. A subclass says which window a day is in.

    It counts what was given in ``network``, or anywhere where that is empty; and only what was given by
    ``entitlement``, where one is named.
    """

    most: int
    network: str = ""  # slug of the district whose policy this is
    entitlement: str = ""

    code: ClassVar[str] = "NIGHTS"
    label: ClassVar[Any]
    of_stays: ClassVar[bool] = False
    extendable: ClassVar[bool] = True  # extra nights that an officer granted come on top of it

    @property
    def said(self) -> Sentence:
        """What people call it."""
        return Sentence(self.label)

    def same_window(self, day: date, other: date) -> bool:
        """Whether ``other`` counts in the window that ``day`` is in."""
        raise NotImplementedError

    def returns_on(self, today: date, counted: Sequence[date]) -> date | None:
        """The day on which all is there again, where there is one; ``counted`` are the days used already."""
        return None

    def counts(self, kept: KeptNight) -> bool:
        """Whether a night the person has already counts against this cap."""
        return (
            kept.counted
            and (self.of_stays or kept.price_class == FREE)
            and self.network in ("", kept.network)
            # Before there were several entitlements a night did not say by which it was given.
            and (not self.entitlement or kept.entitlement in ("", self.entitlement))
        )

    def days(self, kept: Iterable[KeptNight]) -> list[date]:
        """The days that count: each free night, or the arrival of each stay, in their order."""
        if self.of_stays:
            return sorted({night.stay: night.arrival or night.night for night in kept if self.counts(night)}.values())
        return sorted(night.night for night in kept if self.counts(night))

    def used(self, day: date, counted: Sequence[date]) -> int:
        """How much of the window of ``day`` is used, where ``counted`` are the days that count."""
        return sum(self.same_window(day, other) for other in counted)

    def granted(self, day: date, extras: Iterable[Extra]) -> int:
        """How much there is in the window of ``day``, with what an officer granted on top."""
        if not self.extendable:
            return self.most
        return self.most + sum(extra.nights for extra in extras if extra.covers(day))

    def is_full(self, day: date, counted: Sequence[date], extras: Iterable[Extra]) -> bool:
        """Whether one more on ``day`` would be above the cap."""
        return self.used(day, counted) >= self.granted(day, extras)


class _ByYear:
    def same_window(self, day, other):
        return day.year == other.year

    def returns_on(self, today, counted):
        return date(today.year + 1, 1, 1)


class _ByMonth:
    def same_window(self, day, other):
        return (day.year, day.month) == (other.year, other.month)

    def returns_on(self, today, counted):
        return later_by_months(today.replace(day=1), 1)


class _ByQuarter:
    def same_window(self, day, other):
        return _quarter_of(day) == _quarter_of(other)

    def returns_on(self, today, counted):
        return later_by_months(_quarter_of(today), 3)


class _Once:
    def same_window(self, day, other):
        return True

    def used(self, day, counted):
        return len(counted)


@dataclass(frozen=True)
class _Rolling(Cap):
    """In any ``window`` days that follow one another, those before and those after the day alike."""

    window: int = 0

    @property
    def said(self):
        return Sentence(self.label, {"days": self.window})

    def same_window(self, day, other):
        return day - timedelta(days=self.window) < other <= day

    def used(self, day, counted):
        """The fullest of all windows that hold ``day``: nights kept for later count as well as those slept."""
        first = day - timedelta(days=self.window - 1)
        near = [other for other in counted if first <= other < day + timedelta(days=self.window)]
        starts = {day, *(other for other in near if other <= day)}
        return max(sum(start <= other < start + timedelta(days=self.window) for other in near) for start in starts)

    def returns_on(self, today, counted):
        within = [other for other in counted if other > today - timedelta(days=self.window)]
        return max(within) + timedelta(days=self.window) if within else today


class PerStay(_Once, Cap):
    code = "STAY_NIGHTS"
    label = _("Free nights a stay")
    extendable = False

    def counts(self, kept):
        return False


class PerYear(_ByYear, Cap):
    """Per calendar year of each night."""

    label = _("Free nights a calendar year")


class PerMonth(_ByMonth, Cap):
    """Per calendar month of each night."""

    label = _("Free nights a calendar month")


class PerQuarter(_ByQuarter, Cap):
    """Per calendar quarter of each night."""

    label = _("Free nights a calendar quarter")


class Lifetime(_Once, Cap):
    label = _("Free nights in all")


class Rolling(_Rolling):
    label = _("Free nights in any %(days)s days")


class CityCap(_ByYear, Cap):
    """Per calendar year, whichever district of the city the night was in. No district adds to it."""

    code = "CITY_CAP"
    label = _("Free nights a calendar year in the whole city")
    extendable = False


class StaysPerYear(_ByYear, Cap):
    """Per calendar year of the arrival."""

    code = "STAYS"
    label = _("Stays a calendar year")
    of_stays = True
    extendable = False


class StaysPerMonth(_ByMonth, Cap):
    """Per calendar month of the arrival."""

    code = "STAYS"
    label = _("Stays a calendar month")
    of_stays = True
    extendable = False


class StaysPerQuarter(_ByQuarter, Cap):
    """Per calendar quarter of the arrival."""

    code = "STAYS"
    label = _("Stays a calendar quarter")
    of_stays = True
    extendable = False


class StaysInAll(_Once, Cap):
    code = "STAYS"
    label = _("Stays in all")
    of_stays = True
    extendable = False


class StaysRolling(_Rolling):
    code = "STAYS"
    label = _("Stays in any %(days)s days")
    of_stays = True
    extendable = False


@dataclass(frozen=True)
class Grant:
    """How nights are granted: for each its price, or None where there is none; and which caps stood against free."""

    prices: tuple[Price | None, ...]
    against: frozenset[Cap]

    @property
    def free(self) -> int:
        return self.prices.count(NOTHING)

    @property
    def priced(self) -> int:
        return len(self.prices) - self.free - self.refused

    @property
    def refused(self) -> int:
        return self.prices.count(None)


def grant(
    nights: Sequence[date],
    caps: Sequence[Cap],
    tiers: Sequence[Tier],
    kept: Sequence[KeptNight],
    extras: Sequence[Extra] = (),
) -> Grant:
    """Grant ``nights`` of one stay to a person who has the nights ``kept`` and was granted ``extras``."""
    stays = [cap for cap in caps if cap.of_stays]
    if too_many := [cap for cap in stays if cap.is_full(nights[0], cap.days(kept), extras)]:
        return Grant((None,) * len(nights), frozenset(too_many))
    counting = [(cap, cap.days(kept)) for cap in caps if not cap.of_stays]
    prices: list[Price | None] = []
    against: set[Cap] = set()
    left, taken = list(tiers), list[date]()
    for night in nights:
        full = [cap for cap, counted in counting if cap.is_full(night, counted, extras)]
        if not full:
            for _cap, counted in counting:
                counted.append(night)
            prices.append(NOTHING)
            continue
        # Where the stay has its nights, a year that is used up as well changes nothing.
        against.update([cap for cap in full if isinstance(cap, PerStay)] or full)
        if left and left[0].is_over(night, taken):
            del left[0]
            taken.clear()
        taken.append(night)
        prices.append(left[0].price if left else None)
    return Grant(tuple(prices), frozenset(against))


def later_by_months(day: date, months: int) -> date:
    """The same day ``months`` later (earlier where negative), or the last day of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _quarter_of(day):
    """The first day of its calendar quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
