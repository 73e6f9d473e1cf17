"""The waiting list: a wish that could not be met stands in line, and what comes free goes to the first whom it fits.

Nobody books past the line: what was given back is its own for a time (`bookings/freed.py`). A wish is met at once where
its guest asked for that, else the beds are held for them and offered; an offer that is not taken in time is over, the
wish keeps its place, and the beds go to the next.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial

from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.acts import act
from accounts.models import Letter, Person, User
from accounts.record import record
from bookings import freed, reasons
from bookings.alternatives import Alternative, distance
from bookings.availability import Grid
from bookings.awaiting import open_review, told, waits_for
from bookings.booking import CODE_ALPHABET, confirm, take_bed
from bookings.cancelling import give_back
from bookings.decisions import Decided, decide
from bookings.house_plan import Want, find_beds
from bookings.letters import tell
from bookings.locking import guest_locked
from bookings.lodging import Lodging
from bookings.models import BedNight, Offer, Party, Stay, Waiting, WaitingGuest
from bookings.parties import hold_together
from bookings.turned_away import turned_away
from eligibility.evaluation import YES
from eligibility.models import Assessment
from eligibility.reasons import NOT_MET, Fix, Reason, Refused, Sentence
from hostel.models import Hostel
from hostel.nights import Nights, at, business_day

MOST_WISHES = 5  # open at once, of one person
CUT_OFF, LAST_CUT_OFF = time(21), time(23)
# A serving ends, whatever happens beside it; and a wish that is called forward in vain is not called again in it.
MOST_ROUNDS, MOST_TURNS = 300, 3
WANTING_A_BED = ("FULL", "ALONE", "QUOTA")

letters.letter_kind(
    "offer",
    _("A room is yours. Tap before %(until)s: /waitlist/%(code)s/ (%(hostel)s, %(arrival)s to %(departure)s)"),
)
letters.letter_kind(
    "offer_tonight",
    _("A room is yours. Tap before %(until)s: /waitlist/%(code)s/ (%(hostel)s, %(arrival)s to %(departure)s)"),
    urgent=True,
)
letters.letter_kind(
    "wait_ended",
    _(
        "No bed came free for you from %(arrival)s to %(departure)s, and your wish %(code)s has ended. "
        "See what is free now: /waitlist/%(code)s/"
    ),
    urgent=True,
)


# --- wishing ----------------------------------------------------------------------------------------------------------
def wait(
    *,
    guest: Person,
    hostels: Sequence[Hostel],
    nights: Nights,
    purpose: str,
    now: datetime,
    actor: User | None = None,
    members: Iterable[Person] = (),
    split: bool = False,
    automatic: bool = False,
    until: datetime | None = None,
    together: bool = False,
    alone: bool = False,
    needs: Iterable[str] = (),
    accept_price: bool = False,
) -> Waiting:
    """Have ``guest``, with ``members`` of their party, wait for beds on ``nights`` in any one of ``hostels``.

    ``split`` takes the longest run of the nights that there is; ``automatic`` books it at once, else it is offered.
    After ``until`` (21:00 of the day of arrival) it no longer waits. The rules decide now and again when there is a
    bed. Raises Refused with the reasons of who may not stay; with BED_FREE and what to book where nobody need wait;
    with WISHES or WAITING who waits for this or for enough already; with UNTIL where it is too late; ValueError for
    houses of several networks.
    """
    wanted = {guest.pk: guest} | {member.pk: member for member in members}
    if len({hostel.network_id for hostel in hostels}) != 1:
        raise ValueError("a wish is for one or more houses of one network")
    if len(wanted) > Party.MOST:
        raise ValueError("a wish is for four people at most")

    def do():
        guests = _locked(wanted)
        lodging = Lodging(
            needs=frozenset(needs), alone=alone, party=Party(together=together) if len(guests) > 1 else None
        )
        house = Hostel.objects.on(nights.arrival).get(pk=hostels[0].pk)
        ends = _ends(until, nights, now)
        _may_wait(guests[guest.pk], hostels, nights, now)
        for each in guests.values():
            if not each.gender or not each.document_hash:
                raise Refused(reasons.identity_missing(house.slug, nights))
            decided = decide(each, house, nights, purpose, now, accept_price=accept_price, except_stay=_held_by(each))
            if not _can_stay(decided):
                raise decided.refuse(Assessment.Act.BOOK)
        _nobody_need_wait(guests, hostels, nights, lodging, now)
        waiting = Waiting.objects.create(
            code=_new_code(),
            guest=guests[guest.pk],
            arrival=nights.arrival,
            departure=nights.departure,
            purpose=purpose,
            split=split,
            automatic=automatic,
            accept_price=accept_price,
            together=together,
            alone=alone,
            needs=sorted(needs),
            until=ends,
            made_at=now,
        )
        waiting.hostels.set(hostels)
        WaitingGuest.objects.bulk_create(WaitingGuest(waiting=waiting, guest=each) for each in guests.values())
        turned_away(guests.values(), house, nights, now)
        record("wait", now=now, actor=actor, person=waiting.guest, hostel=house, about=waiting.code, guests=len(guests))
        # What can be had only by moving others is found when the line is served.
        freed.served(now)
        return waiting

    return act(do)


def _locked(people):
    """The people, by their keys, each row locked: always in the same order."""
    found = {pk: guest_locked(Q(pk=pk)) for pk in sorted(people)}
    return {pk: guest for pk, guest in found.items() if guest is not None}


def _held_by(guest):
    """The bed that they hold for some minutes, which they would let go of for another: it keeps nobody from waiting."""
    held = Stay.objects.filter(guest=guest, status=Stay.Status.HELD, awaits="")
    return held.values_list("pk", flat=True).first() if guest.has_hold else None


def _can_stay(decided: Decided) -> bool:
    return decided.decision.outcome == YES or bool(waits_for(decided))


def _ends(until, nights, now):
    last = at(nights.arrival, LAST_CUT_OFF)
    if until is None:
        until = at(nights.arrival, CUT_OFF) if now < at(nights.arrival, CUT_OFF) else last
    if not now < until <= last or nights.arrival < business_day(now):
        raise Refused(_too_late(last))
    return until


def _may_wait(guest, hostels, nights, now):
    own = Waiting.objects.standing(now).filter(guest=guest)
    same = own.filter(hostels__in=hostels, arrival__lt=nights.departure, departure__gt=nights.arrival).first()
    if same is not None:
        raise Refused(_waits_already(same))
    if own.count() >= MOST_WISHES:
        raise Refused(_enough_wishes())


def _nobody_need_wait(guests, hostels, nights, lodging, now):
    grid = Grid(hostels, nights, now, lodging)
    genders = [guest.gender for guest in guests.values()]
    together = lodging.party is not None and lodging.party.together
    free = [hostel for hostel in hostels if grid.fits(hostel, nights, genders, together=together)]
    if free:
        offered = tuple(
            Alternative("nearby", hostel, nights.arrival, nights.departure, distance(hostels[0], hostel))
            for hostel in free
        )
        raise Refused(_bed_free(free[0], nights), alternatives=offered)


# --- the line ---------------------------------------------------------------------------------------------------------
def with_all():
    """Wishes with who asked and the houses they are for."""
    return Waiting.objects.select_related("guest__user").prefetch_related("hostels__network")


def last_offer(waiting: Waiting) -> Offer | None:
    """What was offered to ``waiting`` last, whatever became of it."""
    return waiting.offers.select_related("hostel").order_by("-made_at", "-pk").first()


def open_offer(waiting: Waiting, now: datetime) -> Offer | None:
    """The offer that ``waiting`` can take now."""
    offers = waiting.offers.filter(accepted_at=None, declined_at=None, until__gt=now)
    return offers.select_related("hostel").first()


def place_in_line(waiting: Waiting, now: datetime) -> int:
    """How many wishes are before ``waiting`` for any of the same houses and nights: 0 is the first."""
    before = Q(moved_up__gt=waiting.moved_up) | Q(moved_up=waiting.moved_up, made_at__lt=waiting.made_at)
    before |= Q(moved_up=waiting.moved_up, made_at=waiting.made_at, pk__lt=waiting.pk)
    rivals = Waiting.objects.standing(now).filter(before, arrival__lt=waiting.departure, departure__gt=waiting.arrival)
    return rivals.filter(hostels__in=waiting.hostels.all()).order_by().distinct().count()


def state_of(waiting: Waiting, now: datetime) -> str:
    """How it stands with a wish: waiting, offered, filled, withdrawn or expired."""
    if waiting.filled_at is not None:
        return "filled"
    if waiting.withdrawn_at is not None:
        return "withdrawn"
    if open_offer(waiting, now) is not None:
        return "offered"
    return "waiting" if waiting.until > now else "expired"


# --- serving ----------------------------------------------------------------------------------------------------------
class _Overtaken(Exception):
    """A bed was found, but by now it fits the wish of this id, further in front."""


@dataclass(frozen=True)
class _Chance:
    """Nights in a house that a wish may have."""

    waiting: Waiting
    hostel: Hostel
    nights: Nights

    @property
    def key(self):
        return self.waiting.pk, self.hostel.pk, self.nights


@freed.the_line
def serve(now: datetime) -> int:
    """Give what is free to the first in line whom it fits, and so on; return how many wishes got something.

    Each is an act of its own, which looks afresh behind the locks: it can run twice, or in parallel. One statement
    where nobody waits.
    """
    given = 0
    passed: Counter[int] = Counter()
    tried: set[tuple[int, int, Nights]] = set()
    for _round in range(MOST_ROUNDS):
        line = list(_line(now).exclude(pk__in=[pk for pk, times in passed.items() if times >= MOST_TURNS]))
        if not line:
            break
        try:
            if not _serve_one(line, now, passed, tried):
                break
            given += 1
        except _Overtaken as by:
            [first] = by.args
            passed[first] += 1
            tried -= {key for key in tried if key[0] == first}
    return given


def _line(now):
    """The wishes that wait and have no offer to answer, in their order."""
    offered = Offer.objects.filter(waiting=OuterRef("pk"), accepted_at=None, declined_at=None, until__gt=now)
    waiting = Waiting.objects.standing(now).filter(~Exists(offered))
    return waiting.prefetch_related("hostels__network", "guests__guest", "offers")


def _serve_one(line, now, passed, tried):
    """Serve the first of ``line`` whom something fits; whether there was one. What was ``tried`` in vain is passed."""
    houses = {hostel.pk: hostel for waiting in line for hostel in waiting.hostels.all()}
    span = Nights(min(each.arrival for each in line), max(each.departure for each in line))
    grid = Grid(houses.values(), span, now, Lodging(offer=Offer()))
    free = {(pk, night) for pk, house in houses.items() for night in span if grid.free(house, [night])}
    for waiting in line:
        for chance in _chances(waiting, free, now):
            if chance.key in tried:
                continue
            try:
                if act(partial(_give, chance, now, passed)):
                    return True
            except Refused as no:
                tried.add(chance.key)
                if no.code in WANTING_A_BED:
                    continue
                passed[waiting.pk] = MOST_TURNS
            break
    return False


def _chances(waiting, free, now):
    """What ``waiting`` could have as far as the nights go that have a free bed at all: all its nights, in whichever
    house; else, where that is wanted, the longest run of them."""
    most, hostels = len(waiting.nights), sorted(waiting.hostels.all(), key=lambda hostel: hostel.slug)
    for length in range(most, 0 if waiting.split else most - 1, -1):
        for skipped in range(most - length + 1):
            arrival = waiting.arrival + timedelta(days=skipped)
            nights = Nights(arrival, arrival + timedelta(days=length))
            for hostel in hostels:
                if all((hostel.pk, night) in free for night in nights) and not _had_its_turn(
                    waiting, hostel, nights, now
                ):
                    yield _Chance(waiting, hostel, nights)


def _had_its_turn(waiting, hostel, nights, now):
    """Whether these nights were offered to ``waiting`` and not taken, and none was given back since: then they go to
    the next in line, and after that to everybody."""
    offers = [
        offer.made_at
        for offer in waiting.offers.all()
        if offer.hostel_id == hostel.pk and offer.arrival < nights.departure and offer.departure > nights.arrival
    ]
    if not offers:
        return False
    since = BedNight.objects.between(nights).filter(hostel=hostel, released_at__gt=max(offers))
    return not since.filter(stay__confirmed_at__isnull=False).exists()


def _give(chance, now, passed):
    """Book, or hold and offer, what ``chance`` says; whether the wish still waited for it."""
    guests = _locked(each.guest_id for each in chance.waiting.guests.all())
    waiting = _line(now).select_for_update(of=("self",)).filter(pk=chance.waiting.pk).first()
    if waiting is None:
        return False
    hostel, nights = Hostel.objects.on(chance.nights.arrival).get(pk=chance.hostel.pk), chance.nights
    decided = {
        pk: decide(guest, hostel, nights, waiting.purpose, now, accept_price=waiting.accept_price)
        for pk, guest in guests.items()
    }
    for each in decided.values():
        if not _can_stay(each):
            raise Refused(*each.decision.reasons)
    offer = _offer(waiting, hostel, nights, now)
    lodging = _lodging(waiting, offer, now)
    wants = [Want(guest, nights, lodging) for guest in guests.values()]
    beds = find_beds(hostel, wants, now)
    _nobody_in_front(chance, now, passed)
    stays = [
        take_bed(
            want.guest,
            hostel,
            nights,
            waiting.purpose,
            now,
            decided[want.guest.pk],
            hold=not waiting.automatic,
            awaits=_awaits(decided[want.guest.pk]) if waiting.automatic else "",
            bed=bed,
            lodging=lodging,
        )
        for want, bed in zip(wants, beds, strict=True)
    ]
    if waiting.automatic:
        _booked(waiting, stays, decided, now)
    else:
        _held_out(waiting, offer, stays, now)
    return True


def _awaits(decided):
    return "" if decided.decision.outcome == YES else waits_for(decided)


def _offer(waiting, hostel, nights, now):
    """The offer of these nights; where the wish is booked at once, an offer that is accepted already."""
    waiting.offers.filter(accepted_at=None, declined_at=None, until__lte=now).update(declined_at=F("until"))
    return Offer.objects.create(
        waiting=waiting,
        hostel=hostel,
        arrival=nights.arrival,
        departure=nights.departure,
        made_at=now,
        until=now if waiting.automatic else _offered_until(waiting, hostel.network, nights, now),
        accepted_at=now if waiting.automatic else None,
    )


def _offered_until(waiting, network, nights, now):
    """So long it is theirs. Nobody is woken for a night that is not this one: then the time begins in the morning."""
    if nights.arrival <= business_day(now):
        return min(now + timedelta(minutes=network.offer_minutes_tonight), waiting.until)
    return min(letters.awake(now) + timedelta(minutes=network.offer_minutes), waiting.until)


def _lodging(waiting, offer, now):
    party = None
    if len(waiting.guests.all()) > 1:
        party = Party.objects.create(
            code=_new_code(),
            made_by_id=waiting.guest_id,
            made_at=now,
            together=waiting.together or waiting.alone,
            alone=waiting.alone,
        )
    return Lodging(needs=frozenset(waiting.needs), alone=waiting.alone, party=party, offer=offer)


def _place(waiting):
    """By this the line is ordered, as in `WaitingQuerySet.standing`."""
    return -waiting.moved_up, waiting.made_at, waiting.pk


def _nobody_in_front(chance, now, passed):
    """Raise _Overtaken where a bed came free meanwhile for somebody in front, who was looked at before it did."""
    rivals = _line(now).filter(
        hostels=chance.hostel, arrival__lt=chance.nights.departure, departure__gt=chance.nights.arrival
    )
    # The wish itself is no longer in the line: its offer is written already.
    in_front = [each for each in rivals if passed[each.pk] < MOST_TURNS and _place(each) < _place(chance.waiting)]
    for waiting in in_front:
        lodging = Lodging(
            needs=frozenset(waiting.needs),
            alone=waiting.alone,
            party=Party(together=waiting.together) if len(waiting.guests.all()) > 1 else None,
            offer=Offer(),
        )
        grid = Grid([chance.hostel], waiting.nights, now, lodging)
        genders = [each.guest.gender for each in waiting.guests.all()]
        runs = [
            waiting.nights,
            *([Nights(night, night + timedelta(days=1)) for night in waiting.nights] if waiting.split else []),
        ]
        for run in runs:
            if grid.fits(chance.hostel, run, genders) and not _had_its_turn(waiting, chance.hostel, run, now):
                raise _Overtaken(waiting.pk)


def _booked(waiting, stays, decided, now):
    """The wish is met: tell them as any booking does."""
    waiting.filled_at = now
    waiting.save(update_fields=["filled_at"])
    hold_together(stays)
    for stay in stays:
        if stay.awaits == Stay.Awaits.REVIEW:
            open_review(stay, decided[stay.guest_id], now)
        if stay.held_until:
            told(stay, now)
        else:
            tell(stay, "booked", now)
        about = {"now": now, "person": stay.guest, "hostel": stay.hostel, "about": stay.code}
        record("hold" if stay.held_until else "book", waiting=waiting.code, **about)


def _held_out(waiting, offer, stays, now):
    """The beds are theirs alone until the offer ends: the one who asked is told."""
    for stay in stays:
        stay.awaits, stay.held_until = Stay.Awaits.OFFER, offer.until
        stay.save(update_fields=["awaits", "held_until"])
    hostel = offer.hostel
    letters.write(
        waiting.guest,
        "offer_tonight" if offer.arrival <= business_day(now) else "offer",
        f"{waiting.code}-{offer.pk}",
        now,
        code=waiting.code,
        hostel=[hostel.name_zh, hostel.name_en],
        arrival=offer.arrival,
        departure=offer.departure,
        until=offer.until,
    )
    record("offer", now=now, person=waiting.guest, hostel=hostel, about=waiting.code, until=offer.until.isoformat())


def end_wishes(now: datetime) -> int:
    """Tell those whose wish has ended without a bed, once; return how many."""
    told_already = Letter.objects.filter(kind="wait_ended", about=OuterRef("code"))
    over = Waiting.objects.filter(
        ~Exists(told_already), filled_at=None, withdrawn_at=None, until__lte=now, until__gt=now - timedelta(days=2)
    )
    ended = 0
    for waiting in over.select_related("guest"):
        if open_offer(waiting, now) is None:
            letters.write(
                waiting.guest,
                "wait_ended",
                waiting.code,
                now,
                code=waiting.code,
                arrival=waiting.arrival,
                departure=waiting.departure,
            )
            ended += 1
    return ended


# --- answering --------------------------------------------------------------------------------------------------------
def accept(offer: Offer, *, now: datetime, actor: User | None = None) -> Offer:
    """Take what is offered: the beds held are promised, by the rules as they are now; a second time changes nothing.

    Raises Refused with OFFER_ENDED where its time is over, and as `booking.confirm` does.
    """

    def do():
        taken = _locked_offer(offer)
        if taken.accepted_at is not None:
            return taken
        _still_open(taken, now)
        stays = list(taken.stays.order_by("guest_id"))
        if not stays or any(stay.state(now) != Stay.Status.HELD for stay in stays):
            raise Refused(_offer_ended(taken))
        # What it waited for has come: now it is held for whatever the rules still need.
        taken.stays.update(awaits="")
        taken.accepted_at = now
        taken.save(update_fields=["accepted_at"])
        Waiting.objects.filter(pk=taken.waiting_id).update(filled_at=now)
        for stay in stays:
            confirm(stay, now=now, actor=actor, accept_price=taken.waiting.accept_price)
        record(
            "accept_offer",
            now=now,
            actor=actor,
            person=taken.waiting.guest,
            hostel=taken.hostel,
            about=taken.waiting.code,
        )
        return taken

    return act(do)


def decline(offer: Offer, *, now: datetime, actor: User | None = None) -> Offer:
    """Leave what is offered to the next: the wish keeps its place. Raises Refused with OFFER_ENDED."""

    def do():
        left = _locked_offer(offer)
        _still_open(left, now)
        _let_go(left, now)
        record(
            "decline_offer",
            now=now,
            actor=actor,
            person=left.waiting.guest,
            hostel=left.hostel,
            about=left.waiting.code,
        )
        return left

    return act(do)


def withdraw(waiting: Waiting, *, now: datetime, actor: User | None = None) -> Waiting:
    """Wait no longer; what is offered goes to the next. Raises Refused with WAITED where it waits no more."""

    def do():
        _locked(WaitingGuest.objects.filter(waiting=waiting).values_list("guest", flat=True))
        left = Waiting.objects.select_related("guest").select_for_update(of=("self",)).get(pk=waiting.pk)
        if left.filled_at is not None or left.withdrawn_at is not None:
            raise Refused(_waits_no_more(left))
        if (offer := open_offer(left, now)) is not None:
            _let_go(offer, now)
        left.withdrawn_at = now
        left.save(update_fields=["withdrawn_at"])
        record("withdraw_wish", now=now, actor=actor, person=left.guest, about=left.code)
        return left

    return act(do)


def switch(waiting: Waiting, *, automatic: bool, now: datetime, actor: User | None = None) -> Waiting:
    """Have what comes free booked at once, or only offered; the place stays. Raises Refused with WAITED."""

    def do():
        switched = Waiting.objects.standing(now).select_for_update().filter(pk=waiting.pk).first()
        if switched is None:
            raise Refused(_waits_no_more(waiting))
        switched.automatic = automatic
        switched.save(update_fields=["automatic"])
        record("switch_wish", now=now, actor=actor, person=waiting.guest, about=switched.code, automatic=automatic)
        return switched

    return act(do)


def move_up(waiting: Waiting, *, because: str, now: datetime, actor: User) -> Waiting:
    """Put ``waiting`` at the head of the line, and say why: it goes on record. Raises Refused with WAITED where it
    waits no more, ValueError without a reason."""
    if not because.strip():
        raise ValueError("nobody moves up without a reason")

    def do():
        moved = Waiting.objects.standing(now).select_for_update().filter(pk=waiting.pk).first()
        if moved is None:
            raise Refused(_waits_no_more(waiting))
        highest = Waiting.objects.standing(now).exclude(pk=moved.pk).order_by().aggregate(top=Max("moved_up"))["top"]
        moved.moved_up, moved.moved_because = (highest or 0) + 1, because.strip()
        moved.save(update_fields=["moved_up", "moved_because"])
        record("move_up", now=now, actor=actor, person=moved.guest, about=moved.code, reason=moved.moved_because)
        freed.served(now)
        return moved

    return act(do)


def _locked_offer(offer):
    _locked(WaitingGuest.objects.filter(waiting__offers=offer).values_list("guest", flat=True))
    return Offer.objects.select_related("waiting__guest", "hostel").select_for_update(of=("self",)).get(pk=offer.pk)


def _still_open(offer, now):
    if offer.accepted_at is not None or offer.declined_at is not None or offer.until <= now:
        raise Refused(_offer_ended(offer))


def _let_go(offer, now):
    for stay in offer.stays.filter(status=Stay.Status.HELD).order_by("guest_id"):
        give_back(stay, now, Stay.Cause.GUEST)
    offer.declined_at = now
    offer.save(update_fields=["declined_at"])
    freed.served(now)


def _new_code():
    return "".join(secrets.choice(CODE_ALPHABET) for _each in range(6))


# --- reasons ----------------------------------------------------------------------------------------------------------
def _bed_free(hostel, nights):
    return Reason(
        "BED_FREE",
        NOT_MET,
        Sentence(
            _("%(hostel)s has a bed for you from %(arrival)s to %(departure)s: there is no need to wait"),
            {"hostel": (hostel.name_zh, hostel.name_en), "arrival": nights.arrival, "departure": nights.departure},
        ),
        value_used=hostel.slug,
        fix=Fix("book", _("Book it"), f"/book/{hostel.slug}/?in={nights.arrival}&out={nights.departure}"),
    )


def _waits_already(waiting):
    return Reason(
        "WAITING",
        NOT_MET,
        Sentence(
            _("You wait for this already: from %(arrival)s to %(departure)s (%(code)s)"),
            {"arrival": waiting.arrival, "departure": waiting.departure, "code": waiting.code},
        ),
        value_used=waiting.code,
        fix=Fix("waiting", _("See your place in line"), f"/waitlist/{waiting.code}/"),
    )


def _enough_wishes():
    return Reason(
        "WISHES",
        NOT_MET,
        Sentence(_("At most %(most)s wishes wait at once: withdraw one first"), {"most": MOST_WISHES}),
        value_used=MOST_WISHES,
        needed=MOST_WISHES,
        fix=Fix("waiting", _("See what you wait for"), "/waitlist/"),
    )


def _too_late(last):
    return Reason(
        "UNTIL",
        NOT_MET,
        Sentence(_("One waits until a moment from now on, %(last)s at the latest"), {"last": last}),
        value_used=last,
        fix=Fix("search", _("See what is free now"), "/"),
    )


def _offer_ended(offer):
    return Reason(
        "OFFER_ENDED",
        NOT_MET,
        Sentence(
            _("It was yours until %(moment)s; that time is over. You keep your place in line"), {"moment": offer.until}
        ),
        value_used=offer.until,
        fix=Fix("waiting", _("See your place in line"), f"/waitlist/{offer.waiting.code}/"),
    )


def _waits_no_more(waiting):
    return Reason(
        "WAITED",
        NOT_MET,
        Sentence(_("Wish %(code)s waits no more"), {"code": waiting.code}),
        value_used=waiting.code,
        fix=Fix("waiting", _("See what you wait for"), "/waitlist/"),
    )
