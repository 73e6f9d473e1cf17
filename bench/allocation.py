"""How many nights a house gives when its beds are asked for in the order of the wishes, beside what it could give.

`python -m bench allocation [SEED:LOAD ...]`: plays seasons of wishes (`bench/demand.py`) through four houses that
decide about each wish at once: one that takes the first bed that is free; ours (`bookings.arranging`); one that asks an
exact solver (CP-SAT) whether any arrangement exists; and one in which a guest is a number and neither beds nor gender
exist, which no house can beat. For each prints the nights of the wishes that were accepted, ours as a share of the
exact solver's; how many wishes ours refused, and in how many of these refusals the exact solver, looking at the very
same house, knew an arrangement. Ends with 1 where ours is under 99 % of the exact solver's.
"""

import heapq
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import yaml

from bench.demand import Wish, wishes
from bookings.arranging import ANY, FEMALE, FLEXIBLE, Arrangement, Limit, Lodger, Place, arrange

try:
    from ortools.sat.python import cp_model
except ImportError:  # for this alone; `make bench` installs it
    cp_model = None  # type: ignore[assignment]

SEASONS = ((1, 1.0), (2, 1.0), (3, 1.0), (4, 0.8), (5, 1.2))
AT_LEAST = 0.99
SECONDS = 10  # for one question to the exact solver; one that takes longer is counted as unanswered
COMES_AT, LEAVES_AT, GIVEN_AWAY_AT = 18, 9, 23  # as in a replay (`figures/replay.py`)
NO_MOVES = Limit(moves=0, sweep=0)
SAMPLE = Path(__file__).resolve().parent.parent / "hostel/sample/wuzhong.yaml"


def main(said: list[str]) -> int:
    if cp_model is None:
        print("The exact solver is not here: .venv/bin/pip install --require-hashes -r requirements-bench.txt")
        return 2
    seasons = [(int(seed), float(load)) for seed, load in (each.split(":") for each in said)] or SEASONS
    print("seed load  wished  first fit    ours   exact  no beds  ours/exact  refused  wrongly  unproven  unanswered")
    worst = 1.0
    for seed, load in seasons:
        found = season(wishes(seed, load))
        share = found.nights["ours"] / found.nights["exact"]
        worst = min(worst, share)
        shares = [found.nights[who] / found.wished for who in ("first fit", "ours", "exact", "no beds")]
        print(
            f"{seed:>4} {load:>4.1f} {found.wished:>7} {shares[0]:>10.1%} {shares[1]:>7.1%} {shares[2]:>7.1%}"
            f" {shares[3]:>8.1%} {share:>11.2%} {found.refused:>8} {found.wrongly:>8} {found.unproven:>9}"
            f" {found.unanswered:>11}",
            flush=True,
        )
    if worst < AT_LEAST:
        print(f"Ours gives {worst:.2%} of the nights that an exact solver gives; at least {AT_LEAST:.0%} is asked.")
    return 0 if worst >= AT_LEAST else 1


@dataclass
class Found:
    """What a season gave: nights by who decided, and what became of the wishes that ours refused."""

    wished: int = 0
    nights: Counter = field(default_factory=Counter)
    refused: int = 0
    wrongly: int = 0
    unproven: int = 0
    unanswered: int = 0


def season(made: list[Wish]) -> Found:
    """Play the wishes ``made`` through every kind of house."""
    found = Found(wished=sum(wish.nights for wish in made))
    by_house: dict[str, list[Wish]] = defaultdict(list)
    for wish in made:
        by_house[wish.hostel].append(wish)
    for slug, asked in by_house.items():
        places = houses()[slug]
        for who, decide in (
            ("first fit", first_fit),
            ("ours", lambda house, lodger: ours(house, lodger, found)),
            ("exact", lambda house, lodger: exact(house, lodger, found)),
            ("no beds", no_beds),
        ):
            found.nights[who] += House(places, asked, decide).play()
    return found


def houses() -> dict[str, list[Place]]:
    """The beds of the sample network, by the slug of their house."""
    numbers = count()
    return {
        house["slug"]: [
            Place(next(numbers), room, kind["guests"], on_call=kind["supply"] == "on_call")
            for room, kind in enumerate(house["rooms"])
            for _bed in range(kind["beds"])
        ]
        for house in yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))["hostels"]
    }


class House:
    """One house in which wishes are decided about as they come: ``decide`` returns new beds by key, or None."""

    def __init__(self, places: list[Place], asked: list[Wish], decide: Callable[["House", Lodger], dict | None]):
        self.places, self.asked, self.decide = places, asked, decide
        self.place = {place.bed: place for place in places}
        self.coming: dict[int, int] = {}  # by number of the wish: the bed
        self.here: dict[int, int] = {}
        self.given = 0
        self._order = count()
        self._queue: list[tuple] = []
        for number, wish in enumerate(asked):
            self._later(wish.made_at, self._wish, number)

    def play(self) -> int:
        """Return the nights of the wishes that were accepted."""
        while self._queue:
            moment, _order, happens, number = heapq.heappop(self._queue)
            happens(number, moment)
        return self.given

    def lodgers(self) -> list[Lodger]:
        """Those who have not come yet."""
        return [self._lodger(number, bed) for number, bed in self.coming.items()]

    def fixed(self) -> dict[tuple[int, date], str]:
        """Those in house."""
        fixed = {}
        for number, bed in self.here.items():
            wish = self.asked[number]
            by = f"stay {number}" if self.place[bed].guests == ANY else wish.gender
            fixed |= {(bed, night): by for night in nights(wish)}
        return fixed

    def _lodger(self, number, bed=None):
        wish = self.asked[number]
        return Lodger(number, wish.arrival, wish.departure, wish.gender, bed=bed)

    def _later(self, moment, happens, number):
        heapq.heappush(self._queue, (moment, next(self._order), happens, number))

    def _wish(self, number, moment):
        beds = self.decide(self, self._lodger(number))
        if beds is None:
            return
        self.coming |= beds
        wish, an_hour_later = self.asked[number], moment + timedelta(hours=1)
        self.given += wish.nights
        if wish.cancels:
            self._later(an_hour_later, self._cancel, number)
        elif wish.does_not_come:
            self._later(max(_at(wish.arrival, GIVEN_AWAY_AT), an_hour_later), self._cancel, number)
        else:
            self._later(max(_at(wish.arrival, COMES_AT), an_hour_later), self._come, number)
            self._later(_at(wish.leaves, LEAVES_AT), self._leave, number)

    def _cancel(self, number, _moment):
        del self.coming[number]

    def _come(self, number, _moment):
        self.here[number] = self.coming.pop(number)

    def _leave(self, number, _moment):
        del self.here[number]


