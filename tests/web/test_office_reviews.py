"""Reviews (O5): the queue, one question with all that is known, its answer by key, its lock, its undoing."""

import html
import io
import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from playwright.sync_api import expect

from accounts import letters
from accounts.models import Deed, Letter, Person, Role, User
from bookings import reviewing
from bookings.awaiting import look_again
from bookings.booking import book
from bookings.locking import locked
from bookings.models import Stay
from eligibility import reviews
from eligibility.evaluation import replay
from eligibility.evidence import kept_files
from eligibility.models import EvidencePage, Review
from hostel.models import Hostel, Network
from hostel.nights import Nights
from tests.api.counting import statements
from tests.browser import chromium, follow
from tests.conftest import FRIDAY, NOW, SUNDAY, staff
from tests.eligibility.reviewed import proof_for, rules_with_people
from tests.web.conftest import text_of

PAGE = "/office/reviews/"
WEEKEND = Nights(FRIDAY, SUNDAY)


def named(user, name):
    Person.objects.create(user=user, name=name)
    return user


@pytest.fixture
def officer(officer):
    return named(officer, "张三")


@pytest.fixture
def second_officer(wuzhong):
    return named(staff("+8613800000021", "officer", network=wuzhong), "李四")


@pytest.fixture
def office(enter, officer):
    return enter(officer)


@pytest.fixture
def hostel(hostel):
    """The house of the stays, under rules by which people look."""
    rules_with_people(hostel.network, NOW)
    return Hostel.objects.get(pk=hostel.pk)


@pytest.fixture
def sends(hostel, clock):
    """Have a guest book the weekend and send a proof: the question that this opens."""

    def send(guest, **proof) -> Review:
        stay = book(guest=guest, hostel=hostel, nights=WEEKEND, purpose="interview", now=NOW)
        proof_for(stay.assessment, NOW, **proof)
        look_again(locked(stay), now=NOW)
        return reviews.with_all().get(assessment__about=stay.code)

    return send


@pytest.fixture
def asked(sends, lin):
    """Lin's question: her proof is to be looked at."""
    return sends(lin)


@pytest.fixture
def at_home(sends, people):
    """A question about a home in the district, and a proof."""
    return sends(people("周小雨", "female", home_in_district=True))


def stay_of(review):
    return Stay.objects.get(code=review.assessment.about)


def decide(browser, review, decision, **said):
    return browser.post(f"{PAGE}{review.pk}/decision/", {"decision": decision, **said})


def rows(response):
    return [int(pk) for pk in re.findall(r'data-testid="o5-row" data-review="(\d+)"', response.content.decode())]


def part(response, name):
    """The text of the element with this test id, up to where it, or one of its kind within, ends."""
    found = re.search(rf'<(\w+)[^>]*data-testid="{name}"[^>]*>(.*?)</\1>', response.content.decode(), re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[2])).split())


# --- who comes ------------------------------------------------------------------------------------------------------
def test_an_auditor_reads_that_proofs_are_for_officers(enter, auditor, asked):
    browser = enter(auditor)

    assert 'data-testid="office-reviews"' not in browser.get("/office/").content.decode()
    for address in (PAGE, f"{PAGE}{asked.pk}/"):
        answer = browser.get(address)
        assert answer.status_code == 403
        assert "求职材料只由团委干部查看" in text_of(answer)
    assert decide(browser, asked, "passed").status_code == 403
    assert not Deed.objects.filter(what="see_review").exists()


def test_the_officer_of_another_network_finds_nothing(enter, asked, sends):
    elsewhere = Network.objects.create(slug="kunshan", name_zh="昆山", name_en="Kunshan")
    browser = enter(staff("+8613800000031", "officer", network=elsewhere))

    assert rows(browser.get(PAGE)) == []
    for answer in (browser.get(f"{PAGE}{asked.pk}/"), decide(browser, asked, "passed")):
        assert answer.status_code == 404
    assert Review.objects.open().count() == 1


def test_the_office_says_how_many_wait(office, asked):
    assert "审核 1 待审" in text_of(office.get("/office/"))

    decide(office, asked, "passed")

    assert "审核 1 待审" not in text_of(office.get("/office/"))


