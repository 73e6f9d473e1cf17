"""Files in pieces: a picture that a cut line stopped goes on where it stopped.

The page shrinks a photo and sends it in pieces of `PART_BYTES`; each may come twice. They belong to one login and to
one stay (or decision), lie sealed in the database, and are put together when the form is posted. Handed in, removed, or
a day old, they are gone.
"""

import io
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from accounts.acts import act
from accounts.fields import seal_bytes, unseal_bytes
from accounts.models import User
from accounts.people import erased_already
from eligibility.models import EvidencePart
from eligibility.proof_files import (
    MAX_BYTES,
    MAX_BYTES_TOGETHER,
    MAX_PAGES,
    NoFile,
    refusing,
    too_heavy,
    too_heavy_together,
    too_many,
)
from eligibility.reasons import MISSING, Refused

PART_BYTES = 100_000
MOST_PARTS = -(-MAX_BYTES // PART_BYTES)  # of one file
MOST_WAITING = MAX_BYTES_TOGETHER // PART_BYTES + MAX_PAGES  # of one login
KEPT_FOR = timedelta(days=1)
# What somebody began and left makes room for what they begin now.
LEFT_AFTER = timedelta(hours=1)


def keep_part(
    user: User, about: str, key: str, *, number: int, count: int, content: bytes, now: datetime, href: str = ""
) -> list[int]:
    """Keep piece ``number`` (from 0) of the ``count`` pieces of the file ``key``; return the numbers that have come.

    ``about`` is the code of the stay or decision. The same piece may come again. Raises Refused with FILE_SIZE where
    the file, or all that is on its way, is too large, and FILE_OTHER where the piece that came before was another
    (then the file begins anew under a key of its own), GONE where the login was erased meanwhile; ValueError for a
    piece that cannot be one of such a file.
    """
    if not (0 <= number < count and 0 < len(content) <= PART_BYTES):
        raise ValueError("no piece of such a file")

    def do():
        # Of one login one piece at a time, so that the limits hold.
        if not User.objects.select_for_update(no_key=True).get(pk=user.pk).is_active:
            raise Refused(erased_already())
        if count > MOST_PARTS:
            raise too_heavy(count * PART_BYTES)
        of_file = EvidencePart.objects.filter(user=user, about=about, key=key)
        there = list(of_file.order_by("number").values_list("number", flat=True))
        if number in there:
            before = of_file.get(number=number)
            if before.count != count or _opened(before) != content:
                raise _another()
            return there
        if of_file.exclude(count=count).exists():
            raise _another()
        _room(user, key, len(content), now)
        EvidencePart.objects.create(
            user=user,
            about=about,
            key=key,
            number=number,
            count=count,
            size=len(content),
            sealed=seal_bytes(content, _place(user.pk, about, key, number)),
            sent_at=now,
        )
        return sorted([*there, number])

    with refusing(href):
        return act(do)


def parts_there(user: User, about: str, key: str) -> list[int]:
    """The numbers of the pieces that have come of the file ``key``."""
    found = EvidencePart.objects.filter(user=user, about=about, key=key)
    return list(found.order_by("number").values_list("number", flat=True))


def whole_files(user: User, about: str, keys: Sequence[str], href: str = "") -> list[io.BytesIO]:
    """The files ``keys``, put together, in this order; raises Refused with FILE_PAGES, or FILE_CUT where a piece is
    missing: what has come stays, and the rest can follow."""
    with refusing(href):
        if len(keys) > MAX_PAGES:
            raise too_many(len(keys))
        files = []
        for key in keys:
            parts = list(EvidencePart.objects.filter(user=user, about=about, key=key).order_by("number"))
            if not parts or len(parts) != parts[0].count:
                raise NoFile(
                    "FILE_CUT",
                    _("A picture has not come whole: the line was cut"),
                    len(parts),
                    parts[0].count if parts else None,
                    next_step=_("Hand in once more, what has come is not sent again; or show the original at the desk"),
                    verdict=MISSING,
                )
            files.append(io.BytesIO(b"".join(_opened(part) for part in parts)))
        return files


def forget_parts(user: User, about: str | None = None, keys: Sequence[str] | None = None) -> int:
    """Delete the pieces of this login: all, or those for ``about``, or of these ``keys``; return how many."""
    found = EvidencePart.objects.filter(user=user)
    if about is not None:
        found = found.filter(about=about)
    if keys is not None:
        found = found.filter(key__in=keys)
    return found.delete()[0]


def forget_old_parts(now: datetime) -> int:
    """Delete the pieces that have waited for a day; return how many. Run as often as you like."""
    return EvidencePart.objects.filter(sent_at__lte=now - KEPT_FOR).delete()[0]


def _room(user, key, size, now):
    """Refuse where too much is on its way, once what was left lying has made room."""
    waiting = EvidencePart.objects.filter(user=user)
    if not _too_much(waiting, size):
        return
    waiting.exclude(key=key).filter(sent_at__lte=now - LEFT_AFTER).delete()
    if weight := _too_much(waiting, size):
        raise too_heavy_together(weight)


def _too_much(waiting, size):
    """How many bytes there would be, where that is too many; 0 otherwise."""
    weight = (waiting.aggregate(all=Sum("size"))["all"] or 0) + size
    return weight if weight > MAX_BYTES_TOGETHER or waiting.count() >= MOST_WAITING else 0


def _another():
    return NoFile(
        "FILE_OTHER",
        _("Another picture has begun to come under this name"),
        next_step=_("Choose the picture once more, or show the original at the desk"),
    )


def _opened(part):
    return unseal_bytes(bytes(part.sealed), _place(part.user_id, part.about, part.key, part.number))


def _place(user, about, key, number):
    return f"parts/{user}/{about}/{key}/{number}"
