"""`make run`, from the second time on: what it sets up is there, what it starts it also ends."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from tests.machine import free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(tmp_path):
    """Starts the house in a fresh folder, as often as asked; returns its process, address and log."""
    started = []

    def run(port):
        log = tmp_path / f"run-{len(started)}.log"
        process = subprocess.Popen(
            ["make", "--silent", "run", f"PORT={port}"],
            cwd=ROOT,
            env=os.environ
            | {"HOSTEL_VAR": str(tmp_path / "var")}
            | dict.fromkeys(["DATABASE_URL", "HOSTEL_SECRET_KEY", "HOSTEL_FIELD_KEYS"], ""),
            stdout=log.open("wb"),
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            # Where the tests themselves were started in the background, Ctrl-C would be ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        started.append(process)
        return process, f"http://127.0.0.1:{port}/", log

    yield run
    for process in started:
        interrupt(process)


def interrupt(process):
    """Ctrl-C: every process of the terminal's group gets it."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=30)


def page(address, process, log):
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def processes_of(folder):
    """The processes that were started with ``folder`` in their environment."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if str(folder).encode() in environ.read_bytes():
                found.append(environ.parent.name)
        except OSError:
            continue
    return found


def test_it_serves_says_how_to_come_in_and_ends_with_all_that_it_started(run, tmp_path):
    process, address, log = run(free_port())

    assert "苏青驿" in page(address, process, log)
    assert "--" in page(f"{address}static/web/house.css", process, log)  # the sheet's tokens
    assert address.replace("127.0.0.1", "localhost").rstrip("/") in log.read_text()
    assert "+8613800000001" in log.read_text()

    interrupt(process)
    assert processes_of(tmp_path / "var") == []


def test_the_second_time_it_keeps_what_there_is(run, tmp_path):
    process, address, log = run(free_port())
    page(address, process, log)
    interrupt(process)
    secret = (tmp_path / "var/secret_key").read_text()

    again, address, log = run(free_port())

    assert "苏青驿" in page(address, again, log)
    assert (tmp_path / "var/secret_key").read_text() == secret


def test_a_port_that_is_taken_is_said_in_one_sentence(run):
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        port = taken.getsockname()[1]
        process, _, log = run(port)

        assert process.wait(timeout=60) != 0

    assert f"Port {port} on 127.0.0.1 can't be had (Address already in use): choose another one" in log.read_text()
    assert "Traceback" not in log.read_text()


def test_a_second_one_from_the_same_folder_is_refused_in_one_sentence_and_the_first_serves_on(run):
    first, address, log = run(free_port())
    page(address, first, log)

    second, _, said = run(free_port())

    assert second.wait(timeout=60) != 0
    assert "SQLite serves one web process, and another one has" in said.read_text()
    assert "Traceback" not in said.read_text()
    assert "苏青驿" in page(address, first, log)


@pytest.mark.parametrize("port", ["0", "http", "70000", "-1"])
def test_a_port_that_is_none_is_said_in_one_sentence(run, port):
    process, _, log = run(port)

    assert process.wait(timeout=60) != 0
    assert f"Port {port} on 127.0.0.1 can't be had" in log.read_text()
    assert "Traceback" not in log.read_text()
