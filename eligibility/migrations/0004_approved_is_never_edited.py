"""A policy that was approved is never edited and never deleted; on SQLite triggers say it (`eligibility/triggers.py`)."""

from django.db import migrations

POSTGRESQL = [
    """
    CREATE FUNCTION an_approved_policy_stays_as_it_is() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.approved_by <> '' THEN
            RAISE EXCEPTION 'an approved policy stays as it is' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$
    """,
    """
    CREATE TRIGGER an_approved_policy_stays_as_it_is BEFORE UPDATE OR DELETE ON eligibility_policy
    FOR EACH ROW EXECUTE FUNCTION an_approved_policy_stays_as_it_is()
    """,
]
POSTGRESQL_BACK = [
    "DROP TRIGGER an_approved_policy_stays_as_it_is ON eligibility_policy",
    "DROP FUNCTION an_approved_policy_stays_as_it_is()",
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
    dependencies = [("eligibility", "0003_every_decision_has_a_code")]
    operations = [migrations.RunPython(hold, let_go)]
