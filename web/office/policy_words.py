"""What the office calls the values of a policy: names, choices, sentences of what stands outside of the rules.

The kinds of rule bring their own sentences (`Rule.says`). A value without a word here is called by its name in the
file, so that a new kind of rule needs no change here to be edited.
"""

import sys
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Person
from eligibility.rules import KINDS

# By "kind.name", "part.name" or the name alone.
NAMES = {
    "title": _("Title"),
    "label": _("What people call it"),
    "clause": _("Clause"),
    "otherwise": _("Where it is not met"),
    "either": _("One is enough of all rules with the word"),
    "zh": _("Chinese"),
    "en": _("English"),
    "value": pgettext_lazy("of a span", "how many"),
    "unit": pgettext_lazy("of a span", "of what"),
    "from": _("first day"),
    "until": _("last day"),
    "purposes": _("Purposes"),
    "entitlements": _("Entitlements"),
    "rules": _("The rules"),
    "seasons": _("Seasons"),
    "caps": _("Limits"),
    "after": _("Price after the free nights"),
    "during": _("Only for arrivals on these days"),
    "set": _("What is different then"),
    "percent": _("percent of the house's rate"),
    "tier.per_stay": _("nights of a stay"),
    "months": _("months"),
    "years": _("years"),
    "nights": pgettext_lazy("value of a rule", "nights"),
    "days": pgettext_lazy("value of a rule", "days"),
    "stays": pgettext_lazy("value of a rule", "stays"),
    "min": pgettext_lazy("value of a rule", "at least"),
    "max": pgettext_lazy("value of a rule", "at most"),
    "per_stay": _("Free nights a stay"),
    "per_stay_by_proof": _("Free nights by the dates of the proof"),
    "extended_to": _("Free nights of a stay that is extended"),
    "per_month": _("Free nights a calendar month"),
    "per_quarter": _("Free nights a calendar quarter"),
    "per_year": _("Free nights a calendar year"),
    "lifetime": _("Free nights in all"),
    "rolling": _("Free nights within so many days"),
    "stays_per_month": _("Stays a calendar month"),
    "stays_per_quarter": _("Stays a calendar quarter"),
    "stays_per_year": _("Stays a calendar year"),
    "stays_lifetime": _("Stays in all"),
    "stays_rolling": _("Stays within so many days"),
    "age.min": _("Youngest age"),
    "age.max": _("Oldest age"),
    "by_education": _("Other ages by education"),
    "education": _("Education"),
    "education.min": _("Least education"),
    "also": _("Counts as well"),
    "accepted": _("Accepted"),
    "education.accepted": _("Accepted education"),
    "evidence.accepted": _("Accepted proofs"),
    "full_time": _("Full-time only"),
    "school_class": _("Class of the school"),
    "question": _("Question"),
    "options": _("Answers to choose from"),
    "answer.accepted": _("Accepted answers"),
    "answer.key": _("Name of the answer"),
    "refusal": _("What is said to who answers otherwise"),
    "within": _("within what time"),
    "by": _("who"),
    "words": _("in words"),
    "notify": _("told by"),
    "holds_days": _("days that it holds"),
    "opens": _("earliest hour"),
    "closes": _("latest hour"),
    "day": _("on which day"),
    "points": _("Points"),
    "ends_stay": _("What ends a stay"),
    "yuan": _("Yuan"),
    "zone": _("Zone"),
    "place": _("Place"),
    "places": _("Places"),
    "district": _("District"),
    "what": _("What counts"),
    "may_be_shown_at_desk": _("May be shown at the desk"),
    "days_around": _("days around the nights"),
    "keep_days": _("days that pictures are kept"),
    "dated": _("Says dates"),
    "sample": _("Sample text"),
    "months_before": _("months before graduation"),
    "months_after": _("months after graduation"),
    "same_year": _("Only in the year of graduation"),
    "final_year": _("Only in the final school year"),
    "students": _("Students may come"),
    "kept_until": _("hour until which a bed is kept"),
    "kept_at_least_hours": _("hours kept at least"),
    "late_until": _("hour for who comes late"),
    "count": _("how many"),
    "within_days": _("within days"),
    "pause_days": _("days of the pause"),
    "first": _("what comes first"),
    "hold_minutes": _("minutes that a bed is held"),
    "proof_within": _("time for the proof"),
    "on_refusal": _("after a no"),
    "match": _("how many of them"),
    "collective_counts_as_outside": _("A collective household counts as outside"),
    "overseas_counts_as_outside": _("A school abroad counts as outside"),
    "rooms.unit": _("what each guest gets"),
    "per_room": _("to a room"),
    "per_room_max": _("to a room at most"),
    "square_metres": _("square metres for each"),
    "gender": _("kept apart by gender"),
    "guest_picks": _("guests choose"),
    "swap": _("may swap"),
    "of": _("of what"),
    "how": _("how"),
    "supply.percent": _("percent of the house"),
    "ahead": _("Earliest: this long before arrival"),
    "notice": _("Latest: this long before arrival"),
    "hours_until": _("Hour of the day of arrival to which hours are counted"),
    "wanted": _("wanted"),
    "counts": _("what counts"),
}

