from datetime import timedelta

import pytest

from accounts.models import Deed, Letter
from bookings.allowance import allowance_of
from bookings.booking import book
from bookings.desk import beds_for, check_in, check_out, due_in_matching, no_show
from bookings.models import NoShow
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment, resident_number

EVENING = moment(FRIDAY, 18)


@pytest.fixture
def stay(hostel, lin):
    return book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW)


def left(person, network):
    return next(cap.left for cap in allowance_of(person, network, NOW) if cap.code == "NIGHTS")


def test_the_guest_is_let_in_and_it_is_on_the_record_by_whom(stay, manager):
    stay = check_in(stay, compared=True, now=EVENING, actor=manager)

    assert (stay.status, stay.checked_in_at) == ("in_house", EVENING)
    deed = Deed.objects.get(what="check_in")
    assert (deed.actor, deed.about) == (manager, stay.code)
    stay.guest.refresh_from_db()
    assert stay.guest.document_seen_at == EVENING


def test_nobody_is_let_in_before_person_and_document_were_compared(stay, manager):
    with pytest.raises(Refused) as no:
        check_in(stay, compared=False, now=EVENING, actor=manager)

    assert no.value.code == "COMPARE"
    stay.refresh_from_db()
    assert stay.status == "confirmed"


def test_a_document_read_in_addition_must_be_the_guests(stay, manager, lin):
    other = resident_number(lin.birth_date, "female", 77)
    with pytest.raises(Refused) as no:
        check_in(stay, compared=True, document_number=other, now=EVENING, actor=manager)
    assert no.value.code == "DOCUMENT"

    assert check_in(stay, compared=True, document_number=lin.document.lower(), now=EVENING).status == "in_house"


def test_who_comes_on_another_day_is_told_the_dates(stay):
    with pytest.raises(Refused) as no:
        check_in(stay, compared=True, now=moment(FRIDAY, 5, 59) + timedelta(seconds=1))
    assert no.value.code in ("NOT_TODAY", "MOMENT")

    later = moment(MONDAY, 7)
    with pytest.raises(Refused) as no:
        check_in(stay, compared=True, now=later)
    assert no.value.code == "NOT_TODAY"


def test_another_clean_bed_can_be_chosen(stay, hostel):
    other = Bed.objects.get(room__hostel=hostel, room__number="203", number=2)

    check_in(stay, compared=True, bed=other, now=EVENING)

    assert {str(night.bed) for night in stay.bed_nights.live()} == {"203-2"}


@pytest.mark.parametrize("wrong", ["202-1", "taken"])
def test_a_bed_that_cannot_be_had_is_refused_and_nothing_changes(wrong, stay, hostel, people):
    mei = book(guest=people("周梅", "female"), hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="exam", now=NOW)
    check_in(mei, compared=True, now=moment(FRIDAY, 17))  # who had not come yet would be moved
    name = str(mei.bed_nights.first().bed) if wrong == "taken" else wrong
    room, number = name.split("-")
    bed = Bed.objects.get(room__hostel=hostel, room__number=room, number=number)
    kept = stay.bed_nights.first().bed

    with pytest.raises(Refused) as no:
        check_in(stay, compared=True, bed=bed, now=EVENING)

    assert no.value.code == "BED"
    assert {night.bed for night in stay.bed_nights.all()} == {kept}


def test_the_beds_offered_begin_with_the_one_kept_and_hold_none_for_men(stay):
    beds = beds_for(stay, EVENING)

    assert beds[0] == stay.bed_nights.first().bed
    assert len(beds) == len(set(beds)) > 1
    assert {bed.room.guests for bed in beds} <= {"female", "flexible", "any"}


def test_a_moment_in_the_future_is_no_moment_at_which_somebody_came(stay):
    with pytest.raises(Refused) as no:
        check_in(stay, compared=True, now=EVENING, at=EVENING + timedelta(minutes=1))

    assert no.value.code == "MOMENT"


# --- leaving


