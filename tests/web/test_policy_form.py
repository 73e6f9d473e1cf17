"""The rules as fields of a page: what is shown is read back as it was, and what is typed stands where it was typed."""

from copy import deepcopy
from pathlib import Path

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation

from eligibility.policy_file import errors_in, read_policy, unsigned
from eligibility.rules import KINDS
from tests.conftest import ROOT
from tests.web.forms import Form
from web.office.policy_form import PolicyForm, add, read_form, remove

SAMPLE = ROOT / "eligibility/sample/wuzhong.yaml"
PUBLISHED = sorted((ROOT / "eligibility/published").glob("*.yaml"))


def data_of(path: Path) -> dict:
    return unsigned(read_policy(path))


@pytest.fixture
def sample():
    return data_of(SAMPLE)


def typed(data) -> QueryDict:
    """What a browser sends of the page of ``data`` where nobody changes anything."""
    return Form(render_to_string("web/office/policies/_edit.html", {"form": PolicyForm(data)})).sent


def changed(data, **fields):
    """The data read back after these fields (their dots written as __) were typed over."""
    sent = typed(data)
    for name, value in fields.items():
        sent.setlist(name.replace("__", "."), value if isinstance(value, list) else [value])
    return read_form(sent, data)


def rule_of(data, kind):
    return next(rule for rule in data["rules"] if rule["kind"] == kind)


def place_of(data, kind):
    return next(n for n, rule in enumerate(data["rules"]) if rule["kind"] == kind)


# --- nothing is lost ------------------------------------------------------------------------------------------------
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


@pytest.mark.parametrize("path", [SAMPLE, *PUBLISHED], ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_rule_of_a_policy_is_said_in_a_sentence(path, language):
    with translation.override(language):
        form = PolicyForm(data_of(path))
        for rule in form.every_rule():
            assert rule.title
            assert rule.said
            assert "{" not in rule.said


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


# --- adding and removing --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("place", "chosen"),
    [("rules", "nights"), ("rules", "no such kind"), ("rules", ""), ("title", ""), ("nowhere.rules", "age"),
     ("seasons.0.set.rules", "no such rule"), ("seasons.7.set.rules", "age"), ("", ""),
     ("entitlements.x.rules", "age")],
)  # fmt: skip
def test_what_can_not_be_added_changes_nothing(sample, place, chosen):
    before = deepcopy(sample)

    assert add(sample, place, chosen) == ""
    assert sample == before


@pytest.mark.parametrize("place", ["", "rules", "rules.99", "nowhere.1", "title.zh.x", "seasons.0.set.rules.age"])
def test_what_is_not_there_can_not_be_removed(sample, place):
    before = deepcopy(sample)
    if place == "rules":
        before.pop("rules")
        remove(sample, place)
        assert sample == before  # `errors_in` then says that it is missing
        return
    remove(sample, place)
    assert sample == before


def test_a_rule_that_is_removed_leaves_the_seasons_too(sample):
    sample["seasons"][0]["set"]["rules"] = {"age": {"max": 40}}
    remove(sample, "rules.0")

    assert sample["seasons"][0]["set"] == {"caps": {"per_stay": 5}}
    assert errors_in(sample) == []


def test_a_purpose_that_is_removed_leaves_all_that_named_it(sample):
    remove(sample, "purposes.interview")
    remove(sample, "purposes.exam")

    assert "interview" not in sample["entitlements"][0]["purposes"]
    assert "purposes" not in rule_of(sample, "evidence")["accepted"][0]
    assert errors_in(sample) == []


def test_the_last_season_that_is_removed_takes_the_list_along(sample):
    remove(sample, "seasons.0")

    assert "seasons" not in sample
    assert errors_in(sample) == []


# --- what is wrong is said at its place -----------------------------------------------------------------------------
def problems(data):
    form = PolicyForm(data, errors_in(data))
    return form, {href: sentence for href, _name, sentence in form.problems}


@pytest.mark.parametrize(
    ("field", "text", "place", "sentence"),
    [
        ("rules__0__max", "-1", "#f-rules.0.max", "Must be 0 or more"),
        ("rules__0__max", "ten", "#f-rules.0.max", "“ten” is no whole number: write digits"),
        ("rules__0__min", "40", "#f-rules.0.min", "Must not be above the most"),
        ("rules__5__kept_until", "11 pm", "#f-rules.5.kept_until", "“11 pm” is no time of day: write it as 23:00"),
        ("rules__0__clause__en", "", "#f-rules.0.clause.en", "This is still missing"),
        ("seasons__0__from", "June", "#f-seasons.0.from", "“June” is no day: write it as 06-10 or 2026-06-10"),
        ("seasons__0__set__caps__per_stay", "", "#f-seasons.0", "This is still missing"),
        ("entitlements__0__caps__per_year", "x", "#f-entitlements.0.caps.per_year",
         "“x” is no whole number: write digits"),
        ("entitlements__0__after__0__percent", "200", "#f-entitlements.0.after.0.percent", "Must be 100 or less"),
        ("entitlements__0__after__0__months", "2", "#f-entitlements.0.after.0",
         "Say one: nights of a stay, months or years"),
        ("title__zh", "", "#f-title.zh", "This is still missing"),
        ("purposes__exam__en", "", "#f-purposes.exam.en", "This is still missing"),
    ],
)  # fmt: skip
def test_an_error_stands_at_the_field_and_what_was_typed_is_kept(sample, field, text, place, sentence):
    with translation.override("en"):
        now = changed(sample, **{field: text})
        form, found = problems(now)

        assert found == {place: sentence}
        html = render_to_string("web/office/policies/_edit.html", {"form": form})
    assert f'id="{place[1:]}"' in html
    if text and not place.endswith((".0", "caps")):
        assert f'value="{text}"' in html
        assert f'aria-describedby="e-{place[3:]}"' in html
        assert f'id="e-{place[3:]}"' in html
    assert sentence in html


def test_a_new_rule_says_what_it_still_needs(sample):
    add(sample, "rules", "no_show")
    with translation.override("en"):
        _form, found = problems(sample)

    at = len(sample["rules"]) - 1
    assert set(found) == {f"#f-rules.{at}.{name}" for name in ("kept_until", "count", "within_days", "pause_days")}
    assert set(found.values()) == {"This is still missing"}


def test_every_field_has_a_name_for_those_who_hear_it(sample):
    for name, kind in KINDS.items():
        if not kind.of_entitlement:
            add(sample, "rules", name)
    with translation.override("en"):
        html = render_to_string("web/office/policies/_edit.html", {"form": PolicyForm(sample)})

    names = Names(html)
    assert len(names.fields) > 150
    assert [field for field in names.fields if not names.has_one(field)] == []


class Names(Form):
    """The visible fields of a page, and whether each is named: by a label around it, one for it, or in itself."""

    def __init__(self, html):
        self.fields, self.labelled, self.depth = [], set(), 0
        super().__init__(html)

    def handle_starttag(self, tag, attrs):
        about = dict(attrs)
        if tag == "label":
            self.depth += 1
            self.labelled.add(about.get("for"))
        elif tag in ("input", "select", "textarea") and about.get("type") != "hidden":
            self.fields.append((about.get("name"), about.get("id"), about.get("aria-label", ""), self.depth > 0))

    def handle_endtag(self, tag):
        if tag == "label":
            self.depth -= 1

    def has_one(self, field):
        _name, its_id, label, is_inside = field
        return is_inside or bool(label.strip()) or its_id in self.labelled
