"""What accounts does by the clock. Each may run twice or late."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts import forgetting, idempotency, letters, people
from accounts.schedule import ran


@shared_task
def post_letters():
    now = timezone.now()
    with ran("letters", now):
        letters.post_due(now)


@shared_task
def sweep():
    """Clear away what nobody needs any more: logins never used, answers kept for a repeat, sessions that ended."""
    now = timezone.now()
    with ran("sweep", now):
        people.sweep_unverified(now)
        idempotency.forget_old_keys(now)
        SessionStore.clear_expired()


@shared_task
def forget_documents():
    """Take away by what people who were forgotten would be known again, once no rule counts anything of theirs."""
    now = timezone.now()
    with ran("forgetting", now):
        forgetting.forget_documents(now)
