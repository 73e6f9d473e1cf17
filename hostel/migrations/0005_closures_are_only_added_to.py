"""What was said of a bed out of service stays said: a change is a new row that revises the one before.

On SQLite triggers say it (`bookings/triggers.py`).
"""

from django.db import migrations

POSTGRESQL = [
    """
    CREATE FUNCTION closures_are_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'closures are only added to' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER closures_are_only_added_to BEFORE UPDATE OR DELETE ON hostel_outofservice
    FOR EACH ROW EXECUTE FUNCTION closures_are_only_added_to()
    """,
    """
    CREATE TRIGGER closures_are_not_emptied BEFORE TRUNCATE ON hostel_outofservice
    FOR EACH STATEMENT EXECUTE FUNCTION closures_are_only_added_to()
    """,
]
POSTGRESQL_BACK = [
    "DROP TRIGGER closures_are_not_emptied ON hostel_outofservice",
    "DROP TRIGGER closures_are_only_added_to ON hostel_outofservice",
    "DROP FUNCTION closures_are_only_added_to()",
]


def _on_postgresql(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement, params=None)


def hold(apps, schema_editor):
    _on_postgresql(schema_editor, POSTGRESQL)


def let_go(apps, schema_editor):
    _on_postgresql(schema_editor, POSTGRESQL_BACK)


class Migration(migrations.Migration):
    dependencies = [("hostel", "0004_quotas_and_the_waiting_lists_hours")]
    operations = [migrations.RunPython(hold, let_go)]
