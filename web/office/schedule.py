"""What runs by the clock, as the office reads it: when it last ended well, and since when to doubt a figure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import TaskRun

# Word for the office, and after how long without a run its figures are no longer of now: a few turns of the schedule.
JOBS = {
    "night_audit": (_("Night audit: counts the nights slept"), timedelta(hours=3)),
    "no_shows": (_("No-shows: gives back beds of those who did not come"), timedelta(minutes=30)),
    "holds": (_("Holds: closes those whose time is over"), timedelta(minutes=30)),
    "waiting": (_("Waiting list: gives what came free to who is next"), timedelta(minutes=30)),
    "reminders": (_("Reminders: the pass in the morning, the question in the evening"), timedelta(minutes=30)),
    "letters": (_("Messages: sends what is waiting"), timedelta(minutes=30)),
    "sweep": (_("Sweep: clears away what nobody needs any more"), timedelta(hours=36)),
    "forgetting": (_("Forgetting: deletes fingerprints that no rule needs any more"), timedelta(hours=36)),
    "desk_forgetting": (_("Desks: wipes old notes, and what was said with acts"), timedelta(hours=36)),
    "proofs": (_("Proofs: deletes pictures whose time is over"), timedelta(hours=36)),
}


@dataclass(frozen=True)
class Job:
    """A task of the schedule: its last run, if there was one, and whether that is too long ago or ended badly."""

    name: str
    words: Promise
    run: TaskRun | None
    stale: bool

    @property
    def trouble(self) -> bool:
        return self.run is not None and self.run.outcome == "trouble"


def jobs(now: datetime) -> list[Job]:
    """Every task of the schedule, in one statement, also those that have never run."""
    runs = {run.name: run for run in TaskRun.objects.all()}
    return [
        Job(name, words, run := runs.get(name), run is None or run.started_at < now - patience)
        for name, (words, patience) in JOBS.items()
    ]
