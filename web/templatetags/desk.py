"""How the desk writes money and moments of today."""

from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from desk import undoing
from hostel.nights import business_day
from web.templatetags.house import hour, moment

register = template.Library()


@register.filter
def yuan(fen):
    """Write fen as yuan: 4900 is 49.00."""
    return f"{Decimal(fen) / 100:.2f}"


@register.simple_tag
def when(happened, now):
    """Write a moment; one of today as 今天 15:02, 15:02 today. After midnight the date is said: 01:00 of which day?"""
    if timezone.localdate(happened) == business_day(now):
        return _("{hour} today").format(hour=hour(happened))
    return moment(happened)


@register.simple_tag
def undo_until(act, now):
    """The moment until which ``act`` can be taken back; None where it can't be, at ``now``."""
    return None if act is None or undoing.why_not(act, now) else undoing.until(act)
