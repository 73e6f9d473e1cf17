"""Closing beds and rooms: whoever is in them is given another first, or told; and what was said stays said."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts.letters import say
from accounts.models import Deed, Letter
from bookings.allotting import allot
from bookings.availability import free_beds, night_table
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.desk import check_in
from bookings.models import BedNight, Stay
from bookings.out_of_service import (
    ANYWHERE,
    CANCEL,
    OTHER_HOUSE,
    BedInUse,
    block,
    close_bed,
    close_room,
    hits,
    inventory,
    lift,
    reopen,
    reopen_bed,
    revise,
)
from bookings.wishing import state_of, wait
from eligibility.reasons import Refused
from hostel.models import Bed, OutOfService, Room
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment

WEEKEND = Nights(FRIDAY, SUNDAY)
LATER = NOW + timedelta(hours=1)
CLOSED = {"reason": "repair", "reference": "R-7"}


@pytest.fixture
def of_lin(lin, hostel):
    """Lin's stay, Friday to Monday."""
    return book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW)


def bed_of(stay):
    [bed] = {night.bed for night in stay.bed_nights.live().select_related("bed__room__hostel")}
    return bed


def only(hostel, *numbers):
    """Leave ``hostel`` these rooms."""
    Bed.objects.filter(room__hostel=hostel).exclude(room__number__in=numbers).update(valid_until=FRIDAY)


def the_room(hostel, number):
    """The room so called, as the house's inventory has it."""
    [found] = [each for each in inventory(hostel) if each.room.number == number]
    return found


def there(hostel, number, night):
    """The beds of the room so called that there are on ``night``."""
    beds = Bed.objects.valid_on(night).filter(room__in=hostel.rooms.valid_on(night), room__number=number)
    return [str(bed) for bed in beds.select_related("room").order_by("number")]


def told(person, kind):
    return say(Letter.objects.get(person=person, kind=kind), "en")


def test_a_free_bed_is_closed_for_its_nights_and_no_others(hostel, beds):
    [row] = block([beds["203-1"]], WEEKEND, now=NOW, **CLOSED)

    assert (row.first_night, row.until, row.reason, row.reference) == (FRIDAY, SUNDAY, "repair", "R-7")
    assert beds["203-1"] not in free_beds(hostel, Nights(SATURDAY, SUNDAY), "female", NOW)
    assert beds["203-1"] in free_beds(hostel, Nights(SUNDAY, MONDAY), "female", NOW)
    assert Deed.objects.get(what="block").values["bed"] == "203-1"


def test_a_bed_that_somebody_has_is_not_closed_without_a_choice(of_lin, hostel):
    bed = bed_of(of_lin)

    with pytest.raises(BedInUse) as no:
        block([bed], WEEKEND, now=NOW, **CLOSED)

    assert no.value.code == "BED_IN_USE"
    [hit] = no.value.hits
    assert (hit.stay, hit.bed, hit.nights) == (of_lin, bed, (FRIDAY, SATURDAY))
    assert hit.beds
    assert bed not in hit.beds
    assert not OutOfService.objects.exists()


@pytest.mark.parametrize(("until", "said"), [(SATURDAY, "on the night of"), (SUNDAY, "2 nights")])
def test_one_night_is_one_night(of_lin, until, said):
    with pytest.raises(BedInUse) as no:
        block([bed_of(of_lin)], Nights(FRIDAY, until), now=NOW, **CLOSED)

    assert said in no.value.reasons[0].sentence.say("en")


def test_the_hits_say_where_each_guest_could_go(of_lin, hostel, people):
    bed = bed_of(of_lin)
    only(hostel, bed.room.number)
    others = [book(guest=people("某某", "female"), hostel=hostel, nights=WEEKEND, purpose="exam", now=NOW)
              for _ in range(3)]  # fmt: skip

    found = hits([bed], Nights(SATURDAY, TUESDAY), NOW)

    assert [hit.stay for hit in found] == [of_lin]
    assert found[0].nights == (SATURDAY, SUNDAY)
    assert found[0].beds == ()
    assert [house.hostel.access for house in found[0].houses] == ["individual"] * 3
    assert found[0].houses[0].distance_m > 0
    assert others


