"""Error pages: which right is missing and whom to ask, where to look instead, and an apology with a code."""

import logging
import secrets

from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

log = logging.getLogger("hostel.errors")


def forbidden(request, exception=None):
    """403: says which right is missing where the refusal says it."""
    said = str(exception) if exception and str(exception) else ""
    return render(request, "web/errors/403.html", {"said": said}, status=403)


def not_found(request, exception=None):
    """404: the page is not there, or is not for this reader; which of the two is not said."""
    return render(request, "web/errors/404.html", status=404)


def server_error(request):
    """500: apologise, with a code that stands in the log beside what happened. Reads no database."""
    code = secrets.token_hex(4).upper()
    log.error("error %s at %s %s", code, request.method, request.path)
    return HttpResponseServerError(render_to_string("web/errors/500.html", {"code": code}))


def csrf_failure(request, reason=""):
    """403: the form was too old, or cookies are off."""
    return render(request, "web/errors/csrf.html", {"path": request.path}, status=403)
