"""What waits on this tablet and what does not fit (D10); and the door through which a tablet sends its queue."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.reasons import CHINESE
from desk.acts import kind_of, kinds
from desk.clashes import settle
from desk.models import Clash
from desk.queue import MOST_ACTS, WITHOUT_A_LINE, open_clashes, receive
from desk.shift import name_of
from eligibility.reasons import Refused
from web.desk.access import Desk, at_the_desk, beside_the_desk
from web.posted import posted
from web.staff import no_right

# What was chosen stays on the page for so long: the next shift sees it.
SHOWN_FOR = timedelta(hours=24)
MOST_SHOWN = 50


@dataclass(frozen=True)
class Version:
    """One of the two versions: what it says, what choosing it would do, and why that can't be now."""

    choice: str
    lines: list[str]
    text: str
    can: bool
    why_not: str
    is_first: bool = False  # what is most likely right: the tablet's, where it can be done


@dataclass(frozen=True)
class Task:
    """A clash as the page shows it."""

    clash: Clash
    words: str  # what was done
    who: str
    reasons: list[str]
    versions: tuple[Version, Version]
    settled_by: str

    @property
    def chosen(self) -> Version:
        return self.versions[0] if self.clash.choice == Clash.Choice.LOCAL else self.versions[1]


@beside_the_desk
def acts(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take a tablet's queue: JSON in and out, with the session and its token, each act answered for itself.

    Who opens the address by hand is led to the page about it.
    """
    if request.method != "POST":
        return redirect(desk.url("desk_sync"))
    try:
        body = json.loads(request.body)
        device, sent = str(body.get("device", "")), body["acts"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return JsonResponse({"detail": _("This is no queue.")}, status=400)
    if not isinstance(sent, list) or len(sent) > MOST_ACTS:
        return JsonResponse({"detail": _("This is no queue.")}, status=400)
    answers = receive(desk.hostel, sent, device=device, login=desk.login, now=desk.now)
    return JsonResponse(
        {
            "now": desk.now.isoformat(),
            "acts": [answer.as_data() for answer in answers],
            "open": open_clashes(desk.hostel),
        }
    )


@at_the_desk
def sync(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What does not fit, each with both versions and what choosing either does; what was chosen in the last 24 hours;
    and a place in which the script of the page lists what waits on this tablet."""
    return _page(request, desk)


@at_the_desk
@posted()
def settled(request: HttpRequest, desk: Desk, clash: int) -> HttpResponse:
    """Choose one of the two versions, and go back to the page; what is in the way is said there."""
    choice = request.POST.get("choice")
    if choice not in Clash.Choice.values:
        raise SuspiciousOperation("there are two versions")
    found = Clash.objects.filter(pk=clash, act__hostel__in=desk.hostels).first()
    if found is None:
        return no_right(
            request,
            _("No house of yours has such a task."),
            _("What a tablet did is settled at the desk it belongs to."),
            status=404,
        )
    try:
        settle(found, choice, now=desk.now, by=desk.user)
    except Refused as no:
        return _page(request, desk, refused=found.pk, refusal=no, status=409)
    messages.success(request, _("Settled. Both versions stay on record."))
    return redirect(desk.url("desk_sync"))


def _page(request, desk, *, refused=None, refusal=None, status=200):
    rows = Clash.objects.filter(act__hostel=desk.hostel).select_related(
        "act__stay__guest", "act__by__person", "settled_by__person"
    )
    waiting = rows.filter(settled_at=None).order_by("act__happened_at", "pk")
    chosen = rows.filter(settled_at__gt=desk.now - SHOWN_FOR).order_by("-settled_at", "-pk")
    shown = {
        "desk": desk,
        "section": "sync",
        "tasks": [_task(clash) for clash in waiting[:MOST_SHOWN]],
        "chosen": [_task(clash) for clash in chosen[:MOST_SHOWN]],
        "refused": refused,
        "refusal": refusal,
        "acts": [(what, kind_of(what).words) for what in WITHOUT_A_LINE if what in kinds()],
    }
    return render(request, "web/desk/sync.html", shown, status=status)


def _task(clash):
    act = clash.act
    local, online = _version(clash, "local", clash.local), _version(clash, "online", clash.online)
    return Task(
        clash,
        kind_of(act.what).words,
        name_of(act.by),
        [_in_this_language(reason, "sentence_zh", "sentence_en") for reason in clash.reasons],
        (replace(local, is_first=local.can), replace(online, is_first=not local.can)),
        name_of(clash.settled_by) if clash.settled_by else "",
    )


def _version(clash, choice, said):
    proposal = clash.proposals.get(choice, {})
    return Version(
        choice,
        [_in_this_language(line) for line in said.get("lines", [])],
        _in_this_language(proposal.get("text", {})),
        proposal.get("can", False),
        _in_this_language(proposal.get("reason", {})),
    )


def _in_this_language(said, zh="zh", en="en"):
    return said.get(zh if get_language() == CHINESE else en, "")