@pytest.mark.parametrize(
    "leaves, slept",
    [
        (moment(MONDAY, 10), 3),
        (moment(SUNDAY, 10), 2),
        (moment(SUNDAY, 6), 2),
        (moment(SUNDAY, 5, 59), 1),
        (moment(FRIDAY, 20), 0),
    ],
)
def test_leaving_gives_back_the_nights_that_end_later(leaves, slept, stay, wuzhong, lin):
    check_in(stay, compared=True, now=EVENING)

    stay = check_out(stay, now=leaves)

    assert stay.status == "left"
    assert stay.bed_nights.live().count() == slept
    assert left(lin, wuzhong) == 7 - slept


def test_nobody_leaves_who_is_not_here(stay):
    with pytest.raises(Refused) as no:
        check_out(stay, now=EVENING)

    assert no.value.code == "STATE"


def test_nobody_leaves_before_they_came(stay):
    check_in(stay, compared=True, now=EVENING)

    with pytest.raises(Refused) as no:
        check_out(stay, now=EVENING, at=EVENING - timedelta(hours=1))

    assert no.value.code == "MOMENT"


# --- not coming


def test_a_bed_is_kept_until_its_moment_and_then_all_nights_go_back(stay, lin, wuzhong):
    with pytest.raises(Refused) as no:
        no_show(stay, now=moment(FRIDAY, 22, 59))
    assert no.value.code == "KEPT"

    missed = no_show(stay, now=moment(FRIDAY, 23, 30))

    assert missed.status == "no_show"
    assert left(lin, wuzhong) == 7
    assert NoShow.objects.get().at == moment(FRIDAY, 23)
    assert Letter.objects.filter(kind="no_show").count() == 1


def test_two_stays_missed_pause_booking_until_they_are_lifted(hostel, lin):
    for night in (FRIDAY, SATURDAY):
        missed = book(
            guest=lin,
            hostel=hostel,
            nights=Nights(night, night + timedelta(days=1)),
            purpose="exam",
            now=moment(night, 9),
        )
        no_show(missed, now=moment(night, 23, 1))

    def again():
        return book(
            guest=lin,
            hostel=hostel,
            nights=Nights(MONDAY, MONDAY + timedelta(days=1)),
            purpose="exam",
            now=moment(SUNDAY, 9),
        )

    with pytest.raises(Refused) as no:
        again()
    assert no.value.code == "PAUSED"
    NoShow.objects.filter(stay=missed).update(lifted_at=moment(SUNDAY, 8), lifted_because="illness")
    assert again().status == "confirmed"


# --- finding


def test_a_code_finds_its_stay_whatever_became_of_it_and_wherever_it_is(stay, hostel):
    mudu = Hostel.objects.get(slug="mudu")

    assert due_in_matching(hostel, f" {stay.code.lower()} ", EVENING) == [stay]
    assert due_in_matching(mudu, stay.code, EVENING) == [stay]


def test_four_digits_of_phone_or_document_find_people_due_in_here_only(stay, hostel, lin):
    mudu = Hostel.objects.get(slug="mudu")

    assert due_in_matching(hostel, lin.user.phone[-4:], EVENING) == [stay]
    assert due_in_matching(hostel, lin.document[-4:], EVENING) == [stay]
    assert due_in_matching(hostel, lin.document, EVENING) == [stay]
    assert due_in_matching(mudu, lin.document[-4:], EVENING) == []
    check_in(stay, compared=True, now=EVENING)
    assert due_in_matching(hostel, lin.document[-4:], EVENING) == []


def test_the_same_four_digits_twice_are_two_people_and_no_guess(stay, hostel, people, lin):
    twin = people("林小满", "female")
    twin.phone_digits = lin.phone_digits
    twin.save()
    second = book(guest=twin, hostel=hostel, nights=Nights(FRIDAY, SATURDAY), purpose="exam", now=NOW)

    assert set(due_in_matching(hostel, lin.user.phone[-4:], EVENING)) == {stay, second}


@pytest.mark.parametrize("text", ["", "    ", "12", "ZZZZZZ", "not a code", "\x00", "4" * 500])
def test_what_means_nobody_finds_nobody(text, stay, hostel):
    assert due_in_matching(hostel, text, EVENING) == []
