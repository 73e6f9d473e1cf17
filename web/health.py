"""Is it up, and can it serve: for the proxy and for who is on call."""

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError


@require_safe
def healthz(request):
    """200: this process answers. It asks nobody else, so that a broken database does not restart the web servers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request):
    """200 where everything that a request needs is there, else 503; the body names what is missing."""
    missing = []
    try:
        if _migrations_are_waiting():
            missing.append("migrations")
    except DatabaseError:
        missing.append("database")
    if settings.REDIS_URL:
        try:
            cache.get("readyz")
        except RedisError:
            missing.append("redis")
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


def _migrations_are_waiting() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
