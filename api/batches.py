"""Batches: officers allot beds to schools and organisations; whoever is their contact gives the names."""

from datetime import date, datetime

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from accounts.models import Person
from accounts.people import login_for
from accounts.phones import mask_phone, read_phone
from accounts.record import record
from accounts.roles import Right, hostels_of_officer, may
from api.door import Door
from api.fields import Choice, Day, Graduation, nights_of
from api.hostels import HostelNameSerializer
from api.named import hostel_called
from api.once import write_once
from api.pages import Pages
from api.problems import ReasonSerializer
from api.refusals import unknown_field
from api.stays import NothingSerializer
from bookings.allotting import MOST_BEDS, MOST_NIGHTS, allot
from bookings.batches import balance, batches_of, cancel_batch, release, with_guests
from bookings.models import Batch
from bookings.naming import MOST_NAMES, Named, name_list
from hostel.models import Bed, Hostel
from hostel.nights import business_day

STATES = [(state, state) for state in ("open", "released", "cancelled")]


class BatchRequest(serializers.Serializer):
    """Beds for a school or an organisation."""

    hostel = serializers.SlugField(max_length=50)
    arrival = Day()
    departure = Day()
    beds = serializers.IntegerField(min_value=0, max_value=MOST_BEDS, default=0, help_text="How many.")
    which = serializers.ListField(
        child=serializers.CharField(max_length=20),
        required=False,
        max_length=MOST_BEDS,
        help_text='Which beds, by name: `["203-1", "203-2"]`, instead of how many.',
    )
    women = serializers.IntegerField(min_value=0, max_value=MOST_BEDS, default=0, help_text="Where it is known.")
    men = serializers.IntegerField(min_value=0, max_value=MOST_BEDS, default=0, help_text="Where it is known.")
    applicant = Choice(Batch.Applicant.choices)
    organisation = serializers.CharField(max_length=80)
    contact = serializers.CharField(
        max_length=40, required=False, help_text="The phone of whoever gives the names; their login is made for it."
    )
    purpose = serializers.CharField(max_length=20)
    release_on = Day(help_text="From this day on the beds that nobody was named for are everybody's.")
    free_nights = serializers.IntegerField(
        min_value=0,
        max_value=MOST_BEDS * MOST_NIGHTS,
        required=False,
        help_text="Without it: every night of every bed.",
    )

    def validate_contact(self, said):
        try:
            return read_phone(said)
        except ValueError as wrong:
            raise serializers.ValidationError(_("This is no phone number.")) from wrong

    def validate(self, sent):
        nights = nights_of(sent.pop("arrival"), sent.pop("departure"), MOST_NIGHTS)
        return {"nights": nights, **sent}


class NameRequest(serializers.Serializer):
    """A guest of the batch. What the document says need not be said; what rules ask may be."""

    name = serializers.CharField(max_length=60)
    document_kind = Choice(Person.Document.choices, default=Person.Document.RESIDENT)
    document_number = serializers.CharField(max_length=40)
    gender = Choice(Person.Gender.choices, required=False)
    birth_date = Day(first=date(1900, 1, 1), required=False)
    education = Choice(Person.Education.choices, required=False)
    graduation = Graduation(required=False)
    school = serializers.CharField(max_length=80, required=False)
    school_city = serializers.CharField(max_length=40, required=False)
    home_in_district = serializers.BooleanField(required=False)
    arrival = Day(required=False, help_text="Where they come later than the batch.")
    departure = Day(required=False, help_text="Where they leave earlier.")

    def validate(self, sent):
        fields = ("name", "document_kind", "document_number", "arrival", "departure")
        named = {field: sent.pop(field) for field in fields if field in sent}
        return Named(**named, about=sent)


class NamesRequest(serializers.Serializer):
    """Guests of the batch: one, or a whole list. With `check` nothing is written: it says what would become of them."""

    names = NameRequest(many=True, min_length=1, max_length=MOST_NAMES)  # type: ignore[call-arg]
    check = serializers.BooleanField(default=False)


