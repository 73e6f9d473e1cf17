"""Me: who I am to the house, and how many nights I still have."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle

from accounts.documents import mask
from accounts.models import Person, Role
from accounts.reasons import CHINESE, ENGLISH
from api.door import Door
from api.fields import Answers, Choice, Day, Graduation, Needs
from api.once import write_once
from api.own import ErasedSerializer, erased_in_words
from api.pages import Pages
from bookings.allowance import allowance_of
from bookings.guests import change_profile, say_who
from hostel.models import Network
from hostel.nights import business_day

IDENTITY = ("name", "document_kind", "document_number")


class DocumentSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(Person.Document.choices)
    number = serializers.CharField(help_text="Masked: it is never shown whole.")


class RoleSerializer(serializers.Serializer):
    """What one may do where."""

    kind = serializers.ChoiceField(Role.Kind.choices)
    hostel = serializers.SlugField(source="hostel.slug", allow_null=True, default=None)
    network = serializers.SlugField(source="network.slug", allow_null=True, default=None)


class IdentitiesPerLogin(SimpleRateThrottle):
    """Few identities from one login: what is answered tells whether somebody's document is known here."""

    scope = "identity"

    def get_cache_key(self, request, view):
        if request.method not in view.counted or not set(IDENTITY) & set(request.data):
            return None
        return self.cache_format % {"scope": self.scope, "ident": request.user.pk}


class MeSerializer(serializers.Serializer):
    """A login and its person. Empty where nothing was said yet. The context brings the ``roles`` in force."""

    phone = serializers.CharField(source="user.phone")
    language = serializers.CharField(source="user.language")
    name = serializers.CharField()
    gender = serializers.CharField()
    birth_date = serializers.DateField(allow_null=True)
    document = serializers.SerializerMethodField()
    document_seen_at = serializers.DateTimeField(allow_null=True, help_text="When a desk compared it.")
    education = serializers.CharField()
    graduation = serializers.CharField()
    school = serializers.CharField()
    major = serializers.CharField()
    school_city = serializers.CharField()
    home_in_district = serializers.BooleanField(allow_null=True)
    answers = serializers.DictField(
        child=serializers.CharField(), help_text="To the questions of the policies, by key (`GET eligibility/`)."
    )
    needs = Needs(help_text="What one needs of a bed, for the pages to propose.")
    roles = serializers.SerializerMethodField()

    @extend_schema_field(DocumentSerializer(allow_null=True))
    def get_document(self, person):
        if not person.document:
            return None
        return {"kind": person.document_kind, "number": mask(person.document)}

    @extend_schema_field(RoleSerializer(many=True))
    def get_roles(self, person):
        return RoleSerializer(self.context["roles"], many=True).data


class MeRequest(serializers.Serializer):
    """What is to change. An identity is `name`, `document_kind` and `document_number` together."""

    name = serializers.CharField(max_length=40, required=False)
    document_kind = Choice(Person.Document.choices, required=False)
    document_number = serializers.CharField(max_length=40, required=False)
    gender = Choice(Person.Gender.choices, required=False, help_text="Where the document does not say it.")
    birth_date = Day(first=date(1900, 1, 1), required=False, help_text="Where the document does not say it.")
    education = Choice(Person.Education.choices, required=False)
    graduation = Graduation(required=False, help_text="A day, `2025-06-25`, a month, `2025-06`, or a year.")
    school = serializers.CharField(max_length=80, required=False, allow_blank=True)
    major = serializers.CharField(max_length=80, required=False, allow_blank=True)
    school_city = serializers.CharField(max_length=40, required=False, allow_blank=True)
    home_in_district = serializers.BooleanField(required=False, allow_null=True)
    needs = Needs(required=False, help_text="What one needs of a bed; it is kept encrypted.")
    answers = Answers(required=False, help_text="Laid over those given before, key by key; an empty one is taken out.")

    def validate(self, sent):
        """An identity comes whole, and so it must where none was given yet."""
        begun = "document_kind" in sent or "document_number" in sent or not self.context["has_identity"]
        if begun and (missing := [field for field in IDENTITY if field not in sent]):
            still = ErrorDetail(str(_("Name, kind and number of the document come together.")), code="required")
            raise serializers.ValidationError({field: [still] for field in missing})
        return sent


def person_of(user) -> Person | None:
    """The person behind a login, where there is one yet; read once."""
    try:
        return user.person
    except ObjectDoesNotExist:
        return None


