"""Any order of wishes, arrivals, departures, tasks and hours: what must always be true is true after each of them."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bookings.allowance import allowance_of
from bookings.booking import actions, book, cancel, confirm, end_holds, extend_hold
from bookings.desk import beds_for, check_in, check_out, no_show
from bookings.models import BedNight, NoShow, Stay
from bookings.night_audit import audit, close_no_shows
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel
from hostel.nights import Nights, business_day, end_of_night
from tests.conftest import NOW, People


class Engine(RuleBasedStateMachine):
    """Two small houses, five guests, and a clock that only goes forward."""

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = NOW
        self.houses = list(Hostel.objects.filter(slug__in=["baodaiqiao", "guoxiang"]))
        kept = Bed.objects.filter(room__hostel__in=self.houses, room__number__in=["203", "303"])
        Bed.objects.exclude(pk__in=kept).update(valid_until=date(2026, 1, 1))

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @initialize()
    def people_come(self):
        make = People()
        self.guests = [make("某某", gender) for gender in ("female", "female", "female", "male", "male")]

    def stay(self, number):
        stays = Stay.objects.select_related("guest", "hostel").order_by("pk")
        return stays[number % len(stays)] if stays else None

    def try_to(self, name, number, do):
        """Do it to some stay, and see that `actions` had said whether it can be done."""
        if stay := self.stay(number):
            said = actions(stay, self.now)[name]
            done = self.was_done(lambda: do(stay))
            assert done == said.ok or (name == "confirm" and said.ok), f"{name}: said {said}, done: {done}"

    def was_done(self, do):
        try:
            do()
        except Refused:
            return False
        return True

    @rule(
        who=st.integers(0, 4), where=st.integers(0, 1), ahead=st.integers(0, 3), length=st.integers(1, 5),
        hold=st.booleans(), priced=st.booleans(),
    )  # fmt: skip
    def wishes(self, who, where, ahead, length, hold, priced):
        arrival = business_day(self.now) + timedelta(days=ahead)
        nights = Nights(arrival, arrival + timedelta(days=length))
        guest, house = self.guests[who], self.houses[where]
        before = set(BedNight.objects.live().values_list("pk"))
        said = {"purpose": "exam", "now": self.now, "accept_price": priced, "hold": hold}
        if not self.was_done(lambda: book(guest=guest, hostel=house, nights=nights, **said)):
            assert set(BedNight.objects.live().values_list("pk")) == before

    @rule(number=st.integers(0, 30), minutes=st.integers(0, 30))
    def minutes_pass(self, number, minutes):
        self.now += timedelta(minutes=minutes)

    @rule(hours=st.integers(1, 14))
    def hours_pass(self, hours):
        self.now += timedelta(hours=hours)

    @rule(number=st.integers(0, 30))
    def confirms(self, number):
        self.try_to("confirm", number, lambda stay: confirm(stay, now=self.now, accept_price=True))

    @rule(number=st.integers(0, 30))
    def asks_for_longer(self, number):
        self.try_to("extend_hold", number, lambda stay: extend_hold(stay, now=self.now))

    @rule(number=st.integers(0, 30))
    def cancels(self, number):
        self.try_to("cancel", number, lambda stay: cancel(stay, now=self.now))

    @rule(number=st.integers(0, 30), chosen=st.integers(0, 3))
    def comes(self, number, chosen):
        def let_in(stay):
            beds = beds_for(stay, self.now)
            check_in(stay, compared=True, bed=beds[chosen % len(beds)], now=self.now)

        self.try_to("check_in", number, let_in)

    @rule(number=st.integers(0, 30))
    def leaves(self, number):
        self.try_to("check_out", number, lambda stay: check_out(stay, now=self.now))

    @rule(number=st.integers(0, 30))
    def is_not_there(self, number):
        self.try_to("no_show", number, lambda stay: no_show(stay, now=self.now))

    @rule(task=st.sampled_from([end_holds, close_no_shows, audit]), twice=st.booleans())
    def a_task_runs(self, task, twice):
        task(self.now)
        if twice:
            before = sorted(BedNight.objects.values_list("pk", "slept_at", "released_at"))
            task(self.now)
            assert sorted(BedNight.objects.values_list("pk", "slept_at", "released_at")) == before

    @invariant()
    def every_promise_stands(self):
        live = list(BedNight.objects.live().select_related("stay", "guest", "bed"))
        assert max(Counter((night.bed_id, night.night) for night in live).values(), default=1) == 1
        assert max(Counter((night.guest_id, night.night) for night in live).values(), default=1) == 1
        company = {}
        for night in live:
            company.setdefault((night.room_id, night.night), set()).add(night.guest.gender)
            assert night.night in night.stay.nights
            assert night.stay.status in ("held", "confirmed", "in_house", "left")
        assert all(len(genders) == 1 for genders in company.values())

    @invariant()
    def a_stay_that_stands_has_one_bed_for_all_its_nights_to_come(self):
        for stay in Stay.objects.standing(self.now):
            nights = list(stay.bed_nights.live().order_by("night"))
            assert len({night.bed_id for night in nights}) == 1
            if stay.status != "in_house":
                assert [night.night for night in nights] == list(stay.nights)

    @invariant()
    def nobody_has_more_free_nights_than_granted(self):
        for guest in getattr(self, "guests", []):
            free = BedNight.objects.live().free_of_charge().filter(guest=guest)
            per_year = Counter(night.night.year for night in free.exclude(stay__status="held"))
            assert max(per_year.values(), default=0) <= 7
            for cap in allowance_of(guest, self.houses[0].network, self.now):
                assert cap.left == cap.granted - cap.kept - cap.used

    @invariant()
    def a_night_is_slept_by_who_was_there_when_it_ended(self):
        for night in BedNight.objects.slept().select_related("stay"):
            end = end_of_night(night.night)
            assert night.stay.checked_in_at < end <= (night.stay.checked_out_at or end)
        assert NoShow.objects.count() == Stay.objects.filter(status="no_show").count()

    @precondition(lambda self: hasattr(self, "guests"))
    @invariant()
    def no_letter_is_written_twice(self):
        for guest in self.guests:
            assert max(Counter(guest.letters.values_list("kind", "about")).values(), default=1) == 1


@pytest.mark.django_db
def test_any_order_of_acts_keeps_every_promise(wuzhong):
    run_state_machine_as_test(
        Engine,
        # The first order that breaks a promise is told as it is: to shorten it takes longer than to read it.
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, derandomize=True, phases=[Phase.generate]
        ),
    )
