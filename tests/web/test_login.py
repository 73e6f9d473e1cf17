import base64
import hashlib
import hmac
import json
import re
import struct
import threading
import time
from datetime import date
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from accounts import senders
from accounts.models import Consent, User
from accounts.people import login_for
from accounts.roles import grant_role

PHONE = "13812345678"
E164 = "+8613812345678"
SET_UP = "/login/second-factor/set-up/"
TICKS = {"service": "on", "privacy": "on"}


class DeafSender(senders.Sender):
    """The operator does not answer."""

    def send(self, user, text, kind, key=""):
        raise ConnectionRefusedError


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def codes(settings, tmp_path):
    """The codes sent so far, as (phone, code)."""
    settings.SMS_FILE = str(tmp_path / "sms.txt")

    def read():
        path = Path(settings.SMS_FILE)
        lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [(line["phone"], re.search(r"(?<!\d)\d{6}(?!\d)", line["text"])[0]) for line in lines]

    return read


@pytest.fixture
def browser(db, codes) -> Client:
    return Client()


def ask(browser, phone=PHONE, url="/login/", **more):
    return browser.post(url, {"phone": phone, **TICKS, **more})


def log_in(browser, codes, phone=PHONE):
    ask(browser, phone)
    return browser.post("/login/code/", {"code": codes()[-1][1]})


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def digits(secret, at=None):
    """What an authenticator app shows for ``secret``: RFC 6238, written out here on its own."""
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(at or time.time()) // 30), hashlib.sha1).digest()
    place = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


# The phone


@pytest.mark.parametrize("address", ["/login/", "/en/login/"])
def test_the_page_asks_for_a_phone_and_for_two_ticks_that_nobody_has_made(browser, address):
    page = browser.get(address)

    words = page.content.decode()
    assert page.status_code == 200
    assert 'name="phone"' in words
    assert words.count('type="checkbox"') == 2
    assert "checked" not in words
    assert 'href="/en/privacy/"' in words if address.startswith("/en") else 'href="/privacy/"' in words


def test_a_newcomer_comes_in_by_phone_and_code(browser, codes):
    answer = ask(browser)
    assert (answer.status_code, answer["Location"]) == (302, "/login/code/")
    assert [phone for phone, _ in codes()] == [E164]
    user = User.objects.get(phone=E164)
    assert not user.phone_verified
    assert "_auth_user_id" not in browser.session

    answer = browser.post("/login/code/", {"code": codes()[0][1]})

    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    assert browser.session["_auth_user_id"] == str(user.pk)
    user.refresh_from_db()
    assert user.phone_verified
    assert set(Consent.objects.filter(user=user).values_list("purpose", flat=True)) == {"service", "privacy"}


def test_known_or_not_the_answer_is_the_same(browser, codes):
    User.objects.create_user("+8613900000001", phone_verified=True)
    other = Client()

    known, unknown = ask(browser, "13900000001"), ask(other, "13900000002")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    pages = [
        re.sub(
            r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"|data-wait="\d+"',
            "",
            each.get("/login/code/").content.decode(),
        )
        for each in (browser, other)
    ]
    assert pages[0].replace("+8613900000001", "") == pages[1].replace("+8613900000002", "")
    assert [phone for phone, _ in codes()] == ["+8613900000001", "+8613900000002"]


def test_without_the_ticks_no_code_is_sent_and_the_phone_stays_typed(browser, codes):
    page = browser.post("/login/", {"phone": PHONE})

    words = page.content.decode()
    assert page.status_code == 422
    assert words.count("field-error") == 2
    assert f'value="{PHONE}"' in words
    assert codes() == []
    assert not User.objects.exists()


def test_a_browser_that_agreed_is_not_asked_again(browser, codes):
    ask(browser)

    assert 'type="checkbox"' not in browser.get("/login/").content.decode()
    assert browser.post("/login/", {"phone": PHONE}).status_code == 302


@pytest.mark.parametrize("phone", ["", "12345", "not a phone", "1" * 41, "+1 555 0100"])
def test_what_is_no_phone_is_said_beside_the_field(browser, codes, phone):
    page = ask(browser, phone)

    assert page.status_code == 422
    assert 'id="id_phone_error"' in page.content.decode()
    assert not User.objects.exists()


def test_a_phone_gets_three_codes_a_minute_known_or_not(browser, codes):
    User.objects.create_user("+8613900000001", phone_verified=True)

    for phone in ("13900000001", "13900000002"):
        statuses = [ask(Client(), phone).status_code for _ in range(5)]
        assert statuses == [302, 302, 302, 429, 429]
    assert len(codes()) == 6


