"""Consents: given one by one where they are needed, and taken back the same way, with what follows said before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.acts import act
from accounts.models import Consent, Person, User
from accounts.people import AGREED_AT_THE_DOOR
from accounts.reasons import Fix, Refused, not_met
from accounts.record import record

# Without these there is no account, or no stay to it: who takes one back has the account erased.
OF_THE_ACCOUNT = (*AGREED_AT_THE_DOOR, Consent.Purpose.IDENTITY)


@dataclass(frozen=True)
class Following:
    """What follows when a consent is taken back: ``says`` is read before, ``does`` is done with it."""

    says: Any
    does: Callable[[User, datetime], object]


_FOLLOWS: dict[str, Following] = {}


def follows(purpose: str, following: Following) -> None:
    """Have ``following`` follow when the consent to ``purpose`` is taken back: said by floors when they are loaded."""
    _FOLLOWS[purpose] = following


@dataclass(frozen=True)
class Agreed:
    """A consent as its person reads it: since when, and what follows if it is taken back (None: it cannot be alone)."""

    consent: Consent
    follows: Any

    @property
    def stands(self) -> bool:
        return self.consent.withdrawn_at is None


def consents_of(user: User) -> list[Agreed]:
    """All that ``user`` agreed to, the standing ones first, then the latest."""
    rows = sorted(user.consents.order_by("-given_at", "pk"), key=lambda row: row.withdrawn_at is not None)
    return [Agreed(row, _FOLLOWS[row.purpose].says if row.purpose in _FOLLOWS else None) for row in rows]


def withdraw(user: User, purpose: str, *, now: datetime) -> Consent:
    """Take back what ``user`` agreed to, with all that follows from it.

    Raises Refused with CONSENT for what the account rests on, and for what does not stand.
    """

    def do():
        if purpose in OF_THE_ACCOUNT:
            raise Refused(_of_the_account())
        if purpose not in Consent.Purpose.values:
            raise Refused(_not_given())
        standing = Consent.objects.select_for_update().filter(user=user, purpose=purpose, withdrawn_at=None).first()
        if standing is None:
            raise Refused(_not_given())
        standing.withdrawn_at = now
        standing.save(update_fields=["withdrawn_at"])
        record(
            "withdraw_consent", now=now, actor=user, person=Person.objects.filter(user=user).first(), purpose=purpose
        )
        if purpose in _FOLLOWS:
            _FOLLOWS[purpose].does(user, now)
        return standing

    return act(do)


def _of_the_account():
    return not_met(
        "CONSENT",
        _("An account rests on this line: to take it back, erase the account"),
        fix=Fix("erase", _("Erase my account"), "/me/data/erase/"),
    )


def _not_given():
    return not_met(
        "CONSENT",
        _("This is not agreed to, or was taken back already"),
        fix=Fix("own", _("See what you agreed to"), "/me/data/"),
    )
