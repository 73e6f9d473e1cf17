"""A school names six guests at once for the last beds, and the last free nights, of its batch: never more."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from hostel.nights import business_day
from tests.conftest import resident_number
from tests.house import RunningHouse
from tests.races.conftest import all_at_once, post

GUESTS, LAST = 6, 2
OFFICER = """
import json
from knox.models import AuthToken
from accounts.models import Role, User
from hostel.models import Network
from django.utils import timezone
user = User.objects.create_user("+8613810000098", phone_verified=True)
network = Network.objects.get(slug="wuzhong")
Role.objects.create(user=user, kind="officer", network=network, valid_from=timezone.now().date())
print(json.dumps(AuthToken.objects.create(user)[1]))
"""
FREE_NIGHTS = """
    SELECT count(*) FROM bookings_bednight night JOIN bookings_stay stay ON stay.id = night.stay_id
    WHERE night.released_at IS NULL AND stay.batch_id IS NOT NULL
"""


def allot(house, officer, women, men, free_nights, ahead):
    """Allot so many beds for a night; return the code of the batch."""
    arrival = business_day(timezone.now()) + timedelta(days=ahead)
    body = {"hostel": "baodaiqiao", "arrival": f"{arrival}", "departure": f"{arrival + timedelta(days=1)}"}
    body |= {"applicant": "school", "organisation": "一中", "purpose": "exam", "release_on": f"{arrival}"}
    body |= {"beds": women + men, "women": women, "men": men, "free_nights": free_nights}
    answer = post(f"{house.url}/api/v1/batches/", officer, body)
    assert answer.status == 201, answer.body
    return answer.body["code"]


def all_named_at_once(house, officer, code):
    """Each guest in a list of their own; what became of each row."""
    born = date(timezone.now().year - 24, 3, 1)
    documents = [resident_number(born, "female", number) for number in range(GUESTS)]
    address = f"{house.url}/api/v1/batches/{code}/names/"
    lists = [{"names": [{"name": "林小满", "document_number": document}]} for document in documents]
    answers = all_at_once(*[lambda each=each: post(address, officer, each) for each in lists])
    return [answer.body["rows"][0] for answer in answers]


@pytest.mark.parametrize(("beds", "free_nights", "why"), [(LAST, 9, "FULL"), (GUESTS, LAST, "BATCH_NIGHTS")])
def test_no_more_are_named_than_there_are_beds_and_free_nights(house, guests_of, beds, free_nights, why):
    guests_of(house, GUESTS)
    officer = json.loads(house.django(OFFICER))

    rows = all_named_at_once(house, officer, allot(house, officer, beds, 0, free_nights, ahead=2))

    assert sum(row["stay"] is not None for row in rows) == LAST
    assert {row["reasons"][0]["code"] for row in rows if row["stay"] is None} == {why}
    assert house.rows(FREE_NIGHTS) == [(LAST,)]


@pytest.mark.postgres
def test_without_the_lock_on_the_batch_its_free_nights_are_overrun(ground, guests_of):
    """The control: the same race in a house whose row locks are taken away. If it were safe, the lock would be idle."""
    with RunningHouse(ground, wsgi="tests.races.unlocked", WEB_CONCURRENCY="6") as house:
        guests_of(house, GUESTS)
        # Women and men do not look for the same beds: nothing but the lock has them wait for one another.
        house.rows("UPDATE accounts_person SET gender = 'male' WHERE id = id / 2 * 2")
        officer, most = json.loads(house.django(OFFICER)), 0
        for ahead in range(2, 14):
            before = house.rows(FREE_NIGHTS)[0][0]
            all_named_at_once(house, officer, allot(house, officer, 3, 3, 1, ahead))
            most = max(most, house.rows(FREE_NIGHTS)[0][0] - before)
            if most > 1:
                break

    assert most > 1
