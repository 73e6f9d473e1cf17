import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def test_it_is_up_and_asks_no_database_for_it(client):
    answer = client.get("/healthz")  # without the database fixture a query is an error

    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_it_is_ready_where_database_and_migrations_are(db, client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"ready": True, "missing": []})


def test_it_is_not_ready_while_a_migration_waits(db, client):
    newest = MigrationLoader(connection).graph.leaf_nodes("bookings")[0]
    MigrationRecorder(connection).record_unapplied(*newest)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"ready": False, "missing": ["migrations"]})


def test_it_is_up_but_not_ready_without_its_redis(db, client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": settings.REDIS_URL}
    }

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json() == {"ready": False, "missing": ["redis"]}


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_nobody_writes_to_it(client, method):
    assert getattr(client, method)("/healthz").status_code == 405
