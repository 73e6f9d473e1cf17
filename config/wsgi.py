"""The web door. One process at a time where the database is a SQLite file."""

import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.one_process import refuse_to_be_a_second, take_the_only_place

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    only_place = take_the_only_place(Path(settings.DATABASES["default"]["NAME"]))
    os.register_at_fork(after_in_child=refuse_to_be_a_second)  # a preloading server's workers share the lock
application = get_wsgi_application()
