"""Acceptance point 21: no text of any page of the desk ever holds what a browser or a program says to itself, with a
line, without one, and when the house answers nonsense; a button that rests without a line carries its reason."""

import pytest
from playwright.sync_api import expect

from tests.browser import chromium
from tests.web.points.offline import banner, cut, desk_at_night, line, ready, waiting
from tests.web.points.test_point_19_without_a_line import let_in
from web.urls_desk import urlpatterns

pytestmark = [pytest.mark.browser, pytest.mark.look]

# What no person says: wherever it stands, in a text or beside one.
RAW = """() => {
    const raw = /Failed to fetch|NetworkError|Load failed|\\bundefined\\b|\\bnull\\b|\\bNaN\\b|Traceback|\\[object /;
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const { data, parentElement } = texts.currentNode;
        if (!parentElement.closest("script, style") && raw.test(data)) found.push(data.trim());
    }
    for (const each of document.querySelectorAll("body *")) {
        for (const name of ["title", "aria-label", "alt", "placeholder", "value", "href"]) {
            if (raw.test(each.getAttribute(name) ?? "")) found.push(`${name}: ${each.getAttribute(name)}`);
        }
    }
    if (raw.test(document.title)) found.push(document.title);
    return found;
}"""
# What rests and can be seen: with the reason that is read to it, and that stands there for the eye.
RESTING = """() => [...document.querySelectorAll(":is(button, input, select, textarea):disabled, [aria-disabled=true]")]
    .filter(each => each.checkVisibility())
    .map(each => [each.innerText.trim() || each.name, (each.getAttribute("aria-describedby") ?? "").split(" ")
        .map(id => document.getElementById(id))
        .filter(reason => reason?.checkVisibility())
        .map(reason => reason.innerText.trim()).join(" ")])"""

NEEDS = "断网时不能办，联网后可用"


@pytest.fixture(scope="module")
def desk(ground, tmp_path_factory):
    with desk_at_night(ground, tmp_path_factory.mktemp("words")) as desk:
        yield desk


def addresses(desk, page):
    """Every page of the desk: what its list of addresses has without a name in it, and those of a stay."""
    code = desk.codes[0]
    found = [f"/desk/{each.pattern}" for each in urlpatterns if "<" not in str(each.pattern)]
    found += [f"/desk/?tab={tab}" for tab in ("in_house", "due_out", "no_show")]
    found += [f"/desk/checkin/?stay={code}", "/desk/checkin/?stay=ZZZZZ9", f"/desk/stays/{code}/check-out/"]
    found += [f"/desk/stays/{code}/no-show/", f"/desk/stays/{code}/", "/desk/chart/?view=list"]
    for path in found:
        answer = page.request.get(path)
        is_page = answer.status == 200 and answer.headers["content-type"].startswith("text/html")
        if is_page and answer.url.endswith(path) and path != "/desk/offline/":
            yield path


def test_no_page_says_what_programs_say_to_themselves_and_what_rests_says_why(desk):
    with chromium() as browser:
        first = desk.tablet(browser)
        pages = {}
        for path in addresses(desk, first):
            pages[path] = page = first.context.new_page()
            page.goto(path)
            assert (path, page.evaluate(RAW)) == (path, [])
        assert len(pages) >= 14

        cut(first.context)
        rests = {}
        for path, page in pages.items():
            expect(banner(page)).to_contain_text("断网了")
            assert (path, page.evaluate(RAW)) == (path, [])
            rests[path] = page.evaluate(RESTING)
            # The switch of the language needs the line on every page.
            assert (path, [why for name, why in rests[path] if name == "English"]) == (path, [NEEDS])
            assert (path, [name for name, why in rests[path] if not why]) == (path, [])
        assert sum(map(len, rests.values())) > 2 * len(pages)

        # The addresses are there without a line, too, from what is on the device.
        for path in ("/desk/", "/desk/checkin/", "/desk/rooms/", "/desk/chart/", "/desk/sync/"):
            page = pages[path]
            page.reload()
            expect(banner(page)).to_contain_text("断网了")
            assert (path, page.evaluate(RAW)) == (path, [])
            assert (path, [name for name, why in page.evaluate(RESTING) if not why]) == (path, [])


def test_what_is_done_without_a_line_and_what_a_broken_house_answers_stays_in_plain_words(desk):
    with chromium() as browser:
        page = desk.tablet(browser)
        cut(page.context)
        expect(banner(page)).to_contain_text("断网了")
        # A finder that finds nobody, a button that asks for the line, an act, a link out of the desk.
        page.locator("#find").fill("9999")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("d2-found")).to_be_visible()
        assert page.evaluate(RAW) == []
        page.get_by_test_id("desk-line-now").click()
        expect(page.get_by_test_id("desk-line-now")).to_be_enabled()
        let_in(page, desk.codes[0])
        waiting(page, 1)
        assert page.evaluate(RAW) == []

        # The line is back, and whatever is asked is answered with a page that nobody should read.
        nonsense = {"status": 500, "content_type": "text/html", "body": "<pre>Traceback: undefined null</pre>"}
        for address in ("**/desk/acts/*", "**/desk/sheet/*"):
            page.context.route(address, lambda route: route.fulfill(**nonsense))
        page.context.set_offline(False)
        expect(line(page)).to_have_attribute("data-state", "waiting")
        expect(banner(page)).to_have_text("")
        assert page.evaluate(RAW) == []
        page.context.unroute_all()
        page.get_by_test_id("desk-line-now").click()
        waiting(page, 0)
        ready(page)
        assert page.evaluate(RAW) == []
