"""Another bed for a stay, or another house: what is the same for whatever reason."""

import pytest

from bookings.booking import book
from bookings.lodging import Lodging, lodging_of
from bookings.models import Stay
from bookings.relocating import go_on, put_into, to_another_bed
from eligibility.models import Assessment
from hostel.models import Bed, Hostel, Need, Room
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY


@pytest.fixture
def stay(hostel, lin, in_bed):
    three = Nights(FRIDAY, MONDAY)
    wanted = Lodging(needs=frozenset({Need.LOWER_BUNK}))
    return in_bed(book(guest=lin, hostel=hostel, nights=three, purpose="exam", now=NOW, lodging=wanted), "301-1")


def beds_of(stay):
    return [str(night.bed) for night in stay.bed_nights.live().order_by("night").select_related("bed__room")]


def gone_on(stay, hostel, first, code):
    decided = Assessment.objects.get(pk=stay.assessment_id)
    decided.pk, decided.code, decided.about = None, f"{code}22", code
    decided.save(force_insert=True)
    return Stay.objects.get(pk=go_on(stay, hostel, Nights(first, stay.departure), decided, NOW).pk)


def test_the_nights_before_stay_where_they_were_and_the_bed_is_as_they_need_it(stay, hostel, beds):
    Room.objects.filter(hostel=hostel).update(features=[])
    Bed.objects.filter(room__hostel=hostel).exclude(pk=beds["203-2"].pk).update(features=[])
    Bed.objects.filter(pk=beds["203-2"].pk).update(features=[Need.LOWER_BUNK])

    assert to_another_bed(stay, Nights(SATURDAY, MONDAY), None, NOW) == beds["203-2"]

    assert beds_of(stay) == ["301-1", "203-2", "203-2"]


def test_a_bed_that_was_given_back_is_kept_again(stay, beds):
    stay.bed_nights.update(released_at=NOW)

    put_into(beds["203-1"], stay, stay.bed_nights.filter(night=SUNDAY), rate_fen=12300)

    assert beds_of(stay) == ["203-1"]
    assert stay.bed_nights.live().get().rate_fen == 12300


def test_a_stay_that_goes_on_twice_goes_on_from_the_first_and_is_lodged_alike(stay):
    second, third = Hostel.objects.exclude(pk=stay.hostel_id).filter(access="individual")[:2]

    there = gone_on(stay, second, SATURDAY, "ABCDEF")
    on = gone_on(there, third, SUNDAY, "GHJKMN")

    assert (there.continues, on.continues) == (stay, stay)
    assert (on.code, on.nights, on.hostel, on.status) == ("GHJKMN", Nights(SUNDAY, MONDAY), third, "confirmed")
    assert lodging_of(on) == lodging_of(stay)
