"""A batch ends on its day, or earlier by the office; the desk finds its guests by its code."""

import pytest

from accounts.models import Letter
from bookings.batches import balance, cancel_batch, release
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.desk import due_in_matching
from bookings.models import Batch, BedNight, Stay
from bookings.naming import name_guest
from eligibility.reasons import Refused
from hostel.nights import Nights
from tests.bookings.allotted import bed_of, free
from tests.conftest import MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment


def test_from_the_day_of_release_what_nobody_was_named_for_is_everybody_s_at_once(hostel, allotted, students, lin):
    batch = allotted(women=12, men=10, nights=Nights(SUNDAY, TUESDAY), release_on=SUNDAY)
    [one] = students(women=1)
    stay = name_guest(batch, one, now=NOW)
    sunday, saturday = moment(SUNDAY, 9), moment(SATURDAY, 9)

    assert free(hostel, "female", saturday, Nights(SUNDAY, MONDAY)) == 0
    assert free(hostel, "female", sunday, Nights(SUNDAY, MONDAY)) > 0
    booked = book(guest=lin, hostel=hostel, nights=Nights(SUNDAY, MONDAY), purpose="exam", now=sunday)
    assert bed_of(booked) != bed_of(stay)
    with pytest.raises(Refused) as no:
        name_guest(batch, *students(men=1), now=sunday)
    assert no.value.code == "BATCH_OVER"


def test_an_officer_releases_early(hostel, allotted, officer):
    batch = allotted(women=12, men=10)

    release(batch, now=NOW, actor=officer)

    assert free(hostel, "female") == 18
    assert balance(batch := Batch.objects.get(), NOW).state == "released"
    with pytest.raises(Refused) as no:
        release(batch, now=NOW, actor=officer)
    assert no.value.code == "BATCH_OVER"


def test_a_batch_is_cancelled_and_who_was_named_stays(hostel, allotted, officer, students):
    batch = allotted(3)
    [one] = students(women=1)
    stay = name_guest(batch, one, now=NOW)

    cancel_batch(batch, now=NOW, actor=officer)

    stay.refresh_from_db()
    assert stay.status == "confirmed"
    assert BedNight.objects.live().count() == 3
    assert balance(Batch.objects.get(), NOW).state == "cancelled"


def test_or_its_stays_end_too_and_the_guests_are_told_by_the_house(allotted, officer, students):
    batch = allotted(3)
    one, two = students(women=2)
    name_guest(batch, one, now=NOW)
    cancel(name_guest(batch, two, now=NOW), now=NOW)

    cancel_batch(batch, now=NOW, actor=officer, end_stays=True)

    assert list(Stay.objects.order_by("pk").values_list("cancel_cause", flat=True)) == ["HOUSE", "GUEST"]
    assert Letter.objects.filter(kind="batch_ended", person=one).count() == 1
    with pytest.raises(Refused) as no:
        cancel_batch(batch, now=NOW, actor=officer)
    assert no.value.code == "BATCH_OVER"


def test_the_desk_finds_who_is_due_in_by_the_batch_s_code(allotted, hostel, students):
    batch = allotted(2)
    stays = [name_guest(batch, each, now=NOW) for each in students(women=2)]

    assert due_in_matching(hostel, batch.code, NOW) == stays