def test_the_limit_stands_before_a_login_is_made(browser, codes):
    for _ in range(3):
        ask(Client())
    User.objects.all().delete()

    assert ask(Client()).status_code == 429
    assert not User.objects.exists()


def test_an_address_gets_many_codes_and_not_endless_ones(browser, codes, settings):
    settings.ACCOUNT_RATE_LIMITS = {"request_login_code": "4/m/ip"}

    statuses = [ask(Client(), f"1390000000{n}").status_code for n in range(6)]

    assert statuses == [302] * 4 + [429] * 2
    assert ask(Client(REMOTE_ADDR="10.1.2.3"), "13900000009").status_code == 302


def test_an_address_cannot_be_made_up_by_a_header(browser, codes, settings):
    settings.ACCOUNT_RATE_LIMITS = {"request_login_code": "2/m/ip"}

    statuses = [ask(Client(HTTP_X_FORWARDED_FOR=f"10.0.0.{n}"), f"1390000000{n}").status_code for n in range(4)]

    assert statuses == [302, 302, 429, 429]


def test_a_sender_that_does_not_answer_is_said_plainly(browser, settings):
    settings.SENDERS = ["tests.web.test_login.DeafSender"]

    page = ask(browser)

    assert page.status_code == 503
    assert "id_phone_error" in page.content.decode()


# The code


def test_three_wrong_codes_and_it_is_over(browser, codes):
    ask(browser)
    code = codes()[0][1]

    tries = [browser.post("/login/code/", {"code": wrong(code)}).status_code for _ in range(3)]
    assert tries == [422, 422, 302]
    assert browser.post("/login/code/", {"code": code})["Location"] == "/login/"
    assert "_auth_user_id" not in browser.session


def test_an_empty_try_is_none(browser, codes):
    ask(browser)
    for _ in range(5):
        assert browser.post("/login/code/", {"code": " "}).status_code == 422

    assert browser.post("/login/code/", {"code": codes()[0][1]}).status_code == 302
    assert "_auth_user_id" in browser.session


def test_twenty_guesses_at_once_are_three_tries(browser, codes):
    ask(browser)
    code, before = codes()[0][1], Session.objects.get().session_data
    statuses = []
    for n in range(20):
        statuses.append(browser.post("/login/code/", {"code": f"{(int(code) + 1 + n) % 1_000_000:06d}"}).status_code)
        Session.objects.update(session_data=before)  # each guess sees the session as it was before the first

    assert statuses == [422] * 3 + [302] * 17
    browser.post("/login/code/", {"code": code})
    assert "_auth_user_id" not in browser.session


def test_a_code_works_once(browser, codes):
    log_in(browser, codes)
    code = codes()[0][1]
    browser.post("/logout/")

    assert browser.post("/login/code/", {"code": code})["Location"] == "/login/"
    assert "_auth_user_id" not in browser.session


def test_a_code_is_good_in_the_browser_that_asked_for_it(browser, codes):
    ask(browser)

    other = Client()
    assert other.post("/login/code/", {"code": codes()[0][1]})["Location"] == "/login/"
    assert "_auth_user_id" not in other.session


def test_a_new_code_ends_the_one_before(browser, codes):
    ask(browser)
    ask(browser)
    first, second = (code for _, code in codes())

    if first != second:
        assert browser.post("/login/code/", {"code": first}).status_code == 422
    assert browser.post("/login/code/", {"code": second}).status_code == 302


def test_after_five_minutes_a_code_is_over(browser, codes):
    ask(browser, url="/login/?next=/stays/ABC234/")
    session = browser.session
    session["account_login"]["state"]["stages"]["login_by_code"]["data"]["at"] -= 301
    session.save()

    answer = browser.post("/login/code/?next=/stays/ABC234/", {"code": codes()[0][1]})

    assert answer["Location"] == "/login/?next=%2Fstays%2FABC234%2F"
    assert "note-danger" in browser.get("/login/").content.decode()


@pytest.mark.parametrize("typed", ["{0} {1}", " {0}{1} ", "{0}-{1}"])
def test_a_code_is_read_as_it_was_pasted(browser, codes, typed):
    ask(browser)
    code = codes()[0][1]

    assert browser.post("/login/code/", {"code": typed.format(code[:3], code[3:])}).status_code == 302


def test_a_code_in_full_width_digits_is_read(browser, codes):
    ask(browser)
    wide = codes()[0][1].translate(str.maketrans("0123456789", "０１２３４５６７８９"))

    assert browser.post("/login/code/", {"code": wide}).status_code == 302


def test_the_code_is_called_by_its_own_word_in_chinese(browser, codes):
    ask(browser)

    assert ">校验码</label>" in browser.get("/login/code/").content.decode()


