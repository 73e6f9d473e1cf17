"""Acceptance point 18: undo of a check-in within five minutes restores bed and stay; the record holds both lines."""

import pytest
from playwright.sync_api import expect

from tests.browser import chromium, follow

pytestmark = [pytest.mark.browser, pytest.mark.look]


def test_a_check_in_is_taken_back_with_one_tap(day_at_the_desk):
    day = day_at_the_desk
    before = day.stay("undo")
    with chromium() as browser:
        page = day.tablet(browser)
        page.goto(f"/desk/checkin/?stay={day.codes['undo']}")
        beds = page.get_by_test_id("d2-bed")
        other = beds.locator("option:not([selected])").last.get_attribute("value")
        beds.select_option(other)
        page.get_by_test_id("d2-tick").check()
        follow(page.get_by_test_id("d2-check-in"))
        expect(page.get_by_test_id("d2-done")).to_contain_text(other)
        there = day.stay("undo")
        assert (there[0], there[1] != before[1]) == ("in_house", True)

        undo = page.get_by_test_id("undo")
        expect(page.get_by_test_id("d2-done")).to_contain_text("15:35")
        follow(undo)
        expect(page.locator("main .note-ok")).to_contain_text(day.codes["undo"])
        expect(page.locator(f"[data-testid=d1-row][data-code='{day.codes['undo']}']")).to_be_visible()
    assert day.stay("undo") == before
    assert day.deeds("undo") == ["check_in", "undo_check_in"]
