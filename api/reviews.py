"""Reviews: the office's queue, one question with all that is known, its answer; and a person's own questions."""

import django_filters
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from accounts.models import Person
from accounts.reasons import CHINESE, ENGLISH
from accounts.roles import networks_reviewed_by
from api.door import Door
from api.fields import Choice, Day, Moment
from api.once import write_once
from api.pages import Pages
from api.problems import ReasonSerializer
from api.stays import ActionSerializer, NothingSerializer
from bookings import reviewing
from bookings.models import Stay
from eligibility import reviews
from eligibility.evaluation import replay
from eligibility.facts import Facts
from eligibility.models import Assessment, Evidence, EvidencePage, Review
from eligibility.policies import terms_of
from eligibility.rules.evidence import Evidence as EvidenceRule
from hostel.nights import business_day

YES_OR_NO = [("true", "true"), ("false", "false")]
# What a reviewer may say; that a question is withdrawn is said by nobody.
ANSWERS = [each.value for each in reviews.ANSWERS]
# What a person says of themselves; the rest of the facts is the house's own.
DECLARED_FACTS = (
    "gender", "birth_date", "education", "graduation", "school", "school_city", "home_in_district", "answers",
)  # fmt: skip


# --- words ----------------------------------------------------------------------------------------------------------
class BecauseSerializer(serializers.Serializer):
    """Why something was not passed."""

    key = serializers.ChoiceField([(key, key) for key in reviews.BECAUSE])
    sentence_zh = serializers.CharField()
    sentence_en = serializers.CharField()


class LookSerializer(serializers.Serializer):
    by = serializers.CharField(help_text="Who has it open: a name, or a masked phone.")
    until = serializers.DateTimeField()


class ReviewedStaySerializer(serializers.Serializer):
    """The stay that the question is about."""

    code = serializers.CharField()
    status = serializers.ChoiceField(Stay.Status.choices)
    hostel = serializers.SlugField()
    arrival = serializers.DateField()
    departure = serializers.DateField()
    held_until = serializers.DateTimeField(allow_null=True)


class OfficeActionsSerializer(serializers.Serializer):
    decide = ActionSerializer()
    undo = ActionSerializer()


class PersonActionsSerializer(serializers.Serializer):
    appeal = ActionSerializer()


class ReviewAnswerSerializer(serializers.Serializer):
    """A question to a person and its answer: what everybody who may know of it is told."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Review.Kind.choices)
    assessment = serializers.CharField(source="assessment.code", help_text="The code of the decision it is about.")
    stay = serializers.SerializerMethodField()
    rules = serializers.ListField(child=serializers.CharField(), help_text="The ids of the rules it is about.")
    asked_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="By then a person has answered.")
    appeal_of = serializers.IntegerField(source="appeal_of_id", allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision = serializers.ChoiceField(Review.Decision.choices, allow_blank=True)
    because = serializers.SerializerMethodField()
    words = serializers.CharField(help_text="What the reviewer added for the person.")
    clears_until = serializers.DateField(allow_null=True, help_text="Passed for arrivals up to this day.")

    @extend_schema_field(ReviewedStaySerializer(allow_null=True))
    def get_stay(self, review):
        stay = self.context["stays"].get(review.pk)
        if stay is None:
            return None
        return {
            "code": stay.code,
            "status": stay.state(self.context["now"]),
            "hostel": stay.hostel.slug,
            "arrival": stay.arrival,
            "departure": stay.departure,
            "held_until": stay.held_until,
        }

    @extend_schema_field(BecauseSerializer(many=True))
    def get_because(self, review):
        said = [reviews.BECAUSE[key] for key in review.because]
        return [
            {"key": each.key, "sentence_zh": each.sentence.say(CHINESE), "sentence_en": each.sentence.say(ENGLISH)}
            for each in said
        ]


class ReviewSerializer(ReviewAnswerSerializer):
    """A question as the office's queue shows it."""

    network = serializers.SlugField(source="assessment.policy.network.slug")
    guest = serializers.CharField(
        source="assessment.person.masked_name", help_text="The first character of the name, then stars."
    )
    overdue = serializers.SerializerMethodField()
    looked_at = serializers.SerializerMethodField()
    decided_by = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()

    def get_overdue(self, review) -> bool:
        return review.decided_at is None and review.due_at < self.context["now"]

    @extend_schema_field(LookSerializer(allow_null=True))
    def get_looked_at(self, review):
        user = reviews.looked_at(review, self.context["now"])
        return {"by": reviews.name_of(user), "until": review.looked_at_until} if user else None

    def get_decided_by(self, review) -> str:
        return reviews.name_of(review.decided_by) if review.decided_by else ""

    @extend_schema_field(OfficeActionsSerializer)
    def get_actions(self, review):
        stay = self.context["stays"].get(review.pk)
        doable = reviewing.office_actions(review, stay, self.context["user"], self.context["now"])
        return {name: action.as_data() for name, action in doable.items()}


