"""An act: one transaction, begun again when somebody else was quicker."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

from django.db import IntegrityError, OperationalError, transaction

Answer = TypeVar("Answer")
TRIES = 8
_acting = ContextVar("acting", default=False)


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
            except (IntegrityError, OperationalError) as lost:
                if last or not _was_overtaken(lost):
                    raise
    finally:
        _acting.reset(token)
    raise AssertionError("an act ends by its answer or by its error")


def _was_overtaken(lost: Exception) -> bool:
    """Whether a fresh look may succeed: a taken place, a deadlock (40P01) or a serialization failure (40001)."""
    return isinstance(lost, IntegrityError) or getattr(lost.__cause__, "sqlstate", "") in ("40001", "40P01")
