"""What no template shows: first screens, small screens, large letters, contrast, and pages without scripts."""

import gzip
import re
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser import chromium, follow, phone
from tests.conftest import resident_number
from tests.house import RunningHouse

LIN = "+8613912345678"
MAKE = f"""
from datetime import date, timedelta
from django.conf import settings
from django.test import Client
from django.utils import timezone
from accounts.models import User
from accounts.people import complete_person
from bookings.booking import book
from hostel.models import Hostel
from hostel.nights import Nights, business_day
user = User.objects.create_user("{LIN}", phone_verified=True)
now = timezone.now()
lin = complete_person(user, name="林小满", document_kind="resident", now=now, education="bachelor",
    document_number="{{number}}", graduation=f"{{now.year}}-06", home_in_district=False)
first = business_day(now) + timedelta(days=1)
nights = Nights(first, first + timedelta(days=2))
stay = book(guest=lin, hostel=Hostel.objects.get(slug="baodaiqiao"), nights=nights, purpose="interview", now=now)
browser = Client()
browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
print(stay.code, browser.cookies["sessionid"].value)
"""
FULL = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import Person, User
from accounts.people import complete_person
from bookings.allotting import allot
from bookings.booking import book
from bookings.desk import no_show
from bookings.parties import Member, book_party
from bookings.wishing import wait
from hostel.models import Bed, Hostel, OutOfService
from hostel.nights import Nights, business_day
now = timezone.now()
lin, day = Person.objects.get(), lambda days: business_day(now) + timedelta(days=days)
houses = {hostel.slug: hostel for hostel in Hostel.objects.all()}
before = now - timedelta(days=4)
missed = book(guest=lin, hostel=houses["mudu"], nights=Nights(day(-4), day(-3)), purpose="interview", now=before)
no_show(missed, now=missed.kept_until)
friend = complete_person(User.objects.create_user("+8613912345679", phone_verified=True), name="陈嘉怡", now=now,
    document_kind="resident", document_number="{number}", education="bachelor", graduation=f"{now.year}-06",
    home_in_district=False)
both = [Member(lin, "interview"), Member(friend, "interview")]
party = book_party(made_by=lin, members=both, hostel=houses["mudu"], nights=Nights(day(4), day(5)), now=now)
for bed in Bed.objects.filter(room__hostel=houses["xiangshan"]):
    OutOfService.objects.create(bed=bed, first_night=day(6), until=day(8), reason="repair", written_at=now)
wish = wait(guest=lin, hostels=[houses["xiangshan"]], nights=Nights(day(6), day(7)), purpose="interview", now=now)
kept = allot(hostel=houses["mudu"], nights=Nights(day(9), day(11)), applicant="school", organisation="苏州市职业大学",
    purpose="interview", release_on=day(7), now=now, actor=lin.user, beds=2, contact=lin.user)
