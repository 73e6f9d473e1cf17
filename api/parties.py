"""Parties: friends who travel together. Who books names them by name and document; each sees their own stay."""

from datetime import datetime

from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from accounts.models import Person, User
from accounts.reasons import Refused
from accounts.roles import Right, may
from api import problems
from api.door import Door
from api.fields import Choice, Day, nights_of
from api.hostels import HostelNameSerializer
from api.me import person_of
from api.named import hostel_called
from api.once import write_once
from api.stays import MOST_NIGHTS, ActionSerializer, NothingSerializer
from bookings import reasons
from bookings.models import Party, Stay
from bookings.parties import Member, book_party, cancel_party, friend_named, why_not_cancel
from hostel.models import Need
from hostel.nights import Nights, business_day


class MemberRequest(serializers.Serializer):
    """Yourself (`me`), or a friend by the name and the number of their document."""

    me = serializers.BooleanField(default=False)
    name = serializers.CharField(max_length=60, required=False)
    document_kind = Choice(Person.Document.choices, required=False)
    document_number = serializers.CharField(max_length=40, required=False)
    purpose = serializers.CharField(max_length=20, required=False, help_text="Where it is not that of the others.")
    needs = serializers.ListField(child=Choice(Need.choices), required=False, max_length=len(Need.values))

    def validate(self, sent):
        if not sent["me"]:
            named = ("name", "document_kind", "document_number")
            if missing := [field for field in named if not sent.get(field)]:
                still = str(_("Name a friend by name, kind and number of the document."))
                raise serializers.ValidationError(dict.fromkeys(missing, still))
        return sent


class PartyRequest(serializers.Serializer):
    """Beds for two to four who travel together: all get one, or nobody does."""

    hostel = serializers.SlugField(max_length=50)
    arrival = Day()
    departure = Day()
    purpose = serializers.CharField(max_length=20, help_text="One of the policy's purposes: `interview`, `exam`, …")
    members = MemberRequest(many=True, min_length=2, max_length=Party.MOST)  # type: ignore[call-arg]
    together = serializers.BooleanField(default=False, help_text="In one room.")
    alone = serializers.BooleanField(
        default=False, help_text="In a room with nobody else: the only way for women and men to share one."
    )
    accept_price = serializers.BooleanField(default=False, help_text="Take nights that are not free at their price.")
    friends_know = serializers.BooleanField(help_text="Must be true: your friends know that you give their details.")

    def validate_friends_know(self, said):
        if not said:
            raise serializers.ValidationError(_("Ask your friends first: they must know that you give their details."))
        return said

    def validate_members(self, members):
        if [each["me"] for each in members].count(True) != 1:
            raise serializers.ValidationError(_("One of them is you: exactly one has me: true."))
        return members

    def validate(self, sent):
        nights = nights_of(sent.pop("arrival"), sent.pop("departure"), MOST_NIGHTS)
        return {"slug": sent.pop("hostel"), "nights": nights, **sent}


class PartyStaySerializer(serializers.Serializer):
    code = serializers.CharField()
    guest = serializers.CharField(source="guest.masked_name", help_text="The first character of the name, then stars.")
    mine = serializers.SerializerMethodField(help_text="Whether it is the stay of who asks.")
    status = serializers.SerializerMethodField()
    awaits = serializers.ChoiceField(Stay.Awaits.choices, allow_blank=True)
    held_until = serializers.DateTimeField(allow_null=True)
    kept_until = serializers.DateTimeField()

    def get_mine(self, stay) -> bool:
        return stay.guest.user_id == self.context["user"].pk

    @extend_schema_field(serializers.ChoiceField(Stay.Status.choices))
    def get_status(self, stay):
        return stay.state(self.context["now"])


class PartyActionsSerializer(serializers.Serializer):
    cancel = ActionSerializer()


class PartySerializer(serializers.Serializer):
    """A party: its code finds all of its stays at the desk. The context brings ``user``, ``now`` and the stays."""

    code = serializers.CharField()
    made_at = serializers.DateTimeField()
    together = serializers.BooleanField()
    alone = serializers.BooleanField()
    hostel = HostelNameSerializer()
    arrival = serializers.DateField()
    departure = serializers.DateField()
    stays = PartyStaySerializer(many=True)
    actions = PartyActionsSerializer()


