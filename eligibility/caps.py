"""Caps: how many nights one person may have free, counted in what window; and what the nights after cost.

Nights are granted one by one in their order: free where no cap stands against it, else at the next price that is
left, else not at all. What was used is counted from the kept nights among the facts.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from eligibility.facts import KeptNight

FREE, HALF = "free", "half"


@dataclass(frozen=True)
class Price:
    """What a night costs its guest: its class, and how many percent of the house's rate."""

    cls: str
    percent: int


NOTHING = Price(FREE, 0)


@dataclass(frozen=True)
class Tier:
    """After the free nights: up to ``per_stay`` nights a stay at ``percent`` of the house's rate."""

    percent: int
    per_stay: int


@dataclass(frozen=True)
class Cap:
    """At most ``nights`` free nights in a window. A subclass says which window a night is in and what counts in it."""

    nights: int
    network: str = ""  # slug of the district whose policy this is

    code: ClassVar[str]
    label: ClassVar[Any]

    def window(self, night: date) -> Hashable:
        raise NotImplementedError

    def counts(self, kept: KeptNight) -> bool:
        """Whether a free night the person has already counts against this cap."""
        raise NotImplementedError

    def returns_on(self, night: date) -> date | None:
        """The first day of the next window, where there is one."""
        return None

    def used(self, kept: Iterable[KeptNight]) -> Counter:
        """Free nights used already, by window."""
        return Counter(self.window(k.night) for k in kept if k.price_class == FREE and self.counts(k))


class PerStay(Cap):
    code = "STAY_NIGHTS"
    label = _("Free nights a stay")

    def window(self, night):
        return None

    def counts(self, kept):
        return False


class PerYear(Cap):
    """Per calendar year of each night, in the district of the policy."""

    code = "NIGHTS"
    label = _("Free nights a calendar year")

    def window(self, night):
        return night.year

    def counts(self, kept):
        return kept.network == self.network

    def returns_on(self, night):
        return date(night.year + 1, 1, 1)


class CityCap(PerYear):
    """Per calendar year, whichever district of the city the night was in."""

    code = "CITY_CAP"
    label = _("Free nights a calendar year in the whole city")

    def counts(self, kept):
        return True


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


def grant(nights: Iterable[date], caps: Sequence[Cap], tiers: Sequence[Tier], kept: Sequence[KeptNight]) -> Grant:
    """Grant ``nights`` of one stay to a person who has the nights ``kept``."""
    used = [cap.used(kept) for cap in caps]
    after = [Price(HALF, tier.percent) for tier in tiers for _night in range(tier.per_stay)]
    prices: list[Price | None] = []
    against: set[Cap] = set()
    for night in nights:
        full = [cap for cap, count in zip(caps, used, strict=True) if count[cap.window(night)] >= cap.nights]
        if full:
            # Where the stay has its nights, a year that is used up as well changes nothing.
            against.update([cap for cap in full if isinstance(cap, PerStay)] or full)
            prices.append(after.pop(0) if after else None)
        else:
            for cap, count in zip(caps, used, strict=True):
                count[cap.window(night)] += 1
            prices.append(NOTHING)
    return Grant(tuple(prices), frozenset(against))
