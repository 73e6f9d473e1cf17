"""A stay, its pass, giving it back, and what one sees of oneself."""

import io
import re
from datetime import timedelta

import pytest
import zxingcpp
from django.test import Client
from PIL import Image

from bookings.booking import book
from bookings.cancelling import cancel
from bookings.changing import change_dates
from bookings.desk import check_in, check_out, no_show
from bookings.models import Stay
from hostel.models import Bed
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment
from tests.web.conftest import text_of
from web.youth import passes


@pytest.fixture
def stay(friday_stay, lin, hostel) -> Stay:
    return friday_stay(lin, hostel, SUNDAY)


PAGES = ("", "cancel/", "coming/", "pass/", "pass.png")


@pytest.mark.parametrize("page", PAGES)
def test_a_stay_is_its_guests_alone(stay, chen, manager, enter, page):
    address = f"/stays/{stay.code}/{page}"

    assert Client().get(address).status_code == 302
    for other in (chen.user, manager):
        assert enter(other).get(address).status_code == 404
        assert enter(other).get(f"/stays/AAAAAA/{page}").status_code == 404
    assert enter(stay.guest.user).get(address).status_code == 200


def test_nobody_else_cancels_a_stay(stay, chen, enter):
    assert enter(chen.user).post(f"/stays/{stay.code}/cancel/").status_code == 404
    assert Client().post(f"/stays/{stay.code}/cancel/").status_code == 302
    stay.refresh_from_db()
    assert stay.status == "confirmed"


def test_a_stay_says_its_state_its_nights_and_where_it_is(stay, enter):
    page = enter(stay.guest.user).get(f"/stays/{stay.code.lower()}/")

    assert "已确认" in text_of(page)
    assert "今晚 3月6日 周五 → 3月8日 周日，共 2 晚" in text_of(page)
    assert "床给你留到 3月6日 周五 23:00" in text_of(page)
    assert "吴中区长桥街道示例路20号" in text_of(page)
    assert "0512-6500-1009" in text_of(page)


def test_cancelling_says_what_it_does_before_the_button_and_then_does_it(stay, enter):
    browser = enter(stay.guest.user)
    page = browser.get(f"/stays/{stay.code}/cancel/")
    words = text_of(page)
    answer = browser.post(f"/stays/{stay.code}/cancel/")
    after = text_of(browser.get(answer.url))

    assert words.index("2 晚退回你的额度") < words.rindex("取消预订")
    assert answer.url == f"/stays/{stay.code}/"
    assert "已取消，2 晚退回额度" in after
    assert "取消预订" not in after
    stay.refresh_from_db()
    assert stay.status == "cancelled"


def test_nights_that_a_change_gave_back_return_only_once(stay, enter):
    browser, nights = enter(stay.guest.user), len(stay.nights)
    for departure in (stay.departure + timedelta(days=1), stay.departure):
        change_dates(stay, arrival=stay.arrival, departure=departure, now=NOW, actor=stay.guest.user)
        stay.refresh_from_db()
    change_dates(stay, arrival=MONDAY, departure=MONDAY + timedelta(days=nights), now=NOW, actor=stay.guest.user)

    assert f"{nights} 晚退回你的额度" in text_of(browser.get(f"/stays/{stay.code}/cancel/"))
    answer = browser.post(f"/stays/{stay.code}/cancel/", follow=True)
    assert f"已取消，{nights} 晚退回额度" in text_of(answer)


def test_what_is_to_pay_is_for_the_nights_that_are_left(enter, lin, hostel, clock):
    week = Nights(FRIDAY, FRIDAY + timedelta(days=5))
    stay = book(guest=lin, hostel=hostel, nights=week, purpose="interview", now=NOW, accept_price=True)
    browser = enter(lin.user)
    assert "到店付" in text_of(browser.get(f"/stays/{stay.code}/"))
    change_dates(stay, arrival=FRIDAY, departure=MONDAY, now=NOW, actor=lin.user)

    assert "到店付" not in text_of(browser.get(f"/stays/{stay.code}/"))


