"""The map (Y18): a list, and a schematic picture of it."""

import math
import re
from datetime import timedelta

import pytest
from django.test import Client

from hostel.models import Hostel
from tests.conftest import FRIDAY
from tests.web.conftest import text_of


@pytest.fixture
def visitor(wuzhong, clock) -> Client:
    return Client()


def marks(page):
    """The numbered marks of the picture: number, x, y."""
    found = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="11"/><text[^>]*>(\d+)<', page.content.decode())
    return [(int(number), float(x), float(y)) for x, y, number in found]


def test_every_hostel_stands_in_the_list_under_the_number_of_its_mark(visitor):
    page = visitor.get("/map/")
    numbers = re.findall(r'<span class="mark" aria-hidden="true">(\d+)</span>', page.content.decode())

    assert page.status_code == 200
    assert [int(number) for number in numbers] == [number for number, _x, _y in marks(page)] == list(range(1, 11))
    assert "苏青驿·宝带桥站" in text_of(page)
    assert 'href="/hostels/baodaiqiao/"' in page.content.decode()
    assert "离宝带桥南站 600 米" in text_of(page)


def test_the_list_names_stations_companies_parks_and_offices_with_the_nearest_house(visitor):
    page = visitor.get("/map/")

    for words in ("地铁站", "火车站", "公司", "产业园区", "高校园区", "办事和招聘会"):
        assert words in text_of(page)
    assert "汇川技术 最近：苏青驿·越溪站，2.0 公里" in text_of(page)
    assert 'href="/?near=inovance"' in page.content.decode()
    assert "town-mudu" not in page.content.decode()


def test_no_mark_covers_another_and_all_are_in_the_picture(visitor):
    found = marks(visitor.get("/map/"))

    for number, x, y in found:
        assert 11 <= x <= 320 - 11
        assert 11 <= y <= 300 - 11
        for other, other_x, other_y in found:
            assert other == number or math.hypot(x - other_x, y - other_y) >= 22


def test_the_picture_keeps_who_lies_west_and_who_lies_north(visitor):
    places = {number: (x, y) for number, x, y in marks(visitor.get("/map/"))}
    houses = sorted(Hostel.objects.all(), key=lambda house: house.lng)
    far_apart = [
        (one, other) for one in range(10) for other in range(one) if abs(houses[one].lng - houses[other].lng) > 0.02
    ]

    assert len(far_apart) > 30
    for one, other in far_apart:
        assert places[one + 1][0] > places[other + 1][0]
    north, south = (max, min)
    top = north(range(10), key=lambda n: houses[n].lat) + 1
    low = south(range(10), key=lambda n: houses[n].lat) + 1
    assert places[top][1] < places[low][1]


def test_one_kind_is_shown_by_itself_and_the_hostels_stay_in_the_picture(visitor):
    page = visitor.get("/map/?kind=company")
    html = page.content.decode()

    assert 'href="/map/?kind=company" aria-current="true"' in html
    assert "汇川技术" in text_of(page)
    assert "独墅湖科教创新区" not in text_of(page)
    assert 'class="is-company"' in html
    assert 'class="is-park"' not in html
    assert len(marks(page)) == 10
    assert "y18-hostels" not in html
    assert "y18-hostels" in visitor.get("/map/?kind=hostel").content.decode()


@pytest.mark.parametrize("query", ["kind=town", "kind=nothing", "kind=", "kind=hostel&kind="])
def test_a_kind_that_is_none_shows_everything(visitor, query):
    page = visitor.get(f"/map/?{query}")

    assert page.status_code == 200
    assert 'href="/map/" aria-current="true"' in page.content.decode()


def test_the_picture_says_in_words_what_it_is_and_that_the_list_is_enough(visitor):
    chinese, english = visitor.get("/map/").content.decode(), visitor.get("/en/map/").content.decode()

    assert re.search(r'<svg [^>]*role="img" aria-labelledby="schema-name"', chinese)
    assert "图上有的，列表里都有" in chinese
    assert "The list says all that it shows." in english
    assert "Lake Tai" in english
    assert "nearest: Yuexi hostel, 2.0\N{NO-BREAK SPACE}km" in english


def test_a_house_that_is_closed_is_not_on_the_map_and_without_any_there_is_no_picture(visitor, hostel):
    Hostel.objects.filter(pk=hostel.pk).update(valid_until=FRIDAY)
    assert 'id="baodaiqiao"' not in visitor.get("/map/").content.decode()

    Hostel.objects.update(valid_until=FRIDAY - timedelta(days=1))
    page = visitor.get("/map/")
    assert page.status_code == 200
    assert "y18-map" not in page.content.decode()
    assert "宝带桥南" in text_of(page)


def test_houses_at_one_spot_are_drawn_side_by_side(visitor, hostel):
    Hostel.objects.update(lat=hostel.lat, lng=hostel.lng)
    found = marks(visitor.get("/map/"))

    assert len({(x, y) for _number, x, y in found}) == 10


def test_the_map_takes_one_statement(visitor, django_assert_num_queries):
    with django_assert_num_queries(1):
        visitor.get("/map/")