class NamedRowSerializer(serializers.Serializer):
    """What became of a row: a stay, or the reasons why there is none."""

    row = serializers.IntegerField()
    name = serializers.CharField(help_text="The first character, then stars.")
    stay = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_stay(self, outcome):
        return outcome.stay.code if outcome.stay and not self.context["check"] else None

    @extend_schema_field(ReasonSerializer(many=True))
    def get_reasons(self, outcome):
        return [reason.as_data() for reason in outcome.reasons]


class NamedRowsSerializer(serializers.Serializer):
    named = serializers.IntegerField(help_text="How many have a bed, or would have one.")
    rows = NamedRowSerializer(many=True)


class BatchBedSerializer(serializers.Serializer):
    """A bed of the batch, and who was named for it."""

    bed = serializers.CharField()
    guests = serializers.ListField(child=serializers.DictField(), help_text="`stay, guest, arrival, departure, status`")


class BatchSerializer(serializers.Serializer):
    code = serializers.CharField()
    hostel = HostelNameSerializer()
    applicant = serializers.ChoiceField(Batch.Applicant.choices)
    organisation = serializers.CharField()
    contact = serializers.SerializerMethodField(help_text="The phone of the contact, masked.")
    purpose = serializers.CharField()
    arrival = serializers.DateField()
    departure = serializers.DateField()
    release_on = serializers.DateField()
    state = serializers.SerializerMethodField()
    cancelled_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_contact(self, batch):
        return mask_phone(batch.contact.phone) if batch.contact else None

    @extend_schema_field(serializers.ChoiceField(STATES))
    def get_state(self, batch):
        return batch.state(business_day(self.context["now"]))


class BatchDetailSerializer(BatchSerializer):
    """A batch with its beds, those that nobody was named for too."""

    free_nights = serializers.IntegerField()
    free_nights_used = serializers.IntegerField()
    beds = BatchBedSerializer(many=True)


class BatchCancellationRequest(serializers.Serializer):
    """What is done to a batch that is taken back."""

    end_stays = serializers.BooleanField(default=False, help_text="Cancel the stays of who was named, too.")


def in_words(batch: Batch, now: datetime) -> dict:
    """The batch with its beds as JSON values."""
    counted = balance(batch, now)
    words = BatchSerializer(batch, context={"now": now}).data
    return words | {
        "free_nights": batch.free_nights,
        "free_nights_used": counted.free_nights_used,
        "beds": [
            {"bed": str(kept.bed), "guests": [_guest(stay, now) for stay in kept.stays]}
            for kept in with_guests(batch, now)
        ],
    }


def _guest(stay, now):
    return {
        "stay": stay.code,
        "guest": stay.guest.masked_name,
        "arrival": stay.arrival.isoformat(),
        "departure": stay.departure.isoformat(),
        "status": stay.state(now),
    }


def _batch(user, code, now, *, officers_only=False) -> Batch:
    """The batch of this code; 404 for what one may not know of, 403 for what its contact may not do."""
    batch = batches_of(user, business_day(now)).filter(code=code.upper()).first()
    if batch is None:
        raise Http404
    if officers_only and not may(user, Right.ALLOT_BATCHES, batch.hostel, business_day(now)):
        raise PermissionDenied
    return batch


class Batches(Door):
    """Batches of the officer's houses, and those whose contact one is."""

    serializer_class = BatchSerializer
    queryset = Batch.objects.none()
    pagination_class = Pages
    refuses = ("POST",)
    rights = True

    @extend_schema(
        operation_id="list_batches",
        tags=["batches"],
        summary="Batches: of an officer's houses, and those whose contact one is; the latest first",
        responses=BatchSerializer(many=True),
    )
    def get(self, request):
        now = timezone.now()
        page = self.paginate_queryset(batches_of(request.user, business_day(now)).order_by("-arrival", "-pk"))
        return self.get_paginated_response(BatchSerializer(page, many=True, context={"now": now}).data)

    @extend_schema(
        operation_id="allot_batch",
        tags=["batches"],
        summary="Allot beds to a school or an organisation: nobody else is given them until their release",
        request=BatchRequest,
        responses={201: BatchDetailSerializer},
        examples=[
            OpenApiExample(
                "Eight beds for a job fair",
                {
                    "hostel": "baodaiqiao",
                    "arrival": "2026-03-16",
                    "departure": "2026-03-18",
                    "beds": 8,
                    "applicant": "school",
                    "organisation": "安徽大学",
                    "contact": "13812345678",
                    "purpose": "job_fair",
                    "release_on": "2026-03-13",
                },
                request_only=True,
            )
        ],
    )
    def post(self, request):
        now, user = timezone.now(), request.user
        hostels = hostels_of_officer(user, business_day(now))
        if not hostels.exists():
            raise PermissionDenied
        said = BatchRequest(data=request.data)
        said.is_valid(raise_exception=True)
        wish = dict(said.validated_data)
        hostel = hostel_called(wish.pop("hostel"), hostels)
        beds = _these(hostel, wish.pop("which", []), wish.pop("beds"))

        def do():
            phone = wish.get("contact")
            contact = login_for(phone, now) if phone else None
            batch = allot(**wish | {"hostel": hostel, "beds": beds, "contact": contact}, now=now, actor=user)
            return in_words(batch, now)

        return write_once(request, do, now=now, status=201)


