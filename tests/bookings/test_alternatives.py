"""What could be booked instead: each exactly as it stands."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bookings.alternatives import LOOKED_AT, alternatives, halves
from bookings.availability import nearest_first
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.lodging import PLAIN, Lodging
from bookings.models import BedNight, Party, Waiting
from bookings.parties import Member, book_party
from bookings.wishing import wait
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment, undone

WISHED = Nights(SATURDAY, TUESDAY)


def wish(guest, hostel, nights=WISHED, **said):
    return book(guest=guest, hostel=hostel, nights=nights, purpose="exam", now=NOW, **said)


@pytest.fixture
def two_beds(hostel, people):
    """Two beds for women; one is taken on the first night, the other on the last two."""
    Bed.objects.filter(room__hostel=hostel).exclude(room__number="201", number__lte=2).update(
        valid_until=date(2026, 1, 1)
    )
    first, last = (people(name, "female") for name in ("周梅", "何静"))
    one, other = Bed.objects.filter(room__hostel=hostel, valid_until=None).order_by("number")
    other.closures.create(first_night=SATURDAY, until=SUNDAY, reason="repair", written_at=NOW)
    one.closures.create(first_night=SUNDAY, until=TUESDAY, reason="repair", written_at=NOW)
    return first, last


def refused(do):
    with pytest.raises(Refused) as no:
        do()
    return no.value


def test_the_nearest_to_the_wish_comes_first_and_the_waiting_list_last(two_beds, hostel, lin):
    no = refused(lambda: wish(lin, hostel))

    kinds = [each.kind for each in no.alternatives]
    assert kinds == ["change_of_bed", "shorter", "shifted", "nearby", "nearby", "nearby", "waitlist"]


def test_each_can_be_had_exactly_as_it_stands(two_beds, hostel, lin):
    no = refused(lambda: wish(lin, hostel))

    for each in no.alternatives:
        nights = Nights(each.arrival, each.departure)
        with undone():
            if each.kind == "waitlist":
                waiting = wait(guest=lin, hostels=[each.hostel], nights=nights, purpose="exam", now=NOW)
                assert Waiting.objects.get() == waiting
                continue
            lodging = Lodging(change_of_bed=each.kind == "change_of_bed")
            stay = wish(lin, each.hostel, nights, lodging=lodging)
            assert (stay.status, stay.nights, stay.hostel) == ("confirmed", nights, each.hostel)


def test_with_a_change_of_bed_every_night_has_its_bed_and_its_price(two_beds, hostel, lin):
    stay = wish(lin, hostel, lodging=Lodging(change_of_bed=True))

    nights = stay.bed_nights.order_by("night")
    assert [(each.night, str(each.bed), each.price_class) for each in nights] == [
        (SATURDAY, "201-1", "free"),
        (SUNDAY, "201-2", "free"),
        (MONDAY, "201-2", "free"),
    ]
    assert [each.night for each in stay.kept_nights] == [SATURDAY, SUNDAY, MONDAY]


def test_where_one_bed_is_free_throughout_nobody_changes(hostel, lin):
    stay = wish(lin, hostel, lodging=Lodging(change_of_bed=True))

    assert len({night.bed_id for night in stay.bed_nights.all()}) == 1


def test_nobody_changes_beds_who_did_not_say_so_or_more_than_once(two_beds, hostel, lin):
    refused(lambda: wish(lin, hostel))
    Bed.objects.get(room__hostel=hostel, room__number="201", number=2).closures.create(
        first_night=SUNDAY, until=MONDAY, reason="repair", written_at=NOW
    )

    no = refused(lambda: wish(lin, hostel, lodging=Lodging(change_of_bed=True)))

    assert no.code == "FULL"
    assert not BedNight.objects.exists()


def test_the_latest_change_comes_first():
    assert [(before.departure, len(after)) for before, after in halves(WISHED)] == [(MONDAY, 1), (SUNDAY, 2)]


def test_what_the_rules_would_refuse_is_not_offered(hostel, lin):
    """The fourteenth day from now is the last that can be booked: a day later is no way out."""
    last = FRIDAY + timedelta(days=13)
    wide = Nights(last, last + timedelta(days=2))
    Bed.objects.filter(room__hostel=hostel).update(valid_until=date(2026, 1, 1))
    one = Bed.objects.get(room__hostel=hostel, room__number="201", number=1)
    Bed.objects.filter(pk=one.pk).update(valid_until=None)
    one.closures.create(first_night=last, until=last + timedelta(days=1), reason="repair", written_at=NOW)

    no = refused(lambda: wish(lin, hostel, wide))

    for each in no.alternatives:
        if each.kind != "waitlist":
            with undone():
                assert wish(lin, each.hostel, Nights(each.arrival, each.departure)).status == "confirmed"


def test_nights_given_back_are_no_alternative_before_the_public_hour(hostel, lin, people):
    Bed.objects.filter(room__hostel=hostel).exclude(room__number="201", number=1).update(valid_until=date(2026, 1, 1))
    tomorrow = Nights(SATURDAY, SUNDAY)
    cancel(wish(people("周梅", "female"), hostel, Nights(SUNDAY, MONDAY)), now=NOW)
    wish(people("何静", "female"), hostel, tomorrow)

    def shifted(now):
        found = alternatives(hostel, tomorrow, "female", now)
        return [each.arrival for each in found if each.kind == "shifted"]

    assert shifted(NOW) == [FRIDAY]
    assert shifted(moment(FRIDAY, 12)) == [SUNDAY]


def test_a_house_near_by_has_what_is_needed(hostel, lin):
    """Only one house has a bed that is step-free: no other is named to who needs that."""
    Bed.objects.filter(room__hostel=hostel).update(valid_until=date(2026, 1, 1))
    Bed.objects.update(features=[])
    for room in Hostel.objects.get(slug="mudu").rooms.all():
        room.features = ["accessible"] if room.number == "201" else []
        room.save()
    for other in Hostel.objects.exclude(slug="mudu"):
        other.rooms.update(features=[])

    found = alternatives(hostel, WISHED, "female", NOW, Lodging(needs=frozenset({"accessible"})))

    assert {each.hostel.slug for each in found if each.kind == "nearby"} <= {"mudu"}


def test_friends_are_led_to_a_house_that_has_beds_for_all_of_them(hostel, lin, chen, people):
    friends = [lin, chen, people("周梅", "female")]
    Bed.objects.filter(room__hostel=hostel).update(valid_until=date(2026, 1, 1))

    def together(house):
        return book_party(
            made_by=lin,
            members=[Member(person, "exam") for person in friends],
            hostel=house,
            nights=WISHED,
            now=NOW,
        )

    no = refused(lambda: together(hostel))

    near = [each.hostel for each in no.alternatives if each.kind == "nearby"]
    assert near
    for house in near:
        with undone():
            assert together(house).stays.count() == 3


def test_a_party_in_one_room_needs_as_many_beds_in_it(hostel, lin):
    Bed.objects.filter(room__hostel=hostel).update(valid_until=date(2026, 1, 1))
    party = Party(code="PARTY2", together=True)
    four = alternatives(hostel, WISHED, "female", NOW, replace(PLAIN, party=party), ["female"] * 3)

    for each in four:
        if each.kind == "nearby":
            in_a_room = Bed.objects.filter(room__hostel=each.hostel, room__guests__in=["female", "flexible"])
            assert max(in_a_room.filter(room=bed.room).count() for bed in in_a_room) >= 4


def test_groups_houses_are_never_offered(hostel, lin):
    Bed.objects.filter(room__hostel=hostel).update(valid_until=date(2026, 1, 1))
    Hostel.objects.exclude(slug__in=["baodaiqiao", "mudu"]).update(access="group")

    no = refused(lambda: wish(lin, hostel))

    assert [each.hostel.slug for each in no.alternatives if each.kind == "nearby"] == ["mudu"]


def test_in_the_night_of_arrival_there_is_no_line_to_join(hostel, lin):
    Bed.objects.filter(room__hostel=hostel).update(valid_until=date(2026, 1, 1))

    def kinds(now):
        return {each.kind for each in alternatives(hostel, Nights(FRIDAY, SATURDAY), "female", now)}

    assert "waitlist" in kinds(moment(FRIDAY, 22, 59))
    assert "waitlist" not in kinds(moment(FRIDAY, 23))


@pytest.mark.parametrize("houses", [2, 10])
def test_the_search_for_them_is_four_statements(houses, hostel, django_assert_num_queries):
    Hostel.objects.exclude(pk__in=[hostel.pk, *Hostel.objects.values_list("pk", flat=True)[:houses]]).update(
        valid_until=date(2026, 1, 1)
    )
    house = Hostel.objects.select_related("network").get(pk=hostel.pk)

    with django_assert_num_queries(4):
        alternatives(house, WISHED, "female", NOW)


def test_where_the_nearest_houses_are_full_too_the_next_are_looked_at(wuzhong, hostel, lin):
    for number in range(LOOKED_AT):
        next_door = Hostel.objects.get(pk=hostel.pk)  # and without a bed
        next_door.pk, next_door.slug, next_door._state.adding = None, f"near-{number}", True
        next_door.save()
    Bed.objects.filter(room__hostel=hostel).update(valid_until=SATURDAY)
    others = Hostel.objects.exclude(slug=hostel.slug).filter(access=Hostel.Access.INDIVIDUAL, rooms__isnull=False)
    near = [house for house, _metres in nearest_first(others.distinct(), hostel.position)]
    Bed.objects.filter(room__hostel__in=near[:3]).update(valid_until=SATURDAY)

    no = refused(lambda: wish(lin, hostel))

    found = [each.hostel for each in no.alternatives if each.kind == "nearby"]
    assert found
    assert found[0] == next(house for house in near[3:] if house in found), "the nearest of them first"
    assert not set(found) & set(near[:3])
