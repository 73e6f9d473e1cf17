"""Batches: beds allotted to a school or an organisation, whose guests are named later."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from accounts.acts import act, afterwards
from accounts.documents import read_document, read_name
from accounts.models import Person, User
from accounts.people import PROFILE, add_person, change_profile
from accounts.record import record
from accounts.roles import hostels_of_officer
from bookings import reasons
from bookings.actions import may
from bookings.availability import GENDERS, free_beds
from bookings.awaiting import open_review, told, waits_for
from bookings.booking import take_bed
from bookings.cancelling import cancel
from bookings.decisions import decide
from bookings.holding import close_lapsed
from bookings.letters import tell
from bookings.locking import guest_locked
from bookings.lodging import Lodging
from bookings.models import Batch, BatchBed, BedNight, Stay
from bookings.parties import LOOKED_IN_VAIN, MOST_IN_VAIN, OF_THE_WISH, looked_in_vain, new_code, too_often, which_only
from eligibility.evaluation import YES
from eligibility.models import Assessment
from eligibility.policies import policy_in_force, terms_of
from eligibility.reasons import Fix, Reason, Refused, not_met
from hostel.models import Bed, Hostel, Room
from hostel.nights import Nights, business_day

MOST_BEDS = 200
MOST_NIGHTS = 366
MOST_NAMES = 200
# What a school is told in full of a guest whom the house knows already: it speaks of the batch and of the wish.
OF_THE_BATCH = OF_THE_WISH | {"BATCH_DATES", "BATCH_NIGHTS", "BATCH_OVER", "FULL"}


# --- allotting --------------------------------------------------------------------------------------------------------
def allot(
    *,
    hostel: Hostel,
    nights: Nights,
    applicant: str,
    organisation: str,
    purpose: str,
    release_on: date,
    now: datetime,
    actor: User,
    beds: int | Sequence[Bed] = 0,
    women: int = 0,
    men: int = 0,
    contact: User | None = None,
    free_nights: int | None = None,
) -> Batch:
    """Keep beds of ``hostel`` on all of ``nights`` for the guests of a school or an organisation (``applicant``).

    ``beds`` says how many, or which (none: a bed for each of the women and men); ``women`` and ``men`` how many of them
    will be such, where that is known: then no room is planned for both. From ``release_on`` on the beds that nobody was
    named for are everybody's. ``free_nights`` is the batch's own quota (None: every night of every bed). ``contact``
    may give the names. Raises Refused with BATCH for what does not fit together, or with FULL and how many beds
    there are.
    """

    def do():
        chosen = [] if isinstance(beds, int) else list(beds)
        said = beds if isinstance(beds, int) else len(chosen)
        wanted, called = said or women + men, " ".join(organisation.split())
        _fits_together(hostel, nights, applicant, called, purpose, release_on, wanted, women + men, free_nights, now)
        free = _free_and_locked(hostel, nights, now)
        kept = _these(hostel, nights, free, chosen) if chosen else _choose(hostel, nights, free, wanted, women, men)
        batch = Batch.objects.create(
            code=new_code(),
            hostel=hostel,
            applicant=applicant,
            organisation=called,
            contact=contact,
            purpose=purpose,
            arrival=nights.arrival,
            departure=nights.departure,
            release_on=release_on,
            free_nights=wanted * len(nights) if free_nights is None else free_nights,
            made_by=actor,
            made_at=now,
        )
        for bed in kept:
            # A hold whose time is over ends here: else its guest, confirming at this very moment, would have the bed.
            close_lapsed(bed, now)
        BatchBed.objects.bulk_create(BatchBed(batch=batch, bed=bed) for bed in kept)
        record("allot", now=now, actor=actor, hostel=hostel, about=batch.code, beds=len(kept))
        return batch

    return act(do)


def _fits_together(hostel, nights, applicant, organisation, purpose, release_on, wanted, people, free_nights, now):
    today, wrong = business_day(now), []
    if nights.arrival < today:
        wrong.append(_wrong("arrival", _("These nights are over: choose nights from today on")))
    if len(nights) > MOST_NIGHTS:
        wrong.append(_wrong("departure", _("At most %(most)s nights at once"), most=MOST_NIGHTS))
    if not today < release_on <= nights.arrival:
        text = _("Beds that nobody is named for are given back after today and at the latest on the day of arrival")
        wrong.append(_wrong("release_on", text))
    if not 1 <= wanted <= MOST_BEDS:
        wrong.append(_wrong("beds", _("A batch has 1 to %(most)s beds"), most=MOST_BEDS))
    if people > wanted:
        wrong.append(_wrong("women", _("That is more women and men than beds")))
    if applicant not in Batch.Applicant.values:
        wrong.append(_wrong("applicant", _("Beds are allotted to a school or to an organisation")))
    if not organisation:
        wrong.append(_wrong("organisation", _("Say which school or organisation it is")))
    elif not organisation.isprintable():
        wrong.append(_wrong("organisation", _("The name has a character that can't be seen: type it again")))
    if purpose not in terms_of(policy_in_force(hostel.network_id, today)).purposes:
        wrong.append(_wrong("purpose", _("The rules know no such purpose: choose one of theirs")))
    if free_nights is not None and not 0 <= free_nights <= MOST_BEDS * MOST_NIGHTS:
        wrong.append(_wrong("free_nights", _("Say how many free nights the batch may use, 0 or more")))
    if wrong:
        raise Refused(*wrong)


def _free_and_locked(hostel, nights, now) -> dict[str, list[Bed]]:
    """The beds free throughout, for women and for men; nobody else gets one of them before the act is over.

    They are read once more behind the lock: another act may have given one meanwhile.
    """
    found = {gender: free_beds(hostel, nights, gender, now) for gender in GENDERS}
    there = Bed.objects.filter(Q(pk__in=found["female"].values("pk")) | Q(pk__in=found["male"].values("pk")))
    pks = list(there.values_list("pk", flat=True))
    list(Bed.objects.filter(pk__in=pks).order_by("pk").select_for_update(of=("self",)))
    return {gender: list(beds.filter(pk__in=pks)) for gender, beds in found.items()}


def _these(hostel, nights, free, chosen):
    open_to_somebody = {bed.pk: bed for beds in free.values() for bed in beds}
    taken = [bed for bed in chosen if bed.pk not in open_to_somebody]
    if taken:
        raise Refused(*(reasons.bed_taken(bed, nights) for bed in taken))
    return [open_to_somebody[bed.pk] for bed in chosen]


@dataclass
class _Place:
    """The free beds of a room, by who can have them."""

    room: Room
    beds: dict[str, list[Bed]] = field(default_factory=dict)

    def open_to(self, gender):
        beds = self.beds.get(gender, [])
        return beds[:1] if self.room.guests == Room.Guests.ANY else beds

    @property
    def is_open_to_both(self):
        return all(self.open_to(gender) for gender in GENDERS)

    @property
    def any_beds(self):
        return max((self.open_to(gender) for gender in GENDERS), key=len)


def _choose(hostel, nights, free, wanted, women, men):
    """So many beds that ``women`` and ``men`` each find theirs without sharing a room, and the others what is left.

    Who comes is not known of the others: whole rooms that either may have are best for them.
    """
    places: dict[int, _Place] = {}
    for gender, beds in free.items():
        for bed in beds:
            places.setdefault(bed.room_id, _Place(bed.room)).beds.setdefault(gender, []).append(bed)
    rooms = list(places.values())
    split = _split(rooms, women, men)
    chosen, left = [], rooms
    if split is not None:
        still = {"female": women, "male": men}
        left = []
        for place, gender in zip(rooms, split, strict=True):
            beds = place.open_to(gender) if gender else place.any_beds
            taken = beds[: still[gender]] if gender else []
            if gender:
                still[gender] -= len(taken)
            chosen += taken
            left.append(beds[len(taken) :] if gender else place)
        chosen += _rest(left, wanted - women - men)
    if len(chosen) < wanted:
        raise Refused(_full(hostel, nights, rooms, wanted))
    return chosen


def _split(rooms: Sequence[_Place], women: int, men: int) -> list[str] | None:
    """For each room who is to have it ("" for nobody yet), so that there are beds enough; the fewest rooms that are
    open to both are used up. None where there is no such way."""
    ways = {(0, 0): (0, ())}
    for place in rooms:
        further: dict[tuple[int, int], tuple[int, tuple]] = {}
        for (had_women, had_men), (cost, said) in ways.items():
            for gender in ("", *(each for each in GENDERS if place.open_to(each))):
                beds = len(place.open_to(gender)) if gender else 0
                reached = (
                    min(women, had_women + beds * (gender == "female")),
                    min(men, had_men + beds * (gender == "male")),
                )
                if gender and reached == (had_women, had_men):
                    continue  # nobody needs it
                spent = cost + (len(rooms) if gender and place.is_open_to_both else 0) + bool(gender)
                if reached not in further or spent < further[reached][0]:
                    further[reached] = (spent, (*said, gender))
        ways = further
    found = ways.get((women, men))
    return list(found[1]) if found else None


def _rest(left, wanted):
    """``wanted`` beds of what is left: whole rooms open to both first, the largest that fits, then single beds."""
    chosen: list[Bed] = []
    whole = sorted(
        (each for each in left if isinstance(each, _Place)),
        key=lambda each: (not each.is_open_to_both, -len(each.any_beds)),
    )
    loose = [bed for each in left if not isinstance(each, _Place) for bed in each]
    for place in whole:
        if len(place.any_beds) <= wanted - len(chosen):
            chosen += place.any_beds
        else:
            loose += place.any_beds
    return chosen + loose[: max(wanted - len(chosen), 0)]


# --- naming -----------------------------------------------------------------------------------------------------------
def name_guest(
    batch: Batch,
    person: Person,
    *,
    now: datetime,
    actor: User | None = None,
    arrival: date | None = None,
    departure: date | None = None,
    accept_price: bool = False,
) -> Stay:
    """Give ``person`` one of the beds of ``batch``, for all of its nights or from ``arrival`` to ``departure``.

    The rules decide as for any guest of a school or an organisation. Raises Refused with their reasons, with
    BATCH_OVER, BATCH_DATES or BATCH_NIGHTS, or with FULL where no bed of the batch is left for them.
    """
    return act(lambda: _name(batch, person, now, actor, arrival, departure, accept_price))


def _name(batch, person, now, actor, arrival, departure, accept_price):
    guest = guest_locked(Q(pk=person.pk))
    batch = Batch.objects.select_related("hostel").get(pk=batch.pk)
    _stands(batch, now)
    arrival, departure = arrival or batch.arrival, departure or batch.departure
    if not batch.arrival <= arrival < departure <= batch.departure:
        raise Refused(_outside(batch))
    nights = Nights(arrival, departure)
    if guest is None or not guest.gender or not guest.document_hash:
        raise Refused(reasons.identity_missing(batch.hostel.slug, nights))
    house = Hostel.objects.on(arrival).get(pk=batch.hostel_id)
    decided = decide(guest, house, nights, batch.purpose, now, accept_price=accept_price, applicant=batch.applicant)
    awaits = "" if decided.decision.outcome == YES else waits_for(decided)
    if decided.decision.outcome != YES and not awaits:
        raise decided.refuse(Assessment.Act.BOOK)
    lodging = Lodging(needs=frozenset(guest.needs), batch=batch)
    stay = take_bed(guest, house, nights, batch.purpose, now, decided, awaits=awaits, lodging=lodging)
    if stay.held_until:
        if stay.awaits == Stay.Awaits.REVIEW:
            open_review(stay, decided, now)
        told(stay, now)
    else:
        tell(stay, "booked_by", now, organisation=batch.organisation)
    what = "hold" if stay.held_until else "book"
    record(what, now=now, actor=actor, person=guest, hostel=house, about=stay.code, batch=batch.code)
    return stay


def _stands(batch, now):
    if batch.cancelled_at or batch.release_on <= business_day(now):
        raise Refused(_over(batch))


@dataclass(frozen=True)
class Named:
    """Somebody on a school's list: name and document, what the document does not say, and what rules ask."""

    name: str
    document_kind: str
    document_number: str
    about: Mapping[str, Any] = field(default_factory=dict)  # gender, birth_date, and fields of PROFILE
    arrival: date | None = None
    departure: date | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a row of a list: a stay, or the reasons why there is none."""

    row: int
    name: str  # masked
    stay: Stay | None = None
    reasons: tuple[Reason, ...] = ()
    in_vain: bool = False  # the document is known, under another name


class AnotherName(Refused):
    """The document is known, under another name."""


def name_list(
    batch: Batch, names: Sequence[Named], *, now: datetime, actor: User | None = None, check: bool = False
) -> list[Outcome]:
    """`name_guest` for each of ``names``: who may stay gets a bed, the others stand in the answer with every reason.

    With ``check`` nothing is written: it says what would become of the list as it is. An ``actor`` who is no officer of
    the house reads of guests whom it knows already only which condition they do not meet; and where documents are known
    under other names too often (`parties.MOST_IN_VAIN` an hour), the rest of the list is not looked at. Raises Refused
    with BATCH_OVER.
    """

    def do():
        _stands(Batch.objects.get(pk=batch.pk), now)
        known = set(_known(names))
        for pk in sorted(known):
            guest_locked(Q(pk=pk))
        is_trusted = actor is None or hostels_of_officer(actor, business_day(now)).filter(pk=batch.hostel_id).exists()
        if is_trusted:
            outcomes = [_try(batch, number, each, now, actor, set()) for number, each in enumerate(names, start=1)]
        else:
            outcomes = list(_tried(batch, names, now, actor, known))
        if check:
            transaction.set_rollback(True)
        elif any(each.stay for each in outcomes):
            named = sum(each.stay is not None for each in outcomes)
            record(
                "name_list", now=now, actor=actor, hostel=batch.hostel, about=batch.code, rows=len(names), named=named
            )
        return outcomes

    return act(do)


def _known(names: Iterable[Named]) -> Collection[int]:
    hashes = []
    for each in names:
        try:
            hashes.append(read_document(each.document_kind, each.document_number).hash)
        except Refused:
            continue
    return Person.objects.filter(document_hash__in=hashes).values_list("pk", flat=True)


def _tried(batch, names, now, actor, known):
    """`_try` for each, until too many documents were known under another name: whoever tries them all learns little."""
    in_vain = looked_in_vain(actor, now)
    for number, named in enumerate(names, start=1):
        if in_vain >= MOST_IN_VAIN:
            yield Outcome(number, _masked(named.name), reasons=(too_often(),))
            continue
        outcome = _try(batch, number, named, now, actor, known)
        if outcome.in_vain:
            in_vain += 1
            # Afterwards: a check is rolled back, and this is not.
            afterwards(partial(_look_was_in_vain, batch, actor), now)
        yield outcome


def _told_to_others(batch, person, against):
    """What a school reads of a guest whom the house knows: that they were named already, else which condition it is."""
    named = set(batch.stays.filter(guest=person).values_list("code", flat=True))
    here = [each for each in against if each.code == "OVERLAP" and each.value_used in named]
    return here or [each if each.code in OF_THE_BATCH else which_only(person, each) for each in against]


def _look_was_in_vain(batch, actor, now):
    act(lambda: record(LOOKED_IN_VAIN, now=now, actor=actor, hostel=batch.hostel, about=batch.code))


def _masked(name):
    return name[:1] + "*" * max(len(name) - 1, 0)


def _try(batch, number, named, now, actor, private):
    """What becomes of one row; of the persons in ``private`` (ids) it says only which condition they do not meet."""
    masked, person = _masked(named.name), None
    try:
        with transaction.atomic():  # a row that is refused leaves nothing, and the others stay
            person = person_named(named, now=now, actor=actor)
            stay = name_guest(batch, person, now=now, actor=actor, arrival=named.arrival, departure=named.departure)
            return Outcome(number, masked, stay)
    except AnotherName as no:
        return Outcome(number, masked, reasons=no.reasons, in_vain=True)
    except Refused as no:
        against = [reason for reason in no.reasons if reason.verdict != "met"]
        if person is not None and person.pk in private:
            against = _told_to_others(batch, person, against)
        return Outcome(number, masked, reasons=tuple(against))
    except ValidationError as wrong:
        fields = getattr(wrong, "message_dict", {"": wrong.messages})
        return Outcome(number, masked, reasons=tuple(_row(name, texts) for name, texts in fields.items()))


def person_named(named: Named, *, now: datetime, actor: User | None = None) -> Person:
    """The person on a list: known by the document if the name is theirs, else a new one. What somebody said of
    themselves is not overwritten by a list. Raises Refused with IDENTITY, ValidationError for what cannot be."""
    document, name = read_document(named.document_kind, named.document_number), read_name(named.name)
    known = Person.objects.filter(document_hash=document.hash).first()
    if known is None:
        return add_person(
            name=name,
            document_kind=named.document_kind,
            document_number=named.document_number,
            now=now,
            actor=actor,
            **named.about,
        )
    if known.name != name:
        raise AnotherName(_another())
    unsaid: dict[str, Any] = {
        key: value for key, value in named.about.items() if key in PROFILE and getattr(known, key) in ("", None)
    }
    return change_profile(known, now=now, actor=actor, **unsaid) if unsaid else known


# --- ending -----------------------------------------------------------------------------------------------------------
def release(batch: Batch, *, now: datetime, actor: User) -> Batch:
    """Give back now what nobody was named for; raises Refused with BATCH_OVER where that was done already."""

    def do():
        found = _locked(batch)
        _stands(found, now)
        found.release_on = business_day(now)
        found.save(update_fields=["release_on"])
        record("release_batch", now=now, actor=actor, hostel=found.hostel, about=found.code)
        return found

    return act(do)


def cancel_batch(batch: Batch, *, now: datetime, actor: User, end_stays: bool = False) -> Batch:
    """Take the batch back: what nobody was named for is everybody's, and the named stay, unless ``end_stays``: then
    those who have not come yet are told that the house cancels. Raises Refused with BATCH_OVER."""

    def do():
        stays = batch.stays.order_by("guest_id").select_related("hostel") if end_stays else []
        for stay in stays:
            guest_locked(Q(pk=stay.guest_id))
        found = _locked(batch)
        if found.cancelled_at:
            raise Refused(_over(found))
        found.cancelled_at = now
        found.save(update_fields=["cancelled_at"])
        ended = 0
        for stay in stays:
            try:
                may(stay, "cancel", now)
            except Refused:
                continue  # in house, gone, or cancelled already
            cancel(stay, now=now, actor=actor, cause=Stay.Cause.HOUSE, letter="batch_ended")
            ended += 1
        record("cancel_batch", now=now, actor=actor, hostel=found.hostel, about=found.code, stays=ended)
        return found

    return act(do)


def _locked(batch):
    return Batch.objects.select_for_update(no_key=True, of=("self",)).select_related("hostel").get(pk=batch.pk)


# --- looking ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Balance:
    """A batch in numbers at one moment: beds that are kept, beds that somebody has been named for, free nights used."""

    beds: int
    named: int
    free_nights_used: int
    state: str  # open, released, cancelled


def balance(batch: Batch, now: datetime) -> Balance:
    """Count ``batch``: two statements."""
    nights = BedNight.objects.taken(now).filter(stay__batch=batch)
    free = nights.free_of_charge()
    counted = nights.aggregate(named=Count("bed", distinct=True), used=Count("pk", filter=Q(pk__in=free.values("pk"))))
    return Balance(batch.beds.count(), counted["named"], counted["used"], batch.state(business_day(now)))


def with_guests(batch: Batch, now: datetime) -> list[BatchBed]:
    """The beds of ``batch`` in the order of the house, each with its `stays`; two statements."""
    stays: dict[int, dict[int, Stay]] = {}
    for night in BedNight.objects.taken(now).filter(stay__batch=batch).select_related("stay__guest").order_by("night"):
        stays.setdefault(night.bed_id, {})[night.stay_id] = night.stay
    beds = list(batch.beds.select_related("bed__room").order_by("bed__room__number", "bed__number"))
    for kept in beds:
        kept.stays = list(stays.get(kept.bed_id, {}).values())
    return beds


def batches_of(user: User, day: date):
    """The batches (a queryset) that ``user`` may see: those of the houses where they are an officer, and where they are
    the contact."""
    return Batch.objects.filter(Q(contact=user) | Q(hostel__in=hostels_of_officer(user, day))).select_related(
        "hostel", "contact"
    )


# --- why not ----------------------------------------------------------------------------------------------------------
def _wrong(field, text, **values):
    return not_met("BATCH", text, values, value_source="declared", field=field)


def _row(field, texts):
    return not_met("ROW", "%(said)s", {"said": " ".join(texts)}, value_source="declared", field=field)


def _another():
    return not_met(
        "IDENTITY",
        _("Name and document do not belong together: read both from the document once more"),
        value_source="declared",
        field="name",
    )


def _full(hostel, nights, rooms, wanted):
    there = sum(len(place.any_beds) for place in rooms)
    return not_met(
        "FULL",
        _(
            "%(hostel)s has %(there)s beds that are free on all nights from %(arrival)s to %(departure)s "
            "(%(women)s that women can have, %(men)s that men can have); %(wanted)s are asked for"
        ),
        {
            "hostel": (hostel.name_zh, hostel.name_en),
            "there": there,
            "women": sum(len(place.open_to("female")) for place in rooms),
            "men": sum(len(place.open_to("male")) for place in rooms),
            "arrival": nights.arrival,
            "departure": nights.departure,
            "wanted": wanted,
        },
        value_used=there,
        needed=wanted,
    )


def _over(batch):
    text = (
        _("Batch %(code)s was cancelled on %(day)s")
        if batch.cancelled_at
        else _("The beds of batch %(code)s that nobody was named for were given back on %(day)s")
    )
    day = batch.cancelled_at or batch.release_on
    return not_met(
        "BATCH_OVER",
        text,
        {"code": batch.code, "day": day},
        value_used=day,
        fix=Fix("help", _("Ask the office"), "/help/"),
    )


def _outside(batch):
    return not_met(
        "BATCH_DATES",
        _("The beds of batch %(code)s are kept from %(arrival)s to %(departure)s: choose nights among these"),
        {"code": batch.code, "arrival": batch.arrival, "departure": batch.departure},
        value_used=batch.arrival,
        needed=batch.departure,
    )