# --- the queue ------------------------------------------------------------------------------------------------------
def test_the_queue_is_by_deadline_and_marks_what_is_late(office, asked, sends, chen, at_home):
    late, soon = sends(chen), asked
    Review.objects.filter(pk=late.pk).update(due_at=NOW - timedelta(minutes=40))
    Review.objects.filter(pk=soon.pk).update(due_at=NOW + timedelta(minutes=90))

    page = office.get(PAGE)

    assert rows(page) == [late.pk, soon.pk, at_home.pk]
    said = text_of(page)
    assert "陈** 超时 40 分钟 核材料 · 证明材料 宝带桥站 · 3月6日 周五 → 3月8日 周日，共 2 晚" in said
    assert "林** 1 小时后到期" in said
    assert "周** 3月10日 周二 18:00 前 人工复核 · 本地住处 · 证明材料" in said
    assert "陈一舟" not in said  # the queue is read over shoulders


def test_the_queue_says_where_the_bed_is_given_away_before_the_answer_is_due(office, asked):
    assert "床只留到 3月6日 周五 23:00" in text_of(office.get(PAGE))


def test_the_queue_can_be_narrowed(office, asked, at_home):
    Review.objects.filter(pk=asked.pk).update(due_at=NOW - timedelta(minutes=1))

    assert rows(office.get(f"{PAGE}?kind=rule")) == [at_home.pk]
    assert rows(office.get(f"{PAGE}?overdue=1")) == [asked.pk]
    assert rows(office.get(f"{PAGE}?kind=nonsense")) == [asked.pk, at_home.pk]
    assert "全部 2 核材料 1 人工复核 1 申诉 0 已超时 1" in text_of(office.get(PAGE))
    assert f'href="{PAGE}{at_home.pk}/?kind=rule"' in office.get(f"{PAGE}?kind=rule").content.decode()


def test_an_empty_queue_says_when_the_next_one_is_due(office, asked):
    Review.objects.filter(pk=asked.pk).update(due_at=NOW + timedelta(hours=2, minutes=5))
    assert "都审完了。 其余最早一单：2 小时后到期" in text_of(office.get(f"{PAGE}?overdue=1"))

    decide(office, asked, "passed")
    assert "都审完了。 有人交来材料或申请人工复核，就会排在这里。" in text_of(office.get(PAGE))


def test_the_queue_costs_the_same_with_one_question_and_with_three(office, asked, sends, chen, at_home):
    Review.objects.exclude(pk=asked.pk).update(due_at=NOW + timedelta(days=9))
    office.get(PAGE)
    one = statements(lambda: office.get(f"{PAGE}?kind=proof"))
    sends(chen)

    assert statements(lambda: office.get(f"{PAGE}?kind=proof")) == one
    assert statements(lambda: office.get(PAGE)) == one


# --- one question ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_rules_are_said_as_the_decision_said_them(office, officer, at_home, language):
    User.objects.filter(pk=officer.pk).update(language=language)

    page = office.get(f"{PAGE}{at_home.pk}/")

    shown = [
        " ".join(html.unescape(each).split())
        for each in re.findall(r'<span class="sentence">(.*?)</span>', page.content.decode(), re.DOTALL)
    ]
    assert shown == [" ".join(each.sentence.say(language).split()) for each in replay(at_home.assessment).reasons]


def test_what_was_said_stands_apart_from_what_is_on_record(office, at_home):
    Person.objects.filter(pk=at_home.assessment.person_id).update(school="苏州大学", education="master")

    said = text_of(office.get(f"{PAGE}{at_home.pk}/"))

    assert "自己填的 证件 居民身份证 3401************" in said
    assert "来做什么 面试" in said
    assert "出生 2001年5月6日，到店时 24 岁" in said
    assert "学历 本科 现在填的是：硕士" in said
    assert "学校 安徽大学 现在填的是：苏州大学" in said
    assert "本地住处 有" in said
    assert "系统记录 手机 +86 139******01" in said


def test_opening_a_question_is_on_record(office, officer, asked):
    office.get(f"{PAGE}{asked.pk}/")

    deed = Deed.objects.get(what="see_review")
    assert (deed.actor, deed.person, deed.about) == (officer, asked.assessment.person, asked.assessment.code)


