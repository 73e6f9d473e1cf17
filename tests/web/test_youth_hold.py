"""A bed kept while somebody says the rest: for who is new as soon as name and document read, and found again."""

from datetime import timedelta

import pytest

from accounts.models import Consent, Deed, Person, User
from bookings.booking import book
from bookings.models import Stay
from hostel.models import Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment, resident_number
from tests.web.conftest import hidden, text_of
from tests.web.test_youth_book import ADDRESS, WEEK, who
from tests.web.test_youth_home import close

SCRIPT = {"HTTP_X_REQUESTED_WITH": "fetch"}
ANSWERS = ("education", "graduation", "home_in_district", "purpose")


@pytest.fixture
def newcomer(wuzhong) -> User:
    return User.objects.create_user("+8613900000777", phone_verified=True)


def without_answers(**changes):
    """The form with who comes and nothing else."""
    return {name: said for name, said in who().items() if name not in ANSWERS} | changes


def held():
    return Stay.objects.get(status="held")


def test_a_form_that_lacks_an_answer_keeps_the_bed_and_says_until_when_and_what_is_missing(enter, newcomer):
    browser = enter(newcomer)
    page = browser.post(ADDRESS, who(purpose="", key="k1"))

    assert page.status_code == 422
    assert "床给你留到 10:10，在那之前确认就行" in text_of(page)
    assert "还有 1 处要改" in text_of(page)
    assert hidden(page, "key") == "k1"
    assert 'name="document_number"' not in page.content.decode()  # typed once, and not again
    assert 'name="education" value="bachelor" checked' in page.content.decode()
    assert (held().guest.name, held().held_until) == ("周小满", NOW + timedelta(minutes=10))

    answer = browser.post(ADDRESS, {"purpose": "interview", "key": "k1"})
    assert answer.url == f"/stays/{Stay.objects.get().code}/"
    assert Stay.objects.get().status == "confirmed"


def test_a_button_keeps_the_bed_as_soon_as_it_is_said_who_comes(enter, newcomer):
    browser = enter(newcomer)
    before = browser.get(ADDRESS)
    answer = browser.post(ADDRESS, without_answers(keep="1", education="master"), follow=True)

    assert 'data-testid="y4-keep"' in before.content.decode()
    assert answer.redirect_chain == [(f"{ADDRESS}&education=master", 302)]
    assert "床给你留到 10:10" in text_of(answer)
    assert 'data-testid="y4-keep"' not in answer.content.decode()
    assert held().nights == Nights(FRIDAY, SUNDAY)
    assert Person.objects.get(user=newcomer).education == "master"


def test_the_script_is_answered_with_the_words_alone_and_the_whole_form_then_confirms_that_bed(enter, newcomer):
    browser = enter(newcomer)
    words = browser.post(ADDRESS, without_answers(keep="1"), **SCRIPT)
    code = held().code
    answer = browser.post(ADDRESS, who(key="k1"))

    assert words.status_code == 200
    assert "<html" not in words.content.decode()
    assert "床给你留到 10:10" in text_of(words)
    assert 'name="longer"' in words.content.decode()
    assert answer.url == f"/stays/{code}/"
    assert [(stay.code, stay.status) for stay in Stay.objects.all()] == [(code, "confirmed")]


def test_asked_twice_the_same_bed_is_kept_and_no_longer(enter, newcomer, clock):
    browser = enter(newcomer)
    browser.post(ADDRESS, without_answers(keep="1"), **SCRIPT)
    clock.now = NOW + timedelta(minutes=5)
    browser.post(ADDRESS, without_answers(keep="1"), **SCRIPT)

    assert held().held_until == NOW + timedelta(minutes=10)
    assert Stay.objects.count() == 1


def test_a_name_mended_while_the_bed_is_kept_is_the_name_of_the_stay(enter, newcomer):
    browser = enter(newcomer)
    browser.post(ADDRESS, without_answers(keep="1", name="周小蛮"), **SCRIPT)
    browser.post(ADDRESS, who(key="k1"))

    stay = Stay.objects.get()
    assert (stay.status, stay.guest.name) == ("confirmed", "周小满")


def test_a_number_mended_while_the_bed_is_kept_makes_it_theirs_under_the_right_number(enter, newcomer):
    browser = enter(newcomer)
    mistyped = resident_number(moment(FRIDAY, 0).date().replace(year=2001), "male", 78)
    browser.post(ADDRESS, without_answers(keep="1", document_number=mistyped), **SCRIPT)
    answer = browser.post(ADDRESS, who(key="k1"))

    stay = Stay.objects.get(status="confirmed")
    assert answer.url == f"/stays/{stay.code}/"
    assert (stay.guest.document, stay.guest.gender) == (who()["document_number"], "female")
    assert not Stay.objects.filter(status="held").exists()