class EvidenceInReviewSerializer(serializers.Serializer):
    """A proof. Its pictures are shown to whoever may see them, with their name on them, and each look is recorded."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    label_zh = serializers.SerializerMethodField()
    label_en = serializers.SerializerMethodField()
    way = serializers.ChoiceField(Evidence.Way.choices)
    state = serializers.ChoiceField(Evidence.State.choices)
    code = serializers.CharField(help_text="What can be verified online; empty once its time is over.")
    first = serializers.DateField(allow_null=True)
    last = serializers.DateField(allow_null=True)
    handed_in_at = serializers.DateTimeField()
    purge_on = serializers.DateField(help_text="From this day the pictures and the code are no longer kept.")
    purged_at = serializers.DateTimeField(allow_null=True)
    pages = serializers.SerializerMethodField(help_text="The numbers of its pictures.")

    def get_label_zh(self, evidence) -> str:
        return self._label(evidence, "zh")

    def get_label_en(self, evidence) -> str:
        return self._label(evidence, "en")

    def get_pages(self, evidence) -> list[int]:
        return [page.number for page in evidence.pages.all()]

    def _label(self, evidence, language):
        return self.context["labels"].get(evidence.kind, {}).get(language, evidence.kind)


class DeclaredSerializer(serializers.Serializer):
    """What was known of the person when it was decided, and whose word it is."""

    fact = serializers.CharField()
    value = serializers.JSONField(allow_null=True)
    value_source = serializers.ChoiceField(["declared", "verified", "record"])


class ReviewDetailSerializer(ReviewSerializer):
    """A question with all that is known about it. Each look at it is on the record."""

    name = serializers.CharField(source="assessment.person.name")
    note = serializers.CharField(help_text="What the person said about it.")
    outcome = serializers.CharField(source="assessment.outcome")
    purpose = serializers.SerializerMethodField()
    declared = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField(help_text="Every rule's answer, as the person read it.")
    evidence = serializers.SerializerMethodField()
    history = serializers.SerializerMethodField(help_text="The person's other reviews here, the latest first.")
    read_at = serializers.SerializerMethodField(help_text="To send with the answer.")

    @extend_schema_field(serializers.DateTimeField())
    def get_read_at(self, review):
        return serializers.DateTimeField().to_representation(self.context["now"])

    def get_purpose(self, review) -> str:
        return self.context["facts"].wish.purpose or ""

    @extend_schema_field(DeclaredSerializer(many=True))
    def get_declared(self, review):
        facts = self.context["facts"]
        said = facts.as_data()
        return [{"fact": fact, "value": said[fact], "value_source": facts.source(fact)} for fact in DECLARED_FACTS]

    @extend_schema_field(ReasonSerializer(many=True))
    def get_reasons(self, review):
        return [reason.as_data() for reason in replay(review.assessment).reasons]

    @extend_schema_field(EvidenceInReviewSerializer(many=True))
    def get_evidence(self, review):
        pages = Prefetch("pages", EvidencePage.objects.order_by("number"))
        found = reviews.evidence_of(review).prefetch_related(pages)
        return EvidenceInReviewSerializer(found, many=True, context={"labels": _labels(review.assessment)}).data

    @extend_schema_field(ReviewAnswerSerializer(many=True))
    def get_history(self, review):
        others = reviews.history(review)
        about = {"now": self.context["now"], "stays": reviewing.stays_about(others) if others else {}}
        return ReviewAnswerSerializer(others, many=True, context=about).data


class OwnReviewSerializer(ReviewAnswerSerializer):
    """A question of one's own."""

    note = serializers.CharField(help_text="What I said about it.")
    whom_zh = serializers.SerializerMethodField(help_text="Who answers.")
    whom_en = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()

    def get_whom_zh(self, review) -> str:
        return self._whom(review).say(CHINESE)

    def get_whom_en(self, review) -> str:
        return self._whom(review).say(ENGLISH)

    @extend_schema_field(PersonActionsSerializer)
    def get_actions(self, review):
        return {name: action.as_data() for name, action in self.context["actions"][review.pk].items()}

    def _whom(self, review):
        terms = terms_of(review.assessment.policy)
        return (terms.appeal if review.kind == Review.Kind.APPEAL and terms.appeal else terms.review).whom


def _labels(assessment):
    """What the policy calls each proof that it accepts, by its key."""
    rules = terms_of(assessment.policy).on(Facts.from_data(assessment.facts).day).every_rule()
    return {proof["key"]: proof["label"] for rule in rules if isinstance(rule, EvidenceRule) for proof in rule.accepted}


def in_words(review: Review, user, now) -> dict:
    """The review as JSON values, as the office's queue shows it."""
    return ReviewSerializer(review, context=_context([review], user, now)).data


