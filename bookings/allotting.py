"""Beds are allotted to a school or an organisation: which ones, so that women and men each find theirs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.acts import act
from accounts.models import User
from accounts.record import record
from bookings import reasons
from bookings.availability import GENDERS, free_beds
from bookings.booking import desk_code
from bookings.holding import close_lapsed
from bookings.models import Batch, BatchBed
from eligibility.policies import policy_in_force, terms_of
from eligibility.reasons import Refused, not_met
from hostel.models import Bed, Hostel, Room
from hostel.nights import Nights, business_day

MOST_BEDS = 200
MOST_NIGHTS = 366


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
            code=desk_code(),
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


# --- why not ----------------------------------------------------------------------------------------------------------
def _wrong(field, text, **values):
    return not_met("BATCH", text, values, value_source="declared", field=field)


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
