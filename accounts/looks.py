"""Who looked at what of somebody, for them to read: where it was, not which colleague, and what was opened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Deed, Role, User
from accounts.reasons import Sentence

# Every deed that is no more than a look, in the words of whom was looked at.
SEEN = {
    "see_stay": _("opened your check-in card"),
    "see_sheet": _("had you, with your name masked, on the day's list kept at the desk"),
    "see_person": _("opened your page, with your stays and nights"),
    "see_evidence": _("looked at a proof you sent"),
    "see_review": _("read what you asked and said"),
    "see_no_show": _("read about a stay you missed"),
    "see_wish": _("looked at what you wait for"),
    "ask_walk_in": _("asked at the desk whether you may stay tonight"),
    "see_register": _("took out the guest register, with your name and document number"),
}
# The other deeds that are on record about somebody, in short; what is not here is called by its code.
DONE = {
    "identity_given": _("said who you are"),
    "identity_changed": _("changed who you are"),
    "identity_claimed": _("took over the stays a list had under your document"),
    "come_back": _("came back after erasing"),
    "change_profile": _("changed your answers"),
    "hold": _("held a bed"),
    "extend_hold": _("held the bed longer"),
    "hold_ended": _("the hold ended"),
    "book": _("booked"),
    "confirm": _("booked"),
    "cancel": _("cancelled"),
    "undo_cancel": _("took the cancellation back"),
    "extend": _("added nights"),
    "shorten": _("gave nights back"),
    "shift": _("moved to other days"),
    "check_in": _("checked in"),
    "check_out": _("checked out"),
    "came_anyway": _("came after all: the stay stands again"),
    "settle_clash": _("chose between two versions of what happened at the desk"),
    "no_show": _("did not come"),
    "appeal_no_show": _("explained a stay that was missed"),
    "lift_no_show": _("took a no-show back"),
    "leave_no_show": _("left a no-show as it was"),
    "walk_in": _("came without a booking"),
    "wait": _("joined the waiting list"),
    "withdraw_wish": _("left the waiting list"),
    "offer": _("offered a bed"),
    "accept_offer": _("took an offered bed"),
    "decline_offer": _("declined an offered bed"),
    "book_party": _("booked with friends"),
    "hand_in_evidence": _("handed in a proof"),
    "purge_evidence": _("deleted the pictures of a proof"),
    "ask_review": _("asked a person to look"),
    "grant_extra": _("granted extra nights"),
    "withdraw_extra": _("took extra nights back"),
    "move_bed": _("changed the bed"),
    "note": _("noted something about a stay"),
    "note_done": _("did what a note asked for"),
    "move": _("changed the bed"),
    "swap": _("changed beds with somebody"),
    "overstay": _("stayed on"),
    "move_to_hostel": _("went to another house"),
    "undo_check_in": _("took the check-in back"),
    "undo_check_out": _("took the check-out back"),
    "undo_no_show": _("took back that you did not come"),
    "undo_walk_in": _("took back that you came without a booking"),
    "undo_extend": _("took the added nights back"),
    "undo_shorten": _("took back that nights were given back"),
    "undo_shift": _("took the other days back"),
    "undo_move": _("took the change of bed back"),
    "undo_swap": _("took the exchange of beds back"),
    "undo_place": _("took the other bed or days back"),
    "undo_overstay": _("took back that you stayed on"),
    "undo_move_to_hostel": _("took the move to another house back"),
    "withdraw_consent": _("took a consent back"),
    "export_own": _("exported what is held"),
}
SHOWN = 200


def done(what: str) -> Any:
    """The deed called ``what`` in words."""
    return SEEN.get(what) or DONE.get(what) or what


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
    return [
        Look(deed.at, _where(deed, by_actor.get(deed.actor_id or 0)), SEEN[deed.what], deed.about) for deed in deeds
    ]


def _where(deed, role):
    if role is None:
        return Sentence(_("somebody of the staff"))
    if role.kind == Role.Kind.MANAGER:
        hostel = deed.hostel or role.hostel
        return Sentence(_("The desk of %(hostel)s"), {"hostel": (hostel.name_zh, hostel.name_en)})
    return Sentence(_("The committee's office"))
