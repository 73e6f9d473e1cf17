"""The desk without a line: what its browser keeps, and how it finds out that the line is there."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from desk.sheet import sheet_of
from web.desk.access import Desk, at_the_desk


@never_cache
@require_safe
def beat(request: HttpRequest) -> HttpResponse:
    """204: there is a line. Asked every other second by every tablet, so it asks nobody else, and no database."""
    return HttpResponse(status=204)


@at_the_desk
@require_safe
def sheet(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What this desk keeps on its device for when the line is gone (`desk/sheet.py`); whose it is, is written down."""
    return JsonResponse(sheet_of(desk.hostel, now=desk.now, by=desk.user))
