"""A real Chromium, for tests that walk through the pages as people do.

A click returns at once, before the page it leads to is there: `follow` waits for that page. Where a page changes
without going anywhere, ask it with playwright's `expect`, which waits too.
"""

import asyncio
import shutil
from contextlib import ExitStack, contextmanager

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Milliseconds: a machine may have much else to do.
expect.set_options(timeout=15_000)


class _Shared:
    """The one Chromium of this process, started when it is first wanted."""

    def __init__(self):
        self.ends = ExitStack()
        self.browser: Browser | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> Browser:
        playwright = self.ends.enter_context(sync_playwright())
        self.browser = playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        self.ends.callback(self.browser.close)
        self.loop = asyncio.get_running_loop()
        return self.browser

    def close(self):
        if self.browser is not None:
            asyncio._set_running_loop(self.loop)
            self.browser = None
            self.ends.close()


_shared = _Shared()


@contextmanager
def chromium():
    """The machine's Chromium, without a window and with nothing in it; every page opened in it is closed at the end.

    It is started once and serves all tests of a process. Its loop shows itself only within: outside, Django would take
    this thread for an asynchronous one and give it other database connections.
    """
    if _shared.browser is None or not _shared.browser.is_connected():
        close_chromium()
        _shared.start()
    asyncio._set_running_loop(_shared.loop)
    try:
        yield _shared.browser
    finally:
        try:
            for context in _shared.browser.contexts:
                context.close()
        finally:
            asyncio._set_running_loop(None)


def close_chromium():
    """End the shared Chromium, if there is one."""
    try:
        _shared.close()
    finally:
        asyncio._set_running_loop(None)


def follow(locator: Locator):
    """Click what leads to another page, and wait until that page is there."""
    with locator.page.expect_navigation():
        locator.click()


def phone(browser: Browser, url: str, **how) -> Page:
    """A page as on a phone, 360 by 740."""
    context = browser.new_context(
        base_url=url,
        viewport={"width": 360, "height": 740},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        **how,
    )
    return context.new_page()


def tablet(browser: Browser, url: str, **how) -> Page:
    """A page as at the desk, 1024 by 768."""
    return browser.new_context(base_url=url, viewport={"width": 1024, "height": 768}, locale="zh-CN", **how).new_page()
