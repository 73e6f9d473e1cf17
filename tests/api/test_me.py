"""Me over REST: profile, identity, and the nights I still have."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Deed, Person, User
from bookings.booking import book
from hostel.nights import Nights
from tests.api.conftest import TODAY, TOMORROW, caller, problem
from tests.api.counting import statements
from tests.conftest import resident_number

ME = "/api/v1/me/"
BORN = date(TODAY.year - 22, 3, 4)


@pytest.fixture
def newcomer(wuzhong):
    return User.objects.create_user("+8613912345678", phone_verified=True)


@pytest.fixture
def identity():
    return {
        "name": "赵一鸣",
        "document_kind": "resident",
        "document_number": resident_number(BORN, "male", 77),
    }


def test_a_new_login_has_a_phone_and_nothing_else(newcomer):
    body = caller(newcomer).get(ME).json()

    assert body["phone"] == "+8613912345678"
    assert (body["name"], body["document"], body["birth_date"], body["roles"]) == ("", None, None, [])


def test_an_identity_is_given_once_and_shown_masked(newcomer, identity):
    me = caller(newcomer)

    answer = me.patch(ME, identity | {"education": "master", "home_in_district": False})

    body = answer.json()
    assert answer.status_code == 200
    assert (body["name"], body["gender"], body["birth_date"]) == ("赵一鸣", "male", f"{BORN}")
    assert body["document"]["kind"] == "resident"
    assert identity["document_number"] not in answer.content.decode()
    assert body["document"]["number"].count("*") >= 8
    assert body["education"] == "master"
    assert me.get(ME).json() == body
    assert Person.objects.get(user=newcomer).document == identity["document_number"]


def test_a_number_that_does_not_read_is_a_field_error_with_its_reason_and_not_repeated(newcomer, identity):
    wrong = identity["document_number"][:-1] + ("0" if identity["document_number"][-1] != "0" else "1")

    answer = caller(newcomer).patch(ME, identity | {"document_number": wrong})

    body = problem(answer, 422, "FIELDS")
    (error,) = body["errors"]
    assert (error["field"], error["code"]) == ("document_number", "invalid")
    assert error["detail"] == body["reasons"][0]["sentence_en"]
    assert (body["reasons"][0]["code"], body["reasons"][0]["fix"]["kind"]) == ("IDENTITY", "correct")
    assert wrong not in answer.content.decode()
    assert not Person.objects.filter(user=newcomer).exists()


def test_a_wrong_name_and_a_wrong_number_are_told_at_once(newcomer, identity):
    body = problem(caller(newcomer).patch(ME, identity | {"name": "7", "document_number": "7"}), 422, "FIELDS")

    assert {error["field"] for error in body["errors"]} == {"name", "document_number"}
    assert len(body["reasons"]) == 2


def test_a_name_alone_that_does_not_read_is_a_field_error_too(as_lin):
    body = problem(as_lin.patch(ME, {"name": "林 7"}), 422, "FIELDS")

    assert [error["field"] for error in body["errors"]] == ["name"]


def test_a_wrong_number_is_looked_at_again_under_its_key(newcomer, identity):
    me = caller(newcomer, HTTP_IDEMPOTENCY_KEY="k-1")

    for _again in range(2):
        answer = me.patch(ME, identity | {"document_number": "7"})
        problem(answer, 422, "FIELDS")
        assert "Idempotency-Replayed" not in answer


def test_few_identities_are_tried_from_one_login(newcomer, identity, as_lin):
    me = caller(newcomer)
    for _try in range(30):
        problem(me.patch(ME, identity | {"document_number": "7"}), 422, "FIELDS")

    answer = me.patch(ME, identity)

    problem(answer, 429, "TOO_MANY")
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert me.get(ME).status_code == 200
    assert me.patch(ME, {}).status_code == 422  # an identity is still needed; asking for it is not counted
    assert as_lin.patch(ME, {"name": "林小满"}).status_code == 200


def test_a_profile_is_changed_as_often_as_one_likes(as_lin):
    for _time in range(31):
        assert as_lin.patch(ME, {"school": "合肥工业大学"}).status_code == 200


def test_the_major_stands_beside_the_school(as_lin, lin):
    assert as_lin.get(ME).json()["major"] == ""
    assert as_lin.patch(ME, {"major": "护理学"}).json()["major"] == "护理学"
    lin.refresh_from_db()
    assert (lin.school, lin.major) == ("安徽大学", "护理学")


def test_a_document_of_another_login_is_refused_with_a_way_to_recover_it(newcomer, identity, lin):
    taken = identity | {"document_number": lin.document}

    body = problem(caller(newcomer).patch(ME, taken), 409, "IDENTITY")

    assert (body["type"], body["title"]) == ("/api/problems/not-now/", "This can't be done now")
    assert body["reasons"][0]["fix"]["kind"] == "login"
    assert lin.user.phone not in str(body)


def test_an_identity_comes_whole(newcomer, identity):
    me = caller(newcomer)
    for left_out in identity:
        part = {field: value for field, value in identity.items() if field != left_out}
        errors = problem(me.patch(ME, part), 422, "FIELDS")["errors"]
        assert [error["field"] for error in errors] == [left_out]
    assert {error["field"] for error in problem(me.patch(ME, {"education": "master"}), 422, "FIELDS")["errors"]} == set(
        identity
    )


def test_a_profile_changes_field_by_field(as_lin, lin):
    body = as_lin.patch(ME, {"education": "doctor", "graduation": "2026-06", "home_in_district": True}).json()

    lin.refresh_from_db()
    assert (body["education"], body["graduation"], body["home_in_district"]) == ("doctor", "2026-06", True)
    assert (lin.education, lin.school_city) == ("doctor", "合肥")
    assert Deed.objects.filter(what="change_profile", person=lin).count() == 1


def test_a_graduation_may_be_said_to_the_day(as_lin, lin):
    body = as_lin.patch(ME, {"graduation": "2026-06-25"}).json()

    lin.refresh_from_db()
    assert body["graduation"] == lin.graduation == "2026-06-25"


def test_saying_nothing_changes_nothing(as_lin, lin):
    before = as_lin.get(ME).json()

    assert as_lin.patch(ME, {}).json() == before
    assert not Deed.objects.filter(what="change_profile").exists()


def test_what_a_desk_has_compared_is_changed_at_a_desk(as_lin, lin):
    lin.document_seen_at = timezone.now()
    lin.save()

    problem(as_lin.patch(ME, {"name": "林大满"}), 409, "IDENTITY")


@pytest.mark.parametrize(
    "change, field",
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"name": "林\0"}, "name"),
        ({"gender": "none"}, "gender"),
        ({"birth_date": "1899-01-01"}, "birth_date"),
        ({"education": "none"}, "education"),
        ({"education": ""}, "education"),
        ({"graduation": "soon"}, "graduation"),
        ({"graduation": "2025-02-29"}, "graduation"),
        ({"school": "x" * 81}, "school"),
        ({"major": "x" * 81}, "major"),
        ({"school_city": ["合肥"]}, "school_city"),
        ({"home_in_district": 7}, "home_in_district"),
    ],
)
def test_what_cannot_be_is_a_field_error(as_lin, change, field):
    body = problem(as_lin.patch(ME, change), 422, "FIELDS")

    assert [error["field"] for error in body["errors"]] == [field]


def test_phone_and_roles_are_not_for_oneself_to_change(as_lin, lin):
    as_lin.patch(ME, {"phone": "+8613800000000", "roles": [{"kind": "officer"}], "document_seen_at": "2026-01-01"})

    lin.refresh_from_db()
    assert lin.user.phone == User.objects.get(pk=lin.user_id).phone != "+8613800000000"
    assert not lin.user.roles.exists()
    assert lin.document_seen_at is None


def test_the_roles_in_force_are_said(as_manager, as_officer, manager):
    assert as_manager.get(ME).json()["roles"] == [{"kind": "manager", "hostel": "baodaiqiao", "network": None}]
    assert as_officer.get(ME).json()["roles"] == [{"kind": "officer", "hostel": None, "network": "wuzhong"}]

    manager.roles.update(valid_until=TODAY)

    assert as_manager.get(ME).json()["roles"] == []


def test_the_allowance_says_granted_kept_used_left_and_when_they_return(as_lin, lin, hostel):
    nights = Nights(TODAY, TODAY + timedelta(days=2))
    stay = book(guest=lin, hostel=hostel, nights=nights, purpose="exam", now=timezone.now())
    stay.bed_nights.filter(night=TODAY).update(slept_at=timezone.now())

    body = as_lin.get(f"{ME}allowance/").json()

    year = next(cap for cap in body["results"] if cap["code"] == "NIGHTS")
    in_this_year = sum(night.year == TODAY.year for night in nights)
    assert year["network"] == "wuzhong"
    assert (year["granted"], year["used"], year["kept"]) == (7, 1, in_this_year - 1)
    assert year["left"] == 7 - in_this_year
    assert year["returns_on"] == f"{TODAY.year + 1}-01-01"
    assert year["label"] == year["label_en"] != year["label_zh"]
    assert {"NIGHTS", "STAY_NIGHTS", "CITY_CAP"} == {cap["code"] for cap in body["results"]}
    assert body["next"] is None


def test_a_login_without_a_person_has_its_whole_allowance(newcomer):
    rows = caller(newcomer).get(f"{ME}allowance/").json()["results"]

    assert all(cap["left"] == cap["granted"] for cap in rows)


def test_me_is_for_those_with_a_token(db):
    for address in (ME, f"{ME}allowance/"):
        problem(caller().get(address), 401, "NOT_AUTHENTICATED")


def test_me_and_the_allowance_have_their_count(as_lin, lin, hostel):
    assert statements(lambda: as_lin.get(ME)) == 3
    none_kept = statements(lambda: as_lin.get(f"{ME}allowance/"))
    book(guest=lin, hostel=hostel, nights=Nights(TODAY, TOMORROW), purpose="exam", now=timezone.now())
    assert none_kept == statements(lambda: as_lin.get(f"{ME}allowance/")) == 7


# --- what the policies ask ------------------------------------------------------------------------------------------
def test_answers_are_laid_over_those_before_key_by_key_and_an_empty_one_is_taken_out(as_lin, lin):
    as_lin.patch(ME, {"answers": {"full_time": "yes", "work": "no"}})
    body = as_lin.patch(ME, {"answers": {"work": "yes", "first_time": "no"}}).json()

    assert body["answers"] == {"full_time": "yes", "work": "yes", "first_time": "no"}
    assert as_lin.patch(ME, {"answers": {"work": ""}}).json()["answers"] == {"full_time": "yes", "first_time": "no"}
    assert as_lin.patch(ME, {"school": "合肥工业大学"}).json()["answers"] == {"full_time": "yes", "first_time": "no"}
    assert as_lin.get(ME).json()["answers"] == {"full_time": "yes", "first_time": "no"}


def test_answers_are_on_the_record_by_their_field_and_not_by_their_words(as_lin, lin):
    as_lin.patch(ME, {"answers": {"work": "no-secret"}})

    deed = Deed.objects.latest("pk")
    assert (deed.what, deed.values["fields"]) == ("change_profile", ["answers"])
    assert "no-secret" not in str(deed.values)


@pytest.mark.parametrize(
    "answers",
    ["no", [], 3, {"k": "x" * 41}, {"k": ["no"]}, {"k" * 81: "no"}, {"": "no"}, {f"k{n}": "no" for n in range(41)}],
)
def test_answers_that_cannot_be_are_a_field_error(as_lin, answers):
    body = problem(as_lin.patch(ME, {"answers": answers}), 422, "FIELDS")

    assert {error["field"].partition(".")[0] for error in body["errors"]} == {"answers"}


def test_no_more_than_forty_answers_are_kept_however_they_come(as_lin, lin):
    as_lin.patch(ME, {"answers": {f"k{n}": "no" for n in range(40)}})
    body = problem(as_lin.patch(ME, {"answers": {"one-more": "no"}}), 422, "FIELDS")

    lin.refresh_from_db()
    assert [error["field"] for error in body["errors"]] == ["answers"]
    assert len(lin.answers) == 40


def test_what_was_answered_over_rest_decides_the_booking(as_lin, lin, wish, asks_otherwise):
    assert problem(as_lin.post("/api/v1/stays/", wish), 409, "WORK")["reasons"][0]["verdict"] == "missing"
    as_lin.patch(ME, {"answers": {"work-either-wuzhong": "no"}})

    assert as_lin.post("/api/v1/stays/", wish).status_code == 201
