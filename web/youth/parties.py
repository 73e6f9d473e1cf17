"""Together: one to three friends are booked along, all or nobody; and the page that says how far everyone's bed is."""

import secrets
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.idempotency import Answer, Write, once, well_formed
from accounts.models import Person
from accounts.reasons import Refused
from bookings.alternatives import CHANGE_OF_BED, WAITLIST
from bookings.models import Party, Stay
from bookings.parties import Member, book_party, cancel_party, friend_named, why_not_cancel
from bookings.wishing import wait
from eligibility.policies import policy_in_force
from hostel.models import Hostel
from hostel.nights import Nights, business_day
from web.posted import key_of
from web.youth import asked
from web.youth.booking import choose_again
from web.youth.passes import OPENS_DOORS, qr_svg
from web.youth.questions import purposes_of
from web.youth.visitor import keep_typed, typed_before

FRIENDS = Party.MOST - 1
ANY, TOGETHER, ALONE = "any", "together", "alone"
ROOMS = [
    (ANY, _("Any beds in this house")),
    (TOGETHER, _("Beds in one room")),
    (ALONE, _("A room to ourselves")),
]
# What is typed again for who had to log in meanwhile; a document's number is nobody's to keep.
KEPT_TYPED = [
    "purpose",
    "room",
    *(f"friend{n}-{name}" for n in range(1, FRIENDS + 1) for name in ("name", "document_kind", "purpose")),
]
# Alternatives that are no link here: nobody changes beds within a party, and who waits sends the form as it stands.
NOT_FOR_ALL = (CHANGE_OF_BED, WAITLIST)


class Friend(forms.Form):
    """One friend: empty, or whole."""

    name = forms.CharField(max_length=60, required=False)
    document_kind = forms.ChoiceField(choices=Person.Document.choices, initial=Person.Document.RESIDENT, required=False)
    document_number = forms.CharField(max_length=40, required=False)
    purpose = forms.CharField(max_length=20, required=False)

    @property
    def is_named(self) -> bool:
        """Whether anything was typed that says who it is."""
        return any(self.data.get(self.add_prefix(name), "").strip() for name in ("name", "document_number"))

    def clean(self):
        said = self.cleaned_data
        if said.get("name") and not said.get("document_number"):
            self.add_error("document_number", gettext("Type the document number"))
        if said.get("document_number") and not said.get("name"):
            self.add_error("name", gettext("Type your friend's name as on the document"))
        return said


