"""A missed stay and what follows: the guest says why, once; an officer lifts it, or answers why it stays."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.acts import act
from accounts.models import Person, User
from accounts.people import erased_already
from accounts.record import record
from bookings import reasons
from bookings.models import NoShow, Stay
from eligibility.policies import terms_of
from eligibility.reasons import Fix, Reason, Refused, Sentence, not_met

# No rule counts a no-show that is older (`bookings/facts.py`): to lift it would change nothing.
APPEAL_WITHIN = timedelta(days=60)
LONGEST = 1000

letters.letter_kind(
    "no_show_lifted",
    _("Your no-show at %(hostel)s (%(code)s) is taken back and counts no more. %(because)s"),
)
letters.letter_kind(
    "no_show_stays",
    _("We looked at what you wrote about %(hostel)s (%(code)s); the no-show stays on record. %(because)s"),
)


def appeal(stay: Stay, *, text: str, now: datetime, actor: User | None = None) -> NoShow:
    """Keep what the guest of a missed ``stay`` says of it, for an officer to answer.

    Raises Refused with STATE where nothing was missed, APPEALED the second time, LIFTED where it was taken back, LATE
    after sixty days, and EXPLAIN for an empty text or one of more than a thousand characters.
    """
    said = text.strip()
    if not 0 < len(said) <= LONGEST:
        raise Refused(_empty(stay))

    def do():
        missed = _locked(stay, now)
        if missed.guest.forgotten_at:
            raise Refused(erased_already())
        if reason := why_no_appeal(missed.stay, now):
            raise Refused(reason)
        missed.appeal, missed.appealed_at = said, now
        missed.save(update_fields=["appeal", "appealed_at"])
        _write_down("appeal_no_show", missed, now, actor)
        return missed

    return act(do)


def answer(missed: NoShow, *, lift: bool, because: str, now: datetime, actor: User) -> NoShow:
    """Take a no-show back (``lift``), or say why it stays; the guest is told ``because``.

    It may be taken back without an appeal too, as where the house was at fault, and after it was once left to stand.
    Raises Refused with LIFTED where it was taken back, ANSWERED or NO_APPEAL where there is nothing to answer, and
    SECOND_PERSON where the guest is ``actor``.
    """

    def do():
        found = _locked(missed.stay, now)
        if reason := why_no_answer(found, actor, lift=lift):
            raise Refused(reason)
        if not because.strip():
            raise Refused(_unexplained(found))
        found.answered_at, found.answered_by, found.answer = now, actor, because.strip()
        if lift:
            found.lifted_at, found.lifted_because = now, because.strip()
        found.save(update_fields=["answered_at", "answered_by", "answer", "lifted_at", "lifted_because"])
        kind = "no_show_lifted" if lift else "no_show_stays"
        hostel = [found.stay.hostel.name_zh, found.stay.hostel.name_en]
        letters.write(
            found.guest, kind, found.stay.code, now, code=found.stay.code, hostel=hostel, because=found.answer
        )
        _write_down("lift_no_show" if lift else "leave_no_show", found, now, actor, because=found.answer)
        return found

    return act(do)


def why_no_appeal(stay: Stay, now: datetime) -> Reason | None:
    """Why the guest of ``stay`` may not appeal at ``now``; None where they may."""
    if stay.status != Stay.Status.NO_SHOW:
        return reasons.wrong_state(stay, now)
    missed = stay.missed
    if missed.lifted_at:
        return _no(missed, "LIFTED", _("This no-show was taken back already: it counts no more"), used=missed.lifted_at)
    if missed.appealed_at:
        text = _("You wrote about this on %(moment)s; an officer answers, once")
        return _no(missed, "APPEALED", text, used=missed.appealed_at, moment=missed.appealed_at)
    if now >= missed.at + APPEAL_WITHIN:
        text = _("One could write about it until %(moment)s")
        return _no(missed, "LATE", text, used=missed.at, moment=missed.at + APPEAL_WITHIN)
    return None


def why_no_answer(missed: NoShow, actor: User, *, lift: bool) -> Reason | None:
    """Why ``actor`` may not answer ``missed`` so; None where they may."""
    if missed.guest.user_id == actor.pk:
        return _no(missed, "SECOND_PERSON", _("This no-show is your own: a colleague sees to it"), used=actor.pk)
    if missed.lifted_at:
        return _no(missed, "LIFTED", _("This no-show was taken back already: it counts no more"), used=missed.lifted_at)
    if lift:
        return None
    if missed.answered_at:
        text = _("This was answered on %(moment)s: %(answer)s")
        return _no(missed, "ANSWERED", text, used=missed.answered_at, moment=missed.answered_at, answer=missed.answer)
    if not missed.appealed_at:
        return _no(missed, "NO_APPEAL", _("The guest has not written about it: there is nothing to answer"))
    return None


def pause_after(stay: Stay, now: datetime) -> Sentence | None:
    """What one more no-show of the guest of ``stay`` would mean by the rules it was booked by; None where nothing."""
    rule = terms_of(stay.assessment.policy).no_show
    if rule is None:
        return None
    since = now - timedelta(days=rule.within_days)
    before = NoShow.objects.filter(guest=stay.guest_id, lifted_at=None, at__gte=since).count()
    values = {"count": rule.count, "days": rule.within_days, "pause": rule.pause_days, "now": before + 1}
    if before + 1 >= rule.count:
        text = _("It would be your no-show number %(now)s within %(days)s days: booking pauses for %(pause)s days")
    else:
        text = _(
            "It would be your no-show no. %(now)s; at %(count)s within %(days)s days booking pauses for %(pause)s days"
        )
    return Sentence(text, values)


def _locked(stay, now):
    """The no-show of ``stay``, behind its guest's row: what is lifted is what their next booking counts with."""
    Person.objects.select_for_update(no_key=True).get(pk=stay.guest_id)
    found = NoShow.objects.select_related("stay__hostel", "guest").filter(stay=stay).first()
    if found is None:
        raise Refused(reasons.wrong_state(stay, now))
    found.stay.missed = found
    return found


def _no(missed, code, text, used=None, **values):
    stay = missed.stay
    return not_met(code, text, values, value_used=used, fix=Fix("stay", _("Open the stay"), f"/stays/{stay.code}/"))


def _empty(stay):
    return not_met(
        "EXPLAIN",
        _("Say in a few words why you could not come, in at most %(most)s characters"),
        {"most": LONGEST},
        needed=LONGEST,
        fix=Fix("stay", _("Open the stay"), f"/stays/{stay.code}/"),
        field="text",
    )


def _unexplained(missed):
    return not_met(
        "BECAUSE", _("Say why: the guest reads it"), fix=Fix("change", _("Change it"), "#because"), field="because"
    )


def _write_down(what, missed, now, actor, because=""):
    record(
        what,
        now=now,
        actor=actor,
        person=missed.guest,
        hostel=missed.stay.hostel,
        about=missed.stay.code,
        reason=because,
    )
