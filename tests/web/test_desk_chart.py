import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.desk import check_in, no_show
from bookings.models import Stay
from bookings.moving import move
from bookings.out_of_service import block
from desk.models import Act
from hostel.models import Bed, Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment
from tests.web.conftest import hidden, text_of
from web.desk.chart import LEGEND, MARKS

CHART, PLACE = "/desk/chart/", "/desk/chart/place/"
JSON = {"Accept": "application/json"}


def bed(hostel, label):
    room, number = label.split("-")
    return Bed.objects.select_related("room").get(room__hostel=hostel, room__number=room, number=number)


def beds_of(stay):
    return [str(night.bed) for night in stay.bed_nights.live().select_related("bed__room").order_by("night")]


@pytest.fixture
def stay(lin, hostel, friday_stay):
    """Lin's two nights from Friday on, in 301-1."""
    stay = friday_stay(lin, hostel, until=SUNDAY)
    move(stay, bed(hostel, "301-1"), from_night=FRIDAY, now=NOW)
    return Stay.objects.get(pk=stay.pk)


def bar(html, code):
    """The opening tag of the bar of a stay."""
    return re.search(rf'<a class="bar[^>]*data-code="{code}"[^>]*>', html)[0]


# --- reading ----------------------------------------------------------------------------------------------------------
def test_a_bar_says_person_bed_both_dates_and_state_and_no_more_of_the_person(enter, manager, stay):
    html = enter(manager).get(CHART).content.decode()

    assert 'aria-label="林**，301-1，3月6日 周五 → 3月8日 周日，共 2 晚，预抵"' in bar(html, stay.code)
    assert "林小满" not in html


def test_the_head_says_for_each_night_what_is_free(enter, manager, stay):
    said = text_of(enter(manager).get(CHART))

    assert "今晚 6日 3月6日 空 21" in said
    assert "周日 8日 3月8日 空 22" in said
    assert "2 楼" in said


def test_the_chart_is_turned_by_a_week_and_back(enter, manager, stay):
    browser = enter(manager)

    later = browser.get(CHART, {"from": "2026-03-12"})
    far = browser.get(CHART, {"from": "9999-12-31"})

    assert later.context["days"][0]["night"].isoformat() == "2026-03-12"
    assert stay.code not in later.content.decode()
    assert "今天" in text_of(later)
    assert far.context["days"][1]["night"] == FRIDAY


def test_as_a_list_it_says_the_same(enter, manager, stay):
    page = enter(manager).get(CHART, {"view": "list"})

    assert f"301-1 林** {stay.code} 3月6日 周五 → 3月8日 周日，共 2 晚 抵 预抵" in text_of(page)
    assert "3月6日 周五 空 21" in text_of(page)


def test_of_an_empty_house_the_list_says_so(enter, manager):
    assert "这些夜晚没有人住" in text_of(enter(manager).get(CHART, {"view": "list"}))


def test_a_page_costs_the_same_for_one_guest_as_for_many(enter, manager, hostel, people, friday_stay):
    browser = enter(manager)

    def statements():
        with CaptureQueriesContext(connection) as asked:
            browser.get(CHART)
        return len(asked)

    friday_stay(people("周梅", "female"), hostel)
    statements()
    one = statements()
    for number in range(9):
        friday_stay(people("周梅", "female" if number % 2 else "male"), hostel, until=SUNDAY)

    assert statements() == one


# --- the menu ---------------------------------------------------------------------------------------------------------
def test_the_menu_of_a_bar_changes_bed_or_days_and_opens_the_stay_without_scripts(enter, manager, stay):
    browser = enter(manager)
    page = browser.get(CHART, {"at": "301-1.2026-03-06"})

    assert page.context["menu"]["stay"] == stay
    assert "301-1" not in [str(each) for each in page.context["menu"]["beds"]]
    assert f'href="/desk/stays/{stay.code}/"' in page.content.decode()
    html = page.content.decode()
    form = html[html.index('data-testid="d4-menu"') :]
    sent = {
        "stay": stay.code,
        "bed": "303-2",
        "arrival": "2026-03-06",
        "act_id": re.search(r'act_id" value="([^"]+)', form)[1],
    }
    done = browser.post(PLACE, sent, follow=True)

    assert beds_of(stay) == ["303-2", "303-2"]
    assert "林** 现在是 303-2" in text_of(done)
    assert 'data-testid="undo"' in done.content.decode()


def test_the_menu_alone_is_what_the_script_asks_for(enter, manager, stay):
    page = enter(manager).get(CHART, {"at": "301-1.2026-03-06", "part": "menu"})

    assert "<table" not in page.content.decode()
    assert "林** · 301-1" in text_of(page)
    assert enter(manager).get(CHART, {"at": "999-1.2026-03-06", "part": "menu"}).status_code == 404


