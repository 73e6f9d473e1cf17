"""How fast the house is: ratios to bare PostgreSQL (`bench/limit/`) on the same server in the same run.

`python -m bench speed [--large] [--only ROW ...]`: eight clients over HTTP, gunicorn with the project's own settings
and two sync workers, PostgreSQL with the durability that it has by itself. A measurement stands between two runs of the
limit and is thrown away where they differ by more than 15 %; after five tries it is printed as not measured. Prints one
table, and ends with 1 where something that was measured is not what it must be. `--large` takes the network of 13
million bed-nights, and ten times the requests for the memory: that is most of an hour.
"""

import argparse
import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import django

django.setup()  # what follows are models

import psycopg  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench import machine  # noqa: E402
from bench.callers import Calls, call, call_all, request  # noqa: E402
from bench.ground import Ground, Size, copy_of, load  # noqa: E402
from bench.limits import Limit  # noqa: E402
from bench.web import Web, serving  # noqa: E402
from figures.heat import heat_table  # noqa: E402
from hostel.models import Hostel  # noqa: E402
from hostel.nights import business_day  # noqa: E402

CLIENTS = 8
TRIES, MAY_DIFFER = 5, 0.15
STAYS = "/api/v1/stays/"
NIGHTS, WINDOW = 3, 26  # nights of a booking; arrivals lie within so many days
WARM_UP = 60  # requests
SHOWN = 14
RUSH_LOSERS = 200


@dataclass(frozen=True)
class Row:
    """A line of the table: what must be, what shall be, and whether more is better."""

    what: str
    must: float
    goal: float
    unit: str = ""
    more_is_better: bool = False

    def verdict(self, measured: float) -> str:
        """What ``measured`` comes to."""
        for name, mark in (("goal", self.goal), ("must", self.must)):
            if measured >= mark if self.more_is_better else measured <= mark:
                return name
        return "MISSED"


ROWS = {
    "share": Row("booking 3 nights over REST, as a share of book_bed", 8, 12, "%", more_is_better=True),
    "web": Row("processor time a booking, web", 5.0, 3.0, "ms"),
    "database": Row("processor time a booking, database", 1.4, 1.0, "ms"),
    "p95": Row("its p95 at 8 clients, as a multiple of an empty DRF view's", 20, 12, "x"),
    "statements": Row("statements a booking, BEGIN and COMMIT included", 16, 10),
    "rush": Row("everybody wants the same nights in one house: as a share of bookings spread", 0.6, 0.9, "", True),
    "losers": Row("in a rush for the last beds: losers with nothing better to read, or a server's error", 0, 0),
    "hostels": Row("processor time a booking, the largest network against 10 hostels", 1.3, 1.1, "x"),
    "sold": Row("processor time a booking, after 50,000 stays against 500", 1.2, 1.05, "x"),
    "find": Row("find: the nearest 20 hostels, 14 nights shown, as a share of search_bed", 50, 100, "%", True),
    "find_grows": Row("processor time of that, at 1,000 hostels against 100", 2, 1.5, "x"),
    "heat": Row("heat table of 1,000 hostels by 14 nights: statements", 4, 3),
    "memory": Row("memory of a web process", 150, 120, "MB"),
    "grows": Row("growth of that memory", 5, 2, "MB"),
}


@dataclass
class Measured:
    """One figure, with what it was measured beside: the limits before and after, and how much others kept busy."""

    row: str
    value: float | None
    note: str = ""
    spread: float | None = None
    others: float | None = None


@dataclass
class Table:
    """What has been measured so far; each line is printed when it is there."""

    only: set[str]
    lines: list[Measured] = field(default_factory=list)

    def wants(self, *rows: str) -> bool:
        return not self.only or bool(self.only & set(rows))

    def add(self, row: str, value: float | None, note: str = "", between: "Between | None" = None) -> None:
        line = Measured(row, value, note)
        if between is not None:
            line.spread, line.others = between.spread, between.others
            if not between.fits:
                line.value, line.note = None, f"not measured, the limits differ too much; would be {value:.3g}; {note}"
        self.lines.append(line)
        print(self.text(line), flush=True)

    @staticmethod
    def head() -> str:
        return (
            f"{'what':<88} {'must':>7} {'goal':>7} {'measured':>9}  {'':<7} {'limits':>7} {'others':>7}  note\n"
            f"{'':<88} {'':>7} {'':>7} {'':>9}  {'':<7} {'differ':>7} {'cores':>7}"
        )

    @staticmethod
    def text(line: Measured) -> str:
        row = ROWS[line.row]
        value = "-" if line.value is None else f"{line.value:.3g}{row.unit}"
        verdict = "" if line.value is None else row.verdict(line.value)
        spread = "" if line.spread is None else f"{100 * line.spread:.0f} %"
        others = "" if line.others is None else f"{line.others:.1f}"
        return (
            f"{row.what:<88} {f'{row.must:g}{row.unit}':>7} {f'{row.goal:g}{row.unit}':>7} {value:>9}  {verdict:<7} "
            f"{spread:>7} {others:>7}  {line.note}"
        )

    @property
    def missed(self) -> bool:
        return any(line.value is not None and ROWS[line.row].verdict(line.value) == "MISSED" for line in self.lines)


