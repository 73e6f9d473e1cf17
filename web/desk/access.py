"""Who stands at the desk, and of which house."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import wraps
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.models import User
from accounts.roles import hostels_managed_by
from bookings.models import Stay
from hostel.models import Hostel
from hostel.nights import business_day
from web.staff import no_right


@dataclass(frozen=True)
class Desk:
    """One look at the desk: the house it is about, the houses this person manages, the moment, the business day."""

    user: User
    hostel: Hostel
    hostels: tuple[Hostel, ...]
    now: datetime
    day: date

    def url(self, name: str, *args: str, **query: str) -> str:
        """The address of a desk page for this house; the house stands in it only where one could mean another."""
        house = {"hostel": self.hostel.slug} if len(self.hostels) > 1 else {}
        asked = urlencode({**house, **{key: value for key, value in query.items() if value}})
        return reverse(name, args=args) + (f"?{asked}" if asked else "")

    @property
    def home(self) -> str:
        return self.url("desk")

    @property
    def finder(self) -> str:
        return self.url("desk_checkin")

    def of(self, stay: Stay) -> "Desk":
        """The same desk, turned to the house of ``stay``."""
        return replace(self, hostel=next(hostel for hostel in self.hostels if hostel.pk == stay.hostel_id))


def at_the_desk(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let managers in: ``view(request, desk, …)``. Strangers log in first, others read which right is missing."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        now = timezone.now()
        day = business_day(now)
        hostels = tuple(hostels_managed_by(request.user, day))
        asked = request.GET.get("hostel", "")
        hostel = next((hostel for hostel in hostels if not asked or hostel.slug == asked), None)
        if hostel is None:
            return no_right(
                request,
                _("You are not a manager of this house: its desk is only for them.")
                if hostels
                else _("The desk is for hostel managers, and this login is none."),
                _("The network's office gives this right. Ask it to add you as a manager of your house."),
            )
        return view(request, Desk(cast(User, request.user), hostel, hostels, now, day), *args, **kwargs)

    return guarded
