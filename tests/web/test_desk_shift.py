from datetime import timedelta

import pytest

from accounts.models import Deed, DeskPin, Person, Role
from accounts.pins import set_pin
from desk.models import Act
from hostel.models import Hostel
from tests.conftest import NOW, SATURDAY, SUNDAY, moment, staff
from tests.web.conftest import text_of

PIN, OTHER = "482915", "731846"
SHIFT = "/desk/shift/"


@pytest.fixture
def wang(manager):
    Person.objects.create(user=manager, name="王秀兰")
    return manager


@pytest.fixture
def li(hostel):
    """A colleague with a PIN."""
    user = staff("+8613800000022", "manager", hostel=hostel)
    Person.objects.create(user=user, name="李建国")
    set_pin(user, PIN, now=NOW)
    return user


def comes_on(browser, user, pin=PIN, **said):
    return browser.post(SHIFT, {"act": "come_on", "user": user.pk, "pin": pin, **said})


def test_without_a_pin_who_logs_in_is_on_at_once_and_the_desk_never_locks(enter, wang, clock):
    browser = enter(wang)
    assert "王秀兰" in text_of(browser.get("/desk/"))

    clock.now = NOW + timedelta(hours=5)

    page = browser.get("/desk/")
    assert page.status_code == 200
    assert page.context["desk"].user == wang
    assert "data-idle" not in page.content.decode()


def test_a_colleague_comes_on_by_pin_and_what_is_done_then_is_theirs(enter, wang, li, lin, hostel, friday_stay, clock):
    stay = friday_stay(lin, hostel)
    browser = enter(wang)

    answer = comes_on(browser, li)

    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert "李建国" in text_of(browser.get("/desk/"))
    browser.post(f"/desk/stays/{stay.code}/extend/", {"departure": SUNDAY.isoformat(), "act_id": "a1"})
    assert Act.objects.get(what="extend").by == li
    assert Deed.objects.get(what="extend").actor == li
    clock.now += timedelta(hours=1)
    assert browser.get("/desk/").status_code == 302  # nobody was there for an hour
    comes_on(browser, li)
    assert Deed.objects.filter(what="come_on", actor=li, hostel=hostel).count() == 2


def test_wrong_digits_change_nothing_and_the_sixth_try_is_not_looked_at(enter, wang, li):
    browser = enter(wang)

    for left in (4, 3, 2, 1):
        answer = comes_on(browser, li, OTHER)
        assert (answer.status_code, f"还可以试 {left} 次" in text_of(answer)) == (422, True)
    assert "PIN 错了 5 次，锁到" in text_of(comes_on(browser, li, OTHER))

    assert comes_on(browser, li, PIN).status_code == 422
    assert browser.get("/desk/").context["desk"].user == wang


def test_a_colleague_of_another_house_does_not_come_on_here(enter, wang, foreign_manager):
    set_pin(foreign_manager, PIN, now=NOW)
    browser = enter(wang)

    assert comes_on(browser, foreign_manager).status_code == 422
    assert browser.get("/desk/").context["desk"].user == wang


def test_whose_role_has_ended_does_not_come_on(enter, wang, li):
    Role.objects.filter(user=li).update(valid_until=NOW.date())

    assert comes_on(enter(wang), li).status_code == 422


def test_whose_role_ends_while_they_are_on_is_on_no_longer(enter, wang, li, clock):
    browser = enter(wang)
    comes_on(browser, li)
    Role.objects.filter(user=li).update(valid_until=SATURDAY)
    clock.now = moment(SATURDAY, 6)

    assert browser.get("/desk/")["Location"].startswith(SHIFT)
    locked = browser.get(SHIFT)
    assert locked.context["desk"].locked
    assert "李建国" not in text_of(locked)


def test_a_colleague_sees_only_the_houses_that_are_theirs_too(enter, wang, li, hostel):
    mudu = Hostel.objects.get(slug="mudu")
    Role.objects.create(user=wang, kind="manager", hostel=mudu, valid_from=NOW.date())
    browser = enter(wang)
    assert browser.get("/desk/", {"hostel": "mudu"}).status_code == 200

    comes_on(browser, li)

    assert browser.get("/desk/", {"hostel": "mudu"}).status_code == 403
    assert browser.get("/desk/").context["desk"].hostels == (hostel,)


