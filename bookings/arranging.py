"""Who sleeps in which bed of a house: room for a new stay is made by moving stays whose guests have not come yet.

Knows nights, beds and guests, but no rows: `bookings/house_plan.py` reads a house into it and writes its moves back.
Nights are bits of one integer, and so are lodgers: "who is in this bed on any of these nights" is one AND.

A bed is looked for in three ways, the cheap one first. *Counting:* on one night there are more women, men or needs
than beds for them; then the house is full and nothing need be tried. *Moves:* a lodger takes a bed, those in the way
look for another, and so on; with few moves first, so that few guests are moved. *Sweep:* all lodgers are placed anew
in the order of their arrival; two houses that look alike from a night on have the same future, which is tried once.
The sweep is complete: what it does not find is not there. Moves and sweep stop at a limit of steps, so that `arrange`
always ends; an answer that the limit cut short says so.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

FEMALE, MALE, ANY, FLEXIBLE = "female", "male", "any", "flexible"
ALONE = "-"  # with whom somebody shares who has a room for one alone
FAR = 9  # nights: that a bed is free for longer before or after a stay makes no difference


@dataclass(frozen=True)
class Place:
    """A bed: its room, who may sleep there (female, male, any: one guest or party alone, flexible), what it has.

    ``features`` are those of the bed and of its room. A bed ``on_call`` is given only to a new wish, and only where
    there is no other. On the nights in ``closed`` nobody can have the bed; on those in ``kept``, by a batch's code,
    only the guests of that batch.
    """

    bed: int
    room: int
    guests: str
    features: frozenset[str] = frozenset()
    on_call: bool = False
    closed: frozenset[date] = frozenset()
    kept: Mapping[str, Collection[date]] = field(default_factory=dict)


@dataclass(frozen=True)
class Lodger:
    """Somebody whose ``bed`` can still be changed; or a wish, whose ``bed`` is the only one that will do (None: any).

    ``alone``: a code; who carries it has the room with nobody else. ``needs``: features the bed must have.
    ``together``: a code; who carries it wants the same room. ``told``: knows the number of the bed. ``batch``: the code
    of the batch whose beds are theirs, and no others.
    """

    key: int
    arrival: date
    departure: date
    gender: str
    alone: str = ""
    needs: frozenset[str] = frozenset()
    together: str = ""
    bed: int | None = None
    told: bool = False
    batch: str = ""


@dataclass(frozen=True)
class Arrangement:
    """A bed for every wish and for whoever is moved: ``beds`` by key. ``moved`` are those who had another."""

    beds: dict[int, int]
    moved: tuple[int, ...] = ()


@dataclass(frozen=True)
class Full:
    """No arrangement was found. ``proven``: there is none; else the limit of steps was reached."""

    proven: bool


@dataclass(frozen=True)
class Limit:
    """How much is tried: ``moves`` of one chain; beds looked at in all ``chains`` together, and in the ``sweep``."""

    moves: int = 5
    chains: int = 6_000
    sweep: int = 100_000


LIMIT = Limit()


def arrange(
    places: Sequence[Place],
    lodgers: Iterable[Lodger],
    fixed: Mapping[tuple[int, date], str],
    wishes: Sequence[Lodger],
    rooms_of: Mapping[str, int] | None = None,
    limit: Limit = LIMIT,
) -> Arrangement | Full:
    """Find a bed for every one of ``wishes``, or for none, moving ``lodgers`` as little as possible.

    ``fixed`` says which beds are taken on which night by somebody who can't be moved, and with whom they share the
    room: "female", "male", or the code of the stay or party that has it alone. ``rooms_of`` names the room of those
    codes of `Lodger.together` of which somebody is in house already. A lodger whose bed breaks a rule today (it was
    closed since, say) stays where they are; friends who are not in one room today may stay so.

    Nobody is moved where a free bed will do. A bed on call is given, and after that those who were told a bed number
    are moved, only where nothing else helps.
    """
    lodgers, wishes = list(lodgers), list(wishes)

    def house(on_call, disturb):
        return _House(places, lodgers, fixed, wishes, rooms_of or {}, on_call=on_call, disturb=disturb)

    levels = [(False, False)]
    if any(place.on_call for place in places):
        levels.append((True, False))
    if any(lodger.told for lodger in lodgers):
        levels.append((levels[-1][0], True))
    proven = True
    for number, level in enumerate(levels):
        here = house(*level)
        try:
            if here.by_moving(0, limit):
                return here.arrangement()
            if number == 0 and house(*levels[-1]).short():
                return Full(proven=True)
            if here.by_moving(limit.moves, limit) or _Sweep(here).find(limit.sweep):
                return here.arrangement()
            proven = True  # each level allows all that those before it did
        except _LimitReached:
            proven = False
    return Full(proven)


class _LimitReached(Exception):
    pass


@dataclass
class _Room:
    guests: str
    beds: list[int] = field(default_factory=list)
    fixed: dict[str, int] = field(default_factory=dict)  # by sharing the nights of those who can't be moved
    taken: int = 0  # all of these nights


class _House:
    """A house and everybody in it. Beds, rooms, lodgers and nights are numbered from 0; a set of them is an int.

    With ``on_call`` wishes may have beds on call; with ``disturb`` those who were told a bed number may be moved.
    """

    def __init__(self, places, lodgers, fixed, wishes, rooms_of, *, on_call, disturb):
        everybody = [*lodgers, *wishes]
        self.places, self.on_call, self.disturb = places, on_call, disturb
        self.first = min((one.arrival for one in everybody), default=date.min).toordinal()
        self.horizon = max((one.departure for one in everybody), default=date.min).toordinal() - self.first
        self.rooms: list[_Room] = []
        self.room_of: list[int] = []  # by bed
        self.barred: list[int] = []  # by bed: the nights on which nobody can be moved into it
        self.kept: list[dict[str, int]] = []  # by bed: the nights on which it is a batch's
        self._place_beds(places)
        for (bed, night), sharing in fixed.items():
            if bed in self.bed_number:
                self._fix(self.bed_number[bed], self._mask((night,)), sharing)
        self.people: list[Lodger] = []
        self.nights: list[int] = []  # by lodger
        self.bed_of: list[int | None] = []  # by lodger
        self.in_bed = [0] * len(places)  # lodgers
        self.in_room = [0] * len(self.rooms)  # lodgers
        self.placed = self.told = self.women = self.men = 0  # lodgers; whoever has a room alone is neither of the two
        self.present = [0] * self.horizon  # lodgers by night
        self.mates: dict[str, int] = defaultdict(int)  # lodgers by what they share a room by: a gender or a code
        self.friends: dict[str, int] = defaultdict(int)  # lodgers by the code of those who want one room
        self.of_batch: dict[str, int] = defaultdict(int)  # lodgers by batch
        self._free_on: dict[tuple[int, str], list[tuple[int, str, list[int]]]] = {}
        self._overlap: dict[int, int] = {}
        self._domain: dict[int, list[int]] = {}
        self._suited: dict[tuple, list[int]] = {}
        self.room_wanted = self._rooms_wanted(lodgers, rooms_of)
        for lodger in lodgers:
            self._move_in(lodger)
        self.had = list(self.bed_of)
        for wish in wishes:
            self._enter(wish, self._span(wish))
        self.wishes = range(len(self.had), len(self.people))

    def _place_beds(self, places):
        self.bed_number = {place.bed: number for number, place in enumerate(places)}
        self.room_number: dict[int, int] = {}
        for number, place in enumerate(places):
            room = self.room_number.setdefault(place.room, len(self.rooms))
            if room == len(self.rooms):
                self.rooms.append(_Room(place.guests))
            self.rooms[room].beds.append(number)
            self.room_of.append(room)
            self.barred.append(self._mask(place.closed))
            self.kept.append({batch: self._mask(nights) for batch, nights in place.kept.items()})

    def _mask(self, nights):
        mask = 0
        for night in nights:
            if 0 <= (number := night.toordinal() - self.first) < self.horizon:
                mask |= 1 << number
        return mask

    def _span(self, lodger):
        return (1 << lodger.departure.toordinal() - self.first) - (1 << lodger.arrival.toordinal() - self.first)

    def _fix(self, bed, nights, sharing):
        room = self.rooms[self.room_of[bed]]
        room.fixed[sharing] = room.fixed.get(sharing, 0) | nights
        room.taken |= nights
        self.barred[bed] |= nights

    def _rooms_wanted(self, lodgers, rooms_of):
        """By the code of friends the rooms that some of them are in and can't leave, or None where they are apart."""
        settled = {code: {self.room_number[room]} for code, room in rooms_of.items() if room in self.room_number}
        rooms = {code: set(room) for code, room in settled.items()}
        for lodger in lodgers:
            if lodger.together and lodger.bed in self.bed_number:
                bed = self.bed_number[lodger.bed]
                rooms.setdefault(lodger.together, set()).add(self.room_of[bed])
                if not self._movable(lodger, bed):
                    settled.setdefault(lodger.together, set()).add(self.room_of[bed])
        return {code: settled.get(code, set()) if len(there) == 1 else None for code, there in rooms.items()}

    def _movable(self, lodger, bed):
        return (self.disturb or not lodger.told) and bed in self._suitable(lodger) and self._open(lodger, bed)

    def _move_in(self, lodger):
        """Put ``lodger`` in the bed they have: for good where they can't be moved. A bed of another house is no bed."""
        bed = self.bed_number.get(lodger.bed)
        if bed is None:
            return
        nights = self._span(lodger)
        if self._movable(lodger, bed):
            self._enter(lodger, nights)
            self._put(len(self.people) - 1, bed)
        else:
            self._fix(bed, nights, self._sharing(lodger, self.room_of[bed]))

    def _enter(self, lodger, nights):
        bit = 1 << len(self.people)
        self.people.append(lodger)
        self.nights.append(nights)
        self.bed_of.append(None)
        self.mates[lodger.alone or lodger.gender] |= bit
        if lodger.together and self.room_wanted.get(lodger.together, ()) is not None:
            self.friends[lodger.together] |= bit
        self.of_batch[lodger.batch] |= bit
        self.told |= bit * lodger.told
        if not lodger.alone:
            self.women |= bit * (lodger.gender == FEMALE)
            self.men |= bit * (lodger.gender == MALE)
        for night in _bits(nights):
            self.present[night] |= bit

    def _sharing(self, lodger, room):
        return lodger.alone or (f"lodger {lodger.key}" if self.rooms[room].guests == ANY else lodger.gender)

    def _suitable(self, lodger):
        """The beds that ``lodger`` could have if nobody else were there."""
        kind = (lodger.gender, lodger.needs)
        if kind not in self._suited:
            self._suited[kind] = [
                number
                for number, place in enumerate(self.places)
                if place.guests in (ANY, FLEXIBLE, lodger.gender) and lodger.needs <= place.features
            ]
        return self._suited[kind]

    def _open(self, lodger, bed):
        """Whether nobody who can't be moved keeps ``lodger`` out of ``bed``."""
        room = self.rooms[self.room_of[bed]]
        foreign = room.taken & ~room.fixed.get(self._sharing(lodger, self.room_of[bed]), 0)
        span, kept = self._span(lodger), self.kept[bed]
        if kept or lodger.batch:
            if span & ~kept.get(lodger.batch, 0 if lodger.batch else -1):
                return False
            for batch, nights in kept.items():
                foreign |= nights if batch != lodger.batch else 0
        return not span & (self.barred[bed] | foreign)

    def domain(self, one):
        """The beds that lodger ``one`` can have, as far as those go who can't be moved."""
        if one not in self._domain:
            lodger, is_wish = self.people[one], one in self.wishes
            wanted = self.room_wanted.get(lodger.together) if lodger.together else None
            self._domain[one] = [
                bed
                for bed in self._suitable(lodger)
                if self._open(lodger, bed)
                and (not self.places[bed].on_call or (self.on_call if is_wish else bed == self.had[one]))
                and (not wanted or self.room_of[bed] in wanted)
                and (not is_wish or lodger.bed in (None, self.places[bed].bed))
            ]
        return self._domain[one]

    def overlap(self, one):
        """Who is here on some night of ``one``."""
        if one not in self._overlap:
            found = 0
            for night in _bits(self.nights[one]):
                found |= self.present[night]
            self._overlap[one] = found & ~(1 << one)
        return self._overlap[one]

    def in_the_way(self, one, bed):
        """Who would have to leave their bed if ``one`` had ``bed``."""
        lodger, room = self.people[one], self.room_of[bed]
        by = lodger.alone or ("" if self.rooms[room].guests == ANY else lodger.gender)
        strangers = self.in_room[room] & ~self.mates[by] if by else self.in_room[room]
        way = self.overlap(one) & (self.in_bed[bed] | strangers)
        if lodger.together:
            friends = self.friends[lodger.together] & ~(1 << one)
            way |= friends & self.placed & ~self.in_room[room]
        return way

    def _put(self, one, bed):
        bit = 1 << one
        self.bed_of[one] = bed
        self.in_bed[bed] |= bit
        self.in_room[self.room_of[bed]] |= bit
        self.placed |= bit

    def _take_out(self, one):
        bit, bed = 1 << one, self.bed_of[one]
        self.bed_of[one] = None
        self.in_bed[bed] ^= bit
        self.in_room[self.room_of[bed]] ^= bit
        self.placed ^= bit
        return bed

    def arrangement(self):
        """What was found, in the words of `arrange`."""
        changed = [one for one, bed in enumerate(self.bed_of) if one in self.wishes or bed != self.had[one]]
        return Arrangement(
            {self.people[one].key: self.places[self.bed_of[one]].bed for one in changed},
            tuple(self.people[one].key for one in changed if one not in self.wishes),
        )

    # Moves

    def by_moving(self, most, limit):
        """Give every wish a bed by moving at most ``most`` lodgers, rather fewer; return whether it could be done.

        That the limit is reached is no error here: what was not tried is left to the sweep.
        """
        self.looks = limit.chains
        waiting = sum(1 << wish for wish in self.wishes)
        try:
            return any(self._place(waiting, 0, moves) for moves in range(most + 1))
        except _LimitReached:
            self._settle(dict(enumerate(self.had)))
            return False

    def take_over(self, beds):
        """Put everybody in the bed that ``beds`` gives them; but who can keep the bed they had keeps it."""
        self._settle(beds)
        moved = [one for one, bed in beds.items() if one not in self.wishes and bed != self.had[one]]
        while stayed := [one for one in moved if not self.in_the_way(one, self.had[one])]:
            self._settle({stayed[0]: self.had[stayed[0]]})
            moved.remove(stayed[0])

    def _settle(self, beds):
        for one in beds:
            if self.bed_of[one] is not None:
                self._take_out(one)
        for one, bed in beds.items():
            self._put(one, bed)

    def _place(self, waiting, placed, moves):
        """Give a bed to everybody in ``waiting``, and to those, at most ``moves``, who leave theirs for it; or undo it.

        Those in ``placed`` keep theirs.
        """
        if not waiting:
            return True
        best = None
        for one in _bits(waiting):
            ways = self._ways(one, placed, moves)
            if best is None or len(ways) < len(best):
                best, chosen = ways, one
            if not ways:
                return False
        for leaving, _worth, bed, way in sorted(best):
            left = [(other, self._take_out(other)) for other in _bits(way)]
            self._put(chosen, bed)
            if self._place(waiting & ~(1 << chosen) | way, placed | 1 << chosen, moves - leaving):
                return True
            self._take_out(chosen)
            for other, had in left:
                self._put(other, had)
        return False

    def _ways(self, one, placed, moves):
        """The beds of ``one`` for which at most ``moves`` others leave theirs; who was told a number counts twice."""
        self.looks -= len(self.domain(one))
        if self.looks < 0:
            raise _LimitReached
        ways = []
        for bed in self.domain(one):
            way = self.in_the_way(one, bed)
            if not way & placed and (leaving := way.bit_count() + (way & self.told).bit_count()) <= moves:
                ways.append((leaving, self._worth(one, bed), bed, way))
        return ways

    def _worth(self, one, bed):
        """How well ``bed`` suits ``one``, the less the better: what is left should be of use to others."""
        lodger, nights, place, room = self.people[one], self.nights[one], self.places[bed], self.room_of[bed]
        if lodger.alone:
            rank = len(self.rooms[room].beds)
        elif place.guests == lodger.gender:
            rank = 0
        elif place.guests == ANY:
            rank = 2
        else:
            rank = 1 if self.overlap(one) & self.in_room[room] or self.rooms[room].taken & nights else 3
        taken = self.barred[bed]
        for other in _bits(self.in_bed[bed]):
            taken |= self.nights[other]
        arrival, departure = _first(nights), nights.bit_length()
        before = arrival - (taken & ((1 << arrival) - 1)).bit_length()
        after = _first(taken >> departure) if taken >> departure else FAR
        return place.on_call, rank, min(before, FAR) + min(after, FAR)

    # Counting

    def short(self):
        """Whether on one night of the wishes there are too few beds for all who are here, wherever they sleep."""
        nights = 0
        for wish in self.wishes:
            nights |= self.nights[wish]
        kinds = {(batch, needs) for batch, own in self._kinds() for needs in (frozenset(), own)}
        return any(self._short_on(night, batch, needs) for night in _bits(nights) for batch, needs in kinds)

    def _kinds(self):
        return ((self.people[wish].batch, self.people[wish].needs) for wish in self.wishes)

    def _short_on(self, night, batch, needs):
        """Whether there are too few beds on ``night`` for those of ``batch`` who need these things, or more."""
        seats = [
            (sharing, sum(needs <= self.places[bed].features for bed in beds))
            for _room, sharing, beds in self.free_on(night, batch)
        ]
        here = self.of_batch[batch] & self.present[night]
        return self.too_few(seats, sum(1 << one for one in _bits(here) if needs <= self.people[one].needs))

    def free_on(self, night, batch):
        """The rooms as those leave them who can't be moved: who may share each, and the beds left to ``batch``, or to
        everybody where that is empty."""
        if (night, batch) not in self._free_on:
            self._free_on[night, batch] = [
                (number, next((by for by, nights in room.fixed.items() if nights >> night & 1), room.guests), beds)
                for number, room in enumerate(self.rooms)
                if (beds := [bed for bed in room.beds if self._is_left(bed, night, batch)])
            ]
        return self._free_on[night, batch]

    def _is_left(self, bed, night, batch):
        if self.barred[bed] >> night & 1:
            return False
        return [batch] == ([code for code, nights in self.kept[bed].items() if nights >> night & 1] or [""])

    def too_few(self, seats, here):
        """Whether ``seats``, pairs of who may share a room and how many beds are free in it, are too few for ``here``.

        It counts women, men and all; that a party needs a whole room is left out. So False proves nothing.
        """
        women, men, guests = (here & self.women).bit_count(), (here & self.men).bit_count(), here.bit_count()
        parties = guests > women + men
        anyones = total = flexible = 0
        sums = 1  # a bit for each number of seats that some of the flexible rooms add up to
        for sharing, free in seats:
            total += free
            if sharing == FEMALE:
                women -= free
            elif sharing == MALE:
                men -= free
            elif sharing == FLEXIBLE:
                flexible += free
                sums |= sums << free
            elif sharing == ANY:
                anyones += free if parties else min(1, free)
        if guests > total or women + men > anyones + flexible:
            return True
        return anyones < min(
            max(0, women - for_women) + max(0, men - flexible + for_women) for for_women in _bits(sums)
        )


