"""Proofs at the desk: pictures that a guest of this house has sent, and originals that were shown before check-in."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.reasons import CHINESE
from bookings.models import Stay
from bookings.proving import evidence_for, may_see_pictures, needs_original
from eligibility.evidence import see_page
from eligibility.models import EvidencePage
from eligibility.reasons import Refused
from web.desk.access import Desk, at_the_desk
from web.desk.acts import act_once
from web.posted import posted
from web.staff import no_right


def proofs_on_card(desk: Desk, stay: Stay) -> dict:
    """What the card of a guest says of proofs: which original to ask for, if any, and the pictures that were sent."""
    language = "zh" if get_language() == CHINESE else "en"
    asked = [{"key": key, "label": proof["label"][language]} for key, proof in needs_original(stay).items()]
    sent = evidence_for(stay).filter(way="file", purged_at=None).prefetch_related("pages")
    pages = [
        {"number": number, "href": desk.url("desk_evidence_page", str(page.evidence_id), str(page.number))}
        for number, page in enumerate((page for proof in sent for page in proof.pages.all()), 1)
    ]
    seen = bool(pages) and bool(may_see_pictures(desk.user, sent[0], desk.now))
    return {"originals": asked, "pages_sent": pages if seen else []}


@at_the_desk
@require_safe
def picture(request: HttpRequest, desk: Desk, evidence: int, page: int) -> HttpResponse:
    """One picture that a guest of this house has sent, with the viewer's name on it; who looks is written down."""
    found = EvidencePage.objects.select_related("evidence__assessment__person", "evidence__assessment__policy")
    shown = found.filter(evidence=evidence, number=page).first()
    why = may_see_pictures(desk.user, shown.evidence, desk.now) if shown else ""
    if shown is None or not why:
        raise Http404
    try:
        seen = see_page(shown, viewer=desk.user, now=desk.now, why=why)
    except Refused as no:
        return no_right(request, str(no.reasons[0].sentence), _("Ask the guest for the original."), status=404)
    response = HttpResponse(seen, content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@at_the_desk
@posted(up=3)
def original_seen(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """The original was shown for a bed that waits for it; the finder then says what is true now."""
    stay = Stay.objects.filter(code=code.upper(), hostel=desk.hostel).select_related("guest", "hostel").first()
    if stay is None:
        raise Http404

    try:
        act_once(request, desk, "original_seen", stay, evidence_seen=request.POST.get("evidence_seen", ""))
    except Refused as no:
        messages.error(request, str(no.reasons[0].sentence))
    return redirect(desk.url("desk_checkin", stay=stay.code))
