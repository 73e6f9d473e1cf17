"""A wish is refused as full only where no arrangement of the house could take it, and no promise is broken for it."""

from datetime import timedelta

import pytest

from accounts.models import Deed, Letter
from bookings.allotting import allot
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.desk import check_in
from bookings.lodging import Lodging
from bookings.models import BedNight, Stay
from bookings.parties import Member, book_party
from bookings.walking_in import walk_in
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel, OutOfService, Room
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment

WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def two_beds(hostel):
    """A house with nothing but the two beds of room 203, where the first guest of a night decides who shares it."""
    keep_open(hostel, "203")
    return list(Bed.objects.filter(room__hostel=hostel, room__number="203").order_by("number"))


def keep_open(hostel, *numbers):
    Room.objects.filter(hostel=hostel).exclude(number__in=numbers).update(valid_until=FRIDAY)


@pytest.fixture
def books(people, hostel):
    """Book for somebody new."""

    def books(arrival, departure, gender="female", **said):
        nights = Nights(arrival, departure)
        return book(guest=people(gender=gender), hostel=hostel, nights=nights, purpose="exam", now=NOW, **said)

    return books


def bed_of(stay):
    [bed] = {night.bed for night in BedNight.objects.live().filter(stay=stay).select_related("bed__room")}
    assert BedNight.objects.live().filter(stay=stay).count() == len(stay.nights)
    return bed


def move_by_hand(stay, bed):
    stay.bed_nights.live().update(bed=bed, room=bed.room)


def in_the_way(books, two_beds):
    """Two stays, one after the other, in two beds: whoever comes for all these nights fits only if one moves."""
    first, second = books(SATURDAY, SUNDAY), books(SUNDAY, MONDAY)
    move_by_hand(first, two_beds[0])
    move_by_hand(second, two_beds[1])
    return first, second


def test_a_stay_that_has_not_come_yet_moves_to_make_room(books, two_beds):
    first, second = in_the_way(books, two_beds)

    third = books(SATURDAY, MONDAY)

    assert bed_of(first) == bed_of(second) != bed_of(third)
    [deed] = Deed.objects.filter(what="move_by_house")
    moved = first if deed.about == first.code else second
    assert deed.values == {"left": str(two_beds[0 if moved == first else 1]), "bed": str(bed_of(moved))}
    assert deed.person == moved.guest


def test_who_did_not_know_the_number_of_their_bed_gets_no_letter(books, two_beds):
    in_the_way(books, two_beds)

    books(SATURDAY, MONDAY)

    assert not Letter.objects.filter(kind="bed_moved").exists()


def test_who_knew_the_number_is_moved_only_if_nothing_else_helps_and_is_told(books, two_beds):
    first, second = in_the_way(books, two_beds)
    Stay.objects.filter(pk=first.pk).update(bed_told_at=NOW)

    third = books(SATURDAY, MONDAY)

    assert bed_of(first) == two_beds[0]
    assert bed_of(second) == two_beds[0]
    assert bed_of(third) == two_beds[1]
    assert not Letter.objects.filter(kind="bed_moved").exists()


def test_where_both_knew_one_is_moved_and_told(books, two_beds):
    both = in_the_way(books, two_beds)
    Stay.objects.filter(pk__in=[stay.pk for stay in both]).update(bed_told_at=NOW - timedelta(hours=1))

    books(SATURDAY, MONDAY)

    [letter] = Letter.objects.filter(kind="bed_moved")
    [moved] = [stay for stay in both if stay.guest == letter.person]
    assert letter.values["bed"] == str(bed_of(moved))
    moved.refresh_from_db()
    assert moved.bed_told_at == NOW


def test_who_is_in_house_is_never_moved(books, hostel, two_beds, people):
    here = book(guest=people(gender="female"), hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="exam", now=NOW)
    move_by_hand(here, two_beds[0])
    check_in(here, compared=True, now=moment(FRIDAY, 18))
    later = books(SUNDAY, TUESDAY)
    move_by_hand(later, two_beds[1])

    books(SATURDAY, MONDAY)

    assert bed_of(here) == two_beds[0]
    assert bed_of(later) == two_beds[0]


