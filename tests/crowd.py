"""Sixteen clients who do everything at once, over HTTP, for as long as one wants; and what must be true at the end.

They book, hold, confirm, change, cancel, wait, answer offers, travel together; the desk moves, swaps, lets in, closes
beds; the office moves people up and allots beds. Beside them the schedule runs. Whatever was answered is remembered: a
201 has its stay, a 409 its reasons, and what is sent again under its key gets the same answer.
"""

import json
import random
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from hostel.nights import business_day
from tests.conftest import resident_number
from tests.house import Ground, RunningHouse
from tests.races.conftest import MAKE_GUESTS

HOUSES = ["baodaiqiao", "guoxiang"]
GUESTS = 48
NIGHTS_AHEAD = 5
MAKE_STAFF = """
import json
from django.utils import timezone
from knox.models import AuthToken
from accounts.models import Role, User
from hostel.models import Hostel, Network
from accounts.models import Person
every_second = list(Person.objects.order_by("pk").values_list("pk", flat=True))[::2]
Person.objects.filter(pk__in=every_second).update(gender="male")
tokens = []
for number, where in enumerate([{"hostel": Hostel.objects.get(slug=slug)} for slug in ("baodaiqiao", "guoxiang")]):
    user = User.objects.create_user(f"+861380000002{number}", phone_verified=True)
    Role.objects.create(user=user, kind="manager", valid_from=timezone.now().date(), **where)
    tokens.append(AuthToken.objects.create(user)[1])
user, network = User.objects.create_user("+8613800000029", phone_verified=True), Network.objects.get(slug="wuzhong")
Role.objects.create(user=user, kind="officer", valid_from=timezone.now().date(), network=network)
tokens.append(AuthToken.objects.create(user)[1])
print(json.dumps(tokens))
"""
# Two small houses, so that they are nearly always full: a room of each kind, and one that the house is asked for.
FEW_BEDS = """
    UPDATE hostel_bed SET valid_until = valid_from WHERE id NOT IN (
        SELECT bed.id FROM hostel_bed bed JOIN hostel_room room ON room.id = bed.room_id
        JOIN hostel_hostel house ON house.id = room.hostel_id
        WHERE (house.slug = 'baodaiqiao' AND room.number IN ('202', '203', '204', '301', '401'))
        OR (house.slug = 'guoxiang' AND room.number IN ('201', '301', '303', '304'))
    )
"""
ON_CALL = """
    UPDATE hostel_room SET supply = 'on_call' WHERE number = '304'
    AND hostel_id = (SELECT id FROM hostel_hostel WHERE slug = 'guoxiang')
"""
BEDS = """
    SELECT house.slug, room.number, bed.number FROM hostel_bed bed JOIN hostel_room room ON room.id = bed.room_id
    JOIN hostel_hostel house ON house.id = room.hostel_id WHERE bed.valid_until IS NULL ORDER BY 1, 2, 3
"""
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
ALWAYS = """
from django.utils import timezone
from tests.bookings import always
now = timezone.now()
always.all_of_it(now)
print("all of it is true")
"""


@dataclass
class Figures:
    """What became of everything that was sent."""

    seconds: float = 0
    answers: Counter = field(default_factory=Counter)  # by what was wanted and the status
    codes: Counter = field(default_factory=Counter)  # of the refusals
    repeated: int = 0
    wrong: list[str] = field(default_factory=list)
    stays: set[str] = field(default_factory=set)  # codes of every stay that was answered with 201
    deadlocks: int = 0

    def lines(self) -> list[str]:
        """The figures to be printed."""
        sent, by_status = sum(self.answers.values()), Counter()
        for (_what, status), times in self.answers.items():
            by_status[status] += times
        lines = [f"{sent} requests in {self.seconds:.0f} s, {self.repeated} of them sent again under their key"]
        lines.append("answers: " + ", ".join(f"{status}: {times}" for status, times in sorted(by_status.items())))
        done = Counter({what: times for (what, status), times in self.answers.items() if status < 300})
        lines.append("done: " + ", ".join(f"{what} {times}" for what, times in done.most_common()))
        lines.append("refused: " + ", ".join(f"{code} {times}" for code, times in self.codes.most_common()))
        lines.append(f"stays promised: {len(self.stays)}; deadlocks: {self.deadlocks}; wrong: {len(self.wrong)}")
        return lines + self.wrong[:20]


