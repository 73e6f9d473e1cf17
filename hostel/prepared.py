"""Questions that the ORM puts into SQL once in each process, and that are then only asked; and rows written so.

To write a statement costs the ORM more than the database needs to answer it. Where a question is asked at every
booking it is built once, with a `Slot` wherever a value will stand, and kept as text; the rows are made of the answer
as always. The queryset stays what says it: nothing here is written by hand.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import NoneType
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Field,
    ForeignKey,
    Model,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    QuerySet,
    TextField,
)
from django.db.models.expressions import Expression
from django.db.models.sql import Query

Row = TypeVar("Row", bound=Model)
PLAIN = {NoneType, bool, int, str, date, datetime}
AS_THEY_ARE = {
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKey,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    TextField,
}
PREPARED_AFTER = 2  # times asked on one connection
KINDS: dict[str, type[Field]] = {
    "number": BigIntegerField,
    "text": CharField,
    "day": DateField,
    "moment": DateTimeField,
}


class Slot(Expression):
    """A place in a question, for a value of this kind that is said each time it is asked."""

    def __init__(self, name: str, kind: str):
        super().__init__(output_field=KINDS[kind]())
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]

    def value(self, said: dict[str, Any], connection) -> Any:
        """What stands here, as the database wants it."""
        return self.output_field.get_db_prep_value(said[self.name], connection)


@dataclass(frozen=True)
class SlotNights:
    """Nights whose first and last day are said later; questions take it as they take `hostel.nights.Nights`."""

    arrival: Slot
    departure: Slot


class Prepared:
    """A question asked often: ``build`` makes its queryset from slots, and is called once in each process.

    ``kinds`` says of each of its values what it is: number, text, day or moment. None of them may be None, for "is
    nothing" is another question. Called with the values it returns the rows, as a list.
    """

    def __init__(self, build: Callable[..., QuerySet], **kinds: str):
        self._build, self._kinds = build, kinds
        self._written: dict[str, _Written] = {}

    def __call__(self, **said: Any) -> list:
        connection = connections[DEFAULT_DB_ALIAS]
        written = self._written.get(connection.vendor)
        if written is None:
            written = self._written[connection.vendor] = self._write(connection)
        return list(written.asked(said, connection))

    def first(self, **said: Any) -> Any:
        """The first row, or None. The question itself says that it wants no more (``[:1]``)."""
        return next(iter(self(**said)), None)

    def _write(self, connection):
        queryset = self._build(**{name: Slot(name, kind) for name, kind in self._kinds.items()})
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        return _Written(queryset, compiler, sql, tuple(params))


@dataclass(frozen=True)
class _Written:
    queryset: QuerySet
    compiler: Any
    sql: str
    params: tuple

    def asked(self, said, connection):
        compiler = copy.copy(self.compiler)
        compiler.connection = _Preparing(connection) if connection.vendor == "postgresql" else connection
        params = tuple(each.value(said, connection) if isinstance(each, Slot) else each for each in self.params)
        compiler.as_sql = lambda *_how, **_else: (self.sql, params)
        query = copy.copy(self.queryset.query)
        query.__class__, query.compiler_there = _WrittenQuery, compiler
        queryset = self.queryset.__class__(self.queryset.model, query, DEFAULT_DB_ALIAS)
        queryset._iterable_class, queryset._fields = self.queryset._iterable_class, self.queryset._fields
        return queryset


class _Preparing:
    """A connection to PostgreSQL whose statements are planned once and then only carried out, not at every asking."""

    def __init__(self, connection):
        self._connection = connection

    def __getattr__(self, name):
        return getattr(self._connection, name)

    def cursor(self):
        return planned_once(self._connection)


def planned_once(connection: Any) -> CursorWrapper:
    """A cursor of this ``connection`` to PostgreSQL whose statements are planned once, and then only carried out."""
    connection.ensure_connection()
    connection.connection.prepare_threshold = PREPARED_AFTER
    # The stubs do not know that it is psycopg's cursor too.
    return connection._prepare_cursor(ServerBindingCursor(connection.connection))  # type: ignore[call-arg]


class _WrittenQuery(Query):
    """A query whose statement is there already."""

    def get_compiler(self, using=None, connection=None, elide_empty=True):
        return self.compiler_there


@dataclass(frozen=True)
class Rows:
    """New rows of one model; where one of them ``ignore_conflicts``, what is there already stays as it is."""

    rows: Sequence[Model]
    ignore_conflicts: bool = False


def insert(rows: list[Row]) -> list[Row]:
    """Write new ``rows`` of one model with one statement, and return them: what `bulk_create` does, with a statement
    that PostgreSQL is sent as a text once, and not planned again. No signals are sent."""
    if not rows:
        return rows
    model, connection = type(rows[0]), connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        return model._base_manager.bulk_create(rows)
    sql, fields, returned = _insertion(model, len(rows))
    with planned_once(connection) as cursor:
        cursor.execute(f"{sql} RETURNING {_columns(returned)}", _values(rows, fields, connection))
        given = cursor.fetchall()
    for row, answers in zip(rows, given, strict=True):
        _is_written(row, returned, answers)
    return rows


def insert_pair(first: Model, then: Model, name: str) -> None:
    """Write two new rows with one statement on PostgreSQL: ``first``, and ``then`` that points to it by its field
    ``name``."""
    connection = connections[DEFAULT_DB_ALIAS]
    pointer = then._meta.get_field(name)
    if connection.vendor != "postgresql":
        insert([first])
        setattr(then, name, first)
        insert([then])
        return
    sql, pair = _pair_insertion(type(first), type(then), pointer)
    values = [_value(row, field, connection) for row, (fields, _returned) in zip((first, then), pair, strict=True)
              for field in fields]  # fmt: skip
    with planned_once(connection) as cursor:
        cursor.execute(sql, values)
        given = cursor.fetchone()
    (_fields, returned_first), (_fields, returned_then) = pair
    _is_written(then, returned_then, given[: len(returned_then)])
    _is_written(first, returned_first, given[len(returned_then) :])
    setattr(then, name, first)


@cache
def _pair_insertion(first, then, pointer):
    before, fields, returned = _insertion(first, 1)
    _sql, then_fields, then_returned = _insertion(then, 1)
    own = [field for field in then_fields if field != pointer]
    sql = (
        f"WITH before AS ({before} RETURNING {_columns(returned)}), written AS ("
        f'INSERT INTO "{then._meta.db_table}" ({_columns([*own, pointer])}) '
        f'SELECT {", ".join(["%s"] * len(own))}, before."{pointer.target_field.column}" FROM before '
        f"RETURNING {_columns(then_returned)}) SELECT written.*, before.* FROM written, before"
    )
    return sql, ((fields, returned), (own, then_returned))


def _columns(fields):
    return ", ".join(f'"{field.column}"' for field in fields)


def _is_written(row, returned, answers):
    for field, answer in zip(returned, answers, strict=True):
        setattr(row, field.attname, answer)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def insert_all(several: Sequence[Rows]) -> None:
    """Write new rows of several models, none of which is about another, with one statement on PostgreSQL. What the
    database adds to them, as their numbers, is not read."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        for each in several:
            type(each.rows[0])._base_manager.bulk_create(each.rows, ignore_conflicts=each.ignore_conflicts)
        return
    statements, values = [], []
    for each in several:
        sql, fields, _returned = _insertion(type(each.rows[0]), len(each.rows))
        statements.append(f"{sql} ON CONFLICT DO NOTHING" if each.ignore_conflicts else sql)
        values += _values(each.rows, fields, connection)
    *before, last = statements
    written = f"WITH {', '.join(f'w{n} AS ({sql})' for n, sql in enumerate(before))} {last}" if before else last
    with planned_once(connection) as cursor:
        cursor.execute(written, values)


