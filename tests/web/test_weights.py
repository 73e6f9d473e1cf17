"""What a first visit weighs, and that nothing moves under the reader's thumb while the page comes."""

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find

from tests.browser import chromium
from tests.weights import SHIFT, SLOW_4G, Group, Line, Visit, groups, visit

# Slow enough that sheet, script and pictures come one after the other, as they do on a phone.
IN_ORDER = Line("in order", 4000, 30, 1)


@pytest.mark.browser
@pytest.mark.look
@pytest.mark.parametrize("name", ["youth", "pass", "desk", "office"])
def test_a_first_visit_weighs_little_and_the_page_stands_still(every, name):
    [group] = [each for each in groups(every) if each.name == name]
    with chromium() as browser:
        for page in group.pages:
            seen = visit(browser, every, page, IN_ORDER, group.on)
            assert (page.name, seen.over(group)) == (page.name, [])
            assert (page.name, seen.shift <= SHIFT) == (page.name, True)
            # It was this page, and it was seen whole: a login or an error would be lighter.
            assert seen.bytes["HTML"] > 1000
            assert seen.bytes["CSS"] > 5000
            assert seen.largest > 0


def test_what_reads_a_pass_from_the_camera_comes_only_when_it_is_wanted_and_is_light():
    reader = Path(find("vendor/jsqr/jsQR.js"))

    assert len(gzip.compress(reader.read_bytes(), 9)) <= 60 * 1024
    assert (reader.parent / "LICENSE").read_text().strip().startswith("Apache License")


def test_what_is_too_heavy_is_named_with_its_limit():
    group = Group("small", (), {"HTML": 1, "JS": 1}, 3, {SLOW_4G: None})

    assert Visit({"HTML": 900, "CSS": 1000, "JS": 1000, "images": 0}, 0, 0, 0).over(group) == []
    assert Visit({"HTML": 1100, "CSS": 1000, "JS": 0, "images": 1000}, 0, 0, 0).over(group) == [
        "HTML 1.1 of 1 KB",
        "total 3.1 of 3 KB",
    ]
