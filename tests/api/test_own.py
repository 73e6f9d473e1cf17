"""All that is held of me, and being forgotten: by programs."""

from accounts.models import Consent, Deed, Person
from accounts.people import agree
from tests.api.conftest import TODAY, caller


def test_all_that_is_held_comes_with_what_for_and_until_when(as_lin, lin, stay):
    answer = as_lin.get("/api/v1/me/data/")

    assert answer.status_code == 200
    data = answer.json()
    assert data["person"][0]["name"] == "林小满"
    assert [each["code"] for each in data["stays"]] == [stay.code]
    assert {"phone", "identity", "stays"} <= {each["key"] for each in data["held"]}
    assert all(each["why"] and each["until"] for each in data["held"])
    assert data["looks"] == []
    assert lin.document not in answer.content.decode()
    assert Deed.objects.filter(what="export_own", actor=lin.user).count() == 1


def test_it_is_not_asked_for_without_end(as_lin):
    for _each in range(10):
        as_lin.get("/api/v1/me/data/")

    answer = as_lin.get("/api/v1/me/data/")

    assert (answer.status_code, answer.json()["code"]) == (409, "TOO_OFTEN")


def test_an_account_is_erased_at_once_and_the_token_with_it(as_lin, lin):
    agree(lin.user, lin.user.created_at)

    answer = as_lin.delete("/api/v1/me/")

    assert answer.status_code == 200
    said = answer.json()
    assert [each["key"] for each in said["kept"]] == ["record"]
    assert said["kept"][0]["until"] == f"{TODAY.year + 30}-12-31"
    assert said["done_by"] > f"{TODAY}"
    assert Person.objects.get(pk=lin.pk).name == ""
    assert not Consent.objects.exists()
    assert as_lin.get("/api/v1/me/").status_code == 401


def test_not_while_a_bed_is_kept(as_lin, lin, stay):
    answer = as_lin.delete("/api/v1/me/")

    assert (answer.status_code, answer.json()["code"]) == (409, "STAY")
    assert answer.json()["reasons"][0]["fix"]["href"] == f"/stays/{stay.code}/cancel/"
    assert Person.objects.get(pk=lin.pk).name == "林小满"


def test_not_while_one_works_here(manager):
    answer = caller(manager).delete("/api/v1/me/")

    assert (answer.status_code, answer.json()["code"]) == (409, "ROLE")
