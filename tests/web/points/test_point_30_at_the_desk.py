"""Acceptance point 30 at the desk: axe finds nothing on D1, D2, D4 and D6, in light, dark and the largest letters; at
320 pixels nothing scrolls sideways."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import chromium

COLOURS = {"runOnly": ["color-contrast"]}


@pytest.mark.browser
@pytest.mark.look
def test_everybody_can_read_and_reach_what_the_desk_shows(day_at_the_desk):
    day = day_at_the_desk
    answers = [f"/desk/checkin/?stay={day.codes.get(key, 'ZZZZZZ')}" for key in
               ("ready", "here", "proof", "elsewhere", "later", "cancelled", "nobody")]  # fmt: skip
    tabs = [f"/desk/?tab={tab}" for tab in ("due_in", "in_house", "due_out")]
    with chromium() as browser:
        page = day.tablet(browser, reduced_motion="reduce", bypass_csp=True)
        page.context.add_cookies([{"name": "size", "value": "largest", "url": day.house.url}])
        for path in (*tabs, "/desk/checkin/", *answers, "/desk/chart/", "/desk/rooms/"):
            page.set_viewport_size({"width": 320, "height": 800})
            page.goto(path)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert (path, page.locator("h1").count(), wide) == (path, 1, 320)
            page.set_viewport_size({"width": 1024, "height": 768})
            found = Axe().run(page).response["violations"]
            page.emulate_media(color_scheme="dark")
            found += Axe().run(page, options=COLOURS).response["violations"]
            page.emulate_media(color_scheme="light")
            assert (path, [(each["id"], each["nodes"][0]["target"]) for each in found]) == (path, [])
