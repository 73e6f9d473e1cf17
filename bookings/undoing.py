"""Taking a cancellation back: for five minutes, and as long as there is a bed for it.

The bed went to who waits as soon as it was given back, and may be somebody's by now: then the guest has another bed of
the house, or learns what else there is. What hung on the stay is as it was, in the same act.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import Q

from accounts import letters
from accounts.acts import act
from accounts.models import User
from accounts.people import erased_already
from accounts.record import record
from bookings import reasons
from bookings.actions import may
from bookings.cancelling import restore_what_hangs
from bookings.changing import WANT_OF_A_BED
from bookings.decisions import Decided, decide
from bookings.holding import close_lapsed, close_own_lapsed
from bookings.house_plan import Want, find_beds, find_promised
from bookings.locking import locked
from bookings.lodging import lodging_of
from bookings.models import BedNight, Stay
from bookings.quotas import take
from bookings.relocating import put_into
from eligibility.caps import FREE
from eligibility.policies import terms_of
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel
from hostel.nights import Nights


def undo(stay: Stay, *, now: datetime, actor: User | None = None) -> Stay:
    """Have ``stay``, which its guest cancelled, stand again as it stood: its nights, their prices, what hung on it.

    In the bed it had where that is free, else in another of the house. Raises Refused with STATE or UNDO_OVER where it
    can't be taken back, CUT_OFF where it would be kept no longer, UNDO_NIGHTS where what came back to the guest is in
    use by now, QUOTA, or with UNDO and alternatives where somebody else has the bed and the house has no other.
    """

    def do():
        back = locked(stay)
        if back.guest.forgotten_at:
            raise Refused(erased_already())
        may(back, "undo_cancel", now)
        moment = back.cancelled_at
        assert moment is not None  # else it may not be
        going_on = Stay.objects.filter(continues=back.continues_id or back.pk, cancelled_at=moment)
        parts = [back, *going_on.select_related("hostel", "assessment__policy").exclude(pk=back.pk).order_by("arrival")]
        for part in parts:
            part.guest = back.guest
        nothing_came_between(parts, lambda part: _rows(part, moment), moment, now)
        for part in parts:
            _take_back(part, moment, now)
        restore_what_hangs(back, moment, now)
        for part in parts:
            letters.unwrite(part.guest, part.code, "cancelled")
            _write_down(part, now, actor)
        _tell_the_friends(back)
        return back

    return act(do)


def nothing_came_between(
    parts: Sequence[Stay], rows: Callable[[Stay], Iterable[BedNight]], moment: datetime, now: datetime
) -> None:
    """See that what came back to a guest at ``moment``, and is to be had again, was not booked with meanwhile: of each
    of ``parts``, stays of one guest whose row is locked, its bed-nights ``rows``. Raises Refused with UNDO_NIGHTS.

    Where nothing was booked, nothing has changed that the rules would ask about.
    """
    guest = parts[0].guest
    others = Stay.objects.standing(now).filter(guest=guest).exclude(pk__in=[part.pk for part in parts])
    if not others.filter(Q(booked_at__gte=moment) | Q(assessment__made_at__gte=moment)).exists():
        return
    for part in parts:
        had = list(rows(part))
        again = BedNight.objects.taken(now).filter(guest=guest, night__in=[row.night for row in had])
        if again.exclude(stay__in=parts).exists():
            raise Refused(reasons.nights_used(part))
        hostel = Hostel.objects.on(part.arrival).get(pk=part.hostel_id)
        decided = decide(
            guest,
            hostel,
            part.nights,
            part.purpose,
            now,
            accept_price=True,
            except_stay=part.pk,
            extends=True,
            applicant=part.applicant,
        )
        if not {row.night for row in had if row.price_class == FREE} <= _free_now(part, decided):
            raise Refused(reasons.nights_used(part))


def _free_now(stay: Stay, decided: Decided) -> set[date]:
    """The nights of ``stay`` that are free within the number that its guest may have, of what it was given by."""
    given = {each.key: each.nights for each in terms_of(decided.policy).on(decided.facts.day).entitlements}
    nights = given.get(stay.assessment.entitlement, decided.decision.nights)
    prices = nights.grant(decided.facts).prices
    return {night for night, price in zip(stay.nights, prices, strict=True) if price is not None and price.cls == FREE}


def _rows(stay, moment):
    """The bed-nights that ``stay`` gave back when it was cancelled."""
    return stay.bed_nights.filter(released_at=moment, night__in=list(stay.nights))


def _take_back(stay: Stay, moment: datetime, now: datetime) -> None:
    rows = list(_rows(stay, moment).select_related("bed__room").order_by("night"))
    hostel = Hostel.objects.on(stay.arrival).get(pk=stay.hostel_id)
    beds = beds_again(stay, hostel, rows, now)
    close_own_lapsed(stay, now)
    free = [row.night for row in rows if row.price_class == FREE]
    take(stay, hostel, free, stay.assessment.entitlement, now)
    stay.cancelled_at, stay.cancel_cause, stay.cancel_reason = None, "", ""
    before = {row.bed_id for row in rows}
    if any(bed.pk not in before for bed, _nights in beds):
        stay.bed_told_at = None  # the number they knew is no longer theirs
    stay.save(update_fields=["cancelled_at", "cancel_cause", "cancel_reason", "bed_told_at"])
    stay.refresh_from_db(fields=["status"])
    for bed, nights in beds:
        close_lapsed(bed, now)
        put_into(bed, stay, _rows(stay, moment).between(nights))


def beds_again(stay: Stay, hostel: Hostel, rows: Sequence[BedNight], now: datetime) -> list[tuple[Bed, Nights]]:
    """The beds that ``rows``, given back by ``stay``, had, each with its nights, or one other for all of them; locked
    until the act ends. Raises Refused with UNDO and alternatives."""
    lodging = lodging_of(stay)
    wants = []
    for _bed, run in groupby(rows, key=lambda row: row.bed_id):
        had = list(run)
        nights = Nights(had[0].night, had[-1].night + timedelta(days=1))
        wants.append(Want(stay.guest, nights, lodging, bed=had[0].bed, except_stay=stay.pk))
    try:
        return [(bed, want.nights) for bed, want in zip(find_beds(hostel, wants, now), wants, strict=True)]
    except Refused as no:
        if no.code not in WANT_OF_A_BED:
            raise
    try:
        nights = Nights(rows[0].night, rows[-1].night + timedelta(days=1))
        bed = find_promised(hostel, Want(stay.guest, nights, lodging, except_stay=stay.pk), now)
    except Refused as no:
        if no.code not in WANT_OF_A_BED:
            raise
        raise Refused(reasons.bed_gone(stay), alternatives=no.alternatives) from None
    return [(bed, nights)]


def _tell_the_friends(stay: Stay) -> None:
    """They are not told what is not so any more; who was asked to confirm alone meanwhile still may."""
    if stay.party_id is not None:
        for friend in Stay.objects.filter(party=stay.party_id).exclude(pk=stay.pk).select_related("guest"):
            letters.unwrite(friend.guest, f"{friend.code} {stay.code}", "party_smaller")


def _write_down(stay, now, actor):
    record("undo_cancel", now=now, actor=actor, person=stay.guest, hostel=stay.hostel, about=stay.code)
