from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.evaluation import Price, assess, evaluate, kept_until, replay
from eligibility.facts import Facts, facts_of_visitor
from eligibility.models import Assessment, Policy
from eligibility.policy_file import load_policy
from tests.eligibility.cases import NOW, SAMPLE, SHANGHAI, TODAY, days, facts, kept, policy, stay

SAMPLE_POLICY = policy()
FREE, PRICED = Price("free", 0), Price("priced", 50)
TOMORROW = TODAY + timedelta(1)
JANUARY = date(2026, 1, 1)


def codes(decision, verdict="not_met"):
    return [reason.code for reason in decision.reasons if reason.verdict == verdict]


# --- the sample policy as its text says -------------------------------------------------------------------------------
def test_who_meets_every_rule_gets_a_yes_with_every_reason():
    decision = evaluate(SAMPLE_POLICY, facts(city_cap=14))

    assert (decision.outcome, decision.entitlement, decision.policy) == ("yes", "free_stay", "wuzhong-sample/1")
    assert (decision.prices, decision.free_nights) == ((FREE, FREE), 3)
    assert codes(decision, "met") == [
        "AGE",
        "EDUCATION",
        "GRAD",
        "LOCAL",
        "PURPOSE",
        "GROUP_ONLY",
        "WINDOW",
        "OVERLAP",
        "PAUSED",
        "EVIDENCE",
        "NIGHTS",
        "STAY_NIGHTS",
        "CITY_CAP",
    ]


def test_all_reasons_at_once_those_not_met_first():
    decision = evaluate(
        SAMPLE_POLICY,
        facts(birth_date=date(1980, 1, 1), home_in_district=True, education=None, access="group", purpose="tourism"),
    )

    assert decision.outcome == "no"
    assert codes(decision) == ["AGE", "LOCAL", "PURPOSE", "GROUP_ONLY"]
    assert [reason.verdict for reason in decision.reasons[:5]] == ["not_met"] * 4 + ["missing"]
    assert (decision.prices, decision.free_nights) == ((), 0)


def test_what_was_not_said_asks_for_more():
    decision = evaluate(SAMPLE_POLICY, facts(home_in_district=None, graduation=None))

    assert (decision.outcome, codes(decision, "missing")) == ("tell_us_more", ["GRAD", "LOCAL"])
    # What the nights would cost is known: a bed that is held meanwhile keeps them at that.
    assert decision.prices == (FREE, FREE)


def test_a_rule_that_asks_sends_to_a_person():
    def home_asks(rules):
        next(rule for rule in rules["rules"] if rule["kind"] == "home")["otherwise"] = "ask"

    decision = evaluate(policy(home_asks), facts(home_in_district=True))

    assert (decision.outcome, codes(decision, "ask")) == ("ask_a_person", ["LOCAL"])


def test_every_reason_names_its_rule_its_version_and_where_its_value_came_from():
    decision = evaluate(SAMPLE_POLICY, facts(sources={"birth_date": "verified"}, city_cap=14))

    assert {reason.policy_version for reason in decision.reasons} == {"wuzhong-sample/1"}
    assert {reason.policy_title.say("en") for reason in decision.reasons} == {
        "Rules of the Wuzhong youth talent hostels (sample)"
    }
    assert len({(reason.rule_id, reason.code) for reason in decision.reasons}) == len(decision.reasons)
    by_code = {reason.code: reason for reason in decision.reasons}
    assert (by_code["AGE"].value_used, by_code["AGE"].value_source) == (24, "verified")
    assert by_code["EDUCATION"].value_source == "declared"
    assert by_code["NIGHTS"].value_source == "record"
    assert by_code["AGE"].as_data()["clause"] == "第二条 年满 18 周岁、不超过 35 周岁。"


def test_a_refusal_for_the_number_of_nights_alone_still_says_how_many_are_free():
    decision = evaluate(SAMPLE_POLICY, facts(**stay(TOMORROW, 5)))

    assert (decision.outcome, codes(decision), decision.free_nights) == ("no", ["NIGHTS"], 3)