class _Sweep:
    """Place everybody anew who can be reached from the wishes, in the order of their arrival."""

    def __init__(self, house):
        self.house = house
        self.order = sorted(_bits(self._reached()), key=lambda one: (_first(house.nights[one]), -house.nights[one]))
        self.until = [0] * len(house.places)  # by bed: the day its last guest leaves
        self.room_until = [0] * len(house.rooms)
        self.room_by = [""] * len(house.rooms)  # with whom those in it until then share
        self.bed_of: dict[int, int] = {}
        self.dead: set[tuple] = set()  # states of the house from which nobody found a way
        self._alike: dict[int, tuple[list[int], list[int]]] = {}
        # Beds that are not like any other, because somebody can have this one only.
        self.special = {number for number, place in enumerate(house.places) if place.on_call}
        self.special |= {house.bed_number.get(house.people[wish].bed) for wish in house.wishes}
        for rooms in house.room_wanted.values():
            self.special |= {bed for room in rooms or () for bed in house.rooms[room].beds}

    def _reached(self):
        """Who shares a night with a wish, with somebody who does, and so on; friends are not left behind."""
        house = self.house
        reached, grown = 0, sum(1 << wish for wish in house.wishes)
        while grown != reached:
            reached = grown
            for one in _bits(reached):
                grown |= house.overlap(one)
                if house.people[one].together:
                    grown |= house.friends[house.people[one].together]
        return reached

    def find(self, looks):
        """Whether everybody found a bed; then the house knows it. Raises _LimitReached after so many looks at a bed."""
        tries = [self._tries(0)]
        while tries:
            if next(tries[-1], None) is None:
                tries.pop()
            elif len(tries) == len(self.order):
                self.house.take_over(self.bed_of)
                return True
            else:
                looks -= len(self.until)
                if looks < 0:
                    raise _LimitReached
                tries.append(self._tries(len(tries)))
        return False

    def _tries(self, number):
        """Put the lodger at ``number`` of the order into one bed after another, each time until asked again."""
        house, one = self.house, self.order[number]
        day, leaves = _first(house.nights[one]), house.nights[one].bit_length()
        rooms_alike, beds_alike = self._likeness(day)
        looks = [
            (
                rooms_alike[room],
                self.room_by[room] if self.room_until[room] > day else "",
                tuple(sorted((beds_alike[bed], max(day, self.until[bed])) for bed in house.rooms[room].beds)),
                *self._expected(room),
            )
            for room in range(len(house.rooms))
        ]
        state = (number, tuple(sorted(looks)))
        if state in self.dead:
            return
        is_new_day = not number or _first(house.nights[self.order[number - 1]]) < day
        if not (is_new_day and self._hopeless(number, day)):
            seen = set()
            for bed in self._choices(one, day, leaves):
                room = house.room_of[bed]
                if (look := (looks[room], beds_alike[bed])) in seen:
                    continue
                seen.add(look)
                before = self.until[bed], self.room_until[room], self.room_by[room]
                self.until[bed], self.room_by[room] = leaves, self._sharing(one, room)
                self.room_until[room] = max(leaves, self.room_until[room])
                self.bed_of[one] = bed
                yield True
                self.until[bed], self.room_until[room], self.room_by[room] = before
                del self.bed_of[one]
        self.dead.add(state)

    def _sharing(self, one, room):
        lodger = self.house.people[one]
        return lodger.alone or (ALONE if self.house.rooms[room].guests == ANY else lodger.gender)

    def _choices(self, one, day, leaves):
        """The beds free for ``one`` from ``day`` on, the bed they have today first."""
        house, lodger = self.house, self.house.people[one]
        had = house.had[one] if one < len(house.had) else None
        friends = {
            house.room_of[self.bed_of[friend]]
            for friend in _bits(house.friends[lodger.together] if lodger.together else 0)
            if friend in self.bed_of
        }
        choices = []
        for bed in house.domain(one):
            room = house.room_of[bed]
            is_open = self.room_until[room] > day
            by = self._sharing(one, room)
            if self.until[bed] > day or (is_open and (by == ALONE or by != self.room_by[room])) or friends - {room}:
                continue
            guests = house.rooms[room].guests
            rank = 0 if guests == lodger.gender else 2 if guests == ANY else 1 if is_open else 3
            choices.append((bed != had, rank, abs(self.room_until[room] - leaves), bed))
        return [bed for *_worth, bed in sorted(choices)]

    def _expected(self, room):
        """The codes of friends of whom one is in ``room`` and another is still to come."""
        house = self.house
        for code, friends in house.friends.items():
            here = {house.room_of[self.bed_of[one]] for one in _bits(friends) if one in self.bed_of}
            if room in here and any(one not in self.bed_of for one in _bits(friends)):
                yield code

    def _likeness(self, day):
        """For each room and each bed a number: if nobody is there, those with the same are alike from ``day`` on."""
        if day not in self._alike:
            house, kinds = self.house, {}
            beds = [
                kinds.setdefault(
                    (
                        place.features,
                        house.barred[bed] >> day,
                        tuple(sorted(house.kept[bed].items())),
                        bed if bed in self.special else -1,
                    ),
                    len(kinds),
                )
                for bed, place in enumerate(house.places)
            ]
            rooms = [
                kinds.setdefault(
                    (
                        room.guests,
                        tuple(sorted(beds[bed] for bed in room.beds)),
                        tuple(sorted((by, nights >> day) for by, nights in room.fixed.items() if nights >> day)),
                    ),
                    len(kinds),
                )
                for room in house.rooms
            ]
            self._alike[day] = rooms, beds
        return self._alike[day]

    def _hopeless(self, number, day):
        """Whether on some night there are too few beds for those from ``number`` on, as the others lie."""
        house = self.house
        to_come = sum(1 << one for one in self.order[number:]) & house.of_batch[""]
        for night in range(day, max(self.room_until)):
            seats = [
                (self.room_by[room] if self.room_until[room] > night else sharing, free)
                for room, sharing, beds in house.free_on(night, "")
                if (free := sum(self.until[bed] <= night for bed in beds))
            ]
            if house.too_few(seats, house.present[night] & to_come):
                return True
        return False


def _bits(mask: int) -> Iterator[int]:
    """The numbers of the bits in ``mask``."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _first(mask: int) -> int:
    """The number of the lowest bit in ``mask``."""
    return (mask & -mask).bit_length() - 1
