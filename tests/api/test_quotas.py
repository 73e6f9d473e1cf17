"""Quotas over REST."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Deed
from bookings.booking import book
from hostel.models import Network, Quota
from hostel.nights import Nights
from tests.api.conftest import TODAY, caller
from tests.api.counting import statements
from tests.conftest import staff

QUOTAS = "/api/v1/quotas/"
MONTH = f"{TODAY:%Y-%m}-01"
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}


def cell(nights, release_days=None, **changes):
    grant = None if nights is None else {"nights": nights, "release_days": release_days}
    return {"hostel": "baodaiqiao", "group": "", "first_day": MONTH, "grant": grant} | changes


def year(nights, **changes):
    return cell(nights, hostel=None, first_day=f"{TODAY.year}-01-01", **{"network": "wuzhong"} | changes)


@pytest.fixture
def put(as_officer):
    def put(*cells, client=as_officer, **headers):
        return client.put(QUOTAS, {"cells": cells}, **headers)

    return put


@pytest.fixture
def slept_in(hostel, lin):
    return book(
        guest=lin, hostel=hostel, nights=Nights(TODAY, TODAY + timedelta(days=1)), purpose="exam", now=timezone.now()
    )


def test_an_officer_grants_nights_and_reads_what_is_used_kept_and_free(as_officer, put, slept_in):
    answer = put(cell(30), cell(5, 3, group="free_stay"), year(900))

    assert answer.status_code == 200
    everybody, group, network = answer.json()[1], answer.json()[2], answer.json()[0]
    assert everybody == {
        "network": "wuzhong", "hostel": "baodaiqiao", "group": "", "first_day": MONTH,
        "grant": {"nights": 30, "release_days": None}, "used": 0, "kept": 0, "free": 30,
    }  # fmt: skip
    assert (group["grant"], group["kept"], group["free"]) == ({"nights": 5, "release_days": 3}, 1, 4)
    assert (network["hostel"], network["kept"], network["free"]) == (None, 1, 899)
    listed = as_officer.get(f"{QUOTAS}?year={TODAY.year}").json()
    assert (listed["next"], len(listed["results"])) == (None, 3)
    assert all(each in listed["results"] for each in answer.json())
    of_house = as_officer.get(f"{QUOTAS}?hostel=baodaiqiao").json()["results"]
    assert [each["hostel"] for each in of_house] == ["baodaiqiao"] * 2
    assert as_officer.get(f"{QUOTAS}?year={TODAY.year + 1}").json()["results"] == []


def test_cutting_below_what_is_kept_is_refused_with_the_stays(put, slept_in):
    put(cell(3))

    answer = put(cell(0), **ENGLISH)

    assert (answer.status_code, answer.json()["code"]) == (409, "QUOTA_KEPT")
    [summary, stay] = answer.json()["reasons"]
    assert (summary["value_used"], summary["needed"]) == (1, 0)
    assert (stay["code"], stay["value_used"]) == ("KEEPS_NIGHTS", slept_in.code)
    assert "林小满" not in answer.content.decode()
    assert Quota.objects.get().nights == 3
    assert put(cell(None)).json() == []
    assert not Quota.objects.exists()


def test_a_booking_beyond_the_quota_says_the_numbers_and_what_else_there_is(as_lin, put, wish):
    put(cell(0), cell(0, first_day=f"{(TODAY.replace(day=1) + timedelta(days=31)):%Y-%m}-01"))

    answer = as_lin.post("/api/v1/stays/", wish)

    assert (answer.status_code, answer.json()["code"]) == (409, "QUOTA")
    [reason] = answer.json()["reasons"]
    assert (reason["value_used"], reason["needed"]) == (0, 0)
    assert {each["kind"] for each in answer.json()["alternatives"]} == {"nearby"}
    offered = {name: answer.json()["alternatives"][0][name] for name in ("hostel", "arrival", "departure")}
    assert as_lin.post("/api/v1/stays/", offered | {"purpose": "exam"}).status_code == 201


def test_who_looked_before_somebody_else_wrote_overwrites_nothing(put):
    put(cell(10))

    answer = put(cell(12, seen={"nights": 8, "release_days": None}), **ENGLISH)

    assert (answer.status_code, answer.json()["code"]) == (409, "QUOTA_CHANGED")
    assert (answer.json()["reasons"][0]["value_used"], answer.json()["reasons"][0]["needed"]) == (10, 8)
    assert put(cell(12, seen={"nights": 10, "release_days": None})).status_code == 200
    assert put(cell(13, seen=None)).status_code == 409
    assert Quota.objects.get().nights == 12


def test_the_same_write_under_one_key_is_done_once(put):
    first = put(cell(10), HTTP_IDEMPOTENCY_KEY="k")
    Quota.objects.update(nights=11)

    again = put(cell(10), HTTP_IDEMPOTENCY_KEY="k")

    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    assert Quota.objects.get().nights == 11
    assert Deed.objects.filter(what="set_quota").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"first_day": f"{TODAY:%Y-%m}-02"}, "cells.0.first_day"),
        ({"hostel": None, "network": "wuzhong", "first_day": f"{TODAY.year}-02-01"}, "cells.0.first_day"),
        ({"hostel": None, "first_day": f"{TODAY.year}-01-01"}, "cells.0.network"),
        ({"hostel": "nowhere"}, "cells.0.hostel"),
        ({"group": "astronauts"}, "cells.0.group"),
        ({"grant": {"nights": -1}}, "cells.0.grant.nights"),
        ({"grant": {"nights": 1_000_001}}, "cells.0.grant.nights"),
        ({"grant": {"nights": 1, "release_days": 367}}, "cells.0.grant.release_days"),
    ],
)
def test_what_is_no_cell_is_said_at_its_place(put, wrong, field):
    answer = put(cell(3, **wrong))

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not Quota.objects.exists()


def test_a_cell_stands_once_in_a_write_and_there_is_one_at_least(put):
    assert put(cell(3), cell(4)).json()["errors"][0]["field"] == "cells.1.group"
    assert put().status_code == 422


def test_only_officers_of_the_network_set_what_its_auditors_read(put, wuzhong, auditor, manager, lin, as_officer):
    put(cell(3))
    other = Network.objects.create(slug="gusu", name_zh="姑苏", name_en="Gusu", parent=wuzhong.parent)
    foreign = caller(staff("+8613800000099", "officer", network=other))

    for client in (foreign, caller(auditor), caller(manager), caller(lin.user)):
        assert put(cell(9), client=client).status_code == 403
        assert put(year(9), client=client).status_code == 403
    assert [each["grant"]["nights"] for each in caller(auditor).get(QUOTAS).json()["results"]] == [3]
    assert foreign.get(QUOTAS).json()["results"] == []
    assert foreign.get(f"{QUOTAS}?hostel=baodaiqiao").status_code == 422
    assert caller(manager).get(QUOTAS).status_code == 403
    # The city's officer sets them in its districts, and its own.
    city = caller(staff("+8613800000098", "officer", network=wuzhong.parent))
    assert put(cell(4), year(99, network=wuzhong.parent.slug), client=city).status_code == 200


def test_a_list_costs_as_much_for_one_row_as_for_many(as_officer, put):
    put(cell(3))
    one = statements(lambda: as_officer.get(QUOTAS))
    put(*[cell(9, first_day=f"{TODAY.year}-{month:02}-01", hostel="mudu") for month in range(1, 13)])

    assert statements(lambda: as_officer.get(QUOTAS)) == one
    assert len(as_officer.get(QUOTAS).json()["results"]) == 13
