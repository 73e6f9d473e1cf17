"""Browsers at our pages, and a clock that stands where the test puts it."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from bookings.booking import book
from bookings.models import Stay
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SATURDAY
from tests.web.every_page import EveryPage
from tests.web.policy_pages import SAMPLE, data_of

# Pages of the young and of the office: what they ask of the database are verbs and questions with tests of their own on
# both, so that one walk through them is enough. The desk's are asked by tablets that send whatever they like.
ONCE = ("test_office_", "test_youth_", "test_policy_")


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.name.startswith(ONCE):
            item.add_marker(pytest.mark.look)


class Clock:
    """What the pages read as now."""

    def __init__(self, now):
        self.now = now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    """A clock that stands at Friday, ten in the morning, until it is set."""
    clock = Clock(NOW)
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


@pytest.fixture
def enter(clock):
    """Open a browser in which somebody is logged in."""

    def enter(user) -> Client:
        browser = Client()
        browser.force_login(user)
        return browser

    return enter


@pytest.fixture
def friday_stay(wuzhong, clock):
    """Book nights from Friday on for a guest."""

    def book_it(guest, hostel, until=SATURDAY, **how):
        stay = book(guest=guest, hostel=hostel, nights=Nights(FRIDAY, until), purpose="interview", now=NOW, **how)
        return Stay.objects.get(pk=stay.pk)

    return book_it


@pytest.fixture(scope="session")
def every(ground):
    """One running house with guests in every state, for tests that look at every page and change nothing."""
    with EveryPage(ground) as every:
        yield every


@pytest.fixture
def sample():
    """The data of the policy that comes with the sample network."""
    return data_of(SAMPLE)


def text_of(response) -> str:
    """What a page says: its words without marks, every space one space."""
    html = re.sub(r"<(script|style|svg).*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def hidden(response, name) -> str:
    """The value of a hidden field of the page."""
    return re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())[1]
