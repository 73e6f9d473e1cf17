"""What one needs of a bed on the booking page; beds that the house must confirm, on the pages of guest and desk."""

import re

import pytest

from accounts.people import change_profile
from bookings.booking import book
from bookings.models import Stay
from hostel.models import Bed, Hostel, Room
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SUNDAY, moment
from tests.web.conftest import hidden, text_of

ADDRESS = "/book/baodaiqiao/?in=2026-03-06&out=2026-03-08"
HOUSE = "/hostels/baodaiqiao/?in=2026-03-06&out=2026-03-08"
WEEKEND = Nights(FRIDAY, SUNDAY)
ASKED = {"purpose": "interview", "asks_needs": "1"}


@pytest.fixture
def lower_bunk(hostel):
    """One lower bunk, and an accessible room, in the house; elsewhere neither."""
    Room.objects.update(features=[])
    Bed.objects.update(features=[])
    Bed.objects.filter(room__hostel=hostel, room__number="201", number=4).update(features=["lower_bunk"])
    Room.objects.filter(hostel=hostel, number="204").update(features=["accessible"])


def ticked(page):
    return set(re.findall(r'name="(?:need|alone)" value="(\w+)" checked', page.content.decode()))


def bed_of(stay):
    return str(stay.bed_nights.live().select_related("bed__room").first().bed)


def test_nothing_is_ticked_for_who_has_said_nothing(enter, lin):
    page = enter(lin.user).get(ADDRESS)

    assert ticked(page) == set()
    assert 'name="need" value="lower_bunk"' in page.content.decode()


def test_who_has_said_what_they_need_finds_it_ticked(enter, lin):
    change_profile(lin, needs=["quiet"], now=NOW)

    assert ticked(enter(lin.user).get(ADDRESS)) == {"quiet"}


def test_what_is_ticked_is_looked_for_and_not_kept_of_the_person(enter, lin, lower_bunk):
    enter(lin.user).post(ADDRESS, ASKED | {"need": ["lower_bunk"]})

    stay = Stay.objects.get()
    lin.refresh_from_db()
    assert (bed_of(stay), stay.needs, lin.needs) == ("201-4", ["lower_bunk"], [])


def test_it_is_kept_where_the_guest_says_so(enter, lin, lower_bunk):
    enter(lin.user).post(ADDRESS, ASKED | {"need": ["lower_bunk"], "keep_needs": "1"})

    lin.refresh_from_db()
    assert lin.needs == ["lower_bunk"]


def test_a_hold_is_changed_for_a_bed_as_it_is_needed(enter, lin, hostel, lower_bunk):
    held = book(guest=lin, hostel=hostel, nights=WEEKEND, purpose="", now=NOW, hold=True)

    enter(lin.user).post(ADDRESS, ASKED | {"need": ["accessible"]})

    held.refresh_from_db()
    confirmed = Stay.objects.get(status="confirmed")
    assert held.status == "cancelled"
    assert bed_of(confirmed).startswith("204-")


def test_where_no_bed_is_as_it_is_needed_the_hold_stays(enter, lin, hostel, lower_bunk):
    held = book(guest=lin, hostel=hostel, nights=WEEKEND, purpose="", now=NOW, hold=True)

    answer = enter(lin.user).post(ADDRESS, ASKED | {"need": ["quiet"]})

    held.refresh_from_db()
    assert answer.status_code == 409
    assert held.status == "held"


def test_the_hold_of_the_house_page_is_as_the_person_needs_it(enter, lin, lower_bunk):
    change_profile(lin, needs=["lower_bunk"], now=NOW)

    enter(lin.user).post(HOUSE)

    held = Stay.objects.get()
    assert (held.status, bed_of(held)) == ("held", "201-4")


def test_a_refusal_for_a_need_carries_it_on_to_what_is_offered(enter, lin, hostel, lower_bunk):
    other = Hostel.objects.get(slug="guoxiang")
    Room.objects.filter(hostel=other, number="201").update(features=["quiet"])
    browser = enter(lin.user)

    page = browser.post(ADDRESS, ASKED | {"need": ["quiet"]})

    html = page.content.decode()
    assert page.status_code == 409
    assert '<input type="hidden" name="need" value="quiet">' in html
    action = re.search(r'action="(/book/guoxiang/[^"]*)"', html)[1].replace("&amp;", "&")
    assert "needs=quiet" in action
    browser.post(action, {"purpose": "interview", "need": "quiet", "key": hidden(page, "key")})
    assert bed_of(Stay.objects.get()).startswith("201-")