def test_a_number_cannot_become_another_where_a_promised_stay_stands_on_it(enter, newcomer):
    browser = enter(newcomer)
    browser.post(ADDRESS, who(key="k1"))
    other = resident_number(moment(FRIDAY, 0).date().replace(year=2001), "male", 78)
    page = browser.post(f"/book/baodaiqiao/?in={SUNDAY}&out={MONDAY}", who(key="k2", document_number=other))

    assert page.status_code == 422
    assert Person.objects.get(user=newcomer).document == who()["document_number"]
    assert Stay.objects.count() == 1


def test_without_the_tick_nothing_is_written_down_and_nothing_kept(enter, newcomer):
    page = enter(newcomer).get(ADDRESS)
    browser = enter(newcomer)
    answers = [browser.post(ADDRESS, who(agreed="", **how)) for how in ({}, {"keep": "1"}, {"purpose": ""})]
    words = browser.post(ADDRESS, without_answers(agreed="", keep="1"), **SCRIPT)

    assert 'name="agreed" value="1" aria' in page.content.decode()  # never ticked before
    assert [answer.status_code for answer in (*answers, words)] == [422] * 4
    assert "同意保存姓名和证件号" in text_of(words)
    assert not Person.objects.exists()
    assert not Stay.objects.exists()
    assert not Consent.objects.exists()


def test_the_tick_is_written_down_as_a_consent_of_its_own_once(enter, newcomer):
    browser = enter(newcomer)
    browser.post(ADDRESS, without_answers(keep="1"), **SCRIPT)
    browser.post(ADDRESS, who(key="k1"))

    [consent] = Consent.objects.filter(user=newcomer)
    assert (consent.purpose, consent.given_at, consent.withdrawn_at) == ("identity", NOW, None)


def test_who_may_not_stay_is_told_at_once_and_nothing_is_kept(enter, newcomer):
    browser = enter(newcomer)
    parents_card = resident_number(moment(FRIDAY, 0).date().replace(year=1975), "female", 77)
    words = browser.post(ADDRESS, without_answers(keep="1", document_number=parents_card), **SCRIPT)
    page = browser.post(ADDRESS, without_answers(keep="1", document_number=parents_card))

    assert (words.status_code, page.status_code) == (409, 409)
    assert "年龄要在" in text_of(words)
    assert 'data-code="AGE"' in page.content.decode()
    assert not Stay.objects.exists()
    assert Person.objects.get(user=newcomer).document == ""


def test_where_no_bed_is_free_the_page_says_so_and_the_document_is_not_typed_again(enter, newcomer, hostel):
    close(hostel, FRIDAY, SUNDAY)
    browser = enter(newcomer)
    words = browser.post(ADDRESS, without_answers(keep="1"), **SCRIPT)
    page = browser.post(ADDRESS, without_answers(keep="1"))

    assert words.status_code == 409
    assert 'data-testid="y4-full"' in page.content.decode()
    assert Person.objects.get(user=newcomer).name == "周小满"
    assert not Stay.objects.exists()


def test_a_wrong_digit_is_said_to_the_script_too(enter, newcomer):
    number = who()["document_number"]
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    words = enter(newcomer).post(ADDRESS, without_answers(keep="1", document_number=wrong), **SCRIPT)

    assert words.status_code == 422
    assert 'data-testid="y4-not-kept"' in words.content.decode()
    assert not Person.objects.exists()


def test_nights_that_cost_are_kept_and_their_price_is_accepted_or_not_at_the_end(enter, newcomer):
    browser = enter(newcomer)
    browser.post(WEEK, without_answers(keep="1"), **SCRIPT)
    unpriced = browser.post(WEEK, who(key="k1"))
    priced = browser.post(WEEK, who(key="k2", accept_price="1"))

    assert unpriced.status_code == 409
    assert 'data-code="NIGHTS"' in unpriced.content.decode()
    assert priced.status_code == 302
    assert sum(night.price_fen for night in Stay.objects.get(status="confirmed").bed_nights.live()) == 3 * 4900


def test_the_hold_is_made_longer_once_and_what_was_answered_stays(enter, newcomer):
    browser = enter(newcomer)
    browser.post(ADDRESS, without_answers(keep="1"), **SCRIPT)
    answer = browser.post(ADDRESS, who(longer="1", purpose=""))
    again = browser.post(ADDRESS, {"longer": "1"}, follow=True)

    assert answer.url == f"{ADDRESS}&education=bachelor&graduation=2025&home_in_district=no"
    assert held().held_until == NOW + timedelta(minutes=20)
    assert 'name="longer"' not in again.content.decode()


