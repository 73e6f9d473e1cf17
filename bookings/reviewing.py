"""Reviewing: what the answer of a person does to the stay that waits for it, and how the guest learns of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.acts import act
from accounts.models import Person, User
from accounts.record import record
from bookings.actions import Action
from bookings.availability import free_beds
from bookings.awaiting import left_the_party, look_again
from bookings.freed import served
from bookings.holding import close_lapsed, close_own_lapsed
from bookings.house_plan import Want, find_beds
from bookings.locking import lock_friends, locked, still_known
from bookings.lodging import lodging_of
from bookings.models import BedNight, Stay
from bookings.relocating import put_into
from eligibility import reviews
from eligibility.models import Assessment, Review
from eligibility.policies import terms_of
from eligibility.reasons import ASK, NOT_MET, Fix, Reason, Refused, Sentence
from eligibility.reviews import UNDO
from hostel.nights import business_day
from hostel.spans import Span
from hostel.working_days import reach

DECISIONS = Review.Decision
LONGEST_NOTE = 1000


# --- which stay -----------------------------------------------------------------------------------------------------
def stays_about(found: Iterable[Review]) -> dict[int, Stay]:
    """The stay that each review is about, by the review's id, where there is one: one statement."""
    found = list(found)
    asked = Q(code__in={review.assessment.about for review in found} - {""})
    stays = Stay.objects.filter(asked | Q(assessment__in={review.assessment_id for review in found}))
    by_code, by_decision = {}, {}
    for stay in stays.select_related("hostel__network", "guest__user").order_by("booked_at", "pk"):
        by_code[stay.code], by_decision[stay.assessment_id] = stay, stay
    known = {
        review.pk: by_code.get(review.assessment.about) or by_decision.get(review.assessment_id) for review in found
    }
    return {pk: stay for pk, stay in known.items() if stay is not None}


def _waits(stay, now):
    return stay is not None and stay.state(now) == Stay.Status.HELD and stay.awaits != ""


def _opened(review):
    """Read ``review`` anew with its person's row locked, and the stay it is about, where there is one."""
    lock_friends(*stays_about([review]).values())
    Person.objects.select_for_update(no_key=True).get(pk=review.assessment.person_id)
    fresh = reviews.with_all().get(pk=review.pk)
    return fresh, stays_about([fresh]).get(fresh.pk)


# --- answering ------------------------------------------------------------------------------------------------------
def pass_review(
    review: Review,
    *,
    actor: User,
    now: datetime,
    because: Sequence[str] = (),
    words: str = "",
    clears_until: date | None = None,
    read_at: datetime | None = None,
) -> Review:
    """Agree: the proofs sent are accepted, the rules in question set aside, and the stay that waits is decided anew.

    The rules are set aside for arrivals up to ``clears_until``; without it as long as the policy says. Proofs alone
    set aside nothing. ``read_at`` is when the reviewer read it all, where that is known. Raises Refused as
    `eligibility.reviews.decide`, also where a reason (``because``) is named; and with CHANGED for a proof sent since.
    """

    def do():
        asked, stay = _opened(review)
        _all_was_read(asked, read_at)
        until = clears_until or _clears_until(asked, now)
        passed = reviews.decide(
            asked, DECISIONS.PASSED, actor=actor, now=now, because=because, words=words, clears_until=until
        )
        _sent(passed).update(accepted_at=now, decided_by=actor)
        if passed.appeal_of:
            _sent_back_by(passed.appeal_of).update(sent_back_at=None, accepted_at=now, decided_by=actor)
        if _waits(stay, now):
            stay = look_again(locked(stay), now=now, actor=actor)
            # What this answer says of the stay is one letter, told when it can no longer be taken back.
            letters.unwrite(stay.guest, stay.code, "booked")
        _close(passed, stay, now)
        return passed

    return act(do)


def send_back(
    review: Review,
    *,
    actor: User,
    now: datetime,
    because: Sequence[str],
    words: str = "",
    read_at: datetime | None = None,
) -> Review:
    """Ask for something better: the proofs go back, and the bed is held for as long as a proof may take."""

    def do():
        asked, stay = _opened(review)
        _all_was_read(asked, read_at)
        back = reviews.decide(asked, DECISIONS.SENT_BACK, actor=actor, now=now, because=because, words=words)
        _sent(back).update(sent_back_at=now, decided_by=actor)
        if _waits(stay, now):
            _wait_for_proof(back, stay, now)
        _close(back, stay, now)
        return back

    return act(do)


