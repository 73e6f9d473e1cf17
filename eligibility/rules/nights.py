"""How many nights: what the caps of an entitlement leave free, and whether the guest pays for the rest.

Three answers about one grant of nights (`eligibility/caps.py`): the district's year, the stay, the city's year.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from eligibility.caps import Cap, CityCap, Grant, PerStay, PerYear, Tier, grant
from eligibility.facts import Facts
from eligibility.reasons import MET, NOT_MET, Fix
from eligibility.rule import Rule

# Where no cap bounds a stay, look no further than this for its free nights.
LONGEST_STAY = 366


@dataclass(frozen=True, kw_only=True)
class Nights(Rule):
    """The nights wished for are free within ``caps``, or priced by ``tiers`` and the price is accepted."""

    kind = "nights"
    code = "NIGHTS"
    rank = 110
    of_entitlement = True

    caps: tuple[Cap, ...]
    tiers: tuple[Tier, ...] = ()

    def caps_for(self, facts: Facts) -> tuple[Cap, ...]:
        """The caps of the entitlement, and that of the city above where it has one."""
        return self.caps if facts.city_cap is None else (*self.caps, CityCap(facts.city_cap))

    def grant(self, facts: Facts) -> Grant:
        """Grant the nights wished for; while the dates are open, tonight stands for them."""
        nights = facts.wish.nights or (facts.day,)
        return grant(nights, self.caps_for(facts), self.tiers, facts.history.nights)

    def free_nights(self, facts: Facts) -> int:
        """How many free nights the longest stay that begins on that day would have."""
        cap = one_of(PerStay, self.caps)
        longest = range(min(LONGEST_STAY, cap.nights + self._priced_at_most) if cap else LONGEST_STAY)
        nights = [facts.day + timedelta(days=n) for n in longest]
        return grant(nights, self.caps_for(facts), self.tiers, facts.history.nights).free

    def judge(self, facts):
        caps, granted = self.caps_for(facts), self.grant(facts)
        yield self._year(facts, one_of(PerYear, caps), granted)
        if (cap := one_of(PerStay, caps)) and facts.wish.nights:
            yield self._stay(facts.wish.nights, cap)
        if cap := one_of(CityCap, caps):
            yield self._city(facts, cap, granted)

    @property
    def _priced_at_most(self):
        return sum(tier.per_stay for tier in self.tiers)

    def _year(self, facts, cap, granted):
        used = used_in_year(cap, facts)
        counts = counted(granted)
        about = {"used": used, "needed": cap.nights if cap else None}
        # Too long a stay is for STAY_NIGHTS to say, as long as each of its nights within that length is granted.
        short = granted.refused and any(type(other) is not PerStay for other in granted.against)
        if paid_or_free(facts, granted) and not short:
            if granted.priced:
                text = _("Free nights: %(free)s; nights at %(percent)s %% of the house's rate: %(priced)s")
                return self.reason(MET, text, counts, **about)
            elif cap:
                left = {"left": max(cap.nights - used, 0), "all": cap.nights, "used": used}
                return self.reason(MET, _("%(left)s free nights left (%(all)s in all, %(used)s used)"), left, **about)
            else:
                return self.reason(MET, _("Every one of these nights is free: %(free)s"), counts, **about)
        elif cap in granted.against and not granted.free:
            text = _("Free nights used up (%(used)s); back on %(back)s")
            back = {"used": used, "back": cap.returns_on(facts.day)}
            return self.reason(NOT_MET, text, back, fix=offer(granted), **about)
        elif granted.refused:
            text = _("Of the %(wanted)s nights you want only %(possible)s can be had")
            return self.reason(NOT_MET, text, counts, fix=offer(granted), **about)
        else:
            text = _("Of the %(wanted)s nights you want %(free)s are free; %(priced)s cost %(percent)s %% of the rate")
            return self.reason(NOT_MET, text, counts, fix=offer(granted), **about)

    def _stay(self, nights, cap):
        most, wanted = cap.nights + self._priced_at_most, len(nights)
        about = {"code": cap.code, "used": wanted, "needed": most}
        values = {"most": most, "free": cap.nights, "wanted": wanted}
        if wanted <= most:
            text = _("Nights asked for: %(wanted)s; a stay may have %(most)s, the first %(free)s of them free")
            return self.reason(MET, text, values, **about)
        until = nights.arrival + timedelta(days=most)
        fix = Fix("change_dates", _("Choose other dates"), f"/?in={nights.arrival}&out={until}")
        text = _("A stay may have at most %(most)s nights; you asked for %(wanted)s")
        return self.reason(NOT_MET, text, values, fix=fix, **about)

    def _city(self, facts, cap, granted):
        used = used_in_year(cap, facts)
        about = {"code": cap.code, "used": used, "needed": cap.nights}
        values = {"cap": cap.nights, "used": used, "back": cap.returns_on(facts.day)}
        if cap not in granted.against or (paid_or_free(facts, granted) and not granted.refused):
            text = _("Within the city's %(cap)s free nights a year, of which you have used %(used)s")
            return self.reason(MET, text, values, **about)
        text = _("The city grants %(cap)s free nights a year; you have used %(used)s, back on %(back)s")
        return self.reason(NOT_MET, text, values, fix=offer(granted), **about)


def one_of(kind: type[Cap], caps: tuple[Cap, ...]) -> Cap | None:
    return next((cap for cap in caps if type(cap) is kind), None)


def used_in_year(cap: Cap | None, facts: Facts) -> int:
    """Free nights used in the year of arrival."""
    return cap.used(facts.history.nights)[cap.window(facts.day)] if cap else 0


def paid_or_free(facts: Facts, granted: Grant) -> bool:
    return not granted.priced or facts.wish.accept_price


def counted(granted: Grant) -> dict[str, int]:
    """The numbers that the sentences say."""
    return {
        "wanted": len(granted.prices),
        "free": granted.free,
        "priced": granted.priced,
        "possible": granted.free + granted.priced,
        "percent": next((price.percent for price in granted.prices if price and price.percent), 0),
    }


def offer(granted: Grant) -> Fix:
    """The next step where nights are not free: take them at their price, if there is one for each of them."""
    if granted.priced and not granted.refused:
        return Fix("accept_price", _("Stay and pay for those nights at the desk"), "#accept_price")
    return Fix("apartments", _("Talent apartments"), "/apartments/")
