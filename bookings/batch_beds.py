"""Beds of a batch that close: the batch gets another, with whoever was named for it, or is told that there is none.

A batch keeps its beds only until its release, which lies before its arrival: so of what is kept nobody is in house, and
another bed is the batch's for all of its nights.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from accounts.record import record
from bookings import reasons
from bookings.availability import GENDERS, free_beds
from bookings.holding import close_lapsed
from bookings.locking import locked
from bookings.lodging import Lodging
from bookings.models import Batch, BatchBed, BedNight, Stay
from bookings.rehousing import to_bed
from eligibility.reasons import Refused
from hostel.models import Bed
from hostel.nights import Nights, business_day

MOST_BEDS = 5


@dataclass(frozen=True)
class BatchHit:
    """A bed that is kept for a batch and closes; ``stays`` are those of its guests who have been named for it.

    ``beds`` are others of the house, free on all of the batch's nights, for everybody who could have had this one.
    """

    kept: BatchBed
    stays: tuple[Stay, ...]
    beds: tuple[Bed, ...]

    @property
    def batch(self) -> Batch:
        return self.kept.batch

    @property
    def bed(self) -> Bed:
        return self.kept.bed

    def as_data(self) -> dict:
        """The hit as JSON values; of the guests the codes of their stays."""
        return {
            "batch": self.batch.code,
            "organisation": self.batch.organisation,
            "arrival": self.batch.arrival.isoformat(),
            "departure": self.batch.departure.isoformat(),
            "bed": str(self.bed),
            "stays": [stay.code for stay in self.stays],
            "beds": [str(bed) for bed in self.beds],
        }


def batches_hit(beds: Iterable[Bed], nights: Nights, now: datetime) -> list[BatchHit]:
    """The beds among ``beds`` that are kept for a batch on one of ``nights``, each with where it could go."""
    closing = [bed.pk for bed in beds]
    return [_hit(kept, closing, now) for kept in _kept(closing, nights, now)]


def _kept(closing, nights, now):
    kept = BatchBed.objects.keeping(nights, business_day(now)).filter(bed__in=closing)
    return list(kept.select_related("batch__hostel__network", "bed__room").order_by("batch__arrival", "bed_id"))


def _hit(kept, closing, now):
    stays = _named(kept, now)
    as_good = _as_good(kept, stays, closing, now)
    return BatchHit(kept, tuple(stays), tuple(as_good[:MOST_BEDS]))


def _named(kept, now):
    """The stays of the batch's guests who have this bed, in the order of their nights."""
    nights = BedNight.objects.taken(now).filter(stay__batch=kept.batch_id, bed=kept.bed_id)
    return list(Stay.objects.filter(pk__in=nights.values("stay")).select_related("guest").order_by("arrival", "pk"))


def _as_good(kept, stays, closing, now):
    """The beds that everybody could have who could have this one: its named guests, else women, men, or either."""
    wanted = [_open_for(kept, stays, gender, now) for gender in _who_could_have(kept)] if not stays else []
    wanted += [_open_to(kept, stays, stay, now) for stay in stays]
    return [bed for bed in wanted[0].exclude(pk__in=closing) if all(beds.filter(pk=bed.pk).exists() for beds in wanted)]


def _who_could_have(kept):
    guests = kept.bed.room.guests
    return [guests] if guests in GENDERS else list(GENDERS)


def _open_for(kept, stays, gender, now, lodging=None):
    # The choice of the nights of the batch's own guests would stand in their way where they stay in the room.
    own = [stay.pk for stay in stays]
    return free_beds(kept.batch.hostel, kept.batch.nights, gender, now, own, lodging or Lodging())


def _open_to(kept, stays, stay, now):
    lodging = Lodging(needs=frozenset(stay.needs), alone=stay.alone, party=stay.party)
    return _open_for(kept, stays, stay.guest.gender, now, lodging)


def clear_batches(
    beds: Sequence[Bed],
    nights: Nights,
    choices: Mapping[str, Bed | str],
    guests: Collection[int],
    now: datetime,
    actor: User | None,
    *,
    anywhere: str,
    give_up: str,
) -> list[BatchHit]:
    """Give each batch that keeps one of ``beds`` another, as ``choices`` say by the batch's code: that bed, one that is
    as good (``anywhere``), or none (``give_up``). Returns those for which there is none of these choices.

    Inside the act that closes ``beds``, behind their locks and those of ``guests`` (ids), who move along. Raises
    Refused with BED or NOWHERE.
    """
    closing, left = [bed.pk for bed in beds], []
    for kept in _kept(closing, nights, now):
        chosen, stays = choices.get(kept.batch.code), _named(kept, now)
        is_choice = isinstance(chosen, Bed) or chosen in (anywhere, give_up)
        if not is_choice or (chosen != give_up and any(stay.guest_id not in guests for stay in stays)):
            left.append(_hit(kept, closing, now))
        elif chosen == give_up:
            kept.delete()
            _record("batch_lost_bed", kept.batch, now, actor, bed=str(kept.bed))
        else:
            _replace(kept, stays, chosen, closing, now, actor)
    return left


def _replace(kept, stays, chosen, closing, now, actor):
    old, bed = kept.bed, _found(kept, stays, chosen, closing, now)
    close_lapsed(bed, now)
    kept.bed, kept.kept_since = bed, now
    kept.save(update_fields=["bed", "kept_since"])
    _record("batch_changed_bed", kept.batch, now, actor, left=str(old), bed=str(bed))
    for stay in stays:
        to_bed(locked(stay), stay.arrival, bed, now, actor)


def _found(kept, stays, chosen, closing, now):
    """The bed that was chosen, or the best that is as good: its row locked, and looked at again behind that lock."""
    if isinstance(chosen, Bed):
        asked = [_open_to(kept, stays, stay, now) for stay in stays]
        # Where nobody has been named, who allots may choose a bed for women only, or for men.
        either = asked or [_open_for(kept, stays, gender, now) for gender in GENDERS]
        _lock(chosen)
        open_to = [bed for beds in either if (bed := beds.exclude(pk__in=closing).filter(pk=chosen.pk).first())]
        if len(open_to) < (len(asked) or 1):
            raise Refused(reasons.bed_taken(chosen, kept.batch.nights))
        return open_to[0]
    for bed in _as_good(kept, stays, closing, now):
        _lock(bed)
        if bed in _as_good(kept, stays, closing, now):
            return bed
    raise Refused(reasons.no_other_bed(kept))


def _lock(bed):
    list(Bed.objects.filter(pk=bed.pk).select_for_update(of=("self",)).values_list("pk"))


def _record(what, batch, now, actor, **said):
    record(what, now=now, actor=actor, hostel=batch.hostel, about=batch.code, **said)
