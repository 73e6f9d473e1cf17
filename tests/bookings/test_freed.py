"""Nights that were given back are the waiting list's, before they are everybody's."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.availability import Grid, find, free_beds, night_table
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.freed import public_since
from bookings.lodging import Lodging
from bookings.models import Offer, Waiting
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment, undone

FOR_THE_LINE = Lodging(offer=Offer())
TONIGHT, TOMORROW = Nights(FRIDAY, SATURDAY), Nights(SATURDAY, SUNDAY)


def wish(guest, hostel, nights, now=NOW, **said):
    return book(guest=guest, hostel=hostel, nights=nights, purpose="exam", now=now, **said)


def only(hostel, *rooms):
    Bed.objects.filter(room__hostel=hostel).exclude(room__number__in=rooms).update(valid_until=FRIDAY)


def somebody_waits(guest, hostel, nights, now=NOW):
    waiting = Waiting.objects.create(
        code="WATTNG",
        guest=guest,
        arrival=nights.arrival,
        departure=nights.departure,
        purpose="exam",
        until=moment(nights.arrival, 21),
        made_at=now,
    )
    waiting.hostels.add(hostel)
    return waiting


@pytest.mark.parametrize(
    ("now", "since"),
    [
        (moment(FRIDAY, 11, 59), moment(FRIDAY - timedelta(days=1), 12)),
        (moment(FRIDAY, 12), moment(FRIDAY, 12)),
        (moment(SATURDAY, 1), moment(FRIDAY, 12)),
    ],
)
def test_what_was_given_back_becomes_public_once_a_day(now, since, wuzhong):
    assert public_since(wuzhong, now) == since


def test_a_coming_night_that_was_given_back_is_shown_to_nobody_before_the_public_hour(hostel, lin):
    only(hostel, "201")
    cancel(wish(lin, hostel, TOMORROW), now=NOW)

    for now, free in ((NOW, 3), (moment(FRIDAY, 11, 59), 3), (moment(FRIDAY, 12), 4)):
        assert free_beds(hostel, TOMORROW, "female", now).count() == free
        assert night_table([hostel], TOMORROW, now)[hostel.pk][0].free == free
        assert find([hostel], TOMORROW, now)[0].free == free
        assert free_beds(hostel, TOMORROW, "female", now, lodging=FOR_THE_LINE).count() == 4
    assert night_table([hostel], TOMORROW, NOW)[hostel.pk][0].taken == 0


def test_until_then_it_counts_as_held_and_the_numbers_of_a_night_add_up(hostel, lin):
    """Also of a room that somebody had alone."""
    only(hostel, "201", "203")
    assert counts_of(hostel) == {"beds": 6, "held": 0, "taken": 0, "free": 6}
    cancel(wish(lin, hostel, TOMORROW), now=NOW)
    assert counts_of(hostel) == {"beds": 6, "held": 1, "taken": 0, "free": 5}

    alone = wish(lin, hostel, TOMORROW, lodging=Lodging(alone=True, needs=frozenset(["accessible"])))
    assert counts_of(hostel) == {"beds": 6, "held": 1, "taken": 2, "free": 3}
    cancel(alone, now=NOW)
    assert counts_of(hostel) == {"beds": 6, "held": 3, "taken": 0, "free": 3}
    assert counts_of(hostel, moment(FRIDAY, 12)) == {"beds": 6, "held": 0, "taken": 0, "free": 6}


def counts_of(hostel, now=NOW):
    [count] = night_table([hostel], TOMORROW, now)[hostel.pk]
    return {name: getattr(count, name) for name in ("beds", "held", "taken", "free")}


def test_what_was_given_back_after_the_public_hour_waits_for_the_next_one(hostel, lin):
    only(hostel, "201")
    later = Nights(SUNDAY, MONDAY)
    cancel(wish(lin, hostel, later), now=moment(FRIDAY, 12, 1))

    assert free_beds(hostel, later, "female", moment(SATURDAY, 11, 59)).count() == 3
    assert free_beds(hostel, later, "female", moment(SATURDAY, 12)).count() == 4


def test_tonight_s_bed_is_everybody_s_at_once(hostel, lin):
    only(hostel, "201")
    cancel(wish(lin, hostel, TONIGHT), now=NOW)

    assert free_beds(hostel, TONIGHT, "female", NOW).count() == 4


def test_where_somebody_waits_the_line_has_two_minutes_for_tonight_s(hostel, lin, chen):
    only(hostel, "201")
    somebody_waits(chen, hostel, TONIGHT)
    cancel(wish(lin, hostel, TONIGHT), now=NOW)

    assert free_beds(hostel, TONIGHT, "female", NOW + timedelta(seconds=119)).count() == 3
    assert Grid([hostel], TONIGHT, NOW).free(hostel, TONIGHT, "female") == 3
    assert free_beds(hostel, TONIGHT, "female", NOW + timedelta(minutes=2)).count() == 4


def test_who_waits_for_another_night_keeps_nobody_from_tonight_s(hostel, lin, chen):
    only(hostel, "201")
    somebody_waits(chen, hostel, TOMORROW)
    cancel(wish(lin, hostel, TONIGHT), now=NOW)

    assert free_beds(hostel, TONIGHT, "female", NOW).count() == 4


def test_a_hold_that_was_no_promise_goes_back_to_everybody(hostel, lin):
    only(hostel, "201")
    cancel(wish(lin, hostel, TOMORROW, hold=True), now=NOW)

    assert free_beds(hostel, TOMORROW, "female", NOW).count() == 4


def test_an_emptied_room_opens_to_nobody_else_before_the_public_hour(hostel, lin):
    """A woman leaves a room for either: her bed is kept back, and men do not get the other one by it."""
    only(hostel, "203")
    cancel(wish(lin, hostel, TOMORROW), now=NOW)

    assert {gender: free_beds(hostel, TOMORROW, gender, NOW).count() for gender in ("female", "male")} == {
        "female": 1,
        "male": 0,
    }
    assert Grid([hostel], TOMORROW, NOW).free(hostel, TOMORROW, "male") == 0
    assert free_beds(hostel, TOMORROW, "male", moment(FRIDAY, 12)).count() == 2


def test_the_guest_who_gave_it_back_has_no_more_right_to_it_than_others(hostel, lin):
    only(hostel, "203")
    Bed.objects.filter(room__hostel=hostel, room__number="203", number=2).update(valid_until=FRIDAY)
    cancel(wish(lin, hostel, TOMORROW), now=NOW)

    with pytest.raises(Refused) as no:
        wish(lin, hostel, TOMORROW)

    assert no.value.code == "FULL"


def test_a_network_may_have_another_hour(hostel, lin):
    hostel.network.freed_public_at = time(18)
    hostel.network.save()
    only(hostel, "201")
    cancel(wish(lin, hostel, TOMORROW), now=NOW)

    assert free_beds(hostel, TOMORROW, "female", moment(FRIDAY, 17, 59)).count() == 3
    assert free_beds(hostel, TOMORROW, "female", moment(FRIDAY, 18)).count() == 4


@pytest.mark.parametrize("houses", [1, 10])
def test_a_search_reads_them_with_the_others(houses, wuzhong, django_assert_num_queries):
    hostels = list(Hostel.objects.select_related("network")[:houses])

    with django_assert_num_queries(3):
        list(find(hostels, TOMORROW, NOW))


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wishes=st.lists(
        st.tuples(
            st.sampled_from(["female", "male"]),
            st.integers(0, 3),
            st.integers(1, 3),
            st.sampled_from([None, 0, 119, 121, 7200]),
        ),
        max_size=10,
    ),
    asked=st.sampled_from([0, 1, 121, 3600, 7199, 7200, 7201, 50_000]),
    waits=st.booleans(),
)
def test_both_ways_to_look_keep_back_the_same(wishes, asked, waits, hostel, people):
    """For any nights given back at any moment: `free_beds` and `Grid` agree, for the public and for the line."""
    with undone():
        only(hostel, "203", "204")
        for gender, first, length, returned in wishes:
            nights = Nights(FRIDAY + timedelta(days=first), FRIDAY + timedelta(days=first + length))
            if free_beds(hostel, nights, gender, NOW).exists():
                stay = wish(people("某某", gender), hostel, nights)
                if returned is not None:
                    cancel(stay, now=NOW + timedelta(seconds=returned))
        if waits:
            somebody_waits(people("候补"), hostel, Nights(FRIDAY, MONDAY))
        now: datetime = NOW + timedelta(seconds=asked)
        span = Nights(FRIDAY, FRIDAY + timedelta(days=6))
        for lodging in (Lodging(), FOR_THE_LINE):
            grid = Grid([hostel], span, now, lodging)
            for gender in ("female", "male"):
                for first in range(4):
                    nights = Nights(FRIDAY + timedelta(days=first), FRIDAY + timedelta(days=first + 2))
                    beds = free_beds(hostel, nights, gender, now, lodging=lodging)
                    assert grid.free(hostel, nights, gender) == beds.count()
