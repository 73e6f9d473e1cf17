"""Beds that wait: for the guest's proof, or for a person's answer; and what follows when either has come."""

from datetime import datetime, timedelta

from django.db.models import Min

from accounts.models import User
from accounts.record import record
from bookings import reasons
from bookings.decisions import Decided, decide
from bookings.letters import tell
from bookings.models import BedNight, Stay
from bookings.quotas import take_again
from eligibility.caps import FREE
from eligibility.evaluation import ASK_A_PERSON, TELL_US_MORE, YES, Decision
from eligibility.models import Assessment, Review
from eligibility.policies import kept_until, terms_of
from eligibility.reasons import ASK, MISSING, Refused
from eligibility.reviews import ask
from hostel.models import Hostel, Room

EVIDENCE = "EVIDENCE"
TO_PUT_RIGHT = timedelta(days=1)


def waits_for(decided: Decided) -> str:
    """What a bed may be held for although the rules do not say yes yet: a proof, a review, or nothing ("").

    Where the policy has people qualify first, no bed waits.
    """
    decision = decided.decision
    if not terms_of(decided.policy).order.books_first:
        return ""
    if decision.outcome == ASK_A_PERSON:
        return Stay.Awaits.REVIEW
    missing = {reason.code for reason in decision.reasons if reason.verdict == MISSING}
    return Stay.Awaits.PROOF if decision.outcome == TELL_US_MORE and missing == {EVIDENCE} else ""


def held_until(decided: Decided, awaits: str, arrival, now: datetime) -> datetime:
    """Until when the bed waits: for a proof until its deadline; for a person as long as for any guest on the day of
    arrival, because the office's delay must not cost the guest the bed."""
    kept = kept_until(decided.policy, arrival, now)
    if awaits == Stay.Awaits.REVIEW:
        return kept
    asked = [reason.by for reason in decided.decision.reasons if reason.verdict == MISSING and reason.by]
    due = min(asked, default=terms_of(decided.policy).order.proof_due(now, decided.facts.shifted_days))
    return min(due, kept)


def open_review(stay: Stay, decided: Decided, now: datetime) -> Review | None:
    """Ask a person about ``stay``, unless somebody is asked already."""
    if Review.objects.open().filter(assessment__about=stay.code).exists():
        return None
    asked = [reason for reason in decided.decision.reasons if reason.verdict == ASK]
    about_proof = {reason.code for reason in asked} == {EVIDENCE}
    return ask(
        stay.assessment,
        Review.Kind.PROOF if about_proof else Review.Kind.RULE,
        rules=[reason.rule_id for reason in asked],
        due_at=terms_of(decided.policy).review.due(now, decided.facts.shifted_days),
        now=now,
    )


def still_held(stay: Stay) -> list[BedNight]:
    """The nights of the held ``stay``, locked: until the act ends nobody takes its bed as that of a hold that is over.

    Whoever does, at a moment just after its end, holds the bed's lock and not the guest's, and locks these nights too
    before looking (`holding.close_lapsed`). Raises Refused with HOLD_ENDED where they were quicker.
    """
    kept = list(stay.bed_nights.live().select_related("room").order_by("pk").select_for_update(of=("self",)))
    if len(kept) != len(stay.nights):
        raise Refused(reasons.hold_ended(stay))
    return sorted(kept, key=lambda each: each.night)


def wait(stay: Stay, decided: Decided, awaits: str, now: datetime, actor: User | None) -> None:
    """Have the held ``stay`` wait as ``decided`` says: its assessment is that decision already."""
    still_held(stay)
    stay.awaits = awaits
    stay.held_until = held_until(decided, awaits, stay.arrival, now)
    stay.save(update_fields=["awaits", "held_until", "assessment", "purpose"])
    if stay.party_id is not None:
        _until_the_first_deadline(stay.party_id, now)
    if awaits == Stay.Awaits.REVIEW:
        open_review(stay, decided, now)
    told(stay, now)


