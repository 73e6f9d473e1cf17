"""Stays: book, see, cancel, confirm. One sees one's own; whoever works in a house sees the house's."""

import secrets
from datetime import datetime
from threading import local

import django_filters
import segno
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from accounts.reasons import Refused
from accounts.roles import Right, is_manager, may
from api import problems
from api.door import Door
from api.fields import Day, Needs, Yuan, nights_of
from api.hostels import CheckInHoursSerializer, HostelNameSerializer, PositionSerializer
from api.named import hostel_called, not_theirs, stay_called
from api.once import write_once
from api.pages import Pages
from api.problems import ReasonSerializer
from api.refusals import unknown_field
from bookings import reasons
from bookings.actions import POLICY_WORDS, actions
from bookings.arriving import come_late, say_coming
from bookings.booking import book_for, confirm
from bookings.cancelling import LONGEST_REASON, cancel, cancellation
from bookings.changing import change_dates
from bookings.holding import extend_hold
from bookings.lodging import Lodging
from bookings.models import BedNight, Stay
from bookings.undoing import undo
from desk.acts import Asked, perform
from hostel.models import Hostel
from hostel.nights import business_day

# What a policy grants is its own matter; more nights than this no house promises to one guest at once.
MOST_NIGHTS = 366
KEPT_NIGHTS = Prefetch("bed_nights", BedNight.objects.live().order_by("night"), to_attr="kept_nights")
ISO = ["%Y-%m-%d"]
FOR_THE_GUEST = (
    "confirm",
    "extend_hold",
    "cancel",
    "undo_cancel",
    "extend",
    "shorten",
    "shift",
    "say_coming",
    "come_late",
    "appeal",
)
FOR_THE_DESK = (
    "check_in",
    "check_out",
    "no_show",
    "extend",
    "shorten",
    "shift",
    "move",
    "move_to_hostel",
    "swap",
    "overstay",
    "house_answer",
)
FULL = OpenApiExample(
    "Full",
    {
        "type": "/api/problems/refused/",
        "title": "The house says no",
        "status": 409,
        "detail": "Baodaiqiao South hostel has no bed that is free from 6 March 2026 to 8 March 2026",
        "code": "FULL",
        "reasons": [
            {
                "code": "FULL",
                "verdict": "not_met",
                "rule_id": "",
                "policy_version": "",
                "clause": "",
                "sentence_zh": "苏青驿·宝带桥站没有从 2026年3月6日 到 2026年3月8日 都空着的床",
                "sentence_en": "Baodaiqiao South hostel has no bed that is free from 6 March 2026 to 8 March 2026",
                "value_used": "2026-03-06",
                "value_source": "record",
                "needed": 2,
                "by": None,
                "whom_zh": "",
                "whom_en": "",
                "fix": {
                    "kind": "alternatives",
                    "label_zh": "看看附近的",
                    "label_en": "See what is near",
                    "href": "/?in=2026-03-06&nights=2",
                },
            }
        ],
        "alternatives": [
            {
                "kind": "nearby",
                "hostel": "shihu",
                "arrival": "2026-03-06",
                "departure": "2026-03-08",
                "distance_m": 2100,
                "href": "/book/shihu/?in=2026-03-06&out=2026-03-08",
            }
        ],
        "assessment": "",
    },
    response_only=True,
    status_codes=["409"],
    media_type="application/problem+json",
)


class ActionSerializer(serializers.Serializer):
    """Whether something may be done now, and if not, why."""

    ok = serializers.BooleanField()
    reason = ReasonSerializer(allow_null=True)


class ActionsSerializer(serializers.Serializer):
    """What whoever asks may do: a guest to their own stay, the house's manager what is done at the desk."""

    confirm = ActionSerializer(required=False)
    extend_hold = ActionSerializer(required=False)
    cancel = ActionSerializer(required=False)
    undo_cancel = ActionSerializer(required=False, help_text="For five minutes, if there is a bed for it.")
    extend = ActionSerializer(required=False)
    shorten = ActionSerializer(required=False)
    shift = ActionSerializer(required=False)
    say_coming = ActionSerializer(required=False, help_text="On the day of arrival: as agreed.")
    come_late = ActionSerializer(required=False, help_text="On the day of arrival: the bed is kept longer.")
    move = ActionSerializer(required=False)
    move_to_hostel = ActionSerializer(required=False)
    swap = ActionSerializer(required=False)
    overstay = ActionSerializer(required=False)
    house_answer = ActionSerializer(required=False, help_text="Say whether an on-call bed can be had.")
    check_in = ActionSerializer(required=False)
    check_out = ActionSerializer(required=False)
    no_show = ActionSerializer(required=False)
    appeal = ActionSerializer(required=False)


