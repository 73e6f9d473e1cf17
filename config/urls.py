"""All addresses."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from web import errors, health, media

urlpatterns: list = [
    path("api/", include("api.urls")),
    path("desk/", include("web.urls_desk")),
    path("office/", include("web.urls_office")),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("media/<path:name>", media.picture),
    *i18n_patterns(path("", include("web.urls")), prefix_default_language=False),
]

handler403 = errors.forbidden
handler404 = errors.not_found
handler400 = "config.errors.bad_request"
handler500 = "config.errors.server_error"