def test_after_ten_minutes_without_anybody_the_desk_is_locked_and_opens_where_it_was(enter, li, clock):
    browser = enter(li)
    assert browser.get("/desk/").status_code == 200
    clock.now = NOW + timedelta(minutes=9, seconds=59)
    assert browser.get("/desk/").status_code == 200
    clock.now += timedelta(minutes=10)

    answer = browser.get("/desk/?tab=in_house")

    assert answer["Location"] == "/desk/shift/?next=%2Fdesk%2F%3Ftab%3Din_house"
    page = browser.get(answer["Location"])
    assert "已锁：谁当班" in text_of(page)
    assert comes_on(browser, li, next="/desk/?tab=in_house")["Location"] == "/desk/?tab=in_house"
    assert browser.get("/desk/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/desk/", "/desk/checkin/", "/desk/log/", "/desk/chart/", "/desk/rooms/", "/desk/register/"]
)
def test_a_locked_desk_shows_nothing(enter, li, lin, hostel, friday_stay, path):
    friday_stay(lin, hostel)
    browser = enter(li)
    browser.post(SHIFT, {"act": "lock"})

    answer = browser.get(path)

    assert (answer.status_code, answer["Location"].startswith(SHIFT)) == (302, True)
    assert "林" not in text_of(browser.get(SHIFT))


def test_what_a_script_asks_of_a_locked_desk_is_told_so(enter, li):
    browser = enter(li)
    browser.post(SHIFT, {"act": "lock"})

    answer = browser.post("/desk/checkin/", {"text": "ABC234"}, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (403, "LOCKED")


def test_a_page_that_asks_by_itself_does_not_keep_the_desk_open(enter, li, clock):
    browser = enter(li)
    browser.get("/desk/")
    for _minute in range(10):
        clock.now += timedelta(minutes=1)
        browser.get("/desk/beat/")
        browser.get("/desk/sheet/")

    assert browser.get("/desk/").status_code == 302


def test_who_types_for_long_is_there_and_who_says_so_of_a_locked_desk_opens_nothing(enter, li, clock):
    browser = enter(li)
    browser.get("/desk/")
    clock.now += timedelta(minutes=8)
    browser.head(SHIFT, {"here": "1"})
    clock.now += timedelta(minutes=8)
    assert browser.get("/desk/").status_code == 200

    browser.post(SHIFT, {"act": "lock"})
    browser.head(SHIFT, {"here": "1"})

    assert browser.get("/desk/").status_code == 302


def test_a_page_nobody_touched_locks_itself(enter, li):
    browser = enter(li)
    browser.get("/desk/")

    assert browser.get(SHIFT, {"idle": "1", "next": "/desk/log/"})["Location"] == "/desk/shift/?next=%2Fdesk%2Flog%2F"
    assert browser.get("/desk/").status_code == 302


def test_the_way_back_never_leads_out_of_the_house(enter, wang, li):
    assert comes_on(enter(wang), li, next="https://elsewhere.example/")["Location"] == "/desk/"


def test_one_sets_one_s_own_pin_and_changes_it_with_the_old_one(enter, wang):
    browser = enter(wang)
    new = {"act": "own_pin", "pin": PIN, "again": PIN}

    assert "两次不一样" in text_of(browser.post(SHIFT, new | {"again": OTHER}))
    assert "太好猜" in text_of(browser.post(SHIFT, new | {"pin": "000000", "again": "000000"}))
    assert not DeskPin.objects.exists()
    assert browser.post(SHIFT, new).status_code == 302

    other = {"act": "own_pin", "pin": OTHER, "again": OTHER}
    assert browser.post(SHIFT, other).status_code == 422
    assert browser.post(SHIFT, other | {"old": OTHER}).status_code == 422
    assert browser.post(SHIFT, other | {"old": PIN}).status_code == 302
    assert comes_on(browser, wang, OTHER).status_code == 302


def test_at_a_locked_desk_nobody_sets_a_pin(enter, li):
    browser = enter(li)
    browser.post(SHIFT, {"act": "lock"})

    browser.post(SHIFT, {"act": "own_pin", "pin": OTHER, "again": OTHER, "old": PIN})

    assert comes_on(browser, li, PIN).status_code == 302


def test_the_language_of_a_locked_desk_can_be_changed(enter, li):
    browser = enter(li)
    browser.post(SHIFT, {"act": "lock"})

    browser.post("/desk/language/", {"language": "en", "next": SHIFT})

    assert "Locked: who is on shift?" in text_of(browser.get(SHIFT))


def test_one_says_how_colleagues_call_one_and_it_stands_beside_what_one_does(enter, li):
    browser = enter(li)

    assert browser.post(SHIFT, {"act": "own_name", "called": " 小李  前台 "}).status_code == 302
    assert "小李 前台" in text_of(browser.get("/desk/"))
    for wrong in ("", "  ", "一" * 21, "\u202e李"):
        answer = browser.post(SHIFT, {"act": "own_name", "called": wrong})
        assert answer.status_code == 422
        assert "写下同事怎么称呼你" in text_of(answer)

    li.refresh_from_db()
    assert li.called == "小李 前台"
    assert Deed.objects.filter(what="be_called", actor=li).count() == 1
