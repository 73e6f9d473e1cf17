"""The next rules: drafted, changed, approved by a second person, and never edited after."""

import json
from copy import deepcopy
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from accounts.models import Deed, Person, User
from accounts.reasons import Refused
from eligibility import drafting
from eligibility.drafting import Difference, differences
from eligibility.models import Policy
from eligibility.policies import policy_in_force
from eligibility.policy_file import WrongFile, load_policy
from hostel.models import Network
from tests.eligibility.cases import NOW, SAMPLE, SAMPLE_RULES

TODAY = NOW.date()
TOMORROW = TODAY + timedelta(1)
NEXT_MONTH = date(2026, 4, 1)


@pytest.fixture
def wuzhong(db):
    return Network.objects.create(slug="wuzhong", name_zh="吴中", name_en="Wuzhong")


@pytest.fixture
def first(wuzhong):
    """The version in force."""
    return load_policy(SAMPLE, now=NOW - timedelta(400))


def officer(phone, name):
    user = User.objects.create_user(phone, phone_verified=True)
    Person.objects.create(user=user, name=name)
    return user


@pytest.fixture
def gu(db):
    return officer("+8613800000001", "顾青")


@pytest.fixture
def shen(db):
    return officer("+8613800000002", "沈岚")


@pytest.fixture
def draft(wuzhong, first, gu):
    return drafting.draft(wuzhong, based_on=first, now=NOW, actor=gu)


def stricter(rules):
    """The same rules for nobody above 30."""
    rules = deepcopy(rules)
    rules["rules"][0]["max"] = 30
    return rules


def previewed(policy):
    """As a preview leaves the draft; what it finds is of no matter here."""
    policy.previewed_at, policy.previewed = NOW, drafting.mark_of(policy, NOW)
    policy.preview = {"seen": 3, "newly_refused": {"count": 1, "rules": [{"rule": "age", "count": 1, "cases": ["a"]}]}}
    policy.save(update_fields=["previewed_at", "previewed", "preview"])
    return policy


@pytest.fixture
def ready(draft, gu):
    """A draft that nothing stands against but that somebody approves it."""
    drafting.change(draft, stricter(draft.rules), now=NOW, actor=gu, wanted_from=NEXT_MONTH)
    return previewed(Policy.objects.get(pk=draft.pk))


def refused(do, *args, **kwargs):
    """The codes with which ``do`` refuses."""
    with pytest.raises(Refused) as no:
        do(*args, **kwargs)
    return [reason.code for reason in no.value.reasons]


# --- drafting ---------------------------------------------------------------------------------------------------------
def test_a_draft_is_the_next_version_with_the_same_rules_and_nobody_s_signature(draft, first, gu):
    draft.refresh_from_db()

    assert (draft.version, draft.drafted_by, draft.drafter) == (2, "顾青", gu)
    assert (draft.approved_by, draft.in_force_from, draft.is_draft) == ("", None, True)
    assert differences(first.rules, draft.rules) == []
    assert not {"drafted_by", "approved_by", "in_force_from"} & set(draft.rules)


def test_a_draft_is_in_force_for_nobody(draft, first, wuzhong):
    assert policy_in_force(wuzhong, date(2099, 1, 1)) == first


def test_drafts_may_be_based_on_any_version_also_on_a_draft(draft, first, wuzhong, gu, shen):
    drafting.change(draft, stricter(draft.rules), now=NOW, actor=gu)
    draft.refresh_from_db()

    of_the_draft = drafting.draft(wuzhong, based_on=draft, now=NOW, actor=shen)
    of_the_first = drafting.draft(wuzhong, based_on=first, now=NOW, actor=shen)

    assert [policy.version for policy in (of_the_draft, of_the_first)] == [3, 4]
    assert [policy.rules["rules"][0]["max"] for policy in (of_the_draft, of_the_first)] == [30, 35]


def test_a_draft_is_based_on_a_version_of_its_own_network(first, gu):
    gusu = Network.objects.create(slug="gusu", name_zh="姑苏", name_en="Gusu")

    with pytest.raises(ValueError, match="own network"):
        drafting.draft(gusu, based_on=first, now=NOW, actor=gu)


