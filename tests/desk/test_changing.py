"""Acts of the desk that change a stay: what they say in plain words, and the answer to words that mean nothing."""

import pytest

from bookings.booking import book
from bookings.models import Stay
from desk.acts import Asked, perform
from desk.models import Act
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment

EVENING = moment(FRIDAY, 18)


@pytest.fixture
def stay(hostel, lin):
    return book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="interview", now=NOW)


@pytest.fixture
def do(hostel, manager):
    def do(what, stay, now=EVENING, **said):
        return perform(Asked(hostel, f"a-{Act.objects.count()}", what, manager, now, stay, said), now=now)

    return do


@pytest.fixture
def free(stay):
    """Another bed of the house, by its label."""
    own = stay.bed_nights.first().bed_id
    return str(Bed.objects.filter(room__hostel=stay.hostel, room__guests="female").exclude(pk=own).first())


def beds(stay):
    live = stay.bed_nights.live().select_related("bed__room").order_by("night")
    return [(night.night, str(night.bed)) for night in live]


def refused(do, what, stay, **said):
    before = beds(stay)
    with pytest.raises(Refused) as no:
        do(what, stay, **said)
    assert (beds(stay), Act.objects.count()) == (before, 0)
    return no.value


def test_a_stay_becomes_longer_and_shorter(do, stay):
    assert do("extend", stay, departure="2026-03-09").stay.departure == MONDAY
    assert do("shorten", stay, departure="2026-03-07").stay.departure == SATURDAY


def test_a_bed_is_changed_from_the_first_night_or_from_the_one_that_is_said(do, stay, free):
    had = beds(stay)[0][1]
    do("move", stay, bed=free, from_night="2026-03-07", because="淋浴在修")
    assert beds(stay) == [(FRIDAY, had), (SATURDAY, free)]

    do("move", stay, bed=free)
    assert beds(stay) == [(FRIDAY, free), (SATURDAY, free)]


def test_two_guests_change_beds_from_the_first_night_on_which_both_are_there(do, stay, people, hostel):
    guest = people("孙悦", "female")
    other = book(guest=guest, hostel=hostel, nights=Nights(SATURDAY, MONDAY), purpose="exam", now=NOW)
    own, theirs = beds(stay)[0][1], beds(other)[0][1]

    act = do("swap", stay, **{"with": other.code.lower()})

    assert set(act.before) == set(act.after) == {stay.code, other.code}
    assert beds(stay) == [(FRIDAY, own), (SATURDAY, theirs)]
    assert beds(other) == [(SATURDAY, own), (SUNDAY, own)]


def test_a_bar_put_down_on_the_same_days_is_another_bed(do, stay, free):
    do("place", stay, bed=free, arrival="2026-03-06")

    assert beds(stay) == [(FRIDAY, free), (SATURDAY, free)]


def test_a_bar_put_down_on_other_days_is_in_that_very_bed_or_nothing_is_changed(do, stay, free, people, hostel):
    do("place", stay, bed=free, arrival="2026-03-08")
    assert beds(stay) == [(SUNDAY, free), (MONDAY, free)]
    assert Stay.objects.get(pk=stay.pk).departure == TUESDAY

    guest = people("孙悦", "female")
    other = book(guest=guest, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="exam", now=NOW)
    do("check_in", other, compared=True)
    own = beds(other)[0][1]
    Act.objects.all().delete()
    no = refused(do, "place", stay, bed=own, arrival="2026-03-06")
    assert (no.code, no.reasons[0].value_used) == ("BED", own)
    assert [each.kind for each in no.alternatives] == ["bed", "bed"]


def test_other_days_without_a_bed(do, stay):
    do("shift", stay, arrival="2026-03-07", departure="2026-03-09")

    assert [night for night, _bed in beds(stay)] == [SATURDAY, SUNDAY]


def test_who_goes_on_in_another_house_has_a_stay_there(do, stay):
    act = do("move_to_hostel", stay, hostel="guoxiang", from_night="2026-03-07")

    there = Stay.objects.get(continues=stay)
    assert (act.stay, set(act.before), set(act.after)) == (stay, {stay.code}, {stay.code, there.code})
    assert there.hostel == Hostel.objects.get(slug="guoxiang")


@pytest.mark.parametrize(
    ("what", "said", "code", "field"),
    [
        ("extend", {"departure": "Montag"}, "DATES", "departure"),
        ("extend", {}, "DATES", "departure"),
        ("shorten", {"departure": "2026-02-30"}, "DATES", "departure"),
        ("overstay", {"departure": 7}, "DATES", "departure"),
        ("move", {"bed": "999-9"}, "BED", "bed"),
        ("move", {}, "BED", "bed"),
        ("move", {"bed": "201-1", "from_night": "?"}, "DATES", "from_night"),
        ("swap", {"with": "AAAAAA"}, "STAY", "with"),
        ("swap", {}, "STAY", "with"),
        ("place", {"bed": "201-1"}, "DATES", "arrival"),
        ("shift", {"arrival": "2026-03-07"}, "DATES", "departure"),
        ("move_to_hostel", {"hostel": "nowhere"}, "HOSTEL", "hostel"),
        ("move_to_hostel", {"hostel": "a\0b"}, "HOSTEL", "hostel"),
    ],
)
def test_what_means_nothing_is_refused_by_its_field(do, stay, what, said, code, field):
    no = refused(do, what, stay, **said)

    assert (no.code, no.reasons[0].field) == (code, field)
