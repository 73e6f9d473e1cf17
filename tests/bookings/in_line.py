"""A house with one bed that is taken, and a line before it: what the tests of the waiting list share."""

from datetime import date, timedelta

from bookings import wishing
from bookings.booking import book
from hostel.models import Bed
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY

TONIGHT, TOMORROW, WEEKEND = Nights(FRIDAY, SATURDAY), Nights(SATURDAY, SUNDAY), Nights(SATURDAY, MONDAY)
LATER = NOW + timedelta(minutes=1)


def wish(guest, hostel, nights=TOMORROW, now=NOW, **said):
    return book(guest=guest, hostel=hostel, nights=nights, purpose="exam", now=now, **said)


def wait(guest, *hostels, nights=TOMORROW, now=NOW, **said):
    return wishing.wait(guest=guest, hostels=hostels, nights=nights, purpose="exam", now=now, **said)


def only(hostel, *beds):
    """Close every bed of the house but these, as "201-1"."""
    for bed in Bed.objects.filter(room__hostel=hostel).select_related("room"):
        if str(bed) not in beds:
            bed.valid_until = date(2026, 1, 1)
            bed.save()
