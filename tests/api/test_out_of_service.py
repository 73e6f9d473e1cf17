"""Beds out of service over REST."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from bookings.allotting import allot
from bookings.booking import book
from hostel.models import Bed, OutOfService
from hostel.nights import Nights
from tests.api.conftest import TODAY, TOMORROW, problem

HOUSE = "/api/v1/desk/baodaiqiao/out-of-service/"
AFTER = TOMORROW + timedelta(days=1)


@pytest.fixture
def closing():
    return {"beds": ["203-1"], "from": f"{TODAY}", "until": f"{AFTER}", "reason": "repair", "reference": "R-7"}


def bed_of(stay):
    return str(stay.bed_nights.live().select_related("bed__room").first().bed)


def test_a_manager_closes_a_free_bed_and_sees_it_listed(as_manager, closing):
    answer = as_manager.post(HOUSE, closing)

    assert answer.status_code == 201, answer.json()
    [row] = answer.json()
    assert (row["bed"], row["from"], row["until"], row["reason"], row["reference"]) == (
        "203-1",
        f"{TODAY}",
        f"{AFTER}",
        "repair",
        "R-7",
    )
    assert as_manager.get(HOUSE).json()["results"] == [row]
    nights = as_manager.get(f"/api/v1/hostels/baodaiqiao/nights/?from={TODAY}").json()["results"]
    assert [night["out_of_service"] for night in nights[:3]] == [1, 1, 0]


def test_a_bed_in_use_is_refused_with_who_has_it_and_where_they_could_go(as_manager, stay, closing):
    answer = as_manager.post(HOUSE, closing | {"beds": [bed_of(stay)]})

    body = problem(answer, 409, "BED_IN_USE")
    [hit] = body["hits"]
    assert (hit["stay"], hit["guest"], hit["nights"]) == (stay.code, "林**", [f"{TODAY}"])
    assert "203-1" in hit["beds"] or hit["beds"]
    asked = as_manager.get(f"{HOUSE}hits/?bed={bed_of(stay)}&from={TODAY}&until={AFTER}")
    assert asked.json()["hits"] == [hit]
    assert not OutOfService.objects.exists()


@pytest.mark.parametrize("where", ["203-2", "anywhere", "other_house", "cancel"])
def test_with_a_choice_for_each_guest_it_is_closed(as_manager, stay, closing, where):
    bed = bed_of(stay)

    answer = as_manager.post(HOUSE, closing | {"beds": [bed], "choices": {stay.code.lower(): where}})

    assert answer.status_code == 201, answer.json()
    rows = stay.bed_nights.live()
    if where == "cancel":
        assert not rows.exists()
    else:
        assert bed_of(stay) != bed or rows[0].hostel.slug != "baodaiqiao"
    if where == "203-2":
        assert bed_of(stay) == "203-2"


def test_a_bed_that_is_kept_for_a_batch_is_refused_until_the_batch_gets_another(as_manager, closing, hostel, officer):
    bed = Bed.objects.get(room__hostel=hostel, room__number="203", number=1)
    nights = Nights(TOMORROW, AFTER)
    how = {"applicant": "school", "organisation": "一中", "purpose": "exam", "release_on": TOMORROW, "actor": officer}
    batch = allot(hostel=hostel, nights=nights, beds=[bed], now=timezone.now(), **how)

    body = problem(as_manager.post(HOUSE, closing), 409, "BED_IN_USE")
    [hit] = body["batches"]
    assert (hit["batch"], hit["bed"], hit["stays"], body["hits"]) == (batch.code, "203-1", [], [])
    asked = as_manager.get(f"{HOUSE}hits/?bed=203-1&from={TODAY}&until={AFTER}")
    assert asked.json() == {"hits": [], "batches": [hit]}

    answer = as_manager.post(HOUSE, closing | {"choices": {batch.code: hit["beds"][0]}})
    assert answer.status_code == 201, answer.json()
    assert [str(kept.bed) for kept in batch.beds.select_related("bed__room")] == [hit["beds"][0]]


def test_the_same_closing_sent_twice_is_one(as_manager, closing):
    first = as_manager.post(HOUSE, closing, HTTP_IDEMPOTENCY_KEY="k-1")
    again = as_manager.post(HOUSE, closing, HTTP_IDEMPOTENCY_KEY="k-1")

    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert OutOfService.objects.count() == 1


def test_a_closure_is_changed_and_lifted(as_officer, closing):
    [row] = as_officer.post(HOUSE, closing).json()

    changed = as_officer.patch(
        f"{HOUSE}{row['id']}/", {"from": f"{TODAY}", "until": f"{TOMORROW}", "reason": "inspection"}
    )
    assert changed.status_code == 200, changed.json()
    assert (changed.json()["until"], changed.json()["revises"]) == (f"{TOMORROW}", row["id"])
    problem(as_officer.delete(f"{HOUSE}{row['id']}/"), 409, "STATE")

    lifted = as_officer.delete(f"{HOUSE}{changed.json()['id']}/")
    assert lifted.json()["lifted"]
    assert as_officer.get(HOUSE).json()["results"] == []


def test_what_a_change_leaves_out_stays_as_it_is(as_officer, closing):
    [row] = as_officer.post(HOUSE, closing).json()
    later = f"{date.fromisoformat(row['until']) + timedelta(days=2)}"

    longer = as_officer.patch(f"{HOUSE}{row['id']}/", {"until": later})
    assert longer.status_code == 200, longer.json()
    named = as_officer.patch(f"{HOUSE}{longer.json()['id']}/", {"reference": "R-7"}).json()

    assert [named[name] for name in ("from", "until", "reason", "reference")] == [
        row["from"],
        later,
        row["reason"],
        "R-7",
    ]
    no = problem(as_officer.patch(f"{HOUSE}{named['id']}/", {"until": row["from"]}), 422, "FIELDS")
    assert no["errors"][0]["field"] == "until"


def test_a_bed_that_is_not_there_is_a_field_error(as_manager, closing):
    assert problem(as_manager.post(HOUSE, closing | {"beds": ["999-1"]}), 422, "FIELDS")["errors"][0]["field"] == (
        "beds"
    )
    assert problem(as_manager.post(HOUSE, closing | {"choices": {"ABCDEF": "999-1"}}), 422, "FIELDS")
    assert problem(as_manager.post(HOUSE, closing | {"choices": {"ABCDEF": "nowhere"}}), 422, "FIELDS")


@pytest.mark.parametrize("who", ["as_foreign_manager", "as_auditor", "as_lin", "as_stranger"])
def test_nobody_else_closes_beds_or_reads_who_has_them(request, who, closing, stay):
    client = request.getfixturevalue(who)

    assert client.post(HOUSE, closing).status_code == 403
    assert client.get(f"{HOUSE}hits/?bed={bed_of(stay)}&from={TODAY}&until={AFTER}").status_code == 403
    assert client.get(HOUSE).status_code == 403
    assert not OutOfService.objects.exists()


def test_the_closure_of_another_house_is_not_there(as_foreign_manager, as_manager, closing):
    [row] = as_manager.post(HOUSE, closing).json()

    assert as_foreign_manager.delete(f"/api/v1/desk/mudu/out-of-service/{row['id']}/").status_code == 404


def test_who_is_moved_keeps_all_their_nights(as_manager, lin, hostel, closing):
    nights = Nights(TODAY, TODAY + timedelta(days=3))
    stay = book(guest=lin, hostel=hostel, nights=nights, purpose="interview", now=timezone.now())

    as_manager.post(HOUSE, closing | {"beds": [bed_of(stay)], "choices": {stay.code: "anywhere"}})

    assert len({night.bed_id for night in stay.bed_nights.live()}) == 1
    assert stay.bed_nights.live().count() == 3