@pytest.mark.parametrize(
    "arrival, free",
    [
        (date(2026, 6, 9), 3),
        (date(2026, 6, 10), 5),
        (date(2026, 8, 31), 5),
        (date(2026, 9, 1), 3),
    ],
)
def test_in_the_season_a_stay_has_five_free_nights_by_its_day_of_arrival(arrival, free):
    now = datetime(arrival.year, arrival.month, arrival.day, 9, tzinfo=SHANGHAI)

    decision = evaluate(SAMPLE_POLICY, facts(now=now, accept_price=True, **stay(arrival, 6)))

    assert decision.prices == (FREE,) * free + (PRICED,) * (6 - free)
    assert decision.free_nights == free


# --- a visitor, of whom little is known -------------------------------------------------------------------------------
def test_four_answers_are_enough_for_a_visitor():
    visitor = facts_of_visitor(
        NOW, education="bachelor", graduation="2025", home_in_district=False, purpose="interview"
    )

    decision = evaluate(SAMPLE_POLICY, visitor)

    assert (decision.outcome, decision.free_nights, decision.prices) == ("yes", 3, ())
    assert decision.reasons[0].sentence.say("zh-hans") == "年龄要在 18–35 岁，订房时按证件核对"


def test_a_visitor_who_says_nothing_is_told_what_is_needed():
    assert codes(evaluate(SAMPLE_POLICY, facts_of_visitor(NOW)), "missing") == ["EDUCATION", "GRAD", "LOCAL", "PURPOSE"]


def test_a_birth_date_that_a_visitor_does_say_is_judged():
    assert "AGE" in codes(evaluate(SAMPLE_POLICY, facts_of_visitor(NOW, birth_date=date(1980, 1, 1))))


# --- several entitlements ---------------------------------------------------------------------------------------------
def with_visitors_at_a_price(rules):
    """As Zibo has it: who comes for work stays free, who visits pays half."""
    rules["purposes"]["tourism"] = {"zh": "游玩", "en": "tourism"}
    rules["entitlements"].append(
        {
            "key": "visit",
            "label": {"zh": "半价", "en": "Half price"},
            "purposes": ["tourism", "interview"],
            "caps": {"per_stay": 0},
            "after": [{"percent": 50, "per_stay": 5}],
        }
    )


def test_the_entitlement_that_serves_best_is_chosen():
    tiered = policy(with_visitors_at_a_price)

    assert evaluate(tiered, facts(purpose="interview", accept_price=True)).entitlement == "free_stay"
    assert evaluate(tiered, facts(purpose="tourism", accept_price=True)).entitlement == "visit"
    longer = evaluate(tiered, facts(purpose="interview", accept_price=True, **stay(TOMORROW, 7)))
    assert (longer.entitlement, len(longer.prices)) == ("free_stay", 7)


def test_where_none_serves_the_nearest_one_gives_the_reasons():
    decision = evaluate(policy(with_visitors_at_a_price), facts(purpose="tourism"))

    assert (decision.entitlement, codes(decision)) == ("visit", ["NIGHTS"])


def test_conditions_of_one_entitlement_do_not_bind_the_other():
    def doctors_only(rules):
        with_visitors_at_a_price(rules)
        rules["entitlements"][0]["rules"] = [{"id": "doctors", "kind": "education", "min": "doctor"}]

    decision = evaluate(policy(doctors_only), facts(purpose="interview", accept_price=True))

    assert (decision.outcome, decision.entitlement, decision.prices) == ("yes", "visit", (PRICED, PRICED))


# --- what always holds ------------------------------------------------------------------------------------------------
def some_day(first, last):
    return st.dates(date.fromisoformat(first), date.fromisoformat(last))


