"""What waits on this device is listed on the page about it (D10), and goes when somebody has taken note."""

import pytest
from playwright.sync_api import expect

from tests.browser import chromium, phone

pytestmark = [pytest.mark.browser, pytest.mark.look]

AWAY = """async () => {
    const { queueAdd } = await import("/static/web/desk/store.js");
    await queueAdd({ act_id: "away-1", what: "check_in", stay: "K7M3PX", happened_at: "2026-03-06T14:05:00+08:00",
                     by: {}, said: {}, knew: {}, hostel: "", turned_away: "这条读不出来，请另外记在纸上。" });
}"""


def test_what_could_not_be_taken_is_listed_until_somebody_has_noted_it(every):
    sync = every.named("d10-sync")
    with chromium() as browser:
        tab = phone(browser, every.url)
        every.open(tab, sync)
        place = tab.get_by_test_id("d10-queue")
        expect(place).to_contain_text("这台设备上没有待传的。")
        tab.evaluate(AWAY)
        every.open(tab, sync)

        row = place.get_by_role("listitem")
        expect(row).to_have_count(1)
        expect(row).to_contain_text("办理入住")
        expect(row).to_contain_text("K7M3PX")
        expect(row).to_contain_text("14:05")
        expect(row).to_contain_text("这条读不出来，请另外记在纸上。")
        row.get_by_role("button", name="我记下了").click()

        expect(row).to_have_count(0)
        expect(place).to_contain_text("这台设备上没有待传的。")
