"""Letters over REST: what was written to me."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Letter
from bookings.booking import book
from hostel.nights import Nights, business_day
from tests.api.conftest import TODAY, TOMORROW
from tests.api.counting import statements

LETTERS = "/api/v1/me/letters/"


@pytest.fixture
def told(lin, hostel):
    """Lin has booked two stays, and was told of each."""
    soon = business_day(timezone.now()) + timedelta(days=3)
    for arrival in (soon, soon + timedelta(days=1)):
        nights = Nights(arrival, arrival + timedelta(days=1))
        book(guest=lin, hostel=hostel, nights=nights, purpose="interview", now=timezone.now())


def test_letters_are_read_in_either_language_and_say_where_they_lead_and_how_they_went(told, as_lin, hostel):
    Letter.objects.update(posted_by="sms", posted_at=timezone.now())

    chinese = as_lin.get(LETTERS, headers={"accept-language": "zh-hans"}).json()["results"]
    english = as_lin.get(LETTERS, headers={"accept-language": "en"}).json()["results"]

    assert [len(chinese), len(english)] == [2, 2]
    assert chinese[0]["text"].startswith("订好了")
    assert english[0]["text"].startswith(f"Booked: {hostel.name_en}")
    assert (english[0]["kind"], english[0]["posted_by"], english[0]["href"]) == ("booked", "sms", "")
    assert (chinese[0]["read_at"], english[0]["read_at"] is None) == (None, False)


def test_the_letters_of_others_are_theirs(told, as_chen):
    assert as_chen.get(LETTERS).json()["results"] == []


def test_a_page_of_letters_costs_the_same_however_many_there_are(told, as_lin):
    assert TODAY < TOMORROW
    as_lin.get(LETTERS)
    both = statements(lambda: as_lin.get(LETTERS))
    Letter.objects.first().delete()

    assert statements(lambda: as_lin.get(LETTERS)) == both
