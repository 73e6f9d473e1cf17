"""A tablet's queue over REST, and what of it does not fit."""

import pytest
from django.utils import timezone

from bookings.desk import check_in
from bookings.models import Stay
from desk.models import Act, Clash
from tests.api.conftest import problem
from tests.api.counting import statements

HOUSE = "/api/v1/desk/baodaiqiao/"


def came(stay, act_id="t1-0001", **said):
    at = timezone.now()
    said = {"compared": True} | said
    return {"act_id": act_id, "what": "check_in", "stay": stay.code, "happened_at": at.isoformat(), "said": said}


@pytest.fixture
def clash(as_manager, stay):
    body = as_manager.post(f"{HOUSE}acts/", {"acts": [came(stay, compared=False)]}).json()
    return Clash.objects.get(pk=body["acts"][0]["clash"])


def test_a_queue_is_done_once_however_often_it_is_sent(as_manager, stay):
    queue = {"device": "t1", "acts": [came(stay)]}

    answers = [as_manager.post(f"{HOUSE}acts/", queue) for _time in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert [answer.json()["acts"][0]["outcome"] for answer in answers] == ["done", "known", "known"]
    assert answers[0].json()["acts"][0] == {
        "act_id": "t1-0001",
        "outcome": "done",
        "clash": None,
        "stay": stay.code,
        "sentence": "checked in",
    }
    assert Act.objects.get().device == "t1"


def test_only_who_manages_the_house_sends_its_queue(anybody, as_officer, stay):
    problem(anybody.post(f"{HOUSE}acts/", {"acts": [came(stay)]}), 401, "NOT_AUTHENTICATED")
    problem(as_officer.post(f"{HOUSE}acts/", {"acts": [came(stay)]}), 403, "NO_RIGHT")
    assert not Act.objects.exists()


@pytest.mark.parametrize(
    "body", [{}, {"acts": 7}, {"acts": [7]}, {"acts": [{}] * 51}, {"acts": [], "device": "x" * 41}]
)
def test_what_is_no_queue_is_a_mistake_of_its_fields(as_manager, body, hostel):
    problem(as_manager.post(f"{HOUSE}acts/", body), 422, "FIELDS")


def test_what_does_not_fit_is_listed_with_both_versions(as_manager, clash, stay):
    [task] = as_manager.get(f"{HOUSE}clashes/").json()["results"]

    assert (task["id"], task["act_id"], task["what"], task["stay"]) == (clash.pk, "t1-0001", "check_in", stay.code)
    assert [reason["code"] for reason in task["reasons"]] == ["COMPARE"]
    assert task["local"]["does"]["en"] == "Let the guest in: person and document were compared"
    assert task["local"]["can"] is True
    assert task["online"]["says"][0]["en"].startswith("Expected from")


def test_a_choice_is_done_once_and_another_one_is_refused(as_manager, clash, stay):
    address = f"{HOUSE}clashes/{clash.pk}/choice/"

    chosen = [as_manager.post(address, {"choice": "local"}) for _time in range(2)]

    assert [(answer.status_code, answer.json()["choice"]) for answer in chosen] == [(200, "local")] * 2
    problem(as_manager.post(address, {"choice": "online"}), 409, "SETTLED")
    stay.refresh_from_db()
    assert stay.status == "in_house"
    assert as_manager.get(f"{HOUSE}clashes/").json()["results"] == []


def test_a_choice_that_can_not_be_done_any_more_says_why_and_what_can(as_manager, clash, stay, manager):
    check_in(stay, compared=True, now=timezone.now(), actor=manager)

    problem(as_manager.post(f"{HOUSE}clashes/{clash.pk}/choice/", {"choice": "local"}), 409, "STATE")

    [task] = as_manager.get(f"{HOUSE}clashes/").json()["results"]
    assert task["local"]["can"] is False
    assert "In house since" in task["online"]["says"][0]["en"]


def test_another_houses_clash_is_none(as_manager, clash, hostel):
    problem(as_manager.post(f"/api/v1/desk/mudu/clashes/{clash.pk}/choice/", {"choice": "local"}), 403, "NO_RIGHT")
    problem(as_manager.post(f"{HOUSE}clashes/{clash.pk + 1}/choice/", {"choice": "local"}), 404, "NOT_FOUND")
    assert Stay.objects.get().status == "confirmed"


def test_the_list_costs_the_same_for_one_as_for_three(as_manager, clash):
    def cost():
        return statements(lambda: as_manager.get(f"{HOUSE}clashes/"))

    one = cost()
    for number in range(2):
        act = Act.objects.get(pk=clash.act_id)
        act.pk, act.act_id = None, f"t1-1{number}"
        act.save()
        Clash.objects.create(act=act)

    assert cost() == one
