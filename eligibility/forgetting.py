"""What this floor holds of people: decisions with their facts, proofs, questions put to a person, extra nights."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.consents import Following, follows
from accounts.forgetting import FOR_EVER, PERSON, Fact, Held, Holder, Kept, Section, Whose, books_until, holder, without
from accounts.models import Consent, User
from accounts.reasons import CHINESE, Fix, Reason, Sentence, not_met
from eligibility import reviews
from eligibility.evaluation import ASK_A_PERSON, NO, TELL_US_MORE, YES, replay
from eligibility.evidence import accepted_by, delete_pictures
from eligibility.models import Assessment, Evidence, ExtraNights, Policy, Review
from eligibility.policies import terms_of
from eligibility.proof_files import open_page
from eligibility.rules.no_show import NoShow
from eligibility.rules.sanction import Sanction
from eligibility.terms import Terms
from hostel.nights import business_day

# Of a decision's facts those that say who somebody is; what was wished for, and what the house knew, stays.
PERSONAL = ("gender", "birth_date", "education", "graduation", "school", "school_city", "home_in_district")
OUTCOMES = {
    YES: _("You may stay free"),
    NO: _("You may not, for these reasons"),
    TELL_US_MORE: _("Something was still to be said or shown"),
    ASK_A_PERSON: _("A person was to look"),
}


def remembered_until(
    terms: Terms, today: date, missed: Iterable[datetime], remembered: timedelta, false_proofs: Iterable[datetime]
) -> date:
    """Until which day a rule of ``terms`` looks at stays that were missed and proofs that were false; ``date.min``
    where none does, FOR_EVER where one never forgets. Of missed stays rules are told for the time ``remembered``."""
    no_shows = [business_day(moment) for moment in missed]
    false = [business_day(moment) for moment in false_proofs]
    until = date.min
    for rule in terms.on(today).every_rule():
        if isinstance(rule, NoShow) and no_shows:
            until = max(until, max(no_shows) + timedelta(days=max(rule.within_days, rule.pause_days)))
        if isinstance(rule, Sanction):
            for cases, of, told in ((false, "false_proof", None), (no_shows, "no_show", remembered)):
                if cases and of in rule.of:
                    until = max(until, _sanctioned_until(rule, max(cases), told))
    return until


def _sanctioned_until(rule, latest, told):
    # Where several cases are needed each counts towards the next, so that none is ever too old for the rule itself.
    if rule.pause_days is not None and rule.count == 1:
        return latest + timedelta(days=rule.pause_days)
    return FOR_EVER if told is None else latest + told


def false_proofs_of(person) -> list[datetime]:
    """The moments at which a reviewer found a proof of ``person`` to be false, where no appeal has said otherwise."""
    answered = list(Review.objects.filter(assessment__person=person, decided_at__isnull=False))
    overturned = {each.appeal_of_id for each in answered if each.decision == Review.Decision.PASSED}
    return [
        each.decided_at
        for each in answered
        if each.decided_at and reviews.FALSE_PROOF in each.because and each.pk not in overturned
    ]


# --- saying -----------------------------------------------------------------------------------------------------------
def _holds(whose: Whose, now: datetime) -> Iterator[Held]:
    if whose.person is None:
        return
    if decided := Assessment.objects.filter(person=whose.person).count():
        yield Held("decisions", Sentence(_("Decisions: %(number)s"), {"number": decided}), source="record")
    kept = list(_with_pictures(whose).order_by("purge_on"))
    if kept:
        values = {"number": len(kept), "day": kept[-1].purge_on}
        until = Sentence(_("The last goes on %(day)s; all at once when you take your consent back"), values)
        yield Held("proofs", Sentence(_("Proofs whose pictures or codes are still there: %(number)s"), values), until)


def _with_pictures(whose):
    return Evidence.objects.of(whose.person).filter(purged_at=None).exclude(way=Evidence.Way.DESK)


def _tells(whose: Whose, now: datetime, language: str) -> Iterator[Section]:
    if whose.person is None:
        return
    made = Assessment.objects.filter(person=whose.person).select_related("policy").order_by("made_at", "pk")
    yield Section("decisions", _("Decisions and their reasons"), [_decision(each, language) for each in made])
    shown = Evidence.objects.of(whose.person).select_related("assessment__policy").prefetch_related("pages")
    yield Section("proofs", _("Proofs"), [_proof(each, language) for each in shown.order_by("handed_in_at", "pk")])
    asked = Review.objects.filter(assessment__person=whose.person).select_related("assessment")
    yield Section("questions", _("What a person was asked"), [_question(each) for each in asked.order_by("asked_at")])
    extra = ExtraNights.objects.filter(person=whose.person).order_by("granted_at")
    yield Section("extra_nights", _("Extra nights"), [_extra(each) for each in extra])


def _decision(made, language):
    decided, purposes = replay(made), terms_of(made.policy).purposes
    wish = made.facts["wish"]
    facts = {key: made.facts.get(key) for key in (*PERSONAL, "answers")}
    asked = [f"{wish['arrival']} – {wish['departure']}", _in_language(purposes.get(wish["purpose"]), language)]
    said = [reason.sentence.say(language) for reason in decided.reasons]
    return [
        Fact("code", _("Code"), made.code),
        Fact("made_at", _("When"), made.made_at),
        Fact("act", _("What"), made.get_act_display()),
        Fact("stay", _("Stay"), made.about),
        Fact("policy", _("Rules"), decided.policy, [terms_of(made.policy).title.say(language)]),
        Fact("outcome", _("Outcome"), made.outcome, [str(OUTCOMES[made.outcome])]),
        Fact("reasons", _("Reasons"), said),
        Fact("facts", _("From these answers"), facts, _facts_said(facts)),
        Fact("wish", _("You asked for"), wish, [each for each in asked if each]),
    ]


def _in_language(pair, language):
    return "" if pair is None else pair[0] if language == CHINESE else pair[1]


def _facts_said(facts):
    said = {PERSON[key]: value for key, value in facts.items() if key in PERSON and value not in (None, "")}
    said |= facts.get("answers") or {}
    yes_or_no = {True: _("yes"), False: _("no")}
    return [
        f"{label}: {yes_or_no.get(value, value) if isinstance(value, bool) else value}" for label, value in said.items()
    ]


def _proof(shown, language):
    label = accepted_by(shown.assessment).get(shown.kind, {}).get("label", {})
    return [
        Fact("decision", _("Decision"), shown.assessment.code),
        Fact("kind", _("Kind"), shown.kind, [label.get("zh" if language == CHINESE else "en", shown.kind)]),
        Fact("way", _("How"), shown.get_way_display()),
        Fact("code", _("Code"), shown.code),
        Fact("handed_in_at", _("Handed in"), shown.handed_in_at),
        Fact("state", _("State"), str(Evidence.State(shown.state).label)),
        Fact("purge_on", _("Pictures are kept until"), shown.purge_on),
        Fact("purged_at", _("Pictures were deleted"), shown.purged_at),
        Fact("files", _("Pictures in this file"), [] if shown.purged_at else _names(shown)),
    ]


def _names(shown):
    return [f"proofs/{shown.pk}-{page.number}.jpg" for page in shown.pages.all()]


def _question(asked):
    return [
        Fact("decision", _("Decision"), asked.assessment.code),
        Fact("kind", _("Kind"), asked.get_kind_display()),
        Fact("asked_at", _("Asked"), asked.asked_at),
        Fact("note", _("What you said"), asked.note),
        Fact("decided_at", _("Answered"), asked.decided_at),
        Fact("decision_said", _("Answer"), asked.get_decision_display()),
        Fact("because", _("Because"), [str(reviews.BECAUSE[key].sentence) for key in asked.because]),
        Fact("words", _("In words"), asked.words),
    ]


def _extra(extra):
    return [
        Fact("nights", _("Nights"), extra.nights),
        Fact("valid_from", _("From"), extra.valid_from),
        Fact("valid_until", _("Until"), extra.valid_until),
        Fact("because", _("Because"), extra.because),
        Fact("withdrawn_at", _("Taken back"), extra.withdrawn_at),
    ]


def _files(whose: Whose, now: datetime) -> Iterator[tuple[str, bytes]]:
    if whose.person is None:
        return
    for shown in _with_pictures(whose).prefetch_related("pages").order_by("pk"):
        for page, name in zip(shown.pages.all(), _names(shown), strict=True):
            try:
                yield name, open_page(page.name)
            except FileNotFoundError:
                continue


# --- forgetting -------------------------------------------------------------------------------------------------------
def _hinders(whose: Whose, now: datetime) -> Iterator[Reason]:
    if whose.person is None:
        return
    open_appeals = Review.objects.open().filter(assessment__person=whose.person, kind=Review.Kind.APPEAL)
    for appeal in open_appeals[:1]:
        yield not_met(
            "APPEAL",
            _("Your appeal is open: somebody answers it by %(moment)s, and needs to know whose it is"),
            {"moment": appeal.due_at},
            value_used=appeal.due_at,
            fix=Fix("review", _("See the appeal"), f"/reviews/{appeal.pk}/"),
        )


def _keeps(whose: Whose, now: datetime) -> Iterator[Kept]:
    if whose.person is not None and Assessment.objects.filter(person=whose.person).exists():
        yield Kept(
            "decisions",
            Sentence(_("That each rule was met or not, without your answers and without your name")),
            Sentence(_("Whoever is paid for a free night must be able to show that it was given by the rules")),
            books_until(now),
            Sentence(_("Until %(day)s"), {"day": books_until(now)}),
        )
    if Policy.objects.filter(drafter=whose.user).exists() or Policy.objects.filter(approver=whose.user).exists():
        yield Kept(
            "policies",
            Sentence(_("Your name under rules that you drafted or approved")),
            Sentence(_("Rules in force say who answers for them")),
            books_until(now),
            Sentence(_("Until %(day)s"), {"day": books_until(now)}),
        )


def _forgets(whose: Whose, now: datetime) -> None:
    if whose.person is None:
        return
    delete_pictures(whose.person, now, codes=True)
    asked = Review.objects.filter(assessment__person=whose.person)
    reviews.withdraw(asked, now)
    for review in asked:
        review.note, review.words = "", without(review.words, whose)
        review.save(update_fields=["note", "words"])
    for made in Assessment.objects.filter(person=whose.person).iterator():
        made.facts = {**made.facts, **dict.fromkeys(PERSONAL), "answers": {}}
        made.verdicts = [{**verdict, "value_used": None} for verdict in made.verdicts]
        made.save(update_fields=["facts", "verdicts"])
    for extra in ExtraNights.objects.filter(person=whose.person):
        extra.because = without(extra.because, whose)
        extra.save(update_fields=["because"])


def _consent_taken_back(user: User, now: datetime) -> None:
    whose = Whose.of(user)
    if whose.person is not None:
        delete_pictures(whose.person, now)


holder(
    "eligibility",
    Holder(holds=_holds, tells=_tells, files=_files, hinders=_hinders, keeps=_keeps, forgets=_forgets),
)
follows(
    Consent.Purpose.EVIDENCE,
    Following(
        _(
            "The pictures you sent are deleted at once. A proof that was looked at still counts; for one "
            "nobody has looked at yet, show the original at the desk."
        ),
        _consent_taken_back,
    ),
)