def test_what_the_person_said_and_the_code_they_sent_are_there(office, asked):
    asked.note = "学校盖章要等到周一"
    asked.save()

    page = office.get(f"{PAGE}{asked.pk}/")

    assert part(page, "o5-note") == "学校盖章要等到周一"
    assert part(page, "o5-code") == "ABCD-EFGH-JKLM"
    assert "面试或考试通知 已提交，待核" in text_of(page)


def test_a_proof_that_was_seen_or_deleted_says_so(office, asked, sends, chen):
    proof_for(asked.assessment, NOW, way="desk", code="", accepted_at=NOW)
    proof_for(asked.assessment, NOW, way="file", code="", purged_at=NOW)

    said = text_of(office.get(f"{PAGE}{asked.pk}/"))
    assert "3月6日 周五 10:00 前台看过原件，没有留照片。" in said
    assert "照片已按约定在 3月6日 周五 10:00 删除，交过材料这件事仍有记录。" in said


def test_what_was_decided_before_stands_below(office, officer, asked, clock):
    decide(office, asked, "sent_back", because=["BLURRED"], words="第二页看不清")
    proof_for(asked.assessment, NOW)
    look_again(locked(stay_of(asked)), now=clock.now)
    again = reviews.with_all().open().get()

    said = part(office.get(f"{PAGE}{again.pk}/"), "o5-history")

    assert "核材料 退回补材料" in said
    assert "张三" in said
    assert "第二页看不清" in said


# --- pictures -------------------------------------------------------------------------------------------------------
@pytest.fixture
def pictured(sends, lin):
    """A question with a picture of two pages."""
    asked = sends(lin)
    evidence = proof_for(asked.assessment, NOW, way="file", code="")
    sheets = []
    for colour in ("white", "yellow"):
        file = io.BytesIO()
        Image.new("RGB", (600, 800), colour).save(file, "JPEG")
        sheets.append(SimpleUploadedFile("photo.jpg", file.getvalue()))
    with kept_files(sheets) as pages:
        for number, page in enumerate(pages, 1):
            EvidencePage.objects.create(
                evidence=evidence, number=number, name=page.name, width=page.width, height=page.height
            )
    return evidence


def picture(evidence, page=1):
    return f"/office/evidence/{evidence.pk}/pages/{page}/"


def test_a_picture_is_shown_with_the_viewer_on_it_and_the_look_is_on_record(office, officer, pictured):
    review = Review.objects.get()
    assert f'src="{picture(pictured, 2)}"' in office.get(f"{PAGE}{review.pk}/").content.decode()

    answer = office.get(picture(pictured))

    assert answer["Content-Type"] == "image/jpeg"
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert answer["X-Content-Type-Options"] == "nosniff"
    seen = Image.open(io.BytesIO(answer.content))
    assert seen.size == (600, 800)
    assert len(seen.convert("L").getcolors()) > 1  # the sheet was white: what is grey is the name of who looks
    deed = Deed.objects.get(what="see_evidence")
    assert (deed.actor, deed.about) == (officer, pictured.assessment.code)


def test_a_picture_is_for_officers_of_its_network(enter, manager, auditor, lin, pictured):
    elsewhere = Network.objects.create(slug="kunshan", name_zh="昆山", name_en="Kunshan")
    foreign = staff("+8613800000031", "officer", network=elsewhere)

    answers = [enter(user).get(picture(pictured)).status_code for user in (manager, auditor, lin.user, foreign)]

    assert answers == [403, 403, 403, 404]
    assert not Deed.objects.filter(what="see_evidence").exists()


def test_a_picture_that_is_deleted_is_a_sentence(office, pictured):
    pictured.purged_at = NOW
    pictured.save()

    answer = office.get(picture(pictured))

    assert answer.status_code == 404
    assert "2026年3月6日" in text_of(answer)
    assert office.get(picture(pictured, 9)).status_code == 404


# --- answering ------------------------------------------------------------------------------------------------------
def test_passing_confirms_the_bed_and_opens_the_next_question(office, asked, sends, chen):
    following = sends(chen)

    answer = decide(office, asked, "passed")

    assert answer["Location"] == f"{PAGE}{following.pk}/"
    assert stay_of(asked).status == "confirmed"
    assert f"通过：林**，决定 {asked.assessment.code}" in part(office.get(answer["Location"]), "o5-undo-bar")


