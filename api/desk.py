"""The desk: who comes, who leaves, who did not come. For the manager of the house."""

from datetime import date, datetime, timedelta

from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from accounts.idempotency import LONGEST_KEY, well_formed
from accounts.models import Person, User
from accounts.roles import Right, is_manager, may
from api import problems
from api.door import Door
from api.fields import Choice, Day, Graduation, Moment, nights_of
from api.hostels import HostelNameSerializer
from api.named import BedLabel, not_theirs, stay_called
from api.once import write_once
from api.refusals import unknown_field
from api.stays import FOR_THE_DESK, MOST_NIGHTS, ActionsSerializer, StaySerializer, in_words
from bookings.actions import POLICY_WORDS, actions
from bookings.models import BedNight, Stay
from desk.acts import Asked, perform
from desk.models import Act
from hostel.models import Hostel
from hostel.nights import business_day

ACT_ID = (
    "1 to 80 printable characters; the desk's key. Sent again it gets the same answer, a refusal too: "
    "a new try needs a new one."
)
OLDEST_ACT = timedelta(hours=24)
# The desk's clock may go a little fast; what it says of the next minute happened now.
CLOCK_SKEW = timedelta(minutes=1)


class ActIdRequest(serializers.Serializer):
    """What names an act at the desk."""

    act_id = serializers.CharField(max_length=LONGEST_KEY, help_text=ACT_ID)

    def validate_act_id(self, act_id):
        if not well_formed(act_id):
            raise serializers.ValidationError(_("A key has 1 to 80 printable characters."))
        return act_id


class ActRequest(ActIdRequest):
    """An act at the desk. It may be sent again: the same `act_id` gets the same answer, a refusal too.

    A new try, when what refused it was put right, needs a new `act_id`. It is known by it in the whole house: also what
    a tablet queued, and sends later, is done once.
    """

    happened_at = Moment(help_text="The moment it happened: not to come, not older than 24 hours.")


class CheckInRequest(ActRequest):
    """The guest is here: compared with the document, and let into a bed."""

    compared = serializers.BooleanField(help_text="The person was compared with the document and registered.")
    bed = BedLabel(required=False, help_text="Room and bed, `302-1`; without it the bed that is kept.")
    document_number = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=40, help_text="Read in addition; it must match."
    )
    evidence_seen = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=40,
        help_text="The kind of proof whose original was shown (`GET stays/{code}/evidence/` lists them).",
    )
    before_clean = serializers.BooleanField(
        required=False, default=False, help_text="Let in although the bed is not clean yet: the key comes later."
    )


class DeskStaySerializer(serializers.Serializer):
    """A stay as the desk needs it today."""

    code = serializers.CharField()
    status = serializers.CharField()
    guest = serializers.CharField(source="guest.masked_name")
    gender = serializers.CharField(source="guest.gender")
    arrival = serializers.DateField()
    departure = serializers.DateField()
    bed = serializers.SerializerMethodField(help_text="Room and bed, `302-1`.")
    kept_until = serializers.DateTimeField()
    checked_in_at = serializers.DateTimeField(allow_null=True)
    actions = serializers.SerializerMethodField()

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_bed(self, stay):
        nights, today = list(stay.bed_nights.all()), business_day(self.context["now"])
        # Who changes beds during the stay has tonight's; the last night stands first.
        to_come = [night for night in nights if night.night >= today]
        return str((to_come[-1] if to_come else nights[0]).bed) if nights else None

    @extend_schema_field(ActionsSerializer)
    def get_actions(self, stay):
        doable = actions(stay, self.context["now"])
        return {name: doable[name].as_data() for name in FOR_THE_DESK}


class ToAnswerSerializer(DeskStaySerializer):
    """A stay in an on-call bed that waits for the house's answer."""

    answer_by = serializers.DateTimeField(source="held_until", help_text="After this moment the guest goes elsewhere.")


