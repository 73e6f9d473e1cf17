"""What a desk did is taken back: for five minutes, as long as nothing came between, and all is as it was before."""

from datetime import timedelta

import pytest

from accounts.models import Deed, Letter
from bookings import freed
from bookings.booking import book
from bookings.models import BedEvent, BedNight, NoShow, Stay
from desk import undoing
from desk.acts import Asked, perform
from desk.images import images_of
from desk.models import Act
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment

EVENING = moment(FRIDAY, 18)
SOON = timedelta(minutes=4)
LATE = moment(FRIDAY, 23, 30)


class Desk:
    """The desk of a house: does an act, and takes it back."""

    def __init__(self, hostel, by):
        self.hostel, self.by, self.number = hostel, by, 0

    def do(self, what, stay=None, now=EVENING, **said):
        self.number += 1
        asked = Asked(self.hostel, f"a-{self.number}", what, self.by, now, stay, said)
        return perform(asked, now=now)

    def undo(self, act, now=None):
        return undoing.undo(act, now=now or act.written_at + SOON, by=self.by)


@pytest.fixture
def desk(hostel, manager):
    return Desk(hostel, manager)


@pytest.fixture
def stay(hostel, lin):
    return book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW)


@pytest.fixture
def other(hostel, people):
    guest = people("孙悦", "female")
    return book(guest=guest, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW)


def image(*stays):
    """The stays as they stand: their own words, and the nights they have."""
    found = images_of(Stay.objects.filter(pk__in=[stay.pk for stay in stays]).select_related("guest"))
    for each in found.values():
        each["nights"] = [night for night in each["nights"] if night[2] is None]
    return found


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Stay, BedNight, NoShow, Act, Letter, Deed)]


def refusal(desk, act, now=None):
    """The refusal to take ``act`` back; nothing is changed by it."""
    before = everything()
    with pytest.raises(Refused) as no:
        desk.undo(act, now)
    assert everything() == before
    return no.value


def label(stay):
    return str(stay.bed_nights.live().select_related("bed__room").order_by("night").first().bed)


def free_label(stay):
    """Another bed of the house that the guest could have."""
    own = stay.bed_nights.live().first().bed_id
    return str(Bed.objects.filter(room__hostel=stay.hostel, room__guests="female").exclude(pk=own).first())


def last_deeds(stay, number):
    return list(Deed.objects.filter(about=stay.code).order_by("pk").values_list("what", flat=True))[-number:]


# --- each kind of act -------------------------------------------------------------------------------------------------
ACTS = {
    "check_in": lambda stay: {"compared": True},
    "extend": lambda stay: {"departure": "2026-03-10", "accept_price": True},
    "shorten": lambda stay: {"departure": "2026-03-08"},
    "move": lambda stay: {"bed": free_label(stay)},
    "place": lambda stay: {"bed": free_label(stay), "arrival": "2026-03-07"},
    "move_to_hostel": lambda stay: {"hostel": "guoxiang", "from_night": "2026-03-07"},
}


@pytest.mark.parametrize("what", ACTS)
def test_what_was_done_to_a_stay_that_is_due_in_is_taken_back(desk, stay, what):
    before = image(stay)
    act = desk.do(what, stay, **ACTS[what](stay))
    assert image(stay) != before

    undone = desk.undo(act)

    assert image(stay) == before
    assert (undone.undone_at, undone.undone_by) == (act.written_at + SOON, desk.by)
    assert last_deeds(stay, 1) == [f"undo_{what}"]


@pytest.mark.parametrize("what", ["extend", "shorten", "move", "move_to_hostel"])
def test_what_was_done_to_a_guest_in_house_is_taken_back(desk, stay, what):
    desk.do("check_in", stay, compared=True)
    before = image(stay)
    act = desk.do(what, stay, EVENING + SOON, **ACTS[what](stay))

    desk.undo(act)

    assert image(stay) == before