class Wish(forms.Form):
    """What all of them have in common."""

    purpose = forms.CharField(max_length=20, error_messages={"required": _("Choose what you come for")})
    room = forms.ChoiceField(choices=ROOMS, initial=ANY, required=False)
    accept_price = forms.BooleanField(required=False)
    friends_know = forms.BooleanField(
        error_messages={"required": _("Ask your friends first, then tick that they know")},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def together_page(request, slug):
    """Name the friends and book for all; who is not known yet says first who they are."""
    now = timezone.now()
    nights = asked.nights(request.GET, business_day(now), longest=60)
    if not request.user.is_authenticated:
        if request.method == "POST":
            keep_typed(request, KEPT_TYPED)
        return redirect_to_login(asked.address(request.path, asked.span(nights)))
    hostel = Hostel.objects.on(nights.arrival).valid_throughout(nights).filter(slug=slug).first()
    if hostel is None:
        raise Http404
    page = TogetherPage(request, hostel, nights, now)
    if request.method == "POST" and asked.are_over(request.GET, business_day(now)):
        return choose_again(request, asked.address(request.path, asked.span(nights)))
    return page.book() if request.method == "POST" and page.known else page.show()


def _of_friend(typed, number):
    prefix = f"friend{number}-"
    return {name.removeprefix(prefix): said for name, said in typed.items() if name.startswith(prefix)}


class TogetherPage:
    """One look at the page: the wish, the friends, and what the house answered."""

    def __init__(self, request, hostel, nights, now):
        self.request, self.hostel, self.nights, self.now = request, hostel, nights, now
        self.person = Person.objects.filter(user=request.user).first()
        self.known = bool(self.person and self.person.gender and self.person.document_hash)
        sent = request.POST if request.method == "POST" else None
        before = typed_before(request)
        self.wish = Wish(sent, initial=before)
        self.friends = [
            Friend(sent, prefix=f"friend{number}", initial=_of_friend(before, number))
            for number in range(1, FRIENDS + 1)
        ]

    def book(self):
        named = [friend for friend in self.friends if friend.is_named]
        is_whole = all([self.wish.is_valid(), *(friend.is_valid() for friend in named)])
        if not named:
            self.friends[0].is_valid()
            self.friends[0].add_error("name", gettext("Name at least one friend"))
        if not is_whole or not named:
            return self.show(status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            if "wait" in self.request.POST:
                return self._wait(named)
            code = self._promise(named)
        except NotNamed as no:
            for reason in no.refused.reasons:
                no.friend.add_error(reason.field or "document_number", str(reason.sentence))
            return self.show(status=HTTPStatus.UNPROCESSABLE_ENTITY)
        except Refused as no:
            return self.show(no=no, status=HTTPStatus.CONFLICT)
        messages.success(self.request, gettext("Everyone has a bed"))
        return redirect("party", code=code)

    def _promise(self, named):
        wish, user = self.wish.cleaned_data, self.request.user

        def do():
            members = [Member(self.person, wish["purpose"])]
            for friend in named:
                members.append(Member(self._found(friend), friend.cleaned_data["purpose"] or wish["purpose"]))
            party = book_party(
                made_by=self.person,
                members=members,
                hostel=self.hostel,
                nights=self.nights,
                together=wish["room"] == TOGETHER,
                alone=wish["room"] == ALONE,
                accept_price=wish["accept_price"],
                now=self.now,
                actor=user,
            )
            return Answer(HTTPStatus.FOUND, {"code": party.code})

        key = key_of(self.request)
        path = f"/book/{self.hostel.slug}/together/{self.nights.arrival}/{self.nights.departure}/"
        return once(Write.of(user, "POST", path, key, {}) if key else None, do, self.now).body["code"]

    def _wait(self, named):
        """Add the wish of all of them to the waiting list of this house: a bed for each, or none is offered."""
        wish, user = self.wish.cleaned_data, self.request.user

        def do():
            waiting = wait(
                guest=self.person,
                members=[self._found(friend) for friend in named],
                hostels=[self.hostel],
                nights=self.nights,
                purpose=wish["purpose"],
                together=wish["room"] == TOGETHER,
                alone=wish["room"] == ALONE,
                accept_price=wish["accept_price"],
                now=self.now,
                actor=user,
            )
            return Answer(HTTPStatus.FOUND, {"code": waiting.code})

        key = key_of(self.request)
        write = Write.of(user, "POST", f"/book/{self.hostel.slug}/together/wait/", key, {}) if key else None
        code = once(write, do, self.now).body["code"]
        messages.success(self.request, gettext("All of you are in line"))
        return redirect("wish", code=code)

    def _found(self, friend):
        said = {name: friend.cleaned_data[name] for name in ("name", "document_kind", "document_number")}
        try:
            return friend_named(**said, now=self.now, actor=self.request.user)
        except Refused as no:
            raise NotNamed(friend, no) from no

    def _key(self):
        key = self.request.POST.get("key", "")
        return key if well_formed(key) else ""

    def show(self, no=None, status=HTTPStatus.OK):
        policy = policy_in_force(self.hostel.network_id, business_day(self.now))
        span = asked.span(self.nights)
        return render(
            self.request,
            "web/youth/together.html",
            {
                "section": "stay",
                "now": self.now,
                "hostel": self.hostel,
                "nights": self.nights,
                "known": self.known,
                "person": self.person,
                "path": asked.address(self.request.path, span),
                "book_href": asked.address(reverse("book", args=[self.hostel.slug]), span),
                "wish": self.wish,
                "friends": self.friends,
                "errors": self._errors(),
                "purposes": purposes_of(policy),
                "documents": Person.Document.choices,
                "rooms": [{"value": value, "label": label} for value, label in ROOMS],
                "room": self.wish["room"].value() or ANY,
                "no": no,
                "others": [self._other(each) for each in no.alternatives if each.kind not in NOT_FOR_ALL] if no else [],
                "may_wait": bool(no) and any(each.kind == WAITLIST for each in no.alternatives),
                "key": (self._key() if status == HTTPStatus.UNPROCESSABLE_ENTITY else "") or secrets.token_urlsafe(16),
            },
            status=status,
        )

    def _errors(self):
        """What is to be mended, in the order of the page: the field's id and the words."""
        forms_on_page = [*self.friends, self.wish]
        bound = [form for form in forms_on_page if form.is_bound and form.errors]
        return [
            {"field": form.add_prefix(name), "words": words}
            for form in bound
            for name in form.fields
            for words in form.errors.get(name, ())
        ]

    def _other(self, alternative):
        nights = Nights(alternative.arrival, alternative.departure)
        href = asked.address(reverse("together", args=[alternative.hostel.slug]), asked.span(nights))
        return {"to": alternative, "nights": nights, "href": href}


class NotNamed(Exception):
    """A friend was not found: `refused` says why, and stands beside the fields of `friend`."""

    def __init__(self, friend: Friend, refused: Refused):
        super().__init__(str(refused))
        self.friend, self.refused = friend, refused


def _own_party(request, code) -> Party:
    """The party of this code, where the reader is in it or made it."""
    mine = Q(stays__guest__user=request.user) | Q(made_by__user=request.user)
    party = Party.objects.filter(mine, code=code.upper()).select_related("made_by").distinct().first()
    if party is None:
        raise Http404
    return party


def _stays(party):
    return list(party.stays.select_related("guest", "hostel").order_by("pk"))


@login_required
@never_cache
@require_safe
def party_page(request, code):
    """Who is in the party, how far everyone's bed is, and the code that finds all of them at the desk."""
    now = timezone.now()
    party = _own_party(request, code)
    stays = _stays(party)
    rows = [{"stay": stay, "state": stay.state(now), "mine": stay.guest.user_id == request.user.pk} for stay in stays]
    opens = any(row["state"] in OPENS_DOORS for row in rows)
    held = [stay for stay in stays if stay.state(now) == Stay.Status.HELD]
    made = party.made_by.user_id == request.user.pk
    return render(
        request,
        "web/youth/party.html",
        {
            "section": "me",
            "now": now,
            "party": party,
            "hostel": stays[0].hostel,
            "nights": stays[0].nights,
            "rows": rows,
            "made": made,
            "held_until": min((stay.held_until for stay in held), default=None),
            "qr": qr_svg(party.code) if opens else "",
            "may_cancel": made and why_not_cancel(stays, now) is None,
        },
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_page(request, code):
    """Say what giving everyone's bed back does, then do it: only for who made the party."""
    now = timezone.now()
    party = _own_party(request, code)
    if party.made_by.user_id != request.user.pk:
        raise Http404
    stays = _stays(party)
    page = {
        "section": "me",
        "now": now,
        "party": party,
        "hostel": stays[0].hostel,
        "nights": stays[0].nights,
        "stays": [stay for stay in stays if why_not_cancel([stay], now) is None],
        "no": why_not_cancel(stays, now),
    }
    if request.method != "POST":
        return render(request, "web/youth/party_cancel.html", page)
    try:
        cancel_party(party, now=now, actor=request.user)
    except Refused as no:
        return render(request, "web/youth/party_cancel.html", page | {"no": no.reasons[0]}, status=HTTPStatus.CONFLICT)
    messages.success(request, gettext("Everyone's bed was given back"))
    return redirect("party", code=party.code)
