"""`manage.py night_audit`: turn the day by hand."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.schedule import ran
from bookings import night_audit
from hostel.nights import end_of_night


class Command(BaseCommand):
    help = (
        "Mark the nights that were slept and close what was left open. "
        "Safe to repeat; days late it writes the same books."
    )

    def add_arguments(self, parser):
        parser.add_argument("--date", type=date.fromisoformat, help="the night to audit (default: all that are due)")

    def handle(self, *, date, **options):
        now = timezone.now()
        # Before it is written down as a run: a night that is not over is nothing the schedule had trouble with.
        if date and (end := end_of_night(date)) > now:
            raise CommandError(
                f"the night of {date} ends at {end:%Y-%m-%d %H:%M}, it cannot be audited yet", returncode=2
            )
        with ran("night_audit", now):
            result = night_audit.audit(now, night=date)
        self.stdout.write(
            f"{result.slept} nights slept, {result.given_back} given back, "
            f"{result.no_shows} no-shows, {result.closed} stays closed"
        )
