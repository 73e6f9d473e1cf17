"""Beds out of service: for the manager of the house, and the officer of its network."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from accounts.roles import Right, may
from api import problems
from api.door import Door
from api.fields import Choice, Day, nights_of
from api.once import write_once
from api.pages import Pages
from api.refusals import unknown_field
from bookings.batch_beds import batches_hit
from bookings.out_of_service import ANYWHERE, CANCEL, OTHER_HOUSE, block, hits, lift, revise
from hostel.models import Bed, Hostel, OutOfService
from hostel.nights import business_day

MOST_NIGHTS = 3660
MOST_BEDS = 60
MOST_CHOICES = 200
LABEL = r"\A[^\s/\0]{1,10}-[0-9]{1,3}\Z"
TO_WHERE = (
    "A bed of the house (`203-2`), `anywhere` in it, `other_house`, or `cancel`. For a batch: the bed it gets instead, "
    "`anywhere` for one as good, or `cancel`, and it has one bed less."
)


class ClosureSerializer(serializers.Serializer):
    """Nights on which a bed can be given to nobody."""

    id = serializers.IntegerField()
    bed = serializers.CharField(help_text="Room and bed, `302-1`.")
    reason = serializers.ChoiceField(OutOfService.Reason.choices)
    reference = serializers.CharField(help_text="What the house calls it, as a repair's number.")
    written_at = serializers.DateTimeField()
    revises = serializers.IntegerField(source="revises_id", allow_null=True, help_text="The closure it was before.")
    lifted = serializers.BooleanField(help_text="The bed is back in service.")

    def get_fields(self):
        # `from` is no name in Python.
        first = serializers.DateField(source="first_night", help_text="The first night.")
        until = serializers.DateField(help_text="The day after the last night.")
        return super().get_fields() | {"from": first, "until": until}


class HouseNearSerializer(serializers.Serializer):
    hostel = serializers.SlugField()
    distance_m = serializers.IntegerField()


class HitSerializer(serializers.Serializer):
    """A stay that would lose its bed, and where it could go."""

    stay = serializers.CharField(help_text="Its code.")
    guest = serializers.CharField(help_text="The first character of the name, then stars.")
    status = serializers.CharField()
    arrival = serializers.DateField()
    departure = serializers.DateField()
    bed = serializers.CharField()
    nights = serializers.ListField(child=serializers.DateField(), help_text="The nights it would lose.")
    beds = serializers.ListField(child=serializers.CharField(), help_text="Other beds of the house that are free.")
    houses = HouseNearSerializer(many=True, help_text="Where the house has none: the nearest that have one.")


class BatchHitSerializer(serializers.Serializer):
    """A bed that is kept for a batch, and which it could get instead."""

    batch = serializers.CharField(help_text="Its code.")
    organisation = serializers.CharField()
    arrival = serializers.DateField()
    departure = serializers.DateField()
    bed = serializers.CharField()
    stays = serializers.ListField(
        child=serializers.CharField(), help_text="Codes of the stays of those who were named for it: they move along."
    )
    beds = serializers.ListField(
        child=serializers.CharField(),
        help_text="Other beds of the house, free on all nights of the batch, for whoever could have this one.",
    )


class HitsSerializer(serializers.Serializer):
    hits = HitSerializer(many=True)
    batches = BatchHitSerializer(many=True)


class Choices(serializers.DictField):
    """What becomes of each stay, by its code, and of each batch's bed, by the batch's code."""

    child = serializers.RegexField(
        rf"{LABEL}|\A({ANYWHERE}|{OTHER_HOUSE}|{CANCEL})\Z", help_text=TO_WHERE, max_length=20
    )

    def to_internal_value(self, data):
        said = super().to_internal_value(data)
        if len(said) > MOST_CHOICES or any(not 0 < len(code) <= 6 or "\0" in code for code in said):
            raise serializers.ValidationError(_("Name stays by their codes."))
        return {code.upper(): where for code, where in said.items()}


class SpanRequest(serializers.Serializer):
    """Nights: `from` the first, `until` the day after the last."""

    def get_fields(self):
        return super().get_fields() | {
            "from": Day(help_text="The first night."),
            "until": Day(help_text="The day after the last night."),
        }

    def validate(self, sent):
        nights = nights_of(sent.pop("from"), sent.pop("until"), MOST_NIGHTS, "until")
        return sent | {"nights": nights}


class BlockRequest(SpanRequest):
    """Beds to take out of service. Who has one of them then needs a choice."""

    beds = serializers.ListField(
        child=serializers.RegexField(LABEL), min_length=1, max_length=MOST_BEDS, help_text="Rooms and beds, `302-1`."
    )
    reason = Choice(OutOfService.Reason.choices)
    reference = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    choices = Choices(required=False, default=dict)


class ReviseRequest(SpanRequest):
    """What changes of a closure; what is left out stays as it is."""

    reason = Choice(OutOfService.Reason.choices, required=False)
    reference = serializers.CharField(max_length=80, required=False, allow_blank=True)
    choices = Choices(required=False, default=dict)

    def get_fields(self):
        fields = super().get_fields()
        fields["from"].required = fields["until"].required = False
        return fields

    def validate(self, sent):
        closure = self.context["closure"]
        return super().validate({"from": closure.first_night, "until": closure.until} | sent)


class HitsQuery(SpanRequest):
    """A bed and nights."""

    bed = serializers.RegexField(LABEL, help_text="Room and bed, `302-1`.")


class OutOfServiceDoor(Door):
    """Beds of a house that whoever asks may close."""

    rights = True

    def house(self, slug) -> Hostel:
        """The house; 404 where there is none, 403 without the right."""
        house = get_object_or_404(Hostel, slug=slug)
        if not may(self.request.user, Right.BLOCK_BEDS, house, business_day(timezone.now())):
            raise PermissionDenied
        return house

    def beds(self, house, labels, field) -> list[Bed]:
        """The beds of ``house`` so called that are there today or later; raises a field error for one that is not."""
        there = Bed.objects.filter(room__hostel=house).exclude(valid_until__lte=business_day(timezone.now()))
        named = {str(bed): bed for bed in there.select_related("room__hostel").order_by("valid_from")}
        if any(label not in named for label in labels):
            raise unknown_field(field, _("This house has no such bed."))
        return [named[label] for label in dict.fromkeys(labels)]

    def choices(self, house, said):
        labels = {where for where in said.values() if where not in (ANYWHERE, OTHER_HOUSE, CANCEL)}
        beds = {str(bed): bed for bed in self.beds(house, labels, "choices")}
        return {code: beds.get(where, where) for code, where in said.items()}


class OutOfServiceList(OutOfServiceDoor):
    """Closures of a house."""

    serializer_class = ClosureSerializer
    pagination_class = Pages
    queryset = OutOfService.objects.none()
    refuses = ("POST",)
    refusal = problems.REFUSED

    @extend_schema(
        operation_id="list_out_of_service",
        tags=["desk"],
        summary="Beds out of service now and to come",
        responses=ClosureSerializer(many=True),
    )
    def get(self, request, hostel):
        house, today = self.house(hostel), business_day(timezone.now())
        rows = OutOfService.objects.standing().filter(bed__room__hostel=house, until__gt=today)
        page = self.paginate_queryset(rows.select_related("bed__room").order_by("first_night", "pk"))
        return self.get_paginated_response(ClosureSerializer(page, many=True).data)

    @extend_schema(
        operation_id="block_beds",
        tags=["desk"],
        summary="Take beds out of service, and move or tell who is in them: all at once or nothing",
        request=BlockRequest,
        responses={201: ClosureSerializer(many=True)},
        examples=[
            OpenApiExample(
                "One bed, one guest moved",
                {
                    "beds": ["203-1"],
                    "from": "2026-03-06",
                    "until": "2026-03-09",
                    "reason": "repair",
                    "reference": "R-7",
                    "choices": {"K7M3PX": "anywhere"},
                },
                request_only=True,
            )
        ],
    )
    def post(self, request, hostel):
        house, now = self.house(hostel), timezone.now()
        body = BlockRequest(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data

        def do():
            rows = block(
                self.beds(house, said["beds"], "beds"),
                said["nights"],
                reason=said["reason"],
                reference=said["reference"],
                choices=self.choices(house, said["choices"]),
                now=now,
                actor=request.user,
            )
            return ClosureSerializer(rows, many=True).data

        return write_once(request, do, now=now, status=201)


class OutOfServiceDetail(OutOfServiceDoor):
    """One closure."""

    serializer_class = ClosureSerializer
    refuses = ("PATCH", "DELETE")
    refusal = problems.REFUSED

    def closure(self, hostel, closure) -> OutOfService:
        house = self.house(hostel)
        rows = OutOfService.objects.select_related("bed__room__hostel").filter(bed__room__hostel=house)
        if (found := rows.filter(pk=closure).first()) is None:
            raise Http404
        return found

    @extend_schema(
        operation_id="revise_out_of_service",
        tags=["desk"],
        summary="Change a closure: a new row that revises it",
        request=ReviseRequest,
        responses={200: ClosureSerializer},
    )
    def patch(self, request, hostel, closure):
        found, now = self.closure(hostel, closure), timezone.now()
        body = ReviseRequest(data=request.data, context={"closure": found})
        body.is_valid(raise_exception=True)
        said = body.validated_data

        def do():
            rest = said | {"choices": self.choices(found.bed.room.hostel, said["choices"])}
            return ClosureSerializer(revise(found, now=now, actor=request.user, **rest)).data

        return write_once(request, do, now=now)

    @extend_schema(
        operation_id="lift_out_of_service",
        tags=["desk"],
        summary="Put the bed back into service, from tonight",
        responses={200: ClosureSerializer},
    )
    def delete(self, request, hostel, closure):
        found, now = self.closure(hostel, closure), timezone.now()
        return write_once(request, lambda: ClosureSerializer(lift(found, now=now, actor=request.user)).data, now=now)


class OutOfServiceHits(OutOfServiceDoor):
    """Who would lose a bed."""

    serializer_class = HitsSerializer
    asks = True

    @extend_schema(
        operation_id="get_out_of_service_hits",
        tags=["desk"],
        summary="Who has a bed on some nights, and where they could go",
        parameters=[HitsQuery],
        responses=HitsSerializer,
    )
    def get(self, request, hostel):
        house = self.house(hostel)
        asked = HitsQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        nights = asked.validated_data["nights"]
        beds, now = self.beds(house, [asked.validated_data["bed"]], "bed"), timezone.now()
        answer = {"hits": hits(beds, nights, now), "batches": batches_hit(beds, nights, now)}
        return Response({name: [hit.as_data() for hit in found] for name, found in answer.items()})
