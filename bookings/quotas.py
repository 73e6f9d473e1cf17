"""Quotas: free bed-nights granted to houses and networks. A free night is given only while one is left of them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.acts import act, after_refusal
from accounts.models import Deed, User
from accounts.reasons import CHINESE, ENGLISH, Fix, Refused, Sentence, not_met
from accounts.record import record
from bookings.alternatives import MOST_NEARBY, NEARBY, WAITLIST, Alternative, allowed, alternatives
from bookings.availability import Grid, nearest_first
from bookings.decisions import Decided
from bookings.locking import wait_for_bookings
from bookings.lodging import Lodging
from bookings.models import Batch, BedNight, Stay
from bookings.quota_counts import (
    EVERYBODY,
    Balance,
    Scope,
    balances,
    counted,
    scope_of,
    scopes_of,
    without_rows,
    would_lack,
)
from eligibility.models import Policy
from eligibility.policies import terms_of
from hostel.models import Hostel, Network, Quota
from hostel.network_file import Granted, after_granting
from hostel.nights import business_day

MOST_STAYS_LISTED = 50
MOST_NIGHTS = 1_000_000  # in one cell: what is more is a slip of the hand
MONTHS_AHEAD = 3  # so far the refusal looks for a month with nights left
SET_QUOTA = "set_quota"


# --- giving free nights -----------------------------------------------------------------------------------------------
def take(
    stay: Stay,
    hostel: Hostel,
    nights: Iterable[date],
    group: str,
    now: datetime,
    *,
    anew: bool = False,
    decided: Decided | None = None,
) -> None:
    """See that ``group`` (the key of an entitlement) can have ``nights`` in ``hostel`` free, for ``stay``.

    Inside an act, behind the locks of guest and bed, before the nights are written: `booking.give_nights` calls it for
    every verb. ``hostel`` is a row of `Hostel.objects.on`; where there is no quota this asks the database nothing.
    The guests of a batch take from the batch's own nights. ``anew`` counts the nights that the stay has already as not
    taken: ``nights`` are then all of its free ones. Raises Refused with QUOTA and alternatives (those that the rules
    allow, by which the wish was ``decided``), or with BATCH_NIGHTS.
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
            raise _spent(stay, hostel, nights, group, decided, now, *lacking)


