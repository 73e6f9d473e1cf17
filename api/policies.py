"""Policies: the versions of a network's rules. Officers draft, preview and approve them; auditors read."""

from datetime import datetime

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, PermissionDenied
from rest_framework.response import Response

from accounts.roles import networks_of_officer, networks_seen_by
from api.door import Door
from api.fields import Day
from api.once import write_once
from api.pages import Pages
from api.problems import ReasonSerializer
from api.refusals import unknown_field
from bookings.preview import HARD, approve, preview
from eligibility import drafting
from eligibility.models import Policy
from eligibility.policy_file import FINGERPRINT, WrongFile
from hostel.nights import business_day

STATES = ("draft", "coming", "in_force", "past")
OUTCOMES = ("yes", "no", "tell_us_more", "ask_a_person")


class SaidReasonSerializer(serializers.Serializer):
    """A reason as a person reads it."""

    code = serializers.CharField()
    verdict = serializers.ChoiceField(["met", "not_met", "missing", "ask"])
    rule_id = serializers.CharField()
    sentence_zh = serializers.CharField()
    sentence_en = serializers.CharField()


class CaseSerializer(serializers.Serializer):
    """A decision that would be another. It names nobody: `assessment` is the decision's code."""

    assessment = serializers.CharField()
    day = serializers.DateField()
    before = serializers.ChoiceField(OUTCOMES)
    after = serializers.ChoiceField(OUTCOMES)
    reasons_before = SaidReasonSerializer(many=True)
    reasons_after = SaidReasonSerializer(many=True)


class RuleCountSerializer(serializers.Serializer):
    """How many decisions a rule changes, with up to five of them, the latest first."""

    rule = serializers.CharField()
    kind = serializers.CharField()
    count = serializers.IntegerField()
    cases = CaseSerializer(many=True, required=False)


class ChangeSerializer(serializers.Serializer):
    """Decisions that change in one way. One may stand under several rules: the count stands apart."""

    count = serializers.IntegerField()
    rules = RuleCountSerializer(many=True)


class TouchedStaySerializer(serializers.Serializer):
    """A stay to come that the new rules would not give as it was given. It is kept, unless it is chosen to end."""

    stay = serializers.CharField()
    hostel = serializers.CharField()
    hostel_zh = serializers.CharField()
    hostel_en = serializers.CharField()
    arrival = serializers.DateField()
    departure = serializers.DateField()
    how = serializers.ChoiceField(HARD)
    reasons = SaidReasonSerializer(many=True)


class ComingStaysSerializer(serializers.Serializer):
    seen = serializers.IntegerField()
    touched = serializers.IntegerField()
    listed = TouchedStaySerializer(many=True, required=False)


class PreviewSerializer(serializers.Serializer):
    """The decisions of the last 90 days, and the coming stays, made anew. Once approved, only the numbers are kept."""

    at = serializers.DateTimeField()
    first = serializers.DateField()
    last = serializers.DateField()
    compared_with = serializers.CharField(allow_blank=True, help_text="The version that would else be in force.")
    seen = serializers.IntegerField()
    same = serializers.IntegerField()
    newly_refused = ChangeSerializer()
    newly_allowed = ChangeSerializer()
    newly_asked = ChangeSerializer(help_text="From yes to a proof, a fact or a person's look.")
    no_longer_asked = ChangeSerializer()
    pays_more = ChangeSerializer(help_text="Still yes, and more to pay.")
    pays_less = ChangeSerializer()
    stays = ComingStaysSerializer()


class DifferenceSerializer(serializers.Serializer):
    """A value that is another; null where it is not there."""

    place = serializers.CharField(help_text="By the names of rules and entitlements: `rules.age.max`.")
    old = serializers.JSONField(allow_null=True)
    new = serializers.JSONField(allow_null=True)


class VersionSerializer(serializers.Serializer):
    """A version of a network's rules. The context says where each stands (``standing``)."""

    id = serializers.IntegerField(source="pk")
    network = serializers.CharField(source="network.slug")
    version = serializers.IntegerField()
    name = serializers.SerializerMethodField()
    title_zh = serializers.CharField(source="rules.title.zh")
    title_en = serializers.CharField(source="rules.title.en")
    state = serializers.SerializerMethodField()
    drafted_by = serializers.CharField()
    approved_by = serializers.CharField(allow_blank=True)
    wanted_from = serializers.DateField(allow_null=True, help_text="The day a draft asks for.")
    in_force_from = serializers.DateField(allow_null=True)
    written_at = serializers.DateTimeField()
    previewed_at = serializers.DateTimeField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)

    def get_name(self, policy) -> str:
        return str(policy)

    @extend_schema_field(serializers.ChoiceField(STATES))
    def get_state(self, policy):
        return self.context["standing"][policy.pk]


