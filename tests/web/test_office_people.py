"""The page of one person: what happened, the nights they have, and what an officer grants beside the policy."""

import re
from datetime import timedelta

import pytest

from accounts.models import Deed
from bookings.allowance import allowance_of
from bookings.booking import book
from bookings.desk import check_in, check_out
from bookings.models import BedNight
from bookings.night_audit import audit
from eligibility.models import ExtraNights
from eligibility.reasons import Refused
from hostel.models import Hostel, Network
from hostel.nights import Nights
from tests.api.counting import statements
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment, staff
from tests.web.conftest import text_of

PEOPLE = "/office/people/"
EXTRA = {
    "network": "wuzhong",
    "nights": "2",
    "valid_from": "2026-03-06",
    "valid_until": "2027-01-01",
    "because": "面试改期，单位有证明",
}


@pytest.fixture
def office(enter, officer):
    return enter(officer)


@pytest.fixture
def stay(lin, hostel, friday_stay):
    return friday_stay(lin, hostel, until=SUNDAY)


@pytest.fixture
def page(lin, stay):
    return f"{PEOPLE}{lin.pk}/"


@pytest.fixture
def slept(stay, clock):
    check_in(stay, compared=True, now=moment(FRIDAY, 15))
    audit(moment(SUNDAY, 6))
    clock.now = moment(SUNDAY, 10)
    return check_out(stay, now=moment(SUNDAY, 9))


def lefts(response):
    return dict(re.findall(r'data-code="(\w+)".*?data-left="(\d+)"', response.content.decode(), re.DOTALL))


# --- looking for somebody ---------------------------------------------------------------------------------------------
def test_somebody_is_found_by_code_phone_or_name_and_shown_masked(office, lin, stay):
    for text in (stay.code, stay.assessment.code, lin.user.phone, "林小满"):
        answer = office.post(PEOPLE, {"text": text, "why": "本人来电"})

        assert f'href="{PEOPLE}{lin.pk}/"' in answer.content.decode()
        assert "林**" in text_of(answer)
        assert "找到 1 人" in text_of(answer)


def test_a_search_is_on_record_with_its_reason_and_without_what_was_typed(office, officer, lin, stay):
    office.post(PEOPLE, {"text": "林小满", "why": "本人来电问剩余晚数"})

    deed = Deed.objects.get(what="search_people")
    assert (deed.actor, deed.reason, deed.values) == (officer, "本人来电问剩余晚数", {"by": "name", "found": 1})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"text": ""}, "输入住码、完整手机号或姓名。"), ({"why": " "}, "写上原因，会留记录。")],
)
def test_without_a_reason_nobody_is_looked_for(office, stay, change, sentence):
    answer = office.post(PEOPLE, {"text": "林小满", "why": "本人来电"} | change)

    assert answer.status_code == 422
    assert text_of(answer).count(sentence) == 2
    assert not Deed.objects.filter(what="search_people").exists()


def test_who_never_came_is_not_found(office, chen):
    assert "本网络没有这个人" in text_of(office.post(PEOPLE, {"text": "陈一舟", "why": "本人来电"}))


# --- the page ---------------------------------------------------------------------------------------------------------
def test_the_page_says_who_it_is_with_phone_and_document_masked(office, lin, page):
    said = text_of(office.get(page))

    assert "林小满" in said
    assert lin.document not in said
    assert lin.user.phone.removeprefix("+86") not in said
    assert "2001年5月6日" in said


def test_that_it_was_opened_is_on_record(office, officer, lin, page):
    office.get(page)

    deed = Deed.objects.get(what="see_person")
    assert (deed.actor, deed.person) == (officer, lin)


def test_the_numbers_are_those_of_the_allowance(office, lin, wuzhong, page):
    shown = lefts(office.get(page))

    assert shown == {cap.code: str(cap.left) for cap in allowance_of(lin, wuzhong, NOW)}
    assert shown["NIGHTS"] == "5"


def test_the_timeline_has_stay_and_decision_the_latest_first(office, lin, stay, page, clock):
    book(
        guest=lin,
        hostel=Hostel.objects.get(slug="mudu"),
        nights=Nights(MONDAY, MONDAY + timedelta(days=1)),
        purpose="exam",
        now=moment(FRIDAY, 11),
    )
    clock.now = moment(FRIDAY, 12)

    said = text_of(office.get(page)).partition("经过")[2]
    assert said.index("木渎") < said.index("宝带桥")
    assert "3月6日 周五 → 3月8日 周日，共 2 晚" in said
    assert stay.assessment.code in said
    assert "可以住" in said


def test_a_refusal_is_in_the_timeline_too(office, lin, stay, page):
    with pytest.raises(Refused):
        book(
            guest=lin,
            hostel=stay.hostel,
            nights=Nights(SUNDAY, SUNDAY + timedelta(days=20)),
            purpose="exam",
            now=NOW,
        )
    assert lin.assessments.filter(outcome="no").count() == 1

    assert "不能住" in text_of(office.get(page))


@pytest.mark.parametrize("who", ["auditor", "manager", "lin"])
def test_the_page_is_for_officers(request, enter, who, page):
    somebody = request.getfixturevalue(who)

    answer = enter(getattr(somebody, "user", somebody)).get(page)
    assert answer.status_code == 403
    assert not Deed.objects.filter(what="see_person").exists()


