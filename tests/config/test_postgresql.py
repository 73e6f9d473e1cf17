"""A connection kept for the next request: one that broke is noticed before it is used, and looking costs nothing."""

import time

import psycopg
import pytest
from django.db import connection

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def asked(cursor):
    cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [connection.connection.info.backend_pid])
    return cursor.fetchone()[0]


@pytest.fixture
def beside():
    """Another connection, to see and to end the first one by."""
    here = connection.settings_dict
    with psycopg.connect(
        dbname=here["NAME"], host=here["HOST"], port=here["PORT"], user=here["USER"], password=here["PASSWORD"] or None,
        autocommit=True,
    ) as other, other.cursor() as cursor:  # fmt: skip
        yield cursor


def test_a_standing_connection_is_used_and_not_asked(beside):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'the last thing said'")

    assert connection.is_usable()
    assert asked(beside) == "SELECT 'the last thing said'"


def test_one_that_the_server_ended_is_noticed_and_made_anew(beside):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    before = connection.connection
    beside.execute("SELECT pg_terminate_backend(%s)", [before.info.backend_pid])
    time.sleep(0.1)  # until its goodbye is here

    assert not connection.is_usable()

    connection.settings_dict["CONN_HEALTH_CHECKS"] = True
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 2")
        assert cursor.fetchone() == (2,)
    assert connection.connection is not before


def test_one_that_was_closed_here_is_not_used():
    connection.ensure_connection()
    connection.connection.close()

    assert not connection.is_usable()
    connection.close()
