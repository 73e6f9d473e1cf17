"""Booking: may you, is there a bed, take it, tell you. And what can be done to a stay before the guest comes."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.acts import act
from accounts.models import Person, User
from accounts.record import record
from bookings import freed, reasons
from bookings.alternatives import allowed, halves
from bookings.availability import Grid
from bookings.awaiting import (
    answer_due,
    held_until,
    left_the_party,
    open_review,
    priced,
    settle,
    still_held,
    told,
    wait,
    waits_for,
)
from bookings.cancelling import Ending, end_what_hangs, give_back, goes_on_with, what_ends, what_hangs
from bookings.decisions import Decided, decide
from bookings.house_plan import Want, find_beds, sharing
from bookings.letters import tell
from bookings.lodging import PLAIN, Lodging
from bookings.models import BedNight, NoShow, Stay
from bookings.no_shows import why_no_appeal
from bookings.quotas import take
from eligibility.caps import FREE, Price
from eligibility.evaluation import NO, YES
from eligibility.models import Assessment, Evidence, ExtraNights, Review
from eligibility.policies import in_force, kept_until, terms_of
from eligibility.reasons import Reason, Refused
from hostel.models import Bed, Hostel, Room
from hostel.nights import Nights, at, business_day
from hostel.prepared import Prepared

# Read out at a noisy desk: no letter or digit that is heard or seen as another.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
HOLD = timedelta(minutes=10)
FULL = "FULL"
# So long after the day of leaving the desk may still find that somebody has not left.
OVERSTAY_KNOWN = timedelta(days=3)


def book(
    *,
    guest: Person,
    hostel: Hostel,
    nights: Nights,
    purpose: str,
    now: datetime,
    actor: User | None = None,
    accept_price: bool = False,
    hold: bool = False,
    applicant: str = "self",
    lodging: Lodging = PLAIN,
) -> Stay:
    """Promise ``guest`` one bed in ``hostel`` for all of ``nights``.

    ``now`` is an aware datetime, the moment of booking; ``actor`` the login that asks, where there is one;
    ``applicant`` who asks for the guest (self, school, organisation); ``lodging`` what the bed must be
    like. With ``hold`` the bed is kept for ten minutes while the guest says the rest, and `confirm` makes it a promise.
    Where only a proof or a person's answer is missing the stay is held for that (`Stay.awaits`). Raises Refused with
    every rule of the policy, those not met first; or with FULL and alternatives when no bed is free.
    """
    return act(
        lambda: _book(
            guest_locked(Q(pk=guest.pk)),
            hostel.slug,
            nights,
            purpose,
            now,
            actor,
            accept_price,
            hold,
            applicant,
            lodging,
        )
    )


def book_for(
    *,
    user: User,
    slug: str,
    nights: Nights,
    purpose: str,
    now: datetime,
    accept_price: bool = False,
    hold: bool = False,
    applicant: str = "self",
    lodging: Lodging = PLAIN,
) -> Stay:
    """`book` for the person behind a login and the hostel of this slug; each is read once, when it is locked.

    Raises Refused as `book` does, also where the login has no person yet, and Hostel.DoesNotExist.
    """
    return act(
        lambda: _book(
            guest_of_login_locked.first(user=user.pk),
            slug,
            nights,
            purpose,
            now,
            user,
            accept_price,
            hold,
            applicant,
            lodging,
        )
    )


def _book(guest, slug, nights, purpose, now, actor, accept_price, hold, applicant, lodging):
    hostel = hostel_called.first(slug=slug, day=nights.arrival, today=business_day(now))
    if hostel is None:
        raise Hostel.DoesNotExist
    if guest is None or not guest.gender or not guest.document_hash:
        raise Refused(reasons.identity_missing(hostel.slug, nights))
    if guest.has_hold:
        let_go_of_holds(guest, now)
    decided = decide(guest, hostel, nights, purpose, now, accept_price=accept_price, applicant=applicant)
    decision = decided.decision
    awaits = "" if decision.outcome == YES or hold else waits_for(decided)
    if decision.outcome == NO or not (decision.outcome == YES or hold or awaits):
        raise decided.refuse(Assessment.Act.BOOK)
    stay = take_bed(guest, hostel, nights, purpose, now, decided, hold=hold, awaits=awaits, lodging=lodging)
    if stay.awaits:
        if awaits == Stay.Awaits.REVIEW:
            open_review(stay, decided, now)
        told(stay, now)
    elif not hold:
        tell(stay, "booked", now)
    record("hold" if stay.held_until else "book", now=now, actor=actor, person=guest, hostel=hostel, about=stay.code)
    return stay


def guest_locked(whose: Q) -> Person | None:
    """The person ``whose`` finds, with the row locked that two bookings of one person meet at: the allowance is counted
    behind this lock. Beside it what there is to be read about them, so that nothing is asked for in vain."""
    return _guests_locked(whose).first()


def _guests_locked(whose):
    return Person.objects.filter(whose).annotate(**what_there_is("pk")).select_for_update(no_key=True)


guest_of_login_locked = Prepared(lambda user: _guests_locked(Q(user=user))[:1], user="number")
hostel_called = Prepared(
    lambda slug, day, today: Hostel.objects.on(day).filter(slug=slug).annotate(policy_now=in_force(today)),
    slug="text",
    day="day",
    today="day",
)


def what_there_is(person: str) -> dict[str, Exists]:
    """What there is about the person in the column ``person``: `bookings/facts.py` reads only that."""
    rows = {
        "has_hold": Stay.objects.filter(guest=OuterRef(person), status=Stay.Status.HELD),
        "has_proofs": Evidence.objects.filter(assessment__person=OuterRef(person), sent_back_at=None),
        "has_reviews": Review.objects.filter(assessment__person=OuterRef(person), decided_at__isnull=False),
        "has_missed": NoShow.objects.filter(guest=OuterRef(person), lifted_at=None),
        "has_extras": ExtraNights.objects.filter(person=OuterRef(person), withdrawn_at=None),
    }
    return {name: Exists(found) for name, found in rows.items()}


def take_bed(
    guest: Person,
    hostel: Hostel,
    nights: Nights,
    purpose: str,
    now: datetime,
    decided: Decided,
    *,
    hold: bool = False,
    awaits: str = "",
    bed: Bed | None = None,
    act: str = Assessment.Act.BOOK,
    lodging: Lodging = PLAIN,
) -> Stay:
    """Make the stay that ``decided`` allows, with one bed for all of its nights: ``bed``, or the best that is free; or
    with two, one after the other, where the ``lodging`` says so and there is no other way.

    Inside an act, behind the guest's lock. Raises Refused with FULL and the alternatives that the rules allow.
    """
    then = None
    if bed is None:
        try:
            bed, then = _bed_or_two(guest, hostel, nights, lodging, now)
        except Refused as no:
            raise allowed(no, decided) from None
    close_lapsed(bed, now)
    code = stay_code()
    until = None
    if awaits:
        until = held_until(decided, awaits, nights.arrival, now)
    elif hold:
        until = now + terms_of(decided.policy).order.hold
    kept = kept_until(decided.policy, nights.arrival, now)
    on_call = any(each.room.supply == Room.Supply.ON_CALL for each in (bed, *(then or ())[:1]))
    if on_call and until is None and act != Assessment.Act.WALK_IN:
        # At the desk it is the house itself that gives the bed.
        awaits, until = Stay.Awaits.HOUSE, answer_due(hostel, kept, now)
    stay = Stay(
        code=code,
        guest=guest,
        hostel=hostel,
        assessment=decided.keep(act, code),
        arrival=nights.arrival,
        departure=nights.departure,
        purpose=purpose,
        kept_until=kept,
        booked_at=now,
        held_until=until,
        awaits=awaits,
        confirmed_at=None if until else now,
        needs=sorted(lodging.needs),
        alone=lodging.alone,
        party=lodging.party,
        batch=lodging.batch,
        offer=lodging.offer,
    )
    stay.save(force_insert=True)
    stay.kept_nights = give_nights(stay, bed, nights, decided, hostel, now, then=then)
    return stay


def _bed_or_two(guest, hostel, nights, lodging, now):
    """A bed for all ``nights`` and None; or with one change of bed the first, and the second with its first night."""
    try:
        [bed] = find_beds(hostel, [Want(guest, nights, lodging)], now)
        return bed, None
    except Refused as no:
        if not lodging.change_of_bed or no.code != FULL:
            raise
        full = no
    grid = Grid([hostel], nights, now, lodging)
    for before, after in halves(nights):
        if all(grid.fits(hostel, each, [guest.gender]) for each in (before, after)):
            [first] = find_beds(hostel, [Want(guest, before, lodging)], now)
            [second] = find_beds(hostel, [Want(guest, after, lodging)], now)
            close_lapsed(second, now)
            return first, (second, after.arrival)
    raise full


def stay_code() -> str:
    """A new code by which a stay is named, at the desk and on the telephone."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(6))


