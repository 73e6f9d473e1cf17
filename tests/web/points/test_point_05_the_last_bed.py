"""Acceptance point 5: two browsers confirm the last bed; one has it, the other reads what there is instead, with the
dates kept and one tap to another bed."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import chromium, phone
from tests.races.test_last_bed import ONE_BED
from tests.web.points.tonight import LIN, ZHOU, evening, log_in

pytestmark = pytest.mark.browser
KNOWN = """
import datetime
from accounts.models import User
from accounts.people import complete_person
from django.utils import timezone
from tests.conftest import resident_number
for number, (phone, name) in enumerate((("{lin}", "林小满"), ("{zhou}", "周一一")), 1):
    user = User.objects.create_user(phone, phone_verified=True)
    complete_person(user, name=name, document_kind="resident", now=timezone.now(), education="bachelor",
                    document_number=resident_number(datetime.date({year} - 24, 5, 6), "female", number),
                    graduation="{year}-06", home_in_district=False)
"""


@pytest.fixture
def six_o_clock(ground, tmp_path):
    with evening(ground, tmp_path) as made:
        made.house.django(KNOWN.format(lin=LIN, zhou=ZHOU, year=made.tonight.year))
        made.house.rows(ONE_BED)
        yield made


def test_two_confirm_the_last_bed_and_the_one_who_came_second_has_another_with_one_tap(six_o_clock):
    house = six_o_clock.house
    with chromium() as browser:
        pages, statuses = [], []
        for number in (LIN, ZHOU):
            page = phone(browser, house.url)
            log_in(page, house, number)
            page.goto(f"/book/baodaiqiao/?in={six_o_clock.tonight}&nights=2&purpose=interview")
            page.on(
                "response",
                lambda answer: statuses.append(answer.status) if answer.request.method == "POST" else None,
            )
            pages.append(page)
        dates = pages[0].locator(".summary .strong").first.inner_text()
        for page in pages:
            page.get_by_test_id("y4-confirm").click(no_wait_after=True)
        either = [page.locator("[data-testid='y6-state'], [data-testid='y4-full']") for page in pages]
        for seen in either:
            expect(seen).to_be_visible()

        assert sorted(statuses) == [302, 409]
        lost = next(page for page in pages if page.get_by_test_id("y4-full").count())
        won = next(page for page in pages if page is not lost)
        assert re.search(r"/stays/[0-9A-Z]{6}/", won.url)
        expect(lost.locator("h1")).to_have_text("刚刚被订走了。日期还在，换一家试试")
        expect(lost.locator(".span").first).to_contain_text(dates)
        near = lost.get_by_test_id("y4-alternatives").locator("li[data-kind=nearby]")
        assert near.count() == 3
        for each in near.all():
            assert dates in each.inner_text()
        expect(lost.get_by_test_id("y4-wait")).to_be_visible()

        near.first.get_by_test_id("y4-take").click()
        expect(lost.get_by_test_id("y6-state")).to_contain_text("已确认")
        expect(lost.locator("main")).to_contain_text(dates)
    assert house.rows("SELECT count(*) FROM bookings_stay WHERE status = 'confirmed'") == [(2,)]
