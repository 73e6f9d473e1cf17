"""Who stands at the desk, and of which house."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import cast

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.models import DeskPin, Person, User
from accounts.phones import mask_phone
from accounts.roles import hostels_managed_by
from bookings.models import Stay
from hostel.models import Hostel
from hostel.nights import business_day
from web.staff import no_right

# After so long without anybody the desk is locked, where who is on has a PIN to open it again.
LOCKS_AFTER = timedelta(minutes=10)
# That somebody is there is written into the session not more often than this.
SEEN_EVERY = timedelta(seconds=30)
# The session's word for who is on shift, and when they were last seen: {"user": number, or None where it is locked,
# "seen": seconds}. Without it, it is who logged in.
SHIFT = "desk_shift"


@dataclass(frozen=True)
class Desk:
    """One look at the desk: who is on shift, the house it is about, the houses they manage, the moment, the day.

    ``user`` is who is on shift, to whom every act belongs; ``login`` is whose phone opened this session. While the desk
    is locked nobody is on, and ``user`` is the login.
    """

    user: User
    hostel: Hostel
    hostels: tuple[Hostel, ...]
    now: datetime
    day: date
    login: User
    name: str  # of who is on shift, as colleagues call them
    has_pin: bool
    locked: bool = False

    def url(self, name: str, *args: str | int, **query: str) -> str:
        """The address of a desk page for this house; the house stands in it only where one could mean another."""
        house = {"hostel": self.hostel.slug} if len(self.hostels) > 1 else {}
        asked = urlencode({**house, **{key: value for key, value in query.items() if value}})
        return reverse(name, args=args) + (f"?{asked}" if asked else "")

    @property
    def query(self) -> str:
        """What stands behind an address that a template writes: "" or "?hostel=…"."""
        return f"?{urlencode({'hostel': self.hostel.slug})}" if len(self.hostels) > 1 else ""

    @property
    def home(self) -> str:
        return self.url("desk")

    @property
    def finder(self) -> str:
        return self.url("desk_checkin")

    @property
    def idle_seconds(self) -> int:
        """After how long a page that nobody touches locks itself; 0 for never."""
        return int(LOCKS_AFTER.total_seconds()) if self.has_pin and not self.locked else 0

    def of(self, stay: Stay) -> "Desk":
        """The same desk, turned to the house of ``stay``."""
        return replace(self, hostel=next(hostel for hostel in self.hostels if hostel.pk == stay.hostel_id))


View = Callable[..., HttpResponse]


def at_the_desk(view: View) -> View:
    """Let managers in: ``view(request, desk, …)``. Strangers log in first, others read which right is missing; a desk
    that is locked asks for a PIN first."""
    return _guarded(view, also_locked=False)


def beside_the_desk(view: View) -> View:
    """As `at_the_desk`, also while it is locked: for what a page asks by itself. Nobody is there by that."""
    return _guarded(view, also_locked=True)


def come_on(request: HttpRequest, user: User, now: datetime) -> None:
    """From now on ``user`` is on shift in this browser."""
    request.session[SHIFT] = {"user": user.pk, "seen": int(now.timestamp())}


def lock(request: HttpRequest) -> None:
    """From now on nobody is on shift in this browser, until somebody's PIN says who is."""
    request.session[SHIFT] = {"user": None, "seen": 0}


def _guarded(view, *, also_locked):
    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        now = timezone.now()
        day = business_day(now)
        login = cast(User, request.user)
        on, seen_at = _on_shift(request, login)
        hostels = _hostels(login, on, day) if on else []
        if on and on.pk != login.pk and not hostels:
            # Whose right has ended is on no longer.
            on = None
        if on is None or (seen_at and hostels and hostels[0].has_pin and now - seen_at >= LOCKS_AFTER):
            lock(request)
            on = None
        locked, on = on is None, on or login
        if locked:
            hostels = _hostels(login, login, day)
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
        if not also_locked:
            if locked:
                return _open_first(request)
            if hostel.has_pin and (seen_at is None or now - seen_at >= SEEN_EVERY):
                come_on(request, on, now)
        name = on.called or hostel.called or mask_phone(on.phone)
        desk = Desk(on, hostel, tuple(hostels), now, day, login, name, hostel.has_pin, locked)
        return view(request, desk, *args, **kwargs)

    return guarded


def _on_shift(request, login):
    """Who is on, None where the desk is locked; and when somebody was last seen at it, None where that is not kept."""
    if (kept := request.session.get(SHIFT)) is None:
        return login, None
    seen_at = datetime.fromtimestamp(kept["seen"], UTC)
    if kept["user"] in (None, login.pk):
        return login if kept["user"] else None, seen_at
    return User.objects.filter(pk=kept["user"], is_active=True).first(), seen_at


def _hostels(login, on, day):
    """The houses that both manage, each with the name of who is on, and whether they have a PIN: one statement."""
    hostels = hostels_managed_by(login, day)
    if on.pk != login.pk:
        hostels = hostels.filter(pk__in=hostels_managed_by(on, day).values("pk"))
    name = Subquery(Person.objects.filter(user=on.pk).values("name")[:1])
    return list(hostels.annotate(called=name, has_pin=Exists(DeskPin.objects.filter(user=on.pk))))


def _open_first(request):
    """To the page that opens a locked desk, and back from there."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("desk")
    where = f"{reverse('desk_shift')}?{urlencode({'next': back})}"
    if "application/json" in request.headers.get("Accept", ""):
        said = _("The desk is locked: say by PIN who is on shift.")
        return JsonResponse({"code": "LOCKED", "sentence": said, "href": where}, status=403)
    return redirect(where)
