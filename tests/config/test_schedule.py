import pytest
from celery.schedules import crontab
from django.utils.module_loading import import_string

from config.celery import app
from config.schedule import DAY, HOUR, MINUTE, SCHEDULE, SECOND, Job
from tests.conftest import FRIDAY, SATURDAY, moment


def job(name):
    return next(job for job in SCHEDULE if job.name == name)


def starts(job, since, until):
    """The moments at which ``job`` starts, looked at every ten seconds from ``since`` to ``until``."""
    started, now, started_at = [], since, since
    while now <= until:
        if job.due(now, started_at):
            started.append(now)
            started_at = now
        now += 10 * SECOND
    return started


def test_what_never_ran_is_due_at_once():
    assert all(job.due(moment(FRIDAY, 10, 17), None) for job in SCHEDULE)


def test_the_day_turns_at_six_and_is_looked_at_again_every_hour():
    assert starts(job("night_audit"), moment(FRIDAY, 5, 30), moment(FRIDAY, 8, 10)) == [
        moment(FRIDAY, 6),
        moment(FRIDAY, 7),
        moment(FRIDAY, 8),
    ]


def test_a_turn_that_was_missed_is_caught_up_whenever_the_house_runs_again():
    assert job("night_audit").due(moment(SATURDAY, 14, 40), moment(FRIDAY, 5))


def test_no_shows_are_closed_at_eleven_in_the_evening_however_late_the_house_was_started():
    assert moment(FRIDAY, 23) in starts(job("no_shows"), moment(FRIDAY, 22, 57), moment(FRIDAY, 23, 3))


def test_letters_go_out_twice_a_minute_and_holds_end_once():
    since, until = moment(FRIDAY, 12), moment(FRIDAY, 12, 2)

    assert len(starts(job("letters"), since, until)) == 4
    assert len(starts(job("holds"), since, until)) == 2


def test_the_sweep_runs_once_in_the_small_hours():
    assert starts(job("sweep"), moment(FRIDAY, 4), moment(SATURDAY, 4)) == [moment(SATURDAY, 3, 30)]


def test_a_job_that_falls_due_before_its_first_slot_of_the_day_belongs_to_yesterday():
    sweep = job("sweep")

    assert sweep.slot(moment(SATURDAY, 1)) == moment(FRIDAY, 3, 30)


@pytest.mark.parametrize("job", SCHEDULE, ids=lambda job: job.name)
def test_beat_and_run_due_do_the_same_task_at_the_same_times(job):
    entry = app.conf.beat_schedule[job.name]
    app.loader.import_default_modules()

    assert entry["task"] == job.task
    assert app.tasks[job.task].run == import_string(job.task).run
    if job.every < MINUTE:
        assert entry["schedule"] == job.every
        return
    schedule = entry["schedule"]
    assert isinstance(schedule, crontab)
    minutes = {60 * hour + minute for hour in schedule.hour for minute in schedule.minute}
    assert minutes == set(range(job.after % job.every // MINUTE, DAY // MINUTE, job.every // MINUTE))


def test_beat_reads_the_clock_of_the_house():
    assert app.conf.timezone == "Asia/Shanghai"


def test_a_job_may_be_due_at_the_half_of_every_hour():
    assert Job("x", "x", every=HOUR, after=30 * MINUTE).beat == crontab(minute="30")
