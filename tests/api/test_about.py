"""What the door says of itself is true, complete and in step with the code."""

import json

import pytest
import yaml
from django.contrib.staticfiles import finders
from django.core.management import CommandError, call_command
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.api.conftest import PROBLEM, caller


@pytest.fixture
def schema(db):
    return caller().get("/api/v1/schema/").json()


def operations(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_description_is_valid_openapi_3_1(schema):
    assert schema["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(schema).iter_errors()) == []


def test_it_is_made_without_a_warning(tmp_path, capsys):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "openapi.yaml"))

    assert yaml.safe_load((tmp_path / "openapi.yaml").read_text())["openapi"].startswith("3.1")


def test_the_files_in_docs_say_what_the_code_says():
    call_command("describe_api", "--check")


def test_a_file_that_is_out_of_step_is_noticed(tmp_path, settings):
    settings.ROOT = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match="openapi.yaml"):
        call_command("describe_api", "--check")

    call_command("describe_api")

    call_command("describe_api", "--check")


def test_every_operation_has_a_name_a_summary_and_its_errors_as_problems(schema):
    names = []
    for where, operation in operations(schema):
        names.append(operation["operationId"])
        assert operation["summary"], where
        errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        assert "500" in errors, where
        assert {kind for answer in errors.values() for kind in answer["content"]} == {PROBLEM}, where
        assert any(status < "300" for status in operation["responses"]), where
        if where.split()[0] in ("POST", "PATCH", "PUT"):
            assert {"400", "413", "415", "422"} <= set(errors), where
        if operation["security"] and {} not in operation["security"]:
            assert "401" in errors, where
    assert len(names) == len(set(names))
    assert all(name.replace("_", "").isalpha() and name.islower() for name in names)


def test_every_write_of_a_guest_takes_a_key(schema):
    for where, operation in operations(schema):
        headers = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "header"}
        # The desk's acts on guests have a key of their own; a check and a preview decide nothing.
        keyless = any(part in where for part in ("/desk/", "/eligibility/", "/preview/"))
        keyless = keyless and not any(part in where for part in ("/out-of-service/", "/rooms/", "/clashes/"))
        writes = where.split()[0] != "GET" and not keyless
        assert ("Idempotency-Key" in headers) == writes, where


def test_swagger_ui_is_served_by_this_house_alone(db):
    page = caller().get("/api/docs/")
    script = caller().get("/api/docs/?script=")

    assert page.status_code == 200
    assert page["Content-Type"].startswith("text/html")
    assert b"http://" not in page.content.replace(b"http://www.w3.org", b"")
    assert b"https://" not in page.content
    assert b"/api/v1/schema/" in script.content
    assert script["Content-Type"].startswith("application/javascript")
    assert finders.find("drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js")


def test_only_swagger_ui_may_write_styles_into_its_page(db):
    docs = caller().get("/api/docs/")["Content-Security-Policy"]
    elsewhere = caller().get("/api/v1/schema/")["Content-Security-Policy"]

    def rule(policy, name):
        return next(part for part in policy.split("; ") if part.startswith(name))

    assert "'unsafe-inline'" in rule(docs, "style-src")
    assert "'unsafe-inline'" not in rule(docs, "script-src")
    assert "'unsafe-inline'" not in elsewhere


def test_the_examples_are_what_is_really_sent(schema):
    for where, operation in operations(schema):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            for example in content.get("examples", {}).values():
                known = schema["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]["properties"]
                assert set(example["value"]) <= set(known), where
                assert json.dumps(example["value"])
