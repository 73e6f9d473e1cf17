"""Acceptance point 30: nobody is kept out of a page of the young, whatever they see, hold or press.

axe finds nothing on any page in any state, in light, dark and the largest letters; at 320 pixels nothing scrolls
sideways, in both languages and with the largest letters too; what has the focus never stands under the bars; what a
finger taps is 44 pixels large, 60 with the largest letters. Desk and office (D1 D2 O1 O4 O5) are looked at in
`test_desk_today`, `test_desk_checkin` and `test_office_look`; D4, D6, O10, Y13 and Y16 come with their issues. What
pages may weigh is held by `tests.weights`.

Each page is loaded once per language. Colours, letters and widths change on the loaded page, as they do for a reader
whose evening comes or who chooses other letters in the footer: the house would send the same page with one attribute
more.
"""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.browser import chromium, phone
from tests.web.points.sweep import SIZED, Looks, narrow, without_photos

# Whoever comes first waits for the look at every page.
pytestmark = [pytest.mark.browser, pytest.mark.look, pytest.mark.timeout(600)]

# All rules in light; of the others those that colours or the size of letters can change.
AXE = """async ([rules]) => {
    const how = { resultTypes: ['violations'], ...(rules ? { runOnly: rules } : {}) };
    const found = await axe.run(document, how);
    return found.violations.flatMap(each => each.nodes.map(node => `${each.impact} ${each.id} ${node.target}`));
}"""
OF_COLOUR_AND_SIZE = ["color-contrast", "link-in-text-block", "scrollable-region-focusable"]
SMALL = """([least]) => [...document.querySelectorAll('a, button, select, summary, input:not([type=hidden])')]
    .filter(each => each.closest('main, header, footer, .tabbar, .actions'))
    .filter(each => !['inline', 'none'].includes(getComputedStyle(each).display))
    .map(each => [each, (each.closest('label.chip, label.tick') ?? each).getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && (box.height < least || box.width < least))
    .map(([each, box]) => `${each.localName} ${each.textContent.trim() || each.name} ${box.width}x${box.height}`)"""
# In the order of the tab key, each where the browser scrolls it to.
HIDDEN = """() => {
    const can = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
    const hidden = [];
    for (const each of document.querySelectorAll(can)) {
        if (each.disabled || !each.checkVisibility({ visibilityProperty: true })) continue;
        each.focus();
        if (document.activeElement !== each) continue;
        const box = each.getBoundingClientRect();
        const isTall = box.height > innerHeight / 2;
        const over = [...document.querySelectorAll('.tabbar, .actions, .said')].filter(bar => {
            if (bar.contains(each) || getComputedStyle(bar).position !== 'sticky') return false;
            const its = bar.getBoundingClientRect();
            return its.height && its.top < box.bottom - 1 && its.bottom > box.top + 1;
        });
        const isOut = box.bottom < 0 || box.top > innerHeight;
        if ((over.length && !isTall) || isOut) hidden.push(`${each.localName} ${each.textContent.trim() || each.name}`);
    }
    return hidden;
}"""


@pytest.fixture(scope="module")
def looks(every):
    """Every page, looked at in every way, in one browser."""
    looks = Looks()
    with chromium() as browser:
        page = without_photos(phone(browser, every.url, bypass_csp=True, reduced_motion="reduce"))
        for each in every.pages:
            every.open(page, each)
            page.evaluate(AXE_SCRIPT)
            looks.note("axe light", each.name, page.evaluate(AXE, [None]))
            looks.note("small", each.name, page.evaluate(SMALL, [44]))
            looks.note("hidden", each.name, page.evaluate(HIDDEN))
            page.emulate_media(color_scheme="dark")
            page.evaluate(SIZED, ["largest"])
            looks.note("axe dark, largest", each.name, page.evaluate(AXE, [OF_COLOUR_AND_SIZE]))
            looks.note("small of the largest", each.name, page.evaluate(SMALL, [60]))
            looks.note("hidden by the largest", each.name, page.evaluate(HIDDEN))
            page.emulate_media(color_scheme="light")
            narrow(page, looks, each.name)
    return looks


def test_axe_finds_nothing_on_any_page_in_light_dark_and_the_largest_letters(looks):
    assert looks.of("axe light", "axe dark, largest") == {}


def test_at_320_pixels_nothing_scrolls_sideways_in_both_languages(looks, english):
    assert looks.of("wide", "wide largest") == {}
    assert english.looks.of("wide", "wide largest") == {}


def test_no_page_asks_anybody_else_for_anything_and_the_browser_has_nothing_to_say(every, english):
    assert english.hosts == {urlsplit(every.url).netloc}
    # That a page was refused or is not there is said by its status, as it should be; the photos were held back here.
    assert [each for each in english.complaints if not each.startswith("Failed to load resource")] == []


def test_what_has_the_focus_is_never_under_the_bars(looks):
    assert looks.of("hidden", "hidden by the largest") == {}


def test_what_a_finger_taps_is_as_large_as_a_fingertip(looks):
    assert looks.of("small", "small of the largest") == {}


@pytest.mark.parametrize("name", ["y3-free", "y4-newcomer", "y7-held"])
def test_the_tab_key_leads_through_a_page_and_nothing_it_reaches_is_covered(every, name):
    covered = """() => {
        if (document.activeElement === document.body) return '';
        const box = document.activeElement.getBoundingClientRect();
        const bar = document.querySelector('.actions')?.getBoundingClientRect();
        const inBar = document.activeElement.closest('.actions, .tabbar');
        return !inBar && bar.top < box.bottom - 1 && bar.bottom > box.top + 1 ? document.activeElement.outerHTML : '';
    }"""
    with chromium() as browser:
        page = phone(browser, every.url)
        every.open(page, every.named(name))
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        for key in ["Tab"] * 30 + ["Shift+Tab"] * 15:
            page.keyboard.press(key)
            assert (name, page.evaluate(covered)) == (name, "")
        ring = page.evaluate(
            "(({ outlineWidth, outlineOffset }) => [outlineWidth, outlineOffset])"
            "(getComputedStyle(document.querySelector(':focus-visible')))"
        )
        assert ring == ["3px", "2px"]
