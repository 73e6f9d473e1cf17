"""What every write costs: its statements, with token and key, BEGIN and COMMIT included.

On PostgreSQL letters, record and the kept answer are one statement, and so is a decision with its stay.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from bookings.booking import book
from bookings.models import Stay
from hostel.nights import Nights
from tests.api.conftest import TODAY, TOMORROW, caller
from tests.api.counting import statements

pytestmark = pytest.mark.django_db(transaction=True)
STAYS = "/api/v1/stays/"


@pytest.fixture
def cost(as_lin, wish):
    """What a write of ``client`` costs; it must have been done. The rules are read once in each process: before it."""
    assert as_lin.post(STAYS, wish | {"departure": f"{TOMORROW + timedelta(days=99)}"}).status_code == 409

    def ask(client, method, address, body=None):
        answers = []

        def write():
            answers.append(getattr(client, method)(address, body, HTTP_IDEMPOTENCY_KEY="k-1"))

        count = statements(write)
        assert answers[0].status_code < 300, answers[0].json()
        return count

    return ask


def on(sqlite, postgresql):
    return postgresql if connection.vendor == "postgresql" else sqlite


def act(number):
    return {"act_id": f"a-{number}", "happened_at": timezone.now().isoformat(), "compared": True}


def test_a_booking(as_lin, cost, wish):
    assert cost(as_lin, "post", STAYS, wish) == on(14, 11)


def test_a_longer_booking_costs_no_more(as_lin, cost, wish):
    assert cost(as_lin, "post", STAYS, wish | {"departure": f"{TOMORROW + timedelta(days=3)}"}) == on(14, 11)


def test_a_repeated_booking(as_lin, cost, wish):
    as_lin.post(STAYS, wish, HTTP_IDEMPOTENCY_KEY="k-1")

    assert cost(as_lin, "post", STAYS, wish) == 4


def test_what_a_guest_does_to_a_stay(as_lin, cost, wish):
    held = as_lin.post(STAYS, wish | {"hold": True}).json()
    address = f"{STAYS}{held['code']}/"

    assert cost(as_lin, "post", f"{address}hold/") == on(12, 11)
    assert cost(as_lin, "post", f"{address}confirmation/") == on(18, 16)
    assert cost(as_lin, "post", f"{address}cancellation/") == on(15, 13)


def test_what_the_desk_does_to_a_stay(as_manager, cost, stay):
    address = f"/api/v1/desk/stays/{stay.code}/"

    assert cost(as_manager, "post", f"{address}check-in/", act(1)) == on(25, 24)
    assert cost(as_manager, "post", f"{address}check-out/", act(2)) == on(23, 21)


def test_a_no_show(as_manager, cost, stay):
    Stay.objects.update(kept_until=timezone.now() - timedelta(minutes=1))

    assert cost(as_manager, "post", f"/api/v1/desk/stays/{stay.code}/no-show/", act(1)) == on(24, 22)


def test_a_change_of_the_profile(as_lin, cost):
    assert cost(as_lin, "patch", "/api/v1/me/", {"school_city": "南京"}) == on(10, 9)


def test_a_stay_of_seven_nights_is_given_back_at_the_price_of_one(lin, hostel, cost):
    nights = Nights(TODAY, TODAY + timedelta(days=7))
    stay = book(
        guest=lin, hostel=hostel, nights=nights, purpose="exam", now=timezone.now(), accept_price=True, actor=lin.user
    )

    assert cost(caller(lin.user), "post", f"{STAYS}{stay.code}/cancellation/") == on(15, 13)