def test_a_guest_who_has_not_come_is_moved_for_all_nights_into_the_bed_that_was_chosen(of_lin, beds):
    bed = bed_of(of_lin)
    chosen = beds["203-1"]

    block([bed], Nights(SATURDAY, SUNDAY), choices={of_lin.code: chosen}, now=LATER, **CLOSED)

    assert bed_of(of_lin) == chosen
    assert not Letter.objects.filter(kind="moved_bed").exists()  # nobody told her a bed


@pytest.mark.postgres
def test_whoever_closes_and_moves_locks_the_guest_then_the_house_then_the_bed(of_lin, django_assert_max_num_queries):
    """As whoever re-arranges the house does: in another order each would wait for the other."""
    with django_assert_max_num_queries(100) as said:
        block([bed_of(of_lin)], WEEKEND, choices={of_lin.code: "anywhere"}, now=LATER, **CLOSED)

    locking = [
        each["sql"] for each in said.captured_queries if " FOR " in each["sql"] and "SAVEPOINT" not in each["sql"]
    ]
    tables = [sql.partition(' FROM "')[2].partition('"')[0] for sql in locking]
    assert tables[:3] == ["accounts_person", "hostel_hostel", "hostel_bed"]


def test_who_was_told_their_bed_is_told_the_new_one(of_lin, lin, beds):
    Stay.objects.update(bed_told_at=NOW)

    block([bed_of(of_lin)], WEEKEND, choices={of_lin.code: beds["203-1"]}, now=LATER, **CLOSED)

    assert "203-1" in told(lin, "moved_bed")


def test_anywhere_lets_the_house_find_a_bed(of_lin, hostel):
    bed = bed_of(of_lin)

    block([bed], WEEKEND, choices={of_lin.code: ANYWHERE}, now=LATER, **CLOSED)

    assert bed_of(of_lin) != bed
    assert bed_of(of_lin).room.hostel == hostel


def test_who_is_in_house_sleeps_in_their_bed_until_it_closes_and_is_told(of_lin, lin, beds):
    check_in(of_lin, compared=True, now=moment(FRIDAY, 15))
    bed = bed_of(of_lin)

    block([bed], Nights(SATURDAY, TUESDAY), choices={of_lin.code: beds["203-2"]}, now=moment(FRIDAY, 20), **CLOSED)

    rows = of_lin.bed_nights.live().order_by("night")
    assert [night.bed for night in rows] == [bed, beds["203-2"], beds["203-2"]]
    assert "203-2" in told(lin, "moved_bed")


def test_another_house_takes_the_whole_stay_at_the_same_price(of_lin, lin, hostel):
    bed, [first, *_] = bed_of(of_lin), list(of_lin.bed_nights.order_by("night"))
    nearest = hits([bed], WEEKEND, NOW)[0].houses or None
    only(hostel, bed.room.number)
    nearest = nearest or hits([bed], WEEKEND, NOW)[0].houses

    block([bed], WEEKEND, choices={of_lin.code: OTHER_HOUSE}, now=LATER, **CLOSED)

    of_lin.refresh_from_db()
    assert of_lin.hostel != hostel
    assert of_lin.status == "confirmed"
    rows = of_lin.bed_nights.live()
    assert {(night.hostel, night.bed.room.hostel) for night in rows} == {(of_lin.hostel, of_lin.hostel)}
    assert {night.price_fen for night in rows} == {first.price_fen}
    assert rows.count() == 3
    words = told(lin, "moved_house")
    assert hostel.name_en in words
    assert of_lin.hostel.name_en in words


