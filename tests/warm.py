"""`python -m tests.warm`: a process that has already imported the house, and is split for each server and command.

Importing the code, the templates and the catalogues takes a few seconds and is the same every time. What is split off
begins as a process of its own with nothing else done: no request was served in it, and no row read. It takes orders as
lines of JSON and answers each with one; when its orders end, it ends with all that it started.
"""

import importlib
import json
import os
import random
import signal
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.template.loader import get_template
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext, override
from gunicorn.app.wsgiapp import run as run_gunicorn

ROOT = Path(__file__).resolve().parent.parent
ALSO = ("gunicorn.workers.gthread", "gunicorn.workers.sync", "config.urls")


class Warm:
    """The tests' end of it: give it orders. ``environment`` is that of all that it will start."""

    def __init__(self, environment: dict[str, str]):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def order(self, **what):
        """Give one order and return its answer; RuntimeError where it is not answered."""
        try:
            self.process.stdin.write(json.dumps(what) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BaseException:
            self.close()  # the answer to this order must not be read as one to the next
            raise
        if not answer:
            self.close()
            raise RuntimeError("the warm house has ended")
        return json.loads(answer)

    @property
    def is_there(self) -> bool:
        """Whether it still takes orders."""
        return self.process.poll() is None

    def close(self):
        """End it and all that it started."""
        with suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class WarmServer:
    """A gunicorn split off from a warm house; it has what is asked of a Popen."""

    def __init__(self, warm: Warm, arguments: list[str], log: Path, environment: dict[str, str]):
        self.warm = warm
        self.ended = False
        self.pid = warm.order(do="serve", arguments=arguments, log=str(log), environment=environment)

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        return self.warm.order(do="poll", pid=self.pid)

    def end(self):
        """End it with its workers, kindly at first; once it has ended nothing more happens."""
        if self.warm.is_there and not self.ended:
            self.warm.order(do="end", pid=self.pid)
        self.ended = True


class _House:
    """The other end: what is done with each order."""

    def __init__(self):
        self.servers: dict[int, int | None] = {}

    def serve(self, arguments, log, environment):
        pid = os.fork()
        if pid == 0:
            self._become(environment, log, log)
            _leave(run_gunicorn, ["gunicorn", *arguments])
        self.servers[pid] = None
        return pid

    def command(self, arguments, out, err, environment):
        pid = os.fork()
        if pid == 0:
            self._become(environment, out, err)
            _leave(lambda: execute_from_command_line(sys.argv), ["manage.py", *arguments])
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def poll(self, pid):
        if self.servers[pid] is None:
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                self.servers[pid] = os.waitstatus_to_exitcode(status)
        return self.servers[pid]

    def end(self, pid):
        give_up_at = time.monotonic() + 15
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGTERM)
        while self.poll(pid) is None and time.monotonic() < give_up_at:
            time.sleep(0.01)
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        while self.poll(pid) is None:
            time.sleep(0.01)
        return self.servers.pop(pid)

    def _become(self, environment, out, err):
        """Turn the process that was just split off into one of its own."""
        os.setsid()
        os.environ.update(environment)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        for path, number in ((out, 1), (err, 2)):
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(file, number)
        os.closerange(3, 100)
        random.seed()


def _leave(work, arguments):
    """Do ``work`` as a program called with ``arguments``, and end this process with its exit code."""
    sys.argv = arguments
    code = 0
    try:
        work()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def main():
    # What is printed while importing is no answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    for module in ALSO:
        importlib.import_module(module)
    for middleware in settings.MIDDLEWARE:
        import_string(middleware)
    for template in sorted((ROOT / "web/templates").rglob("*.html")):
        get_template(str(template.relative_to(ROOT / "web/templates")))
    for language, _name in settings.LANGUAGES:
        with override(language):
            reverse("check")  # the addresses, in this language
            gettext("Sign out")

    house = _House()
    for line in sys.stdin:
        order = json.loads(line)
        answer = getattr(house, order.pop("do"))(**order)
        print(json.dumps(answer), file=answers, flush=True)
    for pid in [*house.servers]:
        house.end(pid)


if __name__ == "__main__":
    main()
