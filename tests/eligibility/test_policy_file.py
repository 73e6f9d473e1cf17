from copy import deepcopy
from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from accounts.models import Person
from eligibility.models import Assessment, Policy
from eligibility.policy_file import WrongFile, errors_in, load_policy, read_policy, read_text, schema, written
from eligibility.rules import KINDS
from hostel.models import Network
from tests.eligibility.cases import NOW, SAMPLE, SAMPLE_RULES


@pytest.fixture
def network(db):
    return Network.objects.create(slug="wuzhong", name_zh="吴中", name_en="Wuzhong")


@pytest.fixture
def file_with(tmp_path):
    """A policy file made from the sample by a change of its data."""

    def write(change=lambda data: None):
        data = deepcopy(SAMPLE_RULES)
        change(data)
        file = tmp_path / "policy.yaml"
        file.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
        return file

    return write


# --- what is written --------------------------------------------------------------------------------------------------
def test_an_approved_file_becomes_the_first_version_in_force(network):
    policy = load_policy(SAMPLE, now=NOW)

    policy.refresh_from_db()
    assert str(policy) == "wuzhong-sample/1"
    assert (policy.drafted_by, policy.approved_by) == ("样例起草人", "样例批准人")
    assert str(policy.in_force_from) == "2023-01-01"
    assert policy.written_at == NOW


def test_the_same_content_again_is_the_same_row(network):
    assert load_policy(SAMPLE, now=NOW) == load_policy(SAMPLE, now=NOW)
    assert Policy.objects.count() == 1


def test_changed_content_is_the_next_version_and_the_old_one_stays(network, file_with):
    first = load_policy(SAMPLE, now=NOW)
    second = load_policy(file_with(lambda data: data["rules"][0].update(max=40)), now=NOW)
    third = load_policy(SAMPLE, now=NOW)

    assert [policy.version for policy in (first, second, third)] == [1, 2, 3]
    first.refresh_from_db()
    assert [policy.rules["rules"][0]["max"] for policy in (first, second, third)] == [35, 40, 35]


def test_a_file_that_nobody_approved_is_a_draft(network, file_with):
    def unsigned(data):
        for name in ("drafted_by", "approved_by", "in_force_from"):
            del data[name]

    draft = load_policy(file_with(unsigned), now=NOW)

    assert (draft.drafted_by, draft.approved_by, draft.in_force_from) == ("load_policy", "", None)


def test_looking_only_writes_nothing(network):
    assert load_policy(SAMPLE, now=NOW, check=True).pk is None
    assert not Policy.objects.exists()


# --- what is wrong ----------------------------------------------------------------------------------------------------
def entitlement(data):
    return data["entitlements"][0]