# --- changing ---------------------------------------------------------------------------------------------------------
def test_a_change_is_kept_with_its_day_and_written_in_the_record(draft, gu):
    drafting.change(draft, stricter(draft.rules), now=NOW, actor=gu, wanted_from=NEXT_MONTH)

    draft.refresh_from_db()
    assert (draft.rules["rules"][0]["max"], draft.wanted_from) == (30, NEXT_MONTH)
    assert [deed.what for deed in Deed.objects.filter(about=f"policy {draft.pk}").order_by("pk")] == [
        "draft_policy",
        "change_policy",
    ]


def test_a_change_takes_the_preview_with_it(ready, gu):
    again = stricter(ready.rules)
    again["rules"][0]["max"] = 31

    drafting.change(ready, again, now=NOW, actor=gu)

    ready.refresh_from_db()
    assert (ready.preview, ready.previewed_at, ready.previewed, ready.wanted_from) == (None, None, "", NEXT_MONTH)


def test_another_day_takes_the_preview_with_it(ready, gu):
    drafting.change(ready, ready.rules, now=NOW, actor=gu, wanted_from=NEXT_MONTH + timedelta(1))

    ready.refresh_from_db()
    assert ready.previewed == ""


def test_saving_what_stands_there_already_changes_nothing(ready, shen):
    drafting.change(ready, ready.rules, now=NOW, actor=shen, wanted_from=NEXT_MONTH)

    ready.refresh_from_db()
    assert ready.previewed
    assert not Deed.objects.filter(actor=shen).exists()


def test_wrong_rules_are_refused_with_every_error_at_its_place(draft, gu):
    wrong = stricter(draft.rules)
    wrong["rules"][0]["max"] = "x"
    wrong["entitlements"][0]["caps"]["per_year"] = -7

    with pytest.raises(WrongFile) as no:
        drafting.change(draft, wrong, now=NOW, actor=gu)

    assert no.value.errors == [
        "entitlements[0].caps.per_year: must be 0 or more",
        "rules[0].max: must be of type integer, not 'x'",
    ]
    draft.refresh_from_db()
    assert draft.rules["rules"][0]["max"] == 35


@pytest.mark.parametrize("wrong", [[], None, "rules", 3])
def test_what_is_no_policy_at_all_is_a_wrong_file_too(draft, gu, wrong):
    with pytest.raises(WrongFile):
        drafting.change(draft, wrong, now=NOW, actor=gu)


def test_rules_of_another_network_are_refused(draft, gu):
    with pytest.raises(WrongFile) as no:
        drafting.change(draft, draft.rules | {"network": "gusu"}, now=NOW, actor=gu)

    assert no.value.errors == ["network: must be 'wuzhong', not 'gusu'"]


def test_the_signatures_of_a_file_are_left_out(draft, gu):
    drafting.change(draft, SAMPLE_RULES, now=NOW, actor=gu)

    draft.refresh_from_db()
    assert (draft.is_draft, draft.in_force_from, draft.wanted_from) == (True, None, None)
    assert "approved_by" not in draft.rules


def test_a_number_that_a_program_sends_as_3_0_is_3(draft, gu):
    rules = json.loads(json.dumps(stricter(draft.rules)).replace('"max": 30', '"max": 30.0'))

    drafting.change(draft, rules, now=NOW, actor=gu)

    draft.refresh_from_db()
    assert repr(draft.rules["rules"][0]["max"]) == "30"


# --- approving --------------------------------------------------------------------------------------------------------
def test_a_second_person_puts_it_in_force_from_its_day(ready, first, wuzhong, shen):
    drafting.approve(ready, now=NOW, actor=shen)

    ready.refresh_from_db()
    assert (ready.approved_by, ready.approver, ready.approved_at) == ("沈岚", shen, NOW)
    assert policy_in_force(wuzhong, NEXT_MONTH - timedelta(1)) == first
    assert policy_in_force(wuzhong, NEXT_MONTH) == ready


def test_what_stays_of_the_preview_are_numbers(ready, shen):
    drafting.approve(ready, now=NOW, actor=shen)

    ready.refresh_from_db()
    assert ready.preview == {"seen": 3, "newly_refused": {"count": 1, "rules": [{"rule": "age", "count": 1}]}}


def test_who_drafted_it_does_not_approve_it(ready, gu):
    assert refused(drafting.approve, ready, now=NOW, actor=gu) == ["SAME_PERSON"]
    ready.refresh_from_db()
    assert ready.is_draft


