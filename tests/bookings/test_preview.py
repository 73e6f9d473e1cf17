"""Preview: whom new rules would hit, by rule and with cases; what is kept, and what may be ended."""

import gc
import tracemalloc
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Deed, Letter, Person, User
from accounts.reasons import Refused
from bookings import preview as module
from bookings.booking import book
from bookings.models import Stay
from bookings.preview import CASES, PAGE, approve, preview
from eligibility import drafting
from eligibility.evaluation import assess, evaluate
from eligibility.facts import Facts
from eligibility.models import Assessment, Policy
from eligibility.policy_file import fingerprint
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SATURDAY
from tests.eligibility.cases import facts

TOMORROW = SATURDAY
NEXT_WEEK = FRIDAY + timedelta(7)


@pytest.fixture
def gu(wuzhong):
    return User.objects.create_user("+8613800000021", phone_verified=True)


@pytest.fixture
def shen(wuzhong):
    return User.objects.create_user("+8613800000022", phone_verified=True)


@pytest.fixture
def in_force(wuzhong):
    return Policy.objects.get(network=wuzhong)


@pytest.fixture
def drafted(wuzhong, in_force, gu):
    """Drafts rules that a change of the sample's makes, from tomorrow on."""

    def draft(change=lambda rules: None, wanted_from=TOMORROW):
        policy = drafting.draft(wuzhong, based_on=in_force, now=NOW, actor=gu)
        rules = deepcopy(policy.rules)
        change(rules)
        return drafting.change(policy, rules, now=NOW, actor=gu, wanted_from=wanted_from)

    return draft


@pytest.fixture
def somebody(wuzhong):
    return Person.objects.create(name="林小满")


@pytest.fixture
def decided(somebody, in_force):
    """Keeps a decision by the rules in force about somebody who may stay, but for what is changed about them."""

    def decide(now=NOW, policy=in_force, **changes):
        about = facts(now, **{"arrival": FRIDAY + timedelta(10), "departure": FRIDAY + timedelta(12)} | changes)
        return assess(somebody, policy, about, evaluate(policy, about))

    return decide


def age_up_to(most):
    return lambda rules: rules["rules"][0].update(max=most)


def born(years):
    """Of so many years on the days that these wishes are about."""
    return date(FRIDAY.year - years, 1, 2)


def rules_of(group):
    return {by_rule["rule"]: by_rule["count"] for by_rule in group["rules"]}


# --- what changes -----------------------------------------------------------------------------------------------------
def test_a_lower_age_limit_newly_refuses_those_above_it(drafted, decided, gu):
    young, older = decided(birth_date=born(24)), decided(birth_date=born(33))

    found = preview(drafted(age_up_to(30)), now=NOW, actor=gu)

    assert (found["seen"], found["same"], found["newly_refused"]["count"]) == (2, 1, 1)
    (by_rule,) = found["newly_refused"]["rules"]
    assert (by_rule["rule"], by_rule["kind"], by_rule["count"]) == ("age", "age", 1)
    (case,) = by_rule["cases"]
    assert (case["assessment"], case["day"], case["before"], case["after"]) == (older.code, "2026-03-06", "yes", "no")
    assert [reason["sentence_en"] for reason in case["reasons_before"]] == ["Your age fits: 33"]
    assert [reason["sentence_en"] for reason in case["reasons_after"]] == ["Age must be 18–30; your ID says 33"]
    assert young.code not in str(found)


def test_a_higher_age_limit_newly_allows_those_below_it(drafted, decided):
    older = decided(birth_date=born(38))
    decided(birth_date=born(38), education="secondary_vocational")  # refused for that all the same

    found = preview(drafted(age_up_to(40)), now=NOW)

    assert (found["newly_allowed"]["count"], found["newly_refused"]["count"], found["same"]) == (1, 0, 1)
    (case,) = found["newly_allowed"]["rules"][0]["cases"]
    assert (case["assessment"], case["before"], case["after"]) == (older.code, "no", "yes")
    assert [reason["sentence_en"] for reason in case["reasons_after"]] == ["Your age fits: 38"]


def test_one_decision_counts_under_each_of_its_rules_and_once_in_all(drafted, decided):
    decided(birth_date=born(33), education="junior_college")
    decided(birth_date=born(33))

    def stricter(rules):
        rules["rules"][0]["max"] = 30
        rules["rules"][1]["min"] = "bachelor"

    found = preview(drafted(stricter), now=NOW)

    assert found["newly_refused"]["count"] == 2
    assert rules_of(found["newly_refused"]) == {"age": 2, "education": 1}


