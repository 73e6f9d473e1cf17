"""How the office writes deadlines, and the rules of a decision beside what is asked about it."""

from dataclasses import replace

from django import template
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.reasons import CHINESE
from eligibility.models import Evidence
from eligibility.reviews import because_said, name_of
from web.templatetags.house import moment, reason_list

register = template.Library()

HOUR, DAY = 3600, 24 * 3600
PROOFS = {
    Evidence.State.SENT: ("clock", "warn"),
    Evidence.State.ACCEPTED: ("check", "ok"),
    Evidence.State.SENT_BACK: ("out", "danger"),
}


@register.simple_tag
def due_words(due_at, now):
    """Say a deadline: 2 小时后到期, 超时 40 分钟; one that is days away by its moment."""
    seconds = (due_at - now).total_seconds()
    if seconds >= DAY:
        return _("by {moment}").format(moment=moment(due_at))
    if seconds >= HOUR:
        hours = int(seconds // HOUR)
        return ngettext("due in {number} hour", "due in {number} hours", hours).format(number=hours)
    if seconds >= 0:
        minutes = int(seconds // 60)
        return ngettext("due in {number} minute", "due in {number} minutes", minutes).format(number=minutes)
    return _late(-seconds)


def _late(seconds):
    if seconds >= DAY:
        days = int(seconds // DAY)
        return ngettext("{number} day overdue", "{number} days overdue", days).format(number=days)
    if seconds >= HOUR:
        hours = int(seconds // HOUR)
        return ngettext("{number} hour overdue", "{number} hours overdue", hours).format(number=hours)
    minutes = int(seconds // 60)
    return ngettext("{number} minute overdue", "{number} minutes overdue", minutes).format(number=minutes)


@register.inclusion_tag("web/parts/tag.html")
def due_tag(due_at, now):
    """Show a deadline by word, icon and colour: overdue, due within two hours, or later."""
    seconds = (due_at - now).total_seconds()
    colour, mark = (
        ("danger", "alert") if seconds < 0 else ("warn", "clock") if seconds < 2 * HOUR else ("plain", "clock")
    )
    return {"word": due_words(due_at, now), "icon": mark, "colour": colour}


@register.inclusion_tag("web/parts/reasons.html")
def rule_list(reasons):
    """List the reasons of a decision as the person read them, without the steps that only they can take."""
    return reason_list([replace(reason, fix=None) for reason in reasons], fold=True)


@register.inclusion_tag("web/parts/tag.html")
def proof_tag(proof):
    """Show how a proof stands by word, icon and colour."""
    mark, colour = PROOFS[proof.state]
    return {"word": Evidence.State(proof.state).label, "icon": mark, "colour": colour}


@register.simple_tag
def because_of(review):
    """Say why a review was not passed, in the reader's language; "" where it was."""
    chinese, english = because_said(review.because)
    return chinese if get_language() == CHINESE else english


@register.simple_tag
def staff_name(user):
    """Name a member of staff to another."""
    return name_of(user)
