"""The page of the quotas (O3): free nights by house, group and month, typed and saved."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.models import Deed
from bookings.quotas import Cell, Change, Grant, set_quotas
from hostel.models import Hostel, Network, Quota
from tests.api.counting import statements
from tests.browser import chromium, follow, tablet
from tests.conftest import NOW, SUNDAY, staff
from tests.web.conftest import text_of
from tests.web.forms import Form
from tests.web.test_first_night import OFFICER, STAFF, log_in

PAGE = "/office/quota/"
MARCH = date(2026, 3, 1)


@pytest.fixture
def officer(officer):
    officer.language = "en"
    officer.save()
    return officer


@pytest.fixture
def office(enter, officer):
    return enter(officer)


def row_of(response, place):
    """What the line of a house says, field by field."""
    row = re.search(rf'<tr data-place="{place}">.*?</tr>', response.content.decode(), re.DOTALL)[0]
    cells = re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]


def typed(response, name):
    return re.search(rf'name="{re.escape(name)}" value="([^"]*)"', response.content.decode())[1]


def sent(response, **changes):
    """The form of the page as a browser sends it, with what was typed in some of its fields."""
    return Form(response.content.decode(), "quota-form").sent.dict() | changes


def test_an_officer_reads_what_is_granted_used_held_and_free(office, hostel, wuzhong, lin, friday_stay):
    Quota.objects.create(network=wuzhong, hostel=hostel, first_day=MARCH, nights=9)
    Quota.objects.create(network=wuzhong, first_day=date(2026, 1, 1), nights=2)
    friday_stay(lin, hostel, SUNDAY)

    page = office.get(PAGE)

    assert "Free nights of March 2026" in text_of(page)
    assert row_of(page, "baodaiqiao")[1:] == [
        "used 0 · held 2 · free 7",
        "",
        "9 used 0 · held 2 · free 7",
    ]
    assert row_of(page, "wuzhong")[1] == "used 0 · held 2 · none left"
    # Where nothing is granted there is no limit, and what is held is said all the same.
    assert row_of(page, "mudu")[1:] == ["", "", "no limit used 0 · held 0"]
    assert typed(page, "n:baodaiqiao:") == "9"
    assert row_of(office.get(f"{PAGE}?month=2026-04"), "baodaiqiao")[3] == "no limit used 0 · held 0"


@pytest.mark.parametrize("month", ["", "2026-13", "1999-12", "2100-01", "２０２６-03", "2026-03-01", "x"])
def test_a_month_that_is_none_is_the_running_one(office, month):
    assert "Free nights of March 2026" in text_of(office.get(PAGE, {"month": month}))


def test_what_is_typed_is_saved_with_its_release_and_said(office, hostel, officer):
    form = sent(office.get(PAGE))
    form["n:baodaiqiao:"], form["n:baodaiqiao:free_stay"], form["r:month:free_stay"] = "30", "12", "3"
    form["n:wuzhong:year:"] = "900"

    answer = office.post(PAGE, form)

    assert answer["Location"] == f"{PAGE}?month=2026-03&saved=3"
    assert "Saved: 3 numbers changed" in text_of(office.get(answer["Location"]))
    rows = Quota.objects.values_list("hostel__slug", "group", "first_day", "nights", "release_days")
    assert set(rows) == {
        ("baodaiqiao", "", MARCH, 30, None),
        ("baodaiqiao", "free_stay", MARCH, 12, 3),
        (None, "", date(2026, 1, 1), 900, None),
    }
    assert Deed.objects.filter(what="set_quota", actor=officer).count() == 3
    # Emptied, there is no limit; the rest stays as it is.
    form = sent(office.get(PAGE))
    form["n:baodaiqiao:"] = ""
    office.post(PAGE, form)
    assert Quota.objects.count() == 2
    form = sent(office.get(PAGE))
    form["r:month:free_stay"] = "5"
    office.post(PAGE, form)
    assert Quota.objects.get(group="free_stay").release_days == 5
    assert "Nothing was changed." in text_of(office.post(PAGE, sent(office.get(PAGE)), follow=True))


def test_a_column_whose_days_differ_keeps_them_until_days_are_typed(office, wuzhong, hostel):
    mudu = Hostel.objects.get(slug="mudu")
    for house, days in ((hostel, 3), (mudu, None)):
        Quota.objects.create(
            network=wuzhong, hostel=house, group="free_stay", first_day=MARCH, nights=9, release_days=days
        )
    page = office.get(PAGE)
    assert 'placeholder="differ"' in page.content.decode()

    form = sent(page)
    form["n:mudu:free_stay"] = "10"
    office.post(PAGE, form)
    assert set(Quota.objects.values_list("nights", "release_days")) == {(9, 3), (10, None)}

    form = sent(office.get(PAGE))
    form["r:month:free_stay"] = "2"
    office.post(PAGE, form)
    assert set(Quota.objects.values_list("nights", "release_days")) == {(9, 2), (10, 2)}


def test_cutting_below_what_is_held_is_refused_with_the_list_and_keeps_what_was_typed(
    office, wuzhong, hostel, lin, friday_stay
):
    Quota.objects.create(network=wuzhong, hostel=hostel, first_day=MARCH, nights=9)
    stay = friday_stay(lin, hostel, SUNDAY)
    form = sent(office.get(PAGE))
    form["n:baodaiqiao:"] = "1"

    page = office.post(PAGE, form)

    assert page.status_code == 409
    said = text_of(page)
    assert "2 free nights are slept or kept, and these numbers grant 1. Not covered: 1." in said
    assert f"{stay.code}: Baodaiqiao hostel, 2 free nights, 6 Mar 2026 to 7 Mar 2026" in said
    assert "林" not in said.replace("林湖", "")
    assert typed(page, "n:baodaiqiao:") == "1"
    assert Quota.objects.get().nights == 9


def test_what_a_second_officer_wrote_meanwhile_is_shown_and_not_overwritten(office, hostel, wuzhong):
    form = sent(office.get(PAGE))
    form["n:baodaiqiao:"], form["n:mudu:"] = "30", "20"
    second = staff("+8613800000023", "officer", network=wuzhong)
    theirs = [Cell(wuzhong, house, "", MARCH) for house in (hostel, Hostel.objects.get(slug="yuexi"))]
    set_quotas([Change(cell, Grant(25)) for cell in theirs], now=NOW, actor=second)

    page = office.post(PAGE, form)

    assert page.status_code == 409
    assert f"it says 25 nights since 6 Mar 10:00 (login no. {second.pk}); you saw nothing" in text_of(page)
    assert row_of(page, "baodaiqiao")[1].startswith("by now 25")
    assert (typed(page, "n:baodaiqiao:"), typed(page, "n:mudu:"), typed(page, "n:yuexi:")) == ("30", "20", "25")
    assert Quota.objects.count() == 2
    # Saved again, ours stand in their place, and what only they changed stays theirs.
    office.post(PAGE, sent(page))
    assert set(Quota.objects.values_list("hostel__slug", "nights")) == {
        ("baodaiqiao", 30),
        ("mudu", 20),
        ("yuexi", 25),
    }


@pytest.mark.parametrize("wrong", ["-1", "1.5", "1e3", "１２", "1000001", "many", "12 3"])
def test_what_is_no_number_is_said_at_its_place_and_above(office, wrong):
    form = sent(office.get(PAGE))
    form["n:baodaiqiao:"], form["n:mudu:"] = wrong, "20"

    page = office.post(PAGE, form)

    assert page.status_code == 422
    assert text_of(page).count("Write a whole number of nights, or leave it empty.") == 2
    assert (typed(page, "n:baodaiqiao:"), typed(page, "n:mudu:")) == (wrong, "20")
    assert "<title>Error:" in page.content.decode()
    assert not Quota.objects.exists()


@pytest.mark.parametrize("wrong", ["-1", "367", "soon"])
def test_what_are_no_days_is_said_too(office, wrong):
    form = sent(office.get(PAGE))
    form["n:baodaiqiao:free_stay"], form["r:month:free_stay"] = "3", wrong

    page = office.post(PAGE, form)

    assert page.status_code == 422
    assert text_of(page).count("Write a number of days up to 366, or nothing for never.") == 2


def test_the_month_before_is_taken_over_where_nothing_stands(office, wuzhong, hostel):
    mudu = Hostel.objects.get(slug="mudu")
    for house in (hostel, mudu):
        Quota.objects.create(
            network=wuzhong, hostel=house, group="free_stay", first_day=date(2026, 2, 1), nights=7, release_days=2
        )
    Quota.objects.create(network=wuzhong, hostel=mudu, group="free_stay", first_day=MARCH, nights=1, release_days=2)

    page = office.get(f"{PAGE}?fill=1")

    assert "Empty fields show the numbers of the month before. Nothing is saved yet." in text_of(page)
    assert (typed(page, "n:baodaiqiao:free_stay"), typed(page, "n:mudu:free_stay")) == ("7", "1")
    office.post(PAGE, sent(page))
    assert Quota.objects.get(hostel=hostel, first_day=MARCH).release_days == 2


def test_an_auditor_reads_and_changes_nothing(enter, auditor, wuzhong, hostel):
    auditor.language = "en"
    auditor.save()
    Quota.objects.create(network=wuzhong, hostel=hostel, group="free_stay", first_day=MARCH, nights=9, release_days=1)
    browser = enter(auditor)

    page = browser.get(PAGE)

    assert row_of(page, "baodaiqiao")[2] == "9 used 0 · held 0 · free 9 · open 1 day before"
    assert 'name="n:' not in page.content.decode()
    assert "o3-save" not in page.content.decode()
    assert browser.post(PAGE, {"n:baodaiqiao:": "1"}).status_code == 403


def test_a_district_s_officer_sets_their_own_and_reads_nobody_else_s(enter, wuzhong, hostel):
    other = Network.objects.create(slug="gusu", name_zh="姑苏", name_en="Gusu", parent=wuzhong.parent)
    browser = enter(staff("+8613800000097", "officer", network=other))

    assert "baodaiqiao" not in browser.get(PAGE).content.decode()
    answer = browser.post(PAGE, {"n:baodaiqiao:": "1", "wn:baodaiqiao:": ""})
    assert answer.status_code == 302
    assert not Quota.objects.exists()
    assert browser.get(f"{PAGE}?network=wuzhong").status_code == 403
    # The city's officer has all of it on one page.
    city = enter(staff("+8613800000096", "officer", network=wuzhong.parent))
    page = city.get(PAGE)
    assert all(f'data-place="{place}"' in page.content.decode() for place in ("suzhou", "wuzhong", "gusu", "mudu"))


def test_the_page_costs_as_much_for_one_row_as_for_many(office, wuzhong):
    office.get(PAGE)
    few = statements(lambda: office.get(PAGE))
    for house in Hostel.objects.all():
        for group in ("", "free_stay"):
            Quota.objects.create(network=wuzhong, hostel=house, group=group, first_day=MARCH, nights=5)

    assert statements(lambda: office.get(PAGE)) == few


# --- in a browser -----------------------------------------------------------------------------------------------------
LIN_STAYS = """
import datetime
from django.utils import timezone
from accounts.models import Role, User
from bookings.booking import book
from hostel.models import Hostel, Quota
from hostel.nights import Nights, business_day
from tests.conftest import People
now = timezone.now()
today = business_day(now)
house = Hostel.objects.get(slug="baodaiqiao")
guest = People()("林小满", "female", birth_date=datetime.date(today.year - 24, 1, 2), graduation=f"{today.year - 1}-06")
nights = Nights(today, today + datetime.timedelta(days=1))
print(book(guest=guest, hostel=house, nights=nights, purpose="interview", now=now).code)
"""


@pytest.mark.browser
@pytest.mark.look
def test_numbers_are_typed_by_keys_and_saved_and_two_officers_do_not_overwrite_each_other(house):
    house.django(STAFF)
    code = house.django(LIN_STAYS).strip()
    with chromium() as browser:
        page = tablet(browser, house.url)
        page.goto(PAGE)
        log_in(page, house, OFFICER)
        everybody = page.locator('[id="n:baodaiqiao:"]')
        everybody.focus()
        page.keyboard.type("29")
        page.keyboard.press("+")
        expect(everybody).to_have_value("30")
        page.keyboard.press("ArrowRight")
        page.keyboard.type("4")
        page.keyboard.press("ArrowDown")
        page.keyboard.type("8")
        expect(page.locator('[id="n:guoxiang:free_stay"]')).to_have_value("8")
        follow(page.get_by_test_id("o3-save"))
        expect(page.get_by_test_id("o3-saved")).to_contain_text("3")

        other = page.context.new_page()
        other.goto(PAGE)
        page.goto(PAGE)
        everybody.fill("25")
        follow(page.get_by_test_id("o3-save"))
        other.locator('[id="n:baodaiqiao:"]').fill("40")
        follow(other.get_by_test_id("o3-save"))
        expect(other.get_by_test_id("o3-refusal")).to_be_focused()
        expect(other.get_by_test_id("o3-meanwhile")).to_contain_text("25")
        expect(other.locator('[id="n:baodaiqiao:"]')).to_have_value("40")
        follow(other.get_by_test_id("o3-save"))
        expect(other.get_by_test_id("o3-saved")).to_be_visible()

        other.locator('[id="n:baodaiqiao:"]').fill("0")
        other.locator('[id="n:baodaiqiao:free_stay"]').fill("0")
        follow(other.get_by_test_id("o3-save"))
        expect(other.get_by_test_id("o3-refusal")).to_contain_text(code)
    assert house.rows("SELECT nights FROM hostel_quota ORDER BY nights") == [(4,), (8,), (40,)]
