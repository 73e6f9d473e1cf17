"""What no template shows: first screens, small screens, large letters, contrast, and pages without scripts."""

import gzip
import re
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

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
        assert sum(travelled.values()) <= 125_000

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


@pytest.mark.browser
def test_what_a_finger_taps_is_as_large_as_a_fingertip(lin):
    small = """() => [...document.querySelectorAll('main a, main button, main select, .tabbar a, label.chip')]
        .filter(each => getComputedStyle(each).display !== 'inline')
        .map(each => [each.textContent.trim(), each.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.height < 44 || box.width < 44)).map(([words]) => words)"""
    with chromium() as browser:
        page = lin.page(browser)
        for path in lin.pages:
            page.goto(path)
            assert (path, page.evaluate(small)) == (path, [])


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
