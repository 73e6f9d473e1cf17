"""One room, one night, one gender; a room alone and a shared room exclude each other; a bed-night is what its bed says.

What a unique constraint can't say is an exclusion constraint and a trigger on PostgreSQL. On SQLite triggers say it
(`bookings/triggers.py`). The same tests try to break both (tests/bookings/test_promises.py).
"""

from django.db import migrations

POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    """
    ALTER TABLE bookings_bednight ADD CONSTRAINT one_company_per_room_per_night
    EXCLUDE USING gist (room_id WITH =, night WITH =, sharing WITH <>) WHERE (released_at IS NULL)
    """,
    """
    CREATE FUNCTION bednight_fits_its_bed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT 1
            FROM hostel_bed bed
            JOIN hostel_room room ON room.id = bed.room_id
            JOIN bookings_stay stay ON stay.id = NEW.stay_id
            JOIN accounts_person guest ON guest.id = NEW.guest_id
            WHERE bed.id = NEW.bed_id AND room.id = NEW.room_id AND room.hostel_id = NEW.hostel_id
              AND NEW.sharing IN (guest.gender, stay.code)
              AND guest.gender IN ('female', 'male')
              AND room.guests IN (guest.gender, 'flexible', 'any')
              AND (room.guests <> 'any' OR NEW.sharing = stay.code)
              AND stay.guest_id = NEW.guest_id AND stay.hostel_id = NEW.hostel_id
              AND NEW.night >= stay.arrival AND NEW.night < stay.departure
        ) THEN
            RAISE EXCEPTION 'a bed-night is what its bed, its stay and its guest say' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER bednight_fits_its_bed
    BEFORE INSERT OR UPDATE OF stay_id, guest_id, hostel_id, room_id, bed_id, night, sharing ON bookings_bednight
    FOR EACH ROW EXECUTE FUNCTION bednight_fits_its_bed()
    """,
]
POSTGRESQL_BACK = [
    "DROP TRIGGER bednight_fits_its_bed ON bookings_bednight",
    "DROP FUNCTION bednight_fits_its_bed()",
    "ALTER TABLE bookings_bednight DROP CONSTRAINT one_company_per_room_per_night",
]

SQLITE = [
    "CREATE INDEX bookings_bednight_room_night ON bookings_bednight (room_id, night) WHERE released_at IS NULL",
]
SQLITE_BACK = ["DROP INDEX bookings_bednight_room_night"]


def _run(schema_editor, by_database):
    for statement in by_database[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def promise(apps, schema_editor):
    _run(schema_editor, {"postgresql": POSTGRESQL, "sqlite": SQLITE})


def take_back(apps, schema_editor):
    _run(schema_editor, {"postgresql": POSTGRESQL_BACK, "sqlite": SQLITE_BACK})


class Migration(migrations.Migration):
    # On SQLite a table is remade to be altered, which no trigger that reads it survives.
    dependencies = [("bookings", "0001_initial"), ("hostel", "0002_one_open_room_and_bed_per_number")]
    operations = [migrations.RunPython(promise, take_back)]
