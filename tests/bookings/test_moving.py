"""Guests who change beds: to another, to one in another house, or with one another."""

from datetime import timedelta

import pytest
from django.db.models.signals import post_init

from accounts.models import Deed, Letter
from bookings.allowance import allowance_of
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.changing import extend, shift
from bookings.desk import beds_for, check_in
from bookings.models import BedNight, Stay, TurnAway
from bookings.moving import move, move_to_hostel, swap
from eligibility.models import Assessment
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel, Quota, Rate, Room
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment


@pytest.fixture
def stay(hostel, lin, in_bed):
    three = Nights(FRIDAY, MONDAY)
    return in_bed(book(guest=lin, hostel=hostel, nights=three, purpose="interview", now=NOW), "301-1")


@pytest.fixture
def zhou(hostel, people, in_bed):
    """Another woman's stay, one night longer, in 303-2."""
    four = Nights(FRIDAY, TUESDAY)
    guest = people("周可", "female")
    return in_bed(book(guest=guest, hostel=hostel, nights=four, purpose="exam", now=NOW, accept_price=True), "303-2")


@pytest.fixture
def yinshan(wuzhong):
    return Hostel.objects.get(slug="guoxiang")


def beds_of(stay):
    nights = stay.bed_nights.live().order_by("night").select_related("bed__room")
    return [str(night.bed) for night in nights]


# --- to another bed
def test_a_guest_is_moved_before_they_come_and_hears_the_number_at_the_desk(stay, beds):
    move(stay, beds["203-1"], from_night=FRIDAY, now=NOW)

    assert beds_of(stay) == ["203-1"] * 3
    assert not Letter.objects.filter(kind="moved").exists()
    deed = Deed.objects.get(what="move")
    assert deed.values == {"from_night": FRIDAY.isoformat(), "left": ["301-1"], "bed": "203-1"}


def test_who_knew_the_number_of_their_bed_is_told_the_new_one_and_why(stay, beds):
    Stay.objects.update(bed_told_at=NOW)

    move(stay, beds["203-1"], from_night=FRIDAY, now=NOW, because="The shower is being repaired")

    told = Letter.objects.get(kind="moved")
    assert (told.values["bed"], told.values["because"]) == ("203-1", ". The shower is being repaired")
    assert Deed.objects.get(what="move").reason == "The shower is being repaired"


def test_a_guest_in_house_changes_from_a_night_on_and_is_told(stay, beds):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))

    move(stay, beds["401-1"], from_night=SATURDAY, now=moment(SATURDAY, 9))

    assert beds_of(stay) == ["301-1", "401-1", "401-1"]
    assert stay.bed_nights.get(night=SATURDAY).sharing == stay.code
    assert Letter.objects.filter(kind="moved").count() == 1


def test_the_desk_gives_the_bed_of_tonight_and_leaves_the_change_as_it_is(stay, beds):
    move(stay, beds["203-1"], from_night=SUNDAY, now=NOW)
    assert str(beds_for(stay, NOW)[0]) == "301-1"

    check_in(stay, compared=True, bed=beds["301-1"], now=NOW + timedelta(hours=1))

    assert beds_of(stay) == ["301-1", "301-1", "203-1"]


def test_to_the_bed_they_have_nobody_is_moved(stay, beds):
    move(stay, beds["301-1"], from_night=FRIDAY, now=NOW)

    assert not Deed.objects.filter(what="move").exists()


def test_where_the_bed_is_taken_the_two_nearest_that_would_do_are_named(stay, zhou, beds):
    Stay.objects.filter(pk=zhou.pk).update(checked_in_at=NOW)

    with pytest.raises(Refused) as no:
        move(stay, beds["303-2"], from_night=FRIDAY, now=NOW)

    assert no.value.code == "BED"
    assert [place.as_data()["bed"] for place in no.value.alternatives] == ["303-1", "301-2"]
    assert beds_of(stay) == ["301-1"] * 3


