"""`manage.py replay TRACE.csv`: play a year of wishes through the real verbs and print what became of them."""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from figures.replay import WrongTrace, read_trace, replay, table


class Command(BaseCommand):
    help = "Plays a trace of wishes with its own clock, making its people, and prints a table of what became of them."

    def add_arguments(self, parser):
        parser.add_argument("trace", type=Path, help="a CSV file, one wish a line")
        parser.add_argument("--speed", action="store_true", help="say at the end how long it took")

    def handle(self, trace, speed, **options):
        began = time.monotonic()
        try:
            wishes = read_trace(trace)
            outcome = replay(wishes, said=self._progress(len(wishes)))
        except WrongTrace as wrong:
            raise CommandError(str(wrong), returncode=2) from wrong
        self.stdout.write(table(outcome))
        if speed:
            took = time.monotonic() - began
            self.stderr.write(f"{len(wishes)} wishes in {took:.1f} s, {len(wishes) / took:.0f} a second")

    def _progress(self, wishes):
        step = max(wishes // 20, 1)

        def said(played, moment):
            if played % step == 0 or played == wishes:
                self.stderr.write(f"{played}/{wishes} wishes, up to {moment:%Y-%m-%d}")

        return said
