"""The day of arrival: in the morning a reminder with the code and the pass, in the evening whether they still come.

Written once for each stay and day of arrival, however often this runs. What could not be sent in its time is not sent
later, nor to somebody who is there by then, whose stay is cancelled or has other days, or who has answered.
"""

from datetime import date, datetime, time, timedelta
from functools import partial

from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.acts import act
from accounts.models import Letter
from bookings.letters import tell
from bookings.models import Stay, StayQuerySet
from hostel.nights import at, business_day

REMIND_AT, ASK_AT = time(10), time(20)
# Where the policy gives beds away early in the evening, they are asked earlier: who is not coming can say so in time.
ASK_BEFORE = timedelta(hours=3)
# Whoever booked, or took what was offered, in the hour before has just said that they come.
JUST_SAID = timedelta(hours=1)


def _comes(values, _now):
    return Stay.objects.due_in(values["arrival"]).filter(code=values["code"]).exists()


def _has_not_said(values, _now):
    return _silent(Stay.objects.due_in(values["arrival"])).filter(code=values["code"]).exists()


letters.letter_kind(
    "reminder",
    _(
        "Today: %(hostel)s, %(arrival)s to %(departure)s. Show the pass or say code %(code)s at the desk; your bed is "
        "kept until %(kept_until)s. %(address)s"
    ),
    link="/stays/%(code)s/pass/",
    until="evening",
    still=_comes,
)
letters.letter_kind(
    "still_coming",
    _(
        "Still coming tonight? Your bed at %(hostel)s (%(code)s) is kept until %(kept_until)s. On time, late or not at "
        "all: one tap tells us"
    ),
    urgent=True,
    link="/stays/%(code)s/coming/",
    until="kept_until",
    still=_has_not_said,
)


def remind(now: datetime) -> int:
    """Write what the guests who are due in today are to be told by ``now``; return how many letters that were.

    From 10:00 on a reminder; from 20:00 on, or three hours before their bed is given away, the question whether they
    still come.
    """
    return act(partial(_remind, now))


def asked_from(stay: Stay) -> datetime:
    """The moment from which the guest of ``stay`` is asked whether they still come."""
    return min(at(stay.arrival, ASK_AT), stay.kept_until - ASK_BEFORE)


def is_asked(stay: Stay, now: datetime) -> bool:
    """Whether the guest of ``stay`` has still to say at ``now`` whether they come."""
    if stay.status != Stay.Status.CONFIRMED or stay.confirmed_at is None or stay.arrival != business_day(now):
        return False
    asked, said = asked_from(stay), stay.coming_at or stay.late_at
    return said is None and asked <= now < stay.kept_until and stay.confirmed_at <= asked - JUST_SAID


def _silent(stays: StayQuerySet) -> StayQuerySet:
    return stays.filter(coming_at=None, late_at=None)


def _remind(now):
    today, written = business_day(now), 0
    morning = at(today, REMIND_AT)
    if morning <= now < at(today, ASK_AT):
        for stay in _without(Stay.objects.due_in(today).filter(confirmed_at__lt=morning), "reminder", today):
            if now < (evening := asked_from(stay)):
                tell(stay, "reminder", now, _about(stay), evening=evening)
                written += 1
    for stay in _without(_silent(Stay.objects.due_in(today)).filter(kept_until__gt=now), "still_coming", today):
        if is_asked(stay, now):
            tell(stay, "still_coming", now, _about(stay))
            written += 1
    return written


def _without(stays, kind, day):
    """Those of ``stays`` whose guest can be written to and was not yet, in a letter of this ``kind`` about this day."""
    about = Concat(OuterRef("code"), Value(_of(day)))
    written = Letter.objects.filter(person=OuterRef("guest"), kind=kind, about=about)
    found = stays.filter(~Exists(written), guest__user__isnull=False)
    return found.select_related("guest", "hostel").order_by("pk")


def _about(stay):
    """A stay whose days have moved is another arrival, of which one is told again."""
    return f"{stay.code}{_of(stay.arrival)}"


def _of(day: date) -> str:
    return f"-{day:%m%d}"
