"""The search and one house."""

import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from bookings.booking import book
from bookings.models import Stay
from hostel.models import Bed, Hostel, Network, OutOfService, Photo, Quota
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment
from tests.web.conftest import text_of


@pytest.fixture
def visitor(wuzhong, clock) -> Client:
    return Client()


def close(hostel, first, until):
    """Take every bed of a house out of service."""
    for room in hostel.rooms.all():
        for bed in room.beds.all():
            OutOfService.objects.create(
                bed=bed, first_night=first, until=until, reason="repair", written_at=NOW - timedelta(days=1)
            )


def cards(page):
    """The names of the houses on the page, in their order."""
    return re.findall(r'<a class="over" href="[^"]*">([^<]*)</a>', page.content.decode())


def test_tonight_is_chosen_and_every_house_says_how_many_beds_are_left(visitor):
    page = visitor.get("/")

    assert page.status_code == 200
    assert "来吴中找工作，先住下" in text_of(page)
    assert "今晚 3月6日 周五 → 3月7日 周六，共 1 晚" in text_of(page)
    assert "今晚还剩 22 张床 · 离宝带桥南站 600 米" in text_of(page)
    assert len(cards(page)) == 10


def test_at_half_past_one_tonight_is_still_the_evening_before(visitor, clock):
    clock.now = moment(SATURDAY, 1, 30)

    assert "今晚 3月6日 周五 → 3月7日 周六，共 1 晚" in text_of(visitor.get("/"))


def test_the_same_page_speaks_english_under_en_and_keeps_its_query(visitor):
    page = visitor.get("/en/?in=2026-03-07&nights=2&near=mudu")
    chinese = visitor.get("/?in=2026-03-07&nights=2&near=mudu")

    assert '<html lang="en"' in page.content.decode()
    assert "Job-hunting in Wuzhong? Stay free first" in text_of(page)
    assert "Sat 7 Mar → Mon 9 Mar, 2 nights" in text_of(page)
    assert 'href="/?in=2026-03-07&amp;nights=2&amp;near=mudu"' in page.content.decode()
    assert 'href="/en/?in=2026-03-07&amp;nights=2&amp;near=mudu"' in chinese.content.decode()
    assert '<html lang="zh-Hans"' in chinese.content.decode()


def test_in_english_chinese_stands_only_in_names_and_in_the_link_to_chinese(visitor):
    words = text_of(visitor.get("/en/")).replace("中文", "")
    towns = set(Hostel.objects.values_list("town", flat=True)) | set(
        Hostel.objects.values_list("metro_station", flat=True)
    )
    for town in towns - {""}:
        words = words.replace(town, "")

    assert re.findall(r"[一-鿿]+", words) == []


def test_a_place_puts_the_nearest_house_first(visitor):
    page = visitor.get("/?near=mudu")

    assert cards(page)[0] == "苏青驿·木渎站"
    assert "今晚还剩 20 张床 · 离木渎站 350 米 步行约 6 分钟" in text_of(page)
    assert "临湖镇 离木渎 15.5 公里，公交约 80 分钟" in text_of(page)
    assert re.search('<option value="mudu"[^>]* selected>', page.content.decode())


def test_a_place_may_be_typed_and_the_address_says_what_was_typed(visitor):
    page = visitor.get("/?in=2026-03-07&out=2026-03-08&q=友翔路16号&purpose=interview")

    assert re.search('<option value="inovance"[^>]* selected>', page.content.decode())
    assert cards(page)[0] == "苏青驿·越溪站"
    assert "离汇川技术 2.0 公里，骑车约 20 分钟" in text_of(page)
    assert "y1-which" not in page.content.decode()
    assert "/hostels/yuexi/?in=2026-03-07&amp;out=2026-03-08&amp;near=inovance" in page.content.decode()
    assert 'href="/en/?in=2026-03-07' in page.content.decode()


