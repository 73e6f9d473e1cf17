"""What is shown of a policy is read back as it was, and what is typed stands where it was typed."""

import pytest
from django.utils import translation

from eligibility.policy_file import errors_in
from eligibility.rules import KINDS
from tests.web.policy_pages import PUBLISHED, SAMPLE, changed, data_of, place_of, typed
from web.office.policy_editing import add
from web.office.policy_form import PolicyForm
from web.office.policy_typed import read_form


@pytest.mark.parametrize("path", [SAMPLE, *PUBLISHED], ids=lambda path: path.stem)
def test_a_policy_that_nobody_changes_is_read_back_as_it_was(path):
    data = data_of(path)

    assert read_form(typed(data), data) == data


def test_every_cap_and_every_price_that_a_file_may_hold_is_on_the_page(sample):
    given = sample["entitlements"][0]
    given["caps"] |= {"per_month": 3, "per_quarter": 5, "lifetime": 20, "extended_to": 6, "stays_lifetime": 9}
    given["caps"] |= {"stays_per_month": 1, "stays_per_quarter": 2, "stays_per_year": 4}
    given["caps"] |= {"rolling": {"nights": 7, "days": 90}, "stays_rolling": {"stays": 2, "days": 90}}
    given["after"] = [{"yuan": "88.50", "per_stay": 4}, {"yuan": 60, "months": 2}, {"percent": 50, "years": 1}]
    sample["caps"] = {"per_quarter": 6, "stays_per_month": 2}
    sample["rules"][0]["either"] = sample["rules"][1]["either"] = "who"

    assert read_form(typed(sample), sample) == sample


def test_a_limit_that_is_lifted_in_a_season_stays_lifted(sample):
    sample["seasons"][0]["set"]["caps"] = {"per_stay": 5, "per_year": None, "rolling": None}
    sample["entitlements"][0]["caps"]["lifetime"] = None
    assert errors_in(sample) == []

    assert read_form(typed(sample), sample) == sample


def test_a_limit_is_lifted_by_a_tick_and_set_again_by_a_number(sample):
    sent = typed(sample)
    sent["seasons.0.set.caps.per_year~null"] = "1"
    lifted = read_form(sent, sample)
    assert lifted["seasons"][0]["set"]["caps"] == {"per_stay": 5, "per_year": None}

    assert changed(lifted, seasons__0__set__caps__per_year="9")["seasons"][0]["set"]["caps"]["per_year"] == 9


def test_every_kind_of_rule_can_be_added_and_is_read_back_as_it_was_added(sample):
    for name, kind in KINDS.items():
        if not kind.of_entitlement:
            add(sample, "rules", name)

    again = read_form(typed(sample), sample)
    assert [(rule["id"], rule["kind"]) for rule in again["rules"]] == [
        (rule["id"], rule["kind"]) for rule in sample["rules"]
    ]
    assert len({rule["id"] for rule in again["rules"]}) == len(again["rules"])


# --- what an officer types ------------------------------------------------------------------------------------------
def test_seven_nights_a_year_become_ten(sample):
    now = changed(sample, entitlements__0__caps__per_year="10")

    assert now["entitlements"][0]["caps"] == {"per_stay": 3, "per_year": 10}
    assert errors_in(now) == []


@pytest.mark.parametrize(("text", "number"), [("１０", 10), (" 10 ", 10), ("-3", -3), ("ten", "ten"), ("3.5", "3.5")])
def test_digits_of_any_keyboard_are_numbers_and_the_rest_stays_as_typed(sample, text, number):
    assert changed(sample, rules__0__max=text)["rules"][0]["max"] == number


def test_a_time_of_day_may_be_typed_with_a_chinese_colon(sample):
    at = place_of(sample, "no_show")
    assert changed(sample, **{f"rules__{at}__kept_until": "22：30"})["rules"][at]["kept_until"] == "22:30"


def test_what_is_emptied_is_left_out(sample):
    assert "min" not in changed(sample, rules__0__min="")["rules"][0]
    at = place_of(sample, "window")
    assert "ahead" not in changed(sample, **{f"rules__{at}__ahead__value": ""})["rules"][at]
    assert "clause" not in changed(sample, rules__0__clause__zh="", rules__0__clause__en="")["rules"][0]


