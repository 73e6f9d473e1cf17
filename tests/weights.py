"""`make weights`: what a first visit weighs and how long it takes, page group by page group, beside the budgets.

Weighed is what Chromium fetches until nothing more comes, from an empty cache and without scrolling: HTML, sheets and
scripts packed by gzip as `deploy/nginx.conf` sends them, pictures as they are, headers left out. The times are those of
Chromium itself on a slow line with a slow processor; of a machine that is busy they say little, so that no test holds
them, but the weights and the shifting of the page are held by `tests/web/test_weights.py`.
"""

import tests.environment  # isort: skip  # noqa: F401  first of all: it gives this process a world of its own

import gzip
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from tests.browser import chromium, close_chromium, phone, tablet
from tests.house import Ground
from tests.web.every_page import EveryPage, Page

KINDS = ("HTML", "CSS", "JS", "images")
KB = 1000
SHIFT = 0.05  # the most that a page may shift while it loads (CLS)
ANSWER = 200  # milliseconds from a tap or a key to the next picture (INP)


@dataclass(frozen=True)
class Line:
    """A line to the net and a processor, slower than they are here."""

    name: str
    kilobits: int  # a second, down
    latency: int  # milliseconds
    slower: int  # the processor, so many times


SLOW_4G = Line("slow 4G", 1600, 150, 4)
SLOW_3G = Line("slow 3G", 400, 400, 4)
DESKTOP = Line("desktop", 10_000, 40, 1)


@dataclass(frozen=True)
class Group:
    """Pages with one budget: kilobytes of each kind that is bounded, and in total; and for each line it is looked at
    through, the milliseconds until the largest part of the first screen is there (LCP; None where no limit is set)."""

    name: str
    pages: tuple[Page, ...]
    most: dict[str, int]
    total: int
    lines: dict[Line, int | None]
    on: str = "phone"


def named(every: EveryPage, *names: str) -> tuple[Page, ...]:
    return tuple(every.named(name) for name in names)


def groups(every: EveryPage) -> tuple[Group, ...]:
    """The budgets of the design (ux.md 7.7), each with the pages it is about."""
    return (
        Group(
            "youth",
            named(every, "y1-tonight", "y2-empty", "y2-yes", "y3-free", "y4-newcomer", "y4-returning"),
            {"HTML": 20, "CSS": 18, "JS": 25, "images": 60},
            125,
            {SLOW_4G: 2500, SLOW_3G: 4000},
        ),
        Group("pass", named(every, "y8-ready"), {"HTML": 14, "CSS": 18}, 40, {SLOW_4G: None, SLOW_3G: 2500}),
        Group(
            "desk",
            (Page("desk", "/desk/", "manager"),),
            {"HTML": 30, "CSS": 20, "JS": 90, "images": 10},
            150,
            {SLOW_4G: None},
            "tablet",
        ),
        Group(
            "office",
            (Page("office", "/office/", "officer"),),
            {"HTML": 60, "CSS": 22, "JS": 60, "images": 20},
            165,
            {DESKTOP: 1500},
            "desktop",
        ),
    )


@dataclass(frozen=True)
class Visit:
    """A first visit: bytes of each kind, how far the page shifted, and milliseconds until its largest part was there
    and until it answered a key or a tap at the slowest."""

    bytes: dict[str, int]
    shift: float
    largest: float
    answer: float

    @property
    def total(self) -> int:
        return sum(self.bytes.values())

    def over(self, group: Group) -> list[str]:
        """What of it is heavier than the group may be."""
        limits = {**group.most, "total": group.total}
        weighed = {**self.bytes, "total": self.total}
        return [
            f"{kind} {weighed[kind] / KB:.1f} of {most} KB"
            for kind, most in limits.items()
            if weighed[kind] > most * KB
        ]


WATCH = """
window.seen = {shift: 0, largest: 0, answer: 0, session: 0, first: 0, last: 0};
new PerformanceObserver(list => { for (const each of list.getEntries()) {
    if (each.hadRecentInput) continue;
    // The worst five seconds count, as Chromium's own CLS does.
    if (each.startTime - seen.last > 1000 || each.startTime - seen.first > 5000) {
        seen.session = 0; seen.first = each.startTime; }
    seen.session += each.value; seen.last = each.startTime;
    seen.shift = Math.max(seen.shift, seen.session);
}}).observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(list => { for (const each of list.getEntries()) seen.largest = each.startTime;
}).observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => { for (const each of list.getEntries())
    if (each.interactionId) seen.answer = Math.max(seen.answer, each.duration);
}).observe({type: 'event', durationThreshold: 16, buffered: true});
"""


