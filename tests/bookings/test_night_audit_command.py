import pytest
from django.core.management import CommandError, call_command

from accounts.models import TaskRun


def test_the_command_says_what_it_changed_and_may_be_repeated(wuzhong, capsys):
    call_command("night_audit")
    call_command("night_audit", "--date", "2026-03-06")

    assert capsys.readouterr().out.splitlines() == ["0 nights slept, 0 given back, 0 no-shows, 0 stays closed"] * 2
    assert TaskRun.objects.get().outcome == "done"


def test_a_night_that_has_not_ended_is_refused_with_the_moment_it_ends_and_was_no_run(wuzhong):
    with pytest.raises(CommandError, match="the night of 2999-01-01 ends at 2999-01-02 06:00") as refused:
        call_command("night_audit", "--date", "2999-01-01")

    assert refused.value.returncode == 2
    assert not TaskRun.objects.exists()
