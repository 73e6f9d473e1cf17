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


def test_with_another_arrival_the_stay_is_on_other_days_under_its_code(as_lin, stay):
    answer = as_lin.put(f"/api/v1/stays/{stay.code}/dates/", dates(TOMORROW, LATER))

    assert answer.status_code == 200
    assert (answer.json()["code"], answer.json()["arrival"]) == (stay.code, f"{TOMORROW}")
    assert [night["date"] for night in answer.json()["nights"]] == [f"{TOMORROW}"]


def test_who_has_come_keeps_the_day_of_arrival(as_lin, stay):
    Stay.objects.update(checked_in_at=stay.booked_at)

    problem(as_lin.put(f"/api/v1/stays/{stay.code}/dates/", dates(TOMORROW, LATER)), 409, "DATES")

    assert Stay.objects.get().arrival == TODAY


def test_where_the_bed_is_taken_who_agrees_changes_beds(as_lin, stay, hostel):
    Stay.objects.update(checked_in_at=stay.booked_at)
    stay.bed_nights.get().bed.closures.create(
        first_night=TOMORROW, until=LATER, reason="repair", written_at=stay.booked_at
    )
    address, wanted = f"/api/v1/stays/{stay.code}/dates/", dates(TODAY, LATER)

    body = problem(as_lin.put(address, wanted), 409, "FULL")
    answer = as_lin.put(address, wanted | {"change_of_bed": True})

    assert body["alternatives"][0]["kind"] == "change_of_bed"
    assert (answer.status_code, answer.json()["departure"]) == (200, f"{LATER}")


def test_what_cancelling_would_mean_is_said_beforehand(as_lin, as_manager, as_chen, stay):
    address = f"/api/v1/stays/{stay.code}/cancellation/"

    before = as_lin.get(address).json()
    problem(as_manager.get(address), 403, "NO_RIGHT")
    problem(as_chen.get(address), 404, "NOT_FOUND")
    as_lin.post(address)
    after = as_lin.get(address).json()

    assert before == {
        "ok": True,
        "too_late": False,
        "reason": None,
        "nights_returned": 1,
        "ends": [],
        "recorded_as": "cancelled",
    }
    assert (after["ok"], after["reason"]["code"], after["recorded_as"]) == (False, "STATE", "cancelled")


def test_another_guest_learns_nothing(as_chen, stay):
    problem(as_chen.put(f"/api/v1/stays/{stay.code}/dates/", dates(TODAY, LATER)), 404, "NOT_FOUND")