def test_who_typed_another_number_begins_again(browser, codes):
    ask(browser)

    page = browser.get("/login/")
    assert page.status_code == 200
    assert ask(browser, "13900000002").status_code == 302
    assert codes()[-1][0] == "+8613900000002"


# Where one goes on


def test_one_returns_to_where_one_was(browser, codes):
    answer = ask(browser, url="/login/?next=/book/baodaiqiao/%3Fin%3D2026-03-06")
    assert answer["Location"] == "/login/code/?next=%2Fbook%2Fbaodaiqiao%2F%3Fin%3D2026-03-06"
    page = browser.get(answer["Location"])
    assert 'value="/book/baodaiqiao/?in=2026-03-06"' in page.content.decode()

    answer = browser.post(answer["Location"], {"code": codes()[0][1]})

    assert answer["Location"] == "/book/baodaiqiao/?in=2026-03-06"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_away_from_the_house(browser, codes, elsewhere):
    ask(browser, next=elsewhere)

    answer = browser.post("/login/code/", {"code": codes()[0][1], "next": elsewhere})

    assert answer["Location"] == "/me/"


@pytest.mark.parametrize(
    "kind, door, word",
    [("manager", "/desk/", "前台"), ("officer", "/office/", "办公"), ("auditor", "/office/", "办公")],
)
def test_staff_come_in_at_their_own_door_and_find_it_again_from_their_page(browser, codes, hostel, kind, door, word):
    user = login_for(E164, timezone.now())
    where = {"hostel": hostel} if kind == "manager" else {"network": hostel.network}
    grant_role(user, kind, valid_from=date(2023, 1, 1), now=timezone.now(), **where)

    assert log_in(browser, codes)["Location"] == door
    assert re.search(rf'<a class="btn" href="{door}"[^>]*>.*?{word}</a>', browser.get("/me/").content.decode())


def test_a_guest_comes_in_at_their_own_page_which_has_no_door_for_staff(browser, codes):
    assert log_in(browser, codes)["Location"] == "/me/"
    assert 'href="/desk/"' not in browser.get("/me/").content.decode()


def test_english_stays_english(browser, codes):
    answer = ask(browser, url="/en/login/")

    assert answer["Location"] == "/en/login/code/"
    assert User.objects.get().language == "en"
    assert "6 digits" in browser.get(answer["Location"]).content.decode()


def test_who_is_in_already_is_sent_on(browser, codes):
    log_in(browser, codes)

    assert browser.get("/login/?next=/stays/ABC234/")["Location"] == "/stays/ABC234/"


def test_logging_out_takes_a_button(browser, codes):
    log_in(browser, codes)

    assert browser.get("/logout/").status_code == 200
    assert "_auth_user_id" in browser.session
    assert browser.post("/logout/").status_code == 302
    assert "_auth_user_id" not in browser.session


def test_a_closed_login_stays_closed(browser, codes):
    User.objects.create_user(E164, is_active=False)

    answer = log_in(browser, codes)

    assert answer["Location"] == "/login/closed/"
    assert browser.get("/login/closed/").status_code == 200
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("address", ["/agreement/", "/en/agreement/"])
def test_what_one_agrees_to_can_be_read(browser, address):
    assert browser.get(address).status_code == 200


# The second factor


@pytest.fixture
def colleague(db) -> User:
    return User.objects.create_user(E164, phone_verified=True)


def connect_app(browser):
    key = re.search(r'data-testid="second-factor-key">(\w+)<', browser.get(SET_UP).content.decode())[1]
    answer = browser.post("/login/second-factor/set-up/?next=/office/", {"code": digits(key)})
    return key, answer


def test_an_app_is_connected_and_its_key_lies_unreadable_in_the_table(browser, codes, colleague):
    log_in(browser, codes)

    picture = re.search(r"data:image/svg\+xml;base64,([\w+/=]+)", browser.get(SET_UP).content.decode())[1]
    assert b'xmlns="http://www.w3.org/2000/svg"' in base64.b64decode(picture)  # without it a browser draws nothing
    key, answer = connect_app(browser)

    assert answer["Location"] == "/login/second-factor/recovery/?next=%2Foffice%2F"
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        assert all(key not in str(row) for row in cursor.fetchall())
    page = browser.get(answer["Location"]).content.decode()
    assert len(re.findall(r"<code>\d{8}</code>", page)) == 10
    assert 'href="/office/"' in page


def test_a_wrong_first_code_connects_nothing(browser, codes, colleague):
    log_in(browser, codes)
    browser.get(SET_UP)

    assert browser.post(SET_UP, {"code": "000000"}).status_code == 422
    assert not Authenticator.objects.exists()


