"""Who a guest is, as long as stays stand on it: said before the first one, and not changed behind its back."""

from datetime import datetime

from accounts import people
from accounts.acts import act
from accounts.models import Person, User
from accounts.reasons import Reason, Refused
from bookings import reasons
from bookings.holding import let_go_of_holds
from bookings.models import Stay


def say_who(user: User, *, now: datetime, **said) -> Person:
    """`accounts.people.complete_person`, for the doors: who has stays stays who they are.

    Raises Refused with IDENTITY as it does, and where another document, gender or birth date is given than the one by
    which stays were booked; stays that were cancelled bind nobody. A bed that is only held for some minutes goes back
    then: who mistyped a number is not tied to it.
    """

    def do():
        stays = _standing(user.pk)
        bound = reasons.booked_as_somebody(stays[0]) if stays else None
        try:
            return people.complete_person(user, now=now, bound=bound, **said)
        except Refused as no:
            if bound not in no.reasons or not all(map(_is_plain_hold, stays)):
                raise
        let_go_of_holds(stays[0].guest, now)
        return people.complete_person(user, now=now, **said)

    return act(do)


def change_profile(person: Person, *, now: datetime, actor: User | None = None, **changes) -> Person:
    """`accounts.people.change_profile`, for the doors; refuses beside it as `say_who` does."""
    touches_who = bool(set(changes) & set(people.BINDING))

    def do():
        bound = _bound(person.user_id) if touches_who else None
        return people.change_profile(person, now=now, actor=actor, bound=bound, **changes)

    return act(do)


def _bound(user_id) -> Reason | None:
    """The reason why this person must stay who they are; behind the lock that bookings take."""
    stays = _standing(user_id)
    return reasons.booked_as_somebody(stays[0]) if stays else None


def _standing(user_id) -> list[Stay]:
    """The stays by which this person is who they are, those that are only held last; behind the lock."""
    person = Person.objects.select_for_update(no_key=True).filter(user=user_id, document_hash__isnull=False).first()
    if person is None:
        return []
    stays = list(Stay.objects.filter(guest=person).exclude(status=Stay.Status.CANCELLED))
    for stay in stays:
        stay.guest = person
    return sorted(stays, key=_is_plain_hold)


def _is_plain_hold(stay) -> bool:
    return stay.status == Stay.Status.HELD and stay.own_hold and not stay.awaits
