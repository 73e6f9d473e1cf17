"""The engine of bookings, all of its verbs in any order: what must always be true is asked of the tables themselves.

The questions are put in plain Python to rows read with `values`: none of them goes through a verb, or through what the
verbs ask. `test_engine.py` runs a sample, `make soak` as much as one wants.
"""

import logging
from collections import Counter, defaultdict
from datetime import date, time, timedelta

from django.db import connection, transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bookings import no_shows, offers, on_call, serving, wishing
from bookings.actions import actions
from bookings.allotting import allot
from bookings.arriving import come_late, say_coming
from bookings.availability import GENDERS, free_beds
from bookings.batches import cancel_batch, release
from bookings.booking import book, confirm
from bookings.cancelling import cancel
from bookings.changing import extend, overstay, shift, shorten
from bookings.desk import beds_for, check_in, check_out, no_show
from bookings.holding import end_holds, extend_hold
from bookings.lodging import Lodging
from bookings.models import Batch, BatchBed, BedNight, NoShow, Offer, Party, Stay, Waiting
from bookings.moving import move, move_to_hostel, swap
from bookings.naming import name_guest
from bookings.night_audit import audit, close_no_shows
from bookings.out_of_service import ANYWHERE, CANCEL, OTHER_HOUSE, block, lift, revise
from bookings.parties import Member, book_party, cancel_party
from bookings.quotas import Cell, Change, Grant, set_quotas
from bookings.undoing import undo
from bookings.walking_in import walk_in
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel, Network, OutOfService, Room
from hostel.nights import Nights
from tests.bookings import always, by_hand
from tests.conftest import NOW, People, staff

# What a refusal must leave as it was; that somebody was refused, and why, is written on purpose.
UNTOUCHED = (
    "bookings_stay", "bookings_bednight", "bookings_party", "bookings_batch", "bookings_batchbed", "bookings_waiting",
    "bookings_waitingguest", "bookings_offer", "bookings_noshow", "hostel_outofservice", "hostel_quota", "hostel_bed",
    "accounts_letter",
)  # fmt: skip
PUBLIC_AT = time(12)
DAY = timedelta(days=1)

number = st.integers(0, 30)


def there_is(*what):
    """Whether there is anything of ``what`` to do something to, as `Engine.look_around` saw it after the last act."""
    return precondition(lambda self: bool(self.there & set(what)))


nights_ahead = st.integers(0, 2)
length = st.integers(1, 3)
person = st.integers(0, 5)
house = st.integers(0, 1)


class _Trouble(logging.Handler):
    """Keeps what was to follow an act, or to be kept of it, and went wrong: the act itself says nothing of it."""

    def __init__(self):
        super().__init__()
        self.found = []

    def emit(self, line):
        self.found.append(self.format(line))


