"""The same house with a clock that a test sets: the file HOSTEL_TEST_CLOCK says by how many seconds it is ahead, or at
which moment it stands still (``2026-03-06T15:30:00+08:00``)."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

CLOCK = Path(os.environ["HOSTEL_TEST_CLOCK"])
the_real_now = timezone.now


def now():
    """What the house takes for now."""
    said = CLOCK.read_text().strip()
    return datetime.fromisoformat(said) if "T" in said else the_real_now() + timedelta(seconds=float(said or 0))


timezone.now = now

from config.wsgi import application  # noqa: E402

__all__ = ["application"]
