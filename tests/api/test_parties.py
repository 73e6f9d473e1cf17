"""Parties over REST."""

from datetime import timedelta

import pytest

from bookings.models import Party, Stay
from hostel.models import Bed
from tests.api.conftest import TOMORROW, caller, problem
from tests.api.counting import statements

PARTIES = "/api/v1/parties/"


def friend(person, **changes):
    about = {"name": person.name, "document_kind": person.document_kind, "document_number": person.document}
    return about | changes


@pytest.fixture
def for_two(wish, chen):
    return wish | {"members": [{"me": True}, friend(chen)], "friends_know": True}


@pytest.fixture
def party(as_lin, for_two):
    return as_lin.post(PARTIES, for_two).json()


def test_friends_book_together_and_each_has_a_code_of_their_own(as_lin, for_two):
    answer = as_lin.post(PARTIES, for_two)

    assert answer.status_code == 201, answer.json()
    party = answer.json()
    assert [(stay["guest"], stay["mine"], stay["status"]) for stay in party["stays"]] == [
        ("林**", True, "confirmed"),
        ("陈**", False, "confirmed"),
    ]
    assert party["actions"]["cancel"] == {"ok": True, "reason": None}
    assert party["arrival"] == f"{TOMORROW}"


def test_each_may_come_for_something_else_and_need_something_else(as_lin, for_two):
    Bed.objects.filter(room__number="203").update(features=["lower_bunk"])
    me, other = for_two["members"]
    members = [me | {"needs": ["lower_bunk"]}, other | {"purpose": "exam"}]

    code = as_lin.post(PARTIES, for_two | {"members": members}).json()["code"]

    stays = Stay.objects.filter(party__code=code).order_by("pk")
    assert [(stay.purpose, stay.needs) for stay in stays] == [("interview", ["lower_bunk"]), ("exam", [])]


def test_the_refusal_says_who_may_not(as_lin, for_two, people):
    at_home = people("周梅", "female", home_in_district=True)

    answer = as_lin.post(PARTIES, for_two | {"members": [{"me": True}, friend(at_home)]})

    body = problem(answer, 409, "LOCAL")
    assert body["reasons"][0]["sentence_en"].startswith("周*")
    assert not Party.objects.exists()


def test_a_friend_who_does_not_fit_is_refused_in_one_way(as_lin, for_two, chen):
    answer = as_lin.post(PARTIES, for_two | {"members": [{"me": True}, friend(chen, name="陈一帆")]})

    assert "陈一舟" not in str(problem(answer, 409, "FRIEND"))


def test_without_the_friends_knowing_nothing_is_booked(as_lin, for_two):
    for wrong in (
        {"friends_know": False},
        {"members": for_two["members"][:1]},
        {"members": for_two["members"][1:] * 2},
    ):
        assert as_lin.post(PARTIES, for_two | wrong).status_code == 422
    assert not Stay.objects.exists()


def test_who_is_nobody_yet_is_asked_who_they_are_first(as_stranger, for_two):
    problem(as_stranger.post(PARTIES, for_two), 409, "IDENTITY")


def test_everybody_in_it_sees_it_and_those_who_work_there_and_nobody_else(
    party, as_chen, as_manager, as_officer, as_foreign_manager, people
):
    address = f"{PARTIES}{party['code']}/"

    assert [stay["mine"] for stay in as_chen.get(address).json()["stays"]] == [False, True]
    assert as_manager.get(address).status_code == as_officer.get(address).status_code == 200
    stranger = caller(people("周梅", "female").user)
    for nobody in (as_foreign_manager, stranger):
        problem(nobody.get(address), 404, "NOT_FOUND")


def test_who_made_it_cancels_it_and_a_friend_only_their_own_stay(party, as_lin, as_chen):
    address = f"{PARTIES}{party['code']}/cancellation/"

    problem(as_chen.post(address), 403, "NO_RIGHT")
    answer = as_lin.post(address)

    assert {stay["status"] for stay in answer.json()["stays"]} == {"cancelled"}
    assert answer.json()["actions"]["cancel"]["reason"]["code"] == "STATE"
    problem(as_lin.post(address), 409, "STATE")


def test_sent_twice_it_books_once(as_lin, for_two):
    first, second = (as_lin.post(PARTIES, for_two, HTTP_IDEMPOTENCY_KEY="p-1") for _ in range(2))

    assert first.json() == second.json()
    assert Party.objects.count() == 1


def test_four_cost_as_many_statements_to_look_at_as_two(as_lin, for_two, people):
    two = as_lin.post(PARTIES, for_two).json()["code"]
    later = {"arrival": f"{TOMORROW + timedelta(days=1)}", "departure": f"{TOMORROW + timedelta(days=2)}"}
    four = [*for_two["members"], *(friend(people("周梅", "female")) for _ in range(2))]
    more = as_lin.post(PARTIES, for_two | later | {"members": four}).json()["code"]

    costs = [statements(lambda code=code: as_lin.get(f"{PARTIES}{code}/")) for code in (two, more)]

    assert costs[0] == costs[1]