def test_who_changed_it_does_not_approve_it_either(ready, shen):
    again = stricter(ready.rules)
    again["rules"][0]["max"] = 31
    drafting.change(ready, again, now=NOW, actor=shen)
    ready.refresh_from_db()

    assert refused(drafting.approve, previewed(ready), now=NOW, actor=shen) == ["SAME_PERSON"]


def test_who_is_named_as_drafter_in_a_file_does_not_approve_it(first, shen, tmp_path):
    file = tmp_path / "policy.yaml"
    lines = SAMPLE.read_text("utf-8").replace("样例起草人", "沈岚").splitlines()
    file.write_text("\n".join(line for line in lines if not line.startswith(("approved_by", "in_force_from"))), "utf-8")
    loaded = load_policy(file, now=NOW)

    assert "SAME_PERSON" in refused(drafting.approve, loaded, now=NOW, actor=shen)


def test_two_people_of_one_name_are_two_people(ready):
    other = officer("+8613800000003", "顾青")

    drafting.approve(ready, now=NOW, actor=other)

    ready.refresh_from_db()
    assert ready.approved_by == f"顾青 (user {other.pk})"


def test_nothing_is_approved_that_nobody_looked_at_first(draft, gu, shen):
    drafting.change(draft, stricter(draft.rules), now=NOW, actor=gu, wanted_from=NEXT_MONTH)

    assert refused(drafting.approve, draft, now=NOW, actor=shen) == ["NOT_PREVIEWED"]


def test_a_preview_of_other_rules_does_not_count(ready, shen):
    """Somebody changed the rules while the preview was being made."""
    Policy.objects.filter(pk=ready.pk).update(rules=ready.rules | {"fingerprint": "another"})

    assert refused(drafting.approve, ready, now=NOW, actor=shen) == ["CHANGED_SINCE_PREVIEW"]


def test_a_preview_against_rules_that_are_no_longer_the_next_ones_does_not_count(ready, wuzhong, gu, shen):
    other = drafting.draft(wuzhong, based_on=ready, now=NOW, actor=gu)
    other.wanted_from = TOMORROW
    other.save(update_fields=["wanted_from"])
    drafting.approve(previewed(other), now=NOW, actor=shen)

    assert refused(drafting.approve, ready, now=NOW, actor=shen) == ["CHANGED_SINCE_PREVIEW"]


@pytest.mark.parametrize(
    "day, codes", [(None, ["NO_DATE"]), (TODAY - timedelta(30), ["DATE_PAST"]), (TODAY, ["DATE_PAST"]), (TOMORROW, [])]
)
def test_rules_begin_tomorrow_at_the_earliest(ready, shen, day, codes):
    ready.wanted_from = day
    ready.save(update_fields=["wanted_from"])
    previewed(ready)

    assert (refused(drafting.approve, ready, now=NOW, actor=shen) if codes else codes) == codes
    assert [reason.code for reason in drafting.why_not_approve(ready, now=NOW, actor=shen)] == codes


def test_until_six_it_is_still_the_day_before(ready, shen):
    """At 05:59 people still book by the rules of the evening; tomorrow is the day that has dawned."""
    ready.wanted_from = TODAY
    ready.save(update_fields=["wanted_from"])

    assert refused(drafting.approve, previewed(ready), now=NOW.replace(hour=6), actor=shen) == ["DATE_PAST"]
    drafting.approve(previewed(ready), now=NOW.replace(hour=5, minute=59), actor=shen)
    ready.refresh_from_db()
    assert ready.in_force_from == TODAY


def test_every_reason_is_said_at_once_in_both_languages_with_a_next_step(draft, gu):
    with pytest.raises(Refused) as no:
        drafting.approve(draft, now=NOW, actor=gu)

    assert [reason.code for reason in no.value.reasons] == ["SAME_PERSON", "NOT_PREVIEWED", "NO_DATE"]
    for reason in no.value.reasons:
        assert reason.fix.href.startswith(f"/office/policies/{draft.pk}/")
        assert reason.sentence.say("en") != reason.sentence.say("zh-hans")