def refuse(
    review: Review,
    *,
    actor: User,
    now: datetime,
    because: Sequence[str],
    words: str = "",
    read_at: datetime | None = None,
) -> Review:
    """Say no: the stay that waits is refused, its bed and its nights go back. A stay that is confirmed stands.

    Where the policy keeps the bed after a no, the guest may still send what was wanted, unless what came was false or
    this is the answer of a second person.
    """

    def do():
        asked, stay = _opened(review)
        _all_was_read(asked, read_at)
        refused = reviews.decide(asked, DECISIONS.REFUSED, actor=actor, now=now, because=because, words=words)
        _sent(refused).update(sent_back_at=now, decided_by=actor)
        if _waits(stay, now) and _keeps_the_bed(refused, because):
            _wait_for_proof(refused, stay, now)
        elif _waits(stay, now):
            stay.bed_nights.live().update(released_at=now)
            served(now)
            stay.refused_at = now
            stay.save(update_fields=["refused_at"])
            stay.refresh_from_db(fields=["status"])
            if stay.party_id is not None:
                left_the_party(stay, now)
        _close(refused, stay, now)
        return refused

    return act(do)


def _all_was_read(review, read_at):
    """Nothing is answered unseen: what came since the reviewer read it is looked at first."""
    if read_at is None or review.decided_at is not None:
        return
    if latest := _sent(review).filter(handed_in_at__gt=read_at).order_by("-handed_in_at").first():
        raise Refused(
            Reason(
                "CHANGED",
                NOT_MET,
                Sentence(_("Another proof was sent on %(moment)s: look at it first"), {"moment": latest.handed_in_at}),
                value_used=latest.handed_in_at,
                fix=Fix("review", _("Look again"), f"/office/reviews/{review.pk}/"),
            )
        )


def _keeps_the_bed(review, because):
    order = terms_of(review.assessment.policy).order
    return order.on_refusal == "keep" and review.kind != Review.Kind.APPEAL and reviews.FALSE_PROOF not in because


def _wait_for_proof(review, stay, now):
    stay.awaits, stay.held_until = Stay.Awaits.PROOF, _proof_due(review, stay, now)
    stay.save(update_fields=["awaits", "held_until"])


def _proof_due(review, stay, now):
    """No bed waits longer for a proof than for its guest."""
    return min(terms_of(review.assessment.policy).order.proof_due(now, reach(now)), stay.kept_until)


def _clears_until(review, now):
    if review.kind == Review.Kind.PROOF or (review.appeal_of and review.appeal_of.kind == Review.Kind.PROOF):
        return None
    return business_day(now) + timedelta(days=terms_of(review.assessment.policy).review.holds_days)


def _sent(review):
    return reviews.evidence_of(review).order_by().filter(accepted_at=None, sent_back_at=None)


def _sent_back_by(review):
    return reviews.evidence_of(review).order_by().filter(sent_back_at=review.decided_at)


def _about(review):
    return f"review {review.pk}"


def _close(review, stay, now):
    told = told_of(review, review.decision, stay, now=now, because=review.because, words=review.words,
                   clears_until=review.clears_until)  # fmt: skip
    letters.write(review.assessment.person, told.kind, _about(review), now + UNDO, **told.values)
    record(
        f"review_{review.decision}",
        now=now,
        actor=review.decided_by,
        person=review.assessment.person,
        hostel=stay.hostel if stay else None,
        about=review.assessment.code,
        review=review.pk,
        stay=stay.code if stay else "",
        because=review.because,
    )


# --- taking it back -------------------------------------------------------------------------------------------------
def undo(review: Review, *, actor: User, now: datetime) -> Review:
    """Take the answer back, within five minutes and by who gave it: everything is as it was, and nothing is told.

    Raises Refused with UNDO: too late, or the guest has come meanwhile, or the bed is somebody else's.
    """

    def do():
        answered, stay = _opened(review)
        reviews.take_back(answered, actor=actor, now=now)
        if not letters.unwrite(answered.assessment.person, _about(answered)):
            raise Refused(reviews.no_undo(_("The person has been told already")))
        _evidence_as_it_was(answered)
        if stay is not None:
            _stay_as_it_was(answered, stay, now)
        elif answered.decision == DECISIONS.PASSED and _booked_since(answered, now):
            raise Refused(reviews.no_undo(_("The person has booked with it already")))
        record("undo_review", now=now, actor=actor, person=answered.assessment.person,
               hostel=stay.hostel if stay else None, about=answered.assessment.code, review=answered.pk,
               decision=answered.decision)  # fmt: skip
        return reviews.with_all().get(pk=answered.pk)

    return act(do)


