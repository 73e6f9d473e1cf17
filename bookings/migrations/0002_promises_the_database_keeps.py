"""One room, one night, one gender; a room alone and a shared room exclude each other; a bed-night is what its bed says.

What a unique constraint can't say is an exclusion constraint and a trigger on PostgreSQL, triggers on SQLite. The same
tests try to break both (tests/bookings/test_promises.py).
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

COMPANY = """
    CREATE TRIGGER one_company_per_room_per_night_{when}
    BEFORE {act} ON bookings_bednight
    WHEN NEW.released_at IS NULL AND EXISTS (
        SELECT 1 FROM bookings_bednight other
        WHERE other.room_id = NEW.room_id AND other.night = NEW.night AND other.released_at IS NULL
          AND other.sharing <> NEW.sharing AND other.id IS NOT NEW.id
    )
    BEGIN SELECT RAISE(ABORT, 'one_company_per_room_per_night'); END
"""
FITS = """
    CREATE TRIGGER bednight_fits_its_bed_{when}
    BEFORE {act} ON bookings_bednight
    WHEN NOT EXISTS (
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
    )
    BEGIN SELECT RAISE(ABORT, 'a bed-night is what its bed, its stay and its guest say'); END
"""
ON_INSERT = {"when": "insert", "act": "INSERT"}
ON_UPDATE = {
    "when": "update",
    "act": "UPDATE OF stay_id, guest_id, hostel_id, room_id, bed_id, night, sharing, released_at",
}
SQLITE = [
    "CREATE INDEX bookings_bednight_room_night ON bookings_bednight (room_id, night) WHERE released_at IS NULL",
    *(text.format(**when) for text in (COMPANY, FITS) for when in (ON_INSERT, ON_UPDATE)),
]
SQLITE_BACK = [
    *(
        f"DROP TRIGGER {name}_{when}"
        for name in ("one_company_per_room_per_night", "bednight_fits_its_bed")
        for when in ("insert", "update")
    ),
    "DROP INDEX bookings_bednight_room_night",
]


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