def test_an_approved_version_never_changes(ready, gu, shen):
    drafting.approve(ready, now=NOW, actor=shen)

    assert refused(drafting.change, ready, ready.rules, now=NOW, actor=gu) == ["NOT_A_DRAFT"]
    assert refused(drafting.approve, ready, now=NOW, actor=shen) == ["NOT_A_DRAFT"]
    assert refused(drafting.discard, ready, now=NOW, actor=gu) == ["NOT_A_DRAFT"]
    with pytest.raises(DatabaseError), transaction.atomic():
        Policy.objects.filter(pk=ready.pk).update(wanted_from=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Policy.objects.filter(pk=ready.pk).delete()


def test_an_approved_version_is_not_written_over_either(ready, shen):
    if connection.vendor != "sqlite":
        return  # PostgreSQL has no REPLACE: its ON CONFLICT DO UPDATE is an update like any other
    drafting.approve(ready, now=NOW, actor=shen)
    names = [field.column for field in Policy._meta.concrete_fields]
    column = {"id": "NULL", "drafted_by": "'somebody else'"}
    for keeps_its_id in (True, False):
        values = [column.get(name, name) if name != "id" or not keeps_its_id else name for name in names]
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT OR REPLACE INTO eligibility_policy ({', '.join(names)}) "
                f"SELECT {', '.join(values)} FROM eligibility_policy WHERE id = %s",
                [ready.pk],
            )

    assert Policy.objects.get(pk=ready.pk).drafted_by == ready.drafted_by


def test_a_draft_can_be_thrown_away_and_the_record_says_so(draft, gu):
    drafting.discard(draft, now=NOW, actor=gu)

    assert not Policy.objects.filter(pk=draft.pk).exists()
    deed = Deed.objects.get(what="discard_policy")
    assert (deed.actor, deed.about, deed.values) == (gu, f"policy {draft.pk}", {"network": "wuzhong", "version": 2})


def test_an_officer_without_a_person_is_called_by_a_masked_phone(db):
    with translation.override("en"):
        called = drafting.called(User.objects.create_user("+8613812345678", phone_verified=True))

    assert called
    assert "1234" not in called


# --- what differs -----------------------------------------------------------------------------------------------------
def changed(change):
    rules = deepcopy(SAMPLE_RULES)
    change(rules)
    return differences(SAMPLE_RULES, rules)


def rule(rules, name):
    return next(rule for rule in rules["rules"] if rule["id"] == name)


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda r: rule(r, "age").update(max=30), [Difference("rules.age.max", 35, 30)]),
        (lambda r: rule(r, "age").pop("max"), [Difference("rules.age.max", 35, None)]),
        (lambda r: r["rules"].reverse(), []),
        (lambda r: r["rules"].remove(rule(r, "home")), [Difference("rules.home", rule(SAMPLE_RULES, "home"), None)]),
        (
            lambda r: r["rules"].insert(0, {"id": "group", "kind": "group_only"}),
            [Difference("rules.group", None, {"id": "group", "kind": "group_only"})],
        ),
        (
            lambda r: r["entitlements"][0]["caps"].update(per_year=6),
            [Difference("entitlements.free_stay.caps.per_year", 7, 6)],
        ),
        (
            lambda r: rule(r, "evidence")["accepted"][3].update(purposes=["exam"]),
            [Difference("rules.evidence.accepted.employer.purposes", None, ["exam"])],
        ),
        (
            lambda r: r["entitlements"][0]["after"][0].update(percent=60),
            [
                Difference(
                    "entitlements.free_stay.after", [{"percent": 50, "per_stay": 4}], [{"percent": 60, "per_stay": 4}]
                )
            ],
        ),
        (
            lambda r: r["seasons"][0]["set"]["caps"].update(per_stay=6),
            [Difference("seasons.06-10–08-31.set.caps.per_stay", 5, 6)],
        ),
        (lambda r: r["title"].update(en="Rules"), [Difference("title.en", SAMPLE_RULES["title"]["en"], "Rules")]),
        (lambda r: r.update(approved_by="another", fingerprint="another"), []),
    ],
)
def test_differences_are_named_by_what_they_are_in(change, said):
    assert changed(change) == said


def test_two_seasons_of_the_same_days_are_two():
    def twice(rules):
        rules["seasons"].append(rules["seasons"][0] | {"set": {"caps": {"per_stay": 6}}})

    assert [difference.place for difference in changed(twice)] == ["seasons.06-10–08-31#2"]