class StayNightSerializer(serializers.Serializer):
    date = serializers.DateField(source="night")
    price_class = serializers.ChoiceField(BedNight.PriceClass.choices)
    price_yuan = Yuan(source="price_fen", help_text="What the guest pays at the desk.")
    slept = serializers.SerializerMethodField()

    def get_slept(self, bed_night) -> bool:
        return bed_night.slept_at is not None


class StaySerializer(serializers.Serializer):
    """A stay. Its status is computed from the moments that happened.

    The context says at which moment (``now``) and of which ``actions`` to speak: those that whoever asks could do.
    """

    code = serializers.CharField()
    status = serializers.SerializerMethodField()
    hostel = HostelNameSerializer()
    guest = serializers.CharField(source="guest.masked_name", help_text="The first character of the name, then stars.")
    arrival = serializers.DateField()
    departure = serializers.DateField()
    purpose = serializers.CharField()
    needs = Needs(help_text="What the bed, or its room, must have.")
    alone = serializers.BooleanField(help_text="The room is theirs, or their party's, alone.")
    awaits = serializers.ChoiceField(
        Stay.Awaits.choices, allow_blank=True, help_text="What a held bed waits for, where it is not the guest alone."
    )
    nights = StayNightSerializer(source="kept_nights", many=True, help_text="The nights that were not given back.")
    to_pay_yuan = serializers.SerializerMethodField(help_text="What the guest pays at the desk for all nights.")
    booked_at = serializers.DateTimeField()
    held_until = serializers.DateTimeField(allow_null=True)
    kept_until = serializers.DateTimeField(help_text="After this moment the guest has not come.")
    confirmed_at = serializers.DateTimeField(allow_null=True)
    coming_at = serializers.DateTimeField(allow_null=True, help_text="When the guest said that they come tonight.")
    late_at = serializers.DateTimeField(allow_null=True, help_text="And when, that they come late.")
    checked_in_at = serializers.DateTimeField(allow_null=True)
    checked_out_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    cancel_cause = serializers.ChoiceField(Stay.Cause.choices, allow_blank=True)
    cancel_reason = serializers.CharField(allow_blank=True, help_text="Why, in the guest's own words, if they said so.")
    no_show_at = serializers.DateTimeField(allow_null=True)
    actions = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(Stay.Status.choices))
    def get_status(self, stay):
        return stay.state(self.context["now"])

    @extend_schema_field(Yuan)
    def get_to_pay_yuan(self, stay):
        return Yuan().to_representation(sum(row.price_fen for row in stay.kept_nights))

    @extend_schema_field(ActionsSerializer)
    def get_actions(self, stay):
        # Of one stay at one moment one sentence says one thing; and most of what may not be done, for the same reason.
        said: dict[str, dict] = {}
        words = {}
        for name, action in actions(stay, self.context["now"], self.context["actions"]).items():
            why_not = str(action.reason.sentence.text) if action.reason else ""
            words[name] = said[why_not] = said.get(why_not) or action.as_data()
        return words


class StayRequest(serializers.Serializer):
    """A wish for a bed."""

    hostel = serializers.SlugField(max_length=50)
    arrival = Day()
    departure = Day()
    purpose = serializers.CharField(max_length=20, help_text="One of the policy's purposes: `interview`, `exam`, …")
    accept_price = serializers.BooleanField(default=False, help_text="Take nights that are not free at their price.")
    hold = serializers.BooleanField(default=False, help_text="Keep the bed for ten minutes; confirm it then.")
    change_of_bed = serializers.BooleanField(
        default=False, help_text="Take two beds of the house, one after the other, where none is free throughout."
    )
    needs = Needs(default=list, help_text="What the bed, or its room, must have.")
    alone = serializers.BooleanField(
        default=False,
        help_text="A room with nobody else in it: a single one; one with several beds where it must be accessible.",
    )

    def validate(self, sent):
        nights = nights_of(sent.pop("arrival"), sent.pop("departure"), MOST_NIGHTS)
        sent["lodging"] = Lodging(
            needs=frozenset(sent.pop("needs")), alone=sent.pop("alone"), change_of_bed=sent.pop("change_of_bed")
        )
        return {"slug": sent.pop("hostel"), "nights": nights, **sent}


