import re
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session

from accounts.models import Deed, Role, User
from bookings.desk import check_in
from hostel.models import Hostel
from tests.conftest import FRIDAY, NOW
from tests.web.conftest import text_of

SHEET, BEAT, SHELL, WORKER = "/desk/sheet/", "/desk/beat/", "/desk/offline/", "/desk/sw.js"


# --- the beat ---------------------------------------------------------------------------------------------------------
def test_a_beat_asks_the_database_nothing_and_is_kept_by_nobody(enter, manager, django_assert_num_queries, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    browser = enter(manager)

    with django_assert_num_queries(0):
        answer = browser.get(BEAT)

    assert (answer.status_code, answer.content) == (204, b"")
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_a_beat_is_only_asked(enter, manager):
    assert enter(manager).post(BEAT).status_code == 405


# --- the sheet --------------------------------------------------------------------------------------------------------
def test_the_sheet_is_for_the_house_s_managers(client, enter, lin, officer, foreign_manager, hostel):
    assert client.get(SHEET)["Location"].startswith("/login/")
    for who in (lin.user, officer):
        assert enter(who).get(SHEET).status_code == 403
    assert enter(foreign_manager).get(SHEET, {"hostel": hostel.slug}).status_code == 403
    assert enter(foreign_manager).get(SHEET).json()["hostel"]["slug"] == "mudu"
    assert not Deed.objects.filter(what="see_sheet").exists()


def test_the_sheet_says_whose_it_is_and_is_kept_by_no_cache_on_the_way(enter, manager, lin, hostel, friday_stay):
    stay = friday_stay(lin, hostel)
    answer = enter(manager).get(SHEET)

    assert "no-store" in answer["Cache-Control"]
    sheet = answer.json()
    assert [line["code"] for line in sheet["stays"]] == [stay.code]
    assert sheet["me"]["id"] == manager.pk
    assert Deed.objects.get(what="see_sheet").actor == manager


def test_a_manager_of_two_houses_has_the_sheet_of_the_one_that_is_open(enter, manager, lin, hostel, friday_stay):
    other = Hostel.objects.get(slug="mudu")
    Role.objects.create(user=manager, kind="manager", hostel=other, valid_from=FRIDAY)
    stay = friday_stay(lin, hostel)
    browser = enter(manager)

    assert [line["code"] for line in browser.get(SHEET).json()["stays"]] == [stay.code]
    assert browser.get(SHEET, {"hostel": "mudu"}).json()["stays"] == []


# --- the shell and its worker -----------------------------------------------------------------------------------------
def test_the_shell_names_nobody_and_no_house(enter, manager, lin, chen, hostel, friday_stay):
    stay = friday_stay(lin, hostel)
    check_in(friday_stay(chen, hostel), compared=True, now=NOW, actor=manager)
    browser = enter(manager)

    html = browser.get(SHELL).content.decode()

    for told in (
        lin.name,
        "林**",
        "陈**",
        stay.code,
        lin.user.phone[-4:],
        lin.document[-4:],
        hostel.name_zh,
        hostel.slug,
    ):
        assert told not in html
    assert manager.phone[-4:] not in html
    assert "csrfmiddlewaretoken" not in html
    assert not re.search(r'data-(me|hostel)="', html)


def test_the_shell_is_the_same_for_everybody_who_speaks_the_language(client, enter, manager, lin):
    assert client.get(SHELL).content == enter(manager).get(SHELL).content == enter(lin.user).get(SHELL).content


def test_the_shell_speaks_the_person_s_language_and_says_which(enter, manager):
    browser = enter(manager)
    assert browser.get(SHELL)["Content-Language"] == "zh-hans"

    User.objects.filter(pk=manager.pk).update(language="en")
    answer = browser.get(SHELL)

    assert answer["Content-Language"] == "en"
    assert 'lang="en"' in answer.content.decode()
    assert "Only with the connection" in text_of(answer)
    assert not re.search("[\u4e00-\u9fff]", text_of(answer))


def test_a_walk_in_without_a_line_is_asked_for_a_home_in_the_words_of_the_answer(client, db):
    shell = client.get(SHELL).content.decode()

    answers = re.findall(r'name="home" value="(\w+)"[^>]*><span>(.*?)</span>', shell)
    assert answers == [("no", "没有"), ("yes", "有")]


def test_no_tick_of_the_shell_is_set_before_somebody_sets_it(client, db):
    ticks = re.findall(r'<input type="checkbox"[^>]*>', client.get(SHELL).content.decode())

    assert len(ticks) == 3
    assert not [tick for tick in ticks if "checked" in tick]


def test_the_worker_is_asked_anew_each_time_and_rules_the_desk_alone(client, django_assert_num_queries, db):
    client.get(WORKER)
    with django_assert_num_queries(0):
        answer = client.get(WORKER)

    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert answer["Service-Worker-Allowed"] == "/desk/"
    script = answer.content.decode()
    assert '"/desk/offline/"' in script
    assert 'importScripts("/static/web/desk/worker.js")' in script


def test_every_file_that_the_shell_asks_for_is_kept_by_the_worker(client, db):
    html, script = client.get(SHELL).content.decode(), client.get(WORKER).content.decode()
    asked = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', html))
    for name in list(asked):
        if name.endswith(".js"):
            source = Path(f"web{name}").read_text()
            asked |= {f"/static/web/desk/{other}" for other in re.findall(r'from "\./([\w.]+)"', source)}

    assert {name for name in asked if f'"{name}"' not in script} == set()


def test_no_word_of_the_shell_stands_in_a_script():
    for name in ("shell", "store", "worker", "device", "leaving"):
        source = Path(f"web/static/web/desk/{name}.js").read_text()
        assert not re.search("[\u4e00-\u9fff]", source), name


def test_a_page_of_the_desk_brings_the_worker_along(enter, manager):
    html = enter(manager).get("/desk/").content.decode()

    assert 'data-worker="/desk/sw.js" data-shell="/desk/offline/"' in html


# --- logging out ------------------------------------------------------------------------------------------------------
def test_who_logs_out_has_the_browser_delete_what_its_pages_keep(enter, manager):
    browser = enter(manager)

    answer = browser.post("/logout/")

    assert (answer.status_code, answer["Clear-Site-Data"]) == (302, '"storage"')
    assert not Session.objects.exists()


def test_logging_out_is_held_back_while_acts_wait_to_be_sent(enter, manager):
    browser = enter(manager)
    browser.cookies["desk_queue"] = "2"

    answer = browser.post("/logout/")

    assert answer.status_code == 409
    assert "Clear-Site-Data" not in answer
    assert "前台还有事项只存在这台设备上" in text_of(answer)
    assert "2" in text_of(answer)
    assert browser.get("/desk/").status_code == 200
    assert "disabled" in re.search(r"<button class=\"btn btn-primary\"[^>]*>", answer.content.decode())[0]

    browser.cookies["desk_queue"] = "0"
    assert browser.post("/logout/").status_code == 302


@pytest.mark.parametrize("said", ["", "0", "-1", "two", "9" * 40])
def test_a_cookie_that_says_nothing_holds_nobody_back(enter, manager, said):
    browser = enter(manager)
    browser.cookies["desk_queue"] = said

    assert browser.post("/logout/").status_code == 302


def test_who_never_had_a_desk_open_leaves_without_a_script(enter, lin):
    assert "leaving.js" not in enter(lin.user).get("/logout/").content.decode()