def take_again(
    stay: Stay, hostel: Hostel, free: Collection[date], kept: Iterable[BedNight], group: str, now: datetime
) -> None:
    """`take` for a ``stay`` that has its nights already (``kept``), ``free`` of which are to be free for ``group``.

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
        text = _("Batch %(code)s was granted %(granted)s free nights: %(used)s taken, and this needs %(asked)s")
        values = {"code": granted.code, "granted": granted.free_nights, "used": used, "asked": asked}
        fix = Fix("batch", _("Open the batch"), f"/office/batches/{granted.code}/")
        raise Refused(not_met("BATCH_NIGHTS", text, values, value_used=used, needed=granted.free_nights, fix=fix))


def _spent(stay, hostel, nights, group, decided, now, balance, night):
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
    text = _("%(whose)s has %(granted)s free nights in %(period)s: %(used)s taken, %(left)s left; this needs %(asked)s")
    if reserved:
        text = _(
            "%(whose)s has %(granted)s free nights in %(period)s: %(used)s taken, %(reserved)s kept for other groups, "
            "%(left)s left; this needs %(asked)s"
        )
    wish = stay.nights
    look = Fix("alternatives", _("See what is near"), f"/?in={wish.arrival}&nights={len(wish)}")
    reason = not_met("QUOTA", text, values, value_used=used, needed=granted, fix=look)
    refusal = Refused(reason)
    if stay.offer_id is None:  # who waits has said where they want to be
        lodging = Lodging(needs=frozenset(stay.needs), alone=stay.alone, party=stay.party)
        after_refusal(partial(_point_on, refusal, hostel, wish, group, stay.guest.gender, lodging, decided, now))
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


def _point_on(refusal, hostel, wish, group, gender, lodging, decided, now):
    """Add to a refusal for want of quota what could be booked as it stands, and the next month with nights left."""
    refusal.alternatives = tuple(_elsewhere(hostel, wish, group, gender, lodging, now))
    if decided is not None:
        allowed(refusal, decided)
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
        if each.hostel.pk == hostel.pk and each.kind != WAITLIST
    ]
    scopes = {scope for house in houses for scope in scopes_of(house, wish)}
    scopes |= {scope for each in others for scope in scopes_of(hostel, each.nights)}
    found, grid = balances(scopes, now), Grid(houses, wish, now, lodging)
    near = [
        Alternative(NEARBY, house, wish.arrival, wish.departure, metres)
        for house, metres in nearest_first(houses, hostel.position)
        if not would_lack(found, house, wish, group, now) and grid.free(house, wish, gender)
    ]
    yield from near[:MOST_NEARBY]
    for each in others:
        if not would_lack(found, hostel, each.nights, group, now):
            yield each


def _next_month(hostel, wish, group, now):
    """The first day of the next month in which ``hostel`` has free nights for as long a stay; None if none soon."""
    firsts = [_months_on(wish.arrival, months) for months in range(1, MONTHS_AHEAD + 1)]
    wishes = [wish.moved((first - wish.arrival).days) for first in firsts]
    found = balances({scope for each in wishes for scope in scopes_of(hostel, each)}, now)
    return next((each.arrival for each in wishes if not would_lack(found, hostel, each, group, now)), None)


def _months_on(day, months):
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


# --- the books --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Cell:
    """A place where a quota can stand: a house's month, or a network's year (``hostel`` is None), and a group in it."""

    network: Network
    hostel: Hostel | None
    group: str
    first_day: date

    @property
    def scope(self) -> Scope:
        if self.hostel is None:
            return Scope(None, self.network.pk, self.first_day)
        return Scope(self.hostel.pk, None, self.first_day)

    @property
    def names(self) -> tuple[str, str]:
        """The house, or the network, in both languages: (Chinese, English)."""
        place = self.hostel or self.network
        return place.name_zh, place.name_en


@dataclass(frozen=True)
class Grant:
    """So many free bed-nights; ``release_days`` before a night what a group has not taken of them is everybody's."""

    nights: int
    release_days: int | None = None


@dataclass(frozen=True)
class Change:
    """What a cell is to say: None takes the limit away. ``seen`` is what its writer saw there, where that matters."""

    cell: Cell
    grant: Grant | None
    seen: Grant | None = None
    look: bool = False


@dataclass(frozen=True)
class Standing:
    """A cell with its numbers: bed-nights granted (None: no row of its own), slept, kept for what is to come, and free.

    A group's own nights count up to what it was granted; what goes beyond counts for everybody's cell.
    """

    cell: Cell
    grant: Grant | None
    used: int
    kept: int
    free: int


def standing(
    hostels: Collection[Hostel], networks: Collection[Network], first_days: Collection[date], now: datetime
) -> list[Standing]:
    """The quotas of ``hostels`` for the months, and of ``networks`` for the years, that begin on ``first_days``.

    By day, the networks' first, then by house and group. Two statements, however many; one where there is no quota.
    """
    by_hostel, by_network = {each.pk: each for each in hostels}, {each.pk: each for each in networks}
    rows = Quota.objects.filter(first_day__in=first_days).order_by("pk")
    rows = rows.filter(Q(hostel__in=by_hostel) | Q(hostel=None, network__in=by_network))
    found = []
    for balance in counted(rows, now).values():
        groups = set(balance.rows) | {EVERYBODY}
        for group in sorted(groups):
            row = balance.rows.get(group)
            used, kept = balance.used_and_kept(group)
            if row is None and not used + kept:
                continue
            scope = balance.scope
            if scope.hostel is None:
                any_row = next(iter(balance.rows.values()))
                cell = Cell(by_network[any_row.network_id], None, group, scope.first_day)
            else:
                cell = Cell(by_hostel[scope.hostel].network, by_hostel[scope.hostel], group, scope.first_day)
            left = min((row.nights if row else 0) - used - kept, balance.granted - balance.used)
            found.append(Standing(cell, grant_of(row), used, kept, max(left, 0)))
    return sorted(
        found, key=lambda each: (each.cell.first_day, each.cell.hostel is not None, _slug(each.cell), each.cell.group)
    )


