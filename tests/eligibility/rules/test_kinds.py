"""What holds for every kind of rule, and a kind that only the guide knows: it needs no more than its one file."""

import importlib.util
import re
from datetime import date
from pathlib import Path

import pytest
import yaml
from django.utils import timezone, translation

from eligibility import policy_file
from eligibility.evaluation import evaluate
from eligibility.policies import terms_of
from eligibility.policy_file import errors_in, load_policy
from eligibility.rules import KINDS
from tests.eligibility.cases import NOW, SAMPLE_RULES, facts, policy

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs/policies.md").read_text("utf-8")
NAMED = {name: kind for name, kind in sorted(KINDS.items()) if not kind.of_entitlement}
PLACE = re.compile(r"\{(\w+)\}")
# What every rule may have is no part of the sentence of its kind.
BESIDE = {"id", "kind", "clause", "otherwise"}


def said(words, language):
    with translation.override(language):
        return str(words)


@pytest.mark.parametrize("name", NAMED)
def test_a_kind_has_a_name_and_a_sentence_with_each_of_its_values_in_both_languages(name):
    kind = NAMED[name]

    for words in (kind.name, kind.says):
        chinese, english = said(words, "zh-hans"), said(words, "en")
        assert re.search("[一-鿿]", chinese), words
        assert not re.search("[一-鿿]", english), words
        assert sorted(PLACE.findall(chinese)) == sorted(PLACE.findall(english))
    assert set(PLACE.findall(said(kind.says, "en"))) == set(kind.values)
    assert not BESIDE & set(kind.values)


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_has_its_test_beside_it(name):
    file = KINDS[name].__module__.rpartition(".")[2]

    assert (ROOT / f"tests/eligibility/rules/test_{file}.py").exists()


@pytest.mark.parametrize("name", NAMED)
def test_the_guide_names_every_kind_its_code_and_all_its_values(name):
    rows = [row for row in GUIDE.splitlines() if row.startswith("| `") and f"`{name}`" in row.split("|")[1]]
    if name == "education":
        rows += [row for row in GUIDE.splitlines() if row.startswith("| | `")]

    told = " ".join(rows)
    assert f"`{NAMED[name].code}`" in told
    for value in NAMED[name].values:
        assert re.search(rf"`[^`]*\b{value}\b[^`]*`", told), value


def test_the_guide_names_every_cap_every_price_and_every_part_of_the_file():
    whole = policy_file.schema()
    parts = [whole, whole["$defs"]["caps"], whole["$defs"]["shared_caps"], whole["$defs"]["after"]["items"]]
    parts += [whole["properties"][name]["items"] for name in ("entitlements", "seasons")]

    for name in {name for part in parts for name in part["properties"]}:
        assert re.search(rf"`[^`]*\b{name}\b[^`]*`", GUIDE) or re.search(rf"^\W*{name}:", GUIDE, re.MULTILINE), name


def test_the_guide_says_of_each_of_the_twenty_eight_kinds_of_rule_how_it_is_said():
    rows = re.findall(r"^\| (\d+) \|.*\| (.+) \|$", GUIDE, re.MULTILINE)

    assert [int(number) for number, _example in rows] == list(range(1, 29))
    examples = {name for _number, example in rows for name in re.findall(r"`(\w+)`", example)}
    files = {path.stem for path in (ROOT / "eligibility/published").iterdir()}
    assert examples <= files


@pytest.mark.parametrize("kind", [name for name, kind in NAMED.items() if not kind.clearable and not kind.required])
def test_where_no_person_can_agree_none_is_asked(kind):
    rule = {"id": "another", "kind": kind, "otherwise": "ask"}
    if kind in ("arrival", "conduct"):
        rule |= {"arrival": {"closes": "22:00"}, "conduct": {"ends_stay": ["breach"]}}[kind]
    rules = {**SAMPLE_RULES, "rules": [*SAMPLE_RULES["rules"], rule]}

    place = f"rules[{len(SAMPLE_RULES['rules'])}].otherwise"
    assert errors_in(rules) == [f"{place}: no person can agree where a rule of this kind is not met"]


