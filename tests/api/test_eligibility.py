"""May they, over REST: anybody may ask, nothing is stored."""

from datetime import date, timedelta

import pytest
from django.apps import apps

from api.eligibility import PerAddress
from eligibility.models import Policy
from hostel.network_file import load_network
from tests.api.conftest import TODAY, TOMORROW, caller, problem
from tests.api.counting import statements
from tests.conftest import ROOT, moment

ELIGIBILITY = "/api/v1/eligibility/"


@pytest.fixture
def said():
    """What the four taps of the checker say."""
    return {
        "education": "bachelor",
        "graduation": f"{TODAY.year - 1}",
        "home_in_district": False,
        "purpose": "interview",
    }


def test_four_taps_are_enough_for_a_yes(anybody, wuzhong, said):
    body = anybody.post(ELIGIBILITY, said).json()

    assert set(body) == {"outcome", "reasons", "free_nights", "policy", "entitlement", "label_zh", "label_en"}
    assert body["outcome"] == "yes"
    assert body["free_nights"] >= 3
    assert body["policy"] == f"{Policy.objects.get()}"
    assert {reason["verdict"] for reason in body["reasons"]} == {"met"}
    age = next(reason for reason in body["reasons"] if reason["code"] == "AGE")
    assert age["sentence_zh"] == "年龄要在 18–35 岁，订房时按证件核对"


def test_all_reasons_come_at_once_those_not_met_first_and_in_both_languages(anybody, wuzhong, said):
    body = anybody.post(
        ELIGIBILITY, said | {"home_in_district": True, "birth_date": "1970-01-01", "purpose": "sightseeing"}
    ).json()

    verdicts = [reason["verdict"] for reason in body["reasons"]]
    assert body["outcome"] == "no"
    assert body["free_nights"] == 0
    assert verdicts == sorted(verdicts, key=["not_met", "missing", "ask", "met"].index)
    unmet = [reason for reason in body["reasons"] if reason["verdict"] == "not_met"]
    assert {reason["code"] for reason in unmet} == {"LOCAL", "AGE", "PURPOSE"}
    assert all(reason["sentence_zh"] and reason["sentence_en"] and reason["fix"] for reason in unmet)


def test_what_is_missing_is_asked_for(anybody, wuzhong):
    body = anybody.post(ELIGIBILITY, {}).json()

    assert body["outcome"] == "tell_us_more"
    missing = {reason["code"] for reason in body["reasons"] if reason["verdict"] == "missing"}
    assert {"EDUCATION", "GRAD", "LOCAL", "PURPOSE"} <= missing


def test_dates_and_a_house_are_part_of_the_question(anybody, hostel, said):
    far = TODAY + timedelta(days=90)
    body = anybody.post(
        ELIGIBILITY,
        said | {"hostel": hostel.slug, "arrival": f"{far}", "departure": f"{far + timedelta(days=2)}"},
    ).json()

    assert body["outcome"] == "no"
    assert body["reasons"][0]["code"] == "WINDOW"


def test_a_house_for_groups_says_so(anybody, hostel, said):
    hostel.access = "group"
    hostel.save()

    body = anybody.post(ELIGIBILITY, said | {"hostel": hostel.slug}).json()

    assert "GROUP_ONLY" in {reason["code"] for reason in body["reasons"] if reason["verdict"] == "not_met"}
    assert anybody.post(ELIGIBILITY, said).json()["outcome"] == "yes"


def test_nothing_is_stored(anybody, lin, said):
    def rows():
        return {model: model._base_manager.count() for model in apps.get_models()}

    before = rows()
    anybody.post(ELIGIBILITY, said)
    anybody.post(ELIGIBILITY, said, HTTP_IDEMPOTENCY_KEY="k-1")
    caller(lin.user).post(ELIGIBILITY, said)

    after = rows()
    after[next(model for model in after if model.__name__ == "AuthToken")] -= 1  # lin's own
    assert after == before


@pytest.mark.parametrize(
    "change, field",
    [
        ({"gender": "x"}, "gender"),
        ({"gender": ["male"]}, "gender"),
        ({"birth_date": "2001-13-01"}, "birth_date"),
        ({"birth_date": "9999-12-31"}, "birth_date"),
        ({"birth_date": 10**30}, "birth_date"),
        ({"education": "school of life"}, "education"),
        ({"education": 3}, "education"),
        ({"education": {}}, "education"),
        ({"graduation": "2025-13"}, "graduation"),
        ({"graduation": "99999"}, "graduation"),
        ({"graduation": "2025-02-29"}, "graduation"),
        ({"graduation": "２０２５"}, "graduation"),
        ({"school_city": "x" * 41}, "school_city"),
        ({"school": "a\0b"}, "school"),
        ({"home_in_district": "perhaps"}, "home_in_district"),
        ({"purpose": "y" * 21}, "purpose"),
        ({"hostel": "nowhere"}, "hostel"),
        ({"arrival": f"{TOMORROW}", "departure": f"{TODAY}"}, "departure"),
        ({"arrival": f"{TOMORROW}", "departure": f"{TODAY + timedelta(days=400)}"}, "departure"),
        ({"arrival": "9999-12-31"}, "arrival"),
    ],
)
def test_what_cannot_be_is_a_field_error(anybody, wuzhong, said, change, field):
    body = problem(anybody.post(ELIGIBILITY, said | change), 422, "FIELDS")

    assert [error["field"] for error in body["errors"]] == [field]