def test_a_room_alone_that_is_not_there_is_said_with_what_else_there_is(enter, lin, hostel):
    Room.objects.filter(hostel=hostel, guests="any").update(valid_until=FRIDAY)

    page = enter(lin.user).post(ADDRESS, ASKED | {"alone": "1"})

    assert page.status_code == 409
    assert 'data-code="ALONE"' in page.content.decode()
    assert 'name="alone" value="1"' in page.content.decode()


def test_nonsense_in_the_address_is_no_need(enter, lin):
    assert ticked(enter(lin.user).get(f"{ADDRESS}&needs=sea,quiet")) == {"quiet"}


# --- on call ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def one_on_call(hostel):
    """Of the house only room 401 is left, and it is on call."""
    Bed.objects.filter(room__hostel=hostel).exclude(room__number="401").update(valid_until=FRIDAY)
    Room.objects.filter(hostel=hostel, number="401").update(supply="on_call")


def test_beds_that_the_house_must_confirm_are_said_apart_and_can_be_booked(enter, lin, one_on_call):
    page = enter(lin.user).get(HOUSE)

    html = page.content.decode()
    assert 'data-testid="y3-on-call"' in html
    assert 'data-testid="y3-book"' in html
    assert 'data-testid="y3-broken"' not in html


def test_the_guest_reads_that_the_house_is_asked(enter, lin, one_on_call):
    browser = enter(lin.user)
    answer = browser.post(ADDRESS, ASKED)

    page = browser.get(answer.url)

    assert 'data-testid="y6-waits-for-house"' in page.content.decode()
    assert Stay.objects.get().awaits == "house"


@pytest.fixture
def asked(lin, hostel, one_on_call):
    return book(guest=lin, hostel=hostel, nights=WEEKEND, purpose="interview", now=NOW)


def test_the_desk_reads_what_it_has_to_answer_and_says_yes(enter, manager, asked):
    browser = enter(manager)
    page = browser.get("/desk/")
    html = page.content.decode()
    assert 'data-testid="d1-to-answer"' in html
    assert "401-1" in html

    answer = browser.post(
        f"/desk/stays/{asked.code}/house-answer/", {"act_id": hidden(page, "act_id"), "answer": "yes"}, follow=True
    )

    asked.refresh_from_db()
    assert asked.status == "confirmed"
    assert 'data-testid="d1-to-answer"' not in answer.content.decode()
    assert asked.code in text_of(answer)


def test_the_desk_says_no_and_the_guest_goes_to_another_house(enter, manager, hostel, asked):
    browser = enter(manager)
    page = browser.get("/desk/")

    browser.post(f"/desk/stays/{asked.code}/house-answer/", {"act_id": hidden(page, "act_id"), "answer": "no"})

    asked.refresh_from_db()
    assert asked.status == "confirmed"
    assert asked.hostel != hostel


@pytest.mark.parametrize("said", [{}, {"answer": ""}, {"answer": "perhaps"}])
def test_without_a_yes_or_a_no_nobody_is_sent_away(enter, manager, hostel, asked, said):
    browser = enter(manager)
    key = hidden(browser.get("/desk/"), "act_id")
    answer = browser.post(f"/desk/stays/{asked.code}/house-answer/", {"act_id": key} | said)

    asked.refresh_from_db()
    assert answer.status_code == 400
    assert (asked.awaits, asked.hostel) == ("house", hostel)


def test_an_answer_that_came_too_late_is_said_to_be_so(enter, manager, asked, clock):
    browser = enter(manager)
    page = browser.get("/desk/")
    clock.now = moment(FRIDAY, 12, 1)

    answer = browser.post(
        f"/desk/stays/{asked.code}/house-answer/", {"act_id": hidden(page, "act_id"), "answer": "yes"}, follow=True
    )

    asked.refresh_from_db()
    assert asked.status == "held"
    assert "12:00" in text_of(answer)


def test_another_house_does_not_answer(enter, foreign_manager, asked):
    answer = enter(foreign_manager).post(f"/desk/stays/{asked.code}/house-answer/", {"act_id": "a", "answer": "yes"})

    assert answer.status_code == 404
