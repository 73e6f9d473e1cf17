"""Who may do what where. Asked at the doors; verbs ask only whether the house can."""

from datetime import date, datetime
from enum import Enum

from django.db.models import Q

from accounts.acts import act
from accounts.models import Role, User
from accounts.record import record
from hostel.models import Hostel, Network

GUEST = "guest"  # everybody with a login: their own stays, their own person
MANAGER, OFFICER, OPERATOR, AUDITOR = Role.Kind.MANAGER, Role.Kind.OFFICER, Role.Kind.OPERATOR, Role.Kind.AUDITOR


class Right(Enum):
    """What somebody may do. A manager's rights are in their hostel, the others' in their network and those below."""

    BOOK = "book for oneself"
    WORK_AT_DESK = "check in and out, write no-shows, find guests who are due in"
    SEE_HOUSE_STAYS = "see the stays of a house"
    BLOCK_BEDS = "take beds out of service, and move who is in them"
    CHANGE_ROOMS = "close rooms and beds for good, and open them again"
    CHANGE_NETWORK = "policies, the calendar"
    SET_QUOTAS = "grant free bed-nights to houses and groups, and cut what nobody has"
    SEE_FIGURES = "the office's pages: heat table, nights given, statements"
    SEE_RECORD = "the record of deeds"
    GRANT_NIGHTS = "see a person's stays and nights, grant extra ones, excuse those where the house was at fault"
    REVIEW = "look at proofs and appeals, and answer them"
    ALLOT_BATCHES = "allot beds to schools and organisations, and name their guests"
    PLACE_IN_APARTMENT = "answer referrals"


# The whole table: each right, and the roles that have it.
WHO_MAY: dict[Right, set[str]] = {
    Right.BOOK:               {GUEST},
    Right.WORK_AT_DESK:       {MANAGER},
    Right.SEE_HOUSE_STAYS:    {MANAGER, OFFICER},
    Right.BLOCK_BEDS:         {MANAGER, OFFICER},
    Right.CHANGE_ROOMS:       {OFFICER},
    Right.CHANGE_NETWORK:     {OFFICER},
    Right.SET_QUOTAS:         {OFFICER},
    Right.SEE_FIGURES:        {OFFICER, AUDITOR},
    Right.SEE_RECORD:         {OFFICER, AUDITOR},
    Right.GRANT_NIGHTS:       {OFFICER},
    Right.REVIEW:             {OFFICER},
    Right.ALLOT_BATCHES:      {OFFICER},
    Right.PLACE_IN_APARTMENT: {OPERATOR},
}  # fmt: skip


def may(user, right: Right, where: Hostel | Network | None, day: date) -> bool:
    """Whether ``user`` has ``right`` at a hostel or in a network on ``day``; anonymous visitors have none."""
    if not user.is_authenticated:
        return False
    kinds = WHO_MAY[right]
    if GUEST in kinds:
        return True
    return where is not None and Role.objects.valid_on(day).filter(_at(where), user=user, kind__in=kinds).exists()


def _at(where):
    if isinstance(where, Hostel):
        return Q(hostel=where.pk) | _covering(Q(pk=where.network_id))
    return _covering(Q(pk=where.pk))


def _covering(networks):
    """Roles in one of ``networks`` or in the network above it: the city's officer counts in its districts."""
    found = Network.objects.filter(networks)
    return Q(network__in=found.values("pk")) | Q(network__in=found.values("parent"))


def is_manager(user, hostel: Hostel, day: date) -> bool:
    """Whether ``user`` manages ``hostel`` on ``day``."""
    return may(user, Right.WORK_AT_DESK, hostel, day)


def is_officer(user, network: Network, day: date) -> bool:
    """Whether ``user`` is an officer of ``network``, or of the one above it, on ``day``."""
    return may(user, Right.CHANGE_NETWORK, network, day)


