"""A bed that is being allotted to a school is not given to anybody else at the same moment.

A booking may have looked for its bed before the bed was kept for a batch, and take it after: both lock the bed, but
only what is asked now, behind that lock, is true. That this is over is for the question to know (`release_on` goes by
the business day): so the trigger looks at batches of the last ten minutes by the database's own clock, longer than any
act lasts. SQLite has one writer at a time, and needs none.
"""

from django.db import migrations

POSTGRESQL = [
    """
    CREATE FUNCTION bednight_is_no_batch_s() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.released_at IS NULL AND EXISTS (
            SELECT 1
            FROM bookings_batchbed kept
            JOIN bookings_batch batch ON batch.id = kept.batch_id
            JOIN bookings_stay stay ON stay.id = NEW.stay_id
            WHERE kept.bed_id = NEW.bed_id AND stay.batch_id IS DISTINCT FROM batch.id
              AND batch.arrival <= NEW.night AND batch.departure > NEW.night AND batch.cancelled_at IS NULL
              AND batch.made_at > clock_timestamp() - interval '10 minutes'
              AND batch.made_at <= clock_timestamp() + interval '10 minutes'
              AND batch.release_on
                  > (clock_timestamp() AT TIME ZONE 'Asia/Shanghai' - interval '6 hours')::date
        ) THEN
            RAISE EXCEPTION 'a bed of a batch is its guests alone' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER bednight_is_no_batch_s BEFORE INSERT OR UPDATE OF bed_id, night ON bookings_bednight
    FOR EACH ROW EXECUTE FUNCTION bednight_is_no_batch_s()
    """,
]
POSTGRESQL_BACK = ["DROP TRIGGER bednight_is_no_batch_s ON bookings_bednight", "DROP FUNCTION bednight_is_no_batch_s()"]


def _on_postgresql(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement, params=None)


def promise(apps, schema_editor):
    _on_postgresql(schema_editor, POSTGRESQL)


def take_back(apps, schema_editor):
    _on_postgresql(schema_editor, POSTGRESQL_BACK)


class Migration(migrations.Migration):
    dependencies = [("bookings", "0008_a_closed_bed_is_given_to_nobody")]
    operations = [migrations.RunPython(promise, take_back)]
