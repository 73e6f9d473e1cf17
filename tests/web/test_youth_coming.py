"""Still coming tonight? Three answers, and a button for who comes late."""

import pytest
from django.test import Client

from bookings.arriving import come_late
from bookings.booking import book
from bookings.models import Stay
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SATURDAY, SUNDAY, moment
from tests.web.conftest import text_of

EVENING = moment(FRIDAY, 20, 5)
ONE = moment(SATURDAY, 1)


@pytest.fixture
def stay(friday_stay, lin, hostel, clock) -> Stay:
    clock.now = EVENING
    return friday_stay(lin, hostel, SUNDAY)


@pytest.fixture
def browser(stay, enter):
    return enter(stay.guest.user)


def answered(browser, stay, answer):
    return browser.post(f"/stays/{stay.code}/coming/", {"answer": answer}, follow=True)


def test_nobody_else_answers(stay, chen, enter):
    for other in (chen.user,):
        assert answered(enter(other), stay, "no").status_code == 404
    assert Client().post(f"/stays/{stay.code}/coming/", {"answer": "no"}).status_code == 302
    stay.refresh_from_db()
    assert stay.status == "confirmed"


def test_the_page_has_three_answers_with_the_hour_of_the_rules(stay, browser):
    page = text_of(browser.get(f"/stays/{stay.code}/coming/"))

    assert "今晚还来吗" in page
    assert page.index("准时到") < page.index("晚点到，帮我留到 01:00") < page.index("不来了")
    assert "2 晚退回你的额度。5 分钟内可以撤回" in page
    english = text_of(browser.get(f"/en/stays/{stay.code}/coming/"))
    assert "Arriving late, hold until 01:00" in english


def test_on_time(stay, browser):
    page = answered(browser, stay, "on_time")

    stay.refresh_from_db()
    assert (stay.coming_at, stay.late_at) == (EVENING, None)
    assert "好，今晚见" in text_of(page)
    assert "已确认" in text_of(page)


def test_late_from_the_stay_itself_by_one_tap(stay, browser):
    before = browser.get(f"/stays/{stay.code}/").content.decode()
    assert 'data-testid="y6-late"' in before
    assert "晚点到，帮我留到 01:00" in before

    page = answered(browser, stay, "late")

    stay.refresh_from_db()
    assert (stay.kept_until, stay.late_at) == (ONE, EVENING)
    assert "床给你留到 01:00，路上慢点" in text_of(page)
    assert "晚到" in text_of(page)
    assert "床给你留到 3月7日 周六 01:00" in text_of(page)
    assert 'data-testid="y6-late"' not in page.content.decode()
    assert "苏青驿·宝带桥站 晚到" in text_of(browser.get("/me/"))  # one word everywhere


def test_not_coming_cancels_and_can_be_taken_back(stay, browser):
    page = answered(browser, stay, "no")

    assert "已取消，2 晚退回额度" in text_of(page)
    assert "20:10 前可以撤回" in text_of(page)
    stay.refresh_from_db()
    assert stay.status == "cancelled"


@pytest.mark.parametrize("answer", ["", "perhaps"])
def test_any_other_answer_changes_nothing(stay, browser, answer):
    assert answered(browser, stay, answer).status_code == 422
    stay.refresh_from_db()
    assert (stay.status, stay.coming_at) == ("confirmed", None)


def test_asked_twice_it_is_said_once(stay, browser):
    come_late(stay, now=EVENING)

    page = answered(browser, stay, "late")

    assert page.status_code == 409
    assert "你说过会晚到：床给你留到 3月7日 01:00" in text_of(page)
    assert "coming-late" not in page.content.decode()


def test_after_the_hour_the_page_says_so_and_leads_to_the_stay_and_the_desk(stay, browser, clock):
    clock.now = moment(FRIDAY, 23, 1)
    page = browser.get(f"/stays/{stay.code}/coming/")

    assert "床位留到 3月6日 23:00" in text_of(page)
    assert "tel:0512-6500-1009" in page.content.decode()
    assert "coming-late" not in page.content.decode()
    assert answered(browser, stay, "late").status_code == 409


def test_before_the_day_nothing_is_asked(lin, hostel, enter, clock):
    later = book(guest=lin, hostel=hostel, nights=Nights(SATURDAY, SUNDAY), purpose="interview", now=NOW)
    browser = enter(lin.user)
    page = browser.get(f"/stays/{later.code}/coming/")

    assert "到店当天（2026年3月7日）再说" in text_of(page)
    assert 'data-testid="y6-late"' not in browser.get(f"/stays/{later.code}/").content.decode()


def test_a_stay_that_is_over_says_what_it_is(stay, browser):
    answered(browser, stay, "no")

    assert "已取消" in text_of(browser.get(f"/stays/{stay.code}/coming/"))
