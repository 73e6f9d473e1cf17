"""The worker's door: what runs when, beside the requests."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("hostel")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
