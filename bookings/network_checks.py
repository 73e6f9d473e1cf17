"""What a network file may not do: close a bed that somebody has, or that is kept for a batch.

Loaded by `hostel.apps`.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from bookings.models import BatchBed, BedNight
from hostel.network_file import Closing, before_closing
from hostel.nights import business_day


@before_closing
def nights_given(closing: Sequence[Closing], now: datetime) -> Iterator[str]:
    """Yield for each bed that would close who has it from that day on: the codes of the stays, and the nights."""
    given: dict[int, dict[str, list[date]]] = defaultdict(lambda: defaultdict(list))
    kept = BedNight.objects.taken(now).filter(
        bed__in=[each.bed.pk for each in closing], night__gte=min(each.from_day for each in closing)
    )
    for bed, code, night in kept.order_by("night").values_list("bed_id", "stay__code", "night"):
        given[bed][code].append(night)
    for each in closing:
        if stays := given.get(each.bed.pk):
            told = [f"stay {code} ({', '.join(map(str, nights))})" for code, nights in stays.items()]
            yield f"{each.place}: is given to {'; '.join(told)}; move them first"


@before_closing
def beds_kept(closing: Sequence[Closing], now: datetime) -> Iterator[str]:
    """Yield for each bed that would close the batches for which it is kept on a night from that day on."""
    standing = BatchBed.objects.filter(batch__cancelled_at=None, batch__release_on__gt=business_day(now))
    kept: dict[int, list[BatchBed]] = defaultdict(list)
    for each in standing.filter(bed__in=[each.bed.pk for each in closing]).select_related("batch"):
        kept[each.bed_id].append(each)
    for closes in closing:
        for each in kept.get(closes.bed.pk, ()):
            if each.batch.departure > closes.from_day:
                told = f"batch {each.batch.code} ({each.batch.arrival} to {each.batch.departure})"
                yield f"{closes.place}: is kept for {told}; give it another bed first"
