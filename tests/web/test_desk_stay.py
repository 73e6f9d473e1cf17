from datetime import timedelta

import pytest

from accounts.models import Deed, Role
from bookings.models import Stay
from desk.models import Act
from hostel.models import Bed, Hostel, OutOfService
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment
from tests.web.conftest import hidden, text_of


@pytest.fixture
def stay(lin, hostel, friday_stay):
    return friday_stay(lin, hostel, until=SUNDAY)


@pytest.fixture
def browser(enter, manager):
    return enter(manager)


@pytest.fixture
def in_house(stay, clock):
    Stay.objects.filter(pk=stay.pk).update(checked_in_at=NOW + timedelta(hours=5))
    clock.now = moment(FRIDAY, 16)
    stay.refresh_from_db()
    return stay


def page_of(stay, act=""):
    return f"/desk/stays/{stay.code}/{act and act + '/'}"


def bed_of(stay, night=FRIDAY):
    return str(stay.bed_nights.live().select_related("bed__room").get(night=night).bed)


def do(browser, stay, act, act_id="a1", **said):
    return browser.post(page_of(stay, act), {"act_id": act_id} | said)


def test_the_page_says_who_when_where_and_that_it_was_opened_is_on_record(browser, manager, stay):
    page = browser.get(page_of(stay))

    said = text_of(page)
    assert "林小满" in said
    assert bed_of(stay) in said
    assert "3月6日 周五" in said
    assert stay.guest.document not in page.content.decode()
    assert stay.guest.user.phone not in page.content.decode()
    assert Deed.objects.get(what="see_stay").actor == manager


def test_what_can_be_done_is_a_button_and_what_can_not_says_why(browser, stay):
    page = browser.get(page_of(stay))

    assert [step.name for step, _href in page.context["steps"]] == [
        "check_in",
        "extend",
        "move",
        "shorten",
        "swap",
        "move_to_hostel",
    ]
    assert {step.name: reason.code for step, reason in page.context["why_not"]} == {
        "check_out": "STATE",
        "no_show": "KEPT",
        "overstay": "STATE",
    }


def test_of_who_is_overdue_the_first_step_is_to_let_them_go(browser, in_house, clock):
    clock.now = moment(MONDAY, 12)

    page = browser.get(page_of(in_house))

    assert page.context["state"] == "overdue"
    assert [step.name for step, _href in page.context["steps"]][:2] == ["check_out", "overstay"]


def test_a_stay_that_is_over_has_nothing_left_to_do(browser, in_house):
    Stay.objects.filter(pk=in_house.pk).update(checked_out_at=moment(FRIDAY, 18))

    assert "没有要办的了" in text_of(browser.get(page_of(in_house)))


def test_extend_then_undo(browser, in_house):
    form = browser.get(page_of(in_house, "extend"))
    answer = do(browser, in_house, "extend", hidden(form, "act_id"), departure=MONDAY.isoformat())

    assert answer["Location"] == page_of(in_house)
    page = browser.get(answer["Location"])
    assert "3月9日 周一" in text_of(page)
    browser.post(f"/desk/acts/{page.context['act'].pk}/undo/")
    in_house.refresh_from_db()
    assert in_house.departure == SUNDAY
    said = text_of(browser.get(page_of(in_house)))
    assert "撤回了续住" in said


def test_leave_early_gives_the_nights_back(browser, in_house):
    assert do(browser, in_house, "shorten", departure=SATURDAY.isoformat()).status_code == 302

    in_house.refresh_from_db()
    assert in_house.departure == SATURDAY


def test_change_bed_from_a_later_night_on(browser, in_house):
    form = browser.get(page_of(in_house, "move"), {"from_night": SATURDAY.isoformat()})
    bed = form.context["free"][0]

    answer = do(browser, in_house, "move", bed=str(bed), from_night=SATURDAY.isoformat(), because="淋浴在修")

    assert answer.status_code == 302
    assert bed_of(in_house, SATURDAY) == str(bed) != bed_of(in_house)
    assert f"{bed}" in text_of(browser.get(page_of(in_house)))


def test_a_bed_that_is_taken_says_so_and_offers_the_two_nearest(browser, in_house, people, hostel, friday_stay):
    zhao = friday_stay(people("赵一一", "female"), hostel, until=SUNDAY)
    Stay.objects.filter(pk=zhao.pk).update(checked_in_at=NOW)  # who has not come yet is moved

    answer = do(browser, in_house, "move", bed=bed_of(zhao), from_night=FRIDAY.isoformat())

    assert answer.status_code == 409
    assert "没有改动" in text_of(answer)
    assert len(answer.context["ways"]) == 2
    way = answer.context["ways"][0]
    assert do(browser, in_house, "move", way.act_id, **way.said).status_code == 302
    assert bed_of(in_house) == way.said["bed"]


