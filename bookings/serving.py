"""The line is served: what comes free goes to the first wish that it fits.

Nobody books past the line: what was given back is its own for a time (`bookings/freed.py`). A wish is met at once where
its guest asked for that, else the beds are held for them and offered; an offer that is not taken in time is over, the
wish keeps its place, and the beds go to the next.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.acts import act
from accounts.record import record
from bookings import freed
from bookings.availability import Grid
from bookings.awaiting import open_review, told, waits_for
from bookings.booking import desk_code, take_bed
from bookings.decisions import decide
from bookings.house_plan import Want, find_beds
from bookings.letters import tell
from bookings.locking import guests_locked
from bookings.lodging import Lodging
from bookings.models import BedNight, Offer, Party, Stay, Waiting
from bookings.parties import hold_together
from bookings.wishing import can_stay
from eligibility.reasons import Refused
from hostel.models import Hostel
from hostel.nights import Nights, business_day

# A serving ends, whatever happens beside it; and a wish that is called forward in vain is not called again in it.
MOST_ROUNDS, MOST_TURNS = 300, 3
WANTING_A_BED = ("FULL", "ALONE", "QUOTA")

letters.letter_kind(
    "offer",
    _("A room is yours. Tap before %(until)s (%(hostel)s, %(arrival)s to %(departure)s)"),
    link="/waitlist/%(code)s/",
    until="until",
)
letters.letter_kind(
    "offer_tonight",
    _("A room is yours. Tap before %(until)s (%(hostel)s, %(arrival)s to %(departure)s)"),
    urgent=True,
    link="/waitlist/%(code)s/",
    until="until",
)


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
    guests = guests_locked(each.guest_id for each in chance.waiting.guests.all())
    waiting = _line(now).select_for_update(of=("self",)).filter(pk=chance.waiting.pk).first()
    if waiting is None:
        return False
    hostel, nights = Hostel.objects.on(chance.nights.arrival).get(pk=chance.hostel.pk), chance.nights
    decided = {
        pk: decide(guest, hostel, nights, waiting.purpose, now, accept_price=waiting.accept_price)
        for pk, guest in guests.items()
    }
    for each in decided.values():
        if not can_stay(each):
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
            awaits=waits_for(decided[want.guest.pk]) if waiting.automatic else "",
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
            code=desk_code(),
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
