"""Wishes that could not be met for want of a bed: a night counts once for each person, whatever they tried."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import partial

from accounts.acts import after_refusal
from accounts.models import Person
from bookings.models import TurnAway
from hostel.models import Hostel


def turned_away(guests: Iterable[Person], hostel: Hostel, nights: Iterable[date], now: datetime) -> None:
    """Count the ``nights`` that each of ``guests`` wished for in ``hostel`` and did not get: one statement."""
    TurnAway.objects.bulk_create(
        [TurnAway(guest=guest, hostel=hostel, night=night, at=now) for guest in guests for night in nights],
        ignore_conflicts=True,
    )


def count_if_refused(guests: Iterable[Person], hostel: Hostel, nights: Iterable[date], now: datetime) -> None:
    """Have `turned_away` written if the act that is running ends by a refusal: after it was rolled back.

    Somebody who said who they are in that very act is not known any more; their wish is not counted.
    """
    after_refusal(partial(_count, {guest.pk: guest.document_hash for guest in guests}, hostel, nights, now))


def _count(guests, hostel, nights, now):
    # With the document: SQLite may have given the number of a row that was rolled back to somebody else.
    known = Person.objects.filter(pk__in=guests, document_hash__in=guests.values())
    turned_away(known, hostel, nights, now)
