"""Who a guest is, as long as stays stand on it: said before the first one, and not changed behind its back."""

from datetime import datetime

from accounts import people
from accounts.acts import act
from accounts.models import Person, User
from accounts.reasons import Reason
from bookings import reasons
from bookings.models import Stay


def say_who(user: User, *, now: datetime, **said) -> Person:
    """`accounts.people.complete_person`, for the doors: who has stays stays who they are.

    Raises Refused with IDENTITY as it does, and where another document, gender or birth date is given than the one by
    which stays were booked; stays that were cancelled bind nobody.
    """
    return act(lambda: people.complete_person(user, now=now, bound=_bound(user.pk), **said))


def change_profile(person: Person, *, now: datetime, actor: User | None = None, **changes) -> Person:
    """`accounts.people.change_profile`, for the doors; refuses beside it as `say_who` does."""
    touches_who = bool(set(changes) & set(people.BINDING))

    def do():
        bound = _bound(person.user_id) if touches_who else None
        return people.change_profile(person, now=now, actor=actor, bound=bound, **changes)

    return act(do)


def _bound(user_id) -> Reason | None:
    """The reason why this person must stay who they are; behind the lock that bookings take."""
    person = Person.objects.select_for_update(no_key=True).filter(user=user_id, document_hash__isnull=False).first()
    stay = Stay.objects.filter(guest=person).exclude(status=Stay.Status.CANCELLED).first() if person else None
    return reasons.booked_as_somebody(stay) if stay else None