def _booked_since(review, now):
    """Whether the person took a bed on the strength of the answer, which let them without a letter telling so."""
    network = review.assessment.policy.network_id
    booked = Stay.objects.standing(now).filter(guest=review.assessment.person_id, hostel__network=network)
    return booked.filter(booked_at__gte=review.decided_at).exists()


def why_not_undo(review: Review, stay: Stay | None, user: User, now: datetime) -> Reason | None:
    """Why ``user`` may not take the answer back at ``now``, as far as that is known without looking for the bed."""
    return reviews.why_not_undo(review, user, now) or (_why_it_stands(review, stay, now) if stay else None)


def _why_it_stands(review, stay, now):
    changed = review.decided_at in (stay.confirmed_at, stay.refused_at)
    if changed and stay.status not in (Stay.Status.CONFIRMED, Stay.Status.REFUSED):
        return reviews.no_undo(_("Stay %(code)s has gone on: %(state)s"), code=stay.code,
                               state=Stay.Status(stay.status).label)  # fmt: skip
    if changed and stay.departure.isoformat() != review.assessment.facts["wish"]["departure"]:
        return reviews.no_undo(_("The guest has changed the days of stay %(code)s since"), code=stay.code)
    if changed and stay.kept_until <= now:
        return reviews.no_undo(_("The bed was kept until %(moment)s; that time is over"), moment=stay.kept_until)
    return None


def _evidence_as_it_was(review):
    proofs, at = reviews.evidence_of(review).order_by(), review.decided_at
    if (first := review.appeal_of) is not None:
        proofs.filter(accepted_at=at, handed_in_at__lte=first.decided_at).update(
            accepted_at=None, sent_back_at=first.decided_at, decided_by=first.decided_by
        )
    proofs.filter(accepted_at=at).update(accepted_at=None, decided_by=None)
    proofs.filter(sent_back_at=at).update(sent_back_at=None, decided_by=None)


def _stay_as_it_was(review, stay, now):
    if reason := _why_it_stands(review, stay, now):
        raise Refused(reason)
    if stay.refused_at == review.decided_at:
        _take_bed_again(stay, now)
        stay.refused_at = None
    elif stay.confirmed_at == review.decided_at:
        stay.confirmed_at, stay.assessment = None, review.assessment
    elif not _waits(stay, now):
        return
    _wait_for_an_answer(stay)


def _wait_for_an_answer(stay):
    """The office's delay costs the guest no bed: it is held until the hour at which it would be given away."""
    stay.awaits, stay.held_until = Stay.Awaits.REVIEW, stay.kept_until
    stay.save(update_fields=["refused_at", "confirmed_at", "assessment", "awaits", "held_until"])
    stay.refresh_from_db(fields=["status"])


def _take_bed_again(stay, now):
    """The bed that the refusal gave back, where it is free; else another of the house, whoever is moved for it."""
    if BedNight.objects.taken(now).between(stay.nights).filter(guest=stay.guest_id).exists():
        raise Refused(reviews.no_undo(_("The guest has booked another bed for these nights")))
    close_own_lapsed(stay, now)
    given_back = stay.bed_nights.filter(released_at=stay.refused_at)
    before = given_back.values_list("bed", flat=True).first()
    free = free_beds(stay.hostel, stay.nights, stay.guest.gender, now, stay.pk, lodging_of(stay), on_call=True)
    bed = free.filter(pk=before).select_for_update(of=("self",)).first()
    try:
        [bed] = [bed] if bed else find_beds(stay.hostel, [Want(stay.guest, stay.nights, lodging_of(stay))], now)
    except Refused as no:
        raise Refused(reviews.no_undo(_("Somebody else has the bed already"))) from no
    close_lapsed(bed, now)
    put_into(bed, stay, given_back)


