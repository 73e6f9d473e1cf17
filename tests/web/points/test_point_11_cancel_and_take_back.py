"""Acceptance point 11: a stay is cancelled in two taps; after the cut-off what is recorded stands before the button;
for five minutes it can be taken back if the bed is free, and where it is not, that is said."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser import chromium, follow, phone
from tests.races.test_last_bed import ONE_BED
from tests.web.points.tonight import LIN, ZHOU, evening, log_in

pytestmark = pytest.mark.browser
BOOKED = """
import datetime
from datetime import timedelta
from django.utils import timezone
from bookings.booking import book
from hostel.models import Hostel
from hostel.nights import Nights, business_day
from accounts.models import User
from accounts.people import complete_person
from tests.conftest import resident_number
now = timezone.now() + timedelta(seconds={ahead})
today = business_day(now)
house = Hostel.objects.get(slug="baodaiqiao")
for number, (phone, name) in enumerate((("{lin}", "林小满"), ("{zhou}", "周一一")), 1):
    user = User.objects.create_user(phone, phone_verified=True)
    guest = complete_person(user, name=name, document_kind="resident", now=now, education="bachelor",
                            document_number=resident_number(datetime.date(today.year - 24, 5, 6), "female", number),
                            graduation=f"{{today.year}}-06", home_in_district=False)
    if number == 1:
        nights = Nights(today, today + timedelta(days=2))
        print(book(guest=guest, hostel=house, nights=nights, purpose="interview", now=now).code)
"""
LIVE = "SELECT count(*) FROM bookings_bednight WHERE released_at IS NULL"


@pytest.fixture
def tonight(ground, tmp_path):
    with evening(ground, tmp_path) as made:
        made.house.rows(ONE_BED)
        said = made.house.django(BOOKED.format(lin=LIN, zhou=ZHOU, ahead=made.ahead.total_seconds()))
        made.code, made.clock = said.split()[-1], tmp_path / "clock"
        yield made


def set_to(made, moment):
    made.clock.write_text(str((moment - timezone.now()).total_seconds()))


def cancel(page, made):
    """Two taps from the stay."""
    page.goto(f"/stays/{made.code}/")
    follow(page.get_by_test_id("y6-cancel"))
    effect = page.get_by_test_id("y10-effect")
    expect(effect).to_contain_text("晚退回你的额度")
    button = page.get_by_test_id("y10-confirm")
    assert effect.bounding_box()["y"] < button.bounding_box()["y"]
    follow(button)
    expect(page.get_by_test_id("y6-state")).to_contain_text("已取消")
    expect(page.locator("main")).to_contain_text(re.compile(r"已取消，\d 晚退回额度"))


def test_a_stay_is_cancelled_taken_back_lost_and_after_the_hour_given_up(tonight):
    house = tonight.house
    with chromium() as browser:
        page = phone(browser, house.url, java_script_enabled=False)
        log_in(page, house, LIN)

        # Cancelled, and taken back: all nights are hers again.
        cancel(page, tonight)
        assert house.rows(LIVE) == [(0,)]
        follow(page.get_by_test_id("y10-undo"))
        expect(page.get_by_test_id("y6-state")).to_contain_text("已确认")
        assert house.rows(LIVE) == [(2,)]

        # Cancelled, and somebody else is quicker: the page says so, and what else there is.
        cancel(page, tonight)
        other = phone(browser, house.url, java_script_enabled=False)
        log_in(other, house, ZHOU)
        other.goto(f"/book/baodaiqiao/?in={tonight.tonight}&nights=1&purpose=interview")
        follow(other.get_by_test_id("y4-confirm"))
        expect(other.get_by_test_id("y6-state")).to_contain_text("已确认")
        follow(page.get_by_test_id("y10-undo"))
        gone = page.get_by_test_id("y10-undo-refused")
        expect(gone).to_have_attribute("data-code", "UNDO")
        expect(gone).to_contain_text("床已经给了别人")
        expect(gone.locator("li[data-kind=nearby] a").first).to_be_visible()
        expect(page.get_by_test_id("y10-undo")).to_have_count(0)
        assert house.rows(LIVE) == [(1,)]

        # The other does not come: after the hour the page says what is recorded, before the button.
        set_to(tonight, timezone.localtime(timezone.now() + tonight.ahead).replace(hour=23, minute=30))
        other.reload()
        follow(other.get_by_test_id("y6-cancel"))
        effect, button = other.get_by_test_id("y10-effect"), other.get_by_test_id("y10-confirm")
        expect(effect).to_contain_text("会记为未到")
        expect(effect).to_contain_text("180 天内 2 次未到，暂停预订 60 天")
        assert effect.bounding_box()["y"] < button.bounding_box()["y"]
        follow(button)
        expect(other.get_by_test_id("y6-state")).to_contain_text("未到")
        assert house.rows(LIVE) == [(0,)]
        assert house.rows("SELECT count(*) FROM bookings_noshow") == [(1,)]

        # And five minutes later a cancellation stands.
        page.goto(f"/stays/{tonight.code}/")
        expect(page.get_by_test_id("y6-state")).to_contain_text("已取消")
        expect(page.get_by_test_id("y10-undo")).to_have_count(0)