def test_who_is_in_house_goes_on_in_another_house_with_a_stay_of_their_own(of_lin, lin, hostel):
    check_in(of_lin, compared=True, now=moment(FRIDAY, 15))
    bed = bed_of(of_lin)

    block([bed], Nights(SATURDAY, TUESDAY), choices={of_lin.code: OTHER_HOUSE}, now=moment(FRIDAY, 20), **CLOSED)

    of_lin.refresh_from_db()
    assert (of_lin.departure, of_lin.status) == (SATURDAY, "in_house")
    goes_on = Stay.objects.get(continues=of_lin)
    assert (goes_on.arrival, goes_on.departure, goes_on.status) == (SATURDAY, MONDAY, "confirmed")
    assert goes_on.hostel != hostel
    assert goes_on.bed_nights.live().count() == 2
    assert goes_on.code in told(lin, "moved_house")


def test_a_guest_can_be_cancelled_by_the_house_and_all_nights_go_back(of_lin, lin):
    block([bed_of(of_lin)], WEEKEND, choices={of_lin.code: CANCEL}, now=LATER, **CLOSED)

    of_lin.refresh_from_db()
    assert (of_lin.status, of_lin.cancel_cause) == ("cancelled", "HOUSE")
    assert not of_lin.bed_nights.live().exists()
    assert "3 nights returned" in told(lin, "closed_by_house")


def test_who_is_in_house_keeps_the_nights_before_when_the_house_gives_up(of_lin, lin):
    check_in(of_lin, compared=True, now=moment(FRIDAY, 15))

    block([bed_of(of_lin)], Nights(SATURDAY, MONDAY), choices={of_lin.code: CANCEL}, now=moment(FRIDAY, 20), **CLOSED)

    of_lin.refresh_from_db()
    assert (of_lin.departure, of_lin.status) == (SATURDAY, "in_house")
    assert [night.night for night in of_lin.bed_nights.live()] == [FRIDAY]
    assert "2 nights returned" in told(lin, "ended_by_house")


def test_all_is_done_or_nothing(of_lin, people, hostel):
    other = book(guest=people("孙宁", "female"), hostel=hostel, nights=WEEKEND, purpose="exam", now=NOW)
    both, before = [bed_of(of_lin), bed_of(other)], set(BedNight.objects.values_list("pk", "bed", "released_at"))

    with pytest.raises(BedInUse) as no:
        block(both, WEEKEND, choices={of_lin.code: CANCEL}, now=LATER, **CLOSED)

    assert [hit.stay for hit in no.value.hits] == [other]
    assert set(BedNight.objects.values_list("pk", "bed", "released_at")) == before
    assert not OutOfService.objects.exists()
    assert Stay.objects.filter(status="confirmed").count() == 2


def test_two_guests_of_a_room_both_find_another_bed(of_lin, people, hostel):
    other = book(guest=people("孙宁", "female"), hostel=hostel, nights=WEEKEND, purpose="exam", now=NOW)
    both = [bed_of(of_lin), bed_of(other)]

    block(both, WEEKEND, choices={of_lin.code: ANYWHERE, other.code: ANYWHERE}, now=LATER, **CLOSED)

    assert not {bed_of(of_lin), bed_of(other)} & set(both)
    assert bed_of(of_lin) != bed_of(other)


def test_where_no_bed_of_the_house_is_free_a_choice_of_one_is_refused(of_lin, hostel, people):
    bed = bed_of(of_lin)
    only(hostel, bed.room.number)
    for _ in range(3):
        book(guest=people("某某", "female"), hostel=hostel, nights=WEEKEND, purpose="exam", now=NOW)

    with pytest.raises(Refused) as no:
        block([bed], WEEKEND, choices={of_lin.code: ANYWHERE}, now=LATER, **CLOSED)

    assert no.value.code == "FULL"
    assert not OutOfService.objects.exists()


def test_where_no_other_house_takes_the_guest_that_choice_is_refused(of_lin, hostel):
    Bed.objects.exclude(room__hostel=hostel).update(valid_until=FRIDAY)

    with pytest.raises(Refused) as no:
        block([bed_of(of_lin)], WEEKEND, choices={of_lin.code: OTHER_HOUSE}, now=LATER, **CLOSED)

    assert no.value.code == "NOWHERE"


