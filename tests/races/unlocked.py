"""The same house with its row locks taken away: the control that shows what they are for.

Each act also waits a moment before it is in the books, so that those that begin together are together: the first that a
web process answers takes it longer than all that follow.
"""

import re
import time

from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.models import QuerySet

QuerySet.select_for_update = lambda self, *args, **kwargs: self.all()

from bookings import statements  # noqa: E402
from config.wsgi import application  # noqa: E402

A_MOMENT = 0.25

statements.FREE_BED = re.sub(r"FOR UPDATE.*", "", statements.FREE_BED)
in_the_books = DatabaseWrapper._commit


def after_a_moment(self):
    time.sleep(A_MOMENT)
    return in_the_books(self)


DatabaseWrapper._commit = after_a_moment

__all__ = ["application"]
