"""Sixteen clients do everything at once, the schedule beside them: no deadlock, no error, no wish is lost."""

import pytest

from tests.crowd import crowd


@pytest.mark.postgres
def test_whatever_many_do_at_once_no_promise_is_broken(ground, soaking, capsys):
    """A few seconds of it; `make soak` takes two minutes."""
    figures = crowd(ground, soaking.seconds, soaking.clients, soaking.seed)

    with capsys.disabled():
        print("\n" + "\n".join(figures.lines()) if soaking.long else "", end="")
    assert not figures.wrong, figures.lines()
    assert figures.stays
