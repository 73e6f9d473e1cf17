"""What the tests of batches share."""

from bookings.availability import free_beds
from hostel.nights import Nights
from tests.conftest import NOW, SATURDAY, TUESDAY

THREE = Nights(SATURDAY, TUESDAY)


def bed_of(stay):
    return stay.bed_nights.live().order_by("night").first().bed


def free(hostel, gender, now=NOW, nights=THREE):
    return free_beds(hostel, nights, gender, now).count()
