"""Who looks at a page, as far as the page needs to know."""

from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from accounts.models import Person
from bookings.models import Stay

TYPED = "typed"  # in the session: what stood in a form that came when its sender was no longer logged in
LONGEST_TYPED = 60


def person_of(request) -> Person | None:
    """The person behind the session, in one statement, or None: to show what fits them, never to allow something.

    ``has_hold`` says whether they have a bed that is only held, so that `hold_of` asks for nothing in vain.
    """
    user = request.session.get(SESSION_KEY)
    if not user:
        return None
    held = Stay.objects.filter(guest=OuterRef("pk"), status=Stay.Status.HELD)
    return Person.objects.filter(user=user).annotate(has_hold=Exists(held)).first()


def hold_of(person: Person | None, now: datetime) -> Stay | None:
    """The bed that is kept for ``person`` (of `person_of`) for some minutes while they say the rest, with its house."""
    if person is None or not getattr(person, "has_hold", True):
        return None
    held = Stay.objects.standing(now).filter(guest=person, status=Stay.Status.HELD, awaits="", own_hold=True)
    return held.select_related("hostel").first()


def keep_typed(request: HttpRequest, names: list[str]) -> None:
    """Keep the fields ``names`` of a form sent after the login ended, in this browser's session, until its page is
    shown again: never what is sensitive, and nothing in an address."""
    said = {name: request.POST[name][:LONGEST_TYPED] for name in names if request.POST.get(name)}
    request.session[TYPED] = {"path": request.path, "said": said}


def typed_before(request: HttpRequest) -> dict[str, str]:
    """What `keep_typed` kept of the form of this page, once."""
    kept = request.session.get(TYPED)
    if request.method != "GET" or not kept or kept["path"] != request.path:
        return {}
    del request.session[TYPED]
    return kept["said"]
