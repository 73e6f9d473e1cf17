import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.one_process import take_the_only_place
from tests.machine import free_port

ROOT = Path(__file__).resolve().parents[2]
GUNICORN = Path(sys.executable).with_name("gunicorn")


@pytest.fixture
def environment(tmp_path):
    return os.environ | {"HOSTEL_VAR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/house.sqlite3"}


def serve(environment, *arguments):
    """Start gunicorn on a free port; returns its process and its address."""
    port = free_port()
    process = subprocess.Popen(
        [GUNICORN, "config.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    return process, f"http://127.0.0.1:{port}/healthz"


def wait_for(address):
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.status
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")


def wait_until(true):
    for _ in range(300):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come about within 30 seconds")


def workers(process):
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def end(process):
    """End the server and return what it wrote."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=40)
    return output


def test_two_workers_on_sqlite_end_with_a_sentence_that_says_what_to_set(environment):
    process, _ = serve(environment, "--workers", "2")
    output, _ = process.communicate(timeout=90)

    assert process.returncode != 0
    assert re.search(r"SQLite serves one web process, and another one has .*house.sqlite3 open: .*PostgreSQL", output)


def test_workers_that_share_a_preloaded_house_are_refused_too(environment):
    process, _ = serve(environment, "--workers", "2", "--preload")
    output, _ = process.communicate(timeout=90)

    assert process.returncode != 0
    assert "start without preloading, or set DATABASE_URL to a PostgreSQL" in output


def test_a_second_server_on_the_same_file_is_refused_and_the_first_serves_on(environment):
    first, address = serve(environment, "--threads", "2")
    try:
        assert wait_for(address) == 200

        second, _ = serve(environment, "--threads", "2")
        output, _ = second.communicate(timeout=90)

        assert second.returncode != 0
        assert "SQLite serves one web process" in output
        assert wait_for(address) == 200
    finally:
        end(first)


def test_one_process_starts_anew_after_a_hangup_and_after_a_killed_worker(environment):
    process, address = serve(environment, "--threads", "2", "--graceful-timeout", "2")
    try:
        wait_for(address)

        before = workers(process)
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: len(workers(process)) == 1 and workers(process) != before)
        assert wait_for(address) == 200

        os.kill(workers(process)[0], signal.SIGKILL)
        assert wait_for(address) == 200
        assert process.poll() is None
    finally:
        output = end(process)
    assert "SQLite serves" not in output


def test_a_command_works_while_the_house_serves(environment):
    process, address = serve(environment, "--threads", "2")
    try:
        wait_for(address)

        done = subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, env=environment)

        assert done.returncode == 0
    finally:
        end(process)


def test_the_place_is_free_again_when_its_process_has_let_go(tmp_path):
    first = take_the_only_place(tmp_path / "house.sqlite3", patience=0)
    with pytest.raises(ImproperlyConfigured, match="SQLite serves one web process"):
        take_the_only_place(tmp_path / "house.sqlite3", patience=0)

    first.close()

    take_the_only_place(tmp_path / "house.sqlite3", patience=0).close()