WRONG = [
    (lambda d: entitlement(d)["caps"].update(per_year=-1), "entitlements[0].caps.per_year: must be 0 or more"),
    (
        lambda d: entitlement(d)["caps"].update(per_week=1),
        "entitlements[0].caps: does not know per_week; it takes per_stay, per_stay_by_proof, extended_to, per_month, "
        "per_quarter, per_year, lifetime, rolling, stays_per_month, stays_per_quarter, stays_per_year, "
        "stays_lifetime, stays_rolling",
    ),
    (lambda d: entitlement(d)["after"][0].update(percent=101), "entitlements[0].after[0].percent: must be 100 or less"),
    (lambda d: entitlement(d).pop("label"), "entitlements[0]: label is missing"),
    (lambda d: d.pop("title"), "title is missing"),
    (lambda d: d.update(rules="none"), "rules: must be of type array, not 'none'"),
    (lambda d: d.update(entitlements=[]), "entitlements: must not be empty"),
    (lambda d: d["rules"][0].update(max="old"), "rules[0].max: must be of type integer, not 'old'"),
    (
        lambda d: d["rules"][0].update(most=3),
        "rules[0]: does not know most; it takes id, kind, clause, otherwise, either, min, max, by_education",
    ),
    (
        lambda d: d["rules"][1].update(min="kindergarten"),
        "rules[1].min: 'kindergarten' is not one of secondary_vocational, junior_college, bachelor, master, doctor",
    ),
    (lambda d: d["rules"][3].pop("district"), "rules[3]: district is missing"),
    (lambda d: d["rules"][0].update(otherwise="maybe"), "rules[0].otherwise: 'maybe' is not one of no, ask"),
    (lambda d: d["rules"][5].update(kept_until=1380), "rules[5].kept_until: must be of type string, not 1380"),
    (
        lambda d: d["rules"][5].update(kept_until="24:00"),
        "rules[5].kept_until: '24:00' must look like ^([01][0-9]|2[0-3]):[0-5][0-9]$",
    ),
    (lambda d: d["rules"][0]["clause"].pop("en"), "rules[0].clause: en is missing"),
    (lambda d: entitlement(d).update(purposes=["exam", "exam"]), "entitlements[0].purposes: names something twice"),
    (
        lambda d: entitlement(d).update(purposes=["exam", "golf"]),
        "entitlements[0].purposes[1]: 'golf' is none of the purposes of this file: "
        "interview, internship, job_fair, exam, start_up, flat_hunting",
    ),
    (
        lambda d: d["rules"][6]["accepted"][1].update(purposes=["internship", "golf"]),
        "rules[6].accepted[1].purposes[1]: 'golf' is none of the purposes of this file: "
        "interview, internship, job_fair, exam, start_up, flat_hunting",
    ),
    (lambda d: d["rules"][0]["clause"].update(zh="十八\0"), "rules[0].clause.zh: has a control character (U+0000)"),
    (lambda d: d.update(drafted_by="甲\ud800"), "drafted_by: has a control character (U+D800)"),
    (lambda d: d.update(name="wuzhong\n"), "name: has a control character (U+000A)"),
    (lambda d: d["rules"][0].update(either="who"), "rules[0].either: no other rule beside it names 'who'"),
    (
        lambda d: [d["rules"][n].update(either="who") for n in (0, 6)],
        "rules[6].either: a rule of this kind is no alternative to another",
    ),
    (
        lambda d: [d["rules"][n].update(either="who") for n in (0, 5)],
        "rules[5].either: a rule of this kind is no alternative to another",
    ),
    (lambda d: d["rules"][0].update(min=40), "rules[0].min: must not be above max"),
    (lambda d: d["rules"][1].update(id="age"), "rules[1].id: 'age' stands twice"),
    (lambda d: d["entitlements"].append(deepcopy(entitlement(d))), "entitlements[1].key: 'free_stay' stands twice"),
    (lambda d: d["seasons"][0].update({"from": "02-30"}), "seasons[0].from: '02-30' is no day"),
    (
        lambda d: d["seasons"][0].update(until="2026-08-31"),
        "seasons[0].until: must be with a year or without one, as from is",
    ),
    (
        lambda d: d["seasons"][0].update(entitlements=["gold"]),
        "seasons[0].entitlements[0]: 'gold' is none of the entitlements of this file: free_stay",
    ),
    (lambda d: d.update(approved_by="样例起草人"), "approved_by: must be another person than drafted_by"),
    (lambda d: d.pop("drafted_by"), "drafted_by: must be said where the file is approved"),
    (lambda d: d.pop("approved_by"), "approved_by: must be said as well"),
    (lambda d: d.pop("in_force_from"), "in_force_from: must be said as well"),
    (lambda d: d.update(in_force_from="2023-02-29"), "in_force_from: '2023-02-29' is no day"),
]


@pytest.mark.parametrize("change, error", WRONG, ids=[error for _change, error in WRONG])
def test_an_error_carries_its_place(change, error):
    data = deepcopy(SAMPLE_RULES)
    change(data)

    assert errors_in(data) == [error]


def test_a_kind_that_nobody_wrote_is_named_with_those_there_are():
    data = deepcopy(SAMPLE_RULES)
    data["rules"][0] = {"id": "shoes", "kind": "shoe_size"}

    (error,) = errors_in(data)

    assert error.startswith("rules[0].kind: 'shoe_size' is not one of age, answer, appeal,")


def test_every_error_is_said_at_once_and_nothing_changes(network, file_with):
    def wrong(data):
        data["rules"][0]["max"] = -1
        entitlement(data)["caps"]["per_stay"] = "three"
        del data["purposes"]

    with pytest.raises(WrongFile) as refused:
        load_policy(file_with(wrong), now=NOW)

    assert refused.value.errors == [
        "purposes is missing",
        "entitlements[0].caps.per_stay: must be of type integer or null, not 'three'",
        "rules[0].max: must be 0 or more",
    ]
    assert not Policy.objects.exists()


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_what_is_no_policy_at_all_is_refused(data):
    (error,) = errors_in(data)
    assert error.startswith("must be of type object")


