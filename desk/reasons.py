"""Why the desk can't take back what it did: each with the value used and what to do instead."""

from django.utils.translation import gettext_lazy as _

from accounts.reasons import Fix, not_met


def _see(act):
    """Where the desk goes on: the stay, or its day."""
    if act.stay_id is None:
        return Fix("desk", _("Back to today"), "/desk/")
    return Fix("stay", _("Open the stay"), f"/desk/stays/{act.stay.code}/")


def undone_already(act):
    return not_met(
        "UNDONE",
        _("This was taken back already, on %(moment)s: look at how it stands now"),
        {"moment": act.undone_at},
        value_used=act.undone_at,
        fix=_see(act),
    )


def settled_elsewhere(act):
    return not_met(
        "CLASH",
        _("This came from a tablet and did not fit: choose between the two versions instead"),
        value_used=act.outcome,
        fix=Fix("sync", _("Open what does not fit"), "/desk/sync/"),
    )


def not_undoable(act):
    return not_met(
        "STATE",
        _("This can't be taken back at the desk: change it at the stay"),
        value_used=act.what,
        fix=_see(act),
    )


def undo_over(act, until):
    return not_met(
        "UNDO_OVER",
        _("This could be taken back until %(moment)s: change it at the stay"),
        {"moment": until},
        value_used=act.written_at,
        needed=until,
        fix=_see(act),
    )


def came_after(act, words, other):
    return not_met(
        "CHANGED",
        _("Something was done since, at %(moment)s: “%(what)s”. Take that back first"),
        {"moment": other.written_at, "what": words},
        value_used=other.what,
        fix=_see(act),
    )


def changed_since(act):
    return not_met(
        "CHANGED",
        _("The stay was changed meanwhile, not by this desk: look at how it stands, and change it there"),
        value_used=act.what,
        fix=_see(act),
    )
