"""Beds that the desk blocks, and puts back: an act like every other, and nobody loses a bed without a choice."""

from datetime import timedelta

import pytest
from django.core.serializers import serialize

from accounts.models import Deed, Letter
from bookings.allotting import allot
from bookings.booking import book
from bookings.desk import check_in
from bookings.models import BatchBed, BedEvent, BedNight, Stay
from bookings.out_of_service import BedInUse
from desk.acts import Asked, perform
from desk.models import Act
from desk.undoing import undo
from eligibility.reasons import Refused
from hostel.models import Bed, OutOfService
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment

WEEKEND = {"from": FRIDAY.isoformat(), "until": SUNDAY.isoformat(), "reason": "repair", "reference": "R-7"}
LATER = NOW + timedelta(minutes=4)


@pytest.fixture
def blocks(hostel, manager):
    def blocks(*labels, now=NOW, act_id="b-1", **said):
        asked = Asked(hostel, act_id, "block", manager, now, said=WEEKEND | {"beds": list(labels)} | said)
        return perform(asked, now=now)

    return blocks


@pytest.fixture
def of_lin(lin, hostel):
    return book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW)


def label_of(stay):
    [label] = {str(night.bed) for night in stay.bed_nights.live().select_related("bed__room")}
    return label


def everything():
    """All that blocking could change, as rows."""
    models = (Stay, BedNight, OutOfService, BatchBed, BedEvent, Letter, Deed, Act)
    return [serialize("json", model.objects.order_by("pk")) for model in models]


def test_free_beds_are_blocked_by_one_act_about_nobody(blocks, manager):
    act = blocks("203-1", "203-2")

    rows = OutOfService.objects.order_by("pk")
    assert [(str(row.bed), row.first_night, row.until, row.reason, row.reference) for row in rows] == [
        ("203-1", FRIDAY, SUNDAY, "repair", "R-7"),
        ("203-2", FRIDAY, SUNDAY, "repair", "R-7"),
    ]
    assert (act.stay, act.before, act.after, act.by) == (None, {}, {}, manager)
    assert blocks("203-1", "203-2").pk == act.pk
    assert OutOfService.objects.count() == 2


def test_blocking_somebodys_bed_without_a_choice_changes_nothing(blocks, of_lin):
    before = everything()

    with pytest.raises(BedInUse) as no:
        blocks("203-1", label_of(of_lin))

    assert [(hit.stay, str(hit.bed)) for hit in no.value.hits] == [(of_lin, label_of(of_lin))]
    assert everything() == before


def test_a_choice_for_one_of_two_guests_is_not_enough(blocks, of_lin, people, hostel):
    zhou = people("周雨", "female")
    other = book(guest=zhou, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="exam", now=NOW)
    before = everything()

    with pytest.raises(BedInUse) as no:
        blocks(label_of(of_lin), label_of(other), choices={of_lin.code: "anywhere"})

    assert [hit.stay for hit in no.value.hits] == [other]
    assert everything() == before


def test_a_choice_for_a_bed_that_cannot_be_had_changes_nothing(blocks, of_lin, people, hostel):
    other = book(guest=people("周雨", "female"), hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="exam", now=NOW)
    check_in(other, compared=True, now=NOW)
    before = everything()

    with pytest.raises(Refused) as no:
        blocks(label_of(of_lin), choices={of_lin.code: label_of(other)})

    assert no.value.code == "BED"
    assert everything() == before


def test_who_has_the_bed_goes_where_it_was_chosen_and_the_act_knows_both_places(blocks, of_lin):
    was = label_of(of_lin)
    bed = Bed.objects.get(room__number="203", room__hostel=of_lin.hostel, number=1)

    act = blocks(was, choices={of_lin.code.lower(): "203-1"})

    of_lin.refresh_from_db()
    assert label_of(of_lin) == "203-1"
    assert act.stay == of_lin
    assert {bed_id for _row, bed_id, *_ in act.after[of_lin.code]["nights"]} == {bed.pk}
    assert {bed_id for _row, bed_id, *_ in act.before[of_lin.code]["nights"]} != {bed.pk}


def test_a_form_of_a_tablet_names_its_choices_in_its_own_way(blocks, of_lin):
    act = blocks(label_of(of_lin), **{f"choice-{of_lin.code}": "203-1", "choice-NONE22": ""})

    assert label_of(of_lin) == "203-1"
    assert act.stay == of_lin


