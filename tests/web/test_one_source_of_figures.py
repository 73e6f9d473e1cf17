"""The replay's table, the office page and the API count the same nights, to the night."""

import re
from collections import Counter
from datetime import date

import pytest
from django.test import Client
from knox.models import AuthToken

from figures.replay import read_trace, replay, table
from tests.conftest import ROOT, moment


@pytest.fixture
def spring(wuzhong):
    """The first wishes of the year of 420 people, played."""
    return replay(read_trace(ROOT / "figures/sample/demand_year.csv")[:90])


def cells(row_html):
    """The numbers of a row of an HTML table."""
    return [int(number) for number in re.findall(r'<td class="num"[^>]*>(\d+)</td>', row_html)]


def test_table_page_and_api_agree_to_the_night(spring, officer, clock):
    clock.now = moment(date(2026, 3, 6), 10)
    [year] = spring.years
    assert year.nights > 90

    browser = Client()
    browser.force_login(officer)
    html = browser.get("/office/?year=2024").content.decode()
    foot = re.search(r"<tfoot>.*?</tfoot>", html[html.index('data-testid="o1-nights"') :], re.DOTALL)[0]
    *months, free, priced, nights, people = cells(foot)

    token = AuthToken.objects.create(officer)[1]
    answer = Client().get("/api/v1/figures/?year=2024", headers={"Authorization": f"Bearer {token}"}).json()

    printed = [int(word) for word in table(spring).splitlines()[-1].split()[1:]]
    assert printed == [*months, free, priced, nights, people]
    assert (answer["free"], answer["priced"], answer["people"]) == (free, priced, people)
    by_month = Counter()
    for house in answer["hostels"]:
        for month in house["months"]:
            by_month[month["month"]] += month["free"] + month["priced"]
    assert [by_month[month] for month in range(1, 13)] == months