def give_nights(
    stay: Stay,
    bed: Bed,
    nights: Iterable[date],
    decided: Decided,
    hostel: Hostel,
    now: datetime,
    *,
    then: tuple[Bed, date] | None = None,
) -> list[BedNight]:
    """Write the bed-nights ``nights`` of ``stay`` in ``bed``, at the last of the prices that were decided; ``then`` is
    another bed, and from which night on it is theirs.

    ``hostel`` is a row of `Hostel.objects.on`. The free ones are taken from its quota: raises Refused with QUOTA where
    that is spent.
    """
    close_own_lapsed(stay, now)
    nights = list(nights)
    prices = priced(decided.decision, hostel.rate_fen)[-len(nights) :]
    free = [night for night, (price, _fen) in zip(nights, prices, strict=True) if price.cls == FREE]
    take(stay, hostel, free, decided.decision.entitlement, now, decided=decided)
    if then is None:
        return write_nights(stay, bed, nights, prices, hostel.rate_fen)
    other, first = then
    before = sum(night < first for night in nights)
    return [
        *write_nights(stay, bed, nights[:before], prices[:before], hostel.rate_fen),
        *write_nights(stay, other, nights[before:], prices[before:], hostel.rate_fen),
    ]


def write_nights(
    stay: Stay, bed: Bed, nights: Iterable[date], prices: Iterable[tuple[Price, int]], rate_fen: int | None
) -> list[BedNight]:
    """Write the bed-nights ``nights`` of ``stay`` in ``bed``, each at its price of ``prices`` and so many fen."""
    return BedNight.objects.bulk_create(
        BedNight(
            stay=stay,
            guest=stay.guest,
            hostel=stay.hostel,
            room=bed.room,
            bed=bed,
            night=night,
            sharing=sharing(bed, stay),
            price_class=price.cls,
            percent=price.percent,
            rate_fen=rate_fen or 0,
            price_fen=price_fen,
        )
        for night, (price, price_fen) in zip(nights, prices, strict=True)
    )