@dataclass(frozen=True)
class Line:
    """A house's month, or a network's year: a cell for each group that was asked about, and the numbers of all of them.

    Where nothing is granted there is no limit, and what each group uses is said all the same.
    """

    network: Network
    hostel: Hostel | None
    first_day: date
    cells: tuple[Standing, ...]
    granted: int
    used: int
    kept: int

    @property
    def has_limit(self) -> bool:
        return any(each.grant is not None for each in self.cells)

    @property
    def left(self) -> int:
        """Bed-nights that can still be given, where there is a limit."""
        return max(self.granted - self.used - self.kept, 0)


def lines(
    hostels: Iterable[Hostel], networks: Iterable[Network], month: date, groups: Collection[str], now: datetime
) -> list[Line]:
    """The ``month`` of each of ``hostels``, then its year of each of ``networks``, with a cell for each of ``groups``
    (everybody among them): two statements, however many."""
    cells = [Cell(hostel.network, hostel, EVERYBODY, month) for hostel in hostels]
    cells += [Cell(network, None, EVERYBODY, month.replace(month=1)) for network in networks]
    scopes = [cell.scope for cell in cells]
    rows = Quota.objects.filter(first_day__in={month, month.replace(month=1)}).order_by("pk")
    of_networks = Q(hostel=None, network__in={scope.network for scope in scopes})
    about = rows.filter(Q(hostel__in={scope.hostel for scope in scopes}) | of_networks)
    found = counted([row for row in about if scope_of(row) in scopes], now, also=scopes)
    return [_line(cell, found[scope], groups) for cell, scope in zip(cells, scopes, strict=True)]


def _line(place, balance, groups):
    if balance.rows:
        numbers = {group: balance.used_and_kept(group) for group in groups}
    else:
        numbers = {group: (balance.slept[group], balance.taken[group] - balance.slept[group]) for group in groups}
        others = [both for group, both in numbers.items() if group != EVERYBODY]
        slept = sum(balance.slept.values())
        numbers[EVERYBODY] = (
            slept - sum(used for used, _kept in others),
            balance.used - slept - sum(kept for _used, kept in others),
        )
    cells = []
    for group in groups:
        row, (used, kept) = balance.rows.get(group), numbers[group]
        left = min((row.nights if row else 0) - used - kept, balance.granted - balance.used)
        cells.append(Standing(replace(place, group=group), grant_of(row), used, kept, max(left, 0)))
    slept = sum(balance.slept.values())
    return Line(
        place.network, place.hostel, place.first_day, tuple(cells), balance.granted, slept, balance.used - slept
    )


def _slug(cell):
    return (cell.hostel or cell.network).slug


def grant_of(row: Quota | None) -> Grant | None:
    """What ``row`` grants; None where there is no row."""
    return None if row is None else Grant(row.nights, row.release_days)


def groups_of(networks: Iterable[Network], day: date) -> dict[str, Sentence]:
    """The groups that a quota in ``networks`` can be for, by key with their names: those that their rules give nights
    to on ``day`` or from a later day on, everybody first."""
    groups = {EVERYBODY: Sentence(_("Everybody"))}
    for network in networks:
        approved = Policy.objects.filter(network=network)
        current = approved.in_force(day).first()
        coming = approved.filter(in_force_from__gt=day).order_by("in_force_from", "version")
        for policy in [*([current] if current else []), *coming]:
            for season in (terms_of(policy).on(day), terms_of(policy).always):
                for given in season.entitlements:
                    groups.setdefault(given.key, given.label)
    return groups


