import re
from datetime import date, timedelta

import pytest

from accounts.models import Role, TaskRun
from accounts.schedule import ran
from bookings.availability import night_table
from bookings.desk import check_in, check_out
from bookings.models import BedNight
from bookings.night_audit import audit
from config.schedule import SCHEDULE
from figures.nights import nights_given
from hostel.models import Bed, Hostel, Network, OutOfService
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment, staff
from tests.web.conftest import text_of
from web.office.schedule import JOBS

CELL = re.compile(r'data-night="([\d-]+)" data-free="(\d+)" data-beds="(\d+)">(.*?)</a>', re.DOTALL)


@pytest.fixture
def office(enter, officer):
    return enter(officer)


@pytest.fixture
def slept(lin, hostel, friday_stay):
    """Two nights that were slept, Friday's free and Saturday's at half price."""
    stay = check_in(friday_stay(lin, hostel, until=SUNDAY), compared=True, now=moment(FRIDAY, 15))
    audit(moment(SATURDAY, 6))
    audit(moment(SUNDAY, 6))
    check_out(stay, now=moment(SUNDAY, 10))
    BedNight.objects.filter(stay=stay, night=SATURDAY).update(price_class="priced", percent=50)
    return stay


def test_a_stranger_logs_in_first(client, clock, db):
    assert client.get("/office/")["Location"] == "/login/?next=/office/"


@pytest.mark.parametrize("who", ["lin", "manager"])
def test_who_is_neither_officer_nor_auditor_reads_which_right_is_missing(request, enter, who):
    somebody = request.getfixturevalue(who)

    answer = enter(getattr(somebody, "user", somebody)).get("/office/")

    assert answer.status_code == 403
    assert "办公页给团委干部和审计人员用，这个账号没有这两种权限" in text_of(answer)


def test_an_auditor_reads_the_overview_too(enter, auditor):
    assert enter(auditor).get("/office/").status_code == 200


def test_the_heat_table_has_a_cell_with_text_for_every_house_and_night(office, wuzhong):
    html = office.get("/office/").content.decode()

    cells = CELL.findall(html)
    assert len(cells) == 10 * 14
    assert all(re.search(r"空\d+/\d+|满|停用", text) for *_, text in cells)
    assert {night for night, *_ in cells} == {str(FRIDAY + timedelta(days=day)) for day in range(14)}
    assert html.count('scope="row"') >= 10
    assert 'aria-label="宝带桥站 3月6日 周五 空 22 共 22"' in html


def test_every_number_is_the_one_the_search_prints(office, wuzhong, lin, hostel, friday_stay):
    friday_stay(lin, hostel, until=MONDAY)

    cells = CELL.findall(office.get("/office/").content.decode())

    hostels = list(Hostel.objects.all())
    printed = night_table(hostels, Nights(FRIDAY, FRIDAY + timedelta(days=14)), NOW)
    assert [(night, int(free), int(beds)) for night, free, beds, _ in cells] == [
        (str(count.night), count.free, count.beds) for hostel in hostels for count in printed[hostel.pk]
    ]


def test_a_cell_leads_to_its_night(office, wuzhong):
    assert f'href="/office/hostels/baodaiqiao/nights/{FRIDAY}/"' in office.get("/office/").content.decode()


def test_a_full_night_and_a_closed_house_are_words(office, hostel):
    for bed in Bed.objects.filter(room__hostel=hostel):
        OutOfService.objects.create(bed=bed, first_night=FRIDAY, until=SATURDAY, reason="repair", written_at=NOW)

    cells = CELL.findall(office.get("/office/").content.decode())

    assert "停用" in cells[0][3]
    assert "↓22" in cells[0][3]
    assert "空22/22" in cells[1][3]


@pytest.mark.parametrize("asked", ["2026-03-20", "2025-12-30"])
def test_other_nights_can_be_asked_for(office, wuzhong, asked):
    assert CELL.findall(office.get("/office/", {"from": asked}).content.decode())[0][0] == asked


