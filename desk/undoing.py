"""Taking an act at the desk back: for five minutes, and as long as nothing came between.

What the act changed of the stays is put back as its `Act` has kept it from before; beds and nights that went to others
meanwhile are asked for again.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from accounts import acts
from accounts.models import User
from accounts.reasons import Reason, Refused
from bookings.models import Stay
from bookings.vacating import not_vacated
from desk import reasons
from desk.acts import kind_of
from desk.models import Act

# So long after it was written down an act can be taken back.
UNDO = timedelta(minutes=5)


def until(act: Act) -> datetime:
    """The moment from which ``act`` can't be taken back any more."""
    return act.written_at + UNDO


def why_not(act: Act, now: datetime) -> Reason | None:
    """Why ``act`` can't be taken back at ``now``; None where it can, as far as the act itself says. No statement."""
    if act.undone_at is not None:
        return reasons.undone_already(act)
    if act.outcome == Act.Outcome.CLASH:
        return reasons.settled_elsewhere(act)
    if kind_of(act.what).undo is None:
        return reasons.not_undoable(act)
    return reasons.undo_over(act, until(act)) if until(act) <= now else None


def last_act(stay: Stay, now: datetime) -> Act | None:
    """The last act of the desk that changed ``stay``, if it can be taken back at ``now``. One statement."""
    about = Q(stay=stay) | Q(before__has_key=stay.code)
    recent = Act.objects.filter(about, hostel=stay.hostel_id, written_at__gt=now - UNDO, undone_at=None)
    for act in recent.order_by("-written_at", "-pk"):
        if act.before != act.after:
            return None if why_not(act, now) else act
    return None


def undo(act: Act, *, now: datetime, by: User) -> Act:
    """Take ``act`` back: all of it or nothing; one that is taken back already is only found again.

    Raises Refused with UNDO_OVER after five minutes, STATE for what can't be taken back, or CHANGED where something
    came between.
    """

    def do():
        found = Act.objects.select_for_update(of=("self",)).select_related("hostel", "stay__guest").get(pk=act.pk)
        if found.undone_at is not None:
            return found
        if reason := why_not(found, now):
            raise Refused(reason)
        put = kind_of(found.what).undo
        assert put is not None  # else there is a reason
        put(found, now, by)
        _still_there(found, now)
        found.undone_at, found.undone_by = now, by
        found.save(update_fields=["undone_at", "undone_by"])
        return found

    return acts.act(do)


def _still_there(act: Act, now: datetime) -> None:
    """The beds that guests left by ``act`` are theirs again: nothing is to be cleaned."""
    beds = {bed for image in act.before.values() for _row, bed, *_when in image["nights"]}
    if beds:
        not_vacated(beds, {act.happened_at, act.written_at}, now)
