"""All addresses."""

from django.urls import include, path

from web import health

urlpatterns: list = [
    path("api/", include("api.urls")),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
]
