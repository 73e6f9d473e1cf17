"""`manage.py run_due`: run what the schedule says is due. The way without Redis; `make run` keeps it going."""

import logging
import time
from collections.abc import Iterable

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import TaskRun
from config.schedule import SCHEDULE, Job

log = logging.getLogger(__name__)
PAUSE_SECONDS = 5


class Command(BaseCommand):
    help = "Run every job of the schedule that is due. A job that fails leaves the others alone."

    def add_arguments(self, parser):
        parser.add_argument("--loop", action="store_true", help="keep looking, every few seconds, until stopped")

    def handle(self, *, loop, **options):
        if not loop:
            done = self.run_due()
            for name, well in done.items():
                self.stdout.write(f"{name}: {'done' if well else 'trouble'}")
            if not all(done.values()):
                raise SystemExit(1)
            return
        try:
            while True:
                try:
                    self.run_due()
                except Exception:
                    log.exception("The schedule could not be read; the next look is in %s seconds.", PAUSE_SECONDS)
                close_old_connections()
                time.sleep(PAUSE_SECONDS)
        except KeyboardInterrupt:
            return

    def run_due(self, schedule: Iterable[Job] = SCHEDULE) -> dict[str, bool]:
        """Run what of ``schedule`` is due now; the names of the jobs that ran, and whether each went well."""
        started = dict(TaskRun.objects.values_list("name", "started_at"))
        ran = {}
        for job in schedule:
            if not job.due(timezone.now(), started.get(job.name)):
                continue
            try:
                import_string(job.task)()
                ran[job.name] = True
            except Exception:
                log.exception("The job %s had trouble.", job.name)
                ran[job.name] = False
        return ran
