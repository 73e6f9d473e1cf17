"""What the house seals for six digits a browser opens with them: WebCrypto's own PBKDF2 and AES-GCM, no copy."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from accounts.pins import set_pin
from desk.shift import sealed_tokens, who
from tests.browser import chromium
from tests.conftest import NOW

PIN, OTHER = "482915", "731846"
# Only a safe place has WebCrypto; nobody needs to be there.
PLACE = "https://desk.test/"
COME_ON = """async ([person, pins, now]) => {
    const { comeOn, unseal } = await import('/pin.js');
    const said = [];
    for (const [number, pin] of pins.entries()) said.push(await comeOn(person, pin, now + number * 1000));
    return said;
}"""


@pytest.fixture
def tab():
    script = Path(finders.find("web/desk/pin.js")).read_text()
    with chromium() as browser:
        page = browser.new_page()
        page.route(f"{PLACE}**", lambda route: route.fulfill(body="<!doctype html><title>…</title>"))
        page.route(f"{PLACE}pin.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
        page.goto(PLACE)
        yield page


@pytest.mark.look
@pytest.mark.browser
def test_a_browser_opens_with_the_right_digits_what_was_sealed_and_locks_after_five_wrong_ones(tab, hostel, manager):
    set_pin(manager, PIN, now=NOW)
    [person] = sealed_tokens(hostel, NOW)
    now = int(NOW.timestamp() * 1000)

    wrong, right, *rest = tab.evaluate(COME_ON, [person, [OTHER, PIN, *[OTHER] * 5, PIN], now])

    assert wrong == {"left": 4}
    assert who(right["token"], hostel, NOW) == manager
    # The right digits began the count anew; five wrong ones lock, and then the right ones do not help.
    assert rest[:4] == [{"left": left} for left in (4, 3, 2, 1)]
    assert rest[4] == rest[5] == {"until": now + 6000 + 600_000}
    [later] = tab.evaluate(COME_ON, [person, [PIN], now + 700_000])
    assert later["token"] == right["token"]


@pytest.mark.look
@pytest.mark.browser
def test_what_was_tampered_with_opens_for_nobody(tab, hostel, manager):
    set_pin(manager, PIN, now=NOW)
    [person] = sealed_tokens(hostel, NOW)
    spoiled = person | {"sealed": ("B" if person["sealed"][0] == "A" else "A") + person["sealed"][1:]}

    assert tab.evaluate(COME_ON, [spoiled, [PIN, "", "４８２９１５"], 0]) == [{"left": 4}, {"left": 3}, {"left": 2}]
