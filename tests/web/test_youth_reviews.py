"""What a person reads of the question about them: waiting, sent back, passed, refused; asking and appealing."""

import html
import re
from datetime import timedelta

import pytest

from bookings import reviewing
from bookings.awaiting import look_again
from bookings.booking import book
from bookings.locking import locked
from eligibility import reviews
from eligibility.evaluation import assess, evaluate
from eligibility.facts import facts_of_visitor
from eligibility.models import Review
from eligibility.reasons import Refused
from hostel.models import Hostel
from hostel.nights import Nights
from tests.api.counting import statements
from tests.conftest import FRIDAY, MONDAY, NOW, SUNDAY
from tests.eligibility.reviewed import proof_for, rules_with_people
from tests.web.conftest import text_of

WEEKEND = Nights(FRIDAY, SUNDAY)


@pytest.fixture
def hostel(hostel):
    """The house of the stays, under rules by which people look."""
    rules_with_people(hostel.network, NOW)
    return Hostel.objects.get(pk=hostel.pk)


@pytest.fixture
def stay(lin, hostel, clock):
    """Lin's bed, held until a person has looked at her proof."""
    stay = book(guest=lin, hostel=hostel, nights=WEEKEND, purpose="interview", now=NOW)
    proof_for(stay.assessment, NOW)
    return look_again(locked(stay), now=NOW)


@pytest.fixture
def asked(stay):
    return reviews.with_all().get(assessment__about=stay.code)


@pytest.fixture
def page(enter, lin, stay):
    """Lin's page of her stay, as it reads now."""
    browser = enter(lin.user)
    return lambda language="": browser.get(f"{language}/stays/{stay.code}/")


@pytest.fixture
def refusal(lin, hostel, clock):
    """A decision kept: no, by a rule that a person may set aside."""
    policy = rules_with_people(hostel.network, NOW, 3, home={"otherwise": "no"})
    facts = facts_of_visitor(
        NOW,
        network="wuzhong",
        purpose="interview",
        arrival=FRIDAY,
        departure=SUNDAY,
        education="bachelor",
        graduation="2025-06",
        home_in_district=True,
        birth_date=lin.birth_date,
    )
    return assess(lin, policy, facts, evaluate(policy, facts))


def sentences(response):
    found = re.findall(r'<span class="sentence">(.*?)</span>', response.content.decode(), re.DOTALL)
    return [" ".join(html.unescape(each).split()) for each in found]


# --- on the page of the stay ----------------------------------------------------------------------------------------
def test_who_waits_reads_until_when_and_what_is_looked_at(page):
    read = page()

    said = text_of(read)
    assert "工作人员在看" in said
    assert "3月10日 周二 18:00 前答复你，常常更早。" in said
    assert "床给你留到 3月6日 周五 23:00。" in said
    assert "到那时还没有答复，床就放出" in said  # the bed goes before the answer is due: that is no time to do nothing
    assert "什么都不用做" not in said
    assert sentences(read) == ["你交的材料要人工看一下：面试或考试通知 / 用人单位名称和联系方式"]
    assert "确认预订" not in said


def test_it_speaks_english_too(page):
    said = text_of(page("/en"))

    assert "You have the answer by Tue 10 Mar 18:00, often sooner." in said
    assert "Without an answer by then the bed is released, and nothing is recorded against you." in said
    assert "Your bed is held until Fri 6 Mar 23:00." in said


def test_a_late_answer_is_our_fault(page, asked, clock):
    Review.objects.update(due_at=NOW - timedelta(hours=1))

    assert "原定 3月6日 周五 09:00 前答复，我们晚了，抱歉" in text_of(page())


def test_a_bed_that_waits_for_a_proof_says_what_is_missing(lin, hostel, enter, clock):
    stay = book(guest=lin, hostel=hostel, nights=WEEKEND, purpose="interview", now=NOW)

    read = enter(lin.user).get(f"/stays/{stay.code}/")

    assert "房给你留着，3月6日 周五 16:00 前补一张面试或考试通知就行" in text_of(read)
    assert sentences(read) == ["材料没补齐：还差面试或考试通知 / 用人单位名称和联系方式"]
    assert f'href="/stays/{stay.code}/evidence/"' in read.content.decode()


