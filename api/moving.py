"""Guests who change beds, at the desk: to another, to one in another house, with one another; and who stays on."""

from datetime import datetime

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers

from accounts.models import User
from accounts.roles import is_manager, is_officer
from api import problems
from api.desk import ActRequest, DeskAct, stay_at_own_desk
from api.fields import Day
from api.named import BedLabel
from api.stays import StaySerializer
from bookings.models import Stay
from hostel.models import Hostel
from hostel.nights import business_day


class FromNightRequest(ActRequest):
    """From which night on, and why."""

    from_night = Day(required=False, help_text="Without it from tonight, or from the arrival on.")
    because = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=120, help_text="Said to the guest."
    )


class BedRequest(FromNightRequest):
    """Another bed of the house."""

    bed = BedLabel(help_text="Room and bed, `302-1`.")


class OtherBed(DeskAct):
    refusal = problems.REFUSED

    @extend_schema(
        operation_id="move_to_bed",
        tags=["desk"],
        summary="Have the guest sleep in another bed from a night on; refused with the two nearest that would do",
        request=BedRequest,
        responses={200: StaySerializer},
        examples=[
            OpenApiExample(
                "From Saturday on",
                {
                    "act_id": "desk-3-0011",
                    "happened_at": "2026-03-06T15:02:00+08:00",
                    "bed": "302-1",
                    "from_night": "2026-03-07",
                    "because": "The shower of 203 is being repaired",
                },
                request_only=True,
            )
        ],
    )
    def post(self, request, code):
        return self.act(request, code, BedRequest, "move")


class SwapRequest(FromNightRequest):
    """Two guests of the house change beds."""

    def get_fields(self):
        return super().get_fields() | {
            "with": serializers.RegexField(r"\A[0-9A-Za-z]{6}\Z", help_text="The code of the other guest's stay.")
        }


class Swap(DeskAct):
    refusal = problems.REFUSED

    @extend_schema(
        operation_id="swap_beds",
        tags=["desk"],
        summary="Have two guests change beds from a night on; no third bed is needed",
        request=SwapRequest,
        responses={200: StaySerializer},
    )
    def post(self, request, code):
        return self.act(request, code, SwapRequest, "swap")


class HostelRequest(FromNightRequest):
    """Another house of the network."""

    hostel = serializers.SlugField(max_length=50)


class OtherHostel(DeskAct):
    refusal = problems.REFUSED

    def stay_of(self, request, code, now):
        """For the managers of both houses, and the officers of their network."""
        if (stay := _known_elsewhere(request.user, code, request.data, now)) is not None:
            return stay
        return stay_at_own_desk(request.user, code, now)

    @extend_schema(
        operation_id="move_to_hostel",
        tags=["desk"],
        summary="Have the guest sleep in another house from a night on; the answer is the stay there",
        request=HostelRequest,
        responses={200: StaySerializer},
    )
    def post(self, request, code):
        return self.act(request, code, HostelRequest, "move_to_hostel")


def _known_elsewhere(user: User, code: str, sent, now: datetime) -> Stay | None:
    """The stay, for an officer of its network or the manager of the house that is named as the other one."""
    stay = Stay.objects.select_related("guest", "hostel__network").filter(code=code.upper()).first()
    if stay is None:
        return None
    today, slug = business_day(now), sent.get("hostel") if isinstance(sent, dict) else None
    if is_officer(user, stay.hostel.network, today):
        return stay
    named = isinstance(slug, str) and "\0" not in slug
    there = Hostel.objects.filter(slug=slug, network=stay.hostel.network_id).first() if named else None
    return stay if there is not None and is_manager(user, there, today) else None


class OverstayRequest(ActRequest):
    """The guest is still there, and stays until this day: tomorrow at most."""

    departure = Day()


class Overstay(DeskAct):
    refusal = problems.REFUSED

    @extend_schema(
        operation_id="overstay",
        tags=["desk"],
        summary="Write down that a guest is still there after the day of leaving, whatever the rules say",
        request=OverstayRequest,
        responses={200: StaySerializer},
    )
    def post(self, request, code):
        return self.act(request, code, OverstayRequest, "overstay")
