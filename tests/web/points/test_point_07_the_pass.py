"""Acceptance point 7: the pass shows QR, short code and address without scrolling on a telephone, with scripts off; the
picture that is saved decodes to the same code; no identity number is in the page."""

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.browser import chromium, phone

pytestmark = [pytest.mark.browser, pytest.mark.look]
DOCUMENT = """
from bookings.models import Stay
print(Stay.objects.get(code="{code}").guest.document)
"""
# Above the bar at the bottom: what is behind it is not seen.
IN_SIGHT = """element => {
    const box = element.getBoundingClientRect();
    const bar = document.querySelector('.tabbar').getBoundingClientRect();
    return box.top >= 0 && box.width > 0 && box.bottom <= Math.min(innerHeight, bar.height ? bar.top : innerHeight);
}"""


@pytest.mark.parametrize("language", ["", "/en"], ids=["chinese", "english"])
def test_the_pass_is_seen_whole_saved_as_a_picture_and_says_no_number(every, tmp_path, language):
    ready, code = every.named("y8-ready"), every.codes["confirmed"]
    number = every.house.django(DOCUMENT.format(code=code)).strip()
    assert len(number) == 18
    with chromium() as browser:
        page = phone(browser, every.url, java_script_enabled=False, color_scheme="dark")
        every.open(page, ready, language)

        expect(page.get_by_test_id("y8-code")).to_have_text(code)
        for part in (".qr svg", "[data-testid=y8-code]", "address"):
            assert page.locator(part).first.evaluate(IN_SIGHT), part
        assert page.locator(".qr svg").evaluate("element => element.getBoundingClientRect().width") >= 220
        assert page.get_by_test_id("y8-code").evaluate("element => getComputedStyle(element).fontSize") == "32px"
        shot = tmp_path / "screen.png"
        page.screenshot(path=shot)  # as somebody else's camera sees it
        assert [found.text for found in zxingcpp.read_barcodes(Image.open(shot))] == [code]

        with page.expect_download() as saving:
            page.get_by_test_id("y8-save").click()
        assert saving.value.suggested_filename == f"{code}.png"
        saving.value.save_as(tmp_path / "saved.png")
        assert [found.text for found in zxingcpp.read_barcodes(Image.open(tmp_path / "saved.png"))] == [code]

        html = page.content()
    assert number not in html
    assert number[6:14] not in html  # nor the day of birth in it
    assert number[-4:] not in html.replace(code, "")


def test_a_pass_that_is_not_for_today_says_so_and_leads_on(every):
    with chromium() as browser:
        page = phone(browser, every.url, java_script_enabled=False)
        for name, says in (("y8-wrong-day", "才用得上"), ("y8-void", "已经不能用了")):
            every.open(page, every.named(name))
            expect(page.locator("main")).to_contain_text(says)
            expect(page.locator("main a[href^='/stays/']").first).to_be_visible()
