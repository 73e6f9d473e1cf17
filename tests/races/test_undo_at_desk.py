"""A desk takes back that a guest left at the moment at which others take the bed, or the other tablet does the same."""

import json
from itertools import count

import pytest
from django.utils import timezone

from tests.house import RunningHouse
from tests.races.conftest import all_at_once, post
from tests.races.test_last_bed import ONE_BED, TAKEN, wish
from tests.races.test_swap import MANAGER

ROUNDS = 2
UNDONE = "SELECT count(*) FROM accounts_deed WHERE what = 'undo_check_out'"
numbers = count()


def at_desk(house, manager, code, what, **said):
    act = {"act_id": f"d-{next(numbers)}", "happened_at": timezone.now().isoformat(), **said}
    return post(f"{house.url}/api/v1/desk/stays/{code}/{what}/", manager, act)


def left(house, manager, guest):
    """The code of a stay whose guest was let in and has left, a moment ago."""
    code = post(f"{house.url}/api/v1/stays/", guest, wish(1)).body["code"]
    assert at_desk(house, manager, code, "check-in", compared=True, before_clean=True).status == 200
    assert at_desk(house, manager, code, "check-out").status == 200
    return code


def undo_against_takers(house, manager, guest, takers):
    """Tonight's last bed: its guest did not leave after all, and others book it: who has it, as calls that end it."""
    code = left(house, manager, guest)
    undone, *taken = all_at_once(
        lambda: at_desk(house, manager, code, "check-out/undo"),
        *[lambda token=token: post(f"{house.url}/api/v1/stays/", token, wish(1)) for token in takers],
    )
    assert {undone.status, *(answer.status for answer in taken)} <= {200, 201, 409}
    if undone.status == 409:
        assert (undone.body["code"], bool(undone.body["alternatives"])) == ("UNDO", True)
    have = [lambda: at_desk(house, manager, code, "check-out")] if undone.status == 200 else []
    for token, answer in zip(takers, taken, strict=True):
        if answer.status == 201:
            address = f"{house.url}/api/v1/stays/{answer.body['code']}/cancellation/"
            have.append(lambda token=token, address=address: post(address, token, {}))
    return have


def test_the_bed_is_had_once_and_what_two_tablets_take_back_is_taken_back_once(house, guests_of):
    manager, [guest, *takers] = json.loads(house.django(MANAGER)), guests_of(house, 3)
    house.rows(ONE_BED)
    for _round in range(ROUNDS):
        [end] = undo_against_takers(house, manager, guest, takers)
        assert {number for _bed, _night, number in house.rows(TAKEN)} == {1}
        assert end().status == 200

    before = house.rows(UNDONE)[0][0]
    code = left(house, manager, guest)
    answers = all_at_once(*[lambda: at_desk(house, manager, code, "check-out/undo")] * 2)
    assert 200 in {answer.status for answer in answers}
    assert {answer.body["code"] for answer in answers} <= {code, "STATE"}
    assert house.rows(UNDONE) == [(before + 1,)]


@pytest.mark.postgres
def test_without_the_locks_and_the_promise_the_bed_is_had_twice(ground, guests_of):
    """The control: neither guest nor bed is locked, nor does the database say that one guest has it."""
    with RunningHouse(ground, wsgi="tests.races.unlocked", WEB_CONCURRENCY="6") as house:
        manager, [guest, *takers] = json.loads(house.django(MANAGER)), guests_of(house, 5)
        house.rows(ONE_BED)
        house.rows("DROP INDEX one_guest_per_bed_per_night")
        for _round in range(6):
            have = undo_against_takers(house, manager, guest, takers)
            if had_twice := len(have) > 1:
                break
            for end in have:
                end()

    assert had_twice
