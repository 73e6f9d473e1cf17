"""`make sheet`: a picture of every page of the young in every state, and one page that shows them all side by side.

    make sheet                                  four views of each: phone, phone in English, phone in the dark, desktop
    make sheet ARGS="y4 y8-ready"               only the pages whose names begin so
    make sheet ARGS="--all --to /tmp/sheet"     all eight views, somewhere else
    make sheet ARGS="y12 --view desktop-dark"   one view

Open the index.html that it names at the end, and look.
"""

import tests.environment  # isort: skip  # noqa: F401  first of all: it gives this process a world of its own

import argparse
import sys
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, TimeoutError
from playwright.sync_api import Page as Tab

from tests.browser import chromium, close_chromium, phone
from tests.house import Ground
from tests.web.every_page import EveryPage

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class View:
    """One way to look at a page."""

    name: str
    on: str
    language: str
    scheme: str


USUAL = (
    View("phone", "phone", "", "light"),
    View("phone-en", "phone", "/en", "light"),
    View("phone-dark", "phone", "", "dark"),
    View("desktop", "desktop", "", "light"),
)
EVERY = (
    *USUAL,
    View("phone-en-dark", "phone", "/en", "dark"),
    View("desktop-en", "desktop", "/en", "light"),
    View("desktop-dark", "desktop", "", "dark"),
    View("desktop-en-dark", "desktop", "/en", "dark"),
)
INDEX = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Every page</title>
<style>
body {{ font: 14px/1.5 system-ui, sans-serif; margin: 1rem; background: #888; color: #000 }}
section {{ background: #fff; margin: 0 0 1rem; padding: .5rem 1rem 1rem; overflow-x: auto }}
div {{ display: flex; gap: 1rem; align-items: flex-start }}
figure {{ margin: 0 }} img {{ width: 300px; border: 1px solid #888 }} img.desktop {{ width: 600px }}
</style>
<h1>{count} pictures of {pages} pages</h1>
{rows}
</html>
"""


def main(arguments: list[str]) -> int:
    """Take the pictures and write the page that shows them; 1 where a page was not in its state, which is named."""
    parser = argparse.ArgumentParser(prog="python -m tests.sheet", description=__doc__.partition("\n")[0])
    parser.add_argument("pages", nargs="*", help="beginnings of names, such as y4 or y8-ready; none: every page")
    parser.add_argument("--all", action="store_true", help="eight views of each page instead of four")
    parser.add_argument("--view", choices=[view.name for view in EVERY], help="this view alone")
    parser.add_argument("--to", type=Path, default=ROOT / "var" / "sheet", metavar="FOLDER")
    said = parser.parse_args(arguments)
    views = [view for view in EVERY if view.name == said.view] or (EVERY if said.all else USUAL)
    said.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ends:
        ground = Ground(Path(folder), f"sqlite:///{folder}/house.sqlite3")
        ends.callback(ground.close)
        with EveryPage(ground) as every, chromium() as browser:
            pages = [
                page
                for page in (*every.pages, *every.desk)
                if not said.pages or page.name.startswith(tuple(said.pages))
            ]
            amiss = [
                f"{page.name}: {answer.status} instead of {page.status}"
                for page in pages
                if (answer := every.ask(page)).status != page.status
            ]
            for view in views:
                tab = _tab(browser, every, view)
                for page in pages:
                    every.open(tab, page, view.language)
                    _take(tab, said.to / f"{page.name}.{view.name}.png")
                tab.context.close()
    rows = "\n".join(_row(page.name, page.path, views) for page in pages)
    index = said.to / "index.html"
    index.write_text(INDEX.format(count=len(pages) * len(views), pages=len(pages), rows=rows))
    print(f"{len(pages) * len(views)} pictures of {len(pages)} pages: {index}")
    for each in amiss:
        print(f"not in its state: {each}")
    return 1 if amiss else 0


def _tab(browser: Browser, every: EveryPage, view: View) -> Tab:
    # What waits for pictures asks the page again and again, and would be a stranger's script.
    how = {"color_scheme": view.scheme, "reduced_motion": "reduce", "bypass_csp": True}
    if view.on == "phone":
        return phone(browser, every.url, **how)
    size = {"width": 1280, "height": 900}
    return browser.new_context(base_url=every.url, viewport=size, locale="zh-CN", **how).new_page()


def _take(tab: Tab, path: Path) -> None:
    """A picture of the whole page as on a screen that is high enough for it, so that no bar lies over anything, and
    what comes when it is scrolled to is there."""
    usual = tab.viewport_size
    whole = tab.evaluate("document.documentElement.scrollHeight")
    tab.set_viewport_size({"width": usual["width"], "height": max(whole, usual["height"])})
    with suppress(TimeoutError):  # a picture that is not there is to be seen too
        tab.wait_for_function("[...document.images].every(each => each.complete && each.naturalWidth)", timeout=3000)
    tab.screenshot(path=path, full_page=True)
    tab.set_viewport_size(usual)


def _row(name, path, views):
    figures = "".join(
        f'<figure><a href="{name}.{view.name}.png"><img class="{view.on}" src="{name}.{view.name}.png" '
        f'alt="{name}, {view.name}" loading="lazy"></a><figcaption>{view.name}</figcaption></figure>'
        for view in views
    )
    return f'<section id="{name}"><h2>{name}</h2><p>{escape(path)}</p><div>{figures}</div></section>'


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    finally:
        close_chromium()
