"""Beds are allotted to a school or an organisation, and are nobody else's until a date."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Deed
from accounts.people import login_for, sweep_unverified
from bookings.allotting import allot
from bookings.availability import Grid, free_beds
from bookings.batches import release
from bookings.booking import book
from bookings.models import Batch, BatchBed
from eligibility.reasons import Refused
from hostel.models import Bed
from hostel.nights import Nights, business_day
from tests.bookings.allotted import THREE, bed_of, free
from tests.conftest import FRIDAY, MONDAY, NOW, SUNDAY, TUESDAY


def test_the_beds_are_nobody_else_s_on_all_of_its_nights(hostel, allotted):
    before = free(hostel, "female"), free(hostel, "male")

    batch = allotted(6)

    assert batch.beds.count() == 6
    kept = set(batch.beds.values_list("bed", flat=True))
    for gender in ("female", "male"):
        assert not kept & set(free_beds(hostel, Nights(MONDAY, TUESDAY), gender, NOW).values_list("pk", flat=True))
        assert kept & set(
            free_beds(hostel, Nights(TUESDAY, TUESDAY + timedelta(1)), gender, NOW).values_list("pk", flat=True)
        )
    assert free(hostel, "female") + free(hostel, "male") < sum(before)
    assert (batch.free_nights, batch.nights) == (18, THREE)
    assert Deed.objects.filter(what="allot", about=batch.code).count() == 1


def test_search_and_boards_leave_them_out_and_call_them_held(hostel, allotted):
    allotted(6)

    counts = Grid([hostel], THREE, NOW).count(hostel, SUNDAY)

    assert (counts.beds, counts.held, counts.free) == (22, 6, 16)


def test_who_comes_is_not_known_so_rooms_that_either_may_have_are_kept_whole(hostel, allotted):
    batch = allotted(6)

    rooms = Bed.objects.filter(batches__batch=batch).values_list("room__number", "room__guests")
    assert {guests for _number, guests in rooms} == {"flexible"}
    assert len({number for number, _guests in rooms}) == 3


def test_women_and_men_each_find_theirs(hostel, allotted):
    batch = allotted(women=9, men=5)

    beds = Bed.objects.filter(batches__batch=batch)
    assert beds.count() == 14
    assert beds.filter(room__guests="male").count() == 4
    assert beds.filter(room__guests="female").count() == 8


def test_the_whole_house_can_be_allotted_and_nobody_books_it_then(hostel, allotted, lin):
    allotted(women=12, men=10)

    with pytest.raises(Refused) as no:
        book(guest=lin, hostel=hostel, nights=Nights(SUNDAY, MONDAY), purpose="exam", now=NOW)
    assert no.value.code == "FULL"


@pytest.mark.parametrize("beds", [4, None])
def test_more_guests_than_beds_are_a_slip(hostel, allotted, beds):
    asked = beds or list(Bed.objects.filter(room__hostel=hostel)[:1])

    with pytest.raises(Refused) as no:
        allotted(asked, women=9, men=1)

    assert [reason.field for reason in no.value.reasons] == ["women"]
    assert not Batch.objects.exists()


def test_the_name_of_a_school_is_text_that_can_be_seen(allotted):
    assert allotted(1, organisation=" 安徽\u3000大学\n 合肥 ").organisation == "安徽 大学 合肥"
    for organisation in ("\u202e学大徽安", "安徽\x07大学"):
        with pytest.raises(Refused) as no:
            allotted(1, organisation=organisation)
        assert [reason.field for reason in no.value.reasons] == ["organisation"]


@pytest.mark.parametrize("asked", [{"beds": 23}, {"women": 19}, {"men": 15}, {"women": 12, "men": 11}])
def test_more_than_there_are_is_refused_with_how_many_there_are(allotted, asked):
    with pytest.raises(Refused) as no:
        allotted(**asked)

    [reason] = no.value.reasons
    assert (reason.code, reason.value_used) == ("FULL", 22)
    assert "18" in reason.sentence.say("en")
    assert not Batch.objects.exists()


def test_beds_can_be_named_and_a_taken_one_is_refused(hostel, allotted, lin):
    stay = book(guest=lin, hostel=hostel, nights=Nights(SUNDAY, MONDAY), purpose="exam", now=NOW)
    beds = list(Bed.objects.filter(room__hostel=hostel, room__number__in=["203", "204"]))

    batch = allotted(beds)
    with pytest.raises(Refused) as no:
        allotted([bed_of(stay)])

    assert set(batch.beds.values_list("bed", flat=True)) == {bed.pk for bed in beds}
    assert no.value.code == "BED"


def test_two_batches_never_share_a_bed(allotted):
    allotted(12)
    allotted(10)

    assert BatchBed.objects.values("bed").distinct().count() == 22


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("release_on", {"release_on": SUNDAY}),
        ("release_on", {"release_on": FRIDAY}),
        ("arrival", {"nights": Nights(FRIDAY - timedelta(3), FRIDAY - timedelta(2)), "release_on": FRIDAY}),
        ("beds", {"beds": 0}),
        ("beds", {"beds": 201}),
        ("applicant", {"applicant": "self"}),
        ("organisation", {"organisation": "  "}),
        ("purpose", {"purpose": "holiday"}),
        ("free_nights", {"free_nights": -1}),
    ],
)
def test_what_does_not_fit_together_is_said_by_its_field(allotted, field, wrong):
    with pytest.raises(Refused) as no:
        allotted(**{"beds": 2} | wrong)

    assert field in [reason.field for reason in no.value.reasons]
    assert no.value.code == "BATCH"


def test_the_contact_s_login_waits_for_them_though_they_have_not_come_in_yet(allotted):
    contact = login_for("+8613812345678", NOW)
    batch = allotted(2, contact=contact)

    sweep_unverified(NOW + timedelta(days=3))

    batch.refresh_from_db()
    assert batch.contact == contact


@pytest.mark.postgres
def test_who_looked_for_a_bed_before_it_was_allotted_is_not_given_it_after(officer, hostel, people):
    """What the question did not see any more, the database does: whoever wrote first has the bed."""
    now = timezone.now()
    today = business_day(now)
    born, graduation = date(today.year - 24, 1, 2), f"{today.year - 1}-06"
    guest = people("林小满", "female", birth_date=born, graduation=graduation)
    nights = Nights(today + timedelta(days=1), today + timedelta(days=2))
    about = {"applicant": "school", "organisation": "安徽大学", "purpose": "exam", "release_on": nights.arrival}
    seen = free_beds(hostel, nights, "female", now)[0]
    batch = allot(hostel=hostel, nights=nights, beds=[seen], now=now, actor=officer, **about)
    stay = book(guest=guest, hostel=hostel, nights=nights, purpose="exam", now=now)

    with pytest.raises(IntegrityError, match="its guests alone"), transaction.atomic():
        stay.bed_nights.update(bed=seen, room=seen.room)

    release(batch, now=now, actor=officer)
    assert stay.bed_nights.update(bed=seen, room=seen.room) == 1
