"""The schedule: the one table of what runs beside the requests, and how often.

Celery's beat (`config/celery.py`) and `manage.py run_due` are both made from it. Every job may run twice or late.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from celery.schedules import crontab
from django.utils import timezone

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Job:
    """A task (by its path) that is due once in every ``every``, counted from ``after`` local midnight.

    ``every`` divides a day, so that "each five minutes" includes 23:00 and "each hour" 06:00, whenever we started.
    """

    name: str
    task: str
    every: timedelta
    after: timedelta = timedelta()

    def slot(self, moment: datetime) -> datetime:
        """The latest moment at or before ``moment`` at which this job falls due, in local time."""
        local = timezone.localtime(moment)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        slots = (local - midnight - self.after) // self.every
        return midnight + self.after + slots * self.every

    def due(self, now: datetime, started_at: datetime | None) -> bool:
        """Whether it falls due again at ``now``, having last started at ``started_at`` (None: never)."""
        return started_at is None or started_at < self.slot(now)

    @property
    def beat(self):
        """The same times for Celery's beat: a crontab in local time, or an interval below a minute."""
        if self.every < MINUTE:
            return self.every
        hour, minute = divmod(self.after // MINUTE, 60)
        if self.every == DAY:
            return crontab(hour=str(hour), minute=str(minute))
        if self.every == HOUR:
            return crontab(minute=str(minute))
        return crontab(minute=f"*/{self.every // MINUTE}")


SCHEDULE = (
    Job("letters", "accounts.tasks.post_letters", every=30 * SECOND),
    Job("holds", "bookings.tasks.end_holds", every=MINUTE),
    # What was given back is offered at once; this finds what came free otherwise, and what was offered in vain.
    Job("waiting", "bookings.tasks.serve_the_line", every=MINUTE),
    # At ten in the morning and at eight in the evening; between, whose stay moved to today.
    Job("reminders", "bookings.tasks.remind", every=5 * MINUTE),
    # The cut-off is 23:00; who promised to come later is looked at again until then.
    Job("no_shows", "bookings.tasks.close_no_shows", every=5 * MINUTE),
    # The day turns at 06:00; the other hours find nothing to do, or catch up with a turn that was missed.
    Job("night_audit", "bookings.tasks.audit_the_night", every=HOUR),
    Job("sweep", "accounts.tasks.sweep", every=DAY, after=3 * HOUR + 30 * MINUTE),
    Job("forgetting", "accounts.tasks.forget_documents", every=DAY, after=3 * HOUR + 45 * MINUTE),
    Job("desk_forgetting", "desk.tasks.forget", every=DAY, after=3 * HOUR + 50 * MINUTE),
    Job("proofs", "eligibility.tasks.purge_evidence", every=DAY, after=4 * HOUR),
)
