"""One night of one house: its beds, and who sleeps in them."""

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.record import record
from accounts.roles import Right, may
from bookings.availability import night_table
from bookings.models import BedNight
from hostel.models import OutOfService
from hostel.nights import Nights
from web.office.access import Office, in_the_office
from web.staff import no_right


@in_the_office
@require_safe
def night(request: HttpRequest, office: Office, slug: str, day: str) -> HttpResponse:
    """The counts of a night, its beds out of service, and its guests, masked: who looks is written down."""
    try:
        evening = date.fromisoformat(day)
        before, after = evening - timedelta(days=1), evening + timedelta(days=1)
    except (ValueError, OverflowError) as wrong:
        raise Http404 from wrong
    nights = Nights(evening, after)
    hostel = office.hostels().filter(slug=slug).first()
    if hostel is None:
        return no_right(
            request,
            _("This network has no house of that name, or it is not yours to read."),
            _("The overview lists the houses that you may read."),
            status=404,
        )
    sees_guests = may(office.user, Right.SEE_HOUSE_STAYS, hostel, office.day)
    if sees_guests:
        record("see_night", now=office.now, actor=office.user, hostel=hostel, about=evening.isoformat())
    return render(
        request,
        "web/office/night.html",
        {
            "office": office,
            "section": "overview",
            "hostel": hostel,
            "nights": nights,
            "count": night_table([hostel], nights, office.now)[hostel.pk][0],
            "sees_guests": sees_guests,
            "taken": _taken(hostel, nights, office.now) if sees_guests else (),
            "closures": OutOfService.objects.standing()
            .touching(nights)
            .filter(bed__room__hostel=hostel)
            .select_related("bed__room"),
            "back": office.url("office"),
            "rooms": office.url("office_rooms", slug),
            "before": office.url("office_night", slug, before.isoformat()),
            "after": office.url("office_night", slug, after.isoformat()),
        },
    )


def _taken(hostel, nights, now):
    return (
        BedNight.objects.taken(now)
        .between(nights)
        .filter(hostel=hostel)
        .select_related("stay", "guest", "bed__room")
        .defer("guest__document")
        .order_by("bed__room__number", "bed__number")
    )
