"""A bed out of service, or not there yet or any more, is given to nobody.

A booking may have looked for its bed before the bed was closed, and take it after: whoever closes beds locks them, and
so does whoever takes one, but only what is asked now, behind that lock, is true. On SQLite a trigger says the same
(`bookings/triggers.py`).
"""

from django.db import migrations

POSTGRESQL = [
    """
    CREATE FUNCTION bednight_has_a_bed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.released_at IS NULL AND (
            NOT EXISTS (
                SELECT 1 FROM hostel_bed bed JOIN hostel_room room ON room.id = bed.room_id
                WHERE bed.id = NEW.bed_id
                  AND bed.valid_from <= NEW.night AND (bed.valid_until IS NULL OR bed.valid_until > NEW.night)
                  AND room.valid_from <= NEW.night AND (room.valid_until IS NULL OR room.valid_until > NEW.night)
            ) OR EXISTS (
                SELECT 1 FROM hostel_outofservice closed
                WHERE closed.bed_id = NEW.bed_id AND NOT closed.lifted
                  AND closed.first_night <= NEW.night AND closed.until > NEW.night
                  AND NOT EXISTS (SELECT 1 FROM hostel_outofservice later WHERE later.revises_id = closed.id)
            )
        ) THEN
            RAISE EXCEPTION 'a closed bed is given to nobody' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER bednight_has_a_bed BEFORE INSERT OR UPDATE OF bed_id, room_id, night ON bookings_bednight
    FOR EACH ROW EXECUTE FUNCTION bednight_has_a_bed()
    """,
]
POSTGRESQL_BACK = ["DROP TRIGGER bednight_has_a_bed ON bookings_bednight", "DROP FUNCTION bednight_has_a_bed()"]


def _on_postgresql(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement, params=None)


def promise(apps, schema_editor):
    _on_postgresql(schema_editor, POSTGRESQL)


def take_back(apps, schema_editor):
    _on_postgresql(schema_editor, POSTGRESQL_BACK)


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0007_a_stay_may_wait_for_its_party"),
        ("hostel", "0005_closures_are_only_added_to"),
    ]
    operations = [migrations.RunPython(promise, take_back)]