def test_two_guests_swap(browser, in_house, people, hostel, friday_stay):
    zhao = friday_stay(people("赵一一", "female"), hostel, until=SUNDAY)
    mine, theirs = bed_of(in_house), bed_of(zhao)
    form = browser.get(page_of(in_house, "swap"))
    assert [(other, str(bed)) for other, bed in form.context["others"]] == [(zhao, theirs)]

    assert do(browser, in_house, "swap", **{"with": zhao.code}).status_code == 302

    assert (bed_of(in_house), bed_of(zhao)) == (theirs, mine)


def test_who_is_still_there_is_written_down_until_tomorrow_at_most(browser, in_house, clock):
    clock.now = moment(SUNDAY, 16)
    form = browser.get(page_of(in_house, "overstay"))
    assert [value for value, _words, _by in form.context["days"]] == [MONDAY.isoformat()]

    assert do(browser, in_house, "overstay", departure=TUESDAY.isoformat()).status_code == 409
    assert do(browser, in_house, "overstay", departure=MONDAY.isoformat()).status_code == 302

    in_house.refresh_from_db()
    assert in_house.departure == MONDAY


def test_to_another_house_and_the_desk_that_does_not_know_it_goes_on_with_its_day(browser, stay):
    form = browser.get(page_of(stay, "move-to-hostel"))
    house = form.context["houses"][0][0]
    assert (form.context["houses"][0][1] > 0, house.access) == (True, "individual")

    answer = do(browser, stay, "move-to-hostel", hostel=house.slug)

    stay.refresh_from_db()
    act = Act.objects.get()
    assert (answer["Location"], stay.hostel) == (f"/desk/?act={act.pk}", house)
    # Here alone it can be taken back.
    assert f'action="/desk/acts/{act.pk}/undo/"' in browser.get(answer["Location"]).content.decode()
    browser.post(f"/desk/acts/{act.pk}/undo/")
    stay.refresh_from_db()
    assert stay.hostel != house
    assert b"/undo/" not in browser.get(answer["Location"]).content


@pytest.mark.parametrize("number", ["0", "x", "\u00b2", "9" * 40])
def test_an_act_that_there_is_not_offers_no_way_back(browser, stay, number):
    answer = browser.get("/desk/", {"act": number})
    assert (answer.status_code, b"/undo/" in answer.content) == (200, False)


def test_a_full_house_says_why_it_can_not_be_longer_and_where_there_is_room(browser, in_house, hostel):
    for bed in Bed.objects.filter(room__hostel=hostel):
        OutOfService.objects.create(
            bed=bed, first_night=SUNDAY, until=TUESDAY, reason="repair", written_at=moment(FRIDAY, 15)
        )

    answer = do(browser, in_house, "extend", departure=MONDAY.isoformat())

    assert answer.status_code == 409
    assert answer.context["ways"]
    assert all(way.said == {} for way in answer.context["ways"])
    in_house.refresh_from_db()
    assert in_house.departure == SUNDAY


@pytest.mark.parametrize("act", ["extend", "shorten", "move", "swap", "overstay", "move-to-hostel"])
def test_without_an_answer_nothing_is_done(browser, in_house, act):
    assert do(browser, in_house, act).status_code == 409


@pytest.mark.parametrize("act", ["extend", "move", "swap", "move-to-hostel"])
def test_what_can_not_be_done_now_says_so_instead_of_a_form(browser, stay, act):
    Stay.objects.filter(pk=stay.pk).update(cancelled_at=NOW, cancel_cause="GUEST")

    page = browser.get(page_of(stay, act))

    assert page.context["reason"].code == "STATE"
    assert 'data-testid="d5-confirm"' not in page.content.decode()


def test_an_act_that_there_is_not_has_no_page(browser, stay):
    assert browser.get(page_of(stay, "marry")).status_code == 404


@pytest.mark.parametrize("act", ["", "extend", "move-to-hostel"])
def test_a_stay_of_another_house_is_not_there(enter, foreign_manager, stay, act):
    page = enter(foreign_manager).get(page_of(stay, act))

    assert page.status_code == 404
    assert "林" not in text_of(page)
    assert not Deed.objects.filter(what="see_stay").exists()


def test_who_manages_two_houses_opens_a_stay_of_either(enter, manager, stay):
    Role.objects.create(user=manager, kind="manager", hostel=Hostel.objects.get(slug="mudu"), valid_from=FRIDAY)

    page = enter(manager).get(page_of(stay), {"hostel": "mudu"})

    assert page.context["desk"].hostel == stay.hostel


def test_in_english_the_page_is_english(browser, manager, stay):
    manager.language = "en"
    manager.save()

    said = text_of(browser.get(page_of(stay)))

    assert "What to do" in said
    assert "booked" in said


def test_a_long_history_costs_no_more_than_a_short_one(browser, stay, manager, django_assert_num_queries):
    for number in (1, 20):
        for _ in range(number):
            Deed.objects.create(what="extend", at=NOW, actor=manager, person=stay.guest, about=stay.code)
        with django_assert_num_queries(COST):
            browser.get(page_of(stay))


COST = 10