def test_a_network_that_is_not_here_is_refused(db):
    with pytest.raises(WrongFile) as refused:
        load_policy(SAMPLE, now=NOW)

    assert refused.value.errors == ["network: there is no network 'wuzhong' here; load it first with load_network"]


def test_a_file_that_is_no_text_of_ours_is_refused_in_words(tmp_path):
    other = tmp_path / "policy.yaml"
    other.write_text("name: 吴中", encoding="gb18030")
    said = {other: "is not text in UTF-8; save it as that", tmp_path: "cannot be read (Is a directory)"}
    for path, words in said.items():
        with pytest.raises(WrongFile) as refused:
            read_policy(path)
        assert refused.value.errors == [f"{path}: {words}"]


@pytest.mark.parametrize(
    "text, said",
    [
        ("a: [1", "line 1, column 6: expected ',' or ']', but got '<stream end>'"),
        (
            "a: 1\nb: {zh: 好, en: Is it?}",
            "line 2, column 21: expected ',' or '}', but got '?'; "
            "in {…} a text with a comma, a colon or a question mark stands in quotes",
        ),
        ("a: 1\na: 2\n", "'a' is written twice"),
        ("a: !!python/object/apply:os.getcwd []", "could not determine a constructor"),
        ("a: 08", "invalid literal"),
        ("a: 1\nb: x\0", "line 2, column 5: has a control character (U+0000)"),
        ("a:\n" + " [\n" * 5000 + " ]\n" * 5000, "line 51, column 2: is nested too deep"),
        # Ten of ten of ten: nine such lines are a thousand million words, told in one sentence about what is wrong.
        ("a: &a [x, x]\nb: &b [*a, *a]\ntitle: [*b, *b]\n", "*a: write it out again"),
        ("a: &a {x: 1}\nb: {<<: *a}\n", "*a: write it out again"),
    ],
)
def test_a_file_that_is_not_plain_yaml_is_refused(tmp_path, text, said):
    file = tmp_path / "policy.yaml"
    file.write_text(text, "utf-8")

    with pytest.raises(WrongFile) as refused:
        read_policy(file)

    assert said in refused.value.errors[0]


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path):
    (tmp_path / "picture.yaml").write_bytes(b"\xff\xd8\xff")
    for name in ("nothing.yaml", "picture.yaml"):
        with pytest.raises(WrongFile):
            read_policy(tmp_path / name)


def test_hours_and_days_stay_text_also_without_quotes(tmp_path):
    file = tmp_path / "policy.yaml"
    file.write_text(SAMPLE.read_text("utf-8").replace('"23:00"', "23:00"), "utf-8")

    data = read_policy(file)

    assert data == SAMPLE_RULES
    assert (data["rules"][5]["kept_until"], data["in_force_from"]) == ("23:00", "2023-01-01")


def test_a_clause_may_have_several_lines():
    data = deepcopy(SAMPLE_RULES)
    data["rules"][0]["clause"]["zh"] = "第二条\n年满 18 周岁。\n"

    assert errors_in(data) == []


# --- the schema -------------------------------------------------------------------------------------------------------
def test_the_schema_is_a_schema_and_knows_every_kind():
    Draft202012Validator.check_schema(schema())

    in_a_list = {name for name, kind in KINDS.items() if not kind.of_entitlement}
    assert set(schema()["$defs"]["rule"]["properties"]["kind"]["enum"]) == in_a_list
    assert in_a_list == set(KINDS) - {"nights", "purpose", "during"}


def test_each_kind_has_its_own_file_and_place():
    files = {kind.__module__ for kind in KINDS.values()}
    assert (
        len(files) == len({kind.code for kind in KINDS.values()}) == len({k.rank for k in KINDS.values()}) == len(KINDS)
    )