@pytest.mark.parametrize("asked", ["", "soon", "2026-02-31", "0001-01-01", "9999-12-31"])
def test_a_date_that_is_none_means_tonight(office, wuzhong, asked):
    assert CELL.findall(office.get("/office/", {"from": asked}).content.decode())[0][0] == str(FRIDAY)


def test_today_is_summed_over_the_houses(office, wuzhong, hostel, lin, chen, people, friday_stay):
    check_in(friday_stay(lin, hostel), compared=True, now=NOW)
    friday_stay(chen, Hostel.objects.get(slug="mudu"))

    said = text_of(office.get("/office/"))

    assert "预抵（还剩/全部） 1 /2" in said
    assert "在住 1" in said


def test_nights_given_are_those_slept_with_free_and_priced_apart(office, wuzhong, slept, clock):
    clock.now = moment(SUNDAY, 11)

    page = office.get("/office/")

    given = nights_given(Hostel.objects.all(), 2026)
    assert (given.free, given.priced, given.nights, given.people) == (1, 1, 2, 1)
    assert page.context["given"] == given
    assert "2026 年提供的夜次 2 免费 1 · 半价 1" in text_of(page)
    line = re.search(r'<tr data-hostel="baodaiqiao">.*?</tr>', page.content.decode(), re.DOTALL)[0]
    assert re.sub(r"<[^>]+>", " ", line).split() == [
        "宝带桥站", "–", "–", "2", ",", "其中半价", "½", "1", *["–"] * 9, "1", "1", "2", "1",
    ]  # fmt: skip


def test_another_year_can_be_chosen(enter, officer, wuzhong, slept, clock):
    clock.now = moment(date(2027, 1, 5), 11)
    office = enter(officer)

    assert office.get("/office/").context["given"].nights == 0
    page = office.get("/office/", {"year": "2026"})

    assert page.context["given"].nights == 2
    assert "<option selected>2026</option>" in page.content.decode()
    assert "<option>2023</option>" in page.content.decode()


@pytest.mark.parametrize("asked", ["", "x", "1999", "2027", "-1", "２０２４", "99999999999"])
def test_a_year_that_is_none_is_the_current_one(office, wuzhong, asked):
    assert office.get("/office/", {"year": asked}).context["given"].year == 2026


def test_a_year_without_nights_says_when_a_night_counts(office, wuzhong):
    assert "2024 年还没有住过的夜次" in text_of(office.get("/office/", {"year": "2024"}))


def test_the_schedule_says_when_each_task_last_ran_and_how_it_ended(office, wuzhong):
    with ran("night_audit", NOW - timedelta(minutes=30), clock=lambda: NOW - timedelta(minutes=29)):
        pass
    TaskRun.objects.create(
        name="letters", started_at=NOW - timedelta(minutes=1), ended_at=NOW, outcome="trouble", detail="OSError"
    )
    TaskRun.objects.create(name="holds", started_at=NOW - timedelta(hours=2), ended_at=NOW - timedelta(hours=2),
                           outcome="done")  # fmt: skip

    html = office.get("/office/").content.decode()

    said = {
        job: " ".join(re.sub(r"<[^>]+>", " ", line).split())
        for job, line in re.findall(r'<tr data-job="(\w+)">(.*?)</tr>', html, re.DOTALL)
    }
    assert list(said) == [
        "night_audit",
        "no_shows",
        "holds",
        "waiting",
        "reminders",
        "letters",
        "sweep",
        "forgetting",
        "desk_forgetting",
        "proofs",
    ]
    assert "3月6日 周五 09:30 3月6日 周五 09:31" in said["night_audit"]
    assert "截至" not in said["night_audit"]
    assert "OSError" in said["letters"]
    assert "截至 3月6日 周五 08:00" in said["holds"]
    assert "还没跑过" in said["sweep"]
    assert "定时任务没按时跑" in text_of(office.get("/office/"))


