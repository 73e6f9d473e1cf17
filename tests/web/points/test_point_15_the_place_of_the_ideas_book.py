"""Acceptance point 15: idea → reply → 办成了 shows on `/ideas/` and the lobby screen.

The ideas book and the lobby screen are not built yet, so that no idea can be written here. What is here is the place
where it will stand: a word in the bar at the bottom, and behind it a page that says what comes and what to do until
then, and no page that pretends.
"""

import pytest
from playwright.sync_api import expect

from tests.browser import chromium, follow, phone
from tests.house import RunningHouse


@pytest.mark.browser
@pytest.mark.look
def test_the_bar_leads_to_the_place_of_the_ideas_book_which_says_what_comes_and_pretends_nothing(ground):
    with RunningHouse(ground) as house, chromium() as browser:
        page = phone(browser, house.url)
        page.goto("/")
        follow(page.locator(".tabbar a", has_text="服务"))
        expect(page.get_by_test_id("services-to-come")).to_contain_text("意见簿")
        expect(page.locator("main form, main input, main textarea")).to_have_count(0)
        follow(page.locator("main").get_by_role("link", name="给驿站打电话"))
        expect(page.locator("main a[href^='tel:']").first).to_be_visible()
        assert page.goto("/ideas/").status == 404