def close_lapsed(bed: Any, now: datetime) -> None:
    """Close the holds whose time is over in the room of ``bed``, a row of `free_beds`: it is about to be given."""
    if bed.kept_by_lapsed:
        # Its guest may be confirming at this very moment, having asked just before the end: first come, and look again.
        kept = BedNight.objects.live().filter(room=bed.room_id, stay__in=Stay.objects.lapsed(now))
        list(kept.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
        for lapsed in Stay.objects.lapsed(now).filter(bed_nights__room=bed.room_id).distinct():
            _end_hold(lapsed)


def close_own_lapsed(stay: Stay, now: datetime) -> None:
    """Close the other holds of its guest whose time is over: a bed for one of their nights is about to be written for
    ``stay``. Behind the guest's lock; no statement where it is known that they hold nothing."""
    if getattr(stay.guest, "has_hold", True):
        for lapsed in Stay.objects.lapsed(now).filter(guest=stay.guest_id).exclude(pk=stay.pk):
            _end_hold(lapsed)


def locked(stay: Stay) -> Stay:
    """Read ``stay`` anew behind the lock of its guest's row: acts on one person's stays follow one another.

    In two statements: one that waits for a lock answers with what was there when it began to wait.
    """
    there_is = what_there_is("pk")
    guest = (
        Person.objects.select_related("user")
        .annotate(**there_is)
        .select_for_update(of=("self",), no_key=True)
        .get(pk=stay.guest_id)
    )
    found = Stay.objects.select_related("hostel__network").annotate(**what_hangs()).get(pk=stay.pk)
    found.guest = guest
    return found


def confirm(
    stay: Stay, *, now: datetime, actor: User | None = None, purpose: str = "", accept_price: bool = False
) -> Stay:
    """Make a held stay a promise. The rules are asked again, with all that the guest has said since.

    Where a proof or a person's answer is still needed, the bed stays held for it. Raises Refused with the rules not
    met, with HOLD_ENDED, or with STATE where there is nothing to confirm.
    """
    return act(lambda: _confirm(locked(stay), now, actor, purpose, accept_price))


def _confirm(stay, now, actor, purpose, accept_price):
    may(stay, "confirm", now)
    hostel = Hostel.objects.on(stay.arrival).get(pk=stay.hostel_id)
    stay.purpose = purpose or stay.purpose
    how = {"accept_price": accept_price, "except_stay": stay.pk, "applicant": stay.applicant}
    decided = decide(stay.guest, hostel, stay.nights, stay.purpose, now, **how)
    if decided.decision.outcome == YES:
        return settle(stay, decided, hostel, now, actor, Assessment.Act.CONFIRM)
    awaits = waits_for(decided)
    if not awaits:
        raise decided.refuse(Assessment.Act.CONFIRM)
    stay.assessment = decided.keep(Assessment.Act.CONFIRM, stay.code)
    wait(stay, decided, awaits, now, actor)
    return stay


def extend_hold(stay: Stay, *, now: datetime, actor: User | None = None) -> Stay:
    """Keep a held bed ten minutes longer, once; raises Refused with EXTENDED, HOLD_ENDED or STATE."""

    def do():
        held = locked(stay)
        may(held, "extend_hold", now)
        still_held(held)
        held.held_until, held.hold_extended = held.held_until + HOLD, True
        held.save(update_fields=["held_until", "hold_extended"])
        record("extend_hold", now=now, actor=actor, person=held.guest, hostel=held.hostel, about=held.code)
        return held

    return act(do)


def cancel(
    stay: Stay,
    *,
    now: datetime,
    actor: User | None = None,
    cause: str = Stay.Cause.GUEST,
    letter: str = "cancelled",
    whole_party: bool = False,
) -> Stay:
    """Give the bed back; the nights return to the allowance at once, and a ``letter`` of this kind says so. What hangs
    on the stay ends with it (`cancellation` says it beforehand). The others of a party are told, unless the
    ``whole_party`` goes.

    Raises Refused with CUT_OFF after the moment until which the bed was kept, or STATE where the stay is over.
    """

    def do():
        given_back = locked(stay)
        may(given_back, "cancel", now)
        told = given_back.confirmed_at is not None or given_back.awaits
        nights = give_back(given_back, now, cause)
        end_what_hangs(given_back, now, cause)
        freed.served(now)
        if told:
            tell(given_back, letter, now, nights=nights)
        if given_back.party_id is not None and not whole_party:
            left_the_party(given_back, now)
        record(
            "cancel",
            now=now,
            actor=actor,
            person=given_back.guest,
            hostel=given_back.hostel,
            about=given_back.code,
            reason=cause,
        )
        return given_back

    return act(do)


@dataclass(frozen=True)
class Cancellation:
    """What it would mean to cancel a stay: whether that may be done, how many nights go back, what ends with it, and
    as what it is remembered (cancelled, or no_show where it is too late)."""

    action: "Action"
    nights_returned: int
    ends: list[Ending]
    recorded_as: str


def cancellation(stay: Stay, now: datetime) -> Cancellation:
    """Say beforehand what cancelling ``stay`` at ``now`` would do."""
    action = _action(_not_cancellable(stay, now))
    if not action.ok:
        too_late = action.reason is not None and action.reason.code == "CUT_OFF"
        return Cancellation(action, 0, [], Stay.Status.NO_SHOW.value if too_late else str(stay.state(now)))
    ending = [stay.pk, *(later.pk for later in goes_on_with(stay))]
    returned = BedNight.objects.live().filter(stay__in=ending).count()
    return Cancellation(action, returned, what_ends(stay, now), Stay.Status.CANCELLED.value)


def _end_hold(stay):
    """Give back the bed of a hold whose time is over. Where a house had not answered, the wish goes on without it:
    `bookings/on_call.py` finds another bed."""
    if stay.awaits == Stay.Awaits.HOUSE:
        stay.bed_nights.live().update(released_at=stay.held_until)
        return
    give_back(stay, stay.held_until, Stay.Cause.HOLD_ENDED)


def let_go_of_holds(guest: Person, now: datetime) -> None:
    """A person holds one bed at a time: what they held before goes back when they ask for another. A bed that waits for
    a proof or an answer is more than a hold, and stays."""
    for stay in Stay.objects.filter(guest=guest, status=Stay.Status.HELD):
        if stay.state(now) != Stay.Status.HELD:
            _end_hold(stay)
        elif not stay.awaits:
            give_back(stay, now, Stay.Cause.GUEST)
            freed.served(now)


def end_holds(now: datetime) -> int:
    """Close the holds whose time is over and return how many. Nobody waits for it: every question knows the time."""
    ended = 0
    for lapsed in Stay.objects.lapsed(now).exclude(awaits=Stay.Awaits.HOUSE).order_by("pk"):

        def do(lapsed=lapsed):
            stay = locked(lapsed)
            if stay.status != Stay.Status.HELD or stay.held_until > now:
                return 0
            _end_hold(stay)
            freed.served(now)
            record("hold_ended", now=now, person=stay.guest, hostel=stay.hostel, about=stay.code)
            return 1

        ended += act(do)
    return ended


@dataclass(frozen=True)
class Action:
    """Whether something may be done to a stay now, and if not, why."""

    ok: bool
    reason: Reason | None = None

    def as_data(self) -> dict:
        """The action as JSON values."""
        return {"ok": self.ok, "reason": self.reason.as_data() if self.reason else None}


def actions(stay: Stay, now: datetime) -> dict[str, Action]:
    """What may be done to ``stay`` at ``now``, each with the reason where it may not. Who may do it is the door's."""
    return {name: _action(why(stay, now)) for name, why in WHY_NOT.items()}


def _action(reason):
    return Action(ok=reason is None, reason=reason)


def _not_held(stay, now):
    if stay.status == Stay.Status.HELD:
        return reasons.hold_ended(stay) if stay.held_until <= now else None
    if stay.cancel_cause == Stay.Cause.HOLD_ENDED:
        return reasons.hold_ended(stay)
    return reasons.wrong_state(stay, now)


def _not_confirmable(stay, now):
    if reason := _not_held(stay, now):
        return reason
    if stay.awaits == Stay.Awaits.OFFER:
        return reasons.offered(stay)
    if stay.awaits == Stay.Awaits.HOUSE:
        return reasons.house_is_asked(stay)
    return reasons.waits_for_the_party(stay) if stay.awaits == Stay.Awaits.PARTY else None


def _not_asked(stay, now):
    if reason := _not_held(stay, now):
        return reason
    return None if stay.awaits == Stay.Awaits.HOUSE else reasons.house_not_asked(stay)


def _not_extendable(stay, now):
    if reason := _not_held(stay, now):
        return reason
    if stay.awaits:
        return reasons.waits_anyway(stay)
    return reasons.extended_already(stay) if stay.hold_extended else None


def _not_cancellable(stay, now):
    if stay.state(now) not in (Stay.Status.HELD, Stay.Status.CONFIRMED):
        return reasons.wrong_state(stay, now)
    return reasons.cut_off(stay) if stay.kept_until <= now else None


def _not_expected(stay, now):
    if stay.status != Stay.Status.CONFIRMED:
        return reasons.wrong_state(stay, now)
    return None if business_day(now) in stay.nights else reasons.not_today(stay)


def _not_changeable(stay, now):
    if stay.status in (Stay.Status.CONFIRMED, Stay.Status.IN_HOUSE) and stay.departure >= business_day(now):
        return reasons.cut_off(stay) if stay.status == Stay.Status.CONFIRMED and stay.kept_until <= now else None
    return reasons.wrong_state(stay, now)


def _not_shortenable(stay, now):
    """A bed that waits for a proof or an answer is as much the guest's to give back as one that is promised; what is
    offered is taken or left as it is."""
    if stay.awaits and stay.state(now) == Stay.Status.HELD:
        why_not = reasons.offered(stay) if stay.awaits == Stay.Awaits.OFFER else None
    else:
        why_not = _not_changeable(stay, now)
    first = first_kept(stay, now)
    if why_not is None and stay.departure - first < timedelta(days=2):
        return reasons.nothing_to_shorten(stay)
    return why_not


def first_kept(stay: Stay, now: datetime) -> date:
    """The night of ``stay`` that can't be given back by making it shorter: the first, or the one that has begun."""
    return max(stay.arrival, business_day(now) if stay.checked_in_at else stay.arrival)


def _not_shiftable(stay, now):
    if stay.status == Stay.Status.IN_HOUSE or (stay.status == Stay.Status.CONFIRMED and stay.continues_id):
        return reasons.arrival_stays(stay)
    if stay.status != Stay.Status.CONFIRMED:
        return reasons.wrong_state(stay, now)
    return reasons.cut_off(stay) if stay.kept_until <= now else None


def _not_movable(stay, now):
    """There is a night to come, tonight's among them."""
    if stay.departure <= business_day(now):
        return reasons.wrong_state(stay, now)
    return _not_changeable(stay, now)


def _not_overstaying(stay, now):
    today = business_day(now)
    if stay.status == Stay.Status.IN_HOUSE:
        return None if stay.departure <= today else reasons.not_yet_overstaying(stay)
    # Whom the night audit took to have left may be there still; a check-out at the desk is never at that very second.
    at_the_hour = stay.status == Stay.Status.LEFT and stay.checked_out_at == at(
        stay.departure, stay.hostel.check_out_by
    )
    if at_the_hour and stay.departure >= today - OVERSTAY_KNOWN:
        return None
    return reasons.wrong_state(stay, now)


def _not_here(stay, now):
    return None if stay.status == Stay.Status.IN_HOUSE else reasons.wrong_state(stay, now)


def _not_missed(stay, now):
    if stay.status != Stay.Status.CONFIRMED:
        return reasons.wrong_state(stay, now)
    return None if stay.kept_until <= now else reasons.not_yet_missed(stay)


WHY_NOT = {
    "confirm": _not_confirmable,
    "extend_hold": _not_extendable,
    "cancel": _not_cancellable,
    "extend": _not_changeable,
    "shorten": _not_shortenable,
    "shift": _not_shiftable,
    "move": _not_movable,
    "move_to_hostel": _not_movable,
    "swap": _not_movable,
    "overstay": _not_overstaying,
    "house_answer": _not_asked,
    "check_in": _not_expected,
    "check_out": _not_here,
    "no_show": _not_missed,
    "appeal": why_no_appeal,
}


def may(stay: Stay, name: str, now: datetime) -> None:
    """Raise Refused with the reason why ``name`` may not be done to ``stay`` at ``now``, if there is one."""
    if reason := WHY_NOT[name](stay, now):
        raise Refused(reason)
