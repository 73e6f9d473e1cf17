"""Many guests at one door, all at the same moment."""

import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import pytest

MAKE_GUESTS = """
from django.utils import timezone
from knox.models import AuthToken
from accounts.people import complete_person
from tests.conftest import resident_number
import datetime, json
now = timezone.now()
made = []
for number in range({count}):
    user = accounts.models.User.objects.create_user(f"+86137{{number:08d}}", phone_verified=True)
    born = datetime.date(now.year - 24, 3, 1)
    complete_person(
        user, name="林小满", now=now, document_kind="resident",
        document_number=resident_number(born, "{gender}", number), education="bachelor",
        graduation=f"{{now.year - 1}}-06", school="安徽大学", school_city="合肥", home_in_district=False,
    )
    made.append(AuthToken.objects.create(user)[1])
print(json.dumps(made))
"""


@dataclass(frozen=True)
class Answer:
    """What the door said: the status, and the body as JSON."""

    status: int
    body: dict


def post(url, token, body, key=None):
    """Send ``body`` as JSON with a bearer token; errors are answers too."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if key:
        headers["Idempotency-Key"] = key
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return Answer(answer.status, json.load(answer))
    except urllib.error.HTTPError as no:
        return Answer(no.code, json.load(no))


def all_at_once(*calls):
    """Make all calls at the same moment, each in a thread of its own, and return their answers in order."""
    ready = Barrier(len(calls))

    def wait_and(call):
        ready.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(wait_and, calls))


@pytest.fixture
def guests_of():
    """Makes guests who may stay in a running house and returns their tokens."""

    def make(house, count, gender="female"):
        return json.loads(house.django("import accounts.models\n" + MAKE_GUESTS.format(count=count, gender=gender)))

    return make
