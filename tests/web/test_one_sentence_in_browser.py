"""Acceptance points 2 and 3 in a real browser: tapped only, nothing stored, and the same no wherever it is read."""

import re
from datetime import date

import pytest
from django.utils import timezone

from hostel.nights import business_day
from tests.browser import chromium, follow, phone, tablet
from tests.conftest import resident_number
from tests.web.test_first_night import LIN, OFFICER, STAFF, by_id, log_in

# The sample's rules, and one that asks a question of its own.
RULES = """
from datetime import date
from django.utils import timezone
from eligibility.models import Policy
from eligibility.policy_file import FINGERPRINT, fingerprint, unsigned
sample = Policy.objects.get()
rules = unsigned(sample.rules)
rules["rules"].append(
    {"id": "work", "kind": "work", "place": {"zh": "吴中", "en": "Wuzhong"}, "wanted": "none", "clause": rules["title"]}
)
Policy.objects.create(
    network=sample.network, version=2, rules=rules | {FINGERPRINT: fingerprint(rules)}, drafted_by="a", approved_by="b",
    in_force_from=date(2023, 1, 2), written_at=timezone.now(),
)
"""


def tap(page, name, value):
    page.locator(f"label:has(input[name='{name}'][value='{value}'])").click()


def against(part):
    """The sentences of what is not met, in their order; each has its clause and a step that leads on."""
    rows = part.locator("li.is-not_met")
    for row in rows.all():
        assert row.locator("details").count() == 1
        assert row.locator(".fixes a[href]").count() >= 1
    return rows.locator(".sentence").all_inner_texts()


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_same_no_is_read_in_the_check_in_the_booking_and_by_the_office(house, scripts):
    house.django(STAFF + RULES)
    tonight = business_day(timezone.now())
    with chromium() as browser:
        page = phone(browser, house.url, java_script_enabled=scripts)
        page.goto("/check/")
        assert page.locator("main input:not([type=radio]):not([type=hidden]), main textarea, main select").count() == 0
        tap(page, "education", "secondary_vocational")
        tap(page, "graduation", str(tonight.year - 4))
        tap(page, "home_in_district", "yes")
        tap(page, "a-work-either-wuzhong", "yes")
        tap(page, "purpose", "interview")
        follow(by_id(page, "y2-ask"))
        result = by_id(page, "y2-result")
        checked = against(result)
        assert [li.get_attribute("data-code") for li in result.locator("li.is-not_met").all()] == [
            "EDUCATION",
            "GRAD",
            "LOCAL",
            "WORK",
        ]
        assert result.locator("li.is-met").count() >= 4
        assert house.rows("SELECT count(*) FROM eligibility_assessment") == [(0,)]
        assert house.rows("SELECT count(*) FROM accounts_person") == [(0,)]

        # Who books all the same is refused in the very same words, with a reference and a way to a person.
        page.goto(f"/book/baodaiqiao/?{page.url.partition('?')[2].partition('#')[0]}")
        log_in(page, house, LIN)
        page.locator("#name").fill("林小满")
        page.locator("#document_number").fill(resident_number(date(tonight.year - 23, 4, 5), "female", 7))
        assert not by_id(page, "y4-agreed").is_checked()
        by_id(page, "y4-agreed").check()
        for name, value in (
            ("education", "secondary_vocational"),
            ("graduation", str(tonight.year - 4)),
            ("home_in_district", "yes"),
            ("a-work-either-wuzhong", "yes"),
            ("purpose", "interview"),
        ):
            assert page.locator(f"input[name='{name}'][value='{value}']").is_checked()
        follow(by_id(page, "y4-confirm"))
        assert against(by_id(page, "y4-refused")) == checked
        code = re.search(r"[0-9A-Z]{8}", by_id(page, "y4-reference").inner_text())[0]
        assert house.rows("SELECT code FROM eligibility_assessment") == [(code,)]
        follow(by_id(page, "y4-review"))
        by_id(page, "review-note").fill("我在这里没有工作，点错了")
        follow(by_id(page, "review-send"))

        office = tablet(browser, house.url, java_script_enabled=scripts)
        office.goto("/office/")
        log_in(office, house, OFFICER)
        (review,) = house.rows("SELECT id FROM eligibility_review")
        office.goto(f"/office/reviews/{review[0]}/")
        assert by_id(office, "o5-rules").locator("li.is-not_met .sentence").all_inner_texts() == checked
