"""What the preview of new rules costs, as a multiple of merely reading the decisions that it makes anew.

`python -m bench preview`: for 1,000, 10,000 and 40,000 decisions prints the statements of a preview, the seconds of
reading the same rows with the ORM and nothing else, those of the preview, the multiple, and the most memory that it
took. Ends with 1 where 10,000 take more than 12 statements or more than three times the reading.
"""

import random
import statistics
import sys
import time
import tracemalloc
from copy import deepcopy
from datetime import date, timedelta

import django

django.setup()  # what follows are models

from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Person, User  # noqa: E402
from bookings.models import Stay  # noqa: E402
from bookings.preview import LOOKS_BACK, PAGE, preview  # noqa: E402
from eligibility import drafting  # noqa: E402
from eligibility.evaluation import evaluate  # noqa: E402
from eligibility.facts import DECLARED, VERIFIED, Facts, History, KeptNight, Wish  # noqa: E402
from eligibility.models import Assessment, Policy, new_code  # noqa: E402
from hostel.models import Hostel  # noqa: E402
from hostel.nights import business_day  # noqa: E402

SIZES = (1_000, 10_000, 40_000)
ASKED, MOST_STATEMENTS, MOST_TIMES = 10_000, 12, 3.0  # what the limits are about, and the limits
RUNS = 3
PEOPLE = 2_000
COMING = 300  # stays; a network of 140 beds seldom has more before it
EDUCATIONS = ("secondary_vocational", "junior_college", "technician", *["bachelor"] * 4, "master", "doctor")
PURPOSES = ("interview", "internship", "job_fair", "exam", "start_up", "flat_hunting")


def main() -> int:
    if Assessment.objects.exists():
        print("This house is lived in; measured is in a fresh one: python -m bench preview")
        return 2
    now, chance = timezone.now(), random.Random(7)
    policy = Policy.objects.get()
    people = Person.objects.bulk_create(Person(name="某某") for _each in range(PEOPLE))
    write_coming(people, policy, now, chance)
    draft = drafted(policy, now)
    print("decisions  statements  reading s  preview s  multiple  peak MB  of which another answer", flush=True)
    there, within = COMING, True
    for size in SIZES:
        write(size - there, people, policy, now, chance)
        there = size
        with CaptureQueriesContext(connection) as asked:
            found = preview(draft, now=now)
        times = [(seconds(lambda: read(policy, now)), seconds(lambda: preview(draft, now=now))) for _run in range(RUNS)]
        reading, previewing = (statistics.median(column) for column in zip(*times, strict=True))
        multiple = statistics.median(after / before for before, after in times)
        print(
            f"{found['seen']:>9,}  {len(asked):>10}  {reading:>9.2f}  {previewing:>9.2f}  {multiple:>8.2f}"
            f"  {peak(lambda: preview(draft, now=now)) / 1e6:>7.1f}  {found['seen'] - found['same']:,}",
            flush=True,
        )
        if size == ASKED:
            within = len(asked) <= MOST_STATEMENTS and multiple <= MOST_TIMES
    if not within:
        print(f"More than {MOST_STATEMENTS} statements or {MOST_TIMES} times the reading for {ASKED:,} decisions.")
    return 0 if within else 1


def read(policy: Policy, now) -> int:
    """Read the rows that a preview reads, and nothing else: as the ORM gives them, page by page."""
    count, last = 0, None
    rows = Assessment.objects.filter(policy__network=policy.network_id, made_at__gt=now - LOOKS_BACK).order_by("-pk")
    while page := list((rows if last is None else rows.filter(pk__lt=last))[:PAGE]):
        count, last = count + len(page), page[-1].pk
        if len(page) < PAGE:
            break
    return count + len(Stay.objects.select_related("assessment", "hostel").filter(status="confirmed"))


