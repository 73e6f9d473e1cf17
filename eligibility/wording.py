"""What people would read: the sentences of a policy to somebody whom its rules fit as little as can be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from eligibility.evaluation import evaluate
from eligibility.facts import Facts, Wish
from eligibility.models import Policy
from eligibility.policies import terms_of
from eligibility.reasons import CHINESE, ENGLISH, MET, Reason
from hostel.nights import business_day

YOUNG, OLD = 10, 90  # years of age that hardly any rule allows
SINCE, UNTIL = 30, 5  # years since graduation, and until it
FAR = timedelta(days=400)  # further ahead than anybody books
LONG = timedelta(days=60)  # a longer stay than anybody has


@dataclass(frozen=True)
class Wording:
    """A sentence of the rule with this id, in both languages."""

    rule: str
    zh: str
    en: str


def new_sentences(old: Policy, new: Policy, *, now: datetime, day: date) -> list[Wording]:
    """The sentences of ``new`` that ``old`` does not say, to people who arrive on ``day`` or much later.

    The people are invented: some who have said nothing yet, and some who fit as few rules as can be (too young and too
    old, out of school for too long and still in it). Pure but for the two policies.
    """
    known = set(_sentences(old, now, day))
    return [said for said in dict.fromkeys(_sentences(new, now, day)) if said not in known]


def _sentences(policy: Policy, now: datetime, day: date) -> Iterator[Wording]:
    for facts in _silent(policy, now, day):
        yield from map(_wording, evaluate(policy, facts).reasons)
    for facts in _misfits(policy, now, day):
        yield from (_wording(reason) for reason in evaluate(policy, facts).reasons if reason.verdict != MET)


def _silent(policy: Policy, now: datetime, day: date) -> Iterator[Facts]:
    """Who comes for each purpose and has said nothing else: what the checker prints before the first answer."""
    for purpose in terms_of(policy).purposes:
        wish = Wish(purpose=purpose, arrival=day, departure=day + timedelta(days=1), network=policy.network.slug)
        yield Facts(now=now, today=business_day(now), wish=wish, later=frozenset({"birth_date"}))


def _misfits(policy: Policy, now: datetime, day: date) -> Iterator[Facts]:
    questions = terms_of(policy).questions_on(day)
    for years, education, graduated, arrival, option in (
        (YOUNG, "secondary_vocational", day.year + UNTIL, day, 0),
        (OLD, "doctor", day.year - SINCE, day, -1),
        (None, "doctor", day.year - SINCE, day + FAR, -1),
    ):
        yield Facts(
            now=now,
            today=business_day(now),
            wish=Wish(arrival=arrival, departure=arrival + LONG, network=policy.network.slug),
            birth_date=date(day.year - years, 1, 1) if years else None,
            education=education,
            graduation=f"{graduated}-06",
            home_in_district=True,
            answers={question.key: question.options[option][0] for question in questions},
            later=frozenset() if years else frozenset({"birth_date"}),
        )


def _wording(reason: Reason) -> Wording:
    return Wording(reason.rule_id, reason.sentence.say(CHINESE), reason.sentence.say(ENGLISH))