@cache
def _insertion(model, count):
    """The statement that writes so many rows; the fields that it wants of each, and those that the database adds."""
    fields = [each for each in model._meta.concrete_fields if not (each.generated or each.primary_key)]
    row = f"({', '.join(['%s'] * len(fields))})"
    sql = f'INSERT INTO "{model._meta.db_table}" ({_columns(fields)}) VALUES {", ".join([row] * count)}'
    return sql, fields, model._meta.db_returning_fields


def _values(rows, fields, connection):
    return [_value(row, field, connection) for row in rows for field in fields]


def _value(row, field, connection):
    value = field.pre_save(row, True)
    if value is None and field.is_relation and field.is_cached(row):
        # Said before it had a number: that is looked up now, or an error, as where Django itself writes the row.
        row._prepare_related_fields_for_save("insert")
        value = field.pre_save(row, True)
    # The driver itself knows how these are written, in a field of Django's own; a field of ours may have another way.
    if type(value) in PLAIN and type(field) in AS_THEY_ARE and not _is_naive(field, value):
        return value
    return field.get_db_prep_save(value, connection)


def _is_naive(field, value):
    """Whether Django has to say in which zone it is meant; the database would take it for its own."""
    return type(field) is DateTimeField and isinstance(value, date) and getattr(value, "tzinfo", None) is None
