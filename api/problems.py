"""Problems: how this door says no (RFC 9457). Every error is one of these, and its type explains it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from accounts.reasons import MET, Refused
from bookings.out_of_service import BedInUse

ALTERNATIVES = ["change_of_bed", "shorter", "shifted", "nearby", "waitlist", "bed"]
BETWEEN_SENTENCES = _("; ")
CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Problem:
    """A kind of problem: ``name`` ends its address, ``code`` is for programs, the words are in the reader's tongue."""

    name: str
    status: int
    code: str
    title: Promise
    detail: Promise

    @property
    def type(self) -> str:
        return f"/api/problems/{self.name}/"


MALFORMED = Problem(
    "malformed",
    400,
    "MALFORMED",
    _("This can't be read"),
    _("The body is not JSON as RFC 8259 has it, or the request itself is broken."),
)
NO_TOKEN = Problem(
    "no-token",
    401,
    "NOT_AUTHENTICATED",
    _("Who are you?"),
    _("Send a valid token: “Authorization: Bearer …”."),
)
NO_RIGHT = Problem(
    "no-right",
    403,
    "NO_RIGHT",
    _("You have no right to this"),
    _("Ask the officer of your network for the role it needs."),
)
NOT_FOUND = Problem(
    "not-found",
    404,
    "NOT_FOUND",
    _("Nothing is here"),
    _("There is nothing at this address that you may see. Addresses end in a slash."),
)
NO_SUCH_METHOD = Problem(
    "no-such-method",
    405,
    "METHOD_NOT_ALLOWED",
    _("This can't be done here"),
    _("This address does not know the method; see the header Allow."),
)
REFUSED = Problem(
    "refused",
    409,
    "REFUSED",
    _("The house says no"),
    _("Every rule's answer is in “reasons”, what could be booked instead in “alternatives”."),
)
NOT_NOW = Problem(
    "not-now",
    409,
    "REFUSED",
    _("This can't be done now"),
    _("Why, and what would help, is in “reasons”."),
)
TOO_LARGE = Problem(
    "too-large",
    413,
    "TOO_LARGE",
    _("This is too much at once"),
    _("A body may have 100 kB at most."),
)
NOT_JSON = Problem(
    "not-json",
    415,
    "MEDIA_TYPE",
    _("This door speaks JSON"),
    _("Send “Content-Type: application/json”."),
)
FIELDS = Problem(
    "fields",
    422,
    "FIELDS",
    _("Something in it is not right"),
    _("“errors” says what, field by field."),
)
KEY_REUSED = Problem(
    "key-reused",
    422,
    "IDEMPOTENCY_KEY_REUSED",
    _("This key was used for something else"),
    _("The same Idempotency-Key came with another body within 24 hours. Take a new key."),
)
TOO_MANY = Problem(
    "too-many",
    429,
    "TOO_MANY",
    _("Slowly, please"),
    _("Too many requests from here. Try again after the seconds in the header Retry-After."),
)
SERVER = Problem(
    "server",
    500,
    "SERVER_ERROR",
    _("Sorry, this is our fault"),
    _("It was written down. When you ask about it, give the code in “incident”."),
)
ALL = (
    MALFORMED,
    NO_TOKEN,
    NO_RIGHT,
    NOT_FOUND,
    NO_SUCH_METHOD,
    REFUSED,
    NOT_NOW,
    TOO_LARGE,
    NOT_JSON,
    FIELDS,
    KEY_REUSED,
    TOO_MANY,
    SERVER,
)
BY_STATUS = {problem.status: problem for problem in reversed(ALL)}


def body_of(problem: Problem, **more) -> dict:
    """The problem as JSON values in the language now spoken; ``more`` replaces or adds members."""
    return {
        "type": problem.type,
        "title": str(problem.title),
        "status": problem.status,
        "detail": str(problem.detail),
        "code": problem.code,
    } | more


def of_fields(no: Refused) -> bool:
    """Whether it is about how something sent reads: an error of its field, not an answer of the house."""
    return any(reason.field for reason in no.reasons)


