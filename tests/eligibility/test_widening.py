"""What holds for any policy and any facts: wider is never worse, order is nothing, and nothing is ever raised."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Person
from eligibility.evaluation import Decision, evaluate
from eligibility.facts import Clearance, Extra, Facts, History, KeptNight, Proof, Wish
from eligibility.models import Policy
from eligibility.policies import terms_of
from eligibility.policy_file import errors_in, fingerprint
from hostel.nights import business_day
from tests.eligibility.cases import SAMPLE_RULES, SHANGHAI
from tests.eligibility.published import FILES, FITTING, fitting, published, stayed


def policy(rules: Mapping[str, Any], number: int) -> Policy:
    """A policy of these rules, whose terms are read once."""
    assert errors_in(rules) == []
    return Policy(pk=-1000 - number, version=1, rules={**rules, "fingerprint": fingerprint(dict(rules))})


SAMPLE = policy(SAMPLE_RULES, 0)
EVERY = {"sample": SAMPLE, **{name: published(name) for name in FILES}}

# --- any facts --------------------------------------------------------------------------------------------------------
NETWORKS = ["wuzhong", *(EVERY[name].rules["network"] for name in FILES)]
SOME_DAY = st.dates(date(2025, 6, 1), date(2027, 6, 30))
MOMENT = st.builds(
    lambda day, minute: datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=SHANGHAI),
    SOME_DAY,
    st.integers(0, 24 * 60 - 1),
)
QUESTIONS = {
    question.key: [value for value, _label in question.options]
    for one in EVERY.values()
    for question in terms_of(one).questions_on(date(2026, 3, 7))
}
PROOFS = sorted(
    {
        proof["key"]
        for one in EVERY.values()
        for given_ in [one.rules, *one.rules["entitlements"]]
        for rule in given_.get("rules", [])
        for proof in rule.get("accepted", [])
        if isinstance(proof, dict)
    }
)
PURPOSES = sorted({purpose for one in EVERY.values() for purpose in one.rules["purposes"]})
GRADUATIONS = ["1999", "2021", "2023", "2023-03", "2024-02-29", "2025-06-25", "2026", "2026-06", "2027-05", "nonsense"]


@st.composite
def any_history(draw, arrival):
    nights = draw(st.lists(SOME_DAY, max_size=12, unique=True))
    return History(
        nights=tuple(
            KeptNight(
                night,
                draw(st.sampled_from(["free", "priced"])),
                draw(st.sampled_from(NETWORKS)),
                stay=f"STAY{draw(st.integers(0, 4))}",
                entitlement=draw(st.sampled_from(["", "free_stay", "free", "half"])),
                arrival=night,
                counted=draw(st.booleans()),
            )
            for night in nights
        ),
        no_shows=tuple(draw(st.lists(MOMENT, max_size=3))),
        extras=tuple(
            Extra(draw(st.integers(1, 5)), first, first + timedelta(draw(st.integers(1, 200))))
            for first in draw(st.lists(SOME_DAY, max_size=2))
        ),
        false_proofs=tuple(draw(st.lists(MOMENT, max_size=1))),
    )


@st.composite
def any_facts(draw):
    now = draw(MOMENT)
    arrival = draw(st.none() | st.integers(-2, 60).map(lambda n: business_day(now) + timedelta(n)))
    departure = arrival + timedelta(draw(st.integers(1, 40))) if arrival else None
    proofs = draw(st.lists(st.sampled_from(PROOFS + ["passport"]), max_size=4, unique=True))
    return Facts(
        now=now,
        today=business_day(now),
        wish=Wish(
            draw(st.sampled_from([None, *PURPOSES, "golf"])),
            arrival,
            departure,
            draw(st.booleans()),
            draw(st.sampled_from(["individual", "group"])),
            draw(st.sampled_from(NETWORKS)),
            draw(st.sampled_from(["self", "school", "organisation"])),
            draw(st.booleans()),
        ),
        history=draw(any_history(arrival)),
        gender=draw(st.sampled_from([None, "female", "male"])),
        birth_date=draw(st.none() | st.dates(date(1950, 1, 1), date(2026, 1, 1))),
        education=draw(st.sampled_from([None, *Person.Education.values, "sorcery"])),
        graduation=draw(st.sampled_from([None, *GRADUATIONS])),
        school_city=draw(st.sampled_from([None, "", "合肥", "上海市闵行区", "福州", "海口/琼山", "境外", "Zhengzhou"])),
        home_in_district=draw(st.sampled_from([None, False, True])),
        city_cap=draw(st.none() | st.integers(0, 14)),
        answers=draw(
            st.fixed_dictionaries(
                {}, optional={key: st.sampled_from([*values, "?"]) for key, values in QUESTIONS.items()}
            )
        ),
        proofs=tuple(
            Proof(
                kind,
                draw(st.sampled_from(["sent", "accepted"])),
                first := draw(st.none() | SOME_DAY),
                first and draw(st.none() | st.integers(0, 30).map(lambda n, first=first: first + timedelta(n))),
            )
            for kind in proofs
        ),
        cleared=tuple(
            Clearance(rule, draw(SOME_DAY))
            for rule in draw(st.lists(st.sampled_from(["age", "home", "education", "window"]), max_size=2))
        ),
        shifted_days=frozenset(draw(st.lists(SOME_DAY, max_size=5))),
        later=frozenset(
            draw(st.sets(st.sampled_from(["birth_date", "education", "graduation", "home_in_district", "purpose"])))
        ),
    )


def told(decision: Decision) -> tuple:
    """All of a decision that a person can notice."""
    return (
        decision.outcome,
        decision.entitlement,
        decision.prices,
        decision.free_nights,
        tuple((reason.code, reason.verdict, reason.rule_id, reason.sentence.say("en")) for reason in decision.reasons),
    )


@given(any_facts(), st.sampled_from(sorted(EVERY)))
@settings(max_examples=300)
def test_nothing_is_ever_raised_and_every_answer_is_one_of_the_four(about, name):
    decision = evaluate(EVERY[name], about)

    assert decision.outcome in ("yes", "no", "tell_us_more", "ask_a_person")
    for reason in decision.reasons:
        told_ = reason.as_data()
        assert "None" not in told_["sentence_zh"] + told_["sentence_en"]
        assert "%(" not in told_["sentence_zh"] + told_["sentence_en"]


@given(any_facts(), st.sampled_from(sorted(EVERY)))
def test_facts_read_back_decide_the_same(about, name):
    assert told(evaluate(EVERY[name], Facts.from_data(about.as_data()))) == told(evaluate(EVERY[name], about))


# --- order is nothing -------------------------------------------------------------------------------------------------
def shuffled(name: str, seed: int) -> Policy:
    random, rules = Random(seed), deepcopy({key: v for key, v in EVERY[name].rules.items() if key != "fingerprint"})
    random.shuffle(rules["rules"])
    random.shuffle(rules["entitlements"])
    for entitlement in rules["entitlements"]:
        random.shuffle(entitlement.get("rules", []))
        random.shuffle(entitlement["purposes"])
    return policy(rules, 100 * (1 + sorted(EVERY).index(name)) + seed)


SHUFFLED = {(name, seed): shuffled(name, seed) for name in EVERY for seed in range(3)}


@given(any_facts(), st.sampled_from(sorted(SHUFFLED)))
@settings(max_examples=300)
def test_the_order_of_rules_and_entitlements_changes_no_answer(about, which):
    original, again = evaluate(EVERY[which[0]], about), evaluate(SHUFFLED[which], about)

    assert (again.outcome, again.entitlement, again.prices) == (original.outcome, original.entitlement, original.prices)
    assert [(reason.code, reason.verdict, reason.rule_id) for reason in again.reasons] == [
        (reason.code, reason.verdict, reason.rule_id) for reason in original.reasons
    ]


# --- wider is never worse ---------------------------------------------------------------------------------------------
def _each(rules, kind):
    for given_ in [rules, *rules["entitlements"]]:
        yield from (rule for rule in given_.get("rules", []) if rule["kind"] == kind)


def _raise(rule, name, by, least=0):
    if isinstance(rule.get(name), int) and not isinstance(rule[name], bool):
        rule[name] = max(rule[name] + by, least)


def wider_age(rules):
    for rule in _each(rules, "age"):
        for limits in [rule, *rule.get("by_education", [])]:
            _raise(limits, "min", -3)
            _raise(limits, "max", 4)


def wider_education(rules):
    for rule in _each(rules, "education"):
        if "min" in rule:
            rule["min"] = "secondary_vocational"
        if "accepted" in rule:
            rule["accepted"] = [
                *rule["accepted"],
                *(one for one in ("technician", "bachelor") if one not in rule["accepted"]),
            ]
        rule["also"] = ["technician"]


def any_study(rules):
    for rule in _each(rules, "education"):
        if "min" in rule or "accepted" in rule:
            rule.pop("full_time", None)
            rule.pop("school_class", None)


def wider_graduation(rules):
    for rule in _each(rules, "graduation"):
        _raise(rule, "months_before", 7)
        _raise(rule, "months_after", 13)


def any_graduation(rules):
    for rule in _each(rules, "graduation"):
        for name in ("same_year", "final_year", "students", "classes", "months_before"):
            rule.pop(name, None)


def wider_origin(rules):
    for rule in _each(rules, "origin"):
        rule["match"] = "any"
        rule["collective_counts_as_outside"] = True
        rule["overseas_counts_as_outside"] = True


def fewer_ways_of_origin(rules):
    for rule in _each(rules, "origin"):
        rule["by"] = rule["by"][:1] if rule.get("match", "all") == "all" else rule["by"]


def less_notice(rules):
    for rule in _each(rules, "window"):
        if rule.get("notice"):
            rule["notice"] = {"value": rule["notice"]["value"] // 2, "unit": rule["notice"]["unit"]}


def further_ahead(rules):
    for rule in _each(rules, "window"):
        if rule.get("ahead"):
            rule["ahead"] = {**rule["ahead"], "value": rule["ahead"]["value"] + 25}


def milder_no_shows(rules):
    for rule in _each(rules, "no_show"):
        _raise(rule, "count", 1)
        _raise(rule, "pause_days", -20, 1)
        _raise(rule, "within_days", -30, 1)


def milder_sanction(rules):
    for rule in _each(rules, "sanction"):
        rule["pause_days"] = 30
        rule["count"] = rule.get("count", 1) + 1


def more_applicants(rules):
    for rule in _each(rules, "applicant"):
        rule["by"] = ["self", "school", "organisation"]


def proofs_at_the_desk(rules):
    for rule in _each(rules, "evidence"):
        rule["may_be_shown_at_desk"] = True


def more_proofs(rules):
    for rule in _each(rules, "evidence"):
        rule["accepted"] = [*rule["accepted"], {"key": "another", "label": {"zh": "其他", "en": "another"}}]
        if "days_around" in rule:
            rule["days_around"] += 10


def another_question_accepts(rules):
    for rule in _each(rules, "answer"):
        rule["accepted"] = ["yes", "no"]


def higher_caps(rules):
    for given_ in [rules, *rules["entitlements"]]:
        caps = given_.get("caps", {})
        for name in caps:
            if isinstance(caps[name], int):
                caps[name] += 3
        if by_proof := caps.get("per_stay_by_proof"):
            by_proof["max"] += 2
            by_proof["min"] += 1


def no_caps(rules):
    rules.pop("caps", None)
    for given_ in rules["entitlements"]:
        given_["caps"] = {
            name: cap for name, cap in given_["caps"].items() if name.startswith(("per_stay", "extended"))
        }


def longer_tiers(rules):
    for given_ in rules["entitlements"]:
        for tier in given_.get("after", []):
            for name in ("per_stay", "months", "years"):
                _raise(tier, name, 2)


def every_purpose(rules):
    for given_ in rules["entitlements"]:
        given_["purposes"] = list(rules["purposes"])


def always_given(rules):
    for given_ in rules["entitlements"]:
        given_.pop("during", None)


def somebody_asked_instead(rules):
    """What refused asks a person: that is no yes, but no yes becomes a no by it either."""
    for kind in ("age", "education", "graduation", "origin", "home", "work", "employer", "first_time", "answer"):
        for rule in _each(rules, kind):
            rule["otherwise"] = "ask"


WIDENINGS: list[Callable] = [
    wider_age,
    wider_education,
    any_study,
    wider_graduation,
    any_graduation,
    wider_origin,
    fewer_ways_of_origin,
    less_notice,
    further_ahead,
    milder_no_shows,
    milder_sanction,
    more_applicants,
    proofs_at_the_desk,
    more_proofs,
    another_question_accepts,
    higher_caps,
    no_caps,
    longer_tiers,
    every_purpose,
    always_given,
    somebody_asked_instead,
]


def widened(name: str, widening: Callable, number: int) -> Policy | None:
    """The policy ``name`` widened, or None where there was nothing to widen."""
    before = {key: value for key, value in EVERY[name].rules.items() if key != "fingerprint"}
    rules = deepcopy(before)
    widening(rules)
    return None if rules == before else policy(rules, number)


WIDER = {
    (name, widening.__name__): wider
    for n, name in enumerate(EVERY)
    for m, widening in enumerate(WIDENINGS)
    if (wider := widened(name, widening, 10_000 + 100 * n + m))
}


def test_every_widening_widens_something():
    assert {widening for _name, widening in WIDER} == {widening.__name__ for widening in WIDENINGS}


@st.composite
def nearly_fitting(draw, name):
    """Facts of somebody who may stay under ``name``, with some things otherwise: so that a yes is often among them."""
    if name == "sample":
        return draw(any_facts())
    changes = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "birth_date": st.dates(date(1980, 1, 1), date(2009, 12, 31)),
                "education": st.sampled_from(Person.Education.values),
                "graduation": st.sampled_from(GRADUATIONS[:-1]),
                "school_city": st.sampled_from(["合肥", "上海", "郑州", "福州", "海口/琼山"]),
                "home_in_district": st.booleans(),
                "accept_price": st.booleans(),
                "purpose": st.sampled_from(sorted(EVERY[name].rules["purposes"])),
                "departure": st.integers(1, 20).map(lambda n: fitting(name).wish.arrival + timedelta(n)),
                "nights": st.lists(st.dates(date(2025, 6, 1), date(2026, 3, 1)), max_size=12, unique=True).map(
                    lambda nights: stayed(EVERY[name].rules["network"], *nights)
                ),
                "false_proofs": MOMENT.map(lambda moment: (moment,)),
                "no_shows": st.lists(MOMENT, max_size=3).map(tuple),
                "applicant": st.sampled_from(["self", "school", "organisation"]),
                "extends": st.booleans(),
            },
        )
    )
    return fitting(name, **changes)


@given(st.data(), st.sampled_from(sorted(WIDER)))
@settings(max_examples=600)
def test_a_wider_rule_never_turns_a_yes_into_a_no(data, which):
    name, _widening = which
    about = data.draw(nearly_fitting(name))

    if evaluate(EVERY[name], about).outcome == "yes":
        assert evaluate(WIDER[which], about).outcome == "yes"


def test_the_facts_to_try_begin_with_a_yes():
    assert {evaluate(EVERY[name], fitting(name)).outcome for name in FITTING} == {"yes"}
    for (name, _widening), wider in WIDER.items():
        if name in FITTING:
            assert evaluate(wider, fitting(name)).outcome == "yes"
