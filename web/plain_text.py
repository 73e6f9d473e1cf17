"""What no person types: the zero character, which a database may not keep."""

from django.core.exceptions import BadRequest
from django.http import Http404

FORM = "application/x-www-form-urlencoded"


class PlainTextMiddleware:
    """Answer a page's address with a zero character in it by 404, and a form by 400, before anything is looked up.

    PostgreSQL refuses to compare such text, SQLite does not. JSON and forms with files are checked field by field.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith("/api/"):
            if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
                raise Http404
            if request.content_type == FORM and any(
                "\0" in said for _name, many in request.POST.lists() for said in many
            ):
                raise BadRequest
        return self.get_response(request)