def told(stay: Stay, now: datetime) -> None:
    """Tell the guest what their held bed waits for, and until when."""
    kind = {
        Stay.Awaits.PROOF: "held_for_proof",
        Stay.Awaits.REVIEW: "held_for_review",
        Stay.Awaits.PARTY: "held_for_party",
        Stay.Awaits.HOUSE: "held_for_house",
    }[Stay.Awaits(stay.awaits)]
    tell(stay, kind, now, held_until=stay.held_until)


def look_again(stay: Stay, *, now: datetime, actor: User | None = None) -> Stay:
    """Decide about a held bed anew, by all that is known now; ``stay`` is locked (`locking.locked`).

    It is confirmed, or waits for what is still missing. Where the rules say no for another reason by now (the nights
    were used meanwhile) the guest has a day to put that right and confirm. A stay that is not held is left as it is.
    """
    if stay.state(now) != Stay.Status.HELD or stay.awaits == Stay.Awaits.HOUSE:
        return stay
    hostel = Hostel.objects.on(stay.arrival).get(pk=stay.hostel_id)
    accepted = stay.assessment.facts["wish"]["accept_price"]
    how = {"accept_price": accepted, "except_stay": stay.pk, "applicant": stay.applicant}
    decided = decide(stay.guest, hostel, stay.nights, stay.purpose, now, **how)
    if decided.decision.outcome == YES:
        return settle(stay, decided, hostel, now, actor, Assessment.Act.REVIEW)
    if awaits := waits_for(decided):
        stay.assessment = decided.keep(Assessment.Act.REVIEW, stay.code)
        wait(stay, decided, awaits, now, actor)
    else:
        still_held(stay)
        stay.awaits, stay.held_until, stay.own_hold = "", min(now + TO_PUT_RIGHT, stay.kept_until), False
        stay.save(update_fields=["awaits", "held_until", "own_hold"])
    return stay


def is_ready(stay: Stay, *, now: datetime, accept_price: bool = False) -> bool:
    """Whether the held ``stay``, its guest locked, would be a promise at once: the rules say yes, and no house has to
    be asked for its bed."""
    hostel = Hostel.objects.on(stay.arrival).get(pk=stay.hostel_id)
    decided = decide(
        stay.guest,
        hostel,
        stay.nights,
        stay.purpose,
        now,
        accept_price=accept_price,
        except_stay=stay.pk,
        applicant=stay.applicant,
    )
    on_call = stay.bed_nights.live().filter(room__supply=Room.Supply.ON_CALL)
    return decided.decision.outcome == YES and not on_call.exists()


def settle(stay: Stay, decided: Decided, hostel: Hostel, now: datetime, actor: User | None, act: str) -> Stay:
    """Make a held ``stay`` a promise, at the prices of ``decided``, which says yes; or ask the house, where its bed is
    on call.

    Raises Refused with QUOTA where a night would be free by now that was not, and none is left; with HOLD_ENDED where
    somebody else has its bed by now.
    """
    kept = still_held(stay)
    prices = priced(decided.decision, hostel.rate_fen)
    free = [each.night for each, (price, _fen) in zip(kept, prices, strict=True) if price.cls == FREE]
    take_again(stay, hostel, free, kept, decided.decision.entitlement, now)
    for bed_night, (price, price_fen) in zip(kept, prices, strict=True):
        if (bed_night.price_class, bed_night.price_fen) != (price.cls, price_fen):
            bed_night.price_class, bed_night.percent, bed_night.price_fen = price.cls, price.percent, price_fen
            bed_night.save(update_fields=["price_class", "percent", "price_fen"])
    stay.assessment = decided.keep(act, stay.code)
    stay.kept_until = kept_until(decided.policy, stay.arrival, now)
    if stay.awaits != Stay.Awaits.HOUSE and any(each.room.supply == Room.Supply.ON_CALL for each in kept):
        return _ask_house(stay, hostel, now, actor)
    return promise(stay, now, actor)