def test_what_steers_the_house_stands_once_among_the_rules_of_everything():
    steering = {name for name, kind in NAMED.items() if kind.once}
    assert steering == {"order", "review", "appeal", "arrival", "no_show"}
    order = {"id": "order", "kind": "order", "first": "book"}
    twice = {**SAMPLE_RULES, "rules": [*SAMPLE_RULES["rules"], order, order | {"id": "again"}]}
    below = {**SAMPLE_RULES, "entitlements": [SAMPLE_RULES["entitlements"][0] | {"rules": [order]}]}

    wrong = "stands once in a policy, among the rules of all that is given"
    assert errors_in(twice) == [f"rules[{len(twice['rules']) - 1}].kind: {wrong}"]
    assert errors_in(below) == [f"entitlements[0].rules[0].kind: {wrong}"]


# --- a kind that only the guide knows ---------------------------------------------------------------------------------
@pytest.fixture
def pets(tmp_path):
    """The kind of rule of the guide, known while the test runs."""
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    file = tmp_path / "pets.py"
    file.write_text(code, "utf-8")
    forget()
    spec = importlib.util.spec_from_file_location("pets", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module.Pets
    del KINDS["pets"]
    forget()


def forget():
    policy_file.schema.cache_clear()
    policy_file._validator.cache_clear()


def with_pets(rules):
    rules["rules"].append({"id": "pets", "kind": "pets", "largest": "small"})


def test_its_values_are_checked_by_the_schema(pets):
    rules = {**SAMPLE_RULES, "rules": [*SAMPLE_RULES["rules"]]}
    with_pets(rules)
    assert errors_in(rules) == []

    rules["rules"][-1] = {"id": "pets", "kind": "pets", "largest": "elephant"}
    assert errors_in(rules) == [f"rules[{len(rules['rules']) - 1}].largest: 'elephant' is not one of none, small"]
    rules["rules"][-1] = {"id": "pets", "kind": "pets"}
    assert errors_in(rules) == [f"rules[{len(rules['rules']) - 1}]: largest is missing"]


@pytest.mark.parametrize(
    "said_, outcome, zh, en",
    [
        ("none", "yes", "宠物符合要求：不带", "Your pet is welcome: None"),
        ("small", "yes", "宠物符合要求：小型", "Your pet is welcome: A small one"),
        ("large", "no", "宠物最大：小型，你填的是：大型", "Pets no larger than: A small one; you said: A large one"),
        (None, "tell_us_more", "你带宠物吗？", "Do you bring a pet?"),
    ],
)
def test_it_is_judged_like_any_other(pets, said_, outcome, zh, en):
    decision = evaluate(policy(with_pets), facts(answers={"pet": said_} if said_ else {}))

    (reason,) = [reason for reason in decision.reasons if reason.code == "PET"]
    assert decision.outcome == outcome
    assert (reason.sentence.say("zh-hans"), reason.sentence.say("en")) == (zh, en)
    assert (reason.rule_id, reason.policy_version) == ("pets", "wuzhong-sample/1")


def test_its_question_is_one_of_the_policy(pets):
    questions = terms_of(policy(with_pets)).questions_on(date(2026, 3, 7))

    assert [(question.key, question.text.say("en")) for question in questions] == [("pet", "Do you bring a pet?")]


def test_the_checker_asks_it_and_answers_by_it(pets, wuzhong, tmp_path, client):
    rules = {**SAMPLE_RULES, "rules": [*SAMPLE_RULES["rules"]]}
    with_pets(rules)
    file = tmp_path / "policy.yaml"
    file.write_text(yaml.safe_dump(rules, allow_unicode=True), "utf-8")
    load_policy(file, now=NOW)
    asked = client.get("/api/v1/eligibility/").json()
    about = {"education": "bachelor", "graduation": f"{timezone.now().year}", "home_in_district": False}
    wish = {**about, "purpose": "interview"}

    without = client.post("/api/v1/eligibility/", wish, content_type="application/json").json()
    refused = client.post(
        "/api/v1/eligibility/", {**wish, "answers": {"pet": "large"}}, content_type="application/json"
    ).json()

    assert "pet" in [question["key"] for question in asked["questions"]]
    assert (without["outcome"], without["reasons"][0]["code"]) == ("tell_us_more", "PET")
    assert (refused["outcome"], refused["reasons"][0]["code"]) == ("no", "PET")
    assert "你带宠物吗？" in client.get("/check/").content.decode()
