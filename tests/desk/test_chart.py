from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.reasons import Refused
from bookings.allotting import allot
from bookings.arriving import come_late
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.changing import shift
from bookings.desk import check_in, check_out, no_show
from bookings.models import BedEvent, BedNight, Stay
from bookings.moving import move
from bookings.out_of_service import block
from bookings.parties import Member, book_party
from desk.chart import beds_to_change_to, chart_of, spots_near
from hostel.models import Bed, Hostel, Room
from hostel.nights import Nights, business_day
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment, undone

FORTNIGHT = Nights(FRIDAY - timedelta(days=1), FRIDAY + timedelta(days=13))
# What stands on the chart because somebody has the bed.
TAKEN = {"held", "confirmed", "due_in", "arriving_late", "in_house", "due_out", "left"}


def bed(hostel, label):
    room, number = label.split("-")
    return Bed.objects.select_related("room").get(room__hostel=hostel, room__number=room, number=number)


@pytest.fixture
def stays(hostel):
    """Book nights for a guest, from Friday to Sunday and in some bed unless told otherwise."""

    def stays(guest, arrival=FRIDAY, departure=SUNDAY, label="", now=NOW, **how):
        stay = book(guest=guest, hostel=hostel, nights=Nights(arrival, departure), purpose="interview", now=now, **how)
        if label:
            move(stay, bed(hostel, label), from_night=arrival, now=now)
        return Stay.objects.select_related("guest", "hostel__network").get(pk=stay.pk)

    return stays


def cells(hostel, label, now=NOW, nights=FORTNIGHT):
    [row] = [row for row in chart_of(hostel, nights, now).rows if row.label == label]
    return row.cells


def bars(hostel, label, now=NOW, nights=FORTNIGHT):
    return [cell.bar for cell in cells(hostel, label, now, nights) if cell.bar]


def test_the_beds_stand_by_floor_and_room_each_with_fourteen_nights(hostel):
    chart = chart_of(hostel, FORTNIGHT, NOW)

    assert [floor for floor, _rows in chart.floors] == [2, 3, 4]
    assert [row.label for row in chart.rows[:5]] == ["201-1", "201-2", "201-3", "201-4", "202-1"]
    assert [row.first_of_room for row in chart.rows[:5]] == [True, False, False, False, True]
    assert {sum(cell.span for cell in row.cells) for row in chart.rows} == {14}
    assert [count.night for count in chart.counts] == list(FORTNIGHT)
    assert chart.counts[1].free == 22


def test_a_stay_is_one_bar_over_its_nights_with_its_state_and_both_dates(hostel, lin, stays):
    stay = stays(lin, label="201-2")

    [bar] = bars(hostel, "201-2")

    assert (bar.state, bar.nights, bar.stay) == ("due_in", Nights(FRIDAY, SUNDAY), stay)
    assert (bar.moves, bar.shifts, bar.goes_on) == (True, True, False)
    assert [cell.span for cell in cells(hostel, "201-2")][:3] == [1, 2, 1]


@pytest.mark.parametrize("day, state", [(FRIDAY, "in_house"), (SATURDAY, "in_house"), (SUNDAY, "due_out")])
def test_who_is_in_house_is_due_out_on_the_last_day(hostel, lin, stays, day, state):
    check_in(stays(lin, label="201-1"), compared=True, now=moment(FRIDAY, 15))

    now = moment(day, 16)
    [bar] = bars(hostel, "201-1", now, Nights(day - timedelta(days=1), day + timedelta(days=6)))

    assert (bar.state, bar.nights) == (state, Nights(FRIDAY, SUNDAY))
    assert (bar.moves, bar.shifts) == (state == "in_house", False)


def test_who_should_have_left_is_in_their_last_bed_tonight(hostel, lin, stays):
    check_in(stays(lin, FRIDAY, SATURDAY, label="201-1"), compared=True, now=moment(FRIDAY, 15))

    cell = cells(hostel, "201-1", moment(MONDAY, 9), Nights(SUNDAY, TUESDAY))[1]

    assert (cell.bar.state, cell.night, cell.bar.moves) == ("overdue", MONDAY, False)


def test_a_bed_that_has_the_next_guest_is_theirs_also_while_the_last_should_have_left(hostel, people, stays):
    check_in(stays(people("周梅", "female"), FRIDAY, SATURDAY, label="201-1"), compared=True, now=moment(FRIDAY, 15))
    new = stays(people("吴静", "female"), MONDAY, TUESDAY, label="201-1")

    [bar] = bars(hostel, "201-1", moment(MONDAY, 9), Nights(SUNDAY, TUESDAY))

    assert bar.stay == new


