"""Another bed for a stay, or another house: what is the same whether its guest is moved (`bookings/moving.py`), loses
the bed by the house's fault (`bookings/rehousing.py`), or is given another one as they are let in."""

from datetime import datetime

from bookings.holding import close_lapsed
from bookings.house_plan import Want, find_beds, sharing
from bookings.lodging import lodging_of
from bookings.models import BedNightQuerySet, Stay
from bookings.vacating import bed_tonight, vacated
from eligibility.models import Assessment
from eligibility.policies import kept_until
from hostel.models import Bed, Hostel
from hostel.nights import Nights


def to_another_bed(stay: Stay, nights: Nights, bed: Bed | None, now: datetime) -> Bed:
    """Put the guest of ``stay`` for ``nights`` of it into ``bed``, or into one that the house's arrangement finds.

    Raises Refused with BED or FULL.
    """
    has = bed_tonight(stay, nights, now)
    want = Want(stay.guest, nights, lodging_of(stay), bed=bed, except_stay=stay.pk)
    [found] = find_beds(stay.hostel, [want], now)
    close_lapsed(found, now)
    put_into(found, stay, stay.bed_nights.live().between(nights))
    if has is not None and has != found.pk:
        vacated({has: now}, None)
    return found


def put_into(bed: Bed, stay: Stay, rows: BedNightQuerySet, **changes) -> None:
    """Keep ``rows`` for ``stay``, in ``bed``; ``changes`` are other columns that change with it."""
    rows.update(stay=stay, bed=bed, room=bed.room, sharing=sharing(bed, stay), released_at=None, **changes)


def go_on(stay: Stay, hostel: Hostel, nights: Nights, assessment: Assessment, now: datetime) -> Stay:
    """A new stay by which the guest of ``stay`` is in ``hostel`` for ``nights``, its last: they check in there.

    Its code is the one that ``assessment`` is about. Its bed-nights, and the earlier departure of ``stay``, are the
    caller's to write.
    """
    return Stay.objects.create(
        code=assessment.about,
        guest=stay.guest,
        hostel=hostel,
        assessment=assessment,
        arrival=nights.arrival,
        departure=nights.departure,
        purpose=stay.purpose,
        kept_until=kept_until(assessment.policy, nights.arrival, now),
        booked_at=now,
        confirmed_at=now,
        needs=stay.needs,
        alone=stay.alone,
        party=stay.party,
        batch=stay.batch,
        continues=stay.continues or stay,
    )
