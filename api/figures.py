"""Figures: what a year of the network was. For officers and auditors."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from accounts.roles import networks_seen_by
from api.door import Door
from api.fields import Year
from api.hostels import HostelNameSerializer
from figures.nights import nights_given
from figures.unmet import unmet
from hostel.models import Hostel
from hostel.nights import business_day


class YearSerializer(serializers.Serializer):
    year = Year(min_value=2000, max_value=2099, required=False, help_text="Without it: the current one.")


class MonthSerializer(serializers.Serializer):
    month = serializers.IntegerField(min_value=1, max_value=12)
    free = serializers.IntegerField()
    priced = serializers.IntegerField()
    people = serializers.IntegerField()


class HostelYearSerializer(serializers.Serializer):
    hostel = HostelNameSerializer()
    free = serializers.IntegerField()
    priced = serializers.IntegerField()
    nights = serializers.IntegerField()
    people = serializers.IntegerField()
    months = serializers.SerializerMethodField(help_text="The months in which somebody slept.")

    @extend_schema_field(MonthSerializer(many=True))
    def get_months(self, year):
        return MonthSerializer([month for month in year.months if month], many=True).data


class UnmetMonthSerializer(serializers.Serializer):
    month = serializers.IntegerField(min_value=1, max_value=12)
    nights = serializers.IntegerField()
    people = serializers.IntegerField()


class UnmetHostelSerializer(serializers.Serializer):
    hostel = HostelNameSerializer()
    nights = serializers.IntegerField()
    people = serializers.IntegerField()
    months = serializers.SerializerMethodField(help_text="The months in which somebody was without a bed.")

    @extend_schema_field(UnmetMonthSerializer(many=True))
    def get_months(self, year):
        return UnmetMonthSerializer([month for month in year.months if month], many=True).data


class UnmetSerializer(serializers.Serializer):
    """Nights wished for and not had, once for each person and night, under the house that was asked first."""

    nights = serializers.IntegerField()
    people = serializers.IntegerField()
    hostels = UnmetHostelSerializer(many=True)


class FiguresSerializer(serializers.Serializer):
    """Slept bed-nights by their evening, free and priced apart; `unmet` are those for which there was no bed.

    `people` are different people, so a total is less than the sum of its rows where somebody came back.
    """

    year = serializers.IntegerField()
    free = serializers.IntegerField()
    priced = serializers.IntegerField()
    nights = serializers.IntegerField()
    people = serializers.IntegerField()
    hostels = HostelYearSerializer(many=True)
    unmet = UnmetSerializer()


class Figures(Door):
    """Nights given in a year."""

    serializer_class = FiguresSerializer
    rights = True
    asks = True

    @extend_schema(
        operation_id="get_figures",
        tags=["figures"],
        summary="Nights slept in a year, by hostel and month",
        parameters=[YearSerializer],
    )
    def get(self, request):
        asked = YearSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        today = business_day(timezone.now())
        networks = list(networks_seen_by(request.user, today))
        if not networks:
            raise PermissionDenied
        hostels = Hostel.objects.filter(network__in=networks).order_by("slug")
        year = asked.validated_data.get("year", today.year)
        given = nights_given(hostels, year)
        words = {name: getattr(given, name) for name in ("year", "free", "priced", "nights", "people", "hostels")}
        return Response(FiguresSerializer(words | {"unmet": unmet(hostels, year)}).data)