@dataclass
class Between:
    """What was measured between two limits."""

    answer: Any
    before: float
    after: float
    others: float

    @property
    def limit(self) -> float:
        return (self.before + self.after) / 2

    @property
    def spread(self) -> float:
        return abs(self.before - self.after) / self.limit if self.limit else 1.0

    @property
    def fits(self) -> bool:
        return self.spread <= MAY_DIFFER


def between_limits(limit: Callable[[], float], measure: Callable[[], Any]) -> Between:
    """Measure between two runs of ``limit``, up to five times, until the two say the same."""
    after = limit()
    for _try in range(TRIES):
        before, busy, clock = after, machine.busy_seconds(), os.times().elapsed
        answer, own = measure()
        others = (machine.busy_seconds() - busy - own) / max(os.times().elapsed - clock, 1e-9)
        after = limit()
        found = Between(answer, before, after, max(others, 0.0))
        if found.fits:
            break
    return found


# --- what is asked of the house ---------------------------------------------------------------------------------------
def bookings(ground: Ground, count: int, chance: random.Random, **said) -> Iterator[bytes]:
    """Wishes of guests who have not booked yet, spread over the network and the window, unless ``said``."""
    for guest in islice(ground.guests, count):
        yield booking(ground, guest, chance, f"k-{guest}", **said)


def booking(ground, guest, chance, key, hostel="", arrival=None):
    arrival = arrival or ground.today + timedelta(days=chance.randrange(1, WINDOW))
    body = {
        "hostel": hostel or chance.choice(ground.slugs),
        "arrival": f"{arrival}",
        "departure": f"{arrival + timedelta(days=NIGHTS)}",
        "purpose": "exam",
    }
    return request("POST", STAYS, body, guest, key)


def searches(ground: Ground, count: int, chance: random.Random) -> Iterator[bytes]:
    """Where is a bed: from anywhere in the network, for three nights."""
    for _each in range(count):
        arrival = ground.today + timedelta(days=chance.randrange(1, WINDOW))
        near = f"{31.0 + chance.random() * 0.36:.4f},{120.4 + chance.random() * 0.42:.4f}"
        nights = f"arrival={arrival}&departure={arrival + timedelta(days=NIGHTS)}"
        yield request("GET", f"/api/v1/hostels/?near={near}&{nights}")


def own_stays(ground: Ground, count: int) -> Iterator[bytes]:
    """Guests look at their own stays."""
    for guest in range(1, count + 1):
        yield request("GET", STAYS, guest=guest)


@dataclass
class Work:
    """Calls, and the processor seconds they took: of the web processes, of the database."""

    calls: Calls
    web: float
    database: float

    @property
    def own(self) -> float:
        return self.web + self.database + self.calls.cpu_seconds

    def milliseconds_each(self) -> tuple[float, float]:
        """Processor time of one call that was done: web, database."""
        done = max(self.calls.done, 1)
        return 1000 * self.web / done, 1000 * self.database / done


def working(web: Web, do: Callable[[], Calls]) -> Work:
    """Count what the house uses while ``do`` calls it."""
    before = web.cpu()
    calls = do()
    after = web.cpu()
    return Work(calls, after[0] - before[0], after[1] - before[1])


def streams(make: Callable[[int], Iterator[bytes]], seconds: float, clients: int = CLIENTS, most: int = 100):
    """One list of requests for each client: more than it can send in ``seconds``."""
    return [list(make(int(seconds * most))) for _client in range(clients)]


def warm(web: Web, requests: Iterator[bytes]) -> None:
    """Bring both workers to where they have read what they read once."""
    for each in requests:
        call(web.port, each)


