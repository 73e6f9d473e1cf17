"""The day of arrival: whether the guest comes, and comes late. Who does not come any more cancels."""

from datetime import datetime

from accounts.acts import act
from accounts.models import User
from accounts.record import record
from bookings.actions import late_hour, may
from bookings.letters import tell
from bookings.locking import locked
from bookings.models import Stay


def say_coming(stay: Stay, *, now: datetime, actor: User | None = None) -> Stay:
    """Write down that the guest of ``stay`` comes tonight as agreed; said twice, the first time stands.

    Raises Refused with STATE, NOT_TODAY before the day of arrival, or CUT_OFF when the bed is kept no longer.
    """

    def do():
        coming = locked(stay)
        may(coming, "say_coming", now)
        if coming.coming_at is None:
            coming.coming_at = now
            coming.save(update_fields=["coming_at"])
            _write_down("say_coming", coming, now, actor)
        return coming

    return act(do)


def come_late(stay: Stay, *, now: datetime, actor: User | None = None) -> Stay:
    """Keep the bed of ``stay`` until the hour that the rules have for who comes late, by which it was booked.

    Raises Refused with STATE, NOT_TODAY before the day of arrival, CUT_OFF when the bed is kept no longer, SAID the
    second time, or KEPT where the rules keep it no longer than it is kept anyway.
    """

    def do():
        late = locked(stay)
        may(late, "come_late", now)
        until = late_hour(late)
        assert until is not None  # else it may not be
        late.kept_until, late.late_at, late.coming_at = until, now, late.coming_at or now
        late.save(update_fields=["kept_until", "late_at", "coming_at"])
        tell(late, "kept_late", now)
        _write_down("come_late", late, now, actor, until=until.isoformat())
        return late

    return act(do)


def _write_down(what, stay, now, actor, **values):
    record(what, now=now, actor=actor, person=stay.guest, hostel=stay.hostel, about=stay.code, **values)
