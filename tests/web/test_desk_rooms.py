"""Housekeeping and blocking at the desk (D6)."""

import re
from datetime import timedelta

import pytest

from bookings.desk import check_in, check_out
from bookings.models import BedEvent
from desk.models import Act
from hostel.models import Hostel, OutOfService
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment
from tests.web.conftest import hidden, text_of

ROOMS, BLOCK = "/desk/rooms/", "/desk/rooms/block/"


@pytest.fixture
def desk(enter, manager):
    return enter(manager)


def room(response, number):
    """The card of a room, as HTML."""
    html = response.content.decode()
    return re.search(rf'<li class="card room[^"]*" id="room-{number}".*?</details>', html, re.DOTALL)[0]


def counts(response):
    html = response.content.decode()
    return {state: int(number) for state, number in re.findall(r'data-testid="d6-(\w+)"[^>]*><b>(\d+)</b>', html)}


def step(desk, what, *beds, act_id="h-1"):
    return desk.post(ROOMS, {"what": what, "beds": list(beds), "act_id": act_id})


def label_of(stay):
    return str(stay.bed_nights.live().select_related("bed__room").order_by("night").first().bed)


def test_each_room_has_the_one_step_that_is_next(desk, lin, hostel, friday_stay, clock):
    stay = friday_stay(lin, hostel, until=SUNDAY)
    label = label_of(stay)
    number = label.split("-")[0]
    check_in(stay, compared=True, now=NOW)
    assert "d6-begin" not in desk.get(ROOMS).content.decode()
    check_out(stay, now=moment(FRIDAY, 11))
    clock.now = moment(FRIDAY, 11, 5)

    page = desk.get(ROOMS)
    assert counts(page)["to_clean"] == 1
    assert 'data-testid="d6-begin"' in room(page, number)
    done = step(desk, "begin_cleaning", label)
    assert (done.status_code, done["Location"]) == (302, f"{ROOMS}?done={Act.objects.get().pk}#room-{number}")

    page = desk.get(done["Location"])
    assert 'data-testid="d6-cleaned"' in room(page, number)
    assert "d6-begin" not in room(page, number)
    assert 'data-testid="d6-done"' in room(page, number)
    step(desk, "cleaned", label, act_id="h-2")

    page = desk.get(ROOMS)
    assert counts(page)["to_clean"] == counts(page)["cleaning"] == 0
    assert 'data-testid="d6-empty"' in page.content.decode()


