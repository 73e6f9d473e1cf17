"""What the line holds out to a wish, and its answer: taken, or left to the next."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.acts import act
from accounts.models import User
from accounts.record import record
from bookings import freed
from bookings.awaiting import is_ready, told
from bookings.booking import confirm
from bookings.cancelling import give_back
from bookings.locking import guests_locked
from bookings.models import Offer, Stay, Waiting, WaitingGuest
from eligibility.reasons import Fix, Refused, not_met


def last_offer(waiting: Waiting) -> Offer | None:
    """What was offered to ``waiting`` last, whatever became of it."""
    return waiting.offers.select_related("hostel").order_by("-made_at", "-pk").first()


def open_offer(waiting: Waiting, now: datetime) -> Offer | None:
    """The offer that ``waiting`` can take now."""
    offers = waiting.offers.filter(accepted_at=None, declined_at=None, until__gt=now)
    return offers.select_related("hostel").first()


def accept(offer: Offer, *, now: datetime, actor: User | None = None) -> Offer:
    """Take what is offered: the beds held are promised, by the rules as they are now; a second time changes nothing.

    Raises Refused with OFFER_ENDED where its time is over, and as `booking.confirm` does.
    """

    def do():
        taken = _locked_offer(offer)
        if taken.accepted_at is not None:
            return taken
        _still_open(taken, now)
        stays = list(taken.stays.select_related("guest").order_by("guest_id"))
        if not stays or any(stay.state(now) != Stay.Status.HELD for stay in stays):
            raise Refused(_offer_ended(taken))
        # What it waited for has come: now it is held for whatever the rules still need.
        taken.stays.update(awaits="")
        taken.accepted_at = now
        taken.save(update_fields=["accepted_at"])
        Waiting.objects.filter(pk=taken.waiting_id).update(filled_at=now)
        _confirm(stays, taken.waiting.accept_price, now, actor)
        record(
            "accept_offer",
            now=now,
            actor=actor,
            person=taken.waiting.guest,
            hostel=taken.hostel,
            about=taken.waiting.code,
        )
        return taken

    return act(do)


def _confirm(stays, accept_price, now, actor):
    """Confirm ``stays``; of friends all or nobody: who would have their bed at once waits for those who would not."""
    ready = [stay for stay in stays if len(stays) == 1 or is_ready(stay, now=now, accept_price=accept_price)]
    if len(ready) == len(stays):
        ready = []
    Stay.objects.filter(pk__in=[stay.pk for stay in ready]).update(awaits=Stay.Awaits.PARTY)
    for stay in stays:
        if stay not in ready:
            confirm(stay, now=now, actor=actor, accept_price=accept_price)
    for stay in ready:
        # Held by now for as long as the first of those can wait whom they wait for.
        stay.refresh_from_db(fields=["awaits", "held_until"])
        told(stay, now)


def decline(offer: Offer, *, now: datetime, actor: User | None = None) -> Offer:
    """Leave what is offered to the next: the wish keeps its place. Raises Refused with OFFER_ENDED."""

    def do():
        left = _locked_offer(offer)
        _still_open(left, now)
        let_go(left, now)
        record(
            "decline_offer",
            now=now,
            actor=actor,
            person=left.waiting.guest,
            hostel=left.hostel,
            about=left.waiting.code,
        )
        return left

    return act(do)


def let_go(offer: Offer, now: datetime) -> None:
    """Leave, inside an act that has locked the guests of ``offer``, what it holds for them to the next in line."""
    for stay in offer.stays.filter(status=Stay.Status.HELD).order_by("guest_id"):
        give_back(stay, now, Stay.Cause.GUEST)
    offer.declined_at = now
    offer.save(update_fields=["declined_at"])
    freed.served(now)


def wait_again(offer: Offer, now: datetime) -> bool:
    """Have the wish of ``offer`` wait again in its old place, inside an act that took back what it had been given;
    whether it does. Not where somebody of it still has a bed of the offer, nor where the wish is over."""
    if Stay.objects.standing(now).filter(offer=offer).exists():
        return False
    wish = Waiting.objects.filter(pk=offer.waiting_id, withdrawn_at=None, until__gt=now)
    return bool(wish.update(filled_at=None))


def _locked_offer(offer):
    guests_locked(WaitingGuest.objects.filter(waiting__offers=offer).values_list("guest", flat=True))
    return Offer.objects.select_related("waiting__guest", "hostel").select_for_update(of=("self",)).get(pk=offer.pk)


def _still_open(offer, now):
    if offer.accepted_at is not None or offer.declined_at is not None or offer.until <= now:
        raise Refused(_offer_ended(offer))


def _offer_ended(offer):
    """Why ``offer`` can't be answered any more: it was answered, the house took it back, or its time is over."""
    moment = offer.until
    if offer.accepted_at is not None:
        moment, text = offer.accepted_at, _("You took it on %(moment)s: your bed stands among your stays")
    elif offer.declined_at is None or offer.declined_at >= offer.until:
        text = _("It was yours until %(moment)s; that time is over. You keep your place in line")
    elif offer.stays.filter(cancel_cause=Stay.Cause.HOUSE).exists():
        moment, text = offer.declined_at, _("The house took it back on %(moment)s. You keep your place in line")
    else:
        moment, text = offer.declined_at, _("You left it to the next on %(moment)s. You keep your place in line")
    return not_met(
        "OFFER_ENDED",
        text,
        {"moment": moment},
        value_used=moment,
        fix=Fix("waiting", _("See your place in line"), f"/waitlist/{offer.waiting.code}/"),
    )