class Client:
    """One of them: three guests, and now and then the desk or the office."""

    def __init__(self, number, house, guests, staff, beds, figures, seed):
        self.house, self.guests, self.staff, self.beds, self.figures = house, guests, staff, beds, figures
        self.number = number
        self.lot = random.Random(f"{seed} {number}")
        self.own: list[tuple[int, str, str]] = []  # guest, code of the stay, house
        self.today = business_day(timezone.now())

    # --- sending ----------------------------------------------------------------------------------------------------
    def send(self, what, method, path, token, body=None, key=None):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.house.url}/api/v1/{path}", sent, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as no:
            status, text = no.code, no.read()
        except OSError as broken:
            status, text = 599, str(broken).encode()
        try:
            said = json.loads(text) if text else {}
        except ValueError:
            said = {}
        self.look(what, status, said, text)
        return status, said

    def look(self, what, status, said, text):
        self.figures.answers[what, status] += 1
        if status >= 500 or status in (400, 401, 403, 405, 429):
            self.figures.wrong.append(f"{what}: {status} {text[:300]!r}")
        if status == 409:
            if not said.get("code") or not said.get("reasons"):
                self.figures.wrong.append(f"{what}: refused without a reason: {text[:300]!r}")
            self.figures.codes[said.get("code")] += 1

    def write(self, what, path, token, body, method="POST"):
        """Send it; a fifth of all is sent again at once under the same key, and must be answered the same."""
        key = uuid.uuid4().hex
        first = self.send(what, method, path, token, body, key)
        if self.lot.random() < 0.2 and first[0] < 500:
            again = self.send(what, method, path, token, body, key)
            self.figures.repeated += 1
            if again != first and first[0] in (200, 201, 409):
                self.figures.wrong.append(f"{what}: sent again, {first[0]} became {again[0]}: {again[1]}")
        return first

    def act(self, what, path, house, body):
        """An act of the desk of a house."""
        said = {"act_id": uuid.uuid4().hex[:20], "happened_at": timezone.now().isoformat()} | body
        return self.send(what, "POST", path, self.staff[HOUSES.index(house)], said)

    # --- what is wanted -----------------------------------------------------------------------------------------------
    def nights(self, most=3):
        arrival = self.today + timedelta(days=self.lot.randrange(NIGHTS_AHEAD))
        return {"arrival": f"{arrival}", "departure": f"{arrival + timedelta(days=self.lot.randint(1, most))}"}

    def guest(self):
        return self.lot.choice(self.guests)

    def one_of_mine(self):
        return self.lot.choice(self.own) if self.own else None

    def books(self, hold=False):
        number, token = self.guest()
        wish = self.nights() | {
            "hostel": self.lot.choice(HOUSES),
            "purpose": "exam",
            "accept_price": True,
            "hold": hold,
        }
        if self.lot.random() < 0.15:
            wish |= {"needs": [self.lot.choice(["lower_bunk", "accessible", "quiet"])]}
        status, said = self.write("hold" if hold else "book", "stays/", token, wish)
        if status == 201:
            self.figures.stays.add(said["code"])
            self.own.append((number, said["code"], wish["hostel"]))
            if hold:
                self.write("confirm", f"stays/{said['code']}/confirmation/", token, {"accept_price": True})
        elif said.get("code") == "FULL" and self.lot.random() < 0.5:
            wanted = {name: wish[name] for name in ("arrival", "departure", "purpose", "accept_price")}
            how = {"hostels": [wish["hostel"]], "automatic": self.lot.random() < 0.5, "split": self.lot.random() < 0.5}
            self.write("wait", "waitlist/", token, wanted | how)
        elif said.get("alternatives") and self.lot.random() < 0.3:
            other = self.lot.choice(said["alternatives"])
            if other["kind"] in ("shorter", "shifted", "nearby"):
                wish = {name: other[name] for name in ("hostel", "arrival", "departure")}
                self.write("alternative", "stays/", token, wish | {"purpose": "exam", "accept_price": True})

    def holds(self):
        self.books(hold=True)

    def token_of(self, number):
        return dict(self.guests)[number]

    def cancels(self):
        if mine := self.one_of_mine():
            self.own.remove(mine)
            self.write("cancel", f"stays/{mine[1]}/cancellation/", self.token_of(mine[0]), {})

    def changes(self):
        if mine := self.one_of_mine():
            how = {"accept_price": True, "change_of_bed": self.lot.random() < 0.5}
            self.write("dates", f"stays/{mine[1]}/dates/", self.token_of(mine[0]), self.nights(4) | how, "PUT")

    def answers(self):
        _number, token = self.guest()
        _status, said = self.send("look at wishes", "GET", "waitlist/", token)
        for wish in said.get("results", []):
            if wish["status"] == "offered":
                answer = "acceptance" if self.lot.random() < 0.7 else "refusal"
                self.write(answer, f"waitlist/{wish['code']}/{answer}/", token, {})
            elif wish["status"] == "waiting" and self.lot.random() < 0.2:
                self.send("withdraw", "DELETE", f"waitlist/{wish['code']}/", token)
            elif wish["status"] == "waiting" and self.lot.random() < 0.1:
                self.write("move up", f"waitlist/{wish['code']}/place/", self.staff[2], {"because": "带着行李"})

    def goes_with_a_friend(self):
        number, token = self.guest()
        friend = self.lot.choice([each for each in range(GUESTS) if each != number])
        members = [{"me": True}, named(friend) | {"document_kind": "resident"}]
        wish = self.nights(2) | {"hostel": self.lot.choice(HOUSES), "purpose": "exam", "members": members}
        wish |= {"together": self.lot.random() < 0.3, "accept_price": True, "friends_know": True}
        status, said = self.write("party", "parties/", token, wish)
        if status == 201 and self.lot.random() < 0.5:
            self.write("cancel party", f"parties/{said['code']}/cancellation/", token, {})

    def desk(self):
        if (mine := self.one_of_mine()) is None:
            return
        _number, code, house = mine
        bed, way = self.lot.choice(self.beds[house]), self.lot.randrange(6)
        if way == 0:
            self.act("check-in", f"desk/stays/{code}/check-in/", house, {"compared": True})
        elif way == 1:
            self.act("check-out", f"desk/stays/{code}/check-out/", house, {})
        elif way == 2:
            self.act("move", f"desk/stays/{code}/bed/", house, {"bed": bed})
        elif way == 3:
            others = [each for each in self.own if each[2] == house and each[0] != mine[0]]
            if others:
                self.act("swap", f"desk/stays/{code}/swap/", house, {"with": self.lot.choice(others)[1]})
        elif way == 4:
            other = HOUSES[1 - HOUSES.index(house)]
            status, said = self.act("other house", f"desk/stays/{code}/hostel/", house, {"hostel": other})
            if status == 200:
                self.own[self.own.index(mine)] = (mine[0], said["code"], other)
        else:
            self.act("house answer", f"desk/stays/{code}/house-answer/", house, {"can_be_had": self.lot.random() < 0.5})

    def walks_in(self):
        number, _token = self.guest()
        house = self.lot.choice(HOUSES)
        body = named(number) | {"document_kind": "resident", "departure": f"{self.today + timedelta(days=1)}"}
        body |= {"purpose": "exam", "compared": True, "accept_price": True}
        status, said = self.act("walk-in", f"desk/{house}/walk-ins/", house, body)
        if status == 201:
            self.own.append((number, said["code"], house))

    def closes_a_bed(self):
        house = self.lot.choice(HOUSES)
        nights = self.nights(2)
        body = {"beds": [self.lot.choice(self.beds[house])], "from": nights["arrival"], "until": nights["departure"]}
        token, path = self.staff[HOUSES.index(house)], f"desk/{house}/out-of-service/"
        status, said = self.write("close a bed", path, token, body | {"reason": "repair"})
        if status == 409 and said.get("hits"):
            choices = {each["stay"]: self.lot.choice(["anywhere", "other_house", "cancel"]) for each in said["hits"]}
            status, said = self.write(
                "close a bed, moving", path, token, body | {"reason": "repair", "choices": choices}
            )
        if status == 201 and self.lot.random() < 0.8:
            for closure in said if isinstance(said, list) else said.get("results", [said]):
                if "id" in closure:
                    self.send("open a bed", "DELETE", f"{path}{closure['id']}/", token)

    def allots(self):
        arrival = self.today + timedelta(days=self.lot.randint(1, NIGHTS_AHEAD))
        body = {
            "hostel": self.lot.choice(HOUSES),
            "arrival": f"{arrival}",
            "departure": f"{arrival + timedelta(days=2)}",
        }
        body |= {
            "beds": 2,
            "applicant": "school",
            "organisation": "一中",
            "purpose": "exam",
            "release_on": f"{arrival}",
        }
        status, said = self.write("allot", "batches/", self.staff[2], body)
        if status == 201:
            names = [named(number) for number, _token in self.guests]
            self.write("name", f"batches/{said['code']}/names/", self.staff[2], {"names": names})
            way = self.lot.choice(["release", "cancellation"])
            body = {"end_stays": self.lot.random() < 0.5} if way == "cancellation" else {}
            self.write(f"batch {way}", f"batches/{said['code']}/{way}/", self.staff[2], body)

    def looks(self):
        number, token = self.guest()
        nights = self.nights()
        self.send("search", "GET", f"hostels/?arrival={nights['arrival']}&departure={nights['departure']}", token)
        self.send("own stays", "GET", "stays/", token)
        self.send("allowance", "GET", "me/allowance/", token)
        self.send("board", "GET", f"desk/{HOUSES[number % 2]}/today/", self.staff[number % 2])

    def goes_on_until(self, end):
        """Do one thing after the other until the moment ``end`` (of `time.monotonic`)."""
        ways = [self.books] * 10 + [self.holds] * 3 + [self.cancels] * 6 + [self.changes] * 5 + [self.answers] * 4
        ways += [self.goes_with_a_friend] * 2 + [self.desk] * 6 + [self.walks_in] + [self.closes_a_bed] * 2
        ways += [self.allots] + [self.looks] * 2
        while time.monotonic() < end:
            try:
                self.lot.choice(ways)()
            except Exception as trouble:
                self.figures.wrong.append(f"client {self.number}: {type(trouble).__name__}: {trouble}")


