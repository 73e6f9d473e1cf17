"""What does not fit: what is proposed, what a choice does, and that there is one answer."""

from datetime import date, timedelta

import pytest

from accounts.models import Deed, Person
from accounts.reasons import Refused
from bookings.availability import free_beds
from bookings.booking import book
from bookings.desk import check_in, check_out
from bookings.models import Stay
from bookings.moving import move
from desk.clashes import settle
from desk.models import Act, Clash
from desk.queue import receive
from desk.shift import token_for
from hostel.models import Bed
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment, resident_number, staff
from tests.desk.test_queue import bed_of, entry

EVENING = moment(FRIDAY, 20)


@pytest.fixture
def booked(hostel, people):
    """Books a bed from Friday on for somebody, or for ``guest``."""

    def booked(guest=None, until=SUNDAY, gender="female"):
        nights = Nights(FRIDAY, until)
        return book(guest=guest or people("周安安", gender), hostel=hostel, nights=nights, purpose="interview", now=NOW)

    return booked


@pytest.fixture
def send(hostel, manager):
    """Sends entries of a tablet; the clash that the last of them became."""

    def send(*entries, now=EVENING):
        answers = receive(hostel, entries, device="t1", login=manager, now=now)
        return Clash.objects.filter(pk=answers[-1].clash).first()

    return send


def ways(clash):
    return {choice: (said["do"], said["can"]) for choice, said in clash.proposals.items()}


def bed_called(hostel, label):
    room, _dash, number = label.rpartition("-")
    return Bed.objects.get(room__hostel=hostel, room__number=room, number=number)


def other_bed(stay, *but):
    beds = free_beds(stay.hostel, stay.nights, stay.guest.gender, NOW)
    return next(bed for bed in beds if str(bed) not in but)


@pytest.fixture
def two(booked, hostel):
    """A guest whose bed is promised to somebody else meanwhile, who has not come; and that bed."""
    guest, other = booked(), booked()
    had = bed_of(guest)
    move(guest, other_bed(guest, had, bed_of(other)), from_night=FRIDAY, now=moment(FRIDAY, 12))
    move(other, bed_called(hostel, had), from_night=FRIDAY, now=moment(FRIDAY, 12, 30))
    return guest, other, had


def test_who_has_not_come_is_moved_only_when_somebody_chooses_it(send, two, manager):
    guest, other, had = two

    clash = send(entry("check_in", guest, moment(FRIDAY, 15), compared=True, bed=had))

    assert bed_of(other) == had
    assert bed_of(guest) != had
    assert ways(clash) == {"local": ("into_bed", True), "online": ("stands", True)}
    settle(clash, "local", now=EVENING, by=manager)
    assert bed_of(guest) == had
    assert bed_of(other) not in (had, "")
    assert Deed.objects.filter(what="check_in", about=guest.code).count() == 1
    assert Act.objects.get().outcome == "done"


def test_who_is_in_another_bed_for_the_books_may_stay_there(send, two, manager):
    guest, other, had = two
    clash = send(entry("check_in", guest, moment(FRIDAY, 15), compared=True, bed=had))
    given = bed_of(guest)

    settle(clash, "online", now=EVENING, by=manager)

    assert (bed_of(guest), bed_of(other)) == (given, had)


def test_a_bed_whose_guest_came_meanwhile_is_not_given_away_by_a_choice_made_before(send, two, manager):
    guest, other, had = two
    clash = send(entry("check_in", guest, moment(FRIDAY, 15), compared=True, bed=had))
    check_in(other, compared=True, now=moment(FRIDAY, 20, 5))

    with pytest.raises(Refused) as no:
        settle(clash, "local", now=moment(FRIDAY, 20, 10), by=manager)

    assert no.value.code == "BED"
    clash.refresh_from_db()
    assert (clash.settled_at, ways(clash)["local"]) == (None, ("into_bed", False))
    assert bed_of(other) == had


