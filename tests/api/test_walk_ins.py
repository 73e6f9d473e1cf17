"""Guests without a booking, over REST: asked, booked and let in at once."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Person
from bookings.models import BedNight, Stay
from eligibility.models import Assessment
from tests.api.conftest import TODAY, TOMORROW, problem
from tests.conftest import resident_number

ADDRESS = "/api/v1/desk/baodaiqiao/walk-ins/"
NUMBER = resident_number(date(TODAY.year - 24, 2, 2), "male", 77)


def wish(**more):
    return {
        "act_id": "a-1",
        "happened_at": timezone.now().isoformat(),
        "name": "何来",
        "document_kind": "resident",
        "document_number": NUMBER,
        "education": "bachelor",
        "graduation": f"{TODAY.year - 1}-06",
        "home_in_district": False,
        "departure": f"{TOMORROW}",
        "purpose": "interview",
        "compared": True,
    } | more


def test_a_stranger_has_a_bed_in_one_act(as_manager, hostel):
    answer = as_manager.post(ADDRESS, wish())

    body = answer.json()
    assert (answer.status_code, body["status"], body["arrival"]) == (201, "in_house", f"{TODAY}")
    assert Person.objects.get().name == "何来"
    assert NUMBER not in answer.content.decode()


def test_sent_again_it_is_one_act(as_manager, hostel):
    said = wish()

    first, again = as_manager.post(ADDRESS, said), as_manager.post(ADDRESS, said)

    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again["Idempotency-Replayed"] == "true"
    assert Stay.objects.count() == 1


def test_who_may_not_stay_leaves_no_identity_behind(as_manager, hostel):
    body = problem(as_manager.post(ADDRESS, wish(home_in_district=True)), 409, "LOCAL")

    assert body["reasons"][0]["fix"]
    assert not Person.objects.exists()
    assert not Assessment.objects.exists()
    assert not Stay.objects.exists()
    assert not BedNight.objects.exists()


@pytest.mark.parametrize(
    "said, field",
    [
        ({"departure": f"{TODAY}"}, "departure"),
        ({"graduation": "last summer"}, "graduation"),
        ({"bed": "999-9"}, "bed"),
        ({"document_kind": "library_card"}, "document_kind"),
        ({"happened_at": (timezone.now() + timedelta(days=2)).isoformat()}, "happened_at"),
    ],
)
def test_what_does_not_read_is_named(as_manager, hostel, said, field):
    answer = as_manager.post(ADDRESS, wish(**said))

    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    assert not Person.objects.exists()


def test_a_refused_wish_of_somebody_known_is_kept(as_manager, hostel):
    assert as_manager.post(ADDRESS, wish()).status_code == 201

    problem(as_manager.post(ADDRESS, wish(act_id="a-2")), 409, "OVERLAP")

    assert Assessment.objects.get(outcome="no").act == "walk_in"
