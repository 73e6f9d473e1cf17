"""Booking: may you, is there a bed, take it, tell you; and a hold becomes a promise."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q

from accounts.acts import act
from accounts.models import Person, User
from accounts.record import record
from bookings import reasons
from bookings.actions import may
from bookings.alternatives import allowed, halves
from bookings.availability import Grid
from bookings.awaiting import answer_due, held_until, open_review, priced, settle, told, wait, waits_for
from bookings.decisions import Decided, decide
from bookings.holding import close_lapsed, close_own_lapsed, let_go_of_holds
from bookings.house_plan import Want, find_beds, sharing
from bookings.letters import tell
from bookings.locking import guest_locked, guest_of_login_locked, locked
from bookings.lodging import PLAIN, Lodging
from bookings.models import BedNight, Stay
from bookings.quotas import take
from eligibility.caps import FREE, Price
from eligibility.evaluation import NO, YES
from eligibility.models import Assessment
from eligibility.policies import in_force, kept_until, terms_of
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel, Room
from hostel.nights import Nights, business_day
from hostel.prepared import Prepared, insert, insert_pair

# Read out at a noisy desk: no letter or digit that is heard or seen as another.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
FULL = "FULL"


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


hostel_called = Prepared(
    lambda slug, day, today: Hostel.objects.on(day).filter(slug=slug).annotate(policy_now=in_force(today)),
    slug="text",
    day="day",
    today="day",
)


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
    code = desk_code()
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
        arrival=nights.arrival,
        departure=nights.departure,
        purpose=purpose,
        kept_until=kept,
        booked_at=now,
        held_until=until,
        own_hold=hold and lodging.party is None and lodging.offer is None,
        awaits=awaits,
        confirmed_at=None if until else now,
        needs=sorted(lodging.needs),
        alone=lodging.alone,
        party=lodging.party,
        batch=lodging.batch,
        offer=lodging.offer,
    )
    insert_pair(decided.to_keep(act, code), stay, "assessment")
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


def desk_code() -> str:
    """A new code by which a stay, a party, a batch or a wish is named, at the desk and on the telephone."""
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
    shared_with = sharing(bed, stay)
    return insert(
        [
            BedNight(
                stay=stay,
                guest_id=stay.guest_id,
                hostel_id=stay.hostel_id,
                room_id=bed.room_id,
                bed=bed,
                night=night,
                sharing=shared_with,
                price_class=price.cls,
                percent=price.percent,
                rate_fen=rate_fen or 0,
                price_fen=price_fen,
            )
            for night, (price, price_fen) in zip(nights, prices, strict=True)
        ]
    )


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
