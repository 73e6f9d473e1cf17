import pytest

from accounts.acts import after_refusal
from accounts.idempotency import Answer, Write, keep_refusal, once
from accounts.people import erased_already
from accounts.reasons import Refused
from tests.conftest import NOW

BOOKED = Answer(302, {"code": "ABC234"})


@pytest.fixture
def write(newcomer) -> Write:
    return Write.of(newcomer, "POST", "/book/", "k1", {})


@pytest.fixture
def refused_by_its_twin(write):
    """The same write goes through at the same moment, and this one is refused because of it."""

    def do():
        after_refusal(lambda: once(write, lambda: BOOKED, NOW))
        raise Refused(erased_already())

    return do


def test_who_is_refused_only_because_the_same_was_sent_twice_is_answered_as_the_first_was(write, refused_by_its_twin):
    answer = once(write, refused_by_its_twin, NOW)

    assert (answer.status, answer.body, answer.repeated) == (302, {"code": "ABC234"}, True)


def test_where_refusals_are_kept_the_twin_is_looked_for_when_it_is(write, refused_by_its_twin):
    with pytest.raises(Refused):
        once(write, refused_by_its_twin, NOW, refusals_kept=True)

    assert keep_refusal(write, Answer(409, {}), NOW).body == {"code": "ABC234"}


def test_a_refusal_without_a_twin_is_one(write):
    def do():
        raise Refused(erased_already())

    with pytest.raises(Refused):
        once(write, do, NOW)
