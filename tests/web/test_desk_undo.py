"""Undo at the desk's pages: one button, five minutes, and back to where it stood."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from bookings.models import Stay
from desk.acts import Asked, perform
from tests.conftest import FRIDAY, MONDAY, moment

EVENING = moment(FRIDAY, 18)


@pytest.fixture
def desk(enter, manager, clock):
    clock.now = EVENING
    return enter(manager)


@pytest.fixture
def act(desk, lin, hostel, manager, friday_stay):
    stay = friday_stay(lin, hostel, until=MONDAY)
    return perform(Asked(hostel, "a-1", "check_in", manager, EVENING, stay, {"compared": True}), now=EVENING)


def button(act, now):
    request = RequestFactory().get("/desk/?tab=in_house")
    return render_to_string("web/desk/undo.html", {"act": act, "desk": {"now": now}}, request)


def test_the_button_says_until_when_and_is_gone_after_that(act):
    there = button(act, EVENING + timedelta(minutes=4))

    assert f'action="/desk/acts/{act.pk}/undo/"' in there
    assert 'value="/desk/?tab=in_house"' in there
    assert "18:05" in there
    assert button(act, EVENING + timedelta(minutes=5)).strip() == ""
    assert button(None, EVENING).strip() == ""


def test_what_was_done_is_taken_back_and_the_page_says_so(desk, act):
    answer = desk.post(f"/desk/acts/{act.pk}/undo/", {"back": "/desk/?tab=in_house"}, follow=True)

    assert answer.redirect_chain == [("/desk/?tab=in_house", 302)]
    assert Stay.objects.get(pk=act.stay_id).status == "confirmed"
    assert [each.level_tag for each in answer.context["messages"]] == ["success"]
    assert act.stay.code in str(next(iter(answer.context["messages"])))


def test_what_can_not_be_taken_back_any_more_says_why(desk, act, clock):
    clock.now = EVENING + timedelta(minutes=5)

    answer = desk.post(f"/desk/acts/{act.pk}/undo/", follow=True)

    assert [each.level_tag for each in answer.context["messages"]] == ["warning"]
    assert Stay.objects.get(pk=act.stay_id).status == "in_house"


@pytest.mark.parametrize("back", ["https://elsewhere.example/desk/", "//elsewhere.example/desk/", "/office/", "java:0"])
def test_nobody_is_sent_elsewhere(desk, act, back):
    answer = desk.post(f"/desk/acts/{act.pk}/undo/", {"back": back})

    assert (answer.status_code, answer.url) == (302, "/desk/")


def test_who_opens_the_address_is_led_to_the_day(desk, act):
    assert desk.get(f"/desk/acts/{act.pk}/undo/").url == "/desk/"
    assert Stay.objects.get(pk=act.stay_id).status == "in_house"


def test_the_desk_of_another_house_has_nothing_to_take_back(enter, foreign_manager, act):
    answer = enter(foreign_manager).post(f"/desk/acts/{act.pk}/undo/")

    assert answer.status_code == 404
    assert Stay.objects.get(pk=act.stay_id).status == "in_house"
