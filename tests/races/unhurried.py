"""The same house in which each act waits a moment before it is in the books, so that those that begin together are
together: the first that a web process answers takes it longer than all that follow."""

import time

from django.db.backends.postgresql.base import DatabaseWrapper

from config.wsgi import application

A_MOMENT = 0.25

in_the_books = DatabaseWrapper._commit


def after_a_moment(self):
    time.sleep(A_MOMENT)
    return in_the_books(self)


DatabaseWrapper._commit = after_a_moment

__all__ = ["application"]
