"""Needs of a bed, and rooms alone: who needs something gets a bed that has it, or is told what is wanting."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from bookings.availability import free_beds, night_table
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.lodging import Lodging
from bookings.models import BedNight, Party, Stay
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel, OutOfService, Room
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY

WEEKEND = Nights(FRIDAY, SUNDAY)
LOWER, ACCESSIBLE, ALONE = (
    Lodging(needs=frozenset({"lower_bunk"})),
    Lodging(needs=frozenset({"accessible"})),
    Lodging(alone=True),
)


@pytest.fixture
def bare(hostel):
    """The house with nothing said of its beds and rooms."""
    Room.objects.filter(hostel=hostel).update(features=[])
    Bed.objects.filter(room__hostel=hostel).update(features=[])
    return hostel


@pytest.fixture
def with_feature(bare):
    def say(room, feature, bed=None):
        rows = Bed.objects.filter(room__hostel=bare, room__number=room, number=bed) if bed else None
        rows = rows or Room.objects.filter(hostel=bare, number=room)
        rows.update(features=[feature])

    return say


def wish(guest, hostel, lodging, nights=WEEKEND):
    return book(guest=guest, hostel=hostel, nights=nights, purpose="interview", now=NOW, lodging=lodging)


def beds_of(stay):
    return {str(night.bed) for night in stay.bed_nights.live().select_related("bed__room")}


def test_who_needs_a_lower_bunk_gets_a_bed_that_is_one(with_feature, hostel, lin):
    with_feature("201", "lower_bunk", bed=3)

    stay = wish(lin, hostel, LOWER)

    assert beds_of(stay) == {"201-3"}
    assert stay.needs == ["lower_bunk"]


def test_what_the_room_has_each_of_its_beds_has(with_feature, hostel, lin):
    with_feature("304", "accessible")

    assert beds_of(wish(lin, hostel, ACCESSIBLE)) == {"304-1"}


def test_two_needs_are_met_by_one_bed_or_not_at_all(with_feature, hostel, lin):
    with_feature("201", "lower_bunk", bed=3)
    with_feature("304", "accessible")

    with pytest.raises(Refused) as no:
        wish(lin, hostel, Lodging(needs=frozenset({"lower_bunk", "accessible"})))

    assert no.value.code == "FULL"


def test_a_need_that_cannot_be_met_is_named_and_the_alternatives_meet_it(with_feature, hostel, lin):
    other = Hostel.objects.get(slug="guoxiang")
    Room.objects.exclude(hostel=hostel).update(features=[])
    Bed.objects.exclude(room__hostel=hostel).update(features=[])
    Room.objects.filter(hostel=other, number="201").update(features=["accessible"])

    with pytest.raises(Refused) as no:
        wish(lin, hostel, ACCESSIBLE)

    assert no.value.code == "FULL"
    assert "step-free and wide enough for a wheelchair" in no.value.reasons[0].sentence.say("en")
    nearby = [each for each in no.value.alternatives if each.kind == "nearby"]
    assert [each.hostel for each in nearby] == [other]
    stay = wish(lin, nearby[0].hostel, ACCESSIBLE)
    assert beds_of(stay) == {"201-1"}


def test_a_room_alone_takes_all_its_beds(bare, hostel, lin, people):
    Room.objects.filter(hostel=hostel).exclude(number__in=["203", "401"]).update(valid_until=FRIDAY)
    stay = wish(lin, hostel, ALONE)
    assert beds_of(stay) == {"401-1"}  # the single room

    [tonight] = night_table([hostel], Nights(FRIDAY, SATURDAY), NOW)[hostel.pk]
    assert (tonight.beds, tonight.taken, tonight.free) == (3, 1, 2)


def test_a_room_of_several_beds_is_emptied_for_who_needs_it_step_free(with_feature, hostel, lin, people):
    with_feature("203", "accessible")

    stay = wish(lin, hostel, replace(ACCESSIBLE, alone=True))

    assert beds_of(stay) == {"203-1"}
    assert {night.sharing for night in stay.bed_nights.all()} == {stay.code}
    assert "203" not in {bed.room.number for bed in free_beds(hostel, WEEKEND, "female", NOW)}
    [tonight] = night_table([hostel], Nights(FRIDAY, SATURDAY), NOW)[hostel.pk]
    assert tonight.taken == 2  # the other bed of the room is nobody's
    cancel(stay, now=NOW)
    assert "203" in {bed.room.number for bed in free_beds(hostel, Nights(FRIDAY, SATURDAY), "male", NOW)}


def test_a_room_where_somebody_is_on_one_night_is_given_to_nobody_alone(with_feature, hostel, lin, people):
    with_feature("203", "accessible")
    other = people("孙宁", "female")
    wish(other, hostel, ACCESSIBLE, Nights(SATURDAY, MONDAY))

    with pytest.raises(Refused) as no:
        wish(lin, hostel, replace(ACCESSIBLE, alone=True))

    assert no.value.code == "FULL"
    assert wish(lin, hostel, replace(ACCESSIBLE, alone=True), Nights(FRIDAY, SATURDAY))


def test_without_a_reason_only_a_single_room_can_be_had_alone(bare, hostel, lin):
    Room.objects.filter(hostel=hostel, guests="any").update(valid_until=FRIDAY)

    with pytest.raises(Refused) as no:
        wish(lin, hostel, ALONE)

    assert no.value.code == "ALONE"
    assert "single room" in no.value.reasons[0].sentence.say("en")
    assert no.value.alternatives
    assert not Stay.objects.exists()


def test_where_no_room_at_all_is_empty_a_wish_to_be_alone_is_full(bare, hostel, lin):
    Bed.objects.filter(room__hostel=hostel).update(valid_until=FRIDAY)

    with pytest.raises(Refused) as no:
        wish(lin, hostel, ALONE)

    assert no.value.code == "FULL"


def test_a_party_of_a_woman_and_a_man_shares_a_room_alone(bare, hostel, lin, chen):
    party = Party.objects.create(code="PARTY2", made_by=lin, made_at=NOW, alone=True)
    Room.objects.filter(hostel=hostel).exclude(number="203").update(valid_until=FRIDAY)
    lodging = Lodging(alone=True, party=party)

    first, second = wish(lin, hostel, lodging), wish(chen, hostel, lodging)

    assert beds_of(first) | beds_of(second) == {"203-1", "203-2"}
    assert {night.sharing for night in BedNight.objects.all()} == {"PARTY2"}


def test_the_database_lets_nobody_into_a_room_that_somebody_has_alone(with_feature, hostel, lin, people, written_stay):
    with_feature("203", "accessible")
    alone = wish(lin, hostel, replace(ACCESSIBLE, alone=True))
    [night, _] = alone.bed_nights.order_by("night")
    other = written_stay(people("孙宁", "female"), "OTHER2", nights=2)
    bed = Bed.objects.get(room=night.room, number=2)

    with pytest.raises(IntegrityError), transaction.atomic():
        BedNight.objects.create(
            stay=other, guest=other.guest, hostel=hostel, room=bed.room, bed=bed, night=FRIDAY, sharing="female",
            price_class="free", rate_fen=1, price_fen=0,
        )  # fmt: skip


def test_a_bed_out_of_service_in_a_room_had_alone_counts_once(with_feature, hostel, lin):
    with_feature("203", "accessible")
    bed = Bed.objects.get(room__hostel=hostel, room__number="203", number=2)
    OutOfService.objects.create(
        bed=bed, first_night=FRIDAY, until=FRIDAY + timedelta(days=1), reason="repair", written_at=NOW
    )

    wish(lin, hostel, replace(ACCESSIBLE, alone=True))

    [tonight] = night_table([hostel], Nights(FRIDAY, SATURDAY), NOW)[hostel.pk]
    assert (tonight.out_of_service, tonight.taken) == (1, 1)
    assert tonight.free == tonight.beds - 2