@st.composite
def any_facts(draw):
    arrival = draw(st.none() | some_day("2025-12-01", "2026-12-31"))
    dates = stay(arrival, draw(st.integers(1, 12))) if arrival else {"arrival": None, "departure": None}
    today = draw(some_day("2026-01-01", "2026-12-31"))
    later = draw(st.sets(st.sampled_from(["birth_date", "education", "graduation", "home_in_district", "purpose"])))
    return facts(
        now=datetime(today.year, today.month, today.day, draw(st.integers(0, 23)), tzinfo=SHANGHAI),
        purpose=draw(st.sampled_from([None, "interview", "flat_hunting", "tourism"])),
        access=draw(st.sampled_from(["individual", "group"])),
        accept_price=draw(st.booleans()),
        birth_date=draw(st.none() | some_day("1985-01-01", "2010-12-31")),
        education=draw(st.sampled_from([None, "secondary_vocational", "junior_college", "technician", "doctor"])),
        graduation=draw(st.sampled_from([None, "2021", "2023", "2023-02", "2025-06", "2027", "2027-05"])),
        home_in_district=draw(st.sampled_from([None, False, True])),
        city_cap=draw(st.none() | st.integers(0, 14)),
        nights=draw(kept_nights()),
        no_shows=tuple(
            datetime(day.year, day.month, day.day, 23, tzinfo=SHANGHAI)
            for day in draw(st.lists(some_day("2025-06-01", "2026-12-31"), max_size=4))
        ),
        later=frozenset(later),
        **dates,
    )


@st.composite
def kept_nights(draw):
    nights = draw(st.lists(some_day("2025-12-01", "2026-12-31"), max_size=16, unique=True))
    return tuple(
        night
        for day in nights
        for night in kept(
            day,
            price_class=draw(st.sampled_from(["free", "free", "priced"])),
            network=draw(st.sampled_from(["wuzhong", "gusu"])),
        )
    )


@given(any_facts())
def test_there_is_a_price_for_each_night_exactly_when_the_answer_is_yes(about):
    decision = evaluate(SAMPLE_POLICY, about)

    nights = len(about.wish.nights or ())
    assert len(decision.prices) == (nights if decision.outcome == "yes" else 0)
    assert None not in decision.prices
    if not about.wish.accept_price:
        assert set(decision.prices) <= {FREE}


@given(any_facts())
def test_the_outcome_is_the_worst_verdict_and_reasons_are_sorted_by_it(about):
    decision = evaluate(SAMPLE_POLICY, about)

    verdicts = [reason.verdict for reason in decision.reasons]
    worst_first = ["not_met", "missing", "ask", "met"]
    assert verdicts == sorted(verdicts, key=worst_first.index)
    assert (
        decision.outcome
        == dict(zip(worst_first, ["no", "tell_us_more", "ask_a_person", "yes"], strict=True))[verdicts[0]]
    )


@given(any_facts(), some_day("2026-01-01", "2026-12-31"), st.sampled_from(["wuzhong", "gusu"]))
def test_one_more_night_used_never_gives_more_free_nights(about, night, network):
    more = replace(about, history=replace(about.history, nights=about.history.nights + kept(night, network=network)))

    before, after = evaluate(SAMPLE_POLICY, about), evaluate(SAMPLE_POLICY, more)

    assert after.free_nights <= before.free_nights
    if after.outcome == before.outcome == "yes":
        assert after.prices.count(FREE) <= before.prices.count(FREE)


@given(about=any_facts())
def test_free_nights_granted_and_used_never_exceed_a_cap(about):
    decision = evaluate(SAMPLE_POLICY, about)

    if about.wish.nights:
        granted = kept(
            *(night for night, price in zip(about.wish.nights, decision.prices or (), strict=False) if price == FREE)
        )
        used = [n for n in about.history.nights if n.price_class == "free"]
        for year in {n.night.year for n in granted}:
            new = sum(n.night.year == year for n in granted)
            assert new + sum(n.night.year == year and n.network == "wuzhong" for n in used) <= 7
            assert about.city_cap is None or new + sum(n.night.year == year for n in used) <= about.city_cap


def rule_of(rules, kind):
    return next(rule for rule in rules["rules"] if rule["kind"] == kind)


def raised(kind, name, by):
    def change(rules):
        rule_of(rules, kind)[name] += by

    return change


def cap_raised(name):
    def change(rules):
        rules["entitlements"][0]["caps"][name] += 2

    return change