class TodaySerializer(serializers.Serializer):
    """The business day of a house, which turns at 06:00."""

    hostel = HostelNameSerializer()
    date = serializers.DateField()
    to_answer = ToAnswerSerializer(many=True, help_text="Asked of the house: can their on-call bed be had?")
    due_in = DeskStaySerializer(many=True, help_text="Confirmed and expected, also those who should have come before.")
    in_house = DeskStaySerializer(many=True, help_text="Guests who stay over tonight.")
    due_out = DeskStaySerializer(many=True, help_text="Guests who leave today.")
    overdue = DeskStaySerializer(many=True, help_text="Guests whose day of leaving is past.")


class Today(Door):
    """The desk's board."""

    serializer_class = TodaySerializer
    rights = True

    @extend_schema(
        operation_id="get_desk_today", tags=["desk"], summary="To answer, due in, in house, due out, overdue"
    )
    def get(self, request, hostel):
        now = timezone.now()
        house, today = get_object_or_404(Hostel, slug=hostel), business_day(now)
        if not may(request.user, Right.SEE_HOUSE_STAYS, house, today):
            raise PermissionDenied
        beds = BedNight.objects.live().select_related("bed__room").order_by("-night")
        stays = (
            Stay.objects.select_related("guest", "hostel")
            .prefetch_related(Prefetch("bed_nights", beds))
            .annotate(**POLICY_WORDS)
            .filter(
                Q(status=Stay.Status.CONFIRMED, arrival__lte=today, departure__gt=today)
                | Q(status=Stay.Status.IN_HOUSE)
                | Q(status=Stay.Status.HELD, awaits=Stay.Awaits.HOUSE, held_until__gt=now),
                hostel=house,
            )
            .order_by("arrival", "pk")
        )
        board = {"hostel": house, "date": today} | {column: [] for column in COLUMNS}
        for stay in stays:
            board[_column(stay, today)].append(stay)
        return Response(TodaySerializer(board, context={"now": now}).data)


COLUMNS = ("to_answer", "due_in", "in_house", "due_out", "overdue")


def _column(stay, today):
    if stay.status == Stay.Status.HELD:
        return "to_answer"
    if stay.status == Stay.Status.CONFIRMED:
        return "due_in"
    if stay.departure > today:
        return "in_house"
    return "due_out" if stay.departure == today else "overdue"


def stay_at_own_desk(user: User, code: str, now: datetime) -> Stay:
    """The stay of this code in a house that ``user`` manages; 404 for what they may not know of, 403 else."""
    stay, today = stay_called(code), business_day(now)
    if is_manager(user, stay.hostel, today):
        return stay
    raise not_theirs(user, stay, today)


class DeskAct(Door):
    """Something that the desk does to a stay."""

    serializer_class = StaySerializer
    rights = True
    refuses = ("POST",)
    repeatable = False  # by its act_id instead

    def stay_of(self, request, code, now):
        """The stay, where the right is the asker's."""
        return stay_at_own_desk(request.user, code, now)

    def act(self, request, code, body_class, what):
        """Answer with what the stay is after ``what`` (a kind of act), done once for each act_id.

        The right is asked for first: who has none learns nothing of how an act should look.
        """
        now = timezone.now()
        stay = self.stay_of(request, code, now)
        body = body_class(data=request.data)
        body.is_valid(raise_exception=True)
        asked = asked_in(request, stay.hostel, what, body.validated_data, now, stay)
        return write_once(request, lambda: _after(perform(asked, now=now), now), now=now, key=asked.act_id)


def asked_in(request, hostel: Hostel, what: str, said: dict, now: datetime, stay: Stay | None = None) -> Asked:
    """The act ``what`` as a body that was looked at asks for it: what is ``said`` beside, in JSON values."""
    plain = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in said.items()
        if name not in ("act_id", "happened_at")
    }
    return Asked(hostel, said["act_id"], what, request.user, _moment(said["happened_at"], now), stay, plain)


def _after(done: Act, now: datetime):
    """The stay that ``done`` is about; in another house the one that it made there."""
    stay = done.stay
    assert stay is not None  # these acts are about one
    made = [code for code in done.after if code not in done.before and code != stay.code]
    if made:
        stay = Stay.objects.select_related("guest", "hostel").get(code=made[0])
    return in_words(stay, now, FOR_THE_DESK)


