"""The office's page of a house's rooms: closed for good and opened again, and where their guests go."""

from datetime import timedelta

import pytest

from bookings.allotting import allot
from hostel.models import Bed, Room
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY
from tests.web.conftest import text_of

ROOMS = "/office/hostels/baodaiqiao/rooms/"


@pytest.fixture
def office(enter, officer):
    return enter(officer)


def said(act="close", what="203", day=SUNDAY, **choices):
    return {"act": act, "what": what, "from": f"{day}"} | {f"to-{code}": where for code, where in choices.items()}


def until(number):
    return Room.objects.get(hostel__slug="baodaiqiao", number=number).valid_until


def test_the_rooms_of_a_house_stand_with_their_days(office):
    page = office.get(ROOMS)

    assert page.content.decode().count("data-room=") == 10
    assert "203" in text_of(page)


def test_the_night_s_page_leads_to_the_rooms(office):
    assert ROOMS in office.get(f"/office/hostels/baodaiqiao/nights/{FRIDAY}/").content.decode()


def test_a_room_closes_from_a_day_and_opens_again(office):
    done = office.post(ROOMS, said(), follow=True)
    assert 'data-testid="rooms-done"' in done.content.decode()
    assert until("203") == SUNDAY

    office.post(ROOMS, said("open", day=FRIDAY))
    assert until("203") is None


@pytest.mark.parametrize("day", ["", "tomorrow", "9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("act", ["close", "open"])
def test_a_day_that_is_none_of_ours_is_asked_for_again(office, act, day):
    answer = office.post(ROOMS, said(act, day=day))

    assert answer.status_code == 422
    assert until("203") is None


def test_one_bed_closes_and_opens_again(office):
    office.post(ROOMS, said(what="203/2"))
    assert [bed.valid_until for bed in Bed.objects.filter(room__hostel__slug="baodaiqiao", room__number="203")] == [
        None,
        SUNDAY,
    ]
    assert "203-2" in text_of(office.get(ROOMS))

    office.post(ROOMS, said("open", "203/2", FRIDAY))
    assert not Bed.objects.filter(room__number="203", room__hostel__slug="baodaiqiao").exclude(valid_until=None)


def test_who_has_it_is_asked_about_and_moved_as_chosen(office, lin, hostel, friday_stay):
    stay = friday_stay(lin, hostel, until=MONDAY)
    bed = stay.bed_nights.first().bed

    asked = office.post(ROOMS, said(what=bed.room.number, day=SATURDAY))

    assert asked.status_code == 409
    assert f'name="to-{stay.code}"' in asked.content.decode()
    assert "林**" in text_of(asked)
    assert until(bed.room.number) is None
    office.post(ROOMS, said(what=bed.room.number, day=SATURDAY, **{stay.code: "anywhere"}))
    assert until(bed.room.number) == SATURDAY
    assert stay.bed_nights.live().first().bed.room.number != bed.room.number


def test_a_batch_is_asked_about_by_its_name(office, officer, hostel):
    bed = Bed.objects.get(room__hostel=hostel, room__number="203", number=1)
    how = {"applicant": "school", "organisation": "安徽大学", "purpose": "exam", "release_on": SUNDAY, "actor": officer}
    batch = allot(hostel=hostel, nights=Nights(SUNDAY, MONDAY), beds=[bed], now=NOW, **how)

    asked = office.post(ROOMS, said())

    assert asked.status_code == 409
    assert "安徽大学" in text_of(asked)
    office.post(ROOMS, said(**{batch.code: "204-1"}))
    assert [str(kept.bed) for kept in batch.beds.select_related("bed__room")] == ["204-1"]


def test_a_batch_that_has_several_beds_of_a_room_is_asked_once_and_gets_one_for_each(office, officer, hostel):
    beds = list(Bed.objects.filter(room__hostel=hostel, room__number="203"))
    how = {"applicant": "school", "organisation": "安徽大学", "purpose": "exam", "release_on": SUNDAY, "actor": officer}
    batch = allot(hostel=hostel, nights=Nights(SUNDAY, MONDAY), beds=beds, now=NOW, **how)

    asked = office.post(ROOMS, said())

    assert asked.content.decode().count(f'name="to-{batch.code}"') == 1
    assert "203-1, 203-2" in text_of(asked)
    office.post(ROOMS, said(**{batch.code: "anywhere"}))
    rooms = set(batch.beds.values_list("bed__room__number", flat=True))
    assert (batch.beds.count(), "203" in rooms) == (2, False)


def test_a_day_that_is_over_or_none_changes_nothing_and_says_so(office):
    over = office.post(ROOMS, said(day=FRIDAY - timedelta(days=1)))
    none = office.post(ROOMS, said(day=""))

    assert (over.status_code, none.status_code) == (409, 422)
    for page in (over, none):
        assert 'data-testid="rooms-refusal"' in page.content.decode()
    assert until("203") is None


@pytest.mark.parametrize("wrong", [{"what": "999"}, {"what": "203/7"}, {"what": "203/x"}, {"act": "burn"}])
def test_what_is_not_there_is_not_closed(office, wrong):
    assert office.post(ROOMS, said() | wrong).status_code == 404


def test_an_auditor_reads_the_rooms_and_changes_none(enter, auditor):
    browser = enter(auditor)

    assert '<form class="stack-s"' not in browser.get(ROOMS).content.decode()
    assert browser.post(ROOMS, said()).status_code == 403
    assert until("203") is None


def test_a_house_of_another_network_is_not_there(office):
    assert office.get("/office/hostels/nowhere/rooms/").status_code == 404
