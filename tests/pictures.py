"""`python -m tests.pictures`: takes the README's and the guides' pictures of the real pages, in a house with guests."""

import tests.environment  # isort: skip  # noqa: F401  first of all: it gives this process a world of its own

import tempfile
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.browser import chromium, close_chromium, follow, phone, tablet
from tests.house import Ground, RunningHouse

PICTURES = Path(__file__).resolve().parent.parent / "docs/pictures"
GUEST, MANAGER, OFFICER = "+8613800000001", "+8613800000002", "+8613800000003"
COLLEAGUE = """
from django.utils import timezone
from accounts.models import User
from accounts.pins import set_pin
set_pin(User.objects.get(phone="{manager}"), "482915", now=timezone.now())
"""
GUESTS = """
import io
import random
from datetime import timedelta
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont
NOTO = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
from django.core.files.uploadedfile import SimpleUploadedFile
from accounts.models import Person, User
from accounts.reasons import Refused
from accounts.schedule import ran
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.desk import check_in, check_out
from bookings.night_audit import audit
from bookings.models import Stay
from bookings.proving import prove
from config.schedule import SCHEDULE
from eligibility import drafting
from eligibility.evidence import kept_files
from eligibility.models import Policy
from hostel.models import Hostel
from hostel.nights import Nights, at, business_day
from tests.conftest import People
import datetime
dice, people = random.Random(7), People()
names = ["陈一舟", "周梅", "王安", "李若溪", "张思远", "刘嘉宁", "赵晨", "吴清和", "孙知夏", "胡桐", "朱墨", "高行"]
now = timezone.now() + timedelta(seconds={ahead})
today = business_day(now)
guests = [people(names[n % 12], dice.choice(["female", "male"]), datetime.date(now.year - 24, 3, 1),
                 graduation=f"{{now.year - 1}}-06") for n in range(130)]
houses = [h for h in Hostel.objects.all() if h.access == "individual"]
stays = []
for n, guest in enumerate(guests):
    house = houses[0] if n % 4 == 0 else dice.choice(houses)
    made = now - timedelta(days=dice.choice([0, 0, 1, 1, 2, 3]), hours=9)
    arrival = business_day(made) + timedelta(days=dice.choice([0, 0, 0, 1, 2, 4, 7]))
    try:
        nights = Nights(arrival, arrival + timedelta(days=dice.choice([1, 2, 3])))
        stays.append(book(guest=guest, hostel=house, nights=nights, purpose="interview", now=made))
    except Refused:
        pass
for stay in sorted(stays, key=lambda stay: stay.arrival):
    comes = at(stay.arrival, datetime.time(16, dice.randint(0, 59)))
    if comes < now and (stay.arrival < today or dice.random() < 0.4):
        check_in(stay, compared=True, now=comes)
        leaves = at(stay.departure, datetime.time(10))
        if leaves < now and dice.random() < 0.8:
            check_out(stay, now=leaves)
audit(now)
for job in SCHEDULE:
    with ran(job.name, now, lambda: now):
        pass
me = Person.objects.get(user__phone="{guest}")
# With one stay to come, the nights left are on the first screen.
cancel(Stay.objects.get(guest=me, arrival__gt=today), now=now - timedelta(hours=1))
book(guest=me, hostel=houses[0], nights=Nights(today, today + timedelta(days=2)), purpose="interview", now=now)
picture = io.BytesIO()
paper = Image.new("RGB", (900, 1200), "white")
pen = ImageDraw.Draw(paper)
for line, text in enumerate(["面试通知", "", "同学你好：", "请于本周到吴中区参加面试。", "", "（样张）"]):
    pen.text((110, 150 + line * 90), text, fill="black", font=ImageFont.truetype(NOTO, 46, index=2))
paper.save(picture, "JPEG")
for stay in [each for each in stays if each.arrival > today][:6]:
    picture.seek(0)
    with kept_files([SimpleUploadedFile("notice.jpg", picture.read())]) as pages:
        prove(stay, kind="interview_notice", pages=pages, agreed=True, now=now, actor=stay.guest.user)
policy = Policy.objects.get()
draft = drafting.draft(policy.network, based_on=policy, now=now, actor=User.objects.get(phone="{officer}"))
rules = draft.rules
rules["entitlements"][0]["caps"]["per_year"] = 10
drafting.change(draft, rules, now=now, actor=User.objects.get(phone="{officer}"))
"""


