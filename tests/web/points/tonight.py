"""A bed for tonight, counted as it is tapped and typed: by who was here before, and by somebody new."""

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from hostel.nights import business_day
from tests.browser import follow
from tests.house import RunningHouse

LIN, ZHOU = "+8613912345678", "+8613912345679"
# Slow 4G: 1.6 Mbps down, 0.75 up, 150 ms there and back.
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 0.75e6 / 8,
}
# Somebody who slept here some weeks ago, for an interview.
WAS_HERE = """
from datetime import timedelta, time
from django.utils import timezone
from accounts.models import User
from accounts.people import complete_person
from bookings.booking import book
from bookings.desk import check_in, check_out
from hostel.models import Hostel
from hostel.nights import Nights, at, business_day
from tests.conftest import resident_number
import datetime
now = timezone.now() + timedelta(seconds={ahead})
today = business_day(now)
user = User.objects.create_user("{phone}", phone_verified=True)
number = resident_number(datetime.date(today.year - 24, 5, 6), "female", 11 + {number})
then = at(today - timedelta(days=30), time(15))
person = complete_person(user, name="林小满", document_kind="resident", document_number=number, now=then,
                         education="bachelor", graduation=f"{{today.year}}-06", home_in_district=False)
day = business_day(then)
stay = book(guest=person, hostel=Hostel.objects.get(slug="mudu"), nights=Nights(day, day + timedelta(days=1)),
            purpose="interview", now=then)
check_in(stay, compared=True, now=then + timedelta(hours=1))
check_out(stay, now=at(day + timedelta(days=1), time(9)))
"""


# A resident card of somebody of 23, of whom the house does not know.
CARD = """
import datetime
from tests.conftest import resident_number
print(resident_number(datetime.date({year} - 23, 4, 5), "female", 70 + {number}))
"""


class Evening:
    """A running house in which it is six in the evening, today or tomorrow: the beds of tonight can be had."""

    def __init__(self, house: RunningHouse, ahead: timedelta):
        self.house, self.ahead = house, ahead
        self.tonight = business_day(timezone.now() + ahead)

    def was_here(self, phone: str, number: int = 0):
        self.house.django(WAS_HERE.format(phone=phone, number=number, ahead=self.ahead.total_seconds()))

    def card(self, number: int) -> str:
        return self.house.django(CARD.format(year=self.tonight.year, number=number)).strip()


@contextmanager
def evening(ground, folder: Path):
    """An `Evening` in a house of its own on ``ground``; its clock stands in ``folder``."""
    at_six = timezone.localtime().replace(hour=18, minute=0, second=0)
    if at_six < timezone.now():
        at_six += timedelta(days=1)
    ahead = at_six - timezone.now()
    clock = folder / "clock"
    clock.write_text(str(ahead.total_seconds()))
    with RunningHouse(ground, wsgi="tests.clock", HOSTEL_TEST_CLOCK=str(clock)) as house:
        yield Evening(house, ahead)


def slowed(page: Page, cpu_rate: int = 1) -> Page:
    """The page as on slow 4G, and on a processor ``cpu_rate`` times slower than this one."""
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", SLOW_4G)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": cpu_rate})
    return page


@dataclass
class Way:
    """What was done on one way through the pages: ``taps`` by what was tapped, ``typed`` by its field."""

    page: Page
    delay: int = 0  # milliseconds a key
    taps: list[str] = field(default_factory=list)
    typed: dict[str, str] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def tap(self, what: Locator, name: str):
        what.click()
        self.taps.append(name)

    def go(self, what: Locator, name: str):
        """Tap what leads to another page."""
        # What is to be tapped next is there with the text; the pictures may still come.
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            what.click(no_wait_after=True)
        self.taps.append(name)

    def type(self, what: Locator, text: str):
        """Type into a field; its tap is part of the typing."""
        what.press_sequentially(text, delay=self.delay)
        self.typed[what.get_attribute("name") or ""] = text

    @property
    def keys(self) -> int:
        return sum(map(len, self.typed.values()))

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


def log_in(page: Page, house: RunningHouse, number: str):
    """Come in by phone and code, uncounted: who was here before is in already."""
    page.goto("/login/")
    page.get_by_test_id("y5-phone").fill(number.removeprefix("+86"))
    for consent in ("y5-service", "y5-privacy"):
        page.get_by_test_id(consent).check()
    follow(page.get_by_test_id("y5-send"))
    page.get_by_test_id("y5-code").fill(house.login_code(number))
    follow(page.get_by_test_id("y5-login"))


def of_returning(page: Page) -> Way:
    """Tonight, by who is logged in and was here before: card, book, confirm."""
    way = Way(page)
    page.goto("/")
    way.began = time.monotonic()
    way.go(page.get_by_test_id("y1-card").first, "card")
    way.go(page.get_by_test_id("y3-book").first, "book tonight")
    way.go(page.get_by_test_id("y4-confirm"), "confirm")
    expect(page.get_by_test_id("y6-state")).to_contain_text("已确认")
    return way


def of_new(page: Page, evening: Evening, number: str, delay: int = 0, who: int = 0) -> Way:
    """Tonight, by somebody nobody knows: four chips, four fields, three consents."""
    way, card = Way(page, delay), evening.card(who)
    page.goto("/")
    way.began = time.monotonic()
    way.go(page.get_by_test_id("y1-card").first, "card")
    way.go(page.get_by_test_id("y3-book").first, "book tonight")
    way.type(page.get_by_test_id("y5-phone"), number.removeprefix("+86"))
    way.tap(page.get_by_test_id("y5-service"), "consent")
    way.tap(page.get_by_test_id("y5-privacy"), "consent")
    way.go(page.get_by_test_id("y5-send"), "send me a code")
    way.type(page.get_by_test_id("y5-code"), evening.house.login_code(number))
    way.go(page.get_by_test_id("y5-login"), "log in")
    way.type(page.locator("#name"), "周一一")
    way.type(page.locator("#document_number"), card)
    way.tap(page.get_by_test_id("y4-agreed"), "consent")
    for name, value in (
        ("education", "bachelor"),
        ("graduation", str(evening.tonight.year)),
        ("home_in_district", "no"),
        ("purpose", "interview"),
    ):
        way.tap(page.locator(f"label:has(input[name='{name}'][value='{value}'])"), "chip")
    way.go(page.get_by_test_id("y4-confirm"), "confirm")
    expect(page.get_by_test_id("y6-state")).to_contain_text("已确认")
    return way
