"""Acceptance point 12: a freed bed goes to the first who asked to be booked at once, until their cut-off; the link of
an offer is one tap; a link whose time is over says so and keeps the place.

Somebody comes to the full house by two taps from its page, and hears of the offer by a letter.
"""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser import chromium, follow, phone
from tests.races.test_last_bed import ONE_BED
from tests.web.points.tonight import LIN, ZHOU, evening, log_in

pytestmark = pytest.mark.browser
PEOPLE = """
import datetime
from django.utils import timezone
from accounts.models import User
from accounts.people import complete_person
from tests.conftest import resident_number
born = datetime.date(timezone.now().year - 24, 5, 6)
for number, (phone, name) in enumerate((("{lin}", "林小满"), ("{zhou}", "周一一"), ("+8613700000009", "何静")), 1):
    complete_person(User.objects.create_user(phone, phone_verified=True), name=name, document_kind="resident",
                    document_number=resident_number(born, "female", number),
                    now=timezone.now(), education="bachelor", graduation=f"{{timezone.now().year}}-06",
                    home_in_district=False)
"""
# What happens meanwhile, at the moment that the house's clock shows.
MEANWHILE = """
from datetime import timedelta
from django.utils import timezone
from accounts.letters import post_due
from accounts.models import Person
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.models import Stay, Waiting
from bookings.wishing import wait
from hostel.models import Hostel
from hostel.nights import Nights, business_day
now = timezone.now() + timedelta(seconds={ahead})
tonight = Nights(business_day(now), business_day(now) + timedelta(1))
house = Hostel.objects.get(slug="baodaiqiao")
who = lambda phone: Person.objects.get(user__phone=phone)
"""
TAKEN = 'book(guest=who("+8613700000009"), hostel=house, nights=tonight, purpose="interview", now=now)'
GIVEN_BACK = 'cancel(Stay.objects.filter(status="confirmed").latest("pk"), now=now); post_due(now)'
BEHIND = 'wait(guest=who("{zhou}"), hostels=[house], nights=tonight, purpose="interview", automatic=True, now=now)'
WHOSE = """
SELECT u.phone FROM bookings_stay s JOIN accounts_person p ON p.id = s.guest_id JOIN accounts_user u ON u.id = p.user_id
WHERE s.status = 'confirmed'
"""


@pytest.fixture
def tonight(ground, tmp_path):
    with evening(ground, tmp_path) as made:
        made.clock = tmp_path / "clock"
        made.house.rows(ONE_BED)
        made.house.django(PEOPLE.format(lin=LIN, zhou=ZHOU))
        yield made


def meanwhile(made, *acts):
    made.house.django("\n".join([MEANWHILE.format(ahead=made.clock.read_text()), *acts]))


def later(made, **how):
    made.clock.write_text(str(float(made.clock.read_text()) + timedelta(**how).total_seconds()))


def joins(page, made, automatic):
    """Two taps from the page of the full house, and one for the switch."""
    page.goto(f"/hostels/baodaiqiao/?in={made.tonight}&nights=1")
    follow(page.get_by_test_id("y3-wait"))
    if not page.locator("input[name=purpose]:checked").count():
        page.locator("label:has(input[value=interview])").click()
    box = page.get_by_test_id("y11-automatic")
    expect(box).not_to_be_checked()
    if automatic:
        box.check()
    follow(page.get_by_test_id("y11-join"))
    expect(page.get_by_test_id("y11-state")).to_contain_text("候补中")
    return page.url


def test_the_line_is_served_in_its_order_by_one_tap_or_by_itself_and_until_its_cut_off(tonight):
    house = tonight.house
    with chromium() as browser:
        page = phone(browser, house.url, java_script_enabled=False)
        log_in(page, house, LIN)
        meanwhile(tonight, TAKEN)

        # The bed comes back while she looks away: the letter's link is over by then, and the place is kept.
        joins(page, tonight, automatic=False)
        expect(page.get_by_test_id("y11-place")).to_have_text("下一位就是你")
        meanwhile(tonight, GIVEN_BACK)
        [letter] = [text for text in house.messages(LIN) if "等到了！" in text]
        link = re.search(r"https://hostel\.example\.org(/waitlist/\w{6}/)$", letter)[1]
        later(tonight, minutes=25)
        page.goto(link)
        expect(page.get_by_test_id("y11-over")).to_contain_text("时间已过")
        expect(page.get_by_test_id("y11-over")).to_contain_text("你的排位还在")
        expect(page.get_by_test_id("y11-place")).to_have_attribute("data-before", "0")
        expect(page.get_by_test_id("y11-free")).to_contain_text("宝带桥")

        # It was somebody else's meanwhile, and comes back again: from the link it is one tap.
        meanwhile(tonight, TAKEN, GIVEN_BACK)
        page.goto(link)
        expect(page.get_by_test_id("y11-offer")).to_contain_text("前点一下就是你的")
        follow(page.get_by_test_id("y11-take"))
        expect(page.get_by_test_id("y6-state")).to_contain_text("已确认")
        meanwhile(tonight, GIVEN_BACK)

        # Two ask to be booked at once: the bed is the first one's without a tap, and then the second one's.
        meanwhile(tonight, TAKEN)
        address = joins(page, tonight, automatic=True)
        meanwhile(tonight, BEHIND.format(zhou=ZHOU), GIVEN_BACK)
        page.goto(address)
        expect(page.get_by_test_id("y11-state")).to_contain_text("已兑现")
        assert house.rows(WHOSE) == [(LIN,)]
        meanwhile(tonight, GIVEN_BACK)
        assert house.rows(WHOSE) == [(ZHOU,)]

        # After nine nobody is booked unasked.
        address = joins(page, tonight, automatic=True)
        expect(page.locator("main")).to_contain_text("有房就自动帮我订（21:00 截止）")
        later(tonight, hours=3)
        meanwhile(tonight, GIVEN_BACK)
        page.goto(address)
        expect(page.get_by_test_id("y11-state")).to_contain_text("已过期")
        expect(page.get_by_test_id("y11-free")).to_contain_text("宝带桥")
        assert house.rows(WHOSE) == []
