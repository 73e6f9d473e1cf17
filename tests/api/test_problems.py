"""Every error of the door is a problem (RFC 9457), whatever went wrong."""

import pytest
from django.db import connection, transaction
from django.test import Client
from knox.models import AuthToken

from api import problems
from tests.api.conftest import PROBLEM, caller, problem

METHODS = ["get", "post", "put", "patch", "delete", "options", "head", "trace"]
STAYS = "/api/v1/stays/"


def raw(client, body, content_type="application/json", address=STAYS, method="POST", language="en"):
    return client.generic(method, address, body, content_type=content_type, HTTP_ACCEPT_LANGUAGE=language)


@pytest.mark.parametrize(
    "address",
    [
        "/api/",
        "/api/v1/",
        "/api/v2/stays/",
        "/api/v1/stays",
        "/api/v1/stays/toolong7/",
        "/api/v1/stays/A-B-CD/",
        "/api/v1/nothing/",
        "/api/v1/hostels/a/b/c/",
        "/api/v1/stays/%0A/",
        "/api/v1/stays/%00%00%00%00%00%00/",
        "/api/v1/%ff%fe/",
        "/api/admin.php",
        "/api/../etc/passwd",
        "/api/schema.json",
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_an_unknown_address_is_a_problem_whatever_is_done_to_it(db, address, method):
    answer = caller().generic(method.upper(), address)

    assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)
    if method != "head":
        problem(answer, 404, "NOT_FOUND")


def test_a_method_of_nobody_s_is_a_problem_too(db):
    problem(caller().generic("PROPFIND", "/api/v1/nothing/"), 404, "NOT_FOUND")
    problem(caller().generic("PROPFIND", "/api/v1/hostels/"), 405, "METHOD_NOT_ALLOWED")


def test_a_method_an_address_does_not_know_is_405_with_those_it_does(as_lin):
    answer = as_lin.delete(STAYS)

    problem(answer, 405, "METHOD_NOT_ALLOWED")
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'hostel': 'x'}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b"\xff\xfe",
        b'{"a": "\xed\xa0\x80"}',
        b"[" * 50_000,
        b'{"a":' * 15_000,
        b"9" * 5_000,
        b"\0",
        b'{"purpose": "\\ud800"}',
        b'{"\\udfff": 1}',
    ],
)
def test_a_body_that_is_not_json_is_400(as_lin, body):
    problem(raw(as_lin, body), 400, "MALFORMED")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"stay"', b"1e999", b"[[1]]", b"true"])
def test_json_that_is_not_an_object_is_a_field_error(as_lin, body):
    assert problem(raw(as_lin, body), 422, "FIELDS")["errors"][0]["field"] == ""
    in_chinese = raw(as_lin, body, language="zh-hans").json()["errors"][0]["detail"]
    assert in_chinese == "请发一个 JSON 对象：用花括号括起来的名称和值。"


def test_an_empty_body_misses_its_fields(as_lin):
    fields = [error["field"] for error in problem(raw(as_lin, b""), 422, "FIELDS")["errors"]]

    assert fields == ["hostel", "arrival", "departure", "purpose"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_another_content_type_is_415(as_lin, content_type):
    problem(raw(as_lin, b"hostel=x", content_type), 415, "MEDIA_TYPE")


@pytest.mark.parametrize("charset", ["utf-8", "hex", "rot13", "nonsense", "utf-16"])
def test_json_is_read_as_utf_8_whatever_charset_is_said(as_lin, charset):
    problem(raw(as_lin, b"{}", f"application/json; charset={charset}"), 422, "FIELDS")


def test_a_query_of_a_thousand_parts_is_400(anybody, wuzhong):
    problem(anybody.get("/api/v1/hostels/?" + "&".join(f"a{n}=1" for n in range(1001))), 400, "MALFORMED")


def test_what_breaks_before_the_view_is_a_problem_too(anybody, wuzhong, settings):
    settings.ALLOWED_HOSTS = ["hostel.example"]
    problem(anybody.get("/api/v1/hostels/"), 400, "MALFORMED")

    settings.ALLOWED_HOSTS = ["*"]
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.api.test_problems.broken"]
    problem(caller().get("/api/v1/hostels/"), 500, "SERVER_ERROR")


def broken(get_response):
    """A middleware that breaks."""

    def middleware(request):
        raise RuntimeError("the cellar is flooded")

    return middleware


def test_too_large_a_body_is_413(as_lin):
    problem(raw(as_lin, b'"' + b"x" * 100_001 + b'"'), 413, "TOO_LARGE")


@pytest.mark.parametrize("header", [{}, {"HTTP_AUTHORIZATION": "Basic YTpi"}])
def test_without_a_token_one_is_asked_for(db, header):
    answer = caller(**header).get(STAYS)

    problem(answer, 401, "NOT_AUTHENTICATED")
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["Bearer", "Bearer a b", "Bearer nonsense", "Bearer " + "a" * 64, "Bearer \xff\xfe"])
def test_a_token_that_is_none_is_refused(db, token):
    for address in (STAYS, "/api/v1/hostels/"):
        answer = caller(HTTP_AUTHORIZATION=token).get(address)

        problem(answer, 401, "TOKEN_INVALID")
        assert answer["WWW-Authenticate"] == "Bearer"


