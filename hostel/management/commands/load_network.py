"""`manage.py load_network FILE`: what a network has, from a YAML file."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hostel.network_file import NetworkFileWrong, load_network


class Command(BaseCommand):
    help = "Make the network what FILE (YAML) says, wholly or not at all. Safe to repeat."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--check", action="store_true", help="only look: say what would change, change nothing")

    def handle(self, *, file, check, **options):
        try:
            summary = load_network(file, now=timezone.now(), check=check)
        except NetworkFileWrong as wrong:
            count = len(wrong.errors)
            raise CommandError(
                "\n".join([*wrong.errors, f"{count} {'error' if count == 1 else 'errors'}. Nothing was changed."]),
                returncode=2,
            ) from wrong
        self.stdout.write(f"{summary.network}: {summary.hostels} hostels, {summary.rooms} rooms, {summary.beds} beds")
        if summary.added:
            self.stdout.write("added: " + ", ".join(f"{_plural(count, kind)}" for kind, count in summary.added.items()))
        for heading, lines in (
            ("changed", summary.changed),
            ("closed from today", summary.closed),
            ("quotas left as the office has set them", summary.left),
        ):
            if lines:
                self.stdout.write("\n  ".join([f"{heading}: {len(lines)}", *lines]))
        self.stdout.write(f"unchanged: {summary.unchanged}")
        if check:
            self.stdout.write("Only looked: nothing was written.")
        elif summary.nothing_new:
            self.stdout.write("Nothing changed: the network is as the file says.")


def _plural(count, kind):
    return f"{count} {kind}{'' if count == 1 else 's'}"
