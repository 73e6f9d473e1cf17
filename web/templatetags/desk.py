"""How the desk writes money and moments of today."""

from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import Stay
from desk import undoing
from desk.shift import name_of
from hostel.nights import business_day
from web.templatetags.house import STATES, hour, moment

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


@register.simple_tag
def bed_words(state, now):
    """Write how a bed is (`desk.housekeeping.BedState`), and about when it is ready: 待清洁，约 14:30 好."""
    word = STATES[state.state][0]
    if state.is_ready or state.ready_at is None:
        return word
    return _("{word}, ready about {moment}").format(word=word, moment=soon(state.ready_at, now))


def soon(moment_to_come, now):
    """Write a moment that is near: of today the hour is enough."""
    is_today = timezone.localdate(moment_to_come) == timezone.localdate(now)
    return hour(moment_to_come) if is_today else moment(moment_to_come)


@register.filter
def state_today(stay, day):
    """The key of the state of ``stay`` as the desk sees it on the business day ``day``: due in, due out, overdue, …"""
    if stay.status == Stay.Status.CONFIRMED and stay.arrival <= day:
        return "arriving_late" if stay.late_at else "due_in"
    if stay.status == Stay.Status.IN_HOUSE:
        return "overdue" if stay.departure < day else "due_out" if stay.departure == day else "in_house"
    return stay.status


@register.filter
def called(user):
    """How colleagues call a member of the staff; "" for nobody."""
    return name_of(user) if user else ""
