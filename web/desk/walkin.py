"""Walk-in (D3): chips and four fields, the answer at once, and one tap lets the guest in."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods

from accounts.documents import read_document, read_name
from accounts.models import Deed, Person
from accounts.people import merged_answers
from accounts.reasons import MET
from accounts.record import record
from bookings import reasons
from bookings.alternatives import NEARBY, alternatives
from bookings.availability import free_beds
from bookings.decisions import Decided
from bookings.facts import facts_about, facts_of_stranger
from desk.housekeeping import BedState, bed_states
from desk.walking_in import person_said
from eligibility.evaluation import YES, evaluate
from eligibility.facts import Facts
from eligibility.models import Policy
from eligibility.policies import policy_in_force
from eligibility.questions import GRADUATION, every_question, questions_about
from eligibility.reasons import Refused
from hostel.models import Hostel
from hostel.nights import Nights
from web.desk.access import Desk, at_the_desk
from web.desk.acts import act_once, new_act_id
from web.youth import asked
from web.youth.check import in_words
from web.youth.questions import groups, months, purposes_of
from web.youth.who import SILENT

LONGEST = 7  # nights that chips offer
MOST_BEDS = 8
ASK = "ask"  # the button that only asks
FIELDS = (
    "name",
    "document_kind",
    "document_number",
    "gender",
    "birth_date",
    "education",
    "graduation",
    "month",
    "home_in_district",
    "departure",
    "purpose",
    "accept_price",
    "compared",
    "bed",
    "wished",  # the bed whose night was tapped on the chart
)
# Who was asked about is written down once, however often the desk changes a chip while they stand there.
ASKED_ONCE = timedelta(minutes=15)


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def walkin(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The form; asked, with its answer; and the act itself, which lets the guest in or says why not."""
    said = _read(request.POST)
    if request.method != "POST":
        return _page(request, desk, said | {"wished": request.GET.get("bed", "")[:12]})
    if ASK in request.POST:
        return _page(request, desk, said, answer=_answer(desk, said))
    try:
        act = act_once(request, desk, "walk_in", **_of_the_act(said))
    except Refused as no:
        return _page(request, desk, said, answer=_answer(desk, said), refusal=no, status=409)
    assert act.stay is not None  # a guest who was let in has a stay
    return redirect(desk.url("desk_checkin", done=act.stay.code))


def _read(sent):
    """What the form says, as the act takes it: texts, and nothing that the form does not have."""
    said = {name: sent.get(name, "").strip()[:80] for name in FIELDS}
    return said | {name: value for name, value in asked.answers(sent).items() if name.startswith(asked.OWN)}


def _of_the_act(said):
    """What the act says of it: without what was left empty, and in the bed that was come for where no other is."""
    given = {name: value for name, value in said.items() if value and name != "wished"}
    return given | ({"bed": said["bed"] or said["wished"]} if said["bed"] or said["wished"] else {})


@dataclass(frozen=True)
class Answer:
    """What the house says to a wish that is not one yet: the decision in words, the beds, what else there is.

    ``wrong`` are reasons about what was typed; with them there is no decision.
    """

    words: dict | None = None
    beds: tuple[BedState, ...] = ()
    nearby: tuple = ()
    wrong: tuple = ()
    known: Person | None = None

    @property
    def is_yes(self) -> bool:
        return self.words is not None and self.words["decision"].outcome == YES

    @property
    def may_pay(self) -> bool:
        """Whether nothing stands against it but that it costs something."""
        if self.words is None:
            return False
        against = [each for each in self.words["decision"].reasons if each.verdict != MET]
        return bool(against) and all(each.fix is not None and each.fix.kind == "accept_price" for each in against)

    @property
    def against(self) -> list:
        return [each for each in self.words["listed"] if each.verdict != MET] if self.words else []


def _nights(desk, said):
    try:
        departure = parse_date(said["departure"])
    except ValueError:
        departure = None
    if departure is None or not 0 < (departure - desk.day).days <= LONGEST:
        departure = desk.day + timedelta(days=1)
    return Nights(desk.day, departure)


def _answer(desk, said):
    """Ask the rules about what the form says so far, and look for a bed; nothing is kept of a stranger."""
    try:
        person = person_said(said)
    except Refused as no:
        return Answer(wrong=no.reasons)
    wrong, document = [], None
    if person["document_number"]:
        try:
            document = read_document(person["document_kind"], person["document_number"], today=desk.day)
        except Refused as no:
            wrong += no.reasons
    known = _known(desk, document)
    if known is not None and person["name"]:
        try:
            if known.name != read_name(person["name"]):
                wrong.append(reasons.another_name(known))
        except Refused as no:
            wrong += no.reasons
    if wrong:
        return Answer(wrong=tuple(wrong), known=known)
    decided = _decided(desk, said, person, document, known)
    gender = decided.facts.gender or ""
    return Answer(
        words=in_words(decided),
        beds=_beds(desk, _nights(desk, said), gender, said["bed"] or said["wished"]) if gender else (),
        nearby=_nearby(desk, _nights(desk, said), gender) if gender else (),
        known=known,
    )


