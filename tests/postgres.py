"""A PostgreSQL for the tests alone, begun and ended with them.

By hand: `python -m tests.postgres .venv/bin/python -m pytest tests/bookings`.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.machine import free_port, postgres_programs

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "log_min_messages": "fatal",
    "log_min_error_statement": "fatal",
}


@contextmanager
def temporary_cluster(settings: Mapping[str, str] = SETTINGS) -> Iterator[str]:
    """Start a cluster that forgets everything at its end; yields the URL of a database (yet to be made) in it."""
    programs = postgres_programs()
    if programs is None:
        raise RuntimeError("PostgreSQL's programs are not on this machine: apt-get install postgresql")
    place = Path(tempfile.mkdtemp(prefix="hostel-postgres-"))
    as_owner = _owner(place)
    server = None
    try:
        subprocess.run(
            [programs / "initdb", "--pgdata", place / "cluster", "--username", "tests", "--auth", "trust"]
            + ["--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"],
            check=True,
            cwd=place,
            stdout=subprocess.DEVNULL,
            **as_owner,
        )
        port = free_port()
        options = {**settings, "port": str(port), "unix_socket_directories": str(place)}
        server = subprocess.Popen(
            [programs / "postgres", "-D", place / "cluster"]
            + [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")],
            cwd=place,
            start_new_session=True,  # Ctrl-C is for the tests; they end the server afterwards
            **as_owner,
        )
        _wait_until_ready(programs, server, place, port)
        yield f"postgresql://tests@127.0.0.1:{port}/hostel"
    finally:
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGINT)  # "fast": it sends its clients away
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(place, ignore_errors=True)


def _owner(place: Path) -> dict:
    """PostgreSQL refuses to run as root: the arguments that let it run as somebody else, to whom ``place`` is given."""
    if os.geteuid() != 0:
        return {}
    names = {user.pw_name: user for user in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(place, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _wait_until_ready(programs: Path, server: subprocess.Popen, place: Path, port: int):
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended at its start with code {server.returncode}")
        asked = subprocess.run(
            [programs / "pg_isready", "--quiet", "--host", "127.0.0.1", "--port", str(port)]
            + ["--username", "tests", "--dbname", "postgres"],
            cwd=place,
        )
        if asked.returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not answer within 30 seconds")


if __name__ == "__main__":
    with temporary_cluster() as url:
        sys.exit(subprocess.call(sys.argv[1:], env=os.environ | {"DATABASE_URL": url}))
