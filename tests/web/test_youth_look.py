"""What no template shows: what travels first, letters that grow, answers that do not come, the keyboard, paper.

Every page in every state, for contrast, names, small screens and large letters, is looked at in
`points/test_point_30_for_everybody`.
"""

import gzip
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import chromium, follow, phone

pytestmark = pytest.mark.look
ANSWERS = "/check/?education=bachelor&graduation=2019&home_in_district=yes&purpose=interview"


@pytest.mark.browser
def test_the_first_screen_of_a_phone_travels_light_and_the_rest_comes_when_it_is_scrolled_to(every):
    with chromium() as browser:
        page = phone(browser, every.url)
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
def test_without_scripts_every_card_has_its_photo(every):
    with chromium() as browser:
        page = phone(browser, every.url, java_script_enabled=False)
        page.goto("/")
        assert page.locator(".house img").count() == page.get_by_test_id("y1-card").count()


@pytest.mark.browser
def test_a_birth_date_can_be_read_whole_in_the_largest_letters(every):
    wanting = """() => [...document.querySelectorAll('.three select')].filter(each => {
        const whole = each.cloneNode(true); whole.style.width = 'auto'; whole.style.flex = 'none';
        each.parentNode.append(whole); const wanted = whole.offsetWidth; whole.remove();
        return each.offsetWidth < wanted - 1 }).map(each => each.name)"""
    with chromium() as browser:
        page = phone(browser, every.url)
        every.open(page, next(each for each in every.pages if each.name == "y4-newcomer"))
        page.evaluate("document.documentElement.dataset.size = 'largest'")
        page.locator("#document_kind summary").click()
        page.locator("label:has(input[value=passport])").click()
        expect(page.locator(".three select")).to_have_count(3)
        expect(page.locator(".three select").first).to_be_visible()
        assert page.evaluate(wanting) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.browser
def test_a_card_begins_where_its_padding_ends(every):
    """Hidden fields and legends push nothing down."""
    gap = """() => [...document.querySelectorAll('.card')].map(card => {
        const first = [...card.querySelectorAll('h1, h2, legend, label, p')].find(each => each.offsetHeight);
        return first ? first.getBoundingClientRect().top - card.getBoundingClientRect().top : 0 })"""
    with chromium() as browser:
        page = phone(browser, every.url)
        for name in ("y2-empty", "y4-newcomer", "y4-returning", "y12-full", "y18-settings"):
            every.open(page, every.named(name))
            assert (name, max(page.evaluate(gap), default=0) <= 24) == (name, True)


@pytest.mark.browser
def test_the_code_of_a_party_is_whole_on_the_first_screen(every):
    with chromium() as browser:
        page = phone(browser, every.url)
        every.open(page, every.named("party"))
        code = page.locator(".short-code").bounding_box()
        assert code["y"] + code["height"] < page.locator(".tabbar").bounding_box()["y"]


@pytest.mark.browser
def test_an_error_has_the_focus_and_nothing_typed_is_lost(every):
    with chromium() as browser:
        page = phone(browser, every.url)
        every.open(page, every.named("y4-newcomer-typed"))
        expect(page.get_by_test_id("y4-errors")).to_be_focused()
        assert page.title().startswith("有误：")
        expect(page.locator("[name=name]")).to_have_value("林小雨")
        expect(page.locator("[name=document_number]")).to_have_value("34010220010506")


@pytest.mark.browser
def test_the_letters_grow_where_they_are_read_and_nothing_typed_is_lost(every):
    with chromium() as browser:
        page = phone(browser, every.url)
        page.goto("/check/")
        page.locator("label:has([name=education])").first.click()
        with page.expect_response("**/settings/size/"):
            page.get_by_test_id("foot-sizes").get_by_role("button", name="特大").click()
        expect(page.locator("html")).to_have_attribute("data-size", "largest")
        expect(page.get_by_role("button", name="特大")).to_have_attribute("aria-pressed", "true")
        expect(page.locator("[name=education]").first).to_be_checked()
        page.goto("/help/")
        expect(page.locator("html")).to_have_attribute("data-size", "largest")


@pytest.mark.browser
def test_without_scripts_the_letters_grow_too_and_the_page_stays_the_same(every):
    with chromium() as browser:
        page = phone(browser, every.url, java_script_enabled=False)
        page.goto(f"/en{ANSWERS}")
        follow(page.get_by_test_id("foot-sizes").get_by_role("button", name="Large", exact=True))
        assert page.url == f"{every.url}/en{ANSWERS}"
        expect(page.locator("html")).to_have_attribute("data-size", "large")
        follow(page.get_by_test_id("foot-sizes").get_by_role("button", name="Standard"))
        assert page.locator("html").get_attribute("data-size") is None


@pytest.mark.browser
def test_what_is_sent_without_a_network_stays_in_the_page_and_goes_out_later(every):
    with chromium() as browser:
        page = phone(browser, every.url)
        every.open(page, every.named("review-new"))
        words, send = page.locator("main textarea"), page.locator("main form button")
        words.fill("长" * 1001)  # too long: the house asks again, and nothing is written
        page.context.set_offline(True)
        send.click()
        said = page.locator(".offline")
        expect(said).to_have_text("没连上网，填的内容都在。再试一次")
        expect(send).to_be_enabled()
        expect(words).to_have_value("长" * 1001)
        page.context.set_offline(False)
        expect(said).to_have_count(0)
        follow(send)
        expect(page.locator("[data-focus]")).to_be_focused()
        expect(words).to_have_value("长" * 1001)


# The form is caught after our script has seen it: as if no answer came.
CATCH = "() => addEventListener('submit', (event) => event.preventDefault(), { once: true })"


@pytest.mark.browser
def test_a_button_that_works_keeps_its_width_and_says_so_and_after_eight_seconds_one_may_ask_again(every):
    with chromium() as browser:
        page = phone(browser, every.url)
        page.clock.install()
        every.open(page, every.named("y10-before"))
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
def test_the_arrows_move_in_a_strip_of_nights_and_enter_picks(every):
    with chromium() as browser:
        page = phone(browser, every.url)
        page.goto("/hostels/mudu/")
        nights = page.get_by_test_id("y3-strip").locator("a")
        nights.first.focus()
        ways = {"ArrowRight": 1, "ArrowDown": 8, "ArrowLeft": 7, "ArrowUp": 0, "End": 13, "Home": 0}
        for key, at in ways.items():
            page.keyboard.press(key)
            expect(nights.nth(at)).to_be_focused()
        page.keyboard.press("ArrowRight")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(nights.nth(1)).to_have_attribute("aria-current", "date")


@pytest.mark.browser
def test_a_printed_pass_is_dark_on_white_and_nothing_else(every):
    with chromium() as browser:
        page = phone(browser, every.url, color_scheme="dark")
        every.open(page, every.named("y8-ready"))
        page.emulate_media(media="print", color_scheme="dark")
        for kept in (".qr", ".short-code", ".pass address"):
            expect(page.locator(kept)).to_be_visible()
        for left_out in (".tabbar", ".foot", ".pass-actions"):
            expect(page.locator(left_out)).to_be_hidden()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_the_sheet_and_the_script_stay_within_their_budget():
    """In bytes as they travel, of 18 KB and 25 KB that the youth's pages may weigh."""
    files = Path(__file__).resolve().parents[2] / "web" / "static" / "web"
    assert len(gzip.compress((files / "house.css").read_bytes())) < 18_000
    assert len(gzip.compress((files / "house.js").read_bytes())) < 25_000
