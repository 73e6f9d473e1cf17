"""A network file never closes a bed that somebody has."""

from pathlib import Path

import pytest

from bookings.allotting import allot
from bookings.booking import book
from bookings.cancelling import cancel
from hostel.models import Bed, Room
from hostel.network_file import NetworkFileWrong, load_network
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY
from tests.hostel.conftest import NetworkFile

WEEKEND = Nights(FRIDAY, SUNDAY)


@pytest.fixture
def stay(lin, hostel):
    return book(guest=lin, hostel=hostel, nights=WEEKEND, purpose="interview", now=NOW)


@pytest.fixture
def without(tmp_path, stay):
    """Writes the sample network without the room that the stay is in, or without its house."""

    def write(house=False) -> Path:
        file = NetworkFile(tmp_path)
        said = file.hostel("baodaiqiao")
        if house:
            file.told["hostels"].remove(said)
        else:
            number = stay.bed_nights.first().room.number
            said["rooms"] = [each for each in said["rooms"] if each["number"] != number]
        return file.write()

    return write


def everything():
    return list(Room.objects.order_by("pk").values()), list(Bed.objects.order_by("pk").values())


@pytest.mark.parametrize("house", [False, True])
def test_a_file_that_would_close_a_bed_with_nights_given_changes_nothing_and_says_whose(without, stay, house):
    before = everything()

    with pytest.raises(NetworkFileWrong) as wrong:
        load_network(without(house=house), now=NOW)

    bed = stay.bed_nights.first().bed
    where = "nearest with a bed: " if house else "free: "
    [error] = wrong.value.errors
    assert error.startswith(
        f"baodaiqiao: room {bed.room.number}, bed {bed.number}: is given to stay {stay.code} ({FRIDAY}, {SATURDAY}; "
        + where
    )
    assert error.endswith("); move them first")
    assert str(bed) not in error
    assert everything() == before


def test_looking_only_says_the_same(without):
    with pytest.raises(NetworkFileWrong):
        load_network(without(), now=NOW, check=True)


def test_when_nobody_has_it_any_more_the_room_closes(without, stay):
    cancel(stay, now=NOW)

    assert load_network(without(), now=NOW).closed


def test_a_file_closes_no_bed_that_is_kept_for_a_batch(without, stay, hostel, officer):
    bed = stay.bed_nights.first().bed
    cancel(stay, now=NOW)
    how = {"applicant": "school", "organisation": "一中", "purpose": "exam", "release_on": SUNDAY, "actor": officer}
    batch = allot(hostel=hostel, nights=Nights(SUNDAY, MONDAY), beds=[bed], now=NOW, **how)

    with pytest.raises(NetworkFileWrong) as wrong:
        load_network(without(), now=NOW)

    [error] = wrong.value.errors
    about = (
        f"baodaiqiao: room {bed.room.number}, bed {bed.number}: is kept for batch {batch.code} ({SUNDAY} to {MONDAY}"
    )
    assert error.startswith(f"{about}; free: ")


@pytest.fixture
def until(tmp_path, stay):
    """Writes the sample network with a day from which on the room that the stay is in is closed."""

    def write(day) -> Path:
        file = NetworkFile(tmp_path)
        number = stay.bed_nights.first().room.number
        [room] = [each for each in file.hostel("baodaiqiao")["rooms"] if each["number"] == number]
        room["valid_until"] = f"{day}"
        return file.write()

    return write


def test_a_day_on_which_a_room_closes_is_refused_where_nights_are_given_from_then_on(until, stay):
    before = everything()

    with pytest.raises(NetworkFileWrong) as wrong:
        load_network(until(SATURDAY), now=NOW)

    [error] = wrong.value.errors
    assert f"is given to stay {stay.code} ({SATURDAY}; free: " in error
    assert everything() == before


def test_a_room_closes_on_the_day_after_the_last_night_given(until, stay):
    load_network(until(SUNDAY), now=NOW)

    room = stay.bed_nights.first().room
    assert {room.valid_until, *room.beds.values_list("valid_until", flat=True)} == {SUNDAY}
