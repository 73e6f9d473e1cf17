"""What a desk did without a line, sent when it has one again; and what of it does not fit, for somebody to choose."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from accounts.roles import is_manager
from api import problems
from api.door import Door
from api.fields import Choice
from api.once import write_once
from api.pages import Pages
from api.problems import ReasonSerializer
from desk.clashes import settle
from desk.models import Clash
from desk.queue import CLASH, DONE, KNOWN, MOST_ACTS, TURNED_AWAY, WITHOUT_A_LINE, open_clashes, receive
from hostel.models import Hostel
from hostel.nights import business_day

EXAMPLE = {
    "device": "tablet-2",
    "acts": [
        {
            "act_id": "tablet-2-0007",
            "what": "check_in",
            "stay": "K7M3PX",
            "happened_at": "2026-03-06T22:50:00+08:00",
            "said": {"compared": True, "bed": "302-1"},
        }
    ],
}


class QueueRequest(serializers.Serializer):
    """What one tablet did, in the order in which it did it."""

    device = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    acts = serializers.ListField(
        child=serializers.DictField(),
        max_length=MOST_ACTS,
        help_text=(
            "Each `{act_id, what, stay, happened_at, said, by, knew}`: its own id, one of "
            f"{', '.join(f'`{what}`' for what in WITHOUT_A_LINE)}, the code of the stay it is about, the moment it "
            "happened (up to seven days ago), what was said as the address of that act takes it, who was on shift "
            "`{id, token}`, and what the tablet knew `{status, bed, made_at}`."
        ),
    )


class ReceivedSerializer(serializers.Serializer):
    """What became of one act."""

    act_id = serializers.CharField()
    outcome = serializers.ChoiceField(
        [DONE, KNOWN, CLASH, TURNED_AWAY],
        help_text=(
            "`known` came before; `clash` does not fit and waits for a choice; `turned_away` can't be read or is not "
            "this house's: keep it until somebody has read the sentence."
        ),
    )
    clash = serializers.IntegerField(allow_null=True)
    stay = serializers.CharField(allow_null=True)
    sentence = serializers.CharField()


class QueueSerializer(serializers.Serializer):
    """An answer for each act, in the same order."""

    now = serializers.DateTimeField(help_text="The house's clock.")
    acts = ReceivedSerializer(many=True)
    open = serializers.IntegerField(help_text="How many acts of this house wait for a choice.")


class BothLanguagesSerializer(serializers.Serializer):
    zh = serializers.CharField()
    en = serializers.CharField()


class SideSerializer(serializers.Serializer):
    """One of two versions: what it says, what choosing it does, and why that can't be done now."""

    says = BothLanguagesSerializer(many=True)
    does = BothLanguagesSerializer()
    can = serializers.BooleanField()
    why_not = BothLanguagesSerializer(allow_null=True)


class ClashSerializer(serializers.Serializer):
    """An act that the books contradict."""

    id = serializers.IntegerField(source="pk")
    act_id = serializers.CharField(source="act.act_id")
    what = serializers.CharField(source="act.what")
    stay = serializers.CharField(source="act.stay.code", allow_null=True, default=None)
    happened_at = serializers.DateTimeField(source="act.happened_at")
    reasons = ReasonSerializer(many=True)
    local = serializers.SerializerMethodField(help_text="What the tablet said.")
    online = serializers.SerializerMethodField(help_text="What the books said when it came.")
    settled_at = serializers.DateTimeField(allow_null=True)
    choice = serializers.CharField(help_text="`local` or `online`; empty while nobody has chosen.")

    @extend_schema_field(SideSerializer)
    def get_local(self, clash):
        return _version(clash.local, clash.proposals.get("local", {}))

    @extend_schema_field(SideSerializer)
    def get_online(self, clash):
        return _version(clash.online, clash.proposals.get("online", {}))


NOTHING = {"zh": "", "en": ""}


def _version(said, proposal):
    return {
        "says": said.get("lines", []),
        "does": proposal.get("text", NOTHING),
        "can": proposal.get("can", False),
        "why_not": proposal.get("reason"),
    }


class DeskOfHouse(Door):
    """Something about the desk of a house, for its manager."""

    rights = True

    def house(self, slug, now) -> Hostel:
        """The house; 404 where there is none, 403 without the right."""
        house = get_object_or_404(Hostel, slug=slug)
        if not is_manager(self.request.user, house, business_day(now)):
            raise PermissionDenied
        return house


class Acts(DeskOfHouse):
    """The queue of a tablet."""

    serializer_class = QueueSerializer
    repeatable = False  # each act by its own id

    @extend_schema(
        operation_id="send_acts",
        tags=["desk"],
        summary="Send what was done without a line: each act is done, known, kept as a clash, or turned away",
        request=QueueRequest,
        responses={200: QueueSerializer},
        examples=[OpenApiExample("A guest came", EXAMPLE, request_only=True)],
    )
    def post(self, request, hostel):
        now = timezone.now()
        house = self.house(hostel, now)
        body = QueueRequest(data=request.data)
        body.is_valid(raise_exception=True)
        sent = body.validated_data
        answers = receive(house, sent["acts"], device=sent["device"], login=request.user, now=now)
        return Response(
            {
                "now": now.isoformat(),
                "acts": [answer.as_data() for answer in answers],
                "open": open_clashes(house),
            }
        )


class Clashes(DeskOfHouse):
    """Acts that wait for a choice."""

    serializer_class = ClashSerializer
    pagination_class = Pages
    queryset = Clash.objects.none()

    @extend_schema(
        operation_id="list_clashes",
        tags=["desk"],
        summary="What was done without a line and does not fit: both versions, and what choosing either does",
        responses=ClashSerializer(many=True),
    )
    def get(self, request, hostel):
        house = self.house(hostel, timezone.now())
        rows = Clash.objects.filter(act__hostel=house, settled_at=None).select_related("act__stay")
        page = self.paginate_queryset(rows.order_by("act__happened_at", "pk"))
        return self.get_paginated_response(ClashSerializer(page, many=True).data)


class ChoiceRequest(serializers.Serializer):
    """Which of the two versions holds."""

    choice = Choice(Clash.Choice.choices)


class ClashChoice(DeskOfHouse):
    """The choice between two versions."""

    serializer_class = ClashSerializer
    refuses = ("POST",)
    refusal = problems.REFUSED

    @extend_schema(
        operation_id="settle_clash",
        tags=["desk"],
        summary="Choose one of the two versions: what it proposes is done, once",
        request=ChoiceRequest,
        responses={200: ClashSerializer},
    )
    def post(self, request, hostel, clash):
        now = timezone.now()
        house = self.house(hostel, now)
        body = ChoiceRequest(data=request.data)
        body.is_valid(raise_exception=True)
        found = Clash.objects.filter(pk=clash, act__hostel=house).first()
        if found is None:
            raise Http404
        choice = body.validated_data["choice"]
        return write_once(
            request, lambda: ClashSerializer(settle(found, choice, now=now, by=request.user)).data, now=now
        )
