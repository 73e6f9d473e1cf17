"""A production as `deploy/` starts it, behind a proxy that is played by the test's headers."""

import os
from http.client import HTTPConnection
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from tests.house import RunningHouse
from tests.redis_server import temporary_redis

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

NAME = "hostel.example.org"


@pytest.fixture(scope="module")
def production(ground, tmp_path_factory):
    """One house for all of these: nothing is written in it."""
    with (
        temporary_redis(tmp_path_factory.mktemp("redis")) as redis_url,
        RunningHouse(
            ground,
            server=("--config", "deploy/gunicorn.conf.py"),
            HOSTEL_PRODUCTION="1",
            HOSTEL_HOSTS=f"{NAME},127.0.0.1",
            HOSTEL_PROXIES="1",
            HOSTEL_SECRET_KEY=os.environ["HOSTEL_SECRET_KEY"],
            REDIS_URL=redis_url,
            WEB_CONCURRENCY="2",
        ) as house,
    ):
        yield house


def ask(house, path, **headers):
    connection = HTTPConnection("127.0.0.1", house.port, timeout=30)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    answer.body = answer.read().decode()
    connection.close()
    return answer


def test_it_serves_with_as_many_processes_as_it_was_told(production):
    server = production.server.pid

    assert len(Path(f"/proc/{server}/task/{server}/children").read_text().split()) == 2


def test_the_proxy_may_ask_from_the_inside_without_https(production):
    assert (ask(production, "/healthz").status, ask(production, "/healthz").body) == (200, "ok\n")
    assert ask(production, "/readyz").body == '{"ready": true, "missing": []}'


def test_who_comes_by_http_is_sent_to_https(production):
    answer = ask(production, "/api/v1/hostels/?town=x", Host=NAME)

    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/api/v1/hostels/?town=x")


def test_who_comes_by_https_through_the_proxy_is_served(production):
    answer = ask(production, "/api/v1/hostels/", Host=NAME, X_Forwarded_Proto="https")

    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_another_name_is_not_answered(production):
    assert ask(production, "/api/v1/hostels/", Host="evil.example", X_Forwarded_Proto="https").status == 400


def test_a_production_has_no_demo(production):
    with pytest.raises(CalledProcessError):
        production.manage("demo")