def test_nobody_is_moved_into_a_room_for_the_other_gender_or_of_another_house(stay, beds, yinshan):
    other = Bed.objects.filter(room__hostel=yinshan, room__guests="flexible").first()
    for bed in (beds["202-1"], other):
        with pytest.raises(Refused) as no:
            move(stay, bed, from_night=FRIDAY, now=NOW)
        assert no.value.code == "BED"


@pytest.mark.parametrize("night", [FRIDAY - timedelta(days=1), MONDAY])
def test_a_move_begins_with_a_night_of_the_stay(stay, beds, night):
    with pytest.raises(Refused) as no:
        move(stay, beds["203-1"], from_night=night, now=NOW)

    assert no.value.code == "DATES"


def test_a_night_that_is_over_is_where_it_was_slept(stay, beds):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))

    with pytest.raises(Refused) as no:
        move(stay, beds["203-1"], from_night=FRIDAY, now=moment(SATURDAY, 9))

    assert no.value.code == "DATES"


def test_a_cancelled_stay_is_moved_nowhere(stay, zhou, beds, yinshan):
    cancel(stay, now=NOW)

    for change in (
        lambda: move(stay, beds["203-1"], from_night=FRIDAY, now=NOW),
        lambda: move_to_hostel(stay, yinshan, from_night=FRIDAY, now=NOW),
        lambda: swap(stay, zhou, from_night=FRIDAY, now=NOW),
    ):
        with pytest.raises(Refused) as no:
            change()
        assert no.value.code == "STATE"


def test_the_longer_part_of_a_stay_is_in_the_bed_it_ends_in(stay, beds):
    move(stay, beds["203-1"], from_night=SUNDAY, now=NOW)

    longer = extend(stay, departure=TUESDAY, now=NOW, accept_price=True)

    assert beds_of(longer) == ["301-1", "301-1", "203-1", "203-1"]


# --- with one another
def test_two_guests_change_places_without_a_third_bed(stay, zhou, hostel, beds):
    Bed.objects.filter(room__hostel=hostel).exclude(pk__in=[beds["301-1"].pk, beds["303-2"].pk]).update(
        valid_until=FRIDAY
    )

    swap(stay, zhou, from_night=SATURDAY, now=NOW, because="Lin needs the lower bunk")

    assert beds_of(stay) == ["301-1", "303-2", "303-2"]
    assert beds_of(zhou) == ["303-2", "301-1", "301-1", "301-1"]
    assert Letter.objects.filter(kind="moved").count() == 2
    assert {deed.values["to"] for deed in Deed.objects.filter(what="swap")} == {stay.code, zhou.code}


def test_the_nights_that_one_stays_longer_must_be_free_too(stay, zhou, hostel, people, in_bed):
    wu = book(guest=people("吴双", "female"), hostel=hostel, nights=Nights(MONDAY, TUESDAY), purpose="exam", now=NOW)
    in_bed(wu, "301-1")
    Stay.objects.filter(pk=wu.pk).update(checked_in_at=NOW)

    with pytest.raises(Refused) as no:
        swap(stay, zhou, from_night=SATURDAY, now=NOW)

    assert no.value.code == "BED"
    assert (beds_of(stay), beds_of(zhou)) == (["301-1"] * 3, ["303-2"] * 4)


def test_a_swap_keeps_the_rooms_of_women_and_men(stay, hostel, chen, in_bed):
    his = in_bed(book(guest=chen, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="exam", now=NOW), "202-1")

    with pytest.raises(Refused) as no:
        swap(stay, his, from_night=FRIDAY, now=NOW)

    assert no.value.code == "BED"


def test_a_woman_and_a_man_change_rooms_that_are_open_to_both(stay, hostel, chen, in_bed):
    in_bed(stay, "203-1")
    his = in_bed(book(guest=chen, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="exam", now=NOW), "401-1")

    swap(stay, his, from_night=SATURDAY, now=NOW)

    assert (beds_of(stay)[1:], beds_of(his)[1:]) == (["401-1"] * 2, ["203-1"] * 2)
    assert stay.bed_nights.get(night=SATURDAY).sharing == stay.code
    assert his.bed_nights.get(night=SATURDAY).sharing == "male"