def log_in(page, house, number):
    page.goto("/login/")
    page.get_by_test_id("y5-phone").fill(number.removeprefix("+86"))
    for consent in ("y5-service", "y5-privacy"):
        page.get_by_test_id(consent).check()
    follow(page.get_by_test_id("y5-send"))
    page.get_by_test_id("y5-code").fill(house.login_code(number))
    follow(page.get_by_test_id("y5-login"))


def offline(desk):
    """The desk an hour after its network went: two acts wait."""
    desk.goto("/desk/")
    desk.evaluate("navigator.serviceWorker.ready.then(() => true)")
    desk.wait_for_load_state("networkidle")
    desk.context.set_offline(True)
    for _guest in range(2):
        desk.goto("/desk/")
        desk.get_by_test_id("d1-check_in").first.click()
        desk.get_by_test_id("d2-tick").check()
        desk.get_by_test_id("d2-check-in").click()
        expect(desk.get_by_test_id("d2-done")).to_be_visible()
    desk.goto("/desk/")
    expect(desk.get_by_test_id("d1-row").first).to_be_visible()
    desk.screenshot(path=PICTURES / "desk-offline.png")


def main():
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ends:
        clock = Path(folder) / "clock"
        now = datetime.now(ZoneInfo("Asia/Shanghai"))
        ahead = (now.replace(hour=19, minute=40) + timedelta(days=1) - now).total_seconds()
        clock.write_text(str(ahead))
        ground = Ground(Path(folder), f"sqlite:///{folder}/house.sqlite3")
        ends.callback(ground.close)
        with RunningHouse(ground, wsgi="tests.clock", HOSTEL_TEST_CLOCK=str(clock)) as house, chromium() as browser:
            house.manage("demo")
            house.django(COLLEAGUE.format(manager=MANAGER))
            house.django(GUESTS.format(ahead=ahead, guest=GUEST, officer=OFFICER))

            def take(page, name, path, whole=False):
                page.goto(path)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)

            page = phone(browser, house.url)
            take(page, "home", "/?near=hr-bureau")
            take(
                page, "check", "/check/?education=bachelor&graduation=2025&home_in_district=no&purpose=interview#result"
            )
            log_in(page, house, GUEST)
            take(page, "me", "/me/")
            follow(page.get_by_role("link", name="入住码").first)
            page.screenshot(path=PICTURES / "pass.png")
            desk = tablet(browser, house.url)
            log_in(desk, house, MANAGER)
            take(desk, "desk", "/desk/")
            take(desk, "desk-chart", "/desk/chart/")
            take(desk, "desk-rooms", "/desk/rooms/")
            desk.goto("/desk/")
            follow(desk.get_by_test_id("d1-check_in").first)
            desk.wait_for_load_state("networkidle")
            desk.screenshot(path=PICTURES / "desk-checkin.png")
            offline(desk)
            office = browser.new_context(base_url=house.url, viewport={"width": 1440, "height": 900}).new_page()
            log_in(office, house, OFFICER)
            take(office, "office", "/office/")
            for name, path, link in (
                ("reviews", "/office/reviews/", "打开最早一单"),
                ("policies", "/office/policies/", "第 2 版"),
            ):
                office.goto(path)
                follow(office.get_by_role("link", name=link))
                office.wait_for_load_state("networkidle")
                office.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    try:
        main()
    finally:
        close_chromium()