@pytest.mark.parametrize("path", ["/", "/hostels/baodaiqiao/", "/hostels/mudu/", "/book/baodaiqiao/?in=2026-03-10"])
def test_a_bed_that_is_kept_is_found_again_wherever_one_goes(enter, lin, hostel, path):
    browser = enter(lin.user)
    before = browser.get(path).content.decode()
    book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="", now=NOW, hold=True)
    page = browser.get(path)

    assert 'data-testid="y4-hold"' not in before
    assert "给你留着一张床，到 10:10" in text_of(page)
    assert 'href="/book/baodaiqiao/?in=2026-03-06&amp;out=2026-03-08"' in page.content.decode()


def test_a_bed_that_is_only_kept_stands_in_the_way_of_no_other_and_goes_back_for_it(enter, lin, hostel):
    mine = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="", now=NOW, hold=True)
    browser = enter(lin.user)
    longer = f"/book/mudu/?in={FRIDAY}&out={MONDAY}"
    page = browser.get(longer)
    answer = browser.post(longer, {"purpose": "interview", "key": "k"})

    mine.refresh_from_db()
    assert "改订这里，那张床就放回去" in text_of(page)
    assert "OVERLAP" not in page.content.decode()
    assert answer.status_code == 302
    assert mine.status == "cancelled"


def test_a_hold_that_is_over_or_somebody_elses_is_not_spoken_of(enter, lin, chen, hostel, clock):
    book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="", now=NOW, hold=True)
    theirs = enter(chen.user).get("/").content.decode()
    clock.now = NOW + timedelta(minutes=10)
    late = enter(lin.user).get("/").content.decode()

    assert "y4-hold" not in theirs + late


def test_me_leads_back_to_a_bed_that_is_kept(enter, lin, hostel):
    stay = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="", now=NOW, hold=True)
    browser = enter(lin.user)

    assert f'href="/stays/{stay.code}/"' in browser.get("/me/").content.decode()
    assert "/book/baodaiqiao/?in=2026-03-06" in browser.get(f"/stays/{stay.code}/").content.decode()


# --- who was here before --------------------------------------------------------------------------------------------
def test_the_purpose_of_the_last_stay_stands_chosen_and_can_be_changed(enter, lin, hostel):
    earlier = NOW - timedelta(days=30)
    nights = Nights(FRIDAY - timedelta(days=30), FRIDAY - timedelta(days=29))
    book(guest=lin, hostel=hostel, nights=nights, purpose="exam", now=earlier)
    book(guest=lin, hostel=Hostel.objects.get(slug="mudu"), nights=Nights(SUNDAY, MONDAY), purpose="interview", now=NOW)
    browser = enter(lin.user)
    html = browser.get(f"/book/baodaiqiao/?in={FRIDAY}&out={SATURDAY}").content.decode()
    said = browser.get(f"/book/baodaiqiao/?in={FRIDAY}&out={SATURDAY}&purpose=exam").content.decode()
    unsaid = browser.post(f"/book/baodaiqiao/?in={FRIDAY}&out={SATURDAY}", {"key": "k"})

    assert 'name="purpose" value="interview" checked' in html
    assert 'name="purpose" value="exam" checked' in said
    assert unsaid.status_code == 422  # what is only shown was not said


def test_a_purpose_that_the_policy_no_longer_knows_stands_for_nothing(enter, lin, hostel, in_force):
    book(guest=lin, hostel=hostel, nights=Nights(SUNDAY, MONDAY), purpose="exam", now=NOW)

    def change(rules):
        entitlement = rules["entitlements"][0]
        kept = [purpose for purpose in entitlement["purposes"] if purpose != "exam"]
        purposes = {key: words for key, words in rules["purposes"].items() if key != "exam"}
        return rules | {"purposes": purposes, "entitlements": [entitlement | {"purposes": kept}]}

    in_force(change=change)
    html = enter(lin.user).get(f"/book/baodaiqiao/?in={FRIDAY}&out={SATURDAY}").content.decode()

    assert 'name="purpose"' in html
    assert 'value="exam"' not in html


# --- a login that ended -----------------------------------------------------------------------------------------------
def test_after_a_login_that_ended_the_form_is_filled_again_but_for_the_number(client, newcomer, clock):
    passport = {"document_kind": "passport", "document_number": "E12345678"}
    answer = client.post(ADDRESS, who(**passport))
    client.force_login(newcomer)
    page = client.get(f"{ADDRESS}&education=bachelor&purpose=interview").content.decode()
    again = client.get(ADDRESS).content.decode()

    assert "周" not in answer.url
    assert 'name="name" autocomplete="name" maxlength="60" value="周小满"' in page
    assert 'value="passport" checked' in page
    assert "E12345678" not in page + str(dict(client.session))
    assert "周小满" not in again  # once
    assert not Deed.objects.filter(what="identity_given").exists()
