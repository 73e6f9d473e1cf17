"""The working calendar: which days are worked, as a library of holidays knows and officers correct it."""

from datetime import date

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from accounts.roles import networks_of_officer, networks_seen_by
from api.door import Door
from api.fields import Day, Year
from api.once import write_once
from eligibility.calendar import correct_day, withdraw_correction
from hostel.models import WorkdayCorrection
from hostel.nights import business_day
from hostel.working_days import calendar_day, calendar_of, is_announced

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)


class CalendarYearSerializer(serializers.Serializer):
    year = Year(
        min_value=FIRST.year, max_value=LAST.year, required=False, help_text="Without it: the one that is running."
    )


class CorrectionSerializer(serializers.Serializer):
    because = serializers.CharField()
    written_by = serializers.CharField(help_text="A login by its number: `user 12`.")
    written_at = serializers.DateTimeField()


class WorkingDaySerializer(serializers.Serializer):
    """A day on which work is not as its weekday says, or that somebody corrected."""

    day = serializers.DateField()
    is_working = serializers.BooleanField(help_text="With the correction, where there is one.")
    name = serializers.CharField(allow_blank=True, help_text="The holiday, or the day it was exchanged for.")
    correction = CorrectionSerializer(allow_null=True)


class WorkingYearSerializer(serializers.Serializer):
    """All other days are as their weekday says: Monday to Friday are worked, Saturday and Sunday are not."""

    year = serializers.IntegerField()
    announced = serializers.BooleanField(
        help_text="Whether the State Council's notice for this year is known. Without it the plain holidays stand "
        "as they fall, and no weekend is worked."
    )
    days = serializers.SerializerMethodField()

    @extend_schema_field(WorkingDaySerializer(many=True))
    def get_days(self, year):
        return WorkingDaySerializer(year["days"], many=True).data


class CorrectionRequest(serializers.Serializer):
    """What holds of a day, whatever the library of holidays says."""

    day = Day(first=FIRST, last=LAST)
    is_working = serializers.BooleanField()
    because = serializers.CharField(max_length=120)


class Calendar(Door):
    """A view of the calendar: officers and auditors read it, officers of any network correct it."""

    rights = True

    def today(self):
        today = business_day(timezone.now())
        if not networks_seen_by(self.request.user, today).exists():
            raise PermissionDenied
        return today

    def officer_only(self):
        if not networks_of_officer(self.request.user, business_day(timezone.now())).exists():
            raise PermissionDenied


class WorkingDays(Calendar):
    """The year's shifted days."""

    serializer_class = WorkingYearSerializer
    asks = True
    refuses = ("POST",)

    @extend_schema(
        operation_id="get_working_days",
        tags=["working days"],
        summary="The days of a year that are not worked, or worked, against their weekday",
        parameters=[CalendarYearSerializer],
    )
    def get(self, request):
        today = self.today()
        asked = CalendarYearSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        year = asked.validated_data.get("year", today.year)
        found = {"year": year, "announced": is_announced(year), "days": calendar_of(year)}
        return Response(WorkingYearSerializer(found).data)

    @extend_schema(
        operation_id="correct_working_day",
        tags=["working days"],
        summary="Say that a day is worked, or off; officers only",
        request=CorrectionRequest,
        responses={201: WorkingDaySerializer},
    )
    def post(self, request):
        self.officer_only()
        said = CorrectionRequest(data=request.data)
        said.is_valid(raise_exception=True)
        now = timezone.now()

        def do():
            correction = correct_day(now=now, actor=request.user, **said.validated_data)
            return WorkingDaySerializer(calendar_day(correction.day)).data

        return write_once(request, do, now=now, status=201)


class WorkingDay(Calendar):
    """One day's correction."""

    serializer_class = WorkingDaySerializer
    refuses = ("DELETE",)

    @extend_schema(
        operation_id="withdraw_working_day",
        tags=["working days"],
        summary="Withdraw the correction of a day: the library's word holds again; officers only",
        responses={200: WorkingDaySerializer},
    )
    def delete(self, request, day):
        self.officer_only()
        try:
            which = date.fromisoformat(day)
        except ValueError:
            raise Http404 from None
        now = timezone.now()

        def do():
            if not WorkdayCorrection.objects.standing().filter(day=which).exists():
                raise Http404
            withdraw_correction(which, now=now, actor=request.user)
            return WorkingDaySerializer(calendar_day(which)).data

        return write_once(request, do, now=now)