# --- changing what is granted -----------------------------------------------------------------------------------------
def set_quotas(changes: Sequence[Change], *, now: datetime, actor: User) -> int:
    """Have every cell of ``changes`` say what is wanted there; all of them or none. Returns how many were changed.

    Raises Refused with QUOTA_CHANGED, a reason for each cell that somebody else changed since it was seen; or with
    QUOTA_KEPT where bed-nights that are slept or kept would no longer be covered, followed by a reason for each stay.

    Waits for the bookings that are under way in the houses it is about; where there is the first quota of a month (or
    of a network's year) among the changes, for all that are under way: they may have found none, and lock nothing.
    """

    def do():
        scopes = {change.cell.scope for change in changes}
        if without_rows({change.cell.scope for change in changes if change.grant is not None}):
            wait_for_bookings()
        hostels = sorted({scope.hostel for scope in scopes if scope.hostel is not None})
        # A booking holds its house by the stay that names it: for update means when none is under way.
        list(Hostel.objects.filter(pk__in=hostels).order_by("pk").select_for_update())
        before = balances(scopes, now, lock=True)
        rows = {(scope, group): row for scope, each in before.items() for group, row in each.rows.items()}
        standing_now = {key: grant_of(row) for key, row in rows.items()}
        if reasons := [_changed(change, standing_now, now) for change in changes if _differs(change, standing_now)]:
            raise Refused(*reasons)
        wanted = standing_now | {(change.cell.scope, change.cell.group): change.grant for change in changes}
        if reasons := _no_longer_covered(changes, wanted, before, now):
            raise Refused(*reasons)
        return sum(_write(change, rows, now, actor) for change in changes)

    return act(do)


def _differs(change, standing_now):
    there = standing_now.get((change.cell.scope, change.cell.group))
    return change.look and there not in (change.seen, change.grant)


def _changed(change, standing_now, now):
    """Somebody else was here: what stands now, by whom and when."""
    there = standing_now.get((change.cell.scope, change.cell.group))
    deeds = Deed.objects.filter(what=SET_QUOTA, about=_about(change.cell)).order_by("-pk")
    deed = next((each for each in deeds if each.values["group"] == change.cell.group), None)
    values = {
        "whose": change.cell.names,
        "period": period(change.cell.scope),
        "group": _group_name(change.cell, now),
        "there": _said(there),
        "seen": _said(change.seen),
    }
    if deed is not None:
        text = _(
            "%(whose)s, %(period)s, %(group)s: it says %(there)s since %(moment)s (login no. %(who)s); you saw %(seen)s"
        )
        values |= {"moment": deed.at, "who": deed.actor_id or "–"}
    else:
        text = _("%(whose)s, %(period)s, %(group)s: it says %(there)s by now; you saw %(seen)s")
    fix = Fix("look_again", _("Look at it as it is now"), f"/office/quota/?month={change.cell.first_day:%Y-%m}")
    return not_met(
        "QUOTA_CHANGED",
        text,
        values,
        value_used=there.nights if there else None,
        needed=change.seen.nights if change.seen else None,
        fix=fix,
    )


def _group_name(cell, now):
    networks = [cell.network, *cell.network.districts.all()]
    label = groups_of(networks, business_day(now)).get(cell.group, Sentence(cell.group))
    return label.say(CHINESE), label.say(ENGLISH)


def _said(grant):
    """A grant in both languages: (Chinese, English)."""
    if grant is None:
        text = Sentence(pgettext_lazy("quota", "nothing"))
    elif grant.release_days is None:
        text = Sentence(_("%(nights)s nights"), {"nights": grant.nights})
    else:
        values = {"nights": grant.nights, "days": grant.release_days}
        text = Sentence(_("%(nights)s nights, released %(days)s days before"), values)
    return text.say(CHINESE), text.say(ENGLISH)


def _no_longer_covered(changes, wanted, before, now):
    """What is slept or kept and would not be covered by ``wanted``, scope by scope: a summary, then the stays."""
    cells = {change.cell.scope: change.cell for change in changes}
    rows = [
        Quota(
            network=cells[scope].network,
            hostel=cells[scope].hostel,
            group=group,
            first_day=scope.first_day,
            nights=grant.nights,
            release_days=grant.release_days,
        )
        for (scope, group), grant in wanted.items()
        if grant is not None
    ]
    reasons = []
    for scope, after in counted(rows, now).items():
        was = before.get(scope)
        was = Balance(scope, was.rows, after.taken, after.slept) if was else None
        lacking = max(
            after.uncovered - (was.uncovered if was else 0), after.beyond_all - (was.beyond_all if was else 0), 0
        )
        if lacking:
            reasons += _kept(cells[scope], after, lacking, now)
    return reasons


