"""Moves, swaps, other houses and overstays at the desk, over REST."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.booking import book
from bookings.models import Stay
from hostel.models import Bed, Hostel
from hostel.nights import Nights
from tests.api.conftest import TODAY, TOMORROW, caller, problem
from tests.conftest import staff

LATER = TOMORROW + timedelta(days=1)


@pytest.fixture
def stay(lin, hostel):
    """Lin's stay of two nights, from today on, in 301-1."""
    stay = book(guest=lin, hostel=hostel, nights=Nights(TODAY, LATER), purpose="interview", now=timezone.now())
    return into(stay, "301", 1)


def into(stay, room, number):
    bed = Bed.objects.get(room__hostel=stay.hostel, room__number=room, number=number)
    stay.bed_nights.update(bed=bed, room=bed.room)
    return stay


def act(**more):
    return {"act_id": "a-1", "happened_at": timezone.now().isoformat(), **more}


def beds_of(stay):
    nights = stay.bed_nights.live().order_by("night").select_related("bed__room")
    return [str(night.bed) for night in nights]


def test_the_desk_moves_a_guest_from_a_night_on(as_manager, stay):
    answer = as_manager.post(f"/api/v1/desk/stays/{stay.code}/bed/", act(bed="203-1", from_night=f"{TOMORROW}"))

    assert answer.status_code == 200, answer.content
    assert beds_of(stay) == ["301-1", "203-1"]


def test_a_bed_that_cannot_be_had_comes_with_two_that_can(as_manager, stay):
    sent = act(bed="202-1")

    body = problem(as_manager.post(f"/api/v1/desk/stays/{stay.code}/bed/", sent), 409, "BED")

    assert len(body["alternatives"]) == 2
    assert {each["kind"] for each in body["alternatives"]} == {"bed"}
    bed = body["alternatives"][0]["bed"]
    again = as_manager.post(f"/api/v1/desk/stays/{stay.code}/bed/", act(bed=bed) | {"act_id": "a-2"})
    assert again.status_code == 200
    assert beds_of(stay) == [bed] * 2


def test_a_bed_that_is_not_there_is_a_wrong_field(as_manager, stay):
    body = problem(as_manager.post(f"/api/v1/desk/stays/{stay.code}/bed/", act(bed="999-1")), 422, "FIELDS")

    assert body["errors"][0]["field"] == "bed"


def test_two_guests_change_places(as_manager, stay, people, hostel):
    guest = people("周可", "female", birth_date=stay.guest.birth_date, graduation=stay.guest.graduation)
    zhou = book(guest=guest, hostel=hostel, nights=Nights(TODAY, LATER), purpose="exam", now=timezone.now())
    into(zhou, "303", 2)

    answer = as_manager.post(f"/api/v1/desk/stays/{stay.code}/swap/", act(**{"with": zhou.code.lower()}))

    assert answer.status_code == 200, answer.content
    assert (beds_of(stay), beds_of(zhou)) == (["303-2"] * 2, ["301-1"] * 2)


def test_one_changes_places_with_a_guest_of_the_house(as_manager, stay):
    for other, status, code in (("ZZZZZZ", 422, "FIELDS"), (stay.code, 422, "FIELDS")):
        sent = act(**{"with": other}) | {"act_id": other}
        body = problem(as_manager.post(f"/api/v1/desk/stays/{stay.code}/swap/", sent), status, code)
        assert body["errors"][0]["field"] == "with"


def test_managers_of_both_houses_and_the_officer_move_a_guest_to_another(stay, manager, officer):
    yinshan = Hostel.objects.get(slug="guoxiang")
    theirs = staff("+8613800000077", "manager", hostel=yinshan)
    address = f"/api/v1/desk/stays/{stay.code}/hostel/"
    for number, user in enumerate((theirs, officer)):
        there = ("guoxiang", "baodaiqiao")[number]

        answer = caller(user).post(address, act(hostel=there) | {"act_id": f"a-{number}"})

        assert answer.status_code == 200, answer.content
        assert answer.json()["hostel"]["slug"] == there
    on = caller(manager).post(address, act(hostel="guoxiang", from_night=f"{TOMORROW}") | {"act_id": "a-9"})
    assert on.status_code == 200
    assert on.json()["code"] != stay.code
    assert Stay.objects.get(code=on.json()["code"]).continues == stay


def test_the_manager_of_a_third_house_learns_nothing(as_foreign_manager, stay):
    address = f"/api/v1/desk/stays/{stay.code}/hostel/"

    problem(as_foreign_manager.post(address, act(hostel="guoxiang")), 404, "NOT_FOUND")
    problem(as_foreign_manager.post(address, act(hostel="mu\0du")), 404, "NOT_FOUND")


def test_a_house_for_groups_or_none_at_all_is_refused(as_manager, stay):
    address = f"/api/v1/desk/stays/{stay.code}/hostel/"

    problem(as_manager.post(address, act(hostel="linhu")), 409, "GROUP_ONLY")
    problem(as_manager.post(address, act(hostel="nowhere") | {"act_id": "a-2"}), 422, "FIELDS")


def test_who_is_still_there_is_written_down(as_manager, stay):
    yesterday = timezone.now() - timedelta(days=1)
    stay.bed_nights.exclude(night=TODAY).delete()
    Stay.objects.update(
        arrival=TODAY - timedelta(days=1), departure=TODAY, booked_at=yesterday, checked_in_at=yesterday
    )
    stay.bed_nights.update(night=TODAY - timedelta(days=1))

    answer = as_manager.post(f"/api/v1/desk/stays/{stay.code}/overstay/", act(departure=f"{TOMORROW}"))

    assert answer.status_code == 200, answer.content
    assert (answer.json()["status"], answer.json()["departure"]) == ("in_house", f"{TOMORROW}")
    assert beds_of(stay) == ["301-1"] * 2


def test_who_has_days_to_come_does_not_overstay(as_manager, stay):
    answer = as_manager.post(f"/api/v1/desk/stays/{stay.code}/overstay/", act(departure=f"{LATER}"))

    problem(answer, 409, "STATE")


def test_an_act_sent_twice_is_done_once(as_manager, stay):
    sent = act(bed="203-1")
    address = f"/api/v1/desk/stays/{stay.code}/bed/"

    first, second = as_manager.post(address, sent), as_manager.post(address, sent)

    assert first.json() == second.json()
    assert stay.bed_nights.live().count() == 2