def test_a_hold_whose_time_is_over_is_no_hit(lin, hostel):
    held = book(guest=lin, hostel=hostel, nights=WEEKEND, purpose="interview", now=NOW, hold=True)
    bed = bed_of(held)

    assert hits([bed], WEEKEND, NOW)
    assert not hits([bed], WEEKEND, NOW + timedelta(minutes=11))
    assert block([bed], WEEKEND, now=NOW + timedelta(minutes=11), **CLOSED)
    held.refresh_from_db()
    assert (held.status, held.cancel_cause) == ("cancelled", "HOLD_ENDED")


def test_a_hold_whose_time_is_over_ends_where_its_bed_is_allotted_to_a_school(lin, hostel, officer):
    only(hostel, "201")
    held = book(guest=lin, hostel=hostel, nights=Nights(SATURDAY, SUNDAY), purpose="exam", now=NOW, hold=True)

    how = {"applicant": "school", "organisation": "一中", "purpose": "exam", "release_on": SATURDAY, "actor": officer}
    allot(hostel=hostel, nights=Nights(SATURDAY, SUNDAY), beds=4, now=held.held_until, **how)

    held.refresh_from_db()
    assert (held.status, held.cancel_cause) == ("cancelled", "HOLD_ENDED")


def test_who_was_offered_a_bed_that_closes_is_not_booked_into_another_house(of_lin, hostel, people):
    only(hostel, bed_of(of_lin).room.number)
    bed = bed_of(of_lin)
    Bed.objects.filter(room=bed.room_id).exclude(pk=bed.pk).update(valid_until=FRIDAY)
    waits = wait(
        guest=people("陈一舟", "female"), hostels=[hostel], nights=Nights(SATURDAY, SUNDAY), purpose="exam", now=NOW
    )
    cancel(of_lin, now=NOW)
    offered = Stay.objects.get(offer__waiting=waits)

    block([bed], Nights(SATURDAY, SUNDAY), choices={offered.code: "other_house"}, now=LATER, **CLOSED)

    offered.refresh_from_db()
    assert (offered.status, offered.hostel) == ("cancelled", hostel)
    assert state_of(waits, LATER) == "waiting"


def test_nights_that_are_over_are_not_closed_afterwards(hostel, beds):
    with pytest.raises(Refused) as no:
        block([beds["203-1"]], Nights(FRIDAY - timedelta(days=1), SUNDAY), now=NOW, **CLOSED)

    assert no.value.code == "DATES"


def test_a_closed_bed_is_not_closed_twice(hostel, beds):
    block([beds["203-1"]], WEEKEND, now=NOW, **CLOSED)

    with pytest.raises(Refused) as no:
        block([beds["203-1"]], Nights(SATURDAY, MONDAY), now=NOW, **CLOSED)

    assert no.value.code == "CLOSED"


# --- revisions --------------------------------------------------------------------------------------------------------
def test_a_change_is_a_new_row_and_the_old_one_stays_as_it_was(hostel, beds):
    [first] = block([beds["203-1"]], WEEKEND, now=NOW, **CLOSED)

    second = revise(first, nights=Nights(FRIDAY, MONDAY), reference="R-8", now=LATER)

    assert list(OutOfService.objects.standing()) == [second]
    assert (second.revises, second.reason, second.reference) == (first, "repair", "R-8")
    assert OutOfService.objects.get(pk=first.pk).until == SUNDAY
    assert beds["203-1"] not in free_beds(hostel, Nights(SUNDAY, MONDAY), "female", NOW)


