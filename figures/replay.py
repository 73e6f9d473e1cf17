"""Replay: play a trace of wishes through the real verbs with the trace's own clock, and count what became of them."""

import csv
import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count
from pathlib import Path

from django.utils import timezone

from accounts.documents import read_document, with_check_digit
from accounts.models import Person
from accounts.people import add_person
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.desk import check_in, check_out
from bookings.models import Stay
from bookings.night_audit import audit, close_no_shows
from eligibility.reasons import MET, Refused
from figures.nights import NightsGiven, nights_given
from hostel.models import Hostel
from hostel.nights import Nights, at, business_day

COLUMNS = (
    *("made_at", "hostel", "arrival", "nights", "person", "gender", "birth_date", "education", "school"),
    *("school_city", "graduation", "home_in_district", "purpose", "cancels", "does_not_come", "leaves_after"),
)
FAMILY_NAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN_NAMES = "安晨嘉宁思远若溪子墨雨桐一诺清和知夏云舟景行"
COMES_AT, LEAVES_AT = time(18, 0), time(9, 30)


class WrongTrace(Exception):
    """The trace can't be played; ``errors`` are sentences, each with its line."""

    def __init__(self, errors: list[str]):
        super().__init__("\n".join(errors))
        self.errors = errors


@dataclass(frozen=True)
class TraceWish:
    """One line of a trace: who wishes for what, when, and what they will do afterwards."""

    made_at: datetime
    hostel: str
    nights: Nights
    person: str
    purpose: str
    cancels: bool
    does_not_come: bool
    leaves_after: int
    about: dict  # the facts of the person, as columns of `accounts.Person`


@dataclass
class Outcome:
    """What became of a trace's wishes. A wish counts under each of its reasons; ``refused`` stands apart."""

    wishes: int = 0
    people: int = 0
    booked: int = 0
    refused: int = 0
    reasons: Counter = field(default_factory=Counter)
    cancelled: int = 0
    no_shows: int = 0
    left_early: int = 0
    years: list[NightsGiven] = field(default_factory=list)


def read_trace(path: Path) -> list[TraceWish]:
    """Read a CSV trace; raise WrongTrace with every error and its line."""
    errors, wishes = [], []
    houses = set(Hostel.objects.values_list("slug", flat=True))
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise WrongTrace([f"{path}: {wrong}"]) from wrong
    reader = csv.DictReader(text.splitlines())
    if missing := [column for column in COLUMNS if column not in (reader.fieldnames or [])]:
        raise WrongTrace([f"line 1: these columns are missing: {', '.join(missing)}"])
    for line, row in enumerate(reader, start=2):
        try:
            wish = _wish(row)
        except (ValueError, TypeError, KeyError) as wrong:
            errors.append(f"line {line}: {wrong}")
            continue
        if wish.hostel not in houses:
            errors.append(f"line {line}: hostel: {wish.hostel!r} is not in the network; load it first")
        wishes.append(wish)
    if errors:
        raise WrongTrace(errors)
    return sorted(wishes, key=lambda wish: wish.made_at)


def _wish(row):
    made_at = datetime.fromisoformat(row["made_at"])
    arrival = date.fromisoformat(row["arrival"])
    return TraceWish(
        made_at=made_at if timezone.is_aware(made_at) else timezone.make_aware(made_at),
        hostel=row["hostel"],
        nights=Nights(arrival, arrival + timedelta(days=int(row["nights"]))),
        person=row["person"],
        purpose=row["purpose"],
        cancels=_yes(row["cancels"]),
        does_not_come=_yes(row["does_not_come"]),
        leaves_after=int(row["leaves_after"]),
        about={
            "gender": Person.Gender(row["gender"]).value,
            "birth_date": date.fromisoformat(row["birth_date"]),
            "education": Person.Education(row["education"]).value,
            "school": row["school"],
            "school_city": row["school_city"],
            "graduation": row["graduation"],
            "home_in_district": _yes(row["home_in_district"]),
        },
    )


def _yes(text):
    if text not in ("True", "False"):
        raise ValueError(f"{text!r} is neither True nor False")
    return text == "True"


def replay(wishes: list[TraceWish], said: Callable[[int, datetime], None] = lambda played, moment: None) -> Outcome:
    """Play ``wishes`` in the order of their moments, with the nights between them closed as the schedule would.

    ``said`` is told after each wish how many were played and up to when. Raises WrongTrace where the trace's people
    are here already: a second time would count refusals only.
    """
    play = _Play(wishes)
    while play.queue:
        moment, _, do = heapq.heappop(play.queue)
        if do(moment):
            said(play.played, moment)
    return play.outcome_at_the_end()


