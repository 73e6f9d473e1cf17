"""`bookings.arranging`: no wish is refused for which there is a bed, and no promise is broken to find it."""

from datetime import date, timedelta
from itertools import product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.arranging import ANY, FEMALE, FLEXIBLE, MALE, Full, Lodger, Place, arrange

MONDAY = date(2026, 6, 1)
DAYS = [MONDAY + timedelta(days) for days in range(8)]
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = DAYS[1:5]


def nights(lodger):
    return {lodger.arrival + timedelta(days) for days in range((lodger.departure - lodger.arrival).days)}


def sharing(lodger, place):
    return lodger.alone or (f"only {lodger.key}" if place.guests == ANY else lodger.gender)


def suits(lodger, place):
    return place.guests in (ANY, FLEXIBLE, lodger.gender) and lodger.needs <= place.features


def can_stay(lodger, place, places, fixed):
    """Whether ``lodger`` and those who can't be moved can live with one another, with the lodger in ``place``."""
    rooms = {other.bed: other.room for other in places}
    return (
        suits(lodger, place)
        and not nights(lodger) & place.closed
        and not any(nights(lodger) & kept for batch, kept in place.kept.items() if batch != lodger.batch)
        and (not lodger.batch or nights(lodger) <= place.kept.get(lodger.batch, set()))
        and not any(
            night in nights(lodger)
            and (bed == place.bed or (rooms[bed] == place.room and by != sharing(lodger, place)))
            for (bed, night), by in fixed.items()
        )
    )


def apart(places, lodgers, rooms_of):
    """The codes of friends who are not in one room today."""
    rooms = {place.bed: place.room for place in places}
    where = {code: {room} for code, room in rooms_of.items()}
    for lodger in lodgers:
        if lodger.together:
            where.setdefault(lodger.together, set()).add(rooms[lodger.bed])
    return {code for code, there in where.items() if len(there) > 1}


def broken(places, people, beds, fixed, rooms_of, split):
    """What is wrong with ``people`` being in ``beds``, both in the same order; None if nothing is."""
    by_number = {place.bed: place for place in places}
    where = [by_number[bed] for bed in beds]
    for one, place in zip(people, where, strict=True):
        if not can_stay(one, place, places, fixed):
            return f"{one} can't have {place}"
        if one.together in rooms_of and one.together not in split and rooms_of[one.together] != place.room:
            return f"{one} is not where the friends are"
    for number, (one, here) in enumerate(zip(people, where, strict=True)):
        for other, there in list(zip(people, where, strict=True))[:number]:
            if here.room == there.room and nights(one) & nights(other):
                if here.bed == there.bed or sharing(one, here) != sharing(other, there):
                    return f"{one} and {other} are in each other's way"
            if one.together and one.together == other.together and one.together not in split:
                if here.room != there.room:
                    return f"{one} and {other} are apart"
    return None


def possible(places, lodgers, fixed, wishes, rooms_of):
    """The plain way: whether one of all the ways to give everybody a bed keeps every promise."""
    by_number, fixed, movable = {place.bed: place for place in places}, dict(fixed), []
    split = apart(places, lodgers, rooms_of)
    rooms_of = dict(rooms_of)
    for lodger in lodgers:
        place = by_number[lodger.bed]
        if can_stay(lodger, place, places, fixed):
            movable.append(lodger)
        else:
            if lodger.together:
                rooms_of[lodger.together] = place.room
            for night in nights(lodger):
                fixed[place.bed, night] = sharing(lodger, place)
    people = [*movable, *wishes]
    choices = [[place.bed for place in places if not place.on_call or one.bed == place.bed] for one in movable]
    choices += [[place.bed for place in places if wish.bed in (None, place.bed)] for wish in wishes]
    return any(not broken(places, people, beds, fixed, rooms_of, split) for beds in product(*choices))


def some_house(seed, most_rooms=3, most_lodgers=4, most_wishes=2):
    """A small house, some of its guests in house, some still to come, and a few wishes."""
    places, chance = [], Random(seed)

    def one_of(*choices):
        return chance.choice(choices)

    for room in range(chance.randint(1, most_rooms)):
        group = {"school": frozenset(DAYS[1:5])} if chance.random() < 0.1 else {}
        guests, on_call = one_of(FEMALE, MALE, ANY, FLEXIBLE, FLEXIBLE, FLEXIBLE), chance.random() < 0.15
        for _bed in range(one_of(1, 2, 2)):
            features = frozenset(need for need in ("lower_bunk", "quiet") if chance.random() < 0.4)
            closed = frozenset(day for day in DAYS if chance.random() < 0.04)
            places.append(Place(10 + len(places), 100 + room, guests, features, on_call, closed, group))

    def somebody(key, bed=None):
        arrival = chance.randint(0, 5)
        departure = chance.randint(arrival + 1, min(7, arrival + 4))
        return Lodger(
            key,
            DAYS[arrival],
            DAYS[departure],
            one_of(FEMALE, MALE),
            alone=one_of("", "", "", "", "family", "couple"),
            needs=frozenset(need for need in ("lower_bunk", "quiet") if chance.random() < 0.15),
            together=one_of("", "", "", "friends"),
            bed=bed,
            told=chance.random() < 0.3,
            batch=one_of(*[""] * 9, "school"),
        )

    fixed, lodgers = {}, []
    for key in range(chance.randint(0, 2 * most_lodgers)):
        place = chance.choice(places)
        guest = somebody(key, place.bed)
        in_house = chance.random() < 0.3
        if can_stay(guest, place, places, fixed):
            if broken(places, [*lodgers, guest], [*(one.bed for one in lodgers), guest.bed], fixed, {}, {"friends"}):
                continue
            if not in_house and len(lodgers) < most_lodgers:
                lodgers.append(guest)
            elif not any(other.bed == guest.bed and nights(other) & nights(guest) for other in lodgers):
                fixed |= {(place.bed, night): sharing(guest, place) for night in nights(guest)}
    wishes = [somebody(1000 + number) for number in range(chance.randint(1, most_wishes))]
    rooms_of = {"friends": chance.choice(places).room} if chance.random() < 0.2 else {}
    return places, lodgers, fixed, wishes, rooms_of


def check(places, lodgers, fixed, wishes, rooms_of, answer):
    """That ``answer`` breaks no promise, says what it moves, and moves nobody in vain."""
    split = apart(places, lodgers, rooms_of)
    assert set(answer.beds) == {*answer.moved, *(wish.key for wish in wishes)}
    assert all(answer.beds[one.key] != one.bed for one in lodgers if one.key in answer.beds)
    had_broken = [
        one for one in lodgers if not can_stay(one, next(p for p in places if p.bed == one.bed), places, fixed)
    ]
    assert not {one.key for one in had_broken} & set(answer.beds)
    stay = {
        (one.bed, night): sharing(one, next(p for p in places if p.bed == one.bed))
        for one in had_broken
        for night in nights(one)
    }
    people = [*(one for one in lodgers if one not in had_broken), *wishes]
    beds = [answer.beds.get(one.key, one.bed) for one in people]
    assert broken(places, people, beds, {**fixed, **stay}, rooms_of, split) is None


@given(st.integers(0, 10**9).map(some_house))
@settings(max_examples=300, deadline=None)
def test_a_wish_is_refused_exactly_when_no_way_of_all_gives_everybody_a_bed(house):
    answer = arrange(*house[:4], rooms_of=house[4])

    if isinstance(answer, Full):
        assert answer.proven
        assert not possible(*house)
    else:
        assert possible(*house)
        check(*house, answer)
