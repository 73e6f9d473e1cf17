"""What may be done to a stay now, and if not, why. Verbs ask it of themselves; doors show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from bookings import reasons
from bookings.models import Stay
from bookings.no_shows import why_no_appeal
from eligibility.models import Policy
from eligibility.policies import FINGERPRINT, late_until, terms_known, terms_of
from eligibility.reasons import Reason, Refused
from hostel.nights import at, business_day

# So long after the day of leaving the desk may still find that somebody has not left.
OVERSTAY_KNOWN = timedelta(days=3)
# So long a guest may take back that they cancelled, and nobody is told that they did.
UNDO_CANCEL = timedelta(minutes=5)
# Beside a stay, in the same statement: by which rules it was booked, in so few words that `late_hour` knows them again.
POLICY_WORDS = {
    "policy_words": Subquery(
        Policy.objects.filter(pk=OuterRef("assessment__policy"))
        .order_by()
        .values(words=JSONObject(pk="pk", fingerprint=FINGERPRINT))[:1]
    )
}


def late_hour(stay: Stay) -> datetime | None:
    """Until when the bed of ``stay`` is kept if its guest comes late, by the rules it was booked by; None where they
    have no such hour. No statement where it was read with `POLICY_WORDS`, and its rules are known."""
    words = getattr(stay, "policy_words", None)
    terms = terms_known(words["pk"], words["fingerprint"]) if words else None
    return late_until(terms or terms_of(stay.assessment.policy), stay.arrival)


@dataclass(frozen=True)
class Action:
    """Whether something may be done to a stay now, and if not, why."""

    ok: bool
    reason: Reason | None = None

    def as_data(self) -> dict:
        """The action as JSON values."""
        return {"ok": self.ok, "reason": self.reason.as_data() if self.reason else None}


def actions(stay: Stay, now: datetime, names: Iterable[str] | None = None) -> dict[str, Action]:
    """What may be done to ``stay`` at ``now``, each with the reason where it may not: all that can be, or those of
    ``names``. Who may do it is the door's."""
    return {name: action_of(WHY_NOT[name](stay, now)) for name in (WHY_NOT if names is None else names)}


def action_of(reason):
    return Action(ok=reason is None, reason=reason)


def _not_held(stay, now):
    if stay.status == Stay.Status.HELD:
        return reasons.hold_ended(stay) if stay.held_until <= now else None
    if stay.cancel_cause == Stay.Cause.HOLD_ENDED:
        return reasons.hold_ended(stay)
    return reasons.wrong_state(stay, now)


def _not_confirmable(stay, now):
    if stay.is_looked_for(now):
        return reasons.looked_for(stay)
    if reason := _not_held(stay, now):
        return reason
    if stay.awaits == Stay.Awaits.OFFER:
        return reasons.offered(stay)
    if stay.awaits == Stay.Awaits.HOUSE:
        return reasons.house_is_asked(stay)
    return reasons.waits_for_the_party(stay) if stay.awaits == Stay.Awaits.PARTY else None


def _not_asked(stay, now):
    if reason := _not_held(stay, now):
        return reason
    return None if stay.awaits == Stay.Awaits.HOUSE else reasons.house_not_asked(stay)


def _not_extendable(stay, now):
    if stay.is_looked_for(now):
        return reasons.looked_for(stay)
    if reason := _not_held(stay, now):
        return reason
    if stay.awaits:
        return reasons.waits_anyway(stay)
    return reasons.extended_already(stay) if stay.hold_extended else None


def not_cancellable(stay, now):
    if stay.state(now) not in (Stay.Status.HELD, Stay.Status.CONFIRMED):
        return reasons.wrong_state(stay, now)
    return reasons.cut_off(stay) if stay.kept_until <= now else None


def comes_back(stay: Stay) -> bool:
    """Whether ``stay``, given back by its guest, could stand again: it was promised, or waited for what is theirs to
    send. What only held a bed for a moment is asked for anew; what waited for a house, the line or friends went on."""
    return stay.confirmed_at is not None or stay.awaits in (Stay.Awaits.PROOF, Stay.Awaits.REVIEW)


def _not_undoable(stay, now):
    if stay.status != Stay.Status.CANCELLED:
        return reasons.wrong_state(stay, now)
    if stay.cancel_cause != Stay.Cause.GUEST or not comes_back(stay):
        return reasons.not_taken_back(stay)
    until = stay.cancelled_at + UNDO_CANCEL
    if until <= now:
        return reasons.undo_over(stay, until)
    if stay.confirmed_at is None and stay.held_until <= now:
        return reasons.hold_ended(stay)
    return reasons.cut_off(stay) if stay.kept_until <= now else None


