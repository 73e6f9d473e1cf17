"""A Redis for the tests alone."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.machine import REDIS, free_port


@contextmanager
def temporary_redis(folder: Path) -> Iterator[str]:
    """Start a Redis that keeps nothing; yields its URL."""
    port = free_port()
    server = subprocess.Popen(
        [REDIS.program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        + ["--dir", str(folder), "--loglevel", "warning"],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_until_ready(server, port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(timeout=10)


def _wait_until_ready(server, port):
    with redis.Redis(host="127.0.0.1", port=port) as client:
        for _ in range(600):
            if server.poll() is not None:
                raise RuntimeError(f"Redis ended at its start with code {server.returncode}")
            try:
                client.ping()
            except redis.ConnectionError:
                time.sleep(0.05)
            else:
                return
    raise RuntimeError("Redis did not answer within 30 seconds")
