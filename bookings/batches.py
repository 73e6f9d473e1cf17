"""Batches: beds that are kept for a school or an organisation; how they stand, and how they end.

How they are chosen is `bookings/allotting.py`, who sleeps in them `bookings/naming.py`; where one of them closes,
`bookings/batch_beds.py`.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from accounts.acts import act
from accounts.models import User
from accounts.record import record
from accounts.roles import hostels_of_officer
from bookings.actions import may
from bookings.cancelling import cancel
from bookings.locking import guests_locked
from bookings.models import Batch, BatchBed, BedNight, Stay
from eligibility.reasons import Fix, Refused, not_met
from hostel.nights import business_day


@dataclass(frozen=True)
class Balance:
    """A batch in numbers at one moment: beds that are kept, beds that somebody has been named for, free nights used."""

    beds: int
    named: int
    free_nights_used: int
    state: str  # open, released, cancelled


def balance(batch: Batch, now: datetime) -> Balance:
    """Count ``batch``: two statements."""
    nights = BedNight.objects.taken(now).filter(stay__batch=batch)
    free = nights.free_of_charge()
    counted = nights.aggregate(named=Count("bed", distinct=True), used=Count("pk", filter=Q(pk__in=free.values("pk"))))
    return Balance(batch.beds.count(), counted["named"], counted["used"], batch.state(business_day(now)))


def with_guests(batch: Batch, now: datetime) -> list[BatchBed]:
    """The beds of ``batch`` in the order of the house, each with its `stays`; two statements."""
    stays: dict[int, dict[int, Stay]] = {}
    for night in BedNight.objects.taken(now).filter(stay__batch=batch).select_related("stay__guest").order_by("night"):
        stays.setdefault(night.bed_id, {})[night.stay_id] = night.stay
    beds = list(batch.beds.select_related("bed__room").order_by("bed__room__number", "bed__number"))
    for kept in beds:
        kept.stays = list(stays.get(kept.bed_id, {}).values())
    return beds


def batches_of(user: User, day: date):
    """The batches (a queryset) that ``user`` may see: those of the houses where they are an officer, and where they are
    the contact."""
    return Batch.objects.filter(Q(contact=user) | Q(hostel__in=hostels_of_officer(user, day))).select_related(
        "hostel", "contact"
    )


def stands(batch: Batch, now: datetime) -> None:
    """Raise Refused with BATCH_OVER where nobody can be named for ``batch`` any more."""
    if batch.cancelled_at or batch.release_on <= business_day(now):
        raise Refused(_over(batch))


# --- ending -----------------------------------------------------------------------------------------------------------
def release(batch: Batch, *, now: datetime, actor: User) -> Batch:
    """Give back now what nobody was named for; raises Refused with BATCH_OVER where that was done already."""

    def do():
        found = _locked(batch)
        stands(found, now)
        found.release_on = business_day(now)
        found.save(update_fields=["release_on"])
        record("release_batch", now=now, actor=actor, hostel=found.hostel, about=found.code)
        return found

    return act(do)


def cancel_batch(batch: Batch, *, now: datetime, actor: User, end_stays: bool = False) -> Batch:
    """Take the batch back: what nobody was named for is everybody's, and the named stay, unless ``end_stays``: then
    those who have not come yet are told that the house cancels. Raises Refused with BATCH_OVER."""

    def do():
        stays = batch.stays.order_by("guest_id").select_related("hostel") if end_stays else []
        guests_locked(stay.guest_id for stay in stays)
        found = _locked(batch)
        if found.cancelled_at:
            raise Refused(_over(found))
        found.cancelled_at = now
        found.save(update_fields=["cancelled_at"])
        ended = 0
        for stay in stays:
            try:
                may(stay, "cancel", now)
            except Refused:
                continue  # in house, gone, or cancelled already
            cancel(stay, now=now, actor=actor, cause=Stay.Cause.HOUSE, letter="batch_ended")
            ended += 1
        record("cancel_batch", now=now, actor=actor, hostel=found.hostel, about=found.code, stays=ended)
        return found

    return act(do)


def _locked(batch):
    return Batch.objects.select_for_update(no_key=True, of=("self",)).select_related("hostel").get(pk=batch.pk)


def _over(batch):
    text = (
        _("Batch %(code)s was cancelled on %(day)s")
        if batch.cancelled_at
        else _("The beds of batch %(code)s that nobody was named for were given back on %(day)s")
    )
    day = batch.cancelled_at or batch.release_on
    return not_met(
        "BATCH_OVER",
        text,
        {"code": batch.code, "day": day},
        value_used=day,
        fix=Fix("help", _("Ask the office"), "/help/"),
    )
