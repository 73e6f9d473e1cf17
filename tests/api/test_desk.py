"""The desk over REST: each act carries its key and the moment it happened."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Deed
from bookings.booking import book
from bookings.models import Stay
from hostel.models import Bed
from hostel.nights import Nights
from tests.api.conftest import TODAY, TOMORROW, problem
from tests.api.counting import statements

DESK = "/api/v1/desk/"


def act(**more):
    return {"act_id": "a-1", "happened_at": timezone.now().isoformat(), **more}


@pytest.fixture
def at_desk(stay):
    return f"{DESK}stays/{stay.code}/"


@pytest.fixture
def in_house(stay):
    """Lin's stay, booked three hours ago and begun two hours ago."""
    now = timezone.now()
    Stay.objects.update(booked_at=now - timedelta(hours=3), checked_in_at=now - timedelta(hours=2))
    stay.refresh_from_db()
    return stay


def test_the_board_shows_who_comes_stays_leaves_and_should_have_left(as_manager, lin, chen, hostel, stay):
    other = book(guest=chen, hostel=hostel, nights=Nights(TODAY, TOMORROW), purpose="exam", now=timezone.now())

    def board():
        body = as_manager.get(f"{DESK}baodaiqiao/today/").json()
        return {
            column: [row["code"] for row in body[column]] for column in ("due_in", "in_house", "due_out", "overdue")
        }

    assert board() == {"due_in": [stay.code, other.code], "in_house": [], "due_out": [], "overdue": []}
    Stay.objects.filter(pk=other.pk).update(checked_in_at=timezone.now())
    assert board() == {"due_in": [stay.code], "in_house": [other.code], "due_out": [], "overdue": []}
    Stay.objects.filter(pk=other.pk).update(arrival=TODAY - timedelta(days=1), departure=TODAY)
    assert board()["due_out"] == [other.code]
    Stay.objects.filter(pk=other.pk).update(arrival=TODAY - timedelta(days=2), departure=TODAY - timedelta(days=1))
    assert board()["overdue"] == [other.code]


def test_a_row_of_the_board_has_a_bed_a_masked_name_and_what_may_be_done(as_manager, lin, stay):
    answer = as_manager.get(f"{DESK}baodaiqiao/today/")

    body = answer.json()
    (row,) = body["due_in"]
    assert (body["hostel"]["slug"], body["date"]) == ("baodaiqiao", f"{TODAY}")
    assert row["bed"] == str(stay.bed_nights.get().bed)
    assert (row["guest"], row["gender"]) == ("林**", "female")
    assert row["actions"]["check_in"] == {"ok": True, "reason": None}
    assert row["actions"]["check_out"]["reason"]["code"] == "STATE"
    assert lin.name not in answer.content.decode()
    assert lin.document not in answer.content.decode()


def test_the_board_is_for_the_house_s_manager_and_the_officer(as_manager, as_officer, stay):
    for allowed in (as_manager, as_officer):
        assert allowed.get(f"{DESK}baodaiqiao/today/").status_code == 200


def test_the_board_is_for_nobody_else(as_lin, as_stranger, as_foreign_manager, as_auditor, stay):
    for other in (as_lin, as_stranger, as_foreign_manager, as_auditor):
        problem(other.get(f"{DESK}baodaiqiao/today/"), 403, "NO_RIGHT")
        problem(other.get(f"{DESK}nowhere/today/"), 404, "NOT_FOUND")


def test_a_guest_is_let_in(as_manager, at_desk, stay, manager):
    body = as_manager.post(f"{at_desk}check-in/", act(compared=True)).json()

    stay.refresh_from_db()
    assert body["status"] == stay.status == "in_house"
    assert body["actions"]["check_out"]["ok"] is True
    assert Deed.objects.get(what="check_in").actor == manager


