"""Acceptance point 3: the same facts give the same codes and sentences in `/check/`, in the refusal of the booking, in
the pane of who reviews it, and in the preview of other rules."""

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


# A draft without the rules that said no, for the preview.
LENIENT = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from eligibility.drafting import change, draft
from eligibility.models import Policy
from eligibility.policy_file import unsigned
from hostel.nights import business_day
now, actor = timezone.now(), User.objects.get(phone="{officer}")
basis = Policy.objects.get(version=2)
rules = unsigned(basis.rules)
rules["rules"] = [each for each in rules["rules"] if each["kind"] not in ("education", "graduation", "home", "work")]
made = draft(basis.network, based_on=basis, now=now, actor=actor)
made = change(made, rules, now=now, actor=actor, wanted_from=business_day(now) + timedelta(days=7))
print(made.pk)
"""
AGAINST = ["EDUCATION", "GRAD", "LOCAL", "WORK"]


def against(part):
    """Code and sentence of what is not met, in their order; each has its clause and a step that leads on."""
    rows = part.locator("li.is-not_met").all()
    for row in rows:
        assert row.locator("details").count() == 1
        assert row.locator(".fixes a[href]").count() >= 1
    return said(rows)


def said(rows):
    return [(row.get_attribute("data-code"), row.locator(".sentence").inner_text()) for row in rows]


@pytest.mark.browser
@pytest.mark.look
def test_the_same_no_is_read_in_the_check_in_the_booking_by_the_office_and_in_a_preview(house):
    house.django(STAFF + RULES)
    tonight = business_day(timezone.now())
    answers = {
        "education": "secondary_vocational",
        "graduation": str(tonight.year - 4),
        "home_in_district": "yes",
        "a-work-either-wuzhong": "yes",
        "purpose": "interview",
    }
    with chromium() as browser:
        page = phone(browser, house.url)
        page.goto("/check/")
        for name, value in answers.items():
            tap(page, name, value)
        follow(by_id(page, "y2-ask"))
        checked = against(by_id(page, "y2-result"))
        assert [code for code, _sentence in checked] == AGAINST
        assert by_id(page, "y2-person").is_visible()

        # Who books all the same is refused in the very same words, with a reference and a way to a person.
        page.goto(f"/book/baodaiqiao/?{page.url.partition('?')[2].partition('#')[0]}")
        log_in(page, house, LIN)
        page.locator("#name").fill("林小满")
        page.locator("#document_number").fill(resident_number(date(tonight.year - 23, 4, 5), "female", 7))
        for name, value in answers.items():
            assert page.locator(f"input[name='{name}'][value='{value}']").is_checked()
        by_id(page, "y4-agreed").check()
        follow(by_id(page, "y4-confirm"))
        assert against(by_id(page, "y4-refused")) == checked
        code = re.search(r"[0-9A-Z]{8}", by_id(page, "y4-reference").inner_text())[0]
        follow(by_id(page, "y4-review"))
        by_id(page, "review-note").fill("我在这里没有工作，点错了")
        follow(by_id(page, "review-send"))

        office = tablet(browser, house.url)
        office.goto("/office/")
        log_in(office, house, OFFICER)
        (review,) = house.rows("SELECT id FROM eligibility_review")
        office.goto(f"/office/reviews/{review[0]}/")
        assert said(by_id(office, "o5-rules").locator("li.is-not_met").all()) == checked

        office.goto(f"/office/policies/{house.django(LENIENT.format(officer=OFFICER)).strip()}/preview/")
        follow(by_id(office, "o4-preview"))
        case = by_id(office, "o4-case").filter(has_text=code).first
        rows = case.locator("td").first.locator("p[data-code]").all()
        assert [(row.get_attribute("data-code"), row.inner_text()) for row in rows] == checked
