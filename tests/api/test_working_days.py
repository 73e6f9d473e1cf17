"""The working calendar over REST."""

from datetime import date, timedelta

import pytest

from accounts.models import Deed
from hostel.models import WorkdayCorrection
from hostel.spans import is_working
from hostel.working_days import shifted_days
from tests.api.conftest import TODAY, caller, problem

DAYS = "/api/v1/working-days/"


@pytest.fixture
def workday():
    """The next day that is worked by the calendar."""
    near = (TODAY + timedelta(days=n) for n in range(1, 20))
    shifted = shifted_days(TODAY, TODAY + timedelta(days=20))
    return next(day for day in near if is_working(day, shifted))


@pytest.fixture
def correction(workday):
    return {"day": workday.isoformat(), "is_working": False, "because": "国务院办公厅通知"}


def of_day(body, day):
    return next((each for each in body["days"] if each["day"] == day.isoformat()), None)


@pytest.mark.parametrize("who", ["as_officer", "as_auditor"])
def test_officers_and_auditors_read_the_days_of_a_year(request, who):
    body = request.getfixturevalue(who).get(f"{DAYS}?year=2026").json()

    assert (body["year"], body["announced"]) == (2026, True)
    assert of_day(body, date(2026, 10, 1)) == {
        "day": "2026-10-01", "is_working": False, "name": "National Day", "correction": None,
    }  # fmt: skip
    assert of_day(body, date(2026, 10, 10)) == {
        "day": "2026-10-10", "is_working": True, "name": "worked, off on 7 Oct", "correction": None,
    }  # fmt: skip
    assert [each["day"] for each in body["days"]] == sorted(each["day"] for each in body["days"])


def test_the_names_are_in_the_reader_s_language(as_officer):
    body = as_officer.get(f"{DAYS}?year=2026", HTTP_ACCEPT_LANGUAGE="zh-hans").json()

    assert of_day(body, date(2026, 10, 1))["name"] == "国庆节"


def test_without_a_year_it_is_the_running_one(as_officer):
    assert as_officer.get(DAYS).json()["year"] == TODAY.year


def test_a_year_that_nobody_announced_says_so(as_officer):
    assert as_officer.get(f"{DAYS}?year=2099").json()["announced"] is False


@pytest.mark.parametrize("year", ["1999", "2100", "abc", "２０２６"])
def test_a_year_that_is_none_is_a_field_error(as_officer, year):
    problem(as_officer.get(f"{DAYS}?year={year}"), 422, "FIELDS")


def test_an_officer_corrects_a_day(as_officer, officer, workday, correction):
    answer = as_officer.post(DAYS, correction)

    assert answer.status_code == 201
    body = answer.json()
    assert (body["day"], body["is_working"]) == (correction["day"], False)
    assert body["correction"]["because"] == "国务院办公厅通知"
    assert body["correction"]["written_by"] == f"user {officer.pk}"
    assert of_day(as_officer.get(f"{DAYS}?year={workday.year}").json(), workday) == body
    assert Deed.objects.get(what="correct_workday").actor == officer


def test_a_correction_repeated_with_its_key_is_the_same_answer(as_officer, correction):
    first, second = (as_officer.post(DAYS, correction, HTTP_IDEMPOTENCY_KEY="k-1") for _ in range(2))

    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert WorkdayCorrection.objects.count() == 1


def test_a_correction_that_is_none_is_refused_with_its_reason(as_officer, correction):
    body = problem(as_officer.post(DAYS, correction | {"is_working": True}), 409, "AS_IT_IS")

    assert body["reasons"][0]["sentence_zh"].endswith("本来就是工作日")
    assert WorkdayCorrection.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"day": "2026-02-30"}, "day"),
        ({"day": "20261001"}, "day"),
        ({"day": "1999-12-31"}, "day"),
        ({"day": "2100-01-01"}, "day"),
        ({"is_working": "perhaps"}, "is_working"),
        ({"is_working": None}, "is_working"),
        ({"because": ""}, "because"),
        ({"because": "  "}, "because"),
        ({"because": "x" * 121}, "because"),
        ({"because": "a\0b"}, "because"),
    ],
)
def test_what_is_said_wrongly_is_a_field_error(as_officer, correction, change, field):
    body = problem(as_officer.post(DAYS, correction | change), 422, "FIELDS")

    assert [error["field"] for error in body["errors"]] == [field]
    assert WorkdayCorrection.objects.count() == 0


def test_a_correction_is_withdrawn(as_officer, workday, correction):
    as_officer.post(DAYS, correction)

    answer = as_officer.delete(f"{DAYS}{workday}/")

    assert answer.status_code == 200
    assert (answer.json()["is_working"], answer.json()["correction"]) == (True, None)
    assert of_day(as_officer.get(f"{DAYS}?year={workday.year}").json(), workday) is None
    problem(as_officer.delete(f"{DAYS}{workday}/"), 404, "NOT_FOUND")


@pytest.mark.parametrize("day", ["2026-02-30", "today", "2026-10-01"])
def test_where_no_correction_stands_there_is_nothing_to_withdraw(as_officer, day):
    problem(as_officer.delete(f"{DAYS}{day}/"), 404, "NOT_FOUND")


@pytest.mark.parametrize("who", ["as_auditor", "as_manager", "as_lin", "as_stranger"])
def test_nobody_but_an_officer_changes_it(request, as_officer, who, workday, correction):
    client = request.getfixturevalue(who)

    problem(client.post(DAYS, correction), 403, "NO_RIGHT")
    as_officer.post(DAYS, correction)
    problem(client.delete(f"{DAYS}{workday}/"), 403, "NO_RIGHT")
    assert WorkdayCorrection.objects.standing().count() == 1


def test_strangers_say_who_they_are_first(anybody, db):
    problem(anybody.get(DAYS), 401, "NOT_AUTHENTICATED")


@pytest.mark.parametrize("who", ["manager", "lin"])
def test_who_is_neither_officer_nor_auditor_does_not_read_it(request, who):
    user = request.getfixturevalue(who)

    problem(caller(getattr(user, "user", user)).get(DAYS), 403, "NO_RIGHT")
