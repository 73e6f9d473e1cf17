"""Acceptance point 1: `/` at 360×740, logged out: date strip, near-picker and at least one card with `还剩` in the
first screen; no dialog, no consent wall."""

import pytest
from playwright.sync_api import expect

from tests.browser import chromium, phone
from tests.house import RunningHouse


@pytest.fixture(scope="module")
def house(ground):
    with RunningHouse(ground) as house:
        yield house


def ends_at(locator):
    """Where the lower edge of what is shown lies, in pixels from the top of the screen."""
    box = locator.bounding_box()
    return box["y"] + box["height"]


@pytest.mark.browser
@pytest.mark.look
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_first_screen_shows_the_dates_what_is_near_and_a_free_bed_and_nothing_stands_before_it(house, scripts):
    with chromium() as browser:
        page = phone(browser, house.url, java_script_enabled=scripts)
        for address, left in (("/", "还剩"), ("/?near=hr-bureau", "还剩"), ("/en/", "left tonight")):
            page.goto(address)
            bar = page.locator(".tabbar").bounding_box()["y"]
            first = page.get_by_test_id("y1-card").first.locator(".left")
            expect(first).to_contain_text(left)
            for part in ("y1-days", "y1-lengths", "y1-where", "y1-near"):
                assert (address, part, ends_at(page.get_by_test_id(part)) < bar) == (address, part, True)
            assert (address, ends_at(first) < bar) == (address, True)
            # Nothing stands before the page: no dialog, nothing to agree to, nothing that asks.
            expect(page.locator("dialog, [role=dialog], [role=alertdialog], input[type=checkbox]")).to_have_count(0)
            middle = "document.elementFromPoint(180, 370).closest('main') !== null"
            assert (address, page.evaluate(middle)) == (address, True)
        assert {cookie["name"] for cookie in page.context.cookies()} <= {"near"}
