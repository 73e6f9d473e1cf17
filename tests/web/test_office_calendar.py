"""The page of the working calendar."""

import re

import pytest

from accounts.models import Deed
from hostel.models import WorkdayCorrection
from tests.api.counting import statements
from tests.conftest import MONDAY, NOW, SATURDAY
from tests.web.conftest import text_of

PAGE = "/office/calendar/"
CORRECTION = {"day": "2026-03-07", "work": "working", "because": "国务院办公厅通知"}


@pytest.fixture
def office(enter, officer):
    return enter(officer)


@pytest.fixture
def corrected(officer):
    return WorkdayCorrection.objects.create(
        day=SATURDAY, is_working=True, because="展会加班", written_by=f"user {officer.pk}", written_at=NOW
    )


def rows(response):
    return dict(re.findall(r'data-day="([\d-]+)" data-work="(\w+)"', response.content.decode()))


def test_the_year_s_days_off_and_worked_weekends_stand_by_month(office):
    page = office.get(PAGE)

    days = rows(page)
    assert (days["2026-02-14"], days["2026-02-16"], days["2026-10-07"]) == ("working", "off", "off")
    assert list(days) == sorted(days)
    said = text_of(page)
    assert "2026 年工作日历" in said
    assert "10月1日 周四 休息 国庆节" in said
    assert "10月7日 周三 休息 调休，10月10日上班" in said
    assert "10月10日 周六 上班 上班，10月7日调休" in said
    assert "工作日放假 19 天 · 周末上班 6 天" in said


def test_it_speaks_english_too(office, officer):
    officer.language = "en"
    officer.save()

    said = text_of(office.get(f"{PAGE}?year=2025"))
    assert "Working days of 2025" in said
    assert "Wed 1 Oct off National Day" in said
    assert "Sat 11 Oct worked worked, off on 8 Oct" in said


def test_the_years_before_and_after_are_one_step_away(office):
    html = office.get(PAGE).content.decode()

    assert f'href="{PAGE}?year=2025"' in html
    assert f'href="{PAGE}?year=2027"' in html


@pytest.mark.parametrize("year", ["1999", "2100", "abc", "２０２６", ""])
def test_a_year_that_is_none_is_the_running_one(office, year):
    assert "2026 年工作日历" in text_of(office.get(PAGE, {"year": year}))


def test_a_year_that_is_not_announced_says_so(office):
    assert "节假日库里还没有 2099 年的国务院放假通知" in text_of(office.get(f"{PAGE}?year=2099"))
    assert "节假日库里还没有" not in text_of(office.get(f"{PAGE}?year=2026"))


def test_an_officer_corrects_a_day_and_reads_that_it_is_done(office, officer):
    answer = office.post(PAGE, CORRECTION)

    assert answer["Location"] == f"{PAGE}?year=2026&corrected=2026-03-07"
    page = office.get(answer["Location"])
    assert "3月7日 周六 已更正。以后的决定按它算，以前的不变。" in text_of(page)
    assert rows(page)["2026-03-07"] == "working"
    assert f"按更正 国务院办公厅通知 · 3月6日 周五 10:00，账号 {officer.pk}" in text_of(page)
    assert Deed.objects.get(what="correct_workday").actor == officer


def test_a_correction_is_withdrawn_by_one_button(office, officer, corrected):
    page = office.get(PAGE)
    assert f'action="{PAGE}2026-03-07/withdrawal/"' in page.content.decode()

    answer = office.post(f"{PAGE}2026-03-07/withdrawal/")

    assert answer["Location"] == f"{PAGE}?year=2026&withdrawn=2026-03-07"
    page = office.get(answer["Location"])
    assert "3月7日 周六 的更正已撤回。" in text_of(page)
    assert "2026-03-07" not in rows(page)
    assert Deed.objects.get(what="withdraw_workday").actor == officer


def test_a_holiday_that_is_worked_after_all_stays_on_the_page_to_be_withdrawn(office, officer):
    office.post(PAGE, CORRECTION | {"day": "2026-10-07"})

    page = office.get(PAGE)
    assert rows(page)["2026-10-07"] == "working"
    assert f'action="{PAGE}2026-10-07/withdrawal/"' in page.content.decode()


def test_what_is_refused_says_why_and_keeps_what_was_typed(office, corrected):
    page = office.post(PAGE, CORRECTION | {"because": "另一份通知"})

    assert page.status_code == 409
    assert "2026年3月7日已经更正过：展会加班。要改，先撤回那一条" in text_of(page)
    assert 'value="另一份通知"' in page.content.decode()
    assert 'value="2026-03-07"' in page.content.decode()


def test_withdrawing_what_somebody_withdrew_already_says_so(office, corrected):
    office.post(f"{PAGE}2026-03-07/withdrawal/")

    page = office.post(f"{PAGE}2026-03-07/withdrawal/")
    assert page.status_code == 409
    assert "2026年3月7日没有可撤回的更正" in text_of(page)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"day": ""}, "选一个日期。"),
        ({"day": "2026-02-30"}, "选一个日期。"),
        ({"day": "1999-12-31"}, "选一个日期。"),
        ({"day": "2100-01-01"}, "选一个日期。"),
        ({"work": ""}, "选这一天上班还是休息。"),
        ({"because": " "}, "写上依据，别人才好核对：是哪份通知？"),
    ],
)
def test_what_is_missing_is_said_at_its_place(office, change, sentence):
    page = office.post(PAGE, CORRECTION | change)

    assert page.status_code == 422
    assert text_of(page).count(sentence) == 2  # above the form, with a link, and at the field
    assert WorkdayCorrection.objects.count() == 0


def test_an_auditor_reads_and_changes_nothing(enter, auditor, corrected):
    browser = enter(auditor)

    page = browser.get(PAGE)
    assert rows(page)["2026-03-07"] == "working"
    assert "withdrawal" not in page.content.decode()
    assert 'data-testid="calendar-form"' not in page.content.decode()
    for answer in (browser.post(PAGE, CORRECTION), browser.post(f"{PAGE}2026-03-07/withdrawal/")):
        assert answer.status_code == 403
        assert "更正由团委干部来做" in text_of(answer)
    assert WorkdayCorrection.objects.standing().count() == 1


@pytest.mark.parametrize("day", ["2026-02-30", "today", "1999-01-01"])
def test_an_address_of_no_day_is_not_found(office, day):
    assert office.post(f"{PAGE}{day}/withdrawal/").status_code == 404


def test_the_office_leads_to_it(office):
    assert f'href="{PAGE}"' in office.get("/office/").content.decode()


def test_it_costs_the_same_with_one_correction_and_with_three(office):
    office.post(PAGE, CORRECTION)
    one = statements(lambda: office.get(PAGE))

    office.post(PAGE, CORRECTION | {"day": "2026-03-08"})
    office.post(PAGE, CORRECTION | {"day": str(MONDAY), "work": "off"})
    assert statements(lambda: office.get(PAGE)) == one
