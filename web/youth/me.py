"""Me (Y12): what I have, what is left, who I am here, and how pages look to me."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.documents import mask
from accounts.models import Person
from accounts.phones import mask_phone
from accounts.reasons import Refused
from accounts.roles import staff_doors
from bookings.allowance import allowance_of
from bookings.models import Stay
from bookings.proving import still_wanted
from eligibility.facts import facts_of_visitor
from eligibility.policies import policy_in_force
from eligibility.questions import questions_about
from hostel.models import Network
from hostel.nights import business_day
from web.templatetags.house import SETTINGS
from web.youth.questions import given
from web.youth.reviews import questions_of
from web.youth.waiting import waits_of

A_YEAR = 365 * 24 * 60 * 60
PAST_SHOWN = 50


@login_required
@never_cache
@require_safe
def me(request):
    """The stays to come and those that were, the nights left, and what is known of the reader."""
    now = timezone.now()
    person = Person.objects.filter(user=request.user).first()
    network = Network.objects.filter(hostels__isnull=False).select_related("parent").order_by("pk").first()
    rows = Stay.objects.of(request.user).select_related("hostel").order_by("-arrival", "-pk")[:PAST_SHOWN]
    stays = [{"stay": stay, "state": stay.state(now)} for stay in rows]
    current = [row for row in stays if row["state"] in ("held", "confirmed", "in_house")]
    return render(
        request,
        "web/youth/me.html",
        {
            "section": "me",
            "now": now,
            "person": person,
            "doors": staff_doors(request.user, business_day(now)),
            "phone": mask_phone(request.user.phone),
            "document": mask(person.document) if person and person.document else "",
            "current": sorted(current, key=lambda row: row["stay"].arrival),
            "past": [row for row in stays if row not in current],
            "questions": questions_of(request.user, now),
            "waits": waits_of(request.user, now),
            "batches": request.user.batches.standing(business_day(now)).select_related("hostel").order_by("arrival"),
            "wanted": still_wanted(request.user, now),
            "given": _given(person, network, now),
            "caps": _caps(person, network, now),
        },
    )


def _given(person, network, now):
    """What the rules in force ask of everybody, and what ``person`` answered; nothing where no rules are in force."""
    if network is None:
        return []
    try:
        policy = policy_in_force(network, business_day(now))
    except Refused:
        return []
    return given(person, questions_about(policy, facts_of_visitor(now, network=network.slug)))


def _caps(person, network, now):
    """Each cap; none where no rules are in force."""
    if network is None:
        return []
    try:
        return allowance_of(person, network, now)
    except Refused:
        return []


@require_http_methods(["GET", "HEAD", "POST"])
def page_settings(request):
    """Text size and colours, kept in this browser; for somebody logged in, also the language letters are written in."""
    if request.method != "POST":
        return render(request, "web/youth/settings.html", {"back": request.GET.get("back", "")})
    language = request.POST.get("language", "")
    if language in ("zh-hans", "en") and request.user.is_authenticated and request.user.language != language:
        request.user.language = language
        request.user.save(update_fields=["language"])
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, None):
        back = ""
    response = HttpResponseRedirect(back) if back else redirect(reverse("page_settings"))
    for name, values in SETTINGS.items():
        chosen = request.POST.get(name, "")
        if chosen in values:
            response.set_cookie(name, chosen, max_age=A_YEAR, samesite="Lax", httponly=True)
        elif name in request.POST:
            response.delete_cookie(name)
    return response
