"""Quotas: free bed-nights granted to houses and networks. A free night is given only while one is left of them."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from django.utils.translation import gettext_lazy as _

from accounts.acts import after_refusal
from accounts.reasons import NOT_MET, Fix, Reason, Refused, Sentence
from bookings.alternatives import MOST_NEARBY, Alternative, alternatives
from bookings.availability import Grid, nearest_first
from bookings.lodging import Lodging
from bookings.models import Batch, BedNight, Stay
from bookings.quota_counts import Scope, balances, scopes_of, would_lack
from hostel.models import Hostel
from hostel.nights import Nights, business_day

MOST_STAYS_LISTED = 50
MONTHS_AHEAD = 3  # so far the refusal looks for a month with nights left
SET_QUOTA = "set_quota"


# --- giving free nights -----------------------------------------------------------------------------------------------
def take(stay: Stay, hostel: Hostel, nights: Iterable[date], group: str, now: datetime, *, anew: bool = False) -> None:
    """See that ``group`` (the key of an entitlement) can have ``nights`` in ``hostel`` free, for ``stay``.

    Inside an act, behind the locks of guest and bed, before the nights are written: `booking.give_nights` calls it for
    every verb. ``hostel`` is a row of `Hostel.objects.on`; where there is no quota this asks the database nothing.
    The guests of a batch take from the batch's own nights. ``anew`` counts the nights that the stay has already as not
    taken: ``nights`` are then all of its free ones. Raises Refused with QUOTA, or with BATCH_NIGHTS.
    """
    nights = sorted(nights)
    if not nights:
        return
    except_stay = stay.pk if anew else None
    if stay.batch_id is not None:
        _take_of_batch(stay.batch_id, len(nights), now, except_stay)
    elif hostel.has_quotas:
        found = balances(scopes_of(hostel, nights), now, lock=True, except_stay=except_stay)
        if lacking := would_lack(found, hostel, nights, group, now):
            raise _spent(stay, hostel, nights, group, now, *lacking)


def take_again(
    stay: Stay, hostel: Hostel, free: Collection[date], kept: Iterable[BedNight], group: str, now: datetime
) -> None:
    """`take` for a ``stay`` that has its nights already (``kept``), where ``free`` of them are to be free for ``group``.

    What it has free under the same entitlement stays its own, whatever was granted or cut since. Raises as `take` does.
    """
    if not (hostel.has_quotas or stay.batch_id):
        return
    had = {each.night for each in kept if each.price_class == BedNight.PriceClass.FREE}
    if not had.issuperset(free) or stay.assessment.entitlement != group:
        take(stay, hostel, free, group, now, anew=True)


def _take_of_batch(batch, asked, now, except_stay):
    granted = Batch.objects.select_for_update(no_key=True).get(pk=batch)
    used = BedNight.objects.taken(now).free_of_charge().filter(stay__batch=batch).exclude(stay=except_stay).count()
    if used + asked > granted.free_nights:
        text = _(
            "Batch %(code)s was granted %(granted)s free nights, and %(used)s are taken: %(asked)s more is too many"
        )
        values = {"code": granted.code, "granted": granted.free_nights, "used": used, "asked": asked}
        fix = Fix("batch", _("Open the batch"), f"/office/batches/{granted.code}/")
        raise Refused(
            Reason(
                "BATCH_NIGHTS", NOT_MET, Sentence(text, values), value_used=used, needed=granted.free_nights, fix=fix
            )
        )


def _spent(stay, hostel, nights, group, now, balance, night):
    """The refusal. What else there is, is looked up when the locks are free again."""
    inside = [each for each in nights if each in balance.scope.nights]
    granted, used = balance.granted, balance.used
    reserved = min(balance.reserved(group, night, business_day(now)), max(granted - used, 0))
    values = {
        "whose": _whose(balance, hostel),
        "period": period(balance.scope),
        "granted": granted,
        "used": used,
        "reserved": reserved,
        "left": granted - used - reserved,
        "asked": len(inside),
    }
    if reserved:
        text = _(
            "%(whose)s can give %(granted)s free nights in %(period)s: %(used)s are taken, %(reserved)s are kept for "
            "other groups, %(left)s are left, and this needs %(asked)s"
        )
    else:
        text = _(
            "%(whose)s can give %(granted)s free nights in %(period)s: %(used)s are taken, %(left)s are left, "
            "and this needs %(asked)s"
        )
    wish = stay.nights
    look = Fix("alternatives", _("See what is near"), f"/?in={wish.arrival}&nights={len(wish)}")
    reason = Reason("QUOTA", NOT_MET, Sentence(text, values), value_used=used, needed=granted, fix=look)
    refusal = Refused(reason)
    lodging = Lodging(needs=frozenset(stay.needs), alone=stay.alone, party=stay.party)
    after_refusal(partial(_point_on, refusal, hostel, wish, group, stay.guest.gender, lodging, now))
    return refusal


def _whose(balance, hostel):
    if balance.scope.hostel is not None:
        return hostel.name_zh, hostel.name_en
    network = hostel.network if balance.scope.network == hostel.network_id else hostel.network.parent
    return network.name_zh, network.name_en


def period(scope: Scope) -> tuple[str, str]:
    """The month, or the year, in both languages: (Chinese, English)."""
    day = scope.first_day
    if scope.hostel is None:
        return f" {day.year} 年", str(day.year)
    return f" {day.year} 年 {day.month} 月", f"{day:%B %Y}"


def _point_on(refusal, hostel, wish, group, gender, lodging, now):
    """Add to a refusal for want of quota what could be booked as it stands, and the next month with nights left."""
    refusal.alternatives = tuple(_elsewhere(hostel, wish, group, gender, lodging, now))
    if first := _next_month(hostel, wish, group, now):
        fix = Fix("next_month", _("See the next month with free nights"), f"/?in={first}&nights={len(wish)}")
        refusal.reasons = tuple(replace(reason, fix=fix) for reason in refusal.reasons)


def _elsewhere(hostel, wish, group, gender, lodging, now):
    """The nearest houses that have a bed throughout and free nights left, then this house's other nights."""
    houses = Hostel.objects.filter(network=hostel.network_id, access=Hostel.Access.INDIVIDUAL).valid_throughout(wish)
    houses = list(houses.select_related("network").exclude(pk=hostel.pk))
    others = [
        each
        for each in alternatives(hostel, wish, gender, now, lodging)
        if each.hostel.pk == hostel.pk and each.kind != "waitlist"
    ]
    scopes = {scope for house in houses for scope in scopes_of(house, wish)}
    scopes |= {scope for each in others for scope in scopes_of(hostel, Nights(each.arrival, each.departure))}
    found, grid = balances(scopes, now), Grid(houses, wish, now, lodging)
    near = [
        Alternative("nearby", house, wish.arrival, wish.departure, metres)
        for house, metres in nearest_first(houses, hostel.position)
        if not would_lack(found, house, wish, group, now) and grid.free(house, wish, gender)
    ]
    yield from near[:MOST_NEARBY]
    for each in others:
        if not would_lack(found, hostel, Nights(each.arrival, each.departure), group, now):
            yield each


def _next_month(hostel, wish, group, now):
    """The first day of the next month in which ``hostel`` has free nights left for as many nights; None if none soon."""
    firsts = [_months_on(wish.arrival, months) for months in range(1, MONTHS_AHEAD + 1)]
    wishes = [wish.moved((first - wish.arrival).days) for first in firsts]
    found = balances({scope for each in wishes for scope in scopes_of(hostel, each)}, now)
    return next((each.arrival for each in wishes if not would_lack(found, hostel, each, group, now)), None)


def _months_on(day, months):
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)