def test_after_the_hour_it_was_kept_until_the_page_says_what_is_recorded_and_then_records_it(stay, enter, clock):
    browser = enter(stay.guest.user)
    clock.now = moment(FRIDAY, 23, 30)
    assert "还在路上？马上打" in text_of(browser.get(f"/stays/{stay.code}/"))
    page = text_of(browser.get(f"/stays/{stay.code}/cancel/"))
    too_simple = browser.post(f"/stays/{stay.code}/cancel/")
    stay.refresh_from_db()
    assert (too_simple.status_code, stay.status) == (409, "confirmed")
    answer = browser.post(f"/stays/{stay.code}/cancel/", {"late": "1", "reason": "没赶上车"})

    effect = "床位留到 3月6日 周五 23:00，时间过了。现在说不来，会记为未到"
    assert page.index(effect) < page.index("180 天内 2 次未到，暂停预订 60 天") < page.index("确认不来了，记为未到")
    assert answer.status_code == 302
    stay.refresh_from_db()
    assert (stay.status, stay.cancel_reason) == ("no_show", "没赶上车")
    after = text_of(browser.get(answer.url))
    assert "没等到你，房间已放出" in after
    assert "没赶上车" in after


def test_when_the_nights_are_over_nobody_is_told_that_they_can_still_come_in(stay, enter, clock):
    """Also before the night audit has written down who did not come."""
    browser = enter(stay.guest.user)
    clock.now = moment(stay.departure, 9)

    assert stay.state(clock.now) == "confirmed"
    assert 'data-testid="y6-over"' in browser.get(f"/stays/{stay.code}/").content.decode()
    assert "还在路上" not in text_of(browser.get(f"/stays/{stay.code}/"))
    assert 'data-testid="y8-wrong-day"' in browser.get(f"/stays/{stay.code}/pass/").content.decode()


def test_the_second_time_it_says_that_booking_pauses(stay, enter, clock, lin, hostel, manager):
    clock.now = moment(FRIDAY, 23, 30)
    no_show(stay, now=clock.now, actor=manager)
    again = book(guest=lin, hostel=hostel, nights=Nights(SUNDAY, MONDAY), purpose="interview", now=clock.now)
    clock.now = moment(SUNDAY, 23, 30)

    page = text_of(enter(lin.user).get(f"/stays/{again.code}/cancel/"))
    assert "这会是你 180 天内第 2 次未到：暂停预订 60 天" in page


def test_a_cancellation_is_taken_back_by_a_tap_for_five_minutes(stay, enter, clock):
    browser = enter(stay.guest.user)
    address = f"/stays/{stay.code}/"
    browser.post(f"{address}cancel/", {"reason": "  点错了 "})
    page = browser.get(address)
    assert "10:05 前可以撤回" in text_of(page)
    assert "y10-undo" in page.content.decode()

    clock.now = NOW + timedelta(minutes=4)
    answer = browser.post(f"{address}cancel/", {"undo": "1"}, follow=True)

    assert "撤回了，你的预订还在" in text_of(answer)
    assert 'data-state="confirmed"' in answer.content.decode()
    stay.refresh_from_db()
    assert (stay.status, stay.cancel_reason) == ("confirmed", "")


def test_after_five_minutes_nothing_is_offered_and_who_asks_is_told(stay, enter, clock):
    browser = enter(stay.guest.user)
    browser.post(f"/stays/{stay.code}/cancel/")
    clock.now = NOW + timedelta(minutes=5)
    assert "y10-undo" not in browser.get(f"/stays/{stay.code}/").content.decode()

    answer = browser.post(f"/stays/{stay.code}/cancel/", {"undo": "1"})

    assert answer.status_code == 409
    assert "3月6日 10:05 前可以撤回，现在过了；重新订一次" in text_of(answer)


def test_where_the_bed_is_gone_the_page_says_so_and_leads_on(stay, enter, hostel):
    browser = enter(stay.guest.user)
    browser.post(f"/stays/{stay.code}/cancel/")
    Bed.objects.filter(room__hostel=hostel).update(valid_until=FRIDAY)

    answer = browser.post(f"/stays/{stay.code}/cancel/", {"undo": "1"})

    assert answer.status_code == 409
    assert "床已经给了别人，苏青驿·宝带桥站这几晚也没有别的床了" in text_of(answer)
    assert 'data-kind="nearby"' in answer.content.decode()
    assert "y10-undo-strip" not in answer.content.decode()
    stay.refresh_from_db()
    assert stay.status == "cancelled"


def test_a_reason_that_is_too_long_is_said_at_its_field_and_nothing_is_cancelled(stay, enter):
    answer = enter(stay.guest.user).post(f"/stays/{stay.code}/cancel/", {"reason": "因" * 201})

    assert answer.status_code == 422
    html = answer.content.decode()
    assert '<a href="#reason">最多写 200 个字</a>' in html
    assert "因" * 201 in html
    stay.refresh_from_db()
    assert stay.status == "confirmed"


