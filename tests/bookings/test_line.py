"""The rules of the line, as plain Python, beside what the house does: whatever is wished, given back, left or let pass,
exactly the first whom it fits gets it."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from bookings.booking import book
from bookings.cancelling import cancel
from bookings.holding import end_holds
from bookings.models import BedNight, Stay, Waiting
from bookings.offers import accept, decline, open_offer
from bookings.serving import serve
from bookings.wishing import state_of, wait, withdraw
from eligibility.reasons import Refused
from hostel.models import Bed
from hostel.nights import Nights
from tests.conftest import NOW, SATURDAY, undone

BEDS = 2
OFFERED = timedelta(minutes=120)


@dataclass
class Wish:
    """A wish as the model has it; ``offers`` are those that ended, with the moment they were made."""

    nights: list[date]
    split: bool
    automatic: bool
    state: str = "waiting"
    offered: tuple[list[date], datetime] | None = None
    got: list[date] = field(default_factory=list)
    offers: list[tuple[list[date], datetime]] = field(default_factory=list)


class Line:
    """Two beds that anybody in the line may have: whoever is not here yet can be moved, so a stay fits where on none of
    its nights both are taken."""

    def __init__(self):
        self.taken: dict[date, int] = {}
        self.given_back: list[tuple[date, datetime]] = []
        self.wishes: list[Wish] = []

    def take(self, nights):
        for night in nights:
            self.taken[night] = self.taken.get(night, 0) + 1

    def leave(self, nights, now=None):
        for night in nights:
            self.taken[night] -= 1
            if now is not None:
                self.given_back.append((night, now))

    def fits(self, nights):
        return all(self.taken.get(night, 0) < BEDS for night in nights)

    def pass_time(self, now):
        for wish in self.wishes:
            if wish.state == "offered" and wish.offered[1] + OFFERED <= now:
                self.end_offer(wish)

    def end_offer(self, wish):
        self.leave(wish.offered[0])
        wish.offers.append(wish.offered)
        wish.state, wish.offered = "waiting", None

    def _had_its_turn(self, wish, nights):
        made = [at for offered, at in wish.offers if set(offered) & set(nights)]
        return bool(made) and not any(night in nights and at > max(made) for night, at in self.given_back)

    def serve(self, now):
        while self._serve_one(now):
            pass

    def _serve_one(self, now):
        for wish in self.wishes:
            if wish.state != "waiting":
                continue
            for length in range(len(wish.nights), 0 if wish.split else len(wish.nights) - 1, -1):
                for first in range(len(wish.nights) - length + 1):
                    run = wish.nights[first : first + length]
                    if self.fits(run) and not self._had_its_turn(wish, run):
                        self.take(run)
                        wish.got = run
                        wish.state = "filled" if wish.automatic else "offered"
                        wish.offered = None if wish.automatic else (run, now)
                        return True
        return False


# Few nights and few beds, so that wishes are in each other's way.
SPANS = st.sampled_from([(0, 1), (0, 1), (1, 1), (0, 2), (0, 3), (1, 2)])
WISHES = st.tuples(st.just("wish"), SPANS, st.booleans(), st.booleans())
EVENTS = st.one_of(
    WISHES,
    st.tuples(st.just("cancel"), st.integers(0, 5)),
    st.tuples(st.just("cancel"), st.integers(0, 5)),
    st.tuples(st.just("cancel"), st.integers(0, 5)),
    st.tuples(st.sampled_from(["accept", "decline", "withdraw"]), st.integers(0, 3)),
    st.just(("time", None)),
)


def nights_of(span):
    first, length = span
    return Nights(SATURDAY + timedelta(days=first), SATURDAY + timedelta(days=first + length))


@pytest.mark.django_db
@settings(
    # The first order that breaks the rule is told as it is: to shorten it takes longer than to read it.
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@example(
    before=[(0, 1), (1, 1), (1, 2), (0, 1)],
    wished=[
        ("wish", (0, 1), True, False),
        ("wish", (1, 2), False, True),
        ("wish", (0, 1), True, False),
        ("wish", (0, 1), False, False),
    ],
    events=[
        ("cancel", 0),
        ("cancel", 0),
        ("cancel", 2),
        ("wish", (1, 1), False, False),
        ("wish", (1, 2), True, False),
        ("wish", (0, 1), False, False),
        ("cancel", 0),
    ],
)
@given(
    before=st.lists(SPANS, min_size=3, max_size=5),
    wished=st.lists(WISHES, min_size=3, max_size=4),
    events=st.lists(EVENTS, min_size=3, max_size=7),
)
def test_exactly_the_first_whom_it_fits_gets_it(before, wished, events, hostel, people):
    with undone():
        Bed.objects.filter(room__hostel=hostel).exclude(room__number="201", number__lte=BEDS).update(
            valid_until=date(2026, 1, 1)
        )
        line, now, long_steps = Line(), NOW, 0
        wishes: list[Waiting] = []
        full = [(first, 1) for first in range(3) for _bed in range(BEDS)]
        for span in [*before, *full]:
            nights = nights_of(span)
            if line.fits(nights):
                book(guest=people("周梅", "female"), hostel=hostel, nights=nights, purpose="exam", now=now)
                line.take(nights)
        for what, *said in [*wished, *events]:
            now += timedelta(minutes=1)
            if what == "wish":
                span, split, automatic = said
                nights, guest = nights_of(span), people("林小满", "female")
                with suppress(Refused):
                    made = {"guest": guest, "hostels": [hostel], "nights": nights, "purpose": "exam", "now": now}
                    wishes.append(wait(**made, split=split, automatic=automatic))
                    line.wishes.append(Wish(list(nights), split, automatic))
                    line.serve(now)
            elif what == "cancel":
                stays = list(Stay.objects.filter(status="confirmed").order_by("pk"))
                if stays:
                    stay = stays[said[0] % len(stays)]
                    line.leave(stay.nights, now)
                    cancel(stay, now=now)
                    line.serve(now)
            elif what == "time" and long_steps < 4:
                now, long_steps = now + OFFERED, long_steps + 1
                line.pass_time(now)
                line.serve(now)
                end_holds(now)
                serve(now)
            elif what in ("accept", "decline", "withdraw") and wishes:
                number = said[0] % len(wishes)
                _answer(what, wishes[number], line.wishes[number], line, now)
            assert [state_of(Waiting.objects.get(pk=each.pk), now) for each in wishes] == [
                each.state for each in line.wishes
            ]
            counted = dict.fromkeys(line.taken, 0)
            for night in BedNight.objects.taken(now).values_list("night", flat=True):
                counted[night] += 1
            assert counted == line.taken


def _answer(what, waiting, wish, line, now):
    offer = open_offer(waiting, now)
    if what == "withdraw" and wish.state in ("waiting", "offered"):
        withdraw(waiting, now=now)
        if wish.state == "offered":
            line.end_offer(wish)
        wish.state = "withdrawn"
        line.serve(now)
    elif offer is not None and what == "accept":
        accept(offer, now=now)
        wish.state = "filled"
    elif offer is not None and what == "decline":
        decline(offer, now=now)
        line.end_offer(wish)
        line.serve(now)


def test_who_asks_every_moment_gets_no_coming_night_before_the_line_and_the_hour(hostel, lin, people):
    """A bot asks the whole morning. A night given back at ten goes to who waits; another, nobody wants, at noon."""
    Bed.objects.filter(room__hostel=hostel).exclude(room__number="201", number__lte=BEDS).update(
        valid_until=date(2026, 1, 1)
    )
    tomorrow = Nights(SATURDAY, SATURDAY + timedelta(days=1))
    first, second = (
        book(guest=people("周梅", "female"), hostel=hostel, nights=tomorrow, purpose="exam", now=NOW) for _each in "ab"
    )
    bot, waiting = (
        people("机器", "female"),
        wait(guest=lin, hostels=[hostel], nights=tomorrow, purpose="exam", automatic=True, now=NOW),
    )
    got_at = []

    def hunt(now):
        if not got_at:
            with suppress(Refused):
                book(guest=bot, hostel=hostel, nights=tomorrow, purpose="exam", now=now)
                got_at.append(now)

    for minute in range(0, 150, 7):
        now = NOW + timedelta(minutes=minute)
        hunt(now)
        if minute == 7:
            cancel(first, now=now)
            hunt(now)
        if minute == 14:
            cancel(second, now=now)
            hunt(now)
        serve(now)
        hunt(now)

    assert Waiting.objects.get(pk=waiting.pk).filled_at == NOW + timedelta(minutes=7)
    [moment] = got_at
    assert timedelta(hours=2) <= moment - NOW < timedelta(hours=2, minutes=7)
