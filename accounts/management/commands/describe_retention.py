"""Write down what is kept of people, what for and until when: `docs/personal-data.md`, from the table of the pages."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts.retention import PURPOSES

INTRODUCTION = """# What is kept of people

Written by `manage.py describe_retention` from `accounts/retention.py`; do not edit. The privacy page prints the same,
and everybody reads on `/me/data/` what it means for them. What deletes it:

- by themselves, at once: `accounts.forgetting.erase` (`/me/data/erase/`, `DELETE /api/v1/me/`);
- each night: `proofs` (pictures and codes whose days are over), `forgetting` (fingerprints of documents that no rule
  counts by any more), `desk_forgetting` (old notes and acts of desks), `sweep` (numbers that never answered a code,
  answers kept for a repeat, sessions that ended);
- backups: whoever runs the house, after fourteen days (`operations.md`).

A floor that keeps something new of people says so in its module `forgetting.py`; `tests/bookings/test_forgetting.py`
looks through every table for what was left of somebody.

| what | what for | who sees it | how long | if refused |
| --- | --- | --- | --- | --- |
"""


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="only say whether it is up to date")

    def handle(self, *args, check=False, **options):
        with translation.override("en"):
            rows = [f"| {each.what} | {each.why} | {each.who} | {each.until} | {each.refused} |" for each in PURPOSES]
        text = INTRODUCTION + "\n".join(rows) + "\n"
        path = Path(settings.ROOT) / "docs" / "personal-data.md"
        if not check:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandError("docs/personal-data.md is not what the code says: run manage.py describe_retention")