def test_the_last_question_leads_back_to_the_queue(office, asked):
    assert decide(office, asked, "passed")["Location"] == PAGE


def test_what_was_left_behind_comes_after_the_end(office, asked, sends, chen):
    later = sends(chen)

    assert decide(office, later, "passed")["Location"] == f"{PAGE}{asked.pk}/"


def test_the_filter_stays_while_one_works_through_it(office, asked, sends, chen, at_home):
    following = sends(chen)

    answer = office.post(f"{PAGE}{asked.pk}/decision/?kind=proof", {"decision": "passed"})

    assert answer["Location"] == f"{PAGE}{following.pk}/?kind=proof"
    assert rows(office.get(answer["Location"])) == [following.pk]


@pytest.mark.parametrize("decision", ["refused", "sent_back"])
def test_the_text_shown_beforehand_is_the_one_that_is_sent(office, asked, clock, decision):
    said = {"because": ["BLURRED", "WRONG_NAME"], "words": "请拍正面"}
    shown = office.post(f"{PAGE}{asked.pk}/text/", {"decision": decision, **said}, headers={"X-Part": "text"})
    assert "<html" not in shown.content.decode()

    decide(office, asked, decision, **said)

    letter = Letter.objects.get(kind=f"review_{decision}")
    assert part(shown, "o5-told") == letters.say(letter, "zh-hans")


def test_the_text_is_in_the_person_s_language_and_needs_no_script(office, asked, lin):
    User.objects.filter(pk=lin.user_id).update(language="en")

    page = office.post(f"{PAGE}{asked.pk}/text/", {"decision": "refused", "because": ["WRONG_NAME"]})

    assert "it is not in your name" in part(page, "o5-told")
    assert 'value="WRONG_NAME" data-key="3" checked' in page.content.decode()
    assert Review.objects.open().get() == asked


def test_a_refusal_needs_a_reason_and_keeps_what_was_typed(office, asked):
    page = decide(office, asked, "refused", words="名字对不上")

    assert page.status_code == 422
    assert page.content.decode().count("名字对不上") == 1
    assert text_of(page).count("选一个原因，对方才知道接下来怎么办") == 2  # above, and at its place
    assert Review.objects.open().get() == asked


@pytest.mark.parametrize(
    "said",
    [
        {"decision": "refused", "because": ["NONSENSE"]},
        {"decision": "sent_back", "because": ["FALSE_PROOF"]},
        {"decision": "refused", "because": ["OTHER"]},
        {"decision": "passed", "clears_until": "2026-02-30"},
        {"decision": "passed", "clears_until": "2026-01-01"},
    ],
)
def test_what_cannot_be_is_refused_at_its_place(office, at_home, said):
    answer = office.post(f"{PAGE}{at_home.pk}/decision/", said)

    assert answer.status_code == 422
    assert Review.objects.open().count() == 1


def test_a_decision_that_is_none_is_not_found(office, asked):
    assert decide(office, asked, "burned").status_code == 404


def test_what_is_not_genuine_is_not_sent_back(office, asked):
    page = office.get(f"{PAGE}{asked.pk}/").content.decode()

    assert page.count('value="FALSE_PROOF"') == 1
    assert page.count('value="BLURRED"') == 2


def test_a_rule_is_set_aside_for_as_long_as_is_said(office, at_home):
    decide(office, at_home, "passed", clears_until="2026-04-01", words="核实是租房")

    at_home.refresh_from_db()
    assert str(at_home.clears_until) == "2026-04-01"
    assert "2026年4月1日 前到店不再受此限制" in text_of(office.get(f"{PAGE}{at_home.pk}/"))