def test_an_act_sent_twice_happened_once(as_manager, at_desk):
    sent = act(compared=True)

    first = as_manager.post(f"{at_desk}check-in/", sent)
    again = as_manager.post(f"{at_desk}check-in/", sent)

    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert Deed.objects.filter(what="check_in").count() == 1


def test_another_act_under_the_same_id_is_422(as_manager, at_desk):
    as_manager.post(f"{at_desk}check-in/", act(compared=True))

    problem(as_manager.post(f"{at_desk}check-in/", act(compared=False)), 422, "IDEMPOTENCY_KEY_REUSED")


def test_another_act_on_a_guest_who_is_in_is_refused_with_the_state(as_manager, at_desk):
    as_manager.post(f"{at_desk}check-in/", act(compared=True))

    problem(as_manager.post(f"{at_desk}check-in/", act(compared=True) | {"act_id": "a-2"}), 409, "STATE")


def test_the_moment_is_when_it_happened(as_manager, in_house):
    hour_ago = timezone.now() - timedelta(hours=1)

    body = as_manager.post(f"{DESK}stays/{in_house.code}/check-out/", act(happened_at=hour_ago.isoformat())).json()

    in_house.refresh_from_db()
    assert body["status"] == "left"
    assert in_house.checked_out_at == hour_ago
    assert body["nights"] == []


@pytest.mark.parametrize("hours", [24.1, 48, -0.1, -24])
def test_a_moment_to_come_or_of_yesterday_is_a_field_error(as_manager, at_desk, hours):
    moment = timezone.now() - timedelta(hours=hours)

    body = problem(
        as_manager.post(f"{at_desk}check-in/", act(compared=True, happened_at=moment.isoformat())), 422, "FIELDS"
    )

    assert [error["field"] for error in body["errors"]] == ["happened_at"]


def test_a_clock_that_is_a_little_fast_is_forgiven(as_manager, at_desk, stay):
    soon = timezone.now() + timedelta(seconds=30)

    answer = as_manager.post(f"{at_desk}check-in/", act(compared=True, happened_at=soon.isoformat()))

    stay.refresh_from_db()
    assert answer.status_code == 200
    assert stay.checked_in_at < soon


def test_a_person_who_was_not_compared_is_not_let_in(as_manager, at_desk, stay):
    problem(as_manager.post(f"{at_desk}check-in/", act(compared=False)), 409, "COMPARE")

    stay.refresh_from_db()
    assert stay.status == "confirmed"


def test_a_document_read_in_addition_must_match(as_manager, at_desk, lin, chen):
    problem(as_manager.post(f"{at_desk}check-in/", act(compared=True, document_number=chen.document)), 409, "DOCUMENT")

    right = act(compared=True, document_number=lin.document) | {"act_id": "a-2"}
    assert as_manager.post(f"{at_desk}check-in/", right).status_code == 200


def test_a_guest_may_get_another_bed(as_manager, at_desk, stay, hostel):
    kept = stay.bed_nights.get().bed
    other = Bed.objects.filter(room__hostel=hostel, room__guests="female").exclude(pk=kept.pk).first()

    as_manager.post(f"{at_desk}check-in/", act(compared=True, bed=str(other)))

    assert stay.bed_nights.get().bed == other


def test_a_bed_for_others_is_refused(as_manager, at_desk, stay, hostel):
    mens = Bed.objects.filter(room__hostel=hostel, room__guests="male").first()

    problem(as_manager.post(f"{at_desk}check-in/", act(compared=True, bed=str(mens))), 409, "BED")