def test_a_text_that_several_places_fit_shows_them_and_keeps_the_nights(visitor):
    page = visitor.get("/?in=2026-03-07&out=2026-03-09&q=高铁站&purpose=interview")
    html = page.content.decode()

    assert "你说的“高铁站”是哪一个？" in text_of(page)
    assert 'value="高铁站"' in html
    for slug in ("suzhou-station", "suzhou-north"):
        assert f'href="/?in=2026-03-07&amp;out=2026-03-09&amp;near={slug}&amp;purpose=interview"' in html
    assert len(cards(page)) == 10  # the houses are there all the same
    assert "y1-way" not in html


def test_a_text_that_no_place_fits_says_so_and_leads_to_the_list(visitor):
    page = visitor.get("/", {"q": "<b>月亮上</b>"})

    assert "没找到叫“&lt;b&gt;月亮上&lt;/b&gt;”的地方" in page.content.decode()
    assert 'href="/map/"' in page.content.decode()
    assert len(cards(page)) == 10


def test_what_is_typed_counts_more_than_what_was_picked_before(visitor):
    page = visitor.get("/?near=mudu&q=胥口站")

    assert cards(page)[0] == "苏青驿·胥口站"


def test_the_places_chosen_lately_come_back_the_last_first_and_can_be_forgotten(visitor):
    def recent(page):
        part = re.search(r'data-testid="y1-recent".*?</ul>', page.content.decode(), re.DOTALL)
        return re.findall(r'<a class="chip"[^>]*>([^<]*)<', part[0]) if part else []

    for slug in ("mudu", "xukou", "hr-bureau", "mudu", "inovance", "ecovacs"):
        page = visitor.get(f"/?near={slug}")
    kept = visitor.cookies["near"]

    assert kept.value == "ecovacs.inovance.mudu.hr-bureau"
    assert (kept["httponly"], kept["samesite"]) == (True, "Lax")
    assert recent(page) == ["汇川技术", "木渎", "吴中区人社局", "胥口"]  # the one chosen stands in the picker
    assert recent(visitor.get("/")) == ["科沃斯", "汇川技术", "木渎", "吴中区人社局"]
    assert "near" not in visitor.get("/?near=ecovacs").cookies  # nothing new, nothing said

    forgotten = visitor.get("/?near=mudu&forget=1")
    assert recent(forgotten) == []
    assert recent(visitor.get("/")) == []


@pytest.mark.parametrize("cookie", ["nowhere.mudu.mudu", "mudu." * 5000, "%00;<script>", "...."])
def test_a_cookie_written_by_hand_does_no_harm(visitor, cookie):
    visitor.cookies["near"] = cookie
    page = visitor.get("/")

    assert page.status_code == 200
    assert page.content.decode().count(">木渎</a>") == (1 if "mudu" in cookie else 0)


def test_in_english_the_way_is_said_in_english(visitor):
    words = text_of(visitor.get("/en/?near=hr-bureau"))

    assert "22 beds left tonight · 600 m from Baodaiqiao South" in words
    assert "1.5 km from Wuzhong Human Resources Bureau, about 25 min on foot" in words
    assert re.search(r"about \d+ min by metro", words)


def test_a_card_says_no_more_than_four_facts_the_most_telling_first(visitor, hostel):
    Hostel.objects.filter(pk=hostel.pk).update(
        facilities=["wifi", "kitchen", "air_conditioning", "door_lock", "womens_floor", "private_bathroom", "made_up"]
    )

    def facts(page):
        return re.findall(r"<li>([^<]*)</li>", re.search(r'<ul class="facts">.*?</ul>', page.content.decode())[0])

    assert facts(visitor.get("/")) == ["独立卫浴", "女生楼层", "电子门锁", "空调"]
    assert facts(visitor.get("/hostels/baodaiqiao/")) == ["独立卫浴", "女生楼层", "电子门锁", "空调", "无线网", "厨房"]