def has_a_role(user, day: date) -> bool:
    """Whether ``user`` is staff of any kind on ``day``: such logins need a second factor."""
    return user.is_authenticated and Role.objects.valid_on(day).filter(user=user).exists()


def staff_doors(user, day: date) -> list[str]:
    """The staff pages that ``user`` has on ``day``, as names of addresses: "desk", then "office"."""
    held = set(Role.objects.valid_on(day).filter(user=user.pk).values_list("kind", flat=True))
    doors = {"desk": WHO_MAY[Right.WORK_AT_DESK], "office": WHO_MAY[Right.SEE_FIGURES]}
    return [door for door, kinds in doors.items() if kinds & held]


def hostels_managed_by(user, day: date):
    """The hostels (a queryset) that ``user`` manages on ``day``."""
    return Hostel.objects.filter(pk__in=_roles_of(user, MANAGER, day).values("hostel"))


def networks_of_officer(user, day: date):
    """The networks (a queryset) of which ``user`` is an officer on ``day``, with the districts below them."""
    return _networks(user, [OFFICER], day)


def networks_seen_by(user, day: date):
    """The networks (a queryset) whose office pages ``user`` may read on ``day``: officers and auditors."""
    return _networks(user, WHO_MAY[Right.SEE_FIGURES], day)


def networks_reviewed_by(user, day: date):
    """The networks (a queryset) whose proofs and appeals ``user`` answers on ``day``."""
    return _networks(user, WHO_MAY[Right.REVIEW], day)


def networks_granted_by(user, day: date):
    """The networks (a queryset) whose quotas ``user`` sets on ``day``."""
    return _networks(user, WHO_MAY[Right.SET_QUOTAS], day)


def hostels_of_officer(user, day: date):
    """The hostels (a queryset) of the networks of which ``user`` is an officer on ``day``."""
    return Hostel.objects.filter(network__in=networks_of_officer(user, day).values("pk"))


def _networks(user, kinds, day):
    held = Role.objects.valid_on(day).filter(user=user.pk, kind__in=kinds).values("network")
    return Network.objects.filter(Q(pk__in=held) | Q(parent__in=held))


def _roles_of(user, kind, day):
    return Role.objects.valid_on(day).filter(user=user.pk, kind=kind)


def grant_role(
    user: User,
    kind: str,
    *,
    hostel: Hostel | None = None,
    network: Network | None = None,
    valid_from: date,
    valid_until: date | None = None,
    now: datetime,
    actor: User | None = None,
) -> Role:
    """Give ``user`` a role from ``valid_from`` (a day) until the day ``valid_until`` on which it no longer holds.

    A manager's needs a ``hostel``, every other kind a ``network``. Where the same role stands open already, it is
    returned as it is. Raises ValueError for a place that does not fit or days in the wrong order.
    """
    if (kind == MANAGER) != (hostel is not None) or (kind == MANAGER) == (network is not None):
        raise ValueError("a manager has a hostel, every other role a network")
    if valid_until is not None and valid_until <= valid_from:
        raise ValueError("a role ends after the day it begins")

    def do():
        open_role = Role.objects.filter(user=user, kind=kind, hostel=hostel, network=network, valid_until=None).first()
        if open_role:
            return open_role
        role = Role.objects.create(
            user=user, kind=kind, hostel=hostel, network=network, valid_from=valid_from, valid_until=valid_until
        )
        record("grant_role", now=now, actor=actor, hostel=hostel, about=f"user {user.pk}", role=kind,
               network=network.slug if network else "")  # fmt: skip
        return role

    return act(do)


def end_role(role: Role, *, until: date, now: datetime, actor: User | None = None) -> Role:
    """End ``role`` with the day ``until``, the first on which it no longer holds."""

    def do():
        role.valid_until = until
        role.save(update_fields=["valid_until"])
        record("end_role", now=now, actor=actor, hostel=role.hostel, about=f"user {role.user_id}", role=role.kind)
        return role

    return act(do)