def test_who_is_in_house_and_moved_leaves_the_old_bed_to_clean(blocks, of_lin):
    check_in(of_lin, compared=True, now=NOW)
    was = label_of(of_lin)

    blocks(was, choices={of_lin.code: "anywhere"}, now=moment(FRIDAY, 18))

    event = BedEvent.objects.get()
    assert (str(event.bed), event.kind, event.at) == (was, "left", moment(FRIDAY, 18))


def test_the_bed_of_a_group_needs_a_choice_too(blocks, officer, hostel):
    bed = Bed.objects.select_related("room").get(room__number="203", room__hostel=hostel, number=1)
    about = {"applicant": "school", "organisation": "安徽大学", "purpose": "job_fair", "release_on": SATURDAY}
    batch = allot(hostel=hostel, nights=Nights(SATURDAY, TUESDAY), beds=[bed], now=NOW, actor=officer, **about)
    before = everything()
    with pytest.raises(BedInUse) as no:
        blocks("203-1")
    assert [hit.batch for hit in no.value.batches] == [batch]
    assert everything() == before

    blocks("203-1", choices={batch.code: "anywhere"})

    assert str(batch.beds.select_related("bed__room").get().bed) != "203-1"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"beds": []}, "BED"),
        ({"beds": ["999-1"]}, "BED"),
        ({"reason": "because"}, "REASON"),
        ({"reason": None}, "REASON"),
        ({"from": "tomorrow"}, "DATES"),
        ({"until": FRIDAY.isoformat()}, "DATES"),
        ({"until": "2099-01-01"}, "DATES"),
        ({"from": "2026-03-05"}, "DATES"),
        ({"choices": {"K7M3PX": "999-1"}}, "BED"),
    ],
)
def test_what_cannot_be_blocked_is_refused_with_its_reason(blocks, said, code, db):
    before = everything()

    with pytest.raises(Refused) as no:
        blocks("203-1", **said)

    assert no.value.code == code
    assert everything() == before


def test_a_bed_that_is_blocked_then_already_is_not_blocked_twice(blocks):
    blocks("203-1")

    with pytest.raises(Refused) as no:
        blocks("203-1", act_id="b-2")

    assert no.value.code == "CLOSED"


def test_blocking_is_taken_back_where_nobody_was_moved(blocks, manager):
    act = blocks("203-1", "203-2")
    other = blocks("204-1", act_id="b-2")

    undo(act, now=LATER, by=manager)

    assert [str(row.bed) for row in OutOfService.objects.standing()] == ["204-1"]
    assert not Act.objects.get(pk=other.pk).undone_at


def test_blocking_for_which_guests_were_moved_is_lifted_and_not_taken_back(blocks, of_lin, manager):
    act = blocks(label_of(of_lin), choices={of_lin.code: "anywhere"})

    with pytest.raises(Refused) as no:
        undo(act, now=LATER, by=manager)

    assert (no.value.code, no.value.reasons[0].fix.href) == ("STATE", "/desk/rooms/")
    assert OutOfService.objects.standing().count() == 1


def test_a_closure_is_lifted_once(blocks, hostel, manager):
    blocks("203-1")
    said = {"closure": OutOfService.objects.get().pk}

    perform(Asked(hostel, "l-1", "lift", manager, LATER, said=said), now=LATER)
    assert not OutOfService.objects.standing().exists()

    for act_id, closure in (("l-2", said["closure"]), ("l-3", 999_999), ("l-4", "none"), ("l-5", "9" * 30)):
        with pytest.raises(Refused) as no:
            perform(Asked(hostel, act_id, "lift", manager, LATER, said={"closure": closure}), now=LATER)
        assert no.value.code == "STATE"


def test_a_closure_of_another_house_is_none_of_this_one(blocks, foreign_manager):
    blocks("203-1")
    mudu, said = foreign_manager.roles.get().hostel, {"closure": OutOfService.objects.get().pk}

    with pytest.raises(Refused):
        perform(Asked(mudu, "l-1", "lift", foreign_manager, LATER, said=said), now=LATER)

    assert OutOfService.objects.standing().count() == 1
