from datetime import timedelta

import pytest

from accounts.models import Person
from accounts.pins import set_pin
from desk.models import Act, Handover, Note
from hostel.models import Hostel
from tests.conftest import FRIDAY, NOW, moment, staff
from tests.web.conftest import text_of

LOG, PIN = "/desk/log/", "482915"


@pytest.fixture
def wang(manager):
    Person.objects.create(user=manager, name="王秀兰")
    return manager


@pytest.fixture
def li(hostel):
    user = staff("+8613800000022", "manager", hostel=hostel)
    Person.objects.create(user=user, name="李建国")
    set_pin(user, PIN, now=NOW)
    return user


def write(browser, act_id="n1", **said):
    return browser.post(LOG, {"act_id": act_id, "kind": "note", "text": "晚上有雨"} | said)


def test_an_empty_log_says_what_belongs_in_it(enter, wang):
    page = text_of(enter(wang).get(LOG))

    assert "还没有记录" in page
    assert "没有待办" in page
    assert "这一班还没有办过事" in page


def test_what_is_written_stands_there_with_its_writer_and_its_hour(enter, wang):
    browser = enter(wang)

    assert write(browser, kind="keys", text="203 的钥匙在锁匠那里")["Location"] == LOG

    page = text_of(browser.get(LOG))
    assert "钥匙 203 的钥匙在锁匠那里" in page
    assert "王秀兰 · 今天 10:00" in page


def test_a_form_that_is_sent_twice_writes_once(enter, wang):
    browser = enter(wang)

    for _ in range(2):
        assert write(browser).status_code == 302

    assert Note.objects.count() == 1


def test_without_words_nothing_is_written_and_the_choice_is_kept(enter, wang):
    answer = write(enter(wang), kind="todo", text=" ")

    assert answer.status_code == 422
    assert "写上要让下一班知道的事" in text_of(answer)
    assert 'value="todo" checked' in answer.content.decode()
    assert not Note.objects.exists()


def test_what_is_to_do_is_done_by_one_tap_and_says_by_whom(enter, wang, clock):
    browser = enter(wang)
    write(browser, kind="todo", text="给 201 送一床被子", due=moment(FRIDAY, 22).isoformat())
    note = Note.objects.get()
    assert "今天 22:00 前" in text_of(browser.get(LOG))

    clock.now = NOW + timedelta(hours=1)
    browser.post(LOG, {"act_id": "d1", "note": note.pk})

    page = text_of(browser.get(LOG))
    assert "没有待办" in page
    assert "王秀兰 今天 11:00 办完" in page


def test_a_note_of_a_stay_leads_back_to_the_stay(enter, wang, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel)
    browser = enter(wang)

    answer = write(browser, stay=stay.code, next=f"/desk/stays/{stay.code}/")

    assert answer["Location"] == f"/desk/stays/{stay.code}/"
    assert "晚上有雨" in text_of(browser.get(answer["Location"]))
    assert Act.objects.get(what="note").stay == stay


def test_the_way_back_never_leads_out_of_the_desk(enter, wang):
    assert write(enter(wang), next="https://elsewhere.example/desk/")["Location"] == LOG
    assert write(enter(wang), "n2", next="/office/")["Location"] == LOG


def test_the_shift_is_handed_over_by_the_second_pin_with_what_is_left_to_do(enter, wang, li, clock):
    browser = enter(wang)
    write(browser, kind="todo", text="给 201 送一床被子")
    clock.now = NOW + timedelta(hours=1)

    answer = browser.post(LOG, {"handover": "1", "taken_by": li.pk, "pin": PIN})

    assert answer.status_code == 302
    page = browser.get(LOG)
    assert page.context["desk"].user == li
    assert "李建国接班，接过 1 件待办" in text_of(page)
    assert "王秀兰 交班给 李建国" in text_of(page)
    assert "给 201 送一床被子" in text_of(page)
    assert Handover.objects.get().given_by == wang


def test_without_the_pin_of_who_comes_on_nothing_is_handed_over(enter, wang, li, foreign_manager):
    set_pin(foreign_manager, PIN, now=NOW)
    browser = enter(wang)

    for said in ({"taken_by": li.pk, "pin": "731846"}, {"taken_by": foreign_manager.pk, "pin": PIN}, {"pin": PIN}):
        assert browser.post(LOG, {"handover": "1"} | said).status_code == 422

    assert browser.get(LOG).context["desk"].user == wang
    assert not Handover.objects.exists()


def test_nothing_of_another_houses_log_is_shown_or_ended(enter, wang, foreign_manager):
    mudu = Hostel.objects.get(slug="mudu")
    note = Note.objects.create(hostel=mudu, kind="todo", text="木渎的事", by=foreign_manager, at=NOW)
    browser = enter(wang)

    assert "木渎的事" not in text_of(browser.get(LOG))
    browser.post(LOG, {"act_id": "d1", "note": note.pk})

    note.refresh_from_db()
    assert note.done_at is None
    assert browser.get(LOG, {"hostel": "mudu"}).status_code == 403


def test_a_log_costs_the_same_for_one_line_as_for_many(enter, wang, hostel, django_assert_num_queries):
    browser = enter(wang)
    for number in (1, 2, 9):
        for _ in range(number):
            Note.objects.create(hostel=hostel, kind="todo", text="…", by=wang, at=NOW)
        with django_assert_num_queries(10):
            browser.get(LOG)
