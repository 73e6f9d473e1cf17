"""Programs that call the door, and days that are always near: those of the day on which the tests began."""

import time
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from accounts.models import User
from bookings.booking import book
from hostel.nights import Nights, business_day

BEGAN = timezone.now()
TODAY = business_day(BEGAN)
TOMORROW = TODAY + timedelta(days=1)
PROBLEM = "application/problem+json"


def caller(user=None, **headers) -> APIClient:
    """A program that works for ``user``; without one it is nobody's. Its words are JSON."""
    client = APIClient(raise_request_exception=False, HTTP_ACCEPT_LANGUAGE="en")
    client.default_format = "json"
    if user is not None:
        headers["HTTP_AUTHORIZATION"] = f"Bearer {AuthToken.objects.create(user)[1]}"
    client.credentials(**headers)
    return client


@pytest.fixture(autouse=True)
def _it_is_still_today(monkeypatch):
    """Each test begins a minute after all of them did, so that the day does not turn between two."""
    began = time.monotonic()
    monkeypatch.setattr(timezone, "now", lambda: BEGAN + timedelta(seconds=60 + time.monotonic() - began))


@pytest.fixture(autouse=True)
def _nobody_was_too_quick():
    cache.clear()


@pytest.fixture
def lin(people, wuzhong):
    return people("林小满", "female", birth_date=date(TODAY.year - 24, 1, 2), graduation=f"{TODAY.year - 1}-06")


@pytest.fixture
def chen(people, wuzhong):
    return people("陈一舟", "male", birth_date=date(TODAY.year - 23, 1, 2), graduation=f"{TODAY.year - 1}-06")


@pytest.fixture
def anybody():
    return caller()


@pytest.fixture
def as_lin(lin):
    return caller(lin.user)


@pytest.fixture
def as_chen(chen):
    return caller(chen.user)


@pytest.fixture
def as_manager(manager):
    return caller(manager)


@pytest.fixture
def as_foreign_manager(foreign_manager):
    return caller(foreign_manager)


@pytest.fixture
def as_officer(officer):
    return caller(officer)


@pytest.fixture
def as_auditor(auditor):
    return caller(auditor)


@pytest.fixture
def as_stranger(db):
    return caller(User.objects.create_user("+8613900009999", phone_verified=True))


@pytest.fixture
def wish(hostel):
    """One night tomorrow, as a program asks for it."""
    return {
        "hostel": hostel.slug,
        "arrival": f"{TOMORROW}",
        "departure": f"{TOMORROW + timedelta(days=1)}",
        "purpose": "interview",
    }


@pytest.fixture
def stay(lin, hostel):
    """Lin's stay of one night, from today on."""
    return book(guest=lin, hostel=hostel, nights=Nights(TODAY, TOMORROW), purpose="interview", now=timezone.now())


def problem(answer, status, code) -> dict:
    """The problem that ``answer`` is, after seeing that it is one in every respect."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == PROBLEM
    body = answer.json()
    assert {"type", "title", "status", "detail", "code"} <= set(body)
    assert body["status"] == status
    assert body["type"].startswith("/api/problems/")
    assert body["code"] == code, body
    return body