# --- the measurements -------------------------------------------------------------------------------------------------
def measure_booking(table, web, ground, limit, seconds, chance):
    """Share of the limit, processor time, p95: all of one run."""
    warm(web, bookings(ground, WARM_UP, chance))

    def measure():
        hello = request("GET", "/api/nothing/")
        empty = working(web, lambda: call_all(web.port, [[hello] * 5000] * CLIENTS, seconds / 2))
        wishes = streams(lambda count: bookings(ground, count, chance), seconds)
        booked = working(web, lambda: call_all(web.port, wishes, seconds, 201))
        return (empty, booked), empty.own + booked.own

    found = between_limits(lambda: limit.book(CLIENTS, seconds), measure)
    empty, booked = found.answer
    calls = booked.calls
    each = booked.milliseconds_each()
    made = f"{calls.per_second:.0f}/s of {found.limit:.0f}/s; answers {dict(calls.statuses)}"
    table.add("share", 100 * calls.per_second / found.limit, made, found)
    # Processor time hardly moves with the neighbours: it counts also where the limits differ.
    table.add("web", each[0], f"an empty view {empty.milliseconds_each()[0]:.2f} ms")
    table.add("database", each[1])
    p95 = calls.milliseconds(0.95), empty.calls.milliseconds(0.95)
    table.add("p95", p95[0] / p95[1], f"{p95[0]:.1f} ms against {p95[1]:.1f} ms", found)


def measure_statements(table, ground, environment, chance, show):
    """From the server's own count, over HTTP, one worker, warm."""
    server = urlsplit(ground.url)
    name, count = server.path[1:], 50
    with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as asked:
        asked.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        asked.execute(f"ALTER DATABASE {name} SET pg_stat_statements.track = 'top'")
        with serving(ground.url, environment, workers=1) as web:
            warm(web, bookings(ground, WARM_UP, chance))
            asked.execute("SELECT pg_stat_statements_reset()")
            answers = [call(web.port, each)[0] for each in bookings(ground, count, chance)]
            rows = asked.execute(
                "SELECT s.calls, s.total_exec_time / s.calls, s.query FROM pg_stat_statements s "
                "JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = %s AND s.query NOT LIKE %s "
                # The server's own look at a foreign key, which nobody sends.
                "ORDER BY 1 DESC, 2 DESC", [name, "SELECT 1 FROM ONLY %"]
            ).fetchall()  # fmt: skip
        asked.execute(f"ALTER DATABASE {name} RESET pg_stat_statements.track")
    if show:
        for calls, milliseconds, query in rows:
            print(f"    {calls / count:5.2f} x {milliseconds:6.3f} ms  {' '.join(query.split())[:show]}")
    spent = sum(calls * each for calls, each, _query in rows) / count
    asked_in_all = sum(calls for calls, _each, _query in rows)
    note = f"{spent:.2f} ms in the server; {answers.count(201)} of {count} booked"
    table.add("statements", asked_in_all / count, note)


