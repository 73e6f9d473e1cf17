"""Reviews (O5): the queue by deadline; one question with its proofs, what was declared, the rules and the past."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.documents import mask
from accounts.models import Person
from accounts.phones import mask_phone
from accounts.reasons import CHINESE, Reason, Refused, Sentence
from bookings import reviewing
from bookings.models import Stay
from eligibility import reviews
from eligibility.evaluation import Decision, replay
from eligibility.evidence import see_page
from eligibility.facts import DECLARED, RECORD, VERIFIED, Facts
from eligibility.models import Evidence, EvidencePage, Review
from eligibility.policies import terms_of
from eligibility.rules.evidence import Evidence as EvidenceRule
from hostel.nights import Nights
from web.office.access import Office, in_the_office
from web.posted import posted
from web.staff import no_right
from web.templatetags.house import graduated, span, year_day

SHOWN = 50  # rows of the queue on a page
KEYS = "review_keys"  # the cookie in which a reviewer keeps the single keys switched off
A_YEAR = 365 * 24 * 60 * 60
SOURCES = {
    DECLARED: gettext_lazy("said by the person"),
    VERIFIED: gettext_lazy("seen on the document"),
    RECORD: gettext_lazy("on record"),
}
TURNS = [{"at": at, "to": (at + 90) % 360} for at in (0, 90, 180, 270)]
CONFLICT, UNPROCESSABLE = 409, 422


class Answer(forms.Form):
    """What a reviewer decides, why, and what they add for the person."""

    decision = forms.CharField(max_length=10)
    because = forms.MultipleChoiceField(
        choices=[(each.key, each.key) for each in reviews.BECAUSE.values()], required=False
    )
    words = forms.CharField(required=False, max_length=5000)
    clears_until = forms.DateField(
        required=False, error_messages={"invalid": gettext_lazy("A day from today on, at most ten years ahead")}
    )
    read_at = forms.CharField(required=False)  # when the page was made: what came later was not read

    def clean_read_at(self):
        try:
            said = datetime.fromisoformat(self.cleaned_data["read_at"])
        except ValueError:
            return None
        return said if timezone.is_aware(said) else None


@dataclass(frozen=True)
class Row:
    """One question in the queue, as it is listed."""

    review: Review
    stay: Stay | None
    bed_until: datetime | None  # until when its bed is held, where that ends before the answer is due
    about: str  # what is in question, in words
    url: str
    holder: str  # who else has it open
    overdue: bool
    soon: bool


@dataclass(frozen=True)
class Fact:
    """One fact beside where it came from; ``now`` is what the person's own page says by now, where that differs."""

    key: str
    label: str
    value: str
    source: str
    now: str = ""

    @property
    def source_said(self):
        return SOURCES[self.source]


@dataclass(frozen=True)
class Sheet:
    """One thing to look at: a picture of a proof, or a proof that is none (a code, an original seen at the desk)."""

    number: int
    evidence: Evidence
    label: str
    pages: int
    page: EvidencePage | None = None
    src: str = ""


@dataclass(frozen=True)
class Desk:
    """The reviewer's place: the networks whose questions they may answer, and the filter of their queue."""

    office: Office
    kind: str = ""
    overdue: bool = False
    filters: dict = field(default_factory=dict)

    def questions(self) -> QuerySet[Review]:
        """The questions of the network that is looked at, answered ones too."""
        return reviews.with_all().filter(assessment__policy__network__in=self.office.reviewed_networks())

    def queue(self) -> QuerySet[Review]:
        """The open questions that pass the filter, the soonest due first."""
        waiting = self.questions().filter(decided_at=None).order_by("due_at", "pk")
        if self.kind:
            waiting = waiting.filter(kind=self.kind)
        return waiting.filter(due_at__lt=self.office.now) if self.overdue else waiting

    def url(self, name: str, *args, **query) -> str:
        return self.office.url(name, *args, **{**self.filters, **query})

    def free_for_me(self) -> QuerySet[Review]:
        """Of the queue what this reviewer could answer now: nobody else has it open, and it is not their own case."""
        me, now = self.office.user, self.office.now
        free = Q(looked_at_by=None) | Q(looked_at_by=me) | Q(looked_at_until__lte=now)
        return self.queue().filter(free).exclude(not_by=me).exclude(assessment__person__user=me)

    def next_after(self, review: Review) -> Review | None:
        """Where a reviewer goes who has answered ``review``: on in the queue, and from its end to what was left."""
        return self.free_for_me().filter(_later_than(review)).first() or self.free_for_me().first()