def test_a_second_tap_on_cancel_leads_to_what_the_first_one_did(stay, enter, clock):
    browser = enter(stay.guest.user)
    first = browser.post(f"/stays/{stay.code}/cancel/")
    clock.now = NOW + timedelta(seconds=1)
    second = browser.post(f"/stays/{stay.code}/cancel/")

    assert (second.status_code, second.url) == (first.status_code, first.url) == (302, f"/stays/{stay.code}/")
    assert "y10-undo" in browser.get(second.url).content.decode()


def test_what_is_over_offers_nothing_to_cancel(stay, enter, clock):
    cancel(stay, now=NOW)
    browser = enter(stay.guest.user)
    clock.now = NOW + timedelta(minutes=5)

    assert "y6-cancel" not in browser.get(f"/stays/{stay.code}/").content.decode()
    assert browser.post(f"/stays/{stay.code}/cancel/").status_code == 409


def test_a_hold_whose_time_is_over_reads_cancelled_and_leads_back(enter, lin, hostel, clock):
    held = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="", now=NOW, hold=True)
    browser = enter(lin.user)
    before = text_of(browser.get(f"/stays/{held.code}/"))
    clock.now = NOW + timedelta(minutes=10)
    page = browser.get(f"/stays/{held.code}/")

    assert "已留房" in before
    assert "床给你留到 10:10" in before
    assert 'data-state="cancelled"' in page.content.decode()
    assert "/book/baodaiqiao/?in=2026-03-06&amp;out=2026-03-08" in page.content.decode()


def test_a_guest_who_did_not_come_is_told_what_can_be_done(stay, enter, manager, clock):
    clock.now = moment(FRIDAY, 23, 30)
    no_show(stay, now=clock.now, actor=manager)

    page = text_of(enter(stay.guest.user).get(f"/stays/{stay.code}/"))
    assert "没等到你，房间已放出。有原因可以说明，核实后撤销记录" in page


def test_the_pass_shows_code_nights_and_address_and_nothing_of_a_document(stay, enter, lin):
    page = enter(lin.user).get(f"/stays/{stay.code}/pass/")
    html = page.content.decode()

    assert stay.code in text_of(page)
    assert "3月6日 周五 → 3月8日 周日" in text_of(page)
    assert "吴中区长桥街道示例路20号" in text_of(page)
    assert "林**" in text_of(page)
    assert lin.name not in html
    assert lin.document not in html
    assert lin.document[-4:] not in text_of(page)


def test_the_dots_on_the_page_read_as_the_code(stay):
    svg = passes.qr_svg(stay.code)
    size = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    picture = Image.new("L", (size, size), 255)
    stroke = re.search(r'stroke="#000"[^>]* d="([^"]+)"|d="([^"]+)"[^>]*stroke="#000"', svg)
    x, y = 0.0, 0.0
    for kind, numbers in re.findall(r"([MmhH])([-\d. ]+)", next(filter(None, stroke.groups()))):
        values = [float(number) for number in numbers.split()]
        if kind == "M":
            x, y = values
        elif kind == "m":
            x, y = x + values[0], y + values[1]
        else:
            for column in range(int(values[0])):
                picture.putpixel((int(x) + column, int(y)), 0)
            x += values[0]
    (found,) = zxingcpp.read_barcodes(picture.resize((size * 8, size * 8), Image.Resampling.NEAREST))

    assert found.text == stay.code


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_picture_to_keep_reads_as_the_same_code(stay, enter, language):
    answer = enter(stay.guest.user).get(f"{language}/stays/{stay.code}/pass.png")
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.content)))

    assert answer.headers["Content-Type"] == "image/png"
    assert found.text == stay.code


def test_without_a_chinese_font_the_picture_still_reads(stay, monkeypatch):
    monkeypatch.setattr(passes, "CHINESE_FONTS", ())
    passes._chinese_font.cache_clear()
    passes._font.cache_clear()
    try:
        (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(passes.draw(stay))))
    finally:
        passes._chinese_font.cache_clear()
        passes._font.cache_clear()

    assert found.text == stay.code


