"""Check in (D2): code, four digits, name, room or document; then the card with its tick; then the guest is in."""

from django import forms
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.documents import mask
from accounts.record import record
from bookings.actions import actions
from bookings.models import Stay
from desk.letting_in import REPORTED, beds_to_choose, chosen
from desk.undoing import last_act
from eligibility.reasons import Refused
from web.desk import finding as found
from web.desk.access import Desk, at_the_desk
from web.desk.acts import act_once, new_act_id
from web.desk.evidence import proofs_on_card


class CheckIn(forms.Form):
    """What the desk says when it lets a guest in: the bed, the tick, and a document number where one was read."""

    bed = forms.ChoiceField(error_messages={"invalid_choice": _("This bed was just given away: choose another.")})
    compared = forms.BooleanField(
        error_messages={"required": _("Compare the person with the document and register them, then tick this.")}
    )
    document_number = forms.CharField(required=False, max_length=40)
    # The kind of proof whose original was shown, if one was. Nobody is kept out for want of it.
    evidence_seen = forms.CharField(required=False, max_length=40)
    # The guest is let in, and has the key when the bed is clean.
    before_clean = forms.BooleanField(required=False)

    def __init__(self, *args, beds, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["bed"].choices = [(str(each.bed), str(each.bed)) for each in beds]


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def checkin(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The finder; what was found; and the act itself."""
    if "stay" in request.POST:
        return _let_in(request, desk)
    if "text" in request.POST:
        text = request.POST["text"].strip()
        finding = found.find(desk, text) if text else None
        if finding and finding.stay:
            # The answer gets an address of its own, with the code and never with what was read from a document.
            return redirect(desk.url("desk_checkin", stay=finding.stay.code))
        return _page(request, desk, finding)
    if code := request.GET.get("stay", ""):
        return _page(request, desk, _look(desk, code))
    return _page(request, desk, None, done=_just_let_in(desk, request.GET.get("done", "")))


def _let_in(request, desk):
    finding = _look(desk, request.POST["stay"])
    stay = finding.stay
    if stay is None:
        return _page(request, desk, finding, status=404)
    if stay.hostel_id != desk.hostel.pk:
        return _page(request, desk, finding, status=409)
    choices = beds_to_choose(stay, desk.now)
    form = CheckIn(request.POST, beds=choices)
    # Of a guest who is in already only this very form may be asking again: `act_once` knows its answer.
    if not form.is_valid() and finding.kind == found.READY:
        return _page(request, desk, finding, form=form, choices=choices, status=422)

    said = {name: form.cleaned_data.get(name, "") for name in form.fields}
    given = next((each for each in choices if str(each.bed) == said["bed"]), None)
    if given and given.state.is_ready:
        said["before_clean"] = False  # another bed was chosen after the button was drawn
    try:
        act_once(request, desk, "check_in", stay, **said)
    except Refused as no:
        # Somebody else may have been quicker: what is true now is said, and not what was true when the form was made.
        return _page(request, desk, _look(desk, stay.code), form=form, refusal=no, status=409)
    return redirect(desk.url("desk_checkin", done=stay.code))


def _look(desk, code):
    known = Stay.objects.select_related("guest", "hostel__network", "assessment__policy")
    stay = known.filter(code=code.upper()).first()
    return found.look_at(desk, stay) if stay else found.Finding(found.UNKNOWN)


def _just_let_in(desk, code):
    stay = Stay.objects.filter(code=code, hostel=desk.hostel, status=Stay.Status.IN_HOUSE)
    if not code or (let_in := stay.select_related("guest", "hostel").first()) is None:
        return None
    act = last_act(let_in, desk.now)
    return {
        "stay": let_in,
        "bed": found.bed_of(let_in),
        "act": act,
        # The key follows: what the bed was at the check-in, and is until it has been cleaned.
        "key_later": bool(act and act.said.get("before_clean")),
        "to_report": let_in.guest.document_kind in REPORTED,
    }


def _page(request, desk, finding, *, form=None, refusal=None, done=None, choices=None, status=200):
    shown = {"desk": desk, "section": "checkin", "finding": finding, "form": form, "refusal": refusal, "done": done}
    if finding and finding.kind == found.READY:
        shown |= _card(desk, finding.stay, form, choices)
    elif finding and finding.kind == found.HERE_ALREADY:
        shown |= {"bed": found.bed_of(finding.stay), "let_in_by": found.let_in_by(finding.stay)}
    elif finding and finding.kind == found.ELSEWHERE:
        shown["metres"] = found.metres_to(desk, finding.stay)
    elif finding and finding.kind == found.HELD and finding.stay.awaits:
        shown |= proofs_on_card(desk, finding.stay) | {"act_id": new_act_id()}
    elif finding and finding.kind == found.SEVERAL:
        beds = found.beds_of(finding.stays, desk.day)
        shown["several"] = [
            (stay, beds.get(stay.pk), desk.url("desk_checkin", stay=stay.code)) for stay in finding.stays
        ]
    return render(request, "web/desk/checkin.html", shown, status=status)


def _card(desk, stay, form, choices):
    """The card of a guest who may come in. Whose document line is shown to whom is written down."""
    record("see_stay", now=desk.now, actor=desk.user, person=stay.guest, hostel=stay.hostel, about=stay.code)
    kept = stay.bed_nights.live()
    choices = beds_to_choose(stay, desk.now) if choices is None else choices
    asked = form["bed"].value() if form else ""
    picked = next((each for each in choices if str(each.bed) == asked), None) or chosen(stay, choices)
    return {
        "choices": choices,
        "picked": picked,
        "document": mask(stay.guest.document),
        "to_report": stay.guest.document_kind in REPORTED,
        "price_fen": kept.aggregate(fen=Sum("price_fen"))["fen"] or 0,
        "priced_nights": kept.filter(price_fen__gt=0).count(),
        "late": actions(stay, desk.now)["no_show"].ok,
        **proofs_on_card(desk, stay),
        "act_id": new_act_id() if form is None else form.data.get("act_id") or new_act_id(),
    }