def test_at_a_full_network_one_waits_for_the_nearest_three_houses_at_once(visitor, enter, lin):
    for house in Hostel.objects.all():
        close(house, FRIDAY, MONDAY)
    page = visitor.get("/?near=mudu")
    address = re.search(r'href="([^"]*)" data-testid="y1-wait"', page.content.decode())[1].replace("&amp;", "&")
    form = enter(lin.user).get(address).content.decode()

    assert address == "/waitlist/new/?hostel=mudu&in=2026-03-06&out=2026-03-07&also=xukou&also=shihu"
    assert "苏青驿·木渎站 · 苏青驿·胥口站 · 苏青驿·石湖站" in text_of(page)
    assert re.findall(r'name="also" value="(\w+)" checked', form) == ["xukou", "shihu"]


def test_a_house_for_groups_stands_last_and_says_so(visitor):
    page = visitor.get("/")

    assert cards(page)[-1] == "苏青驿·临湖站"
    assert "仅限学校和单位集体" in text_of(page)


def test_a_full_house_says_when_it_has_a_bed_again(visitor, hostel):
    close(hostel, FRIDAY, SUNDAY)

    assert "满了 · 3月8日有 22 张床" in text_of(visitor.get("/"))


def test_when_every_house_is_full_the_next_free_bed_is_named(visitor):
    for house in Hostel.objects.all():
        close(house, FRIDAY, MONDAY)
    page = visitor.get("/")

    assert "最近有房：3月9日 周一" in text_of(page)
    assert "/?in=2026-03-09&amp;nights=1" in page.content.decode()


def test_when_two_weeks_are_full_the_page_says_what_to_do(visitor):
    for house in Hostel.objects.all():
        close(house, FRIDAY, FRIDAY + timedelta(days=20))

    assert "往后 14 晚都满了" in text_of(visitor.get("/"))


@pytest.mark.parametrize(
    "query",
    [
        "in=yesterday",
        "in=2020-01-01",
        "in=2026-02-30",
        "in=2026-03-06&out=2026-03-01",
        "nights=0",
        "nights=999999",
        "nights=%C2%B2",
        "near=nowhere",
        "in=9999-12-31",
    ],
)
def test_a_query_that_cannot_be_is_read_as_kindly_as_it_can(visitor, query):
    assert visitor.get(f"/?{query}").status_code == 200
    assert visitor.get(f"/hostels/baodaiqiao/?{query}").status_code == 200
    assert visitor.get(f"/check/?{query}").status_code == 200


def test_nothing_is_put_on_anybody_who_only_looks(visitor):
    page = visitor.get("/")

    assert not page.cookies
    assert "<dialog" not in page.content.decode()
    assert "no-cache" not in page.headers.get("Cache-Control", "")


def test_the_answers_of_the_check_go_on_to_the_houses(visitor):
    page = visitor.get("/?education=bachelor&graduation=2025&home_in_district=no&purpose=interview")

    assert "/hostels/baodaiqiao/?in=2026-03-06&amp;out=2026-03-07&amp;education=bachelor" in page.content.decode()


def test_a_woman_who_is_logged_in_is_counted_the_beds_a_woman_can_have(enter, lin):
    everybody = Client().get("/hostels/baodaiqiao/")
    hers = enter(lin.user).get("/hostels/baodaiqiao/")

    assert "今晚还剩 22 张床" in text_of(everybody)
    assert "今晚还剩 18 张床" in text_of(hers)


@pytest.mark.parametrize("houses", [1, 10])
def test_the_search_takes_six_statements_whatever_the_network(
    enter, lin, houses, django_assert_num_queries, django_assert_max_num_queries
):
    Hostel.objects.exclude(slug__in=Hostel.objects.values_list("slug", flat=True)[:houses]).update(valid_until=FRIDAY)
    with django_assert_num_queries(4):
        Client().get("/")
    browser = enter(lin.user)
    with django_assert_max_num_queries(6):
        browser.get("/")