def test_who_has_left_early_leaves_the_rest_free(hostel, lin, stays):
    check_in(stays(lin, label="201-1"), compared=True, now=moment(FRIDAY, 15))
    check_out(Stay.objects.get(), now=moment(SATURDAY, 9))

    before, bar, *free = cells(hostel, "201-1", moment(SATURDAY, 10))

    assert (bar.bar.state, bar.night, bar.span, bar.bar.moves) == ("left", FRIDAY, 1, False)
    assert [cell.bar for cell in (before, *free)] == [None] * 13


def test_a_hold_whose_time_runs_is_held_and_one_whose_time_is_over_is_not_there(hostel, lin, stays):
    stays(lin, hold=True)
    label = str(BedNight.objects.first().bed)

    [bar] = bars(hostel, label)

    assert (bar.state, bar.moves) == ("held", False)
    assert bars(hostel, label, NOW + timedelta(hours=1)) == []


def test_a_no_show_stands_on_the_night_it_was_waited_for_unless_somebody_has_the_bed(hostel, people, stays):
    missed = stays(people("周梅", "female"), FRIDAY, SATURDAY, label="201-1")
    now = moment(FRIDAY, 23, 30)
    no_show(missed, now=now)

    [bar] = bars(hostel, "201-1", now)
    assert (bar.state, bar.nights, bar.stay.code) == ("no_show", Nights(FRIDAY, SATURDAY), missed.code)

    other = stays(people("吴静", "female"), FRIDAY, SATURDAY, label="201-1", now=now)
    assert [bar.stay for bar in bars(hostel, "201-1", now)] == [other]


def test_a_no_show_of_other_days_is_not_on_it(hostel, lin, stays):
    no_show(stays(lin, label="201-1"), now=moment(FRIDAY, 23, 30))

    assert bars(hostel, "201-1", moment(SATURDAY, 9), Nights(SUNDAY, MONDAY)) == []


def test_who_said_that_they_come_late_has_that_word(hostel, lin, stays):
    come_late(stays(lin, label="201-1"), now=moment(FRIDAY, 21))

    assert [bar.state for bar in bars(hostel, "201-1", moment(FRIDAY, 21))] == ["arriving_late"]


def test_after_the_hour_until_which_the_bed_was_kept_nothing_is_moved(hostel, lin, stays):
    stays(lin, label="201-1")

    [bar] = bars(hostel, "201-1", moment(FRIDAY, 23, 30))

    assert (bar.state, bar.moves, bar.shifts) == ("due_in", False, False)


def test_a_bed_out_of_service_says_why(hostel):
    block([bed(hostel, "402-1")], Nights(SATURDAY, MONDAY), reason="repair", reference="R-17", now=NOW)

    [bar] = bars(hostel, "402-1")

    assert (bar.state, bar.nights, bar.closure.reference) == ("blocked", Nights(SATURDAY, MONDAY), "R-17")


def test_beds_kept_for_a_batch_are_held_for_it_until_a_guest_is_named(hostel, officer):
    group = allot(
        hostel=hostel,
        nights=Nights(SUNDAY, TUESDAY),
        applicant="school",
        organisation="苏州大学",
        purpose="interview",
        release_on=SATURDAY,
        beds=[bed(hostel, "303-1")],
        now=NOW,
        actor=officer,
    )

    [bar] = bars(hostel, "303-1")

    assert (bar.state, bar.nights, bar.batch, bar.stay) == ("held", Nights(SUNDAY, TUESDAY), group, None)
    assert bars(hostel, "303-1", moment(SATURDAY, 9)) == []


def test_nights_given_back_are_the_waiting_list_s_first_and_say_nobody_s_name(hostel, lin, stays):
    cancel(stays(lin, SUNDAY, MONDAY, label="201-1"), now=NOW + timedelta(minutes=1))

    [bar] = bars(hostel, "201-1", NOW + timedelta(minutes=1))

    assert (bar.state, bar.nights, bar.stay, bar.moves) == ("first_line", Nights(SUNDAY, MONDAY), None, False)
    assert bars(hostel, "201-1", moment(FRIDAY, 12, 1)) == []


def test_the_other_beds_of_a_room_that_somebody_has_alone_are_not_free(hostel, lin, chen):
    book_party(
        made_by=lin,
        members=[Member(lin, "interview"), Member(chen, "interview")],
        hostel=hostel,
        nights=Nights(FRIDAY, SATURDAY),
        together=True,
        alone=True,
        now=NOW,
    )
    room = BedNight.objects.first().room
    Bed.objects.create(room=room, number=9, valid_from=FRIDAY - timedelta(days=9))

    [bar] = bars(hostel, f"{room.number}-9")

    assert (bar.state, bar.moves) == ("whole_room", False)


