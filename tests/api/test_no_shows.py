"""No-shows over REST: the guest says why, an officer answers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Deed
from bookings.models import NoShow
from tests.api.conftest import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def missed(stay):
    """Lin's stay, missed yesterday."""
    then = timezone.now() - timedelta(days=1)
    stay.bed_nights.update(released_at=then)
    stay.no_show_at = stay.kept_until = then
    stay.save(update_fields=["no_show_at", "kept_until"])
    NoShow.objects.create(stay=stay, guest=stay.guest, at=then)
    return stay


def test_the_guest_says_why_and_an_officer_takes_it_back(missed, as_lin, as_officer, lin):
    assert as_lin.get(f"/api/v1/stays/{missed.code}/").json()["actions"]["appeal"] == {"ok": True, "reason": None}

    written = as_lin.post(f"/api/v1/stays/{missed.code}/appeal/", {"text": "病了"}).json()
    assert written["appealed_at"]
    [waiting] = as_officer.get("/api/v1/no-shows/?waiting=true").json()["results"]
    assert waiting["stay"] == missed.code
    assert "appeal" not in waiting
    detail = as_officer.get(f"/api/v1/no-shows/{missed.code}/").json()
    assert detail["appeal"] == "病了"
    assert Deed.objects.filter(what="see_no_show", person=lin).count() == 1

    answer = as_officer.post(f"/api/v1/no-shows/{missed.code}/decision/", {"lift": True, "because": "有病历"})

    assert answer.json()["lifted_at"]
    assert answer.json()["actions"]["lift"]["reason"]["code"] == "LIFTED"
    assert as_officer.get("/api/v1/no-shows/?waiting=true").json()["results"] == []
    assert as_officer.get("/api/v1/no-shows/?waiting=false").json()["results"][0]["answer"] == "有病历"


def test_a_second_word_and_a_second_answer_are_refused(missed, as_lin, as_officer):
    appeal, decision = f"/api/v1/stays/{missed.code}/appeal/", f"/api/v1/no-shows/{missed.code}/decision/"
    stays = {"lift": False, "because": "没有凭证"}
    problem(as_officer.post(decision, stays), 409, "NO_APPEAL")
    as_lin.post(appeal, {"text": "病了"})

    problem(as_lin.post(appeal, {"text": "还有"}), 409, "APPEALED")
    assert as_officer.post(decision, stays).status_code == 200
    problem(as_officer.post(decision, stays), 409, "ANSWERED")


def test_a_stay_that_was_not_missed_has_no_appeal(stay, as_lin, as_officer):
    problem(as_lin.post(f"/api/v1/stays/{stay.code}/appeal/", {"text": "病了"}), 409, "STATE")
    assert as_officer.get(f"/api/v1/no-shows/{stay.code}/").status_code == 404


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "长" * 1001}, {"text": ["病了"]}])
def test_nothing_said_is_a_field_error(body, missed, as_lin):
    assert as_lin.post(f"/api/v1/stays/{missed.code}/appeal/", body, format="json").status_code == 422


def test_sent_twice_under_one_key_it_is_answered_once(missed, as_lin):
    sent = [
        as_lin.post(f"/api/v1/stays/{missed.code}/appeal/", {"text": "病了"}, headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]

    assert [answer.status_code for answer in sent] == [200, 200]
    assert Deed.objects.filter(what="appeal_no_show").count() == 1
