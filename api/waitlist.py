"""The waiting list: wait for a bed, take what is offered, leave it, withdraw; an officer moves somebody up."""

from datetime import datetime

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from accounts.models import Person, User
from accounts.reasons import Refused
from accounts.record import record
from accounts.roles import is_officer
from api import problems
from api.door import Door
from api.fields import Choice, Day, Moment, nights_of
from api.hostels import HostelNameSerializer
from api.me import person_of
from api.once import write_once
from api.pages import Pages
from api.refusals import unknown_field
from api.stays import MOST_NIGHTS, NothingSerializer
from bookings import reasons
from bookings.models import Party, Waiting
from bookings.offers import accept, decline, last_offer, open_offer
from bookings.parties import friend_named
from bookings.wishing import include, move_up, place_in_line, state_of, switch, wait, with_all, withdraw
from hostel.models import Hostel, Need
from hostel.nights import business_day

STATES = ["waiting", "offered", "filled", "withdrawn", "expired"]
LONGEST = 200


class OfferSerializer(serializers.Serializer):
    """Beds that are held for the wish alone."""

    hostel = HostelNameSerializer()
    arrival = serializers.DateField()
    departure = serializers.DateField()
    made_at = serializers.DateTimeField()
    until = serializers.DateTimeField(help_text="Until then they are yours to take.")
    stays = serializers.SerializerMethodField(help_text="The codes of the stays that are held.")

    def get_stays(self, offer) -> list[str]:
        return [stay.code for stay in offer.stays.order_by("pk")]


class WaitingSerializer(serializers.Serializer):
    """A wish that waits. The context says at which moment (``now``) to speak."""

    code = serializers.CharField()
    status = serializers.SerializerMethodField()
    hostels = HostelNameSerializer(many=True)
    arrival = serializers.DateField()
    departure = serializers.DateField()
    purpose = serializers.CharField()
    people = serializers.SerializerMethodField(help_text="How many it is for.")
    split = serializers.BooleanField()
    automatic = serializers.BooleanField()
    together = serializers.BooleanField()
    alone = serializers.BooleanField()
    needs = serializers.ListField(child=serializers.CharField())
    until = serializers.DateTimeField(help_text="After this moment it no longer waits.")
    made_at = serializers.DateTimeField()
    before = serializers.SerializerMethodField(
        help_text="How many wishes are before it for the same houses and nights; null where it waits no more."
    )
    moved_up = serializers.SerializerMethodField(help_text="Whether an officer moved it up, for a reason on record.")
    offer = serializers.SerializerMethodField(help_text="What can be taken now.")

    @extend_schema_field(serializers.ChoiceField(STATES))
    def get_status(self, waiting):
        return state_of(waiting, self.context["now"])

    def get_people(self, waiting) -> int:
        return waiting.guests.count()

    def get_before(self, waiting) -> int | None:
        now = self.context["now"]
        return place_in_line(waiting, now) if state_of(waiting, now) in ("waiting", "offered") else None

    def get_moved_up(self, waiting) -> bool:
        return waiting.moved_up > 0

    @extend_schema_field(OfferSerializer(allow_null=True))
    def get_offer(self, waiting):
        offer = open_offer(waiting, self.context["now"])
        return OfferSerializer(offer).data if offer else None


class FriendRequest(serializers.Serializer):
    """A friend, by the name and the number of their document."""

    name = serializers.CharField(max_length=60)
    document_kind = Choice(Person.Document.choices)
    document_number = serializers.CharField(max_length=40)