def test_beside_a_woman_a_bed_is_free_for_women(hostel, lin, stays):
    stays(lin, label="203-1")

    assert [cell.only for cell in cells(hostel, "203-2")[:4]] == ["", "female", "female", ""]
    assert {cell.only for cell in cells(hostel, "201-2")} == {""}  # a room for women says so once


def test_a_guest_who_changes_beds_has_a_bar_in_each_and_the_later_one_is_moved_alone(hostel, lin, stays):
    stay = stays(lin, FRIDAY, MONDAY, label="201-1")
    move(stay, bed(hostel, "203-1"), from_night=SUNDAY, now=NOW)

    [first], [last] = bars(hostel, "201-1"), bars(hostel, "203-1")

    assert (first.nights, first.from_night, first.goes_on, first.shifts) == (Nights(FRIDAY, SUNDAY), None, True, False)
    assert (last.nights, last.from_night, last.goes_on, last.shifts) == (Nights(SUNDAY, MONDAY), SUNDAY, True, False)


def test_a_bar_cut_by_the_edge_still_knows_all_of_its_nights(hostel, lin, stays):
    stays(lin, FRIDAY, MONDAY, label="201-1")

    [cell] = [cell for cell in cells(hostel, "201-1", nights=Nights(SATURDAY, SUNDAY)) if cell.bar]

    assert (cell.night, cell.span, cell.cut_before, cell.cut_after) == (SATURDAY, 1, True, True)
    assert cell.bar.nights == Nights(FRIDAY, MONDAY)


def test_a_stay_on_other_days_leaves_its_name_nowhere_else(hostel, lin, stays):
    shift(stays(lin, SATURDAY, SUNDAY, label="201-1"), nights=Nights(MONDAY, TUESDAY), now=NOW)

    assert [bar.nights for bar in bars(hostel, "201-1") if bar.stay] == [Nights(MONDAY, TUESDAY)]


def test_tonight_says_which_bed_is_not_ready(hostel, lin, stays):
    stays(lin, label="201-1")
    for label in ("201-1", "201-2"):
        BedEvent.objects.create(bed=bed(hostel, label), kind=BedEvent.Kind.LEFT, at=moment(FRIDAY, 9))
    BedEvent.objects.create(bed=bed(hostel, "201-2"), kind=BedEvent.Kind.BEGAN, at=moment(FRIDAY, 9, 30))

    assert [cell.cleaning for cell in cells(hostel, "201-1")[:3]] == ["", "to_clean", ""]
    assert [cell.cleaning for cell in cells(hostel, "201-2")[:3]] == ["", "cleaning", ""]


def test_a_bed_that_closes_is_there_until_then_and_one_that_comes_back_stands_in_the_same_row(hostel):
    room = Room.objects.get(hostel=hostel, number="402")
    room.beds.update(valid_until=SATURDAY)
    Bed.objects.create(room=room, number=1, valid_from=MONDAY)

    assert [cell.there for cell in cells(hostel, "402-1")[:5]] == [True, True, False, False, True]


def test_another_house_is_not_on_it(hostel, lin):
    other = Hostel.objects.get(slug="mudu")
    book(guest=lin, hostel=other, nights=Nights(FRIDAY, SATURDAY), purpose="interview", now=NOW)

    assert [cell for row in chart_of(hostel, FORTNIGHT, NOW).rows for cell in row.cells if cell.bar] == []


def test_it_costs_the_same_for_one_guest_as_for_many(hostel, people, stays):
    def statements():
        with CaptureQueriesContext(connection) as asked:
            chart_of(Hostel.objects.select_related("network").get(pk=hostel.pk), FORTNIGHT, NOW)
        return len(asked)

    BedEvent.objects.create(bed=bed(hostel, "304-1"), kind=BedEvent.Kind.LEFT, at=moment(FRIDAY, 9))
    stays(people("周梅", "female"))
    one = statements()
    for number in range(8):
        stays(
            people("周梅", "female" if number % 2 else "male"),
            FRIDAY + timedelta(days=number % 4),
            FRIDAY + timedelta(days=number % 4 + 2),
        )
    block(
        [bed(hostel, "402-1"), bed(hostel, "401-1")],
        Nights(TUESDAY, TUESDAY + timedelta(days=3)),
        reason="repair",
        now=NOW,
    )

    assert statements() == one == 13


