"""A house closes its beds while guests book them, at the same moment: nobody is left with a bed that is closed."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from hostel.nights import business_day
from tests.house import RunningHouse
from tests.races.conftest import all_at_once, post
from tests.races.test_last_bed import wish

MAKE_MANAGER = """
from knox.models import AuthToken
from accounts.models import Role, User
from hostel.models import Hostel
import datetime, json
user = User.objects.create_user("+8613800000011", phone_verified=True)
house = Hostel.objects.get(slug="baodaiqiao")
Role.objects.create(user=user, kind="manager", hostel=house, valid_from=datetime.date(2023, 1, 1))
print(json.dumps(AuthToken.objects.create(user)[1]))
"""
# For women there are eight beds left: a room of four, and two of two.
EIGHT_BEDS = """
    UPDATE hostel_bed SET valid_until = valid_from WHERE room_id NOT IN (
        SELECT room.id FROM hostel_room room JOIN hostel_hostel house ON house.id = room.hostel_id
        WHERE house.slug = 'baodaiqiao' AND room.number IN ('201', '301', '303')
    )
"""
LABELS = ["201-1", "201-2", "201-3", "201-4", "301-1", "301-2", "303-1", "303-2"]
IN_A_CLOSED_BED = """
    SELECT count(*) FROM bookings_bednight night JOIN hostel_outofservice closed ON closed.bed_id = night.bed_id
    WHERE night.released_at IS NULL AND closed.first_night <= night.night AND closed.until > night.night
"""
# What the database itself says against it: taken away too, in the control.
WITHOUT_ITS_PROMISE = "DROP TRIGGER bednight_has_a_bed ON bookings_bednight"


def close(house, token, label):
    today = business_day(timezone.now())
    body = {"beds": [label], "from": f"{today}", "until": f"{today + timedelta(days=2)}", "reason": "repair"}
    return post(f"{house.url}/api/v1/desk/baodaiqiao/out-of-service/", token, body)


def everything_at_once(house, manager, guests):
    """Eight guests want the eight beds, and each of these is closed."""
    books = [lambda token=token: post(f"{house.url}/api/v1/stays/", token, wish()) for token in guests]
    closes = [lambda label=label: close(house, manager, label) for label in LABELS]
    return all_at_once(*[call for pair in zip(books, closes, strict=True) for call in pair])


def test_nobody_has_a_bed_that_was_closed_at_the_same_moment(house, guests_of):
    guests, manager = guests_of(house, 8), json.loads(house.django(MAKE_MANAGER))
    house.rows(EIGHT_BEDS)

    answers = everything_at_once(house, manager, guests)

    booked, closed = answers[::2], answers[1::2]
    assert {answer.status for answer in answers} <= {201, 409}
    assert {answer.body["code"] for answer in closed if answer.status == 409} <= {"BED_IN_USE"}
    assert house.rows(IN_A_CLOSED_BED) == [(0,)]
    assert 201 in {answer.status for answer in booked + closed}


@pytest.mark.postgres
def test_without_locks_and_promise_somebody_has_a_closed_bed(ground, guests_of):
    """The control: the same race in a house without row locks, and without what the database itself says."""
    with RunningHouse(ground, wsgi="tests.races.unlocked", WEB_CONCURRENCY="6") as house:
        manager = json.loads(house.django(MAKE_MANAGER))
        guests = guests_of(house, 8)
        house.rows(EIGHT_BEDS)
        house.rows(WITHOUT_ITS_PROMISE)
        found = 0
        for _ in range(6):
            everything_at_once(house, manager, guests)
            found += house.rows(IN_A_CLOSED_BED)[0][0]
            if found:
                break
            house.rows("DELETE FROM bookings_bednight")
            house.rows("ALTER TABLE hostel_outofservice DISABLE TRIGGER USER")
            house.rows("DELETE FROM hostel_outofservice")
            house.rows("ALTER TABLE hostel_outofservice ENABLE TRIGGER USER")

    assert found
