"""A stay as it was at a moment: what an act at the desk found, and what it left, in JSON values."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from bookings.models import BedNight, Stay

# What the desk's verbs change of a stay.
FIELDS = (
    "hostel_id",
    "arrival",
    "departure",
    "assessment_id",
    "kept_until",
    "bed_told_at",
    "confirmed_at",
    "checked_in_at",
    "checked_out_at",
    "cancelled_at",
    "cancel_cause",
    "no_show_at",
    "coming_at",
    "late_at",
)


def images_of(stays: Iterable[Stay]) -> dict[str, dict[str, Any]]:
    """The stays, by code: {"stay": {field: value}, "seen": when the guest's document was compared, "nights": [[row,
    bed, given back, slept], …]}, in one statement for the nights of all. Days and moments are ISO text, as of UTC."""
    stays = list(stays)
    if not stays:
        return {}
    nights = defaultdict(list)
    rows = BedNight.objects.filter(stay__in=[stay.pk for stay in stays]).order_by("pk")
    for stay, *row in rows.values_list("stay_id", "pk", "bed_id", "released_at", "slept_at"):
        nights[stay].append([_plain(value) for value in row])
    return {
        stay.code: {
            "stay": {name: _plain(getattr(stay, name)) for name in FIELDS},
            "seen": _plain(stay.guest.document_seen_at),
            "nights": nights[stay.pk],
        }
        for stay in stays
    }


def _plain(value):
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
