"""A house that serves, as it does in production: gunicorn with the project's own settings, two sync workers."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from bench.callers import call, request
from bench.machine import children, cpu_seconds, resident_mb
from tests.machine import free_port

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2
START_SECONDS = 60


@dataclass
class Web:
    """The web processes of one house, and the connections that they have to the database ``url``."""

    url: str
    port: int
    master: int

    @property
    def workers(self) -> list[int]:
        return children(self.master)

    @property
    def backends(self) -> list[int]:
        """The database's own processes for this house."""
        server = urlsplit(self.url)
        with psycopg.connect(server._replace(path="/postgres").geturl()) as connection:
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'",
                [server.path[1:]],
            )
            return [row[0] for row in rows]

    def cpu(self) -> tuple[float, float]:
        """Processor seconds so far: of the web processes, of the database's."""
        return cpu_seconds(self.workers), cpu_seconds(self.backends)

    def memory_mb(self) -> float:
        """The memory of the largest web process."""
        return max(resident_mb(worker) for worker in self.workers)


@contextmanager
def serving(url: str, environment: dict[str, str], workers: int = WORKERS, *more: str) -> Iterator[Web]:
    """Serve the house in the database ``url``, with ``more`` arguments for gunicorn; ends with the block."""
    port = free_port()
    with tempfile.NamedTemporaryFile(prefix="hostel-bench-", suffix=".log") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}"]
            + ["--workers", f"{workers}", "--log-level", "warning", *more, "config.wsgi"],
            cwd=ROOT,
            env=os.environ | environment | {"DATABASE_URL": url, "WEB_CONCURRENCY": f"{workers}"},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_until_it_answers(server, port, log.name)
            yield Web(url, port, server.pid)
        finally:
            server.terminate()
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            if said := Path(log.name).read_text(errors="replace").strip():
                print(f"--- what the web processes wrote\n{said[-4000:]}", file=sys.stderr)


def _wait_until_it_answers(server, port, log):
    hello = request("GET", "/api/nothing/")
    for _each in range(START_SECONDS * 10):
        if server.poll() is not None:
            raise SystemExit(f"gunicorn ended at its start: {Path(log).read_text()[-3000:]}")
        try:
            if call(port, hello)[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("gunicorn did not answer")
