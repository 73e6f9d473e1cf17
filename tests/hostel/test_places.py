"""Places and how far they are apart."""

import pytest
import yaml
from django.utils import translation

from hostel.places import all_places, distance_m, place_called, place_named
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
