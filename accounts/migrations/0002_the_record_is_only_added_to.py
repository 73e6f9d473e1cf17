"""The record is only added to: whoever tries to change or delete a line of it is refused by the database itself.

On SQLite triggers say it (`accounts/triggers.py`).
"""

from django.db import migrations

POSTGRESQL = [
    """
    CREATE FUNCTION the_record_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the record is only added to' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER the_record_is_only_added_to BEFORE UPDATE OR DELETE ON accounts_deed
    FOR EACH ROW EXECUTE FUNCTION the_record_is_only_added_to()
    """,
    """
    CREATE TRIGGER the_record_is_not_emptied BEFORE TRUNCATE ON accounts_deed
    FOR EACH STATEMENT EXECUTE FUNCTION the_record_is_only_added_to()
    """,
]
POSTGRESQL_BACK = [
    "DROP TRIGGER the_record_is_not_emptied ON accounts_deed",
    "DROP TRIGGER the_record_is_only_added_to ON accounts_deed",
    "DROP FUNCTION the_record_is_only_added_to()",
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
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(hold, let_go)]
