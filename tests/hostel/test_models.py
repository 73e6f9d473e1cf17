"""Questions to the network's tables, and what the database refuses."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from hostel.models import Bed, Hostel, Network, NetworkCap, OutOfService, Rate, Room
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY

pytestmark = pytest.mark.django_db
THURSDAY = FRIDAY - timedelta(days=1)


@pytest.fixture
def bed(hostel):
    return Bed.objects.filter(room__hostel=hostel).first()


def closed(bed, first_night, until, **more):
    return OutOfService.objects.create(
        bed=bed, first_night=first_night, until=until, reason="repair", written_at=NOW, **more
    )


# --- rows with days ---------------------------------------------------------------------------------------------------
def test_a_bed_is_there_from_its_first_day_and_no_longer_on_the_day_it_ends(bed):
    bed.valid_from, bed.valid_until = FRIDAY, SUNDAY
    bed.save()

    assert [Bed.objects.valid_on(day).filter(pk=bed.pk).exists() for day in (THURSDAY, FRIDAY, SATURDAY, SUNDAY)] == [
        False, True, True, False
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arrival", "departure", "there"),
    [
        (FRIDAY, SATURDAY, True),
        (FRIDAY, SUNDAY, True),
        (SATURDAY, SUNDAY, True),
        (THURSDAY, SATURDAY, False),
        (SATURDAY, MONDAY, False),
        (SUNDAY, MONDAY, False),
    ],
)
def test_a_bed_is_there_throughout_only_if_it_is_on_every_night(bed, arrival, departure, there):
    bed.valid_from, bed.valid_until = FRIDAY, SUNDAY
    bed.save()

    assert Bed.objects.valid_throughout(Nights(arrival, departure)).filter(pk=bed.pk).exists() is there


def test_a_bed_without_an_end_is_there_for_ever(bed):
    assert Bed.objects.valid_on(date(2099, 1, 1)).filter(pk=bed.pk).exists()
    assert Bed.objects.valid_throughout(Nights(FRIDAY, date(2099, 1, 1))).filter(pk=bed.pk).exists()


# --- what a booking asks of a hostel ----------------------------------------------------------------------------------
def test_a_hostel_comes_with_its_networks_rate_and_cap_in_one_statement(wuzhong, django_assert_num_queries):
    with django_assert_num_queries(1):
        hostel = Hostel.objects.on(FRIDAY).get(slug="xiangshan")
        assert hostel.network.parent.slug == "suzhou"
        assert (hostel.rate_fen, hostel.city_cap) == (12800, 14)


def test_ten_hostels_take_as_many_statements_as_one(wuzhong, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len([hostel.network.parent.name for hostel in Hostel.objects.on(FRIDAY)]) == 10


def test_the_rate_is_the_newest_whose_day_has_come(hostel):
    Rate.objects.create(hostel=hostel, fen=10800, valid_from=SATURDAY)
    Rate.objects.create(hostel=hostel, fen=11800, valid_from=MONDAY)

    assert [Hostel.objects.on(day).get(pk=hostel.pk).rate_fen for day in (FRIDAY, SATURDAY, SUNDAY, MONDAY)] == [
        9800, 10800, 10800, 11800
    ]  # fmt: skip


def test_a_day_before_every_rate_and_cap_has_none(hostel):
    before = Hostel.objects.on(date(2022, 12, 31)).get(pk=hostel.pk)

    assert (before.rate_fen, before.city_cap) == (None, None)


def test_the_city_s_cap_is_that_of_the_day(hostel, wuzhong):
    wuzhong.parent.caps.update(valid_until=SATURDAY)
    NetworkCap.objects.create(network=wuzhong.parent, free_nights_per_year=21, valid_from=SUNDAY)

    caps = [Hostel.objects.on(day).get(pk=hostel.pk).city_cap for day in (FRIDAY, SATURDAY, SUNDAY)]

    assert caps == [14, None, 21]


def test_a_network_with_nothing_above_it_has_no_cap_of_a_city(hostel, wuzhong):
    Network.objects.filter(pk=wuzhong.pk).update(parent=None)

    assert Hostel.objects.on(FRIDAY).get(pk=hostel.pk).city_cap is None


# --- out of service ---------------------------------------------------------------------------------------------------
def test_a_closure_touches_the_nights_it_shares(bed):
    closed(bed, FRIDAY, SUNDAY)

    def touched(arrival, departure):
        return OutOfService.objects.touching(Nights(arrival, departure)).exists()

    assert touched(SATURDAY, MONDAY)
    assert touched(THURSDAY, SATURDAY)
    assert not touched(SUNDAY, MONDAY)
    assert not touched(THURSDAY, FRIDAY)


def test_only_the_last_word_on_a_closure_stands(bed):
    first = closed(bed, FRIDAY, SUNDAY)
    second = closed(bed, FRIDAY, MONDAY, revises=first)

    assert list(OutOfService.objects.standing()) == [second]

    closed(bed, FRIDAY, MONDAY, revises=second, lifted=True)

    assert not OutOfService.objects.standing().exists()


# --- what the database refuses ----------------------------------------------------------------------------------------
def test_a_closure_lasts_a_night_at_least(bed):
    with pytest.raises(IntegrityError, match="out_of_service_for_a_night_at_least"), transaction.atomic():
        closed(bed, FRIDAY, FRIDAY)


def test_a_number_is_one_open_room_s_and_a_closed_one_gives_it_free(hostel):
    room = hostel.rooms.get(number="201")
    again = {"hostel": hostel, "number": "201", "floor": 2, "kind": "twin", "guests": "any", "supply": "fixed"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.create(**again, valid_from=FRIDAY)

    room.valid_until = FRIDAY
    room.save()

    assert Room.objects.create(**again, valid_from=FRIDAY).pk != room.pk


def test_a_number_is_one_open_bed_s(bed):
    with pytest.raises(IntegrityError), transaction.atomic():
        Bed.objects.create(room=bed.room, number=bed.number, valid_from=FRIDAY)


def test_a_hostel_has_one_rate_a_day(hostel):
    with pytest.raises(IntegrityError), transaction.atomic():
        Rate.objects.create(hostel=hostel, fen=1, valid_from=date(2023, 1, 1))


# --- in the reader's words --------------------------------------------------------------------------------------------
def test_names_are_said_in_the_reader_s_language(hostel):
    with translation.override("en"):
        assert str(hostel) == "Baodaiqiao hostel"
        assert hostel.metro_name == "Baodaiqiao South"
        assert hostel.facility_names == ["Wi-Fi", "air conditioning", "washing machine", "electronic door lock"]
        assert hostel.rooms.get(number="201").get_guests_display() == "women"
    with translation.override("zh-hans"):
        assert str(hostel) == "苏青驿·宝带桥站"
        assert hostel.metro_name == "宝带桥南"
        assert hostel.facility_names == ["无线网", "空调", "洗衣机", "电子门锁"]
        assert hostel.rooms.get(number="201").get_guests_display() == "女生"


def test_a_station_nobody_told_us_of_keeps_its_own_name(hostel):
    hostel.metro_station = "新站"
    with translation.override("en"):
        assert hostel.metro_name == "新站"
    hostel.metro_station = ""
    assert hostel.metro_name == ""
