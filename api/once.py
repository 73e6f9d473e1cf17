"""Writes of this door: every one may be repeated under its Idempotency-Key."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from accounts.idempotency import Answer, Write, keep_refusal, once, well_formed
from accounts.reasons import Refused
from api import problems
from api.refusals import unknown_field

HEADER = "Idempotency-Key"


def write_once(
    request: Request,
    do: Callable[[], Any],
    *,
    now: datetime,
    status: int = 200,
    key: str | None = None,
    body: Any = None,
) -> Response:
    """Answer a write with what ``do`` returns (JSON values), once for each key.

    ``key`` is the desk's ``act_id``, where there is one; else the header says it. ``body`` says what was sent, where
    that is no JSON: of files what is in them, for a name is not what tells two apart. A refusal is kept too, although
    what it refused was rolled back. Errors of the fields, of rights and of ours are not kept: sent again, the
    write is looked at again.
    """
    write = _write(request, key, request.data if body is None else body)
    try:
        given = once(write, lambda: Answer(status, _plain(do())), now, refusals_kept=True)
    except Refused as no:
        if problems.of_fields(no):
            raise
        body = problems.refusal(no, request.parser_context["view"].refusal)
        given = keep_refusal(write, Answer(body["status"], body), now)
    headers = {"Idempotency-Replayed": "true"} if given.repeated else None
    if given.status >= 400:
        return problems.answer(given.body, headers)
    return Response(given.body, status=given.status, headers=headers)


def _write(request, key, body):
    if key is None:
        key = request.headers.get(HEADER)
        if key is None:
            return None
        if not well_formed(key):
            raise unknown_field(HEADER, _("A key has 1 to 80 printable characters."))
    return Write.of(request.user, request.method, request.path, key, body)


def _plain(values):
    """As they are read back from the table: so that the first answer and the repeated one are the same."""
    return json.loads(json.dumps(values, cls=JSONEncoder))