def named(number: int) -> dict:
    """Name and document of the guest of this number, as `MAKE_GUESTS` made them."""
    born = date(timezone.now().year - 24, 3, 1)
    return {"name": "林小满", "document_number": resident_number(born, "female", number)}


def crowd(ground: Ground, seconds: float, clients: int = 16, seed: int = 0) -> Figures:
    """Let so many ``clients`` do everything for ``seconds`` in a running house, the schedule beside them.

    What is wrong at the end stands in the figures: errors, deadlocks, wishes that were lost, and what is not true.
    """
    figures = Figures()
    with RunningHouse(ground, WEB_CONCURRENCY="4") as house:
        tokens = list(
            enumerate(
                json.loads(house.django("import accounts.models\n" + MAKE_GUESTS.format(count=GUESTS, gender="female")))
            )
        )
        staff = json.loads(house.django(MAKE_STAFF))
        house.rows(FEW_BEDS)
        house.rows(ON_CALL)
        beds: dict[str, list[str]] = {slug: [] for slug in HOUSES}
        for slug, room, number in house.rows(BEDS):
            beds[slug].append(f"{room}-{number}")
        before = house.rows(DEADLOCKS)[0][0] if ground.on_postgres else 0
        house.start("python", "manage.py", "run_due", "--loop")
        began = time.monotonic()
        threads = [
            threading.Thread(
                target=Client(number, house, tokens[number::clients], staff, beds, figures, seed).goes_on_until,
                args=(began + seconds,),
            )
            for number in range(clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        figures.seconds = time.monotonic() - began
        _look_at_the_end(house, ground, figures, before)
    return figures


def _look_at_the_end(house, ground, figures, deadlocks_before):
    log = house.log()
    for line in log.splitlines():
        if "deadlock" in line.lower() or "had trouble" in line or "Traceback" in line:
            figures.wrong.append(f"in the log: {line[:300]}")
    if ground.on_postgres:
        time.sleep(1.5)  # so long the server may keep its counts to itself
        figures.deadlocks = house.rows(DEADLOCKS)[0][0] - deadlocks_before
        if figures.deadlocks:
            figures.wrong.append(f"{figures.deadlocks} deadlocks")
    there = {code for (code,) in house.rows("SELECT code FROM bookings_stay")}
    if lost := figures.stays - there:
        figures.wrong.append(f"promised, and not there: {sorted(lost)}")
    try:
        house.django(ALWAYS)
    except Exception as untrue:
        figures.wrong.append(f"not true: {getattr(untrue, 'stderr', '') or untrue}"[-1500:])
