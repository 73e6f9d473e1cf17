"""What comes in: JSON, and nothing that breaks the rooms behind the door."""

import json

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.parsers import JSONParser

MOST_BYTES = 100_000


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


class StrictJSON(JSONParser):
    """JSON in UTF-8 of a size that a person's wish can have; all else is malformed, however it is broken."""

    def parse(self, stream, media_type=None, parser_context=None):
        sent = stream.read(MOST_BYTES + 1)
        if len(sent) > MOST_BYTES:
            raise TooLarge
        try:
            said = json.loads(sent.decode("utf-8"), parse_constant=_no_constant)
            # Half of a character ("\ud800") can be neither kept nor said back.
            json.dumps(said, ensure_ascii=False).encode("utf-8")
        except (ValueError, RecursionError) as broken:
            raise ParseError(_("The body is not JSON.")) from broken
        if not isinstance(said, dict):
            raise ValidationError(_("Send a JSON object: names and values in braces."), code="invalid")
        return said


def _no_constant(name):
    raise ValueError(f"{name} is not JSON")
