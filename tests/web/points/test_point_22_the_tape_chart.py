"""22. Tape chart: drag, menu and keyboard send the same request; Esc restores; an illegal move returns with a reason;
each bar's name has person, room, both dates, state."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import chromium, follow, tablet
from tests.web.points.offline import DeskAtNight, desk_at_night

DAY = r"\d{1,2}月\d{1,2}日 周[一二三四五六日]"


@pytest.fixture(scope="module")
def desk(ground, tmp_path_factory):
    with desk_at_night(ground, tmp_path_factory.mktemp("chart"), nights=2) as desk:
        yield desk


class Chart:
    """The chart of a desk on a tablet, with all that it asked to put elsewhere."""

    def __init__(self, browser: Browser, desk: DeskAtNight):
        self.page, self.asked = tablet(browser, desk.house.url), []
        cookie = {"name": "sessionid", "value": desk.session, "url": desk.house.url}
        self.page.context.add_cookies([cookie])
        self.page.on("request", self._note)
        self.page.goto("/desk/chart/")
        expect(self.page.get_by_test_id("d4-grid").locator("a[tabindex='0']")).to_have_count(1)

    def _note(self, request):
        if request.method == "POST" and "/chart/" in request.url:
            fields = dict(re.findall(r'name="(\w+)"\r\n\r\n(.*?)\r\n', request.post_data))
            said = {name: fields.get(name) for name in ("stay", "bed", "arrival")}
            self.asked.append((request.url, said))

    def bar(self, code: str):
        return self.page.locator(f'.tape .bar[data-code="{code}"]')

    def is_in(self, code: str, bed: str):
        expect(self.page.locator(f'tr[data-bed="{bed}"] .bar[data-code="{code}"]')).to_be_visible()

    def drag(self, code: str, bed: str):
        self.bar(code).scroll_into_view_if_needed()
        start, end = self.bar(code).bounding_box(), self.page.locator(f'tr[data-bed="{bed}"]').bounding_box()
        x = start["x"] + 30
        self.page.mouse.move(x, start["y"] + 20)
        self.page.mouse.down()
        self.page.mouse.move(x, end["y"] + 20, steps=5)
        self.page.mouse.up()

    def by_menu(self, code: str, bed: str):
        self.bar(code).click()
        menu = self.page.get_by_role("dialog")
        menu.get_by_test_id("d4-menu-bed").select_option(bed)
        menu.get_by_test_id("d4-menu-move").click()
        expect(menu).to_be_hidden()

    def lift(self, code: str, *keys: str):
        self.bar(code).focus()
        for key in ("m", *keys):
            self.page.keyboard.press(key)

    def take_back(self):
        follow(self.page.get_by_test_id("undo"))
        expect(self.page.get_by_test_id("d4-grid").locator("a[tabindex='0']")).to_have_count(1)


def beds(page) -> list[str]:
    return page.locator("tr[data-bed]").evaluate_all("rows => rows.map(row => row.dataset.bed)")


@pytest.mark.browser
@pytest.mark.look
def test_drag_menu_and_keyboard_send_the_same_request(desk):
    before = desk.done("place")
    with chromium() as browser:
        chart = Chart(browser, desk)
        code = desk.codes[0]
        home = chart.bar(code).locator("xpath=ancestor::tr").get_attribute("data-bed")
        there = "201-4"
        down = beds(chart.page).index(there) - beds(chart.page).index(home)

        chart.drag(code, there)
        chart.is_in(code, there)
        chart.take_back()
        chart.is_in(code, home)
        chart.by_menu(code, there)
        chart.is_in(code, there)
        expect(chart.bar(code)).to_be_focused()
        chart.take_back()
        chart.lift(code, *["ArrowDown"] * down, "Enter")
        chart.is_in(code, there)
        expect(chart.bar(code)).to_be_focused()
        expect(chart.page.locator("[data-tape-says]")).to_contain_text(f"现在是 {there}")
        chart.take_back()

        [by_drag, by_menu, by_keyboard] = chart.asked
        assert by_drag == by_menu == by_keyboard
        assert (by_drag[1]["stay"], by_drag[1]["bed"]) == (code, there)
        assert desk.done("place") == before + 3


@pytest.mark.browser
@pytest.mark.look
def test_escape_puts_a_lifted_bar_back_and_nothing_is_asked(desk):
    with chromium() as browser:
        chart = Chart(browser, desk)
        code = desk.codes[1]
        before = chart.bar(code).bounding_box()

        chart.lift(code, "ArrowDown", "ArrowRight")
        expect(chart.page.locator(".ghost")).to_be_visible()
        chart.page.keyboard.press("Escape")

        expect(chart.page.locator(".ghost")).to_have_count(0)
        expect(chart.bar(code)).to_be_focused()
        expect(chart.page.locator("[data-tape-says]")).to_have_text("放回去了，没有改动。")
        assert chart.bar(code).bounding_box() == before
        assert chart.asked == []


@pytest.mark.browser
@pytest.mark.look
def test_an_illegal_move_snaps_back_with_its_reason_and_two_places_one_tap_away(desk):
    with chromium() as browser:
        chart = Chart(browser, desk)
        code = desk.codes[2]
        home = chart.bar(code).locator("xpath=ancestor::tr").get_attribute("data-bed")

        chart.drag(code, "202-1")  # a room for men
        refused = chart.page.get_by_test_id("d4-refused")

        expect(refused).to_be_focused()
        expect(refused).to_contain_text("周** 不能这样放到 202-1：没有改动")
        expect(refused.locator("[data-code]")).to_contain_text("202-1")
        expect(chart.page.locator(".ghost")).to_have_count(0)
        chart.is_in(code, home)
        expect(refused.get_by_test_id("d4-spot")).to_have_count(2)
        spot = refused.get_by_test_id("d4-spot").first
        bed = spot.inner_text().partition("，")[0].strip()
        spot.click()
        chart.is_in(code, bed)


@pytest.mark.browser
@pytest.mark.look
def test_each_bar_s_name_has_person_room_both_dates_and_state(desk):
    with chromium() as browser:
        chart = Chart(browser, desk)
        bars = chart.page.get_by_role("gridcell").get_by_role("link").and_(chart.page.locator(".bar"))

        expect(bars).to_have_count(3)
        for bar in bars.all():
            expect(bar).to_have_accessible_name(re.compile(rf"^.\*\*，\d+-\d，{DAY} → {DAY}，共 2 晚，预抵$"))


@pytest.mark.browser
@pytest.mark.look
def test_when_the_line_goes_as_a_bar_is_put_down_it_waits_and_is_there_once_the_house_has_it(desk):
    with chromium() as browser:
        chart = Chart(browser, desk)
        code = desk.codes[1]
        chart.page.route("**/chart/place/**", lambda route: route.abort())

        chart.drag(code, "303-1")

        expect(chart.page.locator("[data-refused]")).to_contain_text("改动存在本机，联网确认后才算数")
        chart.is_in(code, "303-1")
        expect(chart.page.locator("[data-refused] .note")).to_have_count(0)