def seconds(do) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def peak(do) -> int:
    """The most memory, in bytes, that ``do`` had at once on top of what was there before."""
    tracemalloc.start()
    do()
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def drafted(policy: Policy, now) -> Policy:
    """The rules a little narrower in one place and wider in another: about every fifth decision changes."""
    draft = drafting.draft(policy.network, based_on=policy, now=now, actor=User.objects.create_user("+8613800000001"))
    rules = deepcopy(draft.rules)
    by_id = {rule["id"]: rule for rule in rules["rules"]}
    by_id["age"]["max"] = 32
    by_id["graduation"]["months_after"] = 48
    rules["entitlements"][0]["caps"]["per_year"] = 6
    tomorrow = business_day(now) + timedelta(days=1)
    return drafting.change(draft, rules, now=now, actor=draft.drafter, wanted_from=tomorrow)


def some_facts(moment, network, hostel, chance) -> Facts:
    """The facts of somebody who wishes for some nights at ``moment``."""
    today = business_day(moment)
    arrival = today + timedelta(days=min(30, int(chance.expovariate(1 / 5))))
    born = today - timedelta(days=chance.randint(17 * 365, 37 * 365))
    graduated = today - timedelta(days=chance.randint(-14 * 30, 44 * 30))
    history, night = [], date(today.year, 1, 1)
    for _each in range(max(0, chance.randint(-4, 7))):
        night += timedelta(days=chance.randint(1, 9))
        history.append(
            KeptNight(night, "free", network, hostel.name_zh, hostel.name_en, new_code()[:6], "free_stay", night, True)
        )
    return Facts(
        now=moment,
        today=today,
        wish=Wish(
            chance.choice(PURPOSES),
            arrival,
            arrival + timedelta(days=chance.choice((1, 1, 2, 2, 2, 3, 3, 4))),
            chance.random() < 0.1,
            hostel.access,
            network,
        ),
        history=History(tuple(history)),
        gender=chance.choice(("female", "male")),
        birth_date=born,
        education=chance.choice(EDUCATIONS),
        graduation=f"{graduated:%Y-%m}",
        school="安徽大学",
        school_city="合肥",
        home_in_district=chance.random() < 0.05,
        city_cap=14,
        sources=dict.fromkeys(("birth_date", "gender"), chance.choice((DECLARED, VERIFIED))),
    )


def some_assessments(count, people, policy, moments, chance):
    """Decisions as they are kept, made by the policy in force."""
    hostels = list(Hostel.objects.filter(access="individual"))
    for _each in range(count):
        facts = some_facts(moments(chance), policy.network.slug, chance.choice(hostels), chance)
        decision = evaluate(policy, facts)
        yield Assessment(
            person=chance.choice(people),
            policy=policy,
            made_at=facts.now,
            outcome=decision.outcome,
            entitlement=decision.entitlement,
            facts=facts.as_data(),
            verdicts=[reason.as_verdict() for reason in decision.reasons],
        )


def write(count, people, policy, now, chance):
    """Write ``count`` decisions of the last 89 days."""

    def moments(chance):
        return now - timedelta(minutes=chance.randint(0, 89 * 24 * 60))

    Assessment.objects.bulk_create(some_assessments(count, people, policy, moments, chance), batch_size=1000)


def write_coming(people, policy, now, chance):
    """Write `COMING` stays that begin within the next thirty days."""
    decided = Assessment.objects.bulk_create(some_assessments(COMING, people, policy, lambda _chance: now, chance))
    hostel = Hostel.objects.first()
    first = business_day(now) + timedelta(days=1)
    Stay.objects.bulk_create(
        Stay(
            code=new_code()[:6],
            guest_id=assessment.person_id,
            hostel=hostel,
            assessment=assessment,
            arrival=first + timedelta(days=n % 30),
            departure=first + timedelta(days=n % 30 + 2),
            purpose="exam",
            kept_until=now + timedelta(days=31),
            booked_at=now,
            confirmed_at=now,
        )
        for n, assessment in enumerate(decided)
    )


if __name__ == "__main__":
    sys.exit(main())
