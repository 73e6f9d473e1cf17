"""A running house: a real server on a real port with a database of its own, for tests that come in by the door.

On SQLite it is one process with threads, on PostgreSQL several processes, as in production. Its database is a copy of
one made once per session: migrated, with the sample network and the sample policy. Its processes are new too, but what
they import was imported before (`tests.warm`).
"""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.machine import free_port
from tests.warm import Warm, WarmServer

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MAKE_TEMPLATE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("load_network", "hostel/sample/wuzhong.yaml")
call_command("load_policy", "eligibility/sample/wuzhong.yaml")
"""
START_SECONDS = 60
# What is read at the start of a server, and not with the settings: a house that is warm takes any of them.
LATE = ("HOSTEL_TEST_CLOCK", "WEB_CONCURRENCY")
# Each is a process that waits, with all that the house imports.
MOST_WARM = 3


@dataclass
class Place:
    """Where one house after another may stand: the name of its database, its folder, and what was imported for it."""

    name: str
    var: Path
    warm: Warm | None = None


class Ground:
    """Where houses are built: makes the template once, and a fresh copy of it for every house."""

    def __init__(self, folder: Path, server_url: str):
        """``folder`` takes the files; ``server_url`` is the tests' DATABASE_URL and says which kind of database."""
        self.folder = folder
        self.server_url = server_url
        self.on_postgres = server_url.startswith("postgres")
        self.template: str | None = None
        self.empty_places: list[tuple[dict[str, str], Place]] = []

    def place_for(self, environment: dict[str, str]) -> Place:
        """Return a place for a house with these variables of its own; `leave` it afterwards."""
        for kept in self.empty_places:
            if kept[0] == environment and kept[1].warm.is_there:
                self.empty_places.remove(kept)
                return kept[1]
        name = f"house_{uuid.uuid4().hex[:8]}"
        return Place(name, self.folder / f"var-{name}")

    def leave(self, place: Place, environment: dict[str, str]):
        """Keep what was imported for the next house with the same variables."""
        if place.warm is not None and place.warm.is_there:
            self.empty_places.append((environment, place))
            while len(self.empty_places) > MOST_WARM:
                self.empty_places.pop(0)[1].warm.close()

    def new_database(self, name: str | None = None) -> str:
        """Return the URL of a fresh database."""
        if self.template is None:
            self.template = self._database(f"template_{uuid.uuid4().hex[:8]}")
            manage(os.environ | {"DATABASE_URL": self.template}, "shell", "--verbosity", "0", "-c", MAKE_TEMPLATE)
        return self._database(name or f"house_{uuid.uuid4().hex[:8]}", self.template)

    def _database(self, name: str, copy_of: str | None = None) -> str:
        if not self.on_postgres:
            path = self.folder / f"{name}.sqlite3"
            if copy_of:
                # The template's last writes may still stand in its log: the backup reads both.
                with (
                    closing(sqlite3.connect(copy_of.removeprefix("sqlite:///"))) as template,
                    closing(sqlite3.connect(path)) as copy,
                ):
                    template.backup(copy)
            return f"sqlite:///{path}"
        template = f" TEMPLATE {urlsplit(copy_of).path[1:]}" if copy_of else ""
        self._tell_the_server(f"CREATE DATABASE {name}{template}")
        return urlsplit(self.server_url)._replace(path=f"/{name}").geturl()

    def clear(self, url: str):
        """Drop the database again."""
        if self.on_postgres:
            self._tell_the_server(f"DROP DATABASE {urlsplit(url).path[1:]} WITH (FORCE)")
        else:
            for file in self.folder.glob(Path(url).name + "*"):
                file.unlink()

    def close(self):
        """End what is kept warm, and drop the template."""
        for _environment, place in self.empty_places:
            place.warm.close()
        if self.template is not None:
            self.clear(self.template)

    def _tell_the_server(self, statement: str):
        server = urlsplit(self.server_url)._replace(path="/postgres").geturl()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(statement)


