"""The walk-in of ux.md §4.1 (D3): four fields and chips, the answer while one types, at most six clicks."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser import chromium, follow
from tests.conftest import resident_number

pytestmark = [pytest.mark.browser, pytest.mark.look]
MOST_CLICKS = 6
CHIPS = {"purpose": "interview", "education": "bachelor", "graduation": "2025", "home_in_district": "no"}


def test_somebody_without_a_booking_is_in_with_six_clicks(day_at_the_desk):
    day, clicks = day_at_the_desk, []
    with chromium() as browser:
        page = day.tablet(browser)
        page.goto("/desk/walkin/")

        def click(locator):
            locator.click()
            clicks.append(locator)

        # Typed with a keyboard, from field to field: the first has the focus.
        expect(page.get_by_test_id("d3-name")).to_be_focused()
        page.keyboard.type("何来")
        for _field in ("document", "number"):
            page.keyboard.press("Tab")
        page.keyboard.type(resident_number(date(2002, 2, 2), "male", 77))
        for name, value in CHIPS.items():
            click(page.locator("label.chip", has=page.locator(f'input[name="{name}"][value="{value}"]')))

        tick = page.get_by_test_id("d3-tick")
        expect(tick).not_to_be_checked()
        expect(page.get_by_test_id("d3-answer")).to_have_attribute("data-outcome", "yes")
        expect(page.locator('input[name="bed"]:checked')).to_have_count(1)
        click(tick)
        with page.expect_navigation():
            click(page.get_by_test_id("d3-let-in"))
        expect(page.get_by_test_id("d2-done")).to_contain_text("何*")
    assert len(clicks) <= MOST_CLICKS
    [[came]] = day.house.rows(
        "SELECT count(*) FROM bookings_stay stay JOIN accounts_deed deed ON deed.about = stay.code "
        "WHERE stay.status = 'in_house' AND deed.what = %s",
        "walk_in",
    )
    assert came == 1


def test_the_answer_follows_each_tap_and_a_no_is_there_to_be_shown(day_at_the_desk):
    day = day_at_the_desk
    with chromium() as browser:
        page = day.tablet(browser)
        page.goto("/desk/walkin/")
        answer = page.get_by_test_id("d3-answer")
        expect(answer).to_have_attribute("data-outcome", "")

        page.get_by_test_id("d3-name").fill("何来")
        page.get_by_test_id("d3-number").fill(resident_number(date(2002, 2, 2), "male", 79))
        for name, value in (CHIPS | {"home_in_district": "yes"}).items():
            page.locator(f'input[name="{name}"][value="{value}"]').check()
        expect(answer).to_have_attribute("data-outcome", "no")
        expect(answer.locator('[data-code="LOCAL"]')).to_be_visible()
        expect(page.get_by_test_id("d3-office")).to_be_visible()

        page.locator('input[name="home_in_district"][value="no"]').check()
        expect(answer).to_have_attribute("data-outcome", "yes")
        expect(page.get_by_test_id("d3-beds")).to_be_visible()


SOILED = """
from bookings.models import BedEvent
from hostel.models import Bed
from tests.conftest import FRIDAY, moment
bed = Bed.objects.get(room__hostel__slug="baodaiqiao", room__number="304", number=1)
BedEvent.objects.create(bed=bed, kind="soiled", at=moment(FRIDAY, 15))
"""


def test_a_room_is_clean_with_one_tap(day_at_the_desk):
    day = day_at_the_desk
    day.house.django(SOILED)
    with chromium() as browser:
        page = day.tablet(browser)
        page.goto("/desk/rooms/")
        room = page.locator('[data-room="304"]')
        bed = room.locator('[data-bed="304-1"]')
        expect(bed).to_have_attribute("data-state", "to_clean")

        follow(room.get_by_test_id("d6-cleaned-at-once"))
        expect(bed).to_have_attribute("data-state", "ready")
        expect(room.get_by_test_id("d6-done")).to_be_in_viewport()

        follow(room.get_by_test_id("undo"))
        expect(bed).to_have_attribute("data-state", "to_clean")
