"""How many nights: what the caps of an entitlement leave free, and whether the guest pays for the rest.

Answers about one grant of nights (`eligibility/caps.py`): the nights of the person, of the stay, of every further
window, of the city's year, and the number of stays.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from eligibility.caps import (
    PRICED,
    Cap,
    CityCap,
    Grant,
    Lifetime,
    PerMonth,
    PerQuarter,
    PerStay,
    PerYear,
    Rolling,
    StaysInAll,
    StaysPerMonth,
    StaysPerQuarter,
    StaysPerYear,
    StaysRolling,
    Tier,
    grant,
    later_by_months,
)
from eligibility.facts import Facts
from eligibility.reasons import MET, NOT_MET, Fix
from eligibility.rule import Rule

Kind = TypeVar("Kind", bound=Cap)
# Where no cap bounds a stay, look no further than this for its free nights.
LONGEST_STAY = 366
# Of several windows the first of these is what people mean by "nights left".
WINDOWS = (PerYear, PerQuarter, PerMonth, Lifetime, Rolling)
STAYS = (StaysPerMonth, StaysPerQuarter, StaysPerYear, StaysInAll, StaysRolling)


@dataclass(frozen=True)
class ByProof:
    """The nights of a stay come from the dates of its proof: as many as it speaks of, at least and at most so many."""

    least: int
    most: int

    def nights(self, facts: Facts) -> int:
        spans = [(proof.first, proof.last or proof.first) for proof in facts.proofs if proof.first]
        longest = max(((last - first).days + 1 for first, last in spans), default=0)
        return min(max(longest, self.least), self.most)


@dataclass(frozen=True, kw_only=True)
class Nights(Rule):
    """The nights wished for are free within ``caps``, or priced by ``tiers`` and the price is accepted."""

    kind = "nights"
    code = "NIGHTS"
    rank = 110
    of_entitlement = True
    clearable = False

    caps: tuple[Cap, ...]
    tiers: tuple[Tier, ...] = ()
    by_proof: ByProof | None = None
    extended_to: int | None = None  # free nights of a stay that is extended

    def caps_for(self, facts: Facts) -> tuple[Cap, ...]:
        """The caps of the entitlement as they are for these facts, and that of the city above where it has one."""
        caps = self.caps
        if self.by_proof or (facts.wish.extends and self.extended_to is not None):
            free = self.by_proof.nights(facts) if self.by_proof else 0
            if facts.wish.extends and self.extended_to is not None:
                free = max(free, self.extended_to)
            caps = tuple(replace(cap, most=free) if type(cap) is PerStay else cap for cap in caps)
        return caps if facts.city_cap is None else (*caps, CityCap(facts.city_cap))

    def grant(self, facts: Facts) -> Grant:
        """Grant the nights wished for; while the dates are open, tonight stands for them."""
        return self._grant(facts, facts.wish.nights or (facts.day,))

    def free_nights(self, facts: Facts) -> int:
        """How many free nights the longest stay that begins on that day would have."""
        cap = one_of(PerStay, self.caps_for(facts))
        longest = min(LONGEST_STAY, self._longest(cap, facts.day)) if cap else LONGEST_STAY
        return self._grant(facts, [facts.day + timedelta(days=n) for n in range(longest)]).free if longest else 0

    def judge(self, facts):
        caps, granted = self.caps_for(facts), self.grant(facts)
        windows = [cap for kind in WINDOWS for cap in caps if type(cap) is kind]
        yield self._person(facts, windows[0] if windows else None, granted)
        for cap in windows[1:]:
            yield self._window(facts, cap, granted)
        if (cap := one_of(PerStay, caps)) and facts.wish.nights:
            yield self._stay(facts.wish.nights, cap)
        if cap := one_of(CityCap, caps):
            yield self._city(facts, cap, granted)
        for cap in caps:
            if cap.of_stays:
                yield self._stays(facts, cap)

    def _grant(self, facts, nights):
        return grant(tuple(nights), self.caps_for(facts), self.tiers, facts.history.nights, facts.history.extras)

    def _longest(self, cap: PerStay, arrival: date) -> int:
        """The nights of the longest stay: the free ones, then every tier to its end."""
        until = arrival + timedelta(days=cap.most)
        for tier in self.tiers:
            until = until + timedelta(days=tier.nights) if tier.nights else later_by_months(until, tier.months)
        return (until - arrival).days

    def _person(self, facts, cap, granted):
        used, there = used_in_window(cap, facts)
        counts = counted(granted)
        about = {"used": used, "needed": there if cap else None}
        # Too long a stay is for STAY_NIGHTS to say, too many stays for STAYS, as long as each night is granted else.
        elsewhere = (PerStay, *STAYS)
        short = granted.refused and any(type(other) not in elsewhere for other in granted.against)
        if paid_or_free(facts, granted) and not short:
            if granted.priced:
                text = (
                    _("Free nights: %(free)s; nights at a price: %(priced)s (%(prices)s)")
                    if granted.free
                    else _("Nights at a price: %(priced)s (%(prices)s)")
                )
                return self.reason(MET, text, counts, **about)
            elif cap:
                left = {"left": max(there - used, 0), "all": there, "used": used}
                return self.reason(MET, _("%(left)s free nights left (%(all)s in all, %(used)s used)"), left, **about)
            elif granted.refused:
                return self.reason(MET, _("The number of nights is checked by the rules below"), **about)
            else:
                return self.reason(MET, _("Every one of these nights is free: %(free)s"), counts, **about)
        elif cap in granted.against and not granted.free:
            back = self._back(cap, facts)
            text = _("Free nights used up (%(used)s); back on %(back)s")
            if back is None:
                text = _("Free nights used up (%(used)s): each person has them once")
            return self.reason(NOT_MET, text, {"used": used, "back": back}, fix=offer(granted), **about)
        elif granted.refused:
            text = _("Of the %(wanted)s nights you want only %(possible)s can be had")
            return self.reason(NOT_MET, text, counts, fix=offer(granted), **about)
        else:
            text = (
                _("Of the %(wanted)s nights you want %(free)s are free; %(priced)s cost %(prices)s")
                if granted.free
                else _("Nights you want: %(wanted)s, none of them free; the price: %(prices)s")
            )
            return self.reason(NOT_MET, text, counts, fix=offer(granted), **about)

    def _window(self, facts, cap, granted):
        used, there = used_in_window(cap, facts)
        back = self._back(cap, facts)
        values = {"cap": there, "used": used, "back": back, "days": getattr(cap, "window", 0)}
        about = {"used": used, "needed": there}
        met = cap not in granted.against or (paid_or_free(facts, granted) and not granted.refused)
        text = {
            (PerYear, True): _("Within %(cap)s free nights a calendar year, of which you have used %(used)s"),
            (PerYear, False): _("%(cap)s nights a calendar year are free; you have used %(used)s, back on %(back)s"),
            (PerMonth, True): _("Within %(cap)s free nights a calendar month, of which you have used %(used)s"),
            (PerMonth, False): _("%(cap)s nights a calendar month are free; you have used %(used)s, back on %(back)s"),
            (PerQuarter, True): _("Within %(cap)s free nights a calendar quarter, of which you have used %(used)s"),
            (PerQuarter, False): _(
                "%(cap)s nights a calendar quarter are free; you have used %(used)s, back on %(back)s"
            ),
            (Lifetime, True): _("Within %(cap)s free nights in all, of which you have used %(used)s"),
            (Lifetime, False): _("In all %(cap)s nights are free; you have used %(used)s"),
            (Rolling, True): _("Within %(cap)s free nights in any %(days)s days, of which you have used %(used)s"),
            (Rolling, False): _(
                "In any %(days)s days %(cap)s nights are free; you have used %(used)s, back on %(back)s"
            ),
        }[type(cap), met]
        return self.reason(MET if met else NOT_MET, text, values, fix=None if met else offer(granted), **about)

    def _stay(self, nights, cap):
        most, wanted = self._longest(cap, nights.arrival), len(nights)
        about = {"code": cap.code, "used": wanted, "needed": most}
        values = {"most": most, "free": cap.most, "wanted": wanted}
        if wanted <= most:
            text = (
                _("Nights asked for: %(wanted)s; a stay may have %(most)s, the first %(free)s of them free")
                if cap.most
                else _("Nights asked for: %(wanted)s; a stay may have %(most)s, none of them free")
            )
            return self.reason(MET, text, values, **about)
        until = nights.arrival + timedelta(days=most)
        fix = Fix("change_dates", _("Choose other dates"), f"/?in={nights.arrival}&out={until}")
        text = _("A stay may have at most %(most)s nights; you asked for %(wanted)s")
        if self.by_proof and most < wanted <= self.by_proof.most:
            values["longest"] = self.by_proof.most
            text = _(
                "A stay may have %(most)s nights, or up to %(longest)s where the dates of your proof say so; "
                "you asked for %(wanted)s"
            )
        return self.reason(NOT_MET, text, values, fix=fix, **about)

    def _city(self, facts, cap, granted):
        used, there = used_in_window(cap, facts)
        about = {"code": cap.code, "used": used, "needed": there}
        values = {"cap": there, "used": used, "back": self._back(cap, facts)}
        if cap not in granted.against or (paid_or_free(facts, granted) and not granted.refused):
            text = _("Within the city's %(cap)s free nights a year, of which you have used %(used)s")
            return self.reason(MET, text, values, **about)
        text = _("The city grants %(cap)s free nights a year; you have used %(used)s, back on %(back)s")
        return self.reason(NOT_MET, text, values, fix=offer(granted), **about)

    def _stays(self, facts, cap):
        used, there = used_in_window(cap, facts)
        about = {"code": cap.code, "used": used, "needed": there}
        back = self._back(cap, facts)
        values = {"cap": there, "used": used, "back": back, "days": getattr(cap, "window", 0)}
        met = used < there
        text = {
            (StaysPerMonth, True): _("Stays this calendar month: %(used)s of at most %(cap)s"),
            (StaysPerMonth, False): _(
                "A person may have %(cap)s such stays a calendar month; possible again on %(back)s"
            ),
            (StaysPerQuarter, True): _("Stays this calendar quarter: %(used)s of at most %(cap)s"),
            (StaysPerQuarter, False): _(
                "A person may have %(cap)s such stays a calendar quarter; possible again on %(back)s"
            ),
            (StaysPerYear, True): _("Stays this calendar year: %(used)s of at most %(cap)s"),
            (StaysPerYear, False): _(
                "A person may have %(cap)s such stays a calendar year; possible again on %(back)s"
            ),
            (StaysInAll, True): _("Stays so far: %(used)s of at most %(cap)s"),
            (StaysInAll, False): _("A person may have %(cap)s such stays in all; you have had %(used)s"),
            (StaysRolling, True): _("Stays in any %(days)s days: %(used)s of at most %(cap)s"),
            (StaysRolling, False): _(
                "A person may have %(cap)s such stays in any %(days)s days; possible again on %(back)s"
            ),
        }[type(cap), met]
        fix = None if met else Fix("apartments", _("Talent apartments"), "/apartments/")
        return self.reason(MET if met else NOT_MET, text, values, fix=fix, **about)

    def _back(self, cap, facts):
        return cap.returns_on(facts.day, cap.days(facts.history.nights))


def one_of(kind: type[Kind], caps: Iterable[Cap]) -> Kind | None:
    return next((cap for cap in caps if isinstance(cap, kind)), None)


def used_in_window(cap: Cap | None, facts: Facts) -> tuple[int, int]:
    """What is used, and what there is in all, in the window of the day of arrival."""
    if cap is None:
        return 0, 0
    return cap.used(facts.day, cap.days(facts.history.nights)), cap.granted(facts.day, facts.history.extras)


def paid_or_free(facts: Facts, granted: Grant) -> bool:
    return not granted.priced or facts.wish.accept_price


def counted(granted: Grant) -> dict[str, int | tuple[str, str]]:
    """The numbers that the sentences say."""
    prices = dict.fromkeys(price.said for price in granted.prices if price and price.cls == PRICED)
    return {
        "wanted": len(granted.prices),
        "free": granted.free,
        "priced": granted.priced,
        "possible": granted.free + granted.priced,
        "prices": ("、".join(zh for zh, _en in prices), " / ".join(en for _zh, en in prices)),
    }


def offer(granted: Grant) -> Fix:
    """The next step where nights are not free: take them at their price, if there is one for each of them."""
    if granted.priced and not granted.refused:
        return Fix("accept_price", _("Stay and pay for those nights at the desk"), "#accept_price")
    return Fix("apartments", _("Talent apartments"), "/apartments/")
