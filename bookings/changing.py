"""A stay that becomes longer, or shorter. Each is one act on nights, allowance and prices: all of it or nothing."""

from datetime import date, datetime

from accounts.acts import act
from accounts.models import User
from accounts.record import record
from bookings import reasons
from bookings.alternatives import alternatives
from bookings.availability import free_beds
from bookings.booking import close_lapsed, give_nights, locked, may
from bookings.decisions import decide
from bookings.letters import tell
from bookings.models import Stay
from eligibility.evaluation import YES
from eligibility.models import Assessment
from eligibility.reasons import Refused
from hostel.models import Hostel
from hostel.nights import Nights, business_day


def change_dates(
    stay: Stay,
    *,
    arrival: date,
    departure: date,
    now: datetime,
    actor: User | None = None,
    accept_price: bool = False,
) -> Stay:
    """Have ``stay`` end on another day: later is `extend`, earlier `shorten`; the same day changes nothing.

    Raises Refused as they do, and with DATES where the arrival would change.
    """
    if arrival != stay.arrival:
        raise Refused(reasons.arrival_stays(stay))
    if departure > stay.departure:
        return extend(stay, departure=departure, now=now, actor=actor, accept_price=accept_price)
    if departure < stay.departure:
        return shorten(stay, departure=departure, now=now, actor=actor)
    return stay


def extend(
    stay: Stay, *, departure: date, now: datetime, actor: User | None = None, accept_price: bool = False
) -> Stay:
    """Have ``stay`` last until the day ``departure``, in the bed it has.

    The rules are asked about the whole of the longer stay; the nights it has keep their price, the new ones get theirs.
    Raises Refused with the rules not met, with FULL and alternatives for the new nights where the bed is taken on one
    of them, with STATE where the stay is neither confirmed nor in house, or DATES where there is no night to add.
    """
    return act(lambda: _extend(locked(stay), departure, now, actor, accept_price))


def _extend(stay, departure, now, actor, accept_price):
    may(stay, "extend", now)
    if departure <= stay.departure:
        raise Refused(reasons.not_later(stay, departure))
    hostel = Hostel.objects.on(stay.arrival).get(pk=stay.hostel_id)
    longer, added = Nights(stay.arrival, departure), Nights(stay.departure, departure)
    decided = decide(
        stay.guest,
        hostel,
        longer,
        stay.purpose,
        now,
        accept_price=accept_price,
        except_stay=stay.pk,
        extends=True,
    )
    if decided.decision.outcome != YES:
        raise decided.refuse(Assessment.Act.EXTEND)
    kept = stay.bed_nights.live().order_by("night").last().bed_id
    free = free_beds(hostel, added, stay.guest.gender, now, except_stay=stay.pk)
    # The room of a stay that has it alone stays its own on the nights before: only the new nights are asked about.
    bed = free.select_for_update(of=("self",)).filter(pk=kept).first()
    if bed is None:
        raise Refused(reasons.full(hostel, added), alternatives=alternatives(hostel, added, stay.guest.gender, now))
    close_lapsed(bed, now)
    stay.departure, stay.assessment = departure, decided.keep(Assessment.Act.EXTEND, stay.code)
    stay.save(update_fields=["departure", "assessment"])
    give_nights(stay, bed, added, decided, hostel, now)
    tell(stay, "extended", now, about=f"{stay.code}-{departure:%Y%m%d}")
    record("extend", now=now, actor=actor, person=stay.guest, hostel=hostel, about=stay.code, nights=len(added))
    return stay


def shorten(stay: Stay, *, departure: date, now: datetime, actor: User | None = None) -> Stay:
    """Have ``stay`` end earlier, on the day ``departure``: the nights from then on go back at once.

    It needs nobody's leave. Raises Refused with STATE where the stay is neither confirmed nor in house, or with DATES
    where no night would be left, or a night that has begun would be given back.
    """

    def do():
        shorter = locked(stay)
        may(shorter, "shorten", now)
        first = max(shorter.arrival, business_day(now) if shorter.checked_in_at else shorter.arrival)
        if not first < departure < shorter.departure:
            raise Refused(reasons.not_earlier(shorter, departure, first))
        returned = shorter.bed_nights.live().filter(night__gte=departure).update(released_at=now)
        shorter.departure = departure
        shorter.save(update_fields=["departure"])
        record(
            "shorten",
            now=now,
            actor=actor,
            person=shorter.guest,
            hostel=shorter.hostel,
            about=shorter.code,
            returned=returned,
        )
        return shorter

    return act(do)
