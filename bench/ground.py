"""Houses of any size, written by the database itself: deterministic, the same size gives the same rows.

The shape is that of `bench/limit/schema.sql`: hostels of 5 to 100 beds in rooms of 2, 4, 6 or 8, of every bed a cycle
of twenty nights taken (3, 2, 4, 3 and 2, then six free), shifted so that the beds do not move in step: 70 %.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from urllib.parse import urlsplit

import psycopg
from django.db import connection as django_connection
from django.db.models import Model
from knox.models import AuthToken
from psycopg.sql import Literal

from accounts.models import Person, User
from bookings.models import BedNight, Stay
from eligibility.models import Assessment
from hostel.models import Bed, Hostel, Rate, Room

GUESTS = 200_000
HOSTELS_A_TOWN = 20
# In loading, a stay's own nights are given without looking whether it may: the rows are made to fit.
LOADING = "SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '1GB'"
DEAL = """
CREATE TEMP TABLE deal AS
SELECT h AS hostel_id, b - 1 AS n, CASE WHEN (b - 1) % 20 < 2 THEN 0 WHEN (b - 1) % 20 < 6 THEN 1
                                        WHEN (b - 1) % 20 < 12 THEN 2 ELSE 3 END AS kind
FROM generate_series(1, {hostels}) h, generate_series(1, 5 + (h * 37) % 96) b;
CREATE TEMP TABLE dealt AS
SELECT row_number() OVER (ORDER BY hostel_id, n) AS bed_id, hostel_id, kind, n,
       dense_rank() OVER (ORDER BY hostel_id, kind, n / 20) AS room_id FROM deal;
"""
# What can be free or taken together in one room on one night: rooms for women, for men, and as the first guest decides.
GUESTS_OF_ROOM = "(ARRAY['female', 'male', 'flexible'])[1 + room_id % 3]"
GENDER_OF_ROOM = "(ARRAY['female', 'male', CASE WHEN room_id % 2 = 0 THEN 'female' ELSE 'male' END])[1 + room_id % 3]"
PLAN = """
CREATE TEMP TABLE plan AS
SELECT row_number() OVER (ORDER BY arrival, bed_id) AS id, *
FROM (SELECT d.bed_id, d.room_id, d.hostel_id, {gender} AS gender,
             date '{first}' + c * 20 - (d.bed_id * 2654435761 / 65536 % 20)::int + off AS arrival, nights
      FROM dealt d, generate_series(0, {cycles}) c, (VALUES (0, 3), (3, 2), (5, 4), (9, 3), (12, 2)) v (off, nights)) x
