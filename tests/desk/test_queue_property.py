"""Any interleaving of two tablets' queues with what is done online: no act is lost, none done twice, no bed has two."""

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.desk.queues import Queues


@pytest.mark.django_db
def test_two_tablets_and_a_page_in_any_order_keep_every_promise(wuzhong, soaking):
    """A sample that is always the same; `make soak` takes as many as it is told, each time others."""
    run_state_machine_as_test(
        Queues,
        settings=settings(
            max_examples=soaking.examples if soaking.long else 6,
            stateful_step_count=soaking.steps,
            deadline=None,
            derandomize=not soaking.long,
            phases=[Phase.generate],
        ),
    )
    if soaking.long:
        for (what, outcome), times in sorted(Queues.tally.items()):
            print(f"{what}: {outcome} {times}")
