"""`python -m bench [NAME ...]`: run the measurements on SQLite and, where its programs are here, on PostgreSQL.

Each gets a fresh house of its own, with the sample network and the sample policy, that is gone afterwards.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.machine import postgres_programs
from tests.postgres import temporary_cluster

ROOT = Path(__file__).resolve().parent.parent
MEASUREMENTS = ("preview",)


def main(names: list[str]) -> int:
    """Run the measurements of these names, or all; return the worst of their exit codes."""
    if unknown := set(names) - set(MEASUREMENTS):
        print(f"There is no measurement {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}.")
        return 2
    return max(_measure(name) for name in names or MEASUREMENTS)


def _measure(name):
    with _house(None) as environment:
        print(f"\n{name} on SQLite", flush=True)
        worst = _run(environment, "-m", f"bench.{name}")
    if postgres_programs() is None:
        print(f"\n{name} on PostgreSQL: not measured, its programs are not here (apt-get install postgresql)")
        return worst
    with temporary_cluster() as url, _house(url) as environment:
        print(f"\n{name} on PostgreSQL", flush=True)
        return max(worst, _run(environment, "-m", f"bench.{name}"))


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
