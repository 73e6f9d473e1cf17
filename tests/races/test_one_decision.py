"""Ten officers answer one question at the same moment: one answer, and nine who learn whose it is."""

import json
from collections import Counter

from tests.races.conftest import all_at_once, post

WAITING_STAY = """
import json
from datetime import timedelta
from django.utils import timezone
from knox.models import AuthToken
from accounts.acts import act
from accounts.models import Person, Role, User
from bookings.awaiting import look_again
from bookings.booking import book
from bookings.locking import locked
from eligibility.models import Review
from hostel.models import Hostel
from hostel.nights import Nights, business_day
from tests.eligibility.reviewed import proof_for, rules_with_people
now = timezone.now()
house = Hostel.objects.get(slug="baodaiqiao")
rules_with_people(house.network, now)
tomorrow = business_day(now) + timedelta(days=1)
nights = Nights(tomorrow, tomorrow + timedelta(days=2))
stay = book(guest=Person.objects.get(), hostel=house, nights=nights, purpose="interview", now=now)
proof_for(stay.assessment, now)
act(lambda: look_again(locked(stay), now=now))
tokens = []
for number in range(10):
    user = User.objects.create_user(f"+86138100000{number:02d}", phone_verified=True)
    Role.objects.create(user=user, kind="officer", network=house.network, valid_from=now.date())
    tokens.append(AuthToken.objects.create(user)[1])
print(json.dumps([Review.objects.get().pk, tokens]))
"""
PASSED = {"decision": "passed"}
REFUSED = {"decision": "refused", "because": ["NOT_VERIFIED"]}


def ten_answers(house, guests_of, bodies):
    """The answers to ten decisions of ten officers about one stay's proof."""
    guests_of(house, 1)
    review, tokens = json.loads(house.django(WAITING_STAY))
    address = f"{house.url}/api/v1/reviews/{review}/decision/"
    calls = [
        lambda token=token, body=body: post(address, token, body) for token, body in zip(tokens, bodies, strict=True)
    ]
    return all_at_once(*calls)


def test_one_of_ten_decides_and_the_others_learn_whose_answer_it_is(house, guests_of):
    answers = ten_answers(house, guests_of, [PASSED] * 10)

    assert Counter(answer.status for answer in answers) == {200: 1, 409: 9}
    assert {answer.body["code"] for answer in answers if answer.status == 409} == {"DECIDED"}
    assert house.rows("SELECT status FROM bookings_stay") == [("confirmed",)]
    assert house.rows("SELECT count(*) FROM accounts_deed WHERE what = 'review_passed'") == [(1,)]


def test_yes_and_no_at_once_never_leave_half_of_each(house, guests_of):
    answers = ten_answers(house, guests_of, [PASSED, REFUSED] * 5)

    [given] = [answer.body["decision"] for answer in answers if answer.status == 200]
    assert {answer.body["code"] for answer in answers if answer.status == 409} == {"DECIDED"}
    kept = {"passed": ("confirmed", "accepted", 2), "refused": ("refused", "sent_back", 0)}
    assert house.rows("SELECT status FROM bookings_stay") == [(kept[given][0],)]
    assert house.rows("SELECT state FROM eligibility_evidence") == [(kept[given][1],)]
    assert house.rows("SELECT count(*) FROM bookings_bednight WHERE released_at IS NULL") == [(kept[given][2],)]
    assert house.rows("SELECT kind FROM accounts_letter WHERE kind LIKE %s", "review%") == [(f"review_{given}",)]
