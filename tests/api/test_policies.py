"""Policies over REST: officers draft, preview and approve, auditors read."""

from copy import deepcopy
from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Role, User
from bookings.booking import book
from bookings.models import Stay
from eligibility.models import Policy
from hostel.models import Network
from hostel.nights import Nights
from tests.api.conftest import TODAY, TOMORROW, caller, problem
from tests.api.counting import statements

POLICIES = "/api/v1/policies/"
NEXT_WEEK = TODAY + timedelta(days=7)


@pytest.fixture
def in_force(wuzhong):
    return Policy.objects.get(network=wuzhong)


@pytest.fixture
def as_second(wuzhong):
    return another_officer(wuzhong)


def another_officer(network, phone="+8613800000077"):
    user = User.objects.create_user(phone, phone_verified=True)
    Role.objects.create(user=user, kind="officer", network=network, valid_from=date(2023, 1, 1))
    return caller(user)


@pytest.fixture
def draft(as_officer, in_force):
    """A draft as the door tells of it."""
    answer = as_officer.post(POLICIES, {"based_on": in_force.pk})
    assert answer.status_code == 201, answer.content
    return answer.json()


def at(draft, end=""):
    return f"{POLICIES}{draft['id']}/{end}"


def up_to_30(draft):
    rules = deepcopy(draft["rules"])
    rules["rules"][0]["max"] = 30
    return rules


@pytest.fixture
def older(people, wuzhong, hostel):
    """A stay next week of a guest of 33 years."""
    guest = people("王小明", "male", birth_date=date(TODAY.year - 33, 1, 1), graduation=f"{TODAY.year - 1}-06")
    nights = Nights(NEXT_WEEK, NEXT_WEEK + timedelta(2))
    return book(guest=guest, hostel=hostel, nights=nights, purpose="exam", now=timezone.now())


def test_from_a_draft_to_the_rules_in_force(as_officer, as_second, draft, older):
    assert (draft["version"], draft["state"], draft["differences"]) == (2, "draft", [])
    assert [reason["code"] for reason in draft["approval"]["reasons"]] == ["SAME_PERSON", "NOT_PREVIEWED", "NO_DATE"]

    changed = as_officer.put(at(draft), {"rules": up_to_30(draft), "wanted_from": f"{TOMORROW}"}).json()
    assert changed["differences"] == [{"place": "rules.age.max", "old": 35, "new": 30}]

    problem(as_second.post(at(draft, "approval/"), {}), 409, "NOT_PREVIEWED")
    found = as_officer.post(at(draft, "preview/")).json()
    assert found["newly_refused"]["rules"][0]["cases"][0]["assessment"] == older.assessment.code
    assert [stay["stay"] for stay in found["stays"]["listed"]] == [older.code]
    assert as_officer.get(at(draft, "preview/")).json() == found

    problem(as_officer.post(at(draft, "approval/"), {}), 409, "SAME_PERSON")
    approved = as_second.post(at(draft, "approval/"), {"end_stays": [older.code]})
    assert approved.status_code == 200, approved.content
    assert (approved.json()["state"], approved.json()["in_force_from"]) == ("coming", f"{TOMORROW}")
    older.refresh_from_db()
    assert (older.status, older.cancel_cause) == ("cancelled", Stay.Cause.HOUSE)
    assert "listed" not in as_officer.get(at(draft, "preview/")).json()["stays"]
    problem(as_officer.put(at(draft), {"rules": draft["rules"]}), 409, "NOT_A_DRAFT")
    problem(as_officer.delete(at(draft)), 409, "NOT_A_DRAFT")


def test_the_list_says_where_each_version_stands(as_officer, as_auditor, draft, in_force):
    for reader in (as_officer, as_auditor):
        rows = reader.get(POLICIES).json()["results"]
        assert [(row["id"], row["state"]) for row in rows] == [(draft["id"], "draft"), (in_force.pk, "in_force")]
        assert "rules" not in rows[0]


def test_the_list_costs_the_same_for_one_version_and_for_three(as_officer, in_force):
    as_officer.get(POLICIES)
    one = statements(lambda: as_officer.get(POLICIES))
    for _each in range(2):
        as_officer.post(POLICIES, {"based_on": in_force.pk})

    assert statements(lambda: as_officer.get(POLICIES)) == one


def test_a_list_can_be_of_one_network(as_officer, wuzhong):
    assert len(as_officer.get(POLICIES, {"network": "wuzhong"}).json()["results"]) == 1
    problem(as_officer.get(POLICIES, {"network": "gusu"}), 422, "FIELDS")
    problem(as_officer.get(f"{POLICIES}?network=%00"), 422, "FIELDS")


