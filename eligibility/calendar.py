"""Correcting the working calendar: what an officer says of a day stands over the library of holidays."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accounts.acts import act
from accounts.models import User
from accounts.record import record
from eligibility.reasons import Fix, Refused, not_met
from hostel.models import WorkdayCorrection
from hostel.nights import business_day
from hostel.working_days import BEHIND, calendar_day


def correct_day(day: date, *, is_working: bool, because: str, now: datetime, actor: User) -> WorkdayCorrection:
    """Say that ``day`` is worked, or off, whatever the library says, for everybody whose rules count working days.

    The same said again changes nothing. Raises Refused where the day is corrected otherwise already (CORRECTED),
    where the calendar says so without it (AS_IT_IS), or where no decision looks so far back any more (PAST).
    """

    def do():
        known = calendar_day(day)
        standing = known.correction
        if standing and (standing.is_working, standing.because) == (is_working, because):
            return standing
        if standing:
            raise Refused(
                _no("CORRECTED", _("%(day)s is corrected already: %(because)s"), day, because=standing.because)
            )
        if day < business_day(now) - BEHIND:
            raise Refused(_no("PAST", _("%(day)s is over; what was decided with it stays as it was"), day))
        if known.is_working == is_working:
            said = _("%(day)s is a working day already") if is_working else _("%(day)s is a day off already")
            raise Refused(_no("AS_IT_IS", said, day))
        correction = WorkdayCorrection.objects.create(
            day=day, is_working=is_working, because=because, written_by=f"user {actor.pk}", written_at=now
        )
        record("correct_workday", now=now, actor=actor, about=day.isoformat(), reason=because, is_working=is_working)
        return correction

    return act(do)


def withdraw_correction(day: date, *, now: datetime, actor: User) -> None:
    """Take back what was said of ``day``: the library's word holds again. Raises Refused (NOT_CORRECTED)."""

    def do():
        standing = WorkdayCorrection.objects.standing().filter(day=day)
        if not standing.update(withdrawn_at=now):
            raise Refused(_no("NOT_CORRECTED", _("No correction of %(day)s stands"), day))
        record("withdraw_workday", now=now, actor=actor, about=day.isoformat())

    act(do)


def _no(code, text, day, **values):
    return not_met(
        code,
        text,
        {"day": day, **values},
        value_used=day,
        fix=Fix("calendar", _("See the calendar"), f"/office/calendar/?year={day.year}"),
    )
