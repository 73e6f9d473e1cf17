"""Who is on shift: the colleagues of a house, and what says later, or from a tablet without a line, who it was."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing

from accounts.models import DeskPin, User
from accounts.phones import mask_phone
from accounts.pins import ITERATIONS, sealed_for
from accounts.roles import MANAGER, is_manager
from hostel.models import Hostel
from hostel.nights import business_day

# A tablet that found no line for days still says who did what; the sheet it shows ends long before (`desk/sheet.py`).
TOKEN_LASTS = timedelta(days=7)
SIGNER = signing.Signer(salt="desk.shift")


@dataclass(frozen=True)
class Colleague:
    """Somebody who manages the house today; ``pin`` is None where they have set none."""

    user: User
    name: str
    pin: DeskPin | None


def name_of(user: User) -> str:
    """How colleagues call ``user``: as they said, else as they are called as a guest, else by their masked phone."""
    if user.called:
        return user.called
    person = getattr(user, "person", None)
    return person.name if person and person.name else mask_phone(user.phone)


def colleagues(hostel: Hostel, now: datetime) -> list[Colleague]:
    """Who manages ``hostel`` today, by name: one statement."""
    day = business_day(now)
    found = User.objects.filter(pk__in=hostel.roles.valid_on(day).filter(kind=MANAGER).values("user"), is_active=True)
    people = [
        Colleague(user, name_of(user), getattr(user, "desk_pin", None))
        for user in found.select_related("person", "desk_pin").order_by("pk")
    ]
    return sorted(people, key=lambda each: each.name)


def token_for(user: User, hostel: Hostel, now: datetime) -> str:
    """What says, by our signature, that ``user`` was on at the desk of ``hostel`` at ``now``."""
    return SIGNER.sign_object([user.pk, hostel.pk, int(now.timestamp())])


def who(token: str, hostel: Hostel, now: datetime) -> User | None:
    """Whom ``token`` names, if it is ours, for ``hostel``, not older than a week, and they manage the house at ``now``;
    else None. For an act that was done before, ``now`` may be the moment at which it was done."""
    try:
        number, place, issued = SIGNER.unsign_object(str(token))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    # A tablet's clock may be behind ours: what was done a moment before the token was made is done by the same person.
    if place != hostel.pk or now.timestamp() > issued + TOKEN_LASTS.total_seconds():
        return None
    user = User.objects.filter(pk=number, is_active=True).select_related("person").first()
    return user if user and is_manager(user, hostel, business_day(now)) else None


def sealed_tokens(hostel: Hostel, now: datetime) -> list[dict]:
    """For a tablet that may lose its line: each colleague who has a PIN, with what their digits open (`token_for`).

    ``[{"id", "name", "salt", "iterations", "sealed"}]``; one statement.
    """
    return [
        {
            "id": each.user.pk,
            "name": each.name,
            "salt": each.pin.salt,
            "iterations": ITERATIONS,
            "sealed": sealed_for(each.pin, token_for(each.user, hostel, now)),
        }
        for each in colleagues(hostel, now)
        if each.pin
    ]