def test_auditors_read_and_change_nothing(as_auditor, in_force, draft):
    assert as_auditor.get(at(draft)).json()["approval"] == {"ok": False, "reasons": []}
    for answer in (
        as_auditor.post(POLICIES, {"based_on": in_force.pk}),
        as_auditor.put(at(draft), {"rules": draft["rules"]}),
        as_auditor.delete(at(draft)),
        as_auditor.post(at(draft, "preview/")),
        as_auditor.post(at(draft, "approval/"), {}),
    ):
        problem(answer, 403, "NO_RIGHT")
    assert Policy.objects.count() == 2


def test_another_district_s_officer_knows_nothing_of_it(wuzhong, in_force, draft):
    gusu = Network.objects.create(slug="gusu", name_zh="姑苏区", name_en="Gusu", parent=wuzhong.parent)
    foreign = another_officer(gusu)

    assert foreign.get(POLICIES).json()["results"] == []
    problem(foreign.post(POLICIES, {"based_on": in_force.pk}), 422, "FIELDS")
    for answer in (
        foreign.get(at(draft)),
        foreign.put(at(draft), {"rules": draft["rules"]}),
        foreign.delete(at(draft)),
        foreign.get(at(draft, "preview/")),
        foreign.post(at(draft, "preview/")),
        foreign.post(at(draft, "approval/"), {}),
    ):
        problem(answer, 404, "NOT_FOUND")


def test_a_stranger_is_told_nothing(as_stranger, anybody, in_force):
    for address in (POLICIES, f"{POLICIES}{in_force.pk}/", f"{POLICIES}999999/"):
        problem(as_stranger.get(address), 403, "NO_RIGHT")
        problem(anybody.get(address), 401, "NOT_AUTHENTICATED")


def test_wrong_rules_are_field_errors_at_their_place(as_officer, draft):
    rules = up_to_30(draft)
    rules["rules"][0]["max"] = "x"
    rules["entitlements"][0]["caps"]["per_year"] = -7

    body = problem(as_officer.put(at(draft), {"rules": rules}), 422, "FIELDS")

    assert [(error["field"], error["detail"]) for error in body["errors"]] == [
        ("rules.entitlements[0].caps.per_year", "must be 0 or more"),
        ("rules.rules[0].max", "must be of type integer, not 'x'"),
    ]


@pytest.mark.parametrize("rules", [None, [], "x", {}, {"name": None}, {"\u0000": 1}])
def test_what_is_no_policy_is_a_field_error(as_officer, draft, rules):
    problem(as_officer.put(at(draft), {"rules": rules}), 422, "FIELDS")


def test_rules_nested_without_end_are_a_field_error(as_officer, draft):
    deep = []
    for _each in range(400):
        deep = [deep]

    problem(as_officer.put(at(draft), {"rules": draft["rules"] | {"title": deep}}), 422, "FIELDS")


@pytest.mark.parametrize("day", ["2026-13-01", "tomorrow", 3, "1999-01-01"])
def test_a_day_that_is_none_is_a_field_error(as_officer, draft, day):
    body = problem(as_officer.put(at(draft), {"rules": draft["rules"], "wanted_from": day}), 422, "FIELDS")

    assert [error["field"] for error in body["errors"]] == ["wanted_from"]


def test_a_draft_thrown_away_is_gone_once_for_every_key(as_officer, draft):
    first = as_officer.delete(at(draft), headers={"Idempotency-Key": "gone"})
    again = as_officer.delete(at(draft), headers={"Idempotency-Key": "gone"})

    assert (first.status_code, again.status_code, again["Idempotency-Replayed"]) == (200, 200, "true")
    assert first.json() == again.json() == draft
    problem(as_officer.get(at(draft)), 404, "NOT_FOUND")


def test_one_key_drafts_once(as_officer, in_force):
    made = [
        as_officer.post(POLICIES, {"based_on": in_force.pk}, headers={"Idempotency-Key": "draft"}).json()["id"]
        for _each in range(2)
    ]

    assert made[0] == made[1]
    assert Policy.objects.drafts().count() == 1


def test_only_stays_that_the_preview_lists_are_ended(as_officer, as_second, draft, stay):
    as_officer.put(at(draft), {"rules": up_to_30(draft), "wanted_from": f"{TOMORROW}"})
    as_officer.post(at(draft, "preview/"))

    body = problem(as_second.post(at(draft, "approval/"), {"end_stays": [stay.code]}), 409, "NOT_TOUCHED")

    assert body["reasons"][0]["value_used"] == stay.code
    assert Policy.objects.drafts().filter(pk=draft["id"]).exists()
