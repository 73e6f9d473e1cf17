"""Which policy is in force, and its terms, read once in each process: a version is never edited."""

from datetime import date, datetime, time, timedelta

from django.db.models import OuterRef, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from eligibility.models import Policy
from eligibility.reasons import Fix, Refused, not_met
from eligibility.terms import Terms, read_terms
from hostel.models import Network
from hostel.nights import at, end_of_night

_read: dict[tuple[int, str], Terms] = {}
_approved: dict[tuple, Policy] = {}
FINGERPRINT = KT("rules__fingerprint")


def in_force(day: date) -> Subquery:
    """Beside a hostel: which version of its network's rules is in force on ``day``, in so few words that
    `policy_called` finds it again among those that this process has read; None where there is none."""
    versions = Policy.objects.filter(network=OuterRef("network")).in_force(day)
    return Subquery(versions.values(words=JSONObject(pk="pk", version="version", fingerprint=FINGERPRINT))[:1])


def policy_called(words: dict | None, network: Network | int, day: date) -> Policy:
    """The policy that `in_force` found: an approved version is never edited, the database sees to it, so it is read
    once in each process. Raises Refused with NO_POLICY."""
    if words is None or not words["fingerprint"]:
        return policy_in_force(network, day)
    key = (words["pk"], words["version"], words["fingerprint"])
    if key not in _approved:
        _approved[key] = Policy.objects.get(pk=words["pk"])
    return _approved[key]


def policy_in_force(network: Network | int, day: date) -> Policy:
    """Return the newest approved version of the network (or its id) whose day has come on ``day``: one query.

    Raises Refused with NO_POLICY where there is none.
    """
    policy = Policy.objects.filter(network=network).in_force(day).first()
    if policy is None:
        raise Refused(
            not_met(
                "NO_POLICY",
                _("No rules are in force here on %(day)s"),
                {"day": day},
                value_used=day,
                fix=Fix("help", _("Ask the office"), "/help/"),
            )
        )
    return policy


def terms_of(policy: Policy) -> Terms:
    """Return the terms of ``policy``. They are kept by id and fingerprint, so that a draft is never mistaken."""
    key = (policy.pk, policy.rules.get("fingerprint"))
    if None in key:
        return read_terms(policy.rules, str(policy))
    if key not in _read:
        _read[key] = read_terms(policy.rules, str(policy))
    return _read[key]


def kept_until(policy: Policy, arrival: date, booked_at: datetime) -> datetime:
    """Return the moment until which the bed of a guest who has not come is kept.

    That is the hour of the policy on the day of arrival; booked late, some hours after booking; never beyond 06:00.
    """
    terms = terms_of(policy)
    hour, hours = (terms.arrival.closes, 0) if terms.arrival else ("", 0)
    if terms.no_show:
        hour, hours = terms.no_show.kept_until, terms.no_show.kept_at_least_hours
    if not hour:
        return end_of_night(arrival)
    promised = at(arrival, time.fromisoformat(hour))
    return min(max(promised, booked_at + timedelta(hours=hours)), end_of_night(arrival))


def terms_known(pk: int, fingerprint: str | None) -> Terms | None:
    """The terms of a policy that this process has read already, by its number and fingerprint; else None."""
    return _read.get((pk, fingerprint)) if fingerprint else None


def late_until(terms: Terms, arrival: date) -> datetime | None:
    """Return the moment until which the bed is kept of who says on the day of ``arrival`` that they come late; None
    where the terms offer nothing of the kind.

    An hour before that until which beds are kept is one of the night that follows; never beyond 06:00.
    """
    rule = terms.no_show
    if rule is None or not rule.late_until:
        return None
    hour = time.fromisoformat(rule.late_until)
    day = arrival + timedelta(days=hour < time.fromisoformat(rule.kept_until))
    return min(at(day, hour), end_of_night(arrival))
