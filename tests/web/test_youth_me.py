"""Me (Y12): what is to do as one list, the pass, the letters, and the way to one's own data."""

import re

import pytest

from accounts import letters
from accounts.consents import consents_of, withdraw
from accounts.models import Consent, Letter, User
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.models import Stay
from bookings.reminding import remind
from bookings.wishing import wait
from hostel.models import Bed
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SATURDAY, SUNDAY, moment
from tests.web.conftest import text_of

TONIGHT = Nights(FRIDAY, SATURDAY)


def lines(page):
    """The list of what is to do, as (name of the line, where it leads)."""
    html = page.content.decode()
    section = re.search(r'data-testid="y12-todo".*?</section>', html, re.DOTALL)
    return re.findall(r'<li data-testid="([^"]+)"><a class="line" href="([^"]+)"', section[0]) if section else []


def test_who_is_here_for_the_first_time_is_led_to_the_check_and_to_tonights_beds(enter, wuzhong):
    page = enter(User.objects.create_user("+8613912345678", phone_verified=True)).get("/me/")

    html = page.content.decode()
    assert re.search(r'y12-first.*?href="/check/"', html, re.DOTALL)
    assert re.search(r'y12-empty">还没有入住记录。<a href="/">看看今晚哪里有房</a>', html)
    assert lines(page) == []


def test_a_held_bed_the_question_of_the_evening_and_unread_letters_stand_in_one_list(
    enter, lin, hostel, clock, friday_stay
):
    stay = friday_stay(lin, hostel)
    browser = enter(lin.user)
    assert lines(browser.get("/me/")) == [("y12-unread", "#letters")]

    clock.now = moment(FRIDAY, 20)
    remind(clock.now)
    page = browser.get("/me/")

    assert lines(page) == [("y12-coming", f"/stays/{stay.code}/coming/"), ("y12-unread", "#letters")]
    assert "今晚还来吗？23:00 前说一声" in text_of(page)
    assert f"/en/stays/{stay.code}/coming/" in browser.get("/en/me/").content.decode()
    Stay.objects.update(coming_at=clock.now)
    assert lines(browser.get("/me/")) == []


def test_a_bed_that_waits_for_its_guest_says_until_when(enter, lin, hostel, clock):
    stay = book(guest=lin, hostel=hostel, nights=TONIGHT, purpose="interview", now=NOW, hold=True)
    browser = enter(lin.user)

    assert lines(browser.get("/me/")) == [("y12-confirm", f"/stays/{stay.code}/")]
    assert "10:10 前确认预订" in text_of(browser.get("/me/"))


def test_what_is_offered_is_one_tap_away(enter, lin, people, hostel, clock):
    Bed.objects.filter(room__hostel=hostel).exclude(room__number="201", number=1).update(valid_until=FRIDAY)
    taken = book(guest=people("周梅", "female"), hostel=hostel, nights=TONIGHT, purpose="interview", now=NOW)
    waiting = wait(guest=lin, hostels=[hostel], nights=TONIGHT, purpose="interview", now=NOW)
    cancel(taken, now=NOW)

    page = enter(lin.user).get("/me/")

    assert lines(page)[0] == ("y12-offer", f"/waitlist/{waiting.code}/")
    assert "前点一下就是你的" in text_of(page)


def test_the_current_stay_stands_there_with_its_code_its_pass_and_what_is_left(enter, lin, hostel, friday_stay):
    stay = friday_stay(lin, hostel)

    html = enter(lin.user).get("/me/").content.decode()

    current = re.search(r'data-testid="y12-current".*?</section>', html, re.DOTALL)[0]
    assert stay.code in current
    assert f'href="/stays/{stay.code}/pass/"' in current
    assert html.index("y12-current") < html.index("y12-nights")
    assert 'data-cap="NIGHTS" data-left="6"' in html


def test_letters_are_marked_until_they_have_stood_there_once(enter, lin, hostel, friday_stay):
    friday_stay(lin, hostel)
    browser = enter(lin.user)

    browser.head("/me/")
    first, again = (browser.get("/me/").content.decode() for _ in range(2))

    assert ("data-unread" in first, "data-unread" in again) == (True, False)
    assert Letter.objects.get().read_at == NOW
    assert "订好了" in first


def test_a_letter_leads_where_it_says_in_the_language_of_the_page(enter, lin, hostel, clock):
    stay = book(guest=lin, hostel=hostel, nights=Nights(SATURDAY, SUNDAY), purpose="interview", now=NOW)
    remind(moment(SATURDAY, 10))
    clock.now = moment(SATURDAY, 11)
    browser = enter(lin.user)

    for path in ("/me/", "/me/letters/"):
        assert f'href="/stays/{stay.code}/pass/"' in browser.get(path).content.decode()
        assert f'href="/en/stays/{stay.code}/pass/"' in browser.get(f"/en{path}").content.decode()


def test_many_letters_have_a_page_of_their_own_and_nobody_else_s_are_there(enter, lin, chen, hostel, friday_stay):
    stay = friday_stay(lin, hostel)
    for n in range(4):
        letters.write(lin, "overstayed", f"A{n}", NOW, **stay_values(stay))
    browser = enter(lin.user)
    browser.get("/me/")

    short, whole = browser.get("/me/").content.decode(), browser.get("/me/letters/").content.decode()

    assert (short.count('"y12-letter"'), whole.count('"y12-letter"')) == (3, 5)
    assert 'href="/me/letters/"' in short
    assert "y12-letter" not in enter(chen.user).get("/me/letters/").content.decode().replace("y12-letters", "")


def stay_values(stay):
    return {"hostel": ["宝带桥站", "Baodaiqiao"], "departure": stay.departure, "code": stay.code, "to_pay": "49.00"}


@pytest.fixture
def with_messenger(settings, lin):
    settings.MESSENGER_URL = "https://messenger.example.org/send"
    lin.user.messenger_id = "lin-7"
    lin.user.save()


def test_the_messenger_is_asked_about_where_there_is_one_and_only_until_it_is_answered(enter, lin, with_messenger):
    browser = enter(lin.user)
    page = browser.get("/me/")
    assert "要收到入住提醒吗" in text_of(page)
    assert not Consent.objects.exists()

    said = [browser.post("/me/letters/", follow=True) for _ in range(2)][0]

    assert "以后通知会发到微信" in text_of(said)
    assert "y12-messenger" not in browser.get("/me/").content.decode()
    assert list(Consent.objects.values_list("user", "purpose")) == [(lin.user.pk, "messenger")]


def test_where_there_is_no_messenger_nothing_is_asked_and_nothing_can_be_said(enter, lin):
    browser = enter(lin.user)

    assert "y12-messenger" not in browser.get("/me/").content.decode()
    browser.post("/me/letters/")
    assert not Consent.objects.exists()


def test_what_one_agreed_to_stands_there_with_its_day(enter, lin):
    Consent.objects.create(user=lin.user, purpose=Consent.Purpose.SERVICE, given_at=moment(FRIDAY, 0, 30))

    assert "服务协议 2026年3月6日 起" in text_of(enter(lin.user).get("/me/"))


def test_the_yes_to_the_messenger_can_be_taken_back(enter, lin, with_messenger):
    browser = enter(lin.user)
    browser.post("/me/letters/")

    withdraw(lin.user, Consent.Purpose.MESSENGER, now=NOW)

    assert "y12-messenger" in browser.get("/me/").content.decode()
    assert all(agreed.follows for agreed in consents_of(lin.user))