def test_a_house_shows_fourteen_nights_with_their_beds(visitor):
    page = visitor.get("/hostels/baodaiqiao/")

    assert page.content.decode().count('class="day') == 14
    assert "3月6日–3月19日" in text_of(page)
    assert "订今晚" in text_of(page)
    assert "吴中区长桥街道示例路20号" in text_of(page)
    assert "14:00–23:00" in text_of(page)


def test_the_first_tap_chooses_the_first_night_and_the_second_the_last(visitor):
    first = visitor.get("/hostels/baodaiqiao/?in=2026-03-07&pick=last")
    second = "/hostels/baodaiqiao/?in=2026-03-07&amp;out=2026-03-10#picked"

    assert "再点最后一晚" in text_of(first)
    assert second in first.content.decode()
    assert "3月7日 周六 → 3月10日 周二，共 3 晚" in text_of(
        visitor.get("/hostels/baodaiqiao/?in=2026-03-07&out=2026-03-10")
    )


def test_nights_broken_by_a_full_one_offer_the_shorter_stay(visitor, hostel):
    close(hostel, SUNDAY, MONDAY)
    page = visitor.get("/hostels/baodaiqiao/?in=2026-03-06&out=2026-03-10")

    assert "这几晚没有一张床从头空到尾" in text_of(page)
    assert "/hostels/baodaiqiao/?in=2026-03-06&amp;out=2026-03-08" in page.content.decode()
    assert "y3-book" not in page.content.decode()
    assert "y3-ask" not in page.content.decode()


def test_nights_that_no_bed_has_throughout_are_offered_with_one_change_of_bed(visitor, enter, lin, hostel):
    beds = list(Bed.objects.filter(room__hostel=hostel))
    for number, bed in enumerate(beds):  # each is closed on one of the two nights
        first = FRIDAY if number % 2 else SATURDAY
        OutOfService.objects.create(
            bed=bed, first_night=first, until=first + timedelta(days=1), reason="repair", written_at=NOW
        )
    page = visitor.get("/hostels/baodaiqiao/?in=2026-03-06&out=2026-03-08&purpose=interview")
    href = re.search(r'href="([^"]*)" data-testid="y3-parts"', page.content.decode())[1].replace("&amp;", "&")

    assert href == "/book/baodaiqiao/?in=2026-03-06&out=2026-03-08&change=1&purpose=interview"
    assert 'data-testid="y4-change"' in enter(lin.user).get(href).content.decode()
    # Where a night between is full, no change of bed helps.
    close(hostel, FRIDAY, SATURDAY)
    broken = visitor.get("/hostels/baodaiqiao/?in=2026-03-06&out=2026-03-08").content.decode()
    assert "y3-parts" not in broken
    assert "y3-shorter" in broken


def test_the_place_chosen_comes_along_to_the_house_and_back(visitor):
    page = visitor.get("/hostels/baodaiqiao/?in=2026-03-07&out=2026-03-09&near=hr-bureau&purpose=interview")
    html = page.content.decode().replace("&amp;", "&")

    assert "离吴中区人社局 1.5 公里，步行约 25 分钟" in text_of(page)
    assert 'href="/?in=2026-03-07&out=2026-03-09&near=hr-bureau&purpose=interview"' in html
    assert 'href="/hostels/baodaiqiao/?in=2026-03-20&near=hr-bureau&purpose=interview"' in html
    assert "y3-way" not in visitor.get("/hostels/baodaiqiao/?near=nowhere").content.decode()


def test_the_button_says_tonight_where_it_is_tonight_alone(visitor):
    def words(address):
        found = re.search(r'data-testid="y3-book">(.*?)</a>', visitor.get(address).content.decode())[1]
        return re.sub("<[^>]*>", "", found)

    assert words("/hostels/baodaiqiao/") == "订今晚"
    assert words("/en/hostels/baodaiqiao/") == "Book tonight"
    assert words("/hostels/baodaiqiao/?in=2026-03-06&out=2026-03-08") == "订这几晚"
    assert words("/hostels/baodaiqiao/?in=2026-03-07") == "订这几晚"
    assert 'data-testid="y3-tonight"' in visitor.get("/hostels/baodaiqiao/").content.decode()