# --- the person's part ----------------------------------------------------------------------------------------------
def ask_for_review(assessment: Assessment, *, person: Person, note: str, now: datetime) -> Review:
    """Ask that a person looks at a decision: a refusal by rules that somebody may set aside, or one that asks for it.

    A bed that is held meanwhile waits for the answer. Raises Refused with NOT_REVIEWABLE, or ASKED where somebody
    looks at these rules already or has answered about this decision.
    """

    def do():
        still_known(person.pk)
        if reason := why_not_ask(assessment, now) or _wrong_note(note):
            raise Refused(reason)
        rules = _in_question(assessment)
        due_at = reviews.due(assessment.policy, now, Review.Kind.RULE)
        review = reviews.ask(assessment, Review.Kind.RULE, rules=rules, due_at=due_at, now=now, note=note,
                             actor=person.user)  # fmt: skip
        stay = stays_about([review]).get(review.pk)
        if _waits(stay, now):
            _wait_for_an_answer(stay)
        return review

    return act(do)


def why_not_ask(assessment: Assessment, now: datetime) -> Reason | None:
    """Why no person can be asked about this decision at ``now``, or None."""
    arrival = assessment.facts.get("wish", {}).get("arrival")
    if arrival and date.fromisoformat(arrival) < business_day(now):
        return _not_reviewable(_("This was about %(day)s, which is over"), day=date.fromisoformat(arrival))
    rules = _in_question(assessment)
    if not rules:
        return _not_reviewable(_("There is nothing here that a person would have to decide"))
    clearable = {rule.id for rule in _rules_of(assessment, arrival, now) if rule.clearable}
    if not set(rules) <= clearable:
        return _not_reviewable(_("This is counted, not judged: nobody can set it aside"))
    return _asked_already(assessment, rules)


def _in_question(assessment):
    """The ids of the rules that say no, or ask for a person; empty where something else comes first."""
    if assessment.outcome not in ("no", "ask_a_person"):
        return []
    verdicts = [each for each in assessment.verdicts if each["verdict"] in (NOT_MET, ASK)]
    return list(dict.fromkeys(each["rule_id"] for each in verdicts))


def _rules_of(assessment, arrival, now):
    day = date.fromisoformat(arrival) if arrival else business_day(now)
    return terms_of(assessment.policy).on(day).every_rule()


def _asked_already(assessment, rules):
    person, network = assessment.person_id, assessment.policy.network_id
    known = Review.objects.filter(assessment__person=person, assessment__policy__network=network)
    for review in known.filter(Q(decided_at=None) | Q(assessment=assessment)).order_by("-asked_at", "-pk"):
        if review.decided_at is None and (review.assessment_id == assessment.pk or set(rules) <= set(review.rules)):
            return _asked(_("Somebody looks at this already and answers by %(moment)s"), review, moment=review.due_at)
        if review.assessment_id == assessment.pk and review.decision in (DECISIONS.REFUSED, DECISIONS.PASSED):
            return _asked(_("Somebody answered this on %(moment)s"), review, moment=review.decided_at)
    return None


def appeal(review: Review, *, person: Person, note: str, now: datetime) -> Review:
    """Have a second person look at a refusal of ``review``; once. Raises Refused with NOT_APPEALABLE."""

    def do():
        still_known(person.pk)
        refused = reviews.with_all().get(pk=review.pk)
        if reason := why_not_appeal(refused) or _wrong_note(note):
            raise Refused(reason)
        due_at = reviews.due(refused.assessment.policy, now, Review.Kind.APPEAL)
        asked = reviews.ask(refused.assessment, Review.Kind.APPEAL, rules=refused.rules, due_at=due_at, now=now,
                            note=note, appeal_of=refused, actor=person.user)  # fmt: skip
        stay = stays_about([asked]).get(asked.pk)
        if _waits(stay, now):
            _wait_for_an_answer(stay)
        return asked

    return act(do)


def why_not_appeal(review: Review) -> Reason | None:
    """Why nobody else can be asked about the answer to ``review``, or None."""
    return _why_not_appeal(review, _laters([review]))


def _laters(found):
    """The appeals against these reviews, and what is still open about the same decisions: one statement."""
    known = Q(appeal_of__in=[review.pk for review in found])
    still_open = Q(assessment__in=[review.assessment_id for review in found], decided_at=None)
    return list(Review.objects.filter(known | still_open).order_by("pk"))


def _why_not_appeal(review, laters):
    if review.decision != DECISIONS.REFUSED:
        return _not_appealable(_("Only what was not passed can be appealed"))
    if review.kind == Review.Kind.APPEAL:
        return _not_appealable(_("Two people have looked at this: their answer stands"))
    for later in laters:
        if later.decided_at is None and later.assessment_id == review.assessment_id:
            return _not_appealable(_("Somebody looks at this already and answers by %(moment)s"), moment=later.due_at)
        if later.appeal_of_id == review.pk:
            return _not_appealable(_("A second person has answered already"))
    return None


