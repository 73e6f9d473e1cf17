"""A school or an organisation names the guests of its batch: one, or all on a list."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.acts import act, afterwards, attempt
from accounts.documents import read_document, read_name
from accounts.models import Person, User
from accounts.names import mask_name
from accounts.people import PROFILE, add_person, change_profile
from accounts.record import record
from accounts.roles import hostels_of_officer
from bookings import reasons
from bookings.awaiting import open_review, told, waits_for
from bookings.batches import stands
from bookings.booking import take_bed
from bookings.decisions import decide
from bookings.letters import tell
from bookings.locking import guest_locked, guests_locked
from bookings.lodging import Lodging
from bookings.models import Batch, Stay
from bookings.parties import LOOKED_IN_VAIN, MOST_IN_VAIN, OF_THE_WISH, looked_in_vain, too_often, which_only
from eligibility.evaluation import YES
from eligibility.models import Assessment
from eligibility.reasons import Reason, Refused, not_met
from hostel.models import Hostel
from hostel.nights import Nights, business_day

MOST_NAMES = 200
# What a school is told in full of a guest whom the house knows already: it speaks of the batch and of the wish.
OF_THE_BATCH = OF_THE_WISH | {"BATCH_DATES", "BATCH_NIGHTS", "BATCH_OVER", "FULL"}


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
    stands(batch, now)
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


# --- a list -----------------------------------------------------------------------------------------------------------
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
        stands(Batch.objects.get(pk=batch.pk), now)
        known = set(_known(names))
        guests_locked(known)
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
            yield Outcome(number, mask_name(named.name), reasons=(too_often(),))
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


def _try(batch, number, named, now, actor, private):
    """What becomes of one row; of the persons in ``private`` (ids) it says only which condition they do not meet."""
    masked, person = mask_name(named.name), None
    try:
        with attempt():  # a row that is refused leaves nothing, and the others stay
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
    if known is None or known.forgotten_at:
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


# --- why not ----------------------------------------------------------------------------------------------------------
def _row(field, texts):
    return not_met("ROW", "%(said)s", {"said": " ".join(texts)}, value_source="declared", field=field)


def _another():
    return not_met(
        "IDENTITY",
        _("Name and document do not belong together: read both from the document once more"),
        value_source="declared",
        field="name",
    )


def _outside(batch):
    return not_met(
        "BATCH_DATES",
        _("The beds of batch %(code)s are kept from %(arrival)s to %(departure)s: choose nights among these"),
        {"code": batch.code, "arrival": batch.arrival, "departure": batch.departure},
        value_used=batch.arrival,
        needed=batch.departure,
    )
