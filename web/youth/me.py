"""Me (Y12): what I have, what is to do, what was written to me, who I am here, and how pages look to me."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import letters, messenger
from accounts.documents import mask
from accounts.models import Person
from accounts.phones import mask_phone
from accounts.reasons import CHINESE, ENGLISH, Refused
from accounts.roles import staff_doors
from bookings.allowance import allowance_of
from bookings.models import Stay
from bookings.offers import open_offer
from bookings.proving import still_wanted
from bookings.reminding import is_asked
from eligibility.facts import facts_of_visitor
from eligibility.models import Review
from eligibility.policies import policy_in_force
from eligibility.questions import questions_about
from hostel.models import Network
from hostel.nights import business_day
from web.templatetags.house import moment, span
from web.youth.questions import given
from web.youth.reviews import questions_of
from web.youth.stays import shown_state
from web.youth.waiting import short_moment, waits_of

PAST_SHOWN = 50
LETTERS_SHOWN, LETTERS_ON_A_PAGE = 3, 30
ANSWERED_LATELY = timedelta(days=3)  # so long an answer is something to see to


@dataclass(frozen=True)
class ToDo:
    """One thing that waits for the reader: in a few words, until when, and where it is done."""

    name: str  # of the line, for tests
    icon: str
    text: str
    about: str
    href: str
    by: datetime | None = None
    nights: str = ""


@login_required
@never_cache
@require_safe
def me(request):
    """What is to do, stays to come and past, the nights left, what was written, and what is known of the reader."""
    now = timezone.now()
    person = Person.objects.filter(user=request.user).first()
    network = Network.objects.filter(hostels__isnull=False).select_related("parent").order_by("pk").first()
    rows = Stay.objects.of(request.user).select_related("hostel").order_by("-arrival", "-pk")[:PAST_SHOWN]
    stays = [{"stay": stay, "state": stay.state(now), "shown": shown_state(stay, now)} for stay in rows]
    current = [row for row in stays if row["state"] in ("held", "confirmed", "in_house")]
    questions, waits = questions_of(request.user, now), waits_of(request.user, now)
    inbox = letters.inbox(request.user, now)
    unread = inbox.filter(read_at=None).count()
    latest = list(inbox[: max(LETTERS_SHOWN, min(unread, LETTERS_ON_A_PAGE)) + 1])
    shown = latest[: max(LETTERS_SHOWN, min(unread, LETTERS_ON_A_PAGE))]
    response = render(
        request,
        "web/youth/me.html",
        {
            "section": "me",
            "now": now,
            "person": person,
            "to_do": [
                *_of_wishes(waits, now),
                *_of_stays(current, now),
                *_of_decisions(still_wanted(request.user, now), questions, now),
                *_of_letters(unread),
            ],
            "doors": staff_doors(request.user, business_day(now)),
            "phone": mask_phone(request.user.phone),
            "document": mask(person.document) if person and person.document else "",
            "current": sorted(current, key=lambda row: row["stay"].arrival),
            "past": [row for row in stays if row not in current],
            "questions": questions,
            "waits": waits,
            "letters": _in_words(shown),
            "more_letters": len(latest) > len(shown),
            "consents": [
                (each.get_purpose_display(), timezone.localtime(each.given_at).date())
                for each in request.user.consents.filter(withdrawn_at=None).order_by("given_at", "pk")
            ],
            "asks_messenger": messenger.can_have_letters(request.user) and not messenger.wants_letters(request.user),
            "batches": request.user.batches.standing(business_day(now)).select_related("hostel").order_by("arrival"),
            "given": _given(person, network, now),
            "caps": _caps(person, network, now),
        },
    )
    return _read(request, response, shown, now)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letters_page(request):
    """Everything that was written to the reader, the latest first; a POST has it sent to the messenger from now on."""
    now = timezone.now()
    if request.method == "POST":
        if messenger.can_have_letters(request.user):
            messenger.agree_to_letters(request.user, now)
            messages.success(request, _("From now on letters come to the messenger"))
        return redirect("me")
    shown = list(letters.inbox(request.user, now)[:LETTERS_ON_A_PAGE])
    response = render(request, "web/youth/letters.html", {"section": "me", "now": now, "letters": _in_words(shown)})
    return _read(request, response, shown, now)


def _read(request, response, shown, now):
    """What a page has shown is read; not what somebody only asked the length of."""
    if request.method == "GET":
        letters.shown(shown, now)
    return response


def _in_words(found):
    """The letters ``found`` as rows for `web/youth/_letters.html`."""
    english = (get_language() or "").startswith("en")
    rows = []
    for letter in found:
        text, path = letters.words(letter, ENGLISH if english else CHINESE)
        href = f"/en{path}" if path and english else path
        rows.append({"text": text, "href": href, "at": letter.written_at, "unread": letter.read_at is None})
    return rows


def _of_wishes(waits, now):
    """What is offered to the reader, the first to end first."""
    found = []
    for waiting, state in waits:
        if state != "offered" or (offer := open_offer(waiting, now)) is None:
            continue
        text = _("A room is yours. Tap before %(until)s") % {"until": short_moment(offer.until, now)}
        nights, href = span(offer.nights, now), reverse("wish", args=[waiting.code])
        found.append(ToDo("y12-offer", "bed", text, offer.hostel.name, href, offer.until, nights))
    return sorted(found, key=lambda each: each.by)


def _of_stays(current, now):
    """What a bed that is kept waits for from the reader, the first to end first."""
    found = []
    for row in current:
        stay = row["stay"]
        about, nights, link = stay.hostel.name, span(stay.nights, now), reverse("stay", args=[stay.code])
        until = {"moment": short_moment(stay.held_until, now)} if stay.held_until else {}
        if row["state"] == "held" and stay.awaits == Stay.Awaits.PROOF:
            text = _("Add what is missing by %(moment)s") % until
            found.append(ToDo("y12-proof", "camera", text, about, link, stay.held_until, nights))
        elif row["state"] == "held" and not stay.awaits:
            text = _("Confirm the booking by %(moment)s") % until
            found.append(ToDo("y12-confirm", "clock", text, about, link, stay.held_until, nights))
        elif is_asked(stay, now):
            text = _("Still coming tonight? Say so by %(moment)s") % {"moment": short_moment(stay.kept_until, now)}
            href = reverse("stay_coming", args=[stay.code])
            found.append(ToDo("y12-coming", "moon", text, about, href, stay.kept_until, nights))
    return sorted(found, key=lambda each: each.by)


def _of_decisions(wanted, questions, now):
    """A proof that a decision without a stay waits for, and what a person has answered lately."""
    if wanted is not None:
        about = _("Decision %(code)s of %(moment)s") % {"code": wanted.code, "moment": moment(wanted.made_at)}
        text = _("Your answers fit; a proof is still needed")
        yield ToDo("y12-wanted", "camera", text, about, reverse("decision_evidence", args=[wanted.code]))
    for asked in questions:
        lately = asked.decided_at is not None and asked.decided_at > now - ANSWERED_LATELY
        if asked.decision == Review.Decision.WITHDRAWN:
            continue
        if lately or asked.decision == Review.Decision.SENT_BACK:
            about = f"{asked.get_kind_display()} · {asked.get_decision_display()}"
            yield ToDo("y12-answered", "people", _("You have an answer"), about, reverse("review", args=[asked.pk]))


def _of_letters(unread):
    if unread:
        text = ngettext("%(number)s letter that you have not read", "%(number)s letters that you have not read", unread)
        yield ToDo("y12-unread", "chat", text % {"number": unread}, "", "#letters")


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
