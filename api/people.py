"""A person as an officer deals with them: their allowance, extra nights, and nights that do not count."""

from datetime import date

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied

from accounts.models import Person
from accounts.record import record
from accounts.roles import Right, may, networks_of_officer
from api.door import Door
from api.fields import Day
from api.me import CapSerializer, caps_in_words
from api.named import not_theirs, stay_called
from api.once import write_once
from api.pages import Pages
from api.refusals import unknown_field
from bookings.granting import MOST_NIGHTS, excuse, grant_extra, unexcuse, withdraw_extra
from bookings.models import BedNight
from bookings.people import known_in
from eligibility.models import ExtraNights
from hostel.models import Network
from hostel.nights import business_day


class ExtraNightsRequest(serializers.Serializer):
    """Free nights on top of the caps on nights, for nights from `valid_from` to the eve of `valid_until`."""

    network = serializers.SlugField(max_length=50)
    nights = serializers.IntegerField(min_value=1, max_value=MOST_NIGHTS)
    valid_from = Day()
    valid_until = Day(help_text="The first night for which they no longer hold.")
    because = serializers.CharField(max_length=200, help_text="The person reads it.")


class ExtraNightsSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    network = serializers.SlugField(source="network.slug")
    nights = serializers.IntegerField()
    valid_from = serializers.DateField()
    valid_until = serializers.DateField()
    because = serializers.CharField()
    granted_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class ExcuseRequest(serializers.Serializer):
    """Nights that are not to count, for the house was at fault."""

    because = serializers.CharField(max_length=200, help_text="The guest reads it.")
    nights = serializers.ListField(
        child=Day(), required=False, allow_empty=False, max_length=366, help_text="Without it: all that have begun."
    )


class ExcusedNightSerializer(serializers.Serializer):
    date = serializers.DateField(source="night")
    excused_at = serializers.DateTimeField(allow_null=True)
    because = serializers.CharField(source="excused_because", allow_blank=True)


class ExcusesSerializer(serializers.Serializer):
    """The nights of a stay that were not given back, and which of them do not count."""

    stay = serializers.CharField(source="code")
    nights = serializers.SerializerMethodField()

    @extend_schema_field(ExcusedNightSerializer(many=True))
    def get_nights(self, stay) -> list:
        kept = BedNight.objects.live().filter(stay=stay).order_by("night")
        return list(ExcusedNightSerializer(kept, many=True).data)


class OfficersDoor(Door):
    """A view for officers, about the people that their networks have had to do with."""

    rights = True

    def networks(self):
        """The networks with houses of which this login is an officer; 403 where there is none."""
        networks = networks_of_officer(self.request.user, business_day(timezone.now()))
        if not networks.exists():
            raise PermissionDenied
        return networks.exclude(hostels=None).distinct()

    def person(self, number: int) -> Person:
        return get_object_or_404(known_in(self.networks()), pk=number)


class PersonAllowance(OfficersDoor):
    """A person's allowance."""

    serializer_class = CapSerializer
    queryset = Network.objects.none()
    pagination_class = Pages
    refuses = ("GET",)

    @extend_schema(
        operation_id="get_person_allowance",
        tags=["people"],
        summary="A person's nights in the officer's networks; that they were looked at is on the record",
        responses=CapSerializer(many=True),
    )
    def get(self, request, person):
        found, now = self.person(person), timezone.now()
        record("see_person", now=now, actor=request.user, person=found, about="allowance")
        rows = caps_in_words(found, self.networks().order_by("slug"), now)
        return self.get_paginated_response(CapSerializer(self.paginate_queryset(rows), many=True).data)


class PersonExtraNights(OfficersDoor):
    """A person's extra nights."""

    serializer_class = ExtraNightsSerializer
    refuses = ("POST",)

    @extend_schema(
        operation_id="grant_extra_nights",
        tags=["people"],
        summary="Grant a person extra free nights",
        request=ExtraNightsRequest,
        responses={201: ExtraNightsSerializer},
        examples=[
            OpenApiExample(
                "Two nights more",
                {
                    "network": "wuzhong",
                    "nights": 2,
                    "valid_from": "2026-03-06",
                    "valid_until": "2027-01-01",
                    "because": "面试改期两次，单位有证明",
                },
                request_only=True,
            )
        ],
    )
    def post(self, request, person):
        found, now = self.person(person), timezone.now()
        said = ExtraNightsRequest(data=request.data)
        said.is_valid(raise_exception=True)
        network = self.networks().filter(slug=said.validated_data.pop("network")).first()
        if network is None:
            raise unknown_field("network", _("You are no officer of a network of this name."))

        def do():
            extra = grant_extra(found, network, now=now, actor=request.user, **said.validated_data)
            return ExtraNightsSerializer(extra).data

        return write_once(request, do, now=now, status=201)


class ExtraNightsDetail(OfficersDoor):
    """Extra nights that were granted."""

    serializer_class = ExtraNightsSerializer
    refuses = ("DELETE",)

    @extend_schema(
        operation_id="withdraw_extra_nights",
        tags=["people"],
        summary="Take extra nights back; what was booked with them stays",
        responses={200: ExtraNightsSerializer},
    )
    def delete(self, request, extra):
        granted = ExtraNights.objects.filter(network__in=self.networks()).select_related("network", "person")
        found, now = get_object_or_404(granted, pk=extra), timezone.now()

        def do():
            return ExtraNightsSerializer(withdraw_extra(found, now=now, actor=request.user)).data

        return write_once(request, do, now=now)


class Excuses(Door):
    """Nights of a stay that do not count."""

    serializer_class = ExcusesSerializer
    rights = True
    refuses = ("POST", "DELETE")

    def stay(self, code):
        """The stay of this code; 404 for what one may not know of, 403 for what one may only see."""
        stay, today = stay_called(code), business_day(timezone.now())
        if may(self.request.user, Right.GRANT_NIGHTS, stay.hostel, today):
            return stay
        raise not_theirs(self.request.user, stay, today)

    @extend_schema(
        operation_id="excuse_nights",
        tags=["people"],
        summary="Have nights not count against the allowance, for the house was at fault; they stay slept and paid for",
        request=ExcuseRequest,
        responses={201: ExcusesSerializer},
    )
    def post(self, request, code):
        stay, now = self.stay(code), timezone.now()
        said = ExcuseRequest(data=request.data)
        said.is_valid(raise_exception=True)
        nights: list[date] | None = said.validated_data.get("nights")

        def do():
            excuse(stay, nights, because=said.validated_data["because"], now=now, actor=request.user)
            return ExcusesSerializer(stay).data

        return write_once(request, do, now=now, status=201)

    @extend_schema(
        operation_id="count_nights_again",
        tags=["people"],
        summary="Have all excused nights of a stay count again",
        responses={200: ExcusesSerializer},
    )
    def delete(self, request, code):
        stay, now = self.stay(code), timezone.now()

        def do():
            unexcuse(stay, now=now, actor=request.user)
            return ExcusesSerializer(stay).data

        return write_once(request, do, now=now)
