"""SQLite loses a table's triggers when it changes the table; ours step aside for it and stand again."""

import pytest
from django.core.management import call_command
from django.db import connection

from accounts import promises

A_CHANGE = [("a migration", False)]
BACKWARDS = [("a migration", True)]


def standing():
    """The names of our triggers that stand in the database."""
    question = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with connection.cursor() as cursor:
        cursor.execute(question[connection.vendor])
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
def test_they_stand_after_every_migration_and_are_out_of_the_way_before():
    before = standing()
    assert before

    promises.before_migrating("default", A_CHANGE)
    assert standing() == (set() if connection.vendor == "sqlite" else before)
    promises.after_migrating("default", A_CHANGE)

    assert standing() == before


@pytest.mark.django_db
def test_a_migrate_that_has_nothing_to_do_leaves_them_standing():
    before = standing()

    promises.before_migrating("default", [])
    assert standing() == before
    call_command("migrate", verbosity=0)

    assert standing() == before


@pytest.mark.django_db
def test_who_migrates_back_does_not_get_triggers_on_tables_that_are_gone():
    promises.before_migrating("default", BACKWARDS)
    during = standing()

    promises.after_migrating("default", BACKWARDS)

    assert standing() == during