class WishRequest(serializers.Serializer):
    """A wish for beds that are all taken."""

    hostels = serializers.ListField(
        child=serializers.SlugField(max_length=50),
        required=False,
        max_length=50,
        help_text="Any one of these will do; without it, any house of the network.",
    )
    arrival = Day()
    departure = Day()
    purpose = serializers.CharField(max_length=20, help_text="One of the policy's purposes: `interview`, `exam`, …")
    friends = FriendRequest(many=True, required=False, max_length=Party.MOST - 1)  # type: ignore[call-arg]
    friends_know = serializers.BooleanField(
        default=False, help_text="Must be true with friends: they know that you give their details."
    )
    split = serializers.BooleanField(default=False, help_text="Take the longest run of the nights rather than none.")
    automatic = serializers.BooleanField(default=False, help_text="Book it at once; else it is offered for a time.")
    until = Moment(required=False, help_text="Without it: 21:00 of the day of arrival.")
    together = serializers.BooleanField(default=False, help_text="Friends in one room.")
    alone = serializers.BooleanField(default=False, help_text="In a room with nobody else.")
    needs = serializers.ListField(child=Choice(Need.choices), required=False, max_length=len(Need.values))
    accept_price = serializers.BooleanField(default=False, help_text="Take nights that are not free at their price.")

    def validate(self, sent):
        if sent.get("friends") and not sent.pop("friends_know"):
            still = str(_("Ask your friends first: they must know that you give their details."))
            raise serializers.ValidationError({"friends_know": still})
        sent.pop("friends_know", None)
        return {"nights": nights_of(sent.pop("arrival"), sent.pop("departure"), MOST_NIGHTS), **sent}


class WishChange(serializers.Serializer):
    """What is to change of a wish; its place in line stays."""

    hostels = serializers.ListField(
        child=serializers.SlugField(max_length=50),
        required=False,
        min_length=1,
        max_length=50,
        help_text="From now on any one of these will do, and no other.",
    )
    automatic = serializers.BooleanField(required=False, help_text="Book it at once; else it is offered for a time.")


class PlaceRequest(serializers.Serializer):
    """Why somebody is moved to the head of the line."""

    because = serializers.CharField(max_length=LONGEST)


def in_words(waiting: Waiting, now: datetime) -> dict:
    """The wish as JSON values."""
    return WaitingSerializer(waiting, context={"now": now}).data


def own_wish(user: User, code: str, now: datetime) -> Waiting:
    """The user's wish of this code; 404 for what they may not know of, 403 for what they may only see."""
    waiting = get_object_or_404(with_all(), code=code.upper())
    if waiting.guest.user_id == user.pk:
        return waiting
    if is_officer(user, waiting.hostels.all()[0].network, business_day(now)):
        raise PermissionDenied
    raise Http404


def _houses(slugs, nights):
    """The houses that are meant; every house of the first network there is that takes guests, where none is named."""
    open_houses = Hostel.objects.valid_throughout(nights).select_related("network")
    if slugs is None:
        found = list(open_houses.filter(access=Hostel.Access.INDIVIDUAL).order_by("network", "slug"))
        return [house for house in found if house.network_id == found[0].network_id]
    found = {house.slug: house for house in open_houses.filter(slug__in=slugs)}
    if not slugs or set(slugs) - set(found):
        raise unknown_field("hostels", _("There is no such hostel."))
    if len({house.network_id for house in found.values()}) > 1:
        raise unknown_field("hostels", _("Choose houses of one network."))
    return [found[slug] for slug in dict.fromkeys(slugs)]