def test_what_was_revised_is_not_revised_again(hostel, beds):
    [first] = block([beds["203-1"]], WEEKEND, now=NOW, **CLOSED)
    revise(first, nights=Nights(FRIDAY, MONDAY), now=LATER)

    for change in (lambda: revise(first, nights=WEEKEND, now=LATER), lambda: lift(first, now=LATER)):
        with pytest.raises(Refused) as no:
            change()
        assert no.value.code == "STATE"


def test_a_longer_closing_needs_a_choice_for_whom_it_hits(of_lin):
    bed = bed_of(of_lin)
    [first] = block([bed], Nights(MONDAY, TUESDAY), now=NOW, **CLOSED)

    with pytest.raises(BedInUse):
        revise(first, nights=Nights(SUNDAY, TUESDAY), now=LATER)
    revise(first, nights=Nights(SUNDAY, TUESDAY), choices={of_lin.code: ANYWHERE}, now=LATER)

    assert bed_of(of_lin) != bed


def test_lifting_gives_the_bed_back_and_leaves_the_nights_before_closed(hostel, beds):
    [first] = block([beds["203-1"]], Nights(FRIDAY, TUESDAY), now=NOW, **CLOSED)

    lift(first, now=moment(SUNDAY, 9))

    span = Nights(FRIDAY, TUESDAY)
    counts = night_table([hostel], span, NOW)[hostel.pk]
    assert [count.out_of_service for count in counts] == [1, 1, 0, 0]


def test_lifting_before_it_begins_takes_all_of_it_away(hostel, beds):
    [first] = block([beds["203-1"]], Nights(SUNDAY, TUESDAY), now=NOW, **CLOSED)

    row = lift(first, now=LATER)

    assert row.lifted
    assert not OutOfService.objects.standing().exists()
    assert beds["203-1"] in free_beds(hostel, Nights(SUNDAY, TUESDAY), "female", NOW)


def test_what_is_over_is_not_lifted(beds):
    [first] = block([beds["203-1"]], WEEKEND, now=NOW, **CLOSED)

    with pytest.raises(Refused) as no:
        lift(first, now=moment(SUNDAY, 9))

    assert no.value.code == "DATES"


@pytest.mark.parametrize("change", [lambda rows: rows.update(reference="x"), lambda rows: rows.delete()])
def test_the_database_neither_changes_nor_forgets_a_closure(beds, change):
    block([beds["203-1"]], WEEKEND, now=NOW, **CLOSED)

    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        change(OutOfService.objects.all())

    assert OutOfService.objects.get().reference == "R-7"


def test_the_database_gives_a_closed_bed_to_nobody(beds, lin, written_stay, written_night):
    block([beds["203-1"]], Nights(SATURDAY, SUNDAY), now=NOW, **CLOSED)
    stay = written_stay(lin, "WRONG2")
    written_night(stay, beds["203-1"], FRIDAY)

    with pytest.raises(DatabaseError, match="closed bed"), transaction.atomic():
        written_night(stay, beds["203-1"], SATURDAY)
    other = written_night(stay, beds["203-2"], SATURDAY)
    with pytest.raises(DatabaseError, match="closed bed"), transaction.atomic():
        BedNight.objects.filter(pk=other.pk).update(bed=beds["203-1"])


def test_the_database_gives_no_bed_that_is_not_there(beds, lin, written_stay, written_night):
    Bed.objects.filter(pk=beds["203-1"].pk).update(valid_until=SATURDAY)
    stay = written_stay(lin, "WRONG2")
    written_night(stay, beds["203-1"], FRIDAY)

    with pytest.raises(DatabaseError, match="closed bed"), transaction.atomic():
        written_night(stay, beds["203-1"], SATURDAY)


# --- for good ---------------------------------------------------------------------------------------------------------
def test_a_room_closes_from_a_day_on(hostel, beds):
    room = beds["203-1"].room

    close_room(room, SUNDAY, now=NOW)

    assert "203" in {bed.room.number for bed in free_beds(hostel, WEEKEND, "female", NOW)}
    assert "203" not in {bed.room.number for bed in free_beds(hostel, Nights(SATURDAY, MONDAY), "female", NOW)}
    counts = night_table([hostel], Nights(SATURDAY, MONDAY), NOW)[hostel.pk]
    assert counts[0].beds - counts[1].beds == 2


