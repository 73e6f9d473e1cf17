"""Hostels over REST: anybody may ask where a bed is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.booking import book
from hostel.models import Hostel, OutOfService, Photo, Quota
from hostel.nights import Nights
from tests.api.conftest import TODAY, TOMORROW, problem
from tests.api.counting import statements

HOSTELS = "/api/v1/hostels/"
SPAN = f"arrival={TOMORROW}&departure={TOMORROW + timedelta(days=2)}"


def test_the_network_is_searched_by_dates_without_a_login(anybody, wuzhong):
    body = anybody.get(f"{HOSTELS}?{SPAN}").json()

    assert body["next"] is None
    assert len(body["results"]) == 10
    house = next(row for row in body["results"] if row["slug"] == "baodaiqiao")
    assert house["name"] == house["name_en"]
    assert house["name_zh"].startswith("苏青驿")
    assert house["distance_m"] is None
    assert house["free"] > 0
    assert len(house["nights"]) == 14
    assert house["nights"][0] == {"date": f"{TOMORROW}", "free": house["free"], "on_call": 0}
    assert set(house["position"]) == {"lat", "lng"}
    assert set(house["metro"]) == {"station", "metres"}


def test_names_are_in_the_language_that_is_accepted(anybody, wuzhong):
    chinese = anybody.get(HOSTELS, HTTP_ACCEPT_LANGUAGE="zh-CN").json()["results"][0]
    english = anybody.get(HOSTELS, HTTP_ACCEPT_LANGUAGE="en-GB").json()["results"][0]

    assert chinese["name"] == chinese["name_zh"] == english["name_zh"]
    assert english["name"] == english["name_en"] == chinese["name_en"]


def test_the_nearest_house_comes_first(anybody, hostel, wuzhong):
    rows = anybody.get(f"{HOSTELS}?near={hostel.lat},{hostel.lng}").json()["results"]

    assert rows[0]["slug"] == hostel.slug
    assert rows[0]["distance_m"] == 0
    assert [row["distance_m"] for row in rows] == sorted(row["distance_m"] for row in rows)


def test_a_town_is_a_filter(anybody, hostel, wuzhong):
    rows = anybody.get(HOSTELS, {"town": hostel.town}).json()["results"]

    assert {row["town"] for row in rows} == {hostel.town}


def test_a_bed_taken_is_one_less_to_those_it_was_open_to(anybody, hostel, lin):
    def free(gender):
        rows = anybody.get(f"{HOSTELS}?arrival={TODAY}&gender={gender}").json()["results"]
        return next(row["free"] for row in rows if row["slug"] == hostel.slug)

    women, men = free("female"), free("male")
    book(guest=lin, hostel=hostel, nights=Nights(TODAY, TOMORROW), purpose="exam", now=timezone.now())

    assert (free("female"), free("male")) == (women - 1, men)


@pytest.mark.parametrize(
    "query, field",
    [
        ("arrival=tomorrow", "arrival"),
        ("arrival=9999-12-31", "arrival"),
        ("departure=0001-01-01", "departure"),
        (f"arrival={TOMORROW}&departure={TODAY}", "departure"),
        (f"arrival={TOMORROW}&departure={TOMORROW}", "departure"),
        (f"arrival={TOMORROW}&departure={TOMORROW + timedelta(days=400)}", "departure"),
        ("gender=other", "gender"),
        ("near=here", "near"),
        ("near=1", "near"),
        ("near=1,2,3", "near"),
        ("near=nan,120", "near"),
        ("near=inf,120", "near"),
        ("near=1e400,120", "near"),
        ("near=91,120", "near"),
        ("near=%00", "near"),
        ("town=%00", "town"),
        ("page=two", "page"),
    ],
)
def test_a_search_that_cannot_be_is_a_field_error(anybody, wuzhong, query, field):
    body = problem(anybody.get(f"{HOSTELS}?{query}"), 422, "FIELDS")

    assert [error["field"] for error in body["errors"]] == [field]


@pytest.mark.parametrize("query", ["arrival=2099-12-31", "departure=2000-01-02", "arrival=2000-01-01"])
def test_days_at_the_edge_are_answered(anybody, wuzhong, query):
    assert anybody.get(f"{HOSTELS}?{query}").status_code == 200


def test_one_house_says_all_that_a_guest_wants_to_know(anybody, hostel):
    Photo.objects.filter(hostel=hostel).delete()
    Photo.objects.create(hostel=hostel, position=1, digest="abc", width=1600, height=900)

    body = anybody.get(f"{HOSTELS}baodaiqiao/").json()

    assert body["check_in"] == {"from": "14:00", "until": "23:00"}
    assert body["check_out_by"] == "12:00"
    assert body["access"] == "individual"
    assert body["network"] == "wuzhong"
    assert {space["kind"] for space in body["spaces"]} == {"integrated", "exchange", "charging"}
    assert body["photos"][0]["webp"]["360"] == "/media/hostels/baodaiqiao/abc-360.webp"
    assert set(body["photos"][0]["jpeg"]) == {"360", "720", "1280"}
    assert "9800" not in str(body)


def test_the_search_shows_the_first_photo_of_a_house(anybody, hostel):
    Photo.objects.filter(hostel=hostel).delete()
    for position in (2, 1):
        Photo.objects.create(hostel=hostel, position=position, digest=f"photo{position}", width=400, height=300)

    rows = {row["slug"]: row["photos"] for row in anybody.get(HOSTELS).json()["results"]}

    assert [photo["webp"]["360"] for photo in rows[hostel.slug]] == ["/media/hostels/baodaiqiao/photo1-360.webp"]


def test_the_nights_of_a_house_are_counted_one_by_one(anybody, hostel, lin):
    now, third = timezone.now(), TODAY + timedelta(days=2)
    book(guest=lin, hostel=hostel, nights=Nights(TODAY, TOMORROW), purpose="exam", now=now)
    book(guest=lin, hostel=hostel, nights=Nights(TOMORROW, third), purpose="exam", now=now, hold=True)
    closed = hostel.rooms.first().beds.first()
    OutOfService.objects.create(
        bed=closed, first_night=third, until=third + timedelta(days=1), reason="repair", written_at=now
    )

    address = f"{HOSTELS}baodaiqiao/nights/?from={TODAY}&to={TODAY + timedelta(days=3)}"
    tonight, tomorrow, then = anybody.get(address).json()["results"]

    assert set(tonight) == {"date", "beds", "out_of_service", "held", "taken", "free", "on_call"}
    assert (tonight["date"], tonight["taken"], tonight["held"]) == (f"{TODAY}", 1, 0)
    assert (tomorrow["taken"], tomorrow["held"]) == (0, 1)
    assert (then["out_of_service"], then["free"]) == (1, then["beds"] - 1)


def test_without_a_span_two_weeks_from_tonight_are_shown(anybody, hostel):
    rows = anybody.get(f"{HOSTELS}baodaiqiao/nights/").json()["results"]

    assert len(rows) == 14
    assert rows[0]["date"] == f"{TODAY}"


@pytest.mark.parametrize(
    "query, field",
    [
        ("from=x", "from"),
        ("from=9999-12-31", "from"),
        (f"from={TODAY}&to={TODAY}", "to"),
        (f"from={TODAY}&to={TODAY + timedelta(days=400)}", "to"),
    ],
)
def test_a_span_that_cannot_be_is_a_field_error(anybody, hostel, query, field):
    body = problem(anybody.get(f"{HOSTELS}baodaiqiao/nights/?{query}"), 422, "FIELDS")

    assert [error["field"] for error in body["errors"]] == [field]


@pytest.mark.parametrize("address", ["nowhere/", "nowhere/nights/", "a%00b/", "%F0%9F%8F%A0/"])
def test_a_house_that_is_none_is_not_found(anybody, wuzhong, address):
    problem(anybody.get(HOSTELS + address), 404, "NOT_FOUND")


def test_the_search_takes_four_statements_whatever_its_size(anybody, wuzhong):
    ten = statements(lambda: anybody.get(f"{HOSTELS}?{SPAN}&near=31.2,120.6"))
    Hostel.objects.exclude(slug__in=["mudu", "shihu", "baodaiqiao"]).update(valid_until=TODAY)
    three = statements(lambda: anybody.get(f"{HOSTELS}?{SPAN}"))
    Hostel.objects.exclude(slug="mudu").update(valid_until=TODAY)
    one = statements(lambda: anybody.get(f"{HOSTELS}?{SPAN}"))

    assert (ten, three, one) == (4, 4, 4)


def test_one_house_and_its_nights_have_their_count(anybody, hostel):
    assert statements(lambda: anybody.get(f"{HOSTELS}baodaiqiao/")) == 3
    assert statements(lambda: anybody.get(f"{HOSTELS}baodaiqiao/nights/")) == 4


def test_the_search_says_how_many_free_nights_are_left_where_they_are_limited(anybody, wuzhong, hostel):
    assert {each["quota_left"] for each in anybody.get(f"{HOSTELS}?{SPAN}").json()["results"]} == {None}
    month = TOMORROW.replace(day=1)
    Quota.objects.create(network=wuzhong, hostel=hostel, first_day=month, nights=5)
    Quota.objects.create(network=wuzhong, hostel=hostel, group="interns", first_day=month, nights=2)

    found = {each["slug"]: each["quota_left"] for each in anybody.get(f"{HOSTELS}?{SPAN}").json()["results"]}

    assert found["baodaiqiao"] == {"anybody": 5, "in_all": 7}
    assert found["mudu"] is None
    assert statements(lambda: anybody.get(f"{HOSTELS}?{SPAN}")) == 6