def test_of_two_choices_the_first_holds_and_the_second_hears_of_it(send, two, manager):
    clash = send(entry("check_in", two[0], moment(FRIDAY, 15), compared=True, bed=two[2]))
    settle(clash, "online", now=EVENING, by=manager)

    assert settle(clash, "online", now=moment(FRIDAY, 21), by=manager).settled_at == EVENING
    with pytest.raises(Refused) as no:
        settle(clash, "local", now=moment(FRIDAY, 21), by=manager)

    assert no.value.code == "SETTLED"
    assert Deed.objects.filter(what="settle_clash").count() == 1


def test_another_document_lets_nobody_in_until_somebody_looked_again(send, booked, manager):
    stay = booked()
    came = entry("check_in", stay, moment(FRIDAY, 15), compared=True, document_number="A12345678")

    clash = send(came)

    stay.refresh_from_db()
    assert stay.status == "confirmed"
    assert [reason["code"] for reason in clash.reasons] == ["DOCUMENT"]
    settle(clash, "local", now=EVENING, by=manager)
    stay.refresh_from_db()
    assert (stay.status, stay.checked_in_at) == ("in_house", moment(FRIDAY, 15))


def test_who_came_a_day_early_may_begin_that_day(send, booked, lin, hostel, manager):
    stay = book(guest=lin, hostel=hostel, nights=Nights(SATURDAY, MONDAY), purpose="interview", now=NOW)

    clash = send(entry("check_in", stay, moment(FRIDAY, 15), compared=True))

    assert ways(clash)["local"] == ("come", True)
    settle(clash, "local", now=EVENING, by=manager)
    stay.refresh_from_db()
    assert (stay.status, stay.arrival, stay.departure) == ("in_house", FRIDAY, SUNDAY)


def test_who_came_back_after_leaving_is_in_house_again_when_somebody_says_so(send, booked, manager):
    stay = booked()
    check_in(stay, compared=True, now=moment(FRIDAY, 14))
    check_out(stay, now=moment(FRIDAY, 16))

    clash = send(entry("check_in", stay, moment(FRIDAY, 18), compared=True))
    settle(clash, "local", now=EVENING, by=manager)

    stay.refresh_from_db()
    assert (stay.status, stay.checked_in_at) == ("in_house", moment(FRIDAY, 14))
    assert stay.bed_nights.live().count() == 2


def test_who_left_and_was_never_let_in_was_here_if_somebody_says_so(send, booked, manager):
    stay = booked()

    clash = send(entry("check_out", stay, moment(FRIDAY, 18)))
    assert ways(clash) == {"local": ("in_and_out", True), "online": ("let_be", True)}
    settle(clash, "local", now=EVENING, by=manager)

    stay.refresh_from_db()
    assert (stay.status, stay.bed_nights.live().count()) == ("left", 0)


def test_a_longer_stay_that_does_not_fit_is_proposed_with_a_change_of_bed_or_for_less(
    send, booked, hostel, manager, people
):
    stay = booked()
    check_in(stay, compared=True, now=moment(FRIDAY, 14))
    mine = Bed.objects.get(pk=stay.bed_nights.live().first().bed_id)
    Bed.objects.filter(room__hostel=hostel).exclude(pk=mine.pk).update(valid_until=date(2026, 1, 1))
    # The bed is somebody else's from Monday on.
    book(guest=people("吴一一", "female"), hostel=hostel, nights=Nights(MONDAY, TUESDAY), purpose="interview", now=NOW)

    clash = send(entry("extend", stay, moment(FRIDAY, 18), departure=str(TUESDAY), accept_price=True))

    assert ways(clash) == {"local": ("again", True), "online": ("let_be", True)}
    assert clash.proposals["local"]["said"]["departure"] == str(MONDAY)
    settle(clash, "local", now=EVENING, by=manager)
    stay.refresh_from_db()
    assert stay.departure == MONDAY


def test_a_walk_in_into_a_bed_that_is_taken_gets_another_one(send, booked, manager):
    taken = booked()
    check_in(taken, compared=True, now=moment(FRIDAY, 14))

    clash = send(walked_in(bed=bed_of(taken)))
    assert "Guest 路**" in [line["en"] for line in clash.local["lines"]]
    assert "路过的" not in str(clash.local)
    assert not Person.objects.filter(name="路过的").exists()
    settle(clash, "local", now=EVENING, by=manager)

    stay = Stay.objects.get(guest__name="路过的")
    assert (stay.status, stay.checked_in_at) == ("in_house", moment(FRIDAY, 18))
    assert bed_of(stay) != bed_of(taken)
    assert Act.objects.get().stay == stay


