"""Batches over REST: officers allot, contacts name."""

from datetime import date, timedelta

import pytest

from accounts.models import Deed, User
from bookings.models import Batch, Stay
from tests.api.conftest import TOMORROW, caller, problem
from tests.api.counting import statements
from tests.conftest import resident_number

BATCHES = "/api/v1/batches/"
CONTACT = "+8613812345678"


@pytest.fixture
def eight(hostel):
    return {
        "hostel": hostel.slug,
        "arrival": f"{TOMORROW}",
        "departure": f"{TOMORROW + timedelta(days=2)}",
        "beds": 8,
        "applicant": "school",
        "organisation": "安徽大学",
        "contact": "138 1234 5678",
        "purpose": "job_fair",
        "release_on": f"{TOMORROW}",
    }


@pytest.fixture
def batch(as_officer, eight):
    return as_officer.post(BATCHES, eight).json()


@pytest.fixture
def as_contact(batch):
    return caller(User.objects.get(phone=CONTACT))


def student(sequence=300, **more):
    about = {
        "name": "何来",
        "document_number": resident_number(date(TOMORROW.year - 24, 2, 2), "male", sequence),
        "education": "bachelor",
        "graduation": f"{TOMORROW.year - 1}-06",
        "home_in_district": False,
    }
    return about | more


def test_an_officer_allots_beds(as_officer, eight):
    answer = as_officer.post(BATCHES, eight)

    assert answer.status_code == 201, answer.json()
    batch = answer.json()
    assert (len(batch["beds"]), batch["state"], batch["free_nights"], batch["free_nights_used"]) == (8, "open", 16, 0)
    assert batch["contact"] == "+86 138******78"
    assert Batch.objects.get().contact.phone == CONTACT


def test_or_names_them(as_officer, eight):
    body = eight | {"which": ["203-1", "203-2"], "beds": 0}

    assert [bed["bed"] for bed in as_officer.post(BATCHES, body).json()["beds"]] == ["203-1", "203-2"]
    assert as_officer.post(BATCHES, body | {"which": ["999-1"]}).status_code == 422


def test_more_than_there_are_is_refused(as_officer, eight):
    body = problem(as_officer.post(BATCHES, eight | {"beds": 100}), 409, "FULL")

    assert body["reasons"][0]["value_used"] == 22


def test_what_does_not_fit_is_an_error_of_its_field(as_officer, eight):
    late = as_officer.post(BATCHES, eight | {"release_on": f"{TOMORROW + timedelta(days=1)}"})
    phone = as_officer.post(BATCHES, eight | {"contact": "12"})

    assert [error["field"] for error in late.json()["errors"]] == ["release_on"]
    assert [error["field"] for error in phone.json()["errors"]] == ["contact"]
    assert not Batch.objects.exists()


def test_only_officers_of_the_network_allot(as_lin, as_manager, as_auditor, eight):
    for client in (as_lin, as_manager, as_auditor):
        problem(client.post(BATCHES, eight), 403, "NO_RIGHT")


def test_the_contact_sees_and_names_and_does_nothing_else(as_contact, batch, as_lin):
    address = f"{BATCHES}{batch['code']}/"

    assert [each["code"] for each in as_contact.get(BATCHES).json()["results"]] == [batch["code"]]
    named = as_contact.post(f"{address}names/", {"names": [student()]}).json()
    assert named["named"] == 1
    assert Stay.objects.get().code == named["rows"][0]["stay"]
    problem(as_contact.post(f"{address}release/"), 403, "NO_RIGHT")
    problem(as_contact.post(f"{address}cancellation/"), 403, "NO_RIGHT")
    assert as_lin.get(BATCHES).json()["results"] == []
    problem(as_lin.post(f"{address}names/", {"names": [student()]}), 404, "NOT_FOUND")


def test_rows_in_error_stand_beside_those_that_are_named(as_contact, batch):
    rows = [student(), student(301, home_in_district=True), student(302, document_number="123")]

    answer = as_contact.post(f"{BATCHES}{batch['code']}/names/", {"names": rows}).json()

    assert answer["named"] == 1
    assert [[reason["code"] for reason in row["reasons"]] for row in answer["rows"]] == [[], ["LOCAL"], ["IDENTITY"]]


def test_a_check_says_what_would_become_of_it(as_contact, batch):
    answer = as_contact.post(
        f"{BATCHES}{batch['code']}/names/", {"names": [student()], "check": True}, HTTP_IDEMPOTENCY_KEY="n-1"
    ).json()

    assert (answer["named"], answer["rows"][0]["stay"]) == (1, None)
    assert not Stay.objects.exists()


def test_a_list_sent_twice_names_once(as_contact, batch):
    address = f"{BATCHES}{batch['code']}/names/"

    first, second = (
        as_contact.post(address, {"names": [student()]}, HTTP_IDEMPOTENCY_KEY="n-1").json() for _ in range(2)
    )

    assert first == second
    assert Stay.objects.count() == 1


def test_the_names_stand_with_their_beds_and_who_looks_is_on_record(as_officer, as_contact, batch, officer):
    address = f"{BATCHES}{batch['code']}/"
    as_contact.post(f"{address}names/", {"names": [student()]})

    beds = as_officer.get(address).json()["beds"]

    assert [len(bed["guests"]) for bed in beds].count(1) == 1
    assert next(bed["guests"][0]["guest"] for bed in beds if bed["guests"]) == "何*"
    assert Deed.objects.filter(what="see_batch", about=batch["code"], actor=officer).count() == 1


def test_it_is_released_and_cancelled(as_officer, as_contact, batch):
    address = f"{BATCHES}{batch['code']}/"
    as_contact.post(f"{address}names/", {"names": [student()]})

    assert as_officer.post(f"{address}release/").json()["state"] == "released"
    problem(as_officer.post(f"{address}release/"), 409, "BATCH_OVER")
    problem(as_contact.post(f"{address}names/", {"names": [student(305)]}), 409, "BATCH_OVER")
    assert as_officer.post(f"{address}cancellation/", {"end_stays": True}).json()["state"] == "cancelled"
    assert Stay.objects.get().cancel_cause == "HOUSE"


def test_a_full_batch_costs_as_many_statements_to_look_at_as_an_empty_one(as_officer, as_contact, batch):
    address = f"{BATCHES}{batch['code']}/"
    empty = statements(lambda: as_officer.get(address))
    as_contact.post(f"{address}names/", {"names": [student(300 + number) for number in range(3)]})

    assert statements(lambda: as_officer.get(address)) == empty
