"""Addresses that only take what a form sends lead whoever opens them by hand to the page they belong to."""

import pytest

from tests.conftest import FRIDAY


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/office/language/?network=wuzhong", "/office/?network=wuzhong"),
        (f"/office/calendar/{FRIDAY}/withdrawal/", "/office/calendar/"),
        ("/office/reviews/7/decision/", "/office/reviews/7/"),
        ("/office/reviews/keys/", "/office/reviews/"),
        ("/office/policies/7/approval/", "/office/policies/7/"),
        ("/office/people/7/extra-nights/", "/office/people/7/"),
        ("/office/people/7/extra-nights/9/withdrawal/", "/office/people/7/"),
        ("/office/people/7/stays/K7M3PX/excuses/", "/office/people/7/"),
    ],
)
def test_in_the_office(enter, officer, address, page):
    browser = enter(officer)

    for read in (browser.get, browser.head):
        answer = read(address)
        assert (answer.status_code, answer["Location"]) == (302, page)
    assert browser.put(address).status_code == 405


@pytest.mark.parametrize("address", ["stays/K7M3PX/house-answer/", "stays/K7M3PX/evidence/", "language/"])
def test_at_the_desk(enter, manager, address):
    answer = enter(manager).get(f"/desk/{address}?hostel=baodaiqiao")

    assert (answer.status_code, answer["Location"]) == (302, "/desk/?hostel=baodaiqiao")


def test_of_the_youth(enter, lin):
    for prefix in ("", "/en"):
        answer = enter(lin.user).get(f"{prefix}/reviews/7/appeal/")
        assert (answer.status_code, answer["Location"]) == (302, f"{prefix}/reviews/7/")


def test_who_is_nobody_logs_in_first(client, db):
    assert client.get("/office/reviews/7/decision/")["Location"].startswith("/login/?next=")