def test_a_token_that_was_revoked_is_refused(lin):
    client = caller(lin.user)
    assert client.get(STAYS).status_code == 200

    AuthToken.objects.all().delete()

    problem(client.get(STAYS), 401, "TOKEN_INVALID")


def test_a_session_is_no_token(lin):
    client = Client()
    client.force_login(lin.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    problem(client.get(STAYS), 401, "NOT_AUTHENTICATED")


def test_what_may_be_done_is_said_by_options(as_lin):
    answer = as_lin.options(STAYS)

    assert (answer.status_code, answer.json()) == (200, {})
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_a_kind_of_problem_that_is_none_is_not_found(db):
    problem(caller().get("/api/problems/none/"), 404, "NOT_FOUND")


def test_a_want_of_right_is_403(as_lin):
    problem(as_lin.get("/api/v1/figures/"), 403, "NO_RIGHT")


def test_whatever_is_accepted_the_answer_is_json(anybody, wuzhong):
    for accept in ("text/html", "application/xml", "*/*", "nonsense"):
        answer = anybody.get("/api/v1/hostels/", HTTP_ACCEPT=accept)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_what_is_somebody_s_own_stays_in_no_cache(as_lin, anybody, wuzhong):
    for own in (as_lin.get(STAYS), as_lin.get("/api/v1/stays/NOSUCH/"), as_lin.get("/api/v1/hostels/")):
        assert own["Cache-Control"] == "private, no-store"
    assert anybody.post("/api/v1/eligibility/", {})["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ["/api/v1/hostels/", "/api/v1/hostels/baodaiqiao/", "/api/v1/nothing/", STAYS])
def test_what_anybody_may_ask_is_asked_anew_and_varies_by_language_and_caller(anybody, wuzhong, address):
    answer = anybody.get(address)

    assert answer["Cache-Control"] == "no-cache"
    assert {"Accept-Language", "Authorization"} <= set(answer["Vary"].split(", "))


def test_what_breaks_inside_is_500_with_a_code_to_ask_by_and_no_word_of_the_code(as_lin, caplog):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE bookings_bednight RENAME TO bookings_bednight_gone")
        cursor.execute("ALTER TABLE bookings_stay RENAME TO bookings_stay_gone")

    with transaction.atomic():
        answer = as_lin.get(STAYS)
        transaction.set_rollback(True)  # PostgreSQL asks nothing more in a transaction that had trouble

    body = problem(answer, 500, "SERVER_ERROR")
    assert len(body["incident"]) == 8
    assert f"incident {body['incident']}" in caplog.text
    for word in (b"Traceback", b"bookings_stay", b"Error:", b".py"):
        assert word not in answer.content


def test_title_and_detail_are_in_the_language_that_is_accepted(db):
    english = caller().get(STAYS).json()
    chinese = caller().get(STAYS, HTTP_ACCEPT_LANGUAGE="zh-CN").json()
    other = caller().get(STAYS, HTTP_ACCEPT_LANGUAGE="fr").json()

    assert english["title"] == "Who are you?"
    assert chinese["title"] == "先说你是谁"
    assert chinese["code"] == english["code"]
    assert other["title"] == chinese["title"]


def test_field_errors_are_in_the_language_that_is_accepted(as_lin):
    english = as_lin.post(STAYS, {}).json()["errors"][0]["detail"]
    chinese = as_lin.post(STAYS, {}, HTTP_ACCEPT_LANGUAGE="zh-CN").json()["errors"][0]["detail"]

    assert english == "This field is required."
    assert chinese == "该字段是必填项。"


@pytest.mark.parametrize("kind", problems.ALL, ids=lambda kind: kind.name)
def test_the_type_of_a_problem_leads_to_what_it_means(db, kind):
    answer = caller().get(kind.type)

    assert answer.status_code == 200
    assert answer.json()["code"] == kind.code


@pytest.mark.parametrize("kind", problems.ALL, ids=lambda kind: kind.name)
def test_every_problem_speaks_both_languages_and_never_too_formally(db, kind):
    chinese = caller().get(kind.type, HTTP_ACCEPT_LANGUAGE="zh-CN").json()

    for said in (chinese["title"], chinese["detail"]):
        assert any("\u4e00" <= character <= "\u9fff" for character in said)
        assert "您" not in said
        assert "失败" not in said
