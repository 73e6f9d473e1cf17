"""The sheet: what a desk keeps on its device of the days around today, for when the line is gone.

One house, the business day with the day before and after, names masked, of each number the last four. Whose name is on
it for the first time of a day and a reader is written down.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch, Q
from django.utils import timezone

from accounts.acts import act
from accounts.models import Deed, Person, User
from accounts.record import record
from bookings.availability import Grid
from bookings.models import BedNight, Stay
from desk.housekeeping import bed_states
from desk.shift import name_of, sealed_tokens, token_for
from eligibility.policies import policy_in_force, terms_of
from hostel.models import Hostel
from hostel.nights import TURN_OF_THE_DAY, Nights, at, business_day

KEPT_FOR = timedelta(hours=24)
AHEAD = 14  # nights for which a bed without a guest is said to be free
FOREIGN = (Person.Document.PASSPORT, Person.Document.FOREIGN_RESIDENT)
Status = Stay.Status
# Who is still to come, is here, or may come after all; of the others the code is enough to say what became of them.
NAMED = (Status.HELD, Status.CONFIRMED, Status.IN_HOUSE, Status.NO_SHOW)


def sheet_of(hostel: Hostel, *, now: datetime, by: User, locked: bool = False) -> dict[str, Any]:
    """The sheet of ``hostel`` at ``now`` for ``by``, in JSON values; days and moments are ISO text.

    While the desk is ``locked`` nobody is on shift: what is done then is done by whoever's PIN opens it (`desk/shift`).
    As many statements for one guest as for many.
    """
    day = business_day(now)
    stays = _stays(hostel, day)
    _record(hostel, [stay for stay in stays if _is_named(stay, now)], day, now, by)
    let_in_by = _let_in_by(stays)
    return {
        "hostel": {"slug": hostel.slug, "name": hostel.name, "phone": hostel.phone},
        "day": day.isoformat(),
        "made_at": _moment(now),
        "until": _moment(now + KEPT_FOR),
        "me": None if locked else {"id": by.pk, "name": name_of(by), "token": token_for(by, hostel, now)},
        "people": sealed_tokens(hostel, now),
        "stays": [_line(stay, now, let_in_by) for stay in stays],
        "beds": _beds(hostel, day, now),
        "counts": _counts(stays, day),
        "purposes": [
            {"value": key, "zh": words[0], "en": words[1]}
            for key, words in terms_of(policy_in_force(hostel.network_id, day)).purposes.items()
        ],
    }


def _stays(hostel, day):
    """The stays of the days around ``day``, with guest, login and nights, in two statements."""
    eve, morrow = day - timedelta(days=1), day + timedelta(days=1)
    standing = Q(status__in=[Status.CONFIRMED, Status.IN_HOUSE])
    over = Q(status__in=[Status.HELD, Status.CANCELLED, Status.NO_SHOW], arrival__gte=eve)
    left = Q(status=Status.LEFT, departure__gte=eve)
    kept = BedNight.objects.live().select_related("bed__room").order_by("night")
    return list(
        Stay.objects.filter(standing | over | left, hostel=hostel, arrival__lte=morrow)
        .select_related("guest__user")
        .prefetch_related(Prefetch("bed_nights", kept, to_attr="kept_nights"))
        .order_by("kept_until", "code")
    )


def _is_named(stay, now):
    return stay.state(now) in NAMED


def _line(stay, now, let_in_by):
    guest, named = stay.guest, _is_named(stay, now)
    bed = _bed_of(stay, business_day(now))
    return {
        "code": stay.code,
        "name": guest.masked_name if named else "",
        "gender": guest.gender if named else "",
        "phone4": guest.user.phone[-4:] if named and guest.user else "",
        "document4": guest.document[-4:] if named else "",
        "arrival": stay.arrival.isoformat(),
        "departure": stay.departure.isoformat(),
        "bed": str(bed) if bed else "",
        "status": stay.state(now),
        "kept_until": _moment(stay.kept_until),
        "late": stay.late_at is not None,
        "checked_in_at": _moment(stay.checked_in_at),
        "let_in_by": let_in_by.get(stay.code, ""),
        "foreign": named and guest.document_kind in FOREIGN,
    }


def _moment(value):
    return value and timezone.localtime(value).isoformat()


def _bed_of(stay, day):
    """Tonight's bed of a stay that changes beds; before and after it the first and the last."""
    nights = stay.kept_nights
    return next((night.bed for night in nights if night.night >= day), nights[-1].bed if nights else None)


def _let_in_by(stays) -> dict[str, str]:
    """Who let the guests in that are here, by the codes of their stays: as they wrote their name, else their phone."""
    here = [stay.code for stay in stays if stay.status == Status.IN_HOUSE]
    deeds = Deed.objects.filter(what="check_in", about__in=here).select_related("actor__person").order_by("at", "pk")
    return {deed.about: name_of(deed.actor) for deed in deeds if deed.actor}


def _beds(hostel, day, now):
    free = Grid([hostel], Nights(day, day + timedelta(days=AHEAD)), now).free_from_the_first(hostel)
    return [
        {
            "bed": str(each.bed),
            "room": each.bed.room.number,
            "floor": each.bed.room.floor,
            "state": each.state,
            "ready_at": _moment(each.ready_at),
            "free_nights": free.get(each.bed.pk, 0),
            "guests": each.bed.room.guests,
        }
        for each in bed_states(hostel, now).values()
    ]


def _counts(stays: Iterable[Stay], day: date) -> dict[str, int]:
    """The counts of the day (`figures.today`), from the lines of the sheet: they are all on it."""
    to_come = [stay for stay in stays if stay.status == Status.CONFIRMED and stay.arrival <= day]
    missed = [stay for stay in stays if stay.status == Status.NO_SHOW and stay.arrival == day]
    came = [stay for stay in stays if stay.arrival == day and stay.checked_in_at and not stay.cancelled_at]
    here = [stay for stay in stays if stay.status == Status.IN_HOUSE]
    to_go = [stay for stay in here if stay.departure <= day]
    gone = [stay for stay in stays if stay.status == Status.LEFT and stay.departure == day]
    return {
        "due_in": len(to_come) + len(came) + len(missed),
        "due_in_left": len(to_come),
        "in_house": len(here),
        "due_out": len(to_go) + len(gone),
        "due_out_left": len(to_go),
        "no_shows": len(missed),
    }


def _record(hostel, named, day, now, by):
    """Write down whose names ``by`` is given for the first time on this business day, once for each guest."""
    seen = Deed.objects.filter(what="see_sheet", actor=by, hostel=hostel, at__gte=at(day, TURN_OF_THE_DAY))
    codes = {stay.guest_id: stay.code for stay in named}

    def unseen():
        return codes.keys() - set(seen.values_list("person_id", flat=True))

    def write():
        # Two pages that ask at the same moment write each name once.
        User.objects.select_for_update().get(pk=by.pk)
        guests = {stay.guest_id: stay.guest for stay in named}
        for guest in sorted(unseen()):
            record("see_sheet", now=now, actor=by, person=guests[guest], hostel=hostel, about=codes[guest])

    if unseen():
        act(write)
