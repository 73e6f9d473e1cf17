"""The whole way in a real browser: may I, book tonight, the pass, the desk, a night slept, the officer's figure."""

import re
from datetime import date, timedelta

import pytest
import zxingcpp
from django.utils import timezone
from PIL import Image

from hostel.nights import business_day
from tests.browser import chromium, follow, phone, tablet
from tests.conftest import resident_number
from tests.house import RunningHouse

LIN, MANAGER, OFFICER = "+8613912345678", "+8613800000011", "+8613800000013"
STAFF = f"""
from datetime import date
from accounts.models import Role, User
from hostel.models import Hostel, Network
for phone, role in (
    ("{MANAGER}", dict(kind="manager", hostel=Hostel.objects.get(slug="baodaiqiao"))),
    ("{OFFICER}", dict(kind="officer", network=Network.objects.get(slug="wuzhong"))),
):
    Role.objects.create(user=User.objects.create_user(phone), valid_from=date(2023, 1, 1), **role)
"""
AUDIT = """
from datetime import timedelta
from django.utils import timezone
from bookings.night_audit import audit
print(audit(timezone.now() + timedelta(seconds={ahead})).slept)
"""


class Clock:
    """The house's clock, set forward by a file."""

    def __init__(self, path):
        self.path = path
        self.ahead = timedelta()
        self.path.write_text("0")

    @property
    def now(self):
        return timezone.now() + self.ahead

    def set_to(self, moment):
        self.ahead = moment - timezone.now()
        self.path.write_text(str(self.ahead.total_seconds()))


@pytest.fixture
def clock(tmp_path):
    """A clock that stands at six in the evening of today or tomorrow: nobody is there before the house opens."""
    clock = Clock(tmp_path / "clock")
    evening = timezone.localtime().replace(hour=18, minute=0, second=0)
    clock.set_to(evening if evening > timezone.now() else evening + timedelta(days=1))
    return clock


@pytest.fixture
def house(ground, clock):
    with RunningHouse(ground, wsgi="tests.clock", HOSTEL_TEST_CLOCK=str(clock.path)) as house:
        house.django(STAFF)
        yield house


def by_id(page, name):
    return page.get_by_test_id(name)


def log_in(page, house, number):
    """Type the phone and then the code that was sent to it."""
    by_id(page, "y5-phone").fill(number.removeprefix("+86"))
    for consent in ("y5-service", "y5-privacy"):
        assert not by_id(page, consent).is_checked()
        by_id(page, consent).check()
    follow(by_id(page, "y5-send"))
    by_id(page, "y5-code").fill(house.login_code(number))
    follow(by_id(page, "y5-login"))


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_young_person_is_housed_tonight_and_the_officer_sees_the_night_counted(house, clock, scripts, tmp_path):
    tonight = business_day(clock.now)
    with chromium() as browser:
        # May I? Four taps, no login, nothing stored.
        page = phone(browser, house.url, java_script_enabled=scripts)
        page.goto("/")
        assert "还剩" in by_id(page, "y1-card").first.inner_text()
        page.goto("/check/")
        for name, value in (
            ("education", "bachelor"),
            ("graduation", str(tonight.year)),
            ("home_in_district", "no"),
            ("purpose", "interview"),
        ):
            page.locator(f"label:has(input[name={name}][value='{value}'])").click()
        follow(by_id(page, "y2-ask"))
        assert "你可以免费住" in by_id(page, "y2-result").inner_text()
        assert house.rows("SELECT count(*) FROM eligibility_assessment") == [(0,)]

        # Book tonight: the nearest card, the bed, four typed fields (phone, code, name, document), confirm.
        follow(by_id(page, "y2-book"))
        follow(page.locator("a[href*='/hostels/baodaiqiao/']").first)
        follow(by_id(page, "y3-book").first)
        log_in(page, house, LIN)
        number = resident_number(date(tonight.year - 23, 4, 5), "female", 7)
        page.locator("#name").fill("林小满")
        page.locator("#document_number").fill(number)
        assert not by_id(page, "y4-agreed").is_checked()
        by_id(page, "y4-agreed").check()
        by_id(page, "y4-confirm").click()
        page.wait_for_url(re.compile(r"/stays/[0-9A-Z]{6}/"))
        code = re.search(r"/stays/([0-9A-Z]{6})/", page.url)[1]
        assert "已确认" in by_id(page, "y6-state").inner_text()

        # The pass: the code stands there and the QR says the same; no document number is on it.
        follow(by_id(page, "y6-pass").first)
        assert code in by_id(page, "y8-code").inner_text()
        assert number not in page.content()
        shot = tmp_path / "pass.png"
        by_id(page, "y8-pass").screenshot(path=shot)
        assert [found.text for found in zxingcpp.read_barcodes(Image.open(shot))] == [code]

        # The desk: code, tick, check in.
        desk = tablet(browser, house.url, java_script_enabled=scripts)
        desk.goto("/desk/")
        log_in(desk, house, MANAGER)
        desk.goto("/desk/checkin/")
        by_id(desk, "d2-text").fill(code)
        follow(by_id(desk, "d2-find"))
        assert not by_id(desk, "d2-tick").is_checked()
        by_id(desk, "d2-tick").check()
        follow(by_id(desk, "d2-check-in"))
        desk.goto("/desk/?tab=in_house")
        assert code in desk.content()

        # She sleeps, the day turns, she leaves.
        clock.set_to(timezone.localtime(clock.now).replace(hour=9, minute=0) + timedelta(days=1))
        assert house.django(AUDIT.format(ahead=clock.ahead.total_seconds())).strip() == "1"
        desk.goto("/desk/?tab=due_out")
        follow(by_id(desk, "d1-check_out").first)
        follow(by_id(desk, "d1-confirm"))

        # The officer sees that night counted, and so does the API.
        office = tablet(browser, house.url, java_script_enabled=scripts)
        office.goto(f"/office/?year={tonight.year}")
        log_in(office, house, OFFICER)
        office.goto(f"/office/?year={tonight.year}")
        assert by_id(office, "o1-free").inner_text().strip().startswith("1")
        token = house.manage("token", OFFICER).split()[-1]
        figures = office.request.get(
            f"/api/v1/figures/?year={tonight.year}", headers={"Authorization": f"Bearer {token}"}
        ).json()
        assert figures["free"] == 1

        # And she reads on her phone that she has left, with one night used.
        page.goto(f"/stays/{code}/")
        assert "已离店" in by_id(page, "y6-state").inner_text()
        page.goto("/me/")
        assert "还可免费住 6 晚" in page.content()