def test_roommates_change_beds(stay, zhou, in_bed):
    in_bed(zhou, "301-2")

    swap(zhou, stay, from_night=FRIDAY, now=NOW)

    assert (beds_of(stay), beds_of(zhou)) == (["301-2"] * 3, ["301-1"] * 4)


def test_a_swap_is_between_two_guests_of_one_house(stay, people, yinshan):
    wu = book(guest=people("吴双", "female"), hostel=yinshan, nights=Nights(FRIDAY, MONDAY), purpose="exam", now=NOW)

    for other in (stay, wu):
        with pytest.raises(Refused) as no:
            swap(stay, other, from_night=FRIDAY, now=NOW)
        assert no.value.code == "SWAP"


def test_both_sleep_here_from_that_night_on(stay, zhou):
    with pytest.raises(Refused) as no:
        swap(stay, zhou, from_night=MONDAY, now=NOW)

    assert no.value.code == "DATES"


# --- to another house
def test_before_arrival_the_same_stay_is_in_the_other_house(stay, yinshan):
    there = move_to_hostel(stay, yinshan, from_night=FRIDAY, now=NOW, because="No water on Friday")

    assert (there.pk, there.code, there.hostel, there.status) == (stay.pk, stay.code, yinshan, "confirmed")
    assert [night.hostel_id for night in there.bed_nights.live()] == [yinshan.pk] * 3
    assert len(set(beds_of(there))) == 1
    told = Letter.objects.get(kind="moved_to_hostel")
    assert told.values["hostel"] == [yinshan.name_zh, yinshan.name_en]
    assert Deed.objects.get(what="move_to_hostel").values["left"] == "baodaiqiao"


def test_later_the_stay_goes_on_as_a_new_one_under_its_own_code(stay, yinshan, hostel):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))

    on = move_to_hostel(stay, yinshan, from_night=SUNDAY, now=moment(SATURDAY, 9))

    stay.refresh_from_db()
    assert (stay.departure, stay.status) == (SUNDAY, "in_house")
    assert (on.nights, on.status, on.continues) == (Nights(SUNDAY, MONDAY), "confirmed", stay)
    assert on.code != stay.code
    assert (on.assessment.about, on.assessment.facts) == (on.code, stay.assessment.facts)
    assert on.assessment.code != stay.assessment.code
    assert len(beds_of(stay)) == 2


def test_who_came_in_today_and_is_moved_for_all_nights_is_let_in_there(stay, yinshan):
    check_in(stay, compared=True, now=moment(FRIDAY, 15))

    there = move_to_hostel(stay, yinshan, from_night=FRIDAY, now=moment(FRIDAY, 16))

    assert (there.pk, there.status, there.checked_in_at) == (stay.pk, "confirmed", None)
    assert check_in(there, compared=True, now=moment(FRIDAY, 18)).status == "in_house"


def test_caps_count_both_parts_as_one_stay(stay, yinshan, lin, in_force, wuzhong):
    move_to_hostel(stay, yinshan, from_night=SUNDAY, now=NOW)

    used = {str(cap.label): cap.kept for cap in allowance_of(lin, wuzhong, NOW) if not cap.per_stay}
    assert set(used.values()) == {3}

    on = Stay.objects.get(continues=stay)
    longer = extend(on, departure=TUESDAY, now=NOW, accept_price=True)
    # The three free nights of a stay are used in the first house already.
    assert [night.price_class for night in longer.bed_nights.live().order_by("night")] == ["free", "priced"]


def test_the_first_part_is_not_extended_over_the_second(stay, yinshan):
    move_to_hostel(stay, yinshan, from_night=SUNDAY, now=NOW)

    with pytest.raises(Refused) as no:
        extend(stay, departure=MONDAY, now=NOW)

    assert "OVERLAP" in [reason.code for reason in no.value.reasons if reason.verdict == "not_met"]


