"""The worker as it runs in production: Celery's own worker and beat, on a Redis, beside a house that serves."""

import time

import pytest

from tests.house import RunningHouse

pytestmark = pytest.mark.redis

PHONE = "+8613811112222"
WRITE_A_LETTER = f"""
from django.utils import timezone
user, made = User.objects.get_or_create(phone="{PHONE}")
person, made = Person.objects.get_or_create(user=user)
Letter.objects.create(
    person=person, kind="cancelled", about="%s", written_at=timezone.now(),
    values={{"hostel": ["宝带桥站", "Baodaiqiao"], "arrival": "6 March", "departure": "8 March", "nights": 2}},
)
"""


@pytest.fixture
def house(ground, redis_url):
    with RunningHouse(ground, REDIS_URL=redis_url) as house:
        house.start("celery", "-A", "config", "worker", "--concurrency", "2", "--loglevel", "info")
        yield house


def wait_until(true, seconds=90):
    give_up_at = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up_at, f"it did not come about within {seconds} seconds"
        time.sleep(0.2)


def test_a_letter_is_posted_once_although_its_task_is_sent_three_times(house):
    house.django(WRITE_A_LETTER % "AAAAAA")

    house.django("from accounts.tasks import post_letters; [post_letters.delay() for time in range(3)]")

    wait_until(lambda: house.log().count("Task accounts.tasks.post_letters") == 6)  # each: received, succeeded
    assert len(house.messages(PHONE)) == 1
    assert house.rows("SELECT count(*) FROM accounts_letter WHERE posted_at IS NULL") == [(0,)]
    assert house.rows("SELECT outcome FROM accounts_taskrun WHERE name = 'letters'") == [("done",)]


def test_beat_sends_the_letters_without_being_asked(house):
    house.start("celery", "-A", "config", "beat", "--loglevel", "info", "--pidfile", "")
    house.django(WRITE_A_LETTER % "BBBBBB")

    wait_until(lambda: house.messages(PHONE))

    assert len(house.messages(PHONE)) == 1


def test_the_office_can_say_that_the_worker_had_trouble(house):
    house.rows("DROP TABLE accounts_letter")

    house.django("from accounts.tasks import post_letters; post_letters.delay()")

    wait_until(lambda: house.rows("SELECT 1 FROM accounts_taskrun WHERE outcome = 'trouble'"))
    assert house.rows("SELECT name FROM accounts_taskrun WHERE outcome = 'trouble'") == [("letters",)]
