"""While a bed is kept for a guest, neither their gender nor their document changes: the bed was given by both.

On SQLite a trigger says the same (`bookings/triggers.py`).
"""

from django.db import migrations

KEEP = [
    """
    CREATE FUNCTION a_guest_stays_who_they_are() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM bookings_bednight kept
            WHERE kept.guest_id = NEW.id AND kept.released_at IS NULL AND kept.slept_at IS NULL
        ) THEN
            RAISE EXCEPTION 'a guest stays who they are while a bed is kept for them' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER a_guest_stays_who_they_are BEFORE UPDATE OF gender, document_hash ON accounts_person
    FOR EACH ROW WHEN (OLD.gender <> NEW.gender OR OLD.document_hash IS DISTINCT FROM NEW.document_hash)
    EXECUTE FUNCTION a_guest_stays_who_they_are()
    """,
]
LET_GO = [
    "DROP TRIGGER a_guest_stays_who_they_are ON accounts_person",
    "DROP FUNCTION a_guest_stays_who_they_are()",
]


def _on_postgresql(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement, params=None)


def keep(apps, schema_editor):
    _on_postgresql(schema_editor, KEEP)


def let_go(apps, schema_editor):
    _on_postgresql(schema_editor, LET_GO)


class Migration(migrations.Migration):
    dependencies = [("bookings", "0002_promises_the_database_keeps")]
    operations = [migrations.RunPython(keep, let_go)]
