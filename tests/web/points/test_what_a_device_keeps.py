"""What is seen at the desk without a line, and that nothing of a guest stays on the device longer than it may."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser import chromium
from tests.web.points.offline import cut, desk_at_night, mend, waiting

# What a browser keeps is the same whichever database the house has.
pytestmark = [pytest.mark.browser, pytest.mark.look]
# Everything this browser keeps, as text: the store, the kept pages and files by their names, what scripts keep.
KEPT = """async () => {
    const stores = {};
    for (const { name } of await indexedDB.databases()) {
        const store = await new Promise((resolve) => {
            indexedDB.open(name).onsuccess = (event) => resolve(event.target.result);
        });
        for (const part of store.objectStoreNames) {
            stores[part] = await new Promise((resolve) => {
                store.transaction(part).objectStore(part).getAll().onsuccess = (event) => resolve(event.target.result);
            });
        }
        store.close();
    }
    const files = {};
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) files[request.url] = await (await cache.match(request)).text();
    }
    return { stores, files, local: { ...localStorage }, session: { ...sessionStorage } };
}"""


# A colleague of the house who has a PIN.
COLLEAGUE = """
from datetime import date
from django.utils import timezone
from accounts.models import Role, User
from accounts.pins import set_pin
from hostel.models import Hostel
user = User.objects.create_user("+8613800000021", phone_verified=True)
house = Hostel.objects.get(slug="baodaiqiao")
Role.objects.create(user=user, kind="manager", hostel=house, valid_from=date(2023, 1, 1))
set_pin(user, "975310", now=timezone.now())
"""
BY_WHOM = "SELECT phone FROM accounts_user JOIN desk_act ON by_id = accounts_user.id WHERE what = 'soiled'"


@pytest.fixture
def night(ground, tmp_path):
    with desk_at_night(ground, tmp_path, nights=2) as night:
        yield night


@pytest.fixture
def colleague(night):
    """Somebody else who has a PIN; asked for before the page, whose list of the day says so."""
    night.house.django(COLLEAGUE)


@pytest.fixture
def page(night):
    with chromium() as browser:
        yield night.tablet(browser)


def kept(page) -> dict:
    return page.evaluate(KEPT)


def row(page, code):
    return page.locator(f'[data-testid=d1-row][data-code="{code}"]')


def walk_in(page):
    """Somebody comes without a booking, and the tablet has no line."""
    page.get_by_test_id("shell-walkin").click()
    form = page.get_by_test_id("shell-walk-in")
    form.get_by_label("姓名").fill("高无线")
    form.get_by_label("证件号").fill("340102200105060077")
    form.locator(".chips label", has_text="面试").click()
    form.get_by_label("学历").select_option("bachelor")
    form.get_by_label("毕业").fill("2025-06")
    form.locator(".chips label", has_text="没有").click()
    form.get_by_test_id("shell-walk-in-tick").check()
    form.get_by_role("button").click()
    expect(page.locator("[data-said-here]")).to_contain_text("高**")


def test_without_a_line_the_day_is_listed_and_a_guest_is_in_after_three_acts(night, page):
    guest, other, _third = night.codes
    cut(page.context)
    page.reload()
    expect(page.get_by_test_id("d1-row")).to_have_count(3)
    expect(page.get_by_test_id("d1-due-in")).to_contain_text("3/3")
    expect(row(page, guest)).to_contain_text("林**")

    # The first act: the code. Then the tick, which nobody has set. Then the button.
    page.locator("#find").fill(guest)
    page.locator("#find").press("Enter")
    expect(page.get_by_test_id("d2-tick")).not_to_be_checked()
    page.get_by_test_id("d2-check-in").click()
    expect(page.get_by_role("alert").filter(has_text="打勾")).to_be_visible()
    waiting(page, 0)
    page.get_by_test_id("d2-tick").check()
    page.get_by_test_id("d2-check-in").click()
    expect(page.get_by_test_id("d2-done")).to_contain_text("林**")
    waiting(page, 1)

    # A number that cannot be the guest's stops it here too.
    page.goto("/desk/")
    row(page, other).get_by_test_id("d1-check_in").click()
    page.get_by_test_id("d2-card").get_by_label("证件号").fill("340102199901011239")
    page.get_by_test_id("d2-tick").check()
    page.get_by_test_id("d2-check-in").click()
    expect(page.get_by_role("alert").filter(has_text="对不上")).to_be_visible()
    waiting(page, 1)

    # After a reload it is known what was done here: who is in, and who asks again.
    page.goto("/desk/?tab=in_house")
    expect(row(page, guest)).to_contain_text("待同步")
    page.locator("#find").fill(guest)
    page.locator("#find").press("Enter")
    expect(page.locator("[data-found=here_already] h2")).to_contain_text("已办过入住")

    # While it waits nobody can be logged out by whom it would be lost.
    mend(page.context)
    page.goto("/desk/")
    waiting(page, 0)
    assert night.in_house() == [guest]
    assert night.done("check_in") == 1


def test_without_a_line_a_colleague_comes_on_by_pin_and_what_they_do_bears_their_name(night, colleague, page):
    guest = night.codes[2]
    cut(page.context)
    page.goto(f"/desk/checkin/?stay={guest}")
    page.get_by_test_id("d2-tick").check()
    page.get_by_test_id("d2-check-in").click()
    expect(page.get_by_test_id("d2-done")).to_be_visible()
    page.get_by_test_id("shell-on-shift").click()
    form = page.get_by_test_id("shell-pin")
    form.get_by_label("PIN").fill("111222")
    form.get_by_role("button").click()
    expect(form.get_by_role("alert")).to_contain_text("PIN")
    form.get_by_label("PIN").fill("975310")
    form.get_by_role("button").click()
    expect(page.get_by_test_id("shell-on-shift")).to_contain_text("+86 138******21")
    # What was done before they came on is the one's who did it.
    page.goto(f"/desk/checkin/?stay={guest}")
    expect(page.locator("[data-found=here_already] h2")).to_contain_text("+86 138******11")

    # It holds over a reload, and is said with the act.
    page.reload()
    page.get_by_test_id("shell-rooms").click()
    ready_bed = page.get_by_test_id("shell-bed").filter(has_text="空净").last
    bed = page.locator(f'[data-testid=shell-bed][data-bed="{ready_bed.get_attribute("data-bed")}"]')
    bed.get_by_role("button", name="还要清洁").click()
    expect(bed).to_contain_text("待清洁")
    waiting(page, 2)
    mend(page.context)
    waiting(page, 0)
    assert night.house.rows(BY_WHOM) == [("+8613800000021",)]


def test_what_waits_holds_the_logout_back(night, page):
    cut(page.context)
    page.reload()
    page.get_by_test_id("shell-log").click()
    note = page.get_by_test_id("shell-note")
    note.get_by_role("textbox").fill("202 的钥匙在抽屉里")
    note.get_by_role("button").click()
    waiting(page, 1)
    # The line is back, and the desk's own pages are not open: nothing sends it yet.
    page.goto("about:blank")
    mend(page.context)

    page.goto("/logout/")

    expect(page.get_by_test_id("logout-held")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("button")).to_be_disabled()
    page.goto("/desk/")
    waiting(page, 0)
    assert night.done("note") == 1
    page.goto("/logout/")
    expect(page.get_by_role("main").get_by_role("button")).to_be_enabled()


def test_after_a_day_nobody_s_name_is_left_and_of_a_walk_in_one_line_without_a_person(night, page):
    cut(page.context)
    page.reload()
    walk_in(page)
    waiting(page, 1)
    assert "340102200105060077" in json.dumps(kept(page))

    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=23, minutes=59))
    page.reload()
    expect(page.get_by_test_id("d1-row").first).to_be_visible()
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=24, minutes=1))
    page.reload()

    expect(page.get_by_role("heading", name="这台设备上没有名单")).to_be_visible()
    left = kept(page)
    assert (left["stores"]["sheets"], left["stores"]["queue"]) == ([], [])
    [line] = left["stores"]["lines"]
    assert set(line) == {"act_id", "what", "happened_at", "bed"}
    everything = json.dumps(left, ensure_ascii=False)
    for name in ("340102200105060077", "高无线", "高**", "林**", *night.codes):
        assert name not in everything
    page.goto("/desk/sync/")
    expect(page.get_by_test_id("shell-entry")).to_contain_text("请重新登记")


def test_after_logging_out_the_browser_keeps_nothing_at_all(night, page):
    before = kept(page)
    assert [sheet["hostel"]["slug"] for sheet in before["stores"]["sheets"]] == ["baodaiqiao"]
    assert any(url.endswith("/desk/offline/") for url in before["files"])
    # The files that are kept name nobody.
    for name in ("林**", "陈**", "周**", *night.codes):
        assert name in json.dumps(before["stores"], ensure_ascii=False)
        assert not [url for url, text in before["files"].items() if name in text]

    page.goto("/logout/")
    with page.expect_navigation(url=lambda url: "/logout/" not in url):
        page.get_by_role("main").get_by_role("button").click()

    after = kept(page)
    assert (after["stores"], after["files"]) == ({}, {})
    assert not [name for name in (*after["local"], *after["session"]) if name.startswith("desk")]
    assert page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
    assert "desk_queue" not in page.evaluate("document.cookie")
