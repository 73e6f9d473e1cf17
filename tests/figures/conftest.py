"""Nights that were really slept: booked, checked in, out, and counted by the night audit."""

from datetime import datetime, time, timedelta

import pytest

from bookings.booking import book
from bookings.desk import check_in, check_out
from bookings.night_audit import audit
from hostel.nights import Nights
from tests.conftest import SHANGHAI


def at(day, hour):
    return datetime.combine(day, time(hour), SHANGHAI)


@pytest.fixture
def slept(db):
    """Let a guest sleep some nights from an evening on, through the verbs; returns the stay."""

    def sleep(guest, hostel, arrival, nights=1, accept_price=False):
        departure = arrival + timedelta(days=nights)
        stay = book(
            guest=guest,
            hostel=hostel,
            nights=Nights(arrival, departure),
            purpose="interview",
            accept_price=accept_price,
            now=at(arrival, 10),
        )
        check_in(stay, compared=True, now=at(arrival, 15))
        for night in range(1, nights + 1):
            audit(at(arrival + timedelta(days=night), 6))
        return check_out(stay, now=at(departure, 10))

    return sleep
