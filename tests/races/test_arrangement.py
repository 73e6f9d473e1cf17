"""Two guests need the same stay moved, at the same moment: it is moved once, and both are housed."""

from collections import Counter

import pytest

from tests.house import RunningHouse
from tests.races.conftest import all_at_once, post
from tests.races.test_last_bed import BEDS_OF_BAODAIQIAO, wish

ROUNDS = 3
# The women's room of two and the room of two that is whoever's comes first; the women's room closed, and opened again.
TWO_ROOMS = f"""
    UPDATE hostel_bed SET valid_until = valid_from WHERE id IN ({BEDS_OF_BAODAIQIAO})
    AND id NOT IN ({BEDS_OF_BAODAIQIAO} AND room.number = '203')
"""
OPEN_AGAIN = f"""
    UPDATE hostel_bed SET valid_until = NULL WHERE id IN ({BEDS_OF_BAODAIQIAO} AND room.number = '301')
"""
MOVES = "SELECT about, count(*) FROM accounts_deed WHERE what = 'move_by_house' GROUP BY about"
NIGHTS = "SELECT count(*), count(DISTINCT bed_id) FROM bookings_bednight WHERE released_at IS NULL AND night = %s"


def women_in_the_room_of_whoever_comes_first(house, women):
    """Each for a night of her own; then there is a room for women again, and the men would have theirs."""
    house.rows(TWO_ROOMS)
    for ahead, token in enumerate(women, start=1):
        assert post(f"{house.url}/api/v1/stays/", token, wish(1, ahead=ahead)).status == 201
    house.rows(OPEN_AGAIN)


def men_come(house, men, ahead):
    return all_at_once(
        *[lambda token=token: post(f"{house.url}/api/v1/stays/", token, wish(1, ahead=ahead)) for token in men]
    )


def people(house, guests_of, rounds):
    tokens = guests_of(house, rounds + 3)
    last = "SELECT id FROM accounts_person ORDER BY id DESC LIMIT 3"
    house.rows(f"UPDATE accounts_person SET gender = 'male' WHERE id IN ({last})")
    return tokens[:rounds], tokens[rounds:]


def test_a_stay_that_two_need_moved_is_moved_once_and_both_have_a_bed(house, guests_of):
    women, men = people(house, guests_of, ROUNDS)
    women_in_the_room_of_whoever_comes_first(house, women)

    for ahead in range(1, 1 + ROUNDS):
        answers = men_come(house, men, ahead)
        assert Counter(answer.status for answer in answers) == {201: 2, 409: 1}
        assert {answer.body["code"] for answer in answers if answer.status == 409} == {"FULL"}
        assert house.rows(NIGHTS, wish(1, ahead=ahead)["arrival"]) == [(3, 3)]

    assert [times for _about, times in house.rows(MOVES)] == [1] * ROUNDS


@pytest.mark.postgres
def test_without_the_lock_on_the_house_it_is_moved_more_than_once(ground, guests_of):
    """The control: the same race in a house whose row locks are taken away. Were it the same, they would be idle."""
    with RunningHouse(ground, wsgi="tests.races.unlocked", WEB_CONCURRENCY="6") as house:
        women, men = people(house, guests_of, 12)
        women_in_the_room_of_whoever_comes_first(house, women)
        as_it_should_be = {201: 2, 409: 1}
        for ahead in range(1, 13):
            found = Counter(answer.status for answer in men_come(house, men, ahead))
            if found != as_it_should_be or max(times for _about, times in house.rows(MOVES)) > 1:
                break
        else:
            pytest.fail("all went well without the locks")