class ConfirmationRequest(serializers.Serializer):
    """A held stay becomes a promise."""

    purpose = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)
    accept_price = serializers.BooleanField(default=False)


class CancellationRequest(serializers.Serializer):
    """What the guest says of it, if anything."""

    reason = serializers.CharField(
        max_length=LONGEST_REASON, required=False, default="", allow_blank=True, help_text="Why, in their own words."
    )
    late = serializers.BooleanField(
        required=False, default=False, help_text="After the hour: say that one does not come, and be a no-show."
    )


COMING = {"on_time": say_coming, "late": come_late, "no": cancel}


class ComingRequest(serializers.Serializer):
    """Does one still come tonight?"""

    answer = serializers.ChoiceField(
        [("on_time", "as agreed"), ("late", "the bed is kept longer"), ("no", "the stay is cancelled")]
    )


class NothingSerializer(serializers.Serializer):
    """Nothing needs to be said."""


class PassHostelSerializer(HostelNameSerializer):
    address = serializers.CharField()
    phone = serializers.CharField()
    position = PositionSerializer(source="*")
    check_in = CheckInHoursSerializer(source="*")


class PassSerializer(serializers.Serializer):
    """What a guest shows at the desk."""

    code = serializers.CharField()
    qr = serializers.CharField(help_text="A data URI of an SVG picture: a QR code of the stay's code.")
    arrival = serializers.DateField()
    departure = serializers.DateField()
    kept_until = serializers.DateTimeField()
    hostel = PassHostelSerializer()


class StayFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=Stay.Status.choices, method="in_state", help_text="The status now.")
    arrival_from = django_filters.DateFilter("arrival", "gte", input_formats=ISO, help_text="The first day of arrival.")
    arrival_to = django_filters.DateFilter("arrival", "lte", input_formats=ISO, help_text="The last day of arrival.")

    class Meta:
        model = Stay
        fields = ["status", "arrival_from", "arrival_to"]

    def in_state(self, stays, _name, status):
        now = timezone.now()
        over = Q(status=Stay.Status.HELD, held_until__lte=now)
        if status == Stay.Status.CANCELLED:
            return stays.filter(Q(status=status) | over)
        if status == Stay.Status.HELD:
            return stays.filter(status=status, held_until__gt=now)
        return stays.filter(status=status)


def stays_with_all():
    """Stays with what the answers say of them, in two statements however many they are."""
    return (
        Stay.objects.select_related("guest", "hostel", "missed").prefetch_related(KEPT_NIGHTS).annotate(**POLICY_WORDS)
    )


def in_words(stay: Stay, now: datetime, doable: tuple[str, ...] = FOR_THE_GUEST) -> dict:
    """The stay as JSON values; ``doable`` are the actions that whoever asks could do."""
    prefetch_related_objects([stay], KEPT_NIGHTS)
    words = _words.serializer
    words._context = {"now": now, "actions": doable}
    return words.to_representation(stay)


class _Words(local):
    """Serializers made once for each thread: to copy their fields for each stay takes longer than the answer."""

    def __init__(self):
        self.serializer = StaySerializer()
        self.wish = StayRequest()


_words = _Words()


def own_stay(user: User, code: str, now: datetime) -> Stay:
    """The user's stay of this code; 404 for what they may not know of, 403 for what they may only see."""
    stay = stay_called(code)
    if stay.guest.user_id == user.pk:
        return stay
    raise not_theirs(user, stay, business_day(now))


