"""What an address asks for. A date that does not read, or is past, becomes tonight: a page is never empty of beds."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.dateparse import parse_date

from accounts.models import Person
from accounts.people import ANSWERS_KEPT, GRADUATION, LONGEST_ANSWER, LONGEST_KEY
from bookings.lodging import Lodging
from hostel.models import Need
from hostel.nights import Nights

STRIP = 14  # nights that a strip shows
LONGEST = 7  # a search asks for a week at most; how long a stay may be is the policy's to say
FURTHEST = timedelta(days=366)  # beyond it nobody plans, and a date would leave the calendar

ANSWERS = ("education", "graduation", "month", "home_in_district", "purpose")
OWN = "a-"  # before the key of a question that a policy asks of its own
YES_NO = {"yes": True, "no": False}


def nights(query: QueryDict, today: date, longest: int = LONGEST) -> Nights:
    """Read ``in`` with ``out`` or ``nights``; at least tonight, at most ``longest`` nights."""
    arrival = _day(query.get("in")) or today
    arrival = min(max(arrival, today), today + FURTHEST)
    departure = _day(query.get("out"))
    wanted = (departure - arrival).days if departure else _number(query.get("nights"))
    return Nights(arrival, arrival + timedelta(days=min(max(wanted, 1), longest)))


def are_over(query: QueryDict, today: date) -> bool:
    """Whether the nights of ``query`` began before tonight: then `nights` reads others, which nobody chose."""
    arrival = _day(query.get("in"))
    return arrival is not None and arrival < today


def strip(chosen: Nights, today: date) -> Nights:
    """The fourteen nights that show the arrival chosen: from tonight, or from a later fortnight."""
    first = today + timedelta(days=(chosen.arrival - today).days // STRIP * STRIP)
    return Nights(first, first + timedelta(days=STRIP))


def span(chosen: Nights) -> dict[str, str]:
    """The query that asks for ``chosen``."""
    return {"in": chosen.arrival.isoformat(), "out": chosen.departure.isoformat()}


def answers(query: QueryDict) -> dict[str, str]:
    """The answers of the check that an address carries, as they stand there; what cannot be one is left out."""
    said = {name: query.get(name, "") for name in ANSWERS}
    if said["education"] not in Person.Education.values:
        said["education"] = ""
    if said["home_in_district"] not in YES_NO:
        said["home_in_district"] = ""
    if said["graduation"][:4] == said["graduation"] and said["month"] and said["graduation"]:
        whole = f"{said['graduation']}-{said['month'].zfill(2)}"
        said["month"] = said["month"].zfill(2) if GRADUATION.fullmatch(whole) else ""
    if not GRADUATION.fullmatch(said["graduation"]):
        said["graduation"] = said["month"] = ""
    elif "-" in said["graduation"]:
        # The pages ask for no more than the month.
        said["graduation"], said["month"] = said["graduation"].split("-")[:2]
    return {name: value[:40] for name, value in said.items() if value} | _own(query)


def _own(query):
    """The answers to the questions of a policy, by the names of their fields; which there are only the policy knows."""
    own = {
        name: value
        for name, value in query.items()
        if name.startswith(OWN) and 0 < len(name) - len(OWN) <= LONGEST_KEY and 0 < len(value) <= LONGEST_ANSWER
    }
    return dict(list(own.items())[:ANSWERS_KEPT])


def lodging(query: QueryDict) -> Lodging:
    """What is asked of the bed: each ``need`` of a form, or all in ``needs``; ``alone``; one ``change`` of bed."""
    said = {*query.getlist("need"), *query.get("needs", "").split(",")}
    return Lodging(
        needs=frozenset(said & set(Need.values)),
        alone=query.get("alone") == "1",
        change_of_bed=query.get("change") == "1",
    )


def lodging_query(wanted: Lodging) -> dict[str, str]:
    """The query that asks for a bed like that."""
    return {
        "needs": ",".join(sorted(wanted.needs)),
        "alone": "1" if wanted.alone else "",
        "change": "1" if wanted.change_of_bed else "",
    }


def profile(said: dict[str, str]) -> dict:
    """The answers as fields of a person, those given: ``education, graduation, home_in_district, answers``."""
    about: dict = {}
    if "education" in said:
        about["education"] = said["education"]
    if "graduation" in said:
        about["graduation"] = "-".join(filter(None, (said["graduation"], said.get("month"))))
    if said.get("home_in_district") in YES_NO:
        about["home_in_district"] = YES_NO[said["home_in_district"]]
    if own := {name.removeprefix(OWN): value for name, value in said.items() if name.startswith(OWN)}:
        about["answers"] = own
    return about


def address(path: str, *parts: dict[str, str]) -> str:
    """Return ``path`` with the query of all ``parts``; empty values are left out."""
    query = {name: value for part in parts for name, value in part.items() if value not in ("", None)}
    return f"{path}?{urlencode(query)}" if query else path


def _day(text):
    try:
        return parse_date(text) if text else None
    except ValueError:
        return None


def _number(text):
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else 1
