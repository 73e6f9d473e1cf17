"""Each door says in its own way what went wrong before or outside its views."""

from django.views.defaults import bad_request as plain_bad_request

from api import refusals
from web import errors as pages

REST = "/api/"


def bad_request(request, exception=None):
    """400."""
    return refusals.bad_request(request) if request.path.startswith(REST) else plain_bad_request(request, exception)


def server_error(request):
    """500."""
    return refusals.server_error(request) if request.path.startswith(REST) else pages.server_error(request)