# --- for another network, and for days that are over ------------------------------------------------------------------
@pytest.fixture
def decided_on(network):
    """Keeps a decision made on a day by the version in force."""

    def decide(day, policy=None):
        return Assessment.objects.create(
            person=Person.objects.create(),
            policy=policy or Policy.objects.latest("version"),
            made_at=NOW.replace(year=day.year, month=day.month, day=day.day),
            outcome="yes",
            facts={},
            verdicts=[],
        )

    return decide


def test_a_file_can_be_loaded_for_another_network_than_it_names(network):
    other = Network.objects.create(slug="gusu", name_zh="姑苏", name_en="Gusu")

    policy = load_policy(SAMPLE, now=NOW, network="gusu")

    assert (policy.network, policy.version, policy.rules["network"]) == (other, 1, "gusu")
    assert load_policy(SAMPLE, now=NOW, network="gusu") == policy
    assert load_policy(SAMPLE, now=NOW).network == network


def test_a_network_that_is_not_here_is_an_error(network):
    with pytest.raises(WrongFile) as no:
        load_policy(SAMPLE, now=NOW, network="nowhere")

    assert no.value.errors == ["network: there is no network 'nowhere' here; load it first with load_network"]


def in_force_from(day):
    return lambda data: (data.update(in_force_from=day), data["rules"][0].update(max=40))


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("day", ["2023-01-01", "2026-03-05"])
def test_no_file_is_in_force_on_days_on_which_others_decided(network, file_with, decided_on, day, check):
    load_policy(SAMPLE, now=NOW)
    decided_on(date(2026, 3, 1))
    decided_on(date(2026, 3, 6))

    with pytest.raises(WrongFile) as no:
        load_policy(file_with(in_force_from(day)), now=NOW, check=check)

    assert no.value.errors == [
        f"in_force_from: {day} is too early: wuzhong-sample/1 still decided on 2026-03-06; write 2026-03-06 or later"
    ]
    assert Policy.objects.count() == 1


def test_from_the_last_day_of_a_decision_on_a_file_may_be_in_force(network, file_with, decided_on):
    load_policy(SAMPLE, now=NOW)
    decided_on(date(2026, 3, 6))

    assert load_policy(file_with(in_force_from("2026-03-06")), now=NOW).version == 2


def test_decisions_of_another_network_are_no_matter(network, file_with, decided_on):
    Network.objects.create(slug="gusu", name_zh="姑苏", name_en="Gusu")
    load_policy(SAMPLE, now=NOW)
    decided_on(date(2026, 3, 6), load_policy(SAMPLE, now=NOW, network="gusu"))

    assert load_policy(file_with(in_force_from("2024-01-01")), now=NOW).version == 2


def test_a_draft_decides_nothing_so_it_is_never_too_early(network, file_with, decided_on):
    load_policy(SAMPLE, now=NOW)
    decided_on(date(2026, 3, 6))

    def unsigned(data):
        for name in ("approved_by", "in_force_from"):
            del data[name]

    assert load_policy(file_with(unsigned), now=NOW).is_draft


# --- written back -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path", [SAMPLE, *sorted((SAMPLE.parents[1] / "published").glob("*.yaml"))], ids=lambda p: p.stem
)
def test_a_policy_that_is_written_reads_back_as_the_same(path, tmp_path):
    data = read_policy(path)
    file = tmp_path / "written.yaml"

    file.write_text(written(data | {"fingerprint": "of the row"}), "utf-8")

    assert read_policy(file) == data


def test_what_is_written_is_good_to_read():
    lines = written(SAMPLE_RULES).splitlines()

    assert lines[0] == "name: wuzhong-sample"
    assert "  interview: {zh: 面试, en: an interview}" in lines
    assert "  ahead: {value: 30, unit: day}" in lines
    assert "  caps: {per_stay: 3, per_year: 7}" in lines
    assert "- id: age" in lines
    assert "  kept_until: '23:00'" in lines


plain_text = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12)
tricky = st.sampled_from(
    ["yes", "no", "null", "~", "08", "007", "0x1F", "1_000", "1.5", "23:00", "2026-01-01", "<<", "=", "", "two\nlines "]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | plain_text | tricky,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain_text | tricky, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["name", "rules", "id", "network", "title"]), values, max_size=4))
def test_whatever_a_policy_may_hold_reads_back_as_the_same(data):
    assert read_text(written(data), "written") == data