def walked_in(**said):
    person = {
        "name": "路过的",
        "document_kind": "resident",
        "document_number": resident_number(date(2002, 3, 4), "female", 700),
        "education": "bachelor",
        "graduation": "2025-06",
        "school": "安徽大学",
        "school_city": "合肥",
        "home_in_district": False,
        "departure": str(SATURDAY),
        "purpose": "interview",
        "compared": True,
    }
    return entry("walk_in", None, moment(FRIDAY, 18), **person, **said)


def test_another_bed_that_is_taken_is_proposed_with_one_that_is_free(send, booked, manager):
    stay, taken = booked(), booked()
    check_in(taken, compared=True, now=moment(FRIDAY, 14))

    clash = send(entry("move", stay, moment(FRIDAY, 18), bed=bed_of(taken)))
    settle(clash, "local", now=EVENING, by=manager)

    assert bed_of(stay) == clash.proposals["local"]["said"]["bed"]
    assert bed_of(taken) != bed_of(stay)


def test_leaving_it_be_changes_nothing_and_stays_on_record(send, booked, manager):
    stay, taken = booked(), booked()
    check_in(taken, compared=True, now=moment(FRIDAY, 14))
    had = bed_of(stay)

    clash = send(entry("move", stay, moment(FRIDAY, 18), bed=bed_of(taken)))
    settle(clash, "online", now=EVENING, by=manager)

    assert bed_of(stay) == had
    assert Act.objects.get().outcome == "clash"


def test_who_was_on_shift_did_it_and_not_whose_login_the_tablet_has(hostel, booked, manager, foreign_manager):
    colleague = staff("+8613800000021", "manager", hostel=hostel)
    stays = [booked() for _each in range(3)]
    tokens = [token_for(colleague, hostel, NOW), token_for(foreign_manager, hostel, NOW), "made up"]
    came = [
        entry("check_in", stay, moment(FRIDAY, 15), f"t1-{number}", compared=True) | {"by": {"id": 1, "token": token}}
        for number, (stay, token) in enumerate(zip(stays, tokens, strict=True))
    ]

    receive(hostel, came, device="t1", login=manager, now=EVENING)

    assert [act.by for act in Act.objects.order_by("pk")] == [colleague, manager, manager]


def test_a_guest_who_has_a_bed_elsewhere_by_now_is_said_to_have_it(send, booked, hostel, manager, wuzhong):
    stay = booked()
    elsewhere = wuzhong.hostels.get(slug="guoxiang")
    Deed.objects.create(what="book", at=NOW, hostel=hostel, about=stay.code)
    Stay.objects.filter(pk=stay.pk).update(hostel=elsewhere)
    stay.bed_nights.all().delete()

    clash = send(entry("check_in", stay, moment(FRIDAY, 15), compared=True))

    assert [reason["code"] for reason in clash.reasons] == ["HOSTEL"]
    with pytest.raises(Refused) as no:
        settle(clash, "local", now=EVENING, by=manager)
    assert no.value.code == "HOSTEL"
    settle(clash, "online", now=EVENING, by=manager)


def test_nobody_came_before_they_had_booked(send, booked):
    """A tablet's clock may be slow: then it was at the moment of booking at the earliest."""
    stay = booked()

    clash = send(entry("check_in", stay, NOW - timedelta(hours=3), compared=True))

    stay.refresh_from_db()
    assert (stay.status, stay.checked_in_at) == ("in_house", stay.booked_at)
    assert [reason["code"] for reason in clash.reasons] == ["MOMENT"]


def test_of_a_guest_who_was_forgotten_nothing_is_left_to_choose(send, booked, manager):
    stay = booked()
    clash = send(entry("check_out", stay, moment(FRIDAY, 18)))
    Clash.objects.filter(pk=clash.pk).update(reasons=[], local={}, online={}, proposals={})

    settle(clash, "local", now=EVENING, by=manager)

    stay.refresh_from_db()
    assert stay.status == "confirmed"
