"""`manage.py night_audit`: turn the day by hand."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.schedule import ran
from bookings import night_audit


class Command(BaseCommand):
    help = (
        "Mark the nights that were slept and close what was left open. "
        "Safe to repeat; days late it writes the same books."
    )

    def add_arguments(self, parser):
        parser.add_argument("--date", type=date.fromisoformat, help="the night to audit (default: all that are due)")

    def handle(self, *, date, **options):
        now = timezone.now()
        try:
            with ran("night_audit", now):
                result = night_audit.audit(now, night=date)
        except ValueError as wrong:
            raise CommandError(str(wrong)) from wrong
        self.stdout.write(
            f"{result.slept} nights slept, {result.given_back} given back, "
            f"{result.no_shows} no-shows, {result.closed} stays closed"
        )
