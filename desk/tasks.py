"""What the schedule runs for the desks."""

from celery import shared_task
from django.utils import timezone

from accounts.schedule import ran
from desk import forgetting


@shared_task
def forget():
    now = timezone.now()
    with ran("desk_forgetting", now):
        forgetting.forget(now)
