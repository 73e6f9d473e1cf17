"""The booking page: one page, one tap; a no that says why and what else."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from accounts.models import Person, User
from accounts.people import change_profile
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.models import Stay
from eligibility.models import Assessment
from hostel.models import Hostel, Quota
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, ROOT, SATURDAY, SUNDAY, moment, resident_number
from tests.eligibility.reviewed import rules_with_people
from tests.web.conftest import hidden, text_of
from tests.web.test_youth_home import close

ADDRESS = "/book/baodaiqiao/?in=2026-03-06&out=2026-03-08"
WEEK = "/book/baodaiqiao/?in=2026-03-06&out=2026-03-12"
PROFILE = {
    "ask_education": "1",
    "education": "bachelor",
    "ask_graduation": "1",
    "graduation": "2025",
    "ask_home_in_district": "1",
    "home_in_district": "no",
    "purpose": "interview",
}


@pytest.fixture
def newcomer(wuzhong) -> User:
    return User.objects.create_user("+8613900000777", phone_verified=True)


def who(**changes):
    from_document = {
        "name": "周小满",
        "document_kind": "resident",
        "document_number": resident_number(moment(FRIDAY, 0).date().replace(year=2002), "female", 77),
    }
    return from_document | {"agreed": "1"} | PROFILE | changes


def test_a_visitor_logs_in_first_and_comes_back_with_everything(wuzhong, clock):
    answer = Client().get(f"{ADDRESS}&education=bachelor&purpose=exam")

    back = parse_qs(urlsplit(answer.url).query)["next"][0]
    assert answer.status_code == 302
    assert urlsplit(answer.url).path == "/login/"
    assert back == "/book/baodaiqiao/?in=2026-03-06&out=2026-03-08&education=bachelor&purpose=exam"


def test_a_form_sent_after_the_session_ended_keeps_its_answers_but_nothing_of_a_document(wuzhong, clock):
    answer = Client().post(ADDRESS, who())

    back = parse_qs(urlsplit(answer.url).query)["next"][0]
    assert "purpose=interview" in back
    assert "education=bachelor" in back
    assert "document" not in back
    assert "周小满" not in back


def test_a_known_person_confirms_with_one_reason_and_one_tap(enter, lin):
    browser = enter(lin.user)
    page = browser.get(ADDRESS)
    answer = browser.post(ADDRESS, {"purpose": "interview", "key": hidden(page, "key")})

    stay = Stay.objects.get()
    assert "今晚 3月6日 周五 → 3月8日 周日，共 2 晚" in text_of(page)
    assert "共 7 晚，还剩 7 晚；订后剩 5 晚" in text_of(page)
    assert "3月6日 周五 23:00" in text_of(page)
    assert 'name="document_number"' not in page.content.decode()
    assert (stay.status, stay.guest, stay.nights) == ("confirmed", lin, Nights(FRIDAY, SUNDAY))
    assert answer.url == f"/stays/{stay.code}/"
    assert "订好了，等你来" in text_of(browser.get(answer.url))


def test_who_books_tonight_after_midnight_reads_of_which_day_the_hour_is(enter, lin, clock):
    clock.now = moment(SATURDAY, 0, 39)

    page = text_of(enter(lin.user).get(ADDRESS))

    assert "今晚 3月6日 周五 → 3月8日 周日，共 2 晚" in page
    assert "3月7日 周六 02:39" in page


def test_after_the_desk_closed_the_hours_reach_until_the_bed_is_kept_and_the_desk_is_rung_first(enter, lin, clock):
    clock.now = moment(FRIDAY, 22, 59)
    browser = enter(lin.user)
    before = text_of(browser.get("/en" + ADDRESS))
    assert (
        "Check in 14:00–00:59 with the document itself. Once booked, your bed is kept until Sat 7 Mar 00:59." in before
    )
    assert "ring the desk" not in before

    clock.now = moment(SATURDAY, 0, 39)
    after = text_of(browser.get("/en" + ADDRESS))
    assert "Check in 14:00–02:39" in after
    assert "It is past 23:00: ring the desk before you set out, 0512-6500-1009 ." in after

    answer = browser.post(ADDRESS, {"purpose": "interview", "key": hidden(browser.get(ADDRESS), "key")})
    page = text_of(browser.get(answer.url))
    assert "到店 14:00–02:39" in page
    assert "14:00–23:00" not in page


def test_a_double_tap_books_once(enter, lin):
    browser = enter(lin.user)
    sent = {"purpose": "interview", "key": hidden(browser.get(ADDRESS), "key")}
    first, second = browser.post(ADDRESS, sent), browser.post(ADDRESS, sent)

    assert first.url == second.url
    assert Stay.objects.count() == 1


def test_a_new_person_types_a_name_and_a_number_and_taps_the_rest(enter, newcomer):
    browser = enter(newcomer)
    page = browser.get(ADDRESS)
    html = page.content.decode()
    answer = browser.post(ADDRESS, who(key=hidden(page, "key")))

    typed = re.findall(r'<input (?![^>]*type="(?:radio|hidden|checkbox)")[^>]*name="(\w+)"', html)
    person = Person.objects.get(user=newcomer)
    assert typed == ["name", "document_number"]
    assert 'value="resident" checked' in html
    assert answer.status_code == 302
    assert (person.name, person.gender, person.education, person.graduation) == ("周小满", "female", "bachelor", "2025")
    assert Stay.objects.get().guest == person


def test_what_was_answered_in_the_check_stands_chosen(enter, newcomer):
    html = enter(newcomer).get(f"{ADDRESS}&education=master&graduation=2024&home_in_district=no&purpose=exam")

    for value in ("master", "2024", "no", "exam"):
        assert f'value="{value}" checked' in html.content.decode()


def test_what_is_missing_is_listed_on_top_and_beside_its_field_and_what_was_typed_stays(enter, newcomer):
    page = enter(newcomer).post(
        ADDRESS, {"name": "周小满", "document_kind": "resident", "purpose": "exam", "key": "k1"}
    )
    html = page.content.decode()

    assert page.status_code == 422
    assert re.search(r"<title>\s*有误：", html)
    assert "还有 5 处要改" in text_of(page)
    assert '<a href="#document_number">填一下证件号</a>' in html
    assert '<a href="#education">选一下学历</a>' in html
    assert 'value="周小满"' in html
    assert hidden(page, "key") == "k1"
    assert not Person.objects.filter(user=newcomer).exists()


def test_a_wrong_digit_of_the_document_is_said_beside_the_number(enter, newcomer):
    number = who()["document_number"]
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    page = enter(newcomer).post(ADDRESS, who(document_number=wrong))

    assert page.status_code == 422
    assert "document_number-error" in page.content.decode()
    assert not Stay.objects.exists()


def test_a_passport_needs_gender_and_birth_date_and_takes_them_from_taps(enter, newcomer):
    browser = enter(newcomer)
    passport = {"document_kind": "passport", "document_number": "E12345678", "name": "Anna Berg"}
    refused = browser.post(ADDRESS, who(**passport))
    answer = browser.post(ADDRESS, who(**passport, gender="female", birth_year="2001", birth_month="5", birth_day="6"))

    assert refused.status_code == 422
    assert "这种证件看不出性别，选一下" in text_of(refused)
    assert answer.status_code == 302
    assert Person.objects.get(user=newcomer).birth_date.isoformat() == "2001-05-06"


def test_a_day_that_does_not_exist_is_said(enter, newcomer):
    passport = {"document_kind": "passport", "document_number": "E12345678", "name": "Anna Berg", "gender": "female"}
    page = enter(newcomer).post(ADDRESS, who(**passport, birth_year="2001", birth_month="2", birth_day="30"))

    assert "没有这一天" in text_of(page)


def test_a_document_of_another_login_is_refused_with_a_way_back(enter, newcomer, lin):
    page = enter(newcomer).post(ADDRESS, who(document_number=lin.document, name=lin.name))

    assert page.status_code == 422
    assert lin.user.phone not in page.content.decode()
    assert not Person.objects.filter(user=newcomer).exists()


def test_nights_that_cost_something_are_taken_only_with_a_tick(enter, lin):
    browser = enter(lin.user)
    page = browser.get(WEEK)
    without = browser.post(WEEK, {"purpose": "interview", "key": "a"})
    accepted = browser.post(WEEK, {"purpose": "interview", "accept_price": "1", "key": "b"})

    assert "免费 3 晚；3 晚每晚 49 元，共 147 元，到店付" in text_of(page)
    assert 'name="accept_price" value="1" data-testid' in page.content.decode()  # never ticked before
    assert without.status_code == 409
    assert 'data-code="NIGHTS"' in without.content.decode()
    assert accepted.status_code == 302
    stay = Stay.objects.get()
    assert sum(night.price_fen for night in stay.bed_nights.all()) == 3 * 4900
    assert "到店付 147 元" in text_of(browser.get(accepted.url))


def test_what_stands_against_a_booking_is_said_before_it_is_tried(enter, people, wuzhong):
    someone = people("顾本地", home_in_district=True)
    page = enter(someone.user).get(ADDRESS)

    assert page.status_code == 200
    assert 'data-code="LOCAL"' in page.content.decode()
    assert "edit=1#home_in_district" in page.content.decode() or "/help/" in page.content.decode()


def test_a_refusal_says_every_reason_and_books_nothing(enter, people, wuzhong):
    someone = people("顾本地", home_in_district=True, graduation="2015")
    page = enter(someone.user).post(ADDRESS, {"purpose": "interview", "key": "k"})

    assert page.status_code == 409
    assert re.findall(r'is-not_met" data-code="(\w+)"', page.content.decode()) == ["GRAD", "LOCAL"]
    assert not Stay.objects.exists()


def test_an_answer_can_be_changed_where_it_stands_against_the_booking(enter, people, wuzhong):
    someone = people("顾小白", graduation="2015")
    browser = enter(someone.user)
    form = browser.get(f"{ADDRESS}&edit=1").content.decode()
    answer = browser.post(ADDRESS, {"ask_graduation": "1", "graduation": "2025", "purpose": "interview", "key": "k"})

    someone.refresh_from_db()
    assert 'name="graduation"' in form
    assert answer.status_code == 302
    assert someone.graduation == "2025"


def test_a_full_house_offers_the_same_nights_nearby_with_one_tap(enter, lin, hostel):
    close(hostel, FRIDAY, SUNDAY)
    browser = enter(lin.user)
    page = browser.post(ADDRESS, {"purpose": "interview", "key": "k"})
    action = re.search(r'action="(/book/(?!baodaiqiao)[^"]+)"', page.content.decode())[1].replace("&amp;", "&")
    answer = browser.post(action, {"purpose": "interview", "key": hidden(page, "key")})

    assert page.status_code == 409
    assert "in=2026-03-06&out=2026-03-08" in action
    assert answer.status_code == 302
    assert Stay.objects.get().nights == Nights(FRIDAY, SUNDAY)


def test_what_keeps_the_nights_is_offered_before_other_nights_and_the_line(enter, lin, hostel):
    close(hostel, FRIDAY, SUNDAY)
    page = enter(lin.user).post(ADDRESS, {"purpose": "interview", "key": "k"})

    kinds = re.findall(r'data-kind="(\w+)"', page.content.decode())
    assert kinds[:3] == ["nearby"] * 3
    assert kinds[3:] == ["shifted", "waitlist"]


def test_a_house_whose_free_nights_are_used_up_says_so_and_offers_another_with_one_tap(enter, lin, hostel):
    Quota.objects.create(network=hostel.network, hostel=hostel, first_day=FRIDAY.replace(day=1), nights=0)
    browser = enter(lin.user)

    page = browser.post(f"/en{ADDRESS}", {"purpose": "interview", "key": "k"})

    said = text_of(page)
    assert page.status_code == 409
    assert "Too few free nights are left here. Your dates are kept; try another" in said
    assert "has 0 free nights in March 2026: 0 taken, 0 left; this needs 2" in said
    action = re.search(
        r'action="/en(/book/(?!baodaiqiao)[^"]+)"|action="(/book/(?!baodaiqiao)[^"]+)"', page.content.decode()
    )
    answer = browser.post((action[1] or action[2]).replace("&amp;", "&"), {"purpose": "interview", "key": "l"})
    assert answer.status_code == 302
    assert Stay.objects.get().hostel != hostel


def test_a_stay_that_is_there_already_is_named(enter, lin, hostel):
    book(guest=lin, hostel=Hostel.objects.get(slug="mudu"), nights=Nights(FRIDAY, SATURDAY), purpose="exam", now=NOW)
    page = enter(lin.user).get(ADDRESS)

    assert 'data-code="OVERLAP"' in page.content.decode()


def test_with_the_bed_held_the_nights_left_are_still_those_before_and_after_this_booking(enter, lin, hostel):
    book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="", now=NOW, hold=True)

    assert "共 7 晚，还剩 7 晚；订后剩 5 晚" in text_of(enter(lin.user).get(ADDRESS))


def test_a_held_bed_is_confirmed_by_this_page(enter, lin, hostel):
    held = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="", now=NOW, hold=True)
    browser = enter(lin.user)
    answer = browser.post(ADDRESS, {"purpose": "interview", "key": "k"})

    held.refresh_from_db()
    assert (held.status, held.purpose) == ("confirmed", "interview")
    assert answer.url == f"/stays/{held.code}/"
    assert Stay.objects.count() == 1


def test_a_hold_is_kept_longer_once(enter, lin, hostel):
    held = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="", now=NOW, hold=True)
    browser = enter(lin.user)
    before = browser.get(ADDRESS).content.decode()
    browser.post(ADDRESS, {"longer": "1"})
    browser.post(ADDRESS, {"longer": "1"})
    after = browser.get(ADDRESS).content.decode()

    held.refresh_from_db()
    assert held.held_until == NOW + timedelta(minutes=20)
    assert 'name="longer"' in before
    assert 'name="longer"' not in after


def test_when_the_hold_ended_the_wish_still_gets_a_bed_if_there_is_one(enter, lin, hostel, clock):
    held = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="", now=NOW, hold=True)
    browser = enter(lin.user)
    clock.now = NOW + timedelta(minutes=11)
    answer = browser.post(ADDRESS, {"purpose": "interview", "key": "k"})

    assert answer.status_code == 302
    assert Stay.objects.get(status="confirmed").code != held.code


def test_a_cancelled_booking_can_be_made_again(enter, lin, hostel):
    cancel(book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="exam", now=NOW), now=NOW)
    answer = enter(lin.user).post(ADDRESS, {"purpose": "interview", "key": "k"})

    assert answer.status_code == 302


def test_a_house_for_groups_is_refused_with_its_reason(enter, lin):
    page = enter(lin.user).get("/book/linhu/?in=2026-03-06&out=2026-03-08")

    assert 'data-code="GROUP_ONLY"' in page.content.decode()


def test_too_far_ahead_says_from_when(enter, lin):
    page = enter(lin.user).get("/book/baodaiqiao/?in=2026-06-01&out=2026-06-02")

    assert 'data-code="WINDOW"' in page.content.decode()
    assert "5月2日" in text_of(page)


def test_an_unknown_house_is_not_found(enter, lin):
    assert enter(lin.user).get("/book/nowhere/").status_code == 404


def test_the_page_speaks_english_and_stays_there(enter, lin):
    browser = enter(lin.user)
    page = browser.get("/en" + ADDRESS)
    answer = browser.post("/en" + ADDRESS, {"purpose": "interview", "key": hidden(page, "key")})

    assert "Confirm your booking" in text_of(page)
    assert answer.url.startswith("/en/stays/")
    assert "Booked. See you soon" in text_of(browser.get(answer.url))


def test_the_page_takes_as_many_statements_with_many_stays_as_with_none(
    enter, lin, hostel, django_assert_max_num_queries
):
    browser = enter(lin.user)
    with django_assert_max_num_queries(14):
        browser.get(ADDRESS)
    for day in range(20, 25):
        night = MONDAY + timedelta(days=day)
        book(guest=lin, hostel=hostel, nights=Nights(night, night + timedelta(days=1)), purpose="exam", now=NOW)
    with django_assert_max_num_queries(14):
        browser.get(ADDRESS)


def test_changing_an_answer_keeps_the_month_that_was_known(enter, lin):
    html = enter(lin.user).get(f"{ADDRESS}&edit=1").content.decode()

    assert 'name="graduation" value="2025" checked' in html
    assert 'name="month" value="06" checked' in html
    assert "edit=1#education" in enter(lin.user).get(ADDRESS).content.decode()


def test_a_bare_year_on_the_edge_is_asked_for_its_month_and_then_books(enter, people, wuzhong):
    someone = people("顾小白", graduation="2023")
    browser = enter(someone.user)
    html = browser.get(ADDRESS).content.decode()
    refused = browser.post(ADDRESS, {"purpose": "interview", "key": "k"})
    answer = browser.post(
        ADDRESS, {"ask_graduation": "1", "graduation": "2023", "month": "06", "purpose": "interview", "key": "k"}
    )

    assert 'name="month"' in html
    assert (refused.status_code, answer.status_code) == (409, 302)
    someone.refresh_from_db()
    assert someone.graduation == "2023-06"


def test_who_may_not_stay_leaves_no_identity_and_keeps_what_was_typed(enter, newcomer):
    parents_card = resident_number(moment(FRIDAY, 0).date().replace(year=1975), "female", 77)

    page = enter(newcomer).post(ADDRESS, who(document_number=parents_card, key="k1"))

    assert page.status_code == 409
    kept = Person.objects.get(user=newcomer)
    assert (kept.name, kept.document, kept.document_hash, kept.gender) == ("", "", None, "")
    assert f"编号 {Assessment.objects.get(person=kept).code}" in text_of(page)
    assert parents_card in page.content.decode()
    assert enter(newcomer).post(ADDRESS, who(key="k2")).status_code == 302


def test_who_only_lacks_a_bed_types_nothing_twice(enter, newcomer, hostel):
    close(hostel, FRIDAY, MONDAY)

    assert enter(newcomer).post(ADDRESS, who(key="k1")).status_code == 409

    assert Person.objects.get(user=newcomer).name == "周小满"


@pytest.mark.parametrize(
    "about, address, code, way_on",
    [
        ({"home_in_district": True}, ADDRESS, "LOCAL", "/book/baodaiqiao/?in=2026-03-06&amp;out=2026-03-08&amp;edit=1"),
        ({}, "/book/linhu/?in=2026-03-06&out=2026-03-08", "GROUP_ONLY", "/?in=2026-03-06&amp;out=2026-03-08"),
        ({}, "/book/baodaiqiao/?in=2026-06-01&out=2026-06-02", "WINDOW", "/hostels/baodaiqiao/?in=2026-04-05"),
    ],
)
def test_where_the_page_cannot_mend_it_nothing_is_promised_and_one_step_leads_on(
    enter, people, wuzhong, about, address, code, way_on
):
    page = enter(people("顾本地", **about).user).get(address)
    html = page.content.decode()

    assert f'data-code="{code}"' in html
    assert "<dt>价格</dt>" not in html
    assert "订后剩" not in text_of(page)
    assert 'data-testid="y4-confirm"' not in html
    assert f'href="{way_on}" data-testid="y4-way-on"' in html
    assert html.count("btn-primary") == 1


def test_an_answer_that_is_being_changed_can_still_be_confirmed(enter, people, wuzhong):
    page = enter(people("顾小白", graduation="2015").user).get(f"{ADDRESS}&edit=1").content.decode()

    assert 'data-testid="y4-confirm"' in page
    assert "<dt>价格</dt>" not in page


# --- what the policy in force asks ----------------------------------------------------------------------------------
KEY = "work-either-wuzhong"


def asked_on(page):
    """The names of the questions of the page, each once."""
    names = re.findall(r'<input type="radio" name="([^"]+)"', page.content.decode())
    return [name for name in dict.fromkeys(names) if name not in ("document_kind", "gender")]


def test_the_page_asks_what_the_policy_asks_and_keeps_the_answer_with_the_person(enter, lin, asks_otherwise):
    browser = enter(lin.user)
    page = browser.get(ADDRESS)
    unanswered = browser.post(ADDRESS, {"purpose": "interview", f"ask_{KEY}": "1", "key": "a"})
    answer = browser.post(ADDRESS, {"purpose": "interview", f"ask_{KEY}": "1", f"a-{KEY}": "no", "key": "b"})

    lin.refresh_from_db()
    assert asked_on(page) == [f"a-{KEY}", "purpose"]
    assert unanswered.status_code == 422
    assert f'<a href="#{KEY}">还没回答：' in unanswered.content.decode()
    assert answer.status_code == 302
    assert lin.answers == {KEY: "no"}
    assert Stay.objects.get().status == "confirmed"


def test_what_was_answered_once_is_shown_and_not_asked_again_but_can_be_changed(enter, lin, asks_otherwise):
    change_profile(lin, now=NOW, answers={KEY: "yes", "asked-elsewhere": "no"})
    browser = enter(lin.user)
    page, changing = browser.get(ADDRESS), browser.get(f"{ADDRESS}&edit=1")
    browser.post(ADDRESS, {"purpose": "interview", f"ask_{KEY}": "1", f"a-{KEY}": "no", "key": "b"})

    lin.refresh_from_db()
    assert asked_on(page) == []
    assert f"edit=1#{KEY}" in page.content.decode()
    assert asked_on(changing) == [f"a-{KEY}", "purpose"]
    assert f'name="a-{KEY}" value="yes" checked' in changing.content.decode()
    assert lin.answers == {KEY: "no", "asked-elsewhere": "no"}


def test_a_newcomer_answers_the_policys_questions_with_the_document(enter, newcomer, asks_otherwise):
    browser = enter(newcomer)
    page = browser.get(f"{ADDRESS}&a-{KEY}=no&education=bachelor")
    sent = {name: value for name, value in who(key=hidden(page, "key")).items() if "home" not in name}
    answer = browser.post(ADDRESS, sent | {f"ask_{KEY}": "1", f"a-{KEY}": "no"})

    person = Person.objects.get(user=newcomer)
    assert asked_on(page) == [f"a-{KEY}", "purpose"]
    assert f'name="a-{KEY}" value="no" checked' in page.content.decode()
    assert answer.status_code == 302
    assert person.answers == {KEY: "no"}
    assert (person.education, person.graduation) == ("", "")  # these rules do not ask


def test_a_visitor_comes_back_from_the_login_with_the_answers_to_the_policys_questions(asks_otherwise, clock):
    answer = Client().get(f"{ADDRESS}&a-{KEY}=no")

    assert f"a-{KEY}=no" in parse_qs(urlsplit(answer.url).query)["next"][0]


def test_me_shows_what_the_policy_asks_and_what_was_answered(enter, lin, asks_otherwise):
    change_profile(lin, now=NOW, answers={KEY: "no"})
    words = text_of(enter(lin.user).get("/en/me/"))

    assert "Do you have a job or social insurance in Wuzhong? No" in words
    assert "Education" not in words


# --- a no, and what one may do about it -----------------------------------------------------------------------------
def test_a_refusal_has_a_reference_and_leads_to_a_person_where_a_person_may_agree(enter, people, wuzhong):
    browser = enter(people("顾本地", home_in_district=True).user)
    page = browser.post(ADDRESS, {"purpose": "interview", "key": "k"})

    code = Assessment.objects.get().code
    assert f"编号 {code}" in text_of(page)
    assert f'href="/reviews/new/?about={code}"' in page.content.decode()
    assert "人工复核" in text_of(page)
    assert browser.get(f"/reviews/new/?about={code}").status_code == 200


def test_what_is_counted_leads_to_no_person(enter, lin, hostel):
    book(guest=lin, hostel=Hostel.objects.get(slug="mudu"), nights=Nights(FRIDAY, SATURDAY), purpose="exam", now=NOW)
    page = enter(lin.user).post(ADDRESS, {"purpose": "interview", "key": "k"})

    assert page.status_code == 409
    assert 'data-code="OVERLAP"' in page.content.decode()
    assert "编号" in text_of(page)
    assert "/reviews/new/" not in page.content.decode()


# --- what waits -----------------------------------------------------------------------------------------------------
def test_a_bed_that_will_wait_for_a_person_is_promised_as_that_before_and_after(enter, people, wuzhong):
    rules_with_people(wuzhong, NOW, evidence={"may_be_shown_at_desk": True})
    browser = enter(people("顾本地", home_in_district=True).user)
    page = browser.get(f"{ADDRESS}&purpose=interview")
    answer = browser.post(ADDRESS, {"purpose": "interview", "key": "k"})

    stay = Stay.objects.get()
    assert "要人工看一下" in text_of(page)
    assert "现在就能订，房先给你留着" in text_of(page)
    assert 'data-testid="y4-confirm"' in page.content.decode()
    assert (stay.status, stay.awaits) == ("held", "review")
    assert answer.url == f"/stays/{stay.code}/"
    assert "订好了，等你来" not in text_of(browser.get(answer.url))


def test_a_bed_that_will_wait_for_a_proof_says_until_when(enter, lin, wuzhong):
    rules_with_people(wuzhong, NOW)
    browser = enter(lin.user)
    page = browser.get(f"{ADDRESS}&purpose=interview")
    browser.post(ADDRESS, {"purpose": "interview", "key": "k"})

    stay = Stay.objects.get()
    assert "条件都符合，还差一份材料" in text_of(page)
    assert "先订房，房给你留到 3月6日 周五 16:00" in text_of(page)
    assert (stay.status, stay.awaits, stay.held_until) == ("held", "proof", moment(FRIDAY, 16))


def test_what_to_bring_to_pay_and_to_keep_to_is_said_before_booking(enter, lin, in_force):
    in_force(ROOT / "eligibility/published/wuhan_wuchang_2022_2024.yaml")
    words = text_of(enter(lin.user).get(f"{ADDRESS}&purpose=job_seeking"))

    assert "到店时在前台交押金 200 元" in words
    assert "带上材料，到店出示原件也行：身份证" in words
    assert "到店时间：14:00–22:00" in words
