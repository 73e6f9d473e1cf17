"""Letters in the messenger: only for who asked for them there, and only where one is set up."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.acts import act
from accounts.consents import Following, follows
from accounts.models import Consent, User
from accounts.record import record

follows(
    Consent.Purpose.MESSENGER,
    Following(
        _("From then on letters come as short messages. What the messenger has already, it has"),
        # `accounts/letters.py` looks at the consent each time it sends.
        lambda _user, _now: None,
    ),
)


def wants_letters(user: User) -> bool:
    """Whether ``user`` asked for letters in the messenger, and has not taken it back."""
    return user.consents.filter(purpose=Consent.Purpose.MESSENGER, withdrawn_at=None).exists()


def can_have_letters(user: User) -> bool:
    """Whether letters can reach ``user`` there at all: the house has a messenger, and it knows them."""
    return bool(settings.MESSENGER_URL and user.messenger_id)


def agree_to_letters(user: User, now: datetime) -> None:
    """Send the letters of ``user`` to the messenger from now on; asked twice, it stands once."""

    def do():
        _consent, fresh = Consent.objects.get_or_create(
            user=user, purpose=Consent.Purpose.MESSENGER, withdrawn_at=None, defaults={"given_at": now}
        )
        if fresh:
            record("agree_to_messenger", now=now, actor=user, person=getattr(user, "person", None))

    act(do)