def education_lowered(rules):
    rule_of(rules, "education")["min"] = "secondary_vocational"


def window_raised(rules):
    rule_of(rules, "window")["ahead"]["value"] += 60


def another_purpose(rules):
    rules["purposes"]["tourism"] = {"zh": "游玩", "en": "tourism"}
    rules["entitlements"][0]["purposes"].append("tourism")


def more_priced_nights(rules):
    rules["entitlements"][0]["after"][0]["per_stay"] += 3


def longer_season(rules):
    rules["seasons"][0]["from"] = "01-01"


WIDER = [
    raised("age", "max", 5),
    raised("age", "min", -5),
    raised("graduation", "months_after", 12),
    raised("graduation", "months_before", 12),
    raised("no_show", "count", 1),
    raised("no_show", "pause_days", -30),
    cap_raised("per_stay"),
    cap_raised("per_year"),
    education_lowered,
    window_raised,
    another_purpose,
    more_priced_nights,
    longer_season,
]
WIDER_POLICIES = [policy(change) for change in WIDER]


@settings(max_examples=200)
@given(any_facts(), st.sampled_from(WIDER_POLICIES))
def test_widening_a_rule_never_turns_a_yes_into_a_no(about, wider):
    if evaluate(SAMPLE_POLICY, about).outcome == "yes":
        assert evaluate(wider, about).outcome == "yes"


@given(any_facts(), st.randoms(use_true_random=False))
def test_the_order_of_rules_never_changes_the_answer(about, random: Random):
    shuffled = policy(lambda rules: random.shuffle(rules["rules"]))

    assert evaluate(shuffled, about) == evaluate(SAMPLE_POLICY, about)


@given(any_facts(), st.randoms(use_true_random=False))
def test_the_order_of_entitlements_never_changes_the_answer(about, random: Random):
    def shuffle(rules):
        with_visitors_at_a_price(rules)
        random.shuffle(rules["entitlements"])

    assert evaluate(policy(shuffle), about) == evaluate(policy(with_visitors_at_a_price), about)


@given(any_facts())
def test_facts_kept_as_data_decide_the_same(about):
    assert Facts.from_data(about.as_data()) == about


# --- decisions that are kept ------------------------------------------------------------------------------------------
@pytest.fixture
def in_force(wuzhong):
    return Policy.objects.get()


@pytest.mark.parametrize(
    "about",
    [
        facts(city_cap=14, sources={"birth_date": "verified"}),
        facts(home_in_district=True, nights=kept(*days(JANUARY, 7)), no_shows=(NOW, NOW), **stay(TOMORROW, 3)),
        facts_of_visitor(NOW, graduation="2023"),
    ],
)
def test_a_decision_kept_is_decided_again_the_same_after_later_policies(
    about, in_force, lin, tmp_path, django_assert_num_queries
):
    decision = evaluate(in_force, about)
    with django_assert_num_queries(1):
        kept_decision = assess(lin, in_force, about, decision)
    stricter = tmp_path / "stricter.yaml"
    text = SAMPLE.read_text("utf-8").replace("max: 35", "max: 20").replace("2023-01-01", "2026-03-06")
    stricter.write_text(text, "utf-8")
    assert load_policy(stricter, now=NOW).version == 2

    again = replay(Assessment.objects.select_related("policy").get(pk=kept_decision.pk))

    assert again == decision
    assert kept_decision.verdicts == [reason.as_verdict() for reason in again.reasons]
    assert (kept_decision.outcome, kept_decision.made_at) == (decision.outcome, NOW)


def test_deciding_asks_no_database(in_force, django_assert_num_queries):
    with django_assert_num_queries(0):
        evaluate(in_force, facts(city_cap=14))


def clock(day, hour, minute):
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


def test_of_two_refusals_the_one_that_leaves_less_to_say_is_told():
    def for_doctors_first(rules):
        rules["rules"].remove(rule_of(rules, "education"))
        given = rules["entitlements"][0]
        doctors = {"id": "doctors", "kind": "education", "accepted": ["doctor"]}
        rules["entitlements"] = [given | {"key": "a_doctor", "rules": [doctors]}, given]

    decision = evaluate(policy(for_doctors_first), facts(education=None, home_in_district=True))

    assert (decision.outcome, decision.entitlement) == ("no", "free_stay")
    assert codes(decision, "missing") == []


