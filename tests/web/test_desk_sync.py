"""What does not fit (D10), and the door for a tablet's queue."""

import json

import pytest
from django.test import Client

from accounts.models import Deed
from bookings.desk import no_show
from desk.models import Clash
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, moment
from tests.web.conftest import text_of


@pytest.fixture
def desk(enter, manager):
    return enter(manager)


@pytest.fixture
def stay(lin, hostel, friday_stay):
    return friday_stay(lin, hostel, until=MONDAY)


def came(stay, at, act_id="t1-0001", compared=True):
    said = {"compared": compared}
    return {"act_id": act_id, "what": "check_in", "stay": stay.code, "happened_at": at.isoformat(), "said": said}


def send(browser, *acts, **how):
    body = json.dumps({"device": "t1", "acts": acts})
    return browser.post("/desk/acts/", body, content_type="application/json", **how)


@pytest.fixture
def clash(desk, clock, stay, manager):
    """The guest came at 22:50, and was written down as a no-show before the tablet had a line."""
    no_show(stay, now=moment(FRIDAY, 23, 30), actor=manager)
    clock.now = moment(SATURDAY, 0, 10)
    answer = send(desk, came(stay, moment(FRIDAY, 22, 50))).json()
    return Clash.objects.get(pk=answer["acts"][0]["clash"])


def test_a_queue_is_answered_act_by_act(desk, clock, stay):
    clock.now = moment(FRIDAY, 20)

    first, again = (send(desk, came(stay, moment(FRIDAY, 15))).json() for _ in range(2))

    assert first["now"] == clock.now.isoformat()
    assert first["open"] == 0
    assert first["acts"] == [
        {"act_id": "t1-0001", "outcome": "done", "clash": None, "stay": stay.code, "sentence": "办理入住"}
    ]
    assert again["acts"][0]["outcome"] == "known"


@pytest.mark.parametrize("body", ["", "[]", "7", "{}", '{"acts": 7}', json.dumps({"acts": [{}] * 51})])
def test_what_is_no_queue_is_turned_away_whole(desk, stay, body):
    assert desk.post("/desk/acts/", body, content_type="application/json").status_code == 400


def test_a_queue_needs_the_token_of_the_session(manager, clock, stay):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(manager)

    assert send(browser, came(stay, NOW)).status_code == 403


def test_a_stranger_logs_in_first_and_the_manager_of_another_house_has_no_right(enter, foreign_manager, stay, clock):
    clock.now = moment(FRIDAY, 20)

    assert send(Client(), came(stay, moment(FRIDAY, 15))).status_code == 302
    answer = send(enter(foreign_manager), came(stay, moment(FRIDAY, 15))).json()

    assert [each["outcome"] for each in answer["acts"]] == ["turned_away"]
    stay.refresh_from_db()
    assert stay.status == "confirmed"


def test_who_opens_the_door_of_the_queue_by_hand_is_led_to_the_page(desk):
    assert desk.get("/desk/acts/")["Location"] == "/desk/sync/"


def test_both_versions_stand_side_by_side_and_each_choice_says_what_it_does(desk, clash, stay):
    page = desk.get("/desk/sync/")

    said = text_of(page)
    assert "保留本机" in said
    assert "采用线上" in said
    assert "记为未到" in said
    assert "客人不在这里：撤回入住" in said
    assert stay.code in said


def test_keeping_the_tablets_version_leaves_the_guest_in_house_and_says_who_chose(desk, clash, stay, manager):
    answer = desk.post(f"/desk/sync/{clash.pk}/", {"choice": "local"})

    assert (answer.status_code, answer["Location"]) == (302, "/desk/sync/")
    clash.refresh_from_db()
    stay.refresh_from_db()
    assert (clash.choice, clash.settled_by, stay.status) == ("local", manager, "in_house")
    deed = Deed.objects.get(what="settle_clash")
    assert (deed.actor, deed.about, deed.values["choice"]) == (manager, stay.code, "local")
    assert "一切都对得上" in text_of(desk.get("/desk/sync/"))


def test_taking_the_books_version_takes_the_check_in_back(desk, clash, stay):
    desk.post(f"/desk/sync/{clash.pk}/", {"choice": "online"})

    stay.refresh_from_db()
    assert (stay.status, stay.checked_in_at, stay.bed_nights.live().count()) == ("no_show", None, 0)
    assert stay.missed.at == stay.no_show_at


def test_a_choice_is_made_once(desk, clash, stay):
    address = f"/desk/sync/{clash.pk}/"
    desk.post(address, {"choice": "local"})

    assert desk.post(address, {"choice": "local"}).status_code == 302
    refused = desk.post(address, {"choice": "online"})

    assert refused.status_code == 409
    stay.refresh_from_db()
    assert stay.status == "in_house"
    assert Deed.objects.filter(what="settle_clash").count() == 1


def test_there_are_two_versions_and_no_third(desk, clash):
    assert desk.post(f"/desk/sync/{clash.pk}/", {"choice": "both"}).status_code == 400


def test_another_houses_task_is_none(enter, foreign_manager, clash):
    browser = enter(foreign_manager)

    assert browser.post(f"/desk/sync/{clash.pk}/", {"choice": "local"}).status_code == 404
    assert clash.act.stay.code not in text_of(browser.get("/desk/sync/"))
    clash.refresh_from_db()
    assert clash.settled_at is None


def test_the_page_costs_the_same_for_one_task_as_for_many(
    desk, clash, people, hostel, friday_stay, django_assert_num_queries
):
    with django_assert_num_queries(5):
        desk.get("/desk/sync/")
    for number in range(3):
        send(desk, came(friday_stay(people(), hostel), moment(FRIDAY, 11), f"t1-1{number}", compared=False))
    assert Clash.objects.count() == 4

    with django_assert_num_queries(5):
        desk.get("/desk/sync/")
