"""SQLite serves one web process: throttles, caches and its one writer are all in there. This keeps a second one out."""

import fcntl
import os
import sys
import time
from pathlib import Path
from typing import IO

from django.core.exceptions import ImproperlyConfigured

# A restarted server's old worker may need a moment to answer its last request.
PATIENCE_SECONDS = 10


def take_the_only_place(database: Path, patience: float = PATIENCE_SECONDS) -> IO:
    """Be the one web process of the SQLite file ``database`` until this process ends.

    Returns the open lock file, to be kept. Raises ImproperlyConfigured if another process still has the place after
    ``patience`` seconds.
    """
    lock = open(database.with_name(f"{database.name}.serving"), "a")  # noqa: SIM115 - held while the process lives
    give_up_at = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except BlockingIOError:
            if time.monotonic() >= give_up_at:
                lock.close()
                raise ImproperlyConfigured(
                    f"SQLite serves one web process, and another one has {database} open: "
                    "end that one, start with one worker, or set DATABASE_URL to a PostgreSQL."
                ) from None
            time.sleep(0.1)


def refuse_to_be_a_second():
    """End this process at once: it was forked from the one that has the place."""
    sys.stderr.write(
        "SQLite serves one web process, and this one was split off from another: "
        "start without preloading, or set DATABASE_URL to a PostgreSQL.\n"
    )
    sys.stderr.flush()
    os._exit(3)  # what gunicorn reads as "will never boot", and then ends
