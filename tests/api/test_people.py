"""A person as an officer deals with them, over REST."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Deed
from bookings.booking import book
from bookings.models import BedNight, Stay
from eligibility.models import ExtraNights
from hostel.models import Network
from hostel.nights import Nights
from tests.api.conftest import TODAY, TOMORROW, caller, problem
from tests.api.counting import statements
from tests.conftest import staff

PEOPLE = "/api/v1/people/"


@pytest.fixture
def address(lin, stay):
    return f"{PEOPLE}{lin.pk}/"


@pytest.fixture
def wish_for_two():
    return {
        "network": "wuzhong",
        "nights": 2,
        "valid_from": f"{TODAY}",
        "valid_until": f"{date(TODAY.year + 1, 1, 1)}",
        "because": "面试改期，单位有证明",
    }


@pytest.fixture
def in_house(stay):
    Stay.objects.filter(pk=stay.pk).update(checked_in_at=timezone.now())
    return stay


@pytest.fixture
def as_foreign_officer(wuzhong):
    gusu = Network.objects.create(slug="gusu", name_zh="姑苏", name_en="Gusu", parent=wuzhong.parent)
    return caller(staff("+8613800000098", "officer", network=gusu))


def left(client, address, code="NIGHTS"):
    return next(row["left"] for row in client.get(f"{address}allowance/").json()["results"] if row["code"] == code)


# --- the allowance ----------------------------------------------------------------------------------------------------
def test_the_officer_reads_the_same_numbers_as_the_person(as_officer, as_lin, address):
    own = as_lin.get("/api/v1/me/allowance/").json()["results"]

    assert as_officer.get(f"{address}allowance/").json()["results"] == own
    assert {row["code"]: row["left"] for row in own} == {"NIGHTS": 6, "CITY_CAP": 13, "STAY_NIGHTS": 3}


def test_that_they_were_looked_at_is_on_the_record(as_officer, officer, address, lin):
    as_officer.get(f"{address}allowance/")

    deed = Deed.objects.get(what="see_person")
    assert (deed.actor, deed.person) == (officer, lin)


def test_a_person_of_whom_the_network_knows_nothing_is_not_there(as_officer, chen):
    problem(as_officer.get(f"{PEOPLE}{chen.pk}/allowance/"), 404, "NOT_FOUND")
    problem(as_officer.get(f"{PEOPLE}999999/allowance/"), 404, "NOT_FOUND")
    assert not Deed.objects.filter(what="see_person").exists()


def test_the_officer_of_another_district_does_not_find_them(as_foreign_officer, address, wish_for_two):
    problem(as_foreign_officer.get(f"{address}allowance/"), 404, "NOT_FOUND")
    problem(as_foreign_officer.post(f"{address}extra-nights/", wish_for_two), 404, "NOT_FOUND")


@pytest.mark.parametrize("who", ["as_auditor", "as_manager", "as_lin", "as_stranger"])
def test_nobody_but_an_officer_comes_here(request, who, address, wish_for_two, stay):
    client = request.getfixturevalue(who)

    problem(client.get(f"{address}allowance/"), 403, "NO_RIGHT")
    problem(client.post(f"{address}extra-nights/", wish_for_two), 403, "NO_RIGHT")
    assert client.post(f"/api/v1/stays/{stay.code}/excuses/", {"because": "x"}).status_code in (403, 404)
    assert not ExtraNights.objects.exists()


def test_it_costs_the_same_with_one_night_and_with_three(as_officer, address, lin, hostel):
    one = statements(lambda: as_officer.get(f"{address}allowance/"))
    later = Nights(TOMORROW + timedelta(days=1), TOMORROW + timedelta(days=3))
    book(guest=lin, hostel=hostel, nights=later, purpose="exam", now=timezone.now())

    assert statements(lambda: as_officer.get(f"{address}allowance/")) == one


# --- extra nights -----------------------------------------------------------------------------------------------------
def test_extra_nights_are_granted_and_taken_back(as_officer, address, officer, lin, wish_for_two):
    answer = as_officer.post(f"{address}extra-nights/", wish_for_two)

    assert answer.status_code == 201
    body = answer.json()
    assert {name: body[name] for name in wish_for_two} == wish_for_two
    assert body["withdrawn_at"] is None
    assert left(as_officer, address) == 8
    back = as_officer.delete(f"/api/v1/extra-nights/{body['id']}/")
    assert back.status_code == 200
    assert back.json()["withdrawn_at"]
    assert left(as_officer, address) == 6
    problem(as_officer.delete(f"/api/v1/extra-nights/{body['id']}/"), 409, "WITHDRAWN")
    assert [deed.what for deed in Deed.objects.filter(person=lin, what__endswith="_extra").order_by("pk")] == [
        "grant_extra",
        "withdraw_extra",
    ]


def test_repeated_with_its_key_they_are_granted_once(as_officer, address, wish_for_two):
    for _time in range(2):
        answer = as_officer.post(f"{address}extra-nights/", wish_for_two, HTTP_IDEMPOTENCY_KEY="k-1")

    assert answer["Idempotency-Replayed"] == "true"
    assert ExtraNights.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"nights": 0}, "nights"),
        ({"nights": 61}, "nights"),
        ({"nights": "two"}, "nights"),
        ({"valid_until": f"{TODAY}"}, "valid_until"),
        ({"valid_until": f"{date(TODAY.year + 1, 1, 2)}"}, "valid_until"),
        ({"valid_from": "2020-01-01", "valid_until": "2020-02-01"}, "valid_until"),
        ({"valid_from": "tomorrow"}, "valid_from"),
        ({"because": " "}, "because"),
        ({"because": "x" * 201}, "because"),
        ({"network": "nowhere"}, "network"),
        ({"network": "suzhou"}, "network"),
    ],
)
def test_what_is_said_wrongly_is_an_error_of_its_field(as_officer, address, wish_for_two, change, field):
    body = problem(as_officer.post(f"{address}extra-nights/", wish_for_two | change), 422, "FIELDS")

    assert [error["field"] for error in body["errors"]] == [field]
    assert not ExtraNights.objects.exists()


def test_another_district_s_extra_nights_are_not_there_to_be_taken_back(as_officer, as_foreign_officer, address,
                                                                        wish_for_two):  # fmt: skip
    extra = as_officer.post(f"{address}extra-nights/", wish_for_two).json()["id"]

    problem(as_foreign_officer.delete(f"/api/v1/extra-nights/{extra}/"), 404, "NOT_FOUND")
    assert left(as_officer, address) == 8


# --- nights that do not count -----------------------------------------------------------------------------------------
def test_nights_are_excused_and_count_again(as_officer, address, in_house):
    excuses = f"/api/v1/stays/{in_house.code}/excuses/"

    answer = as_officer.post(excuses, {"because": "空调坏了", "nights": [f"{TODAY}"]})

    assert answer.status_code == 201
    [night] = answer.json()["nights"]
    assert (night["date"], night["because"]) == (f"{TODAY}", "空调坏了")
    assert night["excused_at"]
    assert left(as_officer, address) == 7
    back = as_officer.delete(excuses)
    assert back.status_code == 200
    assert back.json()["nights"] == [{"date": f"{TODAY}", "excused_at": None, "because": ""}]
    assert left(as_officer, address) == 6


def test_without_nights_all_that_have_begun_are_excused(as_officer, address, in_house):
    assert as_officer.post(f"/api/v1/stays/{in_house.code}/excuses/", {"because": "空调坏了"}).status_code == 201
    assert BedNight.objects.exclude(excused_at=None).count() == 1


@pytest.mark.parametrize(
    "body", [{}, {"because": ""}, {"because": "x", "nights": []}, {"because": "x", "nights": ["tonight"]}]
)
def test_an_excuse_that_does_not_read_is_a_field_error(as_officer, in_house, body):
    problem(as_officer.post(f"/api/v1/stays/{in_house.code}/excuses/", body), 422, "FIELDS")


def test_a_night_that_has_not_begun_is_refused(as_officer, in_house):
    body = {"because": "空调坏了", "nights": [f"{date(TODAY.year, 1, 1)}"]}

    problem(as_officer.post(f"/api/v1/stays/{in_house.code}/excuses/", body), 409, "NOTHING_TO_EXCUSE")
    problem(as_officer.delete(f"/api/v1/stays/{in_house.code}/excuses/"), 409, "NOTHING_EXCUSED")


def test_a_guest_does_not_excuse_their_own_nights(as_lin, as_chen, in_house):
    excuses = f"/api/v1/stays/{in_house.code}/excuses/"

    problem(as_lin.post(excuses, {"because": "空调坏了"}), 403, "NO_RIGHT")
    problem(as_chen.post(excuses, {"because": "空调坏了"}), 404, "NOT_FOUND")
