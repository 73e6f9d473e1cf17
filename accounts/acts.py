"""An act: one transaction, begun again when somebody else was quicker."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

from django.db import IntegrityError, OperationalError, transaction

Answer = TypeVar("Answer")
TRIES = 8
_acting = ContextVar("acting", default=False)


class Overtaken(Exception):
    """Another act took what this one was about to take: roll back and look again."""


def act(do: Callable[[], Answer]) -> Answer:
    """Run ``do`` in one transaction and return its answer; all of it happens or nothing.

    Where a constraint says that another act was quicker (or the database broke a deadlock), everything is rolled
    back and ``do`` runs again, so it must look afresh each time. Inside another act ``do`` joins it: the outermost
    one owns the transaction, so a verb that calls a verb costs no savepoint.
    """
    if _acting.get():
        return do()
    token = _acting.set(True)
    try:
        for last in (*[False] * (TRIES - 1), True):
            try:
                with transaction.atomic():
                    return do()
            except (IntegrityError, OperationalError, Overtaken):
                if last:
                    raise
    finally:
        _acting.reset(token)
    raise AssertionError("an act ends by its answer or by its error")
