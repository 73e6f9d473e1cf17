"""Proofs in a real browser: who sends one needs no scripts. Points 8 and 9 stand in `tests/web/points/`."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from hostel.nights import business_day
from tests.browser import chromium, follow, phone
from tests.conftest import resident_number
from tests.eligibility.pictures import letter, photo
from tests.web.test_first_night import LIN, by_id, clock, house, log_in  # noqa: F401


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
@pytest.mark.look
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_photo_and_a_pdf_are_handed_in_from_the_phone(house, clock, scripts):  # noqa: F811
    tonight = business_day(clock.now)
    with chromium() as browser:
        page = phone(browser, house.url, java_script_enabled=scripts)
        code = booked_tonight(page, house, tonight)
        follow(by_id(page, "y6-proof"))

        # Refused first: what was typed is kept, and the next step is said.
        page.locator("label:has(input[name=kind][value=interview_notice])").click()
        broken = {"name": "notice.pdf", "mimeType": "application/pdf", "buffer": letter()[:-900]}
        by_id(page, "y7-files").set_input_files(broken)
        by_id(page, "y7-agreed").check()
        page.locator("#school").fill("苏州大学")
        by_id(page, "y7-send").click()
        expect(by_id(page, "y7-errors")).to_be_visible()
        expect(page).to_have_title(re.compile("^有误："))
        expect(by_id(page, "y7-next")).to_contain_text("到店出示原件")
        expect(page.locator("input[name=kind][value=interview_notice]")).to_be_checked()
        expect(page.locator("#school")).to_have_value("苏州大学")
        if scripts:  # what was chosen stays chosen: it is taken out
            page.get_by_role("button", name="移除第 1 张").click()

        by_id(page, "y7-camera").set_input_files({"name": "1.jpg", "mimeType": "image/jpeg", "buffer": photo()})
        by_id(page, "y7-files").set_input_files({"name": "2.pdf", "mimeType": "application/pdf", "buffer": letter(2)})
        by_id(page, "y7-send").click()
        page.wait_for_url(re.compile(rf"/stays/{code}/$"))
        page.goto(f"/stays/{code}/evidence/")
        assert by_id(page, "y7-shown").locator("a").count() == 3
        picture = page.request.get(by_id(page, "y7-shown").locator("a").first.get_attribute("href"))
        assert picture.headers["content-type"] == "image/jpeg"
        expect(page.locator("#school")).to_have_value("苏州大学")
    assert house.rows("SELECT count(*) FROM eligibility_evidencepage") == [(3,)]
