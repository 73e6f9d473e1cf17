"""Housekeeping: which beds are ready, and what was done to them. For the manager of the house."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from accounts.roles import Right, is_manager, may
from api import problems
from api.desk import ActRequest, asked_in
from api.door import Door
from api.fields import Choice
from api.named import BedLabel
from api.once import write_once
from desk.acts import perform
from desk.housekeeping import KINDS, STATES, bed_states
from desk.reading import MOST_BEDS
from hostel.models import Hostel
from hostel.nights import business_day


class BedStateSerializer(serializers.Serializer):
    """How a bed is, by what happened to it last and by who is in it."""

    bed = serializers.CharField(help_text="Room and bed, `302-1`.")
    state = serializers.ChoiceField(STATES)
    since = serializers.DateTimeField(allow_null=True, help_text="Null where nothing ever happened to it.")
    ready_at = serializers.DateTimeField(
        allow_null=True, help_text="About when it could be ready; null where it is, or nobody can say."
    )
    guest_until = serializers.DateField(allow_null=True, help_text="When the guest who is in it leaves.")
    due_in = serializers.BooleanField(help_text="It is kept for somebody who comes tonight.")


class BedStatesSerializer(serializers.Serializer):
    beds = BedStateSerializer(many=True)


class HousekeepingRequest(ActRequest):
    """What was done to some beds. It has happened, and is written down whatever else is known of them."""

    what = Choice(list(KINDS))
    beds = serializers.ListField(child=BedLabel(), min_length=1, max_length=MOST_BEDS)


class Housekeeping(Door):
    """The beds of a house tonight."""

    serializer_class = BedStatesSerializer
    rights = True
    refuses = ("POST",)
    refusal = problems.REFUSED
    repeatable = False  # by its act_id instead

    @extend_schema(
        operation_id="get_housekeeping",
        tags=["desk"],
        summary="Which beds are ready, to clean, being cleaned, occupied or blocked",
        responses=BedStatesSerializer,
    )
    def get(self, request, hostel):
        house, now = get_object_or_404(Hostel, slug=hostel), timezone.now()
        if not may(request.user, Right.SEE_HOUSE_STAYS, house, business_day(now)):
            raise PermissionDenied
        return Response(_said(house, now))

    @extend_schema(
        operation_id="write_housekeeping",
        tags=["desk"],
        summary="Say that cleaning began, that beds are clean, or that they are to be cleaned after all",
        request=HousekeepingRequest,
        responses={200: BedStatesSerializer},
        examples=[
            OpenApiExample(
                "Two beds are clean",
                {
                    "act_id": "desk-3-0011",
                    "happened_at": "2026-03-06T11:20:00+08:00",
                    "what": "cleaned",
                    "beds": ["302-1", "302-2"],
                },
                request_only=True,
            )
        ],
    )
    def post(self, request, hostel):
        house, now = get_object_or_404(Hostel, slug=hostel), timezone.now()
        if not is_manager(request.user, house, business_day(now)):
            raise PermissionDenied
        body = HousekeepingRequest(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        asked = asked_in(request, house, said.pop("what"), said, now)

        def do():
            perform(asked, now=now)
            return _said(house, now, set(said["beds"]))

        return write_once(request, do, now=now, key=asked.act_id)


def _said(house, now, only=None):
    """The beds of the house, or those whose labels are among ``only``, as they are."""
    states = bed_states(house, now).values()
    return BedStatesSerializer({"beds": [each for each in states if only is None or str(each.bed) in only]}).data