# --- where else -------------------------------------------------------------------------------------------------------
def test_the_nearest_places_are_on_the_days_that_were_wanted_in_the_room_then_on_the_floor(hostel, people, stays):
    stay = stays(people("周梅", "female"), label="301-1")
    for label in ("201-1", "201-2"):
        stays(people("吴静", "female"), label=label)

    spots = spots_near(stay, bed(hostel, "201-1"), FRIDAY, NOW)

    assert [(str(spot.bed), spot.arrival) for spot in spots] == [("201-3", FRIDAY), ("201-4", FRIDAY)]


def test_days_that_the_rules_do_not_give_are_no_place(hostel, lin, stays):
    stay = stays(lin, label="301-1")

    far = FRIDAY + timedelta(days=40)

    assert [spot.arrival for spot in spots_near(stay, bed(hostel, "301-2"), far, NOW)] == [FRIDAY, FRIDAY]


def test_who_is_here_has_only_the_nights_from_tonight_on_to_change(hostel, lin, stays):
    stay = check_in(stays(lin, FRIDAY, MONDAY, label="201-1"), compared=True, now=moment(FRIDAY, 15))
    saturday = moment(SATURDAY, 10)

    spots = spots_near(stay, bed(hostel, "202-1"), SATURDAY, saturday)

    assert {spot.arrival for spot in spots} == {FRIDAY}
    assert "202-1" not in {str(each) for each in beds_to_change_to(stay, saturday)}


def test_when_the_nights_are_over_there_is_no_bed_to_change_to(hostel, lin, stays):
    stay = check_in(stays(lin, FRIDAY, SATURDAY), compared=True, now=moment(FRIDAY, 15))

    assert beds_to_change_to(stay, moment(SATURDAY, 9)) == []


# --- always -----------------------------------------------------------------------------------------------------------
GUESTS = st.tuples(
    st.sampled_from(["female", "male"]),
    st.integers(-2, 6),
    st.integers(1, 3),
    st.sampled_from(["", "in", "out", "cancel", "hold", "late", "move"]),
)
CLOSURES = st.tuples(st.sampled_from(["402-1", "304-1", "201-4"]), st.integers(0, 6), st.integers(1, 4))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(guests=st.lists(GUESTS, max_size=6), closures=st.lists(CLOSURES, max_size=2))
def test_the_bars_are_the_bed_nights_and_what_is_empty_is_what_is_free(hostel, people, guests, closures):
    """Whoever comes, goes, changes beds or does not come: night for night the chart and the books say the same. Who
    should have left has no night in the books any more, and is seen all the same."""
    now = moment(FRIDAY, 16)
    with undone():
        for label, first, length in closures:
            nights = Nights(FRIDAY + timedelta(days=first), FRIDAY + timedelta(days=first + length))
            _unless_refused(block, [bed(hostel, label)], nights, reason="repair", now=NOW)
        for gender, first, length, then in guests:
            _live(hostel, people("某某", gender), FRIDAY + timedelta(days=first), length, then, now)
        chart = chart_of(hostel, FORTNIGHT, now)

        seen = {
            (row.label, night, cell.bar.stay.code)
            for row in chart.rows
            for cell in row.cells
            for night in cell.nights
            if cell.bar and cell.bar.state in TAKEN and cell.bar.stay
        }
        rows = BedNight.objects.taken(now).between(FORTNIGHT).filter(hostel=hostel).select_related("bed__room", "stay")
        assert seen == {(str(row.bed), row.night, row.stay.code) for row in rows}
        today = business_day(now)
        for count in chart.counts:
            empty = [
                cell
                for row in chart.rows
                for cell in row.cells
                if cell.night == count.night and cell.there and (cell.bar is None or cell.bar.state == "overdue")
            ]
            if count.night >= today:
                assert len(empty) == count.free + count.on_call


def _live(hostel, guest, arrival, length, then, now):
    booked = moment(min(arrival, FRIDAY), 9)
    nights = Nights(arrival, arrival + timedelta(days=length))
    how = {"now": now, "hold": True} if then == "hold" else {"now": booked}
    stay = _unless_refused(book, guest=guest, hostel=hostel, nights=nights, purpose="interview", **how)
    if stay is None or then == "hold":
        return
    if then in ("in", "out") and arrival <= FRIDAY:
        _unless_refused(check_in, stay, compared=True, now=moment(arrival, 15))
    if then == "out":
        _unless_refused(check_out, stay, now=now)
    elif then == "cancel":
        _unless_refused(cancel, stay, now=booked + timedelta(minutes=1))
    elif then == "late":
        _unless_refused(no_show, stay, now=now)
    elif then == "move":
        free = beds_to_change_to(stay, now)
        if free:
            _unless_refused(move, stay, free[-1], from_night=nights.departure - timedelta(days=1), now=now)


def _unless_refused(verb, *args, **how):
    try:
        return verb(*args, **how)
    except Refused:
        return None
