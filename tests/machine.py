"""What this machine has: the programs that some tests need, and ports that nobody uses."""

import os
import random
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Need:
    """A program that tests with the marker ``marker`` need; ``package`` is where Debian has it."""

    marker: str
    programs: tuple[str, ...]
    package: str

    @property
    def program(self) -> str | None:
        return next(filter(None, map(shutil.which, self.programs)), None)


BROWSER = Need("browser", ("chromium", "chromium-browser"), "chromium")
REDIS = Need("redis", ("redis-server",), "redis-server")
GETTEXT = Need("gettext", ("msgfmt",), "gettext")
JAVA = Need("java", ("java",), "default-jre-headless")
NEEDS = (BROWSER, REDIS, GETTEXT, JAVA)

# How a run says what it left to the one beside it; `tests.__main__` reads it.
LEFT_TO_THE_OTHER = "Left to the run beside this one, for they read no database"


def postgres_programs() -> Path | None:
    """The folder with PostgreSQL's server programs; Debian keeps them out of the PATH."""
    found = []
    if shutil.which("pg_config"):
        found.append(Path(subprocess.check_output(["pg_config", "--bindir"], text=True).strip()))
    if initdb := shutil.which("initdb"):
        found.append(Path(initdb).parent)
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin: float(bin.parent.name), reverse=True)
    return next(
        (bin for bin in found if os.access(bin / "initdb", os.X_OK) and os.access(bin / "postgres", os.X_OK)), None
    )


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, below those that outgoing connections are given."""
    while True:
        port = random.SystemRandom().randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