class RunningHouse:
    """A house that serves at `url` until `close()`; use it as a context manager."""

    def __init__(self, ground: Ground, wsgi: str = "config.wsgi", server: tuple[str, ...] = (), **environment: str):
        """``environment`` adds to the variables of every process (WEB_CONCURRENCY: how many serve on PostgreSQL).

        ``wsgi`` is another door to the same house, for a control that takes something away from it; ``server``
        replaces the arguments of gunicorn, which is then started as in production, with nothing imported before.
        """
        self.wsgi = wsgi
        self.ends = ExitStack()
        try:
            self.ground = ground
            early = {name: value for name, value in environment.items() if name not in LATE}
            self.place = ground.place_for(early)
            self.ends.callback(ground.leave, self.place, early)
            self.database_url = ground.new_database(self.place.name)
            self.ends.callback(ground.clear, self.database_url)
            self.var = self.place.var
            self.var.mkdir()
            # The pictures were made with the template.
            (self.var / "media").symlink_to(Path(os.environ["HOSTEL_VAR"]) / "media")
            self.ends.callback(shutil.rmtree, self.var, ignore_errors=True)
            self.sms_file = self.var / "sms.txt"
            self.environment = os.environ | {
                "HOSTEL_VAR": str(self.var),
                "HOSTEL_SMS_FILE": str(self.sms_file),
                "DATABASE_URL": self.database_url,
                "WEB_CONCURRENCY": "3" if ground.on_postgres else "1",
                **environment,
            }
            self.port = free_port()
            self.url = f"http://127.0.0.1:{self.port}"
            self.late = {name: self.environment[name] for name in LATE if name in self.environment}
            if server:
                self.server = self.start("gunicorn", *self._bound(server))
            else:
                self.server = self._start_warm()
            self._wait_until_it_answers()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """End the server and everything started with `start`, show what they wrote, and drop the database."""
        self.ends.close()

    def stop_serving(self):
        """End the server; the house stands, and nobody answers at its door."""
        self.server.end()

    def serve_again(self):
        """Serve at the same address again."""
        self.server = self._start_warm()
        self._wait_until_it_answers()

    def start(self, *command: str) -> subprocess.Popen:
        """Start a program of the house (``gunicorn``, ``celery``, ``python``); it ends with the house."""
        log = self.var / f"{command[0]}-{uuid.uuid4().hex[:4]}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [BIN / command[0], *command[1:]],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._show_at_the_end(" ".join(command), log)
        self.ends.callback(_end, process)
        return process

    def _start_warm(self) -> WarmServer:
        log = self.var / "gunicorn.log"
        log.touch()
        self._show_at_the_end("gunicorn", log)
        server = WarmServer(self._warm(), self._bound(self._as_usual()), log, self.late)
        self.ends.callback(server.end)
        return server

    def _warm(self) -> Warm:
        if self.place.warm is None:
            self.place.warm = Warm(self.environment)
        return self.place.warm

    def _show_at_the_end(self, title, log):
        """Have pytest show the log where a test fails."""
        self.ends.callback(lambda: print(f"--- {title}\n{log.read_text(errors='replace')[-20000:]}"))

    def manage(self, *arguments: str) -> str:
        """What `manage.py` prints for ``arguments``; CalledProcessError where it refuses."""
        written = [self.var / f"command-{uuid.uuid4().hex[:8]}.{kind}" for kind in ("out", "err")]
        code = self._warm().order(
            do="command", arguments=arguments, out=str(written[0]), err=str(written[1]), environment=self.late
        )
        out, err = (path.read_text() for path in written)
        if code:
            print(out, err, sep="\n")
            raise subprocess.CalledProcessError(code, arguments, out, err)
        return out

    def django(self, code: str) -> str:
        """What ``code`` prints in the house's shell, where every model is already imported."""
        return self.manage("shell", "--verbosity", "0", "-c", code)

    def rows(self, statement: str, *values) -> list[tuple]:
        """Run one SQL statement with ``%s`` for each value and return its rows, past everything of ours."""
        if self.ground.on_postgres:
            with psycopg.connect(self.database_url) as connection:
                done = connection.execute(statement, values)
                return done.fetchall() if done.description else []
        with closing(sqlite3.connect(self.database_url.removeprefix("sqlite:///"), timeout=20)) as connection:
            answer = connection.execute(statement.replace("%s", "?"), values).fetchall()
            connection.commit()
            return answer

    def messages(self, phone: str) -> list[str]:
        """The texts sent to ``phone`` (E.164), in order."""
        lines = self.sms_file.read_text().splitlines() if self.sms_file.exists() else []
        return [message["text"] for message in map(json.loads, lines) if message["phone"] == phone]

    def login_code(self, phone: str) -> str:
        """The six digits of the last code sent to ``phone`` (E.164)."""
        codes = [code for text in self.messages(phone) for code in re.findall(r"(?<!\d)\d{6}(?!\d)", text)]
        if not codes:
            raise AssertionError(f"no message with a code was sent to {phone}")
        return codes[-1]

    def log(self) -> str:
        """What everything started in this house has written so far."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.var.glob("*.log")))

    def _as_usual(self):
        if self.ground.on_postgres:
            # As many as WEB_CONCURRENCY says, which gunicorn reads when it is imported: here that was before.
            kind = ("--worker-class", "sync", "--workers", self.environment["WEB_CONCURRENCY"])
        else:
            kind = ("--worker-class", "gthread", "--threads", "8")
        return (*kind, "--log-level", "warning")

    def _bound(self, arguments):
        return [self.wsgi, "--bind", f"127.0.0.1:{self.port}", "--no-control-socket", *arguments]

    def _wait_until_it_answers(self):
        give_up_at = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up_at:
            if self.server.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                    return
            except urllib.error.HTTPError:
                break  # it answers, and wrongly: waiting would not help
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise RuntimeError(f"the house does not answer:\n{self.log()[-5000:]}")


def manage(environment: dict[str, str], *arguments: str) -> str:
    """What `manage.py` prints for ``arguments`` in ``environment``."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n")
        done.check_returncode()
    return done.stdout


def _end(process: subprocess.Popen):
    """End it, and whatever it started, kindly at first."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=15)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
