"""Any order of wishes, arrivals, closures, offers, tasks and hours: what must always be true is true after each."""

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.bookings.engine import Engine


@pytest.mark.django_db
def test_any_order_of_acts_keeps_every_promise(wuzhong, soaking):
    """A sample that is always the same; `make soak` takes as many as it is told, each time others."""
    run_state_machine_as_test(
        Engine,
        # The first order that breaks a promise is told as it is: to shorten it takes longer than to read it.
        settings=settings(
            max_examples=soaking.examples,
            stateful_step_count=soaking.steps,
            deadline=None,
            derandomize=not soaking.long,
            phases=[Phase.generate],
        ),
    )
    if soaking.long:
        for (verb, outcome), times in sorted(Engine.tally.items()):
            print(f"{verb}: {outcome} {times}")