def answer_due(hostel: Hostel, kept: datetime, now: datetime) -> datetime:
    """Until when ``hostel`` has to say whether an on-call bed can be had, that would be kept until ``kept``."""
    return min(now + timedelta(minutes=hostel.network.on_call_minutes), kept)


def _ask_house(stay, hostel, now, actor):
    stay.awaits, stay.held_until = Stay.Awaits.HOUSE, answer_due(hostel, stay.kept_until, now)
    stay.save(update_fields=["purpose", "assessment", "kept_until", "awaits", "held_until"])
    if stay.party_id is not None:
        _until_the_first_deadline(stay.party_id, now)
    told(stay, now)
    record("ask_house", now=now, actor=actor, person=stay.guest, hostel=stay.hostel, about=stay.code)
    return stay


def promise(stay: Stay, now: datetime, actor: User | None, letter: str = "booked", **said) -> Stay:
    """Make a held ``stay`` a promise, as it stands; a ``letter`` of this kind, with what is ``said`` in it, says so."""
    stay.confirmed_at, stay.awaits = now, ""
    stay.save(update_fields=["purpose", "assessment", "kept_until", "confirmed_at", "awaits"])
    stay.refresh_from_db(fields=["status"])
    tell(stay, letter, now, **said)
    record("confirm", now=now, actor=actor, person=stay.guest, hostel=stay.hostel, about=stay.code)
    if stay.party_id is not None:
        _go_on_together(stay.party_id, now, actor)
    return stay


def _go_on_together(party, now, actor):
    """Make the beds of those a promise who waited only for this one."""
    held = Stay.objects.standing(now).filter(party=party, status=Stay.Status.HELD)
    if held.exclude(awaits=Stay.Awaits.PARTY).exists():
        return
    waiting = held.select_related("guest__user", "hostel__network").order_by("guest_id")
    while other := waiting.first():
        look_again(other, now=now, actor=actor)


def _until_the_first_deadline(party, now):
    """Who waits only for the party waits as long as the first of those can that it waits for."""
    held = Stay.objects.standing(now).filter(party=party, status=Stay.Status.HELD)
    first = held.exclude(awaits=Stay.Awaits.PARTY).aggregate(first=Min("held_until"))["first"]
    if first:
        held.filter(awaits=Stay.Awaits.PARTY).update(held_until=first)


def left_the_party(stay: Stay, now: datetime, told_at: datetime | None = None) -> None:
    """Tell the others that ``stay`` is no more, at ``told_at`` where that can wait: what they want now is theirs to
    say.

    Their beds stay theirs. Who waited only for this one has a day to confirm, and is told at once.
    """
    others = Stay.objects.standing(now).filter(party=stay.party_id).exclude(pk=stay.pk)
    if not others.filter(status=Stay.Status.HELD).exclude(awaits=Stay.Awaits.PARTY).exists():
        for other in others.filter(status=Stay.Status.HELD, awaits=Stay.Awaits.PARTY):
            until = max(other.held_until, min(now + TO_PUT_RIGHT, other.kept_until))
            Stay.objects.filter(pk=other.pk).update(awaits="", held_until=until)
    for other in others.select_related("guest", "hostel", "party").order_by("pk"):
        kind = "party_held" if other.status == Stay.Status.HELD and not other.awaits else "party_smaller"
        values = {"who": stay.guest.masked_name, "party": other.party.code}
        written_at = now if kind == "party_held" else told_at or now
        tell(other, kind, written_at, f"{other.code} {stay.code}", held_until=other.held_until, **values)


def priced(decision: Decision, rate_fen: int | None) -> list[tuple]:
    """Price and fen of each night of a stay that may be, or may be held."""
    return [(price, price.cost(rate_fen)) for price in decision.prices]
