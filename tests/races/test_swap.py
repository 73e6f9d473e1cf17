"""Two guests are to change beds, and at the same moment one of them cancels: never a night of a cancelled stay."""

import json

import pytest
from django.utils import timezone

from tests.house import RunningHouse
from tests.races.conftest import all_at_once, post
from tests.races.test_last_bed import wish

PAIRS = 5
MANAGER = """
import json
from django.utils import timezone
from knox.models import AuthToken
from accounts.models import Role, User
from hostel.models import Hostel
user = User.objects.create_user("+8613810000099", phone_verified=True)
house = Hostel.objects.get(slug="baodaiqiao")
Role.objects.create(user=user, kind="manager", hostel=house, valid_from=timezone.now().date())
print(json.dumps(AuthToken.objects.create(user)[1]))
"""
NIGHTS_OF_NOBODY = """
    SELECT count(*) FROM bookings_bednight night JOIN bookings_stay stay ON stay.id = night.stay_id
    WHERE night.released_at IS NULL AND stay.status = 'cancelled'
"""
STAYS_WITHOUT_ALL_NIGHTS = """
    SELECT count(*) FROM bookings_stay stay WHERE stay.status = 'confirmed' AND 1 <> (
        SELECT count(*) FROM bookings_bednight night WHERE night.stay_id = stay.id AND night.released_at IS NULL
    )
"""


def swap_against_cancel(house, manager, tokens, ahead):
    """Each of some pairs is to change beds for a night, while the second of them cancels: the answers, by pairs."""
    url = f"{house.url}/api/v1"
    codes = [post(f"{url}/stays/", token, wish(1, ahead=ahead)).body["code"] for token in tokens]
    calls = []
    for number in range(0, len(codes), 2):
        stays, other, token = codes[number], codes[number + 1], tokens[number + 1]
        act = {"act_id": f"{ahead}-{number}", "happened_at": timezone.now().isoformat(), "with": other}
        calls.append(lambda stays=stays, act=act: post(f"{url}/desk/stays/{stays}/swap/", manager, act))
        calls.append(lambda other=other, token=token: post(f"{url}/stays/{other}/cancellation/", token, {}))
    answers = all_at_once(*calls)
    return list(zip(answers[::2], answers[1::2], strict=True))


def test_a_stay_that_is_cancelled_while_it_is_swapped_keeps_no_night(house, guests_of):
    manager, tokens = json.loads(house.django(MANAGER)), guests_of(house, 2 * PAIRS)

    for ahead in (1, 2):
        for swapped, cancelled in swap_against_cancel(house, manager, tokens, ahead):
            assert cancelled.status == 200
            assert swapped.status == 200 or swapped.body["code"] == "STATE", swapped.body

    assert house.rows(NIGHTS_OF_NOBODY) == [(0,)]
    assert house.rows(STAYS_WITHOUT_ALL_NIGHTS) == [(0,)]


@pytest.mark.postgres
def test_without_the_locks_on_the_guests_a_cancelled_stay_gets_its_nights_back(ground, guests_of):
    """The control: the same race in a house whose row locks are taken away. Were it safe, the locks would be idle."""
    with RunningHouse(ground, wsgi="tests.races.unlocked", WEB_CONCURRENCY="6") as house:
        manager, tokens = json.loads(house.django(MANAGER)), guests_of(house, 2 * PAIRS)
        for ahead in range(1, 7):
            swap_against_cancel(house, manager, tokens, ahead)
        [(left_over,)] = house.rows(NIGHTS_OF_NOBODY)

    assert left_over > 0
