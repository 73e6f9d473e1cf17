"""Between transactional tests Django empties every table. The record and the closures of beds refuse that, so their
guards step aside for it."""

from importlib import import_module

from django.db import connection
from django.test import TransactionTestCase

from accounts import promises

GUARDS = [
    import_module("accounts.migrations.0002_the_record_is_only_added_to"),
    import_module("hostel.migrations.0005_closures_are_only_added_to"),
]


def step_aside_for_emptying(patch):
    """Let the tests' own emptying (and nothing else) through; ``patch`` is a pytest.MonkeyPatch."""
    empty = TransactionTestCase._fixture_teardown

    def emptied(case):
        if connection.vendor == "sqlite":
            promises.put_away(connection.alias)
            empty(case)  # ends with the signal that has them stand again
            return
        with connection.schema_editor() as editor:
            for guard in GUARDS:
                guard.let_go(None, editor)
        try:
            empty(case)
        finally:
            with connection.schema_editor() as editor:
                for guard in GUARDS:
                    guard.hold(None, editor)

    patch.setattr(TransactionTestCase, "_fixture_teardown", emptied)
