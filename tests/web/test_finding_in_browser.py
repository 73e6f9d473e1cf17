"""Finding a bed, where only a browser shows it: the phone that knows where it is, and where the focus goes."""

import pytest
from playwright.sync_api import expect

from tests.browser import chromium, follow, phone
from tests.house import RunningHouse


@pytest.fixture(scope="module")
def house(ground):
    with RunningHouse(ground) as house:
        yield house


@pytest.mark.browser
@pytest.mark.look
def test_the_phone_finds_the_nearest_place_by_itself_and_says_nobody_where_it_is(house):
    with chromium() as browser:
        # As a phone says it, in WGS 84; the bureau is 吴中区人社局.
        page = phone(
            browser,
            house.url,
            geolocation={"latitude": 31.2650, "longitude": 120.6279},
            permissions=["geolocation"],
        )
        asked = []
        page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
        page.goto("/")
        with page.expect_navigation():
            page.get_by_role("button", name="用我的位置").click()
        expect(page.get_by_test_id("y1-near")).to_have_value("hr-bureau")
        expect(page.get_by_test_id("y1-way").first).to_contain_text("离吴中区人社局")
        assert [url for url in asked if "31.2" in url or "120.6" in url] == []

        page.context.set_geolocation({"latitude": 39.9, "longitude": 116.4})
        page.get_by_role("button", name="用我的位置").click()
        expect(page.locator("[data-near-said]")).to_contain_text("离我们知道的地方都很远")
        page.context.clear_permissions()
        page.get_by_role("button", name="用我的位置").click()
        expect(page.locator("[data-near-said]")).to_contain_text("手机没有告诉我们位置")


@pytest.mark.browser
@pytest.mark.look
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_place_is_typed_one_of_several_is_meant_and_it_comes_back_next_time(house, scripts):
    with chromium() as browser:
        page = phone(browser, house.url, java_script_enabled=scripts)
        page.goto("/?nights=2")
        page.get_by_test_id("y1-where").fill("高铁站")
        follow(page.get_by_role("button", name="找", exact=True))
        follow(page.get_by_test_id("y1-which").get_by_role("link", name="苏州北站"))
        expect(page.get_by_test_id("y1-near")).to_have_value("suzhou-north")
        expect(page.get_by_test_id("y1-span")).to_contain_text("共 2 晚")
        page.goto("/")
        follow(page.get_by_test_id("y1-recent").get_by_role("link", name="苏州北站"))
        expect(page.get_by_test_id("y1-way").first).to_contain_text("离苏州北站")
        page.goto("/")
        follow(page.get_by_role("link", name="清除"))
        expect(page.get_by_test_id("y1-recent")).to_have_count(0)


@pytest.mark.browser
@pytest.mark.look
def test_with_keys_alone_the_nights_are_chosen_and_the_result_has_the_focus(house):
    with chromium() as browser:
        page = phone(browser, house.url)
        page.goto("/hostels/baodaiqiao/")
        nights = page.get_by_test_id("y3-strip").get_by_role("link")
        nights.nth(0).focus()
        for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
            page.keyboard.press(key)
        expect(nights.nth(7)).to_be_focused()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.get_by_test_id("y3-strip").get_by_role("link").nth(9).focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        picked = page.get_by_test_id("y3-picked")
        expect(picked).to_contain_text("共 3 晚")
        expect(picked).to_be_focused()
        page.keyboard.press("Tab")
        expect(picked.get_by_role("link", name="换日期")).to_be_focused()