def _later_than(review):
    return Q(due_at__gt=review.due_at) | Q(due_at=review.due_at, pk__gt=review.pk)


def _sooner_than(review):
    return Q(due_at__lt=review.due_at) | Q(due_at=review.due_at, pk__lt=review.pk)


def by_reviewers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let officers in: ``view(request, desk, …)``. An auditor reads that this is for officers."""

    @in_the_office
    @wraps(view)
    def guarded(request: HttpRequest, office: Office, *args, **kwargs) -> HttpResponse:
        if not office.may_review:
            return no_right(
                request,
                _("What guests send as proof is for officers alone; an auditor does not read it."),
                _("The record says who looked at what, and when."),
            )
        kind = request.GET.get("kind", "")
        kind = kind if kind in Review.Kind.values else ""
        overdue = request.GET.get("overdue", "") == "1"
        filters = {"kind": kind, "overdue": "1" if overdue else ""}
        return view(request, Desk(office, kind, overdue, filters), *args, **kwargs)

    return guarded


# --- the queue ------------------------------------------------------------------------------------------------------
@by_reviewers
@require_safe
def queue(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The queue alone. Who comes here has nothing open any more."""
    _let_go(desk)
    return render(request, "web/office/reviews.html", _frame(request, desk, request.GET.get("page", "")))


def _frame(request, desk, page="", current=None):
    """What the queue and the page of one question have in common."""
    office = desk.office
    shown = Paginator(desk.queue(), SHOWN).get_page(page)
    rows = list(_rows(shown.object_list, desk))
    soonest = None if rows else desk.questions().filter(decided_at=None).order_by("due_at", "pk").first()
    start = desk.free_for_me().first()
    return {
        "office": office,
        "section": "reviews",
        "desk": desk,
        "rows": rows,
        "page": shown,
        "more_url": desk.url("office_reviews", page=shown.next_page_number()) if shown.has_next() else "",
        "less_url": desk.url("office_reviews", page=shown.previous_page_number()) if shown.has_previous() else "",
        "current": current,
        "soonest": soonest,
        "tabs": _tabs(desk),
        "queue_url": desk.url("office_reviews"),
        "start_url": desk.url("office_review", start.pk) if start else "",
        "all_url": office.url("office_reviews"),
        "last": _last_answer(desk, current),
        "keys_on": request.COOKIES.get(KEYS) != "off",
        "keys_url": desk.url("office_review_keys"),
        "here": request.get_full_path(),
    }


def _rows(found: Iterable[Review], desk: Desk) -> Iterator[Row]:
    found = list(found)
    stays = reviewing.stays_about(found)
    now = desk.office.now
    for review in found:
        holder = reviews.looked_at(review, now)
        yield Row(
            review=review,
            stay=stays.get(review.pk),
            bed_until=_bed_until(review, stays.get(review.pk), now),
            about=_about(review),
            url=desk.url("office_review", review.pk),
            holder=reviews.name_of(holder) if holder and holder.pk != desk.office.user.pk else "",
            overdue=review.due_at < now,
            soon=(review.due_at - now).total_seconds() < 2 * 60 * 60,
        )


def _bed_until(review, stay, now):
    if stay is None or stay.state(now) != Stay.Status.HELD or not stay.awaits or stay.held_until >= review.due_at:
        return None
    return stay.held_until


def _about(review):
    """What is in question: the kinds of the rules that it is about, in words."""
    names = {rule.id: str(rule.name) for rule in _rules(review) if rule.id in review.rules}
    return " · ".join(dict.fromkeys(names[each] for each in review.rules if each in names))


def _rules(review):
    assessment = review.assessment
    wanted = assessment.facts["wish"]["arrival"] or assessment.facts["today"]
    return terms_of(assessment.policy).on(date.fromisoformat(wanted)).every_rule()


def _tabs(desk):
    """The filters with their counts: every kind, and what is overdue."""
    office = desk.office
    waiting = list(desk.questions().filter(decided_at=None).values_list("kind", "due_at"))
    kinds = [kind for kind, _due in waiting]
    late = sum(due < office.now for _kind, due in waiting)
    tabs = [("", "", _("All"), len(waiting))]
    tabs += [(kind, "", Review.Kind(kind).label, kinds.count(kind)) for kind in Review.Kind.values]
    tabs += [("", "1", _("Overdue"), late)]
    chosen = (desk.kind, "1" if desk.overdue else "")
    return [
        {
            "label": label,
            "number": number,
            "url": office.url("office_reviews", kind=kind, overdue=overdue),
            "chosen": (kind, overdue) == chosen,
        }
        for kind, overdue, label, number in tabs
    ]