def _moment(happened_at, now):
    if now < happened_at <= now + CLOCK_SKEW:
        return now
    if happened_at > now:
        raise unknown_field("happened_at", _("This moment is still to come."))
    if happened_at < now - OLDEST_ACT:
        raise unknown_field("happened_at", _("This is more than 24 hours ago."))
    return happened_at


class CheckIn(DeskAct):
    @extend_schema(
        operation_id="check_in",
        tags=["desk"],
        summary="Let the guest in",
        request=CheckInRequest,
        responses={200: StaySerializer},
        examples=[
            OpenApiExample(
                "Into the bed that is kept",
                {"act_id": "desk-3-0007", "happened_at": "2026-03-06T15:02:00+08:00", "compared": True},
                request_only=True,
            )
        ],
    )
    def post(self, request, code):
        return self.act(request, code, CheckInRequest, "check_in")


class WalkInRequest(ActRequest):
    """Somebody without a booking stands at the desk, their document in its hand. Tonight is the first night."""

    name = serializers.CharField(max_length=40)
    document_kind = Choice(Person.Document.choices)
    document_number = serializers.CharField(max_length=40)
    gender = Choice(Person.Gender.choices, required=False, help_text="Where the document does not say it.")
    birth_date = Day(first=date(1900, 1, 1), required=False)
    education = Choice(Person.Education.choices, required=False)
    graduation = Graduation(required=False)
    school = serializers.CharField(max_length=80, required=False)
    school_city = serializers.CharField(max_length=40, required=False)
    home_in_district = serializers.BooleanField(required=False, allow_null=True)
    answers = serializers.DictField(child=serializers.CharField(max_length=40), required=False)
    departure = Day()
    purpose = serializers.CharField(max_length=20)
    accept_price = serializers.BooleanField(required=False, default=False)
    compared = serializers.BooleanField(help_text="The person was compared with the document and registered.")
    bed = BedLabel(required=False, help_text="Room and bed, `302-1`; without it the best.")


class WalkIns(Door):
    """Guests without a booking."""

    serializer_class = StaySerializer
    rights = True
    refuses = ("POST",)
    refusal = problems.REFUSED
    repeatable = False  # by its act_id instead

    @extend_schema(
        operation_id="walk_in",
        tags=["desk"],
        summary="Ask the rules, book and let in a guest who comes without a booking: all at once or nothing",
        request=WalkInRequest,
        responses={201: StaySerializer},
    )
    def post(self, request, hostel):
        now = timezone.now()
        house = get_object_or_404(Hostel, slug=hostel)
        if not is_manager(request.user, house, business_day(now)):
            raise PermissionDenied
        body = WalkInRequest(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        # How long a stay may be is the door's; what else does not read as it should, the act says.
        nights_of(business_day(_moment(said["happened_at"], now)), said["departure"], MOST_NIGHTS)
        asked = asked_in(request, house, "walk_in", said, now)
        return write_once(request, lambda: _after(perform(asked, now=now), now), now=now, status=201, key=asked.act_id)


class CheckOut(DeskAct):
    @extend_schema(
        operation_id="check_out",
        tags=["desk"],
        summary="Let the guest go; unused nights go back at once",
        request=ActRequest,
        responses={200: StaySerializer},
    )
    def post(self, request, code):
        return self.act(request, code, ActRequest, "check_out")


class HouseAnswerRequest(ActRequest):
    """Whether the on-call bed of a stay can be had."""

    can_be_had = serializers.BooleanField(help_text="If not, the guest is found another bed, here or elsewhere.")


class HouseAnswer(DeskAct):
    @extend_schema(
        operation_id="answer_for_house",
        tags=["desk"],
        summary="Say whether an on-call bed can be had: the stay is a promise, or the guest gets another bed",
        request=HouseAnswerRequest,
        responses={200: StaySerializer},
    )
    def post(self, request, code):
        return self.act(request, code, HouseAnswerRequest, "house_answer")


class NoShow(DeskAct):
    @extend_schema(
        operation_id="no_show",
        tags=["desk"],
        summary="Say that the guest has not come; all nights go back",
        request=ActRequest,
        responses={200: StaySerializer},
    )
    def post(self, request, code):
        return self.act(request, code, ActRequest, "no_show")
