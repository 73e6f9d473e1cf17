"""Acceptance point 17: seven outcomes of a scan give seven different titles; the same last four twice is a list;
already checked in shows time, person and room. Each sounds different, and the camera reads a pass."""

import pytest
import segno
from playwright.sync_api import expect

from tests.browser import ARGUMENTS, PROGRAM, chromium, follow

pytestmark = [pytest.mark.browser, pytest.mark.look]
OUTCOMES = {
    "ready": "ready",
    "here": "here_already",
    "proof": "held",
    "elsewhere": "elsewhere",
    "later": "not_today",
    "cancelled": "cancelled",
    "nobody": "unknown",
}
# Keeps the notes that the page plays: when each is to sound, and how high.
LISTEN = """
window.heard = [];
class Air {
  state = "running"; currentTime = 0; destination = {};
  close() {}
}
class Note {
  constructor(air, how) { window.heard.push(how.frequency); }
  connect(next) { return next; }
  start() {}
  stop() {}
}
class Loudness { gain = { setTargetAtTime() {} }; connect(next) { return next; } }
Object.assign(window, { AudioContext: Air, OscillatorNode: Note, GainNode: Loudness });
"""


def test_seven_outcomes_have_seven_titles_and_say_what_to_do(day_at_the_desk):
    day = day_at_the_desk
    seen = {}
    with chromium() as browser:
        page = day.tablet(browser)
        page.add_init_script(LISTEN)
        for key, kind in OUTCOMES.items():
            page.goto("/desk/checkin/")
            page.get_by_test_id("d2-text").fill(day.codes.get(key, "ZZZZZZ"))
            follow(page.get_by_test_id("d2-find"))
            result = page.get_by_test_id("d2-found")
            expect(result).to_have_attribute("data-found", kind)
            expect(result.locator(".then")).not_to_be_empty()
            page.wait_for_function("() => window.heard.length")
            seen[key] = {
                "title": result.locator("h2").inner_text(),
                "mark": result.locator("> .icon use").get_attribute("href").partition("#")[2],
                "colour": result.evaluate("each => getComputedStyle(each).backgroundColor"),
                "notes": tuple(page.evaluate("window.heard")),
            }
        for part in ("title", "mark", "notes"):
            assert len({each[part] for each in seen.values()}) == 7, part
        assert seen["here"]["title"] == f"已办过入住：今天 15:02，小王，{day.room('here')} 房"
        colours = [seen[key]["colour"] for key in OUTCOMES]
        assert len(set(colours)) == 3  # green, twice amber, four times red
        assert (colours[1], len(set(colours[3:]))) == (colours[2], 1)


def test_the_same_last_four_twice_is_a_list_and_no_guess(day_at_the_desk):
    day = day_at_the_desk
    with chromium() as browser:
        page = day.tablet(browser)
        page.set_viewport_size({"width": 360, "height": 640})
        page.goto("/desk/")
        page.locator("#find").fill(day.digits["twin"])
        with page.expect_navigation():
            page.locator("#find").press("Enter")
        expect(page.get_by_test_id("d2-several").locator("li")).to_have_count(2)
        expect(page.get_by_test_id("d2-card")).to_have_count(0)
        # What to do is read first, on a phone too, though the box below is ready for the next guest.
        expect(page.get_by_test_id("d2-text")).to_be_focused()
        expect(page.get_by_role("heading", name="有几位对得上")).to_be_in_viewport(ratio=1)
        follow(page.get_by_test_id("d2-several").locator("li", has_text=day.codes["other twin"]).get_by_role("link"))
        expect(page.get_by_test_id("d2-card")).to_contain_text("高远")


def test_the_sound_is_turned_off_for_this_device(day_at_the_desk):
    day = day_at_the_desk
    with chromium() as browser:
        page = day.tablet(browser)
        page.add_init_script(LISTEN)
        page.goto("/desk/checkin/")
        page.get_by_test_id("d2-sound").click()
        expect(page.get_by_test_id("d2-sound").locator("[data-sound-off]")).to_be_visible()
        page.goto(f"/desk/checkin/?stay={day.codes['here']}")
        expect(page.get_by_test_id("d2-sound")).to_have_attribute("aria-pressed", "false")
        assert page.evaluate("window.heard") == []


@pytest.fixture
def pass_before_the_camera(tmp_path, day_at_the_desk):
    """A film of one picture, as cameras make them: the pass of a guest in the middle."""
    width, height, scale = 640, 480, 12
    dots = [list(row) for row in segno.make_qr(day_at_the_desk.codes["camera"], error="m").matrix_iter(scale, border=4)]
    left, top = (width - len(dots)) // 2, (height - len(dots)) // 2
    light = bytearray(b"\xeb" * (width * height))
    for place, row in enumerate(dots):
        begin = (top + place) * width + left
        light[begin : begin + len(row)] = bytes(0x10 if dot else 0xEB for dot in row)
    film = tmp_path / "pass.y4m"
    grey = b"\x80" * (width * height // 2)
    frame = b"FRAME\n" + bytes(light) + grey
    film.write_bytes(b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n" % (width, height) + frame * 2)
    return film


def test_the_camera_reads_a_pass_and_goes_on_with_the_next_guest(day_at_the_desk, pass_before_the_camera):
    day = day_at_the_desk
    film = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={pass_before_the_camera}",
    ]
    with chromium() as shared:
        browser = shared.browser_type.launch(executable_path=PROGRAM, args=[*ARGUMENTS, *film])
        try:
            page = day.tablet(browser)
            page.goto("/desk/checkin/")
            with page.expect_navigation():
                page.get_by_test_id("d2-camera").click()
            expect(page.get_by_test_id("d2-card")).to_contain_text("孙悦")
            page.get_by_test_id("d2-tick").check()
            follow(page.get_by_test_id("d2-check-in"))
            # The camera is on again; the pass that it has just read does not count while it is still there.
            expect(page.get_by_test_id("d2-done")).to_be_visible()
            expect(page.get_by_test_id("d2-camera-off")).to_be_visible()
            page.get_by_test_id("d2-camera-off").click()
            expect(page.get_by_test_id("d2-camera")).to_be_visible()
        finally:
            browser.close()
    assert day.stay("camera")[0] == "in_house"
