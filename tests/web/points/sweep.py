"""Looking at every page of `tests.web.every_page` in one browser, and what is noted on the way."""

from collections import defaultdict

SIZED = """([size]) => {
    document.documentElement.dataset.size = size;
    if (!size) delete document.documentElement.dataset.size;
}"""
WIDTH = "() => document.documentElement.scrollWidth"


class Looks:
    """What was found: for each kind of look, by the page's name."""

    def __init__(self):
        self.found = defaultdict(dict)

    def note(self, kind, page, said):
        if said:
            self.found[kind][page] = said

    def of(self, *kinds):
        return {kind: self.found[kind] for kind in kinds if self.found[kind]}


def without_photos(page):
    """Photos keep their place and do not come: nothing here looks at them."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setBlockedURLs", {"urls": ["*.webp", "*.jpg"]})
    return page


def narrow(page, looks, name):
    """Note what is wider than the smallest phone, with both sizes of letters, and leave the page as it was."""
    page.set_viewport_size({"width": 320, "height": 640})
    for size in ("largest", ""):
        page.evaluate(SIZED, [size])
        wide = page.evaluate(WIDTH)
        looks.note(f"wide {size}".strip(), name, wide if wide > 320 else 0)
    page.set_viewport_size({"width": 360, "height": 740})
