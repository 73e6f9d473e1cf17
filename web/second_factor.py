"""Staff come in by two factors: the phone, and an authenticator or one of its recovery codes."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.roles import has_a_role
from hostel.nights import business_day
from web.language import WORDLESS

STAFF_DOORS = ("/desk/", "/office/", "/operator/")


class SecondFactorMiddleware:
    """Keeps the staff's doors shut until this very session has shown its second factor.

    In the demo `settings.STAFF_NEED_SECOND_FACTOR` is off. Visitors and guests pass: the doors themselves turn them
    away.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        path = request.path_info.removeprefix("/en")
        if settings.STAFF_NEED_SECOND_FACTOR and path.startswith(STAFF_DOORS) and path not in WORDLESS:
            if step := missing_step(request):
                return HttpResponseRedirect(f"{reverse(step)}?{urlencode({'next': request.get_full_path()})}")
        return self.get_response(request)


def missing_step(request) -> str | None:
    """Return the name of the page where a member of staff shows or sets up the second factor; None if nothing misses.

    A session that has shown it costs no query.
    """
    user = request.user
    if not user.is_authenticated or shown_in(request) or not has_a_role(user, business_day(timezone.now())):
        return None
    return "mfa_reauthenticate" if is_mfa_enabled(user) else "mfa_activate_totp"


def shown_in(request) -> bool:
    """Whether the second factor was shown in this session."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))
