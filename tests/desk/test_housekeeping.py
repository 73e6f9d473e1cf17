"""Which bed is ready: by what happened to it, in whatever order that came to be written down."""

from datetime import timedelta

import pytest

from accounts.models import Deed
from accounts.reasons import Refused
from bookings.booking import book
from bookings.desk import check_in, check_out
from bookings.models import BedEvent
from bookings.moving import move, swap
from bookings.night_audit import audit
from bookings.out_of_service import block
from desk.acts import Asked, perform
from desk.housekeeping import BLOCKED, CLEANING, OCCUPIED, READY, TO_CLEAN, bed_states
from desk.undoing import undo
from hostel.models import Bed
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment


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
    assert state("203-1", NOW).state == READY
    assert state("203-1", NOW).is_ready


def test_a_bed_goes_from_occupied_to_clean_in_the_steps_that_happened(state, does, lin, hostel):
    stay = in_house(lin, hostel, Nights(FRIDAY, SUNDAY))
    label = bed_of(stay)
    assert state(label, moment(FRIDAY, 16)).state == OCCUPIED
    assert state(label, moment(FRIDAY, 16)).guest_until == SUNDAY

    check_out(stay, now=moment(SUNDAY, 9))
    assert state(label, moment(SUNDAY, 9)).state == TO_CLEAN
    assert state(label, moment(SUNDAY, 9)).since == moment(SUNDAY, 9)

    does("begin_cleaning", label, at=moment(SUNDAY, 10))
    assert state(label, moment(SUNDAY, 10, 1)).state == CLEANING
    assert state(label, moment(SUNDAY, 10, 1)).ready_at == moment(SUNDAY, 10, 20)

    does("cleaned", label, at=moment(SUNDAY, 10, 15))
    assert state(label, moment(SUNDAY, 10, 16)).state == READY

    does("soiled", label, at=moment(SUNDAY, 10, 30))
    assert state(label, moment(SUNDAY, 10, 31)).state == TO_CLEAN
