"""On PostgreSQL `0012` took away more than an index: the promise of `0011` stands on the same column and went with it.

Who held several beds by then keeps them until their time is over; the last of them is the one that they hold now.
"""

from django.db import migrations

IS_OWN = "own_hold AND status = 'held' AND awaits = ''"
POSTGRESQL = [
    f"""
    UPDATE bookings_stay older SET own_hold = false
    WHERE {IS_OWN} AND EXISTS (
        SELECT 1 FROM bookings_stay last WHERE last.guest_id = older.guest_id AND last.id > older.id
        AND last.own_hold AND last.status = 'held' AND last.awaits = ''
    )
    """,
    f"""
    CREATE UNIQUE INDEX IF NOT EXISTS one_hold_of_one_s_own_at_a_time ON bookings_stay (guest_id) WHERE {IS_OWN}
    """,
]


def promise(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in POSTGRESQL:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("bookings", "0012_no_index_twice")]
    operations = [migrations.RunPython(promise, migrations.RunPython.noop)]
