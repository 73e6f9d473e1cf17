"""What is mine: what is held, a file of it, consents taken back, and going for good; and the plain pages about it."""

import html
import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from accounts.exporting import MOST_AN_HOUR
from accounts.models import Consent, Deed, Person
from accounts.people import agree
from accounts.record import record
from accounts.retention import PURPOSES
from bookings.models import Stay
from tests.bookings.test_forgetting import LATER, NAME, NUMBER, PHONE, SCHOOL, lived, ruoxi  # noqa: F401
from tests.conftest import FRIDAY, NOW
from tests.web.conftest import text_of

PAGES = ("/me/data/", "/me/data/erase/")


@pytest.fixture
def later(clock):
    """The Tuesday after the weekend that she lived here."""
    clock.now = LATER
    return clock


@pytest.fixture
def browser(lived, later, enter):  # noqa: F811
    return enter(lived.user)


def packed(browser, address="/me/data/export.zip"):
    answer = browser.get(address)
    assert answer.headers["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


# --- what is held -----------------------------------------------------------------------------------------------------
def test_what_is_held_stands_there_with_why_and_until_when(browser, lived):  # noqa: F811
    page = browser.get("/en/me/data/")

    words = text_of(page)
    assert "Stays: 3; nights kept or slept: 1" in words
    assert "Until 1 Jan 2027, also if you erase your account" in words
    assert "a lower bunk" in words
    source = page.content.decode()
    assert NUMBER not in source
    assert re.findall(r'data-key="([a-z]+)"', source) == [
        "phone", "identity", "fingerprint", "answers", "needs", "stays", "decisions", "proofs", "missed", "letters",
        "consents", "record",
    ]  # fmt: skip


def test_who_looked_stands_there_and_no_colleague_by_name(browser, lived, manager):  # noqa: F811
    words = text_of(browser.get("/en/me/data/"))

    assert re.search(r"The desk of \S+ hostel opened your check-in card [0-9A-Z]{6} Fri 6 Mar 10:00", words)
    assert manager.phone[-4:] not in words


def test_a_look_of_one_s_own_and_of_a_list_is_none(enter, later, ruoxi):  # noqa: F811
    record("see_evidence", now=NOW, actor=ruoxi.user, person=ruoxi, about="ABCDEFGH")

    assert "Nobody but you." in text_of(enter(ruoxi.user).get("/en/me/data/"))


def test_a_login_that_never_said_who_it_is_has_the_page_too(later, enter, officer):
    words = text_of(enter(officer).get("/en/me/data/"))

    assert "Your phone number" in words
    assert "Lines you agreed to: 0" in words


@pytest.mark.parametrize("address", [*PAGES, "/me/data/export.zip"])
def test_it_is_shown_to_who_is_logged_in_alone(db, wuzhong, address):
    answer = Client().get(address)

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/login/?next={address}")


# --- the file ---------------------------------------------------------------------------------------------------------
def test_the_file_holds_a_page_the_data_and_the_pictures(browser, lived):  # noqa: F811
    with packed(browser) as file:
        names = file.namelist()
        page, data = file.read("index.html").decode(), json.loads(file.read("data.json"))
        picture = file.read(names[2])

    assert names[:2] == ["index.html", "data.json"]
    assert re.fullmatch(r"proofs/\d+-1\.jpg", names[2])
    assert picture.startswith(b"\xff\xd8")
    assert data["person"][0]["name"] == NAME
    assert data["person"][0]["school"] == SCHOOL
    assert data["login"][0]["phone"] == PHONE
    assert NUMBER not in page + json.dumps(data)
    assert {stay["code"] for stay in data["stays"]} == set(Stay.objects.values_list("code", flat=True))
    assert all(made["reasons"] for made in data["decisions"])
    assert {"letters", "consents", "record", "proofs", "questions", "extra_nights", "missed"} <= data.keys()
    assert names[2] in page
    assert "低血糖" in page


def test_the_page_in_it_needs_no_network_and_speaks_the_language_it_was_asked_for_in(browser):
    with packed(browser, "/en/me/data/export.zip") as file:
        english = file.read("index.html").decode()
    with packed(browser) as file:
        chinese = file.read("index.html").decode()

    assert '<html lang="en">' in english
    assert '<html lang="zh-Hans">' in chinese
    assert "What Suqingyi holds of you" in english
    assert "http" not in english
    assert "<script" not in english
    assert "<link" not in english


def test_what_is_not_kept_any_more_is_not_in_it(browser, lived):  # noqa: F811
    browser.post("/me/data/", {"withdraw": "evidence"})

    with packed(browser) as file:
        assert file.namelist() == ["index.html", "data.json"]


def test_that_it_was_taken_is_on_record_and_it_is_not_taken_without_end(browser, lived, later):  # noqa: F811
    for _each in range(MOST_AN_HOUR):
        assert browser.get("/me/data/export.zip").status_code == 200

    answer = browser.get("/en/me/data/export.zip")

    assert Deed.objects.filter(what="export_own", person=lived).count() == MOST_AN_HOUR
    assert answer.status_code == 429
    assert "This was asked for 10 times within an hour" in text_of(answer)
    later.now += timedelta(hours=1, minutes=1)
    assert browser.get("/me/data/export.zip").status_code == 200


def test_what_somebody_else_has_is_not_in_it(lived, later, enter, chen):  # noqa: F811
    with packed(enter(chen.user)) as file:
        assert NAME not in file.read("index.html").decode() + file.read("data.json").decode()


# --- consents ---------------------------------------------------------------------------------------------------------
def test_a_consent_is_taken_back_with_what_follows_said_before(browser, lived):  # noqa: F811
    before = text_of(browser.get("/en/me/data/"))
    assert "The pictures you sent are deleted at once." in before

    answer = browser.post("/en/me/data/", {"withdraw": "evidence"}, follow=True)

    assert answer.redirect_chain == [("/en/me/data/", 302)]
    assert "taken back" in text_of(answer)
    assert Consent.objects.get(purpose="evidence").withdrawn_at == LATER
    assert 'data-testid="y17-withdraw"' not in answer.content.decode()


@pytest.mark.parametrize("purpose", ["service", "privacy", "", "nothing", "evidence\x00"])
def test_what_the_account_rests_on_and_what_was_never_given_is_not_taken_back(later, enter, ruoxi, purpose):  # noqa: F811
    answer = enter(ruoxi.user).post("/en/me/data/", {"withdraw": purpose})

    assert answer.status_code in (400, 409)
    assert not Consent.objects.exclude(withdrawn_at=None).exists()


# --- going ------------------------------------------------------------------------------------------------------------
def test_two_taps_and_nothing_is_left_but_what_was_said(browser, lived):  # noqa: F811
    before = browser.get("/en/me/data/erase/")
    kept = re.findall(r'<li class="stack-s" data-key="(\w+)">', before.content.decode())

    answer = browser.post("/en/me/data/erase/", follow=True)

    assert answer.redirect_chain == [("/en/me/data/erase/", 302)]
    words = text_of(answer)
    assert "Your account is erased" in words
    assert "by 31 Mar 2026 at the latest" in words
    assert re.findall(r'<li class="stack-s" data-key="(\w+)">', answer.content.decode()) == kept
    assert len(kept) == 5
    assert "Until 31 Dec 2056" in words
    assert "Until 1 Jan 2027" in words
    assert browser.get("/me/").status_code == 302
    # Said in the other language too, as long as the browser is open.
    assert "账号已删除" in text_of(browser.get("/me/data/erase/"))


def test_another_browser_is_logged_out_by_it(browser, lived, enter):  # noqa: F811
    other = enter(lived.user)

    browser.post("/me/data/erase/")

    assert other.get("/me/").status_code == 302
    assert other.get("/me/data/erase/").headers["Location"] == "/login/?next=/me/data/erase/"


def test_what_stands_against_it_is_said_with_a_way_on(ruoxi, hostel, friday_stay, enter):  # noqa: F811
    stay, browser = friday_stay(ruoxi, hostel), enter(ruoxi.user)

    for answer in (browser.get("/en/me/data/erase/"), browser.post("/en/me/data/erase/")):
        source = answer.content.decode()
        assert "is kept for you from 6 Mar 2026 to 7 Mar 2026" in text_of(answer)
        assert f'href="/en/stays/{stay.code}/cancel/"' in source
        assert "y17-confirm" not in source
    assert answer.status_code == 409
    assert Person.objects.get(pk=ruoxi.pk).name == NAME


def test_the_office_reads_a_neutral_word_where_a_name_stood(lived, later, enter, officer, hostel):  # noqa: F811
    office = enter(officer)
    code = Stay.objects.filter(guest=lived, status="left").get().code
    enter(lived.user).post("/me/data/erase/")

    pages = [
        office.get(f"/office/people/{lived.pk}/?network=wuzhong"),
        office.get(f"/office/hostels/baodaiqiao/nights/{FRIDAY}/?network=wuzhong"),
        office.get("/office/no-shows/?network=wuzhong"),
        office.post("/office/people/?network=wuzhong", {"text": code, "why": "核对"}),
    ]

    for page in pages:
        assert page.status_code == 200
        assert NAME not in page.content.decode()
    assert "已注销住客" in pages[3].content.decode()


def test_searches_of_office_and_desk_find_nobody(lived, later, enter, officer, manager):  # noqa: F811
    enter(lived.user).post("/me/data/erase/")

    office, desk = enter(officer), enter(manager)
    for text in (NAME, PHONE, PHONE.removeprefix("+86")):
        found = office.post("/office/people/?network=wuzhong", {"text": text, "why": "来电"})
        assert f"/office/people/{lived.pk}/" not in found.content.decode()
    for text in (PHONE[-4:], NUMBER[-4:], NUMBER):
        assert NAME[0] + "*" not in desk.get("/desk/checkin/", {"hostel": "baodaiqiao", "q": text}).content.decode()
    assert NAME not in str(list(Deed.objects.values_list("reason", "values")))


# --- the plain pages --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", ["/help/", "/privacy/", "/accessibility/", "/en/help/", "/en/accessibility/"])
def test_the_plain_pages_are_there_for_everybody(db, wuzhong, address):
    page = Client().get(address)

    assert page.status_code == 200
    source = page.content.decode()
    for name in ("help", "privacy", "accessibility"):
        assert f'/{name}/"' in source


def test_privacy_says_of_each_purpose_what_why_who_how_long_and_what_if_refused(db):
    words = html.unescape(text_of(Client().get("/en/privacy/")))

    with translation.override("en"):
        said = [each for one in PURPOSES for each in (one.what, one.why, one.who, one.until, one.refused)]
        assert [str(each) for each in said if str(each) not in words] == []


def test_no_text_says_any_more_that_one_cannot_erase(db):
    pages = "".join(text_of(Client().get(path)) for path in ("/en/privacy/", "/en/login/agreement/", "/en/help/"))

    assert "cannot erase it yourself" not in pages
    assert "cannot close it" not in pages


def test_agreeing_again_after_erasing_begins_anew(lived, later, enter):  # noqa: F811
    enter(lived.user).post("/me/data/erase/")

    assert not Consent.objects.exists()
    agree(type(lived.user).objects.create_user(PHONE), LATER)
    assert Consent.objects.count() == 2
