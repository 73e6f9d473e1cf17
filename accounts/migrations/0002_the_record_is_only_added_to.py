"""The record is only added to: whoever tries to change or delete a line of it is refused by the database itself."""

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
# With recursive triggers off, as they are, REPLACE fires no trigger for the row it deletes; so it is looked for before.
SQLITE = [
    """
    CREATE TRIGGER the_record_is_not_changed BEFORE UPDATE ON accounts_deed
    BEGIN SELECT RAISE(ABORT, 'the record is only added to'); END
    """,
    """
    CREATE TRIGGER the_record_is_not_shortened BEFORE DELETE ON accounts_deed
    BEGIN SELECT RAISE(ABORT, 'the record is only added to'); END
    """,
    """
    CREATE TRIGGER the_record_is_not_replaced BEFORE INSERT ON accounts_deed
    WHEN EXISTS (SELECT 1 FROM accounts_deed WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the record is only added to'); END
    """,
]
SQLITE_BACK = [
    "DROP TRIGGER the_record_is_not_replaced",
    "DROP TRIGGER the_record_is_not_shortened",
    "DROP TRIGGER the_record_is_not_changed",
]


def _run(schema_editor, by_database):
    for statement in by_database[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def hold(apps, schema_editor):
    _run(schema_editor, {"postgresql": POSTGRESQL, "sqlite": SQLITE})


def let_go(apps, schema_editor):
    _run(schema_editor, {"postgresql": POSTGRESQL_BACK, "sqlite": SQLITE_BACK})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(hold, let_go)]
