"""Statements that are written by hand, for PostgreSQL, each with its reason. Everything else is said to the ORM.

`tests/bookings/test_statements_by_hand.py` holds each to the plain way of asking the same.
"""

from datetime import date, datetime

from django.db import connection

from bookings.freed import Clock
from hostel.models import Bed, Room
from hostel.nights import Nights
from hostel.prepared import planned_once

BED_COLUMNS = ", ".join(f"bed.{field.column}" for field in Bed._meta.concrete_fields)
ROOM_COLUMNS = ", ".join(f"room.{field.column}" for field in Room._meta.concrete_fields)

# Which bed: the first of `availability.free_beds` for a guest without wishes, its row locked, others' stepped over.
# Said to the ORM it was most of what a booking cost the database: it was planned anew for each booking, longer than it
# ran, because a plan for any nights would read whole tables. Here the nights of the house are read first and once
# (MATERIALIZED), by the index that they have, and all else looks at these few rows; so the one plan fits every night.
FREE_BED = f"""
WITH given AS MATERIALIZED (
    SELECT bed_id, room_id, night, sharing, stay_id, released_at
    FROM bookings_bednight
    WHERE hostel_id = %(hostel)s AND night >= %(arrival)s AND night < %(departure)s
      AND (released_at IS NULL OR released_at >= least(%(public_since)s, %(head_start)s))
), lapsed AS MATERIALIZED (
    SELECT id FROM bookings_stay WHERE status = 'held' AND held_until <= %(now)s AND hostel_id = %(hostel)s
), taken AS MATERIALIZED (
    SELECT * FROM given WHERE released_at IS NULL AND stay_id NOT IN (SELECT id FROM lapsed)
), given_back AS MATERIALIZED (
    SELECT given.*, stay.confirmed_at, stay.awaits, stay.held_until
    FROM given JOIN bookings_stay stay ON stay.id = given.stay_id
    WHERE given.released_at IS NOT NULL OR given.stay_id IN (SELECT id FROM lapsed)
), not_public AS MATERIALIZED (
    SELECT bed_id, room_id, night, sharing
    FROM given_back
    WHERE (released_at >= %(public_since)s AND night > %(today)s AND confirmed_at IS NOT NULL)
       OR (
            (
                (released_at > %(head_start)s AND (confirmed_at IS NOT NULL OR awaits <> ''))
                OR (released_at IS NULL AND held_until > %(head_start)s AND awaits <> '')
            ) AND EXISTS (
                SELECT 1
                FROM bookings_waiting waiting
                JOIN bookings_waiting_hostels wanted ON wanted.waiting_id = waiting.id
                WHERE wanted.hostel_id = %(hostel)s
                  AND waiting.arrival <= given_back.night AND waiting.departure > given_back.night
                  AND waiting.filled_at IS NULL AND waiting.withdrawn_at IS NULL AND waiting.until > %(now)s
            )
       )
)
SELECT {BED_COLUMNS}, {ROOM_COLUMNS},
       room.id IN (SELECT room_id FROM given_back WHERE released_at IS NULL)
FROM hostel_room room JOIN hostel_bed bed ON bed.room_id = room.id
WHERE room.hostel_id = %(hostel)s AND room.supply = 'fixed' AND room.guests IN (%(gender)s, 'flexible', 'any')
  AND room.valid_from <= %(arrival)s AND (room.valid_until IS NULL OR room.valid_until >= %(departure)s)
  AND bed.valid_from <= %(arrival)s AND (bed.valid_until IS NULL OR bed.valid_until >= %(departure)s)
  AND room.id NOT IN (SELECT room_id FROM taken WHERE sharing <> %(gender)s)
  AND room.id NOT IN (
      -- In a room where somebody sleeps by now, it is they who say with whom it is shared.
      SELECT room_id FROM not_public
      WHERE sharing <> %(gender)s AND (room_id, night) NOT IN (SELECT room_id, night FROM taken)
  )
  AND bed.id NOT IN (SELECT bed_id FROM taken)
  AND bed.id NOT IN (SELECT bed_id FROM not_public)
  AND NOT EXISTS (
      SELECT 1 FROM hostel_outofservice closed
      WHERE closed.bed_id = bed.id AND NOT closed.lifted
        AND closed.first_night < %(departure)s AND closed.until > %(arrival)s
        AND NOT EXISTS (SELECT 1 FROM hostel_outofservice later WHERE later.revises_id = closed.id)
  )
  AND NOT EXISTS (
      SELECT 1 FROM bookings_batchbed kept JOIN bookings_batch batch ON batch.id = kept.batch_id
      WHERE kept.bed_id = bed.id AND batch.cancelled_at IS NULL AND batch.release_on > %(today)s
        AND batch.arrival < %(departure)s AND batch.departure > %(arrival)s
  )
ORDER BY CASE WHEN room.guests = %(gender)s THEN 0
              WHEN room.id IN (SELECT room_id FROM taken) THEN 1
              WHEN room.guests = 'any' THEN 2
              ELSE 3 END,
         room.number, bed.number
LIMIT 1
FOR UPDATE OF bed SKIP LOCKED
"""


# The nights that count for a guest: `facts.kept_nights`. As above: planned anew for each guest, because for any guest
# the plan would begin with the wrong table; the planning was fifty times as long as the reading.
KEPT_NIGHTS = """
WITH own AS MATERIALIZED (
    SELECT stay_id, hostel_id, night, price_class, excused_at
    FROM bookings_bednight
    WHERE guest_id = %(guest)s AND night >= %(first)s AND released_at IS NULL
)
SELECT own.stay_id, stay.continues_id, own.night, own.price_class,
       network.slug, hostel.name_zh, hostel.name_en,
       coalesce(begun.code, stay.code), assessment.entitlement, coalesce(begun.arrival, stay.arrival), own.excused_at
FROM own
JOIN bookings_stay stay ON stay.id = own.stay_id
JOIN eligibility_assessment assessment ON assessment.id = stay.assessment_id
JOIN hostel_hostel hostel ON hostel.id = own.hostel_id
JOIN hostel_network network ON network.id = hostel.network_id
LEFT JOIN bookings_stay begun ON begun.id = stay.continues_id
WHERE NOT (stay.status = 'held' AND stay.held_until <= %(now)s)
ORDER BY own.night
"""


def first_free_bed(hostel: int, nights: Nights, gender: str, clock: Clock) -> Bed | None:
    """The best bed of the hostel with this id for a guest without wishes, with its room, locked; None where there is
    none that nobody else has in hand. It says ``kept_by_lapsed`` as a row of `free_beds` does."""
    said = {"hostel": hostel, "arrival": nights.arrival, "departure": nights.departure, "gender": gender, **vars(clock)}
    with planned_once(connection) as cursor:
        cursor.execute(FREE_BED, said)
        row = cursor.fetchone()
    if row is None:
        return None
    width = len(Bed._meta.concrete_fields)
    bed, room = _made(Bed, row[:width]), _made(Room, row[width:-1])
    bed.room, bed.kept_by_lapsed = room, row[-1]
    return bed


def nights_kept(guest: int, first: date, now: datetime) -> list[tuple]:
    """The nights from ``first`` on that the guest with this id keeps or slept: the rows of `facts.kept_nights`."""
    with planned_once(connection) as cursor:
        cursor.execute(KEPT_NIGHTS, {"guest": guest, "first": first, "now": now})
        return cursor.fetchall()


def _made(model, values):
    fields = model._meta.concrete_fields
    read = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, values, strict=True)
    ]
    return model.from_db(connection.alias, [field.attname for field in fields], read)
