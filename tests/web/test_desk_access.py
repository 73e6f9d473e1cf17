import pytest

from accounts.models import Role
from hostel.models import Hostel
from tests.conftest import FRIDAY
from tests.web.conftest import text_of

PAGES = [
    "/desk/",
    "/desk/?tab=in_house",
    "/desk/checkin/",
    "/desk/stays/ABC234/check-out/",
    "/desk/stays/ABC234/no-show/",
]


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_logs_in_first_and_comes_back_to_the_page(client, clock, db, page):
    answer = client.get(page)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/?next=/desk/")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["lin", "officer", "auditor"])
def test_who_manages_no_house_reads_which_right_is_missing(request, enter, who, page):
    somebody = request.getfixturevalue(who)

    answer = enter(getattr(somebody, "user", somebody)).get(page)

    assert answer.status_code == 403
    assert "前台给驿站站长用，这个账号没有站长权限" in text_of(answer)
    assert "可以请他们把你加为本站站长" in text_of(answer)


@pytest.mark.parametrize("page", ["/desk/", "/desk/checkin/"])
def test_a_manager_reads_that_another_house_is_not_theirs(enter, foreign_manager, hostel, page):
    answer = enter(foreign_manager).get(page, {"hostel": hostel.slug})

    assert answer.status_code == 403
    assert "你不是这家驿站的站长" in text_of(answer)


@pytest.mark.parametrize("act", ["check-out", "no-show"])
def test_a_stay_of_another_house_is_not_there_for_a_foreign_manager(
    enter, foreign_manager, hostel, lin, friday_stay, act
):
    stay = friday_stay(lin, hostel)

    for ask in (enter(foreign_manager).get, enter(foreign_manager).post):
        answer = ask(f"/desk/stays/{stay.code}/{act}/", {"act_id": "a1"})
        assert answer.status_code == 404
        assert "你管的驿站里没有这个单号" in text_of(answer)
        assert "林" not in text_of(answer)


def test_a_right_that_has_ended_opens_nothing(enter, manager):
    Role.objects.filter(user=manager).update(valid_until=FRIDAY)

    assert enter(manager).get("/desk/").status_code == 403


def test_a_manager_of_two_houses_chooses_in_the_address(enter, manager):
    other = Hostel.objects.get(slug="mudu")
    Role.objects.create(user=manager, kind="manager", hostel=other, valid_from=FRIDAY)
    browser = enter(manager)

    assert browser.get("/desk/").context["desk"].hostel.slug == "baodaiqiao"
    chosen = browser.get("/desk/", {"hostel": "mudu"})

    assert chosen.context["desk"].hostel == other
    assert 'href="/desk/?hostel=mudu&amp;tab=in_house"' in chosen.content.decode()


def test_the_language_is_the_persons_own_and_is_kept(enter, manager):
    browser = enter(manager)
    assert 'lang="zh-Hans"' in browser.get("/desk/").content.decode()

    answer = browser.post("/desk/language/", {"language": "en", "next": "/desk/?tab=in_house"})

    assert (answer.status_code, answer["Location"]) == (302, "/desk/?tab=in_house")
    assert "Nobody is in the house" in text_of(browser.get("/desk/?tab=in_house"))
    manager.refresh_from_db()
    assert manager.language == "en"


@pytest.mark.parametrize("sent", [{"language": "xx"}, {}, {"language": "en'--"}])
def test_a_language_we_do_not_speak_changes_nothing(enter, manager, sent):
    enter(manager).post("/desk/language/", sent)

    manager.refresh_from_db()
    assert manager.language == "zh-hans"


def test_the_way_back_never_leads_out_of_the_house(enter, manager):
    answer = enter(manager).post("/desk/language/", {"language": "en", "next": "https://elsewhere.example/"})

    assert answer["Location"] == "/desk/"


def test_a_page_of_the_desk_is_kept_by_no_cache(enter, manager):
    assert "no-store" in enter(manager).get("/desk/")["Cache-Control"]
