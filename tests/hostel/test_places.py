"""Places and how far they are apart."""

import pytest
import yaml
from django.utils import translation

from hostel.places import (
    Way,
    all_lines,
    all_places,
    all_waters,
    distance_m,
    place_called,
    place_named,
    places_like,
    to_metro,
    way,
)
from tests.hostel.conftest import SAMPLE

HOSTELS = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))["hostels"]


def test_from_here_to_here_is_nothing():
    assert distance_m((31.2575, 120.6463), (31.2575, 120.6463)) == 0


def test_a_degree_of_latitude_is_111_kilometres():
    assert distance_m((31, 120), (32, 120)) == 111_195


def test_a_degree_of_longitude_is_shorter_the_further_north():
    assert distance_m((0, 120), (0, 121)) == 111_195
    assert distance_m((60, 120), (60, 121)) == 55_597


def test_there_is_as_far_as_back_and_the_other_end_of_the_earth_can_be_reached():
    assert distance_m((31.2, 120.6), (31.3, 120.5)) == distance_m((31.3, 120.5), (31.2, 120.6))
    assert distance_m((0, 0), (0, 180)) == 20_015_114


def test_a_place_is_found_by_its_slug_and_by_its_name():
    place = place_named("hr-bureau")

    assert place == place_called("吴中区人社局")
    assert place_named("nowhere") is None
    with translation.override("en"):
        assert place.name == "Wuzhong Human Resources Bureau"
    with translation.override("zh-hans"):
        assert place.name == "吴中区人社局"


def test_no_two_places_share_a_slug_or_a_name():
    assert len({place.slug for place in all_places()}) == len(all_places())
    assert len({place.name_zh for place in all_places()}) == len(all_places())


@pytest.mark.parametrize("hostel", [hostel for hostel in HOSTELS if hostel["metro"]], ids=lambda hostel: hostel["slug"])
def test_each_station_is_as_far_from_its_hostel_as_the_network_says(hostel):
    station = place_called(hostel["metro"]["station"])
    here = hostel["position"]["lat"], hostel["position"]["lng"]

    assert distance_m(here, station.position) == pytest.approx(hostel["metro"]["metres"], abs=12)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("木渎", ["mudu"]),  # the whole name is that place alone, though a town begins with it
        (" 木渎 地铁站 ", ["mudu"]),
        ("INOVANCE", ["inovance"]),
        ("ｍｕｄｕ", ["mudu"]),
        ("高铁站", ["suzhou-station", "suzhou-north"]),
        ("吴中", ["hr-bureau", "talent-market", "taihu-software", "biomed-park"]),
        ("石湖西", ["ecovacs"]),
        ("软件", ["taihu-software"]),
        ("友翔路16号", ["inovance"]),
        ("苏州市吴中区木渎镇翠坊街12号", ["town-mudu"]),  # of the names in an address the longest
        ("甪直", ["town-luzhi"]),
        ("job fair", ["talent-market", "expo-centre"]),
        ("月亮上", []),
        ("1", []),
        ("·-", []),
        ("", []),
    ],
)
def test_what_is_typed_means_the_places_that_people_mean_by_it(typed, meant):
    assert [place.slug for place in places_like(typed)] == meant


def test_a_text_without_end_is_read_to_some_length_only():
    assert places_like("木渎" + "x" * 100_000) == places_like("木渎" + "x" * 58)


def test_what_is_near_is_walked_what_is_farther_cycled_and_then_one_takes_the_metro_or_the_bus():
    assert way(0) == Way("walk", 1)
    assert way(350) == Way("walk", 6)
    assert way(1_500) == Way("walk", 25)
    assert way(1_501) == Way("bike", 15)
    assert way(4_000, on_foot=600) == Way("bike", 30)
    assert way(4_001, on_foot=600) == Way("metro", 25)
    assert way(4_001) == Way("bus", 30)


@pytest.mark.parametrize("on_foot", [None, 0, 900])
def test_of_two_ways_of_one_kind_the_longer_takes_no_less_time(on_foot):
    ways = [way(metres, on_foot) for metres in range(0, 30_000, 250)]
    for shorter, longer in zip(ways, ways[1:], strict=False):
        assert shorter.how != longer.how or shorter.minutes <= longer.minutes


def test_a_station_is_at_the_metro_an_office_walks_to_it_and_a_far_town_has_none():
    assert to_metro(place_named("mudu")) == 0
    assert to_metro(place_named("suzhou-station")) == 0
    assert to_metro(place_named("hr-bureau")) == distance_m(
        place_named("hr-bureau").position, place_named("shihu-east").position
    )
    assert to_metro(place_named("town-jinting")) is None


def test_the_lines_stop_at_stations_and_the_waters_have_a_shore():
    assert {stop.kind for line in all_lines() for stop in line.stops} == {"metro", "railway"}
    assert all(len(line.stops) == len(set(line.stops)) >= 2 for line in all_lines())
    assert all(len(water.shore) >= 3 for water in all_waters())
    with translation.override("en"):
        assert all_lines()[0].name == "Line 1"
        assert all_waters()[0].name == "Lake Tai"
