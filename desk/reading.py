"""What an act says in plain words, read: beds by their labels, days, stays by their codes.

Doors look at what they are sent before; what a tablet queued for hours is looked at here only.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.reasons import Refused, not_met
from bookings.models import Stay
from hostel.models import Bed, Hostel
from hostel.nights import Nights

MOST_BEDS = 60  # of one act
# Days and moments of which a desk speaks: beside all others there is a day before and after.
YEARS = range(1900, 2200)


def bed_called(hostel: Hostel, nights: Nights, label: str) -> Bed:
    """The bed of ``hostel`` called ``label`` ("302-1") that is there on all of ``nights``; raises Refused with BED."""
    room, _dash, number = str(label).rpartition("-")
    if number.isascii() and number.isdigit() and len(number) <= 3 and "\0" not in room:
        there = Bed.objects.select_related("room__hostel").filter(room__hostel=hostel, room__number=room, number=number)
        if (found := there.valid_throughout(nights).first()) is not None:
            return found
    raise Refused(
        not_met(
            "BED",
            _("%(hostel)s has no bed %(bed)s on these nights: choose one from the list"),
            {"hostel": (hostel.name_zh, hostel.name_en), "bed": str(label)[:12]},
            value_used=str(label)[:12],
            field="bed",
        )
    )


def beds_called(hostel: Hostel, labels: Any, day: date) -> list[Bed]:
    """The beds of ``hostel`` called so that are there on ``day`` or later, each once, in the order said; raises Refused
    with BED where one is not, or none is named."""
    there = Bed.objects.filter(room__hostel=hostel).exclude(valid_until__lte=day)
    said = [str(label) for label in labels][:MOST_BEDS] if isinstance(labels, (list, tuple)) else []
    rooms = {label.rpartition("-")[0] for label in said if "\0" not in label}
    named = there.select_related("room__hostel").filter(room__number__in=rooms).order_by("-valid_from")
    beds = {str(bed): bed for bed in named}
    if not said or any(label not in beds for label in said):
        wrong = next((label for label in said if label not in beds), "")[:12]
        raise Refused(
            not_met(
                "BED",
                _("%(hostel)s has no bed %(bed)s: choose one from the list"),
                {"hostel": (hostel.name_zh, hostel.name_en), "bed": wrong},
                value_used=wrong,
                field="beds",
            )
        )
    return [beds[label] for label in dict.fromkeys(said)]


def day_said(said: Mapping[str, Any], name: str) -> date:
    """The day that ``said`` has under ``name``, "2026-03-06"; raises Refused with DATES."""
    try:
        day: date | None = date.fromisoformat(str(said.get(name, "")))
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise Refused(
            not_met(
                "DATES",
                _("%(value)s is no day: write it as 2026-03-06"),
                {"value": str(said.get(name, ""))[:12]},
                value_used=str(said.get(name, ""))[:12],
                field=name,
            )
        )
    return day


def stay_said(hostel: Hostel, said: Mapping[str, Any], name: str) -> Stay:
    """The stay of ``hostel`` whose code ``said`` has under ``name``; raises Refused with STAY."""
    code = str(said.get(name, "")).replace("\0", "").upper()[:6]
    if (found := Stay.objects.filter(hostel=hostel, code=code).select_related("guest", "hostel").first()) is None:
        raise Refused(
            not_met(
                "STAY",
                _("%(hostel)s has no stay %(code)s: look for the guest by name or digits"),
                {"hostel": (hostel.name_zh, hostel.name_en), "code": code},
                value_used=code,
                field=name,
            )
        )
    return found