def test_after_the_last_night_is_chosen_the_result_has_the_focus_and_a_way_back_to_the_dates(visitor):
    chosen = visitor.get("/hostels/baodaiqiao/?in=2026-03-07&out=2026-03-10").content.decode()

    assert re.search(r'id="picked" tabindex="-1".*?<a [^>]*href="#nights"', chosen, re.DOTALL)
    assert "换日期" in chosen
    for address in ("/hostels/baodaiqiao/", "/hostels/baodaiqiao/?in=2026-03-07&pick=last"):
        assert 'id="picked"' not in visitor.get(address).content.decode()


def test_a_house_says_its_hours_its_rules_and_what_to_bring_in_three_lines(visitor):
    def rules(page):
        part = re.search(r'data-testid="y3-rules".*?</section>', page.content.decode(), re.DOTALL)[0]
        return re.findall(r"<span>(.*?)</span>", part)

    hours, kept, bring = rules(visitor.get("/hostels/baodaiqiao/"))
    assert hours == "14:00–23:00 到店，12:00 前离店"
    assert kept.startswith("第一晚的床留到 23:00。")
    assert "180 天内 2 次没来也没取消，暂停预订 60 天" in kept
    assert bring.startswith("带上订房时用的证件")

    Hostel.objects.update(network=Network.objects.create(slug="new", name_zh="新", name_en="New"))  # without a policy
    assert len(rules(visitor.get("/hostels/baodaiqiao/"))) == 2


def test_a_house_is_opened_in_the_maps_that_phones_have(visitor, hostel):
    html = visitor.get("/hostels/baodaiqiao/").content.decode()
    amap, tencent = re.findall(r'href="([^"]*)" rel="noreferrer" data-testid="y3-map"', html)

    assert parse_qs(urlsplit(unescape(amap)).query)["position"] == ["120.6463,31.2575"]
    assert urlsplit(tencent).netloc == "apis.map.qq.com"
    assert parse_qs(urlsplit(unescape(tencent)).query)["marker"] == [
        "coord:31.2575,120.6463;title:苏青驿·宝带桥站;addr:吴中区长桥街道示例路20号"
    ]


def test_what_guests_said_and_what_is_on_today_show_nothing_until_there_is_something(visitor):
    page = visitor.get("/hostels/baodaiqiao/")

    assert re.findall(r"<h2[^>]*>\s*</h2>|<section[^>]*>\s*</section>", page.content.decode()) == []


def test_a_house_without_a_photo_has_a_scene_of_its_own(visitor):
    Photo.objects.all().delete()
    scenes = re.findall(r'<svg class="drawn.*?</svg>', visitor.get("/").content.decode(), re.DOTALL)
    again = re.findall(r'<svg class="drawn.*?</svg>', visitor.get("/").content.decode(), re.DOTALL)

    assert len(scenes) == len(set(scenes)) == 10
    assert scenes == again
    assert scenes[0] in visitor.get("/hostels/baodaiqiao/").content.decode()


def test_a_house_for_groups_offers_no_booking(visitor):
    page = visitor.get("/hostels/linhu/")

    assert "这家只接待学校和单位的集体预订" in text_of(page)
    assert "y3-book" not in page.content.decode()


def test_a_house_that_is_not_there_is_not_found(visitor):
    assert visitor.get("/hostels/nowhere/").status_code == 404


def test_a_house_takes_as_many_statements_with_one_room_as_with_ten(visitor, hostel, django_assert_num_queries):
    with django_assert_num_queries(7):
        visitor.get("/hostels/baodaiqiao/")
    hostel.rooms.exclude(number="201").update(valid_until=FRIDAY)
    with django_assert_num_queries(7):
        visitor.get("/hostels/baodaiqiao/")


