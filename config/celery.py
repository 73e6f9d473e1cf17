"""The worker's door: Celery with the schedule of `config/schedule.py`."""

import os

from celery import Celery

from config.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("hostel")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {
    # A job that waited longer than its next turn is dropped: the next one does its work.
    job.name: {"task": job.task, "schedule": job.beat, "options": {"expires": min(job.every.total_seconds(), 3600)}}
    for job in SCHEDULE
}
app.autodiscover_tasks()
