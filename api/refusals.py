"""From what went wrong to a problem: the one place where an exception becomes an answer of this door."""

import logging
import secrets
import sys

from django.core.exceptions import BadRequest, SuspiciousOperation, ValidationError
from django.http import HttpRequest, JsonResponse
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions, serializers
from rest_framework.settings import api_settings

from accounts.idempotency import KeyReused
from accounts.reasons import Refused
from api import problems

log = logging.getLogger(__name__)
# Said over the telephone: no letter or digit that is heard as another.
INCIDENT_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def unknown_field(field: str, detail) -> exceptions.ValidationError:
    """The error for one ``field`` that is well-formed but names nothing, or does not fit the rest."""
    return exceptions.ValidationError({field: [exceptions.ErrorDetail(str(detail), code="invalid")]})


class ProblemFormatter(ExceptionFormatter):
    """The body of a problem for an exception of the framework."""

    def run(self) -> dict:
        if isinstance(self.exc, exceptions.ValidationError):
            return problems.body_of(problems.FIELDS, errors=[_field_error(error) for error in self.get_errors()])
        if self.exc.status_code >= 500:
            return problems.body_of(problems.SERVER, incident=incident(self.original_exc))
        problem = problems.BY_STATUS[self.exc.status_code]
        if isinstance(self.exc, exceptions.AuthenticationFailed):
            return problems.body_of(problem, code="TOKEN_INVALID")
        return problems.body_of(problem)


class ProblemHandler(ExceptionHandler):
    """Refusals of the house are 409; whatever nobody expected is 500 with a code to ask by, also while developing."""

    def run(self):
        if isinstance(self.exc, Refused):
            self.set_rollback()
            return problems.answer(problems.refusal(self.exc, self.context["view"].refusal))
        if isinstance(self.exc, KeyReused):
            self.set_rollback()
            return problems.answer(problems.body_of(problems.KEY_REUSED))
        return super().run()

    def convert_known_exceptions(self, exc):
        if isinstance(exc, (SuspiciousOperation, BadRequest)):
            return exceptions.ParseError()
        if isinstance(exc, ValidationError):
            return exceptions.ValidationError(serializers.as_serializer_error(exc))
        return super().convert_known_exceptions(exc)

    def should_not_handle(self, exc) -> bool:
        return False

    def get_response(self, exc, data):
        return problems.answer(data, headers=self.get_headers(exc))


def _field_error(error) -> dict:
    field = error.attr or ""
    nameless = api_settings.NON_FIELD_ERRORS_KEY
    return {"field": "" if field == nameless else field, "code": error.code, "detail": error.detail}


def incident(exc: BaseException | None) -> str:
    """Write ``exc`` down under a new code of eight characters, and return the code."""
    code = "".join(secrets.choice(INCIDENT_ALPHABET) for _ in range(8))
    log.error("incident %s", code, exc_info=exc)
    return code


def bad_request(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """400 for what broke before a view was reached."""
    return _plain(problems.MALFORMED)


def server_error(request: HttpRequest) -> JsonResponse:
    """500 for what broke before a view was reached."""
    return _plain(problems.SERVER, incident=incident(sys.exc_info()[1]))


def _plain(problem, **more):
    return JsonResponse(problems.body_of(problem, **more), status=problem.status, content_type=problems.CONTENT_TYPE)