def test_one_tap_keeps_a_bed_for_whoever_is_known(enter, lin):
    browser = enter(lin.user)
    answer = browser.post("/hostels/baodaiqiao/?in=2026-03-06&out=2026-03-08")

    stay = Stay.objects.get()
    assert (stay.status, stay.guest) == ("held", lin)
    assert answer.status_code == 302
    assert answer.url == "/book/baodaiqiao/?in=2026-03-06&out=2026-03-08"
    assert "床给你留到 10:10" in text_of(browser.get(answer.url))


def test_a_visitor_who_taps_is_led_to_the_booking_and_nothing_is_kept(visitor):
    answer = visitor.post("/hostels/baodaiqiao/?in=2026-03-06&out=2026-03-08&purpose=exam")

    assert answer.url == "/book/baodaiqiao/?in=2026-03-06&out=2026-03-08&purpose=exam"
    assert not Stay.objects.exists()


def test_a_tap_on_a_house_that_has_just_filled_offers_others(enter, lin, hostel):
    close(hostel, FRIDAY, SATURDAY)
    answer = enter(lin.user).post("/hostels/baodaiqiao/?in=2026-03-06&out=2026-03-07", {"shown_free": "1"})

    assert answer.status_code == 409
    assert "刚刚被订走了。日期还在，换一家试试" in text_of(answer)
    assert answer.content.decode().count("y4-take") >= 3


@pytest.mark.parametrize("act", ["tap", "book"])
def test_of_a_bed_that_was_never_shown_free_it_is_not_said_that_it_was_just_taken(enter, lin, hostel, act):
    close(hostel, FRIDAY, SATURDAY)
    browser = enter(lin.user)
    address = "/hostels/baodaiqiao/" if act == "tap" else "/book/baodaiqiao/"
    page = browser.get("/book/baodaiqiao/?in=2026-03-06&out=2026-03-07")
    answer = browser.post(f"{address}?in=2026-03-06&out=2026-03-07", {"purpose": "interview"})

    assert "shown_free" not in page.content.decode()
    assert answer.status_code == 409
    assert "刚刚被订走了" not in text_of(answer)
    assert "这几晚这里没有能订的床。日期还在，换一家试试" in text_of(answer)
    assert answer.content.decode().count("y4-take") >= 3


def test_who_saw_a_bed_free_carries_that_along(enter, lin, hostel):
    browser = enter(lin.user)
    for address in ("/hostels/baodaiqiao/", "/book/baodaiqiao/"):
        page = browser.get(f"{address}?in=2026-03-06&out=2026-03-07")
        assert 'name="shown_free"' in page.content.decode()


@pytest.mark.parametrize("page", ["/hostels/baodaiqiao/", "/book/baodaiqiao/", "/book/baodaiqiao/together/"])
def test_a_form_whose_nights_are_over_books_no_others(enter, lin, clock, page):
    clock.now = moment(SATURDAY, 6, 1)  # at 05:59 it was still the night of Friday
    browser = enter(lin.user)
    answer = browser.post(f"{page}?in=2026-03-06&out=2026-03-07", {"purpose": "interview"})

    assert not Stay.objects.exists()
    assert answer.url == f"{page}?in=2026-03-07&out=2026-03-08"
    assert "页面上的那几晚已经过去了" in text_of(browser.get(answer.url))


def test_the_one_tap_names_the_nights_that_it_showed(enter, lin):
    page = enter(lin.user).get("/hostels/baodaiqiao/")

    assert 'action="/hostels/baodaiqiao/?in=2026-03-06&amp;out=2026-03-07"' in page.content.decode()


