"""On SQLite: one company per room and night, a bed-night is what its bed says, a guest keeps their gender.

A closed bed is given to nobody, and what was said of its closing stays said. On PostgreSQL `migrations/0002`, `0003`,
`0006` and `0008`, and `0005` of the hostel's, say the same.
"""

from accounts.promises import keep

UPDATE_OF = "UPDATE OF stay_id, guest_id, hostel_id, room_id, bed_id, night, sharing, released_at"
COMPANY = """
    ON bookings_bednight
    WHEN NEW.released_at IS NULL AND EXISTS (
        SELECT 1 FROM bookings_bednight other
        WHERE other.room_id = NEW.room_id AND other.night = NEW.night AND other.released_at IS NULL
          AND other.sharing <> NEW.sharing AND other.id IS NOT NEW.id
    )
    BEGIN SELECT RAISE(ABORT, 'one_company_per_room_per_night'); END
"""
FITS = """
    ON bookings_bednight
    WHEN NOT EXISTS (
        SELECT 1
        FROM hostel_bed bed
        JOIN hostel_room room ON room.id = bed.room_id
        JOIN bookings_stay stay ON stay.id = NEW.stay_id
        JOIN accounts_person guest ON guest.id = NEW.guest_id
        LEFT JOIN bookings_party party ON party.id = stay.party_id
        WHERE bed.id = NEW.bed_id AND room.id = NEW.room_id AND room.hostel_id = NEW.hostel_id
          AND NEW.sharing IN (guest.gender, stay.code, party.code)
          AND guest.gender IN ('female', 'male')
          AND room.guests IN (guest.gender, 'flexible', 'any')
          AND (NEW.sharing <> guest.gender) = (stay.alone OR room.guests = 'any')
          AND stay.guest_id = NEW.guest_id AND stay.hostel_id = NEW.hostel_id
          AND NEW.night >= stay.arrival AND NEW.night < stay.departure
    )
    BEGIN SELECT RAISE(ABORT, 'a bed-night is what its bed, its stay and its guest say'); END
"""
SAME_GUEST = """
    BEFORE UPDATE OF gender, document_hash ON accounts_person
    WHEN (OLD.gender <> NEW.gender OR OLD.document_hash IS NOT NEW.document_hash) AND EXISTS (
        SELECT 1 FROM bookings_bednight kept
        WHERE kept.guest_id = NEW.id AND kept.released_at IS NULL AND kept.slept_at IS NULL
    )
    BEGIN SELECT RAISE(ABORT, 'a guest stays who they are while a bed is kept for them'); END
"""

HAS_A_BED = """
    ON bookings_bednight
    WHEN NEW.released_at IS NULL AND (
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
    )
    BEGIN SELECT RAISE(ABORT, 'a closed bed is given to nobody'); END
"""
ONLY_ADDED_TO = "BEGIN SELECT RAISE(ABORT, 'closures are only added to'); END"

keep("one_company_per_room_per_night_insert", f"BEFORE INSERT {COMPANY}")
keep("one_company_per_room_per_night_update", f"BEFORE {UPDATE_OF} {COMPANY}")
keep("bednight_fits_its_bed_insert", f"BEFORE INSERT {FITS}")
keep("bednight_fits_its_bed_update", f"BEFORE {UPDATE_OF.removesuffix(', released_at')} {FITS}")
keep("a_guest_stays_who_they_are", SAME_GUEST)
keep("bednight_has_a_bed_insert", f"BEFORE INSERT {HAS_A_BED}")
keep("bednight_has_a_bed_update", f"BEFORE UPDATE OF bed_id, room_id, night {HAS_A_BED}")
keep("closures_are_not_changed", f"BEFORE UPDATE ON hostel_outofservice {ONLY_ADDED_TO}")
keep("closures_are_not_shortened", f"BEFORE DELETE ON hostel_outofservice {ONLY_ADDED_TO}")
# With recursive triggers off, as they are, REPLACE fires no trigger for the row it deletes; so it is looked for before.
keep(
    "closures_are_not_replaced",
    f"""BEFORE INSERT ON hostel_outofservice
    WHEN EXISTS (SELECT 1 FROM hostel_outofservice WHERE id = NEW.id) {ONLY_ADDED_TO}""",
)
