"""The line of a desk in a real browser: when it is there, what waits without it, how it is sent, what rests."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser import chromium
from tests.web.points.offline import banner, cut, desk_at_night, line, mend, ready, waiting

pytestmark = [pytest.mark.browser, pytest.mark.look]

KEEP = """async acts => {
    const { keep } = await import("/static/web/desk/queue.js");
    for (const act of acts) await keep(act);
}"""
ON_THE_DEVICE = """async () => (await (await import("/static/web/desk/store.js")).queueAll())
    .map(({ what, stay, turned_away }) => [what, stay, turned_away ?? ""])"""
NAMES = ("林小满", "陈一一", "周安安", "吴思远", "郑可心")


@pytest.fixture(scope="module")
def desk(ground, tmp_path_factory):
    with desk_at_night(ground, tmp_path_factory.mktemp("line"), NAMES) as desk:
        yield desk


@pytest.fixture
def page(desk):
    """Today on a tablet; no other tablet has ever been there."""
    with chromium() as browser:
        yield desk.tablet(browser)


def came(code, **said):
    return {"what": "check_in", "stay": code, "said": {"compared": True} | said}


def note(text):
    return {"what": "note", "said": {"kind": "note", "text": text}}


class Sent:
    """What the page sends to the house, and what the house is let answer."""

    def __init__(self, page):
        self.batches, self.answer = [], lambda route: route.continue_()
        page.context.route("**/desk/acts/*", self._pass)

    def _pass(self, route):
        self.batches.append(json.loads(route.request.post_data)["acts"])
        self.answer(route)


def test_what_is_kept_is_sent_in_order_and_leaves_the_device_when_it_is_answered_for(desk, page):
    sent, before = Sent(page), desk.done("note")
    cut(page.context)
    expect(banner(page)).to_contain_text("断网了，照常办入住；联网后自动上传（待同步 0）")
    page.evaluate(KEEP, [note(f"第 {number} 条") for number in range(60)])
    expect(banner(page)).to_contain_text("（待同步 60）")

    mend(page.context)

    waiting(page, 0)
    expect(banner(page)).to_have_text("")
    # Fifty at once at the most, each with its moment and who was on.
    assert [len(batch) for batch in sent.batches] == [20, 20, 20]
    texts = [act["said"]["text"] for batch in sent.batches for act in batch]
    assert texts == [f"第 {number} 条" for number in range(60)]
    assert all(act["happened_at"] and act["by"]["id"] and "order" not in act for batch in sent.batches for act in batch)
    assert desk.done("note") - before == 60


def test_an_answer_that_was_lost_on_the_way_is_asked_for_again_and_the_act_is_done_once(desk, page):
    sent, before = Sent(page), desk.done("note")

    def take_and_say_nothing(route):
        route.fetch()
        route.abort()

    sent.answer = take_and_say_nothing
    with page.expect_event("requestfailed", lambda request: "/desk/acts/" in request.url):
        page.evaluate(KEEP, [note("钥匙在抽屉里")])
    waiting(page, 1)
    sent.answer = lambda route: route.continue_()

    page.get_by_test_id("desk-line-now").click()

    waiting(page, 0)
    assert len(sent.batches) >= 2
    assert {batch[0]["act_id"] for batch in sent.batches} == {sent.batches[0][0]["act_id"]}
    assert desk.done("note") - before == 1


def test_an_act_that_cannot_be_taken_keeps_none_of_the_others_back(desk, page):
    sent, before = Sent(page), desk.done("note")

    def breaks_on_one(route):
        if "坏" in route.request.post_data:
            route.fulfill(status=500, content_type="text/html", body="<h1>Traceback</h1> undefined null")
        else:
            route.continue_()

    sent.answer = breaks_on_one
    cut(page.context)
    page.evaluate(KEEP, [note("一"), note("坏"), note("二"), came("ZZZZZ9")])
    mend(page.context)

    # The one the house broke on waits; the stay that nobody knows comes back with its sentence; the rest is there.
    waiting(page, 1)
    expect(line(page)).to_have_attribute("data-attention", "1")
    expect(page.get_by_test_id("desk-line-open")).to_have_text("需要处理 1")
    [[what, stay, why], *more] = sorted(page.evaluate(ON_THE_DEVICE))
    assert (what, stay, bool(why), len(more)) == ("check_in", "ZZZZZ9", True, 1)
    assert desk.done("note") - before == 2
    assert "Traceback" not in page.locator("body").inner_text()


def test_who_is_logged_out_reads_that_what_was_done_is_kept_and_it_is_sent_after_the_login(desk, page):
    before = desk.done("note")
    page.context.add_cookies([{"name": "sessionid", "value": "nobody", "url": desk.house.url}])
    page.evaluate(KEEP, [note("登录过期时写的")])

    expect(banner(page)).to_contain_text("登录已过期，办过的都留在本机（待同步 1）；登录后自动上传")
    expect(page.get_by_test_id("desk-banner").get_by_role("link", name="登录")).to_be_visible()
    assert desk.done("note") == before

    page.context.add_cookies([{"name": "sessionid", "value": desk.session, "url": desk.house.url}])
    page.get_by_test_id("desk-line-now").click()
    waiting(page, 0)
    assert desk.done("note") - before == 1


def test_what_answers_for_the_house_without_being_it_is_no_line(page):
    page.context.route("**/desk/beat/", lambda route: route.fulfill(status=200, body="<h1>Free Wi-Fi</h1>"))

    expect(banner(page)).to_contain_text("断网了")

    page.context.unroute("**/desk/beat/")
    expect(line(page)).to_have_attribute("data-state", "on")


def test_a_form_of_an_act_is_kept_without_a_line_and_what_needs_one_rests_with_its_reason(desk, page):
    code = desk.codes[0]
    page.evaluate(KEEP, [came(code)])
    waiting(page, 0)
    page.goto(f"/desk/stays/{code}/check-out/")
    expect(line(page).locator("[data-line-synced]")).to_be_visible()
    cut(page.context)
    expect(banner(page)).to_contain_text("断网了")

    # Nobody changes the language without a line: the button says why.
    english = page.get_by_role("button", name="English")
    expect(english).to_be_disabled()
    expect(english).to_have_accessible_description("断网时不能办，联网后可用")
    page.get_by_test_id("d1-confirm").click()
    expect(page.locator(".line-note")).to_contain_text("已记在本机，联网后自动上传。")
    waiting(page, 1)
    mend(page.context)

    waiting(page, 0)
    expect(english).to_be_enabled()
    assert desk.house.rows("SELECT status FROM bookings_stay WHERE code = %s", code) == [("left",)]


def test_a_form_that_was_sent_as_the_line_went_is_kept_and_done_once(desk, page):
    code = desk.codes[1]
    page.evaluate(KEEP, [came(code)])
    waiting(page, 0)
    page.goto(f"/desk/stays/{code}/check-out/")
    ready(page)
    # The page believes that there is a line, and nobody is there any more.
    page.context.route("**/desk/beat/", lambda route: route.fulfill(status=204))
    desk.house.stop_serving()
    try:
        page.get_by_test_id("d1-confirm").click()
        expect(page.locator("body.shell")).to_be_visible()
        waiting(page, 1)
        assert page.evaluate(ON_THE_DEVICE) == [["check_out", code, ""]]
    finally:
        desk.house.serve_again()
    page.get_by_test_id("desk-line-now").click()

    waiting(page, 0)
    assert desk.house.rows("SELECT status FROM bookings_stay WHERE code = %s", code) == [("left",)]
    about = "SELECT count(*) FROM desk_act a JOIN bookings_stay s ON s.id = a.stay_id WHERE what = %s AND s.code = %s"
    assert desk.house.rows(about, "check_out", code) == [(1,)]