# By "kind.name" or the name alone; what is in neither is looked for beside the kind itself.
CHOICES: dict[str, Mapping[str, Any]] = {
    "education": dict(Person.Education.choices),
    "education.min": dict(Person.Education.choices),
    "also": dict(Person.Education.choices),
    "education.accepted": dict(Person.Education.choices),
    "otherwise": {"no": _("it is refused"), "ask": _("a person looks at it")},
    "unit": {
        "hour": pgettext_lazy("unit", "hours"),
        "day": pgettext_lazy("unit", "days"),
        "working_day": pgettext_lazy("unit", "working days"),
    },
    "what": {
        "own_or_family": _("one's own or one's parents'"),
        "own": _("one's own"),
        "fixed": _("a fixed place to live"),
    },
    "origin.by": {
        "school": _("the place of the school"),
        "hukou": _("the household register"),
        "student_origin": _("where one came from as a student"),
    },
    "match": {"all": _("all"), "any": _("any one")},
    "first": {"book": _("book, then qualify"), "qualify": _("qualify, then book")},
    "of": {"false_proof": _("false proofs"), "no_show": _("no-shows")},
    "wanted": {"none": _("none"), "some": _("some")},
}

# Sentences of what is no rule: limits, prices, seasons. Parted by ";": what says nothing is left out.
SAYS = {
    "caps": _(
        "{per_stay} free nights a stay; {per_month} a calendar month; {per_quarter} a calendar quarter; "
        "{per_year} a calendar year; {rolling}; {lifetime} in all, ever; "
        "a stay that is extended has {extended_to}; as many as the proof's dates say: {per_stay_by_proof}; "
        "{stays_per_month} stays a calendar month; {stays_per_quarter} stays a calendar quarter; "
        "{stays_per_year} stays a calendar year; {stays_rolling}; {stays_lifetime} stays in all, ever"
    ),
    "rolling": _("{nights} nights within any {days} days"),
    "stays_rolling": _("{stays} stays within any {days} days"),
    "per_stay_by_proof": _("at least {min}, at most {max}"),
    "tier": _(
        "{percent} percent of the house's rate; or {yuan} yuan a night; for {per_stay} nights of a stay; "
        "or for {months} months; or for {years} years"
    ),
    "season": _("Arrivals from {from} until {until}; only for {entitlements}"),
    "days": _("{from} until {until}"),
}

# The sentences of `eligibility.policy_file.errors_in`, as the office reads them; in brackets what they name.
ERRORS = {
    r"must be (\S+) or more": _("Must be {0} or more"),
    r"must be (\S+) or less": _("Must be {0} or less"),
    r"(\S+) is missing": _("This is still missing"),
    r"must not be empty": _("This is still missing"),
    r"must not be longer than (\d+)": _("Must not be longer than {0} characters"),
    r"'(.*)' is not one of (.*)": _("“{0}” is none of the choices"),
    r"must be of type (?:integer|null|number)[a-z ]*, not '(.*)'": _("“{0}” is no whole number: write digits"),
    r"must be of type (?:object or null|object), not .*": _("Say all of it or nothing"),
    r"'(.*)' must look like \^\(\[01\].*": _("“{0}” is no time of day: write it as 23:00"),
    r"'(.*)' must look like \^\(\[0-9\]\{4\}.*": _("“{0}” is no day: write it as 06-10 or 2026-06-10"),
    r"'(.*)' must look like .*": _("“{0}” can't stand here"),
    r"names something twice": _("Names something twice"),
    r"'(.*)' stands twice": _("“{0}” stands twice"),
    r"'(.*)' is none of the purposes of this file.*": _("“{0}” is none of the purposes"),
    r"'(.*)' is none of the entitlements of this file.*": _("“{0}” is none of the entitlements"),
    r"is the id of none of the rules of this file": _("The rule that is changed here is no longer there"),
    r"'(.*)' is no day": _("“{0}” is no day: write it as 06-10 or 2026-06-10"),
    r"no other rule beside it names '(.*)'": _("No other rule beside it has the word “{0}”"),
    r"a rule of this kind is no alternative to another": _("A rule of this kind is no alternative to another"),
    r"must not be before from": _("Must not be before the first day"),
    r"must be with a year or without one, as from is": _("Write both days with a year or both without"),
    r"must not be above max": _("Must not be above the most"),
    r"either this or per_stay_by_proof": _("Either free nights a stay or the dates of the proof, not both"),
    r"must say one of per_stay, months, years": _("Say one: nights of a stay, months or years"),
    r"either this or min": _("Either the least or the accepted ones, not both"),
    r"must be said, or .*": _("Say at least one of these"),
    r"must be said of a share, and of nothing else": _("Is said of a share, and of nothing else"),
    r"must be before closes": _("Must be before the latest hour"),
    r"needs a proof that is dated": _("Needs a proof that says dates"),
    r"must not be longer than ahead: nobody could ever book": _(
        "Notice must not be longer than the horizon: nobody could ever book"
    ),
    r"has a control character \((.*)\)": _("Has a character that can't be seen ({0})"),
}


def name_of(name: str, where: str = "") -> Any:
    """What the value ``name`` is called; ``where`` is its kind of rule or the part of the file it stands in."""
    return NAMES.get(f"{where}.{name}") or NAMES.get(name) or name.replace("_", " ").capitalize()


def choices_of(values: list, name: str, where: str = "") -> list[tuple[str, Any]]:
    """The choices ``values`` of an enumeration with their words, in the order of the schema."""
    known = CHOICES.get(f"{where}.{name}") or CHOICES.get(name) or {}
    if not set(values) <= set(known):
        known = _beside_the_kind(where, values)
    return [(value, known.get(value) or str(value).replace("_", " ")) for value in values]


def _beside_the_kind(kind, values):
    """The words that the module of ``kind`` has for exactly these values, where it has a table of them."""
    module = sys.modules.get(KINDS[kind].__module__) if kind in KINDS else None
    for table in vars(module).values() if module else ():
        if isinstance(table, dict) and set(table) >= set(values):
            if all(isinstance(table[value], (str, Promise)) for value in values):
                return table
    return {}
