"""How a guest wants to be lodged, beside where and when."""

from dataclasses import dataclass

from bookings.models import Batch, Offer, Party, Stay
from hostel.models import Need


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

    @property
    def may_empty_a_room(self) -> bool:
        """Whether there is a reason to give a room of several beds to them alone: who needs an accessible room comes
        with a carer or a chair, and a party of two or more fills it."""
        return Need.ACCESSIBLE in self.needs or self.party is not None


PLAIN = Lodging()


def lodging_of(stay: Stay) -> Lodging:
    """How the guest of ``stay`` is lodged. What the waiting list gave them once gives them no more of its nights."""
    return Lodging(needs=frozenset(stay.needs), alone=stay.alone, party=stay.party, batch=stay.batch)