@pytest.mark.parametrize(
    "change",
    [
        {"birth_date": "2099-12-31"},
        {"birth_date": "1900-01-01"},
        {"birth_date": "2004-02-29"},
        {"graduation": "1900"},
        {"graduation": "2099-12"},
        {"graduation": "2024-02-29"},
        {"arrival": "2000-01-01"},
        {"arrival": "2099-12-31"},
        {"departure": "2099-12-31"},
        {"arrival": "2099-12-30", "departure": "2099-12-31"},
        {"arrival": f"{TODAY}", "departure": f"{TODAY + timedelta(days=366)}"},
        {"school_city": "'; DROP TABLE", "school": "<script>%(name)s %s {0}"},
        {"purpose": "%(x)s%"},
        {"graduation": None, "education": None, "home_in_district": None, "purpose": None},
    ],
)
def test_the_edge_of_what_can_be_is_answered(anybody, wuzhong, said, change):
    assert anybody.post(ELIGIBILITY, said | change).status_code == 200


def test_without_a_policy_the_house_says_so(anybody, db, said):
    load_network(ROOT / "hostel/sample/wuzhong.yaml", now=moment(date(2023, 1, 1), 8))

    problem(anybody.post(ELIGIBILITY, said), 409, "NO_POLICY")
    problem(anybody.get(ELIGIBILITY), 409, "NO_POLICY")


def test_what_the_policy_asks_is_told_with_its_words_and_answers(anybody, wuzhong):
    body = anybody.get(ELIGIBILITY).json()

    asked = {question["key"]: question for question in body["questions"]}
    assert list(asked) == ["education", "graduation", "home_in_district"]
    assert all(question["fact"] and question["text_zh"] and question["text_en"] for question in asked.values())
    assert asked["home_in_district"]["text_en"] == "Do you, or your parents, have a home in Wuzhong?"
    assert [option["value"] for option in asked["home_in_district"]["options"]] == [False, True]
    assert {option["value"] for option in asked["education"]["options"]} >= {"bachelor", "technician"}
    assert asked["graduation"]["options"] == []
    assert {"value": "interview", "label_zh": "面试", "label_en": "an interview"} in body["purposes"]
    assert body["policy"] == f"{Policy.objects.get()}"


def test_a_policy_that_asks_otherwise_is_asked_otherwise(anybody, wuzhong, asks_otherwise):
    asked = {question["key"]: question for question in anybody.get(ELIGIBILITY).json()["questions"]}
    key = "work-either-wuzhong"

    assert list(asked) == [key]
    assert not asked[key]["fact"]
    assert [option["value"] for option in asked[key]["options"]] == ["yes", "no"]


def test_the_answers_to_its_own_questions_decide(anybody, wuzhong, asks_otherwise):
    said = {"purpose": "interview"}
    key = "work-either-wuzhong"

    def answered(answer):
        body = anybody.post(ELIGIBILITY, said | {"answers": {key: answer} if answer else {}}).json()
        return body["outcome"], next(reason["verdict"] for reason in body["reasons"] if reason["code"] == "WORK")

    assert answered("no") == ("yes", "met")
    assert answered("yes") == ("no", "not_met")
    assert answered("perhaps") == answered("") == ("tell_us_more", "missing")


@pytest.mark.parametrize(
    "answers",
    ["no", ["no"], {"k": "x" * 41}, {"k" * 81: "x"}, {"": "x"}, {f"k{n}": "x" for n in range(41)}, {"k": {"a": 1}}],
)
def test_answers_that_cannot_be_are_a_field_error(anybody, wuzhong, said, answers):
    body = problem(anybody.post(ELIGIBILITY, said | {"answers": answers}), 422, "FIELDS")

    assert {error["field"].partition(".")[0] for error in body["errors"]} == {"answers"}


@pytest.mark.parametrize("query", ["arrival=soon", "purpose=" + "y" * 21, "hostel=nowhere", "hostel=%00"])
def test_a_wish_that_cannot_be_is_a_field_error(anybody, wuzhong, query):
    problem(anybody.get(f"{ELIGIBILITY}?{query}"), 422, "FIELDS")


def test_without_a_network_there_is_nothing_to_ask(anybody, db, said):
    assert problem(anybody.post(ELIGIBILITY, said), 422, "FIELDS")["errors"][0]["field"] == "hostel"


def test_one_address_may_ask_often_but_not_without_end(anybody, wuzhong, said):
    allowed, _duration = PerAddress().parse_rate(PerAddress.rate)
    assert allowed >= 100
    for _ in range(allowed):
        assert anybody.post(ELIGIBILITY, said).status_code == 200

    answer = anybody.post(ELIGIBILITY, said)

    problem(answer, 429, "TOO_MANY")
    assert 0 < int(answer["Retry-After"]) <= 60
    assert caller().post(ELIGIBILITY, said, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_a_forged_address_does_not_help(anybody, wuzhong, said):
    allowed, _duration = PerAddress().parse_rate(PerAddress.rate)
    answers = [
        anybody.post(ELIGIBILITY, said, HTTP_X_FORWARDED_FOR=f"192.0.2.{n}").status_code for n in range(allowed + 1)
    ]

    assert answers[-1] == 429


def test_the_question_takes_two_statements(anybody, hostel, said):
    assert statements(lambda: anybody.post(ELIGIBILITY, said)) == 2
    assert statements(lambda: anybody.post(ELIGIBILITY, said | {"hostel": hostel.slug})) == 2
