"""Check out, and not come: each after one line that says what it does."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings.actions import actions
from bookings.models import Stay
from eligibility.reasons import Refused
from hostel.nights import end_of_night
from web.desk.access import Desk, at_the_desk
from web.desk.acts import act_once, new_act_id
from web.desk.finding import bed_of
from web.staff import no_right


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def check_out_page(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Say how many nights go back and which bed falls free; then let the guest go."""
    return _confirmed(request, desk, code, "check_out", "in_house")


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def no_show_page(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Say what is remembered of a guest who did not come; then write it down."""
    return _confirmed(request, desk, code, "no_show", "due_in")


def _confirmed(request, desk, code, act, tab):
    stay = Stay.objects.filter(code=code, hostel__in=desk.hostels).select_related("guest", "hostel").first()
    if stay is None:
        return no_right(
            request,
            _("No house of yours has a stay with this code."),
            _("A stay is handled where it is booked. The guest's own page says where that is."),
            status=404,
        )
    desk, refusal = desk.of(stay), None
    if request.method == "POST":
        try:
            act_once(request, desk, act, stay)
            return redirect(desk.url("desk", tab=tab, **{act: stay.code}))
        except Refused as no:
            refusal = no
            stay.refresh_from_db()
    action = actions(stay, desk.now)[act]
    shown = {
        "desk": desk,
        "section": "today",
        "stay": stay,
        "act": act,
        "act_id": new_act_id(),
        "bed": bed_of(stay),
        "reason": action.reason,
        "refusal": refusal,
        "back": desk.url("desk", tab=tab),
        # The running night goes back too: it is slept only when it ends.
        "unslept": sum(end_of_night(night) > desk.now for night in stay.nights),
    }
    return render(request, "web/desk/leaving.html", shown, status=409 if refusal else 200)
