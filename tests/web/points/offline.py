"""A desk in the evening, its guests due in, and a tablet whose line can be cut: in the browser, or at the house."""

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import tablet
from tests.house import RunningHouse
from tests.web.points.tonight import evening

# A manager of the house who is logged in, and guests with a bed for tonight.
MAKE = """
import json
from datetime import date, timedelta
from django.conf import settings
from django.test import Client
from django.utils import timezone
from accounts.models import Role, User
from accounts.people import complete_person
from bookings.booking import book
from hostel.models import Hostel
from hostel.nights import Nights, business_day
from tests.conftest import resident_number
now = timezone.now() + timedelta(seconds={ahead})
tonight = business_day(now)
hostel = Hostel.objects.get(slug="baodaiqiao")
manager = User.objects.create_user("+8613800000011", phone_verified=True)
Role.objects.create(user=manager, kind="manager", hostel=hostel, valid_from=date(2023, 1, 1))
browser = Client()
browser.force_login(manager, backend=settings.AUTHENTICATION_BACKENDS[0])
codes = []
for number, name in enumerate({names}, 1):
    user = User.objects.create_user(f"+861390000{{1000 + number}}", phone_verified=True)
    document = resident_number(date(tonight.year - 24, 5, 6), "female", number)
    person = complete_person(user, name=name, document_kind="resident", document_number=document, now=now,
                             education="bachelor", graduation=f"{{tonight.year}}-06", home_in_district=False)
    nights = Nights(tonight, tonight + timedelta(days={nights}))
    codes.append(book(guest=person, hostel=hostel, nights=nights, purpose="interview", now=now).code)
print(json.dumps([browser.session.session_key, codes]))
"""
GUESTS = ("林小满", "陈一一", "周安安")


@dataclass
class DeskAtNight:
    """A running house whose clock is `ahead`, at six in the evening: `codes` of the stays due in, `session` of its
    manager."""

    house: RunningHouse
    ahead: timedelta
    codes: list[str]
    session: str

    def tablet(self, browser: Browser) -> Page:
        """The page of today, on a tablet that has all it needs to go on without a line."""
        page = tablet(browser, self.house.url)
        page.context.add_cookies([{"name": "sessionid", "value": self.session, "url": self.house.url}])
        page.goto("/desk/")
        ready(page)
        return page

    def done(self, what: str) -> int:
        """How many acts of this kind stand in the database."""
        return self.house.rows("SELECT count(*) FROM desk_act WHERE what = %s", what)[0][0]

    def in_house(self) -> list[str]:
        """The codes of those who are in house by the database."""
        found = self.house.rows("SELECT code FROM bookings_stay WHERE status = 'in_house'")
        return sorted(code for [code] in found)


@contextmanager
def desk_at_night(ground, folder: Path, names=GUESTS, nights=1):
    with evening(ground, folder) as six:
        made = six.house.django(MAKE.format(ahead=six.ahead.total_seconds(), names=list(names), nights=nights))
        session, codes = json.loads(made)
        yield DeskAtNight(six.house, six.ahead, codes, session)


def ready(page: Page):
    """Wait until the tablet has the sheet of the day, and the worker that answers without a line."""
    expect(line(page).locator("[data-line-synced]")).to_be_visible()
    page.wait_for_function("() => navigator.serviceWorker.controller", timeout=15_000)


def line(page: Page):
    """The place that says where the line stands."""
    return page.get_by_test_id("desk-line")


def banner(page: Page):
    """What stands under the header where somebody should know: no line, or no login."""
    return page.get_by_test_id("desk-banner").locator("p")


def waiting(page: Page, number: int, within: int = 15_000):
    """Wait until the page says that so many acts wait."""
    expect(line(page)).to_have_attribute("data-waiting", str(number), timeout=within)


def cut(context: BrowserContext):
    """Really cut the network of all its pages, and of the worker behind them."""
    context.set_offline(True)


def mend(context: BrowserContext):
    context.set_offline(False)


# Notes the moment at which the banner first says something.
NOTE_THE_BANNER = """() => {
    const banner = document.querySelector("[data-testid=desk-banner]");
    const look = () => { if (banner.innerText.trim()) window.seenAt ??= performance.now(); };
    const all = { childList: true, subtree: true, characterData: true, attributes: true };
    new MutationObserver(look).observe(banner, all);
    look();
    window.cutAt = performance.now();
}"""
