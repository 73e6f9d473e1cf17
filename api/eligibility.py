"""May they. Anybody may ask, nothing is stored."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import Person
from api.door import Door
from api.fields import Choice, Day, Graduation, nights_of
from api.problems import ReasonSerializer
from api.refusals import unknown_field
from eligibility.evaluation import evaluate
from eligibility.facts import facts_of_visitor
from eligibility.policies import policy_in_force
from hostel.models import Hostel
from hostel.nights import business_day

MOST_NIGHTS = 366


class PerAddress(SimpleRateThrottle):
    """Two a second from one address for a minute: a whole campus may sit behind it."""

    scope = "eligibility"
    rate = "120/min"

    def get_cache_key(self, request, view):
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class EligibilityRequest(serializers.Serializer):
    """What somebody says of themselves and of the stay they wish for. All of it may be left out."""

    gender = Choice(Person.Gender.choices, required=False, allow_null=True)
    birth_date = Day(first=date(1900, 1, 1), required=False, allow_null=True)
    education = Choice(Person.Education.choices, required=False, allow_null=True)
    school = serializers.CharField(max_length=80, required=False, allow_null=True)
    school_city = serializers.CharField(max_length=40, required=False, allow_null=True)
    graduation = Graduation(
        required=False,
        allow_null=True,
        help_text="A day, `2025-06-25`; a month, `2025-06`; or a year, `2025`, which means June.",
    )
    home_in_district = serializers.BooleanField(required=False, allow_null=True)
    purpose = serializers.CharField(max_length=20, required=False, allow_null=True, help_text="`interview`, `exam`, …")
    arrival = Day(required=False, allow_null=True)
    departure = Day(required=False, allow_null=True)
    hostel = serializers.SlugField(max_length=50, required=False, allow_null=True)
    accept_price = serializers.BooleanField(required=False, default=False)

    def validate(self, sent):
        if sent.get("arrival") and sent.get("departure"):
            nights_of(sent["arrival"], sent["departure"], MOST_NIGHTS)
        return sent


class DecisionSerializer(serializers.Serializer):
    """May they. Every rule's answer is there, those not met first."""

    outcome = serializers.ChoiceField(["yes", "no", "tell_us_more", "ask_a_person"])
    reasons = serializers.SerializerMethodField()
    free_nights = serializers.IntegerField(help_text="How many nights one such stay would have free.")
    policy = serializers.CharField(help_text="Name and version.")

    @extend_schema_field(ReasonSerializer(many=True))
    def get_reasons(self, decision):
        return [reason.as_data() for reason in decision.reasons]


class Eligibility(Door):
    """The checker."""

    permission_classes = [AllowAny]
    throttle_classes = [PerAddress]
    counted = ("POST",)
    serializer_class = DecisionSerializer
    refuses = ("POST",)
    repeatable = False

    @extend_schema(
        operation_id="check_eligibility",
        tags=["eligibility"],
        summary="May I stay free? Nothing is stored",
        request=EligibilityRequest,
        responses={200: DecisionSerializer},
        examples=[
            OpenApiExample(
                "Four taps",
                {"education": "bachelor", "graduation": "2025", "home_in_district": False, "purpose": "interview"},
                request_only=True,
            )
        ],
    )
    def post(self, request):
        asked = EligibilityRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        said, now = asked.validated_data, timezone.now()
        today = business_day(now)
        house = _house(said.get("hostel"), said.get("arrival") or today)
        facts = facts_of_visitor(
            now,
            network=house.network.slug,
            access=house.access if said.pop("hostel", None) else Hostel.Access.INDIVIDUAL,
            city_cap=house.city_cap,
            **said,
        )
        decision = evaluate(policy_in_force(house.network_id, today), facts)
        return Response(DecisionSerializer(decision).data)


def _house(slug, day):
    """The house asked about, with its network; any house of the network where none was named."""
    houses = Hostel.objects.on(day)
    found = houses.filter(slug=slug).first() if slug else houses.order_by("network", "slug").first()
    if found is None:
        raise unknown_field("hostel", _("There is no such hostel."))
    return found