def _context(found, user, now):
    return {"now": now, "user": user, "stays": reviewing.stays_about(found) if found else {}}


def own_in_words(found: list[Review], now):
    """A person's reviews as JSON values, in three statements however many they are."""
    about = _context(found, None, now) | {"actions": reviewing.person_actions_of(found) if found else {}}
    return OwnReviewSerializer(found, many=True, context=about).data


# --- the office's doors ---------------------------------------------------------------------------------------------
class ReviewFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        choices=[("open", "open"), ("answered", "answered")],
        method="in_state",
        help_text="`open`, the default, by deadline; or `answered`, the latest answer first.",
    )
    kind = django_filters.ChoiceFilter(choices=Review.Kind.choices)
    overdue = django_filters.ChoiceFilter(
        choices=YES_OR_NO, method="is_overdue", help_text="Whether the deadline is over without an answer."
    )
    mine = django_filters.ChoiceFilter(
        choices=YES_OR_NO, method="is_mine", help_text="Open: those I have open. Answered: those I answered."
    )

    class Meta:
        model = Review
        fields = ["state", "kind", "overdue", "mine"]

    def filter_queryset(self, queryset):
        self.answered = self.form.cleaned_data["state"] == "answered"
        found = queryset.exclude(decided_at=None) if self.answered else queryset.filter(decided_at=None)
        found = super().filter_queryset(found)
        return found.order_by("-decided_at", "-pk") if self.answered else found.order_by("due_at", "pk")

    def in_state(self, found, _name, _state):
        return found

    def is_overdue(self, found, _name, said):
        late = {"decided_at": None, "due_at__lt": timezone.now()}
        return found.filter(**late) if said == "true" else found.exclude(**late)

    def is_mine(self, found, _name, said):
        me, now = self.request.user, timezone.now()
        mine = {"decided_by": me} if self.answered else {"looked_at_by": me, "looked_at_until__gt": now}
        return found.filter(**mine) if said == "true" else found.exclude(**mine)


def reviews_of(user, now):
    """The reviews (a queryset) that ``user`` answers; none for who reviews nowhere."""
    networks = networks_reviewed_by(user, business_day(now))
    return reviews.with_all().filter(assessment__policy__network__in=networks.values("pk"))


class Reviews(Door):
    """The queue."""

    serializer_class = ReviewSerializer
    pagination_class = Pages
    filterset_class = ReviewFilter
    queryset = Review.objects.none()
    rights = True

    @extend_schema(
        operation_id="list_reviews",
        tags=["reviews"],
        summary="What waits for an answer in one's networks, by deadline; officers only",
        responses=ReviewSerializer(many=True),
    )
    def get(self, request):
        now = timezone.now()
        if not networks_reviewed_by(request.user, business_day(now)).exists():
            raise PermissionDenied
        page = self.paginate_queryset(self.filter_queryset(reviews_of(request.user, now)))
        words = ReviewSerializer(page, many=True, context=_context(page, request.user, now))
        return self.get_paginated_response(words.data)


class OneReview(Door):
    """A view of one review, for who may answer it."""

    serializer_class = ReviewSerializer

    def found(self, pk, now):
        """The review; 404 for who does not review in its network."""
        return get_object_or_404(reviews_of(self.request.user, now), pk=pk)

    def answer(self, pk, verb):
        """Answer a write with the review as ``verb`` leaves it."""
        user, now = self.request.user, timezone.now()
        review = self.found(pk, now)
        return write_once(self.request, lambda: in_words(verb(review, now), user, now), now=now)


class ReviewDetail(OneReview):
    serializer_class = ReviewDetailSerializer

    @extend_schema(
        operation_id="get_review",
        tags=["reviews"],
        summary="One question: what was declared, every rule's answer, the proofs, the history; the look is recorded",
    )
    def get(self, request, review):
        now = timezone.now()
        found = self.found(review, now)
        reviews.see(found, viewer=request.user, now=now)
        about = _context([found], request.user, now) | {"facts": Facts.from_data(found.assessment.facts)}
        return Response(ReviewDetailSerializer(found, context=about).data)


class Look(OneReview):
    refuses = ("POST",)

    @extend_schema(
        operation_id="look_at_review",
        tags=["reviews"],
        summary="Open it for five minutes, or for five more: the others see who has it, and leave it",
        request=NothingSerializer,
        responses={200: ReviewSerializer},
    )
    def post(self, request, review):
        return self.answer(review, lambda found, now: reviews.look(found, user=request.user, now=now))

    @extend_schema(
        operation_id="let_go_of_review",
        tags=["reviews"],
        summary="Close it again, so that another can have it",
        request=None,
        responses={200: ReviewSerializer},
    )
    def delete(self, request, review):
        return self.answer(review, lambda found, _now: reviews.let_go(found, user=request.user))


