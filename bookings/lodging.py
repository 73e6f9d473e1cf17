"""How a guest wants to be lodged, beside where and when."""

from dataclasses import dataclass

from bookings.models import Batch, Offer, Party


@dataclass(frozen=True)
class Lodging:
    """What is asked of the bed and its room, and on whose behalf.

    ``needs`` are of `hostel.models.Need`: the bed, or its room, must have them. ``alone`` asks for a room with nobody
    else in it but the ``party``. ``change_of_bed`` takes two beds of one house, one after the other, rather than none.
    ``batch`` takes one of the beds kept for it, ``offer`` what is the waiting list's.
    """

    needs: frozenset[str] = frozenset()
    alone: bool = False
    party: Party | None = None
    batch: Batch | None = None
    offer: Offer | None = None
    change_of_bed: bool = False


PLAIN = Lodging()
