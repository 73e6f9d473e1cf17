"""Cancelling: the bed goes back, and with it what hangs on the stay, said beforehand and ended in the same act.

A floor above (events, apartments) says what hangs on a stay there by `hangs`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.acts import act
from accounts.models import User
from accounts.reasons import CHINESE, ENGLISH, Sentence
from accounts.record import record
from bookings import freed, reasons
from bookings.actions import UNDO_CANCEL, WHY_NOT, Action, action_of, may, not_cancellable
from bookings.awaiting import left_the_party
from bookings.letters import tell
from bookings.locking import locked
from bookings.models import BedNight, NoShow, Offer, Stay
from eligibility import reviews
from eligibility.evidence import purge_day
from eligibility.models import Evidence, Review
from eligibility.reasons import Refused
from hostel.nights import business_day


@dataclass(frozen=True)
class Ending:
    """Something that ends with a stay, or changes with it: what kind of thing, by what code it is known."""

    kind: str
    code: str
    sentence: Sentence

    def as_data(self) -> dict[str, str]:
        """The ending as JSON values, in both languages."""
        return {
            "kind": self.kind,
            "code": self.code,
            "sentence_zh": self.sentence.say(CHINESE),
            "sentence_en": self.sentence.say(ENGLISH),
        }


Find = Callable[[Stay, datetime], Iterable[Ending]]
End = Callable[[Stay, datetime, str], object]
Restore = Callable[[Stay, datetime, datetime], object]
_HANGS: dict[str, tuple[Find, End, Restore]] = {}
# The guest's own words, where they say why.
LONGEST_REASON = 200


def hangs(name: str, find: Find, end: End, restore: Restore | None = None) -> None:
    """Have what is called ``name`` go with a stay: ``find(stay, now)`` says what would end, ``end(stay, now, cause)``
    ends it, inside the act that cancels and behind the guest's lock; ``restore(stay, ended_at, now)`` has it as it was
    before, inside the act that takes the cancellation back (`bookings/undoing.py`), and raises Refused where that can't
    be. Called by floors above when they are loaded."""
    _HANGS[name] = find, end, restore or _nothing


def what_ends(stay: Stay, now: datetime) -> list[Ending]:
    """All that ends with ``stay`` if it is cancelled at ``now``."""
    return [ending for find, _end, _restore in _HANGS.values() for ending in find(stay, now)]


def end_what_hangs(stay: Stay, now: datetime, cause: str) -> None:
    """End all that goes with ``stay``, which is being cancelled for ``cause``."""
    for _find, end, _restore in _HANGS.values():
        end(stay, now, cause)


def restore_what_hangs(stay: Stay, ended_at: datetime, now: datetime) -> None:
    """Have all as it was that ended with ``stay`` when it was cancelled at ``ended_at``."""
    for _find, _end, restore in _HANGS.values():
        restore(stay, ended_at, now)


def _nothing(_stay, _now, _then):
    """It ended, or is restored, with the stay itself; or is told to the others by who cancels."""


def give_back(stay: Stay, moment: datetime, cause: str) -> int:
    """Cancel ``stay``, whose guest's row is locked, as of ``moment``; return how many nights it gave back."""
    nights = stay.bed_nights.live().update(released_at=moment)
    if stay.awaits == Stay.Awaits.OFFER and stay.offer_id is not None:
        Offer.objects.filter(pk=stay.offer_id, accepted_at=None, declined_at=None).update(declined_at=moment)
    stay.cancelled_at, stay.cancel_cause = moment, cause
    stay.save(update_fields=["cancelled_at", "cancel_cause", "cancel_reason"])
    stay.refresh_from_db(fields=["status"])
    return nights


# --- the stay it goes on with in another house ------------------------------------------------------------------------
def goes_on_with(stay: Stay) -> QuerySet[Stay]:
    """The stays to come that go on from ``stay`` in other houses: whoever does not come here does not go on there."""
    first = stay.continues_id or stay.pk
    later = Stay.objects.filter(continues=first, arrival__gt=stay.arrival, status=Stay.Status.CONFIRMED)
    return later.select_related("guest", "hostel").order_by("arrival")


