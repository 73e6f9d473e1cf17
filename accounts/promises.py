"""Promises that SQLite keeps by triggers.

SQLite changes a table by making it anew, which loses the table's triggers and fails where a trigger of another table
reads it. So triggers are no part of the migrations there: they step aside while tables change, and stand again after
every `migrate`. On PostgreSQL the migrations make them, and they stay.
"""

from django.db import connections, transaction

TRIGGERS: dict[str, str] = {}


def keep(name: str, statement: str) -> None:
    """Have the trigger ``name`` on SQLite; ``statement`` is what follows ``CREATE TRIGGER name``."""
    TRIGGERS[name] = statement


def put_away(using: str) -> None:
    """Take the triggers down on the SQLite database ``using``."""
    with connections[using].cursor() as cursor:
        for name in TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def put_back(using: str) -> None:
    """Have the triggers stand on the SQLite database ``using``, each as it is written now."""
    with transaction.atomic(using), connections[using].cursor() as cursor:
        for name, statement in TRIGGERS.items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(f"CREATE TRIGGER {name} {statement}")


def before_migrating(using, plan=(), **_signal):
    """Signal `pre_migrate`: tables are about to change."""
    if plan and connections[using].vendor == "sqlite":
        put_away(using)


def after_migrating(using, plan=(), **_signal):
    """Signal `post_migrate`: they have their last shape, unless somebody migrates back."""
    backwards = any(backward for _migration, backward in plan)
    if connections[using].vendor == "sqlite" and not backwards:
        put_back(using)