def test_the_commonest_rule_stands_first_and_no_rule_shows_more_than_five_cases_the_latest(drafted, decided):
    made = [decided(NOW - timedelta(hours=50 - n), birth_date=born(33)) for n in range(8)]

    found = preview(drafted(age_up_to(30)), now=NOW)

    (by_rule,) = found["newly_refused"]["rules"]
    assert by_rule["count"] == 8
    assert [case["assessment"] for case in by_rule["cases"]] == [each.code for each in reversed(made)][:CASES]


def test_where_a_person_looks_instead_of_a_refusal_somebody_is_newly_allowed(drafted, decided):
    decided(birth_date=born(40))

    found = preview(drafted(lambda rules: rules["rules"][0].update(otherwise="ask")), now=NOW)

    assert rules_of(found["newly_allowed"]) == {"age": 1}
    assert found["newly_allowed"]["rules"][0]["cases"][0]["after"] == "ask_a_person"


def test_who_would_be_looked_at_by_a_person_is_newly_asked(drafted, decided):
    decided(birth_date=born(33))

    def ask_above_30(rules):
        rules["rules"][0].update(max=30, otherwise="ask")

    found = preview(drafted(ask_above_30), now=NOW)

    assert (found["newly_asked"]["count"], rules_of(found["newly_asked"])) == (1, {"age": 1})
    (case,) = found["newly_asked"]["rules"][0]["cases"]
    assert (case["before"], case["after"]) == ("yes", "ask_a_person")


def test_who_would_pay_more_is_named_apart(drafted, decided):
    decided(accept_price=True, departure=FRIDAY + timedelta(15))  # three nights free, two at half the rate

    dearer = preview(drafted(lambda r: r["entitlements"][0]["caps"].update(per_stay=2)), now=NOW)
    cheaper = preview(drafted(lambda r: r["entitlements"][0]["caps"].update(per_stay=4)), now=NOW)

    assert rules_of(dearer["pays_more"]) == {"free_stay.caps": 1}
    assert rules_of(cheaper["pays_less"]) == {"free_stay.caps": 1}
    assert dearer["pays_more"]["rules"][0]["kind"] == "nights"


def test_rules_that_only_say_it_otherwise_change_nothing(drafted, decided):
    for years in (17, 24, 33, 38):
        decided(birth_date=born(years))

    found = preview(drafted(lambda rules: rules["rules"].reverse()), now=NOW)

    assert (found["seen"], found["same"]) == (4, 4)


# --- what is looked at ------------------------------------------------------------------------------------------------
def test_ninety_days_are_looked_back(drafted, decided):
    soon = {"arrival": FRIDAY - timedelta(85), "departure": FRIDAY - timedelta(84)}
    decided(NOW - timedelta(days=90, minutes=1), birth_date=born(33), **soon)
    inside = decided(NOW - timedelta(days=89), birth_date=born(33), **soon)

    found = preview(drafted(age_up_to(30)), now=NOW)

    assert (found["seen"], found["first"], found["last"]) == (1, "2025-12-06", "2026-03-06")
    assert found["newly_refused"]["rules"][0]["cases"][0]["assessment"] == inside.code


def test_another_network_s_decisions_are_not_looked_at(drafted, decided, wuzhong, in_force):
    other = Policy.objects.create(
        network=wuzhong.parent,
        version=1,
        rules=in_force.rules,
        drafted_by="a",
        approved_by="b",
        in_force_from=date(2023, 1, 1),
        written_at=NOW,
    )
    decided(policy=other, birth_date=born(33))

    assert preview(drafted(age_up_to(30)), now=NOW)["seen"] == 0


def test_what_older_rules_decided_is_compared_with_those_in_force_now(drafted, decided, wuzhong, in_force):
    """Only what the draft changes counts: what a change before it did is known already."""
    old = decided(NOW - timedelta(3), birth_date=born(38))
    rules = deepcopy(in_force.rules)
    rules["rules"][0]["max"] = 40
    between = Policy.objects.create(
        network=wuzhong,
        version=2,
        rules=rules | {"fingerprint": fingerprint(rules)},
        drafted_by="a",
        approved_by="b",
        in_force_from=FRIDAY,
        written_at=NOW,
    )
    decided(NOW, policy=between, birth_date=born(38))
    draft = drafted()  # the sample's rules: up to 35 again

    found = preview(draft, now=NOW)

    assert found["compared_with"] == "wuzhong-sample/2"
    assert (old.outcome, found["newly_refused"]["count"]) == ("no", 2)


