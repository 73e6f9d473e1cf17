"""`make test`: the whole suite on SQLite, and at the same time on a PostgreSQL of its own.

A test that reads no database, or is marked `look`, is the same on both and runs once, on SQLite. Each run has two
processes, so that two cores are busy until the end, and each process has a database of its own, so that no two tests of
one database meet. The second one's lines are kept back until the first has ended. At the end stand what this machine
could not run, the one command that would change that, and the sum of both.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.machine import LEFT_TO_THE_OTHER, NEEDS, postgres_programs
from tests.postgres import temporary_cluster

COUNTED = ("passed", "failed", "error", "errors")
PROCESSES = 2


class Run:
    """One pytest over all tests, writing into a file that can be read out while it goes on."""

    def __init__(self, title: str, arguments: list[str], folder: Path, **environment: str):
        self.title = title
        self.path = folder / f"{title}.txt"
        with self.path.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pytest", "--color=no", f"--numprocesses={PROCESSES}", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | environment,
                start_new_session=True,
            )

    def read_out(self) -> int:
        """Print what it writes until it has ended; return its exit code."""
        print(f"===== {self.title} =====", flush=True)
        with self.path.open(encoding="utf-8", errors="replace") as output:
            while True:
                ended = self.process.poll() is not None
                sys.stdout.write(output.read())
                sys.stdout.flush()
                if ended:
                    return self.process.returncode
                time.sleep(0.2)

    def end(self):
        """End it, and whatever its tests started, if it still runs."""
        if self.process.poll() is not None:
            return
        os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def counts(self) -> dict[str, int]:
        """What pytest's closing line says: {"passed": 12, "failed": 1, …}."""
        closing = self._written().strip().rpartition("\n")[2]
        return {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", closing) if word in COUNTED}

    def left_to_the_other(self) -> int:
        """How many tests it left to the run beside it, since they read no database."""
        return sum(map(int, re.findall(rf"^{LEFT_TO_THE_OTHER}: (\d+)$", self._written(), re.MULTILINE)))

    def _written(self):
        return self.path.read_text(encoding="utf-8", errors="replace")


def main(arguments: list[str]) -> int:
    packages = [need.package for need in NEEDS if need.program is None]
    left_out = [f"tests marked {need.marker}: no {need.programs[0]}" for need in NEEDS if need.program is None]
    if not postgres_programs():
        packages.insert(0, "postgresql")
        left_out.insert(0, "every test on PostgreSQL: no initdb")

    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="hostel-tests-output-")))
        # Read at the top of the settings of the tests: an empty one means a SQLite file of theirs.
        runs = [Run("SQLite", arguments, folder, DATABASE_URL="")]
        ends.callback(runs[0].end)
        if postgres_programs():
            url = ends.enter_context(temporary_cluster())
            # The cluster is thrown away, so its databases need not be dropped one by one.
            only = {"HOSTEL_TEST_DATABASE_ONLY": "1"}
            runs.append(Run("PostgreSQL", ["--reuse-db", *arguments], folder, DATABASE_URL=url, **only))
            ends.callback(runs[1].end)
        codes = [run.read_out() for run in runs]
        counts = [run.counts() for run in runs]
        once = sum(run.left_to_the_other() for run in runs)

    print("\n===== both together =====" if len(runs) > 1 else "\n===== altogether =====")
    if left_out:
        sudo = "" if os.geteuid() == 0 else "sudo "
        print("This machine could not run:")
        for line in left_out:
            print(f"  - {line}")
        print("It could after this one command:")
        print(f"  {sudo}apt-get install --no-install-recommends {' '.join(packages)}")
        if _nothing_may_be_left_out():
            print("Here nothing may be left out (CI or HOSTEL_TEST_ALL is set): this is an error.")
            codes.append(1)
    else:
        print("Nothing was left out.")
    if once:
        print(f"{once} tests that read no database, or look at pages alone, are the same on both, and ran once.")
    passed = sum(count.get("passed", 0) for count in counts)
    failed = sum(count.get(word, 0) for count in counts for word in COUNTED[1:])
    print(f"{passed} passed, {failed} failed")
    return next((code for code in codes if code), 0)


def _nothing_may_be_left_out() -> bool:
    return any(os.environ.get(name, "") not in ("", "0", "false") for name in ("CI", "HOSTEL_TEST_ALL"))


def _stop(signum, frame):
    raise SystemExit(128 + signum)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
