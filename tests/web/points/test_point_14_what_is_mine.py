"""Acceptance point 14: the privacy text is two taps away at most from every page; the file of what is held opens as a
page and as data; after erasing no search finds name or phone; what is kept is listed with reason and day."""

import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import chromium, follow, phone, tablet
from tests.conftest import resident_number
from tests.web.every_guest import NOW

pytestmark = [pytest.mark.browser, pytest.mark.look]
NAME, PHONE = "欧阳若兮", "+8613677654321"
NUMBER = resident_number(NOW.date().replace(year=2001), "female", 433)
# She slept here two nights ago, sent a proof and is looked up by an officer and a desk of their own.
LIVED = f"""
import io, json
from datetime import timedelta
from tests.conftest import staff
from tests.eligibility.pictures import photo
from tests.web.every_guest import NOW, TODAY, _Making
from accounts.people import agree, complete_person
from accounts.models import User
from bookings.booking import book
from bookings.desk import check_in, check_out
from bookings.night_audit import audit
from eligibility.evidence import hand_in, kept_files
from hostel.models import Hostel, Network
from hostel.nights import Nights
user = User.objects.create_user("{PHONE}", phone_verified=True)
then = NOW - timedelta(days=2)
agree(user, then)
guest = complete_person(user, name="{NAME}", document_kind="resident", document_number="{NUMBER}", now=then,
                        education="bachelor", graduation="2025-06", school="鹿城海事学院", home_in_district=False)
house = Hostel.objects.get(slug="baodaiqiao")
stay = book(guest=guest, hostel=house, nights=Nights(then.date(), TODAY - timedelta(days=1)), purpose="exam", now=then)
with kept_files([io.BytesIO(photo())]) as pages:
    hand_in(stay.assessment, "interview_notice", now=then, actor=user, pages=pages, agreed=True)
check_in(stay, compared=True, now=then + timedelta(hours=2))
audit(NOW - timedelta(hours=30))
check_out(stay, now=NOW - timedelta(hours=28))
manager = staff("+8613800000071", "manager", hostel=house)
officer = staff("+8613800000072", "officer", network=Network.objects.get(slug="wuzhong"))
making = _Making.__new__(_Making)
making.made = {{"codes": {{}}, "sessions": {{}}}}
for who, login in (("guest", user), ("manager", manager), ("officer", officer)):
    making.log_in(who, login)
print(json.dumps(making.made["sessions"]))
"""


def test_the_privacy_text_is_one_tap_away_from_every_page(every):
    # An apology for an error of ours stands alone: it leads home, and from there it is one tap.
    far = [page.name for page in every.pages if 'href="/privacy/"' not in every.ask(page).html]

    assert set(far) <= {"error-500"}
    assert [name for name in far if 'href="/"' not in every.ask(every.named(name)).html] == []
    with chromium() as browser:
        page = phone(browser, every.url, java_script_enabled=False)
        for name in ("y1-tonight", "y6-confirmed", "error-404"):
            every.open(page, every.named(name))
            follow(page.locator("footer a[href='/privacy/']"))
            expect(page.locator("h1")).to_have_text("隐私")
            expect(page.locator("[data-testid=y18-purposes] > ul > li")).to_have_count(15)


def as_who(browser, every, sessions, who, make=phone, **how):
    page = make(browser, every.url, **how)
    page.context.add_cookies([{"name": "sessionid", "value": sessions[who][0], "url": every.url}])
    return page


def found_by_office(page, text):
    """Whether the office finds somebody by ``text``."""
    page.goto("/office/people/?network=wuzhong")
    page.locator("input[name=text]").fill(text)
    page.locator("input[name=why], textarea[name=why]").fill("来电核对")
    follow(page.locator("main form button").first)
    expect(page.locator("h1")).to_be_visible()
    return page.locator("[data-testid=o12-found] > li").count()


def test_it_is_taken_along_and_erased_and_then_nobody_finds_it(every, tmp_path):
    sessions = json.loads(every.house.django(LIVED))
    with chromium() as browser:
        office = as_who(browser, every, sessions, "officer", tablet)
        assert [found_by_office(office, text) for text in (NAME, PHONE)] == [1, 1]

        page = as_who(browser, every, sessions, "guest", java_script_enabled=False, accept_downloads=True)
        page.goto("/me/data/")
        with page.expect_download() as saving:
            page.get_by_test_id("y17-export").click()
        file = tmp_path / "own.zip"
        saving.value.save_as(file)
        read_as_page_and_data(browser, file, tmp_path / "own")

        # Two taps: what goes and what stays is said in between.
        follow(page.get_by_test_id("y17-erase"))
        kept = page.get_by_test_id("y17-kept").locator("li")
        expect(kept).to_have_count(5)
        before = kept.all_inner_texts()
        follow(page.get_by_test_id("y17-confirm"))
        expect(page.get_by_test_id("y17-done")).to_contain_text("账号已删除")
        expect(kept).to_have_count(5)
        assert kept.all_inner_texts() == before
        # Each with a reason and, but for the hotel's own register, a day.
        assert [bool(re.search(r"到 20\d\d年\d+月\d+日", text)) for text in before] == [True, True, True, True, False]
        expect(page.locator("main")).to_contain_text("最晚 2026年3月27日 清除")
        page.goto("/me/")
        expect(page.get_by_test_id("y5-phone")).to_be_visible()

        assert [found_by_office(office, text) for text in (NAME, PHONE, NAME[:2])] == [0, 0, 0]
        desk = as_who(browser, every, sessions, "manager", tablet)
        for text in (PHONE[-4:], NUMBER[-4:], NUMBER):
            desk.goto(f"/desk/checkin/?hostel=baodaiqiao&q={text}")
            expect(desk.locator("h1")).to_be_visible()
            expect(desk.locator("body")).not_to_contain_text(NAME[0] + "*")


def read_as_page_and_data(browser, file: Path, folder: Path):
    """Open what was taken along as its owner does, without the house."""
    zipfile.ZipFile(file).extractall(folder)
    data = json.loads((folder / "data.json").read_text())
    assert data["person"][0]["name"] == NAME
    assert len(data["stays"]) == 1
    page = browser.new_context(offline=True).new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / "index.html").as_uri())
    expect(page.locator("h1")).to_have_text("苏青驿存了你的哪些资料")
    expect(page.locator("body")).to_contain_text(NAME)
    expect(page.locator("img")).to_have_js_property("naturalWidth", 600)
    assert all(url.startswith("file://") for url in asked)
    assert NUMBER not in page.content()