def test_of_who_may_not_be_moved_the_menu_says_why(enter, manager, stay, clock):
    clock.now = moment(FRIDAY, 23, 30)

    page = enter(manager).get(CHART, {"at": "301-1.2026-03-06"})

    assert "现在不能再改" in text_of(page)
    assert 'data-testid="d4-why-not"' in page.content.decode()
    assert 'data-testid="d4-menu-move"' not in page.content.decode()


def test_of_who_is_here_the_days_are_changed_at_the_stay(enter, manager, stay, clock):
    check_in(stay, compared=True, now=moment(FRIDAY, 15))
    clock.now = moment(FRIDAY, 16)

    html = enter(manager).get(CHART, {"at": "301-1.2026-03-06"}).content.decode()

    assert 'data-testid="d4-menu-move"' in html
    assert 'data-testid="d4-menu-shift"' not in html
    assert "data-shifts" not in bar(html, stay.code)


def test_a_free_night_leads_to_a_walk_in_or_to_blocking(enter, manager, hostel):
    tonight = enter(manager).get(CHART, {"at": "402-1.2026-03-06"}).content.decode()
    later = enter(manager).get(CHART, {"at": "402-1.2026-03-08"}).content.decode()

    assert 'href="/desk/walkin/?bed=402-1"' in tonight
    assert 'href="/desk/rooms/block/?beds=402-1&amp;from=2026-03-06"' in tonight
    assert "/desk/walkin/?bed" not in later
    assert 'href="/desk/rooms/block/?beds=402-1&amp;from=2026-03-08"' in later


def test_a_closed_bed_says_why_and_where_it_is_opened_again(enter, manager, hostel):
    block([bed(hostel, "402-1")], Nights(FRIDAY, MONDAY), reason="repair", reference="R-17", now=NOW)

    page = enter(manager).get(CHART, {"at": "402-1.2026-03-07"})

    assert "R-17" in text_of(page)
    assert 'href="/desk/rooms/"' in page.content.decode()


@pytest.mark.parametrize("at", ["", "402-1", "402-1.tomorrow", "402-1.9999-12-31", "777-1.2026-03-06", ".2026-03-06"])
def test_what_names_no_bed_and_night_opens_no_menu(enter, manager, at):
    page = enter(manager).get(CHART, {"at": at})

    assert (page.status_code, page.context["menu"]) == (200, None)


# --- putting down -----------------------------------------------------------------------------------------------------
def put(browser, stay, label, arrival=FRIDAY, act_id="a-1", headers=None, **more):
    sent = {"stay": stay.code, "bed": label, "arrival": arrival.isoformat(), "act_id": act_id} | more
    return browser.post(PLACE, sent, headers=headers)


def test_a_bar_put_down_in_another_bed_is_there_and_the_script_hears_where_to_look(enter, manager, stay):
    answer = put(enter(manager), stay, "303-1", headers=JSON)

    act = Act.objects.get()
    assert (answer.status_code, answer.json()) == (200, {"act": act.pk, "href": f"/desk/chart/?done={act.pk}"})
    assert (act.what, act.stay, act.by) == ("place", stay, manager)
    assert beds_of(stay) == ["303-1", "303-1"]


def test_put_down_later_it_comes_on_other_days_in_that_bed(enter, manager, stay):
    put(enter(manager), stay, "303-1", SATURDAY)

    stay.refresh_from_db()
    assert (stay.arrival, stay.departure, beds_of(stay)) == (SATURDAY, MONDAY, ["303-1", "303-1"])


def test_the_same_form_twice_is_one_act(enter, manager, stay):
    browser = enter(manager)

    for _again in range(2):
        assert put(browser, stay, "303-1").status_code == 302

    assert Act.objects.count() == 1


def test_of_a_guest_who_changes_beds_the_later_bar_is_moved_alone(enter, manager, hostel, stay):
    move(stay, bed(hostel, "303-1"), from_night=SATURDAY, now=NOW)

    put(enter(manager), stay, "303-2", from_night="2026-03-07")

    assert beds_of(stay) == ["301-1", "303-2"]
    assert Act.objects.get().what == "move"


def test_a_place_that_does_not_do_comes_back_with_the_reason_and_the_two_nearest(enter, manager, stay):
    answer = put(enter(manager), stay, "202-1", headers=JSON)

    assert answer.status_code == 409
    said = answer.json()
    assert said["code"] == "BED"
    assert "202-1" in said["reasons"][0]["sentence_zh"]
    assert said["places"] == [
        {"bed": "201-1", "arrival": "2026-03-06"},
        {"bed": "201-2", "arrival": "2026-03-06"},
    ]
    assert beds_of(stay) == ["301-1", "301-1"]
    assert not Act.objects.exists()


