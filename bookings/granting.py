"""Granting beside the policy: extra nights for one person, and nights that do not count because the house was at fault.

An officer does it, says why, and the person is told. Each act locks the person's row as a booking does, so that what
was granted is what the next booking counts with.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.acts import act
from accounts.models import Person, User
from accounts.record import record
from bookings.letters import this_time
from bookings.locking import locked
from bookings.models import BedNight, Stay
from eligibility.models import ExtraNights
from eligibility.reasons import Fix, Refused, not_met
from hostel.models import Network
from hostel.nights import business_day

MOST_NIGHTS = 60  # at once: more than that is a policy and not an exception
DAY = timedelta(days=1)

letters.letter_kind(
    "extra_nights",
    _("%(nights)s more free nights for you, for nights from %(first)s to %(last)s. %(because)s"),
)
letters.letter_kind(
    "extra_withdrawn",
    _("The extra free nights from %(first)s to %(last)s no longer hold. What you have booked stays as it is"),
)
letters.letter_kind(
    "nights_excused",
    _("%(nights)s nights of your stay %(code)s at %(hostel)s do not count against your free nights. %(because)s"),
)
letters.letter_kind(
    "nights_counted",
    _("%(nights)s nights of your stay %(code)s at %(hostel)s count again against your free nights"),
)


def grant_extra(
    person: Person,
    network: Network,
    *,
    nights: int,
    valid_from: date,
    valid_until: date,
    because: str,
    now: datetime,
    actor: User,
) -> ExtraNights:
    """Raise the caps of ``person`` in ``network`` by ``nights``, for nights from ``valid_from`` to the eve of
    ``valid_until``.

    The caps on the nights of a year, of a window and of a lifetime are raised; those on a stay, on the number of stays
    and the city's are not. Raises Refused (EXTRA, naming the field) for more than 60 nights, for more than one calendar
    year, and for days that are over; SECOND_PERSON where ``person`` is ``actor``.
    """

    def do():
        _not_for_oneself(person, actor)
        _lock(person)
        _look(nights, valid_from, valid_until, business_day(now))
        extra = ExtraNights.objects.create(
            person=person,
            network=network,
            nights=nights,
            valid_from=valid_from,
            valid_until=valid_until,
            because=because,
            granted_by=actor,
            granted_at=now,
        )
        _tell(extra, "extra_nights", now, nights=nights, because=because)
        record(
            "grant_extra",
            now=now,
            actor=actor,
            person=person,
            about=_name(extra),
            reason=because,
            nights=nights,
            network=network.slug,
        )
        return extra

    return act(do)


def withdraw_extra(extra: ExtraNights, *, because: str = "", now: datetime, actor: User) -> ExtraNights:
    """Take extra nights back: what was booked with them stays. Raises Refused (WITHDRAWN) where that was done."""

    def do():
        _lock(extra.person)
        if not ExtraNights.objects.filter(pk=extra.pk, withdrawn_at=None).update(withdrawn_at=now):
            raise Refused(_no("WITHDRAWN", _("These extra nights were taken back already"), extra.person_id))
        extra.withdrawn_at = now
        _tell(extra, "extra_withdrawn", now)
        record("withdraw_extra", now=now, actor=actor, person=extra.person, about=_name(extra), reason=because)
        return extra

    return act(do)


def excuse(
    stay: Stay, nights: Collection[date] | None = None, *, because: str, now: datetime, actor: User
) -> list[date]:
    """Have ``nights`` of ``stay`` (None: all that have begun) not count against the guest's allowance, for the house
    was at fault. They stay slept, and paid for. Returns the nights it changed.

    Raises Refused with NOTHING_TO_EXCUSE where no such night has begun, or all of them are excused already; with
    SECOND_PERSON where the guest is ``actor``.
    """

    def do():
        about = locked(stay)
        _not_for_oneself(about.guest, actor)
        found = _begun(about, nights, now).filter(excused_at=None)
        days = list(found.values_list("night", flat=True))
        if not days or (nights is not None and set(days) != set(nights)):
            text = _("Stay %(code)s has no such night that has begun and still counts")
            raise Refused(_no("NOTHING_TO_EXCUSE", text, about.guest_id, {"code": about.code}))
        found.update(excused_at=now, excused_because=because)
        _tell_of_stay(about, "nights_excused", now, nights=len(days), because=because)
        _write_down("excuse", about, days, now, actor, because)
        return days

    return act(do)


def unexcuse(
    stay: Stay, nights: Collection[date] | None = None, *, because: str = "", now: datetime, actor: User
) -> list[date]:
    """Have excused ``nights`` of ``stay`` (None: all of them) count again. Returns the nights it changed.

    Raises Refused with NOTHING_EXCUSED where none of them is excused.
    """

    def do():
        about = locked(stay)
        found = _begun(about, nights, now).exclude(excused_at=None)
        days = list(found.values_list("night", flat=True))
        if not days or (nights is not None and set(days) != set(nights)):
            text = _("No such night of stay %(code)s is excused")
            raise Refused(_no("NOTHING_EXCUSED", text, about.guest_id, {"code": about.code}))
        found.update(excused_at=None, excused_because="")
        _tell_of_stay(about, "nights_counted", now, nights=len(days))
        _write_down("unexcuse", about, days, now, actor, because)
        return days

    return act(do)


def _lock(person):
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def _not_for_oneself(person, actor):
    if person.user_id == actor.pk:
        raise Refused(_no("SECOND_PERSON", _("These are your own nights: a colleague sees to them"), person.pk))


def _look(nights, valid_from, valid_until, today):
    if not 1 <= nights <= MOST_NIGHTS:
        raise Refused(_field("nights", _("From 1 to %(most)s nights at once"), most=MOST_NIGHTS))
    if valid_until <= valid_from:
        raise Refused(_field("valid_until", _("This day must be after the first one.")))
    if (valid_until - DAY).year != valid_from.year:
        # They would raise the caps of both years: so many nights more in each.
        text = _("Extra nights hold within one calendar year: grant those of the next one beside them")
        raise Refused(_field("valid_until", text))
    if valid_until <= today:
        raise Refused(_field("valid_until", _("These nights are over")))


def _field(field, text, **values):
    return not_met("EXTRA", text, values, field=field, fix=Fix("change", _("Change it"), f"#{field}"))


def _no(code, text, person, values=None):
    fix = Fix("see_person", _("See the person's nights"), f"/office/people/{person}/")
    return not_met(code, text, values or {}, fix=fix)


def _begun(stay, nights, now):
    begun = BedNight.objects.live().filter(stay=stay, night__lte=business_day(now)).order_by("night")
    if stay.checked_in_at is None:
        return begun.none()
    return begun if nights is None else begun.filter(night__in=nights)


def _name(extra):
    return f"extra {extra.pk}"


def _tell(extra, kind, now, **values):
    last = extra.valid_until - DAY
    letters.write(extra.person, kind, _name(extra), now, first=extra.valid_from, last=last, **values)


def _tell_of_stay(stay, kind, now, **values):
    hostel = [stay.hostel.name_zh, stay.hostel.name_en]
    letters.write(stay.guest, kind, this_time(stay, now), now, code=stay.code, hostel=hostel, **values)


def _write_down(what, stay, days, now, actor, because):
    nights = [day.isoformat() for day in days]
    record(
        what,
        now=now,
        actor=actor,
        person=stay.guest,
        hostel=stay.hostel,
        about=stay.code,
        reason=because,
        nights=nights,
    )