def _stays(stay, _now):
    text = _("Your nights at %(hostel)s, %(arrival)s to %(departure)s (%(code)s), go on from this stay: they end too")
    for later in goes_on_with(stay):
        hostel = (later.hostel.name_zh, later.hostel.name_en)
        values = {
            "hostel": hostel,
            "arrival": later.arrival,
            "departure": later.departure,
            "code": later.code,
        }
        yield Ending("stay", later.code, Sentence(text, values))


def end_what_goes_on(stay: Stay, now: datetime, cause: str) -> None:
    """Cancel what goes on from ``stay`` in other houses."""
    for later in goes_on_with(stay) if getattr(stay, "goes_on", True) else ():
        returned = give_back(later, now, cause)
        tell(later, "cancelled", _told_at(later, now), nights=returned)
        record(
            "cancel",
            now=now,
            person=later.guest,
            hostel=later.hostel,
            about=later.code,
            reason=cause,
            of=stay.code,
            returned=returned,
        )


# Their beds are taken back with that of the stay itself.
hangs("stays", _stays, end_what_goes_on)


# --- questions and proofs ---------------------------------------------------------------------------------------------
def _open_reviews(stay):
    return Review.objects.filter(_about(stay), decided_at=None)


def _about(stay):
    return Q(assessment__about=stay.code) | Q(assessment=stay.assessment_id)


def _questions(stay, _now):
    for review in _open_reviews(stay).select_related("assessment"):
        yield Ending("review", review.assessment.code, Sentence(_("Nobody needs to look at this stay any more")))


def _withdraw(stay, now, _cause):
    if getattr(stay, "is_asked", True):
        reviews.withdraw(_open_reviews(stay), now)


def _ask_again(stay, ended_at, _now):
    reviews.put_back(Review.objects.filter(_about(stay)), ended_at)


hangs("reviews", _questions, _withdraw, _ask_again)


def _unneeded(stay: Stay, day: date) -> QuerySet[Evidence]:
    """Proofs that were sent for ``stay`` and not accepted: they count for nothing else, unless the guest has another
    stay to come. One that was accepted serves the next stay too, and is kept as long as it was said."""
    others = Stay.objects.filter(guest=stay.guest_id, status__in=[Stay.Status.HELD, Stay.Status.CONFIRMED])
    if others.exclude(pk=stay.pk).exists():
        return Evidence.objects.none()
    return Evidence.objects.filter(_about(stay), accepted_at=None, purged_at=None, purge_on__gt=day)


def _purge_day(now):
    return business_day(now) + timedelta(days=1)


def _proofs(stay, now):
    day = _purge_day(now)
    text = _("What you sent as a proof is deleted on %(day)s")
    for kind in dict.fromkeys(_unneeded(stay, day).order_by("pk").values_list("kind", flat=True)):
        yield Ending("evidence", kind, Sentence(text, {"day": day}))


def _purge_sooner(stay, now, _cause):
    if getattr(stay.guest, "has_proofs", True):
        day = _purge_day(now)
        Evidence.objects.filter(pk__in=_unneeded(stay, day).values("pk")).update(purge_on=day)


def _purge_as_said(stay, ended_at, _now):
    sent = Evidence.objects.filter(_about(stay), accepted_at=None, purged_at=None, purge_on=_purge_day(ended_at))
    for each in sent.select_related("assessment__policy"):
        each.purge_on = purge_day(each)
        each.save(update_fields=["purge_on"])


hangs("evidence", _proofs, _purge_sooner, _purge_as_said)


# --- the waiting list, the party --------------------------------------------------------------------------------------
def _offered(stay: Stay, _now: datetime) -> Iterator[Ending]:
    if stay.awaits == Stay.Awaits.OFFER and stay.offer is not None:
        text = _("The bed goes to the next on the waiting list; your wish %(code)s keeps its place")
        code = stay.offer.waiting.code
        yield Ending("waiting", code, Sentence(text, {"code": code}))


def _friends(stay: Stay, now: datetime) -> Iterator[Ending]:
    if stay.party is None:
        return
    if Stay.objects.standing(now).filter(party=stay.party_id).exclude(pk=stay.pk).exists():
        text = _("The others of your party (%(code)s) keep their beds and are told")
        yield Ending("party", stay.party.code, Sentence(text, {"code": stay.party.code}))


hangs("waiting", _offered, _nothing)
hangs("party", _friends, _nothing)