class _Play:
    """The queue of what happens when. Guests come at 18:00 and leave at 09:30; who cancels does so an hour after."""

    def __init__(self, wishes):
        self.people = _people(wishes)
        self.hostels = {hostel.slug: hostel for hostel in Hostel.objects.all()}
        self.nights = [night for wish in wishes for night in wish.nights]
        self.outcome = Outcome(wishes=len(wishes), people=len(self.people))
        self.played = 0
        self.queue = []
        self._order = count()
        for wish in wishes:
            self._later(wish.made_at, partial(self._wish, wish))
        if wishes:
            first = min(min(self.nights), business_day(wishes[0].made_at))
            for day in Nights(first, max(self.nights) + timedelta(days=3)):
                self._later(at(day, time(6)), _audit)
                self._later(at(day, time(23)), _close_no_shows)

    def _later(self, moment, do):
        heapq.heappush(self.queue, (moment, next(self._order), do))

    def _wish(self, wish, moment):
        self.played += 1
        guest, hostel = self.people[wish.person], self.hostels[wish.hostel]
        try:
            stay = book(
                guest=guest, hostel=hostel, nights=wish.nights, purpose=wish.purpose, now=moment, accept_price=True
            )
        except Refused as no:
            self.outcome.refused += 1
            self.outcome.reasons.update({reason.code for reason in no.reasons if reason.verdict != MET})
            return True
        self.outcome.booked += 1
        comes = max(at(wish.nights.arrival, COMES_AT), moment + timedelta(hours=1))
        if wish.cancels:
            self._later(moment + timedelta(hours=1), partial(self._cancel, stay))
        elif not wish.does_not_come:
            leaves = at(wish.nights.arrival + timedelta(days=wish.leaves_after), LEAVES_AT)
            self._later(comes, partial(_come, stay))
            self._later(leaves, partial(self._leave, stay))
        return True

    def _cancel(self, stay, moment):
        cancel(stay, now=moment)
        self.outcome.cancelled += 1

    def _leave(self, stay, moment):
        self.outcome.left_early += business_day(moment) < stay.departure
        check_out(stay, now=moment)

    def outcome_at_the_end(self):
        stays = Stay.objects.filter(guest__in=self.people.values())
        self.outcome.no_shows = stays.filter(status=Stay.Status.NO_SHOW).count()
        years = sorted({night.year for night in self.nights})
        counted = (nights_given(self.hostels.values(), year) for year in years)
        self.outcome.years = [year for year in counted if year.nights]
        return self.outcome


def _audit(moment):
    audit(moment)


def _close_no_shows(moment):
    close_no_shows(moment)


def _come(stay, moment):
    check_in(stay, compared=True, now=moment)


def _people(wishes) -> dict[str, Person]:
    """Make the persons of a trace, each with a valid, invented document; the same ones at every replay."""
    documents = {
        wish.person: read_document(Person.Document.RESIDENT, invented_number(number, wish.about))
        for number, wish in enumerate({wish.person: wish for wish in reversed(wishes)}.values())
    }
    here = Person.objects.filter(document_hash__in=[document.hash for document in documents.values()]).count()
    if here:
        raise WrongTrace([f"{here} people of this trace are here already: replay it on an empty database"])
    about = {wish.person: wish.about for wish in wishes}
    return {
        person: add_person(
            name=FAMILY_NAMES[number % len(FAMILY_NAMES)] + GIVEN_NAMES[number * 7 % len(GIVEN_NAMES)],
            document_kind=document.kind,
            document_number=document.number,
            now=wishes[0].made_at,
            **{fact: value for fact, value in about[person].items() if fact not in ("gender", "birth_date")},
        )
        for number, (person, document) in enumerate(documents.items())
    }


def invented_number(number: int, about: dict) -> str:
    """A resident card number for the ``number``-th person of a trace: their birth date and gender, no real place."""
    order = number % 500 * 2 + (about["gender"] == Person.Gender.MALE)
    return with_check_digit(f"10{number // 500:04d}{about['birth_date']:%Y%m%d}{order:03d}")


def table(outcome: Outcome) -> str:
    """The outcome as text: what became of the wishes, then nights slept by hostel and month. Free + priced = all."""
    lines = [
        f"wishes      {outcome.wishes:6d}   by {outcome.people} people",
        f"booked      {outcome.booked:6d}",
        f"refused     {outcome.refused:6d}   each under every one of its reasons:",
        *(f"  {code:<18}{number:6d}" for code, number in sorted(outcome.reasons.items(), key=lambda c: (-c[1], c[0]))),
        f"cancelled   {outcome.cancelled:6d}",
        f"no-shows    {outcome.no_shows:6d}",
        f"left early  {outcome.left_early:6d}",
    ]
    for given in outcome.years:
        lines += ["", f"nights slept in {given.year}, by {given.people} people"]
        lines.append(
            f"{'hostel':<14}" + "".join(f"{month:5d}" for month in range(1, 13)) + "   free priced   all people"
        )
        for house in given.hostels:
            months = "".join(f"{month.nights if month else 0:5d}" for month in house.months)
            lines.append(
                f"{house.hostel.slug:<14}{months}{house.free:7d}{house.priced:7d}{house.nights:6d}{house.people:7d}"
            )
        months = "".join(f"{nights:5d}" for nights in given.months)
        lines.append(f"{'all':<14}{months}{given.free:7d}{given.priced:7d}{given.nights:6d}{given.people:7d}")
    return "\n".join(lines)
