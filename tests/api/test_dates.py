"""A stay's dates, over REST: later is longer, earlier is shorter."""

from datetime import timedelta

from bookings.models import Stay
from tests.api.conftest import TODAY, TOMORROW, problem

LATER = TOMORROW + timedelta(days=1)


def dates(arrival, departure, **more):
    return {"arrival": f"{arrival}", "departure": f"{departure}", **more}


def test_the_guest_and_the_desk_extend_and_shorten(as_lin, as_manager, stay):
    address = f"/api/v1/stays/{stay.code}/dates/"

    longer = as_lin.put(address, dates(TODAY, LATER))
    shorter = as_manager.put(address, dates(TODAY, TOMORROW))

    assert (longer.status_code, longer.json()["departure"]) == (200, f"{LATER}")
    assert [night["date"] for night in longer.json()["nights"]] == [f"{TODAY}", f"{TOMORROW}"]
    assert (shorter.status_code, shorter.json()["departure"]) == (200, f"{TOMORROW}")
    assert shorter.json()["actions"]["extend"] == {"ok": True, "reason": None}


def test_a_refusal_has_every_reason_and_changes_nothing(as_lin, stay):
    wanted = dates(TODAY, TODAY + timedelta(days=20))

    body = problem(as_lin.put(f"/api/v1/stays/{stay.code}/dates/", wanted), 409, "NIGHTS")

    assert "STAY_NIGHTS" in [reason["code"] for reason in body["reasons"] if reason["verdict"] == "not_met"]
    assert Stay.objects.get().departure == TOMORROW


def test_the_arrival_stays_as_it_is(as_lin, stay):
    problem(as_lin.put(f"/api/v1/stays/{stay.code}/dates/", dates(TOMORROW, LATER)), 409, "DATES")

    assert Stay.objects.get().arrival == TODAY


def test_another_guest_learns_nothing(as_chen, stay):
    problem(as_chen.put(f"/api/v1/stays/{stay.code}/dates/", dates(TODAY, LATER)), 404, "NOT_FOUND")