def visit(browser: Browser, every: EveryPage, page: Page, line: Line, on: str = "phone") -> Visit:
    """Open ``page`` for the first time through ``line``, wait until nothing more comes, then press a key and tap."""
    tab = _tab(browser, every, on)
    answers = []
    tab.on("response", lambda answer: answers.append(answer))
    tab.add_init_script(WATCH)
    wire = tab.context.new_cdp_session(tab)
    wire.send("Network.enable")
    wire.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": line.latency,
            "downloadThroughput": line.kilobits * 1000 / 8,
            "uploadThroughput": line.kilobits * 1000 / 16,
        },
    )
    wire.send("Emulation.setCPUThrottlingRate", {"rate": line.slower})
    every.open(tab, page)
    tab.wait_for_load_state("networkidle")
    weighed = dict.fromkeys(KINDS, 0)
    for answer in answers:
        kind = _kind(answer.headers.get("content-type", ""))
        if kind and answer.status != 204:  # an answer without a word weighs nothing
            body = answer.body()
            # nginx packs pages at its lightest, and files were packed at their tightest beforehand.
            is_packed = kind == "images" and b"<svg" not in body[:200]
            weighed[kind] += len(body if is_packed else gzip.compress(body, 1 if kind == "HTML" else 9))
    _use(tab)
    seen = tab.evaluate("seen")
    tab.context.close()
    return Visit(weighed, seen["shift"], seen["largest"], seen["answer"])


def _tab(browser, every, on) -> Tab:
    if on == "phone":
        return phone(browser, every.url)
    if on == "tablet":
        return tablet(browser, every.url)
    return browser.new_context(base_url=every.url, viewport={"width": 1440, "height": 900}).new_page()


def _kind(content_type):
    for kind, said in (("HTML", "text/html"), ("CSS", "text/css"), ("JS", "javascript"), ("images", "image/")):
        if said in content_type:
            return kind
    return ""


def _use(tab):
    """A key, and a tap where it leads nowhere else: on the first thing that opens or is chosen."""
    tab.keyboard.press("Tab")
    target = tab.locator("main summary:visible, main label.chip:visible, main input[type=text]:visible").first
    if target.count():
        target.click()
    tab.wait_for_timeout(300)


def main() -> int:
    """Print every group, and return 1 where something is over its budget."""
    over = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ends:
        ground = Ground(Path(folder), f"sqlite:///{folder}/house.sqlite3")
        ends.callback(ground.close)
        with EveryPage(ground) as every, chromium() as browser:
            print(f"{'KB, gzip':22}{''.join(f'{kind:>9}' for kind in (*KINDS, 'total'))}     CLS   INP   LCP")
            for group in groups(every):
                print(f"\n{group.name}: {_limits(group)}")
                for page in group.pages:
                    for number, (line, limit) in enumerate(group.lines.items()):
                        seen = visit(browser, every, page, line, group.on)
                        print(_row(page, line, limit, seen, whole=number == 0), flush=True)
                        over += [f"{page.name}: {said}" for said in seen.over(group)] if number == 0 else []
                        if seen.shift > SHIFT:
                            over.append(f"{page.name}: shifts by {seen.shift:.3f} of {SHIFT} ({line.name})")
                        if seen.answer > ANSWER:
                            over.append(f"{page.name}: answers in {seen.answer:.0f} of {ANSWER} ms ({line.name})")
                        if limit and seen.largest > limit:
                            over.append(f"{page.name}: LCP {seen.largest:.0f} of {limit} ms ({line.name})")
    print("\nOver the budget:" if over else "\nEverything is within its budget.")
    for said in over:
        print(f"  {said}")
    return 1 if over else 0


def _limits(group):
    kinds = ", ".join(f"{kind} {most}" for kind, most in group.most.items())
    times = ", ".join(f"LCP {most} ms on {line.name}" for line, most in group.lines.items() if most)
    return f"at most {kinds}, total {group.total}" + (f"; {times}" if times else "")


def _row(page, line, limit, seen, whole):
    sizes = "".join(f"{size / KB:9.1f}" for size in (*seen.bytes.values(), seen.total)) if whole else " " * 45
    mark = " !" if limit and seen.largest > limit else ""
    name = page.name if whole else ""
    return f"  {name:20}{sizes}   {seen.shift:5.3f} {seen.answer:5.0f} {seen.largest:5.0f} ms {line.name}{mark}"


if __name__ == "__main__":
    try:
        sys.exit(main())
    finally:
        close_chromium()
