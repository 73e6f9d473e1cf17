"""A write that may be repeated: the same key with the same body gets the answer it got before, for 24 hours."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from accounts.acts import act, write_last
from accounts.models import IdempotencyKey, User
from accounts.reasons import Refused
from hostel.prepared import Prepared

KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 80


class KeyReused(Exception):
    """The key came before, with another body."""


@dataclass(frozen=True)
class Answer:
    """What a write was answered: an HTTP status and a body of JSON values; ``repeated`` if it was given before."""

    status: int
    body: Any
    repeated: bool = False


@dataclass(frozen=True)
class Write:
    """A write as it was asked for: by whom, what, where, under which key, with which body."""

    user: User
    method: str
    path: str
    key: str
    body_hash: str

    @classmethod
    def of(cls, user: User, method: str, path: str, key: str, body: Any) -> "Write":
        """The write of ``body`` (JSON values): two bodies are the same when they say the same, in whatever order."""
        said = json.dumps(body, sort_keys=True, separators=(",", ":"), default=str)
        return cls(user, method, path, key, hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest())


def well_formed(key: str) -> bool:
    """Whether ``key`` can be one: 1 to 80 printable ASCII characters."""
    return 1 <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()


def once(write: Write | None, do: Callable[[], Answer], now: datetime, *, refusals_kept: bool = False) -> Answer:
    """Run ``do`` in one act and keep its answer with it; where the write was answered before, give that answer.

    One statement before the verb and one after it, all in the verb's transaction: of two at the same moment one
    loses against the constraint, starts over and finds the other's answer. Without a ``write`` (no key was sent)
    ``do`` just runs. Raises KeyReused, and whatever ``do`` raises: then nothing is kept. A write that is refused only
    because its twin went through at the same moment gets the twin's answer; with ``refusals_kept`` that is left to
    `keep_refusal`.
    """
    if write is None:
        return act(do)

    def verb():
        if (kept := _kept(write, now)) is not None:
            return kept
        answer = do()
        _keep(write, answer, now)
        return answer

    try:
        return act(verb)
    except Refused:
        if refusals_kept or (kept := _kept(write, now)) is None:
            raise
        return kept


def keep_refusal(write: Write | None, answer: Answer, now: datetime) -> Answer:
    """Keep the answer to a write that was refused and rolled back, in a transaction of its own.

    Returns the answer to give: another one where the same write, sent twice, went through at the same moment (this
    one was then refused only because of its twin). Raises KeyReused.
    """
    if write is None:
        return answer
    try:
        with transaction.atomic():
            if (kept := _kept(write, now)) is not None:
                return kept
            _keep(write, answer, now)
            return answer
    except IntegrityError:
        return _kept(write, now) or answer


def forget_old_keys(now: datetime) -> int:
    """Delete the keys that are older than 24 hours and return how many; run as often as you like."""
    deleted, _ = IdempotencyKey.objects.filter(written_at__lte=now - KEPT_FOR).delete()
    return deleted


_answered = Prepared(
    lambda user, method, path, key: IdempotencyKey.objects.filter(user=user, method=method, path=path, key=key),
    user="number",
    method="text",
    path="text",
    key="text",
)


def _kept(write, now):
    row = _answered.first(user=write.user.pk, method=write.method, path=write.path, key=write.key)
    if row is None:
        return None
    if row.written_at <= now - KEPT_FOR:
        row.delete()
        return None
    if row.body_hash != write.body_hash:
        raise KeyReused
    return Answer(row.status, row.answer, repeated=True)


def _keep(write, answer, now):
    kept = IdempotencyKey(
        user=write.user,
        method=write.method,
        path=write.path,
        key=write.key,
        body_hash=write.body_hash,
        status=answer.status,
        answer=answer.body,
        written_at=now,
    )
    write_last(kept)
