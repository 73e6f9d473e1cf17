"""Proofs: handed in for a stay or before there is one; and their pictures, which carry the name of who looks."""

import hashlib
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.reasons import Refused
from accounts.roles import Right, may
from api.door import Door
from api.fields import Day
from api.once import write_once
from api.parsers import StrictJSON
from api.stays import own_stay
from bookings.models import Stay
from bookings.proving import (
    evidence_about,
    evidence_for,
    may_see_pictures,
    proofs_for,
    prove,
    qualify,
    wanted_for,
    why_not_prove,
    why_not_qualify,
)
from eligibility.evidence import kept_files, see_page
from eligibility.models import Assessment, Evidence, EvidencePage
from hostel.nights import business_day

KIND = "One of `accepted`: `interview_notice`, `contract`, …"


class AcceptedProofSerializer(serializers.Serializer):
    """A proof that will do."""

    key = serializers.CharField()
    label_zh = serializers.CharField(source="label.zh")
    label_en = serializers.CharField(source="label.en")
    at_desk = serializers.BooleanField(help_text="The original may be shown at the desk instead.")


class EvidenceSerializer(serializers.Serializer):
    """A proof that was shown. Of its pictures and its code only that they came is said here."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    way = serializers.ChoiceField(Evidence.Way.choices)
    state = serializers.ChoiceField(Evidence.State.choices)
    first = serializers.DateField(allow_null=True, help_text="The days that the proof speaks of, where it does.")
    last = serializers.DateField(allow_null=True)
    handed_in_at = serializers.DateTimeField()
    purge_on = serializers.DateField(help_text="From this day the pictures and the code are no longer kept.")
    purged_at = serializers.DateTimeField(allow_null=True)
    pages = serializers.SerializerMethodField(help_text="The addresses of its pictures; none once they are deleted.")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_pages(self, evidence):
        if evidence.purged_at:
            return []
        return [f"/api/v1/evidence/{evidence.pk}/pages/{page.number}/" for page in evidence.pages.all()]


class StayEvidenceSerializer(serializers.Serializer):
    """What will do as a proof, and what was shown, the latest first."""

    accepted = AcceptedProofSerializer(many=True)
    shown = EvidenceSerializer(many=True)


class CodeRequest(serializers.Serializer):
    """A code by which anybody can verify the proof online, as 学信网 gives."""

    kind = serializers.CharField(max_length=40, help_text=KIND)
    code = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    first = Day(required=False, help_text="The first day that the proof speaks of: of the interview, of the contract.")
    last = Day(required=False)


class FilesRequest(CodeRequest):
    """Pictures (JPEG, PNG, WebP) or a PDF: at most 8 pages, 8 MB a file, 20 MB together."""

    files = serializers.ListField(child=serializers.FileField(allow_empty_file=True), required=False)
    agreed = serializers.BooleanField(
        required=False, default=False, help_text="The guest agreed that the pictures are kept to verify the reason."
    )


class Proofs(Door):
    """Proofs listed and handed in, whatever they are for."""

    serializer_class = StayEvidenceSerializer
    parser_classes = (StrictJSON, MultiPartParser)
    refuses = ("POST",)

    def listed(self, accepted, shown):
        shown = {"accepted": accepted.values(), "shown": shown.prefetch_related("pages")}
        return Response(StayEvidenceSerializer(shown).data)

    def hand_in(self, request, matter, verb, why_not, href, now):
        """Hand in what was sent for ``matter`` by ``verb``; ``href`` is the page that does the same."""
        if reason := why_not(matter, now):
            raise Refused(reason)  # before the files are looked at
        sent = request.data
        body = FilesRequest(data=_fields(sent))
        body.is_valid(raise_exception=True)
        said = body.validated_data
        files = said.pop("files", [])
        told = {name: str(value) for name, value in said.items()} | {"files": [_digest(file) for file in files]}

        def answer(pages):
            def do():
                evidence = verb(matter, pages=pages, now=now, actor=request.user, **said)
                return EvidenceSerializer(Evidence.objects.get(pk=evidence.pk)).data

            return write_once(request, do, now=now, status=201, body=told)

        if said["code"] and not files or not _is_form(sent):
            return answer(())
        with kept_files(files, href=href, sent=int(request.META.get("CONTENT_LENGTH") or 0)) as pages:
            return answer(pages)


class StayEvidence(Proofs):
    """The proofs for a stay."""

    rights = True

    @extend_schema(
        operation_id="list_evidence",
        tags=["stays"],
        summary="What will do as a proof, and what was shown: for the guest, and those who work in the house",
        responses={200: StayEvidenceSerializer},
    )
    def get(self, request, code):
        now = timezone.now()
        stay = get_object_or_404(_stays(), code=code.upper())
        seen = stay.guest.user_id == request.user.pk
        if not seen and not may(request.user, Right.SEE_HOUSE_STAYS, stay.hostel, business_day(now)):
            raise Http404
        return self.listed(proofs_for(stay), evidence_for(stay))

    @extend_schema(
        operation_id="hand_in_evidence",
        tags=["stays"],
        summary="Hand in a proof: pictures or a PDF as a form, or a verification code as JSON",
        request={"multipart/form-data": FilesRequest, "application/json": CodeRequest},
        responses={201: EvidenceSerializer},
        examples=[
            OpenApiExample(
                "A verification code",
                {"kind": "interview_notice", "code": "ABCD1234EFGH"},
                request_only=True,
                media_type="application/json",
            )
        ],
    )
    def post(self, request, code):
        now = timezone.now()
        stay = _stays().get(pk=own_stay(request.user, code, now).pk)
        return self.hand_in(request, stay, prove, why_not_prove, f"/stays/{stay.code}/evidence/", now)


class AssessmentEvidence(Proofs):
    """The proofs that a decision lacks which led to no stay; of oneself alone."""

    @extend_schema(
        operation_id="list_assessment_evidence",
        tags=["stays"],
        summary="What a refused wish lacks as a proof, and what was handed in for it",
        responses={200: StayEvidenceSerializer},
    )
    def get(self, request, code):
        assessment = self._own(request, code)
        return self.listed(wanted_for(assessment), evidence_about(assessment))

    @extend_schema(
        operation_id="hand_in_assessment_evidence",
        tags=["stays"],
        summary="Hand in the proof for want of which a wish was refused; once it is accepted, book again",
        description="The code is `assessment` of the refusal (409). Otherwise as for a stay.",
        request={"multipart/form-data": FilesRequest, "application/json": CodeRequest},
        responses={201: EvidenceSerializer},
    )
    def post(self, request, code):
        assessment = self._own(request, code)
        href = f"/decisions/{assessment.code}/evidence/"
        return self.hand_in(request, assessment, qualify, why_not_qualify, href, timezone.now())

    def _own(self, request, code):
        known = Assessment.objects.select_related("person__user", "policy__network")
        return get_object_or_404(known, code=code.upper(), person__user=request.user)


def _stays():
    return Stay.objects.select_related("guest__user", "hostel", "assessment__policy")


def _is_form(sent) -> bool:
    return hasattr(sent, "getlist")


def _fields(sent) -> dict[str, Any]:
    """The fields as one value each, and of a form all of its files."""
    if _is_form(sent):
        return dict(sent.items()) | {"files": sent.getlist("files")}
    return {name: value for name, value in sent.items() if name not in ("files", "agreed")}


def _digest(file):
    file.seek(0)
    return hashlib.sha256(file.read()).hexdigest()


class EvidencePicture(Door):
    """One picture of a proof."""

    refuses = ("GET",)

    @extend_schema(
        operation_id="get_evidence_page",
        tags=["stays"],
        summary="A picture with the viewer's name on it; every look is recorded",
        description=(
            "For the guest, the officers of the network, and the house's manager from three days before the arrival "
            "until the departure. `PURGED` once its time is over."
        ),
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY},
    )
    def get(self, request, evidence, page):
        now = timezone.now()
        found = EvidencePage.objects.select_related("evidence__assessment__person", "evidence__assessment__policy")
        picture = get_object_or_404(found, evidence=evidence, number=page)
        if not (why := may_see_pictures(request.user, picture.evidence, now)):
            raise Http404
        return picture_answer(see_page(picture, viewer=request.user, now=now, why=why))


def picture_answer(jpeg: bytes) -> HttpResponse:
    """A picture for one pair of eyes: shown, never kept, never taken for anything else."""
    response = HttpResponse(jpeg, content_type="image/jpeg")
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response
