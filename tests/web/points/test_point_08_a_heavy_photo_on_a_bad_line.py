"""Acceptance point 8: an 8 MB photo leaves the phone at 800 KB or less and without GPS; cut mid-way, a
retry works with the room still held; the consent box is absent or unticked."""

import base64
import io
import json
import re
from urllib.parse import urlsplit

import pytest
from PIL import ExifTags, Image
from playwright.sync_api import expect

from tests.browser import chromium, phone
from tests.eligibility.pictures import letter
from tests.house import RunningHouse

# A bed that waits for a proof; its guest is logged in. Prints the stay's code and the session's key.
HELD = """
import json
from datetime import timedelta
from django.conf import settings
from django.test import Client
from django.utils import timezone
from bookings.booking import book
from eligibility.models import Policy
from hostel.models import Hostel, Network
from hostel.nights import Nights, business_day
from tests.conftest import People
from tests.eligibility.reviewed import rules_with_people
now = timezone.now()
if Policy.objects.count() == 1:
    rules_with_people(Network.objects.get(slug="wuzhong"), now)
people = People()
people.made = {number}
guest = people("林小满", "female")
first = business_day(now) + timedelta(days=1)
stay = book(guest=guest, hostel=Hostel.objects.get(slug="baodaiqiao"), nights=Nights(first, first + timedelta(days=2)),
            purpose="interview", now=now)
browser = Client()
browser.force_login(guest.user, backend=settings.AUTHENTICATION_BACKENDS[0])
print(json.dumps([stay.code, browser.session.session_key]))
"""
CAME = """
import base64
from eligibility.models import EvidencePart
from eligibility.proof_parts import whole_files
from accounts.models import User
key = EvidencePart.objects.values_list("key", flat=True).distinct().get()
part = EvidencePart.objects.first()
(file,) = whole_files(part.user, part.about, [key])
print(base64.b64encode(file.read()).decode())
"""
NET = "没连上网，填的内容都在。再试一次"
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def house(ground):
    with RunningHouse(ground) as house:
        yield house


@pytest.fixture(scope="module")
def heavy() -> bytes:
    """A photo of 8 MB and more as a phone makes it: lying on its side, with the place in its notes."""
    notes = Image.Exif()
    notes[ExifTags.Base.Orientation] = 6
    notes[ExifTags.Base.Model] = "Telephone 15"
    notes.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (31.0, 15.0, 42.0), 3: "E", 4: (120.0, 37.0, 55.0)})
    picture = Image.effect_noise((3600, 2700), 90).convert("RGB")
    picture.paste("#fff", (0, 0, 900, 675))  # above on the right once it stands upright
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=96, exif=notes)
    assert len(file.getvalue()) > 8 * MEGABYTE
    assert Image.open(file).getexif().get_ifd(ExifTags.IFD.GPSInfo)
    return file.getvalue()


def held_guest(house, browser, number, **how):
    """A phone on which the guest of a held bed is logged in, at its page of proofs; and the stay's code."""
    code, session = json.loads(house.django(HELD.format(number=number)))
    page = phone(browser, house.url, **how)
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": house.url}])
    page.goto(f"/stays/{code}/evidence/")
    return page, code


def chosen(page, content, name="notice.jpg", kind="image/jpeg", by="y7-camera"):
    page.get_by_test_id(by).set_input_files({"name": name, "mimeType": kind, "buffer": content})


def state_of(house, code):
    return house.rows("SELECT status, awaits FROM bookings_stay WHERE code = %s", code)[0]


