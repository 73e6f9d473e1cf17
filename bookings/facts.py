"""The facts of a person's wish, read from the house's own rows."""

from datetime import date, datetime, timedelta

from accounts.models import Person
from bookings.models import BedNight, NoShow
from eligibility.facts import DECLARED, VERIFIED, Facts, History, KeptNight, Wish
from hostel.models import Hostel
from hostel.nights import Nights, business_day

# No rule looks further back for stays that were missed.
NO_SHOWS_REMEMBERED = timedelta(days=730)


def history_of(person: Person, nights: Nights, now: datetime, except_stay: int | None = None) -> History:
    """What ``person`` has already, in every calendar year that ``nights`` touch: two statements.

    A hold whose time is over keeps nothing. ``except_stay`` leaves out a stay that is being changed.
    """
    first, last = date(nights.arrival.year, 1, 1), date(nights.departure.year + 1, 1, 1)
    kept = (
        BedNight.objects.taken(now)
        .filter(guest=person, night__gte=first, night__lt=last)
        .exclude(stay_id=except_stay)
        .order_by("night")
        .values_list(
            "night", "price_class", "hostel__network__slug", "hostel__name_zh", "hostel__name_en", "stay__code"
        )
    )
    missed = NoShow.objects.filter(guest=person, lifted_at=None, at__gte=now - NO_SHOWS_REMEMBERED).order_by("at")
    return History(tuple(KeptNight(*row) for row in kept), tuple(missed.values_list("at", flat=True)))


def facts_about(
    person: Person,
    hostel: Hostel,
    nights: Nights,
    purpose: str,
    now: datetime,
    accept_price: bool = False,
    except_stay: int | None = None,
) -> Facts:
    """All that the rules may know when ``person`` wishes for ``nights`` in ``hostel``, a row of `Hostel.objects.on`."""
    # What the document says is the person's own word until somebody at a desk has seen it.
    carried = DECLARED if person.document_seen_at is None else VERIFIED
    return Facts(
        now=now,
        today=business_day(now),
        wish=Wish(purpose or None, nights.arrival, nights.departure, accept_price, hostel.access, hostel.network.slug),
        history=history_of(person, nights, now, except_stay),
        gender=person.gender or None,
        birth_date=person.birth_date,
        education=person.education or None,
        graduation=person.graduation or None,
        school=person.school or None,
        school_city=person.school_city or None,
        home_in_district=person.home_in_district,
        city_cap=hostel.city_cap,
        sources={"birth_date": carried, "gender": carried},
    )