class DecisionRequest(serializers.Serializer):
    """An answer. What is not passed says why."""

    decision = Choice(ANSWERS)
    because = serializers.ListField(
        child=Choice([(key, key) for key in reviews.BECAUSE]), default=list, max_length=len(reviews.BECAUSE)
    )
    words = serializers.CharField(default="", allow_blank=True, max_length=reviews.LONGEST_WORDS)
    clears_until = Day(
        allow_null=True, default=None, help_text="Passed: for arrivals up to this day; else as long as the policy says."
    )
    read_at = Moment(
        allow_null=True,
        default=None,
        help_text="`read_at` of what you read: a proof that came later is then not answered unseen (`CHANGED`).",
    )


def _decide(review, now, user, said):
    about = {"actor": user, "now": now} | {name: said[name] for name in ("because", "words", "read_at")}
    if said["decision"] == Review.Decision.PASSED:
        return reviewing.pass_review(review, clears_until=said["clears_until"], **about)
    verb = reviewing.refuse if said["decision"] == Review.Decision.REFUSED else reviewing.send_back
    return verb(review, **about)


class ReviewDecision(OneReview):
    refuses = ("POST",)

    @extend_schema(
        operation_id="decide_review",
        tags=["reviews"],
        summary="Answer it: once; the second to answer is refused (`DECIDED`)",
        request=DecisionRequest,
        responses={200: ReviewSerializer},
        examples=[
            OpenApiExample("Passed", {"decision": "passed"}, request_only=True),
            OpenApiExample("Sent back", {"decision": "sent_back", "because": ["BLURRED"]}, request_only=True),
            OpenApiExample(
                "Not passed",
                {"decision": "refused", "because": ["OTHER"], "words": "The notice is of last year."},
                request_only=True,
            ),
        ],
    )
    def post(self, request, review):
        body = DecisionRequest(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        return self.answer(review, lambda found, now: _decide(found, now, request.user, said))


class ReviewUndo(OneReview):
    refuses = ("POST",)

    @extend_schema(
        operation_id="undo_review",
        tags=["reviews"],
        summary="Take one's answer back, within five minutes: everything is as it was, and nobody is told",
        request=NothingSerializer,
        responses={200: ReviewSerializer},
    )
    def post(self, request, review):
        return self.answer(review, lambda found, now: reviewing.undo(found, actor=request.user, now=now))


# --- the person's doors ---------------------------------------------------------------------------------------------
class NoteRequest(serializers.Serializer):
    """What one wants to say about it."""

    note = serializers.CharField(default="", allow_blank=True, max_length=reviewing.LONGEST_NOTE)


class OwnReviews(Door):
    """What I asked, and what was answered."""

    serializer_class = OwnReviewSerializer
    pagination_class = Pages
    queryset = Review.objects.none()

    @extend_schema(
        operation_id="list_own_reviews",
        tags=["me"],
        summary="What people look at for me, and what they answered, the latest first",
        responses=OwnReviewSerializer(many=True),
    )
    def get(self, request):
        own = reviews.with_all().filter(assessment__person__user=request.user).order_by("-asked_at", "-pk")
        return self.get_paginated_response(own_in_words(self.paginate_queryset(own), timezone.now()))


class PersonAct(Door):
    """Something that the person asks of the office."""

    serializer_class = OwnReviewSerializer
    refuses = ("POST",)

    def ask(self, verb, about, person: Person):
        """Answer 201 with the question that ``verb`` puts about ``about``."""
        body = NoteRequest(data=self.request.data)
        body.is_valid(raise_exception=True)
        now = timezone.now()

        def do():
            asked = verb(about, person=person, now=now, **body.validated_data)
            return own_in_words([reviews.with_all().get(pk=asked.pk)], now)[0]

        return write_once(self.request, do, now=now, status=201)


class AssessmentReview(PersonAct):
    @extend_schema(
        operation_id="ask_for_review",
        tags=["reviews"],
        summary="Have a person look at a decision about oneself",
        request=NoteRequest,
        responses={201: OwnReviewSerializer},
    )
    def post(self, request, code):
        known = Assessment.objects.select_related("person__user", "policy__network")
        assessment = get_object_or_404(known, code=code.upper(), person__user=request.user)
        return self.ask(reviewing.ask_for_review, assessment, assessment.person)


class Appeal(PersonAct):
    @extend_schema(
        operation_id="appeal_review",
        tags=["reviews"],
        summary="Have a second person look at what was not passed; once",
        request=NoteRequest,
        responses={201: OwnReviewSerializer},
    )
    def post(self, request, review):
        found = reviews.with_all().filter(pk=review, assessment__person__user=request.user).first()
        if found is None:
            raise Http404
        return self.ask(reviewing.appeal, found, found.assessment.person)
