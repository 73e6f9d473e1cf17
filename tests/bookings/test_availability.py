from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.availability import Grid, find, free_beds, masks_of, nearest_first, night_table
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.desk import check_in
from bookings.models import BedNight
from hostel.models import Bed, Hostel, Room
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment, undone

STATION = (31.2575, 120.6463)
FORTNIGHT = Nights(FRIDAY, FRIDAY + timedelta(days=14))


def wish(guest, hostel, nights, **said):
    return book(guest=guest, hostel=hostel, nights=nights, purpose="exam", now=NOW, **said)


def on(table, hostel, night):
    return next(count for count in table[hostel.pk] if count.night == night)


def test_a_night_is_counted_bed_by_bed(hostel, lin, chen):
    wish(lin, hostel, Nights(FRIDAY, SUNDAY))
    wish(chen, hostel, Nights(SATURDAY, SUNDAY), hold=True)
    closed = Bed.objects.get(room__hostel=hostel, room__number="202", number=4)
    closed.closures.create(first_night=SATURDAY, until=MONDAY, reason="repair", written_at=NOW)

    count = on(night_table([hostel], FORTNIGHT, NOW), hostel, SATURDAY)

    assert count.beds == Bed.objects.filter(room__hostel=hostel, room__supply="fixed").count()
    assert (count.out_of_service, count.held, count.taken) == (1, 1, 1)
    assert count.free == count.beds - 3


def test_beds_that_the_house_must_confirm_first_are_not_promised(wuzhong):
    on_call = Room.objects.filter(supply="on_call")

    assert on_call.exists()
    for room in on_call:
        beds = free_beds(room.hostel, Nights(FRIDAY, SATURDAY), "female", NOW)
        assert room not in {bed.room for bed in beds}


def test_a_flexible_room_with_a_woman_is_free_for_women_only(hostel, lin):
    Bed.objects.filter(room__hostel=hostel).exclude(room__number="203").update(valid_until=FRIDAY - timedelta(days=9))
    wish(lin, hostel, Nights(SATURDAY, SUNDAY))

    grid = Grid([hostel], FORTNIGHT, NOW)

    assert [grid.free(hostel, [SATURDAY], gender) for gender in ("female", "male", "")] == [1, 0, 1]
    assert [grid.free(hostel, [SUNDAY], gender) for gender in ("female", "male", "")] == [2, 2, 2]


def test_free_throughout_is_less_than_free_every_night(hostel, lin, people):
    Bed.objects.filter(room__hostel=hostel).exclude(room__number="201", number__lte=2).update(valid_until=FRIDAY)
    Bed.objects.filter(room__hostel=hostel, room__number="201", number__gt=2).update(valid_until=FRIDAY)
    wish(lin, hostel, Nights(FRIDAY, SATURDAY))
    other = Bed.objects.get(room__hostel=hostel, room__number="201", number=2)
    other.closures.create(first_night=SATURDAY, until=SUNDAY, reason="inspection", written_at=NOW)

    [found] = find([hostel], Nights(FRIDAY, SUNDAY), NOW, gender="female")

    assert [count.free for count in found.counts[:2]] == [1, 1]
    assert found.free == 0


def test_houses_are_found_nearest_first_with_a_fortnight_shown(wuzhong):
    hostels = list(Hostel.objects.all())

    found = find(hostels, Nights(FRIDAY, SUNDAY), NOW, near=STATION)

    assert found[0].hostel.slug == "baodaiqiao"
    assert [each.distance_m for each in found] == sorted(each.distance_m for each in found)
    assert {len(each.counts) for each in found} == {14}
    assert len(found) == len(hostels)


def test_a_lifted_closure_closes_nothing(hostel):
    bed = Bed.objects.get(room__hostel=hostel, room__number="202", number=4)
    first = bed.closures.create(first_night=SATURDAY, until=MONDAY, reason="repair", written_at=NOW)
    bed.closures.create(first_night=SATURDAY, until=MONDAY, reason="repair", written_at=NOW, revises=first, lifted=True)

    assert on(night_table([hostel], FORTNIGHT, NOW), hostel, SATURDAY).out_of_service == 0


