"""Who looked at what of somebody, for them to read: where it was, not which colleague, and what was opened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Deed, Role, User
from accounts.reasons import Sentence

# Every deed that is no more than a look, in the words of whom was looked at.
SEEN = {
    "see_stay": _("opened your card at the desk"),
    "see_person": _("opened your page, with your stays and nights"),
    "see_evidence": _("looked at a proof you sent"),
    "see_review": _("read what you asked and said"),
    "see_no_show": _("read about a stay you missed"),
    "see_wish": _("looked at what you wait for"),
}
SHOWN = 200


@dataclass(frozen=True)
class Look:
    """One look: when, from where, at what; ``about`` is the code of what was opened, where it has one."""

    at: datetime
    who: Any
    what: Any
    about: str


def looks_at(user: User, most: int = SHOWN) -> list[Look]:
    """The looks of others at what is ``user``'s, the latest first: two statements."""
    found = Deed.objects.filter(person__user=user, what__in=SEEN).exclude(actor=user).order_by("-at", "-pk")
    deeds = list(found.select_related("hostel")[:most])
    roles = Role.objects.filter(user__in={deed.actor_id for deed in deeds}).select_related("hostel").order_by("pk")
    by_actor = {role.user_id: role for role in roles}
    return [Look(deed.at, _where(deed, by_actor.get(deed.actor_id)), SEEN[deed.what], deed.about) for deed in deeds]


def _where(deed, role):
    if role is None:
        return Sentence(_("somebody of the staff"))
    if role.kind == Role.Kind.MANAGER:
        hostel = deed.hostel or role.hostel
        return Sentence(_("The desk of %(hostel)s"), {"hostel": (hostel.name_zh, hostel.name_en)})
    return Sentence(_("The committee's office"))
