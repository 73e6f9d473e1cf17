"""Every page of the young does all it does without scripts; where each form is sent that way:

| form | sent without scripts in |
|---|---|
| the text size in the footer | test_youth_look |
| dates, nearness, the check's questions | here, points/test_point_02 |
| name, document and reasons of a booking; the bed that is kept | points/test_point_04 (`tonight.py`), test_youth_book |
| the last bed, other ways on a full page | points/test_point_05, test_youth_book |
| friends, schools | test_together_in_browser, test_youth_parties, test_office_batches |
| phone and code, their errors, a new code | here, test_login |
| coming late, giving back, taking back, other days | points/test_point_10, points/test_point_11, test_youth_stays |
| a proof | test_evidence (the page's own form without pieces), points/test_point_09 |
| the waiting list | points/test_point_12 |
| a missed night, a question to a person | test_no_shows, test_youth_reviews |
| letters, settings, leaving | here, test_youth_pages |
| what is held of a person: taking it along, taking back a consent, erasing it | points/test_point_14 |

Forms that `django.test.Client` sends are sent without scripts too: it knows none.
"""

import pytest
from playwright.sync_api import expect

from tests.browser import chromium, follow, phone

pytestmark = [pytest.mark.browser, pytest.mark.look]
SESSION = """
from django.conf import settings
from django.test import Client
from accounts.models import Person
browser = Client()
browser.force_login(Person.objects.get(name="周子涵").user, backend=settings.AUTHENTICATION_BACKENDS[0])
print(browser.session.session_key)
"""


@pytest.fixture
def page(every):
    with chromium() as browser:
        yield phone(browser, every.url, java_script_enabled=False)


def chosen(page, name, value):
    """The chip of a choice."""
    return page.locator(f"label.chip:has([name={name}][value='{value}'])")


@pytest.mark.parametrize(("month", "outcome"), [("02", "no"), ("04", "yes")])
def test_a_year_that_could_go_either_way_asks_for_its_month_and_then_answers(every, page, month, outcome):
    every.open(page, every.named("y2-month"))
    chosen(page, "month", month).click()
    follow(page.get_by_test_id("y2-ask"))
    result = page.get_by_test_id("y2-result")
    expect(result).to_have_attribute("data-outcome", outcome)
    expect(result.locator("[data-code=GRAD]")).to_contain_text(f"2023 年 {int(month)} 月")
    expect(chosen(page, "education", "bachelor").locator("input")).to_be_checked()


def test_a_wrong_number_and_a_missing_tick_are_said_above_and_beside_and_what_was_typed_stays(every, page):
    page.goto("/login/?next=/me/")
    page.get_by_test_id("y5-phone").fill("123")
    page.get_by_test_id("y5-service").check()
    follow(page.get_by_test_id("y5-send"))
    assert page.title().startswith("有误：")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.locator("a")).to_have_count(2)
    expect(page.get_by_test_id("y5-phone")).to_have_value("123")
    expect(page.get_by_test_id("y5-service")).to_be_checked()
    expect(page.get_by_test_id("y5-privacy")).not_to_be_checked()
    for wrong in ("y5-phone", "y5-privacy"):
        expect(page.get_by_test_id(wrong)).to_have_attribute("aria-invalid", "true")


def test_a_wrong_code_may_be_typed_again_and_a_new_one_asked_for(every, page):
    every.open(page, every.named("y5-code"))
    page.get_by_test_id("y5-code").fill("999999")
    follow(page.get_by_test_id("y5-login"))
    assert page.title().startswith("有误：")
    expect(page.get_by_test_id("y5-code")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_test_id("y5-again")).to_be_visible()


def test_letters_colours_and_leaving_are_plain_forms_of_ones_own_page(every, page):
    key = every.house.django(SESSION).strip().splitlines()[-1]
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": every.url}])
    page.goto("/me/")
    settings = page.locator("main form:has([name=theme])")
    settings.locator("label.chip:has([name=theme][value=dark])").click()
    settings.locator("label.chip:has([name=size][value=largest])").click()
    follow(settings.get_by_role("button"))
    assert page.url == f"{every.url}/me/"
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("data-size", "largest")
    follow(page.get_by_test_id("y12-logout"))
    page.goto("/me/")
    assert page.url.startswith(f"{every.url}/login/")