def _last_answer(desk, current):
    """The answer that this reviewer gave last, while it can still be taken back."""
    office = desk.office
    since = office.now - reviews.UNDO
    given = desk.questions().filter(decided_by=office.user, decided_at__gt=since).order_by("-decided_at", "-pk")
    last = given.first()
    if last is None:
        return None
    stay = reviewing.stays_about([last]).get(last.pk)
    undo = reviewing.office_actions(last, stay, office.user, office.now)["undo"]
    return {
        "review": last,
        "until": last.decided_at + reviews.UNDO,
        "undo": undo,
        "url": desk.url("office_review_undo", last.pk),
        "open_url": desk.url("office_review", last.pk),
        "is_current": current is not None and last.pk == current.pk,
    }


def _let_go(desk, besides: int = 0):
    """Close what this reviewer still has open: one question at a time."""
    mine = Review.objects.open().filter(looked_at_by=desk.office.user, looked_at_until__gt=desk.office.now)
    for review in mine.exclude(pk=besides):
        reviews.let_go(review, user=desk.office.user)


# --- one question ---------------------------------------------------------------------------------------------------
@by_reviewers
@require_safe
def question(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """One question. Opening it keeps the others out for five minutes, and is written down."""
    return _page(request, desk, _review(desk, number))


@by_reviewers
@posted()
def decision(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """Give the answer and go on to the next question; where that is refused, all that was typed is kept."""
    review = _review(desk, number)
    form = Answer(request.POST)
    if not form.is_valid():
        wrong = [
            Reason(name.upper(), "missing", Sentence(str(errors[0])), field=name)
            for name, errors in form.errors.items()
        ]
        return _page(request, desk, review, form=form, refusal=Refused(*wrong), status=UNPROCESSABLE)
    try:
        _answer(review, form.cleaned_data, desk)
    except Refused as no:
        status = UNPROCESSABLE if no.reasons[0].field else CONFLICT
        return _page(request, desk, _review(desk, number), form=form, refusal=no, status=status)
    following = desk.next_after(review)
    return redirect(desk.url("office_review", following.pk) if following else desk.url("office_reviews"))


def _answer(review, said, desk):
    about = {
        "actor": desk.office.user,
        "now": desk.office.now,
        "words": said["words"].strip(),
        "read_at": said["read_at"],
    }
    match said["decision"]:
        case Review.Decision.PASSED:
            return reviewing.pass_review(review, clears_until=said["clears_until"], **about)
        case Review.Decision.SENT_BACK:
            return reviewing.send_back(review, because=said["because"], **about)
        case Review.Decision.REFUSED:
            return reviewing.refuse(review, because=said["because"], **about)
    raise Http404


@by_reviewers
@posted()
def text(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """What the person would read if the answer were as the form says: for the script its part, else the whole page."""
    review = _review(desk, number)
    form = Answer(request.POST)
    if request.headers.get("X-Part") == "text":
        stay = reviewing.stays_about([review]).get(review.pk)
        which = form.data.get("decision", "")
        return render(request, "web/office/_told.html", {"told": _told(review, stay, desk.office, form, which)})
    return _page(request, desk, review, form=form)


@by_reviewers
@posted()
def undo(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """Take the answer back, and open the question again."""
    review = _review(desk, number)
    try:
        reviewing.undo(review, actor=desk.office.user, now=desk.office.now)
    except Refused as no:
        return _page(request, desk, _review(desk, number), refusal=no, status=CONFLICT)
    return redirect(desk.url("office_review", review.pk, undone="1"))


@by_reviewers
@posted()
def look(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """Keep the question open for five minutes more, while somebody works on it; else 409 with who has it."""
    try:
        reviews.look(_review(desk, number), user=desk.office.user, now=desk.office.now)
    except Refused as no:
        return render(request, "web/office/_lock.html", {"reason": no.reasons[0]}, status=CONFLICT)
    return HttpResponse(status=204)


@by_reviewers
@posted()
def keys(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Switch the single keys on or off, in this browser, and go back to the question."""
    back = request.POST.get("review", "")
    number = int(back) if back.isascii() and back.isdigit() else 0
    to = desk.url("office_review", number) if number else desk.url("office_reviews")
    response = redirect(to)
    if request.POST.get("keys") == "off":
        response.set_cookie(KEYS, "off", max_age=A_YEAR, samesite="Lax", httponly=True)
    else:
        response.delete_cookie(KEYS)
    return response


@by_reviewers
@require_safe
def picture(request: HttpRequest, desk: Desk, number: int, page: int) -> HttpResponse:
    """One page of a proof, with the viewer's name on it; who looks is written down."""
    networks = desk.office.reviewed_networks()
    shown = (
        EvidencePage.objects.select_related("evidence__assessment__person")
        .filter(evidence=number, number=page, evidence__assessment__policy__network__in=networks)
        .first()
    )
    if shown is None:
        raise Http404
    try:
        seen = see_page(shown, viewer=desk.office.user, now=desk.office.now, why="review")
    except Refused as no:
        reason = no.reasons[0]
        return no_right(request, str(reason.sentence), str(reason.fix.label) if reason.fix else "", status=404)
    response = HttpResponse(seen, content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _review(desk, number):
    review = desk.questions().filter(pk=number).first()
    if review is None:
        raise Http404
    return review


def _page(request, desk, review, *, form=None, refusal=None, status=200):
    office = desk.office
    now, user = office.now, office.user
    _let_go(desk, besides=review.pk)
    stay = reviewing.stays_about([review]).get(review.pk)
    why_not = reviewing.office_actions(review, stay, user, now)["decide"].reason
    if why_not is None:
        try:
            review = reviews.look(review, user=user, now=now)
        except Refused as no:
            why_not = no.reasons[0]
    reviews.see(review, viewer=user, now=now)
    decided = replay(review.assessment)
    sheets = list(_sheets(review, office))
    sooner = desk.queue().filter(_sooner_than(review)).reverse().first()
    later = desk.queue().filter(_later_than(review)).first()
    form = form or Answer({"decision": ""})
    said = form.data.get("decision", "")
    return render(
        request,
        "web/office/review.html",
        {
            **_frame(request, desk, current=review),
            "review": review,
            "row": next(_rows([review], desk)),
            "assessment": review.assessment,
            "person": review.assessment.person,
            "stay": stay,
            "read_at": now.isoformat(),
            "stay_state": stay.state(now) if stay else "",
            "decision": decided,
            "facts": sorted(_facts(decided, review, stay), key=lambda fact: list(SOURCES).index(fact.source)),
            "sheets": sheets,
            "turns": TURNS,
            "history": list(_history(review)),
            "why_not": why_not,
            "refusal": refusal,
            "wrong": {reason.field: reason for reason in refusal.reasons if reason.field} if refusal else {},
            "form": form,
            "chosen": form.data.getlist("because") if hasattr(form.data, "getlist") else [],
            "said": said,
            "answers": [
                {
                    "decision": each,
                    "told": _told(review, stay, office, form if said == each else None, each),
                    "reasons": [
                        because
                        for because in reviews.BECAUSE.values()
                        if each == Review.Decision.REFUSED or not because.refuses
                    ],
                    "open": said == each and status != CONFLICT,
                }
                for each in (Review.Decision.SENT_BACK, Review.Decision.REFUSED)
                if review.kind != Review.Kind.APPEAL or each == Review.Decision.REFUSED
            ],
            "sets_aside": (review.appeal_of or review).kind != Review.Kind.PROOF,
            "person_url": office.url("office_person", review.assessment.person_id),
            "undone": request.GET.get("undone") == "1" and review.decided_at is None,
            "decide_url": desk.url("office_review_decision", review.pk),
            "text_url": desk.url("office_review_text", review.pk),
            "look_url": desk.url("office_review_look", review.pk),
            "sooner_url": desk.url("office_review", sooner.pk) if sooner else "",
            "later_url": desk.url("office_review", later.pk) if later else "",
        },
        status=status,
    )


def _told(review, stay, office, form, decision):
    """The text that goes out, in the person's language and in the other one; None where none can be said yet."""
    said = {"because": [], "words": ""}
    if form is not None and form.is_valid():
        said = {"because": form.cleaned_data["because"], "words": form.cleaned_data["words"].strip()}
    if decision not in (Review.Decision.SENT_BACK, Review.Decision.REFUSED) or not said["because"]:
        return None
    told = reviewing.text_if(review, decision, stay, now=office.now, **said)
    user = review.assessment.person.user
    language = user.language if user else CHINESE
    return {"text": told.say(language), "language": language, "reaches": user is not None}


# --- what there is to see -------------------------------------------------------------------------------------------
def _sheets(review: Review, office: Office) -> Iterator[Sheet]:
    """Everything the person has shown, what waits for an answer first."""
    labels = _labels_of_proofs(review)
    shown = reviews.evidence_of(review).select_related("decided_by__person").prefetch_related("pages")
    number = 0
    for evidence in sorted(shown, key=lambda each: each.state != Evidence.State.SENT):
        label = labels.get(evidence.kind, evidence.kind)
        pages: list[EvidencePage | None] = [] if evidence.purged_at else list(evidence.pages.all())
        for page in pages or [None]:
            number += 1
            src = office.url("office_evidence_page", evidence.pk, page.number) if page else ""
            yield Sheet(number, evidence, label, len(pages), page, src)


def _labels_of_proofs(review):
    chinese = get_language() == CHINESE
    return {
        proof["key"]: proof["label"]["zh" if chinese else "en"]
        for rule in _rules(review)
        if isinstance(rule, EvidenceRule)
        for proof in rule.accepted
    }


def _facts(decided: Decision, review: Review, stay: Stay | None) -> Iterator[Fact]:
    """What the decision was made from, each with its source; beside it what the person says otherwise by now."""
    facts, person = decided.facts, review.assessment.person
    wish = facts.wish
    terms = terms_of(review.assessment.policy)
    document = f"{person.get_document_kind_display()} {mask(person.document)}"
    yield Fact("document", _("Document"), document, VERIFIED if person.document_seen_at else DECLARED)
    if person.user:
        yield Fact("phone", _("Phone"), mask_phone(person.user.phone), RECORD)
    purpose = terms.purposes.get(wish.purpose or "")
    if purpose:
        yield Fact("purpose", _("Comes for"), purpose[0 if get_language() == CHINESE else 1], DECLARED)
    if wish.nights:
        where = f"{stay.hostel.name} · " if stay else ""
        yield Fact("nights", _("Nights"), where + span(wish.nights), DECLARED)
        if stay and Nights(stay.arrival, stay.departure) != wish.nights:
            yield Fact("stay", _("The stay by now"), span(stay.nights), RECORD)
    if facts.birth_date:
        yield Fact("birth_date", _("Born"), _born(facts), facts.source("birth_date"))
    for key, label, say in (
        ("education", _("Education"), lambda value: str(Person.Education(value).label)),
        ("graduation", _("Graduation"), graduated),
        ("school", _("School"), str),
        ("school_city", _("City of the school"), str),
        ("home_in_district", _("Home here"), lambda value: _("yes") if value else _("no")),
    ):
        value = getattr(facts, key)
        if value in (None, "") or key in facts.later:
            continue
        now = getattr(person, key)
        changed = say(now) if now not in (None, "") and now != value else ""
        yield Fact(key, label, say(value), facts.source(key), changed)
    yield from _answers(facts, terms)
    for key, number, label in (
        ("no_shows", len(facts.history.no_shows), _("No-shows")),
        ("false_proofs", len(facts.history.false_proofs), _("Proofs found false")),
    ):
        if number:
            yield Fact(key, label, str(number), RECORD)
    kept = sum(night.counted for night in facts.history.nights)
    yield Fact("nights_kept", _("Nights kept or slept before"), str(kept), RECORD)


def _born(facts):
    day, on = facts.birth_date, facts.day
    age = on.year - day.year - ((on.month, on.day) < (day.month, day.day))
    return _("{day}, {age} years old on arrival").format(day=year_day(day), age=age)


def _answers(facts: Facts, terms) -> Iterator[Fact]:
    for asked in terms.questions_on(facts.day):
        said = dict(asked.options).get(facts.answers.get(asked.key, ""))
        if said is not None:
            yield Fact(f"answer-{asked.key}", str(asked.text), str(said), facts.source(asked.key))


def _history(review: Review) -> Iterator[dict[str, Any]]:
    """What people decided about this person before, the latest first."""
    for before in reviews.history(review):
        zh, en = reviews.because_said(before.because)
        yield {
            "review": before,
            "about": _about(before),
            "by": reviews.name_of(before.decided_by) if before.decided_by else "",
            "because": zh if get_language() == CHINESE else en,
            "is_appealed": review.appeal_of_id == before.pk,
        }
