"""A real Chromium, for tests that walk through the pages as people do."""

import shutil
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium():
    """The machine's Chromium, without a window."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


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
