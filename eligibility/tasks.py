"""What eligibility does by the clock. Each may run twice or late."""

from celery import shared_task
from django.utils import timezone

from accounts.schedule import ran
from eligibility import evidence, proof_parts


@shared_task
def purge_evidence():
    """Delete the pictures and codes of proofs whose time is over, files that nobody knows any more, and pieces of files
    that never came whole."""
    now = timezone.now()
    with ran("proofs", now):
        evidence.purge_due(now)
        evidence.forget_orphans(now)
        proof_parts.forget_old_parts(now)
