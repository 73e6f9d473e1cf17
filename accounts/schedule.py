"""When each task of the schedule last ran, and how it ended: the office looks here before it trusts a figure."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone

from accounts.models import TaskRun


@contextmanager
def ran(name: str, now: datetime, clock: Callable[[], datetime] = timezone.now) -> Iterator[None]:
    """Write down that the task ``name`` started at ``now``, and at its end whether it was done or had trouble.

    An error goes on to the caller; of it only the kind is kept, because a message may hold somebody's name.
    """
    run, _ = TaskRun.objects.update_or_create(
        name=name, defaults={"started_at": now, "ended_at": None, "outcome": "", "detail": ""}
    )
    try:
        yield
    except Exception as trouble:
        _end(run, clock(), "trouble", type(trouble).__name__)
        raise
    # Whatever else cuts it off, the server's end for one, leaves it without an end.
    _end(run, clock(), "done")


def _end(run, now, outcome, detail=""):
    run.ended_at, run.outcome, run.detail = now, outcome, detail
    run.save(update_fields=["ended_at", "outcome", "detail"])
