"""On-call beds: the house says whether one can be had; the guest is told, and if not, is found another."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.acts import act
from accounts.models import User
from accounts.record import record
from bookings import freed
from bookings.actions import may
from bookings.awaiting import left_the_party, promise, still_held
from bookings.cancelling import end_what_hangs, give_back
from bookings.decisions import decide
from bookings.holding import close_lapsed, close_own_lapsed
from bookings.house_plan import Want, find_beds, sharing
from bookings.letters import tell
from bookings.locking import locked
from bookings.lodging import lodging_of
from bookings.models import BedNight, Stay
from bookings.offers import wait_again
from bookings.quotas import take
from bookings.rehousing import rows_of, to_other_house
from eligibility.evaluation import YES
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel, OutOfService, Room

letters.letter_kind(
    "house_said_no_waits",
    _(
        "We are sorry: %(hostel)s cannot give you the bed from %(arrival)s to %(departure)s, and no other house "
        "has one now (%(code)s). %(nights)s nights returned to you. You wait again in your old place"
    ),
    urgent=True,
    link="/waitlist/%(wish)s/",
)


def to_answer(hostel: Hostel, now: datetime):
    """The stays (a queryset) about which ``hostel`` is asked at ``now``, the first to be answered first."""
    held = Stay.objects.standing(now).filter(hostel=hostel, status=Stay.Status.HELD, awaits=Stay.Awaits.HOUSE)
    return held.select_related("guest", "hostel").order_by("held_until", "pk")


def answer(stay: Stay, yes: bool, *, now: datetime, actor: User | None = None) -> Stay:
    """Say for the house whether the bed of ``stay`` can be had.

    Yes: it is a promise. No: it is closed for these nights, and the guest gets another bed of the house or of the
    nearest one that the same rules allow; where there is none, the stay is cancelled as the house's doing. The guest is
    told. Returns the stay as it is then. Raises Refused with HOLD_ENDED, STATE, or ON_CALL where nothing is asked.
    """

    def do():
        asked = locked(stay)
        may(asked, "house_answer", now)
        said = "yes" if yes else "no"
        record(
            "house_answer", now=now, actor=actor, person=asked.guest, hostel=asked.hostel, about=asked.code, said=said
        )
        if yes:
            still_held(asked)
            return promise(asked, now, actor)
        refused = list(Bed.objects.filter(pk__in=asked.bed_nights.live().values("bed")))
        nights = asked.nights
        asked = _elsewhere(asked, now, actor)
        for bed in refused:
            # Nobody else asks for it in vain; the desk can put it back into service.
            OutOfService.objects.create(
                bed=bed,
                first_night=nights.arrival,
                until=nights.departure,
                reason=OutOfService.Reason.OWN_USE,
                reference=f"on call: {asked.code}",
                written_at=now,
            )
        return asked

    return act(do)


def unanswered(now: datetime) -> int:
    """Find other beds for those whose house has not answered in time, as if it had said no; return how many.

    The bed is nobody's from that moment on, by the query: others may have it already.
    """
    done = 0
    for lapsed in Stay.objects.lapsed(now).filter(awaits=Stay.Awaits.HOUSE).order_by("held_until", "pk"):

        def do(lapsed=lapsed):
            asked = locked(lapsed)
            if asked.status != Stay.Status.HELD or asked.awaits != Stay.Awaits.HOUSE or asked.held_until > now:
                return 0
            record("house_silent", now=now, person=asked.guest, hostel=asked.hostel, about=asked.code)
            _elsewhere(asked, now, None)
            return 1

        done += act(do)
    return done


def _elsewhere(stay, now, actor):
    """Another bed of the house that needs no asking, else of another house; else the house gives the stay up."""
    others = BedNight.objects.taken(now).filter(guest=stay.guest, night__in=stay.nights).exclude(stay=stay)
    if stay.kept_until > now and not others.exists():
        close_own_lapsed(stay, now)
        if _in_the_house(stay, now, actor):
            return stay
        if moved := to_other_house(stay, stay.arrival, now, actor, reason="on call"):
            return moved
    nights, has_another = rows_of(stay, stay.nights).count(), others.exists()
    give_back(stay, now, Stay.Cause.HOUSE)
    end_what_hangs(stay, now, Stay.Cause.HOUSE)
    if stay.offer is not None and not has_another and wait_again(stay.offer, now):
        tell(stay, "house_said_no_waits", now, nights=nights, wish=stay.offer.waiting.code)
    else:
        tell(stay, "house_said_no", now, nights=nights)
    freed.served(now)
    if stay.party_id is not None:
        left_the_party(stay, now)
    record("cancel", now=now, actor=actor, person=stay.guest, hostel=stay.hostel, about=stay.code,
           reason=Stay.Cause.HOUSE)  # fmt: skip
    return stay


def _in_the_house(stay, now, actor):
    hostel = Hostel.objects.on(stay.arrival).get(pk=stay.hostel_id)
    accepted = stay.assessment.facts["wish"]["accept_price"]
    how = {"accept_price": accepted, "except_stay": stay.pk, "applicant": stay.applicant}
    decided = decide(stay.guest, hostel, stay.nights, stay.purpose, now, **how)
    if decided.decision.outcome != YES:
        return False
    free = list(rows_of(stay, stay.nights).free_of_charge().values_list("night", flat=True))
    try:
        [bed] = find_beds(hostel, [Want(stay.guest, stay.nights, lodging_of(stay), except_stay=stay.pk)], now)
        if bed.room.supply == Room.Supply.ON_CALL:
            return False  # one answer is enough
        take(stay, hostel, free, decided.decision.entitlement, now, anew=True)
    except Refused:
        return False
    close_lapsed(bed, now)
    # Anew: finding a bed may have closed this hold too, for its time is over; or somebody who takes its bed does.
    list(stay.bed_nights.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    rows = rows_of(stay, stay.nights)
    rows.update(bed=bed, room=bed.room, sharing=sharing(bed, stay), released_at=None)
    promise(stay, now, actor)
    return True