def test_the_first_part_is_not_shifted_away_from_the_second(stay, yinshan):
    move_to_hostel(stay, yinshan, from_night=SUNDAY, now=NOW)

    with pytest.raises(Refused) as no:
        shift(stay, nights=Nights(TUESDAY, TUESDAY + timedelta(days=3)), now=NOW)

    assert no.value.code == "CONTINUED"


def test_nights_keep_their_price_class_at_the_rate_of_the_other_house(hostel, lin, yinshan):
    Rate.objects.create(hostel=yinshan, fen=12000, valid_from=FRIDAY - timedelta(days=9))
    four = Nights(FRIDAY, TUESDAY)
    stay = book(guest=lin, hostel=hostel, nights=four, purpose="exam", now=NOW, accept_price=True)

    there = move_to_hostel(stay, yinshan, from_night=FRIDAY, now=NOW)

    paid = list(there.bed_nights.live().order_by("night").values_list("price_class", "rate_fen", "price_fen"))
    assert paid == [("free", 12000, 0)] * 3 + [("priced", 12000, 6000)]


def test_the_other_house_must_be_open_to_them_and_of_the_same_network(stay, yinshan, hostel):
    group = Hostel.objects.get(access="group")
    closed = Hostel.objects.get(slug="yuexi")
    Hostel.objects.filter(pk=closed.pk).update(valid_until=SUNDAY)
    for other, code in ((group, "GROUP_ONLY"), (hostel, "HOSTEL"), (closed, "HOSTEL")):
        with pytest.raises(Refused) as no:
            move_to_hostel(stay, other, from_night=FRIDAY, now=NOW)
        assert no.value.code == code
    assert Stay.objects.get().hostel == hostel


def test_a_full_house_takes_nobody_more(stay, yinshan):
    Bed.objects.filter(room__hostel=yinshan).exclude(room__number="201").update(valid_until=SUNDAY)
    Room.objects.filter(hostel=yinshan).update(supply="on_call")  # nobody was asked about what is left

    with pytest.raises(Refused) as no:
        move_to_hostel(stay, yinshan, from_night=SATURDAY, now=NOW)

    assert no.value.code == "FULL"
    assert not TurnAway.objects.exists()
    assert beds_of(stay) == ["301-1"] * 3


def test_the_quota_of_the_other_house_holds(stay, yinshan, wuzhong):
    Quota.objects.create(network=wuzhong, hostel=yinshan, first_day=FRIDAY.replace(day=1), nights=2)

    with pytest.raises(Refused) as no:
        move_to_hostel(stay, yinshan, from_night=FRIDAY, now=NOW)
    assert no.value.code == "QUOTA"
    assert Stay.objects.get().hostel == stay.hostel

    assert move_to_hostel(stay, yinshan, from_night=SATURDAY, now=NOW).hostel == yinshan


# --- all of it or nothing
@pytest.fixture
def the_record_breaks():
    """The last thing that each verb writes cannot be written."""

    def breaks(sender, **_row):
        raise RuntimeError("the record cannot be written")

    post_init.connect(breaks, sender=Deed)
    yield
    post_init.disconnect(breaks, sender=Deed)


@pytest.mark.parametrize(
    "change",
    [
        lambda stay, other, there: move(stay, other.bed_nights.first().bed, from_night=SATURDAY, now=NOW),
        lambda stay, other, there: swap(stay, other, from_night=SATURDAY, now=NOW),
        lambda stay, other, there: move_to_hostel(stay, there, from_night=FRIDAY, now=NOW),
        lambda stay, other, there: move_to_hostel(stay, there, from_night=SUNDAY, now=NOW),
    ],
    ids=["move", "swap", "begin in another house", "go on in another house"],
)
def test_what_breaks_at_the_last_step_leaves_nothing_behind(stay, zhou, yinshan, change, request):
    def rows():
        return [sorted(model.objects.values_list(), key=repr) for model in (Stay, BedNight, Letter, Assessment)]

    if "move" in request.node.callspec.id:
        cancel(zhou, now=NOW - timedelta(days=2))
    before = rows()
    request.getfixturevalue("the_record_breaks")

    with pytest.raises(RuntimeError):
        change(stay, zhou, yinshan)

    assert rows() == before
