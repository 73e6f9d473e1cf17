"""What this floor holds of people: stays and their nights, wishes that wait, stays that were missed."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from accounts.forgetting import (
    FOR_EVER,
    Fact,
    Held,
    Holder,
    Kept,
    Section,
    Whose,
    books_until,
    forget_answers_about,
    holder,
    without,
)
from accounts.models import Person
from accounts.reasons import CHINESE, Fix, Reason, Sentence, not_met
from bookings.facts import NO_SHOWS_REMEMBERED, kept_nights
from bookings.holding import end_hold
from bookings.models import Batch, BedNight, NoShow, Party, Stay, TurnAway, Waiting
from bookings.wishing import withdraw
from eligibility.caps import Cap, CityCap
from eligibility.forgetting import false_proofs_of, remembered_until
from eligibility.models import Assessment, Policy
from eligibility.policies import terms_of
from hostel.models import Need, Network, NetworkCap
from hostel.nights import business_day


# --- how long somebody must be known again ----------------------------------------------------------------------------
def counted_until(person: Person, now: datetime) -> date | None:
    """Until which day a rule in force counts a night of ``person``, a stay they missed, or a proof that was false.

    None where nothing counts; FOR_EVER where a rule counts for life. Each network's rules of today are asked.
    """
    today = business_day(now)
    kept = kept_nights(person, None, now)
    missed = NoShow.objects.filter(guest=person, lifted_at=None, at__gte=now - NO_SHOWS_REMEMBERED)
    moments, false = list(missed.values_list("at", flat=True)), false_proofs_of(person)
    until = date.min
    for network in Network.objects.exclude(hostels=None).distinct() if kept or moments or false else ():
        policy = Policy.objects.filter(network=network).in_force(today).first()
        if policy is None:
            continue
        terms = terms_of(policy)
        until = max(until, remembered_until(terms, today, moments, NO_SHOWS_REMEMBERED, false))
        for cap in (*terms.caps_on(today), *_above(network, today)):
            until = max(until, _cap_until(cap, kept, today))
    return until if until > today else None


def _above(network: Network, today: date) -> Iterator[Cap]:
    above = NetworkCap.objects.valid_on(today).filter(network=network.parent_id)
    yield from (CityCap(each.free_nights_per_year) for each in above)


def _cap_until(cap, kept, today):
    counted = cap.days(kept)
    if not counted:
        return date.min
    # From the window of the last night on: a night to come counts in a window that has not begun.
    last = max(today, *counted)
    if not cap.used(last, counted):
        return date.min
    return cap.returns_on(last, counted) or FOR_EVER


# --- saying -----------------------------------------------------------------------------------------------------------
def _holds(whose: Whose, now: datetime) -> Iterator[Held]:
    if whose.person is None:
        return
    stays = Stay.objects.filter(guest=whose.person).count()
    nights = BedNight.objects.live().filter(guest=whose.person).count()
    if stays:
        text = _("Stays: %(stays)s; nights kept or slept: %(nights)s")
        yield Held("stays", Sentence(text, {"stays": stays, "nights": nights}), source="record")
    if waits := Waiting.objects.filter(guests__guest=whose.person).count():
        yield Held("waits", Sentence(_("Times you waited for a bed: %(number)s"), {"number": waits}))
    if missed := NoShow.objects.filter(guest=whose.person).count():
        yield Held("missed", Sentence(_("Stays missed: %(number)s"), {"number": missed}), source="record")


def _tells(whose: Whose, now: datetime, language: str) -> Iterator[Section]:
    if whose.person is None:
        return
    stays = Stay.objects.filter(guest=whose.person).select_related("hostel", "assessment__policy")
    stays = stays.prefetch_related("bed_nights__bed__room")
    yield Section(
        "stays", _("Stays and nights"), [_stay(each, now, language) for each in stays.order_by("arrival", "pk")]
    )
    waits = Waiting.objects.filter(guests__guest=whose.person).prefetch_related("hostels").order_by("made_at")
    yield Section("waits", _("What you waited for"), [_waiting(each) for each in waits])
    missed = NoShow.objects.filter(guest=whose.person).select_related("stay").order_by("at")
    yield Section("missed", _("Stays missed"), [_missed(each) for each in missed])
    turned = TurnAway.objects.filter(guest=whose.person).select_related("hostel").order_by("night")
    yield Section("turned_away", _("Nights for which there was no bed"), [_turned_away(each) for each in turned])


def _stay(stay, now, language):
    purpose = terms_of(stay.assessment.policy).purposes.get(stay.purpose, (stay.purpose, stay.purpose))
    nights = sorted(stay.bed_nights.all(), key=lambda night: night.night)
    return [
        Fact("code", _("Code"), stay.code),
        Fact("hostel", _("House"), stay.hostel.name),
        Fact("arrival", _("Arrival"), stay.arrival),
        Fact("departure", _("Departure"), stay.departure),
        Fact("state", _("State"), str(Stay.Status(stay.state(now)).label)),
        Fact("purpose", _("To come for"), stay.purpose, [purpose[0 if language == CHINESE else 1]]),
        Fact("needs", _("Needs of a bed"), stay.needs, [str(Need(each).label) for each in stay.needs]),
        Fact("booked_at", _("Booked"), stay.booked_at),
        Fact("coming_at", _("Said that you come"), stay.coming_at),
        Fact("late_at", _("Said that you come late"), stay.late_at),
        Fact("checked_in_at", _("Checked in"), stay.checked_in_at),
        Fact("checked_out_at", _("Checked out"), stay.checked_out_at),
        Fact("cancelled_at", _("Cancelled"), stay.cancelled_at),
        Fact("cancel_reason", _("What you said about it"), stay.cancel_reason),
        Fact("no_show_at", _("Missed"), stay.no_show_at),
        Fact("nights", _("Nights"), [_night(each) for each in nights], [_night_said(each) for each in nights]),
    ]


def _night(night):
    return {
        "night": night.night.isoformat(),
        "bed": str(night.bed),
        "price_class": night.price_class,
        "price_yuan": f"{night.price_fen / 100:.2f}",
        "slept": night.slept_at is not None,
        "given_back": night.released_at is not None,
    }


def _night_said(night):
    price = _("free") if night.price_class == BedNight.PriceClass.FREE else f"¥{night.price_fen / 100:.2f}"
    became = _("given back") if night.released_at else _("slept") if night.slept_at else _("kept")
    return f"{night.night.isoformat()} · {night.bed} · {price} · {became}"


def _waiting(waiting):
    return [
        Fact("code", _("Code"), waiting.code),
        Fact("hostels", _("Houses"), [hostel.name for hostel in waiting.hostels.all()]),
        Fact("arrival", _("Arrival"), waiting.arrival),
        Fact("departure", _("Departure"), waiting.departure),
        Fact("made_at", _("Asked"), waiting.made_at),
        Fact("filled_at", _("Filled"), waiting.filled_at),
        Fact("withdrawn_at", _("Taken back"), waiting.withdrawn_at),
    ]


def _missed(missed):
    return [
        Fact("stay", _("Stay"), missed.stay.code),
        Fact("at", _("When"), missed.at),
        Fact("appeal", _("What you said"), missed.appeal),
        Fact("answer", _("Answer"), missed.answer),
        Fact("lifted_at", _("Lifted"), missed.lifted_at),
    ]


def _turned_away(turned):
    return [Fact("night", _("Night"), turned.night), Fact("hostel", _("House"), turned.hostel.name)]


# --- forgetting -------------------------------------------------------------------------------------------------------
def _hinders(whose: Whose, now: datetime) -> Iterator[Reason]:
    day, person = business_day(now), whose.person
    batch = Batch.objects.filter(contact=whose.user, cancelled_at=None, departure__gt=day).order_by("arrival").first()
    if batch is not None:
        yield not_met(
            "BATCH",
            _("You name the guests of batch %(code)s until it ends on %(day)s"),
            {"code": batch.code, "day": batch.departure},
            value_used=batch.code,
            fix=Fix("help", _("Ask the committee to name somebody else"), "/help/"),
        )
    if person is None:
        return
    standing = _standing(person, now)
    for stay in standing:
        yield _stands(stay)
    if not standing:
        if (night := BedNight.objects.taken(now).filter(guest=person, slept_at=None).first()) is not None:
            yield not_met(
                "STAY",
                _("Your last night is not in the books yet: that is done by six in the morning"),
                value_used=night.night,
                fix=Fix("own", _("Come back tomorrow"), "/me/data/"),
            )
        friends = Stay.objects.standing(now).filter(party__made_by=person).exclude(guest=person)
        if (of_friend := friends.select_related("party").order_by("-departure").first()) is not None:
            yield not_met(
                "PARTY",
                _("Your friends sleep in beds that you booked for all of you, until %(day)s"),
                {"day": of_friend.departure},
                value_used=of_friend.departure,
                fix=Fix("party", _("See the party"), f"/parties/{of_friend.party.code}/"),
            )
    mine = Waiting.objects.standing(now).filter(guests__guest=person)
    for waiting in Waiting.objects.filter(pk__in=mine.values("pk")).annotate(size=Count("guests")).order_by("pk"):
        if waiting.size > 1:
            yield not_met(
                "PARTY",
                _("Friends wait for a bed together with you (%(code)s)"),
                {"code": waiting.code},
                value_used=waiting.code,
                fix=Fix("wish", _("Take the wish back first"), f"/waitlist/{waiting.code}/"),
            )
    appeal = NoShow.objects.filter(guest=person, answered_at=None, lifted_at=None).exclude(appealed_at=None).first()
    if appeal is not None:
        yield not_met(
            "APPEAL",
            _("What you said of the stay you missed is not answered yet; who answers needs to know whose it is"),
            value_used=appeal.stay.code,
            fix=Fix("stay", _("See the stay"), f"/stays/{appeal.stay.code}/"),
        )


def _standing(person, now):
    """Their stays that keep a bed, and those for which a house was asked and another is looked for."""
    own = Stay.objects.filter(guest=person).select_related("hostel").order_by("arrival")
    return [*own.standing(now), *(stay for stay in own.lapsed(now) if stay.is_looked_for(now))]


def _stands(stay):
    text = _("A bed at %(hostel)s is kept for you from %(arrival)s to %(departure)s")
    fix = Fix("cancel", _("Give the bed back first"), f"/stays/{stay.code}/cancel/")
    if stay.status == Stay.Status.IN_HOUSE:
        text = _("You stay at %(hostel)s from %(arrival)s to %(departure)s")
        fix = Fix("stay", _("Check out first"), f"/stays/{stay.code}/")
    values = {
        "hostel": (stay.hostel.name_zh, stay.hostel.name_en),
        "arrival": stay.arrival,
        "departure": stay.departure,
    }
    return not_met("STAY", text, values, value_used=stay.code, fix=fix)


def _keeps(whose: Whose, now: datetime) -> Iterator[Kept]:
    if whose.person is None:
        return
    slept = BedNight.objects.slept().filter(guest=whose.person).order_by("-night")
    if (last := slept.first()) is not None:
        until = date(max(books_until(now).year, last.night.year), 12, 31)
        yield Kept(
            "stays",
            Sentence(_("The nights you slept, %(number)s in all: house, day and price, without a name"),
                     {"number": slept.count()}),
            Sentence(_("The houses are paid for them with public money, and the accounts must add up")),
            until,
            Sentence(_("Until %(day)s"), {"day": until}),
        )  # fmt: skip
        yield Kept(
            "registration",
            Sentence(_("The hotel's own register of guests, which is not in this system")),
            Sentence(_("The law has every hotel keep one and show it to the police; it is theirs, not ours")),
            None,
            Sentence(_("As long as the law says; ask the house")),
        )
    elif Stay.objects.filter(guest=whose.person).exists():
        yield Kept(
            "stays",
            Sentence(_("That a bed was booked and given back or missed, without a name")),
            Sentence(_("So that the figures of the houses stay true")),
            books_until(now),
            Sentence(_("Until %(day)s"), {"day": books_until(now)}),
        )


def _forgets(whose: Whose, now: datetime) -> None:
    person = whose.person
    if person is None:
        return
    for lapsed in Stay.objects.lapsed(now).filter(guest=person):
        end_hold(lapsed)
    for waiting in Waiting.objects.standing(now).filter(guest=person):
        withdraw(waiting, now=now, actor=whose.user)
    codes = {*Stay.objects.filter(guest=person).values_list("code", flat=True)}
    codes |= {*Waiting.objects.filter(guests__guest=person).values_list("code", flat=True)}
    codes |= {*Assessment.objects.filter(person=person).values_list("code", flat=True)}
    codes |= {*Party.objects.filter(Q(made_by=person) | Q(stays__guest=person)).values_list("code", flat=True)}
    forget_answers_about(codes)
    Stay.objects.filter(guest=person).update(needs=[], cancel_reason="")
    for waiting in Waiting.objects.filter(guest=person):
        waiting.needs, waiting.moved_because = [], without(waiting.moved_because, whose)
        waiting.save(update_fields=["needs", "moved_because"])
    for missed in NoShow.objects.filter(guest=person):
        missed.appeal, missed.answer = "", without(missed.answer, whose)
        missed.lifted_because = without(missed.lifted_because, whose)
        missed.save(update_fields=["appeal", "answer", "lifted_because"])
    for night in BedNight.objects.filter(guest=person).exclude(excused_because=""):
        night.excused_because = without(night.excused_because, whose)
        night.save(update_fields=["excused_because"])


holder(
    "bookings",
    Holder(holds=_holds, tells=_tells, hinders=_hinders, keeps=_keeps, forgets=_forgets, counted_until=counted_until),
)