def measure_rush(table, web, ground, limit, seconds, chance):
    """Everybody the same nights of one house, against everybody somewhere: where only bookings meet, not full houses.

    The house is the largest there is, and is emptied again all the time while it is booked."""
    hostel, arrival = largest(ground), ground.today + timedelta(days=WINDOW // 2)
    nights = arrival, arrival + timedelta(days=NIGHTS)

    def measure():
        spread = working(web, lambda: call_all(web.port, streams(at_random, seconds), seconds, 201))
        with emptied(ground, hostel, *nights):
            rush = working(web, lambda: call_all(web.port, streams(all_the_same, seconds), seconds, 201))
        return (spread, rush), spread.own + rush.own

    def at_random(count):
        return bookings(ground, count, chance)

    def all_the_same(count):
        return bookings(ground, count, chance, hostel=hostel, arrival=arrival)

    found = between_limits(lambda: limit.book(CLIENTS, seconds), measure)
    spread, rush = (each.calls for each in found.answer)
    note = f"{rush.per_second:.0f}/s against {spread.per_second:.0f}/s; answers {dict(rush.statuses)}"
    table.add("rush", rush.per_second / spread.per_second if spread.done else 0, note, found)

    with emptied(ground, hostel, *nights):
        pass
    beds = beds_of(ground, hostel)
    wishes = [list(all_the_same((beds + RUSH_LOSERS) // CLIENTS)) for _client in range(CLIENTS)]
    last = call_all(web.port, wishes, 60, 201)
    bodies = [json.loads(answer.partition(b"\r\n\r\n")[2]) for answer in last.refusals]
    dry = sum(body.get("status") != 409 or not body.get("alternatives") for body in bodies)
    wrong = sum(count for status, count in last.statuses.items() if status not in (201, 409))
    note = f"{last.statuses[201]} booked of {beds} beds, {last.statuses[409]} refused, {len(bodies)} of them read"
    table.add("losers", dry + wrong, note)


def largest(ground: Ground) -> str:
    """The hostel with the most beds."""
    with psycopg.connect(ground.url) as asked:
        beds_in = "SELECT r.hostel_id FROM hostel_bed b JOIN hostel_room r ON r.id = b.room_id"
        found = asked.execute(f"{beds_in} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1").fetchone()
    return f"h{found[0]}"  # type: ignore[index]


def beds_of(ground: Ground, hostel: str) -> int:
    """How many beds ``hostel`` has."""
    with psycopg.connect(ground.url) as asked:
        beds_in = "SELECT count(*) FROM hostel_bed b JOIN hostel_room r ON r.id = b.room_id"
        return asked.execute(f"{beds_in} WHERE r.hostel_id = %s", [int(hostel[1:])]).fetchone()[0]  # type: ignore[index]


@contextmanager
def emptied(ground: Ground, hostel: str, arrival: date, departure: date) -> Iterator[None]:
    """Take away, from now on until the end, whoever has a bed of ``hostel`` on these nights: past the house, for what
    is given back in it is the waiting list's first."""
    ended = Event()

    def empty():
        with psycopg.connect(ground.url, autocommit=True) as into:
            while True:
                last = ended.is_set()
                into.execute(
                    "DELETE FROM bookings_bednight WHERE hostel_id = %s AND night >= %s AND night < %s",
                    [int(hostel[1:]), arrival, departure],
                )
                if last:
                    return
                ended.wait(0.05)

    emptying = Thread(target=empty)
    emptying.start()
    try:
        yield
    finally:
        ended.set()
        emptying.join()


def measure_cost(table, row, grounds, environment, chance, rounds=4, count=100):
    """The same bookings in two houses, turn by turn: what one costs in the second, in units of the first."""
    spent = {}
    with serving(grounds[0].url, environment) as first, serving(grounds[1].url, environment) as second:
        webs = (first, second)
        for web, ground in zip(webs, grounds, strict=True):
            warm(web, bookings(ground, WARM_UP, chance))
        for _round in range(rounds):
            for web, ground in zip(webs, grounds, strict=True):
                wishes = [list(bookings(ground, count // 2, chance)) for _client in range(2)]
                work = working(web, lambda web=web, wishes=wishes: call_all(web.port, wishes, 60, 201))
                spent.setdefault(web.port, []).append((work.web + work.database, work.calls.done, work.database))
    each = [1000 * sum(part[0] for part in spent[web.port]) / sum(part[1] for part in spent[web.port]) for web in webs]
    in_database = [
        1000 * sum(part[2] for part in spent[web.port]) / sum(part[1] for part in spent[web.port]) for web in webs
    ]
    sizes = " against ".join(f"{ground.stays:,} stays, {ground.bed_nights:,} bed-nights" for ground in grounds[::-1])
    note = (
        f"{each[1]:.2f} against {each[0]:.2f} ms, database {in_database[1]:.2f} against {in_database[0]:.2f}; {sizes}"
    )
    table.add(row, each[1] / each[0], note)


def measure_find(table, web, ground, small_web, small, limit, seconds, chance):
    """The network search, and how it grows."""
    for each, where in ((web, ground), (small_web, small)):
        warm(each, searches(where, WARM_UP // 2, chance))

    def measure():
        asked = streams(lambda count: searches(ground, count, chance), seconds)
        found = working(web, lambda: call_all(web.port, asked, seconds))
        return found, found.own

    found = between_limits(lambda: limit.search_a_region(CLIENTS, seconds), measure)
    work = found.answer
    each = work.milliseconds_each()
    note = f"{work.calls.per_second:.0f}/s of {found.limit:.0f}/s; {each[0]:.1f} + {each[1]:.1f} ms"
    table.add("find", 100 * work.calls.per_second / found.limit, note, found)
    asked = streams(lambda count: searches(small, count, chance), seconds / 2)
    less = working(small_web, lambda: call_all(small_web.port, asked, seconds / 2)).milliseconds_each()
    note = f"{sum(each):.1f} against {sum(less):.1f} ms ({small.size.hostels} hostels)"
    table.add("find_grows", sum(each) / sum(less), note)


def measure_heat(table, ground):
    """Asked in this process: the statements, and how long."""
    connection.close()
    connection.settings_dict["NAME"] = urlsplit(ground.url).path[1:]
    clock = os.times().elapsed
    with CaptureQueriesContext(connection) as asked:
        heat = heat_table(Hostel.objects.select_related("network"), ground.today, timezone.now(), SHOWN)
    note = f"{len(heat.rows)} rows in {os.times().elapsed - clock:.1f} s"
    connection.close()
    table.add("heat", len(asked), note)


def measure_memory(table, ground, environment, requests, chance):
    """Bookings, searches and looks at one's own stays: after the first tenth, and after all."""
    with serving(ground.url, environment, 2, "--max-requests", "0") as web:
        seen = []
        for part in (requests // 10, requests - requests // 10):
            mixed = []
            for _client in range(2):
                kinds = (
                    list(bookings(ground, part // 8, chance)),
                    list(searches(ground, part // 16, chance)),
                    list(own_stays(ground, part // 2 - part // 8 - part // 16)),
                )
                wishes = [each for kind in kinds for each in kind]
                chance.shuffle(wishes)
                mixed.append(wishes)
            calls = call_all(web.port, mixed, 3600)
            seen.append((sum(calls.statuses.values()), web.memory_mb()))
    (first, before), (then, after) = seen
    table.add("memory", before, f"after {first:,} requests to two processes")
    table.add("grows", max(after - before, 0), f"after {then:,} more")


def main(arguments: list[str]) -> int:
    """Run the measurements; return 1 where something measured is not what it must be."""
    asked = argparse.ArgumentParser(prog="python -m bench speed")
    asked.add_argument("--large", action="store_true", help="1,000 hostels with 13 million bed-nights: most of an hour")
    asked.add_argument("--only", nargs="*", default=[], choices=[*ROWS], help="only what these rows need")
    asked.add_argument("--seconds", type=float, default=6, help="how long each run takes")
    asked.add_argument("--hostels", type=int, default=1000, help="of the largest network")
    asked.add_argument("--requests", type=int, help="for the memory: 6,000, with --large 200,000")
    asked.add_argument("--show", type=int, default=0, help="print so many characters of each statement of a booking")
    said = asked.parse_args(arguments)

    template, today, chance = os.environ["DATABASE_URL"], business_day(timezone.now()), random.Random(4)
    environment = {"DJANGO_SETTINGS_MODULE": "bench.settings"}
    table = Table(set(said.only))
    made: dict[str, Ground] = {}

    def house(name, size):
        if name not in made:
            print(f"building {name}: {size}", file=sys.stderr, flush=True)
            connection.close()  # a database is only copied while nobody is in it
            made[name] = load(copy_of(template, name), size, today)
        return made[name]

    def limit():
        if not limits:
            size = 1000 if said.large else 100
            print(f"building the limit: {size} hostels", file=sys.stderr, flush=True)
            server = urlsplit(template)
            with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as into:
                into.execute("CREATE DATABASE lim")
            limits.append(Limit(server._replace(path="/lim").geturl(), size))
            limits[0].load()
        return limits[0]

    limits: list[Limit] = []
    large = Size(said.hostels, behind=320, ahead=45) if said.large else Size(said.hostels)
    print(Table.head(), flush=True)
    if table.wants("statements"):
        measure_statements(table, house("large", large), environment, chance, said.show)
    if table.wants("share", "web", "database", "p95", "rush", "losers"):
        ground = house("large", large)
        bare = limit()
        with serving(ground.url, environment) as web:
            if table.wants("share", "web", "database", "p95"):
                measure_booking(table, web, ground, bare, said.seconds, chance)
            if table.wants("rush", "losers"):
                measure_rush(table, web, ground, bare, said.seconds, chance)
    if table.wants("find", "find_grows"):
        ground, small, bare = house("large", large), house("hundred", Size(100)), limit()
        with serving(ground.url, environment) as web, serving(small.url, environment) as small_web:
            measure_find(table, web, ground, small_web, small, bare, said.seconds, chance)
    if table.wants("hostels"):
        measure_cost(table, "hostels", (house("ten", Size(10)), house("large", large)), environment, chance)
    if table.wants("sold"):
        few, many = house("few", Size(10, coming=500)), house("many", Size(10, behind=365, coming=500))
        measure_cost(table, "sold", (few, many), environment, chance)
    if table.wants("heat"):
        measure_heat(table, house("large", large))
    if table.wants("memory", "grows"):
        requests = said.requests or (200_000 if said.large else 6_000)
        measure_memory(table, house("large", large), environment, requests, chance)
    print(f"\nThe machine: {machine.load()} processors' work wanted in the last minute, PostgreSQL on the same.")
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
