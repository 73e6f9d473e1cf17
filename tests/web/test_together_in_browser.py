"""Two friends, one phone, a browser without scripts: booked together, found by one code, seen by the friend too."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from hostel.nights import business_day
from tests.browser import chromium, expect, follow, phone
from tests.conftest import resident_number
from tests.web.test_first_night import LIN, by_id, log_in

CHEN = "+8613912345679"
MAKE_FRIENDS = """
from datetime import date
from django.utils import timezone
from accounts.models import User
from accounts.people import complete_person
from tests.conftest import resident_number
now = timezone.now()
born = date(now.year - 24, 2, 3)
for phone, name, gender in (("{lin}", "林小满", "female"), ("{chen}", "陈一舟", "male")):
    complete_person(
        User.objects.create_user(phone, phone_verified=True), name=name, document_kind="resident",
        document_number=resident_number(born, gender, 7), education="bachelor", graduation=f"{{now.year - 1}}-06",
        home_in_district=False, now=now,
    )
"""


@pytest.mark.browser
@pytest.mark.look
def test_friends_book_together_without_scripts_and_each_sees_it(house):
    house.django(MAKE_FRIENDS.format(lin=LIN, chen=CHEN))
    tomorrow = business_day(timezone.now()) + timedelta(days=1)
    with chromium() as browser:
        page = phone(browser, house.url, java_script_enabled=False)
        page.goto(f"/book/baodaiqiao/together/?in={tomorrow}&nights=2")
        log_in(page, house, LIN)
        page.locator("#friend1-name").fill("陈一舟")
        page.locator("#friend1-document_number").fill(resident_number(date(tomorrow.year - 24, 2, 3), "male", 7))
        page.locator("label:has(input[name=purpose][value=interview])").click()
        page.locator("label:has(input[name=room][value=alone])").click()
        expect(by_id(page, "together-know")).not_to_be_checked()
        follow(by_id(page, "together-book"))
        expect(by_id(page, "together-errors")).to_be_visible()
        by_id(page, "together-know").check()
        follow(by_id(page, "together-book"))
        expect(by_id(page, "party-members").locator("li[data-state=confirmed]")).to_have_count(2)
        expect(by_id(page, "party-qr")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

        friend = phone(browser, house.url, java_script_enabled=False)
        friend.goto(page.url)
        log_in(friend, house, CHEN)
        expect(by_id(friend, "party-members").locator("li")).to_have_count(2)
        expect(by_id(friend, "party-cancel")).to_have_count(0)