def test_an_officer_of_another_district_does_not_find_them(enter, wuzhong, page):
    gusu = Network.objects.create(slug="gusu", name_zh="姑苏", name_en="Gusu", parent=wuzhong.parent)
    Hostel.objects.filter(slug="mudu").update(network=gusu)

    browser = enter(staff("+8613800000098", "officer", network=gusu))
    assert browser.get(page).status_code == 404
    assert browser.post(f"{page}extra-nights/", EXTRA).status_code == 404


def test_a_person_of_whom_nothing_is_known_has_no_page(office, chen):
    assert office.get(f"{PEOPLE}{chen.pk}/").status_code == 404
    assert office.get(f"{PEOPLE}999999/").status_code == 404


def test_the_page_costs_the_same_with_one_stay_and_with_three(office, lin, hostel, page):
    one = statements(lambda: office.get(page))
    for days in (5, 7):
        arrival = FRIDAY + timedelta(days=days)
        book(guest=lin, hostel=hostel, nights=Nights(arrival, arrival + timedelta(days=1)), purpose="exam", now=NOW)

    assert statements(lambda: office.get(page)) == one


# --- granting ---------------------------------------------------------------------------------------------------------
def test_extra_nights_are_granted_and_taken_back(office, officer, lin, page):
    answer = office.post(f"{page}extra-nights/", EXTRA)

    assert answer["Location"] == f"{page}?done=extra"
    shown = office.get(answer["Location"])
    assert "额外晚数已生效，本人会收到消息。" in text_of(shown)
    assert lefts(shown)["NIGHTS"] == "7"
    assert "额外免费 2 晚，2026年3月6日 起，2027年1月1日 止" in text_of(shown)
    granted = ExtraNights.objects.get()
    assert (granted.person, granted.granted_by, granted.because) == (lin, officer, "面试改期，单位有证明")

    back = office.post(f"{page}extra-nights/{granted.pk}/withdrawal/")
    assert back["Location"] == f"{page}?done=back"
    assert lefts(office.get(page))["NIGHTS"] == "5"
    again = office.post(f"{page}extra-nights/{granted.pk}/withdrawal/")
    assert again.status_code == 409
    assert "这些额外晚数已经收回了" in text_of(again)


def test_who_grants_nights_to_themselves_reads_that_a_colleague_does_it(office, page, officer, lin):
    lin.user = officer
    lin.save()

    answer = office.post(f"{page}extra-nights/", EXTRA)

    assert answer.status_code == 409
    assert 'data-code="SECOND_PERSON"' in answer.content.decode()
    assert not ExtraNights.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"nights": ""}, "写上几晚。"),
        ({"nights": "61"}, "一次给 1 到 60 晚"),
        ({"valid_from": "2026-02-30"}, "选从哪一晚起。"),
        ({"valid_until": "2026-03-06"}, "这一天要晚于前一个日期。"),
        ({"valid_until": "2027-03-08"}, "加的晚数只在一个自然年内有效：下一年的另外再加"),
        ({"valid_from": "2026-01-01", "valid_until": "2026-02-01"}, "这些日子已经过去"),
        ({"because": ""}, "写上原因，本人会看到。"),
    ],
)
def test_what_cannot_be_granted_is_said_at_its_place_and_kept(office, page, change, sentence):
    answer = office.post(f"{page}extra-nights/", EXTRA | change)

    assert answer.status_code == 422
    assert text_of(answer).count(sentence) == 2
    if "because" not in change:
        assert 'value="面试改期，单位有证明"' in answer.content.decode()
    assert not ExtraNights.objects.exists()


def test_nights_are_excused_and_count_again(office, page, slept):
    excuses = f"{page}stays/{slept.code}/excuses/"
    assert lefts(office.get(page))["NIGHTS"] == "5"

    answer = office.post(excuses, {"nights": [str(FRIDAY)], "because": "空调坏了"})

    assert answer["Location"] == f"{page}?done=excused"
    shown = office.get(answer["Location"])
    assert lefts(shown)["NIGHTS"] == "6"
    assert "不计入的： 3月6日 周五 · 空调坏了" in text_of(shown)
    assert BedNight.objects.slept().count() == 2
    assert office.post(excuses, {"again": "1"})["Location"] == f"{page}?done=counted"
    assert lefts(office.get(page))["NIGHTS"] == "5"
    assert office.post(excuses, {"again": "1"}).status_code == 409


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"because": "空调坏了"}, "至少选一晚。"),
        ({"because": "", "nights": [str(SATURDAY)]}, "写上原因，本人会看到。"),
    ],
)
def test_an_excuse_says_which_nights_and_why(office, page, slept, sent, sentence):
    answer = office.post(f"{page}stays/{slept.code}/excuses/", sent)

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not BedNight.objects.exclude(excused_at=None).exists()


def test_a_stay_of_somebody_else_is_not_excused_here(office, page, chen, hostel, friday_stay):
    other = friday_stay(chen, hostel)

    assert office.post(f"{page}stays/{other.code}/excuses/", {"again": "1"}).status_code == 404


def test_the_office_leads_to_it(office, wuzhong):
    assert f'href="{PEOPLE}"' in office.get("/office/").content.decode()
