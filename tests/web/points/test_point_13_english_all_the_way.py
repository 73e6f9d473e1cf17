"""Acceptance point 13: every page of the young under `/en/` is English, and the language changes on the spot.

`lang` is `en`, the switch in the head keeps page and query, and Chinese stands only in names, addresses and what is
quoted: each such run is marked `lang="zh-Hans"`, and is what the house's rows or a heading outside our pages say. The
pages of events, ideas and the rest come with their issues and join `tests.web.every_page`.
"""

import json
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

from tests.browser import chromium, follow, phone

# Whoever comes first waits for the look at every page.
pytestmark = [pytest.mark.browser, pytest.mark.look, pytest.mark.timeout(600)]

# Words that have no English: the switch itself, a site's name, the columns of a table that schools have in Chinese.
COLUMNS = {"姓名", "证件号码", "证件类型", "性别", "学历", "毕业时间", "学校", "本区有住房", "入住", "离开"}
QUOTED = {"中文", "学信网"} | COLUMNS
NAMED = """
import json
from accounts.models import Person
from bookings.models import Batch, NoShow
from eligibility.models import Review
from hostel.models import Hostel
said = [word for each in Person.objects.all() for word in (each.name, each.masked_name, each.school, each.school_city)]
said += [word for hostel in Hostel.objects.all() for word in (hostel.address, hostel.town)]
said += [batch.organisation for batch in Batch.objects.all()]
said += [missed.appeal for missed in NoShow.objects.all()] + [review.note for review in Review.objects.all()]
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def named(every):
    """All that the house's rows say in Chinese that has no English, and what a reader typed."""
    typed = [unquote(page.path) for page in every.pages]
    return [word for word in json.loads(every.house.django(NAMED)) if word] + typed


def test_every_page_under_en_is_english_but_for_names_addresses_and_what_is_quoted(english, named):
    def is_allowed(text):
        return text in QUOTED or any(text in each for each in named)

    for name, said in english.said.items():
        assert (name, said["lang"]) == (name, "en")
        assert (name, said["unmarked"]) == (name, [])
        assert (name, [text for text in said["marked"] if not is_allowed(text)]) == (name, [])
        title = said["title"].removesuffix(" · Suqingyi")
        assert (name, title.replace("·", "").isascii() or is_allowed(title)) == (name, True)


def test_every_link_and_form_of_an_english_page_stays_in_english(english):
    assert {name: said["strays"] for name, said in english.said.items() if said["strays"]} == {}


def test_the_switch_keeps_the_page_and_what_was_asked_of_it(every):
    names = ("y1-near", "y2-no", "y3-span", "y4-returning", "y6-confirmed", "y9-longer", "y11-new", "y18-privacy")
    with chromium() as browser:
        page = phone(browser, every.url, java_script_enabled=False)
        for name in names:
            each = every.named(name)
            every.open(page, each)
            follow(page.locator("header").get_by_role("link", name="English"))
            assert page.url == f"{every.url}/en{each.path}"
            expect(page.locator("html")).to_have_attribute("lang", "en")
            follow(page.locator("header").get_by_role("link", name="中文"))
            assert page.url == f"{every.url}{each.path}"
            expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