def _at(day, hour):
    return datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001  (a season has one zone)


def nights(stay: Wish | Lodger) -> Iterable[date]:
    return [stay.arrival + timedelta(days=day) for day in range((stay.departure - stay.arrival).days)]


# --- four ways to decide ----------------------------------------------------------------------------------------------
def first_fit(house: House, wish: Lodger) -> dict | None:
    """The first bed of the house that is free on all nights; nobody is moved."""
    for place in house.places:
        answer = arrange([place, *_neighbours(house, place)], house.lodgers(), house.fixed(), [_in(wish, place)],
                         limit=NO_MOVES)  # fmt: skip
        if isinstance(answer, Arrangement):
            return answer.beds
    return None


def _neighbours(house, place):
    return [other for other in house.places if other.room == place.room and other != place]


def _in(wish, place):
    return Lodger(wish.key, wish.arrival, wish.departure, wish.gender, bed=place.bed)


def ours(house: House, wish: Lodger, found: Found) -> dict | None:
    """As the hostel does it; a refusal is looked at by the exact solver too."""
    answer = arrange(house.places, house.lodgers(), house.fixed(), [wish])
    if isinstance(answer, Arrangement):
        return answer.beds
    found.refused += 1
    found.unproven += not answer.proven
    arrangement, answered = solve(house, wish)
    found.wrongly += arrangement is not None
    found.unanswered += not answered
    return None


def exact(house: House, wish: Lodger, found: Found) -> dict | None:
    """Any arrangement of the stays that have not come; where a bed is free it is taken, in the same order as ours. What
    the exact solver can't say in time is asked of ours, so that it is not the worse for it."""
    answer = arrange(house.places, house.lodgers(), house.fixed(), [wish], limit=NO_MOVES)
    if isinstance(answer, Arrangement) and not answer.moved:
        return answer.beds
    arrangement, answered = solve(house, wish)
    if answered:
        return arrangement
    found.unanswered += 1
    answer = arrange(house.places, house.lodgers(), house.fixed(), [wish])
    return answer.beds if isinstance(answer, Arrangement) else None


def no_beds(house: House, wish: Lodger) -> dict | None:
    """As many guests a night as there are beds; any of them in any."""
    taken = Counter(night for number in (*house.coming, *house.here) for night in nights(house.asked[number]))
    fits = all(taken[night] < len(house.places) for night in nights(wish))
    return {wish.key: house.places[0].bed} if fits else None


def solve(house: House, wish: Lodger) -> tuple[dict | None, bool]:
    """Ask CP-SAT for a bed for everybody who has not come; return the beds by key, and whether it answered in time."""
    model = cp_model.CpModel()
    lodgers, fixed = [*house.lodgers(), wish], house.fixed()
    rooms: dict[int, list[Place]] = defaultdict(list)
    for place in house.places:
        rooms[place.room].append(place)
    company = {(house.place[bed].room, night): by for (bed, night), by in fixed.items()}
    women: dict[tuple[int, date], object] = {}
    has = {}
    on: dict[tuple[int, date], list] = defaultdict(list)  # by bed and night who could be there
    alone: dict[tuple[int, date], list] = defaultdict(list)  # by room for one and night
    for lodger in lodgers:
        choices = []
        for place in house.places:
            if not _could(lodger, place, fixed, company):
                continue
            has[lodger.key, place.bed] = here = model.new_bool_var("")
            model.add_hint(here, place.bed == lodger.bed)
            choices.append(here)
            for night in nights(lodger):
                on[place.bed, night].append(here)
                if place.guests == ANY:
                    alone[place.room, night].append(here)
                elif place.guests == FLEXIBLE and len(rooms[place.room]) > 1:
                    if (place.room, night) not in women:
                        women[place.room, night] = model.new_bool_var("")
                    is_hers = women[place.room, night]
                    model.add_implication(here, is_hers if lodger.gender == FEMALE else is_hers.negated())
        model.add_exactly_one(choices)
    for one_at_most in (*on.values(), *alone.values()):
        if len(one_at_most) > 1:
            model.add_at_most_one(one_at_most)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = SECONDS
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return {key: bed for (key, bed), here in has.items() if solver.value(here)}, True
    return None, status == cp_model.INFEASIBLE


def _could(lodger, place, fixed, company):
    """Whether those in house leave ``place`` to ``lodger``. Who has a bed is moved into none that must be asked for."""
    if place.guests not in (lodger.gender, FLEXIBLE, ANY) or (place.on_call and lodger.bed not in (None, place.bed)):
        return False
    shares = "" if place.guests == ANY else lodger.gender
    return all(
        (place.bed, night) not in fixed and company.get((place.room, night), shares) == shares
        for night in nights(lodger)
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
