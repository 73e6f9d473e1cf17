from datetime import timedelta

import pytest

from accounts.models import TaskRun
from accounts.schedule import ran
from tests.conftest import NOW

LATER = NOW + timedelta(seconds=3)


def test_a_task_that_ended_well_is_written_down_with_both_its_moments(db):
    with ran("letters", NOW, clock=lambda: LATER):
        assert TaskRun.objects.get().outcome == ""

    run = TaskRun.objects.get()
    assert (run.name, run.started_at, run.ended_at, run.outcome) == ("letters", NOW, LATER, "done")


def test_trouble_goes_on_and_leaves_its_kind_but_not_its_words(db):
    with pytest.raises(ValueError), ran("letters", NOW, clock=lambda: LATER):
        raise ValueError("林小满 has no phone")

    run = TaskRun.objects.get()
    assert (run.outcome, run.detail, run.ended_at) == ("trouble", "ValueError", LATER)


def test_the_next_run_takes_the_place_of_the_last(db):
    with pytest.raises(ValueError), ran("letters", NOW, clock=lambda: NOW):
        raise ValueError

    with ran("letters", LATER, clock=lambda: LATER):
        pass

    run = TaskRun.objects.get()
    assert (run.started_at, run.outcome, run.detail) == (LATER, "done", "")


def test_a_run_that_was_cut_off_reads_as_one_that_has_not_ended(db):
    with ran("letters", NOW, clock=lambda: NOW):
        pass

    class PulledPlug(BaseException):
        pass

    with pytest.raises(PulledPlug), ran("letters", LATER, clock=lambda: LATER):
        raise PulledPlug

    run = TaskRun.objects.get()
    assert (run.started_at, run.ended_at, run.outcome) == (LATER, None, "")