def refusal(no: Refused, problem: Problem = NOT_NOW) -> dict:
    """The problem that answers a refusal: all reasons in both languages, and what could be booked instead."""
    reasons = [reason.as_data() for reason in no.reasons]
    if of_fields(no):
        errors = [
            {"field": reason.field, "code": "invalid", "detail": str(reason.sentence)}
            for reason in no.reasons
            if reason.field
        ]
        return body_of(FIELDS, errors=errors, reasons=reasons)
    unmet = [reason for reason in no.reasons if reason.verdict != MET]
    hit = {}
    if isinstance(no, BedInUse):
        hit = {"hits": [hit.as_data() for hit in no.hits], "batches": [hit.as_data() for hit in no.batches]}
    return body_of(
        problem,
        code=no.code,
        detail=str(BETWEEN_SENTENCES).join(str(reason.sentence) for reason in unmet) or str(problem.detail),
        reasons=reasons,
        alternatives=[alternative.as_data() for alternative in no.alternatives],
        assessment=no.assessment,
        **hit,
    )


def answer(body: dict, headers: dict | None = None) -> Response:
    """An HTTP answer that carries the problem ``body``."""
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


# --- how the description of the door (OpenAPI) shows them -----------------------------------------------------------
class FixSerializer(serializers.Serializer):
    kind = serializers.CharField()
    label_zh = serializers.CharField()
    label_en = serializers.CharField()
    href = serializers.CharField()


class ReasonSerializer(serializers.Serializer):
    """One answer of one rule, in both languages."""

    code = serializers.CharField(help_text="For programs; it never changes.")
    verdict = serializers.ChoiceField(["met", "not_met", "missing", "ask"])
    rule_id = serializers.CharField()
    policy_version = serializers.CharField()
    clause = serializers.CharField()
    sentence_zh = serializers.CharField()
    sentence_en = serializers.CharField()
    value_used = serializers.JSONField(allow_null=True)
    value_source = serializers.ChoiceField(["declared", "verified", "record"])
    needed = serializers.JSONField(allow_null=True)
    fix = FixSerializer(allow_null=True, help_text="The next step.")


class AlternativeSerializer(serializers.Serializer):
    """What could be booked instead."""

    kind = serializers.ChoiceField(ALTERNATIVES)
    hostel = serializers.SlugField()
    arrival = serializers.DateField()
    departure = serializers.DateField()
    distance_m = serializers.IntegerField(allow_null=True)
    href = serializers.CharField(allow_blank=True)
    bed = serializers.CharField(required=False, help_text="Room and bed, where a guest of a house is to be moved.")


class FieldErrorSerializer(serializers.Serializer):
    field = serializers.CharField(help_text="The field, or empty where the whole is meant.", allow_blank=True)
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """An error (RFC 9457). `title` and `detail` are in the language of `Accept-Language`."""

    type = serializers.CharField(help_text="An address that explains this kind of problem.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(help_text="For programs; it never changes.")


class FieldsProblemSerializer(ProblemSerializer):
    """Field errors, or a key that was used for something else."""

    errors = FieldErrorSerializer(many=True, required=False)  # type: ignore[assignment]
    reasons = ReasonSerializer(many=True, required=False, help_text="Of a name or a document number that is wrong.")


@extend_schema_serializer(component_name="Refusal")
class RefusedProblemSerializer(ProblemSerializer):
    """The house says no; `code` is that of the first reason."""

    reasons = ReasonSerializer(many=True)
    assessment = serializers.CharField(
        allow_blank=True, help_text="Code of the decision that was kept: to ask about it. Empty where no rule decided."
    )
    alternatives = AlternativeSerializer(
        many=True,
        help_text="Looked for where a house is full (`FULL`), or has no free nights left (`QUOTA`); empty beside every "
        "other reason.",
    )
    hits = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="With `BED_IN_USE`: who has the beds, as `GET desk/{hostel}/out-of-service/hits/` says it.",
    )
    batches = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="Likewise the batches for which beds are kept."
    )


class ServerProblemSerializer(ProblemSerializer):
    """Our fault; nothing was changed."""

    incident = serializers.CharField(help_text="Eight characters to ask about it by.")


SERIALIZERS = {409: RefusedProblemSerializer, 422: FieldsProblemSerializer, 500: ServerProblemSerializer}
