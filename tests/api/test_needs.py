"""Needs, rooms alone and on-call beds over REST."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from bookings.booking import book
from hostel.models import Bed, Hostel, Room
from hostel.nights import Nights
from tests.api.conftest import TODAY, TOMORROW, problem

STAYS = "/api/v1/stays/"
AFTER = TOMORROW + timedelta(days=1)


@pytest.fixture
def with_a_lower_bunk(hostel):
    Room.objects.update(features=[])
    Bed.objects.update(features=[])
    Bed.objects.filter(room__hostel=hostel, room__number="201", number=4).update(features=["lower_bunk"])


def test_a_wish_says_what_it_needs_and_gets_a_bed_that_has_it(as_lin, wish, with_a_lower_bunk, hostel):
    answer = as_lin.post(STAYS, wish | {"needs": ["lower_bunk", "lower_bunk"]})

    assert answer.status_code == 201, answer.json()
    assert (answer.json()["needs"], answer.json()["alone"]) == (["lower_bunk"], False)
    assert str(Bed.objects.get(bed_nights__stay__code=answer.json()["code"])) == "201-4"


def test_a_need_that_cannot_be_met_is_full_and_says_which(as_chen, wish, with_a_lower_bunk):
    body = problem(as_chen.post(STAYS, wish | {"needs": ["quiet"]}), 409, "FULL")

    assert "quiet" in body["reasons"][0]["sentence_en"]
    assert not [each for each in body["alternatives"] if each["kind"] == "nearby"]


def test_a_room_alone_without_a_reason_is_a_single_one(as_lin, wish, hostel):
    answer = as_lin.post(STAYS, wish | {"alone": True})

    assert answer.json()["alone"]
    assert Room.objects.get(bed_nights__stay__code=answer.json()["code"]).guests == "any"


def test_where_no_single_room_is_left_to_be_alone_is_refused(as_lin, wish, hostel):
    Room.objects.filter(guests="any").update(valid_until=TODAY)

    problem(as_lin.post(STAYS, wish | {"alone": True}), 409, "ALONE")


@pytest.mark.parametrize("needs", [["silence"], "quiet", ["quiet", 1], {"quiet": True}])
def test_what_nobody_can_need_is_a_field_error(as_lin, wish, needs):
    problem(as_lin.post(STAYS, wish | {"needs": needs}), 422, "FIELDS")


def test_needs_are_kept_of_a_person_and_cannot_be_read_in_the_table(as_lin, lin):
    assert as_lin.patch("/api/v1/me/", {"needs": ["quiet", "accessible"]}).status_code == 200

    assert as_lin.get("/api/v1/me/").json()["needs"] == ["accessible", "quiet"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT needs FROM accounts_person WHERE id = %s", [lin.pk])
        assert "quiet" not in str(cursor.fetchone()[0])
    as_lin.patch("/api/v1/me/", {"needs": []})
    assert as_lin.get("/api/v1/me/").json()["needs"] == []


# --- on call ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def asked(chen, hostel):
    """Chen's stay of tonight in the only bed left, which is on call."""
    Bed.objects.filter(room__hostel=hostel).exclude(room__number="401").update(valid_until=TODAY)
    Room.objects.filter(hostel=hostel, number="401").update(supply="on_call")
    return book(guest=chen, hostel=hostel, nights=Nights(TODAY, TOMORROW), purpose="interview", now=timezone.now())


def act(**said):
    return {"act_id": "a-1", "happened_at": timezone.now().isoformat(), **said}


def test_the_desk_sees_what_it_has_to_answer(asked, as_manager, as_chen):
    board = as_manager.get("/api/v1/desk/baodaiqiao/today/").json()

    [stay] = board["to_answer"]
    assert (stay["code"], stay["bed"], board["due_in"]) == (asked.code, "401-1", [])
    assert stay["answer_by"]
    assert stay["actions"]["house_answer"]["ok"]
    own = as_chen.get(f"{STAYS}{asked.code}/").json()
    assert (own["status"], own["awaits"]) == ("held", "house")
    assert not own["actions"]["confirm"]["ok"]


@pytest.mark.parametrize(("said", "status"), [(True, "confirmed"), (False, "confirmed")])
def test_the_desk_answers_once(asked, as_manager, hostel, said, status):
    address = f"/api/v1/desk/stays/{asked.code}/house-answer/"

    answer = as_manager.post(address, act(can_be_had=said))

    assert answer.status_code == 200, answer.json()
    assert answer.json()["status"] == status
    assert (answer.json()["hostel"]["slug"] == hostel.slug) == said
    if said:
        problem(as_manager.post(address, act(can_be_had=False) | {"act_id": "a-2"}), 409, "STATE")


def test_nobody_else_answers_for_the_house(asked, as_foreign_manager, as_officer, as_chen):
    address = f"/api/v1/desk/stays/{asked.code}/house-answer/"

    assert as_foreign_manager.post(address, act(can_be_had=True)).status_code == 404
    assert as_officer.post(address, act(can_be_had=True)).status_code == 403
    assert as_chen.post(address, act(can_be_had=True)).status_code == 403


def test_beds_on_call_are_counted_apart(as_lin, hostel):
    Room.objects.filter(hostel=hostel, number="401").update(supply="on_call")

    [tonight, *_] = as_lin.get(f"/api/v1/hostels/{hostel.slug}/nights/?from={TODAY}").json()["results"]

    assert tonight["on_call"] == 1
    assert tonight["free"] == tonight["beds"]


# --- groups -----------------------------------------------------------------------------------------------------------
def test_a_house_for_groups_takes_nobody_who_comes_alone(as_lin, wish, hostel):
    problem(as_lin.post(STAYS, wish | {"hostel": group_house()}), 409, "GROUP_ONLY")


def test_a_house_for_groups_is_never_offered_instead(as_lin, wish, hostel):
    Bed.objects.exclude(room__hostel__slug=group_house()).update(valid_until=TODAY)

    body = problem(as_lin.post(STAYS, wish), 409, "FULL")

    assert group_house() not in {each["hostel"] for each in body["alternatives"]}


def group_house():
    return Hostel.objects.get(access="group").slug