class Engine(RuleBasedStateMachine):
    """Two small houses with rooms of each kind, six guests, an officer, and a clock that only goes forward."""

    # What was done how often, and what was refused with which code: a verb that is always refused proves nothing.
    tally: Counter = Counter()

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = NOW
        self.trouble = _Trouble()
        logging.getLogger("accounts.acts").addHandler(self.trouble)
        self.houses = [Hostel.objects.get(slug=slug) for slug in ("baodaiqiao", "guoxiang")]
        self.network = Network.objects.get(slug="wuzhong")
        here, there = self.houses
        # A room for whoever comes first, a bed for women and one for men; a room alone, and one the house is asked for.
        kept = {(here.pk, "203", 1), (here.pk, "203", 2), (here.pk, "301", 1), (here.pk, "202", 1)}
        kept |= {(there.pk, "303", 1), (there.pk, "304", 1)}
        beds = Bed.objects.select_related("room")
        self.beds = [bed for bed in beds.order_by("pk") if (bed.room.hostel_id, bed.room.number, bed.number) in kept]
        Bed.objects.exclude(pk__in=[bed.pk for bed in self.beds]).update(valid_until=date(2026, 1, 1))
        Hostel.objects.exclude(pk__in=[each.pk for each in self.houses]).update(valid_until=date(2026, 1, 1))
        Room.objects.filter(hostel=there, number="304").update(supply=Room.Supply.ON_CALL)
        # Stays that may be in two beds: who was moved from a night on, or agreed to it.
        self.moved = set()
        self.there: set[str] = set()
        self.turn = 0

    def teardown(self):
        logging.getLogger("accounts.acts").removeHandler(self.trouble)
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @initialize(crowds=st.lists(st.tuples(house, nights_ahead, st.integers(2, 3)), min_size=1, max_size=2))
    def people_come(self, crowds):
        """All want the same: some get it, the others wait."""
        make = People()
        self.guests = [make("某某", gender) for gender in ("female", "male") * 3]
        self.officer = staff("+8613800000013", "officer", network=self.network)
        for where, ahead, how_many in crowds:
            for who in range(len(self.guests)):
                self.books(who, where, ahead, how_many, who == 1, True, False, (), False, who)

    def look_around(self):
        """What there is to do something to."""
        open_offers = Offer.objects.filter(accepted_at=None, declined_at=None)
        found = {
            "offer": open_offers.exists(),
            "wish": Waiting.objects.filter(filled_at=None, withdrawn_at=None).exists(),
            "party": Party.objects.exists(),
            "batch": Batch.objects.exists(),
            "closure": OutOfService.objects.exists(),
            "asked": Stay.objects.filter(awaits="house", cancelled_at=None).exists(),
            "two": Stay.objects.filter(status__in=["confirmed", "in_house"]).count() > 1,
        }
        self.there = {name for name, is_there in found.items() if is_there}
        self.there |= set(Stay.objects.values_list("status", flat=True))

    # --- doing ------------------------------------------------------------------------------------------------------
    def pick(self, rows, chosen):
        found = list(rows)
        return found[chosen % len(found)] if found else None

    def stay(self, chosen, *status):
        stays = Stay.objects.select_related("guest", "hostel", "batch", "assessment").order_by("pk")
        # Those that are over are asked for too, but not so often.
        return self.pick(stays.filter(status__in=status) if chosen % 4 and status else stays, chosen)

    def done(self, do, *, stay=None, action="", exactly=False, public=True):
        """Whether ``do`` was done. Refused, it has changed nothing; `actions` had said so where it was the house's."""
        self.now += timedelta(seconds=1)
        before, had = self.rows(), self.live()
        said = actions(stay, self.now)[action] if action else None
        self.refusal = refusal = None
        try:
            self.answer = do()
        except Refused as no:
            self.refusal = refusal = no
        assert not self.trouble.found, self.trouble.found
        self.tally[do.__qualname__.split(".")[1], refusal.code if refusal else "done"] += 1
        if refusal is not None:
            assert refusal.reasons, "a refusal without a reason"
            assert self.rows() == before, f"refused with {refusal.code}, and yet something changed"
            assert not (exactly and said.ok), f"{action}: said it may be done, then refused with {refusal.code}"
            return False
        assert said is None or said.ok, f"{action}: done although {said.reason}"
        if public:
            self.nothing_was_taken_from_the_line(had, stay)
        return True

    def rows(self):
        found = {}
        with connection.cursor() as cursor:
            for table in UNTOUCHED:
                cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
                found[table] = cursor.fetchall()
        return found

    def live(self):
        rows = BedNight.objects.filter(released_at=None).values_list("stay_id", "guest_id", "night", "bed_id")
        return {(guest, night): (stay, bed) for stay, guest, night, bed in rows}

    def today(self):
        return (timezone.localtime(self.now) - timedelta(hours=6)).date()

    def nights(self, ahead, how_many):
        arrival = self.today() + ahead * DAY
        return Nights(arrival, arrival + how_many * DAY)

    def nothing_was_taken_from_the_line(self, had, acted):
        """Who is new in a bed on a night to come does not have one that somebody gave back since the public hour."""
        local = timezone.localtime(self.now)
        public = local.replace(hour=PUBLIC_AT.hour, minute=0, second=0, microsecond=0)
        public -= DAY if public > local else timedelta()
        freed = defaultdict(set)
        for bed, night, stay in BedNight.objects.filter(
            released_at__gte=public, night__gt=self.today(), stay__confirmed_at__isnull=False
        ).values_list("bed_id", "night", "stay_id"):
            freed[bed, night].add(stay)
        if not freed:
            return
        was_taken = {(bed, night) for (_guest, night), (_stay, bed) in had.items()}
        for (guest, night), (stay, bed) in self.live().items():
            is_new = (guest, night) not in had or (
                acted is not None and had[guest, night] != (stay, bed) and stay == acted.pk
            )
            # Who had the bed until now, and was moved, had it after whoever gave it back.
            if is_new and (bed, night) not in was_taken and (others := freed[bed, night] - {stay}):
                found = Stay.objects.get(pk=stay)
                kept = found.batch_id and BatchBed.objects.filter(batch=found.batch_id, bed=bed).exists()
                assert found.offer_id or kept, f"{found} has {bed} on {night}, that {others} gave back, past the line"

    # --- time -------------------------------------------------------------------------------------------------------
    @rule(minutes=st.integers(1, 30))
    def minutes_pass(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule(hours=st.integers(1, 14))
    def hours_pass(self, hours):
        self.now += timedelta(hours=hours)

    @rule(twice=st.booleans(), task=st.sampled_from(["holds", "line", "no_shows", "night"]))
    def a_task_runs(self, task, twice):
        def run():
            if task == "holds":
                end_holds(self.now)
                on_call.unanswered(self.now)
            elif task == "line":
                serving.serve(self.now)
                wishing.end_wishes(self.now)
            elif task == "no_shows":
                close_no_shows(self.now)
            else:
                audit(self.now)
                self.every_night_that_is_over_is_closed()

        self.now += timedelta(seconds=1)
        run()
        if twice:
            before = self.rows()
            run()
            assert self.rows() == before, f"{task} twice is not {task} once"
        assert not self.trouble.found, self.trouble.found

    # --- booking ----------------------------------------------------------------------------------------------------
    @rule(
        who=person, where=house, ahead=nights_ahead, how_many=length, hold=st.booleans(), priced=st.booleans(),
        alone=st.booleans(), change=st.booleans(),
        needs=st.sampled_from([(), (), (), ("accessible",), ("lower_bunk",)]), waits=st.integers(0, 4),
    )  # fmt: skip
    def books(self, who, where, ahead, how_many, hold, priced, alone, needs, change, waits):
        """Who finds no bed waits for one, mostly."""
        lodging = Lodging(needs=frozenset(needs), alone=alone and bool(needs), change_of_bed=change)
        how = {"purpose": "exam", "now": self.now, "accept_price": priced, "hold": hold, "lodging": lodging}
        nights = self.nights(ahead, how_many)
        if self.done(lambda: book(guest=self.guests[who], hostel=self.houses[where], nights=nights, **how)):
            self.moved |= {self.answer.pk} if change else set()
        elif self.refusal.code == "FULL" and waits:
            self.waits([who], [where], ahead, how_many, waits == 1, waits == 2)

    @there_is("held")
    @rule(chosen=number)
    def confirms(self, chosen):
        if stay := self.stay(chosen, "held"):
            self.done(lambda: confirm(stay, now=self.now, accept_price=True), stay=stay, action="confirm")

    @there_is("held")
    @rule(chosen=number)
    def asks_for_longer(self, chosen):
        if stay := self.stay(chosen, "held"):
            self.done(lambda: extend_hold(stay, now=self.now), stay=stay, action="extend_hold", exactly=True)

    @there_is("held", "confirmed")
    @rule(chosen=number)
    def cancels(self, chosen):
        if stay := self.stay(chosen, "held", "confirmed"):
            self.done(lambda: cancel(stay, now=self.now), stay=stay, action="cancel", exactly=True)

    @there_is("confirmed")
    @rule(chosen=number)
    def does_not_come(self, chosen):
        """After the hour it is a no-show that is said; before it, a cancellation."""
        if stay := self.stay(chosen, "confirmed"):
            self.done(lambda: cancel(stay, now=self.now, late=True))

    @there_is("cancelled")
    @rule(chosen=number)
    def regrets(self, chosen):
        """Mostly what was cancelled last: five minutes are soon over."""
        cancelled = Stay.objects.select_related("guest", "hostel", "batch", "assessment").exclude(cancelled_at=None)
        if stay := self.pick(cancelled.order_by("-cancelled_at", "pk"), chosen // 4):
            self.done(lambda: undo(stay, now=self.now), stay=stay, action="undo_cancel")

    @there_is("confirmed")
    @rule(chosen=number, late=st.booleans())
    def says_whether_they_come(self, chosen, late):
        if stay := self.stay(chosen, "confirmed"):
            say, name = (come_late, "come_late") if late else (say_coming, "say_coming")
            self.done(lambda: say(stay, now=self.now), stay=stay, action=name, exactly=True)

    # --- changing ---------------------------------------------------------------------------------------------------
    @there_is("confirmed", "in_house")
    @rule(chosen=number, more=st.integers(0, 2), change=st.booleans())
    def extends(self, chosen, more, change):
        if stay := self.stay(chosen, "confirmed", "in_house"):
            how = {"now": self.now, "accept_price": True, "change_of_bed": change}
            if self.done(
                lambda: extend(stay, departure=stay.departure + more * DAY, **how), stay=stay, action="extend"
            ):
                self.moved |= {stay.pk} if change else set()

    @there_is("held", "confirmed", "in_house")
    @rule(chosen=number, less=st.integers(0, 2))
    def shortens(self, chosen, less):
        if stay := self.stay(chosen, "held", "confirmed", "in_house"):
            self.done(
                lambda: shorten(stay, departure=stay.departure - less * DAY, now=self.now), stay=stay, action="shorten"
            )

    @there_is("confirmed")
    @rule(chosen=number, ahead=nights_ahead, how_many=length)
    def shifts(self, chosen, ahead, how_many):
        if stay := self.stay(chosen, "confirmed"):
            nights = self.nights(ahead, how_many)
            self.done(lambda: shift(stay, nights=nights, now=self.now, accept_price=True), stay=stay, action="shift")

    @there_is("confirmed", "in_house")
    @rule(chosen=number, bed=number, later=st.integers(0, 2))
    def moves(self, chosen, bed, later):
        if stay := self.stay(chosen, "confirmed", "in_house"):
            to, first = self.beds[bed % len(self.beds)], max(stay.arrival, self.today()) + later * DAY
            if to.room.hostel_id == stay.hostel_id and self.done(
                lambda: move(stay, to, from_night=first, now=self.now), stay=stay, action="move"
            ):
                self.moved.add(stay.pk)

    @there_is("confirmed", "in_house")
    @rule(chosen=number, later=st.integers(0, 2))
    def goes_to_the_other_house(self, chosen, later):
        if stay := self.stay(chosen, "confirmed", "in_house"):
            to = next(each for each in self.houses if each.pk != stay.hostel_id)
            first = max(stay.arrival, self.today()) + later * DAY
            self.done(
                lambda: move_to_hostel(stay, to, from_night=first, now=self.now), stay=stay, action="move_to_hostel"
            )

    @there_is("two")
    @rule(chosen=number, other=number, later=st.integers(0, 2))
    def swaps(self, chosen, other, later):
        stay = self.stay(chosen, "confirmed", "in_house")
        others = Stay.objects.filter(status__in=["confirmed", "in_house"], hostel=stay.hostel_id).exclude(
            guest=stay.guest_id
        )
        if partner := self.pick(others.select_related("guest", "hostel").order_by("pk"), other):
            first = max(stay.arrival, partner.arrival, self.today()) + later * DAY
            if self.done(
                lambda: swap(stay, partner, from_night=first, now=self.now), stay=stay, action="swap", public=False
            ):
                self.moved |= {stay.pk, partner.pk}

    # --- at the desk ------------------------------------------------------------------------------------------------
    @there_is("confirmed")
    @rule(chosen=number, bed=number, compared=st.integers(0, 9))
    def comes(self, chosen, bed, compared):
        if stay := self.stay(chosen, "confirmed"):
            beds = beds_for(stay, self.now)
            to = self.pick(beds, bed)
            self.done(
                lambda: check_in(stay, compared=compared > 0, bed=to, now=self.now),
                stay=stay, action="check_in", exactly=compared > 0 and to in beds[:1],
            )  # fmt: skip

    @rule(who=person, where=house, how_many=length, bed=st.none() | number)
    def walks_in(self, who, where, how_many, bed):
        chosen = None if bed is None else self.beds[bed % len(self.beds)]
        if chosen is None or chosen.room.hostel_id == self.houses[where].pk:
            how = {"purpose": "exam", "compared": True, "now": self.now, "bed": chosen, "accept_price": True}
            nights = self.nights(0, how_many)
            self.done(lambda: walk_in(hostel=self.houses[where], guest=self.guests[who], nights=nights, **how))

    @there_is("in_house")
    @rule(chosen=number, ago=st.integers(0, 60))
    def leaves(self, chosen, ago):
        if stay := self.stay(chosen, "in_house"):
            at = self.now - timedelta(minutes=ago)
            self.done(
                lambda: check_out(stay, now=self.now, at=at), stay=stay, action="check_out",
                exactly=stay.checked_in_at is not None and stay.checked_in_at <= at,
            )  # fmt: skip

    @there_is("in_house", "left")
    @rule(chosen=number)
    def stays_on(self, chosen):
        if stay := self.stay(chosen, "in_house", "left"):
            if self.done(
                lambda: overstay(stay, departure=self.today() + DAY, now=self.now), stay=stay, action="overstay"
            ):
                self.moved.add(stay.pk)

    @there_is("confirmed")
    @rule(chosen=number)
    def is_not_there(self, chosen):
        if stay := self.stay(chosen, "confirmed"):
            self.done(lambda: no_show(stay, now=self.now), stay=stay, action="no_show", exactly=True)

    @there_is("no_show")
    @rule(chosen=number)
    def appeals(self, chosen):
        if stay := self.stay(chosen, "no_show"):
            self.done(
                lambda: no_shows.appeal(stay, text="列车晚点", now=self.now), stay=stay, action="appeal", exactly=True
            )

    @there_is("no_show")
    @rule(chosen=number, lifted=st.booleans())
    def is_answered(self, chosen, lifted):
        if missed := self.pick(NoShow.objects.order_by("pk"), chosen):
            self.done(lambda: no_shows.answer(missed, lift=lifted, because="车票", now=self.now, actor=self.officer))

    # --- the house --------------------------------------------------------------------------------------------------
    def choices(self, chosen):
        """For every stay, and every bed of a batch, what becomes of it, if it is hit."""
        ways = (ANYWHERE, OTHER_HOUSE, CANCEL)
        codes = [
            *Stay.objects.values_list("code", flat=True).order_by("pk"),
            *Batch.objects.values_list("code", flat=True).order_by("pk"),
        ]
        return {code: ways[(chosen + place) % 3] for place, code in enumerate(codes)}

    def note_who_may_change_beds(self):
        self.moved |= set(Stay.objects.values_list("pk", flat=True))

    @rule(bed=number, two=st.booleans(), ahead=nights_ahead, how_many=length, ways=st.none() | st.integers(0, 2))
    def closes_a_bed(self, bed, two, ahead, how_many, ways):
        beds = [self.beds[bed % len(self.beds)]]
        beds += [each for each in self.beds if two and each.room_id == beds[0].room_id and each != beds[0]]
        choices = None if ways is None else self.choices(ways)
        how = {"reason": OutOfService.Reason.REPAIR, "choices": choices, "now": self.now}
        if self.done(lambda: block(beds, self.nights(ahead, how_many), **how)):
            self.note_who_may_change_beds()

    @there_is("closure")
    @rule(chosen=number, ahead=nights_ahead, how_many=length, ways=st.integers(0, 2))
    def closes_it_on_other_nights(self, chosen, ahead, how_many, ways):
        if closure := self.pick(OutOfService.objects.select_related("bed__room__hostel").order_by("pk"), chosen):
            nights = self.nights(ahead, how_many)
            if self.done(lambda: revise(closure, nights=nights, now=self.now, choices=self.choices(ways))):
                self.note_who_may_change_beds()

    @there_is("closure")
    @rule(chosen=number)
    def opens_a_bed(self, chosen):
        if closure := self.pick(OutOfService.objects.select_related("bed__room__hostel").order_by("pk"), chosen):
            self.done(lambda: lift(closure, now=self.now))

    @there_is("asked")
    @rule(chosen=number, yes=st.booleans())
    def the_house_answers(self, chosen, yes):
        asked = Stay.objects.filter(awaits="house").select_related("guest", "hostel").order_by("pk")
        if stay := self.pick(asked, chosen):
            self.done(lambda: on_call.answer(stay, yes, now=self.now), stay=stay, action="house_answer", exactly=True)

    @rule(where=st.none() | house, granted=st.none() | st.integers(0, 8))
    def grants(self, where, granted):
        hostel = None if where is None else self.houses[where]
        first = date(2026, 3, 1) if hostel else date(2026, 1, 1)
        change = Change(Cell(self.network, hostel, "", first), None if granted is None else Grant(granted))
        self.done(lambda: set_quotas([change], now=self.now, actor=self.officer))

    # --- together ---------------------------------------------------------------------------------------------------
    @rule(
        who=st.lists(person, min_size=2, max_size=3, unique=True), where=house, ahead=nights_ahead, how_many=length,
        together=st.booleans(), alone=st.booleans(),
    )  # fmt: skip
    def friends_book(self, who, where, ahead, how_many, together, alone):
        members = [Member(self.guests[each], "exam") for each in who]
        how = {"hostel": self.houses[where], "nights": self.nights(ahead, how_many), "now": self.now}
        how |= {"together": together, "alone": alone, "accept_price": True}
        # Not those that the line was offered, because a friend's hold was let go of for it.
        theirs = Stay.objects.filter(party__isnull=False, offer=None)
        had = theirs.count()
        booked = self.done(lambda: book_party(made_by=members[0].person, members=members, **how))
        assert theirs.count() - had == (len(who) if booked else 0), "both or neither"

    @there_is("party")
    @rule(chosen=number)
    def friends_cancel(self, chosen):
        if party := self.pick(Party.objects.order_by("pk"), chosen):
            if party.stays.exists():
                self.done(lambda: cancel_party(party, now=self.now))

    @rule(where=house, ahead=st.integers(2, 5), how_many=length, beds=st.integers(1, 2), keep=st.integers(1, 3))
    def a_school_is_allotted_beds(self, where, ahead, how_many, beds, keep):
        nights = self.nights(ahead, how_many)
        release_on = self.today() + min(keep, ahead) * DAY
        how = {"applicant": "school", "organisation": "一中", "purpose": "exam", "release_on": release_on}
        self.done(
            lambda: allot(hostel=self.houses[where], nights=nights, beds=beds, now=self.now, actor=self.officer, **how),
            public=False,
        )

    @there_is("batch")
    @rule(chosen=number, who=person)
    def a_school_names(self, chosen, who):
        if batch := self.pick(Batch.objects.order_by("pk"), chosen):
            self.done(lambda: name_guest(batch, self.guests[who], now=self.now, accept_price=True))

    @there_is("batch")
    @rule(chosen=number)
    def a_school_gives_back(self, chosen):
        if batch := self.pick(Batch.objects.order_by("pk"), chosen):
            self.done(lambda: release(batch, now=self.now, actor=self.officer))

    @there_is("batch")
    @rule(chosen=number, end=st.booleans())
    def a_school_cancels(self, chosen, end):
        if batch := self.pick(Batch.objects.order_by("pk"), chosen):
            self.done(lambda: cancel_batch(batch, now=self.now, actor=self.officer, end_stays=end))

    # --- waiting ----------------------------------------------------------------------------------------------------
    @rule(
        who=st.lists(person, min_size=1, max_size=2, unique=True), where=st.sampled_from([(0,), (1,), (0, 1)]),
        ahead=nights_ahead, how_many=length, split=st.booleans(), automatic=st.booleans(),
    )  # fmt: skip
    def waits(self, who, where, ahead, how_many, split, automatic):
        guest, *members = [self.guests[each] for each in who]
        how = {"hostels": [self.houses[each] for each in where], "nights": self.nights(ahead, how_many)}
        how |= {"purpose": "exam", "members": members, "split": split, "automatic": automatic, "accept_price": True}
        self.done(lambda: wishing.wait(guest=guest, now=self.now, **how))

    @there_is("offer")
    @rule(chosen=number)
    def takes_the_offer(self, chosen):
        if offer := self.pick(Offer.objects.order_by("-pk"), chosen // 3):
            self.done(lambda: offers.accept(offer, now=self.now))

    @there_is("offer")
    @rule(chosen=number)
    def leaves_the_offer(self, chosen):
        if offer := self.pick(Offer.objects.order_by("-pk"), chosen // 3):
            self.done(lambda: offers.decline(offer, now=self.now))

    @there_is("wish")
    @rule(chosen=number)
    def waits_no_more(self, chosen):
        if wish := self.pick(Waiting.objects.order_by("pk"), chosen):
            self.done(lambda: wishing.withdraw(wish, now=self.now))

    @there_is("wish")
    @rule(chosen=number, automatic=st.booleans())
    def wants_it_otherwise(self, chosen, automatic):
        if wish := self.pick(Waiting.objects.order_by("pk"), chosen):
            self.done(lambda: wishing.switch(wish, automatic=automatic, now=self.now))

    @there_is("wish")
    @rule(chosen=number)
    def is_moved_up(self, chosen):
        if wish := self.pick(Waiting.objects.order_by("pk"), chosen):
            self.done(lambda: wishing.move_up(wish, because="带着行李", now=self.now, actor=self.officer))

    # --- what is always true ----------------------------------------------------------------------------------------
    @invariant()
    def what_is_always_true_is_true(self):
        self.look_around()
        always.all_of_it(self.now, self.moved)

    @invariant()
    def a_hold_is_nobodys_after_its_time(self):
        """Whoever asks is shown its bed, where nothing else is against it."""
        lapsed = Stay.objects.filter(status="held", held_until__lte=self.now, awaits="", alone=False)
        for hold in lapsed.select_related("guest", "hostel__network"):
            night = (
                hold.bed_nights.filter(released_at=None, night__gte=self.today()).select_related("bed__room").first()
            )
            if night is None or night.bed.room.supply == Room.Supply.ON_CALL:
                continue
            only = Nights(night.night, night.night + DAY)
            others = BedNight.objects.filter(room=night.room_id, night=night.night).exclude(stay=hold.pk)
            kept = BatchBed.objects.filter(
                bed=night.bed_id, batch__cancelled_at=None, batch__release_on__gt=self.today()
            )
            if not others.exists() and not kept.exists():
                assert free_beds(hold.hostel, only, hold.guest.gender, self.now).filter(pk=night.bed_id).exists(), hold

    @invariant()
    def what_is_asked_by_hand_is_what_the_plain_way_asks(self):
        """The statements of `bookings/statements.py`, each time of another house, nights and guest."""
        if connection.vendor != "postgresql":
            return
        self.turn += 1
        by_hand.same_bed(
            self.houses[self.turn % 2],
            self.nights(self.turn // 2 % 3, 1 + self.turn // 6 % 2),
            GENDERS[self.turn // 12 % 2],
            self.now,
        )
        by_hand.same_nights(self.guests[self.turn % len(self.guests)], self.today() - self.turn % 2 * DAY, self.now)

    def every_night_that_is_over_is_closed(self):
        """After the audit: slept, or given back."""
        over = BedNight.objects.filter(released_at=None, slept_at=None, night__lt=self.today())
        assert not over.exists(), list(over.values("stay__code", "night", "stay__status"))
