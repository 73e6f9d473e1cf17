from datetime import date

import pytest

from eligibility.evaluation import evaluate
from eligibility.policies import terms_of
from eligibility.terms import Season
from tests.eligibility.cases import facts, policy


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

    (free_stay,) = terms_of(policy(fair)).entitlements

    assert [free_stay.nights_on(date(2026, 7, day)).caps[0].nights for day in (3, 4)] == [6, 5]


def test_a_season_may_be_for_one_entitlement_and_may_change_the_price():
    def change(rules):
        rules["entitlements"].append({**rules["entitlements"][0], "key": "other"})
        rules["seasons"] = [{"from": "03-01", "until": "03-31", "entitlements": ["other"], "set": {"after": []}}]

    first, other = terms_of(policy(change)).entitlements

    assert len(first.nights_on(date(2026, 3, 6)).tiers) == 1
    assert other.nights_on(date(2026, 3, 6)).tiers == ()


@pytest.mark.parametrize("kind", ["window", "overlap", "group_only"])
def test_what_no_policy_can_leave_out_stands_in_every_one(kind):
    def without(rules):
        rules["rules"] = [rule for rule in rules["rules"] if rule["kind"] != kind]

    with_it, without_it = evaluate(policy(), facts()), evaluate(policy(without), facts())

    assert [reason.code for reason in without_it.reasons] == [reason.code for reason in with_it.reasons]
