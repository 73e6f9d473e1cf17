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
from accounts.reasons import CHINESE, ENGLISH
from api.door import Door
from api.fields import Answers, Choice, Day, Graduation, nights_of
from api.problems import ReasonSerializer
from api.refusals import unknown_field
from bookings.facts import facts_of_stranger
from eligibility.evaluation import evaluate
from eligibility.policies import policy_in_force, terms_of
from eligibility.questions import FACTS, HOME, questions_about
from hostel.models import Hostel
from hostel.nights import business_day

MOST_NIGHTS = 366
AS_JSON = {"yes": True, "no": False}


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
    answers = Answers(required=False, help_text="To the questions of the policy in force (`GET eligibility/`), by key.")
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
    entitlement = serializers.CharField(help_text="Key of what is given, or of what comes nearest.")
    label_zh = serializers.SerializerMethodField(help_text="What people call that.")
    label_en = serializers.SerializerMethodField()

    def get_label_zh(self, decision) -> str:
        return decision.label.say(CHINESE)

    def get_label_en(self, decision) -> str:
        return decision.label.say(ENGLISH)

    @extend_schema_field(ReasonSerializer(many=True))
    def get_reasons(self, decision):
        return [reason.as_data() for reason in decision.reasons]


class OptionSerializer(serializers.Serializer):
    value = serializers.JSONField(help_text="What to send: a text, or true and false where the field is one of those.")
    label_zh = serializers.CharField()
    label_en = serializers.CharField()


class QuestionSerializer(serializers.Serializer):
    """Something that decides. A `fact` is a field of its own name; what is no fact goes into `answers` by its `key`."""

    key = serializers.CharField()
    fact = serializers.BooleanField()
    text_zh = serializers.CharField()
    text_en = serializers.CharField()
    options = OptionSerializer(many=True, help_text="Empty where the answer is a date: the graduation.")


class AskedSerializer(serializers.Serializer):
    """What the policy in force asks."""

    policy = serializers.CharField(help_text="Name and version.")
    title_zh = serializers.CharField()
    title_en = serializers.CharField()
    questions = QuestionSerializer(many=True)
    purposes = OptionSerializer(many=True)


class AskedFilter(serializers.Serializer):
    """For which wish. Without one: for any purpose, any house, today."""

    purpose = serializers.CharField(max_length=20, required=False)
    arrival = Day(required=False)
    hostel = serializers.SlugField(max_length=50, required=False)


class Eligibility(Door):
    """The checker."""

    permission_classes = [AllowAny]
    throttle_classes = [PerAddress]
    counted = ("POST",)
    serializer_class = DecisionSerializer
    refuses = ("GET", "POST")
    repeatable = False

    @extend_schema(
        operation_id="get_questions",
        tags=["eligibility"],
        summary="What decides whether I may stay: the questions and purposes of the policy in force",
        parameters=[AskedFilter],
        responses={200: AskedSerializer},
    )
    def get(self, request):
        wish = AskedFilter(data=request.query_params)
        wish.is_valid(raise_exception=True)
        policy, facts = _looked_up(wish.validated_data, timezone.now())
        terms = terms_of(policy)
        body = {
            "policy": terms.version,
            "title_zh": terms.title.say(CHINESE),
            "title_en": terms.title.say(ENGLISH),
            "questions": [_question(each) for each in questions_about(policy, facts)],
            "purposes": [
                {"value": key, "label_zh": chinese, "label_en": english}
                for key, (chinese, english) in terms.purposes.items()
            ],
        }
        return Response(AskedSerializer(body).data)

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
        policy, facts = _looked_up(asked.validated_data, timezone.now())
        return Response(DecisionSerializer(evaluate(policy, facts)).data)


def _looked_up(said, now):
    """The policy that decides, and the facts of what was ``said``."""
    today = business_day(now)
    slug = said.get("hostel")
    house = _house(slug, said.get("arrival") or today)
    policy = policy_in_force(house.network_id, today)
    about = {name: value for name, value in said.items() if name != "hostel"}
    access = house.access if slug else Hostel.Access.INDIVIDUAL
    return policy, facts_of_stranger(house, policy, now, access=access, **about)


def _question(question):
    return {
        "key": question.key,
        "fact": question.key in FACTS,
        "text_zh": question.text.say(CHINESE),
        "text_en": question.text.say(ENGLISH),
        "options": [
            {
                "value": AS_JSON.get(value, value) if question.key == HOME else value,
                "label_zh": label.say(CHINESE),
                "label_en": label.say(ENGLISH),
            }
            for value, label in question.options
        ],
    }


def _house(slug, day):
    """The house asked about, with its network; any house of the network where none was named."""
    houses = Hostel.objects.on(day)
    found = houses.filter(slug=slug).first() if slug else houses.order_by("network", "slug").first()
    if found is None:
        raise unknown_field("hostel", _("There is no such hostel."))
    return found