# --- taking back ----------------------------------------------------------------------------------------------------
def test_an_answer_is_taken_back_by_one_button_for_five_minutes(office, asked, clock):
    decide(office, asked, "refused", because=["BLURRED"])
    page = office.get(PAGE)
    assert "10:05 前不通知本人" in part(page, "o5-undo-bar")
    assert f'action="{PAGE}{asked.pk}/undo/"' in page.content.decode()

    answer = office.post(f"{PAGE}{asked.pk}/undo/")

    assert "已撤回：一切恢复原样，没有通知本人。" in text_of(office.get(answer["Location"]))
    assert stay_of(asked).status == "held"
    assert Review.objects.open().get() == asked

    decide(office, asked, "refused", because=["BLURRED"])
    clock.now = NOW + timedelta(minutes=5)
    assert 'data-testid="o5-undo-bar"' not in office.get(PAGE).content.decode()
    assert office.post(f"{PAGE}{asked.pk}/undo/").status_code == 409


def test_only_who_answered_takes_it_back(enter, office, asked, second_officer):
    decide(office, asked, "passed")
    other = enter(second_officer)

    assert 'data-testid="o5-undo-bar"' not in other.get(PAGE).content.decode()
    assert other.post(f"{PAGE}{asked.pk}/undo/").status_code == 409
    assert stay_of(asked).status == "confirmed"


# --- two at once ----------------------------------------------------------------------------------------------------
def test_who_comes_second_sees_who_has_it_open_and_decides_nothing(enter, office, asked, second_officer):
    office.get(f"{PAGE}{asked.pk}/")
    other = enter(second_officer)

    assert part(other.get(PAGE), "o5-holder") == "张三正在看"
    page = other.get(f"{PAGE}{asked.pk}/")
    assert part(page, "o5-lock").startswith("张三 正在看，占用到 3月6日 10:05")
    assert '<fieldset class="answers card stack-s" disabled' in page.content.decode()
    answer = decide(other, asked, "refused", because=["BLURRED"], words="太暗了")
    assert answer.status_code == 409
    assert "太暗了" in answer.content.decode()
    assert Review.objects.open().get() == asked
    assert 'data-testid="o5-holder"' not in office.get(PAGE).content.decode()


def test_what_another_decided_meanwhile_is_said_and_the_words_are_kept(enter, office, asked, second_officer, clock):
    office.get(f"{PAGE}{asked.pk}/")
    clock.now = NOW + timedelta(minutes=6)
    decide(enter(second_officer), asked, "passed")

    answer = decide(office, asked, "refused", because=["BLURRED"], words="太暗了")

    assert answer.status_code == 409
    assert "李四" in part(answer, "o5-refused")
    assert part(answer, "o5-kept") == "太暗了"
    assert stay_of(asked).status == "confirmed"


def test_one_has_one_question_open(enter, office, asked, sends, chen, second_officer):
    following = sends(chen)
    office.get(f"{PAGE}{asked.pk}/")
    office.get(f"{PAGE}{following.pk}/")
    other = enter(second_officer)

    assert other.get(PAGE).content.decode().count('data-testid="o5-holder"') == 1
    assert decide(other, asked, "passed")["Location"] == PAGE  # what another has open is not the next one

    office.get(PAGE)
    assert 'data-testid="o5-holder"' not in other.get(PAGE).content.decode()


def test_looking_on_keeps_the_question_and_a_lost_one_says_whose_it_is(enter, office, asked, second_officer, clock):
    office.get(f"{PAGE}{asked.pk}/")
    clock.now = NOW + timedelta(minutes=4)
    assert office.post(f"{PAGE}{asked.pk}/look/").status_code == 204

    clock.now = NOW + timedelta(minutes=8)
    other = enter(second_officer)
    answer = other.post(f"{PAGE}{asked.pk}/look/")
    assert answer.status_code == 409
    assert "张三 正在看，占用到 3月6日 10:09" in text_of(answer)


def test_an_appeal_is_for_somebody_else(enter, office, asked, second_officer, clock):
    decide(office, asked, "refused", because=["WRONG_NAME"], words="姓名不符")
    clock.now = NOW + timedelta(minutes=10)
    refused = reviews.with_all().get(pk=asked.pk)
    appeal = reviewing.appeal(refused, person=refused.assessment.person, note="那是我的曾用名", now=clock.now)

    mine = office.get(f"{PAGE}{appeal.pk}/")
    assert part(mine, "o5-lock") != ""
    assert Review.objects.get(pk=appeal.pk).looked_at_by is None
    page = enter(second_officer).get(f"{PAGE}{appeal.pk}/")
    assert "那是我的曾用名" in text_of(page)
    assert "姓名不符" in text_of(page)
    assert 'data-testid="o5-sent_back"' not in page.content.decode()


