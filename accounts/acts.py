"""An act: one transaction, begun again when somebody else was quicker."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Model

from hostel.prepared import Rows, insert_all

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
TRIES = 8
# What the outermost act wants written if it is refused; None where no act is running.
_acting: ContextVar[list[Callable[[], object]] | None] = ContextVar("acting", default=None)
# What it wants done once it is in the books; by what is called, so that asked for twice it is done once.
_following: ContextVar[dict[Callable[[datetime], object], datetime] | None] = ContextVar("following", default=None)
# The rows that it writes last: nobody reads them before it ends.
_last: ContextVar[list[tuple[Model, bool]] | None] = ContextVar("last", default=None)


def act(do: Callable[[], Answer]) -> Answer:
    """Run ``do`` in one transaction and return its answer; all of it happens or nothing.

    Where a constraint says that another act was quicker (or the database broke a deadlock), everything is rolled
    back and ``do`` runs again, so it must look afresh each time. Inside another act ``do`` joins it: the outermost
    one owns the transaction, so a verb that calls a verb costs no savepoint.
    """
    if _acting.get() is not None:
        return do()
    for last in (*[False] * (TRIES - 1), True):
        to_keep: list[Callable[[], object]] = []
        to_follow: dict[Callable[[datetime], object], datetime] = {}
        token, following, last_rows = _acting.set(to_keep), _following.set(to_follow), _last.set([])
        try:
            with transaction.atomic():
                answer = do()
                if not transaction.get_rollback():
                    write_now()
        except Exception as lost:
            if _was_overtaken(lost) and not last:
                continue
            _acting.set(None)
            for write in to_keep:
                _keep(write)
            raise
        finally:
            _acting.reset(token)
            _following.reset(following)
            _last.reset(last_rows)
        for follow, now in to_follow.items():
            _follow(follow, now)
        return answer
    raise AssertionError("an act ends by its answer or by its error")


def write_last(row: Model, ignore_conflicts: bool = False) -> None:
    """Write a new ``row`` with the last statement of the act that is running, all such rows with one; at once where no
    act is running. It has no number until then; who must read it before that says `write_now`."""
    rows = _last.get()
    if rows is None:
        insert_all([Rows([row], ignore_conflicts)])
    else:
        rows.append((row, ignore_conflicts))


def write_now() -> None:
    """Write what the act that is running has kept for its last statement."""
    if rows := _last.get():
        by_model: dict[tuple[type[Model], bool], list[Model]] = {}
        for row, ignore_conflicts in rows:
            by_model.setdefault((type(row), ignore_conflicts), []).append(row)
        rows.clear()
        insert_all([Rows(several, ignore_conflicts) for (_model, ignore_conflicts), several in by_model.items()])


@contextmanager
def attempt() -> Iterator[None]:
    """A part of an act that may fail by itself: then nothing of it is written, and the act goes on."""
    write_now()
    try:
        with transaction.atomic():
            yield
            write_now()
    except BaseException:
        if rows := _last.get():
            rows.clear()
        raise


def after_refusal(write: Callable[[], object]) -> None:
    """Have ``write`` run, in an act of its own, if the act that is running ends by an error: after it was rolled back.

    For what must be kept although nothing came of it, as a refused wish is.
    """
    to_keep = _acting.get()
    if to_keep is None:
        raise RuntimeError("no act is running")
    to_keep.append(write)


def afterwards(follow: Callable[[datetime], object], now: datetime) -> None:
    """Have ``follow(now)`` run once the act that is running is in the books, and not at all if it ends by an error.

    For what others gain by it, as who waits gains by a bed that was given back: what goes wrong there is written down,
    and changes nothing for who acted.
    """
    following = _following.get()
    if following is None:
        raise RuntimeError("no act is running")
    following.setdefault(follow, now)


def _follow(follow, now):
    try:
        follow(now)
    except Exception:
        log.exception("what was to follow an act had trouble")


def _keep(write):
    """Whatever goes wrong with it, who was refused is told why, and what else is to be kept is kept."""
    try:
        act(write)
    except Exception:
        log.exception("what an act wanted kept although it was refused could not be written")


def _was_overtaken(lost: Exception) -> bool:
    """Whether a fresh look may succeed: a taken place, a deadlock (40P01) or a serialization failure (40001)."""
    if isinstance(lost, OperationalError):
        return getattr(lost.__cause__, "sqlstate", "") in ("40001", "40P01")
    return isinstance(lost, IntegrityError)