class ApprovalStateSerializer(serializers.Serializer):
    """Whether whoever asks may put the draft in force now, and if not, everything that stands against it."""

    ok = serializers.BooleanField()
    reasons = ReasonSerializer(many=True)


class PolicySerializer(VersionSerializer):
    """A version with its rules, and what differs from the version that it is compared with."""

    rules = serializers.SerializerMethodField(help_text="The policy file as data (docs/policies.md).")
    differences = serializers.SerializerMethodField(
        help_text="Of a draft: against the version that would else be in force on its day."
    )
    approval = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DictField())
    def get_rules(self, policy):
        return {name: value for name, value in policy.rules.items() if name != FINGERPRINT}

    @extend_schema_field(DifferenceSerializer(many=True))
    def get_differences(self, policy):
        basis = drafting.basis_of(policy, self.context["now"]) if policy.is_draft else None
        found = drafting.differences(basis.rules, policy.rules) if basis else []
        return DifferenceSerializer(found, many=True).data

    @extend_schema_field(ApprovalStateSerializer)
    def get_approval(self, policy):
        if not self.context["changes"]:
            return {"ok": False, "reasons": []}
        against = drafting.why_not_approve(policy, now=self.context["now"], actor=self.context["user"])
        return {"ok": not against, "reasons": [reason.as_data() for reason in against]}


class DraftRequest(serializers.Serializer):
    """A copy of a version becomes the next one."""

    based_on = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class RulesRequest(serializers.Serializer):
    """The whole policy file as data; what it says of who drafted and approved it is left out."""

    rules = serializers.DictField()
    wanted_from = Day(required=False, allow_null=True, default=None, help_text="Left out: as it was.")


class ApprovalRequest(serializers.Serializer):
    """The stays of these codes are ended; every other one is kept."""

    end_stays = serializers.ListField(child=serializers.CharField(max_length=6), max_length=500, default=list)


class PolicyDoor(Door):
    """A view of policies: who is neither officer nor auditor of any network has no business here."""

    serializer_class: type[serializers.Serializer] = PolicySerializer
    rights = True

    def networks(self, now: datetime, changes: bool = False):
        """The networks whose policies whoever asks may see, or may change; 403 where there is none."""
        found = (networks_of_officer if changes else networks_seen_by)(self.request.user, business_day(now))
        if not found.exists():
            raise PermissionDenied
        return found

    def version(self, number: int, now: datetime, changes: bool = False) -> Policy:
        """The version of this id; 404 for what one may not know of, 403 for what one may only read."""
        policy = get_object_or_404(Policy.objects.select_related("network"), pk=number, network__in=self.networks(now))
        if changes and not self.networks(now, changes=True).filter(pk=policy.network_id).exists():
            raise PermissionDenied
        return policy

    def words(self, policy: Policy, now: datetime) -> dict:
        context = {
            "now": now,
            "user": self.request.user,
            "changes": networks_of_officer(self.request.user, business_day(now)).filter(pk=policy.network_id).exists(),
            "standing": drafting.standing([policy.network], business_day(now)),
        }
        return PolicySerializer(policy, context=context).data


