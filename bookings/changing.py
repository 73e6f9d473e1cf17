"""A stay that becomes longer, or shorter, or comes on other days. Each is one act on nights, allowance and prices: all
of it or nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.acts import act
from accounts.models import User
from accounts.record import record
from bookings import reasons
from bookings.actions import first_kept, may
from bookings.alternatives import CHANGE_OF_BED, NEARBY, WAITLIST, Alternative, alternatives
from bookings.availability import free_beds
from bookings.booking import give_nights, write_nights
from bookings.decisions import Decided, decide
from bookings.freed import served
from bookings.holding import close_lapsed, close_own_lapsed
from bookings.house_plan import Want, find_beds, find_promised
from bookings.letters import tell, this_time
from bookings.locking import locked
from bookings.lodging import Lodging, lodging_of
from bookings.models import BedNight, Stay
from bookings.quotas import take
from bookings.relocating import put_into
from bookings.turned_away import count_if_refused
from eligibility.caps import FREE, PRICED, Price
from eligibility.evaluation import NO, YES
from eligibility.models import Assessment
from eligibility.policies import kept_until
from eligibility.reasons import NOT_MET, Refused
from hostel.models import Bed, Hostel, Room
from hostel.nights import Nights, business_day

# Somebody who stays without having asked, and may not by the rules, pays what the house is paid.
FULL_PRICE = Price(PRICED, 100)
# A refusal for want of that bed, or of any: another may still be found.
WANT_OF_A_BED = ("BED", "FULL", "ALONE")
OVERLAP = "OVERLAP"


def change_dates(
    stay: Stay,
    *,
    arrival: date,
    departure: date,
    now: datetime,
    actor: User | None = None,
    accept_price: bool = False,
    change_of_bed: bool = False,
) -> Stay:
    """Have ``stay`` be from ``arrival`` to ``departure``: `shift`, `extend` or `shorten`; the same days change nothing.

    Raises Refused as they do.
    """
    if arrival != stay.arrival:
        nights = Nights(arrival, departure)
        return shift(stay, nights=nights, now=now, actor=actor, accept_price=accept_price)
    if departure > stay.departure:
        return extend(
            stay, departure=departure, now=now, actor=actor, accept_price=accept_price, change_of_bed=change_of_bed
        )
    if departure < stay.departure:
        return shorten(stay, departure=departure, now=now, actor=actor)
    return stay


# --- longer -----------------------------------------------------------------------------------------------------------
def extend(
    stay: Stay,
    *,
    departure: date,
    now: datetime,
    actor: User | None = None,
    accept_price: bool = False,
    change_of_bed: bool = False,
) -> Stay:
    """Have ``stay`` last until the day ``departure``, in the bed it has.

    A house that confirms each use of that bed has not confirmed it for these nights: then the guest gets another, and
    the bed itself where it is the house that extends (an ``actor`` who is not the guest), for it knows.
    Where somebody has that bed by then, they are moved, or before arrival the guest is; who agrees to a
    ``change_of_bed`` gets another from the first night that is added. The rules are asked about the whole of the longer
    stay; the nights it has keep their price, the new ones get theirs. Raises Refused with the rules not met, with FULL
    and alternatives for the new nights, with ON_CALL where only the house can say, with QUOTA, with STATE where the
    stay is neither confirmed nor in house, or DATES where there is no night to add.
    """
    return act(lambda: _extend(locked(stay), departure, now, actor, accept_price, change_of_bed))


def _extend(stay, departure, now, actor, accept_price, change_of_bed):
    may(stay, "extend", now)
    if departure <= stay.departure:
        raise Refused(reasons.not_later(stay, departure))
    hostel = Hostel.objects.on(stay.arrival).get(pk=stay.hostel_id)
    added = Nights(stay.departure, departure)
    decided = _asked_for_longer(stay, hostel, departure, now, accept_price)
    if decided.decision.outcome != YES:
        raise decided.refuse(Assessment.Act.EXTEND)
    by_house = actor is not None and actor.pk != stay.guest.user_id
    found = _bed_for_longer(stay, hostel, added, now, change_of_bed, by_house)
    stay.departure, stay.assessment = departure, decided.keep(Assessment.Act.EXTEND, stay.code)
    stay.save(update_fields=["departure", "assessment"])
    if found.from_night < added.arrival:
        put_into(found.bed, stay, stay.bed_nights.live())
    give_nights(stay, found.bed, added, decided, hostel, now)
    about = f"{stay.code}-{stay.assessment.code}"
    if found.is_another and (stay.bed_told_at or found.from_night == added.arrival):
        tell(stay, "extended_in_another", now, about=about, from_night=found.from_night, bed=str(found.bed))
    else:
        tell(stay, "extended", now, about=about)
    record(
        "extend",
        now=now,
        actor=actor,
        person=stay.guest,
        hostel=hostel,
        about=stay.code,
        nights=len(added),
        **({"bed": str(found.bed)} if found.is_another else {}),
    )
    return stay


def foreseen_cost(stay: Stay, nights: Nights, now: datetime) -> list[int] | None:
    """What each night would cost, in fen, that ``stay`` gets by being for ``nights``: those that are added, or all of
    them where it comes on other days. None where the rules do not give them. A look: it is decided when it is done."""
    hostel = Hostel.objects.on(nights.arrival).filter(pk=stay.hostel_id).first()
    if hostel is None:
        return None
    if nights.arrival == stay.arrival:
        added = len(nights) - len(stay.nights)
        decision = _asked_for_longer(stay, hostel, nights.departure, now, accept_price=True).decision
    else:
        added = len(nights)
        decision = decide(
            stay.guest,
            hostel,
            nights,
            stay.purpose,
            now,
            accept_price=True,
            except_stay=stay.pk,
            applicant=stay.applicant,
        ).decision
    if decision.outcome != YES or added <= 0:
        return None
    return [price.cost(hostel.rate_fen) for price in decision.prices[-added:]]


def _asked_for_longer(stay, hostel, departure, now, accept_price):
    """The rules see the whole of it, also what it was in another house before."""
    begun = stay.continues.arrival if stay.continues else stay.arrival
    return decide(
        stay.guest,
        hostel,
        Nights(begun, departure),
        stay.purpose,
        now,
        accept_price=accept_price,
        except_stay=stay.pk,
        extends=True,
        applicant=stay.applicant,
    )


@dataclass(frozen=True)
class _Found:
    """A bed for the nights from ``from_night`` on; ``is_another`` says that it is not the one the stay has."""

    bed: Bed
    from_night: date
    is_another: bool = False


def _bed_for_longer(stay, hostel, added, now, change_of_bed, by_house):
    """The house may be moving this very stay meanwhile: what was found is looked at again when it is locked."""
    while True:
        kept = list(stay.bed_nights.live().select_related("bed__room").order_by("night"))
        found = _bed_beside(stay, kept, hostel, added, now, change_of_bed, by_house)
        locked_now = stay.bed_nights.live().order_by("night").select_for_update(of=("self",))
        if list(locked_now.values_list("bed", flat=True)) == [night.bed_id for night in kept]:
            return found


def _bed_beside(stay, kept, hostel, added, now, change_of_bed, by_house):
    lodging, guest = lodging_of(stay), stay.guest
    own, wants = kept[-1].bed, []
    must_be_asked = own.room.supply == Room.Supply.ON_CALL and not by_house
    if not must_be_asked:
        wants.append(Want(guest, added, lodging, bed=own, except_stay=stay.pk))
    if stay.checked_in_at is None and len({night.bed_id for night in kept}) == 1:
        wants.append(Want(guest, Nights(stay.arrival, added.departure), lodging, except_stay=stay.pk))
    if change_of_bed:
        wants.append(Want(guest, added, lodging, except_stay=stay.pk))
    for want in wants:
        bed = _bed_if_any(hostel, want, now)
        if bed is not None and (bed.room.supply != Room.Supply.ON_CALL or (bed == own and not must_be_asked)):
            return _Found(bed, want.nights.arrival, bed != own)
    kinds = {NEARBY, WAITLIST} if change_of_bed else {CHANGE_OF_BED, NEARBY, WAITLIST}
    full = _full(stay, hostel, added, lodging, now, kinds=kinds)
    if must_be_asked:
        own_is_free = free_beds(hostel, added, guest.gender, now, stay.pk, lodging, on_call=True).filter(pk=own.pk)
        if own_is_free.exists():
            raise Refused(reasons.house_must_be_asked(stay, own), alternatives=full.alternatives)
    raise full


def _bed_if_any(hostel: Hostel, want: Want, now: datetime) -> Bed | None:
    try:
        [bed] = find_beds(hostel, [want], now)
    except Refused as no:
        if no.code not in WANT_OF_A_BED:
            raise
        return None
    close_lapsed(bed, now)
    return bed


def other_bed(stay: Stay, added: Nights, now: datetime) -> Bed | None:
    """The bed that the guest of ``stay`` gets for the nights ``added``, who agrees to a change of bed: None where no
    bed of the house is free on all of them."""
    return free_beds(stay.hostel, added, stay.guest.gender, now, stay.pk, lodging_of(stay)).first()


def _full(
    stay: Stay, hostel: Hostel, added: Nights, lodging: Lodging, now: datetime, *, kinds: Collection[str]
) -> Refused:
    """No bed for the nights that are added; with the alternatives of these ``kinds``: another bed of the house from
    then on, the nearest houses, the waiting list."""
    gender = stay.guest.gender
    offered = [each for each in alternatives(hostel, added, gender, now, lodging) if each.kind in kinds]
    if CHANGE_OF_BED in kinds:
        # What changes beds among the added nights is not meant, but with the first of them.
        offered = [each for each in offered if each.kind != CHANGE_OF_BED]
        if other_bed(stay, added, now) is not None:
            offered.insert(0, Alternative(CHANGE_OF_BED, hostel, added.arrival, added.departure, 0))
    count_if_refused([stay.guest], hostel, added, now)
    return Refused(reasons.full(hostel, added, lodging), alternatives=tuple(offered))


# --- shorter ----------------------------------------------------------------------------------------------------------
def shorten(stay: Stay, *, departure: date, now: datetime, actor: User | None = None) -> Stay:
    """Have ``stay`` end earlier, on the day ``departure``: the nights from then on go back at once.

    It needs nobody's leave, and a bed that waits for a proof or an answer goes on waiting. Raises Refused with STATE
    where there is nothing to shorten, or with DATES where no night would be left, or a night that has begun would be
    given back.
    """

    def do():
        shorter = locked(stay)
        may(shorter, "shorten", now)
        first = first_kept(shorter, now)
        if not first < departure < shorter.departure:
            raise Refused(reasons.not_earlier(shorter, departure, first))
        returned = shorter.bed_nights.live().filter(night__gte=departure).update(released_at=now)
        shorter.departure = departure
        shorter.save(update_fields=["departure"])
        served(now)
        tell(shorter, "shortened", now, about=this_time(shorter, now), nights=returned)
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


# --- on other days ----------------------------------------------------------------------------------------------------
def shift(stay: Stay, *, nights: Nights, now: datetime, actor: User | None = None, accept_price: bool = False) -> Stay:
    """Have a ``stay`` that has not begun be on other ``nights``: another arrival, and with it another departure.

    The rules are asked as for a new stay, with its own nights given back; the code stays the same. In the bed it has
    where that is free on all of them, else in another. Raises Refused with the rules not met, with FULL and
    alternatives, with QUOTA, with DATES where the stay has begun, or with STATE.
    """
    return act(lambda: _shift(locked(stay), nights, now, actor, accept_price))


def _shift(stay, nights, now, actor, accept_price):
    may(stay, "shift", now)
    if getattr(stay, "goes_on", False):  # read with it, behind the lock
        raise Refused(reasons.continued(stay))  # the rules would see only this half of it
    hostel, before = Hostel.objects.on(nights.arrival).get(pk=stay.hostel_id), stay.nights
    if nights == before:
        return stay
    how = {"accept_price": accept_price, "except_stay": stay.pk, "applicant": stay.applicant}
    decided = decide(stay.guest, hostel, nights, stay.purpose, now, **how)
    if decided.decision.outcome != YES:
        raise decided.refuse(Assessment.Act.SHIFT)
    own = stay.bed_nights.live().select_related("bed__room").order_by("night")[0].bed
    wanted = Want(stay.guest, nights, lodging_of(stay), bed=own, except_stay=stay.pk)
    # A house that confirms each use of a bed has not confirmed it for other days.
    bed = None if own.room.supply == Room.Supply.ON_CALL else _bed_if_any(hostel, wanted, now)
    if bed is None:
        bed = _bed_on_other_days(stay, hostel, nights, now)
    stay.bed_nights.live().update(released_at=now)
    stay.arrival, stay.departure = nights.arrival, nights.departure
    stay.assessment = decided.keep(Assessment.Act.SHIFT, stay.code)
    stay.kept_until = kept_until(decided.policy, nights.arrival, now)
    stay.coming_at = stay.late_at = None  # that was said of another day
    if bed != own:
        stay.bed_told_at = None  # the letter says the days; the number they knew is no longer theirs
    moved = ["arrival", "departure", "assessment", "kept_until", "coming_at", "late_at", "bed_told_at"]
    stay.save(update_fields=moved)
    give_nights(stay, bed, nights, decided, hostel, now)
    served(now)
    tell(stay, "shifted", now, about=f"{stay.code}-{stay.assessment.code}")
    record(
        "shift",
        now=now,
        actor=actor,
        person=stay.guest,
        hostel=hostel,
        about=stay.code,
        before=[before.arrival.isoformat(), before.departure.isoformat()],
        nights=len(nights),
    )
    return stay


def _bed_on_other_days(stay, hostel, nights, now):
    try:
        bed = find_promised(hostel, Want(stay.guest, nights, lodging_of(stay), except_stay=stay.pk), now)
    except Refused as no:
        if no.code in WANT_OF_A_BED:
            count_if_refused([stay.guest], hostel, [night for night in nights if night not in stay.nights], now)
        raise
    close_lapsed(bed, now)
    return bed


# --- without having asked ---------------------------------------------------------------------------------------------
def overstay(stay: Stay, *, departure: date, now: datetime, actor: User | None = None) -> Stay:
    """Write down that the guest is still there after the day of leaving, until the day ``departure``: tomorrow at most.

    It has happened, so that it is written whatever the rules say: they are asked, and nights that they do not give are
    at the house's full rate. It needs a bed: the guest's own, else another. Whom the night audit took to have left is
    in house again. Raises Refused with FULL and alternatives where the house has none, with OVERLAP where the guest has
    another bed for one of these nights (that stay is ended first), with DATES, or with STATE.
    """
    return act(lambda: _overstay(locked(stay), departure, now, actor))


def _overstay(stay, departure, now, actor):
    may(stay, "overstay", now)
    latest = business_day(now) + timedelta(days=1)
    if not stay.departure < departure <= latest:
        raise Refused(reasons.not_an_overstay(stay, departure, latest))
    hostel = Hostel.objects.on(stay.arrival).get(pk=stay.hostel_id)
    added = Nights(stay.departure, departure)
    decided = _asked_for_longer(stay, hostel, departure, now, accept_price=True)
    # The one rule that what has happened does not set aside, for the database keeps it: one bed a night.
    if elsewhere := [each for each in decided.decision.reasons if (each.code, each.verdict) == (OVERLAP, NOT_MET)]:
        raise Refused(*elsewhere)
    lodging = lodging_of(stay)
    own = stay.bed_nights.live().select_related("bed__room").order_by("night").last().bed
    bed = _bed_if_any(hostel, Want(stay.guest, added, lodging, bed=own, except_stay=stay.pk), now) or _bed_if_any(
        hostel, Want(stay.guest, added, lodging, except_stay=stay.pk), now
    )
    if bed is None:
        raise _full(stay, hostel, added, lodging, now, kinds={NEARBY})
    assessment = decided.keep(Assessment.Act.OVERSTAY, stay.code)
    if decided.decision.outcome == YES:
        stay.assessment = assessment
    stay.departure, stay.checked_out_at = departure, None
    stay.save(update_fields=["departure", "checked_out_at", "assessment"])
    stay.refresh_from_db(fields=["status"])
    written, refused_for = _write_what_happened(stay, bed, added, decided, hostel, now)
    to_pay = sum(night.price_fen for night in written)
    tell(stay, "overstayed", now, about=f"{stay.code}-{assessment.code}", to_pay=f"{to_pay // 100}.{to_pay % 100:02d}")
    record(
        "overstay",
        now=now,
        actor=actor,
        person=stay.guest,
        hostel=hostel,
        about=stay.code,
        reason=", ".join(refused_for),
        nights=len(added),
        to_pay_fen=to_pay,
    )
    return stay


def _write_what_happened(
    stay: Stay, bed: Bed, added: Nights, decided: Decided, hostel: Hostel, now: datetime
) -> tuple[list[BedNight], list[str]]:
    """Write the nights ``added`` at what the rules give them for, else at the full rate; and say why not."""
    given = _given(decided, len(added))
    refused_for = [reason.code for reason in decided.decision.reasons if reason.verdict == NOT_MET]
    free = [night for night, price in zip(added, given, strict=True) if price is not None and price.cls == FREE]
    try:
        take(stay, hostel, free, decided.decision.entitlement, now)
    except Refused as no:
        given = [None if price is not None and price.cls == FREE else price for price in given]
        refused_for += [reason.code for reason in no.reasons]
    prices = [price or FULL_PRICE for price in given]
    close_own_lapsed(stay, now)
    costs = [(price, price.cost(hostel.rate_fen)) for price in prices]
    return write_nights(stay, bed, added, costs, hostel.rate_fen), list(dict.fromkeys(refused_for))


def _given(decided: Decided, number: int) -> list[Price | None]:
    """The prices of the last ``number`` nights; None for one that the rules do not give.

    Where nothing but the number of nights is against it, those within the number are given.
    """
    decision = decided.decision
    if decision.outcome == YES:
        return list(decision.prices[-number:])
    against = {reason.rule_id for reason in decision.reasons if reason.verdict == NOT_MET}
    if decision.outcome == NO and against == {decision.nights.id}:
        return list(decision.nights.grant(decision.facts).prices[-number:])
    return [None] * number
