"""Ten weeks of graduation season: wishes for a bed in the sample network, more than it has.

`wishes(seed, load)` makes the same ones on every machine; ``load`` is how many bed-nights are wanted for each that
there is. Seed 1 and load 1.0 are the trace that the limits are about.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

BEDS = {
    "baodaiqiao": 22,
    "guoxiang": 14,
    "yuexi": 13,
    "shihu": 14,
    "mudu": 20,
    "xukou": 14,
    "xiangshan": 7,
    "luzhi": 11,
    "hengjing": 9,
}
FIRST_DAY, DAYS = date(2024, 6, 1), 70
NIGHTS = {1: 22, 2: 20, 3: 22, 4: 8, 5: 8, 6: 5, 7: 15}
LEAD = {0: 20, 1: 18, 2: 15, 3: 12, 5: 12, 7: 10, 10: 8, 14: 5}
EDUCATION = {"junior_college": 25, "bachelor": 55, "master": 18, "doctor": 2}
PURPOSE = {"interview": 60, "exam": 8, "internship": 14, "job_fair": 8, "start_up": 4, "flat_hunting": 6}
AGES = dict(zip(range(19, 38), [1, 2, 8, 14, 14, 10, 8, 6, 5, 4, 3, 3, 2, 2, 2, 1, 1, 1, 1], strict=True))
SCHOOLS = 10


@dataclass(frozen=True)
class Wish:
    """One line of the trace: who wishes for what and when, and what they will do afterwards."""

    made_at: datetime
    hostel: str
    arrival: date
    departure: date
    gender: str
    cancels: bool
    does_not_come: bool
    leaves: date

    @property
    def nights(self) -> int:
        return (self.departure - self.arrival).days


def wishes(seed: int = 1, load: float = 1.0) -> list[Wish]:
    """The wishes of one season in the order in which they are made."""
    made = enumerate(_season(random.Random(seed), load))
    return [wish for _number, wish in sorted(made, key=lambda pair: (pair[1].made_at, pair[0]))]


def _season(chance: random.Random, load: float) -> Iterator[Wish]:
    mean = sum(nights * weight for nights, weight in NIGHTS.items()) / sum(NIGHTS.values())
    for day in range(DAYS):
        for slug, beds in BEDS.items():
            rate = load * beds / mean
            for _one in range(sum(chance.random() < rate / 200 for _each in range(200))):
                yield _wish(chance, slug, FIRST_DAY + timedelta(days=day), _pick(chance, NIGHTS))


def _wish(chance, slug, arrival, nights):
    gender = _somebody(chance)
    days_before = _pick(chance, LEAD)
    made_at = datetime.combine(
        arrival - timedelta(days=days_before), time(chance.randint(8, 20), chance.randint(0, 59))
    )
    fate = chance.random()
    _pick(chance, BEDS)  # which house it would be if it were not this one
    leaves_after = chance.randint(1, nights - 1) if nights > 1 and 0.12 <= fate < 0.27 else nights
    return Wish(
        made_at=made_at,
        hostel=slug,
        arrival=arrival,
        departure=arrival + timedelta(days=nights),
        gender=gender,
        cancels=fate < 0.08,
        does_not_come=0.08 <= fate < 0.12,
        leaves=arrival + timedelta(days=leaves_after),
    )


def _somebody(chance):
    """The gender of a person. The rest is thrown away, but drawn, so that the wishes are those of the sample trace."""
    chance.choice(range(SCHOOLS))
    _pick(chance, AGES)
    chance.randint(-40, 11)
    gender = chance.choice(["female", "male"])
    chance.randint(0, 364)
    _pick(chance, EDUCATION)
    chance.random()
    _pick(chance, PURPOSE)
    return gender


def _pick(chance, weighted):
    return chance.choices(list(weighted), list(weighted.values()))[0]