class Policies(PolicyDoor):
    """The versions of all networks that one may see."""

    pagination_class = Pages
    queryset = Policy.objects.none()
    filter_backends = ()

    @extend_schema(
        operation_id="list_policies",
        tags=["policies"],
        summary="Every version of the rules, the newest first; officers and auditors",
        parameters=[OpenApiParameter("network", str, description="The slug of one network.")],
        responses=VersionSerializer(many=True),
    )
    def get(self, request):
        now = timezone.now()
        networks = self.networks(now)
        if slug := request.query_params.get("network"):
            networks = networks.filter(slug=slug) if "\0" not in slug else networks.none()
            if not networks.exists():
                raise unknown_field("network", _("There is no such network that you may see."))
        standing = drafting.standing(networks, business_day(now))
        policies = Policy.objects.filter(pk__in=standing).select_related("network").order_by("network", "-version")
        page = self.paginate_queryset(policies)
        return self.get_paginated_response(VersionSerializer(page, many=True, context={"standing": standing}).data)

    @extend_schema(
        operation_id="draft_policy",
        tags=["policies"],
        summary="Copy a version as the next one; officers only",
        request=DraftRequest,
        responses={201: PolicySerializer},
        examples=[OpenApiExample("From the version in force", {"based_on": 1}, request_only=True)],
    )
    def post(self, request):
        now = timezone.now()
        networks = self.networks(now, changes=True)
        asked = DraftRequest(data=request.data)
        asked.is_valid(raise_exception=True)

        def do():
            chosen = Policy.objects.filter(pk=asked.validated_data["based_on"], network__in=networks)
            based_on = chosen.select_related("network").first()
            if based_on is None:
                raise unknown_field("based_on", _("There is no such version that you may change."))
            return self.words(drafting.draft(based_on.network, based_on=based_on, now=now, actor=request.user), now)

        return write_once(request, do, now=now, status=201)


class PolicyDetail(PolicyDoor):
    """One version."""

    refuses = ("PUT", "DELETE")

    @extend_schema(operation_id="get_policy", tags=["policies"], summary="One version, with its rules as data")
    def get(self, request, policy):
        now = timezone.now()
        return Response(self.words(self.version(policy, now), now))

    @extend_schema(
        operation_id="change_policy",
        tags=["policies"],
        summary="Give a draft other rules or another day; its preview is gone with them",
        request=RulesRequest,
        responses=PolicySerializer,
    )
    def put(self, request, policy):
        now = timezone.now()
        draft = self.version(policy, now, changes=True)
        said = RulesRequest(data=request.data)
        said.is_valid(raise_exception=True)

        def do():
            try:
                changed = drafting.change(draft, now=now, actor=request.user, **said.validated_data)
            except WrongFile as wrong:
                raise serializers.ValidationError(_by_place(wrong)) from wrong
            return self.words(changed, now)

        return write_once(request, do, now=now)

    @extend_schema(
        operation_id="discard_policy",
        tags=["policies"],
        summary="Throw a draft away; the answer is what it was",
        responses=PolicySerializer,
    )
    def delete(self, request, policy):
        now = timezone.now()
        self.networks(now, changes=True)

        def do():
            draft = self.version(policy, now, changes=True)
            words = self.words(draft, now)
            drafting.discard(draft, now=now, actor=request.user)
            return words

        return write_once(request, do, now=now)


class PolicyPreview(PolicyDoor):
    """Whom a draft would hit."""

    serializer_class = PreviewSerializer
    refuses = ("POST",)
    repeatable = False

    @extend_schema(operation_id="get_policy_preview", tags=["policies"], summary="What the last preview found")
    def get(self, request, policy):
        found = self.version(policy, timezone.now()).preview
        if found is None:
            raise Http404
        return Response(found)

    @extend_schema(
        operation_id="preview_policy",
        tags=["policies"],
        summary="Make the decisions of the last 90 days and the coming stays anew by a draft",
        request=None,
        responses=PreviewSerializer,
    )
    def post(self, request, policy):
        now = timezone.now()
        return Response(preview(self.version(policy, now, changes=True), now=now, actor=request.user))


class PolicyApproval(PolicyDoor):
    """A second person's yes."""

    refuses = ("POST",)

    @extend_schema(
        operation_id="approve_policy",
        tags=["policies"],
        summary="Put a previewed draft in force from its day; by another officer than who wrote it",
        request=ApprovalRequest,
        responses=PolicySerializer,
    )
    def post(self, request, policy):
        now = timezone.now()
        draft = self.version(policy, now, changes=True)
        said = ApprovalRequest(data=request.data)
        said.is_valid(raise_exception=True)

        def do():
            return self.words(approve(draft, now=now, actor=request.user, **said.validated_data), now)

        return write_once(request, do, now=now)


def _by_place(wrong: WrongFile) -> dict:
    """The errors of a file as errors of the fields below `rules`."""
    errors: dict[str, list[ErrorDetail]] = {}
    for error in wrong.errors:
        place, colon, said = error.partition(": ")
        field, detail = (f"rules.{place}", said) if colon and " " not in place else ("rules", error)
        errors.setdefault(field, []).append(ErrorDetail(detail, code="invalid"))
    return errors
