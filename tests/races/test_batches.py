"""A school's beds, at one moment: its guests want the last free nights, and others want its beds."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from hostel.nights import business_day
from tests.conftest import resident_number
from tests.house import RunningHouse
from tests.races.conftest import all_at_once, post
from tests.races.test_last_bed import wish
from tests.races.test_last_nights import FREE_NIGHTS

GUESTS, LEFT = 8, 3
MAKE_OFFICER = """
from knox.models import AuthToken
from accounts.models import Role, User
from hostel.models import Network
import datetime, json
user = User.objects.create_user("+8613800000013", phone_verified=True)
network = Network.objects.get(slug="wuzhong")
Role.objects.create(user=user, kind="officer", network=network, valid_from=datetime.date(2023, 1, 1))
print(json.dumps(AuthToken.objects.create(user)[1]))
"""
IN_A_BED_OF_THE_BATCH = """
    SELECT count(*) FROM bookings_bednight night
    JOIN bookings_batchbed kept ON kept.bed_id = night.bed_id
    JOIN bookings_batch batch ON batch.id = kept.batch_id
    JOIN bookings_stay stay ON stay.id = night.stay_id
    WHERE night.released_at IS NULL AND stay.batch_id IS NULL
      AND batch.arrival <= night.night AND batch.departure > night.night
"""


@pytest.fixture
def officer_of():
    return lambda house: json.loads(house.django(MAKE_OFFICER))


def first_day():
    return business_day(timezone.now()) + timedelta(days=3)


def allot(house, officer, beds, nights=1, **more):
    first = first_day()
    body = {
        "hostel": "baodaiqiao",
        "arrival": f"{first}",
        "departure": f"{first + timedelta(days=nights)}",
        "beds": beds,
        "applicant": "school",
        "organisation": "安徽大学",
        "purpose": "interview",
        "release_on": f"{first}",
    }
    return post(f"{house.url}/api/v1/batches/", officer, body | more)


def name_all(house, officer):
    """Eight students are named at once, each for another night, so that only the batch's free nights meet: three."""
    batch = allot(house, officer, GUESTS, nights=GUESTS, free_nights=LEFT).body["code"]
    today, first = business_day(timezone.now()), first_day()

    def student(number):
        return {
            "name": "何来",
            "document_number": resident_number(date(today.year - 24, 2, 2), "male", 300 + number),
            "education": "bachelor",
            "graduation": f"{today.year - 1}-06",
            "home_in_district": False,
            "arrival": f"{first + timedelta(days=number)}",
            "departure": f"{first + timedelta(days=number + 1)}",
        }

    address = f"{house.url}/api/v1/batches/{batch}/names/"
    return all_at_once(
        *[lambda number=number: post(address, officer, {"names": [student(number)]}) for number in range(GUESTS)]
    )


def test_the_last_free_nights_of_a_batch_are_given_once_each(house, officer_of):
    answers = name_all(house, officer_of(house))

    assert sorted(answer.body["named"] for answer in answers) == [0] * (GUESTS - LEFT) + [1] * LEFT
    refused = [answer.body["rows"][0]["reasons"] for answer in answers if not answer.body["named"]]
    assert {reasons[0]["code"] for reasons in refused} == {"BATCH_NIGHTS"}
    assert house.rows(FREE_NIGHTS)[0][0] == LEFT


@pytest.mark.postgres
def test_without_the_lock_on_its_row_a_batch_is_overrun(ground, officer_of):
    """The control: the same race in a house whose row locks are taken away."""
    with RunningHouse(ground, wsgi="tests.races.unlocked", WEB_CONCURRENCY="6") as house:
        name_all(house, officer_of(house))

        assert house.rows(FREE_NIGHTS)[0][0] > LEFT


def test_nobody_has_a_bed_that_was_allotted_at_the_same_moment(house, guests_of, officer_of):
    guests, officer = guests_of(house, GUESTS), officer_of(house)
    books = [lambda token=token: post(f"{house.url}/api/v1/stays/", token, wish(1, ahead=3)) for token in guests]
    assert wish(1, ahead=3)["arrival"] == f"{first_day()}"

    answers = all_at_once(*books[:4], lambda: allot(house, officer, 12), *books[4:])

    assert {answer.status for answer in answers} <= {201, 409}
    assert house.rows(IN_A_BED_OF_THE_BATCH)[0][0] == 0
