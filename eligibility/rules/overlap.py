"""One person, one night, one bed: what one has already can not be booked a second time."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, NOT_MET, Fix
from eligibility.rule import Rule


@dataclass(frozen=True, kw_only=True)
class Overlap(Rule):
    """None of the nights wished for is kept already, in any hostel of any network."""

    kind = "overlap"
    name = _("One bed a night")
    says = _("Nobody has two beds for the same night")
    code = "OVERLAP"
    rank = 80
    clearable = False
    always = True

    def judge(self, facts):
        nights = facts.wish.nights
        if nights is None:
            yield self.reason(MET, _("Other bookings for the same nights: checked when you choose dates"))
            return
        kept = min((kept for kept in facts.history.nights if kept.night in nights), key=by_night, default=None)
        if kept is None:
            yield self.reason(MET, _("You have nothing else booked for these nights"))
            return
        yield self.reason(
            NOT_MET,
            _("You already hold %(hostel)s for these nights"),
            {"hostel": (kept.hostel_zh, kept.hostel_en)},
            used=kept.stay,
            fix=Fix("stay", _("Open that stay"), f"/stays/{kept.stay}/"),
        )


def by_night(kept):
    return kept.night