def test_a_room_with_nights_given_needs_a_choice_for_each_guest(of_lin, hostel):
    room = bed_of(of_lin).room

    with pytest.raises(BedInUse) as no:
        close_room(room, SATURDAY, now=NOW)
    assert [hit.nights for hit in no.value.hits] == [(SATURDAY, SUNDAY)]
    room.refresh_from_db()
    assert room.valid_until is None

    close_room(room, SATURDAY, choices={of_lin.code: ANYWHERE}, now=LATER)
    assert bed_of(of_lin).room != room


def test_one_bed_closes_and_the_room_goes_on(hostel, beds):
    close_bed(beds["203-2"], FRIDAY, now=NOW)

    assert [str(bed) for bed in free_beds(hostel, WEEKEND, "female", NOW) if bed.room.number == "203"] == ["203-1"]


def test_nothing_closes_in_the_past(beds):
    with pytest.raises(Refused) as no:
        close_bed(beds["203-2"], FRIDAY - timedelta(days=1), now=NOW)

    assert no.value.code == "DATES"


def test_a_room_that_closed_comes_back_as_a_new_one_from_a_day_on(hostel, beds):
    room = beds["203-1"].room
    close_room(room, FRIDAY, now=NOW)

    again = reopen(room, SUNDAY, now=moment(SATURDAY, 10))

    assert again.pk != room.pk
    counts = night_table([hostel], Nights(SATURDAY, MONDAY), NOW)[hostel.pk]
    assert counts[1].beds - counts[0].beds == 2
    with pytest.raises(Refused) as no:
        reopen(room, SUNDAY, now=moment(SATURDAY, 10))
    assert no.value.code == "STATE"


def test_a_room_that_was_to_close_stays_as_it_is(hostel, beds):
    room = beds["203-1"].room
    close_room(room, MONDAY, now=NOW)

    assert reopen(room, SUNDAY, now=NOW).pk == room.pk
    assert Room.objects.get(pk=room.pk).valid_until is None
    assert Bed.objects.filter(room=room, valid_until=None).count() == 2


def test_the_days_on_which_a_room_was_closed_stay_closed_whatever_day_is_named(hostel, beds):
    room = beds["203-1"].room
    close_room(room, FRIDAY, now=NOW)

    again = reopen(room, FRIDAY - timedelta(days=1), now=moment(SUNDAY, 10))

    assert (again.pk != room.pk, again.valid_from) == (True, SUNDAY)


def test_what_closes_by_then_anyway_is_not_closed_again_for_later(beds):
    room = beds["203-1"].room
    close_room(room, SATURDAY, now=NOW)

    for close in (lambda: close_room(room, SUNDAY, now=NOW), lambda: close_bed(beds["203-2"], SUNDAY, now=NOW)):
        with pytest.raises(Refused) as no:
            close()
        assert no.value.code == "STATE"
    assert Room.objects.get(pk=room.pk).valid_until == SATURDAY


def test_one_bed_is_opened_again(hostel, beds):
    close_bed(beds["203-2"], FRIDAY, now=NOW)
    close_bed(beds["203-1"], MONDAY, now=NOW)

    again = reopen_bed(beds["203-2"], SUNDAY, now=moment(SATURDAY, 10))
    as_before = reopen_bed(beds["203-1"], FRIDAY, now=NOW)

    assert (again.pk != beds["203-2"].pk, again.valid_from, again.features) == (True, SUNDAY, beds["203-2"].features)
    assert (as_before.pk, as_before.valid_until) == (beds["203-1"].pk, None)
    for bed in (again, as_before, beds["203-2"]):
        with pytest.raises(Refused) as no:
            reopen_bed(bed, SUNDAY, now=moment(SATURDAY, 10))
        assert no.value.code == "STATE"


