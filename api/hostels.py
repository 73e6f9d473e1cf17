"""Hostels: where is a bed. Anybody may ask."""

import math
from datetime import timedelta

import django_filters
from django.core.files.storage import default_storage
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from accounts.models import Person
from api.door import Door
from api.fields import Choice, Day, nights_of
from api.pages import Pages
from bookings.availability import find, night_table
from bookings.quota_counts import nights_left
from hostel.models import Hostel, Photo
from hostel.nights import business_day

MOST_NIGHTS_SEARCHED = 31
MOST_NIGHTS_SHOWN = 92
SHOWN = 14


class HostelFilter(django_filters.FilterSet):
    town = django_filters.CharFilter(help_text="The subdistrict or town, as it is written in `town`.")

    class Meta:
        model = Hostel
        fields = ["town"]


class SearchSerializer(serializers.Serializer):
    """What is searched for. Without dates: tonight."""

    arrival = Day(required=False, help_text="The first night. Without it: tonight.")
    departure = Day(required=False, help_text="The day of leaving. Without it: the day after `arrival`.")
    gender = Choice(Person.Gender.choices, required=False, help_text="Counts the beds open to her or him.")
    near = serializers.CharField(
        required=False, help_text="`lat,lng` (GCJ-02, as Chinese maps have it): adds `distance_m`, nearest first."
    )

    def validate_near(self, said):
        try:
            lat, lng = (float(part) for part in said.split(","))
        except ValueError:
            raise serializers.ValidationError(_("Write it as lat,lng: 31.24,120.63")) from None
        if not (math.isfinite(lat) and math.isfinite(lng) and abs(lat) <= 90 and abs(lng) <= 180):
            raise serializers.ValidationError(_("There is no such place on earth."))
        return lat, lng

    def validate(self, sent):
        today = business_day(timezone.now())
        arrival = sent.get("arrival") or min(
            sent.get("departure", today + timedelta(days=1)) - timedelta(days=1), today
        )
        departure = sent.get("departure") or arrival + timedelta(days=1)
        return {
            "nights": nights_of(arrival, departure, MOST_NIGHTS_SEARCHED),
            "gender": sent.get("gender", ""),
            "near": sent.get("near"),
        }


class SpanSerializer(serializers.Serializer):
    from_ = Day(required=False, help_text="The first night. Without it: tonight.")
    to = Day(required=False, help_text="The day after the last night. Without it: 14 nights.")

    def get_fields(self):
        # `from` is no name in Python.
        fields = super().get_fields()
        return {"from" if name == "from_" else name: field for name, field in fields.items()}

    def validate(self, sent):
        first = sent.get("from") or business_day(timezone.now())
        return nights_of(first, sent.get("to") or first + timedelta(days=SHOWN), MOST_NIGHTS_SHOWN, "to")


class PositionSerializer(serializers.Serializer):
    """GCJ-02, as the maps in China draw it."""

    lat = serializers.FloatField()
    lng = serializers.FloatField()


class MetroSerializer(serializers.Serializer):
    """The nearest metro station."""

    station = serializers.CharField(source="metro_station")
    metres = serializers.IntegerField(source="metro_metres", allow_null=True)

    def to_representation(self, hostel):
        return super().to_representation(hostel) if hostel.metro_station else None


class PhotoSerializer(serializers.Serializer):
    """A picture in up to three widths; files are named by what is in them and never change."""

    width = serializers.IntegerField(help_text="Of the picture as it was given.")
    height = serializers.IntegerField()
    webp = serializers.SerializerMethodField(help_text="Addresses by width in pixels.")
    jpeg = serializers.SerializerMethodField(help_text="Addresses by width in pixels.")

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_webp(self, photo):
        return _addresses(photo, "webp")

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_jpeg(self, photo):
        return _addresses(photo, "jpg")


def _addresses(photo, ending):
    return {str(width): default_storage.url(photo.file_name(width, ending)) for width in photo.widths}


class NightFreeSerializer(serializers.Serializer):
    date = serializers.DateField(source="night")
    free = serializers.IntegerField(help_text="Beds somebody (of the gender asked for) can still have.")
    on_call = serializers.IntegerField(help_text="Beds beside them that the house confirms when one is booked.")

    def to_representation(self, count):
        # A search shows hundreds of nights: field by field they take longer than all the rest of it.
        return {"date": count.night.isoformat(), "free": count.free, "on_call": count.on_call}


class NightCountSerializer(serializers.Serializer):
    date = serializers.DateField(source="night")
    beds = serializers.IntegerField()
    out_of_service = serializers.IntegerField()
    held = serializers.IntegerField()
    taken = serializers.IntegerField()
    free = serializers.IntegerField()
    on_call = serializers.IntegerField(
        help_text="Free too, where the house confirms it: it is asked when one is booked."
    )


class HostelNameSerializer(serializers.Serializer):
    """A house by its name."""

    slug = serializers.SlugField()
    name = serializers.CharField(help_text="In the language of `Accept-Language`.")
    name_zh = serializers.CharField()
    name_en = serializers.CharField()


class HostelPlaceSerializer(HostelNameSerializer):
    """A house, and where it is."""

    network = serializers.SlugField(source="network.slug")
    town = serializers.CharField()
    address = serializers.CharField()
    position = PositionSerializer(source="*")
    metro = MetroSerializer(source="*", allow_null=True)
    access = serializers.ChoiceField(Hostel.Access.choices, help_text="`group`: schools and organisations only.")


