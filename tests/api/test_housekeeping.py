"""Housekeeping over REST: which beds are ready, and what was done to them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.models import BedEvent
from desk.models import Act
from tests.api.conftest import problem

ADDRESS = "/api/v1/desk/baodaiqiao/housekeeping/"


def done(what, *beds, **more):
    return {"act_id": "h-1", "happened_at": timezone.now().isoformat(), "what": what, "beds": list(beds)} | more


def state(client, bed):
    return next(each for each in client.get(ADDRESS).json()["beds"] if each["bed"] == bed)


def test_every_bed_of_the_house_has_a_state(as_manager):
    answer = as_manager.get(ADDRESS)

    assert answer.status_code == 200
    assert {each["state"] for each in answer.json()["beds"]} == {"ready"}
    assert state(as_manager, "203-1") == {
        "bed": "203-1",
        "state": "ready",
        "since": None,
        "ready_at": None,
        "guest_until": None,
        "due_in": False,
    }


def test_what_was_done_is_answered_with_the_beds_as_they_are_then(as_manager):
    answer = as_manager.post(ADDRESS, done("begin_cleaning", "203-2", "203-1"))

    assert answer.status_code == 200
    assert [(each["bed"], each["state"]) for each in answer.json()["beds"]] == [
        ("203-1", "cleaning"),
        ("203-2", "cleaning"),
    ]
    assert answer.json()["beds"][0]["ready_at"] is not None


def test_the_same_act_gets_the_same_answer_and_happens_once(as_manager):
    body = done("soiled", "203-1")

    first, again = as_manager.post(ADDRESS, body), as_manager.post(ADDRESS, body)

    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert BedEvent.objects.count() == Act.objects.count() == 1


def test_what_happened_an_hour_ago_happened_then(as_manager):
    earlier = timezone.now() - timedelta(hours=1)
    as_manager.post(ADDRESS, done("soiled", "203-1", happened_at=timezone.now().isoformat()))
    as_manager.post(ADDRESS, done("cleaned", "203-1", act_id="h-2", happened_at=earlier.isoformat()))

    assert state(as_manager, "203-1")["state"] == "to_clean"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"what": "block"}, "what"),
        ({"beds": []}, "beds"),
        ({"beds": ["203"]}, "beds"),
        ({"act_id": ""}, "act_id"),
        ({"happened_at": "2099-01-01T00:00:00+08:00"}, "happened_at"),
    ],
)
def test_what_does_not_read_is_said_by_its_field(as_manager, said, field):
    answer = as_manager.post(ADDRESS, done("cleaned", "203-1") | said)

    assert answer.status_code == 422
    assert {error["field"].partition(".")[0] for error in answer.json()["errors"]} == {field}
    assert not BedEvent.objects.exists()


def test_a_bed_that_the_house_does_not_have_is_refused(as_manager):
    answer = as_manager.post(ADDRESS, done("cleaned", "999-1"))

    assert answer.status_code == 422
    assert "999-1" in answer.json()["errors"][0]["detail"]
    assert not BedEvent.objects.exists()


def test_the_office_reads_and_only_the_desk_writes(as_officer, as_manager):
    assert as_officer.get(ADDRESS).status_code == 200
    problem(as_officer.post(ADDRESS, done("cleaned", "203-1")), 403, "NO_RIGHT")
    assert not BedEvent.objects.exists()