# --- rules of which one is enough -------------------------------------------------------------------------------------
VETERAN = {"zh": "你是退役军人吗？", "en": "Are you a veteran?"}


def graduate_or_veteran(rules):
    rule_of(rules, "graduation")["either"] = "who"
    rules["rules"].append({"id": "veteran", "kind": "answer", "key": "veteran", "question": VETERAN, "either": "who"})


EITHER = policy(graduate_or_veteran)


@pytest.mark.parametrize(
    "changes, outcome, said",
    [
        ({"graduation": "2025-06"}, "yes", {"GRAD": "met"}),
        ({"graduation": "2015-06", "answers": {"veteran": "yes"}}, "yes", {"ANSWER": "met"}),
        ({"graduation": None, "answers": {"veteran": "yes"}}, "yes", {"ANSWER": "met"}),
        ({"graduation": "2025-06", "answers": {"veteran": "yes"}}, "yes", {"GRAD": "met", "ANSWER": "met"}),
        ({"graduation": "2015-06"}, "tell_us_more", {"ANSWER": "missing"}),
        ({"graduation": None}, "tell_us_more", {"GRAD": "missing", "ANSWER": "missing"}),
        ({"graduation": "2015-06", "answers": {"veteran": "no"}}, "no", {"GRAD": "not_met", "ANSWER": "not_met"}),
    ],
)
def test_of_alternatives_one_is_enough_and_only_the_nearest_are_said(changes, outcome, said):
    decision = evaluate(EITHER, facts(**changes))

    assert decision.outcome == outcome
    assert {reason.code: reason.verdict for reason in decision.reasons if reason.code in ("GRAD", "ANSWER")} == said


def test_where_none_of_the_alternatives_is_met_each_says_that_one_is_enough():
    decision = evaluate(EITHER, facts(graduation="2015-06", answers={"veteran": "no"}))

    assert [reason.sentence.say("en") for reason in decision.reasons][:2] == [
        "One of several is enough: Within 3 years of graduating; you said Jun 2015",
        "One of several is enough: Are you a veteran? Needed: Yes; you said: No",
    ]
    alone = evaluate(EITHER, facts(graduation="2015-06"))
    assert alone.reasons[0].sentence.say("en") == "Are you a veteran?"


def test_a_person_is_asked_about_an_alternative_only_where_no_other_can_be_met():
    def with_a_question(rules):
        graduate_or_veteran(rules)
        rule_of(rules, "graduation")["otherwise"] = "ask"

    asking = policy(with_a_question)

    assert evaluate(asking, facts(graduation="2015-06")).outcome == "tell_us_more"
    assert evaluate(asking, facts(graduation="2015-06", answers={"veteran": "yes"})).outcome == "yes"
    decision = evaluate(asking, facts(graduation="2015-06", answers={"veteran": "no"}))
    assert (decision.outcome, codes(decision, "ask"), codes(decision)) == ("ask_a_person", ["GRAD"], [])


# --- how long a bed is kept -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "booked, until",
    [
        (clock(1, 12, 0), clock(6, 23, 0)),
        (clock(6, 21, 0), clock(6, 23, 0)),
        (clock(6, 21, 1), clock(6, 23, 1)),
        (clock(7, 1, 30), clock(7, 3, 30)),
        (clock(7, 5, 0), clock(7, 6, 0)),
    ],
)
def test_a_bed_is_kept_until_the_hour_of_the_policy_or_two_hours_after_booking_but_never_beyond_six(booked, until):
    assert kept_until(SAMPLE_POLICY, TODAY, booked) == until


def test_a_policy_without_an_hour_keeps_the_bed_all_night():
    def without(rules):
        rules["rules"].remove(rule_of(rules, "no_show"))

    assert kept_until(policy(without), TODAY, NOW) == datetime(2026, 3, 7, 6, 0, tzinfo=SHANGHAI)