class Stays(Door):
    """Own stays, or a house's."""

    serializer_class = StaySerializer
    pagination_class = Pages
    filterset_class = StayFilter
    queryset = Stay.objects.none()
    refuses = ("POST",)
    refusal = problems.REFUSED

    @extend_schema(
        operation_id="list_stays",
        tags=["stays"],
        summary="Own stays, the latest arrival first; with `hostel` the house's, for those who work there",
        parameters=[
            OpenApiParameter("hostel", str, description="The slug of a house; guests see their own stays there.")
        ],
        responses=StaySerializer(many=True),
    )
    def get(self, request):
        now = timezone.now()
        stays, doable = self._asked_for(request, now)
        page = self.paginate_queryset(self.filter_queryset(stays).order_by("-arrival", "-pk"))
        words = StaySerializer(page, many=True, context={"now": now, "actions": doable})
        return self.get_paginated_response(words.data)

    def _asked_for(self, request, now):
        own = stays_with_all().of(request.user)
        slug = request.query_params.get("hostel")
        if slug is None:
            return own, FOR_THE_GUEST
        hostel, today = hostel_called(slug), business_day(now)
        if is_manager(request.user, hostel, today):
            return stays_with_all().filter(hostel=hostel), FOR_THE_DESK
        if may(request.user, Right.SEE_HOUSE_STAYS, hostel, today):
            return stays_with_all().filter(hostel=hostel), ()
        return own.filter(hostel=hostel), FOR_THE_GUEST

    @extend_schema(
        operation_id="book_stay",
        tags=["stays"],
        summary="Book a bed for oneself",
        request=StayRequest,
        responses={201: StaySerializer},
        examples=[
            OpenApiExample(
                "Two nights",
                {
                    "hostel": "baodaiqiao",
                    "arrival": "2026-03-06",
                    "departure": "2026-03-08",
                    "purpose": "interview",
                },
                request_only=True,
            ),
            FULL,
        ],
    )
    def post(self, request):
        wish = _words.wish.run_validation(request.data)
        now = timezone.now()

        def do():
            try:
                return in_words(book_for(user=request.user, now=now, **wish), now)
            except Hostel.DoesNotExist:
                raise unknown_field("hostel", _("There is no such hostel.")) from None

        return write_once(request, do, now=now, status=201)


class StayDetail(Door):
    """One stay."""

    serializer_class = StaySerializer

    @extend_schema(operation_id="get_stay", tags=["stays"], summary="One stay, and what may be done to it now")
    def get(self, request, code):
        now = timezone.now()
        stay = get_object_or_404(stays_with_all(), code=code.upper())
        if stay.guest.user_id == request.user.pk:
            return Response(in_words(stay, now))
        today = business_day(now)
        if is_manager(request.user, stay.hostel, today):
            return Response(in_words(stay, now, FOR_THE_DESK))
        if may(request.user, Right.SEE_HOUSE_STAYS, stay.hostel, today):
            return Response(in_words(stay, now, ()))
        raise Http404


