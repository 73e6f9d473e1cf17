"""What a desk did is taken back, for five minutes: by the stay and what was done to it, or by the act's own id."""

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied

from accounts.reasons import Fix, Refused, not_met
from accounts.roles import is_manager
from api import problems
from api.desk import ActIdRequest, DeskAct, stay_at_own_desk
from api.door import Door
from api.once import write_once
from api.stays import FOR_THE_DESK, StaySerializer, in_words
from bookings.models import Stay
from desk import undoing
from desk.models import Act
from hostel.models import Hostel
from hostel.nights import business_day

# By the address of what was done: the kinds of acts that do it.
DONE_AT = {
    "check-in": ("check_in",),
    "check-out": ("check_out",),
    "no-show": ("no_show",),
    "walk-in": ("walk_in",),
    "bed": ("move", "place"),
    "dates": ("extend", "shorten", "shift", "place"),
    "swap": ("swap",),
    "hostel": ("move_to_hostel",),
    "overstay": ("overstay",),
}


class UndoRequest(ActIdRequest):
    """The key of taking it back. Sent again it gets the same answer, a refusal too."""


class StayUndo(DeskAct):
    """Taking back what the desk did last to a stay."""

    refusal = problems.REFUSED

    @extend_schema(
        operation_id="undo_at_desk",
        tags=["desk"],
        summary="Take back what was done to the stay, for five minutes, if nothing came between: all is as it was",
        parameters=[
            OpenApiParameter(
                "done",
                OpenApiTypes.STR,
                OpenApiParameter.PATH,
                enum=list(DONE_AT),
                description="What was done: the address it was sent to; `dates` for `PUT stays/{code}/dates/`.",
            )
        ],
        request=UndoRequest,
        responses={200: StaySerializer},
    )
    def post(self, request, code, done):
        if done not in DONE_AT:
            raise Http404
        now = timezone.now()
        act = _last(code.upper(), DONE_AT[done])
        if act is None or not is_manager(request.user, act.hostel, business_day(now)):
            stay_at_own_desk(request.user, code, now)  # says which right is missing
            if act is not None:
                raise PermissionDenied  # another house did it
        body = UndoRequest(data=request.data)
        body.is_valid(raise_exception=True)

        def once():
            if act is None:
                raise Refused(_nothing(code.upper()))
            undoing.undo(act, now=now, by=request.user)
            stay = Stay.objects.select_related("guest", "hostel").get(code=code.upper())
            return in_words(stay, now, FOR_THE_DESK)

        return write_once(request, once, now=now, key=body.validated_data["act_id"])


def _last(code, kinds):
    """The last act of these ``kinds`` that was done to the stay of this code and still stands."""
    about = Q(stay__code=code) | Q(before__has_key=code) | Q(after__has_key=code)
    done = Act.objects.filter(about, what__in=kinds, undone_at=None).select_related("hostel", "stay")
    return done.order_by("-written_at", "-pk").first()


def _nothing(code):
    return not_met(
        "STATE",
        _("Nothing of this kind was done to stay %(code)s that could be taken back: look at how it stands"),
        {"code": code},
        value_used=code,
        fix=Fix("stay", _("Open the stay"), f"/desk/stays/{code}/"),
    )


class ActUndoRequest(ActIdRequest):
    """Taking back the act of the house that had the id `of`: also one that is about no stay, as a bed cleaned."""

    of = serializers.CharField(max_length=80, help_text="The `act_id` of what is taken back.")


class ActSerializer(serializers.ModelSerializer):
    """An act of a desk, once it was taken back."""

    stay: serializers.Field = serializers.SlugRelatedField(
        "code", read_only=True, help_text="Its code, where it is about one."
    )

    class Meta:
        model = Act
        fields = ["act_id", "what", "stay", "happened_at", "written_at", "undone_at"]
        read_only_fields = fields


class ActUndo(Door):
    """Taking back any act of a house, by its id."""

    serializer_class = ActSerializer
    rights = True
    refuses = ("POST",)
    refusal = problems.REFUSED
    repeatable = False  # by its act_id instead

    @extend_schema(
        operation_id="undo_act",
        tags=["desk"],
        summary="Take back what was done under an act_id, for five minutes, if nothing came between",
        request=ActUndoRequest,
        responses={200: ActSerializer},
    )
    def post(self, request, hostel):
        now = timezone.now()
        house = get_object_or_404(Hostel, slug=hostel)
        if not is_manager(request.user, house, business_day(now)):
            raise PermissionDenied
        body = ActUndoRequest(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        act = get_object_or_404(Act, hostel=house, act_id=said["of"])
        return write_once(
            request,
            lambda: ActSerializer(undoing.undo(act, now=now, by=request.user)).data,
            now=now,
            key=said["act_id"],
        )
