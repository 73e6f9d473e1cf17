"""Some hostels take groups only: schools and organisations book there, not single guests."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, NOT_MET, Fix
from eligibility.rule import Rule


@dataclass(frozen=True, kw_only=True)
class GroupOnly(Rule):
    """The hostel wished for takes single guests, or the wish comes from a school or an organisation."""

    kind = "group_only"
    name = _("Hostels for groups")
    says = _("Hostels for groups of schools and organisations are not booked by single guests")
    code = "GROUP_ONLY"
    rank = 60
    clearable = False
    always = True

    def judge(self, facts):
        group = facts.wish.access == "group" and facts.wish.applicant == "self"
        yield self.reason(
            NOT_MET if group else MET,
            _("This hostel takes groups from schools and organisations only")
            if group
            else _("Single guests can book here"),
            used=facts.wish.access,
            needed="individual",
            fix=Fix("nearby", _("See the other hostels"), "/") if group else None,
        )
