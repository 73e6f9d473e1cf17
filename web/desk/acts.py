"""An act at the desk: asked once, done once, however often the button was tapped."""

import secrets
from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest

from accounts.idempotency import Answer, KeyReused, Write, once, well_formed
from bookings.models import Stay
from web.desk.access import Desk


def new_act_id() -> str:
    """Return the name of an act that is about to be asked: it travels in the form, and is used up by the act."""
    return secrets.token_urlsafe(12)


def act_once(request: HttpRequest, desk: Desk, stay: Stay, do: Callable[[], Stay]) -> None:
    """Run the verb ``do`` about ``stay`` unless the form's act is done already.

    Raises Refused where the verb refuses (nothing is kept then, the form may be sent again), and SuspiciousOperation
    for a form without an act or with the act of another stay: no page of ours makes one.
    """
    key = request.POST.get("act_id", "")
    if not well_formed(key):
        raise SuspiciousOperation("a form of the desk names its act")

    def answer():
        do()
        return Answer(303, {"stay": stay.code})

    try:
        once(Write.of(desk.user, "POST", request.path, key, {"stay": stay.code}), answer, desk.now)
    except KeyReused as reused:
        raise SuspiciousOperation("an act of the desk is about one stay") from reused
