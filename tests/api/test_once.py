"""Every write can be repeated under its Idempotency-Key."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from accounts.idempotency import forget_old_keys
from accounts.models import Deed, IdempotencyKey
from bookings.models import Stay
from hostel.models import Bed
from tests.api.conftest import TODAY, TOMORROW, caller, problem

STAYS = "/api/v1/stays/"


def test_the_same_key_and_body_get_the_same_answer_and_happen_once(as_lin, wish):
    first = as_lin.post(STAYS, wish, HTTP_IDEMPOTENCY_KEY="k-1")
    again = as_lin.post(STAYS, dict(reversed(wish.items())), HTTP_IDEMPOTENCY_KEY="k-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Stay.objects.count() == 1


def test_without_a_key_every_write_is_a_new_one(as_lin, wish):
    as_lin.post(STAYS, wish)

    problem(as_lin.post(STAYS, wish), 409, "OVERLAP")
    assert not IdempotencyKey.objects.exists()


def test_another_body_under_the_same_key_is_422(as_lin, wish):
    as_lin.post(STAYS, wish, HTTP_IDEMPOTENCY_KEY="k-1")

    body = problem(
        as_lin.post(STAYS, wish | {"purpose": "exam"}, HTTP_IDEMPOTENCY_KEY="k-1"), 422, "IDEMPOTENCY_KEY_REUSED"
    )

    assert body["type"] == "/api/problems/key-reused/"
    assert Stay.objects.get().purpose == "interview"


def test_a_refusal_is_kept_although_what_it_refused_rolled_back(as_lin, hostel, wish):
    Bed.objects.filter(room__hostel=hostel).update(valid_until=TODAY)
    first = as_lin.post(STAYS, wish, HTTP_IDEMPOTENCY_KEY="k-1")
    Bed.objects.filter(room__hostel=hostel).update(valid_until=None)

    again = as_lin.post(STAYS, wish, HTTP_IDEMPOTENCY_KEY="k-1")

    problem(first, 409, "FULL")
    assert problem(again, 409, "FULL") == first.json()
    assert not Stay.objects.exists()
    assert as_lin.post(STAYS, wish, HTTP_IDEMPOTENCY_KEY="k-2").status_code == 201


def test_a_refusal_s_key_is_not_for_another_body_either(as_lin, wish):
    as_lin.post(STAYS, wish | {"purpose": "sightseeing"}, HTTP_IDEMPOTENCY_KEY="k-1")

    problem(as_lin.post(STAYS, wish, HTTP_IDEMPOTENCY_KEY="k-1"), 422, "IDEMPOTENCY_KEY_REUSED")


def test_a_want_of_right_is_not_replayed(as_officer, officer, stay):
    address = f"{STAYS}{stay.code}/cancellation/"
    problem(as_officer.post(address, HTTP_IDEMPOTENCY_KEY="k-1"), 403, "NO_RIGHT")

    stay.guest.user = officer
    stay.guest.save()

    assert as_officer.post(address, HTTP_IDEMPOTENCY_KEY="k-1").json()["status"] == "cancelled"


def test_a_field_error_is_looked_at_again(as_lin, wish):
    problem(as_lin.post(STAYS, wish | {"hostel": "nowhere"}, HTTP_IDEMPOTENCY_KEY="k-1"), 422, "FIELDS")

    assert as_lin.post(STAYS, wish, HTTP_IDEMPOTENCY_KEY="k-1").status_code == 201


def test_a_key_belongs_to_a_person_an_address_and_a_method(as_lin, as_chen, wish):
    hers = as_lin.post(STAYS, wish, HTTP_IDEMPOTENCY_KEY="k-1").json()
    his = as_chen.post(STAYS, wish, HTTP_IDEMPOTENCY_KEY="k-1").json()
    cancelled = as_lin.post(f"{STAYS}{hers['code']}/cancellation/", {}, HTTP_IDEMPOTENCY_KEY="k-1").json()

    assert hers["code"] != his["code"]
    assert cancelled["status"] == "cancelled"
    assert IdempotencyKey.objects.count() == 3


def test_every_write_of_a_guest_honours_its_key(as_lin, wish):
    held = as_lin.post(STAYS, wish | {"hold": True}, HTTP_IDEMPOTENCY_KEY="h").json()
    for end in ("hold/", "confirmation/", "cancellation/"):
        address = f"{STAYS}{held['code']}/{end}"
        first = as_lin.post(address, {}, HTTP_IDEMPOTENCY_KEY="k")
        again = as_lin.post(address, {}, HTTP_IDEMPOTENCY_KEY="k")
        assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
        assert again["Idempotency-Replayed"] == "true"
    first = as_lin.patch("/api/v1/me/", {"school_city": "南京"}, HTTP_IDEMPOTENCY_KEY="k")
    as_lin.patch("/api/v1/me/", {"school_city": "杭州"})
    again = as_lin.patch("/api/v1/me/", {"school_city": "南京"}, HTTP_IDEMPOTENCY_KEY="k")
    assert again.json() == first.json()
    assert as_lin.get("/api/v1/me/").json()["school_city"] == "杭州"


def test_after_a_day_the_key_is_free_again(as_lin, wish):
    as_lin.post(STAYS, wish, HTTP_IDEMPOTENCY_KEY="k-1")
    IdempotencyKey.objects.update(written_at=timezone.now() - timedelta(hours=24, seconds=1))

    problem(as_lin.post(STAYS, wish, HTTP_IDEMPOTENCY_KEY="k-1"), 409, "OVERLAP")
    assert IdempotencyKey.objects.get().status == 409


def test_old_keys_are_forgotten_and_younger_ones_stay(as_lin, wish):
    for key in ("old", "young"):
        as_lin.post(STAYS, wish, HTTP_IDEMPOTENCY_KEY=key)
    IdempotencyKey.objects.filter(key="old").update(written_at=timezone.now() - timedelta(hours=25))

    assert forget_old_keys(timezone.now()) == 1
    assert forget_old_keys(timezone.now()) == 0
    assert IdempotencyKey.objects.get().key == "young"


@pytest.mark.parametrize("key", ["", "x" * 81, "钥匙", "a\tb", "caf\xe9"])
def test_a_key_that_cannot_be_is_a_field_error(as_lin, wish, key):
    body = problem(as_lin.post(STAYS, wish, HTTP_IDEMPOTENCY_KEY=key), 422, "FIELDS")

    assert body["errors"][0]["field"] == "Idempotency-Key"
    assert not Stay.objects.exists()


def test_eighty_characters_are_a_key(as_lin, wish):
    assert as_lin.post(STAYS, wish, HTTP_IDEMPOTENCY_KEY="~ k" * 26 + "xx").status_code == 201


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_the_same_write_twice_at_the_same_moment_happens_once(lin, wish, round_):
    clients = [caller(lin.user) for _ in range(6)]
    start, answers = threading.Barrier(len(clients)), []

    def ask(client):
        start.wait()
        answers.append(client.post(STAYS, wish, HTTP_IDEMPOTENCY_KEY="k-1"))
        connections.close_all()

    threads = [threading.Thread(target=ask, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer for answer in answers) == 1
    assert Stay.objects.count() == 1
    assert Deed.objects.filter(what="book").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_bodies_under_one_key_at_the_same_moment_are_one_stay_and_one_422(lin, wish):
    answers, start = [], threading.Barrier(2)
    later = wish | {"arrival": f"{TOMORROW + timedelta(days=3)}", "departure": f"{TOMORROW + timedelta(days=4)}"}

    def ask(client, body):
        start.wait()
        answers.append(client.post(STAYS, body, HTTP_IDEMPOTENCY_KEY="k-1").status_code)
        connections.close_all()

    threads = [threading.Thread(target=ask, args=(caller(lin.user), body)) for body in (wish, later)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [201, 422]
    assert Stay.objects.count() == 1
