"""An act at the desk: asked once, done once, however often the button was tapped."""

import secrets
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest

from accounts.idempotency import KeyReused, well_formed
from bookings.models import Stay
from desk.acts import Asked, perform
from desk.models import Act
from web.desk.access import Desk


def new_act_id() -> str:
    """Return the name of an act that is about to be asked: it travels in the form, and is used up by the act."""
    return secrets.token_urlsafe(12)


def act_once(request: HttpRequest, desk: Desk, what: str, stay: Stay | None = None, **said: Any) -> Act:
    """Do ``what`` (a kind of `desk.acts`) about ``stay``, with what is ``said`` beside, unless the form's act is done.

    Raises Refused where the verb refuses (nothing is kept then, the form may be sent again), and SuspiciousOperation
    for a form without an act or with the act of another stay: no page of ours makes one.
    """
    key = request.POST.get("act_id", "")
    if not well_formed(key):
        raise SuspiciousOperation("a form of the desk names its act")
    try:
        return perform(Asked(desk.hostel, key, what, desk.user, desk.now, stay, said), now=desk.now)
    except KeyReused as reused:
        raise SuspiciousOperation("an act of the desk is about one stay") from reused