@pytest.mark.parametrize(
    "change, field",
    [
        ({"act_id": ""}, "act_id"),
        ({"act_id": "x" * 81}, "act_id"),
        ({"act_id": "a\nb"}, "act_id"),
        ({"act_id": None}, "act_id"),
        ({"happened_at": "yesterday"}, "happened_at"),
        ({"happened_at": "9999-12-31T23:59:59Z"}, "happened_at"),
        ({"happened_at": "0001-01-01T00:00:00"}, "happened_at"),
        ({"happened_at": "0001-01-01T00:00:00+14:00"}, "happened_at"),
        ({"happened_at": 1}, "happened_at"),
        ({"compared": "perhaps"}, "compared"),
        ({"compared": None}, "compared"),
        ({"bed": "9999-1"}, "bed"),
        ({"bed": "201"}, "bed"),
        ({"bed": "201-999"}, "bed"),
        ({"bed": "201-1\0"}, "bed"),
        ({"document_number": "1" * 41}, "document_number"),
    ],
)
def test_what_cannot_be_is_a_field_error(as_manager, at_desk, stay, change, field):
    body = problem(as_manager.post(f"{at_desk}check-in/", act(compared=True) | change), 422, "FIELDS")

    assert {error["field"] for error in body["errors"]} == {field}
    stay.refresh_from_db()
    assert stay.status == "confirmed"


def test_who_has_not_come_is_written_down_after_the_time_is_over(as_manager, at_desk, stay):
    early = as_manager.post(f"{at_desk}no-show/", act())
    Stay.objects.update(kept_until=timezone.now() - timedelta(minutes=1))
    late = as_manager.post(f"{at_desk}no-show/", act() | {"act_id": "a-2"})

    problem(early, 409, "KEPT")
    assert (late.json()["status"], late.json()["nights"]) == ("no_show", [])


@pytest.mark.parametrize(
    "moment", ["yesterday", 1, "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2026-03-06"]
)
def test_a_wrong_moment_is_said_in_chinese_to_who_reads_chinese(as_manager, at_desk, moment):
    sent = act(compared=True, happened_at=moment)

    body = as_manager.post(f"{at_desk}check-in/", sent, HTTP_ACCEPT_LANGUAGE="zh-hans").json()

    assert body["errors"][0]["detail"] in (
        "请写明时刻，如 2026-03-06T15:02:00+08:00。",
        "这个时间还没到。",
        "这是 24 小时以前的事了。",
    )


@pytest.mark.parametrize("end", ["check-in/", "check-out/", "no-show/"])
def test_who_has_no_right_learns_nothing_of_how_an_act_should_look(as_chen, as_lin, as_manager, at_desk, stay, end):
    for sent in ({}, {"act_id": 7, "happened_at": "x"}):
        problem(as_chen.post(f"{at_desk}{end}", sent), 404, "NOT_FOUND")
        problem(as_lin.post(f"{at_desk}{end}", sent), 403, "NO_RIGHT")
        problem(as_manager.post(f"{DESK}stays/NOSUCH/{end}", sent), 404, "NOT_FOUND")
        problem(as_manager.post(f"{at_desk}{end}", sent), 422, "FIELDS")
    problem(as_chen.generic("POST", f"{at_desk}{end}", b"{", content_type="application/json"), 404, "NOT_FOUND")


@pytest.mark.parametrize("end", ["check-in/", "check-out/", "no-show/"])
def test_an_act_is_for_the_house_s_manager(
    as_lin, as_chen, as_stranger, as_foreign_manager, as_officer, as_auditor, at_desk, stay, end
):
    sent = act(compared=True)
    for who in (as_chen, as_stranger, as_foreign_manager, as_auditor):
        problem(who.post(f"{at_desk}{end}", sent), 404, "NOT_FOUND")
    for who in (as_lin, as_officer):
        problem(who.post(f"{at_desk}{end}", sent), 403, "NO_RIGHT")
    stay.refresh_from_db()
    assert stay.status == "confirmed"


def test_the_board_costs_the_same_for_three_as_for_one(as_manager, people, hostel, stay):
    def board():
        as_manager.get(f"{DESK}baodaiqiao/today/")

    one = statements(board)
    for name in ("周一", "吴二"):
        guest = people(name, "male", graduation=f"{TODAY.year - 1}-06")
        book(guest=guest, hostel=hostel, nights=Nights(TODAY, TOMORROW), purpose="exam", now=timezone.now())

    assert one == statements(board) == 5