class Me(Door):
    """The profile."""

    serializer_class = MeSerializer
    throttle_classes = [IdentitiesPerLogin]
    counted = ("PATCH",)
    refuses = ("PATCH", "DELETE")

    @extend_schema(operation_id="get_me", tags=["me"], summary="My profile, the document masked")
    def get(self, request):
        return Response(self._in_words(request.user, timezone.now()))

    @extend_schema(
        operation_id="change_me",
        tags=["me"],
        summary="Say who I am, or change what I said",
        request=MeRequest,
        responses={200: MeSerializer},
        examples=[
            OpenApiExample(
                "Identity",
                {"name": "林小满", "document_kind": "resident", "document_number": "340102200105060028"},
                request_only=True,
            )
        ],
    )
    def patch(self, request):
        person, now = person_of(request.user), timezone.now()
        asked = MeRequest(data=request.data, context={"has_identity": bool(person and person.document)})
        asked.is_valid(raise_exception=True)
        said = asked.validated_data

        def do():
            if "document_number" in said:
                request.user.person = say_who(request.user, now=now, **said)
            elif said:
                request.user.person = change_profile(person, now=now, actor=request.user, **said)
            return self._in_words(request.user, now)

        return write_once(request, do, now=now)

    @extend_schema(
        operation_id="erase_me",
        tags=["me"],
        summary="Have my account erased: at once, and for good",
        request=None,
        responses={200: ErasedSerializer},
    )
    def delete(self, request):
        now = timezone.now()
        return write_once(request, lambda: erased_in_words(request.user, now), now=now)

    def _in_words(self, user, now):
        roles = user.roles.valid_on(business_day(now)).select_related("hostel", "network").order_by("pk")
        return MeSerializer(person_of(user) or Person(user=user), context={"roles": roles}).data


class CapSerializer(serializers.Serializer):
    """One limit: on free nights, or on the number of stays."""

    network = serializers.SlugField()
    code = serializers.CharField(
        help_text="`NIGHTS`: of a calendar year, a number of days, a lifetime; `STAYS`: how many stays; `CITY_CAP`: "
        "nights in the whole city; `STAY_NIGHTS`: nights of one stay. A code may come more than once."
    )
    unit = serializers.ChoiceField(["night", "stay"], help_text="What is counted.")
    label = serializers.CharField(help_text="In the language of `Accept-Language`.")  # type: ignore[assignment]
    label_zh = serializers.CharField()
    label_en = serializers.CharField()
    holds_for = serializers.CharField(allow_blank=True, help_text="Empty: for everything that the rules give.")
    granted = serializers.IntegerField(help_text="With the extra nights that hold today.")
    kept = serializers.IntegerField(help_text="For stays to come, or running.")
    used = serializers.IntegerField(help_text="Slept.")
    left = serializers.IntegerField()
    returns_on = serializers.DateField(allow_null=True, help_text="When they are all there again.")


def caps_in_words(person: Person | None, networks: Iterable[Network], now: datetime) -> list[dict]:
    """What ``person`` has of each cap in each of ``networks``, as rows for `CapSerializer`."""
    return [
        {
            "network": network.slug,
            "code": cap.code,
            "unit": "stay" if cap.of_stays else "night",
            "label": str(cap.label),
            "label_zh": cap.label.say(CHINESE),
            "label_en": cap.label.say(ENGLISH),
            "holds_for": ", ".join(str(label) for label in cap.given),
            "granted": cap.granted,
            "kept": cap.kept,
            "used": cap.used,
            "left": cap.left,
            "returns_on": cap.returns_on,
        }
        for network in networks
        for cap in allowance_of(person, network, now)
    ]


class Allowance(Door):
    """Nights granted, kept, used and left."""

    serializer_class = CapSerializer
    queryset = Network.objects.none()
    pagination_class = Pages
    refuses = ("GET",)

    @extend_schema(
        operation_id="get_allowance",
        tags=["me"],
        summary="My free nights in each network: granted, used, left, and when they return",
        responses=CapSerializer(many=True),
    )
    def get(self, request):
        networks = Network.objects.exclude(hostels=None).distinct().order_by("slug")
        rows = caps_in_words(person_of(request.user), networks, timezone.now())
        return self.get_paginated_response(CapSerializer(self.paginate_queryset(rows), many=True).data)