def test_what_is_sent_back_says_why_and_until_when_the_bed_is_held(page, asked, stay, officer):
    reviewing.send_back(asked, actor=officer, now=NOW, because=["BLURRED", "PAGES_MISSING"], words="第二页重拍")

    read = page()

    said = text_of(read)
    assert "材料还要补一下" in said
    assert "看不清：太暗、模糊或没拍全" in said
    assert "第二页重拍" in said
    assert "床给你留到 3月6日 周五 16:00，在那之前补上就行。" in said
    assert read.content.decode().count(f'href="/stays/{stay.code}/evidence/"') == 1


def test_what_is_passed_shows_the_pass(page, asked, officer):
    reviewing.pass_review(asked, actor=officer, now=NOW, words="祝面试顺利")

    said = text_of(page())

    assert "已确认" in said
    assert "工作人员看过，已同意 祝面试顺利 出示入住码" in said


def test_what_is_refused_says_why_and_how_to_appeal(page, asked, officer, enter, lin, stay):
    reviewing.refuse(asked, actor=officer, now=NOW, because=["WRONG_NAME"], words="通知上是别人")
    read = page()
    said = text_of(read)
    assert "未通过" in said
    assert "工作人员看过，没通过" in said
    assert "通知上是别人" in said
    assert "由另一位工作人员看，3 个工作日内答复。" in said
    assert 'href="/check/"' in read.content.decode()
    assert 'href="/apartments/"' in read.content.decode()

    answer = enter(lin.user).post(f"/reviews/{asked.pk}/appeal/", {"note": "那是我的曾用名"})

    assert answer["Location"] == f"/stays/{stay.code}/"
    said = text_of(page())
    assert "另一位工作人员在复核" in said
    assert "3月11日 周三 18:00 前答复你" in said
    assert "那是我的曾用名" in said
    assert Review.objects.get(kind="appeal").not_by == officer


def test_after_two_answers_there_is_no_third(page, asked, officer, enter, lin, wuzhong, people):
    reviewing.refuse(asked, actor=officer, now=NOW, because=["WRONG_NAME"])
    appeal = reviewing.appeal(reviews.with_all().get(pk=asked.pk), person=lin, note="", now=NOW)
    second = people("李四").user
    reviewing.refuse(reviews.with_all().get(pk=appeal.pk), actor=second, now=NOW, because=["WRONG_NAME"])

    read = page()
    assert "另一位工作人员看过，结论不变：没通过" in text_of(read)
    assert "review-appeal" not in read.content.decode()
    answer = enter(lin.user).post(f"/reviews/{appeal.pk}/appeal/", {"note": "再看一次"})
    assert answer.status_code == 409
    assert "NOT_APPEALABLE" in answer.content.decode()
    assert Review.objects.count() == 2


def test_a_note_that_is_too_long_is_kept_and_said_at_its_place(asked, officer, enter, lin):
    reviewing.refuse(asked, actor=officer, now=NOW, because=["WRONG_NAME"])

    answer = enter(lin.user).post(f"/reviews/{asked.pk}/appeal/", {"note": "长" * 1001})

    assert answer.status_code == 422
    assert "长" * 1001 in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()


def test_a_stay_without_a_question_says_nothing_of_one(lin, wuzhong, friday_stay, enter):
    stay = friday_stay(lin, Hostel.objects.get(slug="mudu"))

    assert 'data-testid="review"' not in enter(lin.user).get(f"/stays/{stay.code}/").content.decode()


