"""Acts on one person follow one another: each begins with the lock of their row."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.models import Person
from accounts.people import erased_already
from accounts.reasons import Refused
from bookings.models import NoShow, Stay
from eligibility.models import Evidence, ExtraNights, Review
from hostel.prepared import Prepared


def guest_locked(whose: Q) -> Person | None:
    """The person ``whose`` finds, with the row locked that two bookings of one person meet at: the allowance is counted
    behind this lock. Beside it what there is to be read about them, so that nothing is asked for in vain."""
    return _for_update(whose).first()


def still_known(person: int) -> Person:
    """The person of this number, with their row locked, for what they do themselves: raises Refused with GONE where
    they had themselves forgotten meanwhile, so that nothing is written down about them after that."""
    known = Person.objects.select_for_update(no_key=True).get(pk=person)
    if known.forgotten_at:
        raise Refused(erased_already())
    return known


def guests_locked(people: Iterable[int]) -> dict[int, Person]:
    """Those of ``people``, by their numbers, whom there is, each with the row locked: always in the same order."""
    found = {pk: guest_locked(Q(pk=pk)) for pk in sorted(people)}
    return {pk: guest for pk, guest in found.items() if guest is not None}


def _for_update(whose):
    return Person.objects.filter(whose).annotate(**what_there_is("pk")).select_for_update(no_key=True)


guest_of_login_locked = Prepared(lambda user: _for_update(Q(user=user))[:1], user="number")


def what_there_is(person: str) -> dict[str, Exists]:
    """What there is about the person in the column ``person``: `bookings/facts.py` reads only that."""
    rows = {
        "has_hold": Stay.objects.filter(guest=OuterRef(person), status=Stay.Status.HELD),
        "has_proofs": Evidence.objects.filter(assessment__person=OuterRef(person), sent_back_at=None),
        "has_reviews": Review.objects.filter(assessment__person=OuterRef(person), decided_at__isnull=False),
        "has_missed": NoShow.objects.filter(guest=OuterRef(person), lifted_at=None),
        "has_extras": ExtraNights.objects.filter(person=OuterRef(person), withdrawn_at=None),
    }
    return {name: Exists(found) for name, found in rows.items()}


def lock_friends(*stays: Stay) -> None:
    """Lock the guests of ``stays`` together with those they travel with, in the order of their numbers, before any one
    of them is locked; no statement where nobody travels with somebody."""
    parties = {stay.party_id for stay in stays if stay.party_id is not None}
    if parties:
        travel = Stay.objects.filter(Q(party__in=parties) | Q(pk__in=[stay.pk for stay in stays]))
        friends = Person.objects.filter(pk__in=travel.values("guest")).order_by("pk")
        list(friends.select_for_update(no_key=True).values_list("pk"))


def locked(stay: Stay) -> Stay:
    """Read ``stay`` anew behind the lock of its guest's row: acts on one person's stays follow one another.

    In two statements: one that waits for a lock answers with what was there when it began to wait. In one more where it
    belongs to a party: what becomes of one of its stays is felt by the others, so that all are locked, in their order.
    """
    lock_friends(stay)
    there_is = what_there_is("pk")
    guest = (
        Person.objects.select_related("user")
        .annotate(**there_is)
        .select_for_update(of=("self",), no_key=True)
        .get(pk=stay.guest_id)
    )
    found = Stay.objects.select_related("hostel__network").annotate(**what_hangs()).get(pk=stay.pk)
    found.guest = guest
    return found


def wait_for_bookings() -> None:
    """Wait until no booking is under way anywhere, and let none begin before the act ends: for what a booking reads
    once and nothing keeps, as that there is no quota. First of all locks of an act, and seldom.

    Whoever books has locked a guest's row before they read anything else, and that marks the whole table.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {Person._meta.db_table} IN EXCLUSIVE MODE")


def what_hangs() -> dict[str, Exists]:
    """What there is to be ended with a stay, as columns of its row: nothing is looked for in vain."""
    first = Coalesce(OuterRef("continues"), OuterRef("pk"))
    goes_on = Stay.objects.filter(continues=first, status=Stay.Status.CONFIRMED, arrival__gt=OuterRef("arrival"))
    about = Q(assessment__about=OuterRef("code")) | Q(assessment=OuterRef("assessment"))
    return {"goes_on": Exists(goes_on), "is_asked": Exists(Review.objects.filter(about, decided_at=None))}