def test_from_then_on_the_phone_alone_does_not_let_in(browser, codes, colleague):
    TOTP.activate(colleague, "JBSWY3DPEHPK3PXP")

    answer = log_in(browser, codes)

    assert answer["Location"] == "/login/second-factor/code/"
    assert "_auth_user_id" not in browser.session
    assert browser.post("/login/second-factor/code/", {"code": "000000"}).status_code == 422
    answer = browser.post("/login/second-factor/code/", {"code": digits("JBSWY3DPEHPK3PXP")})
    assert answer["Location"] == "/me/"
    assert browser.session["_auth_user_id"] == str(colleague.pk)


def test_a_recovery_code_lets_in_once(browser, codes, colleague):
    log_in(browser, codes)
    _, answer = connect_app(browser)
    code = re.search(r"<code>(\d{8})</code>", browser.get(answer["Location"]).content.decode())[1]

    for outcome in (302, 422):
        cache.clear()
        other = Client()
        log_in(other, codes)
        assert other.post("/login/second-factor/code/", {"code": code}).status_code == outcome


def test_the_second_factor_is_not_guessed(browser, codes, colleague):
    TOTP.activate(colleague, "JBSWY3DPEHPK3PXP")
    log_in(browser, codes)
    for _ in range(12):
        browser.post("/login/second-factor/code/", {"code": "000000"})

    answer = browser.post("/login/second-factor/code/", {"code": digits("JBSWY3DPEHPK3PXP")})

    assert answer.status_code == 422
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize(
    "page", ["", "set-up/", "remove/", "recovery/", "recovery/new/", "recovery/codes.txt", "again/"]
)
def test_pages_of_the_second_factor_are_for_people_inside(browser, page):
    answer = browser.get(f"/login/second-factor/{page}")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")


def test_before_the_app_is_disconnected_it_is_asked_for_once_more(browser, codes, colleague):
    TOTP.activate(colleague, "JBSWY3DPEHPK3PXP")
    log_in(browser, codes)
    browser.post("/login/second-factor/code/", {"code": digits("JBSWY3DPEHPK3PXP")})

    assert browser.get("/login/second-factor/")["Content-Type"].startswith("text/html")
    answer = browser.get("/login/second-factor/remove/")
    assert answer["Location"].startswith("/login/second-factor/again/?next=")

    cache.clear()  # the code of this half minute was used to come in
    answer = browser.post(answer["Location"], {"code": digits("JBSWY3DPEHPK3PXP")})
    assert answer["Location"] == "/login/second-factor/remove/"
    browser.post("/login/second-factor/remove/")
    assert not Authenticator.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_number_asked_for_at_the_same_moment_is_one_login(codes):
    start, statuses = threading.Barrier(3), []

    def come():
        start.wait()
        try:
            statuses.append(ask(Client()).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [302, 302, 302]
    assert User.objects.count() == 1


# --- no message yet ---------------------------------------------------------------------------------------------------
def test_the_page_says_after_how_long_a_new_code_can_be_asked_for(browser, codes):
    ask(browser)
    page = browser.get("/login/code/").content.decode()

    assert re.search(r'data-wait="(60|5\d)"', page)
    assert "60 秒还没收到短信？重发一条。" in page
    assert "{seconds} 秒后可以重发" in page
    assert "任何一家驿站都能帮你" in page


def test_the_field_of_the_code_has_the_focus_until_something_is_wrong(browser, codes):
    ask(browser)
    fresh = browser.get("/login/code/").content.decode()
    mistyped = browser.post("/login/code/", {"code": wrong(codes()[-1][1])}).content.decode()

    assert re.search(r'<input [^>]*name="code"[^>]* autofocus', fresh)
    assert mistyped.count("autofocus") == 1
    assert re.search(r'class="errors"[^>]* autofocus', mistyped)


def test_a_code_asked_for_long_ago_makes_nobody_wait(browser, codes):
    ask(browser)
    with pytest.MonkeyPatch.context() as patch:
        later = time.time() + 90
        patch.setattr(time, "time", lambda: later)
        page = browser.get("/login/code/").content.decode()

    assert 'data-wait="0"' in page


@pytest.mark.parametrize("waiting, emptied", [("0", '"storage"'), ("2", None), (None, None)])
def test_where_a_desk_was_left_open_who_comes_in_finds_nothing_of_it(browser, codes, waiting, emptied):
    """Unless acts wait there to be sent: they are for those who did them."""
    if waiting is not None:
        browser.cookies["desk_queue"] = waiting

    assert log_in(browser, codes).headers.get("Clear-Site-Data") == emptied
