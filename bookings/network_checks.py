"""What a network file may not do: close a bed that somebody has, or that is kept for a batch.

Loaded by `hostel.apps`.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from bookings.batch_beds import batches_hit
from bookings.out_of_service import FOR_GOOD, hits
from hostel.network_file import Closing, before_closing
from hostel.nights import Nights


@before_closing
def nights_given(closing: Sequence[Closing], now: datetime) -> Iterator[str]:
    """Yield for each bed that would close who has it from that day on, and where they could go: the codes of the stays
    with their nights, and of the batches for which it is kept."""
    told: dict[int, list[str]] = defaultdict(list)
    for day in {each.from_day for each in closing}:
        beds, nights = [each.bed for each in closing if each.from_day == day], Nights(day, day + FOR_GOOD)
        for hit in hits(beds, nights, now):
            had = ", ".join(map(str, hit.nights))
            told[hit.bed.pk].append(f"is given to stay {hit.stay.code} ({had}; {_where(hit)})")
        for kept in batches_hit(beds, nights, now):
            had = f"{kept.batch.arrival} to {kept.batch.departure}"
            told[kept.bed.pk].append(f"is kept for batch {kept.batch.code} ({had}; {_where(kept)})")
    for each in closing:
        if against := told.get(each.bed.pk):
            yield f"{each.place}: {'; '.join(against)}; move them first"


def _where(hit):
    houses = getattr(hit, "houses", ())
    if hit.beds:
        return f"free: {', '.join(str(bed) for bed in hit.beds)}"
    return f"nearest with a bed: {', '.join(near.hostel.slug for near in houses)}" if houses else "no other bed is free"
