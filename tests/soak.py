"""`make soak`: the long proofs. What CI sees a fixed sample of is done here as long as one wants, and each time others:
any order of acts on both databases, every race again and again, processes killed at random, and many clients who do
everything at once beside the schedule.

It prints its figures, and ends with 1 where something was not as it must be.
"""

import argparse
import os
import subprocess
import sys
import time
from contextlib import ExitStack

from tests.machine import postgres_programs
from tests.postgres import temporary_cluster

ENGINE, KILLS, RACES = "tests/bookings/test_engine.py", "tests/bookings/test_killed.py", "tests/races"
CROWD = "tests/races/test_crowd.py"
QUEUES = "tests/desk/test_queue_property.py"
# Part, what of the tests it is, on which databases.
PARTS = {
    "engine": ([ENGINE, "-s"], ("sqlite", "postgresql")),
    "queues": ([QUEUES, "-s"], ("sqlite", "postgresql")),
    "kills": ([KILLS], ("postgresql",)),
    "races": ([RACES, f"--ignore={CROWD}"], ("sqlite", "postgresql")),
    "crowd": ([CROWD], ("postgresql",)),
}


def read(arguments: list[str]) -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="make soak")
    parser.add_argument("--examples", type=int, default=400, help="orders of acts, on each database")
    parser.add_argument("--steps", type=int, default=60, help="acts in each of them")
    parser.add_argument("--kills", type=int, default=100, help="processes killed at random")
    parser.add_argument("--races", type=int, default=20, help="times that each race is run, on each database")
    parser.add_argument("--seconds", type=int, default=120, help="how long the clients do everything")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the clients")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="parts of it")
    return parser.parse_args(arguments)


def run(part: str, database: str, url: str, soaking: str) -> tuple[bool, float]:
    """Run a part on a database; whether all of it was well, and how long it took in seconds."""
    print(f"\n===== {part}, {database} =====", flush=True)
    began = time.monotonic()
    options = ["-q", "-x", "-p", "no:cacheprovider", "--timeout=0", f"--soak={soaking}"]
    command = [sys.executable, "-m", "pytest", *options, *PARTS[part][0]]
    code = subprocess.call(command, env=os.environ | {"DATABASE_URL": url})
    return code == 0, time.monotonic() - began


def main(arguments: list[str]) -> int:
    asked = read(arguments)
    said = {name: value for name, value in vars(asked).items() if name != "only"}
    soaking = ",".join(f"{name}={value}" for name, value in said.items())
    print(f"soaking: {soaking}")
    done = []
    with ExitStack() as ends:
        urls = {"sqlite": ""}
        if postgres_programs():
            urls["postgresql"] = ends.enter_context(temporary_cluster())
        else:
            print("What is about PostgreSQL is left out: apt-get install postgresql")
        for part in asked.only:
            for database in PARTS[part][1]:
                if database in urls:
                    done.append((part, database, *run(part, database, urls[database], soaking)))
    print("\n===== soaked =====")
    for part, database, well, seconds in done:
        print(f"{part:8} {database:12} {'well' if well else 'NOT WELL':10} {seconds:6.0f} s")
    return 0 if all(well for _part, _database, well, _seconds in done) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