def test_the_office_has_words_for_every_task_of_the_schedule():
    assert set(JOBS) == {job.name for job in SCHEDULE}


def test_a_schedule_in_time_raises_no_doubt(office, wuzhong):
    for name in (
        "night_audit",
        "no_shows",
        "holds",
        "waiting",
        "reminders",
        "letters",
        "sweep",
        "forgetting",
        "desk_forgetting",
        "proofs",
    ):
        with ran(name, NOW):
            pass

    assert "定时任务没按时跑" not in text_of(office.get("/office/"))


def test_the_citys_officer_sees_every_district_and_may_choose_one(enter, wuzhong):
    city = staff("+8613800000021", "officer", network=Network.objects.get(slug="suzhou"))
    browser = enter(city)

    assert browser.get("/office/").context["office"].network.slug == "suzhou"
    assert len(CELL.findall(browser.get("/office/").content.decode())) == 10 * 14
    district = browser.get("/office/", {"network": "wuzhong"})
    assert district.context["office"].network == wuzhong
    assert "network=wuzhong" in district.content.decode()


def test_an_officer_reads_that_another_network_is_not_theirs(office, wuzhong):
    Network.objects.create(slug="elsewhere", name_zh="别处", name_en="Elsewhere")

    answer = office.get("/office/", {"network": "elsewhere"})

    assert answer.status_code == 403
    assert "你不是这个网络的团委干部或审计人员" in text_of(answer)


def test_houses_of_other_networks_are_not_counted(office, wuzhong, slept, clock):
    Hostel.objects.filter(slug="baodaiqiao").update(
        network=Network.objects.create(slug="elsewhere", name_zh="别处", name_en="Elsewhere")
    )
    clock.now = moment(SUNDAY, 11)

    page = office.get("/office/")

    assert page.context["given"].nights == 0
    assert len(CELL.findall(page.content.decode())) == 9 * 14


def test_a_network_without_houses_has_an_empty_page(enter, clock, db):
    lonely = Network.objects.create(slug="lonely", name_zh="新区", name_en="New")

    page = enter(staff("+8613800000022", "officer", network=lonely)).get("/office/")

    assert "这些晚上没有开放的驿站" in text_of(page)


def test_the_page_costs_the_same_for_one_house_as_for_ten(office, wuzhong, django_assert_num_queries):
    # Session, login, networks; houses and 3 for the heat table; today; who waits; 3 for the nights given, 3 for those
    # wished for in vain; the schedule; and for the navigation: may they answer reviews, how many wait.
    with django_assert_num_queries(19):
        office.get("/office/")
    Hostel.objects.exclude(slug="baodaiqiao").update(
        network=Network.objects.create(slug="elsewhere", name_zh="别处", name_en="Elsewhere")
    )
    with django_assert_num_queries(19):
        office.get("/office/")


def test_the_language_is_the_persons_own(office, officer, wuzhong):
    assert office.post("/office/language/", {"language": "en", "next": "/office/?year=2024"})["Location"] == (
        "/office/?year=2024"
    )

    said = text_of(office.get("/office/"))

    assert "Where is room: 14 nights" in said
    assert "22/22" in said
    rest = said.replace("中文", "")
    assert not [character for character in rest if "一" <= character <= "鿿"]
    officer.refresh_from_db()
    assert officer.language == "en"


def test_a_right_that_has_ended_opens_nothing(office, officer):
    Role.objects.filter(user=officer).update(valid_until=FRIDAY)

    assert office.get("/office/").status_code == 403


def test_beds_on_call_are_named_beside_the_total_that_leaves_them_out(office, wuzhong):
    html = office.get("/office/").content.decode()
    on_call = Bed.objects.filter(room__supply="on_call").count()

    assert on_call
    assert f"另有 {on_call} 张机动床，需驿站确认" in html
    assert f"/{Bed.objects.count() - on_call}" in html
