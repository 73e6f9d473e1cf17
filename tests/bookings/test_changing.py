"""Stays that become longer or shorter."""

from datetime import timedelta

import pytest

from accounts.models import Deed, Letter
from bookings.booking import book, cancel
from bookings.changing import change_dates, extend, shorten
from bookings.desk import check_in, check_out
from bookings.models import BedNight, Stay
from eligibility.models import Assessment
from eligibility.reasons import Refused
from hostel.models import Room
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment

WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def stay(hostel, lin):
    return book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="interview", now=NOW)


def nights_of(stay):
    return list(stay.bed_nights.live().order_by("night").values_list("night", "price_class", "price_fen"))


def codes(no):
    return [reason.code for reason in no.value.reasons if reason.verdict == "not_met"]


def test_a_stay_becomes_longer_in_the_bed_it_has(stay):
    bed = stay.bed_nights.first().bed

    longer = extend(stay, departure=MONDAY, now=NOW)

    assert (longer.departure, longer.assessment.act, longer.assessment.about) == (MONDAY, "extend", stay.code)
    assert [night for night, _class, _fen in nights_of(longer)] == [FRIDAY, SATURDAY, SUNDAY]
    assert set(longer.bed_nights.values_list("bed", flat=True)) == {bed.pk}
    assert Letter.objects.filter(kind="extended").count() == 1
    assert Deed.objects.get(what="extend").values == {"nights": 1}


def test_the_nights_after_the_free_ones_are_had_at_a_price_by_who_accepts_it(stay):
    with pytest.raises(Refused) as no:
        extend(stay, departure=TUESDAY, now=NOW)
    assert codes(no) == ["NIGHTS"]

    longer = extend(stay, departure=TUESDAY, now=NOW, accept_price=True)

    assert nights_of(longer)[2:] == [(SUNDAY, "free", 0), (MONDAY, "priced", 4900)]


def test_a_refused_extension_changes_nothing_and_is_kept(stay):
    before = nights_of(stay)

    with pytest.raises(Refused) as no:
        extend(stay, departure=FRIDAY + timedelta(days=8), now=NOW, accept_price=True)

    assert codes(no) == ["STAY_NIGHTS"]
    stay.refresh_from_db()
    assert (stay.departure, nights_of(stay)) == (SUNDAY, before)
    kept = Assessment.objects.get(code=no.value.assessment)
    assert (kept.act, kept.outcome) == ("extend", "no")


def test_where_the_bed_is_taken_the_refusal_says_what_else_there_is(stay, hostel, chen, people):
    bed = stay.bed_nights.first().bed
    other = book(guest=people("周可", "female"), hostel=hostel, nights=Nights(SUNDAY, MONDAY), purpose="exam", now=NOW)
    other.bed_nights.update(bed=bed, room=bed.room)

    with pytest.raises(Refused) as no:
        extend(stay, departure=MONDAY, now=NOW)

    assert no.value.code == "FULL"
    assert no.value.alternatives
    assert {choice.arrival for choice in no.value.alternatives if choice.kind == "nearby"} == {SUNDAY}


def test_who_is_in_house_can_stay_on_and_the_notice_does_not_stand_against_it(stay):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))

    longer = extend(stay, departure=MONDAY, now=moment(SATURDAY, 9))

    assert (longer.status, longer.departure) == (Stay.Status.IN_HOUSE, MONDAY)
    assert longer.assessment.outcome == "yes"


def test_a_room_for_one_alone_stays_with_its_guest(hostel, chen):
    Room.objects.filter(hostel=hostel).update(guests="any")
    stay = book(guest=chen, hostel=hostel, nights=Nights(FRIDAY, SATURDAY), purpose="interview", now=NOW)

    longer = extend(stay, departure=SUNDAY, now=NOW)

    assert set(longer.bed_nights.values_list("sharing", flat=True)) == {stay.code}


@pytest.mark.parametrize("departure", [FRIDAY, SATURDAY, SUNDAY])
def test_an_extension_has_a_night_to_add(stay, departure):
    with pytest.raises(Refused) as no:
        extend(stay, departure=departure, now=NOW)

    assert no.value.code == "DATES"


def test_what_is_over_is_not_extended_or_shortened(stay):
    cancel(stay, now=NOW)

    for change in (lambda: extend(stay, departure=MONDAY, now=NOW), lambda: shorten(stay, departure=SATURDAY, now=NOW)):
        with pytest.raises(Refused) as no:
            change()
        assert no.value.code == "STATE"


def test_a_shorter_stay_gives_its_nights_back_at_once(stay):
    shorter = shorten(stay, departure=SATURDAY, now=NOW)

    assert (shorter.departure, [night for night, *_rest in nights_of(shorter)]) == (SATURDAY, [FRIDAY])
    assert BedNight.objects.get(night=SATURDAY).released_at == NOW
    assert Deed.objects.get(what="shorten").values == {"returned": 1}


@pytest.mark.parametrize("departure", [FRIDAY, SUNDAY, MONDAY])
def test_a_shorter_stay_keeps_a_night_and_loses_one(stay, departure):
    with pytest.raises(Refused) as no:
        shorten(stay, departure=departure, now=NOW)

    assert no.value.code == "DATES"


def test_the_night_that_has_begun_is_not_given_back_by_shortening(stay):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))

    with pytest.raises(Refused) as no:
        shorten(stay, departure=SATURDAY, now=moment(SATURDAY, 22))

    assert no.value.code == "DATES"


def test_changing_says_the_arrival_and_keeps_it(stay):
    assert change_dates(stay, arrival=FRIDAY, departure=SUNDAY, now=NOW) == stay
    assert change_dates(stay, arrival=FRIDAY, departure=MONDAY, now=NOW).departure == MONDAY
    assert change_dates(stay, arrival=FRIDAY, departure=SATURDAY, now=NOW).departure == SATURDAY

    with pytest.raises(Refused) as no:
        change_dates(stay, arrival=SATURDAY, departure=MONDAY, now=NOW)

    assert no.value.code == "DATES"


def test_a_stay_that_was_left_is_over(stay):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))
    check_out(stay, now=NOW + timedelta(hours=2))

    with pytest.raises(Refused) as no:
        extend(stay, departure=MONDAY, now=NOW + timedelta(hours=3))

    assert no.value.code == "STATE"
