"""Acceptance point 2: `/check/` with JavaScript off asks by taps alone, lists every rule with what one can do about
each that is not met, and leaves nothing behind."""

import json

import pytest
from django.utils import timezone

from hostel.nights import business_day
from tests.browser import chromium, follow, phone
from tests.web.test_first_night import by_id

pytestmark = [pytest.mark.browser, pytest.mark.look]

# The rows of every table there is, ours and the libraries'.
COUNTS = """
import json
from django.db import connection
with connection.cursor() as cursor:
    counts = {}
    for table in connection.introspection.table_names(cursor):
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        counts[table] = cursor.fetchone()[0]
print(json.dumps(counts))
"""


def tap(page, name, value):
    page.locator(f"label:has(input[name='{name}'][value='{value}'])").click()


def test_four_taps_without_scripts_list_every_rule_with_its_clause_and_a_way_on_and_store_nothing(house):
    before = json.loads(house.django(COUNTS))
    year = business_day(timezone.now()).year
    with chromium() as browser:
        page = phone(browser, house.url, java_script_enabled=False)
        page.goto("/check/")
        typed = page.locator("main input:not([type=radio]):not([type=hidden]), main textarea, main select")
        assert typed.count() == 0
        assert page.locator("main input:checked").count() == 0
        assert page.locator("main fieldset").count() == 4
        tap(page, "education", "secondary_vocational")
        tap(page, "graduation", str(year - 4))
        tap(page, "home_in_district", "yes")
        tap(page, "purpose", "interview")
        follow(by_id(page, "y2-ask"))

        rows = by_id(page, "y2-result").locator("li[data-code]")
        codes = [row.get_attribute("data-code") for row in rows.all()]
        kinds = [row.get_attribute("class") for row in rows.all()]
        assert codes[:3] == ["EDUCATION", "GRAD", "LOCAL"]
        assert kinds == sorted(kinds, key=lambda kind: kind != "is-not_met")  # what is not met first
        assert kinds.count("is-not_met") == 3
        # As many rules as there are: what programs are told is the same list.
        told = page.request.post(
            "/api/v1/eligibility/",
            data={
                "education": "secondary_vocational",
                "graduation": str(year - 4),
                "home_in_district": True,
                "purpose": "interview",
            },
        ).json()
        assert codes == [reason["code"] for reason in told["reasons"]]
        assert len(codes) > 8
        for row in rows.all():
            assert row.locator(".sentence").inner_text().strip()
        for row in by_id(page, "y2-result").locator("li.is-not_met").all():
            assert row.locator("details > summary").inner_text().strip()
            row.locator("details > summary").click()
            assert row.locator("details p").inner_text().strip()
            assert row.locator(".fixes a[href]").first.is_visible()

        # The answers are in the address alone: whoever has it reads the same.
        again = phone(browser, house.url, java_script_enabled=False)
        again.goto(page.url)
        assert [row.get_attribute("data-code") for row in again.locator("li[data-code]").all()] == codes
        assert page.context.cookies() == []
    assert json.loads(house.django(COUNTS)) == before