def test_nobody_answers_about_themselves(enter, asked, lin, wuzhong):
    Role.objects.create(user=lin.user, kind="officer", network=wuzhong, valid_from=FRIDAY)
    browser = enter(lin.user)

    assert '<fieldset class="answers card stack-s" disabled' in browser.get(f"{PAGE}{asked.pk}/").content.decode()
    assert decide(browser, asked, "passed").status_code == 409


# --- keys -----------------------------------------------------------------------------------------------------------
def test_the_keys_can_be_switched_off_and_on(office, asked):
    assert 'data-review-keys="on"' in office.get(f"{PAGE}{asked.pk}/").content.decode()

    answer = office.post(f"{PAGE}keys/", {"keys": "off", "review": asked.pk})
    assert answer["Location"] == f"{PAGE}{asked.pk}/"
    assert 'data-review-keys="off"' in office.get(answer["Location"]).content.decode()

    office.post(f"{PAGE}keys/", {"keys": "on", "review": "nonsense"})
    assert 'data-review-keys="on"' in office.get(PAGE).content.decode()


# --- by keyboard alone ----------------------------------------------------------------------------------------------
SEED = """
import io
from datetime import date, timedelta
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from django.utils import timezone
from PIL import Image
from accounts.models import Person, Role, User
from accounts.people import complete_person
from bookings.awaiting import look_again
from bookings.booking import book
from bookings.locking import locked
from eligibility.models import Evidence, EvidencePage
from eligibility.proof_files import keep_page, read_proof
from hostel.models import Hostel, Network
from hostel.nights import Nights, business_day
from tests.conftest import resident_number
from tests.eligibility.reviewed import proof_for, rules_with_people

now = timezone.now()
today = business_day(now)
network = Network.objects.get(slug="wuzhong")
rules_with_people(network, now)
houses = list(Hostel.objects.filter(access="individual").order_by("slug"))
photo = io.BytesIO()
Image.new("RGB", (600, 800), "white").save(photo, "JPEG")
for n in range(12):
    user = User.objects.create_user(f"+86139110000{n:02d}", phone_verified=True)
    person = complete_person(
        user, name=f"林小{'一二三四五六七八九十百千'[n]}", document_kind="resident",
        document_number=resident_number(date(today.year - 24, 5, 6), "female", n + 1), now=now,
        education="bachelor", graduation=str(today.year - 1), school="安徽大学", school_city="合肥",
        home_in_district=False,
    )
    nights = Nights(today + timedelta(days=1), today + timedelta(days=3))
    stay = book(guest=person, hostel=houses[n % len(houses)], nights=nights, purpose="interview", now=now)
    proof = proof_for(stay.assessment, now)
    if n == 0:
        name = keep_page(read_proof([photo])[0].jpeg)
        Evidence.objects.filter(pk=proof.pk).update(way="file", code="")
        EvidencePage.objects.create(evidence=proof, number=1, name=name, width=600, height=800)
    with transaction.atomic():
        look_again(locked(stay), now=now)
for phone, name in (("+8613800000013", "张三"), ("+8613800000021", "李四")):
    user = User.objects.create_user(phone, phone_verified=True)
    Person.objects.create(user=user, name=name)
    Role.objects.create(user=user, kind="officer", network=network, valid_from=date(2023, 1, 1))
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    print(settings.SESSION_COOKIE_NAME, session.session_key)
"""


@pytest.fixture
def reviewers(house):
    """Open a browser for each of two officers, with twelve questions in the queue."""
    cookies = [line.split() for line in house.django(SEED).splitlines() if line.strip()]

    def open_page(browser, which, **how):
        size = {"width": 1440, "height": 900}
        context = browser.new_context(base_url=house.url, viewport=size, locale="zh-CN", **how)
        name, value = cookies[which]
        context.add_cookies([{"name": name, "value": value, "url": house.url}])
        return context.new_page()

    return open_page