class QuotaLeftSerializer(serializers.Serializer):
    """Free bed-nights that the house can still give in the month of the arrival."""

    anybody = serializers.IntegerField(help_text="To anybody, whatever group they belong to.")
    in_all = serializers.IntegerField(help_text="With those that are kept for groups.")


class FoundSerializer(HostelPlaceSerializer):
    """A house in answer to a search."""

    photos = PhotoSerializer(many=True, help_text="The first one; all are at the house's own address.")
    distance_m = serializers.IntegerField(allow_null=True)
    free = serializers.IntegerField(help_text="Beds free on every night asked for.")
    quota_left = QuotaLeftSerializer(allow_null=True, help_text="Null where free nights are not limited.")
    nights = NightFreeSerializer(
        many=True, help_text=f"{SHOWN} nights from the arrival on, or more where more are asked for."
    )

    @cached_property
    def place(self):
        """One for all houses: to make it takes longer than to use it."""
        return HostelPlaceSerializer()

    def to_representation(self, found):
        return self.place.to_representation(found.hostel) | {
            "photos": self.fields["photos"].to_representation(_first_photo(found.hostel)),
            "distance_m": found.distance_m,
            "free": found.free,
            "quota_left": self._quota_left(found.hostel),
            "nights": self.fields["nights"].to_representation(found.counts),
        }

    def _quota_left(self, hostel):
        left = self.context["quotas"].get(hostel.pk)
        return left and {"anybody": left.anybody, "in_all": left.in_all}


def _with_first_photo(houses):
    """Add ``first_photo`` in the same statement: the search has four, whatever it finds."""
    photos = Photo.objects.filter(hostel=OuterRef("pk")).order_by("position")
    seen = JSONObject(digest="digest", width="width", height="height")
    return houses.annotate(first_photo=Subquery(photos.values(seen=seen)[:1]))


def _first_photo(hostel):
    return [Photo(hostel=hostel, position=0, **hostel.first_photo)] if hostel.first_photo else []


class SpaceSerializer(serializers.Serializer):
    """A room of the Youth Home."""

    kind = serializers.CharField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    seats = serializers.IntegerField()


class CheckInHoursSerializer(serializers.Serializer):
    def get_fields(self):
        return {
            "from": serializers.TimeField(source="check_in_from", format="%H:%M"),
            "until": serializers.TimeField(source="check_in_until", format="%H:%M"),
        }


class HostelSerializer(HostelPlaceSerializer):
    """A house with all that a guest wants to know before coming."""

    phone = serializers.CharField()
    check_in = CheckInHoursSerializer(source="*")
    check_out_by = serializers.TimeField(format="%H:%M")
    facilities = serializers.ListField(child=serializers.CharField())
    spaces = SpaceSerializer(many=True)
    photos = PhotoSerializer(many=True)


class Span(Pages):
    """All nights of a span are one page."""

    size = MOST_NIGHTS_SHOWN


class Hostels(Door):
    """The network search."""

    permission_classes = [AllowAny]
    pagination_class = Pages
    filterset_class = HostelFilter
    queryset = Hostel.objects.none()
    serializer_class = FoundSerializer

    @extend_schema(
        operation_id="search_hostels",
        tags=["hostels"],
        summary="Find a bed: hostels by dates and nearness",
        parameters=[SearchSerializer],
        responses=FoundSerializer(many=True),
    )
    def get(self, request):
        sought = SearchSerializer(data=request.query_params)
        sought.is_valid(raise_exception=True)
        wish, now = sought.validated_data, timezone.now()
        houses = _with_first_photo(
            Hostel.objects.valid_throughout(wish["nights"]).with_quotas().select_related("network")
        )
        found = find(
            self.filter_queryset(houses), wish["nights"], now, gender=wish["gender"], near=wish["near"], shown=SHOWN
        )
        page = self.paginate_queryset(found)
        quotas = nights_left([found.hostel for found in page], wish["nights"].arrival, now)
        return self.get_paginated_response(FoundSerializer(page, many=True, context={"quotas": quotas}).data)


class HostelDetail(Door):
    """One house."""

    permission_classes = [AllowAny]
    serializer_class = HostelSerializer
    queryset = Hostel.objects.select_related("network").prefetch_related("spaces", "photos")
    lookup_field = "slug"

    @extend_schema(operation_id="get_hostel", tags=["hostels"], summary="One house")
    def get(self, request, slug):
        return Response(HostelSerializer(self.get_object()).data)


class HostelNights(Door):
    """A house's beds night by night."""

    permission_classes = [AllowAny]
    serializer_class = NightCountSerializer
    queryset = Hostel.objects.select_related("network")
    pagination_class = Span

    @extend_schema(
        operation_id="get_hostel_nights",
        tags=["hostels"],
        summary="Per night: beds, out of service, held, taken, free",
        parameters=[SpanSerializer],
        responses=NightCountSerializer(many=True),
    )
    def get(self, request, slug):
        asked = SpanSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        hostel = get_object_or_404(Hostel.objects.select_related("network"), slug=slug)
        counts = night_table([hostel], asked.validated_data, timezone.now())[hostel.pk]
        return self.get_paginated_response(NightCountSerializer(self.paginate_queryset(counts), many=True).data)