def _kept(cell, balance, lacking, now):
    where = Q(hostel=cell.hostel)
    if cell.hostel is None:
        where = Q(hostel__network=cell.network) | Q(hostel__network__parent=cell.network)
    nights = (
        BedNight.objects.taken(now)
        .free_of_charge()
        .between(balance.scope.nights)
        .filter(where, stay__batch=None, stay__assessment__entitlement__in=balance.groups_beyond())
        .order_by("-night", "stay__code")
        .values_list("stay__code", "hostel__slug", "hostel__name_zh", "hostel__name_en", "night")
    )
    stays: dict[str, list] = {}
    for code, slug, zh, en, night in nights:
        stays.setdefault(code, [slug, (zh, en), []])[2].append(night)
    values = {
        "whose": cell.names,
        "period": period(balance.scope),
        "used": balance.used,
        "granted": balance.granted,
        "lacking": lacking,
        "stays": len(stays),
    }
    text = _(
        "%(whose)s, %(period)s: %(used)s free nights are slept or kept, and these numbers grant %(granted)s. "
        "Not covered: %(lacking)s. Grant so many more, or have nights of these %(stays)s stays given back"
    )
    fix = Fix("quota", _("Change the numbers"), f"/office/quota/?month={balance.scope.first_day:%Y-%m}")
    summary = not_met("QUOTA_KEPT", text, values, value_used=balance.used, needed=balance.granted, fix=fix)
    return [summary, *(_stay_kept(code, *stay) for code, stay in list(stays.items())[:MOST_STAYS_LISTED])]


def _stay_kept(code, slug, names, nights):
    text = _("%(code)s: %(hostel)s, %(nights)s free nights, %(first)s to %(last)s")
    first, last = min(nights), max(nights)
    values = {"code": code, "hostel": names, "nights": len(nights), "first": first, "last": last}
    fix = Fix("night", _("See the night"), f"/office/hostels/{slug}/nights/{last}/")
    return not_met("KEEPS_NIGHTS", text, values, value_used=code, needed=len(nights), fix=fix)


def _write(change, rows, now, actor):
    """Make the cell say what is wanted; say whether that was a change."""
    cell, grant = change.cell, change.grant
    row = rows.get((cell.scope, cell.group))
    was = grant_of(row)
    if was == grant:
        return False
    if grant is None:
        row.delete()
    elif row is None:
        Quota.objects.create(
            network=cell.network,
            hostel=cell.hostel,
            group=cell.group,
            first_day=cell.first_day,
            nights=grant.nights,
            release_days=grant.release_days,
        )
    else:
        row.nights, row.release_days = grant.nights, grant.release_days
        row.save(update_fields=["nights", "release_days"])
    record(
        SET_QUOTA,
        now=now,
        actor=actor,
        hostel=cell.hostel,
        about=_about(cell),
        group=cell.group,
        network=cell.network.slug,
        was=_plain(was),
        nights=grant.nights if grant else None,
        release_days=grant.release_days if grant else None,
    )
    return True


@after_granting
def not_covered(granted: Sequence[Granted], now: datetime) -> Iterator[str]:
    """Yield the first quotas of a house or network that a network file grants, and that do not cover what is kept."""
    wait_for_bookings()  # who found no quota a moment ago is seen when they have written their nights
    firsts = {scope_of(each.row): each for each in reversed(granted)}
    new = {each.row.pk for each in granted}
    for scope, balance in balances(firsts, now).items():
        lacking = max(balance.uncovered, balance.beyond_all)
        if lacking and new.issuperset(row.pk for row in balance.rows.values()):
            yield f"{firsts[scope].place}: {balance.used} free nights are kept already, and {lacking} are not covered"


def _about(cell):
    if cell.hostel is None:
        return f"quota n{cell.network.pk} {cell.first_day:%Y}"
    return f"quota h{cell.hostel.pk} {cell.first_day:%Y-%m}"


def _plain(grant) -> dict[str, Any] | None:
    return None if grant is None else {"nights": grant.nights, "release_days": grant.release_days}
