"""The shift log (D7): what the shift did, what is to do, notes; and the handover."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.pins import check_pin
from bookings.models import Stay
from desk.acts import kinds
from desk.log import LONGEST, hand_over, shift_now
from desk.models import Handover, Note
from desk.shift import colleagues
from eligibility.reasons import Refused
from hostel.nights import at
from web.desk.access import Desk, at_the_desk, come_on
from web.desk.acts import act_once, new_act_id

SHOWN = 50
# What a shift did, as its lines say it.
COUNTED = {
    "check_in": ngettext_lazy("%(n)s checked in", "%(n)s checked in", "n"),
    "check_out": ngettext_lazy("%(n)s checked out", "%(n)s checked out", "n"),
    "no_show": ngettext_lazy("%(n)s no-show", "%(n)s no-shows", "n"),
    "walk_in": ngettext_lazy("%(n)s walk-in", "%(n)s walk-ins", "n"),
    "extend": ngettext_lazy("%(n)s stay extended", "%(n)s stays extended", "n"),
    "shorten": ngettext_lazy("%(n)s left early", "%(n)s left early", "n"),
    "move": ngettext_lazy("%(n)s change of bed", "%(n)s changes of bed", "n"),
    "swap": ngettext_lazy("%(n)s swap", "%(n)s swaps", "n"),
    "place": ngettext_lazy("%(n)s put elsewhere on the chart", "%(n)s put elsewhere on the chart", "n"),
    "cleaned": ngettext_lazy("%(n)s cleaning done", "%(n)s cleanings done", "n"),
    "block": ngettext_lazy("%(n)s closure", "%(n)s closures", "n"),
    "note_done": ngettext_lazy("%(n)s to-do done", "%(n)s to-dos done", "n"),
}


class NoteForm(forms.Form):
    """What is written into the log."""

    kind = forms.ChoiceField(choices=[each for each in Note.Kind.choices if each[0] != Note.Kind.REPORT])
    text = forms.CharField(
        max_length=LONGEST, error_messages={"required": gettext_lazy("Write what the next shift is to know.")}
    )
    due = forms.CharField(required=False, max_length=40)


@dataclass(frozen=True)
class Entry:
    """A line of the log: a note or a handover."""

    at: datetime
    note: Note | None = None
    handover: Handover | None = None


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def log(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The log of the house; and what is written into it, done, or handed over."""
    if request.method != "POST":
        return _page(request, desk)
    if "note" in request.POST:
        return _done(request, desk)
    if "taken_by" in request.POST or "handover" in request.POST:
        return _hand_over(request, desk)
    return _note(request, desk)


def _note(request, desk):
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, desk, form=form, status=422)
    said = {name: value for name, value in form.cleaned_data.items() if value}
    stay = Stay.objects.filter(code=request.POST.get("stay", ""), hostel__in=desk.hostels).first()
    act_once(request, desk.of(stay) if stay else desk, "note", stay, **said)
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return redirect(back if ours and back.startswith("/desk/") else desk.url("desk_log"))


def _dues(desk):
    """By when something may be to do, one tap each: a moment as the act says it, and words."""
    tomorrow = desk.day + timedelta(days=1)
    return [
        ("", _("no time")),
        (at(desk.day, time(22)).isoformat(), _("tonight, 22:00")),
        (at(tomorrow, time(9)).isoformat(), _("tomorrow, 9:00")),
        (at(tomorrow, time(12)).isoformat(), _("tomorrow, 12:00")),
    ]


def _done(request, desk):
    try:
        act_once(request, desk, "note_done", note=request.POST["note"])
    except Refused as no:
        messages.warning(request, str(no.reasons[0].sentence))
    return redirect(desk.url("desk_log"))


def _hand_over(request, desk):
    known = {str(each.user.pk): each.user for each in colleagues(desk.hostel, desk.now)}
    chosen = request.POST.get("taken_by", "")
    if chosen not in known:
        return _page(request, desk, trouble=_("Choose who comes on."), status=422)
    try:
        check_pin(known[chosen], request.POST.get("pin", ""), now=desk.now)
        done = hand_over(desk.hostel, given_by=desk.user, taken_by=known[chosen], now=desk.now)
    except Refused as no:
        return _page(request, desk, trouble=str(no.reasons[0].sentence), chosen=chosen, status=422)
    come_on(request, known[chosen], desk.now)
    name = next(each.name for each in colleagues(desk.hostel, desk.now) if each.user.pk == known[chosen].pk)
    if left := done.counts["open"]:
        said = _("%(name)s has the desk now; to-dos taken over: %(open)s") % {"name": name, "open": left}
    else:
        said = _("%(name)s has the desk now; nothing is left to do") % {"name": name}
    messages.success(request, said)
    return redirect(desk.url("desk_log"))


def lines_of(counts) -> list[str]:
    """What was done, in words: "3 checked in", in the order of the day."""
    said = [str(words % {"n": counts[what]}) for what, words in COUNTED.items() if counts.get(what)]
    others = [what for what in counts if what not in COUNTED and what in kinds() and what not in SILENT]
    return said + [f"{kinds()[what].words} × {counts[what]}" for what in others]


# They are seen elsewhere on the page, or come in pairs with what is counted.
SILENT = ("note", "begin_cleaning", "soiled", "original_seen", "house_answer")


def _page(request, desk, *, form=None, trouble="", chosen="", status=200):
    shift = shift_now(desk.hostel, desk.now)
    with_pin = [each for each in colleagues(desk.hostel, desk.now) if each.pin and each.user.pk != desk.user.pk]
    notes = desk.hostel.notes.select_related("by__person", "done_by__person", "stay__guest").order_by("-at", "-pk")
    handovers = desk.hostel.handovers.select_related("given_by__person", "taken_by__person").order_by("-at", "-pk")
    entries = [Entry(each.at, note=each) for each in notes[:SHOWN]]
    entries += [Entry(each.at, handover=each) for each in handovers[:SHOWN]]
    shown = {
        "desk": desk,
        "section": "log",
        "shift": shift,
        "lines": lines_of(shift.counts),
        "open": [(each, each.due_at is not None and each.due_at <= desk.now, new_act_id()) for each in shift.open],
        "entries": [
            (entry, lines_of(entry.handover.counts) if entry.handover else [])
            for entry in sorted(entries, key=lambda entry: entry.at, reverse=True)[:SHOWN]
        ],
        "colleagues": with_pin,
        "chosen": chosen or (str(with_pin[0].user.pk) if len(with_pin) == 1 else ""),
        "form": form,
        "kinds": [each for each in Note.Kind.choices if each[0] != Note.Kind.REPORT],
        "due": _dues(desk),
        "trouble": trouble,
        "act_id": new_act_id(),
    }
    return render(request, "web/desk/log.html", shown, status=status)
