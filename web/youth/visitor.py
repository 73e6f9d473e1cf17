"""Who looks at a page, as far as the page needs to know."""

from django.contrib.auth import SESSION_KEY

from accounts.models import Person


def person_of(request) -> Person | None:
    """The person behind the session, in one statement, or None: to show what fits them, never to allow something."""
    user = request.session.get(SESSION_KEY)
    return Person.objects.filter(user=user).first() if user else None
