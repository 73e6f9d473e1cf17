"""The waiting list in a real browser, without scripts: the line, one tap, and a link whose time is over."""

import re
from datetime import date, timedelta

import pytest

from hostel.nights import business_day
from tests.browser import chromium, expect, follow, phone
from tests.races.test_last_bed import ONE_BED
from tests.web.test_evidence_in_browser import booked_tonight
from tests.web.test_first_night import LIN, by_id, clock, house  # noqa: F401

# Somebody is in the house's one bed for tonight; or gives it back; the line is served as the schedule does.
TAKEN = """
from datetime import date, timedelta
from django.utils import timezone
from accounts.models import User
from accounts.people import complete_person
from bookings.booking import book
from hostel.models import Hostel
from hostel.nights import Nights, business_day
from tests.conftest import resident_number
now = timezone.now() + timedelta(seconds={ahead})
tonight = business_day(now)
guest = complete_person(
    User.objects.create_user("+86137{number:08d}"), name="周梅", document_kind="resident",
    document_number=resident_number(date(tonight.year - 24, 2, 2), "female", {number}), now=now,
    education="bachelor", graduation=f"{{tonight.year - 1}}-06", school="安徽大学", school_city="合肥",
    home_in_district=False,
)
print(book(guest=guest, hostel=Hostel.objects.get(slug="baodaiqiao"), nights=Nights(tonight, tonight + timedelta(1)),
           purpose="interview", now=now).code)
"""
GIVEN_BACK = """
from datetime import timedelta
from django.utils import timezone
from bookings.cancelling import cancel
from bookings.models import Stay
cancel(Stay.objects.get(code="{code}"), now=timezone.now() + timedelta(seconds={ahead}))
"""


@pytest.mark.browser
def test_who_waits_takes_the_bed_with_one_tap_and_a_late_link_keeps_the_place(house, clock):  # noqa: F811
    tonight = business_day(clock.now)

    def taken(number):
        return house.django(TAKEN.format(ahead=clock.ahead.total_seconds(), number=number)).strip()

    def given_back(code):
        house.django(GIVEN_BACK.format(ahead=clock.ahead.total_seconds(), code=code))

    with chromium() as browser:
        page = phone(browser, house.url, java_script_enabled=False)
        # Lin has been here before: her name is known.
        code = booked_tonight(page, house, tonight)
        page.goto(f"/stays/{code}/cancel/")
        follow(by_id(page, "y10-confirm"))
        house.rows(ONE_BED)
        first = taken(1)

        # The house is full: two taps to the line.
        page.goto(f"/waitlist/new/?hostel=baodaiqiao&in={tonight}&out={tonight + timedelta(days=1)}&purpose=interview")
        expect(by_id(page, "y11-automatic")).not_to_be_checked()
        follow(by_id(page, "y11-join"))
        expect(by_id(page, "y11-state")).to_have_text(re.compile("候补中"))
        expect(by_id(page, "y11-place")).to_have_text("下一位就是你")
        address = page.url

        # It is given back while she looks away, and the time for the offer passes: the place is kept.
        given_back(first)
        clock.set_to(clock.now + timedelta(minutes=25))
        page.goto(address)
        expect(by_id(page, "y11-over")).to_contain_text("你的排位还在")
        expect(by_id(page, "y11-place")).to_have_attribute("data-before", "0")
        expect(by_id(page, "y11-free")).to_contain_text("宝带桥")

        # Somebody else was quicker, and gives it back too: now one tap makes it hers.
        given_back(taken(2))
        page.goto(address)
        expect(by_id(page, "y11-offer")).to_contain_text("前点一下就是你的")
        follow(by_id(page, "y11-take"))
        expect(by_id(page, "y6-state")).to_have_text(re.compile("已确认"))
        follow_up = re.search(r"/stays/([0-9A-Z]{6})/", page.url)[1]
        assert (
            date.fromisoformat(str(house.rows("SELECT arrival FROM bookings_stay WHERE code = %s", follow_up)[0][0]))
            == tonight
        )

        # Who asked to be booked at once gets the next bed without a tap.
        page.goto(f"/stays/{follow_up}/cancel/")
        follow(by_id(page, "y10-confirm"))
        third = taken(3)
        page.goto(f"/waitlist/new/?hostel=baodaiqiao&in={tonight}&out={tonight + timedelta(days=1)}&purpose=interview")
        by_id(page, "y11-automatic").check()
        follow(by_id(page, "y11-join"))
        given_back(third)
        page.reload()
        expect(by_id(page, "y11-state")).to_have_text(re.compile("已兑现"))
