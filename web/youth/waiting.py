"""The waiting list (Y11): where one stands in line, what is offered, and a wish that is added to it."""

import secrets
from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.idempotency import Answer, Write, once
from accounts.models import Person
from accounts.reasons import Refused
from bookings import reasons
from bookings.alternatives import LAST_CUT_OFF
from bookings.availability import find, nearest_first
from bookings.models import Stay, Waiting
from bookings.offers import accept, decline, last_offer, open_offer
from bookings.wishing import CUT_OFF, include, place_in_line, state_of, switch, wait, with_all, withdraw
from eligibility.policies import policy_in_force
from hostel.models import Hostel
from hostel.nights import Nights, at, business_day
from web.posted import key_of
from web.templatetags.house import hour, moment
from web.youth import asked
from web.youth.booking import choose_again
from web.youth.full import alternative_address
from web.youth.questions import purposes_of

SHOWN = 30
SOME_FREE = 3  # houses with a bed that are shown beside an offer that is over
LONGEST_STAY = 60


def own_wish(request, code: str) -> Waiting:
    """The wish with this code, if it is the reader's own; to others there is none."""
    waiting = with_all().filter(guest__user=request.user, code=code.upper()).first()
    if waiting is None:
        raise Http404
    return waiting


def waits_of(user, now) -> list[tuple[Waiting, str]]:
    """What ``user`` waits for, each with its state."""
    own = Waiting.objects.standing(now).filter(guest__user=user).prefetch_related("hostels")
    return [(waiting, state_of(waiting, now)) for waiting in own]


@login_required
@never_cache
@require_safe
def waitlist(request):
    """What one waits for, and what became of it."""
    now = timezone.now()
    own = with_all().filter(guest__user=request.user).order_by("-made_at", "-pk")[:SHOWN]
    rows = [{"waiting": waiting, "state": state_of(waiting, now)} for waiting in own]
    return render(request, "web/youth/waitlist.html", {"section": "me", "now": now, "rows": rows})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def wish_page(request, code):
    """One wish: its place, what is offered; a POST takes the offer, leaves it, or changes or ends the wish."""
    now = timezone.now()
    waiting = own_wish(request, code)
    if request.method == "POST":
        return _act(request, waiting, now)
    return _show(request, waiting, now)


def _act(request, waiting, now):
    about = {"now": now, "actor": request.user}
    offer = last_offer(waiting)
    try:
        match request.POST.get("act"):
            case "houses":
                chosen = set(request.POST.getlist("also"))
                houses = [house for house, _metres in _houses_for(waiting) if house.slug in chosen]
                if not houses:
                    error = _("Choose at least one house")
                    return _show(request, waiting, now, error=error)
                include(waiting, hostels=houses, **about)
                messages.success(request, _("Saved. Your place in line stays"))
            case "accept" if offer is not None:
                accept(offer, **about)
                stay = offer.stays.filter(guest=waiting.guest).first()
                messages.success(request, _("It is yours. See you soon"))
                return redirect("stay", code=stay.code)
            case "decline" if offer is not None:
                decline(offer, **about)
                messages.success(request, _("It goes to the next in line. You keep your place"))
            case "switch":
                switch(waiting, automatic="automatic" in request.POST, **about)
                messages.success(request, _("Saved"))
            case "withdraw":
                withdraw(waiting, **about)
                messages.success(request, _("You wait for this no more"))
    except Refused as no:
        return _show(request, waiting, now, no)
    return redirect("wish", code=waiting.code)


def _houses_for(waiting):
    """Every house that ``waiting`` could wait for, with its distance in metres from the first that it waits for."""
    first = waiting.hostels.all()[0]
    houses = Hostel.objects.filter(network=first.network_id, access=Hostel.Access.INDIVIDUAL).select_related("network")
    return nearest_first(houses.valid_throughout(waiting.nights), first.position)


def _show(request, waiting, now, no=None, error=""):
    state, last = state_of(waiting, now), last_offer(waiting)
    waits = state in ("waiting", "offered")
    missed = waits and state == "waiting" and last is not None and last.accepted_at is None
    return render(
        request,
        "web/youth/wish.html",
        {
            "section": "me",
            "now": now,
            "waiting": waiting,
            "state": state,
            "people": waiting.guests.count(),
            "before": place_in_line(waiting, now) if waits else None,
            "offer": (offer := open_offer(waiting, now)),
            "offer_until": short_moment(offer.until, now) if offer else "",
            "wait_until": short_moment(waiting.until, now),
            # An offer that was left in good time is not called over.
            "over": last if missed and (last.declined_at is None or last.declined_at >= last.until) else None,
            "free": _free_now(waiting, now) if missed or state == "expired" else [],
            "stay": last.stays.filter(guest=waiting.guest).first() if last is not None and state == "filled" else None,
            "no": no,
            "error": error,
            "houses": _ticked(waiting, error) if waits else [],
        },
        status=HTTPStatus.CONFLICT if no else HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
    )


def _ticked(waiting, error):
    """The houses that can be chosen: each with its distance, and whether it is ticked."""
    chosen = set() if error else {hostel.slug for hostel in waiting.hostels.all()}
    return [(house, metres, house.slug in chosen) for house, metres in _houses_for(waiting)]