@pytest.mark.browser
def test_a_heavy_photo_leaves_the_phone_small_and_without_its_place_and_a_cut_line_goes_on(house, heavy):
    with chromium() as browser:
        page, code = held_guest(house, browser, 100)
        sent, tried = [], []
        page.on("request", lambda asked: tried.append(asked) if asked.method in ("PUT", "POST") else None)
        page.on(
            "requestfinished",
            lambda asked: sent.append(urlsplit(asked.url).path) if asked.method == "PUT" else None,
        )
        expect(page.get_by_test_id("y7-held")).to_contain_text(re.compile("房给你留着，.* 前补一张面试或考试通知就行"))
        expect(page.get_by_test_id("y7-agreed")).not_to_be_checked()
        expect(page.get_by_test_id("y7-form")).to_contain_text("我们从不要身份证照片")
        page.locator("label:has(input[name=kind][value=interview_notice])").click()
        chosen(page, heavy)
        pictures = page.get_by_test_id("y7-pictures")
        expect(pictures).to_contain_text("位置时间已去掉")

        # Without the consent nothing leaves the phone.
        page.get_by_test_id("y7-send").click()
        expect(page.get_by_test_id("y7-errors")).to_be_focused()
        assert [asked.method for asked in tried] == ["POST"]
        assert len(tried[0].post_data_buffer) < 3000
        expect(pictures).to_contain_text("位置时间已去掉")

        # The line is cut after three pieces: it is said, nothing is lost, and the bed is still held.
        page.route(re.compile(r"/parts/\w+/3/"), lambda route: route.abort("internetdisconnected"))
        page.get_by_test_id("y7-agreed").check()
        page.get_by_test_id("y7-send").click()
        expect(page.get_by_test_id("y7-cut")).to_have_text(NET)
        assert state_of(house, code) == ("held", "proof")

        # The page is opened anew: the picture is there, and what has come is not sent again.
        page.unroute_all()
        page.reload()
        expect(pictures).to_contain_text("位置时间已去掉")
        page.locator("label:has(input[name=kind][value=interview_notice])").click()
        page.get_by_test_id("y7-agreed").check()
        page.route(f"**/stays/{code}/evidence/", lambda route: route.abort("connectionreset"))
        page.get_by_test_id("y7-send").click()
        expect(page.get_by_test_id("y7-cut")).to_have_text(NET)
        numbers = [int(path.rstrip("/").split("/")[-1]) for path in sent]
        assert numbers == list(range(len(numbers)))

        # What the house received, byte for byte, before it touched anything.
        came = base64.b64decode(house.django(CAME))
        assert len(came) <= 800_000
        small = Image.open(io.BytesIO(came))
        assert small.format == "JPEG"
        assert not small.getexif()
        assert b"Exif" not in came
        assert b"Telephone" not in came
        assert small.height > small.width  # upright
        assert small.getpixel((small.width - 20, 20)) > (240, 240, 240)
        assert small.getpixel((small.width // 4, 20)) < (240, 240, 240)
        sealed = bytes(house.rows("SELECT sealed FROM eligibility_evidencepart WHERE number = 0")[0][0])
        assert came[:50] not in sealed
        assert state_of(house, code) == ("held", "proof")

        # The line is there again: handed in, and nothing stays, neither there nor in the phone.
        page.unroute_all()
        with page.expect_navigation(url=re.compile(rf"/stays/{code}/$")):
            page.get_by_test_id("y7-send").click()
        assert state_of(house, code) == ("held", "review")
        assert house.rows("SELECT count(*) FROM eligibility_evidencepart") == [(0,)]
        assert page.evaluate(KEPT_IN_THE_PHONE) == 0
        everything = b"".join(asked.post_data_buffer or b"" for asked in tried)
        assert b"Telephone" not in everything
        assert len(everything) < 1.2 * MEGABYTE


KEPT_IN_THE_PHONE = """() => new Promise((done) => {
  const opening = indexedDB.open("proofs");
  opening.onsuccess = () => {
    const asked = opening.result.transaction("pictures").objectStore("pictures").count();
    asked.onsuccess = () => done(asked.result);
  };
})"""


@pytest.mark.browser
def test_the_line_comes_back_by_itself_and_a_picture_can_be_taken_out(house):
    [(before,)] = house.rows("SELECT count(*) FROM eligibility_evidencepage")
    with chromium() as browser:
        page, code = held_guest(house, browser, 200)
        page.locator("label:has(input[name=kind][value=interview_notice])").click()
        page.get_by_test_id("y7-agreed").check()
        chosen(page, b"<html>", by="y7-files")
        chosen(page, letter(2), "letter.pdf", "application/pdf", by="y7-files")
        pictures = page.get_by_test_id("y7-pictures").locator("li")
        expect(pictures.first).to_contain_text("这张图片打不开")
        expect(pictures.nth(1)).to_contain_text("PDF")
        pictures.first.get_by_role("button", name="移除第 1 张").click()
        expect(pictures).to_have_count(1)

        page.context.set_offline(True)
        page.get_by_test_id("y7-send").click()
        expect(page.get_by_test_id("y7-cut")).to_have_text(NET)
        with page.expect_navigation(url=re.compile(rf"/stays/{code}/$")):
            page.context.set_offline(False)
        assert house.rows("SELECT count(*) FROM eligibility_evidencepage") == [(before + 2,)]