print(party.code, party.stays.get(guest=lin).code, wish.code, missed.code, kept.code, day(6), day(7))
"""
ANSWERS = "/check/?education=bachelor&graduation=2019&home_in_district=yes&purpose=interview"


class Lin:
    """A house in which Lin has booked, and how she comes in."""

    def __init__(self, house, code, session):
        self.house, self.code, self.session = house, code, session
        self.pages = (
            "/",
            ANSWERS,
            "/hostels/baodaiqiao/",
            "/book/mudu/",
            f"/stays/{code}/",
            f"/stays/{code}/pass/",
            f"/stays/{code}/cancel/",
            "/me/",
            "/help/",
        )

    def page(self, browser, **how):
        page = phone(browser, self.house.url, **how)
        page.context.add_cookies([{"name": "sessionid", "value": self.session, "url": self.house.url}])
        return page


@pytest.fixture(scope="module")
def lin(ground):
    with RunningHouse(ground) as house:
        number = resident_number(date(timezone.now().year - 23, 4, 5), "female", 7)
        code, session = house.django(MAKE.replace("{number}", number)).split()[-2:]
        yield Lin(house, code, session)


@pytest.fixture(scope="module")
def full(lin):
    """The pages that a full house leads to: a party, a wish that waits, a night missed, days to change, a batch."""
    number = resident_number(date(timezone.now().year - 22, 4, 5), "female", 8)
    said = lin.house.django(FULL.replace("{number}", number)).split()[-7:]
    party, together, wish, missed, batch, first, until = said
    return (
        f"/parties/{party}/",
        f"/stays/{together}/cancel/",
        f"/hostels/xiangshan/?in={first}&out={until}",
        f"/waitlist/new/?hostel=xiangshan&in={first}&out={until}",
        f"/waitlist/{wish}/",
        "/waitlist/",
        f"/stays/{missed}/",
        f"/stays/{lin.code}/change/?in={first}&out={until}",
        f"/book/mudu/together/?in={first}&out={until}",
        f"/batches/{batch}/",
    )


@pytest.mark.browser
def test_the_first_screen_of_a_phone_shows_dates_nearness_and_a_bed(lin):
    with chromium() as browser:
        page = phone(browser, lin.house.url)
        page.goto("/")
        for name in ("y1-days", "y1-lengths", "y1-near"):
            assert page.get_by_test_id(name).bounding_box()["y"] < 400
        card = page.get_by_test_id("y1-card").first
        left = card.locator(".left").bounding_box()
        assert "还剩" in card.inner_text()
        assert left["y"] + left["height"] < page.locator(".tabbar").bounding_box()["y"]
        assert page.locator("dialog").count() == 0


@pytest.mark.browser
def test_the_first_screen_of_a_phone_travels_light_and_the_rest_comes_when_it_is_scrolled_to(lin):
    with chromium() as browser:
        page = phone(browser, lin.house.url)
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        kinds, travelled = {}, {}
        wire.on("Network.responseReceived", lambda said: kinds.update({said["requestId"]: said}))
        wire.on(
            "Network.loadingFinished", lambda said: travelled.update({said["requestId"]: said["encodedDataLength"]})
        )

        def pictures():
            return [each for each, said in kinds.items() if said["type"] == "Image"]

        page.goto("/")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
        assert pictures()
        assert {kinds[each]["response"]["url"][-9:] for each in pictures()} == {"-360.webp"}
        assert sum(travelled[each] for each in pictures()) <= 60_000

        page.get_by_test_id("y1-card").last.scroll_into_view_if_needed()
        photo = page.get_by_test_id("y1-card").last.locator("img")
        assert photo.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


@pytest.mark.browser
def test_without_scripts_every_card_has_its_photo(lin):
    with chromium() as browser:
        page = phone(browser, lin.house.url, java_script_enabled=False)
        page.goto("/")
        assert page.locator(".house img").count() == page.get_by_test_id("y1-card").count()


@pytest.mark.browser
def test_a_card_begins_where_its_padding_ends(lin):
    """Hidden fields and legends push nothing down."""
    gap = """() => [...document.querySelectorAll('.card')].map(card => {
        const first = [...card.querySelectorAll('h1, h2, legend, label, p')].find(each => each.offsetHeight);
        return first ? first.getBoundingClientRect().top - card.getBoundingClientRect().top : 0 })"""
    with chromium() as browser:
        page = lin.page(browser)
        for path in ("/settings/", "/me/", "/check/", "/book/mudu/?in=2099-01-01", "/book/mudu/"):
            page.goto(path)
            assert (path, max(page.evaluate(gap), default=0) <= 24) == (path, True)


@pytest.mark.browser
def test_the_pass_is_whole_on_the_first_screen_without_scripts(lin):
    with chromium() as browser:
        page = lin.page(browser, java_script_enabled=False)
        page.goto(f"/stays/{lin.code}/pass/")
        bar = page.locator(".tabbar").bounding_box()["y"]
        square = page.locator(".qr").bounding_box()
        assert square["width"] == square["height"]
        assert square["x"] >= 0
        assert square["x"] + square["width"] <= 360
        assert square["width"] * 21 / 29 >= 220  # the dots alone, without the white around them
        for part in (".qr", ".short-code", ".pass address"):
            box = page.locator(part).bounding_box()
            assert box["y"] + box["height"] < bar
        assert page.evaluate("getComputedStyle(document.querySelector('.short-code')).fontSize") == "32px"


@pytest.mark.browser
@pytest.mark.parametrize("size", ["", "largest"])
def test_at_320_pixels_nothing_scrolls_sideways(lin, size):
    with chromium() as browser:
        page = lin.page(browser)
        page.set_viewport_size({"width": 320, "height": 640})
        if size:
            page.context.add_cookies([{"name": "size", "value": size, "url": lin.house.url}])
        for language in ("", "/en"):
            for path in lin.pages:
                page.goto(language + path)
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert (path, wide) == (path, 320)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_out_by_contrast_names_or_order(lin, scheme):
    with chromium() as browser:
        page = lin.page(browser, color_scheme=scheme, bypass_csp=True)
        for path in lin.pages:
            page.goto(path)
            found = Axe().run(page).response["violations"]
            assert [(path, each["id"], each["nodes"][0]["target"]) for each in found] == []


SMALL = """() => [...document.querySelectorAll('main a, main button, main select, .tabbar a, label.chip')]
    .filter(each => getComputedStyle(each).display !== 'inline')
    .map(each => [each.textContent.trim(), each.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.height < 44 || box.width < 44)).map(([words]) => words)"""


@pytest.mark.browser
def test_the_letters_grow_where_they_are_read_and_nothing_typed_is_lost(lin):
    with chromium() as browser:
        page = lin.page(browser)
        page.goto("/check/")
        page.locator("label:has([name=education])").first.click()
        with page.expect_response("**/settings/"):
            page.get_by_test_id("foot-sizes").get_by_role("button", name="特大").click()
        expect(page.locator("html")).to_have_attribute("data-size", "largest")
        expect(page.get_by_role("button", name="特大")).to_have_attribute("aria-pressed", "true")
        expect(page.locator("[name=education]").first).to_be_checked()
        page.goto("/help/")
        expect(page.locator("html")).to_have_attribute("data-size", "largest")


@pytest.mark.browser
def test_without_scripts_the_letters_grow_too_and_the_page_stays_the_same(lin):
    with chromium() as browser:
        page = phone(browser, lin.house.url, java_script_enabled=False)
        page.goto(f"/en{ANSWERS}")
        follow(page.get_by_test_id("foot-sizes").get_by_role("button", name="Large", exact=True))
        assert page.url == f"{lin.house.url}/en{ANSWERS}"
        expect(page.locator("html")).to_have_attribute("data-size", "large")
        follow(page.get_by_test_id("foot-sizes").get_by_role("button", name="Standard"))
        assert page.locator("html").get_attribute("data-size") is None


@pytest.mark.browser
def test_what_is_sent_without_a_network_stays_in_the_page_and_goes_out_later(lin):
    with chromium() as browser:
        page = lin.page(browser)
        page.goto(f"/stays/{lin.code}/evidence/")
        kind, send = page.get_by_test_id("y7-kind").first, page.get_by_test_id("y7-send")
        kind.check()
        page.context.set_offline(True)
        send.click()
        said = page.locator(".offline")
        expect(said).to_have_text("没连上网，填的内容都在。再试一次")
        expect(send).to_be_enabled()
        expect(kind).to_be_checked()
        page.context.set_offline(False)
        expect(said).to_have_count(0)
        follow(send)
        expect(page.locator("[data-focus]")).to_be_focused()
        expect(kind).to_be_checked()


# The form is caught after our script has seen it: as if no answer came.
CATCH = "() => addEventListener('submit', (event) => event.preventDefault(), { once: true })"


@pytest.mark.browser
def test_a_button_that_works_keeps_its_width_and_says_so_and_after_eight_seconds_one_may_ask_again(lin):
    with chromium() as browser:
        page = lin.page(browser)
        page.clock.install()
        page.goto(f"/stays/{lin.code}/cancel/")
        button = page.get_by_test_id("y10-confirm")
        width = button.bounding_box()["width"]
        page.evaluate(CATCH)
        button.click()
        page.clock.run_for(1_000)
        expect(button).to_be_disabled()
        expect(button).to_have_text("正在提交…")
        assert button.bounding_box()["width"] == width
        said = page.locator("[data-said]")
        expect(said).to_be_empty()
        page.clock.run_for(8_000)
        expect(said).to_contain_text("还在加载…")
        page.evaluate(CATCH)
        said.get_by_role("button", name="再试一次").click()
        expect(said).to_be_empty()
        page.clock.run_for(1_000)
        expect(button).to_be_disabled()


@pytest.mark.browser
def test_the_arrows_move_in_a_strip_of_nights_and_enter_picks(lin):
    with chromium() as browser:
        page = lin.page(browser)
        page.goto("/hostels/mudu/")
        nights = page.get_by_test_id("y3-strip").locator("a")
        nights.first.focus()
        for key, at in (
            ("ArrowRight", 1),
            ("ArrowDown", 8),
            ("ArrowLeft", 7),
            ("ArrowUp", 0),
            ("End", 13),
            ("Home", 0),
        ):
            page.keyboard.press(key)
            expect(nights.nth(at)).to_be_focused()
        page.keyboard.press("ArrowRight")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(nights.nth(1)).to_have_attribute("aria-current", "date")


@pytest.mark.browser
def test_a_printed_pass_is_dark_on_white_and_nothing_else(lin):
    with chromium() as browser:
        page = lin.page(browser, color_scheme="dark")
        page.goto(f"/stays/{lin.code}/pass/")
        page.emulate_media(media="print", color_scheme="dark")
        for kept in (".qr", ".short-code", ".pass address"):
            expect(page.locator(kept)).to_be_visible()
        for left_out in (".tabbar", ".foot", ".pass-actions"):
            expect(page.locator(left_out)).to_be_hidden()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.browser
def test_where_a_house_is_full_everybody_finds_the_way_with_large_letters_on_the_smallest_phone(lin, full):
    with chromium() as browser:
        page = lin.page(browser, bypass_csp=True, reduced_motion="reduce")  # colours change at once
        page.context.add_cookies([{"name": "size", "value": "largest", "url": lin.house.url}])
        page.set_viewport_size({"width": 320, "height": 640})
        for path in full:
            for language in ("", "/en"):
                page.goto(language + path)
                assert (path, page.evaluate("document.documentElement.scrollWidth")) == (path, 320)
            found = Axe().run(page).response["violations"]
            page.emulate_media(color_scheme="dark")
            found += Axe().run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
            page.emulate_media(color_scheme="light")
            assert (path, [(each["id"], each["nodes"][0]["target"]) for each in found]) == (path, [])
            assert (path, page.evaluate(SMALL)) == (path, [])


@pytest.mark.browser
def test_the_code_of_a_party_is_whole_on_the_first_screen(lin, full):
    with chromium() as browser:
        page = lin.page(browser)
        page.goto(full[0])
        code = page.locator(".short-code").bounding_box()
        assert code["y"] + code["height"] < page.locator(".tabbar").bounding_box()["y"]


@pytest.mark.browser
def test_what_a_finger_taps_is_as_large_as_a_fingertip(lin):
    with chromium() as browser:
        page = lin.page(browser)
        for path in lin.pages:
            page.goto(path)
            assert (path, page.evaluate(SMALL)) == (path, [])


@pytest.mark.browser
def test_an_error_has_the_focus_and_nothing_typed_is_lost(lin):
    with chromium() as browser:
        page = lin.page(browser)
        page.goto("/book/mudu/")
        follow(page.get_by_test_id("y4-confirm"))
        page.wait_for_selector("[data-testid=y4-errors]")
        assert page.evaluate("document.activeElement.dataset.testid") == "y4-errors"
        assert page.title().startswith("有误：")


@pytest.mark.browser
def test_no_page_asks_anybody_else_for_anything(lin):
    with chromium() as browser:
        page = lin.page(browser)
        asked, complaints = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        for path in lin.pages:
            page.goto(path)
        assert {re.match(r"https?://[^/]+", url)[0] for url in asked} == {lin.house.url}
        assert complaints == []


def test_the_sheet_and_the_script_stay_within_their_budget():
    """In bytes as they travel, of 18 KB and 25 KB that the youth's pages may weigh."""
    files = Path(__file__).resolve().parents[2] / "web" / "static" / "web"
    assert len(gzip.compress((files / "house.css").read_bytes())) < 18_000
    assert len(gzip.compress((files / "house.js").read_bytes())) < 25_000