def test_where_guests_can_be_moved_the_house_page_lets_one_ask_for_the_nights(enter, people, lin):
    house = Hostel.objects.get(slug="xiangshan")  # seven rooms of one bed
    days = [FRIDAY + timedelta(days=number) for number in range(3)]
    beds = list(Bed.objects.filter(room__hostel=house).order_by("pk"))
    for number, bed in enumerate(beds):  # every bed has somebody on one of the two nights
        first = days[number % 2]
        stay = book(
            guest=people(), hostel=house, nights=Nights(first, first + timedelta(days=1)), purpose="interview", now=NOW
        )
        stay.bed_nights.update(bed=bed, room=bed.room)
    browser = enter(lin.user)
    page = browser.get("/hostels/xiangshan/?in=2026-03-06&out=2026-03-08")
    answer = browser.post("/hostels/xiangshan/?in=2026-03-06&out=2026-03-08")

    assert "y3-book" not in page.content.decode()
    assert "y3-ask" in page.content.decode()
    assert answer.status_code == 302
    assert Stay.objects.get(guest=lin).status == "held"


def test_a_tap_against_the_rules_says_every_reason(enter, people, wuzhong):
    someone = people("顾本地", home_in_district=True, graduation="2015-06")
    answer = enter(someone.user).post("/hostels/baodaiqiao/?in=2026-03-06&out=2026-03-07")

    assert answer.status_code == 409
    assert 'data-code="LOCAL"' in answer.content.decode()
    assert 'data-code="GRAD"' in answer.content.decode()


def test_a_bed_that_is_taken_is_no_longer_counted(visitor, hostel, lin):
    book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SATURDAY), purpose="interview", now=NOW)

    assert "今晚还剩 21 张床" in text_of(visitor.get("/hostels/baodaiqiao/"))


def test_without_any_network_the_pages_still_stand(db, clock):
    assert not Network.objects.exists()
    for page in ("/", "/check/", "/help/"):
        assert Client().get(page).status_code == 200


def test_a_network_without_any_house_says_so_once_with_one_way_on(db, clock):
    page = Client().get("/")

    assert page.status_code == 200
    assert "这几晚还没有驿站开放" in text_of(page)
    assert 'href="tel:12355"' in page.content.decode()
    assert "有空床的驿站" not in text_of(page)
    assert "y1-list" not in page.content.decode()


def test_tonight_is_called_so_in_the_strip_of_a_house(visitor):
    strip = visitor.get("/hostels/mudu/").content.decode()

    assert re.findall(r"<small>(今晚|周.)</small>(\d+)", strip)[:2] == [("今晚", "6"), ("周六", "7")]


def test_a_number_of_nights_is_read_aloud_in_good_english(visitor):
    assert "1 nights" not in text_of(visitor.get("/en/"))
    assert '<span class="away">1 night</span>' in visitor.get("/en/").content.decode()


def test_a_house_whose_free_nights_do_not_reach_says_so_and_comes_later(visitor, hostel, wuzhong):
    def quota_of(page):
        html = re.sub(r"<svg.*?</svg>", "", page.content.decode())
        return [said.strip() for said in re.findall(r'data-testid="y\d-quota">([^<]*)<', html)]

    assert quota_of(visitor.get("/en/")) == []
    row = Quota.objects.create(network=wuzhong, hostel=hostel, first_day=date(2026, 3, 1), nights=1)

    assert quota_of(visitor.get("/en/")) == []  # one night is asked for
    assert quota_of(visitor.get("/en/?nights=2")) == ["Only 1 free night left in March 2026"]
    Quota.objects.filter(pk=row.pk).update(nights=0)
    page = visitor.get("/en/")
    assert quota_of(page) == ["The free nights of March 2026 are used up"]
    open_houses = re.findall(r'href="/en/hostels/([a-z]+)/', page.content.decode())
    assert open_houses.index("baodaiqiao") > open_houses.index("mudu")
    assert quota_of(visitor.get("/en/hostels/baodaiqiao/")) == ["The free nights of March 2026 are used up"]