def test_a_needed_null_is_an_empty_field(sample):
    add(sample, "rules", "sanction")
    at = len(sample["rules"]) - 1

    now = changed(sample, **{f"rules__{at}__of": ["false_proof"], f"rules__{at}__count": "2"})

    assert now["rules"][at] == {
        "id": "sanction", "kind": "sanction", "of": ["false_proof"], "count": 2, "pause_days": None
    }  # fmt: skip
    assert errors_in(now) == []


def test_a_purpose_is_added_with_a_key_of_its_own_and_said_to_have_no_offer_yet(sample):
    now = changed(sample, **{"purposes__~new__zh": "参加培训", "purposes__~new__en": "a training"})

    assert list(now["purposes"])[-1] == "a_training"
    with translation.override("en"):
        assert PolicyForm(now).without_offer == ["a training"]
    taken = changed(now, entitlements__0__purposes=list(now["purposes"]))
    assert PolicyForm(taken).without_offer == []
    assert errors_in(taken) == []


def test_an_accepted_proof_is_added_with_a_key_of_its_own(sample):
    at = place_of(sample, "evidence")
    row = f"rules__{at}__accepted__4"

    now = changed(
        sample, **{f"{row}__label__zh": "录用通知", f"{row}__label__en": "offer letter", f"{row}__purposes": ["exam"]}
    )

    assert now["rules"][at]["accepted"][4] == {
        "key": "offer_letter",
        "label": {"zh": "录用通知", "en": "offer letter"},
        "purposes": ["exam"],
    }
    assert errors_in(now) == []


def test_two_proofs_of_one_name_have_two_keys(sample):
    at = place_of(sample, "evidence")
    row = f"rules__{at}__accepted__4__label"

    now = changed(sample, **{f"{row}__zh": "合同", f"{row}__en": "Contract"})

    assert now["rules"][at]["accepted"][4]["key"] == "contract_2"


def test_the_answers_of_a_question_of_one_s_own_get_values_and_can_be_accepted(sample):
    add(sample, "rules", "answer")
    at = f"rules__{len(sample['rules']) - 1}"
    now = changed(
        sample,
        **{
            f"{at}__question__zh": "你参加过训练营吗？",
            f"{at}__question__en": "Did you join a boot camp?",
            f"{at}__options__0__label__zh": "参加过",
            f"{at}__options__0__label__en": "I did",
        },
    )
    now = changed(
        now,
        **{f"{at}__options__1__label__zh": "没有", f"{at}__options__1__label__en": "not", f"{at}__accepted": ["i_did"]},
    )

    assert now["rules"][-1]["options"][0]["value"] == "i_did"
    assert now["rules"][-1]["accepted"] == ["i_did"]
    assert errors_in(now) == []


def test_a_season_is_added_with_its_days_and_its_nights(sample):
    assert add(sample, "seasons") == "seasons.1"
    now = changed(
        sample, seasons__1__from="2026-12-20", seasons__1__until="2027-01-05", seasons__1__set__caps__per_stay="6"
    )

    assert now["seasons"][1] == {"from": "2026-12-20", "until": "2027-01-05", "set": {"caps": {"per_stay": 6}}}
    assert errors_in(now) == []


def test_a_season_changes_a_value_of_a_rule(sample):
    assert add(sample, "seasons.0.set.rules", "window") == "seasons.0.set.rules.window"
    now = changed(
        sample, seasons__0__set__rules__window__ahead__value="60", seasons__0__set__rules__window__ahead__unit="day"
    )

    assert now["seasons"][0]["set"]["rules"] == {"window": {"ahead": {"value": 60, "unit": "day"}}}
    assert errors_in(now) == []


def test_an_entitlement_is_added_with_a_rule_of_its_own(sample):
    assert add(sample, "entitlements") == "entitlements.1"
    assert add(sample, "entitlements.1.rules", "age") == "entitlements.1.rules.0"
    now = changed(
        sample,
        entitlements__1__label__zh="实习生",
        entitlements__1__label__en="Interns",
        entitlements__1__purposes=["internship"],
        entitlements__1__caps__per_stay="14",
        entitlements__1__rules__0__max="28",
        entitlements__1__after__0__percent="20",
        entitlements__1__after__0__months="1",
    )

    assert now["entitlements"][1] == {
        "key": "interns",
        "label": {"zh": "实习生", "en": "Interns"},
        "purposes": ["internship"],
        "caps": {"per_stay": 14},
        "after": [{"percent": 20, "months": 1}],
        "rules": [{"id": "age_2", "kind": "age", "max": 28}],
    }
    assert errors_in(now) == []
