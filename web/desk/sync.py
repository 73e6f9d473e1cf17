"""What waits on this tablet and what does not fit (D10); and the door through which a tablet sends its queue."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from desk.queue import MOST_ACTS, open_clashes, receive
from web.desk.access import Desk, at_the_desk


@at_the_desk
def acts(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take a tablet's queue: JSON in and out, with the session and its token, each act answered for itself.

    Who opens the address by hand is led to the page about it.
    """
    if request.method != "POST":
        return redirect(desk.url("desk_sync"))
    try:
        body = json.loads(request.body)
        device, sent = str(body.get("device", "")), body["acts"]
    except (ValueError, TypeError, KeyError, AttributeError):
        return JsonResponse({"detail": _("This is no queue.")}, status=400)
    if not isinstance(sent, list) or len(sent) > MOST_ACTS:
        return JsonResponse({"detail": _("This is no queue.")}, status=400)
    answers = receive(desk.hostel, sent, device=device, login=desk.user, now=desk.now)
    return JsonResponse(
        {
            "now": desk.now.isoformat(),
            "acts": [answer.as_data() for answer in answers],
            "open": open_clashes(desk.hostel),
        }
    )


@at_the_desk
def sync(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What does not fit, and what waits."""
    return redirect(desk.home)
