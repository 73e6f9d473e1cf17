"""Rooms and beds closed for good and opened again, over REST."""

from datetime import timedelta

import pytest

from hostel.models import Room
from tests.api.conftest import TODAY, TOMORROW, problem

ROOMS = "/api/v1/desk/baodaiqiao/rooms/"
AFTER = TOMORROW + timedelta(days=1)


def room(caller, number):
    [found] = [each for each in caller.get(ROOMS).json()["rooms"] if each["number"] == number]
    return found


def bed_of(stay):
    return stay.bed_nights.live().select_related("bed__room").first().bed


def test_the_rooms_stand_with_their_beds_and_days(as_manager):
    found = room(as_manager, "203")

    assert (found["kind"], found["guests"], found["valid_from"], found["valid_until"]) == (
        "twin",
        "flexible",
        "2023-01-01",
        None,
    )
    assert [bed["bed"] for bed in found["beds"]] == ["203-1", "203-2"]


def test_an_officer_closes_a_room_and_opens_it_again(as_officer):
    closed = as_officer.post(f"{ROOMS}203/closing/", {"from": f"{AFTER}"})

    assert closed.status_code == 200, closed.json()
    assert closed.json()["valid_until"] == f"{AFTER}"
    assert room(as_officer, "203") == closed.json()
    problem(as_officer.post(f"{ROOMS}203/closing/", {"from": f"{AFTER}"}), 409, "STATE")

    again = as_officer.post(f"{ROOMS}203/reopening/", {"from": f"{TODAY}"})
    assert again.json()["valid_until"] is None
    problem(as_officer.post(f"{ROOMS}203/reopening/", {"from": f"{TODAY}"}), 409, "STATE")


def test_one_bed_closes_and_opens_again(as_officer):
    closed = as_officer.post(f"{ROOMS}203/beds/2/closing/", {"from": f"{TOMORROW}"}).json()
    assert [bed["valid_until"] for bed in closed["beds"]] == [None, f"{TOMORROW}"]

    again = as_officer.post(f"{ROOMS}203/beds/2/reopening/", {"from": f"{TODAY}"}).json()
    assert [bed["valid_until"] for bed in again["beds"]] == [None, None]


def test_nights_given_are_named_with_where_their_guests_could_go(as_officer, stay):
    bed = bed_of(stay)
    address = f"{ROOMS}{bed.room.number}/closing/"

    body = problem(as_officer.post(address, {"from": f"{TODAY}"}), 409, "BED_IN_USE")
    [hit] = body["hits"]
    assert (hit["stay"], hit["bed"], body["batches"]) == (stay.code, str(bed), [])
    assert Room.objects.get(pk=bed.room_id).valid_until is None

    done = as_officer.post(address, {"from": f"{TODAY}", "choices": {stay.code: hit["beds"][0]}})
    assert done.status_code == 200, done.json()
    assert str(bed_of(stay)) == hit["beds"][0]


def test_the_same_closing_sent_twice_is_one(as_officer):
    first = as_officer.post(f"{ROOMS}203/closing/", {"from": f"{AFTER}"}, HTTP_IDEMPOTENCY_KEY="k-1")
    again = as_officer.post(f"{ROOMS}203/closing/", {"from": f"{AFTER}"}, HTTP_IDEMPOTENCY_KEY="k-1")

    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("what", ["999/closing/", "203/beds/3/closing/", "203/beds/3/reopening/", "2 3/reopening/"])
def test_what_is_not_there_is_not_there(as_officer, what):
    problem(as_officer.post(f"{ROOMS}{what}", {"from": f"{TODAY}"}), 404, "NOT_FOUND")


def test_a_manager_reads_the_rooms_and_does_not_close_them(as_manager):
    problem(as_manager.post(f"{ROOMS}203/closing/", {"from": f"{AFTER}"}), 403, "NO_RIGHT")

    assert room(as_manager, "203")["valid_until"] is None
