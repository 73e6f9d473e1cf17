"""Which bed is ready: by what happened to it, in whatever order that came to be written down."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Deed
from accounts.reasons import Refused
from bookings.booking import book
from bookings.desk import check_in, check_out
from bookings.models import BedEvent
from bookings.moving import move, swap
from bookings.night_audit import audit
from bookings.out_of_service import block
from bookings.rehousing import to_other_house
from desk.acts import Asked, perform
from desk.housekeeping import BLOCKED, CLEANING, OCCUPIED, READY, TO_CLEAN, bed_states
from desk.undoing import undo
from hostel.models import Bed
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment, undone


@pytest.fixture
def beds(hostel):
    return {str(bed): bed for bed in Bed.objects.filter(room__hostel=hostel).select_related("room")}


@pytest.fixture
def state(hostel, beds):
    """The state of a bed at a moment, by its label."""
    return lambda label, now: bed_states(hostel, now)[beds[label].pk]


@pytest.fixture
def does(hostel, manager):
    """Has the desk do an act of housekeeping."""

    def does(what, *labels, at, now=None, act_id=None):
        key = act_id or f"{what}-{at:%d%H%M}-{'-'.join(labels)}"
        return perform(Asked(hostel, key, what, manager, at, said={"beds": list(labels)}), now=now or at)

    return does


def in_house(guest, hostel, nights, came=None):
    stay = book(guest=guest, hostel=hostel, nights=nights, purpose="interview", now=NOW)
    return check_in(stay, compared=True, now=came or moment(nights.arrival, 15))


def bed_of(stay, night=None):
    return str(stay.bed_nights.live().get(night=night or stay.arrival).bed)


def test_a_bed_to_which_nothing_happened_is_ready(state):
    ready = state("203-1", NOW)

    assert (ready.state, ready.is_ready, ready.since, ready.event) == (READY, True, None, None)


def test_a_bed_goes_from_occupied_to_clean_in_the_steps_that_happened(state, does, lin, hostel):
    stay = in_house(lin, hostel, Nights(FRIDAY, SUNDAY))
    label = bed_of(stay)
    assert state(label, moment(FRIDAY, 16)).state == OCCUPIED
    assert state(label, moment(FRIDAY, 16)).guest_until == SUNDAY

    check_out(stay, now=moment(SUNDAY, 9))
    left = state(label, moment(SUNDAY, 9))
    assert (left.state, left.since, left.guest_until) == (TO_CLEAN, moment(SUNDAY, 9), None)

    does("begin_cleaning", label, at=moment(SUNDAY, 10))
    began = state(label, moment(SUNDAY, 10, 1))
    assert (began.state, began.ready_at) == (CLEANING, moment(SUNDAY, 10, 20))

    does("cleaned", label, at=moment(SUNDAY, 10, 15))
    assert state(label, moment(SUNDAY, 10, 16)).state == READY

    does("soiled", label, at=moment(SUNDAY, 10, 30))
    assert state(label, moment(SUNDAY, 10, 31)).state == TO_CLEAN


def test_a_bed_that_is_to_be_cleaned_is_ready_about_twenty_minutes_later(state, does):
    does("soiled", "203-1", at=moment(FRIDAY, 11, 2))

    assert state("203-1", moment(FRIDAY, 14, 12)).ready_at == moment(FRIDAY, 14, 35)


def test_a_bed_whose_guest_leaves_today_is_ready_after_the_hour_of_leaving(state, lin, hostel):
    label = bed_of(in_house(lin, hostel, Nights(FRIDAY, SATURDAY)))

    assert state(label, moment(FRIDAY, 20)).ready_at is None
    assert state(label, moment(SATURDAY, 8)).ready_at == moment(SATURDAY, hostel.check_out_by.hour, 20)
    assert state(label, moment(SATURDAY, 16, 1)).ready_at == moment(SATURDAY, 16, 25)


def test_a_blocked_bed_is_blocked_tonight_and_as_it_was_when_that_is_over(state, does, beds, hostel):
    does("soiled", "203-1", at=moment(FRIDAY, 9))
    [closure] = block([beds["203-1"]], Nights(FRIDAY, SUNDAY), reason="repair", now=NOW)

    blocked = state("203-1", moment(FRIDAY, 12))
    assert (blocked.state, blocked.closure, blocked.ready_at) == (BLOCKED, closure, None)
    assert state("203-1", moment(SATURDAY, 12)).state == BLOCKED
    assert state("203-1", moment(SUNDAY, 5, 59)).state == BLOCKED
    assert state("203-1", moment(SUNDAY, 6)).state == TO_CLEAN


def test_who_is_expected_tonight_is_said_of_the_bed_that_is_kept_for_them(state, lin, hostel):
    stay = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW)

    assert state(bed_of(stay), NOW).due_in
    assert state(bed_of(stay), NOW).state == READY


def test_who_is_let_in_before_the_bed_was_cleaned_does_not_make_it_clean(state, does, lin, hostel):
    stay = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW)
    label = bed_of(stay)
    does("soiled", label, at=moment(FRIDAY, 11))
    check_in(stay, compared=True, now=moment(FRIDAY, 15))

    dirty = state(label, moment(FRIDAY, 16))
    assert (dirty.state, dirty.guest_until) == (TO_CLEAN, MONDAY)

    does("cleaned", label, at=moment(FRIDAY, 17))
    assert state(label, moment(FRIDAY, 18)).state == OCCUPIED


def test_who_moves_leaves_a_bed_to_clean_and_before_arrival_none(state, beds, lin, hostel):
    stay = in_house(lin, hostel, Nights(FRIDAY, MONDAY))
    was = bed_of(stay)
    other = next(label for label in beds if label.startswith(("301-", "303-")) and label != was)
    later = book(guest=lin, hostel=hostel, nights=Nights(MONDAY, MONDAY + timedelta(days=1)), purpose="interview",
                 now=NOW, accept_price=True)  # fmt: skip

    move(stay, beds[other], from_night=SATURDAY, now=moment(SATURDAY, 12))
    assert state(was, moment(SATURDAY, 12)).state == TO_CLEAN
    assert state(other, moment(SATURDAY, 12)).state == OCCUPIED

    events = BedEvent.objects.count()
    move(later, next(bed for label, bed in beds.items() if label.startswith("203-")), from_night=MONDAY, now=NOW)
    assert BedEvent.objects.count() == events


def test_who_changes_beds_as_planned_has_left_the_first_at_six(state, does, beds, lin, hostel):
    stay = in_house(lin, hostel, Nights(FRIDAY, MONDAY))
    was = bed_of(stay)
    other = next(label for label in beds if label.startswith(("301-", "303-")) and label != was)
    move(stay, beds[other], from_night=SUNDAY, now=moment(FRIDAY, 20))
    assert not BedEvent.objects.exists()

    assert state(was, moment(SUNDAY, 5, 59)).state == OCCUPIED
    assert (state(was, moment(SUNDAY, 6)).state, state(was, moment(SUNDAY, 6)).since) == (TO_CLEAN, moment(SUNDAY, 6))
    assert state(other, moment(SUNDAY, 6)).state == OCCUPIED

    # When they leave, both are written down, each at its moment: what was cleaned since stays clean.
    does("cleaned", was, at=moment(SUNDAY, 11))
    check_out(stay, now=moment(MONDAY, 9))
    assert state(was, moment(MONDAY, 10)).state == READY
    assert state(other, moment(MONDAY, 10)).state == TO_CLEAN


def test_two_who_swap_leave_both_beds_to_clean(state, lin, people, hostel):
    first, second = (
        in_house(lin, hostel, Nights(FRIDAY, MONDAY)),
        in_house(people("周雨", "female"), hostel, Nights(FRIDAY, MONDAY)),
    )
    labels = {bed_of(first), bed_of(second)}

    swap(first, second, from_night=SATURDAY, now=moment(SATURDAY, 12))

    assert [state(label, moment(SATURDAY, 13)).state for label in labels] == [TO_CLEAN, TO_CLEAN]


def test_who_is_moved_to_another_house_on_the_first_night_leaves_a_bed_to_clean(state, lin, hostel):
    stay = in_house(lin, hostel, Nights(FRIDAY, MONDAY))
    label = bed_of(stay)

    assert to_other_house(stay, FRIDAY, moment(FRIDAY, 18), None) is not None

    assert state(label, moment(FRIDAY, 18)).state == TO_CLEAN


def test_whoever_the_audit_checks_out_has_left_the_bed_by_the_hour_of_leaving(state, lin, hostel):
    stay = in_house(lin, hostel, Nights(FRIDAY, SATURDAY))
    label = bed_of(stay)

    audit(moment(SUNDAY, 6, 5))

    assert state(label, moment(SUNDAY, 7)).since == moment(SATURDAY, hostel.check_out_by.hour)
    assert state(label, moment(SUNDAY, 7)).state == TO_CLEAN


# --- acts -------------------------------------------------------------------------------------------------------------
def test_each_act_is_written_down_with_its_beds_once(does, manager, hostel):
    for _again in range(2):
        does("cleaned", "203-1", "203-2", at=NOW, act_id="c-1")

    assert BedEvent.objects.filter(kind="cleaned", by=manager, at=NOW).count() == 2
    deed = Deed.objects.get(what="cleaned")
    assert (deed.actor, deed.hostel, deed.values["beds"]) == (manager, hostel, ["203-1", "203-2"])


def test_two_who_say_the_same_of_the_same_moment_say_it_once(does):
    does("cleaned", "203-1", at=NOW, act_id="c-1")
    does("cleaned", "203-1", at=NOW, act_id="c-2")

    assert BedEvent.objects.count() == 1


def test_the_clock_of_a_tablet_may_go_fast(does):
    does("cleaned", "203-1", at=NOW + timedelta(minutes=3), now=NOW)

    assert BedEvent.objects.get().at == NOW


@pytest.mark.parametrize("said", [{}, {"beds": []}, {"beds": "203-1"}, {"beds": ["203-9"]}, {"beds": ["203-1", "\0"]}])
def test_a_bed_that_the_house_does_not_have_is_refused_and_nothing_is_written(said, hostel, manager):
    with pytest.raises(Refused) as no:
        perform(Asked(hostel, "c-1", "cleaned", manager, NOW, said=said), now=NOW)

    assert no.value.code == "BED"
    assert not BedEvent.objects.exists()


def test_a_bed_of_another_house_is_none_of_this_one(foreign_manager, beds, hostel):
    mudu = foreign_manager.roles.get().hostel
    own = set(map(str, Bed.objects.filter(room__hostel=mudu)))
    foreign = next(label for label in beds if label not in own)

    with pytest.raises(Refused):
        perform(Asked(mudu, "c-1", "cleaned", foreign_manager, NOW, said={"beds": [foreign]}), now=NOW)


def test_cleaning_is_taken_back_and_the_bed_is_as_before(state, does, manager):
    does("soiled", "203-1", at=moment(FRIDAY, 9))
    began = does("begin_cleaning", "203-1", at=moment(FRIDAY, 10))
    clean = does("cleaned", "203-1", at=moment(FRIDAY, 10, 2))
    assert state("203-1", moment(FRIDAY, 10, 3)).state == READY

    undo(clean, now=moment(FRIDAY, 10, 3), by=manager)
    assert state("203-1", moment(FRIDAY, 10, 3)).state == CLEANING
    undo(began, now=moment(FRIDAY, 10, 4), by=manager)
    assert state("203-1", moment(FRIDAY, 10, 4)).state == TO_CLEAN
    assert set(Deed.objects.filter(what__startswith="undo_").values_list("what", flat=True)) == {
        "undo_cleaned",
        "undo_begin_cleaning",
    }

    does("cleaned", "203-1", at=moment(FRIDAY, 10, 2), act_id="again")
    assert state("203-1", moment(FRIDAY, 10, 4)).state == READY


def test_who_comes_back_after_a_check_out_was_taken_back_never_left_the_bed(state, lin, hostel, manager):
    stay = in_house(lin, hostel, Nights(FRIDAY, MONDAY))
    label = bed_of(stay)
    act = perform(Asked(hostel, "o-1", "check_out", manager, moment(SATURDAY, 9), stay), now=moment(SATURDAY, 9))
    assert state(label, moment(SATURDAY, 9)).state == TO_CLEAN

    undo(act, now=moment(SATURDAY, 9, 4), by=manager)

    assert state(label, moment(SATURDAY, 9, 5)).state == OCCUPIED


def test_the_states_of_a_house_cost_the_same_for_one_guest_and_for_many(
    hostel, people, does, django_assert_num_queries
):
    in_house(people("林小满", "female"), hostel, Nights(FRIDAY, SUNDAY))
    does("soiled", "204-2", at=moment(FRIDAY, 15))
    with django_assert_num_queries(4):
        bed_states(hostel, moment(FRIDAY, 16))
    for name in ("周雨", "吴桐", "郑好"):
        in_house(people(name, "female"), hostel, Nights(FRIDAY, SUNDAY))
    does("soiled", "203-1", "203-2", "204-1", at=moment(FRIDAY, 15))

    with django_assert_num_queries(4):
        states = bed_states(hostel, moment(FRIDAY, 16))
    assert sorted(each.state for each in states.values() if not each.is_ready) == [OCCUPIED] * 4 + [TO_CLEAN] * 4


# --- any order --------------------------------------------------------------------------------------------------------
HAPPENED = {"left": TO_CLEAN, "began": CLEANING, "cleaned": READY, "soiled": TO_CLEAN}
RANK = ("left", "began", "cleaned", "soiled")


@settings(max_examples=25, deadline=None)
@given(
    events=st.lists(st.tuples(st.sampled_from(RANK), st.integers(0, 8), st.booleans()), max_size=8, unique=True),
    look=st.integers(0, 8),
    order=st.randoms(use_true_random=False),
)
@pytest.mark.django_db
def test_the_state_is_that_of_the_last_moment_in_whatever_order_it_was_written(events, look, order, request):
    hostel, beds = request.getfixturevalue("hostel"), request.getfixturevalue("beds")
    bed = beds["203-1"]
    written = list({(kind, minute): taken_back for kind, minute, taken_back in events}.items())
    order.shuffle(written)
    with undone():
        for (kind, minute), taken_back in written:
            at = NOW + timedelta(minutes=minute)
            BedEvent.objects.create(bed=bed, kind=kind, at=at, undone_at=NOW if taken_back else None)
        found = bed_states(hostel, NOW + timedelta(minutes=look), [bed])[bed.pk]

    happened = [
        (minute, RANK.index(kind)) for (kind, minute), taken_back in written if minute <= look and not taken_back
    ]
    expected = HAPPENED[RANK[max(happened)[1]]] if happened else READY
    assert found.state == expected
    assert found.since == (NOW + timedelta(minutes=max(happened)[0]) if happened else None)
