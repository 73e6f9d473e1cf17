"""`bookings.arranging`: no wish is refused for which there is a bed, and no promise is broken to find it."""

from datetime import date, timedelta
from itertools import product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.arranging import ANY, FEMALE, FLEXIBLE, MALE, Arrangement, Full, Limit, Lodger, Place, arrange

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
@settings(max_examples=200, deadline=None)
def test_a_wish_is_refused_exactly_when_no_way_of_all_gives_everybody_a_bed(house):
    answer = arrange(*house[:4], rooms_of=house[4])

    if isinstance(answer, Full):
        assert answer.proven
        assert not possible(*house)
    else:
        assert possible(*house)
        check(*house, answer)


# --- what is preferred ------------------------------------------------------------------------------------------------
def guest(key, arrival, departure, gender=FEMALE, bed=None, **said):
    return Lodger(key, DAYS[arrival], DAYS[departure], gender, bed=bed, **said)


def room(number, guests, *beds, **said):
    return [Place(bed, number, guests, **said) for bed in beds]


def test_nobody_is_moved_where_a_free_bed_will_do():
    places = [*room(1, FEMALE, 11, 12)]
    answer = arrange(places, [guest(1, 0, 2, bed=11)], {}, [guest(9, 1, 3)])
    assert answer == Arrangement({9: 12})


def test_the_own_rooms_are_filled_first_then_an_open_one_and_an_empty_one_last():
    places = [*room(1, FLEXIBLE, 11, 12), *room(2, FLEXIBLE, 21, 22), *room(3, FEMALE, 31)]
    woman = guest(1, 0, 2, bed=21)
    assert arrange(places, [woman], {}, [guest(9, 0, 2)]).beds == {9: 31}
    assert arrange(places, [woman, guest(2, 0, 2, bed=31)], {}, [guest(9, 0, 2)]).beds == {9: 22}
    assert arrange(places, [woman], {}, [guest(9, 0, 2, MALE)]).beds == {9: 11}


def test_a_bed_is_taken_in_which_the_fewest_nights_are_left_over():
    places = room(1, FEMALE, 11, 12)
    before_and_after = [guest(1, 0, 2, bed=12), guest(2, 4, 6, bed=12)]
    assert arrange(places, before_and_after, {}, [guest(9, 2, 4)]).beds == {9: 12}


def test_as_few_as_possible_are_moved():
    places = room(1, FEMALE, 11, 12, 13)
    lodgers = [guest(1, 0, 1, bed=11), guest(2, 1, 2, bed=12), guest(3, 2, 3, bed=13), guest(4, 0, 1, bed=12)]
    answer = arrange(places, lodgers, {}, [guest(9, 0, 3)])
    assert len(answer.moved) == 1


def test_a_bed_on_call_comes_after_moving_and_before_moving_who_was_told():
    places = [*room(1, FEMALE, 11, 12), *room(2, FEMALE, 21, on_call=True)]
    lodgers = [guest(1, 0, 1, bed=11), guest(2, 1, 2, bed=12)]
    told = [guest(1, 0, 1, bed=11, told=True), guest(2, 1, 2, bed=12, told=True)]
    assert arrange(places, lodgers, {}, [guest(9, 0, 2)]).moved
    assert arrange(places, told, {}, [guest(9, 0, 2)]) == Arrangement({9: 21})
    assert len(arrange(places[:2], told, {}, [guest(9, 0, 2)]).moved) == 1


def test_nobody_is_moved_into_a_bed_on_call():
    places = [*room(1, FEMALE, 11, features=frozenset({"quiet"})), *room(2, FEMALE, 21, on_call=True)]
    wish = guest(9, 0, 2, needs=frozenset({"quiet"}))
    assert arrange(places, [guest(1, 0, 2, bed=11)], {}, [wish]) == Full(proven=True)


def test_friends_get_one_room_and_all_of_them_or_none():
    places = [*room(1, FEMALE, 11, 12), *room(2, FEMALE, 21, 22)]
    lodgers = [guest(1, 0, 2, bed=11), guest(2, 0, 2, bed=21)]
    two = [guest(8, 0, 2, together="us"), guest(9, 0, 2, together="us")]
    answer = arrange(places, lodgers, {}, two)
    assert {answer.beds[8], answer.beds[9]} in ({11, 12}, {21, 22})
    assert len(answer.moved) == 1
    assert arrange(places, [*lodgers, guest(3, 1, 2, bed=12)], {}, two) == Full(proven=True)


def test_friends_of_somebody_in_house_stay_in_that_room():
    places = [*room(1, FEMALE, 11, 12), *room(2, FEMALE, 21, 22)]
    friend, in_house = guest(1, 1, 3, bed=12, together="us"), {(11, DAYS[0]): FEMALE, (11, DAYS[1]): FEMALE}
    wish = guest(9, 0, 3, bed=12)
    assert arrange(places, [friend], in_house, [wish], rooms_of={"us": 1}) == Full(proven=True)
    assert arrange(places, [friend], in_house, [wish]).beds == {9: 12, 1: 21}


def test_a_room_alone_and_a_bed_in_it_exclude_each_other_both_ways():
    places = room(1, FLEXIBLE, 11, 12)
    assert arrange(places, [guest(1, 0, 2, bed=11)], {}, [guest(9, 1, 3, alone="own")]) == Full(proven=True)
    assert arrange(places, [guest(1, 0, 2, bed=11, alone="own")], {}, [guest(9, 1, 3)]) == Full(proven=True)
    couple = [guest(8, 0, 2, alone="both"), guest(9, 0, 2, MALE, alone="both")]
    assert set(arrange(places, [], {}, couple).beds.values()) == {11, 12}


def test_what_the_limit_cut_short_is_not_called_proven():
    places = room(1, FEMALE, 11, 12)
    lodgers = [guest(1, 0, 1, bed=11), guest(2, 1, 2, bed=12)]
    assert arrange(places, lodgers, {}, [guest(9, 0, 2)], limit=Limit(moves=0, sweep=0)) == Full(proven=False)
    assert len(arrange(places, lodgers, {}, [guest(9, 0, 2)], limit=Limit(moves=0)).moved) == 1
