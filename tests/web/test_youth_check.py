"""May I: the answers live in the address, every rule answers, nothing is stored."""

import re

import pytest
from django.apps import apps
from django.test import Client

from accounts.reasons import Refused
from bookings.booking import book
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, ROOT, SATURDAY
from tests.eligibility.reviewed import rules_with_people
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
    assert "/reviews/" not in html
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


# What each published policy asks, and nothing else; the purpose is always asked, last.
ASKED = {
    "beijing_bda": ["education", "graduation", "home_in_district", "a-employer-the-zone"],
    "dongguan_spring_festival": [],
    "fuzhou": ["graduation", "a-hukou-fuzhou-minhou"],
    "hangzhou": ["education", "graduation", "a-full_time"],
    "nanjing_2023": ["education", "graduation"],
    "shanghai_minhang_2025": [
        "education",
        "graduation",
        "home_in_district",
        "a-full_time",
        "a-school-shanghai",
        "a-employer-minhang",
    ],
    "shenzhen_2014": ["education", "graduation", "a-first_time-shenzhen"],
    "wuhan_wuchang_2022_2024": ["graduation"],
    "zhengzhou_2023": ["education", "graduation", "home_in_district", "a-school-zhengzhou"],
    "zibo_2020_2023": [],
}
PUBLISHED = ROOT / "eligibility/published"
MINHANG = "home_in_district=no&a-full_time=yes&a-school-shanghai=elsewhere&a-employer-minhang=yes&purpose=interview"


def fields(page):
    """The names of the questions, each once, in their order."""
    return list(dict.fromkeys(re.findall(r'<input type="radio" name="([^"]+)"', page.content.decode())))


@pytest.mark.parametrize("name", ASKED)
def test_just_what_the_policy_asks_is_asked(visitor, in_force, name):
    in_force(PUBLISHED / f"{name}.yaml")

    assert fields(visitor.get("/check/")) == [*ASKED[name], "purpose"]


@pytest.mark.parametrize("path", sorted(PUBLISHED.glob("*.yaml")), ids=lambda path: path.stem)
def test_whatever_is_missing_can_be_answered_right_there(visitor, in_force, path):
    in_force(path)
    html = visitor.get("/check/?purpose=none-of-them").content.decode()

    asked_for = re.findall(r'is-missing.*?href="([^"]*)"', html, re.DOTALL)
    here = {href.partition("#")[2] for href in asked_for if href.startswith("/check/")}
    assert here <= set(re.findall(r'<fieldset id="([^"]+)"', html))


def test_a_question_of_the_policy_speaks_its_words_in_both_languages(visitor, in_force):
    in_force(PUBLISHED / "shanghai_minhang_2025.yaml")

    assert "你的学校在上海吗？ 在上海 在别处 在境外" in text_of(visitor.get("/check/"))
    assert "Do you yourself own a home in Shanghai? No Yes" in text_of(visitor.get("/en/check/"))


def test_answers_to_the_policys_questions_live_in_the_address_and_go_on_to_the_booking(visitor, asks_otherwise):
    page = visitor.get("/check/?a-work-either-wuzhong=no&purpose=interview")

    assert ("met", "WORK") in reasons(page)
    assert 'name="a-work-either-wuzhong" value="no" checked' in page.content.decode()
    assert 'href="/?purpose=interview&amp;a-work-either-wuzhong=no"' in page.content.decode()
    assert 'name="a-work-either-wuzhong" value="no"' in visitor.get("/?a-work-either-wuzhong=no").content.decode()


def test_a_refusing_answer_leads_back_to_its_question(visitor, asks_otherwise):
    html = visitor.get("/check/?a-work-either-wuzhong=yes&purpose=interview").content.decode()

    assert 'data-outcome="no"' in html
    assert "a-work-either-wuzhong=yes#work-either-wuzhong" in html
    assert '<fieldset id="work-either-wuzhong"' in html


@pytest.mark.parametrize("query", ["a-=no", f"a-work-either-wuzhong={'n' * 41}", f"a-{'k' * 81}=no"])
def test_what_can_be_no_answer_to_a_question_is_none(visitor, asks_otherwise, query):
    page = visitor.get(f"/check/?purpose=interview&{query}")

    assert ("missing", "WORK") in reasons(page)
    assert all(
        word not in page.content.decode().partition("<main")[2].partition("</main>")[0] for word in ("nnnn", "kkkk")
    )


