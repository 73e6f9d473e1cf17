"""A wish that could not be met waits in line: it is made, switched, given other houses, moved up, withdrawn, or ends.

How the line is served is `bookings/serving.py`, how an offer is answered `bookings/offers.py`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from django.db.models import Exists, Max, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.acts import act
from accounts.models import Letter, Person, User
from accounts.record import record
from bookings import freed, reasons
from bookings.alternatives import LAST_CUT_OFF, Alternative, distance
from bookings.availability import Grid
from bookings.awaiting import waits_for
from bookings.booking import desk_code
from bookings.decisions import Decided, decide
from bookings.locking import guests_locked
from bookings.lodging import Lodging
from bookings.models import Party, Stay, Waiting, WaitingGuest
from bookings.offers import let_go, open_offer
from bookings.turned_away import turned_away
from eligibility.evaluation import YES
from eligibility.models import Assessment
from eligibility.reasons import Fix, Refused, not_met
from hostel.models import Hostel
from hostel.nights import Nights, at, business_day

MOST_WISHES = 5  # open at once, of one person
CUT_OFF = time(21)

letters.letter_kind(
    "wait_ended",
    _(
        "No bed came free for you from %(arrival)s to %(departure)s, and your wish %(code)s has ended. See what "
        "is free now"
    ),
    urgent=True,
    link="/waitlist/%(code)s/",
)


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
        guests = guests_locked(wanted)
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
            if not can_stay(decided):
                raise decided.refuse(Assessment.Act.BOOK)
        _nobody_need_wait(guests, hostels, nights, lodging, now)
        waiting = Waiting.objects.create(
            code=desk_code(),
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


def _held_by(guest):
    """The bed that they hold for some minutes, which they would let go of for another: it keeps nobody from waiting."""
    held = Stay.objects.filter(guest=guest, status=Stay.Status.HELD, awaits="")
    return held.values_list("pk", flat=True).first() if guest.has_hold else None


def can_stay(decided: Decided) -> bool:
    """Whether the rules give a guest a bed at all, if only one that waits for a proof or an answer."""
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


def include(waiting: Waiting, *, hostels: Sequence[Hostel], now: datetime, actor: User | None = None) -> Waiting:
    """Have ``waiting`` wait for a bed in any one of ``hostels``, instead of in the houses until now; the place stays.

    What is offered stays offered. What is free in a house that is new to it goes to it, or to who stands in front, as
    soon as this is in the books. Raises Refused with WAITED where it waits no more, with WAITING where another wish of
    theirs waits there; ValueError for no houses, or for those of another network.
    """
    if not hostels:
        raise ValueError("a wish is for one or more houses")

    def do():
        changed = Waiting.objects.standing(now).select_for_update().filter(pk=waiting.pk).first()
        if changed is None:
            raise Refused(_waits_no_more(waiting))
        if {hostel.network_id for hostel in hostels} != set(changed.hostels.values_list("network", flat=True)):
            raise ValueError("a wish is for houses of one network")
        own = Waiting.objects.standing(now).filter(guest=changed.guest_id).exclude(pk=changed.pk)
        same = own.filter(hostels__in=hostels, arrival__lt=changed.departure, departure__gt=changed.arrival).first()
        if same is not None:
            raise Refused(_waits_already(same))
        changed.hostels.set(hostels)
        slugs = sorted(hostel.slug for hostel in hostels)
        record("change_wish", now=now, actor=actor, person=waiting.guest, about=changed.code, hostels=slugs)
        freed.served(now)
        return changed

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


def withdraw(waiting: Waiting, *, now: datetime, actor: User | None = None) -> Waiting:
    """Wait no longer; what is offered goes to the next. Raises Refused with WAITED where it waits no more."""

    def do():
        guests_locked(WaitingGuest.objects.filter(waiting=waiting).values_list("guest", flat=True))
        left = Waiting.objects.select_related("guest").select_for_update(of=("self",)).get(pk=waiting.pk)
        if left.filled_at is not None or left.withdrawn_at is not None:
            raise Refused(_waits_no_more(left))
        if (offer := open_offer(left, now)) is not None:
            let_go(offer, now)
        left.withdrawn_at = now
        left.save(update_fields=["withdrawn_at"])
        record("withdraw_wish", now=now, actor=actor, person=left.guest, about=left.code)
        return left

    return act(do)


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


# --- questions to a wish ----------------------------------------------------------------------------------------------
def with_all():
    """Wishes with who asked and the houses they are for."""
    return Waiting.objects.select_related("guest__user").prefetch_related("hostels__network")


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


# --- reasons ----------------------------------------------------------------------------------------------------------
def _bed_free(hostel, nights):
    return not_met(
        "BED_FREE",
        _("%(hostel)s has a bed for you from %(arrival)s to %(departure)s: there is no need to wait"),
        {"hostel": (hostel.name_zh, hostel.name_en), "arrival": nights.arrival, "departure": nights.departure},
        value_used=hostel.slug,
        fix=Fix("book", _("Book it"), f"/book/{hostel.slug}/?in={nights.arrival}&out={nights.departure}"),
    )


def _waits_already(waiting):
    return not_met(
        "WAITING",
        _("You wait for this already: from %(arrival)s to %(departure)s (%(code)s)"),
        {"arrival": waiting.arrival, "departure": waiting.departure, "code": waiting.code},
        value_used=waiting.code,
        fix=Fix("waiting", _("See your place in line"), f"/waitlist/{waiting.code}/"),
    )


def _enough_wishes():
    return not_met(
        "WISHES",
        _("At most %(most)s wishes wait at once: withdraw one first"),
        {"most": MOST_WISHES},
        value_used=MOST_WISHES,
        needed=MOST_WISHES,
        fix=Fix("waiting", _("See what you wait for"), "/waitlist/"),
    )


def _too_late(last):
    return not_met(
        "UNTIL",
        _("One waits until a moment from now on, %(last)s at the latest"),
        {"last": last},
        value_used=last,
        fix=Fix("search", _("See what is free now"), "/"),
    )


def _waits_no_more(waiting):
    return not_met(
        "WAITED",
        _("Wish %(code)s waits no more"),
        {"code": waiting.code},
        value_used=waiting.code,
        fix=Fix("waiting", _("See what you wait for"), "/waitlist/"),
    )
