"""A bed that is kept for a batch closes: the batch gets another, and nothing is lost unsaid."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from bookings.allotting import allot
from bookings.availability import free_beds
from bookings.batch_beds import batches_hit
from bookings.batches import release
from bookings.booking import book
from bookings.models import Batch, BatchBed
from bookings.naming import name_guest
from bookings.out_of_service import ANYWHERE, CANCEL, OTHER_HOUSE, BedInUse, block, close_room, hits
from eligibility.reasons import Refused
from hostel.models import Bed, OutOfService
from hostel.nights import Nights, business_day
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY

THREE = Nights(SATURDAY, TUESDAY)
CLOSED = {"reason": "repair", "now": NOW}


@pytest.fixture
def batch_of(officer, hostel, beds):
    """Allots these beds, by their names, from Saturday to Tuesday."""

    def made(*names):
        about = {"applicant": "school", "organisation": "安徽大学", "purpose": "job_fair", "release_on": SATURDAY}
        return allot(hostel=hostel, nights=THREE, beds=[beds[name] for name in names], now=NOW, actor=officer, **about)

    return made


def kept_for(batch):
    return {str(kept.bed) for kept in batch.beds.select_related("bed__room")}


def bed_of(stay):
    [bed] = {str(night.bed) for night in stay.bed_nights.live().select_related("bed__room")}
    return bed


def only(hostel, *numbers):
    """Leave ``hostel`` these rooms."""
    Bed.objects.filter(room__hostel=hostel).exclude(room__number__in=numbers).update(valid_until=FRIDAY)


def test_a_bed_that_is_kept_for_a_batch_is_not_closed_without_a_choice(batch_of, beds):
    batch = batch_of("203-1")

    with pytest.raises(BedInUse) as no:
        block([beds["203-1"]], Nights(SUNDAY, MONDAY), **CLOSED)

    [hit] = no.value.batches
    assert (no.value.code, hit.batch.code, str(hit.bed), hit.stays) == ("BED_IN_USE", batch.code, "203-1", ())
    assert hit.beds
    assert beds["203-1"] not in hit.beds
    assert "安徽大学" in str(no.value.reasons[0].sentence)
    assert not OutOfService.objects.exists()


def test_another_house_is_no_choice_for_a_batch(batch_of, beds):
    batch = batch_of("203-1")

    with pytest.raises(BedInUse) as no:
        block([beds["203-1"]], THREE, choices={batch.code: OTHER_HOUSE}, **CLOSED)

    assert [hit.batch for hit in no.value.batches] == [batch]


def test_nights_that_are_not_the_batch_s_can_be_closed(batch_of, beds):
    batch_of("203-1")

    assert block([beds["203-1"]], Nights(FRIDAY, SATURDAY), **CLOSED)


def test_what_was_released_is_nobodys(batch_of, beds, officer):
    release(batch_of("203-1"), now=NOW, actor=officer)

    assert block([beds["203-1"]], THREE, **CLOSED)


def test_the_batch_gets_the_bed_that_was_chosen_and_it_is_nobody_elses(batch_of, beds, hostel):
    batch = batch_of("203-1", "203-2")

    block([beds["203-1"]], Nights(SUNDAY, MONDAY), choices={batch.code: beds["204-1"]}, **CLOSED)

    assert kept_for(batch) == {"204-1", "203-2"}
    for gender in ("female", "male"):
        assert beds["204-1"] not in free_beds(hostel, THREE, gender, NOW)


def test_anywhere_takes_a_bed_for_whoever_could_have_had_this_one(batch_of, beds, hostel):
    women = next(bed for bed in beds.values() if bed.room.guests == "female")
    batch = batch_of(str(women))

    block([women], THREE, choices={batch.code: ANYWHERE}, **CLOSED)

    [now_kept] = Bed.objects.filter(batches__batch=batch).select_related("room")
    assert now_kept != women
    assert now_kept.room.guests in ("female", "flexible", "any")


def test_two_beds_of_one_batch_get_two_others(batch_of, beds):
    batch = batch_of("203-1", "203-2")

    close_room(beds["203-1"].room, SUNDAY, now=NOW, choices={batch.code: ANYWHERE})

    assert len(kept_for(batch)) == 2
    assert not kept_for(batch) & {"203-1", "203-2"}


def test_where_there_is_none_it_says_so_and_the_batch_can_do_with_one_less(batch_of, beds, hostel):
    only(hostel, "203")
    batch = batch_of("203-1", "203-2")
    assert [hit.beds for hit in batches_hit([beds["203-1"]], THREE, NOW)] == [()]

    with pytest.raises(Refused) as no:
        block([beds["203-1"]], THREE, choices={batch.code: ANYWHERE}, **CLOSED)
    assert no.value.code == "NOWHERE"
    assert kept_for(batch) == {"203-1", "203-2"}
    block([beds["203-1"]], THREE, choices={batch.code: CANCEL}, **CLOSED)

    assert kept_for(batch) == {"203-2"}


def test_a_bed_that_others_have_is_not_the_batch_s(batch_of, beds):
    batch = batch_of("203-1")
    other = batch_of("204-1")

    with pytest.raises(Refused) as no:
        block([beds["203-1"]], THREE, choices={batch.code: beds["204-1"]}, **CLOSED)

    assert no.value.code == "BED"
    assert (kept_for(batch), kept_for(other)) == ({"203-1"}, {"204-1"})


def test_who_was_named_for_it_moves_along(batch_of, beds, lin):
    batch = batch_of("203-1")
    stay = name_guest(batch, lin, now=NOW)
    [hit] = batches_hit([beds["203-1"]], THREE, NOW)
    assert (hit.stays, hits([beds["203-1"]], THREE, NOW)) == ((stay,), [])

    block([beds["203-1"]], THREE, choices={batch.code: beds["204-1"]}, **CLOSED)

    assert (bed_of(stay), kept_for(batch)) == ("204-1", {"204-1"})


def test_who_was_named_is_told_where_they_knew_their_bed(batch_of, beds, lin):
    batch = batch_of("203-1")
    stay = name_guest(batch, lin, now=NOW)
    stay.bed_told_at = NOW
    stay.save(update_fields=["bed_told_at"])

    block([beds["203-1"]], THREE, choices={batch.code: ANYWHERE}, **CLOSED)

    assert lin.letters.filter(kind="moved_bed").exists()


def test_who_was_named_for_a_bed_that_is_given_up_needs_a_choice_of_their_own(batch_of, beds, lin):
    batch = batch_of("203-1", "204-1")
    stay = name_guest(batch, lin, now=NOW)
    bed = beds[bed_of(stay)]

    with pytest.raises(BedInUse) as no:
        block([bed], THREE, choices={batch.code: CANCEL}, **CLOSED)
    assert ([hit.stay for hit in no.value.hits], no.value.batches) == ([stay], ())

    block([bed], THREE, choices={batch.code: CANCEL, stay.code: ANYWHERE}, **CLOSED)
    assert kept_for(batch) == {bed_of(stay)}


def test_a_man_is_not_moved_into_a_room_for_women(batch_of, beds, chen):
    women = next(bed for bed in beds.values() if bed.room.guests == "female")
    batch = batch_of("203-1")
    name_guest(batch, chen, now=NOW)

    assert all(bed.room.guests != "female" for bed in batches_hit([beds["203-1"]], THREE, NOW)[0].beds)
    with pytest.raises(Refused) as no:
        block([beds["203-1"]], THREE, choices={batch.code: women}, **CLOSED)

    assert no.value.code == "BED"


def test_all_is_done_or_nothing(batch_of, beds):
    first, second = batch_of("203-1"), batch_of("203-2")
    before = set(BatchBed.objects.values_list("batch", "bed"))

    with pytest.raises(BedInUse) as no:
        block([beds["203-1"], beds["203-2"]], THREE, choices={first.code: CANCEL}, **CLOSED)

    assert [hit.batch.code for hit in no.value.batches] == [second.code]
    assert set(BatchBed.objects.values_list("batch", "bed")) == before


@pytest.mark.postgres
def test_who_looked_for_the_bed_before_the_batch_got_it_is_not_given_it_after(beds, hostel, officer, people):
    """What the question did not see any more, the database does."""
    now = timezone.now()
    today = business_day(now)
    born, graduation = date(today.year - 24, 1, 2), f"{today.year - 1}-06"
    guest = people("林小满", "female", birth_date=born, graduation=graduation)
    nights = Nights(today + timedelta(days=1), today + timedelta(days=2))
    about = {"applicant": "school", "organisation": "安徽大学", "purpose": "exam", "release_on": nights.arrival}
    batch = allot(hostel=hostel, nights=nights, beds=[beds["203-1"]], now=now, actor=officer, **about)
    Batch.objects.update(made_at=now - timedelta(days=1))
    block([beds["203-1"]], nights, reason="repair", now=now, choices={batch.code: beds["204-1"]})
    stay = book(guest=guest, hostel=hostel, nights=nights, purpose="exam", now=now)

    with pytest.raises(IntegrityError, match="its guests alone"), transaction.atomic():
        stay.bed_nights.update(bed=beds["204-1"], room=beds["204-1"].room)
