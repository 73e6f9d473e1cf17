"""A guest who comes without a booking: asked, booked and let in at the desk in one act."""

from datetime import datetime

from django.db.models import Q

from accounts.acts import act
from accounts.documents import read_document
from accounts.models import Person, User
from accounts.people import add_person, change_profile
from accounts.record import record
from bookings import reasons
from bookings.booking import take_bed
from bookings.decisions import decide
from bookings.desk import check_in
from bookings.holding import close_lapsed, let_go_of_holds
from bookings.house_plan import Want, find_beds
from bookings.locking import guest_locked
from bookings.models import Stay
from eligibility.evaluation import YES
from eligibility.models import Assessment
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel
from hostel.nights import Nights


def guest_at_the_desk(
    *, name: str, document_kind: str, document_number: str, now: datetime, actor: User, **said
) -> Person:
    """The person whose document the desk has in its hand: the one who is known by it, else a new one.

    ``said`` is what `accounts.people.add_person` takes beside. Raises Refused with IDENTITY as that does, and where the
    document is known under another name.
    """

    def do():
        document = read_document(document_kind, document_number)
        known = Person.objects.filter(document_hash=document.hash).first()
        if known is None or known.forgotten_at:
            return add_person(
                name=name, document_kind=document_kind, document_number=document_number, now=now, actor=actor, **said
            )
        if known.name != " ".join(name.split()):
            raise Refused(reasons.another_name(known))
        profile = {field: value for field, value in said.items() if field not in ("gender", "birth_date")}
        return change_profile(known, now=now, actor=actor, **profile) if profile else known

    return act(do)


def walk_in(
    *,
    hostel: Hostel,
    guest: Person,
    nights: Nights,
    purpose: str,
    compared: bool,
    now: datetime,
    actor: User | None = None,
    bed: Bed | None = None,
    accept_price: bool = False,
    at: datetime | None = None,
) -> Stay:
    """Book ``guest`` into ``hostel`` for ``nights``, of which tonight is the first, and let them in.

    ``at`` is the moment it happened, ``now`` when it is written down; ``bed`` one that the desk chose. Raises Refused
    with the rules not met, with FULL and alternatives, with BED where that bed can not be had, COMPARE or IDENTITY.
    """

    def do():
        moment = at or now
        found, house = guest_locked(Q(pk=guest.pk)), Hostel.objects.on(nights.arrival).get(pk=hostel.pk)
        if found is None or not found.gender or not found.document_hash:
            raise Refused(reasons.identity_missing(house.slug, nights))
        if found.has_hold:
            let_go_of_holds(found, moment)
        decided = decide(found, house, nights, purpose, moment, accept_price=accept_price)
        if decided.decision.outcome != YES:
            raise decided.refuse(Assessment.Act.WALK_IN)
        chosen = _chosen(bed, house, nights, found, now)
        stay = take_bed(found, house, nights, purpose, moment, decided, bed=chosen, act=Assessment.Act.WALK_IN)
        record("walk_in", now=now, actor=actor, person=found, hostel=house, about=stay.code, at=moment.isoformat())
        return check_in(stay, compared=compared, now=now, actor=actor, at=moment)

    return act(do)


def _chosen(bed, hostel, nights, guest, now):
    if bed is None:
        return None
    [chosen] = find_beds(hostel, [Want(guest, nights, bed=bed)], now)
    close_lapsed(chosen, now)
    return chosen
