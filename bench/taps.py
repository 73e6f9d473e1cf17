"""`python -m bench.taps`: how long a bed for tonight takes on a telephone with a slow line, against the limits.

A real Chromium as a phone, on slow 4G and a processor four times slower than this one; who is new types a key every 80
ms. The one who was here before taps three times, the new one types four fields. Prints the median of three.
"""

import tests.environment  # isort: skip  # noqa: F401  first of all: it gives this process a world of its own

import os
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.browser import PROGRAM, chromium, close_chromium, phone
from tests.house import Ground
from tests.web.points.tonight import evening, log_in, of_new, of_returning, slowed

TIMES = 3
KEY_MS = 80
CPU_RATE = 4
LIMITS = {"returning": 20.0, "new": 60.0}  # seconds, of `ux.md` §3 and §8


def main() -> int:
    """Measure both ways and print them; 1 where one takes longer than it may."""
    if PROGRAM is None:
        print("not measured: there is no Chromium here (apt-get install chromium)")
        return 0
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    found = {name: statistics.median(seconds) for name, seconds in measure().items()}
    for name, seconds in found.items():
        verdict = "ok" if seconds <= LIMITS[name] else "TOO SLOW"
        print(f"{name:<10} {seconds:5.1f} s   at most {LIMITS[name]:.0f} s   {verdict}")
    return int(any(seconds > LIMITS[name] for name, seconds in found.items()))


def measure() -> dict[str, list[float]]:
    """The seconds of each way, `TIMES` times, each by another person."""
    seconds: dict[str, list[float]] = {name: [] for name in LIMITS}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ends:
        ground = Ground(Path(folder), f"sqlite:///{folder}/house.sqlite3")
        ends.callback(ground.close)
        with evening(ground, Path(folder)) as made, chromium() as browser:
            for number in range(TIMES):
                known, new = f"+8613800100{number:03d}", f"+8613800200{number:03d}"
                made.was_here(known, number)
                page = phone(browser, made.house.url)
                log_in(page, made.house, known)
                way = of_returning(slowed(page, CPU_RATE))
                seconds["returning"].append(way.seconds)
                page = slowed(phone(browser, made.house.url), CPU_RATE)
                way = of_new(page, made, new, KEY_MS, number)
                seconds["new"].append(way.seconds)
                print(f"  {len(way.taps)} taps and {way.keys} keys: {way.seconds:.1f} s", file=sys.stderr)
    return seconds


if __name__ == "__main__":
    try:
        sys.exit(main())
    finally:
        close_chromium()