def test_without_scripts_the_nearest_places_are_one_tap_away(enter, manager, stay):
    browser = enter(manager)
    page = put(browser, stay, "202-1")

    html = page.content.decode()
    assert page.status_code == 409
    assert "有误：" in html
    assert "林** 不能这样放到 202-1：没有改动" in text_of(page)
    refused = html[html.index('data-testid="d4-refused"') :]
    sent = dict(
        re.findall(r'type="hidden" name="(stay|bed|arrival|act_id)" value="([^"]*)"', refused.partition("</form>")[0])
    )
    browser.post(PLACE, sent)

    assert beds_of(stay) == ["201-1", "201-1"]


def test_days_that_the_rules_refuse_come_back_with_places_on_its_own_days(enter, manager, stay):
    answer = put(enter(manager), stay, "303-1", FRIDAY + timedelta(days=60), headers=JSON)

    assert answer.status_code == 409
    assert answer.json()["code"] == "WINDOW"
    assert answer.json()["places"] == [
        {"bed": "303-1", "arrival": "2026-03-06"},
        {"bed": "303-2", "arrival": "2026-03-06"},
    ]


def test_what_names_no_day_is_no_form_of_ours(enter, manager, stay):
    assert enter(manager).post(PLACE, {"stay": stay.code, "bed": "303-1", "act_id": "a-1"}).status_code == 400


@pytest.mark.parametrize("label", ["999-9", "", "x", "301-²", "\x00-1"])
def test_a_bed_that_is_not_there_changes_nothing(enter, manager, stay, label):
    assert put(enter(manager), stay, label).status_code == 409
    assert beds_of(stay) == ["301-1", "301-1"]


def test_a_stay_of_another_house_is_not_there(enter, manager, lin, friday_stay):
    other = friday_stay(lin, Hostel.objects.get(slug="mudu"))

    assert put(enter(manager), other, "303-1").status_code == 404
    other.code = "\x00"
    assert put(enter(manager), other, "303-1").status_code == 404


def test_the_way_back_puts_the_bar_where_it_was(enter, manager, stay):
    browser = enter(manager)
    put(browser, stay, "303-1", SATURDAY)
    act = Act.objects.get()

    page = browser.get(CHART, {"done": act.pk})
    back = browser.post(f"/desk/acts/{act.pk}/undo/", {"back": hidden(page, "back")}, follow=True)

    stay.refresh_from_db()
    assert (stay.arrival, beds_of(stay)) == (FRIDAY, ["301-1", "301-1"])
    assert back.redirect_chain[-1][0] == CHART
    assert 'data-testid="d4-done"' not in browser.get(CHART, {"done": act.pk}).content.decode()


@pytest.mark.parametrize("number", ["0", "x", "²", "9" * 40])
def test_an_act_that_is_not_there_is_not_spoken_of(enter, manager, number):
    page = enter(manager).get(CHART, {"done": number})

    assert (page.status_code, page.context["done"]) == (200, None)


# --- states without colour --------------------------------------------------------------------------------------------
def test_each_state_has_a_mark_of_its_own_beside_its_colour_and_the_legend_says_it(
    enter, manager, hostel, people, stay, friday_stay, clock
):
    check_in(friday_stay(people("周梅", "female"), hostel), compared=True, now=moment(FRIDAY, 15))
    missed = friday_stay(people("吴静", "female"), hostel)
    block([bed(hostel, "402-1")], Nights(FRIDAY, MONDAY), reason="repair", now=NOW)
    clock.now = moment(FRIDAY, 23, 30)
    no_show(missed, now=clock.now)

    html = enter(manager).get(CHART).content.decode()

    marks = dict(
        re.findall(
            r'<a class="bar bar-(\w+)[^>]*><span class="said-of"><b class="mark" aria-hidden="true">(\S+?)</b>', html
        )
    )
    assert marks == {"due_in": "抵", "in_house": "住", "no_show": "未", "blocked": "停"}
    legend = html[html.index('class="legend"') :]
    for state, mark in marks.items():
        assert f'bar-{state}"><b class="mark">{mark}</b>' in legend


def test_no_two_marks_of_the_legend_are_the_same(enter, manager):
    for language in ("zh-hans", "en"):
        manager.language = language
        manager.save(update_fields=["language"])
        html = enter(manager).get(CHART).content.decode()
        marks = re.findall(r'<b class="mark">(.*?)</b>', html[html.index('class="legend"') :])
        assert len(set(marks)) == len(marks) == len(LEGEND)
    assert set(LEGEND) <= set(MARKS)