def in_words(party: Party, user: User, now: datetime) -> dict:
    """The party as JSON values; two statements."""
    stays = list(party.stays.select_related("guest", "hostel").order_by("pk"))
    no = why_not_cancel(stays, now)
    values = {
        "code": party.code,
        "made_at": party.made_at,
        "together": party.together,
        "alone": party.alone,
        "hostel": stays[0].hostel,
        "arrival": stays[0].arrival,
        "departure": stays[0].departure,
        "stays": stays,
        "actions": {"cancel": {"ok": no is None, "reason": no.as_data() if no else None}},
    }
    return PartySerializer(values, context={"user": user, "now": now}).data


class Parties(Door):
    """Parties that somebody makes."""

    serializer_class = PartySerializer
    refuses = ("POST",)
    refusal = problems.REFUSED

    @extend_schema(
        operation_id="book_party",
        tags=["parties"],
        summary="Book beds for two to four friends: all get one, or nobody does",
        request=PartyRequest,
        responses={201: PartySerializer},
        examples=[
            OpenApiExample(
                "Two friends",
                {
                    "hostel": "baodaiqiao",
                    "arrival": "2026-03-06",
                    "departure": "2026-03-08",
                    "purpose": "job_fair",
                    "members": [
                        {"me": True},
                        {"name": "陈一舟", "document_kind": "resident", "document_number": "340102200205060036"},
                    ],
                    "friends_know": True,
                },
                request_only=True,
            )
        ],
    )
    def post(self, request):
        wish = PartyRequest(data=request.data)
        wish.is_valid(raise_exception=True)
        now, user, said = timezone.now(), request.user, wish.validated_data

        def do():
            hostel = hostel_called(said["slug"])
            party = book_party(
                made_by=_who(user, said["slug"], said["nights"]),
                members=[_member(each, said, user, now) for each in said["members"]],
                hostel=hostel,
                nights=said["nights"],
                together=said["together"],
                alone=said["alone"],
                accept_price=said["accept_price"],
                now=now,
                actor=user,
            )
            return in_words(party, user, now)

        return write_once(request, do, now=now, status=201)


def _who(user: User, slug: str, nights: Nights) -> Person:
    person = person_of(user)
    if person is None:
        raise Refused(reasons.identity_missing(slug, nights))
    return person


def _member(named, wish, user, now):
    if named["me"]:
        person = _who(user, wish["slug"], wish["nights"])
    else:
        names = ("name", "document_kind", "document_number")
        person = friend_named(**{name: named[name] for name in names}, now=now, actor=user)
    return Member(person, named.get("purpose") or wish["purpose"], frozenset(named.get("needs", ())))


def seen_by(user: User, code: str, now: datetime) -> Party:
    """The party of this code for those who are in it, or work in its house; 404 for everybody else."""
    stays = Stay.objects.filter(party__code=code.upper()).select_related("party", "hostel")
    own = stays.filter(Q(guest__user=user) | Q(party__made_by__user=user)).first()
    stay = own or stays.first()
    if stay is None or stay.party is None:
        raise Http404
    if own is None and not may(user, Right.SEE_HOUSE_STAYS, stay.hostel, business_day(now)):
        raise Http404
    return stay.party


class PartyDetail(Door):
    """One party."""

    serializer_class = PartySerializer

    @extend_schema(
        operation_id="get_party", tags=["parties"], summary="A party: who is in it, and how far each one's bed is"
    )
    def get(self, request, code):
        now = timezone.now()
        return Response(in_words(seen_by(request.user, code, now), request.user, now))


class PartyCancellation(Door):
    """All beds of a party are given back."""

    serializer_class = PartySerializer
    rights = True
    refuses = ("POST",)

    @extend_schema(
        operation_id="cancel_party",
        tags=["parties"],
        summary="Cancel the whole party; one stay alone is cancelled by itself",
        request=NothingSerializer,
        responses={200: PartySerializer},
    )
    def post(self, request, code):
        now, user = timezone.now(), request.user
        party = seen_by(user, code, now)
        if party.made_by.user_id != user.pk:
            raise PermissionDenied
        return write_once(request, lambda: in_words(cancel_party(party, now=now, actor=user), user, now), now=now)