def test_a_bed_of_a_room_that_closes_is_not_opened_alone(beds):
    close_room(beds["203-1"].room, SUNDAY, now=NOW)

    with pytest.raises(Refused) as no:
        reopen_bed(beds["203-1"], FRIDAY, now=NOW)

    assert no.value.code == "STATE"


def test_a_room_that_closes_before_it_comes_back_can_come_back_sooner(hostel, beds):
    room = beds["203-1"].room
    close_room(room, SATURDAY, now=NOW)
    close_room(reopen(room, TUESDAY, now=NOW), MONDAY, now=NOW)

    again = reopen(the_room(hostel, "203").room, SUNDAY, now=NOW)

    assert (again.valid_from, again.valid_until) == (SUNDAY, None)
    assert the_room(hostel, "203").room == again
    assert there(hostel, "203", SATURDAY) == []
    assert there(hostel, "203", SUNDAY) == there(hostel, "203", TUESDAY) == ["203-1", "203-2"]


def test_a_bed_that_closes_before_it_comes_back_can_come_back_sooner(hostel, beds):
    close_bed(beds["203-2"], SATURDAY, now=NOW)
    close_bed(reopen_bed(beds["203-2"], TUESDAY, now=NOW), MONDAY, now=NOW)

    reopen_bed(the_room(hostel, "203").beds[1], SUNDAY, now=NOW)

    assert [there(hostel, "203", day) for day in (SATURDAY, SUNDAY, TUESDAY)] == [
        ["203-1"],
        ["203-1", "203-2"],
        ["203-1", "203-2"],
    ]


def test_a_room_comes_back_with_each_of_its_beds_once(hostel, beds):
    close_bed(beds["203-2"], SUNDAY, now=NOW)
    reopen_bed(beds["203-2"], TUESDAY, now=NOW)
    close_room(beds["203-1"].room, SATURDAY, now=NOW)

    reopen(the_room(hostel, "203").room, FRIDAY, now=NOW)

    assert there(hostel, "203", FRIDAY) == there(hostel, "203", TUESDAY) == ["203-1", "203-2"]
    assert [bed.valid_until for bed in the_room(hostel, "203").beds] == [None, None]


def test_a_bed_that_closed_before_its_room_is_opened_in_the_room_that_came_back(hostel, beds):
    close_bed(beds["203-2"], FRIDAY, now=NOW)
    close_room(beds["203-1"].room, SATURDAY, now=NOW)
    again = reopen(beds["203-1"].room, SUNDAY, now=NOW)
    assert [str(bed) for bed in the_room(hostel, "203").beds] == ["203-1", "203-2"]
    assert there(hostel, "203", SUNDAY) == ["203-1"]

    opened = reopen_bed(the_room(hostel, "203").beds[1], SATURDAY, now=NOW)

    assert (opened.room, opened.valid_from) == (again, SUNDAY)
    assert there(hostel, "203", SUNDAY) == ["203-1", "203-2"]
    with pytest.raises(Refused) as no:
        reopen_bed(beds["203-2"], SUNDAY, now=NOW)
    assert no.value.code == "STATE"


def test_the_inventory_names_each_room_once_with_what_it_is_now(hostel, beds, django_assert_num_queries):
    close_room(beds["203-1"].room, FRIDAY, now=NOW)
    again = reopen(beds["203-1"].room, SUNDAY, now=moment(SATURDAY, 10))
    close_bed(beds["204-1"], MONDAY, now=NOW)

    with django_assert_num_queries(2):
        found = {each.room.number: each for each in inventory(hostel)}

    assert len(found) == 10
    assert found["203"].room == again
    assert [bed.valid_until for bed in found["204"].beds] == [MONDAY, None]


def test_a_stay_that_was_cancelled_stands_in_nobodys_way(of_lin):
    bed = bed_of(of_lin)
    cancel(of_lin, now=NOW)

    assert block([bed], WEEKEND, now=LATER, **CLOSED)
