"""Beds that are taken out of service at the desk, and put back."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.reasons import Fix, Refused, not_met
from bookings import out_of_service as verbs
from bookings.models import Stay
from desk.acts import Asked, kind
from desk.models import Act
from desk.reading import beds_called, day_said
from hostel.models import OutOfService
from hostel.nights import Nights, business_day

LONGEST_REFERENCE = 80
MOST_NIGHTS = 3660
MOST_CHOICES = 200
OF_A_FORM = "choice-"


def _hit(asked: Asked) -> list[Stay]:
    """The stays for which a choice is made, and those that were named for a batch for which one is."""
    codes = list(_codes(asked.said))
    if not codes:
        return []
    about = Q(code__in=codes) | Q(batch__code__in=codes, status__in=[Stay.Status.CONFIRMED, Stay.Status.HELD])
    return list(Stay.objects.filter(about, hostel=asked.hostel).select_related("guest", "hostel"))


def _undo(act: Act, now: datetime, by: User) -> None:
    """Put the beds back into service, where nobody had to be moved for it."""
    if act.before:
        raise Refused(
            not_met(
                "STATE",
                _("Guests were moved for this, and told: put the beds back into service instead"),
                value_used=len(act.before),
                fix=Fix("rooms", _("Open housekeeping"), "/desk/rooms/"),
            )
        )
    beds = beds_called(act.hostel, act.said["beds"], business_day(act.written_at))
    nights = nights_said(act.said)
    rows = OutOfService.objects.standing().select_related("bed__room__hostel").order_by("pk")
    for row in rows.filter(bed__in=beds, first_night=nights.arrival, until=nights.departure, written_at=act.written_at):
        verbs.lift(row, now=now, actor=by)


@kind("block", _("blocked beds"), touches=_hit, undo=_undo)
def block(asked, now):
    """``said``: ``beds`` (labels), ``from``, ``until``, ``reason`` (of `OutOfService.Reason`), ``reference``, and
    ``choices``: by the code of a stay or batch that is hit a bed, or "anywhere", "other_house", "cancel"."""
    beds = beds_called(asked.hostel, asked.said.get("beds"), business_day(now))
    reason = asked.said.get("reason")
    if reason not in OutOfService.Reason.values:
        raise Refused(not_met("REASON", _("Say first why the bed is blocked"), value_used=None, field="reason"))
    touched = [stay.pk for stay in _hit(asked)]
    verbs.block(
        beds,
        nights_said(asked.said),
        reason=reason,
        reference=str(asked.said.get("reference") or "")[:LONGEST_REFERENCE],
        choices=_choices(asked, now),
        now=now,
        actor=asked.by,
    )
    moved = Stay.objects.filter(Q(pk__in=touched) | Q(continues__in=touched, booked_at=now))
    yield from moved.select_related("guest", "hostel").order_by("pk")


@kind("lift", _("put a bed back into service"))
def lift(asked, now):
    """``said``: ``closure``, its number."""
    number = str(asked.said.get("closure", ""))
    rows = OutOfService.objects.select_related("bed__room__hostel").filter(bed__room__hostel=asked.hostel)
    found = rows.filter(pk=number).first() if number.isascii() and number.isdigit() and len(number) < 19 else None
    if found is None:
        raise Refused(not_met("STATE", _("This closure was changed or lifted meanwhile: look again"), value_used=None))
    verbs.lift(found, now=now, actor=asked.by)
    return ()


def nights_said(said: Mapping) -> Nights:
    """The nights from the day ``from`` to the day before ``until``; raises Refused with DATES."""
    first, until = day_said(said, "from"), day_said(said, "until")
    if not first < until:
        text = _("%(until)s is not after %(first)s: say the day on which the bed is there again")
        raise Refused(not_met("DATES", text, {"until": until, "first": first}, value_used=until, field="until"))
    if (until - first).days > MOST_NIGHTS:
        text = _("That is more than ten years: the office takes a bed out of the house for good")
        raise Refused(not_met("DATES", text, value_used=until, field="until"))
    return Nights(first, until)


def _codes(said):
    choices = said.get("choices") or {}
    if not isinstance(choices, Mapping):
        return {}
    # As a form names them, sent by a tablet that had no line.
    choices = {
        **choices,
        **{name.removeprefix(OF_A_FORM): where for name, where in said.items() if name.startswith(OF_A_FORM)},
    }
    chosen = {str(code).upper()[:6]: str(where) for code, where in list(choices.items())[:MOST_CHOICES] if where}
    return {code: where for code, where in chosen.items() if "\0" not in code}


def _choices(asked, now):
    said = _codes(asked.said)
    labels = [where for where in said.values() if where not in (verbs.ANYWHERE, verbs.OTHER_HOUSE, verbs.CANCEL)]
    beds = beds_called(asked.hostel, labels, business_day(now)) if labels else []
    by_label = {str(bed): bed for bed in beds}
    return {code: by_label.get(where, where) for code, where in said.items()}
