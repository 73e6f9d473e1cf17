"""`manage.py load_policy FILE [--check] [--network SLUG]`: write a network's rules from a policy file."""

import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from eligibility.policy_file import WrongFile, load_policy


class Command(BaseCommand):
    help = "Loads a policy file (docs/policies.md): in force where it is approved, else as a draft. Safe to repeat."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--check", action="store_true", help="only look: print every error, change nothing")
        parser.add_argument("--network", metavar="SLUG", help="the network it is for, instead of the one in the file")

    def handle(self, *args, file, check, network, **options):
        try:
            policy = load_policy(file, now=timezone.now(), check=check, network=network)
        except WrongFile as wrong:
            for error in wrong.errors:
                self.stderr.write(error)
            sys.exit(2)
        if policy.in_force_from:
            state = f"in force from {policy.in_force_from}, approved by {policy.approved_by}"
        else:
            state = "a draft, not approved"
        self.stdout.write(f"{policy}: {state}" + (" (only checked, nothing written)" if check else ""))