class StayAct(Door):
    """Something that the guest does to a stay."""

    serializer_class = StaySerializer
    rights = True
    refuses = ("POST",)

    def act(self, request, code, verb, body_class=NothingSerializer):
        now = timezone.now()
        stay = own_stay(request.user, code, now)
        body = body_class(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        return write_once(request, lambda: in_words(verb(stay, now=now, actor=request.user, **said), now), now=now)


class EndingSerializer(serializers.Serializer):
    """Something that ends with a stay, or changes with it."""

    kind = serializers.CharField(
        help_text="a `stay` that goes on from it, a `review`, `evidence`, the `waiting` list, the `party`, …"
    )
    code = serializers.CharField(help_text="By which it is known: of a stay, a decision, a party; the kind of a proof.")
    sentence_zh = serializers.CharField()
    sentence_en = serializers.CharField()


class CancellationSerializer(ActionSerializer):
    """What it would mean to cancel the stay now."""

    nights_returned = serializers.IntegerField(min_value=0, help_text="Those of stays that end with it among them.")
    ends = EndingSerializer(many=True)
    recorded_as = serializers.CharField(help_text="`cancelled`; `no_show` where it is too late; else what it is now.")
    too_late = serializers.BooleanField(
        help_text="Whether one can only say with `late` that one does not come, and is recorded as a no-show."
    )


class Cancellation(StayAct):
    @extend_schema(
        operation_id="get_cancellation",
        tags=["stays"],
        summary="What cancelling would mean: the nights that return, and what ends with the stay",
        responses={200: CancellationSerializer},
    )
    def get(self, request, code):
        now = timezone.now()
        would = cancellation(own_stay(request.user, code, now), now)
        return Response(
            would.action.as_data()
            | {
                "nights_returned": would.nights_returned,
                "ends": [ending.as_data() for ending in would.ends],
                "recorded_as": would.recorded_as,
                "too_late": would.too_late,
            }
        )

    @extend_schema(
        operation_id="cancel_stay",
        tags=["stays"],
        summary="Cancel: the bed and the nights go back at once",
        request=CancellationRequest,
        responses={200: StaySerializer},
    )
    def post(self, request, code):
        return self.act(request, code, cancel, CancellationRequest)


class CancellationUndo(StayAct):
    refusal = problems.REFUSED

    @extend_schema(
        operation_id="undo_cancellation",
        tags=["stays"],
        summary="Take a cancellation back within five minutes, in the same bed or another of the house",
        request=NothingSerializer,
        responses={200: StaySerializer},
    )
    def post(self, request, code):
        return self.act(request, code, undo)


class Coming(StayAct):
    @extend_schema(
        operation_id="answer_coming",
        tags=["stays"],
        summary="On the day of arrival: on time, late (the bed is kept longer), or not at all (it is cancelled)",
        request=ComingRequest,
        responses={200: StaySerializer},
    )
    def post(self, request, code):
        return self.act(request, code, _come, ComingRequest)


def _come(stay, *, answer, now, actor):
    return COMING[answer](stay, now=now, actor=actor)


class Confirmation(StayAct):
    refusal = problems.REFUSED

    @extend_schema(
        operation_id="confirm_stay",
        tags=["stays"],
        summary="Make a held stay a promise",
        request=ConfirmationRequest,
        responses={200: StaySerializer},
    )
    def post(self, request, code):
        return self.act(request, code, confirm, ConfirmationRequest)


class Hold(StayAct):
    @extend_schema(
        operation_id="extend_hold",
        tags=["stays"],
        summary="Keep a held bed ten minutes longer, once",
        request=NothingSerializer,
        responses={200: StaySerializer},
    )
    def post(self, request, code):
        return self.act(request, code, extend_hold)


class DatesRequest(serializers.Serializer):
    """From when to when the stay shall be. With another arrival it is on other days: until the guest has come."""

    arrival = Day()
    departure = Day()
    accept_price = serializers.BooleanField(required=False, default=False)
    change_of_bed = serializers.BooleanField(
        required=False, default=False, help_text="Take another bed for the nights that are added, rather than none."
    )

    def validate(self, sent):
        nights_of(sent["arrival"], sent["departure"], MOST_NIGHTS)
        return sent


class Dates(Door):
    """The nights of a stay."""

    serializer_class = StaySerializer
    rights = True
    refuses = ("PUT",)
    refusal = problems.REFUSED

    @extend_schema(
        operation_id="change_dates",
        tags=["stays"],
        summary="Extend, shorten, or be on other days: for the guest, and for the desk of the house",
        request=DatesRequest,
        responses={200: StaySerializer},
    )
    def put(self, request, code):
        now = timezone.now()
        stay = stay_called(code)
        at_the_desk = is_manager(request.user, stay.hostel, business_day(now))
        if not at_the_desk:
            stay = own_stay(request.user, code, now)
        body = DatesRequest(data=request.data)
        body.is_valid(raise_exception=True)
        said, doable = body.validated_data, FOR_THE_DESK if at_the_desk else FOR_THE_GUEST

        def change():
            if not at_the_desk:
                return change_dates(stay, now=now, actor=request.user, **said)
            return _changed_at_the_desk(stay, request.user, said, now)

        return write_once(request, lambda: in_words(change(), now, doable), now=now)


def _changed_at_the_desk(stay, user, said, now):
    """What a desk does is an act of it, that it can take back; sent again it is known by its Idempotency-Key."""
    what = "shift"
    if said["arrival"] == stay.arrival:
        if said["departure"] == stay.departure:
            return stay
        what = "extend" if said["departure"] > stay.departure else "shorten"
    plain = said | {name: said[name].isoformat() for name in ("arrival", "departure")}
    done = perform(Asked(stay.hostel, secrets.token_urlsafe(12), what, user, now, stay, plain), now=now)
    assert done.stay is not None  # it is about one
    return done.stay


class Pass(Door):
    """The pass of a stay that is still to come, or running."""

    serializer_class = PassSerializer
    rights = True
    refuses = ("GET",)

    @extend_schema(operation_id="get_pass", tags=["stays"], summary="What the guest shows at the desk")
    def get(self, request, code):
        now = timezone.now()
        stay = own_stay(request.user, code, now)
        if stay.state(now) not in (Stay.Status.CONFIRMED, Stay.Status.IN_HOUSE):
            raise Refused(reasons.wrong_state(stay, now))
        stay.qr = segno.make_qr(stay.code, error="m").svg_data_uri(scale=8, border=4)
        return Response(PassSerializer(stay).data)