def test_the_facts_that_were_kept_decide_and_not_what_is_true_now(drafted, decided, somebody):
    decided(birth_date=born(24))
    Person.objects.filter(pk=somebody.pk).update(birth_date=born(50))

    assert preview(drafted(age_up_to(30)), now=NOW)["same"] == 1


def test_cases_name_nobody(drafted, decided, somebody):
    decided(birth_date=born(33))

    assert somebody.name not in str(preview(drafted(age_up_to(30)), now=NOW))


def test_the_sentences_are_those_that_the_person_would_read(drafted, decided):
    older = decided(birth_date=born(33))
    draft = drafted(age_up_to(30))

    (case,) = preview(draft, now=NOW)["newly_refused"]["rules"][0]["cases"]

    now_said = evaluate(draft, Facts.from_data(older.facts)).reasons
    unmet = [reason.as_data() for reason in now_said if reason.verdict != "met"]
    assert case["reasons_after"] == [{name: each[name] for name in case["reasons_after"][0]} for each in unmet]


# --- the draft --------------------------------------------------------------------------------------------------------
def test_what_was_found_is_kept_with_the_draft(drafted, decided, gu, shen):
    decided(birth_date=born(33))
    draft = drafted(age_up_to(30))

    found = preview(draft, now=NOW, actor=gu)

    draft.refresh_from_db()
    assert (draft.preview, draft.previewed_at) == (found, NOW)
    assert drafting.why_not_approve(draft, now=NOW, actor=shen) == []
    deed = Deed.objects.get(what="preview_policy")
    assert (deed.actor, deed.about, deed.values["seen"], deed.values["newly_refused"]) == (
        gu,
        f"policy {draft.pk}",
        1,
        1,
    )


def test_a_draft_that_changed_while_it_was_looked_at_is_not_ready(drafted, gu, shen):
    draft = drafted(age_up_to(30))
    as_read = Policy.objects.get(pk=draft.pk)
    drafting.change(draft, draft.rules, now=NOW, actor=gu, wanted_from=NEXT_WEEK)

    preview(as_read, now=NOW)

    draft.refresh_from_db()
    assert [reason.code for reason in drafting.why_not_approve(draft, now=NOW, actor=shen)] == ["CHANGED_SINCE_PREVIEW"]


def test_an_approved_version_is_not_previewed(in_force):
    with pytest.raises(Refused) as no:
        preview(in_force, now=NOW)

    assert no.value.code == "NOT_A_DRAFT"


# --- the coming stays -------------------------------------------------------------------------------------------------
@pytest.fixture
def coming(people, wuzhong, hostel):
    """Books a stay of two nights for somebody of so many years."""

    def stay(years, arrival=NEXT_WEEK, gender="male"):
        guest = people("王小明", gender, birth_date=born(years))
        return book(guest=guest, hostel=hostel, nights=Nights(arrival, arrival + timedelta(2)), purpose="exam", now=NOW)

    return stay


def test_coming_stays_that_would_not_be_given_are_listed_and_kept(drafted, coming, hostel, gu, shen):
    young, older = coming(24), coming(33)
    draft = drafted(age_up_to(30))

    stays = preview(draft, now=NOW, actor=gu)["stays"]

    assert (stays["seen"], stays["touched"]) == (2, 1)
    (listed,) = stays["listed"]
    assert (listed["stay"], listed["hostel"], listed["arrival"], listed["how"]) == (
        older.code,
        hostel.slug,
        NEXT_WEEK.isoformat(),
        "newly_refused",
    )
    assert [reason["code"] for reason in listed["reasons"]] == ["AGE"]
    draft.refresh_from_db()
    approve(draft, now=NOW, actor=shen)
    assert {stay.status for stay in Stay.objects.all()} == {"confirmed"}
    assert young.code not in str(stays)


def test_stays_before_the_first_day_are_not_touched(drafted, coming):
    coming(33, arrival=NEXT_WEEK - timedelta(1))
    coming(33, arrival=NEXT_WEEK)

    stays = preview(drafted(age_up_to(30), wanted_from=NEXT_WEEK), now=NOW)["stays"]

    assert (stays["seen"], [stay["arrival"] for stay in stays["listed"]]) == (1, [NEXT_WEEK.isoformat()])


def test_a_chosen_stay_is_ended_with_a_letter_and_the_nights_return(drafted, coming, gu, shen):
    ended, kept = coming(33), coming(34)
    draft = drafted(age_up_to(30))
    preview(draft, now=NOW, actor=gu)
    draft.refresh_from_db()

    approve(draft, now=NOW, actor=shen, end_stays=[ended.code])

    ended.refresh_from_db()
    kept.refresh_from_db()
    assert (ended.status, ended.cancel_cause, kept.status) == ("cancelled", "HOUSE", "confirmed")
    assert not ended.bed_nights.live().exists()
    assert [letter.kind for letter in Letter.objects.filter(about=ended.code).order_by("pk")] == [
        "booked",
        "ended_by_new_rules",
    ]


