"""What the house does by the clock. Each may run twice or late."""

from celery import shared_task
from django.utils import timezone

from accounts.schedule import ran
from bookings import holding, night_audit, on_call, reminding, serving, wishing


@shared_task
def end_holds():
    now = timezone.now()
    with ran("holds", now):
        holding.end_holds(now)
        on_call.unanswered(now)


@shared_task
def serve_the_line():
    now = timezone.now()
    with ran("waiting", now):
        serving.serve(now)
        wishing.end_wishes(now)


@shared_task
def remind():
    now = timezone.now()
    with ran("reminders", now):
        reminding.remind(now)


@shared_task
def close_no_shows():
    now = timezone.now()
    with ran("no_shows", now):
        night_audit.close_no_shows(now)


@shared_task
def audit_the_night():
    now = timezone.now()
    with ran("night_audit", now):
        night_audit.audit(now)
