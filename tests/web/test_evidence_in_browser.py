"""Proofs in a real browser: nobody needs to upload one, and who does needs no scripts."""

import re
from datetime import date

import pytest

from hostel.nights import business_day
from tests.browser import chromium, follow, phone, tablet
from tests.conftest import resident_number
from tests.eligibility.pictures import letter, photo
from tests.web.test_first_night import LIN, MANAGER, by_id, clock, house, log_in  # noqa: F401


def booked_tonight(page, house, tonight):  # noqa: F811
    """Book a bed for tonight as somebody new; return the stay's code."""
    taps = f"education=bachelor&graduation={tonight.year}&home_in_district=no&purpose=interview"
    page.goto(f"/book/baodaiqiao/?in={tonight}&nights=1&{taps}")
    log_in(page, house, LIN)
    page.locator("#name").fill("林小满")
    page.locator("#document_number").fill(resident_number(date(tonight.year - 23, 4, 5), "female", 7))
    assert not by_id(page, "y4-agreed").is_checked()
    by_id(page, "y4-agreed").check()
    by_id(page, "y4-confirm").click()
    page.wait_for_url(re.compile(r"/stays/[0-9A-Z]{6}/"))
    return re.search(r"/stays/([0-9A-Z]{6})/", page.url)[1]


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_booking_needs_no_upload_and_the_desk_then_checks_the_original(house, clock, scripts):  # noqa: F811
    tonight = business_day(clock.now)
    with chromium() as browser:
        page = phone(browser, house.url, java_script_enabled=scripts)
        code = booked_tonight(page, house, tonight)
        assert "已确认" in by_id(page, "y6-state").inner_text()

        # The page of proofs says that nothing has to be uploaded, and ticks no consent.
        follow(by_id(page, "y6-proof"))
        assert "到店出示原件也行" in by_id(page, "y7-form").inner_text()
        assert not by_id(page, "y7-agreed").is_checked()
        assert house.rows("SELECT count(*) FROM eligibility_evidence") == [(0,)]

        desk = tablet(browser, house.url, java_script_enabled=scripts)
        desk.goto("/desk/checkin/")
        log_in(desk, house, MANAGER)
        by_id(desk, "d2-text").fill(code)
        follow(by_id(desk, "d2-find"))
        assert "到店核原件" in by_id(desk, "d2-original").inner_text()
        desk.locator("label:has(input[name=evidence_seen][value=interview_notice])").click()
        by_id(desk, "d2-tick").check()
        follow(by_id(desk, "d2-check-in"))
        by_id(desk, "d2-done").wait_for()
    assert house.rows("SELECT kind, way, state FROM eligibility_evidence") == [("interview_notice", "desk", "accepted")]


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_photo_and_a_pdf_are_handed_in_from_the_phone(house, clock, scripts):  # noqa: F811
    tonight = business_day(clock.now)
    with chromium() as browser:
        page = phone(browser, house.url, java_script_enabled=scripts)
        code = booked_tonight(page, house, tonight)
        follow(by_id(page, "y6-proof"))

        # Refused first: what was typed is kept, and the next step is said.
        page.locator("label:has(input[name=kind][value=interview_notice])").click()
        by_id(page, "y7-files").set_input_files({"name": "notice.jpg", "mimeType": "image/jpeg", "buffer": b"<html>"})
        by_id(page, "y7-agreed").check()
        follow(by_id(page, "y7-send"))
        by_id(page, "y7-errors").wait_for()
        assert page.title().startswith("有误：")
        assert "到店出示原件" in by_id(page, "y7-next").inner_text()
        assert page.locator("input[name=kind][value=interview_notice]").is_checked()

        by_id(page, "y7-camera").set_input_files({"name": "1.jpg", "mimeType": "image/jpeg", "buffer": photo()})
        by_id(page, "y7-files").set_input_files({"name": "2.pdf", "mimeType": "application/pdf", "buffer": letter(2)})
        follow(by_id(page, "y7-send"))
        page.wait_for_url(re.compile(rf"/stays/{code}/$"))
        page.goto(f"/stays/{code}/evidence/")
        assert by_id(page, "y7-shown").locator("a").count() == 3
        picture = page.request.get(by_id(page, "y7-shown").locator("a").first.get_attribute("href"))
        assert picture.headers["content-type"] == "image/jpeg"
    assert house.rows("SELECT count(*) FROM eligibility_evidencepage") == [(3,)]