def answered(house):
    return house.rows("SELECT decision, count(*) FROM eligibility_review GROUP BY decision ORDER BY decision")


def press(page, *keys):
    """Press keys that lead to another page, and wait for it."""
    with page.expect_navigation():
        for key in keys:
            page.keyboard.press(key)


@pytest.mark.browser
@pytest.mark.look
def test_ten_questions_are_answered_by_keyboard_alone(house, reviewers):
    with chromium() as browser:
        page = reviewers(browser, 0)
        page.goto(PAGE)
        press(page, "j")
        first = page.get_by_test_id("o5").get_attribute("data-review")

        # There and back in the queue, larger, turned, and the help.
        press(page, "j")
        press(page, "k")
        assert page.get_by_test_id("o5").get_attribute("data-review") == first
        picture = page.locator(".picture img")
        assert picture.evaluate("each => each.decode().then(() => each.naturalWidth)") == 600
        page.keyboard.press("z")
        expect(page.locator("#zoom")).to_be_checked()
        page.keyboard.press("t")
        expect(page.locator("#turn-90")).to_be_checked()
        page.keyboard.press("?")
        expect(page.get_by_test_id("o5-keys-help")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("o5-keys-help")).to_be_hidden()
        assert answered(house) == [("", 12)]

        # Five pass by one key each, three go back, two do not pass: the page goes on by itself.
        for _each in range(5):
            press(page, "a")
        for _each in range(3):
            page.keyboard.press("q")
            press(page, "1", "6", "Enter")
        page.keyboard.press("r")
        page.keyboard.press("3")
        told = page.get_by_test_id("o5-refused-panel").get_by_test_id("o5-told")
        told.wait_for()
        shown = told.inner_text()
        press(page, "Enter")
        page.keyboard.press("r")
        press(page, "2", "Enter")
        assert answered(house) == [("", 2), ("passed", 5), ("refused", 2), ("sent_back", 3)]
        sent = house.django(
            "from accounts.letters import say; from accounts.models import Letter; "
            "print(say(Letter.objects.filter(kind='review_refused').order_by('pk')[0], 'zh-hans'))"
        )
        assert shown == sent.strip()

        # The last one is taken back, and answered again.
        press(page, "u")
        assert "已撤回" in page.get_by_test_id("o5-undone").inner_text()
        assert answered(house) == [("", 3), ("passed", 5), ("refused", 1), ("sent_back", 3)]
        press(page, "a")
        assert answered(house)[1] == ("passed", 6)


@pytest.mark.browser
@pytest.mark.look
def test_what_is_typed_is_text_and_the_keys_can_be_switched_off(house, reviewers):
    with chromium() as browser:
        page = reviewers(browser, 0)
        page.goto(PAGE)
        press(page, "j")
        address = page.url
        page.keyboard.press("r")
        note = page.get_by_test_id("o5-refused-panel").get_by_test_id("o5-words")
        note.focus()
        page.keyboard.type("ajkqruz?123")
        expect(note).to_have_value("ajkqruz?123")
        expect(page.get_by_test_id("o5-refused-panel").locator("input:checked")).to_have_count(0)
        page.keyboard.press("Escape")
        expect(note).to_be_hidden()
        # With a modifier they are the browser's.
        page.keyboard.press("Control+j")
        assert (page.url, answered(house)) == (address, [("", 12)])

        page.keyboard.press("?")
        with page.expect_navigation():
            page.get_by_test_id("o5-keys").press("Enter")
        for key in ("a", "j", "k", "q", "r", "1", "u", "z", "?"):
            page.keyboard.press(key)
        assert not page.get_by_test_id("o5-refused-panel").locator("form").is_visible()
        assert not page.get_by_test_id("o5-keys-help").is_visible()
        assert page.locator("kbd:visible").count() == 0
        assert (page.url, answered(house)) == (address, [("", 12)])

        page.get_by_test_id("o5-help").press("Enter")
        with page.expect_navigation():
            page.get_by_test_id("o5-keys").press("Enter")
        press(page, "a")
        assert answered(house) == [("", 11), ("passed", 1)]


