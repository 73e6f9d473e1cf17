"""What processes use of this machine, read from /proc."""

import os
from collections.abc import Iterable
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(processes: Iterable[int]) -> float:
    """The processor time that these processes have had since they began; one that has ended counts nothing."""
    return sum(_cpu_seconds(process) for process in processes)


def _cpu_seconds(process):
    try:
        # In nanoseconds, where `stat` counts hundredths of a second.
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, IndexError, ValueError):
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / TICKS


def children(process: int) -> list[int]:
    """The processes that ``process`` has started and that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == process and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return sorted(found)


def resident_mb(process: int) -> float:
    """The memory that ``process`` has in use, what it shares with others included, in MB."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def busy_seconds() -> float:
    """The processor time that the whole machine has spent working since it began."""
    fields = [int(each) for each in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    _user, _nice, _system, idle, waiting, *_rest = fields
    return (sum(fields) - idle - waiting) / TICKS


def load() -> str:
    """How many wanted to run, on average over the last minute; and how many processors there are."""
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()}"
