"""Statements written by hand beside the plain way of asking the same."""

from datetime import date, datetime

from accounts.models import Person
from bookings import facts
from bookings.availability import free_beds
from bookings.freed import clock_of
from bookings.statements import first_free_bed, nights_kept
from hostel.models import Bed, Hostel
from hostel.nights import Nights


def same_bed(hostel: Hostel, nights: Nights, gender: str, now: datetime) -> Bed | None:
    """The bed that both ways find, the same one with the same to say; None where both find none."""
    found = first_free_bed(hostel.pk, nights, gender, clock_of(hostel.network, now))
    plain = free_beds(hostel, nights, gender, now).first()
    assert found == plain, (hostel, nights, gender, found, plain)
    if found is not None:
        assert found.kept_by_lapsed == plain.kept_by_lapsed
        assert vars(found.room).keys() <= vars(plain.room).keys()
        for name in ("number", "features", "valid_from", "valid_until", "room_id"):
            assert getattr(found, name) == getattr(plain, name), name
        for name in ("number", "floor", "kind", "guests", "supply", "features", "hostel_id"):
            assert getattr(found.room, name) == getattr(plain.room, name), name
    return found


def same_nights(guest: Person, first: date, now: datetime) -> list[tuple]:
    """The nights that both ways find of ``guest`` from ``first`` on."""
    said = {"guest": guest.pk, "first": first, "now": now}
    found, plain = nights_kept(**said), facts.kept_since(**said)
    assert found == plain, (guest, first)
    return found
