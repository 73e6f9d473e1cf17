"""No-shows: the guest says why, an officer answers."""

import django_filters
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from accounts.record import record
from accounts.roles import networks_reviewed_by
from api.door import Door
from api.hostels import HostelNameSerializer
from api.once import write_once
from api.pages import Pages
from api.reviews import YES_OR_NO
from api.stays import ActionSerializer, own_stay
from bookings.actions import Action
from bookings.models import NoShow
from bookings.no_shows import LONGEST, answer, appeal, why_no_answer
from hostel.nights import business_day


class NoShowActionsSerializer(serializers.Serializer):
    lift = ActionSerializer()
    leave = ActionSerializer(help_text="To answer that it stays.")


class NoShowSerializer(serializers.Serializer):
    """A missed stay."""

    stay = serializers.CharField(source="stay.code")
    hostel = HostelNameSerializer(source="stay.hostel")
    guest = serializers.CharField(source="guest.masked_name", help_text="The first character of the name, then stars.")
    at = serializers.DateTimeField(help_text="Until then the bed was kept.")
    appealed_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField(help_text="What the guest was told.")
    lifted_at = serializers.DateTimeField(allow_null=True, help_text="From then on it counts no more.")


class NoShowDetailSerializer(NoShowSerializer):
    """A missed stay, with what its guest says of it. Each look is on the record."""

    appeal = serializers.CharField(help_text="What the guest says of it.")
    actions = serializers.SerializerMethodField()

    @extend_schema_field(NoShowActionsSerializer)
    def get_actions(self, missed):
        why = {name: why_no_answer(missed, self.context["user"], lift=name == "lift") for name in ("lift", "leave")}
        return {name: Action(reason is None, reason).as_data() for name, reason in why.items()}


class AppealRequest(serializers.Serializer):
    """Why one could not come."""

    text = serializers.CharField(max_length=LONGEST)


class AnswerRequest(serializers.Serializer):
    """An officer's answer. The guest reads why."""

    lift = serializers.BooleanField(help_text="Take it back; else it stays.")
    because = serializers.CharField(max_length=200)


class NoShowFilter(django_filters.FilterSet):
    waiting = django_filters.ChoiceFilter(
        choices=YES_OR_NO, method="that_wait", help_text="Whether the guest has written and nobody has answered."
    )

    class Meta:
        model = NoShow
        fields = ["waiting"]

    def that_wait(self, found, _name, said):
        waiting = {"appealed_at__isnull": False, "answered_at": None, "lifted_at": None}
        return found.filter(**waiting) if said == "true" else found.exclude(**waiting)


def no_shows_of(user, now):
    """The no-shows (a queryset) that ``user`` answers; none for who answers nowhere."""
    networks = networks_reviewed_by(user, business_day(now))
    return NoShow.objects.select_related("stay__hostel", "guest").filter(
        stay__hostel__network__in=networks.values("pk")
    )


class StayAppeal(Door):
    """What the guest of a missed stay says of it."""

    serializer_class = NoShowSerializer
    rights = True
    refuses = ("POST",)

    @extend_schema(
        operation_id="appeal_no_show",
        tags=["stays"],
        summary="Say why one could not come, once; an officer answers",
        request=AppealRequest,
        responses={200: NoShowSerializer},
    )
    def post(self, request, code):
        now = timezone.now()
        stay = own_stay(request.user, code, now)
        body = AppealRequest(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        return write_once(
            request, lambda: NoShowSerializer(appeal(stay, now=now, actor=request.user, **said)).data, now=now
        )


class NoShows(Door):
    """Missed stays."""

    serializer_class = NoShowSerializer
    pagination_class = Pages
    filterset_class = NoShowFilter
    queryset = NoShow.objects.none()
    rights = True

    @extend_schema(
        operation_id="list_no_shows",
        tags=["reviews"],
        summary="Missed stays of one's networks, the latest first; officers only",
        responses=NoShowSerializer(many=True),
    )
    def get(self, request):
        now = timezone.now()
        if not networks_reviewed_by(request.user, business_day(now)).exists():
            raise PermissionDenied
        found = self.filter_queryset(no_shows_of(request.user, now)).order_by("-at", "-pk")
        return self.get_paginated_response(NoShowSerializer(self.paginate_queryset(found), many=True).data)


class NoShowDetail(Door):
    """One missed stay."""

    serializer_class = NoShowDetailSerializer
    rights = True

    @extend_schema(
        operation_id="get_no_show", tags=["reviews"], summary="One missed stay and what its guest says of it"
    )
    def get(self, request, code):
        now = timezone.now()
        missed = missed_stay(request.user, code, now)
        about = {"person": missed.guest, "hostel": missed.stay.hostel, "about": missed.stay.code}
        record("see_no_show", now=now, actor=request.user, **about)
        return Response(NoShowDetailSerializer(missed, context={"user": request.user}).data)


class NoShowDecision(Door):
    """An officer's answer."""

    serializer_class = NoShowDetailSerializer
    rights = True
    refuses = ("POST",)

    @extend_schema(
        operation_id="decide_no_show",
        tags=["reviews"],
        summary="Take a no-show back, or say why it stays",
        request=AnswerRequest,
        responses={200: NoShowDetailSerializer},
    )
    def post(self, request, code):
        now = timezone.now()
        missed = missed_stay(request.user, code, now)
        body = AnswerRequest(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data

        def do():
            answered = answer(missed, now=now, actor=request.user, **said)
            return NoShowDetailSerializer(answered, context={"user": request.user}).data

        return write_once(request, do, now=now)


def missed_stay(user, code, now) -> NoShow:
    """The no-show of the stay with this code, where ``user`` may answer it; else 404."""
    if not networks_reviewed_by(user, business_day(now)).exists():
        raise Http404
    return get_object_or_404(no_shows_of(user, now), stay__code=code.upper())
