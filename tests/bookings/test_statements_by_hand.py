"""Statements written by hand ask what the plain way asks: of each clause a scene in which it decides."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from bookings.booking import book
from bookings.cancelling import cancel
from bookings.models import Batch, BatchBed
from bookings.moving import move_to_hostel
from bookings.night_audit import audit
from hostel.models import Bed, Hostel, OutOfService, Room
from hostel.nights import Nights
from tests.bookings.by_hand import same_bed, same_nights
from tests.bookings.in_line import only, wait, wish
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment, staff

pytestmark = pytest.mark.postgres
TONIGHT, TOMORROW, WEEKEND = Nights(FRIDAY, SATURDAY), Nights(SATURDAY, SUNDAY), Nights(FRIDAY, SUNDAY)
DAY = timedelta(days=1)


@pytest.fixture
def one_bed(hostel):
    """A house with one bed: whoever has it, there is none."""
    only(hostel, "203-1")
    return Bed.objects.get(room__hostel=hostel, room__number="203", number=1)


def found(hostel, nights=WEEKEND, gender="female", now=NOW):
    return same_bed(hostel, nights, gender, now)


def test_a_bed_that_somebody_has_is_free_again_when_they_leave(hostel, one_bed, lin):
    assert found(hostel) == one_bed
    wish(lin, hostel, TOMORROW)

    assert found(hostel) is None
    assert found(hostel, TONIGHT) == one_bed
    assert found(hostel, Nights(SUNDAY, MONDAY)) == one_bed


def test_who_sleeps_in_a_room_says_with_whom_it_is_shared(hostel, lin):
    only(hostel, "203-1", "203-2")
    wish(lin, hostel, TOMORROW)

    assert found(hostel, gender="female").number == 2
    assert found(hostel, gender="male") is None
    assert found(hostel, TONIGHT, gender="male").number == 1


@pytest.mark.parametrize("gender", ["female", "male"])
def test_the_best_bed_comes_first(hostel, people, gender):
    for _each in range(12):
        bed = found(hostel, gender=gender)
        if bed is None:
            break
        wish(people("某某", gender), hostel, WEEKEND)


def test_a_hold_keeps_its_bed_until_its_time_is_over(hostel, one_bed, lin):
    wish(lin, hostel, TOMORROW, hold=True)

    assert found(hostel) is None
    late = found(hostel, now=NOW + timedelta(minutes=10))
    assert late == one_bed
    assert late.kept_by_lapsed


@pytest.mark.parametrize(
    "closed", [("bed", "valid_until", SATURDAY), ("bed", "valid_from", SATURDAY), ("room", "valid_until", SATURDAY),
               ("room", "valid_from", SATURDAY), ("room", "supply", Room.Supply.ON_CALL), ("room", "guests", "male")]
)  # fmt: skip
def test_a_bed_that_is_not_there_throughout_is_none(hostel, one_bed, closed):
    what, name, value = closed
    row = one_bed if what == "bed" else one_bed.room
    setattr(row, name, value)
    row.save()

    assert found(hostel) is None


def test_a_closed_bed_is_none_and_the_last_word_counts(hostel, one_bed):
    def closed(first, until, **said):
        return OutOfService.objects.create(
            bed=one_bed, first_night=first, until=until, reason="repair", written_at=NOW, **said
        )

    first = closed(SATURDAY, SUNDAY)
    assert found(hostel) is None
    assert found(hostel, TONIGHT) == one_bed

    later = closed(SUNDAY, MONDAY, revises=first)
    assert found(hostel) == one_bed
    assert found(hostel, Nights(SATURDAY, MONDAY)) is None

    closed(SUNDAY, MONDAY, revises=later, lifted=True)
    assert found(hostel, Nights(SATURDAY, MONDAY)) == one_bed


@pytest.mark.parametrize(
    ("nights", "release_on", "cancelled", "is_kept"),
    [
        (WEEKEND, SATURDAY, False, True),
        (Nights(SUNDAY, MONDAY), SATURDAY, False, False),
        (WEEKEND, FRIDAY, False, False),
        (WEEKEND, SATURDAY, True, False),
    ],
)
def test_a_bed_of_a_batch_is_its_own_until_its_release(hostel, one_bed, nights, release_on, cancelled, is_kept):
    batch = Batch.objects.create(
        code="ABCDEF", hostel=hostel, applicant="school", organisation="安徽大学", purpose="exam", free_nights=9,
        arrival=max(nights.arrival, release_on), departure=nights.departure, release_on=release_on, made_at=NOW,
        made_by=staff("+8613800000013", "officer", network=hostel.network), cancelled_at=NOW if cancelled else None,
    )  # fmt: skip
    BatchBed.objects.create(batch=batch, bed=one_bed)

    assert found(hostel) == (None if is_kept else one_bed)


def test_what_was_given_back_is_nobodys_until_the_public_hour(hostel, one_bed, lin):
    cancel(wish(lin, hostel, TOMORROW), now=NOW)

    assert found(hostel) is None
    assert found(hostel, now=moment(FRIDAY, 11, 59)) is None
    assert found(hostel, now=moment(FRIDAY, 12)) == one_bed


def test_tonight_is_public_at_once_but_where_somebody_waits_the_line_is_first(hostel, one_bed, lin, chen, people):
    cancel(wish(lin, hostel, TONIGHT), now=NOW)
    assert found(hostel, TONIGHT) == one_bed

    stay = wish(lin, hostel, TONIGHT)
    wish(people("周梅", "female"), hostel, TOMORROW)
    wait(chen, hostel, nights=WEEKEND)  # for more nights than will be free
    cancel(stay, now=NOW)

    assert found(hostel, TONIGHT, now=NOW + timedelta(seconds=119)) is None
    assert found(hostel, TONIGHT, now=NOW + timedelta(seconds=120)) == one_bed


def test_in_a_room_that_was_given_back_its_last_company_is_waited_for(hostel, lin, people):
    only(hostel, "203-1", "203-2")
    stay = wish(lin, hostel, TOMORROW)
    cancel(stay, now=NOW)

    assert found(hostel, TOMORROW, gender="male") is None
    assert found(hostel, TOMORROW, gender="female").number == 2


def test_another_house_is_another_question(wuzhong, hostel, one_bed):
    other = Hostel.objects.get(slug="mudu")

    assert found(other).room.hostel_id == other.pk


def test_the_nights_that_count_for_a_guest(hostel, lin, people):
    other = Hostel.objects.get(slug="mudu")
    assert same_nights(lin, date.min, NOW) == []

    stay = book(guest=lin, hostel=hostel, nights=Nights(SATURDAY, MONDAY), purpose="exam", now=NOW)
    move_to_hostel(stay, other, from_night=SUNDAY, now=NOW, because="repair")
    book(guest=lin, hostel=hostel, nights=Nights(MONDAY, MONDAY + DAY), purpose="exam", now=NOW, hold=True)
    kept = same_nights(lin, date.min, NOW)

    assert [row[2] for row in kept] == [SATURDAY, SUNDAY, MONDAY]
    assert (kept[1][7], kept[1][9]) == (stay.code, SATURDAY), "a stay that goes on counts as one"
    assert [row[2] for row in same_nights(lin, SUNDAY, NOW)] == [SUNDAY, MONDAY]
    assert len(same_nights(lin, date.min, NOW + timedelta(minutes=10))) == 2, "the hold's time is over"
    audit(timezone.make_aware(timezone.datetime.combine(MONDAY, timezone.datetime.min.time())) + timedelta(hours=12))
    assert same_nights(people("周梅", "female"), date.min, NOW) == []