def _known(desk, document):
    """Who has this document, if the house knows them; that somebody looked is written down."""
    if document is None:
        return None
    known = Person.objects.filter(document_hash=document.hash, forgotten_at=None).select_related("user").first()
    if known is not None:
        since = desk.now - ASKED_ONCE
        if not Deed.objects.filter(what="ask_walk_in", person=known, actor=desk.user, at__gt=since).exists():
            record("ask_walk_in", now=desk.now, actor=desk.user, person=known, hostel=desk.hostel)
    return known


def _decided(desk, said, person, document, known):
    nights, policy = _nights(desk, said), policy_in_force(desk.hostel.network_id, desk.day)
    house = Hostel.objects.on(nights.arrival).get(pk=desk.hostel.pk)
    profile = {
        name: person[name]
        for name in ("education", "graduation", "school", "school_city", "home_in_district", "answers")
        if name in person
    }
    wish = {"purpose": said["purpose"] or None, "accept_price": bool(said["accept_price"])}
    if known is not None:
        for name, value in profile.items():
            setattr(known, name, _merged(known, value) if name == "answers" else value)
        facts = facts_about(known, house, nights, said["purpose"], desk.now, policy, accept_price=wish["accept_price"])
        return Decided(known, policy, facts, evaluate(policy, facts))
    facts = _of_stranger(house, policy, desk, nights, wish | profile, person, document)
    return Decided(Person(), policy, facts, evaluate(policy, facts))


def _merged(known, answers):
    try:
        return merged_answers(known.answers, answers)
    except ValidationError:
        return known.answers


def _of_stranger(house: Hostel, policy: Policy, desk: Desk, nights: Nights, about: dict, person, document) -> Facts:
    carried = {
        "gender": (document and document.gender) or person.get("gender") or None,
        "birth_date": (document and document.birth_date) or person.get("birth_date"),
    }
    span = {"arrival": nights.arrival, "departure": nights.departure}
    return facts_of_stranger(house, policy, desk.now, access=house.access, **span, **about, **carried)


def _beds(desk, nights, gender, wished):
    """The beds that the guest could have: the one wished for, then those that are ready."""
    free = list(free_beds(desk.hostel, nights, gender, desk.now))
    states = bed_states(desk.hostel, desk.now, free) if free else {}
    there = [states[bed.pk] for bed in free if bed.pk in states]
    return tuple(sorted(there, key=lambda each: (str(each.bed) != wished, not each.is_ready))[:MOST_BEDS])


def _nearby(desk, nights, gender):
    """The nearest houses with room, where this one has none."""
    if free_beds(desk.hostel, nights, gender, desk.now).exists():
        return ()
    found = alternatives(desk.hostel, nights, gender, desk.now)
    return tuple(each for each in found if each.kind == NEARBY)


def _page(request, desk, said, *, answer=None, refusal=None, status=200):
    try:
        policy = policy_in_force(desk.hostel.network_id, desk.day)
    except Refused as no:
        return render(request, "web/desk/walkin.html", {"desk": desk, "section": "walkin", "no": no}, status=409)
    house = Hostel.objects.on(desk.day).get(pk=desk.hostel.pk)
    said = said | _known_answers(answer, said)
    facts = facts_of_stranger(house, policy, desk.now, purpose=said["purpose"] or None, **asked.profile(_given(said)))
    nights = _nights(desk, said)
    month_decides = GRADUATION.key in {question.key for question in questions_about(policy, facts)}
    return render(
        request,
        "web/desk/walkin.html",
        {
            "desk": desk,
            "section": "walkin",
            "said": said,
            "documents": Person.Document.choices,
            "genders": Person.Gender.choices,
            "silent": said["document_kind"] in SILENT,
            "questions": groups(every_question(policy, facts), said, desk.day, {}),
            "months": months() if said["month"] or (said["graduation"] and month_decides) else [],
            "purposes": purposes_of(policy),
            "lengths": [(number, desk.day + timedelta(days=number)) for number in range(1, LONGEST + 1)],
            "departure": nights.departure,
            "nights": nights,
            "answer": answer,
            "refusal": refusal,
            "chosen_bed": _chosen(answer, said),
            "back": desk.home,
            "act_id": request.POST.get("act_id") or new_act_id(),
        },
        status=status,
    )


def _chosen(answer, said):
    """The bed that is ticked: the one that was chosen, as long as it can be had, else the first."""
    labels = [str(each.bed) for each in answer.beds] if answer else []
    return said["bed"] if said["bed"] in labels else (labels or [""])[0]


def _given(said):
    return {name: value for name, value in said.items() if value}


def _known_answers(answer, said):
    """What somebody known here has answered before: nothing is asked twice."""
    if answer is None or answer.known is None:
        return {}
    known, found = answer.known, {}
    if known.education and not said["education"]:
        found["education"] = known.education
    if known.graduation and not said["graduation"]:
        year, _dash, month = known.graduation.partition("-")
        found |= {"graduation": year, "month": month[:2]}
    if known.home_in_district is not None and not said["home_in_district"]:
        found["home_in_district"] = "yes" if known.home_in_district else "no"
    own = {f"{asked.OWN}{key}": value for key, value in known.answers.items()}
    return found | {name: value for name, value in own.items() if not said.get(name)}
