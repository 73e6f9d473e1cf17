"""Acceptance point 19: without a line the banner is there within three seconds; a reload still lists today; three
check-ins wait as `待同步 3`; back on the line nothing waits within ten seconds; the queue sent twice, and from two
tabs, is exactly three check-ins."""

import pytest
from playwright.sync_api import expect

from tests.browser import chromium
from tests.web.points.offline import NOTE_THE_BANNER, banner, cut, desk_at_night, line, mend, ready, waiting

pytestmark = [pytest.mark.browser, pytest.mark.look]
ALL = (
    """async () => (await (await import("/static/web/desk/store.js")).queueAll()).map(({ order, ...entry }) => entry)"""
)
AGAIN = """async entries => {
    const { queueAdd } = await import("/static/web/desk/store.js");
    for (const entry of entries) await queueAdd(entry);
}"""
FLUSH = """() => import("/static/web/desk/queue.js").then(({ flush }) => flush("/desk/acts/"))"""
FLUSH_TWICE = """() => import("/static/web/desk/queue.js").then(({ flush }) =>
    Promise.all([flush("/desk/acts/"), flush("/desk/acts/")]))"""


@pytest.fixture
def desk(ground, tmp_path):
    with desk_at_night(ground, tmp_path) as desk:
        yield desk


def went_dark(page):
    """Milliseconds from the cut to the banner, as the page itself saw it."""
    expect(banner(page)).to_contain_text("断网了，照常办入住；联网后自动上传")
    return page.evaluate("window.seenAt - window.cutAt")


def let_in(page, code):
    """As at the desk, in three acts: the code, the tick, the button."""
    page.goto("/desk/checkin/")
    page.get_by_test_id("d2-text").fill(code)
    page.get_by_test_id("d2-find").click()
    tick = page.get_by_test_id("d2-tick")
    expect(tick).not_to_be_checked()
    tick.check()
    page.get_by_test_id("d2-check-in").click()
    expect(page.get_by_test_id("d2-done")).to_be_visible()


@pytest.mark.parametrize("gone", ["the network is cut", "the server is stopped"])
def test_three_guests_are_let_in_without_a_line_and_are_in_house_once_it_is_back(desk, gone):
    with chromium() as browser:
        page = desk.tablet(browser)
        page.evaluate(NOTE_THE_BANNER)
        if gone == "the network is cut":
            cut(page.context)
        else:
            desk.house.stop_serving()
            page.evaluate("window.cutAt = performance.now()")
        assert went_dark(page) <= 3000

        page.reload()
        rows = page.get_by_test_id("d1-row")
        expect(rows).to_have_count(3)
        for code in desk.codes:
            expect(rows.filter(has_text=code)).to_be_visible()
        # And the days beside it: all three leave tomorrow.
        page.get_by_test_id("shell-beside").locator("summary").click()
        expect(page.get_by_test_id("shell-beside-row").locator("visible=true")).to_have_count(3)
        for number, code in enumerate(desk.codes, 1):
            let_in(page, code)
            waiting(page, number)
        expect(banner(page)).to_have_text("断网了，照常办入住；联网后自动上传（待同步 3）")
        # Nobody came by the books yet, and after one more reload it is still known here.
        assert desk.in_house() == []
        page.goto("/desk/")
        waiting(page, 3)
        expect(rows).to_have_count(0)

        if gone == "the network is cut":
            mend(page.context)
        else:
            desk.house.serve_again()
        waiting(page, 0, within=10_000)
        assert desk.in_house() == sorted(desk.codes)
        assert desk.done("check_in") == 3


def test_a_queue_that_is_sent_twice_and_from_two_tabs_is_three_check_ins(desk):
    with chromium() as browser:
        page = desk.tablet(browser)
        other = page.context.new_page()
        other.goto("/desk/checkin/")
        ready(other)
        cut(page.context)
        expect(banner(page)).to_contain_text("断网了")
        for code in desk.codes:
            let_in(page, code)
        sent = page.evaluate(ALL)
        assert [entry["stay"] for entry in sent] == desk.codes

        mend(page.context)
        waiting(page, 0)
        waiting(other, 0)

        # Its answer was lost on the way, as far as this tablet knows: all of it is sent again, from both tabs at once.
        ready(page)
        page.evaluate(AGAIN, sent)
        page.evaluate(f"window.sending = ({FLUSH_TWICE})()")
        other.evaluate(f"window.sending = ({FLUSH})()")
        for each in (page, other):
            each.evaluate("() => window.sending")
        waiting(page, 0)
        expect(line(page)).to_have_attribute("data-attention", "0")

        assert desk.done("check_in") == 3
        assert desk.in_house() == sorted(desk.codes)
        deeds = desk.house.rows("SELECT count(*) FROM accounts_deed WHERE what = %s", "check_in")
        assert deeds == [(3,)]
