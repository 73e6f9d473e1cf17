"""What a desk did is taken back over REST: by the stay and what was done to it, or by the act's own id."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Deed
from bookings.models import Stay
from desk.models import Act
from hostel.models import Bed
from tests.api.conftest import TODAY, TOMORROW, problem

DESK = "/api/v1/desk/"


def act(number=1, **more):
    return {"act_id": f"a-{number}", "happened_at": timezone.now().isoformat(), **more}


@pytest.fixture
def at_desk(stay):
    return f"{DESK}stays/{stay.code}/"


@pytest.fixture
def let_in(as_manager, at_desk):
    assert as_manager.post(f"{at_desk}check-in/", act(compared=True)).status_code == 200


def test_a_check_in_is_taken_back_once_for_each_key(as_manager, at_desk, let_in, stay):
    first = as_manager.post(f"{at_desk}check-in/undo/", {"act_id": "a-2"})
    again = as_manager.post(f"{at_desk}check-in/undo/", {"act_id": "a-2"})

    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert (first.json()["code"], first.json()["status"]) == (stay.code, "confirmed")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Deed.objects.filter(what="undo_check_in").count() == 1


def test_what_was_taken_back_already_is_not_there_to_be_taken_back(as_manager, at_desk, let_in, stay):
    as_manager.post(f"{at_desk}check-in/undo/", {"act_id": "a-2"})

    body = problem(as_manager.post(f"{at_desk}check-in/undo/", {"act_id": "a-3"}), 409, "STATE")

    assert body["reasons"][0]["fix"]["href"] == f"/desk/stays/{stay.code}/"


def test_bed_and_dates_are_taken_back_one_after_the_other(as_manager, at_desk, stay):
    beds = Bed.objects.filter(room__hostel=stay.hostel, room__guests="female").exclude(bed_nights__stay=stay)
    before = list(stay.bed_nights.live().values_list("bed", "night"))
    as_manager.post(f"{at_desk}bed/", act(bed=str(beds.first())))
    longer = {"arrival": f"{TODAY}", "departure": f"{TODAY + timedelta(days=3)}", "accept_price": True}
    assert as_manager.put(f"/api/v1/stays/{stay.code}/dates/", longer).status_code == 200
    assert list(Act.objects.order_by("pk").values_list("what", flat=True)) == ["move", "extend"]

    body = problem(as_manager.post(f"{at_desk}bed/undo/", {"act_id": "a-2"}), 409, "CHANGED")
    assert body["reasons"][0]["value_used"] == "extend"
    assert as_manager.post(f"{at_desk}dates/undo/", {"act_id": "a-3"}).json()["departure"] == f"{stay.departure}"
    assert as_manager.post(f"{at_desk}bed/undo/", {"act_id": "a-4"}).status_code == 200

    assert list(stay.bed_nights.live().values_list("bed", "night")) == before


def test_what_the_guest_did_is_not_the_desks_to_take_back(as_lin, as_manager, at_desk, stay):
    longer = {"arrival": f"{TODAY}", "departure": f"{TODAY + timedelta(days=3)}", "accept_price": True}
    assert as_lin.put(f"/api/v1/stays/{stay.code}/dates/", longer).status_code == 200

    problem(as_manager.post(f"{at_desk}dates/undo/", {"act_id": "a-1"}), 409, "STATE")


def test_after_five_minutes_it_is_too_late(as_manager, at_desk, let_in):
    Act.objects.update(written_at=timezone.now() - timedelta(minutes=5))

    problem(as_manager.post(f"{at_desk}check-in/undo/", {"act_id": "a-2"}), 409, "UNDO_OVER")


@pytest.mark.parametrize("who", ["as_lin", "as_officer", "as_foreign_manager"])
def test_nobody_takes_back_what_another_desk_did(request, who, at_desk, let_in, stay):
    client = request.getfixturevalue(who)

    assert client.post(f"{at_desk}check-in/undo/", {"act_id": "a-2"}).status_code in (403, 404)
    assert client.post(f"{DESK}baodaiqiao/undo/", {"act_id": "a-2", "of": "a-1"}).status_code == 403
    assert Stay.objects.get(pk=stay.pk).status == "in_house"


def test_an_act_is_taken_back_by_its_own_id(as_manager, let_in, stay):
    answer = as_manager.post(f"{DESK}baodaiqiao/undo/", {"act_id": "a-2", "of": "a-1"})

    assert answer.status_code == 200, answer.json()
    assert (answer.json()["act_id"], answer.json()["what"], answer.json()["stay"]) == ("a-1", "check_in", stay.code)
    assert answer.json()["undone_at"]
    problem(as_manager.post(f"{DESK}baodaiqiao/undo/", {"act_id": "a-3", "of": "none"}), 404, "NOT_FOUND")


@pytest.mark.parametrize("said", [{}, {"act_id": ""}, {"act_id": "a é"}, {"act_id": "a" * 81}])
def test_it_needs_a_key(as_manager, at_desk, let_in, said):
    problem(as_manager.post(f"{at_desk}check-in/undo/", said), 422, "FIELDS")


def test_what_nobody_does_has_no_address(as_manager, at_desk):
    assert as_manager.post(f"{at_desk}breakfast/undo/", {"act_id": "a-1"}).status_code == 404


def test_an_id_that_names_another_act_is_not_used_twice(as_manager, at_desk, let_in):
    problem(as_manager.post(f"{at_desk}check-out/", act(number=1)), 422, "IDEMPOTENCY_KEY_REUSED")


def test_a_shift_of_the_desk_is_taken_back(as_manager, at_desk, stay):
    before = stay.arrival, stay.departure
    other = {"arrival": f"{TOMORROW}", "departure": f"{TOMORROW + timedelta(days=1)}"}
    assert as_manager.put(f"/api/v1/stays/{stay.code}/dates/", other).status_code == 200

    assert as_manager.post(f"{at_desk}dates/undo/", {"act_id": "a-1"}).status_code == 200

    stay.refresh_from_db()
    assert (stay.arrival, stay.departure) == before


def test_who_went_to_another_house_comes_back(as_manager, at_desk, stay):
    assert as_manager.post(f"{at_desk}hostel/", act(hostel="guoxiang")).json()["hostel"]["slug"] == "guoxiang"

    answer = as_manager.post(f"{at_desk}hostel/undo/", {"act_id": "a-2"})

    assert (answer.status_code, answer.json()["hostel"]["slug"]) == (200, "baodaiqiao"), answer.json()