WHERE arrival >= date '{first}' AND arrival + nights <= date '{last}';
"""
FEW = """
DELETE FROM plan WHERE arrival + nights > date '{today}'
AND id NOT IN (SELECT id FROM plan WHERE arrival > date '{today}' ORDER BY id * 2654435761 % 1000003 LIMIT {coming});
"""


@dataclass(frozen=True)
class Size:
    """How large a house is: its hostels, how many nights behind today and ahead of it are taken, and by how many stays
    to come (None: as many as there is room for in the shape above)."""

    hostels: int
    behind: int = 0
    ahead: int = 45
    coming: int | None = None


@dataclass
class Ground:
    """A loaded house. Guests who have not booked yet are drawn from ``guests``, one after the other."""

    url: str
    size: Size
    today: date
    slugs: list[str]  # one a bed: to draw one is to draw a hostel in proportion to its beds
    guests: Iterator[int]
    stays: int
    bed_nights: int


def load(url: str, size: Size, today: date) -> Ground:
    """Fill the house in the database ``url``, which has a network and its rules, and close its sample hostels."""
    with psycopg.connect(url, autocommit=True) as into:
        into.execute(LOADING)
        _clear(into)
        _network(into, size)
        beds = _beds(into)
        _guests(into, beds, today)
        stays = _stays(into, size, today)
        bed_nights = into.execute("SELECT count(*) FROM bookings_bednight").fetchone()[0]  # type: ignore[index]
        for table in (Hostel, Room, Bed, Rate, Person, User, AuthToken, Assessment, Stay, BedNight):
            _number_on(into, table)
        into.execute("VACUUM (ANALYZE)")
        into.execute("CHECKPOINT")
        slugs = [row[0] for row in into.execute("SELECT 'h' || hostel_id FROM dealt ORDER BY bed_id")]
    return Ground(url, size, today, slugs, count(1), stays, bed_nights)


def copy_of(url: str, name: str) -> str:
    """A copy, called ``name``, of the house in the database ``url``; returns its URL."""
    server = urlsplit(url)
    with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as into:
        into.execute(f"CREATE DATABASE {name} TEMPLATE {server.path[1:]}")
    return server._replace(path=f"/{name}").geturl()


def _clear(into):
    """Take the sample hostels away; what they are written about is of no account here."""
    tables = [row[0] for row in into.execute(
        "SELECT conrelid::regclass::text FROM pg_constraint "
        "WHERE contype = 'f' AND confrelid = 'hostel_hostel'::regclass"
    )]  # fmt: skip
    for table in {*tables, "hostel_bed", "hostel_hostel"}:
        into.execute(f"DELETE FROM {table}")


def _network(into, size):
    into.execute(DEAL.format(hostels=size.hostels))
    hostels = f"FROM generate_series(1, {size.hostels}) h"
    _write(into, Hostel, hostels, {
        "id": "h",
        "network": "(SELECT id FROM hostel_network WHERE slug = 'wuzhong')",
        "slug": "'h' || h",
        "name_zh": "'第' || h || '站'",
        "name_en": "'Hostel ' || h",
        "town": f"'镇' || ((h - 1) / {HOSTELS_A_TOWN} + 1)",
        "address": "'示例路' || h || '号'",
        # A square of 40 by 40 km, each hostel somewhere else in it.
        "lat": "31.0 + (h * 7919 % 1009) * 0.00036",
        "lng": "120.4 + (h * 6571 % 1013) * 0.00042",
        "phone": "'0512-65001009'",
        "check_in_from": "'14:00'::time",
        "check_in_until": "'23:00'::time",
        "check_out_by": "'12:00'::time",
        "access": "'individual'",
        "valid_from": "date '2020-01-01'",
    })  # fmt: skip
    _write(into, Rate, hostels, {
        "hostel": "h", "fen": "9800", "valid_from": "date '2020-01-01'",
    })  # fmt: skip
    _write(into, Room, "FROM (SELECT DISTINCT room_id, hostel_id, kind FROM dealt) d", {
        "id": "room_id",
        "hostel": "hostel_id",
        "number": "room_id::text",
        "floor": "2 + kind",
        "kind": "(ARRAY['twin', 'quad', 'dormitory', 'dormitory'])[kind + 1]",
        "guests": GUESTS_OF_ROOM,
        "supply": "'fixed'",
        "valid_from": "date '2020-01-01'",
    })  # fmt: skip
    _write(into, Bed, "FROM dealt", {
        "id": "bed_id",
        "room": "room_id",
        "number": "n + 1",
        "valid_from": "date '2020-01-01'",
    })  # fmt: skip


def _beds(into):
    return into.execute("SELECT count(*) FROM dealt").fetchone()[0]


def _guests(into, beds, today):
    """Guests with a login and a token, and behind them one for each bed, who has slept there."""
    who = {
        "document_kind": "'resident'",
        "birth_date": f"date '{today.year - 24}-05-06'",
        "education": "'bachelor'",
        "graduation": f"'{today.year - 1}-06'",
        "school": "'安徽大学'",
        "school_city": "'合肥'",
        "home_in_district": "false",
    }
    numbers = f"FROM generate_series(1, {GUESTS}) n"
    _write(into, User, numbers, {
        "id": "n", "phone": "'+86130' || lpad(n::text, 8, '0')", "phone_verified": "true", "password": "'!'",
        "created_at": "now()",
    })  # fmt: skip
    _write(into, Person, numbers, who | {
        "id": "n", "user": "n", "name": "'林' || n", "gender": "(ARRAY['female', 'male'])[1 + n % 2]",
        "document_hash": "'bench-' || n",
    })  # fmt: skip
    token = "md5('bench-' || n) || md5('token-' || n)"
    _write(into, AuthToken, numbers, {
        "digest": f"encode(sha512(({token})::bytea), 'hex')", "token_key": f"left({token}, 15)", "user": "n",
        "created": "now()", "expiry": "now() + interval '1 year'",
    })  # fmt: skip
    _write(into, Person, "FROM dealt", who | {
        "id": f"{GUESTS} + bed_id", "name": "'客' || bed_id", "gender": GENDER_OF_ROOM,
        "document_hash": "'slept-' || bed_id",
    })  # fmt: skip
    _write(into, Assessment, "FROM dealt", {
        "id": "bed_id",
        "code": "lpad(bed_id::text, 8, '0')",
        "person": f"{GUESTS} + bed_id",
        "policy": "(SELECT id FROM eligibility_policy ORDER BY version DESC LIMIT 1)",
        "made_at": "now() - interval '2 years'",
        "outcome": "'yes'",
        "entitlement": "'free_stay'",
        "facts": "'{}'::jsonb",
        "verdicts": "'[]'::jsonb",
    })  # fmt: skip


def _stays(into, size, today):
    """The stays before today have been slept, those to come are confirmed."""
    days = {"first": f"date '{today}' - {size.behind}", "last": f"date '{today}' + {size.ahead}"}
    cycles = (size.behind + size.ahead) // 20 + 2
    said = {name: into.execute(f"SELECT {day}").fetchone()[0] for name, day in days.items()}
    into.execute(PLAN.format(gender=GENDER_OF_ROOM, cycles=cycles, **said))
    if size.coming is not None:
        into.execute(FEW.format(today=today, coming=size.coming))
    today_ = f"date '{today}'"
    slept = f"CASE WHEN arrival + nights <= {today_} THEN (arrival + nights)::timestamptz ELSE NULL END"
    with _without_indexes(into, Stay._meta.db_table, BedNight._meta.db_table):
        _write(into, Stay, "FROM plan", {
            "id": "id",
            "code": "upper(lpad(to_hex(id), 6, '0'))",
            "guest": f"{GUESTS} + bed_id",
            "hostel": "hostel_id",
            "assessment": "bed_id",
            "arrival": "arrival",
            "departure": "arrival + nights",
            "purpose": "'exam'",
            "kept_until": "arrival + time '23:00'",
            "booked_at": "least(arrival - 3, now())",
            "confirmed_at": "least(arrival - 3, now())",
            "checked_in_at": f"CASE WHEN arrival < {today_} THEN arrival::timestamptz ELSE NULL END",
            "checked_out_at": slept,
        })  # fmt: skip
        _write(into, BedNight, "FROM plan, generate_series(0, 3) g WHERE g < nights ORDER BY arrival + g, bed_id", {
            "stay": "id",
            "guest": f"{GUESTS} + bed_id",
            "hostel": "hostel_id",
            "room": "room_id",
            "bed": "bed_id",
            "night": "arrival + g",
            "sharing": "gender",
            "price_class": "'free'",
            "rate_fen": "9800",
            "price_fen": "0",
            "slept_at": f"CASE WHEN arrival + g < {today_} THEN (arrival + g)::timestamptz ELSE NULL END",
        })  # fmt: skip
    return into.execute("SELECT count(*) FROM plan").fetchone()[0]


def _write(into, model: type[Model], source: str, said: dict[str, str]):
    """INSERT ... SELECT: ``said`` has an expression for each field by name; the others get their own default."""
    columns, values = [], []
    for each in model._meta.concrete_fields:
        if each.name in said:
            values.append(said[each.name])
        elif each.generated or each.primary_key:
            continue
        else:
            value = each.get_db_prep_save(each.get_default(), django_connection)
            values.append(Literal(value).as_string(into))
        columns.append(f'"{each.column}"')
    into.execute(f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(values)} {source}")


def _number_on(into, model):
    key = model._meta.pk
    table = model._meta.db_table
    if into.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, key.column]).fetchone()[0]:
        into.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', '{key.column}'), max({key.column})) FROM {table}"
        )


@contextmanager
def _without_indexes(into, *tables):
    """Load first, then index: what holds is looked at once for all rows."""
    constraints = into.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype IN ('u', 'x') AND conrelid::regclass::text = ANY(%s)", [list(tables)]
    ).fetchall()  # fmt: skip
    indexes = into.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
        "WHERE indrelid::regclass::text = ANY(%s) AND NOT EXISTS "
        "(SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))", [list(tables)]
    ).fetchall()  # fmt: skip
    for table, name, _said in constraints:
        into.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _said in indexes:
        into.execute(f"DROP INDEX {name}")
    yield
    for _name, said in indexes:
        into.execute(said)
    for table, name, said in constraints:
        into.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {said}')