def cancel(
    stay: Stay,
    *,
    now: datetime,
    actor: User | None = None,
    cause: str = Stay.Cause.GUEST,
    letter: str = "cancelled",
    whole_party: bool = False,
    reason: str = "",
    late: bool = False,
) -> Stay:
    """Give the bed back; the nights return to the allowance at once, and a ``letter`` of this kind says so. What hangs
    on the stay ends with it (`cancellation` says it beforehand). The others of a party are told, unless the
    ``whole_party`` goes. What the guest cancels they may take back for a while (`undoing.undo`): until then nobody is
    told. ``reason`` are the guest's own words.

    Raises Refused with CUT_OFF after the moment until which the bed was kept; but ``late``, it is written down then
    that the guest does not come. With STATE where the stay is over, TOO_LONG for a reason of more than 200 characters.
    """
    why = reason.strip()
    if len(why) > LONGEST_REASON:
        raise Refused(reasons.too_long_a_reason(LONGEST_REASON))

    def do():
        given_back = locked(stay)
        given_back.cancel_reason = why
        if late and is_too_late(given_back, now):
            return miss(given_back, now, actor)
        may(given_back, "cancel", now)
        told = given_back.confirmed_at is not None or given_back.awaits
        nights = give_back(given_back, now, cause)
        end_what_hangs(given_back, now, cause)
        freed.served(now)
        told_at = _told_at(given_back, now)
        if told:
            tell(given_back, letter, told_at, nights=nights)
        if given_back.party_id is not None and not whole_party:
            left_the_party(given_back, now, told_at)
        record(
            "cancel",
            now=now,
            actor=actor,
            person=given_back.guest,
            hostel=given_back.hostel,
            about=given_back.code,
            reason=cause,
        )
        return given_back

    return act(do)


def _told_at(stay, now):
    """When it is told that ``stay`` was cancelled: as soon as that can't be taken back any more."""
    return now if WHY_NOT["undo_cancel"](stay, now) else now + UNDO_CANCEL


# --- who does not come ------------------------------------------------------------------------------------------------
def is_too_late(stay: Stay, now: datetime) -> bool:
    """Whether the bed of a guest who has not come is kept no longer at ``now``: to say so is to be a no-show."""
    return stay.status == Stay.Status.CONFIRMED and stay.kept_until <= now


def miss(stay: Stay, now: datetime, actor: User | None) -> Stay:
    """Remember that the guest of ``stay``, whose row is locked, has not come: all nights go back.

    It happened at the moment until which the bed was kept, whenever it is written down, so that the books are the same
    days later.
    """
    stay.bed_nights.live().update(released_at=stay.kept_until)
    end_what_goes_on(stay, stay.kept_until, Stay.Cause.HOUSE)
    freed.served(now)
    stay.no_show_at = stay.kept_until
    stay.save(update_fields=["no_show_at", "cancel_reason"])
    stay.refresh_from_db(fields=["status"])
    NoShow.objects.create(stay=stay, guest=stay.guest, at=stay.kept_until)
    tell(stay, "no_show", now)
    record("no_show", now=now, actor=actor, person=stay.guest, hostel=stay.hostel, about=stay.code)
    return stay


# --- saying it beforehand ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Cancellation:
    """What it would mean to cancel a stay: whether that may be done, how many nights go back, what ends with it, and
    as what it is remembered: cancelled, or no_show where it is ``too_late``, which can be said all the same."""

    action: Action
    nights_returned: int
    ends: list[Ending]
    recorded_as: str
    too_late: bool = False


def cancellation(stay: Stay, now: datetime) -> Cancellation:
    """Say beforehand what cancelling ``stay`` at ``now`` would do."""
    action = action_of(not_cancellable(stay, now))
    too_late = is_too_late(stay, now)
    if not action.ok and not too_late:
        return Cancellation(action, 0, [], str(stay.state(now)))
    ending = [stay.pk, *(later.pk for later in goes_on_with(stay))]
    returned = BedNight.objects.live().filter(stay__in=ending).count()
    if too_late:
        return Cancellation(action, returned, list(_stays(stay, now)), Stay.Status.NO_SHOW.value, too_late=True)
    return Cancellation(action, returned, what_ends(stay, now), Stay.Status.CANCELLED.value)
