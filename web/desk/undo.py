"""Undo: one tap takes an act of the desk back, for five minutes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from desk import undoing
from desk.acts import kind_of
from desk.models import Act
from eligibility.reasons import Refused
from web.desk.access import Desk, at_the_desk
from web.posted import posted
from web.staff import no_right


@at_the_desk
@posted(up=3)
def undo(request: HttpRequest, desk: Desk, act: int) -> HttpResponse:
    """Take the act back and go on where the button stood; what came between says so there."""
    found = Act.objects.select_related("stay__guest", "hostel").filter(pk=act, hostel__in=desk.hostels).first()
    if found is None:
        return no_right(
            request,
            _("No house of yours has done this."),
            _("What was done at a desk is taken back at that desk."),
            status=404,
        )
    about = {"what": kind_of(found.what).words, "code": found.stay.code if found.stay else found.hostel.name}
    try:
        undoing.undo(found, now=desk.now, by=desk.user)
    except Refused as no:
        for reason in no.reasons:
            messages.warning(request, str(reason.sentence))
    else:
        messages.success(request, _("Taken back: %(what)s (%(code)s). All is as it was before.") % about)
    back = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if ours and back.startswith("/desk/") else desk.home)
