"""The shift log over REST: what is written, what is to do, what is done."""

from datetime import timedelta

import pytest
from django.utils import timezone

from desk.models import Act, Note
from hostel.models import Hostel
from tests.api.conftest import caller, problem
from tests.api.counting import statements

LOG = "/api/v1/desk/baodaiqiao/log/"


def act(name="a-1", **more):
    return {"act_id": name, "happened_at": timezone.now().isoformat(), **more}


def test_a_note_is_written_once_and_read_again(as_manager, manager, stay):
    body = act(kind="keys", text="203 的钥匙在锁匠那里", stay=stay.code.lower())

    first = as_manager.post(LOG, body)
    again = as_manager.post(LOG, body)

    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    [line] = as_manager.get(LOG).json()["results"]
    assert line == first.json()
    assert (line["kind"], line["text"], line["stay"], line["by"]) == (
        "keys",
        "203 的钥匙在锁匠那里",
        stay.code,
        "+86 138******11",
    )
    assert Act.objects.get().by == manager


def test_what_is_to_do_is_open_until_somebody_has_done_it(as_manager):
    due = timezone.now() + timedelta(hours=2)
    note = as_manager.post(LOG, act(text="给 201 送一床被子", due=due.isoformat())).json()
    as_manager.post(LOG, act("a-2", text="晚上有雨"))
    assert (note["kind"], note["done_at"]) == ("todo", None)
    assert [each["id"] for each in as_manager.get(LOG, {"open": "true"}).json()["results"]] == [note["id"]]

    done = as_manager.post(f"{LOG}{note['id']}/done/", act("a-3"))

    assert (done.status_code, done.json()["done_by"]) == (200, "+86 138******11")
    assert as_manager.get(LOG, {"open": "true"}).json()["results"] == []
    assert len(as_manager.get(LOG).json()["results"]) == 2


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "长" * 501}, "text"),
        ({"kind": "secret", "text": "…"}, "kind"),
        ({"text": "…", "due": "morgen"}, "due"),
        ({"text": "…", "stay": "ABC234"}, "stay"),
        ({"text": "…", "act_id": ""}, "act_id"),
    ],
)
def test_what_does_not_read_as_it_should_is_not_written(as_manager, sent, field):
    answer = as_manager.post(LOG, act() | sent)

    assert [each["field"] for each in problem(answer, 422, "FIELDS")["errors"]] == [field]
    assert not Note.objects.exists()


def test_a_stay_of_another_house_is_not_written_about(as_manager, foreign_manager, stay):
    answer = caller(foreign_manager).post("/api/v1/desk/mudu/log/", act(text="…", stay=stay.code))

    assert answer.status_code == 422
    assert not Note.objects.exists()


def test_a_manager_reads_and_ends_nothing_of_another_house(as_manager, foreign_manager):
    note = as_manager.post(LOG, act(kind="todo", text="…")).json()
    stranger = caller(foreign_manager)

    assert stranger.get(LOG).status_code == 403
    assert stranger.post(f"{LOG}{note['id']}/done/", act("b-1")).status_code == 403
    assert stranger.post(f"/api/v1/desk/mudu/log/{note['id']}/done/", act("b-2")).status_code == 404
    assert Note.objects.get().done_at is None


def test_a_list_costs_the_same_for_one_line_as_for_many(as_manager, manager):
    house = Hostel.objects.get(slug="baodaiqiao")

    def write(number):
        now = timezone.now()
        for _ in range(number):
            Note.objects.create(hostel=house, kind="todo", text="…", by=manager, at=now, done_at=now, done_by=manager)

    write(1)
    for_one = statements(lambda: as_manager.get(LOG))
    write(2)
    for_three = statements(lambda: as_manager.get(LOG))
    write(12)

    assert (for_three, statements(lambda: as_manager.get(LOG))) == (for_one, for_one)
    assert len(as_manager.get(LOG).json()["results"]) == 15