def test_a_yes_says_what_is_given(visitor):
    assert "适用：4天3晚" in text_of(visitor.get(YES))
    assert "What you get: 4 days, 3 nights" in text_of(visitor.get("/en" + YES))


def test_where_every_night_has_its_price_the_yes_does_not_call_it_free(visitor, in_force):
    in_force(PUBLISHED / "zibo_2020_2023.yaml")
    words = text_of(visitor.get("/check/?purpose=tourism"))

    assert "你可以住，按价付费" in words
    assert "适用：半价入住5天" in words
    assert "最多 0 晚" not in words


def test_where_a_proof_is_needed_first_the_headline_says_so_and_until_when_the_bed_is_held(visitor, in_force):
    in_force(PUBLISHED / "wuhan_wuchang_2022_2024.yaml")
    page = visitor.get("/check/?graduation=2025&purpose=job_seeking")

    assert 'data-outcome="tell_us_more"' in page.content.decode()
    assert "条件都符合，还差一份材料" in text_of(page)
    assert "先订房，房给你留到 3月6日 周五" in text_of(page)
    assert 'data-testid="y2-book"' in page.content.decode()
    assert "a proof is still needed" in text_of(visitor.get("/en/check/?graduation=2025&purpose=job_seeking"))


def test_several_proofs_are_counted_and_there_is_one_time_for_all_of_them(visitor, in_force):
    in_force(PUBLISHED / "zhengzhou_2023.yaml")
    answers = "education=bachelor&graduation=2025&home_in_district=no&a-school-zhengzhou=elsewhere&purpose=job_seeking"
    words = text_of(visitor.get(f"/check/?{answers}"))

    assert "条件都符合，还差 2 份材料" in words
    # Three working days of notice: nobody arrives tonight, and no bed is given away tomorrow at six.
    assert "房给你留到 3月7日 周六" in words
    assert words.count("3月7日") == 1
    assert "2 proofs are still needed" in text_of(visitor.get(f"/en/check/?{answers}"))


def test_where_a_person_must_look_it_is_said_who_and_until_when(visitor, wuzhong):
    rules_with_people(wuzhong, NOW, evidence={"may_be_shown_at_desk": True})
    page = visitor.get(YES.replace("home_in_district=no", "home_in_district=yes"))
    words = text_of(page)

    assert 'data-outcome="ask_a_person"' in page.content.decode()
    assert "要人工看一下" in words
    assert "区里驿站办公室会在 3月10日 周二 18:00 前答复" in words
    assert "现在就能订，房先给你留着" in words


def test_who_qualifies_first_is_told_to_hand_in_the_proof_before_booking(visitor, in_force):
    in_force(PUBLISHED / "fuzhou.yaml")
    html = visitor.get("/check/?graduation=2025&a-hukou-fuzhou-minhou=elsewhere&purpose=job_seeking").content.decode()

    assert "先交材料，通过后再订房" in html
    assert "房给你留到" not in html


# --- a person may look ------------------------------------------------------------------------------------------------
def test_a_no_that_a_person_may_set_aside_says_how_to_ask_one(visitor):
    page = visitor.get(NO)

    assert "可以请人看一下" in text_of(page)
    assert "在 1 个工作日内答复" in text_of(page)
    assert "A person can look at this" in text_of(visitor.get(f"/en{NO}"))


def test_a_yes_and_an_answer_still_open_speak_of_no_person(visitor):
    for address in (YES, "/check/?education=secondary_vocational"):
        assert "y2-person" not in visitor.get(address).content.decode()


def test_what_is_counted_is_not_said_to_be_for_a_person(visitor, in_force):
    limited = {"id": "schools", "kind": "applicant", "by": ["school"]}
    in_force(change=lambda rules: rules | {"rules": [*rules["rules"], limited]})
    page = visitor.get(YES)

    assert ("not_met", "APPLICANT") in reasons(page)
    assert "y2-person" not in page.content.decode()


def test_every_group_of_chips_has_a_name_for_those_who_test(visitor):
    html = visitor.get("/check/").content.decode()

    for name in ("education", "graduation", "home_in_district", "purpose"):
        assert f'data-testid="y2-{name}"' in html
