"""Letting in: into a bed that is clean, or with the key to follow; who is reported, and what a tablet sends later."""

from datetime import date, timedelta

import pytest

from accounts.models import User
from accounts.people import complete_person
from accounts.reasons import Refused
from bookings.booking import book
from bookings.desk import check_in, check_out
from bookings.lodging import Lodging
from bookings.models import Stay
from bookings.parties import Member, book_party
from desk.acts import Asked, perform
from desk.letting_in import beds_to_choose, chosen
from desk.models import Act, Note
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SATURDAY, SUNDAY, moment

NOON = moment(FRIDAY, 15)
CLEAN = moment(FRIDAY, 15, 20)


@pytest.fixture
def act(hostel, manager):
    """Has the desk do something."""
    made = []

    def act(what, stay=None, now=NOON, at=None, device="", **said):
        made.append(what)
        asked = Asked(hostel, f"a-{len(made)}", what, manager, at or now, stay, said, device)
        return perform(asked, now=now)

    return act


@pytest.fixture
def promised(hostel):
    """A stay from Friday on."""

    def promised(guest, until=SATURDAY, **how):
        return book(guest=guest, hostel=hostel, nights=Nights(FRIDAY, until), purpose="interview", now=NOW, **how)

    return promised


def kept(stay):
    return str(stay.bed_nights.live().order_by("night")[0].bed)


def offered(stay):
    stay = Stay.objects.select_related("hostel", "guest", "party").get(pk=stay.pk)
    return chosen(stay, beds_to_choose(stay, NOON))


def soil_all_but(act, stay, *labels):
    """Every bed that the guest could have is to be cleaned, but these."""
    stay = Stay.objects.select_related("hostel", "guest").get(pk=stay.pk)
    beds = [str(each.bed) for each in beds_to_choose(stay, NOON)]
    act("soiled", beds=[label for label in beds if label not in labels])
    return beds


def test_the_bed_that_is_kept_is_offered_where_it_is_clean(promised, lin):
    stay = promised(lin)

    assert (str(offered(stay).bed), offered(stay).is_kept) == (kept(stay), True)


def test_where_it_is_not_clean_a_clean_one_of_the_same_room_is_offered_before_another(promised, lin, act):
    stay = promised(lin)
    beds = soil_all_but(act, stay)
    beside = next(label for label in reversed(beds) if label != kept(stay) and label[:3] == kept(stay)[:3])
    elsewhere = next(label for label in beds if label[:3] != kept(stay)[:3])
    act("cleaned", beds=[elsewhere], now=NOON + timedelta(seconds=1))
    later = NOON + timedelta(seconds=2)
    stay = Stay.objects.select_related("hostel", "guest").get(pk=stay.pk)
    assert str(chosen(stay, beds_to_choose(stay, later)).bed) == elsewhere

    act("cleaned", beds=[beside], now=later)

    assert str(chosen(stay, beds_to_choose(stay, later)).bed) == beside


def test_where_none_is_clean_the_kept_one_is_offered_and_when_it_may_be(promised, lin, act):
    stay = promised(lin)
    soil_all_but(act, stay)

    assert (str(offered(stay).bed), offered(stay).state.ready_at) == (kept(stay), CLEAN)


def test_friends_are_not_sent_to_different_rooms(hostel, lin, people, act):
    friend = people("周梅", "female")
    both = [Member(lin, "interview"), Member(friend, "interview")]
    party = book_party(
        made_by=lin, members=both, hostel=hostel, nights=Nights(FRIDAY, SATURDAY), now=NOW, together=True
    )
    stay = party.stays.get(guest=lin)
    room = kept(stay)[:3]
    free = [label for label in soil_all_but(act, stay) if label[:3] != room]
    act("cleaned", beds=free, now=NOON + timedelta(seconds=1))
    stay = Stay.objects.select_related("hostel", "guest").get(pk=stay.pk)

    choice = chosen(stay, beds_to_choose(stay, NOON + timedelta(seconds=2)))

    assert (str(choice.bed)[:3], choice.state.state) == (room, "to_clean")


def test_a_bed_that_is_offered_is_as_the_guest_needs_it(promised, people):
    stay = promised(people("周梅", "female"), lodging=Lodging(needs=frozenset({"lower_bunk"})))
    stay = Stay.objects.select_related("hostel", "guest").get(pk=stay.pk)

    beds = {str(each.bed) for each in beds_to_choose(stay, NOON)}

    assert "201-1" in beds
    assert "201-2" not in beds