def _wrong_note(note):
    if len(note) > LONGEST_NOTE:
        sentence = Sentence(_("At most %(most)s characters"), {"most": LONGEST_NOTE})
        return Reason("NOTE", NOT_MET, sentence, field="note")
    return None


def _not_reviewable(text, **values):
    return Reason("NOT_REVIEWABLE", NOT_MET, Sentence(text, values), fix=Fix("check", _("See what fits"), "/check/"))


def _asked(text, review, **values):
    return Reason(
        "ASKED",
        NOT_MET,
        Sentence(text, values),
        value_used=review.due_at,
        fix=Fix("me", _("See how it stands"), "/me/"),
    )


def _not_appealable(text, **values):
    return Reason("NOT_APPEALABLE", NOT_MET, Sentence(text, values), fix=Fix("help", _("Ask the office"), "/help/"))


# --- what is told ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Told:
    """What the person will read: the kind of the letter and its values."""

    kind: str
    values: dict[str, Any]

    def say(self, language: str) -> str:
        """The text in ``language``, word for word as it is sent."""
        return letters.KINDS[self.kind].text(self.values).say(language)  # type: ignore[operator]


def told_of(
    review: Review,
    decision: str,
    stay: Stay | None,
    *,
    now: datetime,
    because: Sequence[str] = (),
    words: str = "",
    clears_until: date | None = None,
) -> Told:
    """What the person will be told if ``review`` is, or was, answered by ``decision``. Reads nothing."""
    kind = f"{'appeal' if review.kind == Review.Kind.APPEAL else 'review'}_{decision}"
    terms = terms_of(review.assessment.policy)
    zh, en = reviews.because_said(because)
    values: dict[str, Any] = {
        "case": _case(stay, now),
        "decision": review.assessment.code,
        "because": (f"{zh}（{words}）", f"{en} ({words})") if words and because else (zh, en),
        "words": f" {words}" if words and not because else "",
        "within": Span.read((terms.appeal or terms.review).within).said,
    }
    if clears_until:
        values |= {"clears_until": clears_until}
    if stay is not None:
        values |= {
            "code": stay.code,
            "hostel": (stay.hostel.name_zh, stay.hostel.name_en),
            "address": stay.hostel.address,
            "arrival": stay.arrival,
            "departure": stay.departure,
            "held_until": stay.held_until,
            "kept_until": stay.kept_until,
        }
    return Told(kind, values)


def _case(stay, now):
    """What becomes of the bed: it is "held", "refused", "kept" (confirmed), or there is "none"."""
    state = stay.state(now) if stay else None
    return {
        Stay.Status.HELD: "held",
        Stay.Status.REFUSED: "refused",
        Stay.Status.CONFIRMED: "kept",
        Stay.Status.IN_HOUSE: "kept",
    }.get(state, "none")


def text_if(
    review: Review, decision: str, stay: Stay | None, *, because: Sequence[str], words: str, now: datetime
) -> Told:
    """What the person would read if ``review`` were refused, or sent back, now: a reviewer sees it beforehand."""
    told = told_of(review, decision, stay, now=now, because=because, words=words)
    if stay is None or not _waits(stay, now):
        return told
    if decision == DECISIONS.REFUSED and not _keeps_the_bed(review, because):
        return Told(told.kind, told.values | {"case": "refused"})
    return Told(told.kind, told.values | {"held_until": _proof_due(review, stay, now)})


# --- what may be done -----------------------------------------------------------------------------------------------
def office_actions(review: Review, stay: Stay | None, user: User, now: datetime) -> dict[str, Action]:
    """What ``user``, an officer, may do to ``review`` at ``now``, each with the reason where they may not."""
    decide = reviews.why_not_decide(review, user, now)
    takes_back = why_not_undo(review, stay, user, now)
    return {"decide": Action(decide is None, decide), "undo": Action(takes_back is None, takes_back)}


def person_actions(review: Review) -> dict[str, Action]:
    """What the person whom ``review`` is about may do."""
    return person_actions_of([review])[review.pk]


def person_actions_of(found: Sequence[Review]) -> dict[int, dict[str, Action]]:
    """What a person may do about each of their reviews, by the review's id: one statement."""
    laters = _laters(found)
    reasons = {review.pk: _why_not_appeal(review, laters) for review in found}
    return {pk: {"appeal": Action(reason is None, reason)} for pk, reason in reasons.items()}