# --- asking for a person --------------------------------------------------------------------------------------------
def test_a_person_can_be_asked_about_a_refusal(enter, lin, refusal):
    browser = enter(lin.user)
    read = browser.get(f"/reviews/new/?about={refusal.code.lower()}")
    assert "会有人亲自看，2 个工作日内答复：区里驿站办公室。" in text_of(read)
    assert "房间先给在吴中没有住处的青年，你填了有住处" in text_of(read)

    answer = browser.post(f"/reviews/new/?about={refusal.code}", {"note": "房子是我爷爷的，我们不住那里"})

    review = Review.objects.get()
    assert (review.kind, review.rules, review.note) == ("rule", ["home"], "房子是我爷爷的，我们不住那里")
    assert answer["Location"] == f"/reviews/{review.pk}/"
    said = text_of(browser.get(answer["Location"]))
    assert "已提交，等答复就行" in said
    assert "3月10日 周二 18:00 前答复你" in said
    assert f'href="/reviews/{review.pk}/"' in browser.get("/me/").content.decode()


def test_asking_twice_leads_to_what_was_asked(enter, lin, refusal):
    browser = enter(lin.user)
    browser.post(f"/reviews/new/?about={refusal.code}", {"note": ""})

    for answer in (
        browser.get(f"/reviews/new/?about={refusal.code}"),
        browser.post(f"/reviews/new/?about={refusal.code}", {"note": "再问一次"}),
    ):
        assert answer["Location"] == f"/reviews/{Review.objects.get().pk}/"


def test_what_is_agreed_to_can_be_booked(enter, lin, refusal, officer):
    browser = enter(lin.user)
    browser.post(f"/reviews/new/?about={refusal.code}", {"note": ""})
    review = reviews.with_all().get()
    reviewing.pass_review(review, actor=officer, now=NOW, clears_until=MONDAY)

    assert "现在可以订了，2026年3月9日 前到店都行。" in text_of(browser.get(f"/reviews/{review.pk}/"))


def test_what_is_counted_nobody_can_set_aside(enter, lin, hostel, clock):
    book(guest=lin, hostel=hostel, nights=WEEKEND, purpose="interview", now=NOW)
    with pytest.raises(Refused) as no:
        book(guest=lin, hostel=hostel, nights=WEEKEND, purpose="interview", now=NOW)
    code = no.value.assessment
    assert no.value.code == "OVERLAP"

    answer = enter(lin.user).post(f"/reviews/new/?about={code}", {"note": "通融一下"})

    assert answer.status_code == 409
    assert "NOT_REVIEWABLE" in answer.content.decode()
    assert not Review.objects.exists()


def test_a_question_of_another_is_none(enter, chen, lin, asked, refusal, officer):
    reviewing.refuse(asked, actor=officer, now=NOW, because=["WRONG_NAME"])
    browser = enter(chen.user)

    for answer in (
        browser.get(f"/reviews/new/?about={refusal.code}"),
        browser.post(f"/reviews/new/?about={refusal.code}", {"note": ""}),
        browser.get(f"/reviews/{asked.pk}/"),
        browser.post(f"/reviews/{asked.pk}/appeal/", {"note": ""}),
        enter(lin.user).get("/reviews/new/"),
        enter(lin.user).get("/reviews/99999/"),
    ):
        assert answer.status_code == 404
    assert Review.objects.count() == 1


def test_a_stranger_logs_in_first(client, refusal, asked):
    for address in (f"/reviews/new/?about={refusal.code}", f"/reviews/{asked.pk}/"):
        assert client.get(address)["Location"].startswith("/login/?next=/reviews/")


def test_me_costs_the_same_with_one_question_and_with_three(enter, lin, refusal):
    browser = enter(lin.user)
    browser.post(f"/reviews/new/?about={refusal.code}", {"note": ""})
    browser.get("/me/")
    one = statements(lambda: browser.get("/me/"))
    for code in ("AAAA2222", "BBBB3333"):
        refusal.pk, refusal.code = None, code
        refusal.save()
        reviews.ask(refusal, "rule", rules=["home"], due_at=NOW, now=NOW)

    assert statements(lambda: browser.get("/me/")) == one