def test_one_tap_may_skip_the_step_between_and_counts_once(desk):
    step(desk, "soiled", "203-1")
    for _twice in range(2):
        step(desk, "cleaned", "203-1", act_id="h-2")

    assert list(BedEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["soiled", "cleaned"]


def test_the_step_can_be_undone_where_it_was_done(desk):
    done = step(desk, "soiled", "203-1")
    address = re.search(r'action="(/desk/acts/\d+/undo/)"', room(desk.get(done["Location"]), "203"))[1]

    desk.post(address)

    assert counts(desk.get(ROOMS))["to_clean"] == 0
    again = room(desk.get(done["Location"]), "203")
    assert 'data-testid="d6-done"' in again
    assert "/undo/" not in again


def test_the_room_somebody_waits_for_comes_first(desk, lin, hostel, friday_stay):
    label = label_of(friday_stay(lin, hostel))
    step(desk, "soiled", "203-1", label)

    html = desk.get(ROOMS).content.decode()
    assert html.index(f'id="room-{label.split("-")[0]}"') < html.index('id="room-203"')
    assert "room-waited" in room(desk.get(ROOMS), label.split("-")[0])


def test_a_state_shows_only_its_rooms(desk):
    step(desk, "soiled", "203-1")

    html = desk.get(ROOMS, {"show": "to_clean"}).content.decode()
    assert re.findall(r'data-room="(\w+)"', html) == ["203"]
    assert "data-room" not in desk.get(ROOMS, {"show": "blocked"}).content.decode()


@pytest.mark.parametrize("query", [{"show": "nonsense"}, {"done": "x"}, {"done": "999999"}, {"done": "9" * 40}])
def test_an_address_that_says_nonsense_shows_the_rooms(desk, query):
    assert desk.get(ROOMS, query).status_code == 200


@pytest.mark.parametrize("form", [{}, {"what": "check_in"}, {"what": "cleaned", "beds": "203-1"}])
def test_a_form_that_no_page_made_is_refused(desk, form):
    assert desk.post(ROOMS, form).status_code == 400
    assert not BedEvent.objects.exists()


def test_a_bed_that_is_not_there_is_said_and_nothing_happens(desk):
    page = desk.post(ROOMS, {"what": "cleaned", "beds": ["999-1"], "act_id": "h-1"}, follow=True)

    assert "999-1" in text_of(page)
    assert not BedEvent.objects.exists()


def test_a_manager_cleans_only_in_a_house_of_their_own(enter, foreign_manager):
    desk = enter(foreign_manager)

    assert desk.get(ROOMS, {"hostel": "baodaiqiao"}).status_code == 403
    assert (
        desk.post(f"{ROOMS}?hostel=baodaiqiao", {"what": "cleaned", "beds": ["203-1"], "act_id": "h-1"}).status_code
        == 403
    )
    assert not BedEvent.objects.exists()


def test_the_page_costs_the_same_for_one_bed_to_clean_and_for_many(desk, django_assert_num_queries):
    step(desk, "soiled", "203-1")
    with django_assert_num_queries(7):
        desk.get(ROOMS)
    step(desk, "soiled", "203-2", "204-1", "204-2", "301-1", act_id="h-2")
    with django_assert_num_queries(7):
        desk.get(ROOMS)


# --- blocking ---------------------------------------------------------------------------------------------------------
def form(*beds, **said):
    return {
        "beds": list(beds),
        "from": FRIDAY.isoformat(),
        "until": SUNDAY.isoformat(),
        "reason": "repair",
        "reference": "R-7",
        "act_id": "b-1",
    } | said


def test_a_free_bed_is_blocked_and_undone(desk):
    done = desk.post(BLOCK, form("203-1"))

    assert (done.status_code, done["Location"]) == (302, f"{ROOMS}?done={Act.objects.get().pk}")
    page = desk.get(done["Location"])
    assert counts(page)["blocked"] == 1
    assert "R-7" not in text_of(page)
    address = re.search(r'action="(/desk/acts/\d+/undo/)"', page.content.decode())[1]
    desk.post(address)
    assert not OutOfService.objects.standing().exists()


def test_a_bed_of_the_list_is_chosen_already_and_nothing_else_is(desk):
    html = desk.get(BLOCK, {"bed": "203-1"}).content.decode()

    assert re.findall(r'name="beds" value="([^"]+)" checked', html) == ["203-1"]
    assert not re.search(r'name="(reason|choice-)[^>]*checked', html)


def test_who_has_the_bed_is_shown_before_anything_is_sent_with_where_they_could_go(desk, lin, hostel, friday_stay):
    stay = friday_stay(lin, hostel, until=MONDAY)

    page = desk.get(BLOCK, {"bed": label_of(stay)})

    html = page.content.decode()
    assert f'data-testid="d6-hit" data-code="{stay.code}"' in html
    assert "林**" in html
    assert "林小满" not in html
    ways = re.findall(rf'name="choice-{stay.code}" value="([^"]+)"( checked)?', html)
    assert {"anywhere", "other_house", "cancel"} < {way for way, _checked in ways}
    assert label_of(stay) not in {way for way, _checked in ways}
    assert not any(checked for _way, checked in ways)


def test_without_a_choice_nothing_is_blocked_and_the_form_keeps_what_was_said(desk, lin, hostel, friday_stay):
    stay = friday_stay(lin, hostel, until=MONDAY)

    page = desk.post(BLOCK, form(label_of(stay)))

    assert page.status_code == 409
    assert 'data-testid="d6-in-use"' in page.content.decode()
    assert 'value="R-7"' in page.content.decode()
    assert hidden(page, "act_id") == "b-1"
    assert not OutOfService.objects.exists()
    assert not Act.objects.exists()

    done = desk.post(BLOCK, form(label_of(stay), **{f"choice-{stay.code}": "203-1"}))
    assert done.status_code == 302
    stay.refresh_from_db()
    assert label_of(stay) == "203-1"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"beds": []}, "beds"),
        ({"from": ""}, "from"),
        ({"from": "2026-02-31"}, "from"),
        ({"from": "2026-03-05"}, "from"),
        ({"until": FRIDAY.isoformat()}, "until"),
        ({"until": "9999-12-31"}, "until"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_is_missing_stands_beside_its_field(desk, said, field):
    page = desk.post(BLOCK, form("203-1") | said)

    assert page.status_code == 422
    assert f'id="{field}-error"' in page.content.decode()
    assert f'href="#{field}"' in page.content.decode()
    assert not OutOfService.objects.exists()


def test_what_the_house_refuses_is_said_on_the_page(desk):
    desk.post(BLOCK, form("203-1"))

    page = desk.post(BLOCK, form("203-1", act_id="b-2"))

    assert page.status_code == 409
    assert 'data-code="CLOSED"' in page.content.decode()


def test_a_blocked_bed_is_put_back_by_one_tap(desk):
    desk.post(BLOCK, form("203-1"))
    number = hidden(desk.get(ROOMS), "closure")

    page = desk.post(ROOMS, {"what": "lift", "closure": number, "act_id": "l-1"}, follow=True)
    again = desk.post(ROOMS, {"what": "lift", "closure": number, "act_id": "l-2"}, follow=True)

    assert counts(page)["blocked"] == 0
    assert not OutOfService.objects.standing().exists()
    assert "note-warn" in again.content.decode()


def test_blocking_another_house_is_not_theirs(enter, foreign_manager):
    desk = enter(foreign_manager)

    assert desk.post(f"{BLOCK}?hostel=baodaiqiao", form("203-1")).status_code == 403
    assert not OutOfService.objects.exists()
    own = Hostel.objects.get(slug="mudu")
    assert all(closure.bed.room.hostel_id == own.pk for closure in OutOfService.objects.all())


def test_tomorrow_is_later(desk):
    """A bed may be blocked from a later night on; tonight it is as it was."""
    later = {"from": SATURDAY.isoformat(), "until": (MONDAY + timedelta(days=9)).isoformat()}

    assert desk.post(BLOCK, form("203-1", **later)).status_code == 302
    assert counts(desk.get(ROOMS))["blocked"] == 0