def test_it_is_full_only_when_no_arrangement_exists_and_nobody_is_moved_then(books, two_beds):
    first, second = in_the_way(books, two_beds)
    books(SATURDAY, MONDAY)
    before = {stay.pk: bed_of(stay) for stay in (first, second)}

    with pytest.raises(Refused) as no:
        books(SUNDAY, TUESDAY)

    assert no.value.code == "FULL"
    assert {stay.pk: bed_of(stay) for stay in (first, second)} == before
    assert Deed.objects.filter(what="move_by_house").count() == 1


def test_a_room_is_freed_of_one_gender_by_moving_its_guest(books, hostel):
    """A woman lies alone in the room that men could have; the women's room has a bed for her."""
    keep_open(hostel, "203", "301")
    woman = books(SATURDAY, MONDAY)
    flexible = Bed.objects.get(room__hostel=hostel, room__number="203", number=1)
    move_by_hand(woman, flexible)

    man = books(SUNDAY, TUESDAY, gender="male")

    assert bed_of(woman).room.number == "301"
    assert bed_of(man).room.number == "203"


def test_the_other_gender_can_be_nobodys_neighbour_whatever_is_moved(books, two_beds):
    books(SATURDAY, MONDAY)

    with pytest.raises(Refused) as no:
        books(SUNDAY, TUESDAY, gender="male")

    assert no.value.code == "FULL"


def test_nobody_is_moved_into_a_bed_that_is_closed_then(books, two_beds):
    first, second = in_the_way(books, two_beds)
    for bed, night in zip(two_beds, (SUNDAY, SATURDAY), strict=True):
        OutOfService.objects.create(
            bed=bed, first_night=night, until=night + timedelta(days=1), reason="repair", written_at=NOW
        )

    with pytest.raises(Refused) as no:
        books(SATURDAY, MONDAY)

    assert no.value.code == "FULL"
    assert (bed_of(first), bed_of(second)) == tuple(two_beds)


def test_a_lapsed_hold_is_closed_before_somebody_is_moved_into_its_bed(books, two_beds, people, hostel):
    first, second = in_the_way(books, two_beds)
    held = book(
        guest=people(gender="male"),
        hostel=hostel,
        nights=Nights(MONDAY, WEDNESDAY),
        purpose="exam",
        now=NOW,
        hold=True,
    )
    later = NOW + timedelta(minutes=11)

    third = book(
        guest=people(gender="female"), hostel=hostel, nights=Nights(SATURDAY, TUESDAY), purpose="exam", now=later
    )

    held.refresh_from_db()
    assert held.status == Stay.Status.CANCELLED
    assert held.cancelled_at == NOW + timedelta(minutes=10)
    assert bed_of(first) == bed_of(second) != bed_of(third)


def test_a_booking_into_a_free_bed_asks_no_more_than_before_and_a_move_a_fixed_number(
    books, two_beds, django_assert_max_num_queries
):
    in_the_way(books, two_beds)
    books(TUESDAY, WEDNESDAY)

    with django_assert_max_num_queries(45):
        books(SATURDAY, MONDAY)


def test_a_house_elsewhere_is_left_alone(books, two_beds, people):
    in_the_way(books, two_beds)
    mudu = Hostel.objects.get(slug="mudu")
    elsewhere = book(guest=people(), hostel=mudu, nights=Nights(SATURDAY, MONDAY), purpose="exam", now=NOW)
    before = bed_of(elsewhere)

    books(SATURDAY, MONDAY)

    assert bed_of(elsewhere) == before


def test_the_desk_may_give_a_bed_that_somebody_else_was_to_have(books, two_beds):
    tonight, later = books(FRIDAY, MONDAY), books(SATURDAY, MONDAY)
    [other] = {bed_of(later)}

    check_in(tonight, compared=True, bed=other, now=moment(FRIDAY, 18))

    assert bed_of(tonight) == other
    assert bed_of(later) == next(bed for bed in two_beds if bed != other)