def test_nobody_is_let_into_a_bed_that_is_not_clean_and_all_is_as_before(promised, lin, act):
    stay = promised(lin)
    label = kept(stay)
    act("soiled", beds=[label])

    with pytest.raises(Refused) as no:
        act("check_in", stay, compared=True)

    [reason] = no.value.reasons
    assert (reason.code, reason.value_used, reason.field, reason.fix.href) == (
        "NOT_CLEAN",
        "to_clean",
        "bed",
        "/desk/rooms/",
    )
    assert label in str(reason.sentence)
    assert "15:20" in str(reason.sentence)
    stay.refresh_from_db()
    assert stay.status == "confirmed"
    assert not Act.objects.filter(what="check_in").exists()


def test_another_bed_that_is_not_clean_is_refused_too(promised, lin, act):
    stay = promised(lin)
    act("soiled", beds=["303-1"])

    with pytest.raises(Refused) as no:
        act("check_in", stay, compared=True, bed="303-1")

    assert no.value.code == "NOT_CLEAN"
    assert kept(stay) != "303-1"


def test_a_guest_may_come_in_before_the_bed_is_clean_if_the_desk_says_so(promised, lin, act):
    stay = promised(lin)
    act("soiled", beds=[kept(stay)])

    done = act("check_in", stay, compared=True, before_clean=True)

    stay.refresh_from_db()
    assert stay.status == "in_house"
    assert done.said["before_clean"] is True


def test_what_a_tablet_sends_later_has_happened_whatever_the_bed_was(promised, lin, act):
    stay = promised(lin)
    act("soiled", beds=[kept(stay)])

    act("check_in", stay, now=moment(FRIDAY, 17), at=moment(FRIDAY, 16), device="tablet-1", compared=True)

    stay.refresh_from_db()
    assert (stay.status, stay.checked_in_at) == ("in_house", moment(FRIDAY, 16))


def test_a_bed_whose_last_guest_was_not_checked_out_says_that(hostel, lin, people, promised, act):
    before = promised(people("周梅", "female"))
    check_in(before, compared=True, now=NOON)
    label = kept(before)
    stay = book(guest=lin, hostel=hostel, nights=Nights(SATURDAY, SUNDAY), purpose="interview", now=NOW)

    with pytest.raises(Refused) as no:
        act("check_in", stay, now=moment(SATURDAY, 15), compared=True, bed=label)

    assert "上一位客人还没退房" in str(no.value.reasons[0].sentence)
    check_out(before, now=moment(SATURDAY, 16))
    act("cleaned", beds=[label], now=moment(SATURDAY, 17))
    act("check_in", stay, now=moment(SATURDAY, 18), compared=True, bed=label)


def test_what_else_stands_in_the_way_is_said_before_the_bed(promised, lin, act):
    stay = promised(lin)
    act("soiled", beds=[kept(stay)])

    for said, code in (({"compared": False}, "COMPARE"), ({"compared": True, "document_number": "E1"}, "DOCUMENT")):
        with pytest.raises(Refused) as no:
            act("check_in", stay, **said)
        assert no.value.code == code


@pytest.fixture
def anna(wuzhong):
    """A guest with a passport."""
    user = User.objects.create_user("+8613977777777", phone_verified=True)
    return complete_person(
        user,
        name="Anna Müller",
        document_kind="passport",
        document_number="C01X00T47",
        gender="female",
        birth_date=date(2001, 5, 6),
        education="bachelor",
        graduation="2025-06",
        school="TU",
        school_city="苏州",
        home_in_district=False,
        now=NOW,
    )


def test_who_comes_with_a_passport_is_to_be_reported_within_a_day(promised, anna, manager, hostel, act):
    stay = promised(anna)

    act("check_in", stay, compared=True)

    note = Note.objects.get()
    assert (note.kind, note.stay, note.hostel, note.by) == (Note.Kind.REPORT, stay, hostel, manager)
    assert note.due_at - note.at == timedelta(hours=24)
    assert (note.at, note.done_at) == (NOON, None)


def test_who_comes_with_a_resident_card_is_not(promised, lin, act):
    act("check_in", promised(lin), compared=True)

    assert not Note.objects.exists()
