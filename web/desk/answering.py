"""On-call beds at the desk: can this bed be had? Two buttons, one answer."""

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bookings.models import Stay
from eligibility.reasons import Refused
from web.desk.access import Desk, at_the_desk
from web.desk.acts import act_once
from web.posted import posted
from web.staff import no_right


@at_the_desk
@posted(up=3)
def house_answer(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Answer for the house, and go back to the day; an answer that came too late says so there. Without a yes or a no
    nobody is sent away."""
    if request.POST.get("answer") not in ("yes", "no"):
        raise SuspiciousOperation("an answer for the house is yes or no")
    stay = Stay.objects.filter(code=code, hostel__in=desk.hostels).select_related("guest", "hostel").first()
    if stay is None:
        return no_right(
            request,
            _("No house of yours has a stay with this code."),
            _("A stay is handled where it is booked. The guest's own page says where that is."),
            status=404,
        )
    desk, yes = desk.of(stay), request.POST.get("answer") == "yes"
    about = {"guest": stay.guest.masked_name, "code": stay.code}
    try:
        act_once(request, desk, "house_answer", stay, can_be_had=yes)
    except Refused as no:
        messages.warning(request, str(no.reasons[0].sentence))
    else:
        said = _("%(guest)s (%(code)s) has the bed") if yes else _("%(guest)s (%(code)s) is found another bed and told")
        messages.success(request, said % about)
    return redirect(desk.url("desk"))
