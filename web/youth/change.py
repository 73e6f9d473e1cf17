"""Other days for a stay (Y9): longer, shorter, or moved; chosen on the strip of nights around it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.reasons import MET, Refused
from bookings.actions import actions
from bookings.alternatives import CHANGE_OF_BED, SHIFTED, SHORTER, WAITLIST, Alternative
from bookings.availability import Grid
from bookings.changing import change_dates, foreseen_cost, other_bed
from bookings.models import Stay
from hostel.nights import Nights, business_day
from web.youth import asked
from web.youth.booking import choose_again
from web.youth.full import alternative_address
from web.youth.stays import own_stay

# So many nights before the arrival the strip begins, where that is not past.
BEFORE = timedelta(days=4)
# Other nights in the same house: they are chosen on this page, for the stay itself.
HERE = (SHORTER, SHIFTED)
DONE = {
    "longer": _("Done: your stay is longer"),
    "shorter": _("Done: your stay is shorter, and the nights came back to you"),
    "other": _("Done: your stay is on these days now"),
}


@dataclass(frozen=True)
class _Choice:
    """The nights that are chosen, and whether the arrival may be another one."""

    stay: Stay
    nights: Nights
    may_shift: bool
    today: date

    @property
    def kind(self) -> str:
        """What the stay would become: "same", "longer", "shorter", or on "other" days."""
        before = self.stay.nights
        if self.nights == before:
            return "same"
        if self.nights.arrival != before.arrival:
            return "other"
        return "longer" if self.nights.departure > before.departure else "shorter"

    @property
    def difference(self) -> int:
        """By how many nights it would be longer, or shorter."""
        return abs(len(self.nights) - len(self.stay.nights))


def _choice(stay: Stay, query: QueryDict, today: date, may_shift: bool) -> _Choice:
    """Read ``in`` and ``out``; without them it is as it is. Who has come, or waits, changes the departure alone."""
    if "in" not in query and "out" not in query:
        return _Choice(stay, stay.nights, may_shift, today)
    wanted = asked.nights(query, today, asked.FURTHEST.days)
    if may_shift:
        return _Choice(stay, wanted, True, today)
    until = max(wanted.departure, stay.arrival + timedelta(days=1))
    return _Choice(stay, Nights(stay.arrival, until), False, today)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_page(request: HttpRequest, code: str) -> HttpResponse:
    """Choose other nights on the strip, see what that makes of the stay, and do it."""
    now = timezone.now()
    stay = own_stay(request, code)
    doable = actions(stay, now)
    said = request.POST if request.method == "POST" else request.GET
    if request.method == "POST" and doable["shift"].ok and asked.are_over(said, business_day(now)):
        return choose_again(request, request.path)
    choice = _choice(stay, said, business_day(now), doable["shift"].ok)
    no = None
    if request.method == "POST" and choice.kind != "same":
        kind = choice.kind
        try:
            change_dates(
                stay,
                arrival=choice.nights.arrival,
                departure=choice.nights.departure,
                now=now,
                actor=request.user,  # type: ignore[arg-type]  # a login is required
                accept_price="accept_price" in request.POST,
                change_of_bed="change_of_bed" in request.POST,
            )
        except Refused as refused:
            no = refused
        else:
            messages.success(request, str(DONE[kind]))
            return redirect("stay", code=stay.code)
    return _show(request, choice, doable, no, now)


def _show(request, choice, doable, no, now):
    stay = choice.stay
    may = [name for name in ("extend", "shorten", "shift") if doable[name].ok]
    window = _window(choice)
    counts = Grid([stay.hostel], window, now)
    page = {
        "section": "me",
        "now": now,
        "stay": stay,
        "choice": choice,
        "kind": choice.kind,
        "may": may,
        "why_not": doable["shorten"].reason,
        "today": choice.today,
        "days": [_day(choice, night, counts, request.GET) for night in window],
        "picking": choice.may_shift and request.GET.get("pick") == "last",
        "no": no,
        "unmet": [reason for reason in no.reasons if reason.verdict != MET] if no else [],
        "price": _price(choice, now) if may and choice.kind in ("longer", "other") else None,
        "offers_price": no is not None
        and any(reason.fix is not None and reason.fix.kind == "accept_price" for reason in no.reasons),
        "pays": "accept_price" in request.POST,
        "alternatives": list(_alternatives(no, choice, now)) if no else [],
    }
    return render(request, "web/youth/change.html", page, status=HTTPStatus.CONFLICT if no else HTTPStatus.OK)


def _price(choice: _Choice, now: datetime) -> dict | None:
    """What the nights that the stay gets would cost, as the booking page says it; None where they are not to be had."""
    costs = foreseen_cost(choice.stay, choice.nights, now)
    if costs is None:
        return None
    each = [cost for cost in costs if cost]
    return {"nights": len(each), "each": max(costs), "all": sum(costs), "free": len(costs) - len(each)}


def _window(choice: _Choice) -> Nights:
    first = max(choice.today, choice.stay.arrival - BEFORE) if choice.may_shift else choice.stay.arrival
    first = max(first, choice.today - BEFORE)
    last = max(choice.nights.departure, choice.stay.departure) + timedelta(days=3)
    return Nights(first, max(first + timedelta(days=asked.STRIP), last))


def _day(choice: _Choice, night: date, grid: Grid, query: QueryDict) -> dict:
    """A night of the strip: what a tap on it chooses. Where the arrival may change, a first tap picks the first night,
    a second one the last; else a tap picks the last."""
    until = night + timedelta(days=1)
    picking = query.get("pick") == "last" and night >= choice.nights.arrival
    if not choice.may_shift:
        chosen = {"out": until.isoformat(), "in": choice.stay.arrival.isoformat()}
    elif picking:
        chosen = {"in": choice.nights.arrival.isoformat(), "out": until.isoformat()}
    else:
        chosen = {"in": night.isoformat(), "out": until.isoformat(), "pick": "last"}
    path = reverse("stay_change", args=[choice.stay.code])
    return {
        "night": night,
        "free": grid.count(choice.stay.hostel, night, choice.stay.guest.gender).free,
        "own": night in choice.stay.nights,
        "on": night in choice.nights,
        "past": night < choice.today,
        "href": asked.address(path, chosen) + "#nights",
    }


def _is_open(to: Alternative, choice: _Choice) -> bool:
    """Whether ``to`` can be had as it stands. Where the stay is to be on other days it is in one bed; what is booked or
    waited for beside it must not be on its own nights."""
    if choice.kind != "other":
        return True
    own = choice.stay.nights
    if to.kind in HERE:
        return Nights(to.arrival, to.departure) != own
    return to.kind != CHANGE_OF_BED and not (to.arrival < own.departure and own.arrival < to.departure)


def _alternatives(no: Refused, choice: _Choice, now: datetime) -> Iterator[dict]:
    """What can be had instead, as a page shows it. Another bed of the house is named: where nobody was quicker since it
    was found, it is the one that a tap gives."""
    stay = choice.stay
    for to in no.alternatives:
        if not _is_open(to, choice):
            continue
        nights, bed, href = to.nights, None, ""
        if to.kind == CHANGE_OF_BED:
            bed = other_bed(stay, nights, now)
            if bed is None:
                continue
        elif to.kind in HERE:
            href = asked.address(reverse("stay_change", args=[stay.code]), asked.span(nights)) + "#nights"
        else:
            href = alternative_address(to)
        waits = to.kind == WAITLIST
        yield {"to": to, "nights": nights, "bed": bed, "href": href, "here": to.kind in HERE, "waits": waits}
