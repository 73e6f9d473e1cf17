"""All addresses."""

from django.urls import path

from web import health

urlpatterns: list = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
]