def test_a_guest_who_is_in_house_is_taken(hostel, lin):
    check_in(wish(lin, hostel, Nights(FRIDAY, SUNDAY)), compared=True, now=moment(FRIDAY, 18))

    assert on(night_table([hostel], FORTNIGHT, NOW), hostel, FRIDAY).taken == 1


@pytest.mark.parametrize("houses", [1, 3, 10])
def test_a_search_asks_as_much_of_a_network_of_any_size(houses, wuzhong, django_assert_num_queries):
    hostels = list(Hostel.objects.select_related("network")[:houses])

    with django_assert_num_queries(3):
        list(find(hostels, Nights(FRIDAY, SUNDAY), NOW, near=STATION))


def test_a_search_reads_only_the_houses_that_are_looked_at(wuzhong, django_assert_num_queries):
    houses = Hostel.objects.select_related("network")
    nights = Nights(FRIDAY, SUNDAY)
    all_of_them = list(find(houses, nights, NOW, near=STATION))

    with django_assert_num_queries(4):
        page = find(houses, nights, NOW, near=STATION)[2:5]

    assert page == all_of_them[2:5]
    assert find(houses, nights, NOW, near=STATION)[2] == all_of_them[2]
    assert len(find(houses, nights, NOW)) == len(all_of_them) == 10


def test_the_nearest_is_first_however_it_is_measured(wuzhong):
    houses = Hostel.objects.select_related("network")
    by_database = [each.distance_m for each in find(houses, Nights(FRIDAY, SUNDAY), NOW, near=STATION)]
    by_hand = [metres for _hostel, metres in nearest_first(houses, STATION)]

    assert by_database == by_hand == sorted(by_hand)


@pytest.mark.parametrize("nights", [1, 14, 80])
def test_the_nights_of_a_bed_come_as_one_number(nights, hostel, people):
    """On PostgreSQL the database puts it together, and here it is put together by hand."""
    for number in range(6):
        stay = Nights(FRIDAY + timedelta(days=number), FRIDAY + timedelta(days=number + 1 + number % 3))
        book(guest=people("周梅", "female"), hostel=hostel, nights=stay, purpose="exam", now=NOW)
    asked = Nights(FRIDAY, FRIDAY + timedelta(days=nights))
    by_hand: dict = {}
    for bed, sharing, night in BedNight.objects.between(asked).values_list("bed_id", "sharing", "night"):
        by_hand[bed, sharing] = by_hand.get((bed, sharing), 0) | 1 << (night - FRIDAY).days

    found = masks_of(BedNight.objects.between(asked), asked, "bed_id", "sharing")

    assert {(bed, sharing): mask for bed, sharing, mask in found} == by_hand


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wishes=st.lists(
        st.tuples(st.sampled_from(["female", "male"]), st.integers(0, 4), st.integers(1, 3), st.booleans()), max_size=14
    )
)
def test_what_the_search_calls_free_is_what_a_booking_can_take(wishes, hostel, people):
    """For any beds taken before: the two ways to look at the same rows agree."""
    with undone():
        # Only rooms that the first guest of a night decides about: there the two genders meet.
        Bed.objects.filter(room__hostel=hostel).exclude(room__number__in=["203", "204"]).update(valid_until=FRIDAY)
        for gender, first, length, cancelled in wishes:
            arrival = FRIDAY + timedelta(days=first)
            nights = Nights(arrival, arrival + timedelta(days=length))
            if free_beds(hostel, nights, gender, NOW).exists():
                stay = wish(people("某某", gender), hostel, nights)
                if cancelled:
                    cancel(stay, now=NOW)
        grid = Grid([hostel], FORTNIGHT, NOW)
        for gender in ("female", "male"):
            for first in range(5):
                arrival = FRIDAY + timedelta(days=first)
                nights = Nights(arrival, arrival + timedelta(days=2))
                assert grid.free(hostel, nights, gender) == free_beds(hostel, nights, gender, NOW).count()
