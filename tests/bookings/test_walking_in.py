"""Guests who come without a booking."""

from datetime import date, timedelta

import pytest

from accounts.models import Deed, Person
from bookings.models import BedNight, Stay
from bookings.walking_in import guest_at_the_desk, walk_in
from eligibility.models import Assessment
from eligibility.reasons import Refused
from hostel.models import Bed
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SATURDAY, SUNDAY, resident_number

TWO = Nights(FRIDAY, SUNDAY)


def known(manager, **said):
    about = {
        "name": "何来",
        "document_kind": "resident",
        "document_number": resident_number(date(2002, 2, 2), "male", 77),
        "education": "bachelor",
        "graduation": "2025-06",
        "home_in_district": False,
    }
    return guest_at_the_desk(now=NOW, actor=manager, **about | said)


def come(hostel, guest, manager, **how):
    how = {"nights": TWO, "purpose": "interview", "compared": True, "now": NOW, "actor": manager} | how
    return walk_in(hostel=hostel, guest=guest, **how)


def test_a_stranger_is_asked_booked_and_let_in_at_once(hostel, manager):
    stay = come(hostel, known(manager), manager)

    assert (stay.status, stay.assessment.act, stay.assessment.about) == (Stay.Status.IN_HOUSE, "walk_in", stay.code)
    assert stay.bed_nights.live().count() == 2
    assert stay.guest.document_seen_at == NOW
    assert [deed.what for deed in Deed.objects.filter(about=stay.code).order_by("pk")] == ["walk_in", "check_in"]


def test_who_may_not_stay_is_told_why_and_the_answer_is_kept(hostel, manager):
    at_home = known(manager, home_in_district=True)

    with pytest.raises(Refused) as no:
        come(hostel, at_home, manager)

    assert no.value.code == "LOCAL"
    assert Assessment.objects.get(code=no.value.assessment).act == "walk_in"
    assert not Stay.objects.exists()


def test_without_comparing_nobody_is_let_in_and_nothing_is_booked(hostel, manager):
    with pytest.raises(Refused) as no:
        come(hostel, known(manager), manager, compared=False)

    assert no.value.code == "COMPARE"
    assert not BedNight.objects.exists()


def test_the_desk_chooses_a_bed_that_can_be_had(hostel, manager, chen, lin):
    bed = Bed.objects.filter(room__hostel=hostel, room__guests__in=["male", "flexible", "any"]).last()

    stay = come(hostel, known(manager), manager, bed=bed)

    assert set(stay.bed_nights.values_list("bed", flat=True)) == {bed.pk}
    with pytest.raises(Refused) as no:
        come(hostel, chen, manager, bed=bed)
    assert no.value.code == "BED"


def test_the_person_of_a_document_is_known_again_and_what_they_say_is_kept(manager, wuzhong):
    first = known(manager)

    again = known(manager, graduation="2024-06")

    assert (again.pk, again.graduation) == (first.pk, "2024-06")
    assert Person.objects.count() == 1


def test_a_document_under_another_name_stops_at_the_desk(manager, wuzhong):
    known(manager)

    with pytest.raises(Refused) as no:
        known(manager, name="另一人")

    assert no.value.code == "IDENTITY"
    assert "何*" in str(no.value.reasons[0].sentence)


def test_a_moment_ago_is_when_it_happened(hostel, manager):
    earlier = NOW - timedelta(minutes=30)

    stay = come(hostel, known(manager), manager, at=earlier)

    assert (stay.booked_at, stay.checked_in_at) == (earlier, earlier)


def test_tonight_is_the_first_night(hostel, manager):
    with pytest.raises(Refused) as no:
        come(hostel, known(manager), manager, nights=Nights(SATURDAY, SUNDAY))

    assert no.value.code == "NOT_TODAY"
    assert not Stay.objects.exists()