def test_a_pass_of_another_day_says_so_and_leads_on(friday_stay, lin, hostel, enter, clock):
    later = book(guest=lin, hostel=hostel, nights=Nights(SUNDAY, MONDAY), purpose="interview", now=NOW)
    browser = enter(lin.user)
    page = browser.get(f"/stays/{later.code}/pass/")
    assert "这张入住码 3月8日 才用得上" in text_of(page)
    assert later.code in text_of(page)
    assert f'href="/stays/{later.code}/change/"' in page.content.decode()

    clock.now = moment(SUNDAY, 15)
    assert "y8-wrong-day" not in browser.get(f"/stays/{later.code}/pass/").content.decode()

    check_in(later, compared=True, now=clock.now)
    clock.now = moment(MONDAY, 11)
    assert "y8-wrong-day" not in browser.get(f"/stays/{later.code}/pass/").content.decode()
    clock.now = moment(MONDAY + timedelta(days=1), 9)
    assert "这张入住码到 3月9日 为止，请找前台" in text_of(browser.get(f"/stays/{later.code}/pass/"))


@pytest.mark.parametrize("theme", ["", "dark"])
def test_the_pass_is_bright_whatever_theme_was_chosen(stay, enter, theme):
    browser = enter(stay.guest.user)
    if theme:
        browser.cookies["theme"] = theme

    assert '<html lang="zh-Hans" data-theme="light"' in browser.get(f"/stays/{stay.code}/pass/").content.decode()


def test_a_pass_of_a_cancelled_stay_says_so_and_has_no_picture(stay, enter):
    cancel(stay, now=NOW)
    browser = enter(stay.guest.user)
    page = browser.get(f"/stays/{stay.code}/pass/")

    assert "这张入住码已经不能用了" in text_of(page)
    assert "<svg role" not in page.content.decode()
    assert browser.get(f"/stays/{stay.code}/pass.png").status_code == 404


def test_me_shows_the_stay_to_come_and_the_nights_left(stay, enter):
    page = enter(stay.guest.user).get("/me/")

    assert "苏青驿·宝带桥站" in text_of(page)
    assert "还可免费住 5 晚（共 7 晚，已用 2 晚）" in text_of(page)
    assert page.content.decode().count('<i class="free">') == 5 + 12
    assert f"/stays/{stay.code}/pass/" in page.content.decode()
    assert stay.guest.document not in page.content.decode()


def test_nights_return_to_me_when_the_stay_is_cancelled(stay, enter):
    cancel(stay, now=NOW)

    assert "还可免费住 7 晚（共 7 晚，已用 0 晚）" in text_of(enter(stay.guest.user).get("/me/"))


def test_a_stay_that_is_over_is_listed_among_the_past(stay, enter, manager, clock):
    check_in(stay, compared=True, now=moment(FRIDAY, 15), actor=manager)
    stay.refresh_from_db()
    check_out(stay, now=moment(SUNDAY, 10), actor=manager)
    clock.now = moment(MONDAY, 9)
    page = enter(stay.guest.user).get("/me/")

    assert "已离店" in text_of(page)
    assert "y12-current" not in page.content.decode()


def test_whoever_is_new_is_led_to_the_check(enter, people, wuzhong):
    page = enter(people("新来的").user).get("/me/")

    assert "y12-first" in page.content.decode()
    assert "还没有入住记录" in text_of(page)


def test_me_takes_as_many_statements_with_three_stays_as_with_one(enter, lin, hostel, stay, django_assert_num_queries):
    browser = enter(lin.user)
    with django_assert_num_queries(19):
        browser.get("/me/")
    for day in (5, 7):
        first = FRIDAY + timedelta(days=day)
        book(guest=lin, hostel=hostel, nights=Nights(first, first + timedelta(days=1)), purpose="exam", now=NOW)
    with django_assert_num_queries(19):
        browser.get("/me/")


def test_a_stay_takes_few_statements(enter, stay, django_assert_max_num_queries):
    browser = enter(stay.guest.user)
    # What goes with a stay that is cancelled is looked for; a stay says where the guest changes beds.
    most = {"": 5, "cancel/": 9, "change/": 9}
    for page in (*PAGES, "change/"):
        with django_assert_max_num_queries(most.get(page, 4)):
            browser.get(f"/stays/{stay.code}/{page}")


def test_a_stay_for_one_night_speaks_english(friday_stay, lin, hostel, enter):
    stay = friday_stay(lin, hostel, SATURDAY)

    assert "Tonight Fri 6 Mar → Sat 7 Mar, 1 night" in text_of(enter(lin.user).get(f"/en/stays/{stay.code}/"))
