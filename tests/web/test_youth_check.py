"""May I: the answers live in the address, every rule answers, nothing is stored."""

import re

import pytest
from django.apps import apps
from django.test import Client

from accounts.reasons import Refused
from bookings.booking import book
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SATURDAY
from tests.web.conftest import text_of

YES = "/check/?education=bachelor&graduation=2025&home_in_district=no&purpose=interview"
NO = "/check/?education=secondary_vocational&graduation=2019&home_in_district=yes&purpose=interview"


@pytest.fixture
def visitor(wuzhong, clock) -> Client:
    return Client()


def reasons(page):
    """Code and verdict of each reason on the page."""
    return re.findall(r'<li class="is-(\w+)" data-code="(\w+)">', page.content.decode())


def sentences(page):
    return re.findall(r'<span class="sentence">([^<]*)</span>', page.content.decode())


def test_four_groups_are_tapped_and_nothing_is_typed(visitor):
    html = visitor.get("/check/").content.decode()

    assert html.count("<fieldset") == 4
    assert not re.search(r'<input(?![^>]*type="(radio|hidden)")', html)
    assert "checked" not in html


def test_four_good_answers_say_yes_and_how_many_nights(visitor):
    page = visitor.get(YES)

    assert "你可以免费住，最多 3 晚" in text_of(page)
    assert {verdict for verdict, _code in reasons(page)} == {"met"}
    assert "订房时按证件核对" in text_of(page)
    assert (
        'href="/?education=bachelor&amp;graduation=2025&amp;home_in_district=no&amp;purpose=interview"'
        in page.content.decode()
    )


def test_every_rule_not_met_stands_first_with_its_clause_and_a_fix(visitor):
    page = visitor.get(NO)
    html = page.content.decode()

    assert "有 3 条没满足，其余都符合" in text_of(page)
    assert reasons(page)[:3] == [("not_met", "EDUCATION"), ("not_met", "GRAD"), ("not_met", "LOCAL")]
    assert "met" in {verdict for verdict, _code in reasons(page)}
    for item in re.findall(r'<li class="is-not_met".*?</li>', html, re.DOTALL):
        assert "<details>" in item
        assert 'class="plain-link strong" href="' in item


def test_a_fix_leads_back_to_its_question_with_the_answers_kept(visitor):
    html = visitor.get(NO).content.decode()

    assert "purpose=interview#education" in html
    assert "purpose=interview#graduation" in html


def test_a_year_on_the_edge_asks_for_the_month_and_the_month_decides(visitor):
    year = YES.replace("2025", "2023")

    assert 'name="month"' not in visitor.get(YES).content.decode()
    assert 'name="month"' in visitor.get(year).content.decode()
    assert ("missing", "GRAD") in reasons(visitor.get(year))
    assert ("met", "GRAD") in reasons(visitor.get(f"{year}&month=06"))
    assert ("not_met", "GRAD") in reasons(visitor.get(f"{year}&month=01"))


def test_one_answer_alone_asks_for_the_others(visitor):
    page = visitor.get("/check/?education=bachelor")

    assert "还差 3 项没填" in text_of(page)


def test_answers_that_cannot_be_are_not_answers(visitor):
    page = visitor.get("/check/?education=wizard&graduation=soon&home_in_district=maybe")

    assert reasons(page) == []


def test_who_graduated_long_ago_says_the_very_year_and_is_answered_with_it(visitor):
    html = visitor.get("/check/").content.decode()
    page = visitor.get(YES.replace("2025", "2014"))

    assert 'name="graduation" value="2014"' in html
    assert "或更早" not in html
    assert "你填的是 2014 年毕业" in text_of(page)
    assert '<details class="earlier" open>' in page.content.decode()


def test_a_no_leads_to_the_question_and_to_a_page_that_says_whom_to_ring(visitor):
    html = visitor.get(NO).content.decode()

    assert 'href="/help/#no"' in html
    assert "人工复核" not in html
    assert 'id="no"' in visitor.get("/help/").content.decode()


def test_the_rules_are_called_by_their_title_in_the_language_of_the_reader(visitor):
    chinese, english = visitor.get(NO), visitor.get("/en" + NO)

    assert "依据：吴中区苏青驿入住办法（样例），第 1 版" in text_of(chinese)
    assert "Decided by: Rules of the Wuzhong youth talent hostels (sample), version 1" in text_of(english)
    assert "wuzhong-sample" not in chinese.content.decode() + english.content.decode()


def test_nothing_is_written_by_asking(visitor, django_assert_num_queries):
    def counted():
        return {model: model._base_manager.count() for model in apps.get_models()}

    before = counted()
    with django_assert_num_queries(2):
        page = visitor.get(NO)

    assert counted() == before
    assert not page.cookies


def test_the_check_speaks_english(visitor):
    page = visitor.get("/en" + YES)

    assert "You can stay free for up to 3 nights" in text_of(page)
    assert not re.search(r"[一-鿿]", text_of(page).replace("中文", ""))
    assert 'href="/en/?education=bachelor' in page.content.decode()


def test_the_booking_is_refused_in_the_words_of_the_check(visitor, people, hostel):
    someone = people("顾本地", education="secondary_vocational", graduation="2019", home_in_district=True)
    with pytest.raises(Refused) as no:
        book(guest=someone, hostel=hostel, nights=Nights(FRIDAY, SATURDAY), purpose="interview", now=NOW)

    said = [str(reason.sentence) for reason in no.value.reasons if reason.verdict == "not_met"]
    assert said == sentences(visitor.get(NO))[:3]