@pytest.mark.browser
@pytest.mark.look
def test_a_second_reviewer_sees_the_lock_and_loses_no_decision(house, reviewers):
    with chromium() as browser:
        zhang, li = reviewers(browser, 0), reviewers(browser, 1)
        zhang.goto(PAGE)
        press(zhang, "j")
        address = zhang.url

        li.goto(PAGE)
        row = li.get_by_test_id("o5-row").first
        assert "张三正在看" in row.inner_text()
        with li.expect_navigation():
            row.press("Enter")
        li.wait_for_url(address)
        assert li.get_by_test_id("o5-lock").inner_text().startswith("张三 正在看")
        for key in ("a", "q", "r"):
            li.keyboard.press(key)
        assert li.get_by_test_id("o5-pass").is_disabled()
        assert (li.url, answered(house)) == (address, [("", 12)])
        # The first button of the queue leads past what another has open.
        li.goto(PAGE)
        press(li, "j")
        assert li.url != address

        # Zhang went away; Li takes it, answers; what Zhang typed before is not lost, and decides nothing.
        zhang.keyboard.press("r")
        zhang.keyboard.press("1")
        zhang.get_by_test_id("o5-refused-panel").get_by_test_id("o5-words").fill("拍得太暗，请重拍")
        house.rows("UPDATE eligibility_review SET looked_at_until = asked_at WHERE looked_at_until IS NOT NULL")
        li.goto(address)
        press(li, "a")
        with zhang.expect_navigation():
            zhang.get_by_test_id("o5-refused-panel").get_by_test_id("o5-send").press("Enter")
        assert "李四" in zhang.get_by_test_id("o5-refused").inner_text()
        assert zhang.get_by_test_id("o5-kept").inner_text() == "拍得太暗，请重拍"
        assert answered(house) == [("", 11), ("passed", 1)]


@pytest.mark.browser
@pytest.mark.look
def test_all_of_it_works_without_scripts(house, reviewers):
    with chromium() as browser:
        page = reviewers(browser, 0, java_script_enabled=False)
        page.goto(PAGE)
        follow(page.get_by_test_id("o5-start"))
        expect(page.get_by_test_id("o5-help")).to_be_hidden()
        page.get_by_test_id("o5-refused").click()
        panel = page.get_by_test_id("o5-refused-panel")
        panel.locator("[value=WRONG_NAME]").check()
        follow(panel.locator("[formaction]"))
        assert "苏青驿" in page.get_by_test_id("o5-told").inner_text()
        follow(page.get_by_test_id("o5-refused-panel").get_by_test_id("o5-send"))
        assert answered(house) == [("", 11), ("refused", 1)]
        follow(page.get_by_test_id("o5-undo"))
        assert answered(house) == [("", 12)]


def test_a_proof_that_came_since_the_page_was_opened_is_looked_at_first(office, asked, clock):
    page = office.get(f"{PAGE}{asked.pk}/").content.decode()
    [read_at] = set(re.findall(r'name="read_at" value="([^"]+)"', page))
    proof_for(stay_of(asked).assessment, NOW + timedelta(minutes=1), kind="employer")

    answer = decide(office, asked, "passed", read_at=html.unescape(read_at))

    assert answer.status_code == 409
    assert Review.objects.get().decided_at is None
    [read_again] = set(re.findall(r'name="read_at" value="([^"]+)"', answer.content.decode()))
    assert read_again >= read_at


@pytest.mark.browser
@pytest.mark.look
@pytest.mark.parametrize(("scheme", "size"), [("light", ""), ("dark", ""), ("light", "largest")])
def test_nothing_on_the_page_keeps_anybody_out(house, reviewers, scheme, size):
    with chromium() as browser:
        page = reviewers(browser, 0, color_scheme=scheme, bypass_csp=True)
        page.context.add_cookies([{"name": "size", "value": size, "url": house.url}])
        page.goto(PAGE)
        found = [*Axe().run(page).response["violations"]]
        press(page, "j")
        page.keyboard.press("r")
        page.keyboard.press("1")
        page.get_by_test_id("o5-told").wait_for()
        found += Axe().run(page).response["violations"]
        page.keyboard.press("?")
        page.get_by_test_id("o5-keys-help").wait_for()
        found += Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["target"]) for each in found] == []
        page.set_viewport_size({"width": 320, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == 320
