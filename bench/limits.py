"""The physical limit: what bare PostgreSQL does with the questions of `bench/limit/`, on the same server."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.machine import postgres_programs

QUESTIONS = Path(__file__).resolve().parent / "limit"
PER_SECOND = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
HOSTELS_A_REGION = 20


@dataclass
class Limit:
    """The limit's own database, loaded with its network."""

    url: str
    hostels: int
    beds: int = 0

    def load(self) -> None:
        """Make the tables and fill them: seconds for 100 hostels, minutes for 1,000."""
        self._program("psql", "-q", "-v", f"hostels={self.hostels}", "-f", QUESTIONS / "schema.sql")
        with psycopg.connect(self.url) as connection:
            self.beds = connection.execute("SELECT count(*) FROM lim.bed").fetchone()[0]  # type: ignore[index]

    def book(self, clients: int, seconds: float) -> float:
        """Bookings a second of `book_bed`, begun from the same state each time."""
        self._program("psql", "-q", "-f", QUESTIONS / "reset.sql")
        said = {"b0": 1, "beds": self.beds, "days": 360}
        self._pgbench("book_bed.sql", clients, seconds, "prepared", said)
        with psycopg.connect(self.url) as connection:
            # What ended sold out is no booking.
            made = connection.execute("SELECT count(*) FROM lim.stay, lim.loaded WHERE id > max_stay").fetchone()
        return made[0] / seconds  # type: ignore[index]

    def search_a_region(self, clients: int, seconds: float) -> float:
        """Answers a second of `search_bed` for one region of 20 hostels."""
        regions = -(-self.hostels // HOSTELS_A_REGION)
        return self._pgbench("search_bed.sql", clients, seconds, "simple", {"r0": 1, "regions": regions, "span": 0})

    def _pgbench(self, question, clients, seconds, mode, said):
        values = [part for name, value in said.items() for part in ("-D", f"{name}={value}")]
        told = self._program(
            "pgbench", "-n", "-M", mode, "-c", f"{clients}", "-j", f"{min(clients, 2)}", "-T", f"{seconds:.0f}",
            *values, "-f", QUESTIONS / question,
        )  # fmt: skip
        return float(PER_SECOND.search(told)[1])  # type: ignore[index]

    def _program(self, name, *arguments):
        programs = postgres_programs()
        assert programs is not None
        server = urlsplit(self.url)
        place = ["-h", server.hostname, "-p", str(server.port), "-U", server.username]
        ended = subprocess.run(
            [programs / name, *place, *arguments, server.path[1:]], capture_output=True, text=True, check=False
        )
        if ended.returncode:
            raise SystemExit(f"{name} did not go well: {ended.stderr[-2000:]}")
        return ended.stdout