def _these(hostel: Hostel, which: list[str], beds: int) -> int | list[Bed]:
    """The beds that were named, or how many are wanted."""
    if not which:
        return beds
    there = {str(bed): bed for bed in Bed.objects.filter(room__hostel=hostel).select_related("room").order_by("pk")}
    if unknown := [name for name in which if name not in there]:
        raise unknown_field("which", _("There is no bed %s in this house.") % unknown[0])
    return list({name: there[name] for name in which}.values())


class BatchDetail(Door):
    """One batch."""

    serializer_class = BatchDetailSerializer

    @extend_schema(
        operation_id="get_batch",
        tags=["batches"],
        summary="A batch and its beds, named and unnamed; that the names were looked at is on the record",
    )
    def get(self, request, code):
        now = timezone.now()
        batch = _batch(request.user, code, now)
        record("see_batch", now=now, actor=request.user, hostel=batch.hostel, about=batch.code)
        return Response(in_words(batch, now))


class BatchNames(Door):
    """The names of a batch."""

    serializer_class = NamedRowsSerializer
    rights = True
    refuses = ("POST",)

    @extend_schema(
        operation_id="name_guests",
        tags=["batches"],
        summary="Name guests of a batch: each who may stay gets one of its beds, the others stand in the answer",
        request=NamesRequest,
        responses={200: NamedRowsSerializer},
    )
    def post(self, request, code):
        now, user = timezone.now(), request.user
        batch = _batch(user, code, now)
        said = NamesRequest(data=request.data)
        said.is_valid(raise_exception=True)
        check = said.validated_data["check"]

        def do():
            rows = name_list(batch, said.validated_data["names"], now=now, actor=user, check=check)
            named = sum(row.stay is not None for row in rows)
            return NamedRowsSerializer({"named": named, "rows": rows}, context={"check": check}).data

        # A check writes nothing, an answer to be kept neither.
        return Response(do()) if check else write_once(request, do, now=now)


class BatchAct(Door):
    """Something that an officer does to a batch."""

    serializer_class = BatchDetailSerializer
    rights = True
    refuses = ("POST",)

    def act(self, request, code, verb, body_class=NothingSerializer):
        now, user = timezone.now(), request.user
        batch = _batch(user, code, now, officers_only=True)
        said = body_class(data=request.data)
        said.is_valid(raise_exception=True)

        def do():
            verb(batch, now=now, actor=user, **said.validated_data)
            return in_words(_batch(user, code, now), now)

        return write_once(request, do, now=now)


class BatchRelease(BatchAct):
    @extend_schema(
        operation_id="release_batch",
        tags=["batches"],
        summary="Give back now the beds that nobody was named for",
        request=NothingSerializer,
        responses={200: BatchDetailSerializer},
    )
    def post(self, request, code):
        return self.act(request, code, release)


class BatchCancellation(BatchAct):
    @extend_schema(
        operation_id="cancel_batch",
        tags=["batches"],
        summary="Take a batch back; who was named keeps the bed, unless the stays are to end too",
        request=BatchCancellationRequest,
        responses={200: BatchDetailSerializer},
    )
    def post(self, request, code):
        return self.act(request, code, cancel_batch, BatchCancellationRequest)