def test_only_what_the_preview_lists_is_ended(drafted, coming, gu, shen):
    untouched = coming(24)
    draft = drafted(age_up_to(30))
    preview(draft, now=NOW, actor=gu)
    draft.refresh_from_db()

    with pytest.raises(Refused) as no:
        approve(draft, now=NOW, actor=shen, end_stays=[untouched.code, "ABCDEF"])

    assert [reason.code for reason in no.value.reasons] == ["NOT_TOUCHED", "NOT_TOUCHED"]
    untouched.refresh_from_db()
    draft.refresh_from_db()
    assert (untouched.status, draft.is_draft) == ("confirmed", True)


def test_without_a_preview_nothing_is_approved_or_ended(drafted, coming, shen):
    stay = coming(33)

    with pytest.raises(Refused) as no:
        approve(drafted(age_up_to(30)), now=NOW, actor=shen, end_stays=[stay.code])

    assert no.value.code == "NOT_PREVIEWED"


# --- what it costs ----------------------------------------------------------------------------------------------------
def many(count, person, policy):
    """Write ``count`` decisions: every tenth is about somebody too old for the drafts here."""
    about = facts(arrival=FRIDAY + timedelta(10), departure=FRIDAY + timedelta(12))
    kinds = []
    for years in (33, *(20 + n for n in range(9))):
        them = replace(about, birth_date=born(years))
        kinds.append((them.as_data(), [reason.as_verdict() for reason in evaluate(policy, them).reasons]))
    rows = (
        Assessment(
            person=person,
            policy=policy,
            made_at=NOW - timedelta(minutes=n % 60),
            outcome="yes",
            entitlement="free_stay",
            facts=kinds[n % 10][0],
            verdicts=kinds[n % 10][1],
        )
        for n in range(count)
    )
    Assessment.objects.bulk_create(rows, batch_size=500)


def test_five_pages_of_decisions_take_at_most_twelve_statements(drafted, somebody, in_force, gu, monkeypatch):
    """Of ten thousand it is as many: a page is 2,000. Here it is smaller, so that the test is quick."""
    assert PAGE == 2000
    monkeypatch.setattr(module, "PAGE", 100)
    many(500, somebody, in_force)
    draft = drafted(age_up_to(30))

    with CaptureQueriesContext(connection) as asked:
        found = preview(draft, now=NOW, actor=gu)

    assert (found["seen"], found["newly_refused"]["count"]) == (500, 50)
    assert len(asked) <= 12, [query["sql"][:80] for query in asked]


def test_every_decision_is_seen_once_wherever_a_page_ends(drafted, somebody, in_force, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 7)
    many(20, somebody, in_force)
    draft = drafted(age_up_to(30))

    for more in (0, 1, 2):
        found = preview(draft, now=NOW)
        assert (found["seen"], found["newly_refused"]["count"]) == (20 + more, 2 + more)
        many(1, somebody, in_force)


def test_memory_does_not_grow_with_the_decisions(drafted, somebody, in_force, monkeypatch):
    """Five times the rows take no more than 40 bytes for each that came on top: not one of them is kept."""
    monkeypatch.setattr(module, "PAGE", 100)
    draft = drafted(age_up_to(30))

    def peak():
        tracemalloc.start()
        preview(draft, now=NOW)
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    many(600, somebody, in_force)
    # What Python keeps in hand to use again, it keeps from the first run on: nothing here needs the collector.
    gc.disable()
    try:
        peak()
        few = peak()
        many(2400, somebody, in_force)
        assert peak() - few < 40 * 2400
    finally:
        gc.enable()


def test_first_rules_of_a_network_hit_nobody(wuzhong, in_force, gu, shen):
    """Loaded as a draft where no rules were ever in force: there is nothing to compare with, and it can be approved."""
    first = Policy.objects.create(
        network=wuzhong.parent,
        version=1,
        rules=in_force.rules,
        drafted_by="load_policy",
        written_at=NOW,
        wanted_from=TOMORROW,
    )

    found = preview(first, now=NOW, actor=gu)

    assert (found["compared_with"], found["seen"], found["stays"]["seen"]) == ("", 0, 0)
    first.refresh_from_db()
    assert approve(first, now=NOW, actor=shen).in_force_from == TOMORROW
