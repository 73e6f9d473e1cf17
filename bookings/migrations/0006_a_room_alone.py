"""A party may have a room alone: its guests share by the party's code, and only who has the room alone does so.

On SQLite a trigger says the same (`bookings/triggers.py`).
"""

from django.db import migrations

FITS = """
    CREATE OR REPLACE FUNCTION bednight_fits_its_bed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT 1
            FROM hostel_bed bed
            JOIN hostel_room room ON room.id = bed.room_id
            JOIN bookings_stay stay ON stay.id = NEW.stay_id
            JOIN accounts_person guest ON guest.id = NEW.guest_id
            {party}
            WHERE bed.id = NEW.bed_id AND room.id = NEW.room_id AND room.hostel_id = NEW.hostel_id
              AND {sharing}
              AND guest.gender IN ('female', 'male')
              AND room.guests IN (guest.gender, 'flexible', 'any')
              AND stay.guest_id = NEW.guest_id AND stay.hostel_id = NEW.hostel_id
              AND NEW.night >= stay.arrival AND NEW.night < stay.departure
        ) THEN
            RAISE EXCEPTION 'a bed-night is what its bed, its stay and its guest say' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
"""
ALONE = FITS.format(
    party="LEFT JOIN bookings_party party ON party.id = stay.party_id",
    sharing="""NEW.sharing IN (guest.gender, stay.code, party.code)
              AND (NEW.sharing <> guest.gender) = (stay.alone OR room.guests = 'any')""",
)
BEFORE = FITS.format(
    party="",
    sharing="NEW.sharing IN (guest.gender, stay.code) AND (room.guests <> 'any' OR NEW.sharing = stay.code)",
)


def _on_postgresql(schema_editor, statement):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(statement, params=None)


def promise(apps, schema_editor):
    _on_postgresql(schema_editor, ALONE)


def take_back(apps, schema_editor):
    _on_postgresql(schema_editor, BEFORE)


class Migration(migrations.Migration):
    dependencies = [("bookings", "0005_parties_batches_and_the_waiting_list")]
    operations = [migrations.RunPython(promise, take_back)]