def short_moment(then: datetime, now: datetime) -> str:
    """A moment of today by its hour, another with its day."""
    return hour(then) if timezone.localtime(then).date() == timezone.localtime(now).date() else moment(then)


def _free_now(waiting, now):
    """The nearest houses that have a bed on these nights, as far as they lie ahead."""
    today = business_day(now)
    if waiting.departure <= today:
        return []
    nights = Nights(max(waiting.arrival, today), waiting.departure)
    first = waiting.hostels.all()[0]
    houses = Hostel.objects.filter(network=first.network_id, access=Hostel.Access.INDIVIDUAL).select_related("network")
    found = find(houses.valid_throughout(nights), nights, now, waiting.guest.gender, near=first.position, shown=1)
    return [
        {
            "hostel": each.hostel,
            "free": each.free,
            "href": asked.address(reverse("book", args=[each.hostel.slug]), asked.span(nights)),
        }
        for each in found
        if each.free
    ][:SOME_FREE]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_page(request):
    """Add a wish: the house that is full, others that would do as well, and what shall happen when a bed comes free."""
    now = timezone.now()
    query = request.POST if request.method == "POST" else request.GET
    nights = asked.nights(query, business_day(now), longest=LONGEST_STAY)
    hostel = (
        Hostel.objects.valid_throughout(nights)
        .select_related("network")
        .filter(slug=query.get("hostel", "")[:50])
        .first()
    )
    if hostel is None:
        raise Http404
    if request.method == "POST" and asked.are_over(query, business_day(now)):
        return choose_again(request, asked.address(request.path, {"hostel": hostel.slug}, asked.span(nights)))
    page = NewWish(request, hostel, nights, now)
    return page.join() if request.method == "POST" else page.show()


class NewWish:
    """One look at the form: the house and nights asked for, and what was ticked."""

    def __init__(self, request, hostel, nights, now):
        self.request, self.hostel, self.nights, self.now = request, hostel, nights, now
        houses = Hostel.objects.filter(network=hostel.network_id, access=Hostel.Access.INDIVIDUAL)
        houses = houses.valid_throughout(nights).select_related("network").exclude(pk=hostel.pk)
        self.others = nearest_first(houses, hostel.position)
        self.policy = policy_in_force(hostel.network_id, business_day(now))
        self.said = request.POST if request.method == "POST" else request.GET
        self.purposes = purposes_of(self.policy)
        self.chosen = set(self.said.getlist("also"))

    def show(self, no=None, status=HTTPStatus.OK, error=""):
        """The form; with ``no`` what the house answered, with ``error`` what is still to be chosen."""
        cut_off = at(self.nights.arrival, CUT_OFF)
        return render(
            self.request,
            "web/youth/wish_new.html",
            {
                "section": "stay",
                "now": self.now,
                "hostel": self.hostel,
                "nights": self.nights,
                "others": [(house, metres, house.slug in self.chosen) for house, metres in self.others],
                "purposes": self.purposes,
                "purpose": self.said.get("purpose") or self._last_purpose(),
                "said": self.said,
                "cut_off": short_moment(
                    cut_off if self.now < cut_off else at(self.nights.arrival, LAST_CUT_OFF), self.now
                ),
                "alternatives": [(each, alternative_address(each)) for each in (no.alternatives if no else ())],
                "no": no,
                "error": error,
                "key": self.said.get("key") or secrets.token_urlsafe(16),
                "search_href": asked.address(reverse("home"), asked.span(self.nights)),
            },
            status=status,
        )

    def _last_purpose(self):
        """What the reader came for the last time, where one may still come for it: shown, and changed with one tap."""
        if self.request.method == "POST":
            return ""
        own = Stay.objects.of(self.request.user).exclude(purpose="").order_by("-booked_at", "-pk")
        last = own.values_list("purpose", flat=True).first()
        return last if last in {each["value"] for each in self.purposes} else ""

    def join(self):
        """Add the wish; sent twice with one key it is added once."""
        purpose = self.said.get("purpose", "")
        if purpose not in {each["value"] for each in self.purposes}:
            return self.show(status=HTTPStatus.UNPROCESSABLE_ENTITY, error=_("Choose what you come for"))
        also = [house for house, _metres in self.others if house.slug in self.chosen]
        key = key_of(self.request)
        write = Write.of(self.request.user, "POST", self.request.path, key, {}) if key else None

        def do():
            person = Person.objects.filter(user=self.request.user).first()
            if person is None:
                raise Refused(reasons.identity_missing(self.hostel.slug, self.nights))
            waiting = wait(
                guest=person,
                hostels=[self.hostel, *also],
                nights=self.nights,
                purpose=purpose,
                split="split" in self.said,
                automatic="automatic" in self.said,
                accept_price="accept_price" in self.said,
                now=self.now,
                actor=self.request.user,
            )
            return Answer(HTTPStatus.FOUND, {"code": waiting.code})

        try:
            code = once(write, do, self.now).body["code"]
        except Refused as no:
            return self.show(no, HTTPStatus.CONFLICT)
        messages.success(self.request, _("You are in line"))
        return redirect("wish", code=code)