def _not_coming(stay, now):
    if stay.status != Stay.Status.CONFIRMED:
        return reasons.wrong_state(stay, now)
    if stay.kept_until <= now:
        return reasons.cut_off(stay)
    return None if business_day(now) == stay.arrival else reasons.said_on_the_day(stay)


def _not_late(stay, now):
    if why_not := _not_coming(stay, now):
        return why_not
    if stay.late_at:
        return reasons.kept_late_already(stay)
    until = late_hour(stay)
    return reasons.not_kept_longer(stay) if until is None or until <= stay.kept_until else None


def _not_expected(stay, now):
    if stay.status != Stay.Status.CONFIRMED:
        return reasons.wrong_state(stay, now)
    return None if business_day(now) in stay.nights else reasons.not_today(stay)


def _not_changeable(stay, now):
    if stay.status in (Stay.Status.CONFIRMED, Stay.Status.IN_HOUSE) and stay.departure >= business_day(now):
        return reasons.cut_off(stay) if stay.status == Stay.Status.CONFIRMED and stay.kept_until <= now else None
    return reasons.wrong_state(stay, now)


def _not_shortenable(stay, now):
    """A bed that waits for a proof or an answer is as much the guest's to give back as one that is promised; what is
    offered is taken or left as it is."""
    if stay.awaits and stay.state(now) == Stay.Status.HELD:
        why_not = reasons.offered(stay) if stay.awaits == Stay.Awaits.OFFER else None
    else:
        why_not = _not_changeable(stay, now)
    first = first_kept(stay, now)
    if why_not is None and stay.departure - first < timedelta(days=2):
        return reasons.nothing_to_shorten(stay)
    return why_not


def first_kept(stay: Stay, now: datetime) -> date:
    """The night of ``stay`` that can't be given back by making it shorter: the first, or the one that has begun."""
    return max(stay.arrival, business_day(now) if stay.checked_in_at else stay.arrival)


def _not_shiftable(stay, now):
    if stay.status == Stay.Status.IN_HOUSE or (stay.status == Stay.Status.CONFIRMED and stay.continues_id):
        return reasons.arrival_stays(stay)
    if stay.status != Stay.Status.CONFIRMED:
        return reasons.wrong_state(stay, now)
    return reasons.cut_off(stay) if stay.kept_until <= now else None


def _not_movable(stay, now):
    """There is a night to come, tonight's among them."""
    if stay.departure <= business_day(now):
        return reasons.wrong_state(stay, now)
    return _not_changeable(stay, now)


def _not_overstaying(stay, now):
    today = business_day(now)
    if stay.status == Stay.Status.IN_HOUSE:
        return None if stay.departure <= today else reasons.not_yet_overstaying(stay)
    # Whom the night audit took to have left may be there still; a check-out at the desk is never at that very second.
    at_the_hour = stay.status == Stay.Status.LEFT and stay.checked_out_at == at(
        stay.departure, stay.hostel.check_out_by
    )
    if at_the_hour and stay.departure >= today - OVERSTAY_KNOWN:
        return None
    return reasons.wrong_state(stay, now)


def _not_here(stay, now):
    return None if stay.status == Stay.Status.IN_HOUSE else reasons.wrong_state(stay, now)


def _not_missed(stay, now):
    if stay.status != Stay.Status.CONFIRMED:
        return reasons.wrong_state(stay, now)
    return None if stay.kept_until <= now else reasons.not_yet_missed(stay)


WHY_NOT = {
    "confirm": _not_confirmable,
    "extend_hold": _not_extendable,
    "cancel": not_cancellable,
    "undo_cancel": _not_undoable,
    "say_coming": _not_coming,
    "come_late": _not_late,
    "extend": _not_changeable,
    "shorten": _not_shortenable,
    "shift": _not_shiftable,
    "move": _not_movable,
    "move_to_hostel": _not_movable,
    "swap": _not_movable,
    "overstay": _not_overstaying,
    "house_answer": _not_asked,
    "check_in": _not_expected,
    "check_out": _not_here,
    "no_show": _not_missed,
    "appeal": why_no_appeal,
}


def may(stay: Stay, name: str, now: datetime) -> None:
    """Raise Refused with the reason why ``name`` may not be done to ``stay`` at ``now``, if there is one."""
    if reason := WHY_NOT[name](stay, now):
        raise Refused(reason)
