"""Rooms and beds of a house over time: closed for good from a day on, and opened again."""

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from accounts.roles import Right, may
from api import problems
from api.fields import Day
from api.once import write_once
from api.out_of_service import Choices, OutOfServiceDoor
from bookings.out_of_service import Inventory, close_bed, close_room, inventory, reopen, reopen_bed
from hostel.models import Hostel, Room
from hostel.nights import business_day


class BedSerializer(serializers.Serializer):
    """A bed, and from when until when it is there."""

    bed = serializers.CharField(source="*", help_text="Room and bed, `302-1`.")
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True, help_text="The first night that it no longer gives.")


class RoomSerializer(serializers.Serializer):
    """A room with its beds. One that closed and came back is shown as it is since."""

    number = serializers.CharField(source="room.number")
    floor = serializers.IntegerField(source="room.floor")
    kind = serializers.ChoiceField(Room.Kind.choices, source="room.kind")
    guests = serializers.ChoiceField(Room.Guests.choices, source="room.guests")
    supply = serializers.ChoiceField(Room.Supply.choices, source="room.supply")
    valid_from = serializers.DateField(source="room.valid_from")
    valid_until = serializers.DateField(
        source="room.valid_until", allow_null=True, help_text="The first night that it no longer gives."
    )
    beds = BedSerializer(many=True)


class RoomsSerializer(serializers.Serializer):
    rooms = RoomSerializer(many=True)


class ReopeningRequest(serializers.Serializer):
    """The first night that it gives again, tonight at the earliest."""

    def get_fields(self):
        return super().get_fields() | {"from": Day(help_text="The first night.")}


class ClosingRequest(ReopeningRequest):
    """The first night that it no longer gives. Who has it from then on needs a choice."""

    choices = Choices(required=False, default=dict)


class RoomsDoor(OutOfServiceDoor):
    """Rooms of a house, for whoever may change them."""

    def house(self, slug) -> Hostel:
        house = super().house(slug)
        if self.request.method == "POST" and not may(
            self.request.user, Right.CHANGE_ROOMS, house, business_day(timezone.now())
        ):
            raise PermissionDenied
        return house

    def found(self, house, number) -> Inventory:
        """The room of ``house`` that is so called; 404 where there is none."""
        for each in inventory(house):
            if each.room.number == number:
                return each
        raise Http404

    def change(self, request, hostel, number, wanted, do):
        """Answer with the room as it is once ``do(what is found, what was sent, now)`` is done."""
        house, now = self.house(hostel), timezone.now()
        self.found(house, number)
        body = wanted(data=request.data)
        body.is_valid(raise_exception=True)

        def write():
            do(self.found(house, number), body.validated_data, house, now)
            return RoomSerializer(self.found(house, number)).data

        return write_once(request, write, now=now)


class Rooms(RoomsDoor):
    """The rooms of a house."""

    serializer_class = RoomsSerializer

    @extend_schema(
        operation_id="list_rooms",
        tags=["desk"],
        summary="Rooms and beds of a house, and from when until when they are there",
        responses=RoomsSerializer,
    )
    def get(self, request, hostel):
        return Response(RoomsSerializer({"rooms": inventory(self.house(hostel))}).data)


class RoomClosing(RoomsDoor):
    """A room that is to close."""

    serializer_class = RoomSerializer
    refuses = ("POST",)
    refusal = problems.REFUSED

    @extend_schema(
        operation_id="close_room",
        tags=["desk"],
        summary="Close a room for good from a day on, and move or tell who is in it: all at once or nothing",
        request=ClosingRequest,
        responses={200: RoomSerializer},
    )
    def post(self, request, hostel, room):
        def do(found, said, house, now):
            choices = self.choices(house, said["choices"])
            close_room(found.room, said["from"], choices=choices, now=now, actor=request.user)

        return self.change(request, hostel, room, ClosingRequest, do)


class RoomReopening(RoomsDoor):
    """A room that has closed, or is to."""

    serializer_class = RoomSerializer
    refuses = ("POST",)
    refusal = problems.REFUSED

    @extend_schema(
        operation_id="reopen_room",
        tags=["desk"],
        summary="Have a room again from a day on",
        request=ReopeningRequest,
        responses={200: RoomSerializer},
    )
    def post(self, request, hostel, room):
        def do(found, said, house, now):
            reopen(found.room, said["from"], now=now, actor=request.user)

        return self.change(request, hostel, room, ReopeningRequest, do)


def _bed(found, number):
    for bed in found.beds:
        if bed.number == number:
            return bed
    raise Http404


class BedClosing(RoomsDoor):
    """A bed that is to close."""

    serializer_class = RoomSerializer
    refuses = ("POST",)
    refusal = problems.REFUSED

    @extend_schema(
        operation_id="close_bed",
        tags=["desk"],
        summary="Close one bed for good from a day on; its room goes on",
        request=ClosingRequest,
        responses={200: RoomSerializer},
    )
    def post(self, request, hostel, room, bed):
        def do(found, said, house, now):
            choices = self.choices(house, said["choices"])
            close_bed(_bed(found, bed), said["from"], choices=choices, now=now, actor=request.user)

        return self.change(request, hostel, room, ClosingRequest, do)


class BedReopening(RoomsDoor):
    """A bed that has closed, or is to."""

    serializer_class = RoomSerializer
    refuses = ("POST",)
    refusal = problems.REFUSED

    @extend_schema(
        operation_id="reopen_bed",
        tags=["desk"],
        summary="Have a bed again from a day on",
        request=ReopeningRequest,
        responses={200: RoomSerializer},
    )
    def post(self, request, hostel, room, bed):
        def do(found, said, house, now):
            reopen_bed(_bed(found, bed), said["from"], now=now, actor=request.user)

        return self.change(request, hostel, room, ReopeningRequest, do)