class Waitlist(Door):
    """Own wishes."""

    serializer_class = WaitingSerializer
    pagination_class = Pages
    refuses = ("POST",)
    refusal = problems.REFUSED

    @extend_schema(operation_id="list_waitlist", tags=["waitlist"], summary="Own wishes, the latest first")
    def get(self, request):
        own = with_all().filter(guest__user=request.user).order_by("-made_at", "-pk")
        page = self.paginate_queryset(own)
        words = WaitingSerializer(page, many=True, context={"now": timezone.now()})
        return self.get_paginated_response(words.data)

    @extend_schema(
        operation_id="join_waitlist",
        tags=["waitlist"],
        summary="Wait for beds that are all taken",
        request=WishRequest,
        responses={201: WaitingSerializer},
        examples=[
            OpenApiExample(
                "Either house, booked at once",
                {
                    "hostels": ["baodaiqiao", "shihu"],
                    "arrival": "2026-03-06",
                    "departure": "2026-03-08",
                    "purpose": "interview",
                    "automatic": True,
                },
                request_only=True,
            )
        ],
    )
    def post(self, request):
        now = timezone.now()
        body = WishRequest(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        houses = _houses(said.pop("hostels", None), said["nights"])
        friends = said.pop("friends", [])

        def do():
            person = person_of(request.user)
            if person is None or not houses:
                raise Refused(reasons.identity_missing(houses[0].slug if houses else "", said["nights"]))
            members = [friend_named(**friend, now=now, actor=request.user) for friend in friends]
            waiting = wait(guest=person, hostels=houses, members=members, now=now, actor=request.user, **said)
            return in_words(with_all().get(pk=waiting.pk), now)

        return write_once(request, do, now=now, status=201)


class WaitlistDetail(Door):
    """One wish."""

    serializer_class = WaitingSerializer
    rights = True
    refuses = ("PATCH", "DELETE")
    refusal = problems.REFUSED

    @extend_schema(
        operation_id="get_wish", tags=["waitlist"], summary="One wish: its place in line, and what is offered"
    )
    def get(self, request, code):
        now = timezone.now()
        waiting = get_object_or_404(with_all(), code=code.upper())
        if waiting.guest.user_id != request.user.pk:
            if not is_officer(request.user, waiting.hostels.all()[0].network, business_day(now)):
                raise Http404
            record("see_wish", now=now, actor=request.user, person=waiting.guest, about=waiting.code)
        return Response(in_words(waiting, now))

    @extend_schema(
        operation_id="change_wish",
        tags=["waitlist"],
        summary="Wait for other houses, or have what comes free booked at once: the place stays",
        request=WishChange,
        responses={200: WaitingSerializer},
    )
    def patch(self, request, code):
        now = timezone.now()
        waiting = own_wish(request.user, code, now)
        body = WishChange(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        houses = _houses(said["hostels"], waiting.nights) if "hostels" in said else []
        if any(house.network_id != waiting.hostels.all()[0].network_id for house in houses):
            raise unknown_field("hostels", _("Choose houses of one network."))

        def do():
            if "automatic" in said:
                switch(waiting, automatic=said["automatic"], now=now, actor=request.user)
            if houses:
                include(waiting, hostels=houses, now=now, actor=request.user)
            return in_words(with_all().get(pk=waiting.pk), now)

        return write_once(request, do, now=now)

    @extend_schema(
        operation_id="leave_waitlist",
        tags=["waitlist"],
        summary="Wait no longer",
        request=None,
        responses={200: WaitingSerializer},
    )
    def delete(self, request, code):
        now = timezone.now()
        waiting = own_wish(request.user, code, now)

        def do():
            withdraw(waiting, now=now, actor=request.user)
            return in_words(with_all().get(pk=waiting.pk), now)

        return write_once(request, do, now=now)


class OfferAct(Door):
    """An answer to the last offer of a wish."""

    serializer_class = WaitingSerializer
    rights = True
    refuses = ("POST",)
    refusal = problems.REFUSED

    def answer(self, request, code, verb):
        now = timezone.now()
        waiting = own_wish(request.user, code, now)
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        offer = last_offer(waiting)
        if offer is None:
            raise Http404

        def do():
            verb(offer, now=now, actor=request.user)
            return in_words(with_all().get(pk=waiting.pk), now)

        return write_once(request, do, now=now)


class Acceptance(OfferAct):
    @extend_schema(
        operation_id="accept_offer",
        tags=["waitlist"],
        summary="Take what is offered",
        request=NothingSerializer,
        responses={200: WaitingSerializer},
    )
    def post(self, request, code):
        return self.answer(request, code, accept)


class Declining(OfferAct):
    @extend_schema(
        operation_id="decline_offer",
        tags=["waitlist"],
        summary="Leave what is offered to the next: the wish keeps its place",
        request=NothingSerializer,
        responses={200: WaitingSerializer},
    )
    def post(self, request, code):
        return self.answer(request, code, decline)


class PlaceInLine(Door):
    """The place of a wish in line."""

    serializer_class = WaitingSerializer
    rights = True
    refuses = ("POST",)

    @extend_schema(
        operation_id="move_up",
        tags=["waitlist"],
        summary="Move a wish to the head of the line, with a reason: for officers",
        request=PlaceRequest,
        responses={200: WaitingSerializer},
    )
    def post(self, request, code):
        now = timezone.now()
        waiting = get_object_or_404(with_all(), code=code.upper())
        if not is_officer(request.user, waiting.hostels.all()[0].network, business_day(now)):
            if waiting.guest.user_id == request.user.pk:
                raise PermissionDenied
            raise Http404
        body = PlaceRequest(data=request.data)
        body.is_valid(raise_exception=True)

        def do():
            move_up(waiting, because=body.validated_data["because"], now=now, actor=request.user)
            return in_words(with_all().get(pk=waiting.pk), now)

        return write_once(request, do, now=now)
