"""The shift log: notes of the house, and what is to do until somebody has done it. For the manager of the house."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied

from accounts.roles import is_manager
from api import problems
from api.desk import ActRequest, asked_in
from api.door import Door
from api.fields import Choice, Moment
from api.once import write_once
from api.pages import Pages
from api.refusals import unknown_field
from bookings.models import Stay
from desk.acts import perform
from desk.log import LONGEST, open_notes
from desk.models import Note
from desk.shift import name_of
from hostel.models import Hostel
from hostel.nights import business_day


class NoteSerializer(serializers.Serializer):
    """A line of the log."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Note.Kind.choices)
    text = serializers.CharField()
    stay = serializers.CharField(source="stay.code", default=None, allow_null=True, help_text="The stay it is about.")
    by = serializers.SerializerMethodField(help_text="Who wrote it, as colleagues call them.")
    at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True)
    done_by = serializers.SerializerMethodField()

    def get_by(self, note) -> str:
        return name_of(note.by)

    def get_done_by(self, note) -> str | None:
        return name_of(note.done_by) if note.done_by else None


class LogNoteRequest(ActRequest):
    """What the next shift is to know. With ``due`` it is something to do, where no kind is said."""

    kind = Choice(Note.Kind.choices, required=False)
    text = serializers.CharField(max_length=LONGEST)
    stay = serializers.RegexField(r"\A[0-9A-Za-z]{6}\Z", required=False, help_text="The stay that it is about.")
    due = Moment(required=False)


class Log(Door):
    """What a house has written down."""

    serializer_class = NoteSerializer
    queryset = Note.objects.none()
    pagination_class = Pages
    rights = True
    refuses = ("POST",)
    refusal = problems.REFUSED
    repeatable = False  # by its act_id instead

    @extend_schema(
        operation_id="list_log",
        tags=["desk"],
        summary="The shift log, the latest line first; with open=true what is still to do, the most urgent first",
        parameters=[OpenApiParameter("open", bool)],
        responses=NoteSerializer(many=True),
    )
    def get(self, request, hostel):
        house = _own(request, hostel, timezone.now())
        if request.query_params.get("open") == "true":
            notes = open_notes(house).select_related("done_by__person")
        else:
            notes = house.notes.select_related("by__person", "done_by__person", "stay").order_by("-at", "-pk")
        page = self.paginate_queryset(notes)
        return self.get_paginated_response(NoteSerializer(page, many=True).data)

    @extend_schema(
        operation_id="write_log",
        tags=["desk"],
        summary="Write a note, or something to do, into the shift log",
        request=LogNoteRequest,
        responses={201: NoteSerializer},
        examples=[
            OpenApiExample(
                "A key that is missing",
                {
                    "act_id": "desk-3-0021",
                    "happened_at": "2026-03-06T21:40:00+08:00",
                    "kind": "keys",
                    "text": "The key of 203 is with the locksmith until Sunday",
                },
                request_only=True,
            )
        ],
    )
    def post(self, request, hostel):
        now = timezone.now()
        house = _own(request, hostel, now)
        body = LogNoteRequest(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        code, stay = said.pop("stay", ""), None
        if code:
            stay = Stay.objects.filter(code=code.upper(), hostel=house).select_related("guest", "hostel").first()
            if stay is None:
                raise unknown_field("stay", _("This house has no such stay."))
        asked = asked_in(request, house, "note", said, now, stay)

        def do():
            done = perform(asked, now=now)
            wrote = house.notes.filter(at=done.happened_at, by=done.by).order_by("pk")
            return NoteSerializer(wrote.select_related("by__person", "stay").last()).data

        return write_once(request, do, now=now, status=201, key=asked.act_id)


class NoteDone(Door):
    """Something to do that somebody has done."""

    serializer_class = NoteSerializer
    rights = True
    refuses = ("POST",)
    refusal = problems.REFUSED
    repeatable = False  # by its act_id instead

    @extend_schema(
        operation_id="finish_note",
        tags=["desk"],
        summary="Say that what was to do is done; who was first stays named",
        request=ActRequest,
        responses={200: NoteSerializer},
    )
    def post(self, request, hostel, note):
        now = timezone.now()
        house = _own(request, hostel, now)
        if not house.notes.filter(pk=note).exists():
            raise Http404
        body = ActRequest(data=request.data)
        body.is_valid(raise_exception=True)
        asked = asked_in(request, house, "note_done", {**body.validated_data, "note": note}, now)

        def do():
            perform(asked, now=now)
            found = house.notes.select_related("by__person", "done_by__person", "stay").get(pk=note)
            return NoteSerializer(found).data

        return write_once(request, do, now=now, key=asked.act_id)


def _own(request, slug, now):
    """The house, where the asker manages it."""
    house = get_object_or_404(Hostel, slug=slug)
    if not is_manager(request.user, house, business_day(now)):
        raise PermissionDenied
    return house
