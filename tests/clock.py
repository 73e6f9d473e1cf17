"""The same house with a clock that a test can set forward: the file HOSTEL_TEST_CLOCK says by how many seconds."""

import os
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

AHEAD = Path(os.environ["HOSTEL_TEST_CLOCK"])
the_real_now = timezone.now
timezone.now = lambda: the_real_now() + timedelta(seconds=float(AHEAD.read_text() or 0))

from config.wsgi import application  # noqa: E402

__all__ = ["application"]
