"""`python -m bench [NAME [ARGUMENTS ...]]`: run one measurement, or all of them.

Each gets a fresh house of its own, with the sample network and the sample policy, that is gone afterwards: on SQLite
and on PostgreSQL, or, for what is about PostgreSQL, there alone and with the durability that it has by itself.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.machine import postgres_programs
from tests.postgres import SETTINGS, temporary_cluster

ROOT = Path(__file__).resolve().parent.parent
MEASUREMENTS = ("preview", "speed", "allocation", "arranging", "taps")
# About beds and nights alone, or in a house that they start by themselves.
WITHOUT_HOUSE = ("allocation", "taps")
ON_POSTGRESQL_ALONE = ("speed",)
# As the anchors were taken: what is lasting is written through, and the counting of statements can be asked for.
LASTING = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "2GB",
    "max_wal_size": "8GB",
    "log_min_messages": "fatal",
    "log_min_error_statement": "fatal",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "none",
}


def main(arguments: list[str]) -> int:
    """Run the measurement of this name with what follows it, or all; return the worst of their exit codes."""
    name, *said = arguments or [""]
    if name and name not in MEASUREMENTS:
        print(f"There is no measurement {name}; there are {', '.join(MEASUREMENTS)}.")
        return 2
    return max(_measure(each, said) for each in ([name] if name else MEASUREMENTS))


def _measure(name, said):
    worst, alone = 0, name in ON_POSTGRESQL_ALONE
    if name in WITHOUT_HOUSE:
        print(f"\n{name}", flush=True)
        return _run(os.environ, "-m", f"bench.{name}", *said)
    if not alone:
        with _house(None) as environment:
            print(f"\n{name} on SQLite", flush=True)
            worst = _run(environment, "-m", f"bench.{name}", *said)
    if postgres_programs() is None:
        print(f"\n{name} on PostgreSQL: not measured, its programs are not here (apt-get install postgresql)")
        return worst
    with temporary_cluster(LASTING if alone else SETTINGS) as url, _house(url) as environment:
        print(f"\n{name} on PostgreSQL", flush=True)
        return max(worst, _run(environment, "-m", f"bench.{name}", *said))


@contextmanager
def _house(cluster: str | None) -> Iterator[dict[str, str]]:
    """The environment of a new house: in the database "hostel" of this PostgreSQL, else in a file of SQLite."""
    with tempfile.TemporaryDirectory(prefix="hostel-bench-") as place:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "HOSTEL_VAR": place,
            "DATABASE_URL": cluster or f"sqlite:///{place}/bench.sqlite3",
            "HOSTEL_PRODUCTION": "0",
            "HOSTEL_DEBUG": "0",
            "REDIS_URL": "",
        }
        if cluster:
            server, _slash, database = cluster.rpartition("/")
            createdb = postgres_programs() / "createdb"  # type: ignore[operator]
            subprocess.run([createdb, "--maintenance-db", f"{server}/postgres", database], check=True)
        for command in (
            ["migrate", "--verbosity", "0"],
            ["load_network", "hostel/sample/wuzhong.yaml"],
            ["load_policy", "eligibility/sample/wuzhong.yaml"],
        ):
            if _run(environment, "manage.py", *command, stdout=subprocess.DEVNULL):
                raise SystemExit(f"manage.py {command[0]} did not go well")
        yield environment


def _run(environment, *arguments, **how):
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, **how).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
