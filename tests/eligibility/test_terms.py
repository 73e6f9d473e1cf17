from datetime import date

import pytest

from eligibility.evaluation import evaluate
from eligibility.policies import terms_of
from eligibility.policy_file import errors_in
from eligibility.seasons import Season
from tests.eligibility.cases import facts, policy, stay


def nights(terms, day, entitlement=0):
    return terms.on(day).entitlements[entitlement].nights


@pytest.mark.parametrize(
    "season, day, covered",
    [
        (Season("06-10", "08-31"), date(2026, 6, 9), False),
        (Season("06-10", "08-31"), date(2026, 6, 10), True),
        (Season("06-10", "08-31"), date(2031, 8, 31), True),
        (Season("06-10", "08-31"), date(2026, 9, 1), False),
        (Season("12-20", "02-29"), date(2026, 12, 20), True),
        (Season("12-20", "02-29"), date(2026, 2, 28), True),
        (Season("12-20", "02-29"), date(2028, 2, 29), True),
        (Season("12-20", "02-29"), date(2026, 3, 1), False),
        (Season("2026-02-10", "2026-02-24"), date(2026, 2, 24), True),
        (Season("2026-02-10", "2026-02-24"), date(2027, 2, 12), False),
    ],
)
def test_days_that_a_season_covers(season, day, covered):
    assert season.covers(day) is covered


def test_of_two_seasons_the_one_named_last_counts():
    def fair(rules):
        rules["seasons"].append({"from": "2026-07-01", "until": "2026-07-03", "set": {"caps": {"per_stay": 6}}})

    terms = terms_of(policy(fair))

    assert [nights(terms, date(2026, 7, day)).caps[0].most for day in (3, 4)] == [6, 5]


def test_a_season_may_be_for_one_entitlement_and_may_change_the_price():
    def change(rules):
        rules["entitlements"].append({**rules["entitlements"][0], "key": "other"})
        rules["seasons"] = [{"from": "03-01", "until": "03-31", "entitlements": ["other"], "set": {"after": []}}]

    terms = terms_of(policy(change))

    assert len(nights(terms, date(2026, 3, 6)).tiers) == 1
    assert nights(terms, date(2026, 3, 6), 1).tiers == ()


@pytest.mark.parametrize("yuan, fen", [(60, 6000), ("60", 6000), ("88.5", 8850), ("0.29", 29), ("9999.99", 999999)])
def test_a_night_may_cost_yuan_and_fen(yuan, fen):
    def change(rules):
        rules["entitlements"][0]["after"] = [{"yuan": yuan, "per_stay": 4}]

    priced = policy(change)

    assert errors_in(priced.rules) == []
    assert nights(terms_of(priced), date(2026, 3, 6)).tiers[0].price.fen == fen


@pytest.mark.parametrize("yuan", [0, "0", "0.00", "1.234", "１", "60元", "-1", "10000000", 10001])
def test_what_is_no_price_is_refused(yuan):
    def change(rules):
        rules["entitlements"][0]["after"] = [{"yuan": yuan, "per_stay": 4}]

    (error,) = errors_in(policy(change).rules)

    assert error.startswith("entitlements[0].after[0].yuan: ")


def test_a_season_may_change_the_values_of_a_rule_and_of_one_in_an_entitlement():
    def change(rules):
        rules["entitlements"][0]["rules"] = [{"id": "grown_up", "kind": "age", "min": 16}]
        rules["seasons"] = [
            {
                "from": "2026-03-01",
                "until": "2026-03-31",
                "set": {"rules": {"graduation": {"months_after": 72}, "grown_up": {"min": 20}}},
            }
        ]

    terms = terms_of(policy(change))

    def values(day):
        graduation = next(rule for rule in terms.on(day).rules if rule.id == "graduation")
        grown_up = next(rule for rule in terms.on(day).entitlements[0].rules if rule.id == "grown_up")
        return graduation.months_before, graduation.months_after, grown_up.min

    assert values(date(2026, 3, 31)) == (12, 72, 20)
    assert values(date(2026, 4, 1)) == (12, 36, 16)


def test_something_may_be_given_on_some_days_only_and_the_refusal_says_which():
    def change(rules):
        rules["entitlements"][0]["during"] = [{"from": "01-20", "until": "02-28"}]

    said = {reason.code: reason for reason in evaluate(policy(change), facts()).reasons}

    assert said["SEASON"].verdict == "not_met"
    assert said["SEASON"].sentence.say("en") == (
        "This is given for arrivals from 20 Jan to 28 Feb; you wish to arrive on 7 Mar"
    )
    assert evaluate(policy(change), facts(**stay(date(2026, 2, 28), 2), today=date(2026, 2, 20))).outcome == "yes"


def test_caps_of_an_entitlement_count_what_it_gave_and_shared_ones_everything():
    def change(rules):
        rules["caps"] = {"lifetime": 30}
        rules["entitlements"].append({**rules["entitlements"][0], "key": "other"})

    caps = terms_of(policy(change)).caps_on(date(2026, 3, 6))

    assert [(cap.code, cap.most, cap.entitlement) for cap in caps] == [
        ("STAY_NIGHTS", 3, ""),
        ("NIGHTS", 7, "free_stay"),
        ("NIGHTS", 30, ""),
        ("NIGHTS", 7, "other"),
    ]


@pytest.mark.parametrize(
    "caps, first",
    [
        ({"per_year": 7}, date(2026, 1, 1)),
        ({"rolling": {"nights": 7, "days": 180}}, date(2025, 9, 7)),
        ({"stays_rolling": {"stays": 1, "days": 10}}, date(2026, 1, 1)),
        ({"lifetime": 7}, None),
        ({"stays_lifetime": 1}, None),
    ],
)
def test_the_history_goes_back_as_far_as_a_cap_counts(caps, first):
    def change(rules):
        rules["entitlements"][0]["caps"] = caps

    assert terms_of(policy(change)).history_from(date(2026, 3, 6)) == first


@pytest.mark.parametrize(
    "change, counts",
    [
        (lambda rules: None, False),
        (lambda rules: rules["rules"][0].update(otherwise="ask"), True),
        (lambda rules: rules["rules"][4].update(notice={"value": 2, "unit": "working_day"}), True),
        (lambda rules: rules["rules"][6].update(may_be_shown_at_desk=False), True),
    ],
)
def test_the_working_calendar_is_looked_up_only_where_it_decides(change, counts):
    assert terms_of(policy(change)).counts_working_days(date(2026, 3, 6)) is counts


@pytest.mark.parametrize("kind", ["window", "overlap", "group_only"])
def test_what_no_policy_can_leave_out_stands_in_every_one(kind):
    def without(rules):
        rules["rules"] = [rule for rule in rules["rules"] if rule["kind"] != kind]

    with_it, without_it = evaluate(policy(), facts()), evaluate(policy(without), facts())

    assert [reason.code for reason in without_it.reasons] == [reason.code for reason in with_it.reasons]
