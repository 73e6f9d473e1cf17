"""Acceptance point 9: booking is possible with the upload refused; the desk then sees 到店核原件."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from hostel.nights import business_day
from tests.browser import chromium, follow, phone, tablet
from tests.house import RunningHouse
from tests.web.test_first_night import STAFF, Clock

# Two who have been here before, and the manager: prints the keys of their sessions.
LOGGED_IN = f"""
import json
from django.conf import settings
from django.test import Client
from tests.conftest import People
{STAFF}
people, sessions = People(), []
for user in (people("林小满", "female").user, people("周梅", "female").user, User.objects.get(phone="+8613800000011")):
    browser = Client()
    browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    sessions.append(browser.session.session_key)
print(json.dumps(sessions))
"""


@pytest.fixture(scope="module")
def clock(tmp_path_factory):
    """A clock that stands at six in the evening: before, nobody is let in."""
    clock = Clock(tmp_path_factory.mktemp("point-9") / "clock")
    evening = timezone.localtime().replace(hour=18, minute=0, second=0)
    clock.set_to(evening if evening > timezone.now() else evening + timedelta(days=1))
    return clock


@pytest.fixture(scope="module")
def house(ground, clock):
    with RunningHouse(ground, wsgi="tests.clock", HOSTEL_TEST_CLOCK=str(clock.path)) as house:
        house.sessions = json.loads(house.django(LOGGED_IN))
        yield house


def as_who(page, house, number):
    page.context.add_cookies([{"name": "sessionid", "value": house.sessions[number], "url": house.url}])
    return page


@pytest.mark.browser
@pytest.mark.look
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_who_uploads_nothing_books_all_the_same_and_the_desk_checks_the_original(house, clock, scripts):
    with chromium() as browser:
        page = as_who(phone(browser, house.url, java_script_enabled=scripts), house, 0 if scripts else 1)
        page.goto(f"/book/baodaiqiao/?in={business_day(clock.now)}&nights=1&purpose=interview")
        page.get_by_test_id("y4-confirm").click()
        page.wait_for_url(re.compile(r"/stays/[0-9A-Z]{6}/"))
        code = re.search(r"/stays/([0-9A-Z]{6})/", page.url)[1]
        expect(page.get_by_test_id("y6-state")).to_contain_text("已确认")

        # The page of proofs says that nothing has to be uploaded, and ticks no consent. She tries, does not agree, and
        # leaves it: nothing was kept, and the bed is hers.
        follow(page.get_by_test_id("y6-proof"))
        expect(page.get_by_test_id("y7-form")).to_contain_text("不想上传？到店出示原件也行")
        expect(page.get_by_test_id("y7-agreed")).not_to_be_checked()
        page.locator("label:has(input[name=kind][value=interview_notice])").click()
        page.get_by_test_id("y7-files").set_input_files("docs/pictures/me.png")
        page.get_by_test_id("y7-send").click()
        expect(page.get_by_test_id("y7-errors")).to_contain_text("不想上传就到店出示原件")
        assert house.rows("SELECT count(*) FROM eligibility_evidence WHERE way = 'file'") == [(0,)]
        assert house.rows("SELECT count(*) FROM eligibility_evidencepart") == [(0,)]
        assert house.rows("SELECT status FROM bookings_stay WHERE code = %s", code) == [("confirmed",)]

        desk = as_who(tablet(browser, house.url, java_script_enabled=scripts), house, 2)
        desk.goto("/desk/checkin/")
        desk.get_by_test_id("d2-text").fill(code)
        follow(desk.get_by_test_id("d2-find"))
        expect(desk.get_by_test_id("d2-original")).to_contain_text("到店核原件")
        desk.locator("label:has(input[name=evidence_seen][value=interview_notice])").click()
        desk.get_by_test_id("d2-tick").check()
        follow(desk.get_by_test_id("d2-check-in"))
        expect(desk.get_by_test_id("d2-done")).to_be_visible()
    proof = "SELECT way, state FROM eligibility_evidence WHERE kind = 'interview_notice' ORDER BY id DESC LIMIT 1"
    assert house.rows(proof) == [("desk", "accepted")]