def test_the_desk_gives_nobody_the_bed_of_somebody_in_house(books, two_beds):
    here, coming = books(FRIDAY, MONDAY), books(FRIDAY, MONDAY)
    check_in(here, compared=True, now=moment(FRIDAY, 17))

    with pytest.raises(Refused) as no:
        check_in(coming, compared=True, bed=bed_of(here), now=moment(FRIDAY, 18))

    assert no.value.code == "BED"


def test_a_walk_in_gets_a_bed_that_is_free_only_once_somebody_has_moved(books, two_beds, people, hostel):
    first, second = books(FRIDAY, SATURDAY), books(SATURDAY, SUNDAY)
    move_by_hand(first, two_beds[0])
    move_by_hand(second, two_beds[1])

    here = walk_in(
        hostel=hostel,
        guest=people(gender="female"),
        nights=Nights(FRIDAY, SUNDAY),
        purpose="exam",
        compared=True,
        now=moment(FRIDAY, 18),
    )

    assert here.status == Stay.Status.IN_HOUSE
    assert bed_of(first) == bed_of(second) != bed_of(here)


def test_friends_get_one_room_once_somebody_has_moved_out_of_it(books, hostel, people):
    keep_open(hostel, "301", "303")
    one_in_each = books(SATURDAY, MONDAY), books(SATURDAY, MONDAY)
    for stay, room in zip(one_in_each, ("301", "303"), strict=True):
        move_by_hand(stay, Bed.objects.get(room__hostel=hostel, room__number=room, number=1))
    friends = [people(gender="female"), people(gender="female")]

    party = book_party(
        made_by=friends[0],
        members=[Member(person=friend, purpose="exam") for friend in friends],
        hostel=hostel,
        nights=Nights(SATURDAY, MONDAY),
        now=NOW,
        together=True,
    )

    assert len({bed_of(stay).room for stay in party.stays.all()}) == 1
    assert len({bed_of(stay).room for stay in one_in_each}) == 1


def test_a_room_is_emptied_for_who_needs_it_alone_but_by_nobody_who_has_a_reason_to_stay(books, hostel):
    keep_open(hostel, "203", "301")
    Room.objects.filter(hostel=hostel, number="203").update(features=["accessible"])
    in_the_room = books(SATURDAY, MONDAY)
    move_by_hand(in_the_room, Bed.objects.get(room__hostel=hostel, room__number="203", number=1))
    alone = Lodging(needs=frozenset({"accessible"}), alone=True)

    first = books(SATURDAY, MONDAY, lodging=alone)

    assert bed_of(first).room.number == "203"
    assert bed_of(in_the_room).room.number == "301"
    with pytest.raises(Refused) as no:
        books(SUNDAY, TUESDAY, lodging=alone)
    assert no.value.code == "FULL"


def test_nobody_is_moved_into_a_bed_that_is_kept_for_a_batch(books, hostel, officer):
    keep_open(hostel, "203", "301")
    in_the_way(books, list(Bed.objects.filter(room__hostel=hostel, room__number="203").order_by("number")))
    allot(
        hostel=hostel,
        nights=Nights(SATURDAY, MONDAY),
        applicant="school",
        organisation="安徽大学",
        purpose="job_fair",
        release_on=SATURDAY,
        beds=2,
        now=NOW,
        actor=officer,
    )

    third = books(SATURDAY, MONDAY)

    assert bed_of(third).room.number == "203"
    with pytest.raises(Refused) as no:
        books(SATURDAY, MONDAY)
    assert no.value.code == "FULL"


def test_nights_that_are_the_waiting_list_s_are_given_to_nobody_by_moving_either(books, two_beds):
    first, second = in_the_way(books, two_beds)
    given_back = books(MONDAY, TUESDAY)
    move_by_hand(given_back, two_beds[0])
    cancel(given_back, now=NOW)

    third = books(SATURDAY, TUESDAY)

    assert bed_of(third) == two_beds[1]
    assert bed_of(first) == bed_of(second) == two_beds[0]
    with pytest.raises(Refused) as no:
        books(MONDAY, TUESDAY)
    assert no.value.code == "FULL"
