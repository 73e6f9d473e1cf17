from datetime import timedelta
from subprocess import CalledProcessError

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import TaskRun
from accounts.schedule import ran
from config.management.commands.run_due import Command
from config.schedule import MINUTE, SCHEDULE, Job
from tests.conftest import NOW


def broken():
    with ran("broken", NOW):
        raise ValueError("with a name in it")


@pytest.fixture
def said(capsys):
    def said(*arguments):
        call_command("run_due", *arguments)
        return capsys.readouterr().out.splitlines()

    return said


def test_everything_runs_once_on_an_empty_house_and_is_written_down(db, said):
    assert said() == [f"{job.name}: done" for job in SCHEDULE]

    assert set(TaskRun.objects.values_list("name", "outcome")) == {(job.name, "done") for job in SCHEDULE}
    assert not TaskRun.objects.filter(ended_at=None).exists()


def test_what_ran_in_this_turn_does_not_run_again(db, said):
    later = timezone.now() + timedelta(days=1)  # in no turn that the test could fall into
    for job in SCHEDULE:
        TaskRun.objects.create(name=job.name, started_at=later)

    assert said() == []


def test_only_what_is_due_again_runs_again(db, said):
    later = timezone.now() + timedelta(days=1)
    for job in SCHEDULE:
        TaskRun.objects.create(name=job.name, started_at=NOW if job.name == "holds" else later)

    assert said() == ["holds: done"]


def test_a_job_in_trouble_leaves_the_others_alone_and_only_the_kind_of_trouble_is_kept(db):
    with_a_broken_one = (Job("broken", f"{__name__}.broken", every=MINUTE), *SCHEDULE)

    assert Command().run_due(with_a_broken_one) == {job.name: job.name != "broken" for job in with_a_broken_one}

    outcomes = dict(TaskRun.objects.values_list("name", "outcome"))
    assert outcomes == {job.name: "done" for job in SCHEDULE} | {"broken": "trouble"}
    assert TaskRun.objects.get(name="broken").detail == "ValueError"


def test_a_job_whose_task_cannot_even_be_found_is_trouble_and_no_end_of_the_loop(db):
    assert Command().run_due([Job("gone", "config.gone.task", every=MINUTE)]) == {"gone": False}


def test_trouble_is_the_exit_code_too(house):
    house.rows("DROP TABLE accounts_letter")

    with pytest.raises(CalledProcessError):
        house.manage("run_due")

    # The line and the reminders write letters too; what does not went well.
    troubled = house.rows("SELECT name FROM accounts_taskrun WHERE outcome = 'trouble' ORDER BY name")
    assert troubled == [("letters",), ("reminders",), ("waiting",)]
